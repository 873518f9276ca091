//! Reads what a plugin says about itself: the PEP 723 block of a `.py` file, the metadata of a wheel.
//!
//! Bytes in, data out: nothing here touches a disk, and no plugin code runs.
//! A bad plugin is data, not an error: [`read_script`] and [`read_wheel`] always answer a [`Manifest`], the
//! descriptor as far as it can be read, beside its [`Problem`]s. Only a wheel that is to be unpacked can fail
//! ([`ArchiveError`]), because a half-safe archive must not be unpacked at all.
//!
//! ```
//! let source = concat!(
//!     "# /// script\n",
//!     "# dependencies = ['numpy>=2,<3']\n",
//!     "# [tool.orcaslicer.plugin]\n",
//!     "# name = 'Header stamp'\n",
//!     "# ///\n",
//!     "import orca\n",
//! );
//! let manifest = matriline_manifest::read_script("header stamp", source.as_bytes());
//! assert_eq!(manifest.descriptor.plugin_key, "header_stamp");
//! assert_eq!(manifest.descriptor.name, "Header stamp");
//! assert_eq!(manifest.descriptor.dependencies, ["numpy>=2,<3"]);
//! assert!(manifest.problems.is_empty());
//! ```

mod archive;
mod archive_error;
mod block;
mod bounds;
mod checks;
mod cloud;
mod core_metadata;
mod descriptor;
mod entry_points;
mod extra;
mod key;
mod lenient;
mod marker;
mod member;
mod plain;
mod problem;
mod record;
mod record_error;
mod requirement;
mod run;
mod script;
mod syntax;
mod table;
mod tags;
mod version;
mod wanted;
mod wheel;

pub use archive::{MAX_DIRECTORY_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES, WheelArchive, wheel_members};
pub use archive_error::ArchiveError;
pub use cloud::{ChangelogEntry, CloudOverlay, sort_changelog};
pub use descriptor::{Descriptor, Manifest, UpdateStatus};
pub use entry_points::EntryPoint;
pub use key::{is_uuid, is_valid_plugin_id, plugin_key_from_stem, sanitize_plugin_name};
pub use member::{MAX_DEPTH, MAX_FOLDED_BYTES, MAX_NAME_BYTES, Member, NameFault};
pub use problem::{Position, Problem, Severity};
pub use record::{RecordEntry, read_record, verify_record};
pub use record_error::RecordError;
pub use script::{MAX_SCRIPT_BYTES, read_script, read_script_from};
pub use tags::{Platform, Target};
pub use version::{RequiresPython, check_requires_python, is_newer};
pub use wanted::WantedPermissions;
pub use wheel::{MAX_TEXT_BYTES, read_wheel};
