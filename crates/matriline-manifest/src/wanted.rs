//! What a plugin asks its user for, before it runs.

use crate::Problem;
use crate::bounds::shown;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a plugin wants to be allowed, in the lists of a sidecar's `permissions`. Nothing of it is granted by that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedPermissions {
    /// Files to read, and folders (`/folder/**`).
    pub fs_read: Vec<String>,
    /// The same to read and write.
    pub fs_readwrite: Vec<String>,
    /// Hosts to ask by HTTP.
    pub network_http: Vec<String>,
    /// Hosts to open sockets to.
    pub network_socket: Vec<String>,
    /// Programs to start.
    pub process: Vec<String>,
}

/// Something odd in the table: where, and what.
pub(crate) type Oddity = (Range<usize>, Problem);

impl WantedPermissions {
    /// The lists with their names.
    pub fn lists(&self) -> [(&'static str, &[String]); 5] {
        let Self { fs_read, fs_readwrite, network_http, network_socket, process } = self;
        [
            ("fs_read", fs_read),
            ("fs_readwrite", fs_readwrite),
            ("network_http", network_http),
            ("network_socket", network_socket),
            ("process", process),
        ]
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.lists().iter().all(|(_, list)| list.is_empty())
    }

    fn list_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        Some(match name {
            "fs_read" => &mut self.fs_read,
            "fs_readwrite" => &mut self.fs_readwrite,
            "network_http" => &mut self.network_http,
            "network_socket" => &mut self.network_socket,
            "process" => &mut self.process,
            _ => return None,
        })
    }

    /// Adds what a table asks for. What is not understood asks for nothing, and is no reason not to load the plugin:
    /// it is refused then what it does.
    pub(crate) fn add(&mut self, table: &DeTable<'_>) -> Vec<Oddity> {
        let mut odd = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match self.list_mut(name) {
                Some(list) => add_texts(list, name, value, &mut odd),
                None => {
                    let lists = Self::default().lists().map(|(name, _)| format!("`{name}`")).join(", ");
                    let message = format!(
                        "`{}` is no permission that a plugin can ask for: write one of {lists}",
                        shown(name)
                    );
                    odd.push((key.span(), Problem::warning(message)));
                }
            }
        }
        odd
    }
}

