//! Requirements of other distributions (PEP 508). They are checked here and read by the installer.

use crate::bounds::shown;
use crate::{marker, plain};
use pep508_rs::Requirement;
use std::str::FromStr;
use url::Url;

/// The longest requirement that is checked.
const MAX_BYTES: usize = 4 << 10;
/// The most requirements of one plugin that are checked.
pub(crate) const MAX_CHECKED: usize = 1000;

/// What is wrong with a requirement, and what to write.
pub(crate) fn fault(requirement: &str) -> Option<String> {
    if requirement.len() > MAX_BYTES {
        return Some(format!("A requirement is longer than {MAX_BYTES} bytes: shorten it"));
    }
    if plain::is_requirement(requirement) {
        return None;
    }
    let (subject, marker) = parted(requirement);
    let reason = if has_bad_name(subject) {
        Some("a name begins and ends with a letter or a number".to_owned())
    } else {
        // what follows the first line shows the requirement again
        let error = Requirement::<Url>::from_str(subject).err().map(|error| error.message.to_string());
        error.map(|text| text.lines().next().unwrap_or_default().trim_end_matches(['.', ':']).to_owned())
    };
    let reason = reason.or_else(|| marker.and_then(marker::fault))?;
    let fix = fix(requirement);
    Some(format!("`{}` is not a valid requirement ({}): write {fix}", shown(requirement), shown(&reason)))
}

/// True for a name, of the distribution or an extra, that begins or ends with a sign. The parser's own check panics
/// for some of those, and looks for a path with variables of the environment in others.
fn has_bad_name(requirement: &str) -> bool {
    let is_sign = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || is_sign(byte);
    let bytes = requirement.as_bytes();
    // what comes first after the names: a version, a URL or a marker, whose signs are their own
    let end = bytes.iter().position(|byte| b"<>=!~@;(".contains(byte)).unwrap_or(bytes.len());
    let begins = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
    !begins
        || bytes[..end]
            .iter()
            .enumerate()
            .any(|(at, &byte)| is_sign(byte) && !bytes.get(at + 1).is_some_and(|&next| is_inside(next)))
}

/// The requirement without its marker, and the marker. A URL may hold `;` itself, and has a space before that of the
/// marker.
fn parted(requirement: &str) -> (&str, Option<&str>) {
    let is_url = requirement.find('@').is_some_and(|at| !requirement[..at].contains([';', '<', '=', '>']));
    let found = if is_url {
        requirement.char_indices().zip(requirement.chars().skip(1)).find_map(|((at, letter), next)| {
            (letter.is_whitespace() && next == ';').then_some(at + letter.len_utf8())
        })
    } else {
        requirement.find(';')
    };
    found.map_or((requirement, None), |at| (&requirement[..at], Some(&requirement[at + 1..])))
}

/// The requirement as it was probably meant: `a=1`, `a = 1` and `a 1` are habits of other formats.
fn fix(requirement: &str) -> String {
    let name_end =
        requirement.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter));
    let (name, rest) = requirement.split_at(name_end.unwrap_or(requirement.len()));
    let version = rest.trim_start_matches(['=', ' ', '^', '@']);
    let is_version = version.starts_with(|first: char| first.is_ascii_digit());
    if !name.is_empty()
        && is_version
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    {
        let operator = if rest.contains('^') { ">=" } else { "==" };
        return format!("`{}`", shown(&format!("{name}{operator}{version}")));
    }
    "it like `name`, `name>=1.2,<2` or `name @ https://…`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `expected` is in the fault, or the requirement has none if it is empty.
    fn check(requirement: &str, expected: &str) {
        let fault = fault(requirement).unwrap_or_default();
        assert!(if expected.is_empty() { fault.is_empty() } else { fault.contains(expected) }, "{fault}");
    }

    #[test]
    fn requirements() {
        check("numpy", "");
        check("requests>=2.31,<3", "");
        check("numpy [a,b] ~= 2.0 ; python_version >= '3.10' and sys_platform == 'win32'", "");
        check("stats @ https://example.org/stats-1.0-py3-none-any.whl", "");
        check("zope.interface (>4.1)", "");
    }

    #[test]
    fn habits_of_other_formats() {
        check("numpy=2.0", ": write `numpy==2.0`");
        check("numpy = 2", ": write `numpy==2`");
        check("numpy 2.0", ": write `numpy==2.0`");
        check("numpy^2.0", ": write `numpy>=2.0`");
        check("numpy>=2; python", ": write it like `name`, ");
        check("-r requirements.txt", ": write it like `name`, ");
        check("", ": write it like `name`, ");
    }

    // the parser panics for some of these
    #[test]
    fn names_that_begin_or_end_with_a_sign() {
        check("numpy- >=2", "a name begins and ends with a letter or a number");
        check("numpy[a-,b]", "a name begins and ends with a letter or a number");
        check("$HOME/numpy", "a name begins and ends with a letter or a number");
        check("numpy.", "a name begins and ends with a letter or a number");
        check("a==1-", "is not a valid requirement");
    }

    #[test]
    fn a_long_requirement() {
        check(&"a".repeat(MAX_BYTES + 1), "A requirement is longer than 4096 bytes: shorten it");
    }

    #[test]
    fn markers() {
        check(
            "a; python_version",
            "`a; python_version` is not a valid requirement (its marker ends early): write ",
        );
        check("a; python_version >= '3.9' and extra == 'x'", "");
        check("a @ https://example.org/a;b ; os_name == 'nt'", "");
        check("a @ https://example.org/a;b ; os_name", "its marker ends early");
        check("a[b@c;d", "is not a valid requirement");
    }

    const CONDITION: &str = "(python_version|python_full_version|os_name|extra|'[a3.*]{0,4}') ?(==|!=|~=|>=|<|===| in | not in ) ?('[a3.* ]{0,5}'|os_name|extra|python_version)";

    proptest! {
        #[test]
        fn any_marker_is_checked(
            conditions in prop::collection::vec(CONDITION, 1..5),
            joints in prop::collection::vec("\\)? (and|or) \\(?", 4),
        ) {
            let marker: String = conditions.iter().zip(&joints).flat_map(|pair| [pair.0.as_str(), pair.1]).collect();
            fault(&format!("a; {marker}os_name == ''"));
        }

        #[test]
        fn any_text_is_checked(text in "\\PC{0,40}|[a-c]{1,2}( ?[<>=!~;@\\[\\](),'\"]|1|or|and|extra){0,12}") {
            fault(&text);
        }
    }
}
