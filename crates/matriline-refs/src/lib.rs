//! Capability references: how a preset names the capability of a plugin, and how the names in its settings are
//! resolved through its `plugins` array.
//!
//! A setting holds the bare capability name; the full reference, `<name>;<uuid>;<capability>`, stands in the array
//! beside it. The crate works on texts alone: whether a plugin is installed or loaded is the caller's question.
//!
//! Parsing borrows ([`CapabilityRefBorrowed`]) because a preset may list thousands of references of which a
//! setting uses one; only what is kept is copied ([`CapabilityRef`]).
//!
//! ```
//! use matriline_refs::{ResolvedValue, parse_capability_ref, resolve_values};
//!
//! let reference = parse_capability_ref("master_plugin;;header-stamp").unwrap();
//! assert_eq!(reference.plugin_key(), "master_plugin");
//!
//! let plugins = ["master_plugin;;header-stamp"];
//! let values = resolve_values(&["header-stamp", "gone"], Some(&plugins));
//! assert!(matches!(values[0], ResolvedValue::Resolved(found) if found.name == "master_plugin"));
//! assert_eq!(values[1], ResolvedValue::Unresolved { value: "gone" });
//! ```

mod reference;
mod resolve;

pub use reference::{CapabilityRef, CapabilityRefBorrowed, parse_capability_ref};
pub use resolve::{ResolvedValue, resolve_values};
