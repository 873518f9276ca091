//! Presets, as they were when they were asked for.

use std::sync::Arc;

use crate::Config;

/// What a preset is for. The numbers are those that plugins see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(i8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PresetType {
    #[default]
    Invalid,
    Print,
    SlaPrint,
    Filament,
    SlaMaterial,
    Printer,
    PhysicalPrinter,
    Plate,
    Model,
}

impl PresetType {
    /// All of them, in the order of their numbers, with the names that plugins see.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Invalid, "Invalid"),
        (Self::Print, "Print"),
        (Self::SlaPrint, "SlaPrint"),
        (Self::Filament, "Filament"),
        (Self::SlaMaterial, "SlaMaterial"),
        (Self::Printer, "Printer"),
        (Self::PhysicalPrinter, "PhysicalPrinter"),
        (Self::Plate, "Plate"),
        (Self::Model, "Model"),
    ];
}

/// A preset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preset {
    /// What it is for.
    pub kind: PresetType,
    /// Its name, by which it is found.
    pub name: String,
    /// A shorter name for the user; empty for none.
    pub alias: String,
    /// The file it was read from; empty when there is none.
    pub file: String,
    /// It is the one there is when there is no other.
    pub is_default: bool,
    /// It was opened from a file outside of the data folder.
    pub is_external: bool,
    /// It came with the application.
    pub is_system: bool,
    /// The user sees it.
    pub is_visible: bool,
    /// It has changes that are not saved.
    pub is_dirty: bool,
    /// It goes with the printer that is selected.
    pub is_compatible: bool,
    /// It belongs to the project that is open.
    pub is_project_embedded: bool,
    /// The bundle it belongs to; empty for none.
    pub bundle_id: String,
    /// Its options.
    pub config: Config,
}

impl Preset {
    /// Whether the user made it.
    pub fn is_user(&self) -> bool {
        !self.is_default && !self.is_system && !self.is_project_embedded
    }

    /// Whether it belongs to a bundle.
    pub fn is_from_bundle(&self) -> bool {
        !self.bundle_id.is_empty()
    }

    /// The name as a list of presets shows it: the alias if there is one, with `* ` before it when it has changes.
    pub fn label(&self) -> String {
        self.marked(if self.alias.is_empty() { &self.name } else { &self.alias })
    }

    /// The same with the name even if there is an alias.
    pub fn full_label(&self) -> String {
        self.marked(&self.name)
    }

    fn marked(&self, name: &str) -> String {
        format!("{}{name}", if self.is_dirty { "* " } else { "" })
    }
}

/// The presets of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresetCollection {
    /// All of them, in the order of the application.
    pub presets: Vec<Arc<Preset>>,
    /// The place of the one that is selected.
    pub selected: Option<usize>,
    /// The selected one with the changes that the user has made since.
    pub edited: Option<Arc<Preset>>,
}

impl PresetCollection {
    /// The preset of that name.
    pub fn find(&self, name: &str) -> Option<&Arc<Preset>> {
        self.presets.iter().find(|preset| preset.name == name)
    }

    /// The one that is selected, as it is saved.
    pub fn selected(&self) -> Option<&Arc<Preset>> {
        self.presets.get(self.selected?)
    }

    /// The one that is selected, with the changes since.
    pub fn edited(&self) -> Option<&Arc<Preset>> {
        self.edited.as_ref().or_else(|| self.selected())
    }
}

/// All presets of the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresetBundle {
    /// How to print, with filament.
    pub prints: Arc<PresetCollection>,
    /// The printers.
    pub printers: Arc<PresetCollection>,
    /// The filaments.
    pub filaments: Arc<PresetCollection>,
    /// How to print, with resin.
    pub sla_prints: Arc<PresetCollection>,
    /// The resins.
    pub sla_materials: Arc<PresetCollection>,
    /// The names of the filaments in use, one for each extruder.
    pub current_filaments: Vec<String>,
    /// The options of everything that is selected, together.
    pub full_config: Config,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_prefers_the_alias() {
        let mut preset = Preset { name: "long".into(), ..Preset::default() };
        assert_eq!(preset.label(), "long");
        preset.alias = "short".into();
        preset.is_dirty = true;
        assert_eq!((preset.label(), preset.full_label()), ("* short".into(), "* long".into()));
    }

    #[test]
    fn what_the_user_made_is_nobody_elses() {
        assert!(Preset::default().is_user());
        assert!(!Preset { is_system: true, ..Preset::default() }.is_user());
        assert!(!Preset { is_project_embedded: true, ..Preset::default() }.is_user());
    }

    #[test]
    fn a_selection_that_is_not_there_is_none() {
        let one = Arc::new(Preset { name: "one".into(), ..Preset::default() });
        let mut presets = PresetCollection { presets: vec![one], selected: Some(0), edited: None };
        assert_eq!(presets.edited().map(|preset| &*preset.name), Some("one"));
        presets.selected = Some(1);
        assert!(presets.selected().is_none() && presets.edited().is_none());
        assert!(presets.find("one").is_some() && presets.find("two").is_none());
    }
}
