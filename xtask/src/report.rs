//! What passing tests have to say: figures, and what could not be tried here.

use crate::workspace;
use anyhow::Result;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The lines that the tests of one run write; see `matriline_testkit::report`.
pub(crate) struct Report(PathBuf);

impl Report {
    pub(crate) fn new() -> Result<Self> {
        let path = workspace::target().join("test-report.txt");
        fs::create_dir_all(workspace::target())?;
        fs::write(&path, "")?;
        Ok(Self(path))
    }

    /// Tells tests where to write.
    pub(crate) fn gather<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("MATRILINE_TEST_REPORT", &self.0)
    }

    /// Prints the figures, then what was skipped with its number.
    pub(crate) fn print(&self) -> Result<()> {
        let text = fs::read_to_string(&self.0)?;
        let (skipped, figures): (Vec<_>, Vec<_>) =
            text.lines().partition(|line| line.contains(": skipped: "));
        println!("\n{} figures, {} tests or parts of tests skipped", figures.len(), skipped.len());
        figures.iter().chain(&skipped).for_each(|line| println!("    {line}"));
        Ok(())
    }
}
