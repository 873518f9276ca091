//! Reads the TOML of a metadata block.

use crate::block::Block;
use crate::bounds::shown;
use crate::extra::Extra;
use crate::requirement::{self, MAX_CHECKED};
use crate::syntax::first_mistake;
use crate::{Descriptor, Problem, lenient, sanitize_plugin_name, version};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const PLUGIN_TABLE: &str = "[tool.orcaslicer.plugin]";
const PERMISSIONS_TABLE: &str = "[tool.matriline.permissions]";
const TEXT_KEYS: [&str; 4] = ["name", "description", "author", "version"];
const ROOT_KEYS: [&str; 2] = ["dependencies", "requires-python"];
/// Tables that are taken for the plugin's.
const OTHER_TABLES: [&str; 3] = ["plugin", "orcaslicer", "project"];

type Value<'i> = Spanned<DeValue<'i>>;
type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;

/// Fills the descriptor from the block as far as it can be read.
///
/// Broken TOML is one problem at its first place: what follows a syntax error is rarely meant.
pub(crate) fn read(block: &Block, descriptor: &mut Descriptor, problems: &mut Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(&block.toml);
    let known = problems.len();
    let mut reader = Reader { block, descriptor, problems, extra: Extra::default() };
    reader.root(table.get_ref());
    if let Some(mistake) = first_mistake(&block.toml, &errors) {
        problems.truncate(known);
        problems.push(Problem::error(mistake.message).at(block.position(mistake.offset)));
        // a list that is not closed swallows what follows
        descriptor.dependencies.clear();
        lenient::fill(&block.toml, descriptor);
    }
}

struct Reader<'a> {
    block: &'a Block,
    descriptor: &'a mut Descriptor,
    problems: &'a mut Vec<Problem>,
    extra: Extra,
}

