//! Reads the manifest of a `.py` plugin.

use crate::{Descriptor, Manifest, Position, Problem, block, plugin_key_from_stem, table};
use std::str;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a plugin's source file. `file_stem` is the file's name without `.py`, in the bytes the system gives.
///
/// A file without a metadata block is valid and has an empty name.
pub fn read_script(file_stem: impl AsRef<[u8]>, bytes: &[u8]) -> Manifest {
    let mut descriptor = Descriptor { plugin_key: plugin_key_from_stem(file_stem), ..Descriptor::default() };
    let mut problems = Vec::new();
    match str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            if let Some(block) = block::find(text, &mut problems) {
                table::read(&block, &mut descriptor, &mut problems);
            }
        }
        Err(error) => problems.push(not_utf8(&bytes[..error.valid_up_to()])),
    }
    problems.sort_by_key(|problem| problem.position);
    Manifest { descriptor, problems }
}

fn not_utf8(valid: &[u8]) -> Problem {
    let text = str::from_utf8(valid).unwrap_or_default();
    let start = text.rfind('\n').map_or(0, |at| at + 1);
    let line = text.matches('\n').count() + 1;
    let column = text[start..].chars().filter(|&letter| letter != BYTE_ORDER_MARK).count() + 1;
    Problem::error("The file is not UTF-8: save it with the encoding UTF-8").at(Position { line, column })
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
            entry_package: None,
            dependencies: vec!["requests>=2.31,<3".to_owned(), "numpy".to_owned()],
            requires_python: Some(">=3.12".to_owned()),
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
    fn tables_of_other_tools_are_theirs() {
        check("[tool.uv]\ndependencies = 1\n[tool.orcaslicer]\nx = 1", &[]);
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
        let manifest = with_block("[tool.orcaslicer.plugin]\nname = 'a'\nversion = 1.2.0\nauthor = 'b'");
        assert_eq!(manifest.descriptor.name, "a");
        assert_eq!(manifest.problems.len(), 1);
        assert_eq!(manifest.problems[0].position.unwrap().line, 4);
        assert!(!manifest.is_valid());
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
        }

        #[test]
        fn any_block_is_read(toml in "([a-z]{1,3}|[\\[\\]{}.,='\"\\\\ ]|tool.orcaslicer.plugin|name|\n){0,24}") {
            with_block(&toml);
        }
    }
}
