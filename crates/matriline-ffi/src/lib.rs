//! The C ABI and the C++ bridge.
//!
//! Two surfaces stand here side by side on the same facade. The C ABI (`capi`) is stable and complete in
//! itself: opaque objects, one error object, `include/matriline/matriline.h`. The C++ bridge (`bridge`) is
//! private: it serves the classes of `include/matriline/`, which are compiled together with it and hide it.
//!
//! The bridge has eight files: `bridge` for what is found and called, `values` for calls whose arguments go as values,
//! `own_types` for what the application adds to `orca`, `life` for what becomes of plugins,
//! `application` for what plugins and the application ask of each other meanwhile, `offer` for what the application
//! offers to plugins, `audit` for what plugins may do and did, `drawing` for capabilities that draw.
//!
//! One choice shapes the crate: **whatever is exported runs inside one boundary** (`boundary`). A panic
//! behind it becomes an error with code `Panic`; nothing unwinds into C or C++.
//!
//! The part that knows capability types one by one is in `generated`, made by `cargo xtask headers`.

// cxx and C types are named as their users see them
#![allow(non_camel_case_types)]

mod application;
mod audit;
mod boundary;
pub mod bridge;
pub mod capi;
mod cxx_side;
mod drawing;
pub mod generated;
mod life;
mod number;
mod offer;
mod own_types;
mod values;
