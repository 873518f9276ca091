//! The life of plugins, as their user sees it: installed, updated, edited, switched off, brought back, removed; one that
//! depends on a package, and one that ends the program.

use super::checks::Checks;
use super::layout::Layout;
use super::slicer::{Run, Slicer};
use crate::table::Table;
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The plugin that most is done with.
const KEY: &str = "filament_weight";
const FIRST: &str = "A metre weighs: PLA 2.98 g";
const SECOND: &str = "A metre weighs: PLA 2.98 g, PETG 3.05 g";

/// What was done, and what could not be shown.
pub(crate) struct Told {
    pub(crate) table: String,
    pub(crate) skipped: Vec<String>,
}

struct Life<'a> {
    slicer: &'a Slicer<'a>,
    layout: &'a Layout,
    checks: &'a mut Checks,
    table: Table,
}

pub(crate) fn show(
    slicer: &Slicer<'_>,
    layout: &Layout,
    uv: Option<&Path>,
    checks: &mut Checks,
) -> Result<Told> {
    let table = Table::new(&["mini-slicer", "status", "what it said"]);
    let mut life = Life { slicer, layout, checks, table };
    life.refusals()?;
    life.updates()?;
    life.edit()?;
    life.switches()?;
    life.crash()?;
    life.permissions()?;
    let mut skipped = Vec::new();
    match uv {
        Some(uv) => life.dependency(uv)?,
        None => skipped.push("a plugin with a dependency, for want of uv".to_owned()),
    }
    life.removal()?;
    Ok(Told { table: life.table.text(), skipped })
}