impl Reader<'_> {
    fn root(&mut self, root: &DeTable<'_>) {
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "dependencies" => self.dependencies(value),
                "requires-python" => self.requires_python(value),
                "tool" => self.tool(value),
                name if TEXT_KEYS.contains(&name) => {
                    let message = format!("`{name}` has no effect here: write it below `{PLUGIN_TABLE}`");
                    self.unknown(name, key, value, Problem::warning(message));
                }
                name if OTHER_TABLES.contains(&name) && value.get_ref().is_table() => {
                    self.other_table(name, key, value);
                }
                name => {
                    let problem = match in_lower_case(name, &ROOT_KEYS) {
                        Some(right) => wrong_case(name, right),
                        None => Problem::note(format!(
                            "The key `{}` has no meaning in a metadata block",
                            shown(name)
                        )),
                    };
                    self.unknown(name, key, value, problem);
                }
            }
        }
    }

    /// Tables of other tools are theirs, unless they were meant for this one.
    fn tool(&mut self, tool: &Value<'_>) {
        let Some(tool) = self.table("tool", tool) else { return };
        for (key, value) in tool {
            match key.get_ref().as_ref() {
                "orcaslicer" => self.orcaslicer(value),
                "matriline" => self.matriline(value),
                name if name.to_ascii_lowercase().contains("orca") => {
                    self.other_table(&format!("tool.{name}"), key, value);
                }
                _ => {}
            }
        }
    }

    /// What plugins tell matriline alone.
    fn matriline(&mut self, ours: &Value<'_>) {
        let Some(ours) = self.table("tool.matriline", ours) else { return };
        for (key, value) in ours {
            let name = key.get_ref().as_ref();
            let path = format!("tool.matriline.{name}");
            match name {
                "permissions" => self.permissions(&path, value),
                name if TEXT_KEYS.contains(&name) || ROOT_KEYS.contains(&name) => {
                    self.misplaced(name, &path, key, value);
                }
                _ => {
                    let message = format!("The key `{}` has no meaning in `[tool.matriline]`", shown(name));
                    self.unknown(&path, key, value, Problem::note(message));
                }
            }
        }
    }

    fn permissions(&mut self, path: &str, value: &Value<'_>) {
        let Some(table) = value.get_ref().as_table() else {
            let kind = kind(value);
            let message =
                format!("`{path}` is {kind} and asks for nothing: write a table, `{PERMISSIONS_TABLE}`");
            return self.push(value, Problem::warning(message));
        };
        let mut wanted = self.descriptor.permissions_wanted.take().unwrap_or_default();
        for (place, problem) in wanted.add(table) {
            self.problems.push(problem.at(self.block.position(place.start)));
        }
        self.descriptor.permissions_wanted = (!wanted.is_empty()).then_some(wanted);
    }

    fn orcaslicer(&mut self, ours: &Value<'_>) {
        let Some(ours) = self.table("tool.orcaslicer", ours) else { return };
        for (key, value) in ours {
            let name = key.get_ref().as_ref();
            let path = format!("tool.orcaslicer.{name}");
            match name {
                "plugin" => self.plugin(value),
                name if TEXT_KEYS.contains(&name) || ROOT_KEYS.contains(&name) => {
                    self.misplaced(name, &path, key, value);
                }
                _ if value.get_ref().is_table() => self.other_table(&path, key, value),
                _ => {
                    let message = format!("The key `{}` has no meaning in `[tool.orcaslicer]`", shown(name));
                    self.unknown(&path, key, value, Problem::note(message));
                }
            }
        }
    }

    fn plugin(&mut self, plugin: &Value<'_>) {
        let Some(plugin) = self.table("tool.orcaslicer.plugin", plugin) else { return };
        for (key, value) in plugin {
            let name = key.get_ref().as_ref();
            match name {
                "name" => self.name(value),
                "description" => self.descriptor.description = self.text(name, value).unwrap_or_default(),
                "author" => self.descriptor.author = self.text(name, value).unwrap_or_default(),
                "version" => self.version(value),
                "settings" if value.get_ref().is_table() => {
                    let settings = &mut self.descriptor.settings;
                    self.extra.add(&self.block.toml, "", value, settings);
                }
                "permissions" => self.permissions("tool.orcaslicer.plugin.permissions", value),
                _ => {
                    let path = format!("tool.orcaslicer.plugin.{name}");
                    if ROOT_KEYS.contains(&name) {
                        self.misplaced(name, &path, key, value);
                    } else if let Some(right) = in_lower_case(name, &TEXT_KEYS) {
                        self.unknown(&path, key, value, wrong_case(name, right));
                    } else {
                        let message = format!("The key `{}` has no meaning in `{PLUGIN_TABLE}`", shown(name));
                        self.unknown(&path, key, value, Problem::note(message));
                    }
                }
            }
        }
    }

    fn name(&mut self, value: &Value<'_>) {
        let Some(name) = self.text("name", value) else { return };
        if name.trim().is_empty() {
            let message = "The name is empty: write one, `name = \"…\"`";
            self.push(value, Problem::warning(message));
        } else if name.contains(['\n', '\r']) {
            let message = "The name has more than one line: write it in one";
            self.push(value, Problem::warning(message));
        }
        self.descriptor.name = sanitize_plugin_name(&name);
        if self.descriptor.name != name {
            let message = format!(
                "The name `{}` contains `;`, which separates the parts of a reference: it is shown as `{}`",
                shown(&name),
                shown(&self.descriptor.name)
            );
            self.push(value, Problem::warning(message));
        }
    }

    fn version(&mut self, value: &Value<'_>) {
        let Some(text) = self.text("version", value) else { return };
        if let Some(message) = version::fault(&text) {
            self.push(value, Problem::note(message));
        }
        self.descriptor.version = text;
    }

    fn requires_python(&mut self, value: &Value<'_>) {
        let Some(text) = self.text("requires-python", value) else { return };
        if let Some(message) = version::range_fault(&text) {
            self.push(value, Problem::warning(message));
        }
        self.descriptor.requires_python = Some(text);
    }

    fn dependencies(&mut self, value: &Value<'_>) {
        let Some(array) = value.get_ref().as_array() else {
            let kind = kind(value);
            let message =
                format!("`dependencies` is {kind}: write a list of texts, `dependencies = [\"…\"]`");
            return self.push(value, Problem::error(message));
        };
        for (entry, index) in array.iter().zip(0..) {
            match entry.get_ref().as_str().map(str::trim) {
                Some("") => {
                    let message = "An entry of `dependencies` is empty: remove it";
                    self.push(entry, Problem::warning(message));
                }
                Some(text) => {
                    if let Some(message) = requirement::fault(text).filter(|_| index < MAX_CHECKED) {
                        self.push(entry, Problem::error(message));
                    }
                    self.descriptor.dependencies.push(text.to_owned());
                }
                None => {
                    let kind = kind(entry);
                    let message = format!("An entry of `dependencies` is {kind}: write a text, `\"…\"`");
                    self.push(entry, Problem::error(message));
                }
            }
        }
    }

    fn text(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let message = format!("`{key}` is {}: write a text, `{key} = \"…\"`", kind(value));
            self.push(value, Problem::error(message));
        }
        text
    }

    fn table<'t, 'i>(&mut self, key: &str, value: &'t Value<'i>) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let message = format!("`{key}` is {}: write a table, `{PLUGIN_TABLE}`", kind(value));
            self.push(value, Problem::error(message));
        }
        table
    }

    fn other_table(&mut self, path: &str, key: &Key<'_>, value: &Value<'_>) {
        let message = format!("`[{}]` has no effect: write `{PLUGIN_TABLE}`", shown(path));
        self.unknown(path, key, value, Problem::warning(message));
    }

    /// A key that has a meaning in another table than the one of `path`.
    fn misplaced(&mut self, name: &str, path: &str, key: &Key<'_>, value: &Value<'_>) {
        let (table, _) = path.rsplit_once('.').unwrap_or_default();
        let place = if ROOT_KEYS.contains(&name) {
            "above the table".to_owned()
        } else {
            format!("below `{PLUGIN_TABLE}`")
        };
        let message = format!("`{name}` has no effect in `[{table}]`: write it {place}");
        self.unknown(path, key, value, Problem::warning(message));
    }

    /// Reports a key and keeps its value.
    fn unknown(&mut self, path: &str, key: &Key<'_>, value: &Value<'_>, problem: Problem) {
        self.push(key, problem);
        self.extra.add(&self.block.toml, path, value, &mut self.descriptor.extra);
    }

    fn push<T>(&mut self, place: &Spanned<T>, problem: Problem) {
        self.problems.push(problem.at(self.block.position(place.span().start)));
    }
}

/// The key that a name would be without its capital letters.
fn in_lower_case(name: &str, keys: &[&'static str]) -> Option<&'static str> {
    keys.iter().copied().find(|key| key.eq_ignore_ascii_case(name))
}

fn wrong_case(name: &str, right: &str) -> Problem {
    Problem::warning(format!("The key `{name}` has no effect, capital letters matter: write `{right}`"))
}

/// The kind of a value, with its article and as its author would call it.
fn kind(value: &Value<'_>) -> String {
    let kind = match value.get_ref().type_str() {
        "boolean" => "Boolean",
        kind => kind,
    };
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}
