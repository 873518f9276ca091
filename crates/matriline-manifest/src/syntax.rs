//! What to write instead of text that is not TOML, for the usual mistakes.

use crate::bounds::shown;
use toml::de::Error;

/// The place of the mistake in the text, and what to say.
pub(crate) struct Mistake {
    pub(crate) offset: usize,
    pub(crate) message: String,
}

/// The first mistake that the parser found; later ones often follow from it.
pub(crate) fn first_mistake(toml: &str, errors: &[Error]) -> Option<Mistake> {
    let start = |error: &Error| error.span().map_or(0, |span| span.start.min(toml.len()));
    let first = errors.iter().min_by_key(|error| start(error))?;
    if let Some(offset) = inner_closing_line(toml) {
        let message = "A block ends with the last `# ///` of a run of comment lines: write an empty line after the first `# ///`, and keep one `script` block";
        return Some(Mistake { offset, message: message.to_owned() });
    }
    let unclosed = errors.iter().find(|error| error.message().starts_with("unclosed array"));
    let cause = unclosed.filter(|_| first.message().starts_with("missing comma")).unwrap_or(first);
    let what = cause.message();
    let offset = start(first);
    let message = match fix(toml, offset, what) {
        Some(fix) => format!("The metadata block is not valid TOML: {fix}"),
        None => format!("The metadata block is not valid TOML: {what}"),
    };
    Some(Mistake { offset, message })
}

/// The place of a `///` line inside the block, which two blocks without a line between them give.
fn inner_closing_line(toml: &str) -> Option<usize> {
    toml.starts_with("///").then_some(0).or_else(|| toml.find("\n///").map(|at| at + 1))
}

