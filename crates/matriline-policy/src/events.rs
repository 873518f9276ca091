//! Audit events (PEP 578): which of them say that something is done to the world, and where their arguments say to what.

mod names;
mod table;

use crate::Category;
use names::HARMLESS;
use table::RULES;

/// How much an act changes at its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is inside a file: opening for writing, truncating.
    Contents,
    /// The entry itself: making, removing, its mode and owner.
    Entry,
    /// The entry with everything below it: moving or removing a folder. Refused for a folder that holds a root or
    /// a protected place, too.
    Tree,
}

/// What is done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It is read.
    Reads,
    /// It is changed.
    Writes(Reach),
}

/// Which file an act touches when the last name of its path is a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastName {
    /// The file that the link points at.
    Followed,
    /// The link itself.
    Kept,
    /// One or the other by a keyword (`follow_symlinks`) that the event doesn't show: both must be allowed.
    Either,
}

/// An argument of an event that names a path, or is an open descriptor in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathArgument {
    /// Position among the event's arguments.
    pub index: usize,
    /// Position of the folder descriptor that a relative path starts from; -1 there means the current folder.
    pub dir_fd: Option<usize>,
    /// What a symbolic link at the end means.
    pub last: LastName,
    /// What is done to it.
    pub used: Use,
}

/// Where the arguments of an event say what is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// `(path, mode, flags)`: writes only if [`crate::open_writes`] says so. A mode of `None` means `os.open`,
    /// which hides its `dir_fd`: a relative path can't be told then.
    Open,
    /// Paths; each must be allowed.
    Paths(&'static [PathArgument]),
    /// A SQLite database name, to be read by [`crate::database_path`]. From CPython 3.11 on the argument can be a
    /// path-like object instead of text.
    Database,
    /// A path with wild cards; what stands before the first of them is read.
    Pattern(usize),
    /// A host and a port, in two arguments.
    Host(usize, usize),
    /// The address of a socket, whose form its family decides.
    Address(usize),
    /// A URL.
    Url(usize),
    /// A program, or a list of arguments that begins with one; the first of the positions that has something.
    Program(&'static [usize]),
    /// A line for the shell.
    Line(usize),
    /// A process or thread and a signal.
    Signal(usize, usize),
    /// Something else that is shown as text.
    Text(usize),
    /// The file of an extension module, if the import has one.
    Extension(usize),
    /// No argument says it, and this word stands for it, so that it can be granted.
    Word(&'static str),
    /// Nothing.
    Nothing,
}

/// What an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A place for each of its paths.
    Place,
    /// The same. The single steps raise events of their own, which decide; this one is there so that the user is asked
    /// once for all of them.
    Steps,
    /// A grant for each of its targets.
    Grant,
    /// A grant, if the environment variable that it names has a say in what programs run.
    Variable,
    /// Nothing: it is only told.
    Nothing,
    /// It is refused to every plugin.
    Never,
}

/// An audit event that somebody wants to know of.
#[derive(Debug, PartialEq, Eq)]
pub struct EventRule {
    /// The event's name.
    pub event: &'static str,
    /// What kind of act it is.
    pub category: Category,
    /// What it needs.
    pub need: Need,
    /// Where its arguments say what is acted on.
    pub targets: Targets,
    /// Among acts of a kind: one that was allowed covers those of lower levels that it consists of.
    pub level: u8,
}

/// What is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is decided, or told.
    Rule(&'static EventRule),
    /// It changes nothing that concerns anybody else, or what it changes raises an event of its own.
    Harmless,
    /// Nobody has said what it means: an event of a later CPython, of a library, or of the plugin's own making.
    Unclassified,
}

/// What is known of the event of that name, over CPython 3.10 to 3.13.
///
/// Called for each event that CPython raises: two multiplications, and one comparison for a name that may be known.
#[inline]
pub fn classify(event: &[u8]) -> Known {
    match usize::from(SLOTS[hash(event, SEED)]).checked_sub(1) {
        Some(index) if name(index).as_bytes() == event => {
            RULES.get(index).map_or(Known::Harmless, Known::Rule)
        }
        _ => Known::Unclassified,
    }
}

/// All events that are decided or told.
pub fn rules() -> &'static [EventRule] {
    RULES
}

const COUNT: usize = RULES.len() + HARMLESS.len();
const SLOT_BITS: u32 = 12;

/// 0 for nothing, else the number of the name from 1 on.
type Slots = [u8; 1 << SLOT_BITS];

/// A factor that gives each known name a slot of its own.
const SEED: u64 = {
    assert!(COUNT < 256, "a number fits into a byte");
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    while slots(seed).is_none() {
        seed = seed.wrapping_add(0xBF58_476D_1CE4_E5B8);
    }
    seed
};

static SLOTS: Slots = match slots(SEED) {
    Some(slots) => slots,
    None => panic!("the seed was tried"),
};

/// The slots of all names, unless two of them share one.
const fn slots(seed: u64) -> Option<Slots> {
    let mut slots = [0; 1 << SLOT_BITS];
    let mut index = 0;
    while index < COUNT {
        let slot = hash(name(index).as_bytes(), seed);
        if slots[slot] != 0 {
            return None;
        }
        slots[slot] = index as u8 + 1;
        index += 1;
    }
    Some(slots)
}

const fn name(index: usize) -> &'static str {
    if index < RULES.len() { RULES[index].event } else { HARMLESS[index - RULES.len()] }
}

