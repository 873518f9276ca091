//! Installing what is missing, where that needs no question: wheels into a folder of our own, Debian packages as root.

use crate::command::{all_on_path, output, run};
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Debian-like system, if this is one and we may install there.
#[derive(Default)]
pub(crate) struct Debian {
    updated: bool,
}

impl Debian {
    /// Installs packages, or says which ones a person has to install for want of `what`.
    pub(crate) fn install(&mut self, what: &str, packages: &[&str]) -> Result<()> {
        let packages = packages.join(" ");
        if all_on_path("apt-get").is_empty() {
            bail!("{what} is missing: install what Debian has in `{packages}`");
        }
        if output(Command::new("id").arg("-u"))?.trim() != "0" {
            bail!("{what} is missing: run `sudo apt-get install {packages}`");
        }
        println!("{what} is missing and will be installed from `{packages}`");
        if !self.updated {
            run(Command::new("apt-get").arg("update"))?;
            self.updated = true;
        }
        run(Command::new("apt-get")
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages.split(' '))
            .env("DEBIAN_FRONTEND", "noninteractive"))
    }
}

/// The folder with the programs that came as wheels.
pub(crate) fn wheel_programs() -> PathBuf {
    workspace::target().join("tools/bin")
}

/// Installs programs that are offered as wheels (cmake, ninja, uv) into `target/tools`.
pub(crate) fn wheels(python: &Path, names: &[&str]) -> Result<()> {
    println!("{} will be installed into `target/tools`", names.join(" and "));
    let folder = workspace::target().join("tools");
    let outcome = run(Command::new(python).args(["-m", "venv"]).arg(&folder)).and_then(|()| {
        run(Command::new(folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
            ])
            .args(names))
    });
    outcome.with_context(|| format!("The wheels of {} can't be installed", names.join(" and ")))
}
