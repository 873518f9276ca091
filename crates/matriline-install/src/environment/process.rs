//! A child process that is watched: lines, time, cancellation.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::{BuildControl, EnvironmentError};

/// How often a child is looked at that says nothing.
const GLANCE: Duration = Duration::from_millis(20);
/// How long the last lines of a child that has ended are waited for: a process it left behind may hold its stderr.
const LAST_LINES: Duration = Duration::from_millis(500);
/// Of a long stderr this much of the beginning and of the end is kept.
const MOST_OF_BEGIN: usize = 2 << 10;
const MOST_OF_END: usize = 6 << 10;
/// A line is cut where it is longer.
const LONGEST_LINE: u64 = 64 << 10;

/// When all steps of a build must be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    end: Instant,
    limit: Duration,
}

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        let now = Instant::now();
        // a limit beyond what the clock can count is none
        let end = now.checked_add(limit).unwrap_or_else(|| now + Duration::from_secs(u64::from(u32::MAX)));
        Self { end, limit }
    }

    /// What is left, or the error of `step`.
    pub(crate) fn left(&self, step: &'static str) -> Result<Duration, EnvironmentError> {
        match self.end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            Some(left) => Ok(left),
            None => Err(EnvironmentError::TimedOut { step, limit: self.limit }),
        }
    }
}

/// How a child ended, and what it wrote to stderr.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

/// Runs a child to its end; each line of its stderr is progress. A child that is late or unwanted is killed, it
/// alone.
pub(crate) fn run(
    mut command: Command,
    step: &'static str,
    deadline: Deadline,
    control: &BuildControl,
) -> Result<Ended, EnvironmentError> {
    let program = step.split(' ').next().unwrap_or(step);
    let failed = |source| EnvironmentError::Run { program, source };
    deadline.left(step)?;
    if control.is_cancelled() {
        return Err(EnvironmentError::Cancelled);
    }
    without_window(&mut command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = Killed(command.spawn().map_err(failed)?);
    let lines = lines_of(child.0.stderr.take());
    let mut output = Excerpt::default();
    let status = loop {
        match lines.recv_timeout(GLANCE) {
            Ok(line) => output.take(&line, control),
            Err(RecvTimeoutError::Timeout) => {}
            // closed: it ends now, or goes on in silence
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(1)),
        }
        if let Some(status) = child.0.try_wait().map_err(failed)? {
            break status;
        }
        if control.is_cancelled() {
            return Err(EnvironmentError::Cancelled);
        }
        deadline.left(step)?;
    };
    let end = Instant::now() + LAST_LINES;
    while let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        output.take(&line, control);
    }
    Ok(Ended { status, output: output.text() })
}

/// A console program that an application with windows starts would open a black one (`CREATE_NO_WINDOW`).
#[cfg(windows)]
fn without_window(command: &mut Command) {
    std::os::windows::process::CommandExt::creation_flags(command, 0x0800_0000);
}

#[cfg(not(windows))]
fn without_window(_: &mut Command) {}

/// A child that does not outlive its watch.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // one that has ended cannot be killed, and was waited for
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads on a thread of its own, which ends when nobody can write any more.
fn lines_of(stderr: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, lines) = mpsc::sync_channel(64);
    if let Some(stderr) = stderr {
        thread::spawn(move || {
            let mut reader = BufReader::new(stderr);
            let mut line = Vec::new();
            while reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                    break;
                }
                line.clear();
            }
        });
    }
    lines
}

/// The beginning and the end of a text.
#[derive(Default)]
struct Excerpt {
    begin: String,
    end: String,
    left_out: usize,
}

impl Excerpt {
    fn take(&mut self, line: &str, control: &BuildControl) {
        if !line.trim().is_empty() {
            control.report(line);
        }
        if self.end.is_empty() && self.begin.len() + line.len() < MOST_OF_BEGIN {
            self.begin += line;
            self.begin.push('\n');
            return;
        }
        self.end += line;
        self.end.push('\n');
        let surplus = self.end.len().saturating_sub(MOST_OF_END);
        let cut = (surplus..=self.end.len()).find(|&at| self.end.is_char_boundary(at)).unwrap_or(0);
        self.end.drain(..cut);
        self.left_out += cut;
    }

    fn text(&self) -> String {
        let middle = match self.left_out {
            0 => String::new(),
            bytes => format!("[… {bytes} bytes …]\n"),
        };
        format!("{}{middle}{}", self.begin, self.end).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_keeps_its_two_ends() {
        let mut excerpt = Excerpt::default();
        for number in 0..10_000 {
            excerpt.take(&format!("größe {number}"), &BuildControl::new());
        }
        let text = excerpt.text();
        assert!(text.starts_with("größe 0\n") && text.ends_with("größe 9999"), "{text}");
        assert!(text.contains("\n[… ") && text.len() < MOST_OF_BEGIN + MOST_OF_END + 40);
    }

    #[test]
    fn a_short_output_is_whole() {
        let mut excerpt = Excerpt::default();
        ["a", "", "b"].iter().for_each(|line| excerpt.take(line, &BuildControl::new()));
        assert_eq!(excerpt.text(), "a\n\nb");
    }
}