fn add_texts(list: &mut Vec<String>, name: &str, value: &Spanned<DeValue<'_>>, odd: &mut Vec<Oddity>) {
    let write = format!("write a list of texts, `{name} = [\"…\"]`");
    let (alone, several) = match value.get_ref() {
        DeValue::Array(array) => (None, array.iter()),
        DeValue::String(_) => {
            odd.push((
                value.span(),
                Problem::warning(format!("`{name}` is a text that stands alone: {write}")),
            ));
            (Some(value), [].iter())
        }
        other => {
            let kind = other.type_str();
            let message = format!("`{name}` is of the type {kind} and asks for nothing: {write}");
            return odd.push((value.span(), Problem::warning(message)));
        }
    };
    for entry in alone.into_iter().chain(several) {
        match entry.get_ref().as_str().map(str::trim) {
            Some("") => {
                let message = format!("An entry of `{name}` is empty: remove it");
                odd.push((entry.span(), Problem::warning(message)));
            }
            Some(text) if list.iter().any(|known| known == text) => {}
            Some(text) => list.push(text.to_owned()),
            None => {
                let kind = entry.get_ref().type_str();
                let message = format!(
                    "An entry of `{name}` is of the type {kind} and asks for nothing: write a text, `\"…\"`"
                );
                odd.push((entry.span(), Problem::warning(message)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Manifest, read_script};

    fn read(toml: &str) -> Manifest {
        let lines: String = toml.lines().map(|line| format!("# {line}\n")).collect();
        read_script("stamp", format!("# /// script\n{lines}# ///\n").as_bytes())
    }

    /// What is asked for in a table, and what is wrong with it.
    fn check(table: &str, wanted: &[(&str, &[&str])], problems: &[&str]) {
        let found = read(&format!("[tool.matriline.permissions]\n{table}"));
        let lists = found.descriptor.permissions_wanted.as_deref().cloned().unwrap_or_default();
        let asked = lists.lists().into_iter().filter(|(_, list)| !list.is_empty());
        let asked: Vec<_> = asked.map(|(name, list)| (name, list.to_vec())).collect();
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(name, list)| (*name, list.iter().map(ToString::to_string).collect::<Vec<_>>()))
            .collect();
        assert_eq!(asked, wanted, "{table}");
        let shown: Vec<_> =
            found.problems.iter().map(|problem| format!("{:?} {problem}", problem.severity)).collect();
        assert_eq!(shown, problems, "{table}");
    }

    #[test]
    fn each_list() {
        check(
            "fs_read = ['/a, b', \"/c/**\"]\nfs_readwrite = ['/d']\nnetwork_http = ['*.example.com']\n\
             network_socket = ['192.168.1.7:9100']\nprocess = ['ffmpeg', 'ffmpeg']",
            &[
                ("fs_read", &["/a, b", "/c/**"]),
                ("fs_readwrite", &["/d"]),
                ("network_http", &["*.example.com"]),
                ("network_socket", &["192.168.1.7:9100"]),
                ("process", &["ffmpeg"]),
            ],
            &[],
        );
    }

    #[test]
    fn an_empty_table_asks_for_nothing() {
        check("", &[], &[]);
        assert_eq!(read("").descriptor.permissions_wanted, None);
        assert_eq!(read("[tool.matriline.permissions]\nprocess = []").descriptor.permissions_wanted, None);
    }

    #[test]
    fn a_text_that_stands_alone() {
        check(
            "process = 'sh'",
            &[("process", &["sh"])],
            &[
                "Warning Line 3, column 13: `process` is a text that stands alone: write a list of texts, `process = [\"…\"]`",
            ],
        );
    }

    #[test]
    fn wrong_types_ask_for_nothing() {
        check(
            "fs_read = true\nprocess = ['a', 3, ' ']",
            &[("process", &["a"])],
            &[
                "Warning Line 3, column 13: `fs_read` is of the type boolean and asks for nothing: write a list of texts, `fs_read = [\"…\"]`",
                "Warning Line 4, column 19: An entry of `process` is of the type integer and asks for nothing: write a text, `\"…\"`",
                "Warning Line 4, column 22: An entry of `process` is empty: remove it",
            ],
        );
    }

    #[test]
    fn a_list_that_nobody_knows() {
        check(
            "camera = ['front']",
            &[],
            &[
                "Warning Line 3, column 3: `camera` is no permission that a plugin can ask for: write one of `fs_read`, `fs_readwrite`, `network_http`, `network_socket`, `process`",
            ],
        );
    }

    #[test]
    fn no_table_at_all() {
        let problems = |toml: &str| read(toml).problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            problems("[tool.matriline]\npermissions = ['/a']"),
            [
                "Line 3, column 17: `tool.matriline.permissions` is an array and asks for nothing: write a table, `[tool.matriline.permissions]`",
            ]
        );
        assert_eq!(
            problems("[tool.matriline]\nname = 'a'"),
            [
                "Line 3, column 3: `name` has no effect in `[tool.matriline]`: write it below `[tool.orcaslicer.plugin]`"
            ]
        );
    }

    /// The same lists beside the plugin's name.
    #[test]
    fn the_table_of_the_plugin_counts_as_well() {
        let found = read(
            "[tool.orcaslicer.plugin.permissions]\nfs_read = ['/a']\n[tool.matriline.permissions]\nfs_read = ['/b']",
        );
        let wanted = found.descriptor.permissions_wanted.unwrap_or_default();
        let mut paths = wanted.fs_read;
        paths.sort();
        assert_eq!(paths, ["/a", "/b"]);
        assert!(found.problems.is_empty(), "{:?}", found.problems);
    }
}
