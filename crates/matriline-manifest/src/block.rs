//! Finds the `script` block of a source file, by the grammar of PEP 723.
//!
//! A block is `# /// script`, a run of lines that are `#` or begin with `# `, and `# ///`. The run goes as far as it
//! can: the last `# ///` in it ends the block. The finder takes the file in pieces and keeps the lines of one block
//! at most, so that a file of any size costs the memory of a block.

use crate::run::{Run, SCRIPT, opened_kind};
use crate::{Position, Problem};
use memchr::memmem;
use memchr::{memchr, memchr_iter, memrchr};
use std::sync::LazyLock;

/// The largest block that is read; real ones have a few hundred bytes.
pub(crate) const MAX_BLOCK_BYTES: usize = 64 << 10;

/// The text of a block, and where its lines stand in the file.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// The lines without their `# `, each with a line end.
    pub(crate) toml: String,
    /// The offset in `toml` of each line's first character, and its place in the file.
    starts: Vec<(usize, Position)>,
}

impl Block {
    /// An empty block with room for a usual one.
    pub(crate) fn new() -> Self {
        Self { toml: String::with_capacity(512), starts: Vec::with_capacity(16) }
    }

    /// Adds the text of a line that begins at `place`.
    pub(crate) fn push(&mut self, content: &str, place: Position) {
        self.starts.push((self.toml.len(), place));
        self.toml.push_str(content);
        self.toml.push('\n');
    }

    /// Takes back what was added after the text had `length` bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.toml.truncate(length);
        self.starts.retain(|&(start, _)| start < length);
    }

    /// The place in the file of a byte of `toml`; of its end, the start of the line after the last one.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let index = self.starts.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        let Some(&(start, Position { line, column })) = self.starts.get(index) else {
            return start_of(1);
        };
        if offset >= self.toml.len() {
            return start_of(line + 1);
        }
        let before = self.toml.get(start..offset).unwrap_or_default();
        Position { line, column: column + before.chars().count() }
    }
}

/// What a file holds of blocks.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The first `script` block. That of an unclosed one has the lines as far as they go.
    pub(crate) block: Option<Block>,
    pub(crate) problems: Vec<Problem>,
}

/// Looks through a file from its first line to its last.
pub(crate) struct Finder {
    /// The number of the line that comes next.
    line: usize,
    /// The run of comment lines that a block may be in.
    run: Option<Run>,
    /// The lines that open the first block, and what looks like one.
    opened: Option<usize>,
    almost: Option<usize>,
    second: Option<usize>,
    /// Whether the last piece ended inside a line, whose rest is not looked at.
    inside_line: bool,
    found: Found,
}

/// What every line holds that opens a block, or looks like one.
static SLASHES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("//"));

impl Finder {
    pub(crate) fn new() -> Self {
        Self {
            line: 1,
            run: None,
            opened: None,
            almost: None,
            second: None,
            inside_line: false,
            found: Found::default(),
        }
    }

    /// The number of the line that the next piece begins with, or goes on with.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// Looks through the next piece of the file. It should end with a line: of a longer line only the beginning is
    /// looked at.
    pub(crate) fn push(&mut self, mut text: &str) {
        if self.inside_line {
            let Some(end) = memchr(b'\n', text.as_bytes()) else { return };
            text = &text[end + 1..];
            self.line += 1;
            self.inside_line = false;
        }
        while !text.is_empty() {
            if self.run.is_none() {
                text = self.skip(text);
            }
            let end = memchr(b'\n', text.as_bytes());
            let line = &text[..end.unwrap_or(text.len())];
            self.take(line.strip_suffix('\r').unwrap_or(line));
            self.inside_line = end.is_none();
            self.line += usize::from(end.is_some());
            text = end.map_or("", |end| &text[end + 1..]);
        }
    }

