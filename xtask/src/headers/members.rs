//! The enumerations of the table that applications use: in C++, and in C.

use matriline_capability::{CameraStreamMode, EnumSpec, FilamentSyncMode, LifecycleEvent, LifecycleEvtCode};

use super::{Generated, INCLUDE, NOTE, RUST, rust};

/// Those that an application gives; a plugin has every one.
const GIVEN: [(&EnumSpec, &str); 2] = [
    (&LifecycleEvent::SPEC, "matriline_lifecycle_event"),
    (&LifecycleEvtCode::SPEC, "matriline_lifecycle_evt_code"),
];

/// Those of types whose calls always answer, which stand beside their class in C++.
const OF_TYPES: [(&EnumSpec, &str); 2] = [
    (&FilamentSyncMode::SPEC, "matriline_filament_sync_mode"),
    (&CameraStreamMode::SPEC, "matriline_camera_stream_mode"),
];

pub(super) fn files() -> anyhow::Result<Vec<Generated>> {
    let classes: String = GIVEN.iter().map(|(spec, _)| class(spec)).collect();
    let header = format!(
        "// {NOTE}\n#pragma once\n\n#include \"matriline/version.hpp\"\n\nMATRILINE_BEGIN_NAMESPACE\n\n\
         {classes}MATRILINE_END_NAMESPACE\n"
    );
    let enums: String = GIVEN.iter().chain(&OF_TYPES).map(|(spec, name)| c_enum(spec, name)).collect();
    let numbers = format!("//! The enumerations in C.\n//!\n//! {NOTE}\n{enums}");
    Ok(vec![
        Generated::new(format!("{INCLUDE}/lifecycle_event.hpp"), header),
        Generated::new(format!("{RUST}/generated/members.rs"), rust::formatted(&numbers)?),
    ])
}

fn class(spec: &EnumSpec) -> String {
    let members: String = (0..).zip(spec.members).map(member).collect();
    format!(
        "///{} The numbers are those of `orca.{}` and never change.\nenum class {} : unsigned char {{\n{members}}};\n\n",
        spec.doc, spec.class, spec.class
    )
}

fn c_enum(spec: &EnumSpec, name: &str) -> String {
    let members: String = (0..)
        .zip(spec.members)
        .map(|numbered| format!("/// `{}`\n{}", numbered.1, member(numbered)))
        .collect();
    format!(
        "\n///{} Functions take it as a `uint8_t`.\n#[derive(Clone, Copy, Debug)]\n#[repr(u8)]\npub enum {name} {{\n{members}}}\n",
        spec.doc
    )
}

fn member((number, name): (u8, &&str)) -> String {
    format!("    {name} = {number},\n")
}
