//! The identity of a plugin, and its name without the separator of references.

/// The key of a local plugin, made from the name of its entry file without the extension.
///
/// ASCII letters, digits, `_`, `-` and `.` stay; every run of other bytes becomes one `_`, which also joins a `_`
/// before it. Nothing at all becomes `path`. The stem is bytes, as file names need not be UTF-8.
pub fn plugin_key_from_stem(stem: impl AsRef<[u8]>) -> String {
    let mut key = String::new();
    for &byte in stem.as_ref() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => key.push(char::from(byte)),
            _ if key.ends_with('_') => {}
            _ => key.push('_'),
        }
    }
    if key.is_empty() { "path".to_owned() } else { key }
}

/// A plugin's name with every `;` replaced by `_`, because `;` separates the parts of a capability reference.
pub fn sanitize_plugin_name(name: &str) -> String {
    name.replace(';', "_")
}

/// True for the 36 characters of a UUID: hexadecimal digits of either case, parted by `-` as 8-4-4-4-12.
pub fn is_uuid(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// True if an identifier can name a plugin's folder: ASCII letters, digits, `_`, `-` and `.`, and neither `..` nor
/// what a scan ignores, a `.` or `__` at the start.
pub fn is_valid_plugin_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !id.is_empty() && !id.starts_with('.') && !id.starts_with("__") && id.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stem: impl AsRef<[u8]>, expected: &str) {
        assert_eq!(plugin_key_from_stem(stem), expected);
    }

    #[test]
    fn safe_stems_stay() {
        check("Header-Stamp_1.0", "Header-Stamp_1.0");
        check("a__b", "a__b");
    }

    #[test]
    fn a_run_of_other_bytes_is_one_underscore() {
        check("my  plugin", "my_plugin");
        check("a (b)", "a_b_");
    }

    #[test]
    fn an_underscore_before_the_run_is_enough() {
        check("a_ b", "a_b");
        check("a _b", "a__b");
    }

    #[test]
    fn letters_of_other_scripts_are_other_bytes() {
        check("Größe", "Gr_e");
        check("印刷", "_");
    }

    #[test]
    fn stems_need_not_be_utf_8() {
        check(b"a\xff\xfeb", "a_b");
    }

    #[test]
    fn an_empty_stem_has_a_key() {
        check("", "path");
    }

    #[test]
    fn names_lose_the_separator_alone() {
        assert_eq!(sanitize_plugin_name("a;b; c,d"), "a_b_ c,d");
    }

    fn check_uuid(text: &str, expected: bool) {
        assert_eq!(is_uuid(text), expected, "{text}");
    }

    #[test]
    fn uuids_have_one_form() {
        check_uuid("0f8fad5b-d9cb-469f-a165-70867728950E", true);
        check_uuid("0f8fad5bd9cb469fa16570867728950e", false);
        check_uuid("0f8fad5b-d9cb-469f-a165-70867728950", false);
        check_uuid("0f8fad5b-d9cb-469f-a165-70867728950g", false);
        check_uuid("{f8fad5b-d9cb-469f-a165-70867728950}", false);
        check_uuid("", false);
    }

    fn check_id(id: &str, expected: bool) {
        assert_eq!(is_valid_plugin_id(id), expected, "{id}");
    }

    #[test]
    fn ids_name_a_folder_that_is_scanned() {
        check_id("0f8fad5b-d9cb-469f-a165-70867728950e", true);
        check_id("a_b.c", true);
        check_id("_a", true);
        for id in ["", ".", "..", ".a", "__a", "a/b", "a b", "é", "a:b"] {
            check_id(id, false);
        }
    }

    // 12.3: the identifier of a cloud plugin that is to be installed
    #[test]
    fn c12_3_an_id_that_leaves_the_folder() {
        check_id("../../escape", false);
    }
}
