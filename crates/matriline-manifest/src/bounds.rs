//! How much of a hostile text is shown, and how many problems of one plugin are told.

use crate::Problem;
use std::borrow::Cow;
use std::cmp::Reverse;

/// The most problems of one manifest.
const MAX_PROBLEMS: usize = 50;
/// The longest part of a plugin's text that a message repeats.
const MAX_SHOWN_BYTES: usize = 200;
/// The longest message. Those with a few cut texts in them are shorter.
const MAX_MESSAGE_BYTES: usize = 2000;

/// A plugin's own text as a message repeats it: cut if it is long.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    cut(text, MAX_SHOWN_BYTES)
}

/// A message, cut if nothing before has bounded it.
pub(crate) fn message(text: String) -> String {
    match cut(&text, MAX_MESSAGE_BYTES) {
        Cow::Borrowed(_) => text,
        Cow::Owned(cut) => cut,
    }
}

fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Keeps the problems that matter most, in the order of their places, and tells how many more there are.
pub(crate) fn limit(problems: &mut Vec<Problem>) {
    if problems.len() > MAX_PROBLEMS {
        problems.sort_by_key(|problem| Reverse(problem.severity));
        let more = problems.split_off(MAX_PROBLEMS);
        problems.sort_by_key(|problem| problem.position);
        let place = problems.last().and_then(|problem| problem.position);
        problems.push(Problem {
            // those that matter most come first
            severity: more[0].severity,
            position: place,
            message: format!("And {} more problems: fix those that are shown first", more.len()),
        });
    } else {
        problems.sort_by_key(|problem| problem.position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Position, Severity};

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shown("größe"), "größe");
        assert_eq!(shown(&"é".repeat(100)), "é".repeat(100));
        assert_eq!(shown(&format!("a{}", "é".repeat(100))), format!("a{}…", "é".repeat(99)));
        assert_eq!(Problem::note("a".repeat(9999)).message.len(), MAX_MESSAGE_BYTES + "…".len());
    }

    #[test]
    fn errors_stay_when_there_are_too_many() {
        let note = |line| Problem::note("a").at(Position { line, column: 1 });
        let mut problems: Vec<_> = (1..=60).map(note).collect();
        problems.push(Problem::error("b").at(Position { line: 61, column: 1 }));
        limit(&mut problems);
        assert_eq!(problems.len(), MAX_PROBLEMS + 1);
        assert_eq!(problems[49].severity, Severity::Error);
        assert_eq!(
            problems[50].to_string(),
            "Line 61, column 1: And 11 more problems: fix those that are shown first"
        );
        assert_eq!(problems[50].severity, Severity::Note);
        assert!(problems.is_sorted_by_key(|problem| problem.position));
    }

    #[test]
    fn few_problems_stay() {
        let mut problems = vec![Problem::error("a"), Problem::note("b")];
        limit(&mut problems);
        assert_eq!(problems, [Problem::error("a"), Problem::note("b")]);
    }
}
