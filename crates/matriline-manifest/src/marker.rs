//! The conditions of a requirement, its marker (PEP 508), checked by grammar alone.
//!
//! The library for requirements also brings markers into a normal form. That takes time and memory which foreign text
//! can drive up without end, and panics for some; whether a condition holds is the installer's question anyway.

/// The names that a marker may ask for; those with a `.` are old spellings.
const VARIABLES: [&str; 18] = [
    "python_version",
    "python_full_version",
    "os_name",
    "sys_platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform_machine",
    "platform_python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
    "os.name",
    "sys.platform",
    "platform.machine",
    "platform.python_implementation",
];
const OPERATORS: [&str; 8] = ["===", "<=", "!=", "==", ">=", "~=", "<", ">"];

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The first side of a condition, or `(`.
    Left,
    Operator,
    Right,
    /// `and`, `or`, `)` or the end.
    Joint,
}

/// What is wrong with a marker, in words.
pub(crate) fn fault(marker: &str) -> Option<String> {
    let (mut rest, mut next, mut depth) = (marker.trim(), Next::Left, 0_usize);
    while !rest.is_empty() {
        let Some((token, after)) = token(rest) else { return Some(format!("`{rest}` cannot be read")) };
        rest = after.trim_start();
        next = match (next, token) {
            (Next::Left, "(") => {
                depth += 1;
                Next::Left
            }
            (Next::Left, token) if is_operand(token) => Next::Operator,
            (Next::Operator, "in") => Next::Right,
            (Next::Operator, "not") => {
                let Some(("in", after)) = self::token(rest) else {
                    return Some("`not` has no `in` behind it".to_owned());
                };
                rest = after.trim_start();
                Next::Right
            }
            (Next::Operator, token) if OPERATORS.contains(&token) => Next::Right,
            (Next::Right, token) if is_operand(token) => Next::Joint,
            (Next::Joint, "and" | "or") => Next::Left,
            (Next::Joint, ")") if depth > 0 => {
                depth -= 1;
                Next::Joint
            }
            (Next::Left | Next::Right, _) => {
                return Some(format!(
                    "`{token}` is neither a text in quotes nor a name like `python_version`"
                ));
            }
            (Next::Operator, _) => return Some(format!("`{token}` is not a comparison")),
            (Next::Joint, _) => return Some(format!("`{token}` is not expected there")),
        };
    }
    match next {
        Next::Joint if depth == 0 => None,
        Next::Joint => Some("a `(` is not closed".to_owned()),
        _ => Some("its marker ends early".to_owned()),
    }
}

/// The first token and what follows; `None` for a sign that begins none.
fn token(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    let length = match first {
        '(' | ')' => 1,
        '"' | '\'' => text[1..].find(first)? + 2,
        _ => match OPERATORS.iter().find(|operator| text.starts_with(**operator)) {
            Some(operator) => operator.len(),
            None => {
                let is_inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
                text.find(|letter| !is_inside(letter)).unwrap_or(text.len())
            }
        },
    };
    (length > 0).then(|| text.split_at(length))
}

fn is_operand(token: &str) -> bool {
    token.starts_with(['"', '\'']) || VARIABLES.contains(&token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` is in the fault, or the marker has none if it is empty.
    fn check(marker: &str, expected: &str) {
        let fault = fault(marker).unwrap_or_default();
        assert!(if expected.is_empty() { fault.is_empty() } else { fault.contains(expected) }, "{fault}");
    }

    #[test]
    fn conditions() {
        check("python_version>='3.10'", "");
        check(" extra == \"docs\" and ( os_name not in 'nt' or 'linux' in sys_platform ) ", "");
        check("((os.name=='nt'))", "");
        check("platform_machine === 'x' and extra~='1'", "");
    }

    #[test]
    fn what_is_no_marker() {
        check("", "ends early");
        check("python_version", "ends early");
        check("python_version >= 3.10", "`3.10` is neither a text in quotes");
        check("python >= '3.10'", "`python` is neither");
        check("os_name = 'nt'", "`= 'nt'` cannot be read");
        check("os_name 'nt'", "`'nt'` is not a comparison");
        check("os_name not 'nt'", "`not` has no `in`");
        check("os_name == 'nt", "`'nt` cannot be read");
        check("os_name == 'nt' extra == 'x'", "`extra` is not expected there");
        check("(os_name == 'nt'", "a `(` is not closed");
        check("os_name == 'nt')", "`)` is not expected there");
        check("os_name == 'nt' and", "ends early");
    }

    #[test]
    fn depth_costs_nothing() {
        check(&"(".repeat(100_000), "ends early");
    }
}
