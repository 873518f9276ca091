//! The list of a wheel's files, `RECORD`: their hashes are compared before a wheel is installed
//! (binary distribution format, "Signed wheel files"; recording installed projects, "The RECORD file").

use crate::wheel::{dist_info, required};
use crate::{RecordError, WheelArchive};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use csv::ReaderBuilder;
use digest_io::IoWrapper;
use sha2::digest::Update;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::collections::HashMap;
use std::io::{Read, Seek};

/// A row of `RECORD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEntry {
    /// The path of the file, as it stands in the archive.
    pub path: String,
    /// The algorithm and the hash in base64 (the URL-safe alphabet, unpadded), unless the file has none.
    pub hash: Option<(String, String)>,
    /// The size, unless it is left out.
    pub size: Option<u64>,
}

/// Reads a `RECORD`: rows of comma-separated values, a path, `algorithm=hash` and a size, of which the last two may
/// be empty. Nothing is compared.
///
/// # Errors
/// `Row` for the first row that is none.
pub fn read_record(bytes: &[u8]) -> Result<Vec<RecordEntry>, RecordError> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut entries = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| RecordError::Row {
            line: error.position().map_or(1, |position| position.line()),
        })?;
        let fault = || RecordError::Row { line: row.position().map_or(1, |position| position.line()) };
        let (path, hash, size) = match row.iter().collect::<Vec<_>>()[..] {
            [path, hash, size] if !path.is_empty() => (path, hash, size),
            _ => return Err(fault()),
        };
        let hash = match hash.split_once('=') {
            Some((algorithm, hash)) => Some((algorithm.to_owned(), hash.to_owned())),
            None if hash.is_empty() => None,
            None => return Err(fault()),
        };
        let size = if size.is_empty() { None } else { Some(size.parse().map_err(|_| fault())?) };
        entries.push(RecordEntry { path: path.to_owned(), hash, size });
    }
    Ok(entries)
}

/// Compares every file of a wheel with what its `RECORD` says. Reads all of the archive, in bounded memory.
///
/// Each file must be listed with a hash (sha256, sha384 or sha512; a size if there is one is compared too), but
/// `RECORD` itself and its signatures.
///
/// # Errors
/// The first file that is not as `RECORD` says.
pub fn verify_record<R: Read + Seek>(archive: &mut WheelArchive<R>) -> Result<(), RecordError> {
    let layout = |message| RecordError::Layout { message };
    let dist_info = dist_info(archive.members()).map_err(layout)?;
    let bytes = required(archive, &dist_info, "RECORD").map_err(layout)?;
    let mut listed: HashMap<String, RecordEntry> = HashMap::new();
    for entry in read_record(&bytes)? {
        if let Some(known) = listed.get(&entry.path).filter(|known| **known != entry) {
            return Err(RecordError::Twice { path: known.path.clone() });
        }
        listed.insert(entry.path.clone(), entry);
    }
    for index in 0..archive.members().len() {
        let member = &archive.members()[index];
        let own = member.path.strip_prefix(&dist_info);
        let is_own = matches!(own, Some("/RECORD" | "/RECORD.jws" | "/RECORD.p7s"));
        let entry = listed.remove(&member.path);
        if member.is_folder || is_own {
            continue;
        }
        let entry = entry.ok_or_else(|| RecordError::Unlisted { path: member.path.clone() })?;
        compare(archive, index, entry)?;
    }
    // what is left is in the list alone
    listed.into_keys().min().map_or(Ok(()), |path| Err(RecordError::Missing { path }))
}

fn compare<R: Read + Seek>(
    archive: &mut WheelArchive<R>,
    index: usize,
    entry: RecordEntry,
) -> Result<(), RecordError> {
    let RecordEntry { path, hash, size } = entry;
    let Some((algorithm, expected)) = hash else { return Err(RecordError::NoHash { path }) };
    let actual = archive.members()[index].size;
    if let Some(listed) = size.filter(|&size| size != actual) {
        return Err(RecordError::Size { path, listed, actual });
    }
    let found = match algorithm.as_str() {
        "sha256" => hash_of::<R, Sha256>(archive, index),
        "sha384" => hash_of::<R, Sha384>(archive, index),
        "sha512" => hash_of::<R, Sha512>(archive, index),
        _ => return Err(RecordError::Algorithm { path, algorithm }),
    }?;
    if found == expected { Ok(()) } else { Err(RecordError::Differs { path }) }
}

