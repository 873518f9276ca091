//! What can be imported from a folder of packages, and from which distribution it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use matriline_manifest::{RecordEntry, read_record};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{EnvironmentError, hex};

/// A top-level name that can be imported.
///
/// Two environments agree on a name if their rows for it are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImportName {
    /// The module or package, for example `yaml`.
    pub name: String,
    /// The distribution it is from, for example `PyYAML`.
    pub distribution: String,
    /// Its version.
    pub version: String,
    /// A hash of the files that the distribution installs under that name.
    pub content: String,
}

/// The names in `packages`, from the `RECORD` of each distribution.
pub(crate) fn read(packages: &Path) -> Result<Vec<ImportName>, EnvironmentError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(packages).map_err(EnvironmentError::io("read", packages))? {
        let folder = entry.map_err(EnvironmentError::io("read", packages))?.path();
        if folder.extension().is_some_and(|ending| ending == "dist-info") {
            names.append(&mut of_distribution(&folder)?);
        }
    }
    names.sort();
    Ok(names)
}

fn of_distribution(folder: &Path) -> Result<Vec<ImportName>, EnvironmentError> {
    let metadata = folder.join("METADATA");
    let text = fs::read(&metadata).map_err(EnvironmentError::io("read", &metadata))?;
    let text = String::from_utf8_lossy(&text);
    let (distribution, version) = (header(&text, "Name"), header(&text, "Version"));
    let record = folder.join("RECORD");
    let rows = fs::read(&record).map_err(EnvironmentError::io("read", &record))?;
    let rows = read_record(&rows)
        .map_err(|error| EnvironmentError::Record { path: record, reason: error.to_string() })?;
    let names = by_name(&rows).into_iter().map(|(name, rows)| ImportName {
        name: name.to_owned(),
        distribution: distribution.to_owned(),
        version: version.to_owned(),
        content: content(rows),
    });
    Ok(names.collect())
}

/// A field of core metadata, which stand before the first empty line.
fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let mut lines = text.lines().take_while(|line| !line.is_empty());
    let value = lines.find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)));
    value.map_or("", |(_, value)| value.trim())
}

/// The rows of files that belong to something importable, by its top-level name.
fn by_name(rows: &[RecordEntry]) -> BTreeMap<&str, Vec<&RecordEntry>> {
    let mut names: BTreeMap<&str, Vec<&RecordEntry>> = BTreeMap::new();
    let is_cache = |path: &str| path.split('/').any(|part| part == "__pycache__");
    for row in rows.iter().filter(|row| !is_cache(&row.path)) {
        let name = match row.path.split_once('/') {
            Some((folder, _)) => folder,
            None if is_module(&row.path) => row.path.split('.').next().unwrap_or_default(),
            None => continue,
        };
        if is_identifier(name) {
            names.entry(name).or_default().push(row);
        }
    }
    names.retain(|name, rows| {
        // the folder of programs is importable only if it says so
        let is_programs =
            matches!(*name, "bin" | "Scripts") && !rows.iter().any(|row| row.path.ends_with("/__init__.py"));
        !is_programs && rows.iter().any(|row| is_module(&row.path))
    });
    names
}

fn is_module(path: &str) -> bool {
    [".py", ".pyc", ".so", ".pyd"].iter().any(|ending| path.ends_with(ending))
}

fn is_identifier(name: &str) -> bool {
    let letters = |letter: char| letter.is_alphanumeric() || letter == '_';
    !name.is_empty() && name.chars().all(letters) && !name.starts_with(|first: char| first.is_numeric())
}

fn content(mut rows: Vec<&RecordEntry>) -> String {
    rows.sort_by(|one, other| one.path.cmp(&other.path));
    let mut hasher = Sha256::new();
    for row in rows {
        let (algorithm, hash) = row.hash.as_ref().map_or(("", ""), |(algorithm, hash)| (algorithm, hash));
        hasher.update(format!("{}\0{algorithm}={hash}\n", row.path));
    }
    hex(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paths: &[&str], expected: &[&str]) {
        let rows: String = paths.iter().map(|path| format!("{path},sha256=x,1\n")).collect();
        let rows = read_record(rows.as_bytes()).unwrap();
        let names: Vec<_> = by_name(&rows).into_keys().collect();
        assert_eq!(names, expected, "{paths:?}");
    }

    #[test]
    fn names() {
        check(&["six.py", "six-1.0.dist-info/RECORD"], &["six"]);
        check(&["_speed.cpython-311-x86_64-linux-gnu.so", "yaml/__init__.py"], &["_speed", "yaml"]);
        check(&["google/cloud/x.py"], &["google"]);
        check(
            &["bin/tool.py", "../bin/tool", "share/man/x.1", "numpy.libs/blas.so", "a.pth", "LICENSE"],
            &[],
        );
        check(&["bin/__init__.py"], &["bin"]);
        check(&["a/__pycache__/x.pyc", "a/data.json"], &[]);
    }

    #[test]
    fn content_is_that_of_the_files_of_the_name() {
        let of = |record: &str| {
            let rows = read_record(record.as_bytes()).unwrap();
            content(by_name(&rows).remove("a").unwrap())
        };
        let one = of("a/x.py,sha256=1,1\na/y.py,sha256=2,1\nb.py,sha256=3,1\n");
        assert_eq!(of("a/y.py,sha256=2,1\nb.py,sha256=9,1\na/x.py,sha256=1,1\n"), one);
        assert_ne!(of("a/x.py,sha256=1,1\na/y.py,sha256=8,1\n"), one);
    }

    #[test]
    fn headers() {
        let text = "Metadata-Version: 2.1\nname: PyYAML \nVersion: 6.0\n\nVersion: 7\n";
        assert_eq!(
            (header(text, "Name"), header(text, "Version"), header(text, "None")),
            ("PyYAML", "6.0", "")
        );
    }
}
