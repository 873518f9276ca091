//! A wheel as an archive that can be unpacked safely.
//!
//! Everything is decided from the archive's directory before a byte is unpacked. The directory must be where a wheel
//! has it, at the very end: another reader that looks for it elsewhere then sees the same members or none.

use crate::bounds::shown;
use crate::member::{check_paths, checked_path};
use crate::{ArchiveError, Member};
use std::error::Error;
use std::io::{self, Read, Seek, SeekFrom, Write};
use zip::read::{ArchiveOffset, Config};
use zip::{CompressionMethod, ZipArchive};

/// The most members that a wheel may have.
pub const MAX_MEMBERS: u64 = 20_000;
/// The largest directory, which is what must be in memory at once.
pub const MAX_DIRECTORY_BYTES: u64 = 8 << 20;
/// The most bytes that the members may have together once unpacked.
pub const MAX_UNPACKED_BYTES: u64 = 2 << 30;

/// A wheel whose members have been checked and can be unpacked.
///
/// Opening takes memory in the order of the directory, bounded by [`MAX_DIRECTORY_BYTES`]; reading a member streams.
#[derive(Debug)]
pub struct WheelArchive<R> {
    zip: ZipArchive<R>,
    members: Vec<Member>,
}

/// The members of a wheel, all checked.
///
/// # Errors
/// Any member that cannot be unpacked safely refuses the whole archive.
pub fn wheel_members(reader: impl Read + Seek) -> Result<Vec<Member>, ArchiveError> {
    WheelArchive::open(reader).map(|archive| archive.members)
}

impl<R: Read + Seek> WheelArchive<R> {
    /// Reads and checks the archive's directory.
    ///
    /// # Errors
    /// Any member that cannot be unpacked safely refuses the whole archive.
    pub fn open(mut reader: R) -> Result<Self, ArchiveError> {
        check_end(&mut reader)?;
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let zip = ZipArchive::with_config(config, reader).map_err(not_zip)?;
        if zip.has_duplicate_names() {
            return Err(ArchiveError::Duplicates);
        }
        let members = checked_members(&zip)?;
        Ok(Self { zip, members })
    }

    /// The members in the order of the directory.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The index of a member by its path.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.members.iter().position(|member| member.path == path)
    }

    /// Unpacks the member at `index` of [`Self::members`]; a folder has no bytes.
    ///
    /// At most one byte more than the member declares is written before the call fails.
    ///
    /// # Errors
    /// `Unpack` for damaged bytes and for what `out` answers, `Size` for a member that is not as large as it says.
    ///
    /// # Panics
    /// Panics if there is no such member.
    pub fn unpack(&mut self, index: usize, out: &mut impl Write) -> Result<(), ArchiveError> {
        let member = &self.members[index];
        if member.is_folder {
            return Ok(());
        }
        let unpack = |source| ArchiveError::Unpack { name: member.path.clone(), source };
        let file = self.zip.by_index(index).map_err(|error| unpack(io::Error::other(error)))?;
        let copied = io::copy(&mut file.take(member.size.saturating_add(1)), out).map_err(unpack)?;
        if copied == member.size {
            Ok(())
        } else {
            Err(ArchiveError::Size { name: member.path.clone(), size: member.size })
        }
    }
}

/// The end record of a zip without a comment (APPNOTE 4.3.16).
const END_BYTES: u64 = 22;
const END_SIGNATURE: &[u8] = b"PK\x05\x06";
/// What stands before the end record of a zip64 archive (APPNOTE 4.3.15).
const ZIP64_LOCATOR_BYTES: usize = 20;
const ZIP64_LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";

