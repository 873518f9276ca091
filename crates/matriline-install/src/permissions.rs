//! What a plugin asks its user for, before it runs.

use matriline_catalog::state::Permissions;
use matriline_manifest::Descriptor;

/// Where a script writes what it asks for: lists of texts named as those of the sidecar.
const TABLE: &str = "tool.orcaslicer.plugin.permissions";

/// What a plugin asks for in the table `[tool.orcaslicer.plugin.permissions]` of its PEP 723 block, whose lists are
/// named as those of [`Permissions`]. Nothing for a plugin without it, and for wheels, whose metadata has no such place.
pub fn requested_permissions(descriptor: &Descriptor) -> Permissions {
    let list =
        |name: &str| texts(descriptor.extra.get(&format!("{TABLE}.{name}")).map_or("", String::as_str));
    let mut requested = Permissions::default();
    for (name, into) in lists_mut(&mut requested) {
        *into = list(name);
    }
    requested
}

/// What of `requested` is in none of the others.
pub(crate) fn beyond(requested: &Permissions, known: [&Permissions; 2]) -> Permissions {
    let mut others = known.map(Clone::clone);
    let mut rest = requested.clone();
    for known in &mut others {
        for ((_, list), (_, known)) in lists_mut(&mut rest).into_iter().zip(lists_mut(known)) {
            list.retain(|text| !known.contains(text));
        }
    }
    rest
}

fn lists_mut(permissions: &mut Permissions) -> [(&'static str, &mut Vec<String>); 5] {
    let Permissions { fs_read, fs_readwrite, network_http, network_socket, process, .. } = permissions;
    [
        ("fs_read", fs_read),
        ("fs_readwrite", fs_readwrite),
        ("network_http", network_http),
        ("network_socket", network_socket),
        ("process", process),
    ]
}

/// The texts of a TOML array, as the manifest keeps it; a text that stands alone was kept without its quotes.
fn texts(written: &str) -> Vec<String> {
    if written.is_empty() {
        return Vec::new();
    }
    match toml::from_str::<toml::Table>(&format!("list = {written}")).map(|mut table| table.remove("list")) {
        Ok(Some(toml::Value::Array(items))) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => vec![written.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_manifest::read_script;

    fn requested(table: &str) -> Permissions {
        let lines: String = table.lines().map(|line| format!("# {line}\n")).collect();
        let source = format!("# /// script\n# [tool.orcaslicer.plugin.permissions]\n{lines}# ///\n");
        requested_permissions(&read_script("stamp", source.as_bytes()).descriptor)
    }

    #[test]
    fn lists_are_named_as_in_the_sidecar() {
        let asked = requested("fs_read = ['/a, b', \"/c\"]\nnetwork_http = ['example.org']\nother = ['x']");
        assert_eq!(asked.fs_read, ["/a, b", "/c"]);
        assert_eq!(asked.network_http, ["example.org"]);
        assert!(asked.process.is_empty());
    }

    #[test]
    fn one_text_is_a_list_of_one() {
        assert_eq!(requested("process = 'slicer'").process, ["slicer"]);
    }

    #[test]
    fn no_table_asks_for_nothing() {
        assert_eq!(requested_permissions(&Descriptor::default()), Permissions::default());
    }

    #[test]
    fn only_what_nobody_knows_is_new() {
        let [asked, before, granted] =
            ["fs_read = ['a', 'b', 'c']", "fs_read = ['a']", "fs_read = ['b']"].map(requested);
        assert_eq!(beyond(&asked, [&before, &granted]).fs_read, ["c"]);
    }
}
