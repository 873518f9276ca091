//! Wheels unpacked into the cache, once for each content.
//!
//! A wheel lies in `<cache>/wheels/<sha256 of the file>/`. It is unpacked beside that folder and renamed into place,
//! so that a folder of that name is always whole, whoever made it. What its `RECORD` says is compared first.

use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::{Component, Path, PathBuf};

use matriline_manifest::{WheelArchive, verify_record};
use sha2::{Digest, Sha256};

use crate::Error;

/// The folder that holds the unpacked wheel; unpacks it if nobody did before.
pub(crate) fn wheel(plugin: &str, path: &Path, cache: &Path) -> Result<PathBuf, Error> {
    unpack(path, cache).map_err(|problem| Error::Unpack { plugin: plugin.into(), path: path.into(), problem })
}

fn unpack(path: &Path, cache: &Path) -> Result<PathBuf, String> {
    let mut file = File::open(path).map_err(text)?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut HashWriter(&mut hasher)).map_err(text)?;
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let wheels = cache.join("wheels");
    let place = wheels.join(digest);
    if !place.is_dir() {
        std::fs::create_dir_all(&wheels).map_err(text)?;
        let beside = tempfile::Builder::new().prefix(".unpacking-").tempdir_in(&wheels).map_err(text)?;
        file.rewind().map_err(text)?;
        unpack_into(BufReader::new(file), beside.path())?;
        match std::fs::rename(beside.path(), &place) {
            Ok(()) => drop(beside.keep()),
            // Another process was quicker; its folder has the same content.
            Err(_) if place.is_dir() => {}
            Err(error) => return Err(text(error)),
        }
    }
    place.canonicalize().map_err(text)
}

fn unpack_into(wheel: BufReader<File>, folder: &Path) -> Result<(), String> {
    let mut archive = WheelArchive::open(wheel).map_err(text)?;
    verify_record(&mut archive).map_err(text)?;
    for index in 0..archive.members().len() {
        let member = &archive.members()[index];
        let Some(place) = installed_path(Path::new(&member.path)) else { continue };
        let place = folder.join(place);
        if member.is_folder {
            std::fs::create_dir_all(&place).map_err(text)?;
            continue;
        }
        std::fs::create_dir_all(place.parent().unwrap_or(folder)).map_err(text)?;
        let mut file = File::create(&place).map_err(text)?;
        archive.unpack(index, &mut file).map_err(text)?;
        file.sync_all().map_err(text)?;
    }
    Ok(())
}

/// Where a member is installed: what lies in `<name>.data/purelib` or `platlib` belongs to the root, the other parts
/// of `.data` (scripts, headers, data) are not for importing (binary distribution format, "Spreading the wheel").
fn installed_path(member: &Path) -> Option<PathBuf> {
    let mut parts = member.components();
    match parts.next() {
        Some(Component::Normal(first)) if first.to_string_lossy().ends_with(".data") => {
            let kind = parts.next()?.as_os_str();
            (kind == "purelib" || kind == "platlib").then(|| parts.as_path().to_path_buf())
        }
        _ => Some(member.to_path_buf()),
    }
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(member: &str, expected: Option<&str>) {
        assert_eq!(installed_path(Path::new(member)).as_deref(), expected.map(Path::new), "{member}");
    }

    #[test]
    fn only_importable_parts_of_data_are_installed() {
        check("stats/__init__.py", Some("stats/__init__.py"));
        check("stats-1.data/purelib/stats/a.py", Some("stats/a.py"));
        check("stats-1.data/platlib/b.so", Some("b.so"));
        check("stats-1.data/scripts/run", None);
        check("stats-1.dist-info/METADATA", Some("stats-1.dist-info/METADATA"));
    }
}
