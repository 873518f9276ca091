use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Kills a program after every system call by which it changes the disk, and has the disk looked at each time.
///
/// The program is run once to count these calls, then again and again, and killed right after the first, the second
/// and so on. It is traced (`ptrace`), with its threads and children; all of them die. Whatever a file of a disk is
/// not is not counted: writes to pipes and terminals, calls that fail.
///
/// `start` makes the state that a run begins with, and the program that runs on it. `check` looks at what a killed
/// program has left, and panics if it is not whole; it gets the number of the call.
#[derive(Debug, Default)]
pub struct KillPoints {
    summary: Summary,
}

/// How often programs were killed, and where.
#[derive(Debug, Default, Clone)]
pub struct Summary {
    /// How many programs there were.
    pub programs: usize,
    /// How many different calls a program was killed after: the place in the row of its program's calls tells them
    /// apart.
    pub points: usize,
    /// How many programs were killed.
    pub kills: usize,
    /// How often each system call was one of the points.
    pub calls: BTreeMap<&'static str, usize>,
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { programs, points, kills, calls } = self;
        let calls: Vec<_> = calls.iter().map(|(name, count)| format!("{name} {count}")).collect();
        write!(out, "{kills} kills at {points} distinct points, programs: {programs} ({})", calls.join(", "))
    }
}

/// This machine does not let a program be traced.
#[derive(Debug)]
pub struct Untraceable(pub String);

impl KillPoints {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// What all programs together have come to.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Kills one program at every point.
    ///
    /// # Errors
    /// [`Untraceable`] where tracing is refused; nothing has been checked then.
    ///
    /// # Panics
    /// Panics if the program fails when it is not killed, and where `check` does.
    pub fn kill<State>(
        &mut self,
        mut start: impl FnMut() -> (State, Command),
        mut check: impl FnMut(&State, usize),
    ) -> Result<Summary, Untraceable> {
        let mut found = Summary { programs: 1, ..Summary::default() };
        let (state, mut command) = start();
        match run(&mut command, usize::MAX)? {
            End::Exited(0, calls) => {
                found.points = calls.len();
                calls.iter().for_each(|name| *found.calls.entry(name).or_default() += 1);
            }
            End::Exited(code, _) => {
                panic!("The program fails without being killed, with the exit code {code}")
            }
            End::Died(signal) => panic!("The program fails without being killed, by {signal}"),
            End::Killed => unreachable!("No program makes so many calls"),
        }
        check(&state, found.points);
        for point in 1..=found.points {
            let (state, mut command) = start();
            // a run may have fewer calls than the first one had
            if let End::Killed = run(&mut command, point)? {
                found.kills += 1;
            }
            check(&state, point);
        }
        self.summary.programs += 1;
        self.summary.points += found.points;
        self.summary.kills += found.kills;
        for (name, count) in &found.calls {
            *self.summary.calls.entry(name).or_default() += count;
        }
        Ok(found)
    }
}

/// How a program has ended, with the calls it made.
enum End {
    Exited(i32, Vec<&'static str>),
    Killed,
    Died(Signal),
}

/// What a thread has begun and not ended.
type Begun = HashMap<Pid, (u64, [u64; 6])>;

/// Runs a program until it ends, or has made so many calls.
fn run(command: &mut Command, most: usize) -> Result<End, Untraceable> {
    let refused = |what: &str, error: &dyn fmt::Display| Untraceable(format!("{what}: {error}"));
    command.process_group(0).stdin(Stdio::null());
    // SAFETY: The closure runs in the child between fork and exec and makes one system call, which allocates nothing.
    unsafe {
        command.pre_exec(|| ptrace::traceme().map_err(io::Error::from));
    }
    let child = command.spawn().map_err(|error| refused("The program can't be traced", &error))?;
    let first = Pid::from_raw(child.id().cast_signed());
    let traced = waitpid(first, None).and_then(|_| {
        let follow =
            Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_TRACEFORK | Options::PTRACE_O_TRACEVFORK;
        let marks = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_EXITKILL;
        ptrace::setoptions(first, follow | marks)?;
        ptrace::syscall(first, None)
    });
    if let Err(error) = traced {
        end_all(first);
        return Err(refused("The program can't be traced", &error));
    }
    let end = follow(first, most);
    end_all(first);
    Ok(end)
}

/// Lets the program and all that it starts run from call to call.
fn follow(first: Pid, most: usize) -> End {
    let (mut begun, mut calls) = (Begun::new(), Vec::new());
    loop {
        let status = match wait() {
            Ok(status) => status,
            Err(error) => panic!("The traced program is lost: {error}"),
        };
        let pid = status.pid().unwrap_or(first);
        let signal = match status {
            WaitStatus::Exited(pid, code) if pid == first => return End::Exited(code, calls),
            WaitStatus::Signaled(pid, signal, _) if pid == first => return End::Died(signal),
            WaitStatus::Exited(..) | WaitStatus::Signaled(..) => continue,
            WaitStatus::PtraceSyscall(pid) => {
                calls.extend(ended_call(pid, &mut begun));
                if calls.len() >= most {
                    return End::Killed;
                }
                None
            }
            // a new thread or child stops so once
            WaitStatus::Stopped(_, Signal::SIGSTOP) => None,
            WaitStatus::Stopped(_, signal) => Some(signal),
            _ => None,
        };
        // a thread may have been ended by another one meanwhile
        let _ = ptrace::syscall(pid, signal);
    }
}

/// The next of this thread's traced programs, which no other test's wait can take.
fn wait() -> Result<WaitStatus, Errno> {
    loop {
        match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
            Err(Errno::EINTR) => {}
            status => return status,
        }
    }
}

