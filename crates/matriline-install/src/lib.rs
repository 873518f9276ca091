//! Installs, updates and removes packages.
//!
//! A package is one file, a `.py` or a `.whl`; installed, it is a folder with that file and a sidecar. The choice that
//! shapes this crate: a folder is made whole beside its place, in a hidden folder, and then takes the place of the old
//! one in a single act of the file system. Everything that is slow or can fail comes before ([`Installer::prepare`]),
//! so that an application unloads the old version for a moment only ([`PreparedInstall::commit`]). Whoever is killed
//! leaves the old version or the new one, and never a part of either; the next act clears up behind him.
//!
//! The old version is kept for one way back ([`Installer::roll_back`]), with the configuration that it had.
//!
//! Everything inside the folders of plugins is reached step by step from an opened folder, which no symbolic link
//! leads out of. Acts that change something hold the lock of the data folder; what lasts, the copying, does not.
//!
//! ```
//! use matriline_install::{InstallSource, Installer};
//! use matriline_manifest::Target;
//!
//! # let folder = tempfile::tempdir()?;
//! # let (data_dir, file) = (folder.path().join("data"), folder.path().join("stamp.py"));
//! # std::fs::write(&file, "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'Stamp'\n# ///\n")?;
//! let installer = Installer::new(data_dir, Target::of_this_build(11));
//! let found = installer.inspect(&file)?;
//! assert!(found.existing.is_none() && found.refused.is_none());
//!
//! let prepared = installer.prepare(&file, InstallSource::Local)?;
//! assert_eq!(prepared.key(), "stamp");
//! let installed = prepared.commit()?;
//! installer.remove(&installed.folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod environment;
mod error;
mod goal;
mod installer;
mod package;
mod permissions;
mod place;
mod prepared;
mod previous;
mod recover;
mod remove;
mod rollback;
mod staging;
mod swap;
mod sys;
mod wheel;

pub use error::{Fault, InstallError};
pub use installer::{Inspection, Installer};
pub use package::InstallSource;
pub use permissions::requested_permissions;
pub use prepared::{Existing, Installed, PreparedInstall};
pub use previous::PreviousVersion;
pub use swap::Swap;
pub use wheel::{WheelError, unpack_wheel};
