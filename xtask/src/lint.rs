//! Format and lints.

use crate::command::{self, cargo};
use crate::test::cargo_for;
use crate::tools::Tools;
use crate::workspace;
use anyhow::Result;

/// Checks the format, and clippy with warnings as errors.
pub(crate) fn run() -> Result<()> {
    let tools = Tools::find()?;
    command::run(cargo().args(["fmt", "--all", "--check"]).current_dir(workspace::root()))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    command::run(cargo_for(tools.python()).args(clippy))
}