/// Checks that the archive ends with its directory, and that the directory is within the limits.
///
/// Without this, an archive may declare any number of members and have its reader reserve memory for them.
fn check_end(reader: &mut (impl Read + Seek)) -> Result<(), ArchiveError> {
    let length = reader.seek(SeekFrom::End(0)).map_err(not_zip)?;
    let tail_bytes = length.min(END_BYTES + ZIP64_LOCATOR_BYTES as u64);
    reader.seek(SeekFrom::Start(length - tail_bytes)).map_err(not_zip)?;
    let mut tail = Vec::new();
    reader.take(tail_bytes).read_to_end(&mut tail).map_err(not_zip)?;
    let Some((before, end)) = tail.split_last_chunk::<{ END_BYTES as usize }>() else {
        return Err(not_zip("the file is too short"));
    };
    if !end.starts_with(END_SIGNATURE) {
        return Err(not_zip("the file does not end with the directory of a zip archive"));
    }
    if before.starts_with(ZIP64_LOCATOR_SIGNATURE) {
        return Err(not_zip("the archive is of the kind zip64"));
    }
    let short = |at: usize| u64::from(u16::from_le_bytes([end[at], end[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let (members, bytes, start) = (short(10), long(12), long(16));
    if members > MAX_MEMBERS || bytes > MAX_DIRECTORY_BYTES {
        return Err(ArchiveError::TooManyMembers { members, bytes });
    }
    if start + bytes + END_BYTES != length {
        return Err(not_zip("the directory is not at the end of the file"));
    }
    Ok(())
}

const KIND_OF_FILE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

fn checked_members<R: Read + Seek>(zip: &ZipArchive<R>) -> Result<Vec<Member>, ArchiveError> {
    let mut members = Vec::with_capacity(zip.len());
    let mut total = 0u64;
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(not_zip)?;
        let raw = entry.name_raw();
        let name = || String::from_utf8_lossy(raw).into_owned();
        let path = checked_path(raw)
            .map_err(|fault| ArchiveError::UnsafeName { name: shown(&name()).into_owned(), fault })?;
        let is_folder = raw.ends_with(b"/");
        let kind = entry.unix_mode().unwrap_or_default() & KIND_OF_FILE;
        if !(matches!(kind, 0 | REGULAR) || is_folder && kind == FOLDER) {
            return Err(ArchiveError::Special { name: name() });
        }
        if entry.encrypted() {
            return Err(ArchiveError::Encrypted { name: name() });
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(ArchiveError::Method { name: name(), method: entry.compression().to_string() });
        }
        total = total.saturating_add(entry.size());
        if total > MAX_UNPACKED_BYTES {
            return Err(ArchiveError::TooLarge { bytes: total });
        }
        members.push(Member { path: path.to_owned(), size: entry.size(), is_folder });
    }
    check_paths(&members)?;
    Ok(members)
}

fn not_zip(source: impl Into<Box<dyn Error + Send + Sync>>) -> ArchiveError {
    ArchiveError::NotZip { source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_testkit::WheelBuilder;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn wheel() -> WheelBuilder {
        WheelBuilder::new("stats", "1.0.0").file("stats/__init__.py", "import orca\n")
    }

    /// The archive with each `from` in it replaced by `to`, of the same length.
    fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
        for at in 0..=bytes.len() - from.len() {
            if bytes[at..].starts_with(from) {
                bytes[at..at + to.len()].copy_from_slice(to);
            }
        }
        bytes
    }

    fn check(bytes: Vec<u8>, expected: &str) {
        let message = wheel_members(Cursor::new(bytes)).err().map(|error| error.to_string());
        assert!(message.as_deref().unwrap_or_default().contains(expected), "{message:?} lacks {expected}");
    }

    const CUT: &str = "The wheel is no zip archive or is cut off: build or download it again";

    #[test]
    fn members_are_listed_and_unpacked() {
        let mut archive = WheelArchive::open(Cursor::new(wheel().build())).unwrap();
        let index = archive.find("stats/__init__.py").unwrap();
        assert_eq!(archive.members()[index].size, 12);
        let mut out = Vec::new();
        archive.unpack(index, &mut out).unwrap();
        assert_eq!(out, b"import orca\n");
    }

    #[test]
    fn other_bytes_are_no_wheel() {
        check(Vec::new(), CUT);
        check(b"import orca\n".to_vec(), CUT);
        check(vec![0; 4096], CUT);
    }

    #[test]
    fn a_cut_off_wheel() {
        let bytes = wheel().build();
        for length in 0..bytes.len() {
            check(bytes[..length].to_vec(), CUT);
        }
    }

    #[test]
    fn bytes_around_the_archive() {
        check([b"x".to_vec(), wheel().build()].concat(), CUT);
        check([wheel().build(), b"x".to_vec()].concat(), CUT);
    }

    #[test]
    fn too_many_members() {
        let mut bytes = wheel().build();
        let count = bytes.len() - 12;
        bytes[count..count + 2].copy_from_slice(&u16::MAX.to_le_bytes());
        check(bytes, "has 65535 members");
    }

    #[test]
    fn unsafe_names() {
        for name in ["../x", "/x", "C:x", "a\\b", "a//b", "a\nb"] {
            check(wheel().unrecorded(name, "").build(), "has an unsafe name, ");
        }
    }

    #[test]
    fn members_in_each_others_way() {
        check(wheel().unrecorded("stats/__INIT__.py", "").build(), "in each other's way");
        check(wheel().unrecorded("Stats/x.py", "").build(), "`stats` and `Stats`");
        check(wheel().unrecorded("stats", "").build(), "in each other's way");
    }

    #[test]
    fn duplicates() {
        let bytes = wheel().unrecorded("stats/__init__.pz", "").build();
        check(patched(bytes, b"__init__.pz", b"__init__.py"), "have the same name");
    }

    /// Changes two bytes of the first member's row in the directory.
    fn with_directory(offset: usize, value: [u8; 2]) -> Vec<u8> {
        let mut bytes = wheel().build();
        let row = bytes.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        bytes[row + offset..row + offset + 2].copy_from_slice(&value);
        bytes
    }

    #[test]
    fn links_and_devices() {
        for kind in [0o120_000u16, 0o010_000, 0o060_000, 0o040_000] {
            check(with_directory(40, (kind | 0o644).to_le_bytes()), "is a link or a device");
        }
    }

    #[test]
    fn encrypted_members() {
        check(with_directory(8, [1, 0]), "is encrypted");
    }

    #[test]
    fn other_methods() {
        check(with_directory(10, [12, 0]), "is packed by the method");
    }

    #[test]
    fn ten_gigabytes_of_zeros() {
        check(with_directory(26, u16::MAX.to_le_bytes()), "above the limit of 2147483648");
    }

    #[test]
    fn a_member_is_as_large_as_it_says() {
        for size in [0u8, 5, 200] {
            let mut archive = WheelArchive::open(Cursor::new(with_directory(24, [size, 0]))).unwrap();
            let mut out = Vec::new();
            assert!(archive.unpack(0, &mut out).is_err());
            assert!(out.len() <= usize::from(size) + 1);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
            let _ = wheel_members(Cursor::new(bytes));
        }

        #[test]
        fn any_damage_is_survived(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut bytes = wheel().build();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(mut archive) = WheelArchive::open(Cursor::new(bytes)) {
                for index in 0..archive.members().len() {
                    let _ = archive.unpack(index, &mut io::sink());
                }
            }
        }
    }
}
