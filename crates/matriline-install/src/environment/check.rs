//! Whether what was installed can be imported: tried once, in a process of its own.

use std::path::Path;
use std::process::Command;

use super::process::{Deadline, run};
use super::uv::{Variables, keep_variables};
use super::wanted::{distribution_of, normalized};
use super::{BuildControl, EnvironmentError, ImportName};

/// Written before each import, so that the last one says which failed, even by a crash.
const MARK: &str = "matriline imports ";

/// Without the folder of the program and the user's own, but with ours.
const SCRIPT: &str = "
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    print('matriline imports ' + name, file=sys.stderr, flush=True)
    importlib.import_module(name)
";

/// The modules that stand for the directly wanted distributions: those of their own that are no private part and no
/// tests, which may want what is not installed.
pub(crate) fn names(imports: &[ImportName], lines: &[String]) -> Vec<String> {
    let direct: Vec<_> = lines.iter().map(|line| distribution_of(line)).collect();
    let is_public = |name: &str| {
        !name.starts_with('_') && !matches!(name, "test" | "tests" | "testing" | "docs" | "examples")
    };
    let mut names: Vec<_> = imports
        .iter()
        .filter(|import| direct.contains(&normalized(&import.distribution)) && is_public(&import.name))
        .map(|import| import.name.clone())
        .collect();
    names.dedup();
    names
}

/// Imports these modules from a folder of packages.
pub(crate) fn import(
    python: &Path,
    packages: &Path,
    names: &[String],
    deadline: Deadline,
    control: &BuildControl,
) -> Result<(), EnvironmentError> {
    if names.is_empty() {
        return Ok(());
    }
    control.report(&format!("Checking that `{}` can be imported", names.join("`, `")));
    let mut command = Command::new(python);
    command.args(["-I", "-S", "-c", SCRIPT]).arg(packages).args(names).current_dir(packages);
    keep_variables(&mut command, Variables::Nothing);
    let ended = run(command, "python import check", deadline, &control.quiet())?;
    if ended.status.success() {
        return Ok(());
    }
    let (name, output) = last_import(&ended.output).unwrap_or((&names[0], &ended.output));
    let traceback = match output.is_empty() {
        true => format!("Python ended with {}", ended.status),
        false => output.to_owned(),
    };
    Err(EnvironmentError::Import { name: name.to_owned(), traceback })
}

/// The module of the last mark, and what was written after it.
fn last_import(output: &str) -> Option<(&str, &str)> {
    let rest = &output[output.rfind(MARK)? + MARK.len()..];
    let (name, output) = rest.split_once('\n').unwrap_or((rest, ""));
    Some((name, output.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_what_is_directly_wanted() {
        let import = |name: &str, distribution: &str| ImportName {
            name: name.into(),
            distribution: distribution.into(),
            version: "1".into(),
            content: String::new(),
        };
        let imports = [
            import("_yaml", "PyYAML"),
            import("beta", "beta"),
            import("tests", "PyYAML"),
            import("yaml", "PyYAML"),
        ];
        assert_eq!(names(&imports, &["pyyaml>=6 ; sys_platform == 'linux'".into()]), ["yaml"]);
    }

    #[test]
    fn the_last_mark_names_the_module() {
        let output = "matriline imports a\nwarning\nmatriline imports b\nTraceback\n  x";
        assert_eq!(last_import(output), Some(("b", "Traceback\n  x")));
        assert_eq!(last_import("matriline imports a"), Some(("a", "")));
        assert_eq!(last_import("cut"), None);
    }
}
