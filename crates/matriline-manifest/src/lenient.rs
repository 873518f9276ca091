//! What can be read line by line of a block that is not TOML.
//!
//! Plugins were written for a reader that took `key = value` lines, with or without quotes, and passed over the
//! rest. Their block is an error here, and yet name and version can be shown beside it. Only what the real parser
//! left empty is filled.

use crate::{Descriptor, sanitize_plugin_name};

/// Fills what is empty in the descriptor from the lines of the block.
pub(crate) fn fill(toml: &str, descriptor: &mut Descriptor) {
    let mut table = Table::Root;
    let mut lines = toml.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            let name = header.split(']').next().unwrap_or_default();
            table = if name.trim() == "tool.orcaslicer.plugin" { Table::Plugin } else { Table::Other };
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim(), value.trim());
        let place = match (table, key) {
            (Table::Plugin, "name") if descriptor.name.is_empty() => {
                descriptor.name = sanitize_plugin_name(text(value));
                continue;
            }
            (Table::Plugin, "description") => &mut descriptor.description,
            (Table::Plugin, "author") => &mut descriptor.author,
            (Table::Plugin, "version") => &mut descriptor.version,
            (Table::Root, "requires-python") if descriptor.requires_python.is_none() => {
                descriptor.requires_python = Some(text(value).to_owned());
                continue;
            }
            (Table::Root, "dependencies") if descriptor.dependencies.is_empty() => {
                let mut rest = value.to_owned();
                let (mut scan, mut is_closed) = (Scan::default(), true);
                if let Some(inside) = value.strip_prefix('[') {
                    is_closed = scan.finds_end(inside);
                }
                while !is_closed {
                    // a table or another key ends a list that was never closed
                    let next = lines.next_if(|line| !line.starts_with('[') && !is_key(line));
                    let Some(line) = next else { break };
                    rest.push('\n');
                    rest.push_str(line);
                    is_closed = scan.finds_end("\n") || scan.finds_end(line);
                }
                descriptor.dependencies = entries(&rest);
                continue;
            }
            _ => continue,
        };
        if place.is_empty() {
            text(value).clone_into(place);
        }
    }
}

#[derive(Clone, Copy)]
enum Table {
    Root,
    Plugin,
    Other,
}

/// A value without its quotes, and without the remark behind it.
fn text(value: &str) -> &str {
    let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        return value.split(" #").next().unwrap_or_default().trim_end();
    };
    let inside = &value[1..];
    // the last quote ends the text: those before it are the mistake
    let remark = inside.find(" #").filter(|&at| inside[..at].trim_end().ends_with(quote));
    let inside = inside[..remark.unwrap_or(inside.len())].trim_end();
    inside.strip_suffix(quote).unwrap_or(inside)
}

/// True for `key = …`; a version in a requirement has no word and one `=` before it.
fn is_key(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, rest)| {
        let key = key.trim_end();
        let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !key.is_empty() && key.bytes().all(is_bare) && !rest.starts_with('=')
    })
}

/// The entries of a list, parted by commas or line ends.
fn entries(list: &str) -> Vec<String> {
    let list = list.strip_prefix('[').unwrap_or(list);
    let end = outside_quotes(list).find(|&(_, letter)| letter == ']').map_or(list.len(), |(at, _)| at);
    let list = &list[..end];
    let parts = outside_quotes(list).filter(|(_, letter)| matches!(letter, ',' | '\n')).map(|(at, _)| at);
    let mut start = 0;
    let mut found = Vec::new();
    for end in parts.chain([list.len()]) {
        let entry = text(list[start..end].trim()).trim();
        if !entry.is_empty() && !entry.starts_with('#') {
            found.push(entry.to_owned());
        }
        start = (end + 1).min(list.len());
    }
    found
}

/// The letters that stand outside of quotes.
fn outside_quotes(list: &str) -> impl Iterator<Item = (usize, char)> {
    let mut scan = Scan::default();
    let letters = list.char_indices().skip(usize::from(list.starts_with('[')));
    letters.filter(move |&(_, letter)| scan.is_outside(letter))
}