impl Life<'_> {
    /// What cannot be installed says why, and nothing changes.
    fn refusals(&mut self) -> Result<()> {
        let refuse = |life: &mut Self, name: &str, part: &str| {
            let file = life.layout.package(name);
            life.fails(&["install", &text(&file)], &["Plugin package inspection failed", part])
        };
        refuse(self, "nothing.py", "nothing.py")?;
        refuse(self, "1.0.0", "1.0.0")?;
        refuse(self, "../in.gcode", ".py or .whl")?;
        self.fails(&["run", KEY], &["Plugin not found", KEY])?;
        self.checks.holds("refusals: no plugin is there", !self.layout.life().join("orca_plugins").exists());
        Ok(())
    }

    fn updates(&mut self) -> Result<()> {
        let first = self.install("1.0.0/filament_weight.py")?;
        self.says(&first, &["package", KEY, "Filament Weight", "1.0.0"]);
        self.says(&first, &["installed", KEY, "1.0.0"]);
        self.is(&first, KEY, "loaded", "1.0.0");
        self.answers(KEY, FIRST)?;
        let second = self.install("1.1.0/filament_weight.py")?;
        self.says(&second, &["replaces", KEY, "1.0.0", "enabled", "loaded"]);
        self.says(&second, &["installed", KEY, "1.1.0"]);
        self.is(&second, KEY, "loaded", "1.1.0");
        self.answers(KEY, SECOND)?;
        for (version, message) in [("1.0.0", FIRST), ("1.1.0", SECOND)] {
            let back = self.works(&["roll-back", KEY])?;
            self.says(&back, &["rolled back", KEY, version]);
            self.is(&back, KEY, "loaded", version);
            self.answers(KEY, message)?;
        }
        Ok(())
    }

    /// The author of a plugin edits it while the application runs.
    fn edit(&mut self) -> Result<()> {
        let file = self.layout.installed(KEY);
        let edit = |from: &str, to: &str| {
            let code = fs::read_to_string(&file).with_context(|| format!("`{}`", file.display()))?;
            Ok(fs::write(&file, code.replace(from, to))?)
        };
        let tried = self.slicer.try_twice(KEY, || edit("A metre weighs", "A metre of filament weighs"))?;
        self.note(&["try", KEY, "(and edit it)"], &tried);
        let messages: Vec<_> = tried.capabilities().iter().map(|line| line.message).collect();
        let after = SECOND.replace("A metre", "A metre of filament");
        self.checks.equal("try: the script is run as it was, and as it is", &messages, &vec![SECOND, &after]);
        self.checks.equal("try: the status is 0", &tried.status, &0);
        edit("A metre of filament weighs", "A metre weighs")
    }

    fn switches(&mut self) -> Result<()> {
        let off = self.works(&["disable", KEY, "weight"])?;
        self.says(&off, &["capability", KEY, "script", "weight", "Disabled", "", "-"]);
        self.fails(&["run", KEY], &["weight", "disabled"])?;
        let on = self.works(&["enable", KEY, "weight"])?;
        self.says(&on, &["capability", KEY, "script", "weight", "-", "", "-"]);
        self.answers(KEY, SECOND)?;

        let off = self.works(&["disable", KEY])?;
        self.is(&off, KEY, "not loaded", "1.1.0");
        let list = self.works(&["list"])?;
        self.is(&list, KEY, "not loaded", "1.1.0");
        self.fails(&["run", KEY], &["switched off", "mini-slicer enable"])?;
        let update = self.install("1.0.0/filament_weight.py")?;
        self.says(&update, &["replaces", KEY, "1.1.0", "disabled", "not loaded"]);
        self.is(&update, KEY, "not loaded", "1.0.0");
        let on = self.works(&["enable", KEY])?;
        self.is(&on, KEY, "loaded", "1.0.0");
        self.answers(KEY, FIRST)
    }

    /// A plugin ends the program. The next start says which one it was and keeps that one off; the others work.
    fn crash(&mut self) -> Result<()> {
        const BAD: &str = "falls_over";
        self.install("crash/falls_over.py")?;
        let run = self.run(&["run", BAD])?;
        self.checks.equal("crash: the program has ended with the plugin's status", &run.status, &3);
        let next = self.works(&["list"])?;
        let crashes = next.fields("crash");
        let named: Vec<_> = crashes.iter().map(|fields| fields[0]).collect();
        self.checks.equal("crash: the next start names the plugin", &named, &vec![BAD]);
        self.checks.contains("crash: it names the script", &next.stdout, "`fall`");
        self.is(&next, BAD, "not loaded", "1.0.0");
        self.is(&next, KEY, "loaded", "1.0.0");
        let later = self.works(&["list"])?;
        self.checks.equal("crash: it is reported once", &later.fields("crash").len(), &0);
        self.is(&later, BAD, "not loaded", "1.0.0");
        self.fails(&["run", BAD], &["switched off", "mini-slicer enable"])?;
        let on = self.works(&["enable", BAD])?;
        self.is(&on, BAD, "loaded", "1.0.0");
        let last = self.works(&["list"])?;
        self.is(&last, BAD, "loaded", "1.0.0");
        Ok(())
    }

    /// A plugin gets the package that it depends on from a folder of wheels; later starts do without uv.
    /// What a plugin declares is asked at once when it is installed, kept, listed and taken back.
    fn permissions(&mut self) -> Result<()> {
        const READS: &str = "reads_users";
        const TARGET: &str = "/etc/passwd";
        let file = text(&self.layout.package("permissions/reads_users.py"));
        let refused = self.works(&["install", &file, "--deny"])?;
        self.says(&refused, &["wanted", READS, "fs_read", TARGET]);
        self.fails(&["run", READS, "--deny"], &["PermissionError", TARGET])?;
        let allowed = self.works(&["install", &file, "--allow"])?;
        self.says(&allowed, &["permission", READS, "fs_read", TARGET]);
        self.works(&["run", READS, "--deny"])?;
        let list = self.works(&["permissions", "list"])?;
        self.says(&list, &["permission", READS, "fs_read", TARGET]);
        let revoked = self.works(&["permissions", "revoke", READS, "fs_read", TARGET])?;
        self.says(&revoked, &["revoked", READS, "fs_read", TARGET]);
        self.fails(&["run", READS, "--deny"], &["PermissionError", TARGET])
    }

    fn dependency(&mut self, uv: &Path) -> Result<()> {
        const QUOTE: &str = "print_quote";
        let file = text(&self.layout.package("dependency/print_quote.py"));
        let install = ["install", &file, "--uv", &text(uv)];
        self.fails(&install, &["Failed to install plugin dependencies", "demo-money"])?;
        self.layout.add_wheel()?;
        let installed = self.works(&install)?;
        self.is(&installed, QUOTE, "loaded", "1.0.0");
        self.answers(QUOTE, "The print costs 2.50 EUR")
    }

    fn removal(&mut self) -> Result<()> {
        let removed = self.works(&["remove", KEY])?;
        self.says(&removed, &["removed", KEY, "1.0.0"]);
        self.fails(&["remove", KEY], &["Plugin not found"])?;
        let list = self.works(&["list"])?;
        let is_gone = list.plugins().iter().all(|plugin| plugin.key != KEY);
        self.checks.holds("remove: the plugin is gone", is_gone && !self.layout.installed(KEY).exists());
        Ok(())
    }

    fn install(&mut self, name: &str) -> Result<Run> {
        self.works(&["install", &text(&self.layout.package(name))])
    }

    /// Runs the only script of a plugin.
    fn answers(&mut self, key: &str, message: &str) -> Result<()> {
        let run = self.works(&["run", key])?;
        let answers: Vec<_> = run.capabilities().iter().map(|line| (line.result, line.message)).collect();
        self.checks.equal(&format!("run {key}: the answer"), &answers, &vec![("Success", message)]);
        Ok(())
    }

    fn works(&mut self, words: &[&str]) -> Result<Run> {
        let run = self.run(words)?;
        let said = if run.status == 0 { "" } else { &run.stderr };
        self.checks.equal(&format!("{}: the status is 0", named(words)), &(run.status, said), &(0, ""));
        Ok(run)
    }

    /// The program says what is wrong, in a line that has all of these parts.
    fn fails(&mut self, words: &[&str], parts: &[&str]) -> Result<()> {
        let run = self.run(words)?;
        self.checks.equal(&format!("{}: the status is 1", named(words)), &run.status, &1);
        for part in parts {
            let claim = format!("{}: the message names `{part}`", named(words));
            self.checks.contains(&claim, run.complaint(), part);
        }
        Ok(())
    }

    fn run(&mut self, words: &[&str]) -> Result<Run> {
        let run = self.slicer.on_life(&words.iter().map(|word| OsStr::new(*word)).collect::<Vec<_>>())?;
        self.note(words, &run);
        Ok(run)
    }

    fn says(&mut self, run: &Run, fields: &[&str]) {
        let line = fields.join("\t");
        self.checks.contains(&format!("it says `{}`", fields.join(" ")), &run.stdout, &format!("{line}\n"));
    }

    fn is(&mut self, run: &Run, key: &str, loaded: &str, version: &str) {
        let plugins = run.plugins();
        let states: Vec<_> = plugins
            .iter()
            .filter(|line| line.key == key)
            .map(|line| (line.found, line.loaded, line.version))
            .collect();
        let claim = format!("`{key}` {version} is {loaded}");
        self.checks.equal(&claim, &states, &vec![("found", loaded, version)]);
    }

    fn note(&mut self, words: &[&str], run: &Run) {
        let status = run.status.to_string();
        self.table.row([&named(words), &status, &run.gist()]);
    }
}

/// The words of a command line, without folders.
fn named(words: &[&str]) -> String {
    let short = |word: &&str| match Path::new(word).is_absolute() {
        true => Path::new(word).file_name().unwrap_or_default().to_string_lossy().into_owned(),
        false => (*word).to_owned(),
    };
    words.iter().map(short).collect::<Vec<_>>().join(" ")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
