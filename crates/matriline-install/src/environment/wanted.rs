//! What a plugin wants to import beside itself.

use std::path::{Path, PathBuf};

use super::EnvironmentError;
use matriline_manifest::Target;

/// The dependencies of a plugin: what it requires and the wheels it brings along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Requirements (PEP 508); uv honours their markers and extras.
    pub requirements: Vec<String>,
    /// Wheels bundled with the plugin. Those that run here are installed whether or not a requirement names them,
    /// and no index is asked for them.
    pub wheels: Vec<PathBuf>,
}

impl Wanted {
    /// True if there is nothing to install; no environment is needed then.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty() && self.wheels.is_empty()
    }

    /// The lines that uv is given: each requirement, and the very version of each bundled wheel that runs here.
    pub(crate) fn lines(&self, target: &Target) -> Result<Vec<String>, EnvironmentError> {
        let mut lines = Vec::new();
        for requirement in &self.requirements {
            if let Some(reason) = fault(requirement) {
                return Err(EnvironmentError::Requirement { requirement: requirement.clone(), reason });
            }
            lines.push(requirement.trim().to_owned());
        }
        for path in &self.wheels {
            let wheel =
                WheelName::of(path).ok_or_else(|| EnvironmentError::WheelName { path: path.clone() })?;
            if target.accepts(&wheel.tag) {
                lines.push(format!("{}=={}", wheel.name, wheel.version));
            }
        }
        lines.sort();
        lines.dedup();
        Ok(lines)
    }
}

/// A requirements file is a language: a line may be an option, name other files, go on in the next line, or take in
/// variables of the environment. Nothing of that is a requirement.
fn fault(requirement: &str) -> Option<&'static str> {
    let requirement = requirement.trim();
    if !requirement.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return Some("a requirement begins with the name of a distribution, like `numpy>=2`");
    }
    if requirement.contains(['\n', '\r', '\\', '$']) || requirement.contains(" -") {
        return Some("write one requirement, like `numpy>=2`, without options, variables and line breaks");
    }
    let name_ends = requirement.find(|letter: char| !is_name(letter)).unwrap_or(requirement.len());
    let after = requirement[name_ends..].trim_start();
    if !(after.is_empty() || after.starts_with(['[', '<', '>', '=', '!', '~', ';', '@', '(', '#'])) {
        return Some("write the name of a distribution, then versions, like `numpy>=2`");
    }
    None
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// The name of the distribution that a line wants, in its comparable form.
pub(crate) fn distribution_of(line: &str) -> String {
    normalized(line.split(|letter: char| !is_name(letter)).next().unwrap_or_default())
}

/// The one form of a distribution's name that is compared (PEP 503).
pub(crate) fn normalized(name: &str) -> String {
    let mut parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    parts.fold(first, |name, part| name + "-" + &part.to_ascii_lowercase())
}

/// The parts of a wheel's file name (binary distribution format, "File name convention").
struct WheelName {
    name: String,
    version: String,
    tag: String,
}

impl WheelName {
    fn of(path: &Path) -> Option<Self> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".whl")?;
        let parts: Vec<_> = stem.split('-').collect();
        let (name, version, tag) = match parts[..] {
            [name, version, ref tag @ ..] if tag.len() == 3 => (name, version, tag.join("-")),
            [name, version, _build, ref tag @ ..] if tag.len() == 3 => (name, version, tag.join("-")),
            _ => return None,
        };
        let is_version = |letter: char| is_name(letter) || matches!(letter, '+' | '!');
        let well_formed = name.chars().all(is_name) && version.chars().all(is_version);
        (well_formed && !name.is_empty() && !version.is_empty()).then(|| Self {
            name: normalized(name),
            version: version.replace('_', "-"),
            tag,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` are the lines, or none where a requirement is refused.
    fn check(requirements: &[&str], wheels: &[&str], expected: Option<&[&str]>) {
        let wanted = Wanted {
            requirements: requirements.iter().map(|&text| text.into()).collect(),
            wheels: wheels.iter().map(PathBuf::from).collect(),
        };
        let lines = wanted.lines(&Target::of_this_build(11)).ok();
        let expected = expected.map(|lines| lines.iter().map(|&line| line.to_owned()).collect());
        assert_eq!(lines, expected, "{requirements:?} {wheels:?}");
    }

    #[test]
    fn requirements_are_sorted_and_kept() {
        check(
            &["numpy", "alpha [x] >= 1 ; sys_platform == 'linux'"],
            &[],
            Some(&["alpha [x] >= 1 ; sys_platform == 'linux'", "numpy"]),
        );
        check(
            &["a @ https://example.org/a-1-py3-none-any.whl", "a"],
            &[],
            Some(&["a", "a @ https://example.org/a-1-py3-none-any.whl"]),
        );
        check(&["a", "a "], &[], Some(&["a"]));
    }

    #[test]
    fn what_a_requirements_file_could_say_else_is_refused() {
        for line in [
            "-r other.txt",
            "--index-url x",
            "-e .",
            "./a.whl",
            "/a.whl",
            "a\n-r b",
            "a\\",
            "a @ https://x/${HOME}",
            "a --hash=sha256:0",
            "C:/a.whl",
            "https://x/a.whl",
            "sub/a.whl",
            "",
        ] {
            check(&[line], &[], None);
        }
    }

    #[test]
    fn bundled_wheels_that_run_here_are_wanted() {
        check(&[], &["w/My_Stats-1.0-py3-none-any.whl"], Some(&["my-stats==1.0"]));
        check(&[], &["w/a-1.0-7-py2.py3-none-any.whl"], Some(&["a==1.0"]));
        check(&[], &["w/a-1.0+cpu_1-py3-none-any.whl"], Some(&["a==1.0+cpu-1"]));
        check(&[], &["w/a-1.0-cp311-cp311-win_amd64.whl"], Some(&[]));
        check(&[], &["w/a.whl"], None);
        check(&[], &["w/a-1-r-py3-none-any-x.whl"], None);
    }

    #[test]
    fn names_of_distributions() {
        assert_eq!(distribution_of("My.Stats_x[a]>=1"), "my-stats-x");
        assert_eq!(distribution_of("a;python_version>'3'"), "a");
    }
}
