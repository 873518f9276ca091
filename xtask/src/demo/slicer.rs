//! Running mini-slicer and reading its lines.
//!
//! A line of its stdout is a word and fields, separated by tabs:
//! `plugin`, key, `found` or `invalid`, `loaded` or `not loaded`, problem or `-`, version or `-`;
//! `capability`, plugin key, type, name, result or `-`, message, milliseconds;
//! `crash`, plugin key, what it was doing when the program died;
//! `package`, key, name, version of a file that is installed;
//! `problem`, key, what else is wrong with its package;
//! `replaces`, key, version, `enabled` or `disabled`, `loaded` or `not loaded`;
//! `installed`, `rolled back` or `removed`, key, version.
//! What went wrong stands on stderr after `mini-slicer: `.

use super::layout::Layout;
use crate::command::with_folder_in_front;
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// The program, ready to run in the demo's folder.
pub(crate) struct Slicer<'a> {
    program: PathBuf,
    libraries: PathBuf,
    layout: &'a Layout,
}

/// What one run of the program left: its status and its output.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A `plugin` line.
pub(crate) struct PluginLine<'a> {
    pub(crate) key: &'a str,
    pub(crate) found: &'a str,
    pub(crate) loaded: &'a str,
    pub(crate) problem: &'a str,
    pub(crate) version: &'a str,
}

/// A `capability` line.
pub(crate) struct CapabilityLine<'a> {
    pub(crate) plugin: &'a str,
    pub(crate) name: &'a str,
    pub(crate) result: &'a str,
    pub(crate) message: &'a str,
    pub(crate) milliseconds: &'a str,
}

impl<'a> Slicer<'a> {
    /// Finds the program in a build folder.
    pub(crate) fn find(build: &Path, libraries: &Path, layout: &'a Layout) -> Result<Self> {
        let program = find_file(build, OsStr::new("mini-slicer"));
        let program = program.with_context(|| format!("`{}` holds no `mini-slicer`", build.display()))?;
        Ok(Self { program, libraries: libraries.to_path_buf(), layout })
    }

    pub(crate) fn list(&self) -> Result<Run> {
        self.run(&mut self.command(&["list".as_ref()], &self.layout.data()))
    }

    /// Exports the demo's G-code with one of its presets.
    pub(crate) fn export(&self, preset: &str) -> Result<Run> {
        let mut command = self.command(&["export".as_ref()], &self.layout.data());
        command
            .arg("--preset")
            .arg(self.layout.preset(preset))
            .arg("--gcode")
            .arg(self.layout.gcode())
            .arg("--output")
            .arg(self.layout.output(preset));
        self.run(&mut command)
    }

    /// Any sub-command, on the data folder of plugins that come and go. Packages come from the demo's wheels alone.
    pub(crate) fn on_life(&self, words: &[&OsStr]) -> Result<Run> {
        self.run(self.command(words, &self.layout.life()).arg("--wheels").arg(self.layout.wheels()))
    }

