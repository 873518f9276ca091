//! The cache of a scan: whatever its file holds, the scan finds what it finds without it.

use matriline_catalog::{Catalog, ScanControl, ScanOptions, Scanner};
use matriline_manifest::Target;
use matriline_testkit::DataFolder;
use std::fs;

thread_local! {
    static DATA: DataFolder = {
        let data = DataFolder::new();
        data.add_script("a", "a.py", "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'A'\n# ///\n");
        data.add_script("b", "b.py", "");
        data.add_script("b", ".install_state.json", "{}");
        fs::create_dir_all(data.path().join("cache/matriline")).expect("Folders can be made");
        data
    };
}

pub(crate) fn check(bytes: &[u8]) {
    // with the right frame, so that what is behind the checksum is looked at
    let checksum = crc32fast::hash(bytes).to_le_bytes();
    let framed = [b"matriline catalog 2\n", &checksum[..], bytes].concat();
    DATA.with(|data| {
        let options = ScanOptions::new(Target::of_this_build(11));
        let expected = Catalog::scan(data.path(), &options);
        for file in [bytes, &framed] {
            fs::write(data.path().join("cache/matriline/catalog"), file).expect("Files can be written");
            let mut scanner = Scanner::new(data.path(), options.clone());
            let found = scanner.scan(&ScanControl::new()).expect("Nobody cancels it");
            assert_eq!(found.entries(), expected.entries());
        }
    });
}