fn hash_of<R: Read + Seek, D: Digest + Update>(
    archive: &mut WheelArchive<R>,
    index: usize,
) -> Result<String, RecordError> {
    let mut hasher = IoWrapper(D::new());
    archive.unpack(index, &mut hasher)?;
    Ok(URL_SAFE_NO_PAD.encode(hasher.0.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_testkit::WheelBuilder;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn wheel() -> WheelBuilder {
        WheelBuilder::new("stats", "1")
            .file("stats/__init__.py", "import orca\n")
            .file("stats/größe, x.py", "")
    }

    /// `expected` is the error, or empty.
    fn check(wheel: &WheelBuilder, expected: &str) {
        let mut archive = WheelArchive::open(Cursor::new(wheel.build())).unwrap();
        let error = verify_record(&mut archive).err().map(|error| error.to_string());
        assert_eq!(error.unwrap_or_default(), expected);
    }

    /// A wheel of one module whose row in `RECORD` has this hash and size.
    fn with_row(hash_and_size: &str) -> WheelBuilder {
        let others = ["METADATA", "WHEEL"];
        let wheel = WheelBuilder::new("a", "1").file("a.py", "import orca\n");
        let mut archive = WheelArchive::open(Cursor::new(wheel.build())).unwrap();
        let index = archive.find("a-1.dist-info/RECORD").unwrap();
        let mut record = Vec::new();
        archive.unpack(index, &mut record).unwrap();
        let record = String::from_utf8(record).unwrap();
        let kept = record.lines().filter(|line| others.iter().any(|name| line.contains(name)));
        let rows: String = kept.map(|line| format!("{line}\r\n")).collect();
        wheel.replace("RECORD", format!("a.py,{hash_and_size}\r\n{rows}a-1.dist-info/RECORD,,\r\n"))
    }

    const SHA256: &str = "9h_IbRCi2QcSzwuE4H388IJURdgNTWIHbYlsS-dAXlk";

    #[test]
    fn a_whole_wheel() {
        check(&wheel(), "");
        check(&with_row(&format!("sha256={SHA256},12")), "");
        check(&with_row(&format!("sha256={SHA256},")), "");
        check(&with_row(&format!("\"sha256={SHA256}\",\"12\"")), "");
    }

    #[test]
    fn stronger_hashes() {
        let of = |digest: &[u8]| URL_SAFE_NO_PAD.encode(digest);
        check(&with_row(&format!("sha384={},12", of(&Sha384::digest("import orca\n")))), "");
        check(&with_row(&format!("sha512={},12", of(&Sha512::digest("import orca\n")))), "");
    }

    #[test]
    fn weak_and_unknown_algorithms() {
        for algorithm in ["md5", "sha1", "SHA256", "blake2b", ""] {
            let expected = format!(
                "`RECORD` has a hash of the kind `{algorithm}` for `a.py`: build the wheel again with sha256"
            );
            check(&with_row(&format!("{algorithm}={SHA256},12")), &expected);
        }
    }

    #[test]
    fn changed_files() {
        let expected = "The file `stats/__init__.py` is not the one that `RECORD` was written for: download or build the wheel again";
        check(&wheel().replace("stats/__init__.py", "import orcb\n"), expected);
        let padded =
            "The file `a.py` is not the one that `RECORD` was written for: download or build the wheel again";
        check(&with_row(&format!("sha256={SHA256}=,12")), padded);
        let expected = "The file `a.py` has 12 bytes and not the 13 that `RECORD` says: download or build the wheel again";
        check(&with_row(&format!("sha256={SHA256},13")), expected);
    }

    #[test]
    fn files_and_rows_without_each_other() {
        let expected = "The file `x.py` is not listed in `RECORD`: build the wheel again";
        check(&wheel().unrecorded("x.py", ""), expected);
        let expected =
            "The file `stats/__init__.py` is listed in `RECORD` and not in the wheel: build the wheel again";
        check(&wheel().omit("stats/__init__.py"), expected);
        check(&wheel().unrecorded("stats-1.dist-info/RECORD.jws", "{}"), "");
        check(&with_row(","), "`RECORD` has no hash for `a.py`: build the wheel again");
    }

    #[test]
    fn a_row_twice() {
        let row = format!("sha256={SHA256},12\r\na.py,sha256={SHA256},12");
        check(&with_row(&row), "");
        let row = format!("sha256={SHA256},12\r\na.py,sha256=x,12");
        check(&with_row(&row), "`RECORD` lists the file `a.py` in two ways: build the wheel again");
    }

    #[test]
    fn rows_that_are_none() {
        let expected = |line| {
            format!(
                "Line {line} of `RECORD` is not a row of a path, a hash and a size: build the wheel again"
            )
        };
        for record in ["a", "a,b", "a,b,1", ",sha256=x,1", "a,sha256=x,many", "a,,-1", "a,,1,"] {
            check(&wheel().replace("RECORD", format!("x,,\n{record}\n")), &expected(2));
        }
        check(&wheel().replace("RECORD", b"x,,\n\xff,,\n"), &expected(2));
    }

    #[test]
    fn no_record() {
        let expected = "The wheel has no file `stats-1.dist-info/RECORD`: build it with a Python build tool";
        check(&wheel().omit("RECORD"), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read_record(&bytes);
        }
    }
}