    /// Tries a script, does `edit` once it has run, and has it tried again.
    pub(crate) fn try_twice(&self, key: &str, edit: impl FnOnce() -> Result<()>) -> Result<Run> {
        let mut command = self.command(&["try".as_ref(), key.as_ref()], &self.layout.life());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| self.not_started())?;
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let mut lines = BufReader::new(child.stdout.take().context("The stdout is piped")?);
        let mut stdin = child.stdin.take().context("The stdin is piped")?;
        lines.read_line(&mut stdout)?;
        edit()?;
        // a program that has ended reads no line, and says why on stderr
        let _ = stdin.write_all(b"\n");
        drop(stdin);
        lines.read_to_string(&mut stdout)?;
        child.stderr.take().context("The stderr is piped")?.read_to_string(&mut stderr)?;
        Ok(Run { status: status_of(child.wait()?), stdout, stderr })
    }

    fn command(&self, words: &[&OsStr], data: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .arg("--data-dir")
            .arg(data)
            .current_dir(self.layout.folder())
            .env("LD_LIBRARY_PATH", with_folder_in_front("LD_LIBRARY_PATH", &self.libraries));
        command
    }

    fn run(&self, command: &mut Command) -> Result<Run> {
        let output = command.output().with_context(|| self.not_started())?;
        Ok(Run {
            status: status_of(output.status),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn not_started(&self) -> String {
        format!("`{}` can't be started", self.program.display())
    }
}

/// A program ended by a signal has no status.
fn status_of(status: ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}

impl Run {
    pub(crate) fn plugins(&self) -> Vec<PluginLine<'_>> {
        let lines = self.fields("plugin").into_iter();
        lines
            .filter_map(|fields| match fields[..] {
                [key, found, loaded, problem, version] => {
                    Some(PluginLine { key, found, loaded, problem, version })
                }
                _ => None,
            })
            .collect()
    }

    pub(crate) fn capabilities(&self) -> Vec<CapabilityLine<'_>> {
        let lines = self.fields("capability").into_iter();
        lines
            .filter_map(|fields| match fields[..] {
                [plugin, _type, name, result, message, milliseconds] => {
                    Some(CapabilityLine { plugin, name, result, message, milliseconds })
                }
                _ => None,
            })
            .collect()
    }

    /// What a person would pass on of it.
    pub(crate) fn gist(&self) -> String {
        if self.status != 0 {
            return self.complaint().to_owned();
        }
        self.stdout.lines().filter_map(gist_of).collect::<Vec<_>>().join("; ")
    }

    /// The first line on stderr by which the program says what went wrong.
    pub(crate) fn complaint(&self) -> &str {
        self.stderr.lines().find_map(|line| line.strip_prefix("mini-slicer: ")).unwrap_or("")
    }

    pub(crate) fn fields(&self, word: &str) -> Vec<Vec<&str>> {
        let lines = self.stdout.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        lines.filter(|fields| fields[0] == word).map(|fields| fields[1..].to_vec()).collect()
    }
}

/// A line in words; none for what the others say too.
fn gist_of(line: &str) -> Option<String> {
    let fields: Vec<_> = line.split('\t').collect();
    match fields[..] {
        ["crash", _, text] => Some(text.to_owned()),
        ["plugin", key, _, loaded, "-", version] => Some(format!("{key} {version} is {loaded}")),
        ["plugin", key, _, _, problem, version] => Some(format!("{key} {version}: {problem}")),
        ["replaces", _, version, enabled, loaded] => {
            Some(format!("replaces {version} ({enabled}, {loaded})"))
        }
        ["capability", _, _, name, "Disabled", ..] => Some(format!("{name} is disabled")),
        ["capability", _, _, _, _, message, _] if !message.is_empty() => Some(message.to_owned()),
        ["installed" | "rolled back" | "removed", ..] => Some(fields.join(" ")),
        _ => None,
    }
}

fn find_file(folder: &Path, name: &OsStr) -> Option<PathBuf> {
    let entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let here = entries.iter().find(|path| path.file_name() == Some(name) && path.is_file());
    here.cloned()
        .or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|path| find_file(path, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stdout: &str, stderr: &str) -> Run {
        Run { status: 0, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
    }

    #[test]
    fn plugin_lines_are_read() {
        let run = run("plugin\ta\tinvalid\tnot loaded\tIts metadata is broken\t1.0\nsomething else\n", "");
        let plugins = run.plugins();
        assert_eq!(plugins.len(), 1);
        assert_eq!((plugins[0].key, plugins[0].found), ("a", "invalid"));
        assert_eq!((plugins[0].loaded, plugins[0].problem), ("not loaded", "Its metadata is broken"));
        assert_eq!(plugins[0].version, "1.0");
    }

    #[test]
    fn capability_lines_are_read() {
        let run = run("capability\ta\tpost-processing\tb\tSuccess\t\t1.5\n", "");
        let capabilities = run.capabilities();
        assert_eq!((capabilities[0].plugin, capabilities[0].name), ("a", "b"));
        assert_eq!((capabilities[0].result, capabilities[0].message), ("Success", ""));
        assert_eq!(capabilities[0].milliseconds, "1.5");
    }

    #[test]
    fn a_gist_leaves_out_what_is_said_twice() {
        let stdout = "package\ta\tA\t1\ninstalled\ta\t1\nplugin\ta\tfound\tloaded\t-\t1\ncapability\ta\tscript\tb\t-\t\t-\n";
        assert_eq!(run(stdout, "").gist(), "installed a 1; a 1 is loaded");
    }

    #[test]
    fn the_complaint_is_found_among_other_lines() {
        assert_eq!(run("", "a log line\nmini-slicer: It failed\nmore\n").complaint(), "It failed");
    }
}