/// Of the length, the first sixteen bytes and the last eight.
#[inline]
const fn hash(name: &[u8], seed: u64) -> usize {
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => {
            let mut word = 0;
            let mut at = 0;
            while at < name.len() {
                word = word << 8 | name[at] as u64;
                at += 1;
            }
            (word, 0)
        }
    };
    let second = match name.split_first_chunk::<8>() {
        Some((_, rest)) => match rest.first_chunk::<8>() {
            Some(second) => u64::from_le_bytes(*second),
            None => 0,
        },
        None => 0,
    };
    let first = first ^ second.rotate_left(17);
    let mixed = (first ^ name.len() as u64).wrapping_mul(seed).rotate_left(32) ^ last;
    let mixed = mixed.wrapping_mul(seed);
    (mixed >> (64 - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(event: &str) -> &'static EventRule {
        match classify(event.as_bytes()) {
            Known::Rule(rule) => rule,
            other => panic!("`{event}`: {other:?}"),
        }
    }

    fn check(event: &str, category: Category, need: Need) {
        assert_eq!((rule(event).category, rule(event).need), (category, need), "{event}");
    }

    fn check_paths(event: &str, paths: &[PathArgument]) {
        assert_eq!(rule(event).targets, Targets::Paths(Box::leak(paths.to_vec().into())), "{event}");
    }

    fn argument(index: usize, dir_fd: Option<usize>, last: LastName, reach: Reach) -> PathArgument {
        PathArgument { index, dir_fd, last, used: Use::Writes(reach) }
    }

    #[test]
    fn every_name_is_found_and_stands_there_once() {
        for rule in rules() {
            assert_eq!(classify(rule.event.as_bytes()), Known::Rule(rule));
        }
        for event in HARMLESS {
            assert_eq!(classify(event.as_bytes()), Known::Harmless, "{event}");
        }
        let all: std::collections::BTreeSet<_> = (0..COUNT).map(name).collect();
        assert_eq!(all.len(), COUNT);
    }

    #[test]
    fn other_names_are_not_classified() {
        for event in ["", "o", "os", "os.", "os.renames", "opens", "Open", "s", "plugin.event", "os.rename\0"]
        {
            assert_eq!(classify(event.as_bytes()), Known::Unclassified, "{event}");
        }
    }

    #[test]
    fn the_original_table() {
        let of = |names: &str, category| {
            for event in names.split_whitespace() {
                assert_eq!(rule(event).category, category, "{event}");
            }
        };
        of(
            "glob.glob os.fwalk os.getxattr os.listdir os.listxattr os.scandir os.walk pathlib.Path.glob \
             pathlib.Path.rglob",
            Category::FsRead,
        );
        of(
            "os.chflags os.chmod os.chown os.removexattr os.rename os.setxattr os.truncate os.utime shutil.chown \
             shutil.copymode shutil.copystat shutil.copyfile shutil.copytree shutil.make_archive shutil.move \
             shutil.unpack_archive",
            Category::FsReadWrite,
        );
        of(
            "os.link os.mkdir os.symlink tempfile.mkdtemp tempfile.mkstemp _winapi.CreateJunction",
            Category::FsCreate,
        );
        of("os.remove os.rmdir shutil.rmtree", Category::FsDelete);
        of("http.client.connect urllib.Request", Category::Http);
        of(
            "socket.__new__ socket.bind socket.connect socket.getaddrinfo socket.gethostbyaddr \
             socket.gethostbyname socket.getnameinfo socket.sendmsg socket.sendto",
            Category::Socket,
        );
        of(
            "os.fork os.forkpty os.posix_spawn os.spawn os.system os.startfile os.startfile/2 pty.spawn \
             subprocess.Popen _winapi.CreateProcess _posixsubprocess.fork_exec",
            Category::Process,
        );
    }

    #[test]
    fn what_the_original_table_misses() {
        check("ctypes.dlopen", Category::Native, Need::Grant);
        check("import", Category::Native, Need::Grant);
        check("sqlite3.connect", Category::FsReadWrite, Need::Place);
        check("code.__new__", Category::Code, Need::Grant);
        check("os.kill", Category::Signal, Need::Grant);
        check("cpython.PyInterpreterState_New", Category::Interpreter, Need::Never);
        check("sys.addaudithook", Category::AuditHook, Need::Never);
        check("os.putenv", Category::Environment, Need::Variable);
        check("_thread.start_new_thread", Category::Thread, Need::Nothing);
        check("mmap.__new__", Category::Memory, Need::Nothing);
        check("os.mkfifo", Category::FsCreate, Need::Place);
    }

    #[test]
    fn rename_takes_trees_at_both_ends() {
        let end = |index, dir_fd| argument(index, Some(dir_fd), LastName::Kept, Reach::Tree);
        check_paths("os.rename", &[end(0, 2), end(1, 3)]);
    }

    #[test]
    fn link_counts_its_source_too() {
        let source = argument(0, Some(2), LastName::Either, Reach::Entry);
        check_paths("os.link", &[source, argument(1, Some(3), LastName::Kept, Reach::Entry)]);
    }

    #[test]
    fn symlink_counts_the_link_only() {
        check_paths("os.symlink", &[argument(1, Some(2), LastName::Kept, Reach::Entry)]);
    }

    #[test]
    fn metadata_acts_may_or_may_not_follow() {
        check_paths("os.chown", &[argument(0, Some(3), LastName::Either, Reach::Entry)]);
    }
}
