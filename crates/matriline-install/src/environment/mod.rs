//! Dependency environments: folders of packages that plugins import from, built by uv.
//!
//! A plugin says what it wants ([`Wanted`]). That is locked once: uv resolves it to exact versions with hashes. The
//! choice that shapes this module: an environment is named by the hash of its lock, so it never changes once it is
//! there, plugins that lock to the same share it, and whether one is ready is a question of two small files and no
//! process ([`Environments::ready`]).
//!
//! ```text
//! <data_dir>/python/environments/
//!   <hash of the lock>/packages/            what is imported from
//!                      environment.json     what can be imported, written before the folder gets its name
//!                      requirements.lock
//!   .wanted/<hash of what is wanted>.json   which lock that led to
//!   .locks/                                 who builds, who has it loaded
//!   .building-…, .removing-…                half of one; never used
//! <data_dir>/cache/uv/                      may be deleted at any time
//! ```
//!
//! The environment variables of the process reach uv and the check as [`Uv`] documents: proxies and certificates do,
//! settings of Python, pip and uv do not.

mod build;
mod check;
mod collect;
mod control;
mod digests;
mod error;
mod imports;
mod process;
mod store;
mod uv;
mod wanted;

pub use collect::Collected;
pub use control::BuildControl;
pub use error::EnvironmentError;
pub use imports::ImportName;
pub use store::Environment;
pub use uv::{Index, Uv};
pub use wanted::Wanted;

use std::path::{Path, PathBuf};
use std::time::Duration;

use digests::Digests;
use matriline_manifest::Target;
use sha2::{Digest, Sha256};
use store::Store;

/// How environments are made.
#[derive(Debug, Clone)]
pub struct EnvironmentOptions {
    /// The application's data folder.
    pub data_dir: PathBuf,
    /// The executable of the interpreter that packages are for; see [`python_at_home`].
    pub python: PathBuf,
    /// What that interpreter is and runs on.
    pub target: Target,
    /// The uv to use; none to have it found (see [`Uv::find`]).
    pub uv: Option<PathBuf>,
    /// A folder of the library or the application that may hold uv.
    pub beside: Option<PathBuf>,
    /// Folders of wheels to choose from, like a mirror in a company's network; asked before the index.
    pub wheel_folders: Vec<PathBuf>,
    /// Where all else comes from.
    pub index: Index,
    /// How long resolving, installing and checking may take together.
    pub time_limit: Duration,
}

impl EnvironmentOptions {
    /// The default index, 120 s, uv where it is found.
    pub fn new(data_dir: impl Into<PathBuf>, python: impl Into<PathBuf>, target: Target) -> Self {
        Self {
            data_dir: data_dir.into(),
            python: python.into(),
            target,
            uv: None,
            beside: None,
            wheel_folders: Vec::new(),
            index: Index::default(),
            time_limit: Duration::from_secs(120),
        }
    }
}

/// The interpreter's executable in a Python's home, if it is there: `bin/python3.<minor>`, `bin/python3`, `python.exe`.
pub fn python_at_home(home: &Path, minor: u32) -> Option<PathBuf> {
    let names = match cfg!(windows) {
        true => vec!["python.exe".to_owned()],
        false => vec![format!("bin/python3.{minor}"), "bin/python3".to_owned()],
    };
    names.into_iter().map(|name| home.join(name)).find(|file| file.is_file())
}

/// The environments of a data folder.
///
/// ```no_run
/// use matriline_install::environment::{BuildControl, EnvironmentOptions, Environments, Wanted};
/// use matriline_manifest::Target;
///
/// let options = EnvironmentOptions::new("data", "/usr/bin/python3.11", Target::of_this_build(11));
/// let environments = Environments::new(options);
/// let wanted = Wanted { requirements: vec!["numpy>=2".into()], wheels: vec![] };
/// let environment = match environments.ready(&wanted) {
///     Some(environment) => environment,
///     None => environments.prepare("stats", &wanted, &BuildControl::new())?,
/// };
/// assert!(environment.imports().iter().any(|import| import.name == "numpy"));
/// # Ok::<(), matriline_install::environment::EnvironmentError>(())
/// ```
///
/// Threads: any; several may build at once, in several processes too.
#[derive(Debug)]
pub struct Environments {
    options: EnvironmentOptions,
    store: Store,
    digests: Digests,
}

impl Environments {
    /// The environments of a data folder, made as the options say. Touches no file, needs no uv.
    pub fn new(mut options: EnvironmentOptions) -> Self {
        // programs are started in folders of their own, where a relative path leads elsewhere
        for path in [&mut options.data_dir, &mut options.python] {
            *path = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
        }
        let folder = options.data_dir.join("python").join("environments");
        let digests = Digests::new(folder.join(".wheels.json"));
        Self { store: Store::new(folder), digests, options }
    }

    /// The environment that this was locked to, if it is ready. Starts no process; reads two small files, and those
    /// bundled wheels that were never read or were changed within the last two seconds.
    pub fn ready(&self, wanted: &Wanted) -> Option<Environment> {
        let key = self.key(wanted).ok()?;
        let known = self.store.known(&key)?;
        self.store.open(&known.environment).ok().flatten()
    }

    /// The name of what is wanted: a hash of all that decides what it is locked to. Of the bundled wheels their
    /// contents count, not where they are.
    fn key(&self, wanted: &Wanted) -> Result<String, EnvironmentError> {
        let mut parts = vec![format!("{:?}", self.options.index)];
        parts.extend(wanted.lines(&self.options.target)?);
        let mut wheels = Vec::new();
        for path in &wanted.wheels {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            wheels.push(format!("{name} {}", self.digests.of(path)?));
        }
        wheels.sort();
        parts.extend(wheels);
        Ok(self.hash(parts.iter().map(String::as_str)))
    }

    /// Names a text for this interpreter and machine, and this form of our files.
    fn hash<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> String {
        let Target { python_minor, platform, machine, .. } = &self.options.target;
        let mut hasher = Sha256::new();
        hasher.update(format!("{} 3.{python_minor} {platform:?} {machine}\n", store::FORMAT));
        for part in parts {
            hasher.update(part);
            hasher.update("\n");
        }
        hex(&hasher.finalize())
    }
}

/// 128 bits are as good as unique and leave short paths.
fn hex(digest: &[u8]) -> String {
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