/// How far a list has been read. A text ends with its line at the latest; brackets of a bare word, as in
/// `name[extra]`, are inside of it.
#[derive(Default)]
struct Scan {
    quote: Option<char>,
    depth: usize,
}

impl Scan {
    /// Takes the next letter, and tells whether it stands outside of quotes.
    fn is_outside(&mut self, letter: char) -> bool {
        match self.quote {
            Some(open) => {
                if letter == open || letter == '\n' {
                    self.quote = None;
                }
                return letter == '\n';
            }
            None if matches!(letter, '"' | '\'') => self.quote = Some(letter),
            None if letter == '[' => self.depth += 1,
            None if letter == ']' && self.depth > 0 => {
                self.depth -= 1;
                return false;
            }
            None if letter == '\n' => self.depth = 0,
            None => {}
        }
        self.depth == 0
    }

    /// Takes the next text, up to the end of the list if that is in it.
    fn finds_end(&mut self, text: &str) -> bool {
        text.chars().any(|letter| self.is_outside(letter) && letter == ']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(toml: &str) -> Descriptor {
        let mut descriptor = Descriptor::default();
        fill(toml, &mut descriptor);
        descriptor
    }

    fn check_name(value: &str, expected: &str) {
        assert_eq!(filled(&format!("[tool.orcaslicer.plugin]\nname = {value}\n")).name, expected, "{value}");
    }

    fn check_dependencies(value: &str, expected: &[&str]) {
        assert_eq!(filled(&format!("dependencies = {value}\n")).dependencies, expected, "{value}");
    }

    #[test]
    fn quotes_may_be_missing() {
        check_name("Header stamp", "Header stamp");
        check_name("Header stamp # a remark", "Header stamp");
        check_name("\"Header stamp\" # a remark", "Header stamp");
        check_name("'C# stamp'", "C# stamp");
        check_name("\"Header stamp", "Header stamp");
        check_name("'it's'", "it's");
        check_name("C:\\x", "C:\\x");
        check_name("a;b", "a_b");
        check_name("\"", "");
    }

    #[test]
    fn keys_count_in_their_table() {
        let found = filled(concat!(
            "requires-python = >=3.12\n[tool.uv]\ndependencies = [a]\nname = x\n",
            "[tool.orcaslicer.plugin]\nversion = 1.2.0\nauthor = Jörg\ndescription = \"a\nno key\n",
        ));
        let expected = Descriptor {
            requires_python: Some(">=3.12".to_owned()),
            version: "1.2.0".to_owned(),
            author: "Jörg".to_owned(),
            description: "a".to_owned(),
            ..Descriptor::default()
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_known_stays() {
        let mut descriptor = Descriptor { name: "a".to_owned(), ..Descriptor::default() };
        fill("[tool.orcaslicer.plugin]\nname = b\n", &mut descriptor);
        assert_eq!(descriptor.name, "a");
    }

    #[test]
    fn lists_in_one_line() {
        check_dependencies("[numpy, 'requests>=2,<3']", &["numpy", "requests>=2,<3"]);
        check_dependencies("[uvicorn[standard], \"x[a,b]\"]", &["uvicorn[standard]", "x[a,b]"]);
        check_dependencies("numpy", &["numpy"]);
        check_dependencies("[]", &[]);
        check_dependencies("u'a', '', ' b ', ' '", &["u'a'", "b"]);
    }

    #[test]
    fn lists_of_several_lines() {
        check_dependencies("[\n\"a\"\n\"b\", # why\n# c\n]\n", &["a", "b"]);
        check_dependencies("[\n\"a\",\n\"b\n[tool.x]\n", &["a", "b"]);
        check_dependencies("[\n\"a\",\nname = b\n", &["a"]);
        check_dependencies("[\n'a]',\nb[c],\n]\nd\n", &["a]", "b[c]"]);
        check_dependencies("[a[\n]\nb\n", &["a["]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(toml in "(name|dependencies|[= \\[\\],'\"#é\n]|tool.orcaslicer.plugin){0,24}") {
            filled(&toml);
        }
    }
}
