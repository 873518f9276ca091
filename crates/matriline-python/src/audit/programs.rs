//! Which program runs: found as the system finds it.

use std::env;
use std::path::{Path, PathBuf};

/// The shells whose line, after `-c`, is what really runs.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "zsh", "ksh", "fish"];

/// The canonical path of a program: as it is named if that has a separator, else by the search path. As it stands if
/// there is none.
pub(super) fn find(name: &Path) -> PathBuf {
    let by_path = || {
        let folders = env::var_os("PATH")?;
        env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| file.is_file())
    };
    let has_folder = name.parent().is_some_and(|parent| !parent.as_os_str().is_empty());
    let found = if has_folder { Some(name.to_owned()) } else { by_path() };
    let found = found.unwrap_or_else(|| name.to_owned());
    found.canonicalize().unwrap_or(found)
}

/// What stands for a program and its arguments: the program alone, with any arguments; for a line of a shell, the line.
pub(super) fn target(program: &Path, args: &[String]) -> String {
    let is_shell =
        |path: &Path| path.file_name().is_some_and(|name| SHELLS.iter().any(|shell| name == *shell));
    let found = find(program);
    let line = args.iter().position(|arg| arg == "-c").and_then(|at| args.get(at + 1));
    match line {
        Some(line) if is_shell(program) || is_shell(&found) => format!("{} -c {line}", found.display()),
        _ => found.to_string_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(program: &str, args: &[&str], expected: &str) {
        let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let sh = find(Path::new("/bin/sh")).display().to_string();
        assert_eq!(target(Path::new(program), &args), expected.replace("<sh>", &sh));
    }

    #[test]
    fn a_program_stands_for_itself_with_any_arguments() {
        check("/bin/sh", &["/bin/sh", "script.sh"], "<sh>");
        check("sh", &[], "<sh>");
        check("/no/such/program", &["x", "-c", "y"], "/no/such/program");
        check("no-such-program", &[], "no-such-program");
    }

    #[test]
    fn a_line_stands_for_itself() {
        check("/bin/sh", &["/bin/sh", "-c", "rm -r x"], "<sh> -c rm -r x");
        check("sh", &["sh", "-e", "-c", "ls"], "<sh> -c ls");
    }
}
