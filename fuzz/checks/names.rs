//! The names in an archive, one a line: what is accepted stays below its folder, and is one file each on every system.

use matriline_manifest::wheel_members;
use std::collections::HashMap;
use std::io::{Cursor, Write};
use std::path::{Component, Path};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let names: Vec<_> = text.lines().take(64).collect();
    let Some(archive) = archive(&names) else { return };
    let Ok(members) = wheel_members(Cursor::new(archive)) else { return };
    assert_eq!(members.len(), names.len());

    let mut files = HashMap::new();
    for (member, name) in members.iter().zip(&names) {
        assert_eq!(member.path, name.strip_suffix('/').unwrap_or(name));
        assert!(Path::new(&member.path).components().all(|part| matches!(part, Component::Normal(_))));
        assert!(!member.path.contains(['\\', ':', '<', '>', '"', '|', '?', '*']), "{name:?}");
        for part in member.path.split('/') {
            let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
            assert!(!["con", "prn", "aux", "nul"].contains(&stem.trim_end()), "{name:?}");
            assert!(!part.is_empty() && !part.ends_with(['.', ' ']), "{name:?}");
        }
        // every folder above it and the path itself: one spelling, and one kind
        let ends = member.path.match_indices('/').map(|(at, _)| (at, true));
        for (end, is_folder) in ends.chain([(member.path.len(), member.is_folder)]) {
            let path = &member.path[..end];
            let known = files.insert(path.to_lowercase(), (path, is_folder));
            assert!(known.is_none_or(|known| known == (path, true) && is_folder), "{path:?}");
        }
    }
}

/// An archive of empty members, unless two of them have one name.
fn archive(names: &[&str]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        let options = SimpleFileOptions::default();
        if name.ends_with('/') { zip.add_directory(*name, options) } else { zip.start_file(*name, options) }
            .ok()?;
        zip.write_all(&[]).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}
