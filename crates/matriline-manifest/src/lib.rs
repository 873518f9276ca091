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
mod core_metadata;
mod descriptor;
mod key;
mod member;
mod problem;
mod script;
mod table;
mod tags;
mod wheel;

pub use archive::{MAX_DIRECTORY_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES, WheelArchive, wheel_members};
pub use archive_error::ArchiveError;
pub use descriptor::{Descriptor, Manifest};
pub use key::{plugin_key_from_stem, sanitize_plugin_name};
pub use member::{MAX_NAME_BYTES, Member, NameFault};
pub use problem::{Position, Problem, Severity};
pub use script::read_script;
pub use tags::{Platform, Target};
pub use wheel::{MAX_TEXT_BYTES, read_wheel};
