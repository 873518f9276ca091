//! Reads the manifest of a `.py` plugin.

use crate::block::{Finder, Found, start_of};
use crate::{Descriptor, Manifest, Position, Problem, bounds, plugin_key_from_stem, table};
use memchr::memrchr;
use std::io::{self, Read};
use std::str;

/// How much of a script is looked through by [`read_script_from`].
pub const MAX_SCRIPT_BYTES: u64 = 256 << 20;
/// How much of a script is in memory at once. Of a longer line only so much is looked at.
const PIECE_BYTES: usize = 256 << 10;
/// What most scripts fit in.
const USUAL_BYTES: usize = 16 << 10;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads a plugin's source file. `file_stem` is the file's name without `.py`, in the bytes the system gives.
///
/// A file without a metadata block is valid and has an empty name.
pub fn read_script(file_stem: impl AsRef<[u8]>, bytes: &[u8]) -> Manifest {
    let mut source = Source::new();
    source.push(bytes, true);
    source.finish(file_stem.as_ref())
}

/// Reads a plugin's source file as [`read_script`] does, in bounded memory.
///
/// Up to [`MAX_SCRIPT_BYTES`] are looked through; a longer file gets a warning.
///
/// # Errors
/// What the reader answers.
pub fn read_script_from(file_stem: impl AsRef<[u8]>, mut reader: impl Read) -> io::Result<Manifest> {
    let mut source = Source::new();
    let mut buffer = Vec::with_capacity(USUAL_BYTES);
    let mut left = MAX_SCRIPT_BYTES;
    loop {
        let room = left.min((PIECE_BYTES - buffer.len()) as u64);
        let count = reader.by_ref().take(room).read_to_end(&mut buffer)? as u64;
        left -= count;
        let is_last = count < room;
        let taken = source.push(&buffer, is_last);
        if is_last || source.not_utf8.is_some() {
            break;
        }
        if left == 0 {
            source.is_too_long = reader.read(&mut [0])? > 0;
            break;
        }
        buffer.drain(..taken);
    }
    Ok(source.finish(file_stem.as_ref()))
}

/// A source file, as far as it has been looked through.
struct Source {
    finder: Finder,
    is_at_start: bool,
    not_utf8: Option<Position>,
    is_too_long: bool,
}

impl Source {
    fn new() -> Self {
        Self { finder: Finder::new(), is_at_start: true, not_utf8: None, is_too_long: false }
    }

