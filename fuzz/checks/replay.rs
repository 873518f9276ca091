//! Runs a check over the committed corpus of its fuzz target.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

pub(crate) fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = files.map(|file| file.expect("The corpus can be listed").path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "{} is empty", folder.display());
    let fails = |input: &&Path| {
        let bytes = fs::read(input).unwrap_or_else(|error| panic!("{}: {error}", input.display()));
        catch_unwind(|| check(&bytes)).is_err()
    };
    let failed: Vec<_> = inputs.iter().map(AsRef::as_ref).filter(fails).collect();
    assert!(failed.is_empty(), "These inputs of `{target}` fail, as told above: {failed:#?}");
}
