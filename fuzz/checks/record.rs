//! A `RECORD`: any bytes are rows or an error, and in a wheel that is sound otherwise it is believed only if it lists
//! the files as they are.

use matriline_manifest::{WheelArchive, read_record, verify_record};
use matriline_testkit::WheelBuilder;
use std::io::Cursor;

pub(crate) fn check(bytes: &[u8]) {
    let rows = read_record(bytes);
    for row in rows.iter().flatten() {
        assert!(!row.path.is_empty());
    }

    let wheel = WheelBuilder::new("a", "1").file("a.py", "import orca\n").replace("RECORD", bytes);
    let mut archive = WheelArchive::open(Cursor::new(wheel.build())).expect("The archive is sound");
    if verify_record(&mut archive).is_err() {
        return;
    }
    let rows = rows.expect("A record that is believed can be read");
    for member in archive.members().iter().filter(|member| !member.path.ends_with("/RECORD")) {
        let mut own = rows.iter().filter(|row| row.path == member.path).peekable();
        assert!(own.peek().is_some(), "{} is not listed", member.path);
        for row in own {
            assert!(row.size.is_none_or(|size| size == member.size), "{row:?}");
            let (algorithm, hash) = row.hash.as_ref().expect("Every file has a hash");
            assert!(["sha256", "sha384", "sha512"].contains(&algorithm.as_str()), "{row:?}");
            assert!((43..=86).contains(&hash.len()), "{row:?}");
        }
    }
    for row in &rows {
        assert!(archive.find(&row.path).is_some(), "{} is not there", row.path);
    }
}
