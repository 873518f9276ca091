//! Opened folders: where a path really leads, files that are replaced whole, locks between processes.
//!
//! Whether a plugin may write somewhere is decided on canonical paths, and only the file system knows those. Walking
//! a path link by link costs a system call a component. The choice that shapes this crate: a folder that matters is
//! opened once ([`Root`]), and the kernel is asked a single question about each path beneath it, namely whether it
//! can be walked without leaving the folder and without meeting a symbolic link (`openat2`, Linux 5.6). If so, the
//! path as written is the canonical one. Only other paths are walked ([`canonical_target`]).
//!
//! What is true when a path is resolved can change before it is used: a symbolic link that another process puts
//! there in between isn't seen. This is the ground for a policy, not for a sandbox.
//!
//! ```
//! use matriline_roots::{Follow, Root, resolve};
//!
//! # let folder = tempfile::tempdir()?;
//! let root = Root::open(folder.path())?;
//! let wanted = root.path().join("parts/../model.gcode");
//! std::fs::create_dir(root.path().join("parts"))?;
//! std::fs::write(root.path().join("model.gcode"), "G28\n")?;
//!
//! let resolved = resolve(&wanted, Follow::Yes, [&root])?;
//! assert_eq!(resolved.path, root.path().join("model.gcode"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canonical;
mod descriptor;
mod error;
mod lock;
mod open;
mod replace;
mod resolve;
mod root;
mod sys;

pub use canonical::canonical_target;
pub use descriptor::{FdTarget, Start, absolute, fd_path};
pub use error::RootError;
pub use lock::{FileLock, LOCK_WAIT};
pub use open::open_regular;
pub use replace::{Prepared, prepare, remove_leftovers, replace};
pub use resolve::{Resolved, resolve};
pub use root::{Beneath, Follow, LazyRoot, Root};
