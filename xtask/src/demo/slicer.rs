//! Running mini-slicer and reading its lines.
//!
//! A line of its stdout is a word and fields, separated by tabs:
//! `plugin`, key, `found` or `invalid`, `loaded` or `not loaded`, problem or `-`;
//! `capability`, plugin key, type, name, result or `-`, message, milliseconds.
//! What went wrong stands on stderr after `mini-slicer: `.

use super::layout::Layout;
use crate::command::with_folder_in_front;
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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
        self.run(Command::new(&self.program).arg("list").arg("--data-dir").arg(self.layout.data()))
    }

    /// Exports the demo's G-code with one of its presets.
    pub(crate) fn export(&self, preset: &str) -> Result<Run> {
        self.run(
            Command::new(&self.program)
                .arg("export")
                .arg("--data-dir")
                .arg(self.layout.data())
                .arg("--preset")
                .arg(self.layout.preset(preset))
                .arg("--gcode")
                .arg(self.layout.gcode())
                .arg("--output")
                .arg(self.layout.output(preset)),
        )
    }

    fn run(&self, command: &mut Command) -> Result<Run> {
        command
            .current_dir(self.layout.folder())
            .env("LD_LIBRARY_PATH", with_folder_in_front("LD_LIBRARY_PATH", &self.libraries));
        let output =
            command.output().with_context(|| format!("`{}` can't be started", self.program.display()))?;
        Ok(Run {
            // a program ended by a signal has no status
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

impl Run {
    pub(crate) fn plugins(&self) -> Vec<PluginLine<'_>> {
        let lines = self.fields("plugin").into_iter();
        lines
            .filter_map(|fields| match fields[..] {
                [key, found, loaded, problem] => Some(PluginLine { key, found, loaded, problem }),
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

    /// The first line on stderr by which the program says what went wrong.
    pub(crate) fn complaint(&self) -> &str {
        self.stderr.lines().find_map(|line| line.strip_prefix("mini-slicer: ")).unwrap_or("")
    }

    fn fields(&self, word: &str) -> Vec<Vec<&str>> {
        let lines = self.stdout.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        lines.filter(|fields| fields[0] == word).map(|fields| fields[1..].to_vec()).collect()
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
        let run = run("plugin\ta\tinvalid\tnot loaded\tIts metadata is broken\nsomething else\n", "");
        let plugins = run.plugins();
        assert_eq!(plugins.len(), 1);
        assert_eq!((plugins[0].key, plugins[0].found), ("a", "invalid"));
        assert_eq!((plugins[0].loaded, plugins[0].problem), ("not loaded", "Its metadata is broken"));
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
    fn the_complaint_is_found_among_other_lines() {
        assert_eq!(run("", "a log line\nmini-slicer: It failed\nmore\n").complaint(), "It failed");
    }
}
