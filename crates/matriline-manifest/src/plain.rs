//! What nearly all plugins write as a requirement or a range of versions, told without a parser.
//!
//! True means that the parser finds no fault either; false means nothing, and the parser decides.

/// True for a requirement like `name` or `name>=1.2,<3`.
pub(crate) fn is_requirement(text: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let end = text.bytes().position(|byte| !is_inside(byte)).unwrap_or(text.len());
    let (name, range) = text.split_at(end);
    let name = name.as_bytes();
    let has_edges =
        [name.first(), name.last()].iter().all(|byte| byte.is_some_and(u8::is_ascii_alphanumeric));
    // `name.zip` alone would be a file
    has_edges && if range.is_empty() { !name.contains(&b'.') } else { is_range(range) }
}

/// True for a range like `>=1.2,<3`.
pub(crate) fn is_range(text: &str) -> bool {
    const OPERATORS: [&str; 6] = ["==", "!=", ">=", "<=", "<", ">"];
    let version = |bound: &'_ str| {
        OPERATORS.iter().find_map(|operator| bound.strip_prefix(operator)).is_some_and(is_release)
    };
    text.split(',').all(version)
}

/// True for numbers joined by dots.
fn is_release(version: &str) -> bool {
    let is_number =
        |part: &str| matches!(part.len(), 1..=9) && part.bytes().all(|byte| byte.is_ascii_digit());
    version.split('.').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pep440_rs::VersionSpecifiers;
    use pep508_rs::Requirement;
    use proptest::prelude::*;
    use std::str::FromStr;
    use url::Url;

    fn check(requirement: &str, expected: bool) {
        assert_eq!(is_requirement(requirement), expected, "{requirement}");
    }

    #[test]
    fn plain_requirements() {
        check("numpy", true);
        check("zope.interface>=4.1,!=5", true);
        check("typing_extensions==4.12.2", true);
    }

    #[test]
    fn the_parser_decides_about_all_others() {
        for text in
            ["", "a.zip", "a-", "a>=1,", "a>=", "a=1", "a===1", "a~=1", "a==1.*", "a >=1", "a[b]", "é"]
        {
            check(text, false);
        }
    }

    proptest! {
        #[test]
        fn the_parser_agrees(
            name in "[aZ0._-]{1,5}(\\.(zip|whl|tar\\.gz))?",
            range in "((==|!=|~=|===|>=|<=|<|>)[0-9]{1,10}(\\.[0-9*]{1,3}){0,3},?){0,3}",
        ) {
            let requirement = format!("{name}{range}");
            if is_requirement(&requirement) {
                let parsed = Requirement::<Url>::from_str(&requirement);
                prop_assert!(parsed.is_ok(), "{requirement}: {parsed:?}");
            }
            if is_range(&range) {
                prop_assert!(VersionSpecifiers::from_str(&range).is_ok(), "{range}");
            }
        }
    }
}