    /// Looks through the next bytes, to the end of their last line unless that is all of them, and tells how many
    /// those are.
    fn push(&mut self, bytes: &[u8], is_last: bool) -> usize {
        let line_end = memrchr(b'\n', bytes).map(|at| at + 1);
        let bytes = &bytes[..line_end.filter(|_| !is_last).unwrap_or(bytes.len())];
        let (text, fault) = match str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                // a character may go on behind a long line's piece
                let is_cut = error.error_len().is_none() && !is_last;
                let valid = str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
                (valid, (!is_cut).then_some(error))
            }
        };
        let taken = text.len();
        let text = text.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.is_at_start).unwrap_or(text);
        self.is_at_start &= taken == 0;
        if fault.is_some() {
            let (before, line) = text.rsplit_once('\n').unwrap_or(("", text));
            let ends = text.len() - before.len() - line.len() + before.matches('\n').count();
            let column = line.chars().count() + 1;
            self.not_utf8 = Some(Position { line: self.finder.line() + ends, column });
        }
        self.finder.push(text);
        taken
    }

    fn finish(self, file_stem: &[u8]) -> Manifest {
        let mut descriptor =
            Descriptor { plugin_key: plugin_key_from_stem(file_stem), ..Descriptor::default() };
        let Found { block, mut problems } = self.finder.finish();
        if let Some(block) = block {
            table::read(&block, &mut descriptor, &mut problems);
        }
        if let Some(place) = self.not_utf8 {
            // whatever else is wrong may come from the characters that cannot be read
            let message = "The file is not UTF-8: save it with the encoding UTF-8";
            problems = vec![Problem::error(message).at(place)];
        }
        if self.is_too_long {
            let message = format!(
                "The file is larger than {MAX_SCRIPT_BYTES} bytes, only those are searched for a metadata block: write it at the top"
            );
            problems.push(Problem::warning(message).at(start_of(1)));
        }
        bounds::limit(&mut problems);
        Manifest { descriptor, problems }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The manifest of a file whose block holds `toml`.
    fn with_block(toml: &str) -> Manifest {
        let lines: String = toml.lines().map(|line| format!("# {line}\n")).collect();
        read_script("stem", format!("# /// script\n{lines}# ///\nimport orca\n").as_bytes())
    }

    fn shown(manifest: &Manifest) -> Vec<String> {
        manifest.problems.iter().map(|problem| format!("{:?} {problem}", problem.severity)).collect()
    }

    fn check(toml: &str, problems: &[&str]) {
        assert_eq!(shown(&with_block(toml)), problems, "problems of {toml}");
    }

    #[test]
    fn a_whole_block() {
        let manifest = with_block(concat!(
            "requires-python = '>=3.12'\n",
            "dependencies = [\n  'requests>=2.31,<3', # a comment\n  'numpy',\n]\n",
            "[tool.orcaslicer.plugin]\n",
            "name = 'Stamp'\ndescription = 'Adds a \"stamp\"'\nauthor = 'Jörg'\nversion = '1.2.0'\n",
        ));
        let expected = Descriptor {
            plugin_key: "stem".to_owned(),
            name: "Stamp".to_owned(),
            description: "Adds a \"stamp\"".to_owned(),
            author: "Jörg".to_owned(),
            version: "1.2.0".to_owned(),
            dependencies: vec!["requests>=2.31,<3".to_owned(), "numpy".to_owned()],
            requires_python: Some(">=3.12".to_owned()),
            ..Descriptor::default()
        };
        assert_eq!(manifest, Manifest { descriptor: expected, problems: Vec::new() });
    }

    #[test]
    fn no_block_is_valid_and_nameless() {
        let manifest = read_script("my plugin", b"import orca\n");
        assert!(manifest.is_valid());
        assert_eq!(manifest.descriptor.plugin_key, "my_plugin");
        assert_eq!(manifest.descriptor.name, "");
    }

    #[test]
    fn a_byte_order_mark_hides_nothing() {
        let text = "\u{feff}# /// script\r\n# [tool.orcaslicer.plugin]\r\n# name = 'a'\r\n# ///\r\n";
        assert_eq!(read_script("a", text.as_bytes()).descriptor.name, "a");
    }

    #[test]
    fn other_encodings_are_errors() {
        let manifest = read_script("a", b"x = 1\n# \xc3\xa9t\xe9\n");
        let expected = "Error Line 2, column 5: The file is not UTF-8: save it with the encoding UTF-8";
        assert_eq!(shown(&manifest), [expected]);
    }

    #[test]
    fn separators_in_names_are_replaced() {
        let manifest = with_block("[tool.orcaslicer.plugin]\nname = 'a;b'");
        assert_eq!(manifest.descriptor.name, "a_b");
        let expected = "Warning Line 3, column 10: The name `a;b` contains `;`, which separates the parts of a reference: it is shown as `a_b`";
        assert_eq!(shown(&manifest), [expected]);
    }

    #[test]
    fn unknown_keys_are_notes() {
        check(
            "[tool.orcaslicer.plugin]\nname = 'a'\ntype = 'script'",
            &["Note Line 4, column 3: The key `type` has no meaning in `[tool.orcaslicer.plugin]`"],
        );
        check("colour = 1", &["Note Line 2, column 3: The key `colour` has no meaning in a metadata block"]);
    }

    #[test]
    fn keys_in_the_wrong_case() {
        check(
            "Dependencies = []\n[tool.orcaslicer.plugin]\nName = 'a'\nVERSION = '1'",
            &[
                "Warning Line 2, column 3: The key `Dependencies` has no effect, capital letters matter: write `dependencies`",
                "Warning Line 4, column 3: The key `Name` has no effect, capital letters matter: write `name`",
                "Warning Line 5, column 3: The key `VERSION` has no effect, capital letters matter: write `version`",
            ],
        );
    }

    #[test]
    fn names_that_show_badly() {
        check(
            "[tool.orcaslicer.plugin]\nname = ' '",
            &["Warning Line 3, column 10: The name is empty: write one, `name = \"…\"`"],
        );
        check("[tool.orcaslicer.plugin]\nname = 'a\\nb'\n", &[]);
        check(
            "[tool.orcaslicer.plugin]\nname = \"a\\nb\"\n",
            &["Warning Line 3, column 10: The name has more than one line: write it in one"],
        );
    }

    #[test]
    fn problems_and_messages_are_bounded() {
        let keys: String = (0..6000).map(|index| format!("a{index} = 1\n")).collect();
        let entries = format!("dependencies = [{}]", "1,".repeat(20_000));
        let range = format!("requires-python = '{}'", "x".repeat(48_000));
        for toml in [keys, entries, range] {
            let problems = with_block(&toml).problems;
            assert!(problems.len() <= 51, "{} problems", problems.len());
            assert!(problems.iter().all(|problem| problem.message.len() < 500), "{problems:?}");
        }
    }

    #[test]
    fn unknown_keys_are_kept() {
        let found = with_block(concat!(
            "colour = 1\n[tool.orcaslicer.plugin]\ntype = 'script'\n",
            "[tool.orcaslicer.plugin.network]\nhosts = ['a', 'b'] # why\n[tool.orcaslicer.plugin.network.x]\ny = {}\n",
        ));
        let expected = [
            ("colour", "1"),
            ("tool.orcaslicer.plugin.network.hosts", "['a', 'b']"),
            ("tool.orcaslicer.plugin.network.x.y", "{}"),
            ("tool.orcaslicer.plugin.type", "script"),
        ];
        let extra = found.descriptor.extra.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        assert!(extra.eq(expected), "{:?}", found.descriptor.extra);
    }

    #[test]
    fn settings_are_texts() {
        let found = with_block(
            "[tool.orcaslicer.plugin.settings]\nspeed = \"fast\"\nlimit = 1_000\n[tool.orcaslicer.plugin.settings.a]\nb = true",
        );
        let expected = [("a.b", "true"), ("limit", "1_000"), ("speed", "fast")];
        let settings = found.descriptor.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        assert!(settings.eq(expected), "{:?}", found.descriptor.settings);
        assert!(found.problems.is_empty());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let name = "k".repeat(20_000);
        let keys: String = (0..2000).map(|index| format!("a{index} = 1\n")).collect();
        let found = with_block(&format!("[{name}]\n{keys}"));
        let kept: usize = found.descriptor.extra.iter().map(|(key, value)| key.len() + value.len()).sum();
        assert!((20_000..33_000).contains(&kept), "{kept}");
    }

    #[test]
    fn tables_of_other_tools_are_theirs() {
        check("[tool.uv]\ndependencies = 1", &[]);
    }

    #[test]
    fn tables_that_were_meant_for_the_plugin() {
        for table in ["tool.orca.plugin", "tool.OrcaSlicer.plugin", "plugin", "orcaslicer", "project"] {
            let manifest = with_block(&format!("[{table}]\nname = 'a'"));
            let message = manifest.problems[0].to_string();
            assert!(message.ends_with("has no effect: write `[tool.orcaslicer.plugin]`"), "{message}");
            assert_eq!(manifest.descriptor.extra.len(), 1);
        }
        check(
            "[tool.orcaslicer.plugins]\nname = 'a'",
            &[
                "Warning Line 2, column 20: `[tool.orcaslicer.plugins]` has no effect: write `[tool.orcaslicer.plugin]`",
            ],
        );
        check(
            "[tool.orcaslicer]\nname = 'a'\nx = 1",
            &[
                "Warning Line 3, column 3: `name` has no effect in `[tool.orcaslicer]`: write it below `[tool.orcaslicer.plugin]`",
                "Note Line 4, column 3: The key `x` has no meaning in `[tool.orcaslicer]`",
            ],
        );
    }

    #[test]
    fn requirements_versions_and_ranges() {
        check(
            "dependencies = [\n 'numpy=2.0',\n]",
            &[
                "Error Line 3, column 4: `numpy=2.0` is not a valid requirement (no such comparison operator \"=\", must be one of ~= == != <= >= < > ===): write `numpy==2.0`",
            ],
        );
        check(
            "requires-python = '3.10+'",
            &[
                "Warning Line 2, column 21: The range of Python versions `3.10+` is not valid: write one like `>=3.10` or `>=3.10,<4`",
            ],
        );
        check(
            "[tool.orcaslicer.plugin]\nversion = 'spring'",
            &[
                "Note Line 3, column 13: The version `spring` cannot be compared with others: write numbers, like `1.2.0`",
            ],
        );
    }

    #[test]
    fn wrong_types_name_what_to_write() {
        check(
            "[tool.orcaslicer.plugin]\nversion = 1.0",
            &["Error Line 3, column 13: `version` is a float: write a text, `version = \"…\"`"],
        );
        check(
            "dependencies = 'numpy'",
            &[
                "Error Line 2, column 18: `dependencies` is a string: write a list of texts, `dependencies = [\"…\"]`",
            ],
        );
        check(
            "dependencies = ['a', 2]",
            &["Error Line 2, column 24: An entry of `dependencies` is an integer: write a text, `\"…\"`"],
        );
        check(
            "tool = 1",
            &["Error Line 2, column 10: `tool` is an integer: write a table, `[tool.orcaslicer.plugin]`"],
        );
    }

    #[test]
    fn keys_in_the_wrong_place() {
        check(
            "[tool.orcaslicer.plugin]\nname = 'a'\ndependencies = []",
            &[
                "Warning Line 4, column 3: `dependencies` has no effect in `[tool.orcaslicer.plugin]`: write it above the table",
            ],
        );
        check(
            "name = 'a'",
            &[
                "Warning Line 2, column 3: `name` has no effect here: write it below `[tool.orcaslicer.plugin]`",
            ],
        );
    }

    #[test]
    fn broken_toml_gives_its_place_and_what_can_be_read() {
        let manifest = with_block(
            "dependencies = ['a,b'\n[tool.orcaslicer.plugin]\nname = Header stamp\nversion = 1.2.0\nauthor = 'b'",
        );
        let found = &manifest.descriptor;
        let found =
            (found.name.as_str(), found.version.as_str(), found.author.as_str(), &found.dependencies[..]);
        assert_eq!(found, ("Header stamp", "1.2.0", "b", &["a,b".to_owned()][..]));
        let expected = "Error Line 3, column 3: The metadata block is not valid TOML: a list is not closed, write `]` after its last entry";
        assert_eq!(shown(&manifest), [expected]);
    }

    // 13.2, fault 1: a comma inside a quoted requirement
    #[test]
    fn a_comma_inside_quotes_parts_nothing() {
        assert_eq!(
            with_block("dependencies = ['requests>=2.31,<3']").descriptor.dependencies,
            ["requests>=2.31,<3"]
        );
    }

    // 13.2, fault 2: other tables, remarks behind values, escapes
    #[test]
    fn tables_remarks_and_escapes() {
        let manifest = with_block(
            "[tool.x]\ndependencies = ['a']\n[tool.orcaslicer.plugin]\nname = \"a\\u00e9\" # a remark",
        );
        assert_eq!((manifest.descriptor.name.as_str(), manifest.descriptor.dependencies.len()), ("aé", 0));
    }

    /// The same file whole and in pieces of any size.
    fn check_streamed(bytes: &[u8], pieces: &[usize]) {
        struct Pieces<'a>(&'a [u8], std::iter::Cycle<std::slice::Iter<'a, usize>>);
        impl Read for Pieces<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let count = (*self.1.next().unwrap_or(&1)).clamp(1, out.len()).min(self.0.len());
                out[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let streamed = read_script_from("stem", Pieces(bytes, pieces.iter().cycle())).unwrap();
        assert_eq!(streamed, read_script("stem", bytes));
    }

    const NAMED: &str = "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'é'\n# ///\n";

    #[test]
    fn a_block_behind_a_megabyte() {
        let source = format!("{}{NAMED}{}", "x = 1 # größe\n".repeat(70_000), "y\n".repeat(70_000));
        check_streamed(source.as_bytes(), &[70_001, 3]);
        let manifest = read_script_from("a", source.as_bytes()).unwrap();
        assert_eq!(manifest.descriptor.name, "é");
        let source = [source.as_bytes(), b"\xff"].concat();
        check_streamed(&source, &[9000]);
    }

    #[test]
    fn a_line_that_is_longer_than_a_piece() {
        let source = format!("x = '{}'\n{NAMED}", "é".repeat(PIECE_BYTES));
        let manifest = read_script_from("a", source.as_bytes()).unwrap();
        assert_eq!((manifest.descriptor.name.as_str(), manifest.problems), ("é", Vec::new()));
        // the line's middle begins like a block
        let source = format!("{}{NAMED}", "x".repeat(PIECE_BYTES));
        assert_eq!(read_script_from("a", source.as_bytes()).unwrap().descriptor.name, "");
    }

    #[test]
    fn only_so_much_is_looked_through() {
        let long = io::repeat(b'\n').take(MAX_SCRIPT_BYTES).chain(NAMED.as_bytes());
        let expected = "Warning Line 1, column 1: The file is larger than 268435456 bytes, only those are searched for a metadata block: write it at the top";
        let manifest = read_script_from("a", long).unwrap();
        assert_eq!((manifest.descriptor.name.as_str(), shown(&manifest)), ("", vec![expected.to_owned()]));
    }

    #[test]
    fn adjacent_blocks_are_told_apart() {
        let toml = "[tool.orcaslicer.plugin]\nname = 'a'\n///\n/// script\nx = 1";
        let manifest = with_block(toml);
        let expected = "Error Line 4, column 3: A block ends with the last `# ///` of a run of comment lines: write an empty line after the first `# ///`, and keep one `script` block";
        assert_eq!(shown(&manifest), [expected]);
    }

    #[test]
    fn an_unclosed_block_still_gives_its_name() {
        let manifest = read_script("a", b"# /// script\n# [tool.orcaslicer.plugin]\n# name = 'a'\n");
        assert_eq!(manifest.descriptor.name, "a");
        assert!(!manifest.is_valid());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            read_script("a", &bytes);
            check_streamed(&bytes, &[1, 7]);
        }

        #[test]
        fn any_block_is_read(toml in "([a-z]{1,3}|[\\[\\]{}.,='\"\\\\ ]|tool.orcaslicer.plugin|name|\n){0,24}") {
            with_block(&toml);
        }
    }
}
