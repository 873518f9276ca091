//! Capability references: how presets name the capabilities of plugins, and what they lack.
//!
//! A setting holds the bare capability name; the full reference, `<name>;<uuid>;<capability>`, stands in the
//! preset's `plugins` array beside it. The crate reads and writes references ([`CapabilityRef`]), lists of
//! them ([`escape_strings`]) and whole presets ([`PresetDocument`]), keeps the array up to date when a preset
//! is saved ([`update_manifest`]), and finds out what the selected presets lack ([`resolve`]).
//!
//! It works on texts alone. Which options hold capability names is told by the application
//! ([`PluginOptions`]); what is installed, loaded and available by whoever knows ([`InstalledPlugins`],
//! [`LoadedPlugins`], [`Available`]). So a reference is pruned by use, never because its plugin is not there
//! now: the preset is what remembers it.
//!
//! Parsing borrows ([`CapabilityRefBorrowed`]) because a preset may list thousands of references; only what
//! is kept is copied ([`CapabilityRef`]).
//!
//! ```
//! use matriline_refs::{Package, PluginOptions, PresetDocument, PresetKind, InstalledPlugins, resolve};
//!
//! let document = PresetDocument::parse(
//!     r#"{"name": "Fine", "post_process_plugin": ["stamp"], "plugins": ["master_plugin;;stamp"]}"#,
//! )?;
//! let options = PluginOptions::orca();
//! let preset = document.preset(PresetKind::Print, &options);
//!
//! struct NoPlugins;
//! impl InstalledPlugins for NoPlugins {
//!     fn package(&self, _plugin_key: &str) -> Package {
//!         Package::Absent
//!     }
//! }
//! let resolution = resolve(&options, &[preset], &NoPlugins, &(), None);
//! assert!(resolution.blocks_slicing());
//! assert_eq!(resolution.missing_local()[0].reference.plugin_key(), "master_plugin");
//! # Ok::<(), matriline_refs::RefError>(())
//! ```

mod available;
mod choice;
mod collapse;
mod document;
mod error;
mod options;
mod plugins;
mod preset;
mod reference;
mod resolution;
mod resolve;
mod serialised;
mod update;
mod values;

pub use available::{Available, pickable};
pub use choice::choose_reference;
pub use document::PresetDocument;
pub use error::{EscapeFault, Part, RefError};
pub use options::{OptionValue, PluginOption, PluginOptions};
pub use plugins::{CapabilityState, InstalledPlugins, LoadedPlugins, Package};
pub use preset::{Preset, PresetKind, capability_in_use, referenced_capabilities};
pub use reference::{CapabilityRef, CapabilityRefBorrowed, parse_capability_ref, sanitize_name};
pub use resolution::{Action, Bucket, Message, MissingPlugin, Place, Resolution, Unreferenced};
pub use resolve::resolve;
pub use serialised::{escape_strings, refs_from_json, refs_to_json, unescape_strings};
pub use update::{Ambiguous, DecidedBy, ManifestUpdate, Unresolved, update_manifest};
pub use values::{ResolvedValue, resolve_values};
