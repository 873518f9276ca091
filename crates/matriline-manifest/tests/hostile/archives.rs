//! Archives that no wheel is, written byte by byte (APPNOTE 4.3).

/// A member as its rows say; what it holds need not fit.
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) flags: u16,
    pub(crate) packed: Vec<u8>,
    pub(crate) size: u32,
    pub(crate) mode: u32,
}

impl Entry {
    fn new(name: impl AsRef<[u8]>) -> Self {
        Self { name: name.as_ref().to_vec(), flags: 1 << 11, packed: Vec::new(), size: 0, mode: 0o100_644 }
    }
}

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The fields that the local header and the row in the directory share, from the version on.
fn shared(entry: &Entry) -> Vec<u8> {
    let method = if entry.packed.is_empty() { STORED } else { DEFLATED };
    let mut bytes = Vec::new();
    for short in [20, entry.flags, method, 0, 0x21] {
        bytes.extend(short.to_le_bytes());
    }
    for long in [0, entry.packed.len() as u32, entry.size] {
        bytes.extend(long.to_le_bytes());
    }
    bytes.extend((entry.name.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// What the directory says of a member whose header is at `start`.
fn row(entry: &Entry, start: usize) -> Vec<u8> {
    let mut bytes = b"PK\x01\x02\x14\x03".to_vec();
    bytes.extend(shared(entry));
    bytes.extend([0; 6]);
    bytes.extend((entry.mode << 16).to_le_bytes());
    bytes.extend((start as u32).to_le_bytes());
    bytes.extend(&entry.name);
    bytes
}

/// The members, their directory, and its end.
fn archive(mut bytes: Vec<u8>, mut directory: Vec<u8>, count: u16) -> Vec<u8> {
    let (start, size) = (bytes.len() as u32, directory.len() as u32);
    bytes.append(&mut directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// A million rows in the directory, of which its end declares another number.
fn million(count: u16) -> Vec<u8> {
    archive(Vec::new(), row(&Entry::new("a"), 0).repeat(1_000_000), count)
}

fn of(entries: Vec<Entry>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for entry in &entries {
        directory.extend(row(entry, bytes.len()));
        bytes.extend(b"PK\x03\x04");
        bytes.extend(shared(entry));
        bytes.extend(&entry.name);
        bytes.extend(&entry.packed);
    }
    archive(bytes, directory, entries.len() as u16)
}

/// Zeros as deflate packs them, without end: a first block, and one that can be repeated.
fn packed_zeros(megabytes: usize) -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut compress = Compress::new(Compression::best(), false);
    let zeros = vec![0; 1 << 20];
    let mut block = |out: &mut Vec<u8>| {
        out.reserve(8 << 10);
        compress.compress_vec(&zeros, out, FlushCompress::Full).expect("memory takes what is packed");
    };
    let (mut bytes, mut next) = (Vec::new(), Vec::new());
    block(&mut bytes);
    block(&mut next);
    for _ in 1..megabytes {
        bytes.extend(&next);
    }
    bytes
}

/// Every hostile archive with its name and a part of the refusal.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let named = |names: &[&str]| of(names.iter().map(Entry::new).collect());
    let one = |change: &dyn Fn(&mut Entry)| {
        let mut entry = Entry::new("a/b.py");
        change(&mut entry);
        of(vec![entry])
    };
    let numbered = |count: u32| (0..count).map(|index| Entry::new(format!("{index:07}"))).collect::<Vec<_>>();
    let deep = |index: u32| Entry::new(format!("{}{index}", "größe/".repeat(30)));
    let foreign = |index: u32| Entry::new(format!("{index}{}", "ΐ".repeat(100)));
    let whole = of(numbered(10_000));
    let (unsafe_name, twins) = ("has an unsafe name", "are in each other's way");
    vec![
        ("absolute name", named(&["/etc/passwd"]), unsafe_name),
        ("parent folder", named(&["a/../../b"]), unsafe_name),
        ("drive letter", named(&["C:/a"]), unsafe_name),
        ("drive letter, relative", named(&["C:a"]), unsafe_name),
        ("backslashes", named(&["a\\..\\b"]), unsafe_name),
        ("share", named(&["\\\\server\\share"]), unsafe_name),
        ("device", named(&["con"]), unsafe_name),
        ("device with extension", named(&["a/nul.txt"]), unsafe_name),
        ("name ending in a dot", named(&["a./b"]), unsafe_name),
        ("name ending in a blank", named(&["a/b "]), unsafe_name),
        ("stream", named(&["a.py:b"]), unsafe_name),
        ("not UTF-8", of(vec![Entry::new(b"\xff")]), unsafe_name),
        ("symbolic link", one(&|entry| entry.mode = 0o120_777), "is a link or a device"),
        ("pipe", one(&|entry| entry.mode = 0o010_644), "is a link or a device"),
        ("encrypted", one(&|entry| entry.flags |= 1), "is encrypted"),
        ("strongly encrypted", one(&|entry| entry.flags |= 1 | 1 << 6), "is encrypted"),
        ("250 folders deep", named(&[&"a/".repeat(250)]), unsafe_name),
        ("20,000 deep names", of((0..20_000).map(deep).collect()), "no `.dist-info` folder"),
        ("20,000 names beyond ASCII", of((0..20_000).map(foreign).collect()), "letters beyond ASCII"),
        ("duplicate", named(&["a.py", "a.py"]), "have the same name"),
        ("twins in case", named(&["A.py", "a.py"]), twins),
        ("twins in normal form", named(&["\u{e9}.py", "e\u{301}.py"]), twins),
        ("file and folder", named(&["a", "a/b"]), twins),
        (
            "10 GB of zeros, as declared",
            of((0..10).map(|at| Entry { size: 1 << 30, ..Entry::new(format!("{at}")) }).collect()),
            "above the limit of 2147483648",
        ),
        (
            "10 GB of zeros, declared as 1 KB",
            one(&|entry| (entry.packed, entry.size) = (packed_zeros(10 << 10), 1 << 10)),
            "can't be unpacked",
        ),
        ("a million entries", million(u16::MAX), "above the limits"),
        ("a million entries, declared as 9", million(9), "above the limits"),
        ("65,535 entries", of(numbered(65_535)), "above the limits"),
        (
            "12,000 names 61 deep",
            of((0..12_000).map(|at| Entry::new(format!("{at}{}", "/a".repeat(60)))).collect()),
            "`.dist-info`",
        ),
        (
            "20,000 twins at the end",
            {
                let mut entries = numbered(19_999);
                entries.extend([Entry::new("A")]);
                entries[0] = Entry::new("a");
                of(entries)
            },
            twins,
        ),
        ("cut off in its directory", whole[..whole.len() - 100_000].to_vec(), "is cut off"),
        ("end of its directory alone", whole[whole.len() - 22..].to_vec(), "is cut off"),
    ]
}
