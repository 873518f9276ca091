//! The events that are decided or told, with the positions of their arguments over CPython 3.10 to 3.13.
//!
//! Acts that CPython raises no event for (`_posixsubprocess.fork_exec`, `os.mkfifo`, `os.umask` and the like) get one from
//! the crate above, with a name made like CPython's own.

use super::{EventRule, LastName, Need, PathArgument, Reach, Targets, Use};
use crate::Category;

use Category::{
    AuditHook, Code, Environment, FsCreate, FsDelete, FsRead, FsReadWrite, Http, Interpreter, Introspection,
    Limits, Memory, Native, Process, Signal, Socket, Thread,
};
use LastName::{Either, Followed, Kept};
use Reach::{Contents, Entry, Tree};

pub(super) const RULES: &[EventRule] = &[
    rule("open", FsReadWrite, Need::Place, Targets::Open),
    rule("sqlite3.connect", FsReadWrite, Need::Place, Targets::Database),
    // Files, read.
    paths("os.listdir", FsRead, &[reads(0)]),
    paths("os.scandir", FsRead, &[reads(0)]),
    paths("os.getxattr", FsRead, &[reads(0)]),
    paths("os.listxattr", FsRead, &[reads(0)]),
    steps("os.walk", FsRead, &[reads(0)]),
    steps("os.fwalk", FsRead, &[PathArgument { dir_fd: Some(4), ..reads(0) }]),
    EventRule { level: 1, ..rule("glob.glob", FsRead, Need::Steps, Targets::Pattern(0)) },
    steps("pathlib.Path.glob", FsRead, &[reads(0)]),
    steps("pathlib.Path.rglob", FsRead, &[reads(0)]),
    steps("pathlib.Path.walk", FsRead, &[reads(0)]),
    // Files, changed.
    paths("os.rename", FsReadWrite, &[writes(0, Some(2), Kept, Tree), writes(1, Some(3), Kept, Tree)]),
    paths("os.truncate", FsReadWrite, &[writes(0, None, Followed, Contents)]),
    paths("os.chmod", FsReadWrite, &[writes(0, Some(2), Either, Entry)]),
    paths("os.chown", FsReadWrite, &[writes(0, Some(3), Either, Entry)]),
    paths("os.utime", FsReadWrite, &[writes(0, Some(3), Either, Entry)]),
    paths("os.setxattr", FsReadWrite, &[writes(0, None, Either, Entry)]),
    paths("os.removexattr", FsReadWrite, &[writes(0, None, Either, Entry)]),
    paths("os.chflags", FsReadWrite, &[writes(0, None, Either, Entry)]),
    paths("readline.write_history_file", FsReadWrite, &[writes(0, None, Followed, Contents)]),
    paths("readline.append_history_file", FsReadWrite, &[writes(1, None, Followed, Contents)]),
    steps("shutil.chown", FsReadWrite, &[writes(0, None, Followed, Entry)]),
    steps("shutil.copyfile", FsReadWrite, &[reads(0), writes(1, None, Followed, Contents)]),
    steps("shutil.copymode", FsReadWrite, &[reads(0), writes(1, None, Followed, Entry)]),
    steps("shutil.copystat", FsReadWrite, &[reads(0), writes(1, None, Followed, Entry)]),
    steps("shutil.copytree", FsReadWrite, &[reads(0), writes(1, None, Followed, Entry)]),
    steps("shutil.move", FsReadWrite, &[writes(0, None, Kept, Tree), writes(1, None, Kept, Entry)]),
    steps("shutil.make_archive", FsReadWrite, &[writes(0, None, Followed, Contents)]),
    steps("shutil.unpack_archive", FsReadWrite, &[reads(0), writes(1, None, Followed, Entry)]),
    // Both ends: a second name for a file outside would be a way to write to it. `os.link` links a symbolic link or
    // what it points at, by the keyword and by the platform.
    paths("os.link", FsCreate, &[writes(0, Some(2), Either, Entry), writes(1, Some(3), Kept, Entry)]),
    // Only the link counts: a write through it is decided when it happens, by where it leads.
    paths("os.symlink", FsCreate, &[writes(1, Some(2), Kept, Entry)]),
    paths("os.mkdir", FsCreate, &[writes(0, Some(2), Kept, Entry)]),
    paths("os.mkfifo", FsCreate, &[writes(0, Some(2), Kept, Entry)]),
    paths("os.mknod", FsCreate, &[writes(0, Some(3), Kept, Entry)]),
    paths("_winapi.CreateJunction", FsCreate, &[writes(1, None, Kept, Entry)]),
    steps("tempfile.mkdtemp", FsCreate, &[writes(0, None, Kept, Entry)]),
    steps("tempfile.mkstemp", FsCreate, &[writes(0, None, Kept, Entry)]),
    paths("os.remove", FsDelete, &[writes(0, Some(1), Kept, Entry)]),
    paths("os.rmdir", FsDelete, &[writes(0, Some(1), Kept, Tree)]),
    steps("shutil.rmtree", FsDelete, &[writes(0, Some(1), Kept, Tree)]),
    // Network. A socket alone reaches nobody.
    EventRule { level: 3, ..grant("urllib.Request", Http, Targets::Url(0)) },
    EventRule { level: 2, ..grant("http.client.connect", Http, Targets::Host(1, 2)) },
    EventRule { level: 3, ..grant("ftplib.connect", Socket, Targets::Host(1, 2)) },
    EventRule { level: 3, ..grant("imaplib.open", Socket, Targets::Host(1, 2)) },
    EventRule { level: 3, ..grant("nntplib.connect", Socket, Targets::Host(1, 2)) },
    EventRule { level: 3, ..grant("poplib.connect", Socket, Targets::Host(1, 2)) },
    EventRule { level: 3, ..grant("smtplib.connect", Socket, Targets::Host(1, 2)) },
    EventRule { level: 3, ..grant("telnetlib.Telnet.open", Socket, Targets::Host(1, 2)) },
    EventRule { level: 2, ..grant("socket.getaddrinfo", Socket, Targets::Host(0, 1)) },
    EventRule { level: 2, ..grant("socket.gethostbyname", Socket, Targets::Host(0, NONE)) },
    EventRule { level: 2, ..grant("socket.gethostbyaddr", Socket, Targets::Host(0, NONE)) },
    EventRule { level: 2, ..grant("socket.getnameinfo", Socket, Targets::Address(0)) },
    EventRule { level: 1, ..grant("socket.connect", Socket, Targets::Address(1)) },
    EventRule { level: 1, ..grant("socket.bind", Socket, Targets::Address(1)) },
    EventRule { level: 1, ..grant("socket.sendto", Socket, Targets::Address(1)) },
    EventRule { level: 1, ..grant("socket.sendmsg", Socket, Targets::Address(1)) },
    told("socket.__new__", Socket, Targets::Nothing),
    // Processes.
    EventRule { level: 4, ..grant("webbrowser.open", Process, Targets::Text(0)) },
    EventRule { level: 4, ..grant("ensurepip.bootstrap", Process, Targets::Nothing) },
    EventRule { level: 3, ..grant("pty.spawn", Process, Targets::Program(&[0])) },
    EventRule { level: 3, ..grant("subprocess.Popen", Process, Targets::Program(&[0, 1])) },
    EventRule { level: 3, ..grant("os.system", Process, Targets::Line(0)) },
    EventRule { level: 3, ..grant("os.posix_spawn", Process, Targets::Program(&[0, 1])) },
    EventRule { level: 3, ..grant("os.spawn", Process, Targets::Program(&[1, 2])) },
    EventRule { level: 3, ..grant("os.startfile", Process, Targets::Text(0)) },
    EventRule { level: 3, ..grant("os.startfile/2", Process, Targets::Text(0)) },
    EventRule { level: 2, ..grant("_winapi.CreateProcess", Process, Targets::Program(&[0, 1])) },
    EventRule { level: 2, ..grant("_posixsubprocess.fork_exec", Process, Targets::Program(&[0])) },
    EventRule { level: 2, ..grant("os.fork", Process, Targets::Word("fork")) },
    EventRule { level: 2, ..grant("os.forkpty", Process, Targets::Word("fork")) },
    EventRule { level: 1, ..grant("os.exec", Process, Targets::Program(&[0, 1])) },
    // Signals.
    grant("os.kill", Signal, Targets::Signal(0, 1)),
    grant("os.killpg", Signal, Targets::Text(0)),
    grant("signal.pthread_kill", Signal, Targets::Text(0)),
    grant("signal.alarm", Signal, Targets::Nothing),
    grant("signal.setitimer", Signal, Targets::Nothing),
    grant("signal.raise_signal", Signal, Targets::Text(0)),
    told("signal.signal", Signal, Targets::Text(0)),
    grant("_winapi.TerminateProcess", Signal, Targets::Text(0)),
    // Native code.
    EventRule { level: 2, ..grant("ctypes.dlopen", Native, Targets::Text(0)) },
    EventRule { level: 2, ..grant("import", Native, Targets::Extension(1)) },
    EventRule { level: 2, ..grant("sqlite3.enable_load_extension", Native, Targets::Nothing) },
    EventRule { level: 2, ..grant("sqlite3.load_extension", Native, Targets::Text(1)) },
    EventRule { level: 2, ..grant("os.add_dll_directory", Native, Targets::Text(0)) },
    EventRule { level: 1, ..grant("ctypes.dlsym", Native, Targets::Nothing) },
    EventRule { level: 1, ..grant("ctypes.dlsym/handle", Native, Targets::Nothing) },
    EventRule { level: 1, ..grant("ctypes.call_function", Native, Targets::Nothing) },
    EventRule { level: 1, ..grant("ctypes.cdata", Native, Targets::Nothing) },
    EventRule { level: 1, ..grant("ctypes.string_at", Native, Targets::Nothing) },
    EventRule { level: 1, ..grant("ctypes.wstring_at", Native, Targets::Nothing) },
    EventRule { level: 1, ..grant("ctypes.PyObj_FromPtr", Native, Targets::Nothing) },
    grant("code.__new__", Code, Targets::Nothing),
    told("os.memfd_create", Memory, Targets::Text(0)),
    told("_posixshmem.shm_open", Memory, Targets::Text(0)),
    told("_posixshmem.shm_unlink", Memory, Targets::Text(0)),
    told("mmap.__new__", Memory, Targets::Nothing),
    // The interpreter and what the process shares.
    // Nothing of ours is made for a second interpreter, whose GIL may be another.
    rule("cpython.PyInterpreterState_New", Interpreter, Need::Never, Targets::Nothing),
    grant("os.setuid", Limits, Targets::Text(0)),
    grant("os.setgid", Limits, Targets::Text(0)),
    told("os.umask", Environment, Targets::Text(0)),
    grant("os._exit", Interpreter, Targets::Nothing),
    grant("os.abort", Interpreter, Targets::Nothing),
    rule("sys.addaudithook", AuditHook, Need::Never, Targets::Nothing),
    rule("setopencodehook", AuditHook, Need::Never, Targets::Nothing),
    rule("os.putenv", Environment, Need::Variable, Targets::Text(0)),
    rule("os.unsetenv", Environment, Need::Variable, Targets::Text(0)),
    told("os.chdir", Environment, Targets::Text(0)),
    grant("os.chroot", Limits, Targets::Text(0)),
    grant("resource.setrlimit", Limits, Targets::Nothing),
    grant("resource.prlimit", Limits, Targets::Nothing),
    grant("socket.sethostname", Limits, Targets::Text(0)),
    told("_thread.start_new_thread", Thread, Targets::Nothing),
    told("_thread.start_joinable_thread", Thread, Targets::Nothing),
    told("gc.get_objects", Introspection, Targets::Nothing),
    told("gc.get_referents", Introspection, Targets::Nothing),
    told("gc.get_referrers", Introspection, Targets::Nothing),
    told("sys._current_frames", Introspection, Targets::Nothing),
    told("sys._current_exceptions", Introspection, Targets::Nothing),
    told("sys.monitoring.register_callback", Introspection, Targets::Nothing),
    told("sys.setprofile", Introspection, Targets::Nothing),
    told("sys.settrace", Introspection, Targets::Nothing),
];

/// A position that no event has.
const NONE: usize = usize::MAX;

const fn rule(event: &'static str, category: Category, need: Need, targets: Targets) -> EventRule {
    EventRule { event, category, need, targets, level: 0 }
}

const fn paths(event: &'static str, category: Category, paths: &'static [PathArgument]) -> EventRule {
    rule(event, category, Need::Place, Targets::Paths(paths))
}

const fn steps(event: &'static str, category: Category, paths: &'static [PathArgument]) -> EventRule {
    EventRule { event, category, need: Need::Steps, targets: Targets::Paths(paths), level: 1 }
}

const fn grant(event: &'static str, category: Category, targets: Targets) -> EventRule {
    rule(event, category, Need::Grant, targets)
}

const fn told(event: &'static str, category: Category, targets: Targets) -> EventRule {
    rule(event, category, Need::Nothing, targets)
}

const fn writes(index: usize, dir_fd: Option<usize>, last: LastName, reach: Reach) -> PathArgument {
    PathArgument { index, dir_fd, last, used: Use::Writes(reach) }
}

const fn reads(index: usize) -> PathArgument {
    PathArgument { index, dir_fd: None, last: Followed, used: Use::Reads }
}
