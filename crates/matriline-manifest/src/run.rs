//! A run of comment lines that begins with the opening line of a block.

use crate::block::{Block, MAX_BLOCK_BYTES, start_of};
use crate::{Position, Problem};

const OPENING: &str = "# /// ";
const CLOSING: &str = "# ///";
/// The kind of block that is looked for.
pub(crate) const SCRIPT: &str = "script";

/// The lines since an opening line.
///
/// A block of another kind hides the lines in it only if it is closed, which is known at the end of the run. Until
/// then the first `script` block in it is kept: it is one without a closing line if the other block has none.
pub(crate) struct Run {
    /// The line that opens the `script` block, if there is one.
    opened: Option<usize>,
    is_other: bool,
    block: Block,
    /// The length of the block at its last closing line.
    closed: Option<usize>,
    is_too_large: bool,
    cut: Option<Cut>,
}

/// The line that cuts an unclosed block off. What follows up to the closing line was meant to be in the block.
struct Cut {
    place: Position,
    length: usize,
    is_over: bool,
}

/// A `script` block and what is wrong with its lines.
pub(crate) struct Script {
    /// The line that opens it.
    pub(crate) line: usize,
    pub(crate) block: Block,
    pub(crate) problem: Option<Problem>,
}

impl Run {
    /// The run that `# /// <kind>` begins on a line.
    pub(crate) fn open(kind: &str, line: usize) -> Self {
        let is_other = kind != SCRIPT;
        Self {
            opened: (!is_other).then_some(line),
            is_other,
            block: Block::new(),
            closed: None,
            is_too_large: false,
            cut: None,
        }
    }

    /// Takes the next line, unless the run has ended before it.
    pub(crate) fn take(&mut self, line: &str, number: usize) -> bool {
        if let Some(cut) = &mut self.cut {
            cut.is_over |= self.closed.is_some() || opened_kind(line).is_some();
            return !cut.is_over && self.take_after_cut(line, number);
        }
        if !is_content(line) {
            if self.closed.is_some() || self.opened.is_none() {
                return false;
            }
            self.is_other = false;
            let place = Position { line: number, column: 1 + usize::from(line.starts_with('#')) };
            self.cut = Some(Cut { place, length: self.block.toml.len(), is_over: false });
            return self.take_after_cut(line, number);
        }
        if line == CLOSING {
            self.closed = Some(self.block.toml.len());
        }
        if self.opened.is_some() {
            self.push(
                line.get(2..).unwrap_or_default(),
                Position { line: number, column: line.len().min(2) + 1 },
            );
        } else if opened_kind(line) == Some(SCRIPT) {
            self.opened = Some(number);
        }
        true
    }

    fn take_after_cut(&mut self, line: &str, number: usize) -> bool {
        let Some(comment) = line.strip_prefix('#') else { return true };
        if comment.trim() == "///" {
            self.closed = Some(self.block.toml.len());
            return true;
        }
        let content = comment.strip_prefix([' ', '\t']).unwrap_or(comment);
        self.push(content, Position { line: number, column: 1 + line.len() - content.len() });
        true
    }

    fn push(&mut self, content: &str, place: Position) {
        if !self.is_too_large && self.block.toml.len() + content.len() < MAX_BLOCK_BYTES {
            self.block.push(content, place);
        } else {
            self.is_too_large = true;
        }
    }

    /// The `script` block of a run that ended before the line `next`.
    pub(crate) fn end(mut self, next: usize) -> Option<Script> {
        let line = self.opened?;
        if self.is_other && self.closed.is_some() {
            return None;
        }
        let cut = self.cut.as_ref();
        let problem = match (self.closed, cut) {
            (Some(_), None) => None,
            (Some(_), Some(Cut { place, .. })) => {
                let what = if place.column == 1 { "`#` before it" } else { "a space after its `#`" };
                let message = format!("This line cuts the metadata block off: write {what}");
                Some(Problem::error(message).at(*place))
            }
            (None, _) => {
                let next = cut.map_or(next, |cut| cut.place.line);
                let message = format!(
                    "The metadata block is not closed: write `# ///` on line {next} or before, and `#` before every line of the block"
                );
                Some(Problem::error(message).at(start_of(line)))
            }
        };
        let end = self.closed.or(cut.map(|cut| cut.length)).unwrap_or(self.block.toml.len());
        if self.is_too_large && end >= self.block.toml.len() {
            let message = format!("The metadata block is larger than {MAX_BLOCK_BYTES} bytes: shorten it");
            let problem = Problem::error(message).at(start_of(line));
            return Some(Script { line, block: Block::default(), problem: Some(problem) });
        }
        self.block.truncate(end);
        Some(Script { line, block: self.block, problem })
    }
}

/// The kind of block that a line opens: `# /// TYPE`.
pub(crate) fn opened_kind(line: &str) -> Option<&str> {
    let kind = line.strip_prefix(OPENING)?;
    let valid = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    valid.then_some(kind)
}

fn is_content(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}
