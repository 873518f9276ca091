//! What a plugin asks its user for, before it runs.

use matriline_catalog::state::Permissions;
use matriline_manifest::Descriptor;

/// What a plugin asks for in its table `[tool.matriline.permissions]`, as the sidecar would keep it. Nothing for a plugin
/// without it, and for wheels, whose metadata has no such place.
pub fn requested_permissions(descriptor: &Descriptor) -> Permissions {
    let mut requested = Permissions::default();
    if let Some(wanted) = &descriptor.permissions_wanted {
        for ((_, list), (_, into)) in wanted.lists().into_iter().zip(requested.lists_mut()) {
            *into = list.to_vec();
        }
    }
    requested
}

/// What of `requested` is in none of the others.
pub(crate) fn beyond(requested: &Permissions, known: [&Permissions; 2]) -> Permissions {
    let mut others = known.map(Clone::clone);
    let mut rest = requested.clone();
    for known in &mut others {
        for ((_, list), (_, known)) in rest.lists_mut().into_iter().zip(known.lists_mut()) {
            list.retain(|text| !known.contains(text));
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_manifest::read_script;

    fn requested(table: &str) -> Permissions {
        let lines: String = table.lines().map(|line| format!("# {line}\n")).collect();
        let source = format!("# /// script\n# [tool.matriline.permissions]\n{lines}# ///\n");
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
