//! Reads the TOML of a metadata block.

use crate::block::Block;
use crate::{Descriptor, Problem, sanitize_plugin_name};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const PLUGIN_TABLE: &str = "[tool.orcaslicer.plugin]";
const TEXT_KEYS: [&str; 4] = ["name", "description", "author", "version"];
const ADJACENT_BLOCKS: &str = "A block ends with the last `# ///` of a run of comment lines: write an empty line after the first `# ///`, and keep one `script` block";
const ROOT_KEYS: [&str; 2] = ["dependencies", "requires-python"];

/// Fills the descriptor from the block as far as it can be read.
///
/// Broken TOML is one problem at its first place: what follows a syntax error is rarely meant.
pub(crate) fn read(block: &Block, descriptor: &mut Descriptor, problems: &mut Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(&block.toml);
    let mut reader = Reader { block, descriptor, problems };
    if let Some(error) = errors.first() {
        reader.syntax_error(error);
    }
    let known = reader.problems.len();
    reader.root(table.get_ref());
    if !errors.is_empty() {
        reader.problems.truncate(known);
    }
}

struct Reader<'a> {
    block: &'a Block,
    descriptor: &'a mut Descriptor,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn syntax_error(&mut self, error: &toml::de::Error) {
        let (offset, message) = match inner_closing_line(&self.block.toml) {
            Some(offset) => (offset, ADJACENT_BLOCKS.to_owned()),
            None => {
                let message = format!("The metadata block is not valid TOML: {}", error.message());
                (error.span().map_or(0, |span| span.start), message)
            }
        };
        self.problems.push(Problem::error(message).at(self.block.position(offset)));
    }

    fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "dependencies" => self.dependencies(value),
                "requires-python" => self.descriptor.requires_python = self.text("requires-python", value),
                "tool" => self.tool(value),
                name if TEXT_KEYS.contains(&name) => {
                    let message = format!("`{name}` has no effect here: write it below `{PLUGIN_TABLE}`");
                    self.push(key, Problem::warning(message));
                }
                name => {
                    let message = format!("The key `{name}` has no meaning in a metadata block");
                    self.push(key, Problem::note(message));
                }
            }
        }
    }

    fn tool(&mut self, tool: &Spanned<DeValue<'_>>) {
        let Some(tool) = self.table("tool", tool) else { return };
        let Some(ours) = tool.get("orcaslicer") else { return };
        let Some(ours) = self.table("tool.orcaslicer", ours) else { return };
        let Some(plugin) = ours.get("plugin") else { return };
        let Some(plugin) = self.table("tool.orcaslicer.plugin", plugin) else { return };
        for (key, value) in plugin {
            match key.get_ref().as_ref() {
                "name" => self.name(value),
                "description" => {
                    self.descriptor.description = self.text("description", value).unwrap_or_default()
                }
                "author" => self.descriptor.author = self.text("author", value).unwrap_or_default(),
                "version" => self.descriptor.version = self.text("version", value).unwrap_or_default(),
                name if ROOT_KEYS.contains(&name) => {
                    let message =
                        format!("`{name}` has no effect in `{PLUGIN_TABLE}`: write it above the table");
                    self.push(key, Problem::warning(message));
                }
                name => {
                    let message = format!("The key `{name}` has no meaning in `{PLUGIN_TABLE}`");
                    self.push(key, Problem::note(message));
                }
            }
        }
    }

    fn name(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(name) = self.text("name", value) else { return };
        self.descriptor.name = sanitize_plugin_name(&name);
        if self.descriptor.name != name {
            let shown = &self.descriptor.name;
            let message = format!(
                "The name `{name}` contains `;`, which separates the parts of a reference: it is shown as `{shown}`"
            );
            self.push(value, Problem::warning(message));
        }
    }

    fn dependencies(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(array) = value.get_ref().as_array() else {
            let kind = kind(value);
            let message =
                format!("`dependencies` is {kind}: write a list of texts, `dependencies = [\"…\"]`");
            return self.push(value, Problem::error(message));
        };
        for entry in array.iter() {
            match entry.get_ref().as_str().map(str::trim) {
                Some("") => {
                    let message = "An entry of `dependencies` is empty: remove it";
                    self.push(entry, Problem::warning(message));
                }
                Some(requirement) => self.descriptor.dependencies.push(requirement.to_owned()),
                None => {
                    let kind = kind(entry);
                    let message = format!("An entry of `dependencies` is {kind}: write a text, `\"…\"`");
                    self.push(entry, Problem::error(message));
                }
            }
        }
    }

    fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let message = format!("`{key}` is {}: write a text, `{key} = \"…\"`", kind(value));
            self.push(value, Problem::error(message));
        }
        text
    }

    fn table<'t, 'i>(&mut self, key: &str, value: &'t Spanned<DeValue<'i>>) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let message = format!("`{key}` is {}: write a table, `{PLUGIN_TABLE}`", kind(value));
            self.push(value, Problem::error(message));
        }
        table
    }

    fn push<T>(&mut self, place: &Spanned<T>, problem: Problem) {
        self.problems.push(problem.at(self.block.position(place.span().start)));
    }
}

/// The kind of a value, with its article.
fn kind(value: &Spanned<DeValue<'_>>) -> String {
    let kind = value.get_ref().type_str();
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// The place of a `///` line inside the block, which two blocks without a line between them give.
fn inner_closing_line(toml: &str) -> Option<usize> {
    toml.starts_with("///").then_some(0).or_else(|| toml.find("\n///").map(|at| at + 1))
}