    /// The text from the first line on that may open a block, else from the last line on.
    fn skip<'t>(&mut self, text: &'t str) -> &'t str {
        let bytes = text.as_bytes();
        let hit = SLASHES.find(bytes).unwrap_or(bytes.len() - 1);
        let start = memrchr(b'\n', &bytes[..hit]).map_or(0, |at| at + 1);
        self.line += memchr_iter(b'\n', &bytes[..start]).count();
        &text[start..]
    }

    /// The file has ended.
    pub(crate) fn finish(mut self) -> Found {
        self.line += usize::from(self.inside_line);
        self.end_run();
        match (self.opened, self.second, self.almost) {
            (Some(first), Some(second), _) => {
                let message = format!(
                    "The file has a second `script` block, the first one is on line {first}: keep one of them"
                );
                self.found.problems.push(Problem::error(message).at(start_of(second)));
            }
            (None, _, Some(line)) => {
                let message =
                    "This looks like the start of a metadata block but is none: write `# /// script` exactly";
                self.found.problems.push(Problem::warning(message).at(start_of(line)));
            }
            _ => {}
        }
        self.found
    }

    fn take(&mut self, line: &str) {
        if let Some(run) = &mut self.run {
            if run.take(line, self.line) {
                return;
            }
            self.end_run();
        }
        let kind = opened_kind(line);
        if kind != Some(SCRIPT) && looks_like_opening(line) {
            self.almost = self.almost.or(Some(self.line));
        }
        self.run = kind.map(|kind| Run::open(kind, self.line));
    }

    fn end_run(&mut self) {
        let Some(script) = self.run.take().and_then(|run| run.end(self.line)) else { return };
        if self.opened.is_some() {
            self.second = self.second.or(Some(script.line));
            return;
        }
        self.opened = Some(script.line);
        self.found.problems.extend(script.problem);
        self.found.block = Some(script.block);
    }
}

/// The first column of a line.
pub(crate) fn start_of(line: usize) -> Position {
    Position { line, column: 1 }
}

