use std::env;
use std::fs::File;
use std::io::Write;

/// Names the file that gathers what the tests of a run have to say; without it, that goes to standard error.
const REPORT: &str = "MATRILINE_TEST_REPORT";

/// Says what a test that passes found: a figure, a number of cases.
///
/// The runners hide the output of a test that passes, so `cargo xtask test` gathers these lines and prints them at the
/// end. A line that can't be written is lost.
pub fn report(text: &str) {
    let program = env::current_exe().unwrap_or_default();
    let stem = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // cargo adds a hash to the name of a test's program
    let test = stem.rsplit_once('-').map_or(stem.as_str(), |(name, _)| name);
    let line = format!("{test}: {text}\n");
    match env::var_os(REPORT).and_then(|path| File::options().append(true).create(true).open(path).ok()) {
        Some(mut file) => drop(file.write_all(line.as_bytes())),
        None => drop(std::io::stderr().write_all(line.as_bytes())),
    }
}

/// Says that a test, or a part of it, can't be tried on this machine, and why. `cargo xtask test` counts these.
pub fn skip(why: &str) {
    report(&format!("skipped: {why}"));
}
