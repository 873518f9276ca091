//! Live capabilities: the gate in front of each, and look-up without locks.
//!
//! One choice shapes the crate: **the gate belongs to the capability, not to the registry**. Whoever looked a
//! capability up may keep it for as long as it likes, across the unloading of its plugin and the shutdown of
//! the manager; the closed gate then answers every call with an error.
//!
//! What is to be known of calls (how long they took, what ran when the process died) costs them a few nanoseconds:
//! a counter of the processor, plain stores, no lock.
//!
//! Readers see an immutable snapshot of the registry; a load or an unload puts another in its place. The crate
//! knows neither Python nor processes: what runs a capability stands behind
//! [`Capability`](matriline_capability::Capability).

mod entry;
mod gate;
pub mod inside;
pub mod lock;
mod registry;
mod slots;
mod sys;
pub mod timing;

pub use entry::{Entry, Watch};
pub use gate::{Gate, Pass, Refusal};
pub use registry::{Collision, Registry};
pub use slots::{Slot, set_slots};
