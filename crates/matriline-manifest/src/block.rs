//! Finds the `script` block of a source file, by the grammar of PEP 723.
//!
//! A block is `# /// script`, a run of lines that are `#` or begin with `# `, and `# ///`. The run goes as far as it
//! can: the last `# ///` in it ends the block.

use crate::{Position, Problem};

/// The largest block that is read; real ones have a few hundred bytes.
const MAX_BLOCK_BYTES: usize = 64 << 10;

/// The text of a block, and where its lines stand in the file.
#[derive(Debug)]
pub(crate) struct Block {
    /// The lines without their `# `, each with a line end.
    pub(crate) toml: String,
    /// The line of the file that holds the first line of `toml`.
    first_line: usize,
    /// The offset in `toml` and the column in the file of each line's first character, and of the end.
    starts: Vec<(usize, usize)>,
}

impl Block {
    /// The place in the file of a byte of `toml`.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let index = self.starts.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        let (start, column) = self.starts[index];
        let before = self.toml.get(start..offset).unwrap_or_default();
        Position { line: self.first_line + index, column: column + before.chars().count() }
    }
}

const OPENING: &str = "# /// ";
const CLOSING: &str = "# ///";
const SCRIPT: &str = "script";

/// The first `script` block, if there is one. An unclosed block is an error, and its lines are still read.
pub(crate) fn find(text: &str, problems: &mut Vec<Problem>) -> Option<Block> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).zip(1..).peekable();
    let mut found: Option<(Block, usize)> = None;
    let mut almost = None;
    // Lines up to here are known to hold no closing line, so that no run is looked through twice.
    let mut unclosed_until = 0;
    while let Some((line, number)) = lines.next() {
        let kind = opened_kind(line);
        if kind != Some(SCRIPT) && almost.is_none() && looks_like_opening(line) {
            almost = Some(number);
        }
        let Some(kind) = kind else { continue };
        if kind != SCRIPT && number < unclosed_until {
            continue;
        }
        // The run is looked through by a copy: unclosed, a block of another kind is no block, and its lines count.
        let mut ahead = lines.clone();
        let mut run = Vec::new();
        while let Some((line, _)) = ahead.next_if(|(line, _)| is_content(line)) {
            run.push(line);
        }
        let end = run.iter().rposition(|line| *line == CLOSING);
        if kind != SCRIPT {
            match end {
                Some(_) => lines = ahead,
                None => unclosed_until = number + run.len() + 1,
            }
            continue;
        }
        lines = ahead;
        if let Some((_, first)) = &found {
            let message = format!(
                "The file has a second `script` block, the first one is on line {first}: keep one of them"
            );
            problems.push(Problem::error(message).at(Position { line: number, column: 1 }));
            break;
        }
        if end.is_none() {
            let message = unclosed(number + run.len() + 1, lines.peek().map(|(line, _)| *line));
            problems.push(Problem::error(message).at(Position { line: number, column: 1 }));
        }
        run.truncate(end.unwrap_or(run.len()));
        if run.iter().map(|line| line.len()).sum::<usize>() > MAX_BLOCK_BYTES {
            let message = format!("The metadata block is larger than {MAX_BLOCK_BYTES} bytes: shorten it");
            problems.push(Problem::error(message).at(Position { line: number, column: 1 }));
            run.clear();
        }
        found = Some((block(&run, number + 1), number));
    }
    if let (None, Some(line)) = (&found, almost) {
        let message =
            "This looks like the start of a metadata block but is none: write `# /// script` exactly";
        problems.push(Problem::warning(message).at(Position { line, column: 1 }));
    }
    found.map(|(block, _)| block)
}

fn unclosed(line: usize, breaker: Option<&str>) -> String {
    match breaker {
        Some(breaker) if breaker.starts_with("#") => {
            format!("The metadata block is cut off by line {line}: write a blank after its `#`")
        }
        _ => format!(
            "The metadata block is not closed: write `# ///` on line {line} or before, and `#` before every line of the block"
        ),
    }
}

/// The kind of block that a line opens: `# /// TYPE`.
fn opened_kind(line: &str) -> Option<&str> {
    let kind = line.strip_prefix(OPENING)?;
    let valid = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    valid.then_some(kind)
}

fn is_content(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

/// True for `#/// script`, a blank too many, another case; never for prose that mentions a block.
fn looks_like_opening(line: &str) -> bool {
    let Some(comment) = line.trim().strip_prefix('#') else { return false };
    let comment = comment.trim_start();
    let word = comment.trim_start_matches('/');
    (2..=4).contains(&(comment.len() - word.len())) && word.trim().eq_ignore_ascii_case(SCRIPT)
}

fn block(run: &[&str], first_line: usize) -> Block {
    let mut block = Block { toml: String::new(), first_line, starts: Vec::with_capacity(run.len() + 1) };
    for line in run {
        let content = line.get(2..).unwrap_or_default();
        block.starts.push((block.toml.len(), 1 + line.len() - content.len()));
        block.toml.push_str(content);
        block.toml.push('\n');
    }
    block.starts.push((block.toml.len(), 1));
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `expected` is the block's text, `problem` the first problem as it is shown.
    fn check(text: &str, expected: Option<&str>, problem: &str) {
        let mut problems = Vec::new();
        let block = find(text, &mut problems);
        assert_eq!(block.map(|block| block.toml).as_deref(), expected, "block of {text:?}");
        assert_eq!(problems.first().map(ToString::to_string).unwrap_or_default(), problem);
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
        check("# /// script\n# a = 1\n\n# ///\n", Some("a = 1\n"), problem);
    }

    #[test]
    fn a_tab_after_the_number_sign_cuts_the_block_off() {
        let problem =
            "Line 1, column 1: The metadata block is cut off by line 3: write a blank after its `#`";
        check("# /// script\n# a = 1\n#\tb = 1\n# ///\n", Some("a = 1\n"), problem);
    }

    #[test]
    fn blocks_of_other_kinds_are_skipped() {
        check("# /// pyproject\n# /// script\n# ///\n", None, "");
        check("# /// pyproject\n# a = 1\n# ///\n\n# /// script\n# b = 1\n# ///\n", Some("b = 1\n"), "");
    }

    #[test]
    fn an_unclosed_block_of_another_kind_is_no_block() {
        check("# /// other\n\n# /// script\n# a = 1\n# ///\n", Some("a = 1\n"), "");
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
        let text = format!("# /// script\n{}# ///\n", "# a = 1\n".repeat(MAX_BLOCK_BYTES / 7 + 1));
        let problem = "Line 1, column 1: The metadata block is larger than 65536 bytes: shorten it";
        check(&text, Some(""), problem);
    }

    #[test]
    fn a_third_block_is_not_counted() {
        let mut problems = Vec::new();
        find(&"# /// script\n# ///\n\n".repeat(9), &mut problems);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn positions_are_those_of_the_file() {
        let block = find("\n# /// script\n#\n# é = 1\n# ///\n", &mut Vec::new()).unwrap();
        assert_eq!(block.position(1), Position { line: 4, column: 3 });
        assert_eq!(block.position(4), Position { line: 4, column: 5 });
        assert_eq!(block.position(99), Position { line: 5, column: 1 });
    }

    proptest! {
        #[test]
        fn any_lines_are_read(lines in prop::collection::vec("# /// script|# /// x|# ///|#|# a|#a||é\r", 0..24)) {
            let mut problems = Vec::new();
            if let Some(block) = find(&lines.join("\n"), &mut problems) {
                for offset in 0..=block.toml.len() + 1 {
                    block.position(offset);
                }
            }
        }
    }
}
