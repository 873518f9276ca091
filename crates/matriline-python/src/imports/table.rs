//! The table: top-level name → where it comes from and whose it is; and what else is known of each plugin.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use matriline_registry::lock::Mutex;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::{Claim, Conflict, EnvironmentName, NameTaken, Side, Source};

static TABLE: Mutex<Option<Table>> = Mutex::new(None);

/// Looks at the table, or changes it. No Python runs inside.
pub(super) fn with<R>(look: impl FnOnce(&mut Table) -> R) -> R {
    look(TABLE.lock().get_or_insert_default())
}

/// The names that no plugin can take, and that every plugin can import.
pub(super) fn standard(py: Python<'_>) -> PyResult<&'static HashSet<String>> {
    static STANDARD: PyOnceLock<HashSet<String>> = PyOnceLock::new();
    STANDARD.get_or_try_init(py, || {
        let mut names = HashSet::from(["orca".to_owned(), "__main__".to_owned()]);
        for name in py.import("sys")?.getattr("stdlib_module_names")?.try_iter()? {
            names.insert(name?.extract()?);
        }
        Ok(names)
    })
}

/// The folders that names of environments are served from: they are needed until the process ends, or until the last
/// plugin goes that could import them.
pub fn folders_in_use() -> Vec<PathBuf> {
    let mut folders: Vec<_> = with(|table| {
        let environments = table.rows.values().filter(|row| matches!(row.brought, Brought::Environment(_)));
        let folders = environments.filter_map(|row| match &row.source {
            Source::Folder(folder) => Some(folder.clone()),
            Source::File(_) | Source::Made => None,
        });
        folders.chain(table.plugins.values().flat_map(|plugin| plugin.distributions.clone())).collect()
    });
    folders.sort();
    folders.dedup();
    folders
}

#[derive(Default)]
pub(super) struct Table {
    rows: HashMap<String, Row>,
    plugins: HashMap<Arc<str>, Plugin>,
    /// What stands in `sys.path` of Python and of the application.
    path: Vec<String>,
}

struct Row {
    source: Source,
    brought: Brought,
}

enum Brought {
    /// A plugin's own code.
    Own(Arc<str>),
    /// A part of an environment.
    Environment(Part),
}

struct Part {
    owners: Vec<Arc<str>>,
    /// The plugin that came first, for messages after it went.
    first: Arc<str>,
    distribution: String,
    version: String,
    content: String,
    /// Whether it was looked for to be imported: from then on it stays.
    used: bool,
}

/// What is known of a plugin while it is loaded.
struct Plugin {
    folders: Vec<PathBuf>,
    distributions: Vec<PathBuf>,
    /// Entries of `sys.path` that it added.
    adopted: Vec<String>,
    loading: bool,
}

/// Whose code a module is.
pub(super) enum Importer {
    /// A plugin's own.
    Plugin(Arc<str>),
    /// A part of an environment.
    Environment,
    /// Not in the table.
    Unknown,
}

/// What a plugin left behind.
pub(super) struct Left {
    pub(super) names: HashSet<String>,
    pub(super) folders: Vec<PathBuf>,
    pub(super) adopted: Vec<String>,
    pub(super) has_distributions: bool,
}

impl Table {
    pub(super) fn claim(
        &mut self,
        claim: Claim,
        is_standard: impl Fn(&str) -> bool,
        loaded: &[String],
        path: Vec<String>,
    ) -> Result<(), NameTaken> {
        let Claim { owner, names, mut environment, folders, distributions } = claim;
        let is_foreign = |name: &String| !self.rows.contains_key(name) && loaded.contains(name);
        for (name, _) in &names {
            if is_standard(name) || is_foreign(name) {
                return Err(NameTaken::ByPython { name: name.clone() });
            }
            self.check_own(name)?;
        }
        environment
            .retain(|part| !is_standard(&part.name) && names.iter().all(|(name, _)| *name != part.name));
        for part in &environment {
            if is_foreign(&part.name) {
                return Err(NameTaken::ByPython { name: part.name.clone() });
            }
            self.check_part(&owner, part)?;
        }
        if self.plugins.values().all(|plugin| !plugin.loading) {
            self.see_path(path);
        }
        let owner: Arc<str> = owner.into();
        for (name, source) in names {
            self.rows.insert(name, Row { source, brought: Brought::Own(owner.clone()) });
        }
        for part in environment {
            self.share(&owner, part);
        }
        let plugin = Plugin { folders, distributions, adopted: Vec::new(), loading: true };
        self.plugins.insert(owner, plugin);
        Ok(())
    }

    fn check_own(&self, name: &str) -> Result<(), NameTaken> {
        match self.rows.get(name).map(|row| &row.brought) {
            None => Ok(()),
            Some(Brought::Own(owner) | Brought::Environment(Part { first: owner, .. })) => {
                Err(NameTaken::ByPlugin { name: name.into(), owner: (**owner).into() })
            }
        }
    }

    fn check_part(&self, plugin: &str, part: &EnvironmentName) -> Result<(), NameTaken> {
        let name = part.name.clone();
        match self.rows.get(&name).map(|row| &row.brought) {
            None => Ok(()),
            Some(Brought::Own(owner)) => Err(NameTaken::ByPlugin { name, owner: (**owner).into() }),
            Some(Brought::Environment(there)) if there.content == part.content => Ok(()),
            Some(Brought::Environment(there)) => {
                let side = |plugin: &str, distribution: &String, version: &String| Side {
                    plugin: plugin.into(),
                    distribution: distribution.clone(),
                    version: version.clone(),
                };
                let other = there.owners.first().unwrap_or(&there.first);
                Err(NameTaken::ByEnvironment(Box::new(Conflict {
                    name,
                    here: side(plugin, &part.distribution, &part.version),
                    there: side(other, &there.distribution, &there.version),
                    is_unloaded: there.owners.is_empty(),
                })))
            }
        }
    }

    fn share(&mut self, owner: &Arc<str>, part: EnvironmentName) {
        let EnvironmentName { name, folder, distribution, version, content } = part;
        let row = self.rows.entry(name).or_insert_with(|| {
            let (owners, first, used) = (Vec::new(), owner.clone(), false);
            let part = Part { owners, first, distribution, version, content, used };
            Row { source: Source::Folder(folder), brought: Brought::Environment(part) }
        });
        if let Brought::Environment(part) = &mut row.brought
            && !part.owners.contains(owner)
        {
            part.owners.push(owner.clone());
        }
    }

    /// Where a name is to be imported from.
    pub(super) fn source(&mut self, name: &str) -> Option<Source> {
        let row = self.rows.get_mut(name)?;
        if let Brought::Environment(part) = &mut row.brought {
            part.used = true;
        }
        Some(row.source.clone())
    }

    /// Whose code the module of that top-level name is.
    pub(super) fn importer(&self, name: &str) -> Importer {
        match self.rows.get(name).map(|row| &row.brought) {
            None => Importer::Unknown,
            Some(Brought::Environment(_)) => Importer::Environment,
            Some(Brought::Own(owner)) => Importer::Plugin(owner.clone()),
        }
    }

    /// Whether that top-level name is the plugin's, or part of its environment.
    pub(super) fn has(&self, plugin: &str, name: &str) -> bool {
        match self.rows.get(name).map(|row| &row.brought) {
            None => false,
            Some(Brought::Own(owner)) => **owner == *plugin,
            Some(Brought::Environment(part)) => part.owners.iter().any(|owner| **owner == *plugin),
        }
    }

    /// Gives a name to a plugin that was found where it looked for it; answers whether it has it now.
    ///
    /// What lies in its own folder is its own; anything else is shared and stays, as parts of environments do.
    pub(super) fn claim_found(&mut self, plugin: &str, name: &str, source: Source) -> bool {
        let Some((owner, known)) = self.plugins.get_key_value(plugin) else { return false };
        let owner = owner.clone();
        let folder = match &source {
            Source::Folder(folder) if !lies_in(folder, &known.folders) => Some(folder.clone()),
            Source::Folder(_) | Source::File(_) | Source::Made => None,
        };
        match (folder, self.rows.get(name).map(|row| &row.brought)) {
            (None, None) => {
                self.rows.insert(name.into(), Row { source, brought: Brought::Own(owner) });
            }
            (Some(folder), None) => self.share(&owner, found_part(name, folder)),
            (Some(folder), Some(Brought::Environment(there))) => {
                let part = found_part(name, folder);
                if there.content == part.content {
                    self.share(&owner, part);
                }
            }
            (None, Some(_)) | (Some(_), Some(Brought::Own(_))) => {}
        }
        self.has(plugin, name)
    }

    /// Lets a plugin have the entries of `sys.path` that are not Python's, the application's or inside of another
    /// plugin; answers all that it has.
    pub(super) fn adopt(&mut self, plugin: &str, path: &[String]) -> Vec<String> {
        let is_free =
            |entry: &&String| !self.path.contains(entry) && !self.is_of_another(plugin, Path::new(entry));
        let free: Vec<_> = path.iter().filter(is_free).cloned().collect();
        let Some(plugin) = self.plugins.get_mut(plugin) else { return Vec::new() };
        let fresh: Vec<_> = free.into_iter().filter(|entry| !plugin.adopted.contains(entry)).collect();
        plugin.adopted.splice(0..0, fresh);
        plugin.adopted.clone()
    }

    /// The load of a plugin is over, or it goes: answers which of those entries of `sys.path` stand there for it
    /// alone. Who added what is not known, so all plugins that are being loaded have them from now on.
    pub(super) fn settle(&mut self, plugin: &str, path: &[String]) -> Vec<String> {
        if let Some(plugin) = self.plugins.get_mut(plugin) {
            plugin.loading = false;
        }
        let loading = self.plugins.iter().filter(|(_, plugin)| plugin.loading);
        let loading: Vec<_> = loading.map(|(key, _)| key.clone()).collect();
        let others: Vec<_> = loading.iter().flat_map(|key| self.adopt(key, path)).collect();
        let mut own = self.adopt(plugin, path);
        own.retain(|entry| !others.contains(entry));
        own
    }

    /// The folders of a plugin's own code.
    pub(super) fn folders(&self, plugin: &str) -> Vec<PathBuf> {
        self.plugins.get(plugin).map(|plugin| plugin.folders.clone()).unwrap_or_default()
    }

    /// Whether a place is inside of a folder of another plugin.
    pub(super) fn is_of_another(&self, plugin: &str, place: &Path) -> bool {
        let mut others = self.plugins.iter().filter(|(key, _)| ***key != *plugin);
        others.any(|(_, other)| lies_in(place, &other.folders))
    }

    /// What stands in `sys.path` now and is no plugin's is the application's.
    pub(super) fn see_path(&mut self, path: Vec<String>) {
        if path == self.path {
            return;
        }
        let is_plugins = |entry: &String| {
            let owns = |plugin: &Plugin| {
                plugin.adopted.contains(entry) || lies_in(Path::new(entry), &plugin.folders)
            };
            self.plugins.values().any(owns)
        };
        self.path = path.into_iter().filter(|entry| !is_plugins(entry)).collect();
    }

    /// The entries of `sys.path` that are Python's and the application's.
    pub(super) fn path(&self) -> &[String] {
        &self.path
    }

    /// Where the distributions of a plugin are found.
    pub(super) fn distributions(&self, plugin: &str) -> Vec<PathBuf> {
        let Some(plugin) = self.plugins.get(plugin) else { return Vec::new() };
        plugin.distributions.iter().cloned().chain(plugin.adopted.iter().map(PathBuf::from)).collect()
    }

    /// Takes everything of a plugin out.
    pub(super) fn remove(&mut self, plugin: &str) -> Left {
        let mut names = HashSet::new();
        self.rows.retain(|name, row| match &mut row.brought {
            Brought::Own(owner) if **owner == *plugin => {
                names.insert(name.clone());
                false
            }
            Brought::Own(_) => true,
            Brought::Environment(part) => {
                part.owners.retain(|owner| **owner != *plugin);
                part.used || !part.owners.is_empty()
            }
        });
        let left = self.plugins.remove(plugin);
        let (folders, adopted, distributions) =
            left.map(|plugin| (plugin.folders, plugin.adopted, plugin.distributions)).unwrap_or_default();
        Left { names, folders, adopted, has_distributions: !distributions.is_empty() }
    }
}

/// What was found in a folder outside of the plugin's own.
fn found_part(name: &str, folder: PathBuf) -> EnvironmentName {
    let shown = folder.display().to_string();
    EnvironmentName {
        name: name.into(),
        content: format!("folder {shown}"),
        folder,
        distribution: shown,
        version: String::new(),
    }
}

pub(super) fn lies_in(path: &Path, folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Claims for a plugin in `/<owner>` with those names of its own and those of its environment, `name version`.
    fn claim(table: &mut Table, owner: &str, names: &[&str], environment: &[&str]) -> Result<(), NameTaken> {
        let part = |text: &&str| {
            let (name, version) = text.split_once(' ').unwrap();
            EnvironmentName {
                name: name.into(),
                folder: format!("/environments/{owner}").into(),
                distribution: name.into(),
                version: version.into(),
                content: (*text).into(),
            }
        };
        let folder = PathBuf::from(format!("/{owner}"));
        let claim = Claim {
            owner: owner.into(),
            names: names.iter().map(|name| ((*name).into(), Source::Folder(folder.clone()))).collect(),
            environment: environment.iter().map(part).collect(),
            folders: vec![folder],
            distributions: Vec::new(),
        };
        table.claim(claim, |name| name == "json", &["app".into()], vec!["/python".into()])
    }

    /// What a fresh table says to plugin `b` after plugin `a` has `own` and `shared 1`.
    fn check(names: &[&str], environment: &[&str], expected: &str) {
        let mut table = Table::default();
        claim(&mut table, "a", &["own"], &["shared 1"]).unwrap();
        let answer = claim(&mut table, "b", names, environment);
        let answer = answer.map_or_else(|taken| taken.to_string(), |()| "fine".into());
        assert!(answer.contains(expected), "{answer}");
        assert_eq!(table.plugins.len(), if expected == "fine" { 2 } else { 1 }, "all or nothing");
    }

    #[test]
    fn another_name() {
        check(&["another"], &[], "fine");
    }

    #[test]
    fn the_name_of_another_plugin() {
        check(&["another", "own"], &[], "`own` is taken by plugin `a`");
    }

    #[test]
    fn a_part_with_the_name_of_another_plugin() {
        check(&[], &["own 1"], "`own` is taken by plugin `a`");
    }

    #[test]
    fn a_name_that_another_environment_has() {
        check(&["shared"], &[], "`shared` is taken by plugin `a`");
    }

    #[test]
    fn the_same_part() {
        check(&[], &["shared 1", "further 1"], "fine");
    }

    #[test]
    fn another_part() {
        check(&["another"], &["shared 2"], "`a` bring the module `shared` with different contents");
    }

    #[test]
    fn a_name_of_the_standard_library() {
        check(&["json"], &[], "`json` is that of a module of Python itself");
    }

    #[test]
    fn a_part_with_a_name_of_the_standard_library() {
        check(&[], &["json 1"], "fine");
    }

    #[test]
    fn a_module_of_the_application() {
        check(&["app"], &[], "`app` is that of a module of Python itself or of the application");
    }

    #[test]
    fn a_part_that_the_plugin_has_itself() {
        check(&["shared_too"], &["shared_too 1"], "fine");
    }

    #[test]
    fn a_part_goes_with_its_last_owner_unless_it_was_used() {
        let mut table = Table::default();
        claim(&mut table, "a", &[], &["used 1", "unused 1", "common 1"]).unwrap();
        claim(&mut table, "b", &[], &["common 1"]).unwrap();
        assert!(table.source("used").is_some());
        table.remove("a");
        let mut left: Vec<_> = table.rows.keys().map(String::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["common", "used"]);
        assert!(table.has("b", "common") && !table.has("b", "used"));
    }

    /// Which of these entries plugin `a` has, with plugin `b` beside it.
    fn check_adopted(entry: &str, expected: &[&str]) {
        let mut table = Table::default();
        claim(&mut table, "a", &[], &[]).unwrap();
        claim(&mut table, "b", &[], &[]).unwrap();
        assert_eq!(table.adopt("a", &["/python".into(), entry.into()]), expected);
    }

    #[test]
    fn an_entry_of_its_own() {
        check_adopted("/a/vendor", &["/a/vendor"]);
    }

    #[test]
    fn an_entry_outside() {
        check_adopted("/usr/lib/extra", &["/usr/lib/extra"]);
    }

    #[test]
    fn an_entry_of_another_plugin() {
        check_adopted("/b/vendor", &[]);
    }

    #[test]
    fn an_entry_stays_while_another_load_may_need_it() {
        let mut table = Table::default();
        claim(&mut table, "a", &[], &[]).unwrap();
        claim(&mut table, "b", &[], &[]).unwrap();
        let path = ["/python", "/a/vendor", "/b/vendor", "/outside"].map(str::to_owned);
        assert_eq!(table.settle("a", &path), ["/a/vendor"]);
        assert_eq!(table.settle("b", &path), ["/b/vendor", "/outside"]);
    }
}
