//! A preset file of the slicer's: any bytes are presets, or an error that names the file.

use std::fs;

use matriline_files::read_presets;

pub(crate) fn check(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("There is room for a file");
    let path = folder.path().join("preset.json");
    fs::write(&path, bytes).expect("There is room for a file");
    match read_presets(folder.path()) {
        Ok(bundle) => {
            let all = [&bundle.prints, &bundle.printers, &bundle.filaments];
            assert!(all.iter().map(|presets| presets.presets.len()).sum::<usize>() <= 1);
        }
        Err(error) => assert_eq!(error.path(), path, "{error}"),
    }
}
