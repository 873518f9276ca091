//! Presets from a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use matriline_host::{Config, Preset, PresetBundle, PresetCollection, PresetType};

use crate::FileError;
use crate::profile::Profile;

/// Reads the presets in a folder and all folders below: each `.json` file in the slicer's format, with the options it
/// inherits (`inherits` is the name of another preset of the folder, of the same type). They are sorted by name, system
/// presets first. The first of each type is selected; presets with a list `compatible_printers` go with the printers it
/// names.
///
/// # Errors
/// [`FileError`] for a file that cannot be understood, a preset that inherits from one that is not there or from itself,
/// two of one name.
///
/// Threads: any; reads the disk.
pub fn read_presets(folder: &Path) -> Result<PresetBundle, FileError> {
    let mut profiles = Profiles::default();
    for path in json_files(folder)? {
        if let Some(profile) = Profile::read(&path)? {
            profiles.add(profile)?;
        }
    }
    let printers = profiles.collection(PresetType::Printer, None)?;
    let printer = printers.selected().map(|printer| printer.name.clone());
    let prints = profiles.collection(PresetType::Print, printer.as_deref())?;
    let filaments = profiles.collection(PresetType::Filament, printer.as_deref())?;
    let selected = [&prints, &printers, &filaments];
    let selected = selected.into_iter().filter_map(|presets| presets.selected());
    let options = selected.flat_map(|preset| preset.config.iter());
    let full_config = options.collect();
    Ok(PresetBundle {
        current_filaments: filaments.selected().map(|filament| filament.name.clone()).into_iter().collect(),
        prints: Arc::new(prints),
        printers: Arc::new(printers),
        filaments: Arc::new(filaments),
        full_config,
        ..PresetBundle::default()
    })
}

/// The presets of a folder by type and name.
#[derive(Default)]
struct Profiles(BTreeMap<(i8, String), Profile>);

impl Profiles {
    fn add(&mut self, profile: Profile) -> Result<(), FileError> {
        let key = (profile.kind as i8, profile.name.clone());
        if let Some(first) = self.0.get(&key) {
            let problem =
                format!("is named `{}`, as `{}` is: rename one of them", profile.name, first.path.display());
            return Err(profile.refused(&problem));
        }
        self.0.insert(key, profile);
        Ok(())
    }

    /// The presets of a type that can be selected. `printer` is the one that is.
    fn collection(&self, kind: PresetType, printer: Option<&str>) -> Result<PresetCollection, FileError> {
        let mut presets = Vec::new();
        for profile in self.0.values().filter(|profile| profile.kind == kind && profile.is_selectable) {
            let config = self.config(profile)?;
            presets.push(Arc::new(Preset {
                kind,
                name: profile.name.clone(),
                file: profile.path.to_string_lossy().into_owned(),
                is_system: profile.is_system,
                is_visible: true,
                is_compatible: is_compatible(&config, printer),
                config,
                ..Preset::default()
            }));
        }
        presets.sort_by_key(|preset| !preset.is_system);
        let selected = presets.iter().position(|preset| preset.is_compatible);
        Ok(PresetCollection { presets, selected, edited: None })
    }

    /// The options of a preset, with those it inherits.
    fn config(&self, profile: &Profile) -> Result<Config, FileError> {
        let mut line = vec![profile];
        let mut last = profile;
        while !last.inherits.is_empty() {
            let key = (last.kind as i8, last.inherits.clone());
            let parent = self.0.get(&key).ok_or_else(|| {
                last.refused(&format!("inherits from `{}`, which is not in the folder", last.inherits))
            })?;
            if line.iter().any(|known| std::ptr::eq(*known, parent)) {
                return Err(last.refused(&format!("inherits from itself, through `{}`", last.inherits)));
            }
            line.push(parent);
            last = parent;
        }
        // those of the preset itself come last, and count
        let options = line.into_iter().rev().flat_map(|profile| &profile.options);
        Ok(options.map(|(key, value)| (key.as_str(), value.as_str())).collect())
    }
}

/// Whether a preset goes with a printer: with every one unless it names some.
fn is_compatible(config: &Config, printer: Option<&str>) -> bool {
    let named = config.value("compatible_printers").filter(|named| !named.is_empty());
    let (Some(named), Some(printer)) = (named, printer) else { return true };
    matriline_refs::unescape_strings(named)
        .is_ok_and(|names| names.iter().any(|name| name.as_str() == printer))
}

