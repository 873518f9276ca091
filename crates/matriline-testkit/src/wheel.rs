use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Builds a wheel: a zip with modules, `METADATA`, `WHEEL` and a `RECORD` with the sha256 of each file.
///
/// Without further calls the result is valid and pure Python (`py3-none-any`).
/// `replace`, `omit` and `unrecorded` make the broken ones.
/// The bytes depend on the calls alone, never on the time.
#[derive(Clone, Debug)]
pub struct WheelBuilder {
    name: String,
    version: String,
    tags: Vec<String>,
    headers: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    unrecorded: Vec<(String, Vec<u8>)>,
    replaced: Vec<(String, Option<Vec<u8>>)>,
}

impl WheelBuilder {
    /// A wheel of the distribution `name`, without any module yet.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            tags: vec!["py3-none-any".to_owned()],
            headers: Vec::new(),
            files: Vec::new(),
            unrecorded: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// Adds a file at its path inside the wheel, for example `stats/__init__.py`.
    pub fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((path.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    /// Adds a line to `METADATA`, for example `Requires-Dist` or `Summary`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the compatibility tags, for example `cp311-cp311-linux_x86_64`; the first one is in the file's name.
    pub fn tags(mut self, tags: &[&str]) -> Self {
        self.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        self
    }

    /// Adds an entry that `RECORD` does not know; the name goes into the zip as it stands.
    pub fn unrecorded(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.unrecorded.push((path.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    /// Replaces the bytes of a finished file, for example `METADATA` or a module, and leaves `RECORD` as it was.
    ///
    /// A name without a folder means the file in `.dist-info`.
    pub fn replace(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.replaced.push((self.inside(path), Some(bytes.as_ref().to_vec())));
        self
    }

    /// Leaves a finished file out, for example `WHEEL`, with `RECORD` as it was.
    pub fn omit(mut self, path: &str) -> Self {
        self.replaced.push((self.inside(path), None));
        self
    }

    /// The name a wheel of this distribution has, for example `print_stats-1.0.0-py3-none-any.whl`.
    pub fn file_name(&self) -> String {
        let tag = self.tags.first().map_or("py3-none-any", String::as_str);
        format!("{}-{}-{tag}.whl", self.escaped_name(), self.version)
    }

    /// The bytes of the wheel.
    pub fn build(&self) -> Vec<u8> {
        let mut files = self.files.clone();
        files.push((self.inside("METADATA"), self.metadata().into_bytes()));
        files.push((self.inside("WHEEL"), self.wheel().into_bytes()));
        files.push((self.inside("RECORD"), self.record(&files).into_bytes()));
        for (path, bytes) in &self.replaced {
            let index = files.iter().position(|(name, _)| name == path);
            let index = index.unwrap_or_else(|| panic!("The wheel has no file `{path}`"));
            match bytes {
                Some(bytes) => files[index].1.clone_from(bytes),
                None => drop(files.remove(index)),
            }
        }
        files.extend(self.unrecorded.iter().cloned());
        pack(&files)
    }

    fn metadata(&self) -> String {
        let mut text = format!("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", self.name, self.version);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\n");
        }
        text
    }

    fn wheel(&self) -> String {
        let mut text = "Wheel-Version: 1.0\nGenerator: matriline-testkit\nRoot-Is-Purelib: true\n".to_owned();
        for tag in &self.tags {
            text += &format!("Tag: {tag}\n");
        }
        text
    }

    fn record(&self, files: &[(String, Vec<u8>)]) -> String {
        let mut text = String::new();
        for (path, bytes) in files {
            let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
            text += &format!("{},sha256={hash},{}\n", csv_field(path), bytes.len());
        }
        text + &format!("{},,\n", self.inside("RECORD"))
    }

    fn inside(&self, path: &str) -> String {
        if path.contains('/') {
            return path.to_owned();
        }
        format!("{}-{}.dist-info/{path}", self.escaped_name(), self.version)
    }

    /// The distribution's name as file names carry it (binary distribution format, "Escaping and Unicode").
    fn escaped_name(&self) -> String {
        let mut escaped = String::new();
        for letter in self.name.chars() {
            match letter {
                '-' | '_' | '.' if escaped.ends_with('_') => {}
                '-' | '_' | '.' => escaped.push('_'),
                _ => escaped.extend(letter.to_lowercase()),
            }
        }
        escaped
    }
}

/// A field of comma-separated values, in quotes if it needs them (RFC 4180).
fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // the default time of an entry is the first moment a zip can name, not now
    let options = SimpleFileOptions::default();
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options)
            .unwrap_or_else(|error| panic!("`{path}` can't be packed: {error}"));
        zip.write_all(bytes).expect("Memory takes what is written");
    }
    zip.finish().expect("Memory takes what is written").into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use zip::ZipArchive;

    fn stats() -> WheelBuilder {
        WheelBuilder::new("Print.-Stats", "1.0.0").file("stats/__init__.py", "import orca\n")
    }

    fn text_of(wheel: &WheelBuilder, path: &str) -> Option<String> {
        let mut archive = ZipArchive::new(Cursor::new(wheel.build())).unwrap();
        let mut text = String::new();
        archive.by_name(path).ok()?.read_to_string(&mut text).unwrap();
        Some(text)
    }

    #[test]
    fn the_file_name_is_escaped() {
        assert_eq!(stats().file_name(), "print_stats-1.0.0-py3-none-any.whl");
    }

    #[test]
    fn metadata_carries_headers_in_order() {
        let wheel = stats().header("Requires-Dist", "a").header("Requires-Dist", "b");
        let expected =
            "Metadata-Version: 2.1\nName: Print.-Stats\nVersion: 1.0.0\nRequires-Dist: a\nRequires-Dist: b\n";
        assert_eq!(text_of(&wheel, "print_stats-1.0.0.dist-info/METADATA").unwrap(), expected);
    }

    #[test]
    fn record_names_every_file_with_its_hash() {
        let record = text_of(&stats(), "print_stats-1.0.0.dist-info/RECORD").unwrap();
        let lines: Vec<_> = record.lines().collect();
        assert_eq!(lines[0], "stats/__init__.py,sha256=9h_IbRCi2QcSzwuE4H388IJURdgNTWIHbYlsS-dAXlk,12");
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[3], "print_stats-1.0.0.dist-info/RECORD,,");
    }

    #[test]
    fn record_quotes_names_with_commas() {
        let record = text_of(&stats().file("a,b\".py", ""), "print_stats-1.0.0.dist-info/RECORD").unwrap();
        assert!(record.contains("\n\"a,b\"\".py\",sha256="), "{record}");
    }

    #[test]
    fn a_replaced_file_keeps_its_record() {
        let wheel = stats().replace("stats/__init__.py", "import sys\n");
        let record = "print_stats-1.0.0.dist-info/RECORD";
        assert_eq!(text_of(&wheel, "stats/__init__.py").unwrap(), "import sys\n");
        assert_eq!(text_of(&wheel, record), text_of(&stats(), record));
    }

    #[test]
    fn an_omitted_file_is_not_there() {
        assert_eq!(text_of(&stats().omit("WHEEL"), "print_stats-1.0.0.dist-info/WHEEL"), None);
    }

    #[test]
    fn an_unrecorded_entry_keeps_its_name() {
        assert_eq!(text_of(&stats().unrecorded("../x", "y"), "../x").unwrap(), "y");
    }

    #[test]
    fn the_same_calls_give_the_same_bytes() {
        assert_eq!(stats().build(), stats().build());
    }
}
