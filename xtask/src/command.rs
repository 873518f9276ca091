//! Running other programs.

use anyhow::{Context, Result, ensure};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program whose output passes through; any status but 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    println!("\n$ {line}");
    let status = command.status().with_context(|| format!("`{line}` can't be started"))?;
    ensure!(status.success(), "`{line}` failed with {status}");
    Ok(())
}

/// Runs a program and gives its stdout; any status but 0 is an error that carries its stderr.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command.output().with_context(|| format!("`{line}` can't be started"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{line}` failed with {}: {}", output.status, error.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Cargo itself, the one that runs this task.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Every file of that name in the folders of `PATH`, in order.
pub(crate) fn all_on_path(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(name)).filter(|file| file.is_file()).collect()
}

/// The value of a search path variable with one more folder in front.
pub(crate) fn with_folder_in_front(variable: &str, folder: &Path) -> OsString {
    let others = env::var_os(variable).unwrap_or_default();
    let others = env::split_paths(&others).filter(|other| !other.as_os_str().is_empty());
    let folders = std::iter::once(folder.to_path_buf()).chain(others);
    env::join_paths(folders).unwrap_or_else(|_| folder.into())
}

fn line_of(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