/// The JSON files below a folder, sorted.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let refused = |cause| FileError::unreadable(&folder, cause);
        for entry in std::fs::read_dir(&folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let path = entry.path();
            if entry.file_type().map_err(refused)?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a folder with these files.
    fn read(files: &[(&str, &str)]) -> Result<PresetBundle, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        read_presets(folder.path()).map_err(|error| {
            assert!(error.path().starts_with(folder.path()), "{error}");
            error.to_string()
        })
    }

    fn check_refused(files: &[(&str, &str)], part: &str) {
        let error = read(files).unwrap_err();
        assert!(error.contains(part), "{error}");
    }

    const BASE: (&str, &str) = (
        "process/base.json",
        r#"{"type": "process", "name": "base", "from": "system", "instantiation": "false", "layer_height": "0.2", "speed": ["50", "60"]}"#,
    );
    const FINE: (&str, &str) = (
        "process/fine.json",
        r#"{"type": "process", "name": "fine", "from": "system", "inherits": "base", "layer_height": "0.1"}"#,
    );
    const PRINTER: (&str, &str) =
        ("machine/p.json", r#"{"name": "P", "nozzle_diameter": ["0.4"], "version": "1"}"#);

    #[test]
    fn a_preset_inherits_what_it_does_not_say() {
        let user =
            r#"{"type": "process", "name": "mine", "from": "User", "inherits": "fine", "speed": ["70"]}"#;
        let bundle = read(&[BASE, FINE, PRINTER, ("user/mine.json", user)]).unwrap();
        let names: Vec<_> = bundle.prints.presets.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names, ["fine", "mine"]);
        let fine = bundle.prints.selected().unwrap();
        assert!(fine.is_system && fine.file.ends_with("fine.json"));
        assert_eq!(
            (fine.config.value("layer_height"), fine.config.value("speed")),
            (Some("0.1"), Some("50,60"))
        );
        let mine = bundle.prints.find("mine").unwrap();
        assert_eq!(
            (mine.config.value("layer_height"), mine.config.value("speed")),
            (Some("0.1"), Some("70"))
        );
        assert!(mine.is_user() && mine.config.value("inherits").is_none());
        assert_eq!(bundle.full_config.value("nozzle_diameter"), Some("0.4"));
        assert_eq!(bundle.printers.selected().unwrap().kind, PresetType::Printer);
    }

    #[test]
    fn presets_go_with_printers() {
        let other = r#"{"type": "filament", "name": "A", "compatible_printers": ["Q"]}"#;
        let ours = r#"{"type": "filament", "name": "B", "compatible_printers": ["P", "Q"]}"#;
        let bundle = read(&[PRINTER, ("a.json", other), ("b.json", ours)]).unwrap();
        assert_eq!(bundle.current_filaments, ["B"]);
        assert!(!bundle.filaments.find("A").unwrap().is_compatible);
    }

    #[test]
    fn other_files_of_the_slicer_are_left_alone() {
        let bundle = read(&[
            ("Vendor.json", r#"{"name": "Vendor", "machine_model_list": []}"#),
            ("machine/model.json", r#"{"type": "machine_model", "name": "M"}"#),
            ("readme.txt", "no JSON"),
        ]);
        assert_eq!(bundle, Ok(PresetBundle::default()));
    }

    #[test]
    fn broken_presets_say_so() {
        check_refused(&[("a.json", "{")], "a.json` is no JSON: ");
        check_refused(&[("a.json", "[]")], "a.json` holds no object");
        check_refused(&[("a.json", r#"{"type": "scanner", "name": "A"}"#)], "is of type `scanner`");
        check_refused(&[("a.json", r#"{"name": "A"}"#)], "does not say what it is for");
        check_refused(&[("a.json", r#"{"type": "process"}"#)], "has no name");
        check_refused(&[("a.json", r#"{"type": "process", "name": "A", "b": null}"#)], "has an option `b`");
        check_refused(&[FINE], "fine.json` inherits from `base`, which is not in the folder");
        check_refused(&[BASE, ("b.json", BASE.1)], "is named `base`, as `");
        let (a, b) = (
            r#"{"type": "process", "name": "A", "inherits": "B"}"#,
            r#"{"type": "process", "name": "B", "inherits": "A"}"#,
        );
        check_refused(&[("a.json", a), ("b.json", b)], "b.json` inherits from itself, through `A`");
        let nowhere = read_presets("/nowhere".as_ref()).unwrap_err().to_string();
        assert!(nowhere.starts_with("The file `/nowhere` cannot be read: "), "{nowhere}");
    }
}
