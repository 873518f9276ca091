//! Decides whether an audited act of a plugin is allowed.
//!
//! CPython announces what Python code is about to do as audit events (PEP 578). This crate answers two
//! questions about one event, and nothing else: *does it write, and where* ([`classify`], [`open_writes`],
//! [`database_path`]), and *may it* ([`WriteRules::decide`]). Plugins read as they like and write inside their
//! roots: the mode that OrcaSlicer's specification calls `Loading`.
//!
//! The choice that shapes the crate: it sees canonical paths only. Symbolic links, `..`, relative paths and
//! descriptors are settled by whoever asks, with the kernel's help; here a path is text, a decision is a
//! comparison of prefixes, and allowing something neither allocates nor makes a system call.
//!
//! A decision is policy and not a wall: native code writes without an audit event.
//!
//! ```
//! use matriline_policy::{Reach, WriteRules, classify};
//! use std::path::Path;
//!
//! let rules = WriteRules::for_plugin(Path::new("/data"), Path::new("/data/orca_plugins/stamp"));
//! let rule = classify("os.remove").expect("removing a file writes");
//! let job = Path::new("/tmp/job");
//!
//! assert!(rules.decide(Path::new("/tmp/job/out.gcode"), rule.reach, &[job]).is_ok());
//! let denied = rules.decide(Path::new("/etc/passwd"), rule.reach, &[job]).unwrap_err();
//! assert_eq!(denied.to_string(), "outside allowed root");
//! assert!(rules.decide(Path::new("/data/log/a.log"), Reach::Contents, &[]).is_err());
//! ```

mod denied;
mod events;
mod open;
mod rules;

pub use denied::Denied;
pub use events::{EventRule, Form, LastName, PathArgument, Reach, classify};
pub use open::{database_path, open_writes};
pub use rules::{Access, WriteRules, decide_nameless};
