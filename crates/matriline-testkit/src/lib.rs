//! What the tests of every crate stand on: data folders, test plugins, wheels, a real G-code file, and an application in
//! memory.
//!
//! Everything here panics with the path when the disk refuses, so that a test reads as a list of what it
//! needs and not as a list of what could fail.
//! Nothing here knows Python, or any crate of the workspace but the traits of applications: a data folder is files, a
//! wheel is bytes.
//!
//! ```
//! use matriline_testkit::{DataFolder, WheelBuilder};
//!
//! let data = DataFolder::new();
//! let script = data.add_script("stamp", "stamp.py", "import orca\n");
//! let wheel = data.add_wheel("stats", &WheelBuilder::new("stats", "1.0.0").file("stats/__init__.py", "import orca\n"));
//! let fixture = data.add_fixture("syntax_error");
//!
//! assert!(script.starts_with(data.path()) && wheel.is_file() && fixture.is_dir());
//! ```

mod data_folder;
mod fixtures;
mod host;
#[cfg(target_os = "linux")]
mod kill_points;
mod printer;
mod process;
mod report;
mod victim;
mod wheel;

pub use data_folder::{DataFolder, copy_tree};
pub use fixtures::{fixtures_dir, plugin_fixture, plugin_fixtures, sample_gcode, write_large_gcode};
pub use host::{MainLoop, MemoryHost, MemoryPanel, MemoryProgress, MemoryWindow, ScriptedInterface};
#[cfg(target_os = "linux")]
pub use kill_points::{KillPoints, Summary, Untraceable};
pub use printer::PrinterSimulator;
pub use process::run_cases;
pub use report::{report, skip};
pub use victim::Victim;
pub use wheel::WheelBuilder;
