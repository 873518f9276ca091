use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Barrier, Mutex};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use matriline_capability::CapabilityType;
use tempfile::TempDir;

use super::{Activity, Crash, END, FOLDER, Marker, inside};

/// Tells the process that is to die how, and on which data folder.
const ACT: &str = "MATRILINE_MARKER_ACT";
const DATA: &str = "MATRILINE_MARKER_DATA";

/// No test takes that long.
const LONG: Duration = Duration::from_secs(60);

/// There is one marker in a process.
static ONE: Mutex<()> = Mutex::new(());

fn calling() -> Activity {
    Activity::Calling { kind: CapabilityType::Script, capability: "größer".into() }
}

/// Not a test by itself: what the processes do that the tests start.
#[test]
fn child() {
    let (Ok(act), Ok(data)) = (std::env::var(ACT), std::env::var(DATA)) else { return };
    let (marker, crashes) = Marker::open(Path::new(&data));
    assert_eq!(crashes, []);
    let number = marker.number("stamp", &calling());
    match act.as_str() {
        "import and abort" => marker.during("stamp", &Activity::Importing, || std::process::abort()),
        "call and _exit" => inside::mark(number, end_at_once),
        "call and exit" => inside::mark(number, || std::process::exit(0)),
        "return and _exit" => {
            inside::mark(number, || ());
            end_at_once()
        }
        "call, end the marker and _exit" => inside::mark(number, || {
            marker.end();
            end_at_once()
        }),
        "call and be killed" => inside::mark(number, || {
            // SAFETY: ends the process.
            unsafe { libc::raise(libc::SIGKILL) };
        }),
        "call and segfault" => inside::mark(number, || {
            // SAFETY: nothing can be there. It is what native code of a plugin may do, and ends the process.
            unsafe { libc::memset(std::ptr::without_provenance_mut(16), 0, 1) };
        }),
        "call, fork and abort" => inside::mark(number, || {
            let mut pipe = [0; 2];
            // SAFETY: the child calls nothing that another thread may have locked. The parent waits until it runs.
            unsafe {
                libc::pipe(pipe.as_mut_ptr());
                if libc::fork() == 0 {
                    libc::write(pipe[1], c"x".as_ptr().cast(), 1);
                    libc::sleep(5);
                    libc::_exit(0);
                }
                libc::read(pipe[0], [0_u8; 1].as_mut_ptr().cast(), 1);
            }
            std::process::abort()
        }),
        "call, and exit in a fork, then wait" => inside::mark(number, || {
            // SAFETY: as above; `exit` runs what is to run at an exit in order.
            unsafe {
                match libc::fork() {
                    0 => libc::exit(0),
                    child => libc::waitpid(child, std::ptr::null_mut(), 0),
                };
            }
            say_inside();
            sleep(LONG);
        }),
        "two threads and abort" => {
            let barrier = Barrier::new(2);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    marker.during("other", &Activity::Unloading, || {
                        barrier.wait();
                        sleep(LONG);
                    })
                });
                inside::mark(number, || {
                    barrier.wait();
                    std::process::abort()
                })
            })
        }
        "call and wait" => inside::mark(number, || {
            say_inside();
            sleep(LONG);
        }),
        _ => panic!("There is no act `{act}`"),
    }
}

fn say_inside() {
    std::io::stdout().write_all(b"inside\n").unwrap();
}

/// As `os._exit` does.
fn end_at_once() {
    // SAFETY: ends the process.
    unsafe { libc::_exit(0) }
}

fn start(act: &str, data: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "marker::tests::child", "--nocapture"]).env(ACT, act).env(DATA, data);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Starts a process that waits inside of a call.
fn start_waiting(act: &str, data: &Path) -> Child {
    let mut child = start(act, data);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("inside")), "`{act}` did not come so far");
    child
}

/// What the next start on the data folder is told.
fn next_start(data: &TempDir) -> Vec<(String, Activity)> {
    let _one = ONE.lock().unwrap();
    let (marker, crashes) = Marker::open(data.path());
    marker.end();
    let age = |crash: &Crash| SystemTime::now().duration_since(crash.when).unwrap_or_default();
    assert!(crashes.iter().all(|crash| age(crash) < 10 * LONG), "{crashes:?}");
    crashes.into_iter().map(|crash| (crash.plugin, crash.activity)).collect()
}

fn markers(data: &TempDir) -> usize {
    let files = std::fs::read_dir(data.path().join(FOLDER)).unwrap();
    files.filter(|file| file.as_ref().unwrap().file_name().to_str().unwrap().ends_with(END)).count()
}

