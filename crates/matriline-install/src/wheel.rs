//! Wheels unpacked into a cache, once for each content.
//!
//! A wheel lies in `<cache>/wheels/<sha256 of the file>/`. It is unpacked beside that folder and renamed into place,
//! so that a folder of that name is always whole, whoever made it. What its `RECORD` says is compared first.

use std::fs::{self, File};
use std::io::{self, BufReader, Seek};
use std::path::{Component, Path, PathBuf};

use digest_io::IoWrapper;
use matriline_manifest::{ArchiveError, RecordError, WheelArchive, verify_record};
use sha2::{Digest, Sha256};

/// A wheel that was not unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WheelError {
    /// The file cannot be read.
    #[error("The file cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The archive is unsafe, damaged or none.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Its files are not those that `RECORD` lists.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The cache cannot be written.
    #[error("`{path}` cannot be written: {source}", path = path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// The folder in `cache` that holds the unpacked wheel, canonical; unpacks it if nobody did before.
///
/// Data files lie beside modules as in an installation, and native extensions can be loaded from there. Threads and
/// processes may unpack one wheel at once.
///
/// # Errors
/// [`WheelError`]; nothing of the wheel remains then.
pub fn unpack_wheel(wheel: &Path, cache: &Path) -> Result<PathBuf, WheelError> {
    let mut file = File::open(wheel).map_err(WheelError::Read)?;
    let digest = sha256_of(&mut file).map_err(WheelError::Read)?;
    let wheels = cache.join("wheels");
    let place = wheels.join(digest);
    if !place.is_dir() {
        fs::create_dir_all(&wheels).map_err(not_written(&wheels))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".unpacking-");
        // temporary folders are private unless told otherwise; this one becomes an ordinary one (less the umask)
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let beside = builder.tempdir_in(&wheels).map_err(not_written(&wheels))?;
        file.rewind().map_err(WheelError::Read)?;
        unpack_into(BufReader::new(file), beside.path())?;
        match fs::rename(beside.path(), &place) {
            Ok(()) => drop(beside.keep()),
            // Another process was quicker; its folder has the same content.
            Err(_) if place.is_dir() => {}
            Err(error) => return Err(not_written(&place)(error)),
        }
    }
    place.canonicalize().map_err(not_written(&place))
}

fn unpack_into(wheel: BufReader<File>, folder: &Path) -> Result<(), WheelError> {
    let mut archive = WheelArchive::open(wheel)?;
    verify_record(&mut archive)?;
    for index in 0..archive.members().len() {
        let member = &archive.members()[index];
        let Some(place) = installed_path(Path::new(&member.path)) else { continue };
        let place = folder.join(place);
        if member.is_folder {
            fs::create_dir_all(&place).map_err(not_written(&place))?;
            continue;
        }
        fs::create_dir_all(place.parent().unwrap_or(folder)).map_err(not_written(&place))?;
        let mut file = File::create(&place).map_err(not_written(&place))?;
        archive.unpack(index, &mut file)?;
        file.sync_all().map_err(not_written(&place))?;
    }
    Ok(())
}

fn not_written(path: &Path) -> impl FnOnce(io::Error) -> WheelError {
    let path = path.to_owned();
    move |source| WheelError::Write { path, source }
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

/// The hash of what is left of a file, in hexadecimal digits.
pub(crate) fn sha256_of(file: &mut File) -> io::Result<String> {
    let mut hasher = IoWrapper(Sha256::new());
    io::copy(file, &mut hasher)?;
    Ok(hasher.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_testkit::WheelBuilder;

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

    fn stats() -> WheelBuilder {
        WheelBuilder::new("stats", "1").file("stats/__init__.py", "").file("stats/data/table.csv", "1,2\n")
    }

    #[test]
    fn a_wheel_is_unpacked_once_with_its_data() {
        let folder = tempfile::tempdir().unwrap();
        let (wheel, cache) = (folder.path().join("stats-1-py3-none-any.whl"), folder.path().join("cache"));
        fs::write(&wheel, stats().build()).unwrap();
        let place = unpack_wheel(&wheel, &cache).unwrap();
        assert_eq!(fs::read_to_string(place.join("stats/data/table.csv")).unwrap(), "1,2\n");
        fs::write(place.join("witness"), "").unwrap();
        assert_eq!(unpack_wheel(&wheel, &cache).unwrap(), place);
        assert!(place.join("witness").is_file(), "it was not unpacked again");
        fs::write(&wheel, stats().file("stats/more.py", "").build()).unwrap();
        assert_ne!(unpack_wheel(&wheel, &cache).unwrap(), place);
    }

    #[test]
    fn a_damaged_wheel_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (wheel, cache) = (folder.path().join("stats-1-py3-none-any.whl"), folder.path().join("cache"));
        fs::write(&wheel, stats().replace("stats/__init__.py", "changed").build()).unwrap();
        assert!(matches!(unpack_wheel(&wheel, &cache), Err(WheelError::Record(_))));
        assert_eq!(fs::read_dir(cache.join("wheels")).unwrap().count(), 0);
        assert!(matches!(unpack_wheel(&cache.join("none.whl"), &cache), Err(WheelError::Read(_))));
    }
}
