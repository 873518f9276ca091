//! The folder of the demo: data folder, presets and G-code, made anew at each run.

use crate::workspace;
use anyhow::{Context, Result};
use matriline_testkit::{WheelBuilder, sample_gcode};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A package that a plugin depends on.
const DEMO_MONEY: &str = "def euros(cents):\n    return f'{cents / 100:.2f} EUR'\n";

/// Where the parts of the demo lie.
pub(crate) struct Layout {
    folder: PathBuf,
    outside: PathBuf,
}

impl Layout {
    /// Makes everything in `target/demo`, and the empty folder that nobody may write to in `target/demo-outside`.
    pub(crate) fn make() -> Result<Self> {
        let target = workspace::target();
        let layout = Self { folder: target.join("demo"), outside: target.join("demo-outside") };
        let sources = workspace::root().join("xtask/demo");
        remove(&layout.folder)?;
        remove(&layout.outside)?;
        fs::create_dir_all(&layout.outside)?;
        let plugins = layout.data().join("orca_plugins");
        copy(&sources.join("plugins"), &plugins)?;
        copy(&sources.join("presets"), &layout.folder.join("presets"))?;
        let wheel = print_stats(&sources.join("print_stats"))?;
        fs::create_dir(plugins.join("print_stats"))?;
        fs::write(plugins.join("print_stats").join(wheel.file_name()), wheel.build())?;
        fs::write(layout.gcode(), sample_gcode())?;
        copy(&sources.join("packages"), &layout.folder.join("packages"))?;
        fs::create_dir(layout.life())?;
        fs::create_dir(layout.wheels())?;
        Ok(layout)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A data folder for plugins that are installed and removed, empty at first.
    pub(crate) fn life(&self) -> PathBuf {
        self.folder.join("life")
    }

    /// The entry file of a plugin that is installed there.
    pub(crate) fn installed(&self, key: &str) -> PathBuf {
        self.life().join(format!("orca_plugins/{key}.py/{key}.py"))
    }

    /// A file to install.
    pub(crate) fn package(&self, name: &str) -> PathBuf {
        self.folder.join("packages").join(name)
    }

    /// The folder of the wheels that plugins may depend on, empty at first.
    pub(crate) fn wheels(&self) -> PathBuf {
        self.folder.join("wheels")
    }

    /// Puts the wheel there that one of the plugins depends on.
    pub(crate) fn add_wheel(&self) -> Result<()> {
        let money = WheelBuilder::new("demo-money", "1.0.0").file("demo_money.py", DEMO_MONEY);
        Ok(fs::write(self.wheels().join(money.file_name()), money.build())?)
    }

    pub(crate) fn preset(&self, name: &str) -> PathBuf {
        self.folder.join(format!("presets/{name}.json"))
    }

    pub(crate) fn gcode(&self) -> PathBuf {
        self.folder.join("in.gcode")
    }

    pub(crate) fn output(&self, preset: &str) -> PathBuf {
        self.folder.join(format!("out-{preset}.gcode"))
    }

    /// What the plugin `write_outside` wants to write.
    pub(crate) fn outside_file(&self) -> PathBuf {
        self.outside.join("outside.txt")
    }

    /// The names beside the G-code, where working copies and half-finished outputs would show.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

fn print_stats(sources: &Path) -> Result<WheelBuilder> {
    let mut wheel = WheelBuilder::new("print_stats", "1.0.0")
        .header("Summary", "Appends the statistics of a print")
        .header("Author", "matriline");
    for module in ["__init__.py", "gcode_math.py"] {
        wheel = wheel.file(&format!("print_stats/{module}"), fs::read(sources.join(module))?);
    }
    Ok(wheel)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("`{}` can't be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

fn copy(source: &Path, target: &Path) -> Result<()> {
    fs::create_dir_all(target)?;
    for entry in fs::read_dir(source).with_context(|| format!("`{}` can't be read", source.display()))? {
        let entry = entry?;
        let to = target.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}
