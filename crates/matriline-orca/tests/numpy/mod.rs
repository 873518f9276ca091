//! Real numpy, for plugins that bring it.

#![allow(unreachable_pub, reason = "each test file uses a part")]

use crate::common::{Plugin, name};

/// A folder with numpy for the Python that this was built against.
pub fn folder() -> Option<tempfile::TempDir> {
    let python = std::env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = tempfile::tempdir().unwrap();
    let mut install = std::process::Command::new(python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--target",
    ]);
    let done = install.arg(folder.path()).arg("numpy").output().ok()?;
    done.status.success().then_some(folder)
}

/// The plugin with numpy in its environment.
pub fn brought_by<'h>(plugin: Plugin<'h>, folder: &tempfile::TempDir) -> Plugin<'h> {
    ["numpy", "numpy.libs"]
        .into_iter()
        .fold(plugin, |plugin, part| plugin.brings(name(part, folder.path(), "any")))
}