fn check(act: &str, expected: &[(&str, Activity)]) {
    let data = tempfile::tempdir().unwrap();
    start(act, data.path()).wait().unwrap();
    let mut crashes = next_start(&data);
    crashes.sort_by(|a, b| a.0.cmp(&b.0));
    let expected: Vec<_> =
        expected.iter().map(|(key, activity)| ((*key).to_owned(), activity.clone())).collect();
    assert_eq!(crashes, expected, "{act}");
    assert_eq!(markers(&data), 0, "{act}");
    assert_eq!(next_start(&data), [], "a crash is told once");
}

#[test]
fn whoever_was_running_when_the_process_died_is_named() {
    check("import and abort", &[("stamp", Activity::Importing)]);
    for act in ["call and _exit", "call and be killed", "call and segfault"] {
        check(act, &[("stamp", calling())]);
    }
}

#[test]
fn all_threads_are_named() {
    check("two threads and abort", &[("other", Activity::Unloading), ("stamp", calling())]);
}

#[test]
fn who_ends_in_order_or_outside_of_plugins_has_not_crashed() {
    for act in ["call and exit", "return and _exit", "call, end the marker and _exit"] {
        check(act, &[]);
    }
}

/// A child process that a plugin left must not keep the marker of a dead process alive.
#[test]
fn a_crash_is_seen_although_a_fork_lives_on() {
    check("call, fork and abort", &[("stamp", calling())]);
}

#[test]
fn a_process_that_lives_has_not_crashed() {
    for act in ["call and wait", "call, and exit in a fork, then wait"] {
        let data = tempfile::tempdir().unwrap();
        let mut child = start_waiting(act, data.path());
        assert_eq!(next_start(&data), [], "{act}");
        assert_eq!(markers(&data), 1, "{act}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(next_start(&data), [("stamp".to_owned(), calling())], "{act}");
    }
}

#[test]
fn other_files_in_the_folder_are_no_crashes() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join(FOLDER);
    std::fs::create_dir_all(folder.join("1-folder.marker")).unwrap();
    std::fs::write(folder.join("1-garbled.marker"), "what is this").unwrap();
    std::fs::write(folder.join("1-empty.marker"), "").unwrap();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    assert_eq!(next_start(&data), []);
    assert!(folder.join("notes.txt").exists());
    assert_eq!(markers(&data), 1, "the folder stays");
}

#[test]
fn without_a_folder_there_is_no_marker_and_nothing_fails() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join(FOLDER), "a file").unwrap();
    let _one = ONE.lock().unwrap();
    let (marker, crashes) = Marker::open(data.path());
    assert_eq!(crashes, []);
    assert_eq!(marker.number("p", &Activity::Loading), 0);
    assert_eq!(marker.during("p", &Activity::Loading, || 5), 5);
}

#[test]
fn markers_follow_one_another() {
    let data = tempfile::tempdir().unwrap();
    let _one = ONE.lock().unwrap();
    for _ in 0..20 {
        let (marker, crashes) = Marker::open(data.path());
        assert_eq!((crashes, markers(&data)), (Vec::new(), 1));
        let numbers = [Activity::Loading, calling(), Activity::Loading].map(|act| marker.number("p", &act));
        assert!(numbers[0] != 0 && numbers[0] == numbers[2] && numbers[0] != numbers[1]);
        assert_eq!(marker.during("p", &Activity::Loading, || 5), 5);
        marker.end();
        assert_eq!(markers(&data), 0);
    }
}

#[test]
fn more_plugins_than_rows_go_unmarked() {
    let data = tempfile::tempdir().unwrap();
    let _one = ONE.lock().unwrap();
    let (marker, _) = Marker::open(data.path());
    let numbers: Vec<_> = (0..2000).map(|n| marker.number(&format!("p{n}"), &Activity::Loading)).collect();
    assert!(numbers[0] != 0 && numbers[1022] != 0);
    assert!(numbers[1023..].iter().all(|number| *number == 0));
    marker.end();
}

#[test]
fn a_crash_says_what_happened() {
    let crash = |activity| Crash { plugin: "p".into(), activity, when: SystemTime::UNIX_EPOCH }.to_string();
    assert_eq!(crash(Activity::Importing), "The application died while plugin `p` was being imported");
    let text = crash(calling());
    assert_eq!(text, "The application died while capability `größer` (script) of plugin `p` was running");
}