/// Ends the program and all that it started, and waits for their ends.
fn end_all(first: Pid) {
    // the group has gone if all have ended on their own
    let _ = killpg(first, Signal::SIGKILL);
    while let Ok(status) = wait() {
        // one that has left the group stops at its next call
        if let Some(pid) = status.pid().filter(|_| !is_end(status)) {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

fn is_end(status: WaitStatus) -> bool {
    matches!(status, WaitStatus::Exited(..) | WaitStatus::Signaled(..))
}

/// The name of the call that a thread has just ended, if it has changed the disk.
fn ended_call(pid: Pid, begun: &mut Begun) -> Option<&'static str> {
    let info = ptrace::syscall_info(pid).ok()?;
    match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY => {
            // SAFETY: The kernel has filled the part of the union that `op` names.
            let entry = unsafe { info.u.entry };
            begun.insert(pid, (entry.nr, entry.args));
            None
        }
        libc::PTRACE_SYSCALL_INFO_EXIT => {
            // SAFETY: The kernel has filled the part of the union that `op` names.
            let exit = unsafe { info.u.exit };
            let (number, arguments) = begun.remove(&pid)?;
            let call = change(pid, number as libc::c_long, &arguments)?;
            let is_done = exit.sval >= 0 && call.is_of_a_disk(pid, &arguments, exit.sval);
            is_done.then_some(call.name)
        }
        _ => None,
    }
}

/// A system call that may change a disk.
struct Change {
    name: &'static str,
    /// Which file it changes, for calls that change other things than disks too.
    file: Changed,
}

enum Changed {
    Path,
    /// The descriptor is this argument.
    Descriptor(usize),
    /// The same, and the answer is how much was written.
    Written(usize),
    /// The descriptor is the answer.
    Opened,
}

impl Change {
    fn is_of_a_disk(&self, pid: Pid, arguments: &[u64; 6], answer: i64) -> bool {
        let descriptor = match self.file {
            Changed::Path => return true,
            Changed::Written(_) if answer == 0 => return false,
            Changed::Descriptor(index) | Changed::Written(index) => arguments[index].cast_signed(),
            Changed::Opened => answer,
        };
        let link = format!("/proc/{pid}/fd/{descriptor}");
        let is_inside = |path: &Path| !path.starts_with("/proc") && !path.starts_with("/dev/null");
        fs::read_link(&link).is_ok_and(|path| path.is_absolute() && is_inside(&path))
            && fs::metadata(&link).is_ok_and(|found| found.is_file() || found.is_dir())
    }
}

/// What a call may change, by its number and arguments.
fn change(pid: Pid, number: libc::c_long, arguments: &[u64; 6]) -> Option<Change> {
    let makes = |flags: u64| {
        let flags = flags as libc::c_int;
        flags & (libc::O_CREAT | libc::O_TRUNC) != 0 || flags & libc::O_TMPFILE == libc::O_TMPFILE
    };
    let path = |name| Some(Change { name, file: Changed::Path });
    let descriptor = |name, index| Some(Change { name, file: Changed::Descriptor(index) });
    let written = |name, index| Some(Change { name, file: Changed::Written(index) });
    let opened = |name, is_made: bool| is_made.then_some(Change { name, file: Changed::Opened });
    match number {
        libc::SYS_openat => opened("openat", makes(arguments[2])),
        // the flags are the first word of a structure in the memory of the program
        libc::SYS_openat2 => opened("openat2", makes(word(pid, arguments[2])?)),
        libc::SYS_write | libc::SYS_pwrite64 => written("write", 0),
        libc::SYS_writev | libc::SYS_pwritev | libc::SYS_pwritev2 => written("writev", 0),
        libc::SYS_copy_file_range => written("copy_file_range", 2),
        libc::SYS_sendfile => written("sendfile", 0),
        libc::SYS_ftruncate => descriptor("ftruncate", 0),
        libc::SYS_fallocate => descriptor("fallocate", 0),
        libc::SYS_fsync | libc::SYS_fdatasync => descriptor("fsync", 0),
        libc::SYS_fchmod | libc::SYS_fchown => descriptor("fchmod", 0),
        libc::SYS_renameat | libc::SYS_renameat2 => path("renameat"),
        libc::SYS_unlinkat => path("unlinkat"),
        libc::SYS_mkdirat => path("mkdirat"),
        libc::SYS_linkat => path("linkat"),
        libc::SYS_symlinkat => path("symlinkat"),
        libc::SYS_mknodat => path("mknodat"),
        libc::SYS_fchmodat | libc::SYS_fchownat => path("fchmodat"),
        libc::SYS_utimensat => path("utimensat"),
        libc::SYS_truncate => path("truncate"),
        #[cfg(target_arch = "x86_64")]
        _ => old_change(number, arguments),
        #[cfg(not(target_arch = "x86_64"))]
        _ => None,
    }
}

/// A word of the program's memory.
fn word(pid: Pid, address: u64) -> Option<u64> {
    ptrace::read(pid, address as ptrace::AddressType).ok().map(|word| word as u64)
}

/// Calls that newer machines never had.
#[cfg(target_arch = "x86_64")]
fn old_change(number: libc::c_long, arguments: &[u64; 6]) -> Option<Change> {
    let path = |name| Some(Change { name, file: Changed::Path });
    match number {
        libc::SYS_open if arguments[1] as libc::c_int & (libc::O_CREAT | libc::O_TRUNC) != 0 => {
            Some(Change { name: "open", file: Changed::Opened })
        }
        libc::SYS_creat => Some(Change { name: "creat", file: Changed::Opened }),
        libc::SYS_rename => path("rename"),
        libc::SYS_unlink => path("unlink"),
        libc::SYS_mkdir => path("mkdir"),
        libc::SYS_rmdir => path("rmdir"),
        libc::SYS_link => path("link"),
        libc::SYS_symlink => path("symlink"),
        libc::SYS_chmod | libc::SYS_chown => path("chmod"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell and its child make two files and rename one.
    fn shell() -> ((tempfile::TempDir, ()), Command) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/bin/sh");
        let text = "echo old > a; (echo new > b; echo said); mv b a; echo said >&2";
        command.args(["-c", text]).current_dir(folder.path());
        ((folder, ()), command)
    }

    #[test]
    #[allow(clippy::print_stderr, reason = "a skipped test says so")]
    fn every_change_is_a_point() {
        let mut points = KillPoints::new();
        let mut seen = Vec::new();
        let found = points.kill(shell, |(folder, ()), _| {
            let read = |name| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
            seen.push((read("a"), read("b")));
        });
        let found = match found {
            Ok(found) => found,
            Err(Untraceable(why)) => return eprintln!("skipped 1: {why}"),
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(seen[0], pair("new\n", ""), "A run to its end");
        let mut after = seen[1..].to_vec();
        after.dedup();
        let expected = [pair("", ""), pair("old\n", ""), pair("old\n", "new\n"), pair("new\n", "")];
        assert_eq!(after, expected, "{found}");
        assert_eq!((found.points, found.kills), (5, 5), "{found}");
    }

    const FOLDER: &str = "MATRILINE_KILL_POINTS_FOLDER";

    #[test]
    #[ignore = "another test runs it in a process of its own"]
    fn two_threads_write() {
        let Some(folder) = std::env::var_os(FOLDER) else { return };
        let write = |name: &str| fs::write(Path::new(&folder).join(name), name).unwrap();
        std::thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || write(name));
            }
        });
    }

    #[test]
    #[allow(clippy::print_stderr, reason = "a skipped test says so")]
    fn threads_are_followed() {
        let start = || {
            let folder = tempfile::tempdir().unwrap();
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--ignored", "--exact", "kill_points::tests::two_threads_write"]);
            command.env(FOLDER, folder.path()).stdout(Stdio::null());
            (folder, command)
        };
        let mut files = Vec::new();
        let found = KillPoints::new().kill(start, |folder, _| {
            files.push(fs::read_dir(folder.path()).unwrap().count());
        });
        match found {
            Ok(found) => {
                assert_eq!((found.points, found.kills, files[0]), (4, 4, 2));
                // the other thread may be in the middle of a call when the program is killed
                assert!((1..=2).contains(&files[1]), "{files:?}");
            }
            Err(Untraceable(why)) => eprintln!("skipped 1: {why}"),
        }
    }

    #[test]
    #[should_panic(expected = "fails without being killed")]
    fn a_program_that_fails_is_told() {
        let start = || ((), Command::new("/bin/false"));
        if KillPoints::new().kill(start, |_, _| {}).is_err() {
            panic!("The program fails without being killed, and can't be traced here");
        }
    }
}
