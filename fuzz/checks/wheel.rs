//! A wheel: any bytes have a manifest, and an archive that is opened can be unpacked without leaving its folder and
//! without more bytes than it declares.

use matriline_manifest::{
    ArchiveError, MAX_MEMBERS, MAX_UNPACKED_BYTES, Member, Platform, Target, WheelArchive, read_wheel,
};
use std::collections::HashSet;
use std::io::{self, Cursor, Write};
use std::path::{Component, Path};

pub(crate) fn check(bytes: &[u8]) {
    let machine = "x86_64".to_owned();
    let target = Target { python_minor: 11, platform: Platform::Linux, machine, ..Target::default() };
    let manifest = read_wheel("stem", Cursor::new(bytes), &target);
    assert_eq!(manifest.descriptor.plugin_key, "stem");
    match WheelArchive::open(Cursor::new(bytes)) {
        Ok(mut archive) => {
            check_members(archive.members());
            for index in 0..archive.members().len() {
                check_member(&mut archive, index);
            }
        }
        Err(error) => {
            assert!(!manifest.is_valid(), "{error}, and yet it can be loaded");
        }
    }
}

fn check_members(members: &[Member]) {
    assert!(members.len() as u64 <= MAX_MEMBERS);
    assert!(members.iter().map(|member| member.size).sum::<u64>() <= MAX_UNPACKED_BYTES);
    let mut folded = HashSet::new();
    for Member { path, .. } in members {
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let exact = path.split('/').eq(Path::new(path).iter().map(|part| part.to_str().unwrap_or_default()));
        assert!(inside && exact && !path.is_empty(), "{path:?} leaves its folder");
        assert!(!path.contains(['\\', ':', '\0', '\n']), "{path:?} means something else elsewhere");
        assert!(folded.insert(path.to_lowercase()), "{path:?} is there twice");
    }
    for file in members.iter().filter(|member| !member.is_folder) {
        let below = format!("{}/", file.path.to_lowercase());
        assert!(!folded.iter().any(|path| path.starts_with(&below)), "{below:?} is a file and a folder");
    }
}

fn check_member(archive: &mut WheelArchive<Cursor<&[u8]>>, index: usize) {
    let Member { path, size, is_folder } = archive.members()[index].clone();
    assert_eq!(archive.find(&path), Some(index));
    let mut sink = Sink { taken: 0 };
    match archive.unpack(index, &mut sink) {
        Ok(()) => assert_eq!(sink.taken, if is_folder { 0 } else { size }, "{path:?}"),
        Err(ArchiveError::Unpack { name, .. } | ArchiveError::Size { name, .. }) => {
            assert_eq!(name, path);
            assert!(sink.taken <= size.saturating_add(1), "{path:?} gave {} of {size}", sink.taken);
        }
        Err(error) => panic!("{error} should have been found before unpacking"),
    }
}

/// Counts what it takes and is full some day, so that a member of zeros costs no time.
struct Sink {
    taken: u64,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.taken > 1 << 20 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.taken += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