/// True for `#/// script`, a space too many, another case; never for prose that mentions a block.
fn looks_like_opening(line: &str) -> bool {
    let Some(comment) = line.trim().strip_prefix('#') else { return false };
    let comment = comment.trim_start();
    let word = comment.trim_start_matches('/');
    (2..=4).contains(&(comment.len() - word.len())) && word.trim().eq_ignore_ascii_case(SCRIPT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `expected` is the block's text, `problem` the first problem as it is shown.
    fn check(text: &str, expected: Option<&str>, problem: &str) {
        // wherever the file is parted, if lines stay whole
        for (at, _) in text.match_indices('\n').take(9) {
            check_found(find(&[&text[..=at], &text[at + 1..]]), expected, problem);
        }
        check_found(find(&[text]), expected, problem);
    }

    fn check_found(found: Found, expected: Option<&str>, problem: &str) {
        let toml = found.block.map(|block| block.toml);
        assert!(toml.as_deref() == expected, "another block than {expected:?}");
        assert_eq!(found.problems.first().map(ToString::to_string).unwrap_or_default(), problem);
    }

    fn find(pieces: &[&str]) -> Found {
        let mut finder = Finder::new();
        pieces.iter().for_each(|piece| finder.push(piece));
        finder.finish()
    }

    #[test]
    fn no_block() {
        check("", None, "");
        check("import orca\n# a comment\n", None, "");
    }

    #[test]
    fn a_block_anywhere() {
        check("import orca\n\n# /// script\n# a = 1\n#\n# ///\n", Some("a = 1\n\n"), "");
    }

    #[test]
    fn the_last_line_needs_no_line_end() {
        check("# /// script\n# a = 1\n# ///", Some("a = 1\n"), "");
    }

    #[test]
    fn line_ends_of_windows() {
        check("# /// script\r\n# a = 1\r\n# ///\r\n", Some("a = 1\n"), "");
    }

    #[test]
    fn the_last_closing_line_of_the_run_counts() {
        check("# /// script\n# a = 1\n# ///\n# b\n# ///\n", Some("a = 1\n///\nb\n"), "");
        check("# /// script\n# a = 1\n# ///\n# prose\n", Some("a = 1\n"), "");
    }

    #[test]
    fn an_empty_block() {
        check("# /// script\n# ///\n", Some(""), "");
    }

    #[test]
    fn two_blocks() {
        let text = "# /// script\n# a = 1\n# ///\n\n# /// script\n# b = 1\n# ///\n";
        let problem = "Line 5, column 1: The file has a second `script` block, the first one is on line 1: keep one of them";
        check(text, Some("a = 1\n"), problem);
    }

    #[test]
    fn an_unclosed_block_is_read_as_far_as_it_goes() {
        let problem = "Line 1, column 1: The metadata block is not closed: write `# ///` on line 3 or before, and `#` before every line of the block";
        check("# /// script\n# a = 1\n\nimport orca\n# b = 1\n", Some("a = 1\n"), problem);
        check("# /// script\n# a = 1\n", Some("a = 1\n"), problem);
        check("# /// script\n# a = 1", Some("a = 1\n"), problem);
    }

    #[test]
    fn a_block_that_is_cut_off_is_read_to_its_closing_line() {
        check(
            "# /// script\n# a = 1\n#\tb = 1\n# c = 1\n# ///\n# d = 1\n",
            Some("a = 1\nb = 1\nc = 1\n"),
            "Line 3, column 2: This line cuts the metadata block off: write a space after its `#`",
        );
        check(
            "# /// script\n# a = 1\n\n# b = 1\nc = 1\n# ///\n",
            Some("a = 1\nb = 1\n"),
            "Line 3, column 1: This line cuts the metadata block off: write `#` before it",
        );
        check(
            "# /// script\n# a = 1\n#///\nimport orca\n# b",
            Some("a = 1\n"),
            "Line 3, column 2: This line cuts the metadata block off: write a space after its `#`",
        );
    }

    #[test]
    fn a_closed_block_is_cut_off_by_nothing() {
        check("# /// script\n# a = 1\n# ///\n#b\n# ///\n", Some("a = 1\n"), "");
    }

    #[test]
    fn blocks_of_other_kinds_are_skipped() {
        check("# /// pyproject\n# /// script\n# ///\n", None, "");
        check("# /// pyproject\n# a = 1\n# ///\n\n# /// script\n# b = 1\n# ///\n", Some("b = 1\n"), "");
    }

    #[test]
    fn an_unclosed_block_of_another_kind_is_no_block() {
        check("# /// other\n\n# /// script\n# a = 1\n# ///\n", Some("a = 1\n"), "");
        let problem = "Line 2, column 1: The metadata block is not closed: write `# ///` on line 4 or before, and `#` before every line of the block";
        check("# /// other\n# /// script\n# a = 1\n", Some("a = 1\n"), problem);
    }

    #[test]
    fn almost_a_block() {
        let problem = "Line 1, column 1: This looks like the start of a metadata block but is none: write `# /// script` exactly";
        for line in ["#/// script", "# /// script ", " # /// script", "# /// Script", "# //// script"] {
            check(&format!("{line}\n# a = 1\n# ///\n"), None, problem);
        }
    }

    #[test]
    fn a_huge_block_is_not_read() {
        let text = format!("# /// script\n{}# ///\n", "# a = 1\n".repeat(MAX_BLOCK_BYTES / 6 + 1));
        let problem = "Line 1, column 1: The metadata block is larger than 65536 bytes: shorten it";
        check(&text, Some(""), problem);
    }

    #[test]
    fn a_third_block_is_not_counted() {
        assert_eq!(find(&[&"# /// script\n# ///\n\n".repeat(9)]).problems.len(), 1);
    }

    #[test]
    fn positions_are_those_of_the_file() {
        let block = find(&["\n# /// script\n#\n# é = 1\n# ///\n"]).block.unwrap();
        assert_eq!(block.position(1), Position { line: 4, column: 3 });
        assert_eq!(block.position(4), Position { line: 4, column: 5 });
        assert_eq!(block.position(99), Position { line: 5, column: 1 });
    }

    proptest! {
        #[test]
        fn any_lines_are_read(lines in prop::collection::vec("# /// script|# /// x|# ///|#|# a|#a||é\r", 0..24)) {
            let text = lines.join("\n");
            let found = find(&[&text]);
            if let Some(block) = &found.block {
                for offset in 0..=block.toml.len() + 1 {
                    block.position(offset);
                }
            }
            let pieces: Vec<_> = text.split_inclusive('\n').collect();
            let again = find(&pieces);
            prop_assert_eq!(again.block.map(|block| block.toml), found.block.map(|block| block.toml));
            prop_assert_eq!(again.problems, found.problems);
        }
    }

    #[test]
    fn a_line_in_pieces_is_one_line() {
        let found = find(&["x = 1 ", "# /// script\n# a\n", "# /// script\n# b = 1\n# ///\n"]);
        assert_eq!(found.block.unwrap().toml, "b = 1\n");
    }
}
