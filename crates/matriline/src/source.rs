//! What of an installed plugin is to be imported, and under which names.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use matriline_catalog::CatalogEntry;
use matriline_install::unpack_wheel;
use matriline_python::Interpreter;
use matriline_python::imports::{self, Source};

use crate::Error;

/// The code of a plugin, ready to be imported.
pub(crate) struct Code {
    /// The module that registers the plugin.
    pub(crate) module: String,
    /// All top-level names.
    pub(crate) names: Vec<(String, Source)>,
    /// The folder it lies in, canonical.
    pub(crate) folder: PathBuf,
}

impl Code {
    /// Finds the code of an entry; a wheel is unpacked into the cache first.
    pub(crate) fn of(entry: &CatalogEntry, file: &Path, cache: &Path) -> Result<Self, Error> {
        let plugin = &entry.descriptor.plugin_key;
        match &entry.descriptor.entry_package {
            Some(package) => {
                let folder = unpack_wheel(file, cache).map_err(|error| Error::Unpack {
                    plugin: plugin.clone(),
                    path: file.into(),
                    problem: error.to_string(),
                })?;
                let names = top_level(&folder);
                if !names.contains(package) {
                    let found = match names.is_empty() {
                        true => "nothing to import".into(),
                        false => format!("`{}`", names.join("`, `")),
                    };
                    return Err(Error::NoEntryPackage {
                        plugin: plugin.clone(),
                        package: package.clone(),
                        found,
                    });
                }
                let names = names.into_iter().map(|name| (name, Source::Folder(folder.clone()))).collect();
                Ok(Self { module: package.clone(), names, folder })
            }
            None => {
                let unreadable =
                    |cause| Error::File { act: "read", path: file.into(), cause: std::sync::Arc::new(cause) };
                let file = file.canonicalize().map_err(unreadable)?;
                let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
                let module = module_name(&file);
                let mut names = vec![(module.clone(), Source::File(file))];
                // A folder without an `__init__.py` may only hold what the plugin looks up by `sys.path`: its name is
                // taken once it is imported.
                let is_package = |name: &String| {
                    !folder.join(name).is_dir() || folder.join(name).join("__init__.py").is_file()
                };
                let beside = (top_level(&folder).into_iter())
                    .filter(|name| *name != module && !is_standard(name) && is_package(name));
                names.extend(beside.map(|name| (name, Source::Folder(folder.clone()))));
                Ok(Self { module, names, folder })
            }
        }
    }
}

/// The name a script is imported under: that of its file, unless Python has a module of that name.
fn module_name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().replace('.', "_");
    match is_standard(&stem) {
        true => format!("{stem}_plugin"),
        false => stem,
    }
}

fn is_standard(name: &str) -> bool {
    Interpreter::with(|py| imports::is_standard(py, name).unwrap_or(false)).unwrap_or(false)
}

/// The names in a folder that can be imported: packages, folders of modules, modules. Sorted.
fn top_level(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.filter_map(|entry| importable(&entry)).collect();
    names.sort();
    names.dedup();
    names
}

fn importable(entry: &DirEntry) -> Option<String> {
    let file_name = entry.file_name();
    let file_name = file_name.to_str().filter(|name| !name.starts_with("__"))?;
    let is_module = |path: &Path| {
        path.extension().is_some_and(|ending| ending == "py" || ending == "so" || ending == "pyd")
    };
    // only what is a link has to be looked at twice
    let is_folder =
        entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && entry.path().is_dir());
    let name = match is_folder {
        true if std::fs::read_dir(entry.path()).ok()?.flatten().any(|entry| is_module(&entry.path())) => {
            file_name
        }
        false if is_module(Path::new(file_name)) => file_name.split('.').next()?,
        _ => return None,
    };
    let identifier = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !name.starts_with(|letter: char| letter.is_numeric());
    identifier.then(|| name.to_owned())
}
