use crate::{WheelBuilder, plugin_fixture};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An application's data folder that is gone when the test ends.
///
/// Plugins lie one folder each in `orca_plugins/`, as the catalog expects them.
#[derive(Debug)]
pub struct DataFolder {
    folder: TempDir,
}

impl DataFolder {
    /// An empty data folder: `orca_plugins/` exists only once a plugin is added.
    #[allow(clippy::new_without_default, reason = "making a folder on the disk is no default value")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("matriline-test-").tempdir();
        Self { folder: folder.expect("A temporary folder can be made") }
    }

    /// The data folder itself.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that holds one folder for each plugin.
    pub fn plugins(&self) -> PathBuf {
        self.path().join("orca_plugins")
    }

    /// Puts the plugin `orca_plugins/<folder>/<file>` there and returns its path.
    pub fn add_script(&self, folder: &str, file: &str, source: &str) -> PathBuf {
        self.write(self.plugins().join(folder).join(file), source.as_bytes())
    }

    /// Puts a wheel into `orca_plugins/<folder>/` and returns its path.
    pub fn add_wheel(&self, folder: &str, wheel: &WheelBuilder) -> PathBuf {
        self.write(self.plugins().join(folder).join(wheel.file_name()), &wheel.build())
    }

    /// Puts `count` plugins there as users have them: scripts of about 4 KB with a metadata block on top, each
    /// third with a dependency, and a sidecar beside each tenth.
    pub fn add_many(&self, count: usize) {
        const CODE: &str =
            "def stamp(path):\n    with open(path, 'a') as file:\n        file.write('; stamped')\n\n\n";
        const SIDECAR: &str = r#"{"capabilities": [{"Stamp": true}], "enabled": true, "installed_from": "local", "installed_version": "1.2.0", "plugin_name": "Stamp"}"#;
        for index in 0..count {
            let name = format!("plugin-{index:05}");
            let dependencies = if index % 3 == 0 { "'numpy>=1.26,<3'" } else { "" };
            let block = format!(
                "# /// script\n# requires-python = '>=3.10'\n# dependencies = [{dependencies}]\n#\n# [tool.orcaslicer.plugin]\n# name = 'Plugin {index}'\n# description = 'Writes a line of text at the end of the file'\n# author = 'Somebody'\n# version = '1.2.{index}'\n# ///\nimport orca\n\n\n"
            );
            let code = CODE.repeat((4096 - block.len()) / CODE.len());
            self.add_script(&name, &format!("plugin_{index:05}.py"), &(block + &code));
            if index % 10 == 0 {
                self.add_script(&name, ".install_state.json", SIDECAR);
            }
        }
    }

    /// The folder of the plugins of a cloud user.
    pub fn subscribed(&self, user: &str) -> PathBuf {
        self.plugins().join("_subscribed").join(user)
    }

    /// Puts any file there, at a path relative to the data folder, and returns its whole path.
    pub fn add_file(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        self.write(self.path().join(path), bytes.as_ref())
    }

    /// Copies the folder `tests/fixtures/plugins/<case>` to `orca_plugins/<case>` and returns its path.
    pub fn add_fixture(&self, case: &str) -> PathBuf {
        let target = self.plugins().join(case);
        copy_tree(&plugin_fixture(case), &target);
        target
    }

    fn write(&self, path: PathBuf, bytes: &[u8]) -> PathBuf {
        make_folder(path.parent().expect("A file lies in a folder"));
        fs::write(&path, bytes)
            .unwrap_or_else(|error| panic!("`{}` can't be written: {error}", path.display()));
        path
    }
}

fn make_folder(folder: &Path) {
    fs::create_dir_all(folder)
        .unwrap_or_else(|error| panic!("`{}` can't be made: {error}", folder.display()));
}

/// Copies a folder with all that it holds; the target is made where it is missing.
pub fn copy_tree(source: &Path, target: &Path) {
    make_folder(target);
    let entries =
        fs::read_dir(source).unwrap_or_else(|error| panic!("`{}` can't be read: {error}", source.display()));
    for entry in entries {
        let from = entry.expect("A folder can be listed").path();
        let to = target.join(from.file_name().expect("An entry has a name"));
        if from.is_dir() {
            copy_tree(&from, &to);
        } else {
            fs::copy(&from, &to)
                .unwrap_or_else(|error| panic!("`{}` can't be copied: {error}", from.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_data_folder_is_empty() {
        let data = DataFolder::new();
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_script_lies_in_its_folder() {
        let data = DataFolder::new();
        let path = data.add_script("a", "b.py", "x = 1\n");
        assert_eq!(path, data.path().join("orca_plugins/a/b.py"));
        assert_eq!(fs::read_to_string(path).unwrap(), "x = 1\n");
    }

    #[test]
    fn many_plugins_differ() {
        let data = DataFolder::new();
        data.add_many(11);
        assert_eq!(fs::read_dir(data.plugins()).unwrap().count(), 11);
        assert_eq!(fs::read_dir(data.plugins().join("plugin-00010")).unwrap().count(), 2);
        let script = data.plugins().join("plugin-00007/plugin_00007.py");
        assert!((3900..=4096).contains(&fs::metadata(script).unwrap().len()));
    }

    #[test]
    fn a_file_lies_anywhere() {
        let data = DataFolder::new();
        let path = data.add_file("log/old.log", b"\xff");
        assert_eq!(fs::read(path).unwrap(), b"\xff");
    }

    #[test]
    fn a_fixture_is_copied_with_its_files() {
        let data = DataFolder::new();
        let folder = data.add_fixture("two_entry_files");
        assert_eq!(fs::read_dir(folder).unwrap().count(), 2);
    }

    #[test]
    fn the_folder_goes_with_its_owner() {
        let data = DataFolder::new();
        let path = data.path().to_path_buf();
        drop(data);
        assert!(!path.exists());
    }
}