/// What is wrong and what to write, for a parser's error with the text `what`.
fn fix(toml: &str, offset: usize, what: &str) -> Option<String> {
    let before = toml.get(..offset)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = toml.get(start..)?.lines().next().unwrap_or_default();
    let (key, value) = line.split_once('=').unwrap_or((line, ""));
    let (key, value) = (shown(key.trim()), shown(value.trim()));
    let begins = |text: &str| what.starts_with(text);
    let bare = ["string values", "invalid float", "invalid integer", "invalid date", "invalid boolean"];
    if bare.iter().any(|text| begins(text)) {
        let start = before.rfind(['=', '[', ',', '\n']).map_or(0, |at| at + 1);
        let word = toml.get(start..)?.split([',', ']', '#', '\n']).next().unwrap_or_default().trim();
        return Some(match word {
            "" => format!("`{key}` has no value, write `{key} = \"…\"`"),
            _ => {
                let word = shown(word.trim_matches(['"', '“', '”', '‘', '’']));
                format!("a text has no quotes, write `\"{word}\"`")
            }
        });
    }
    if begins("missing escaped value") || begins("invalid escape") || begins("missing unicode") {
        let path = value.trim_matches('"');
        return Some(format!(
            "a `\\` between `\"` begins an escape, write `\\\\` for each, or put the text between `'`: `{key} = '{path}'`"
        ));
    }
    if begins("cannot recurse") || begins("recursion limit") {
        return Some("it is nested too deep, write fewer brackets or dots within each other".to_owned());
    }
    let found = toml.get(offset..).and_then(|rest| rest.chars().next());
    if let Some(control) = found.filter(|&found| found.is_control() && !matches!(found, '\n' | '\r' | '\t')) {
        let code = u32::from(control);
        return Some(format!("a text holds the control character U+{code:04X}, remove it"));
    }
    if begins("invalid basic string") || begins("invalid literal string") {
        let quote = if begins("invalid basic string") { '"' } else { '\'' };
        return Some(format!("a text is not closed, write `{quote}` at its end"));
    }
    if begins("invalid multi-line") {
        return Some("a text of several lines is not closed, write its three quotes at its end".to_owned());
    }
    if begins("unclosed array") {
        return Some("a list is not closed, write `]` after its last entry".to_owned());
    }
    if begins("missing comma") {
        return Some(
            "two entries of a list have no comma between them, write `,` after the first".to_owned(),
        );
    }
    if begins("unclosed table") {
        return Some(format!("a table's name is not closed, write `{}]`", shown(line.trim())));
    }
    if begins("duplicate key") {
        let name = toml.get(offset..)?.split(['=', ']', '\n', '.']).next().unwrap_or_default().trim();
        let name = shown(name);
        return Some(format!("`{name}` is there twice, keep one of them"));
    }
    if begins("key with no value") || begins("invalid unquoted key") {
        return match line.split_once(':') {
            Some((key, value)) if !key.contains('=') => {
                let (key, value) = (shown(key.trim()), shown(value.trim().trim_matches(['"', '\''])));
                Some(format!("a key and its value are parted by `=`, write `{key} = \"{value}\"`"))
            }
            _ if line.contains('=') => None,
            _ => Some("a line has no `=`, write `key = \"value\"`, or `#` before a remark".to_owned()),
        };
    }
    if begins("unexpected key or value") && found == Some(',') {
        return Some("there is a `,` after the end of a value, remove it".to_owned());
    }
    let goes_on =
        || toml.get(offset..).and_then(|rest| rest.lines().next()).is_some_and(|rest| rest.contains('\''));
    if begins("unexpected key or value") && value.starts_with('\'') && goes_on() {
        return Some(format!(
            "a `'` ends the text, put it between `\"`: `{key} = \"{}\"`",
            value.trim_matches('\'')
        ));
    }
    if begins("unexpected key or value") {
        return Some("there is more after the end of a value, write `\\\"` for a quote inside a text, or `#` before a remark".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeTable;

    /// `expected` is the place of the mistake and what the message says after its beginning.
    fn check(toml: &str, place: usize, expected: &str) {
        let (_, errors) = DeTable::parse_recoverable(toml);
        let mistake = first_mistake(toml, &errors).unwrap_or_else(|| panic!("{toml} is valid"));
        assert_eq!(mistake.message, format!("The metadata block is not valid TOML: {expected}"));
        assert_eq!(mistake.offset, place, "{toml}");
    }

    #[test]
    fn no_quotes() {
        check("name = Header stamp\n", 7, "a text has no quotes, write `\"Header stamp\"`");
        check("name = “a”\n", 7, "a text has no quotes, write `\"a\"`");
        check("x = [numpy, 'b']\n", 5, "a text has no quotes, write `\"numpy\"`");
        check("name =\n", 6, "`name` has no value, write `name = \"…\"`");
        check("version = 1.2.0 # why\n", 13, "a text has no quotes, write `\"1.2.0\"`");
    }

    #[test]
    fn backslashes() {
        check(
            "name = \"C:\\plugins\"\n",
            11,
            "a `\\` between `\"` begins an escape, write `\\\\` for each, or put the text between `'`: `name = 'C:\\plugins'`",
        );
    }

    #[test]
    fn texts_without_an_end() {
        check("a = \"x\nb = 2\n", 6, "a text is not closed, write `\"` at its end");
        check("a = 'x\nb = 2\n", 6, "a text is not closed, write `'` at its end");
        check("a = \"\"\"x\n", 9, "a text of several lines is not closed, write its three quotes at its end");
    }

    #[test]
    fn texts_that_end_early() {
        check("a = 'it's'\n", 8, "a `'` ends the text, put it between `\"`: `a = \"it's\"`");
        check(
            "a = \"say \"x\"\"\n",
            10,
            "there is more after the end of a value, write `\\\"` for a quote inside a text, or `#` before a remark",
        );
    }

    #[test]
    fn what_no_text_holds() {
        check("a = \"b\u{1}c\"\n", 6, "a text holds the control character U+0001, remove it");
        check("a = 'b\u{7f}'\n", 6, "a text holds the control character U+007F, remove it");
    }

    #[test]
    fn more_after_a_value() {
        check("name = 'x',\n", 10, "there is a `,` after the end of a value, remove it");
        check("name = \"x\",\n", 10, "there is a `,` after the end of a value, remove it");
    }

    #[test]
    fn nested_too_deep() {
        let fix = "it is nested too deep, write fewer brackets or dots within each other";
        check(&format!("a = {}{}\n", "[".repeat(500), "]".repeat(500)), 84, fix);
        check(&format!("{}a = 1\n", "a.".repeat(500)), 0, fix);
    }

    #[test]
    fn lists() {
        check("a = [\"x\"\nb = 2\n", 9, "a list is not closed, write `]` after its last entry");
        check("a = [\n 'x',\n", 11, "a list is not closed, write `]` after its last entry");
        check(
            "a = [\n 'x'\n 'y'\n]\n",
            12,
            "two entries of a list have no comma between them, write `,` after the first",
        );
    }

    #[test]
    fn lines() {
        check("[tool.x\nb = 1\n", 7, "a table's name is not closed, write `[tool.x]`");
        check("a = 1\na = 2\n", 6, "`a` is there twice, keep one of them");
        check("just words\n", 5, "a line has no `=`, write `key = \"value\"`, or `#` before a remark");
        check("é b = 1\n", 0, "invalid unquoted key, expected letters, numbers, `-`, `_`");
        check("name: 'x'\n", 4, "a key and its value are parted by `=`, write `name = \"x\"`");
    }
}
