//! Decides whether an audited act of a plugin is allowed.
//!
//! CPython announces what Python code is about to do as audit events (PEP 578). This crate answers three questions about
//! one event, and nothing else: *what is done, and to what* ([`classify`], [`open_writes`], [`database_path`]), *may it*
//! ([`Subject::decide`]: allowed, refused, or a question for the user), and *was that allowed already*
//! ([`Done::covers`]).
//!
//! The choice that shapes the crate: it sees canonical targets only. Symbolic links, `..`, relative paths, descriptors
//! and the search path for programs are settled by whoever asks, with the kernel's help; here a path is text, a decision
//! is a comparison of prefixes, and allowing a write in a root neither allocates nor makes a system call.
//!
//! A decision is policy and not a wall: native code writes without an audit event.
//!
//! ```
//! use matriline_policy::{Act, Category, Decision, Grants, Known, Mode, Need, PlaceRules, Subject, Target, classify};
//! use std::path::Path;
//!
//! let rules = PlaceRules::for_plugin(Path::new("/data"), Path::new("/data/orca_plugins/stamp"));
//! let job = Path::new("/tmp/job");
//! let grants = Grants::default();
//! let act = |target| Act { category: Category::Http, need: Need::Grant, targets: target };
//! let subject = Subject { mode: Mode::Ask, rules: &rules, scoped: &[job], readable: &[], grants: &grants };
//! assert_eq!(subject.decide(&act(&[Target::Text("example.com:443")])), Decision::Ask(vec![0]));
//!
//! let Known::Rule(remove) = classify(b"os.remove") else { panic!("removing a file is decided") };
//! assert_eq!(remove.category, Category::FsDelete);
//! ```

mod category;
mod cover;
mod decide;
mod denied;
mod events;
mod grants;
mod mode;
mod open;
mod record;
mod rules;

pub use category::{Category, GrantKind};
pub use cover::{Cover, Done};
pub use decide::{Act, Decision, Rule, Subject, Target};
pub use denied::Denied;
pub use events::{EventRule, Known, LastName, Need, PathArgument, Reach, Targets, Use, classify, rules};
pub use grants::{Grant, GrantError, Grants, canonical_host, host_and_port};
pub use mode::Mode;
pub use open::{database_path, open_writes};
pub use record::{Activity, Answer, AuditAct, AuditViolation, Question, Verdict};
pub use rules::{Access, PlaceRules, decide_nameless};
