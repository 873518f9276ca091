//! The packages that plugins depend on: found or installed before a plugin is imported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use matriline_catalog::CatalogEntry;
use matriline_install::environment::{
    Collected, Environment, EnvironmentOptions, Environments, ImportName, Index, Wanted, python_at_home,
};
use matriline_python::Interpreter;
use matriline_python::imports::{EnvironmentName, folders_in_use};
use matriline_registry::lock::Mutex;

use crate::loading::{Job, LoadStage};
use crate::target::running_target;
use crate::{Error, PluginLoader, PluginManager};

/// How packages that plugins depend on are installed. The default: uv where it is found, from the index that the user
/// has set, within two minutes.
#[derive(Clone, Debug)]
pub struct DependencyOptions {
    /// The uv to use; without one it is looked for beside the library and on `PATH`.
    pub uv: Option<PathBuf>,
    /// A folder of the application that may hold uv.
    pub beside: Option<PathBuf>,
    /// The executable of the Python that runs; by default that in its home.
    pub python: Option<PathBuf>,
    /// Folders of wheels to choose from, asked before the index.
    pub wheel_folders: Vec<PathBuf>,
    /// Where all else comes from.
    pub index: Index,
    /// How long installing for one plugin may take.
    pub time_limit: Duration,
}

impl Default for DependencyOptions {
    fn default() -> Self {
        Self {
            uv: None,
            beside: None,
            python: None,
            wheel_folders: Vec::new(),
            index: Index::Default,
            time_limit: Duration::from_secs(120),
        }
    }
}

impl DependencyOptions {
    /// The environments of a data folder. Python runs.
    pub(crate) fn open(self, data_dir: &Path) -> Environments {
        let target = running_target();
        let home = Interpreter::get().map(|python| python.home().to_owned()).unwrap_or_default();
        // one that is not there is named by the error of the first plugin that needs it
        let python = self.python.or_else(|| python_at_home(&home, target.python_minor));
        let python =
            python.unwrap_or_else(|| home.join("bin").join(format!("python3.{}", target.python_minor)));
        Environments::new(EnvironmentOptions {
            uv: self.uv,
            beside: self.beside,
            wheel_folders: self.wheel_folders,
            index: self.index,
            time_limit: self.time_limit,
            ..EnvironmentOptions::new(data_dir, python, target)
        })
    }
}

/// The environments that names are served from. What was imported stays in Python until the process ends, so its
/// environment is held as long, whatever becomes of plugins and managers.
static HELD: Mutex<BTreeMap<String, Environment>> = Mutex::new(BTreeMap::new());

/// Holds an environment whose plugin was imported, or is half.
pub(crate) fn hold(environment: &Environment) {
    HELD.lock().insert(environment.lock_hash().into(), environment.clone());
}

/// Lets go of the environments that no module was imported from and no loaded plugin can import from.
fn let_go_of_unused() {
    let mut held = HELD.lock();
    let in_use = folders_in_use();
    held.retain(|_, environment| in_use.iter().any(|folder| folder == environment.folder()));
}

impl PluginLoader {
    /// The environment of a plugin, if it needs one and there is one.
    pub(crate) fn environment(&self, entry: &CatalogEntry, job: &Job) -> Result<Option<Environment>, Error> {
        let wanted = wanted(entry);
        if wanted.is_empty() {
            return Ok(None);
        }
        let ready = self.0.environments.ready(&wanted);
        let environment = match ready {
            None if job.options.skip_dependencies => return Ok(None),
            None => {
                job.enter(LoadStage::Environment);
                let made = self.0.environments.prepare(&job.key, &wanted, &job.control);
                made.map_err(|problem| Error::Environment {
                    plugin: job.key.clone(),
                    problem: Arc::new(problem),
                })?
            }
            Some(ready) => ready,
        };
        Ok(Some(environment))
    }
}

impl PluginManager {
    /// Removes the environments that no installed plugin wants and that nobody has used for so long: days rather than
    /// minutes, where applications share a data folder. One that a loaded plugin uses stays, and one that modules were
    /// imported from, until that process ends.
    ///
    /// # Errors
    /// [`Error::Environment`] without a plugin, for a folder that cannot be removed.
    pub fn collect_environments(&self, unused_for: Duration) -> Result<Collected, Error> {
        let_go_of_unused();
        let catalog = self.catalog();
        let installed: Vec<_> = catalog.entries().iter().map(|entry| wanted(entry)).collect();
        let collected = self.loader().0.environments.collect(&installed, unused_for);
        collected.map_err(|problem| Error::Environment { plugin: String::new(), problem: Arc::new(problem) })
    }

    /// Installs packages into an environment of their own, before a plugin asks for the same ones. Blocks.
    ///
    /// # Errors
    /// [`Error::Environment`] without a plugin.
    pub fn install_packages(&self, requirements: &[String]) -> Result<(), Error> {
        let wanted = Wanted { requirements: requirements.to_vec(), wheels: Vec::new() };
        if wanted.is_empty() {
            return Ok(());
        }
        let made = self.loader().0.environments.prepare("", &wanted, &Default::default());
        made.map(drop)
            .map_err(|problem| Error::Environment { plugin: String::new(), problem: Arc::new(problem) })
    }
}

fn wanted(entry: &CatalogEntry) -> Wanted {
    Wanted { requirements: entry.descriptor.dependencies.clone(), wheels: entry.bundled_wheels.clone() }
}

/// The names that an environment brings, each once: distributions that share one are told together.
pub(crate) fn names(environment: &Environment) -> Vec<EnvironmentName> {
    let mut names: BTreeMap<&str, Vec<&ImportName>> = BTreeMap::new();
    for row in environment.imports() {
        names.entry(&row.name).or_default().push(row);
    }
    let joined = |rows: &[&ImportName], part: fn(&ImportName) -> &str| {
        rows.iter().map(|row| part(row)).collect::<Vec<_>>().join(", ")
    };
    let name = |(name, rows): (&str, Vec<&ImportName>)| EnvironmentName {
        name: name.into(),
        folder: environment.folder().into(),
        distribution: joined(&rows, |row| &row.distribution),
        version: joined(&rows, |row| &row.version),
        content: joined(&rows, |row| &row.content),
    };
    names.into_iter().map(name).collect()
}
