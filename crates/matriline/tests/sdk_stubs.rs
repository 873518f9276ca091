//! The type stubs of `python-sdk`: they say what the module `orca` is, and the examples keep to them.

mod common;
mod host_common;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use host_common::{Host, check, start};
use matriline_testkit::{process_tests, report, skip};

fn sdk() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python-sdk").canonicalize().unwrap()
}

fn python() -> OsString {
    std::env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into())
}

/// The versions that the stubs are checked with: newer ones may find more.
const MYPY: &str = "mypy==2.4.1";
const PYRIGHT: &str = "pyright@1.1.414";

/// Mypy with the stubs.
struct Mypy {
    /// The folder of mypy and numpy, for the Python that this was built against. Tests share it.
    site: PathBuf,
    /// A folder of the test's own, with the stubs as a package that mypy finds without installing it.
    folder: tempfile::TempDir,
}

impl Mypy {
    /// `None`, and the test counts as skipped, where there is no registry.
    fn with_stubs() -> Option<Self> {
        let shared = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let site = shared.join(format!("{MYPY}-3.{}", matriline_python::MINOR));
        if !site.is_dir() {
            let made = tempfile::tempdir_in(shared).unwrap();
            let mut install = Command::new(python());
            install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            install.args(["--only-binary", ":all:", MYPY, "numpy", "--target"]).arg(made.path());
            if !installs(&mut install) {
                skip("mypy and numpy can't be installed from the registry");
                return None;
            }
            // Another test may have been quicker.
            let _ = std::fs::rename(made.path(), &site);
        }
        let folder = tempfile::tempdir().unwrap();
        matriline_testkit::copy_tree(&sdk().join("orca-stubs"), &folder.path().join("orca"));
        Some(Self { site, folder })
    }

    /// Checks a file or a folder, as `pyproject.toml` says.
    fn check(&self, what: &Path) -> Output {
        let mut command = Command::new(python());
        command.args(["-m", "mypy", "--strict", "--no-incremental", "--cache-dir"]);
        command.arg(self.folder.path().join("cache")).arg("--config-file");
        command.arg(sdk().join("pyproject.toml")).arg(what).current_dir(self.folder.path());
        command.env("PYTHONPATH", &self.site).env("MYPYPATH", self.folder.path());
        command.output().unwrap()
    }

    /// Compares stubs and module inside of the application's Python, as the application. What may be missing in the
    /// module is missing. Answers the summary.
    fn compare(&self, missing: &[&str]) -> String {
        let allowed = self.folder.path().join("allowed");
        std::fs::write(&allowed, missing.join("\n")).unwrap();
        let code = format!(
            "import contextlib, io, os, sys\n\
             sys.path.insert(0, {:?})\n\
             os.environ['MYPYPATH'] = {:?}\n\
             from mypy import stubtest\n\
             said = io.StringIO()\n\
             with contextlib.redirect_stdout(said):\n    \
                 failed = stubtest.test_stubs(stubtest.parse_options(['orca', '--allowlist', {allowed:?}]))\n\
             assert not failed, said.getvalue()\n",
            self.site,
            self.folder.path(),
        );
        common::eval(&format!("exec({code:?}, (names := {{}})) or names['said'].getvalue()"))
    }
}

fn installs(command: &mut Command) -> bool {
    command.output().is_ok_and(|done| done.status.success())
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn mypy_accepts_the_examples() {
    let Some(mypy) = Mypy::with_stubs() else { return };
    let done = mypy.check(&sdk().join("examples"));
    assert!(done.status.success(), "{}", text(&done));
}

/// What plugins in the wild get wrong is found before they run.
fn mypy_finds_what_is_wrong() {
    let Some(mypy) = Mypy::with_stubs() else { return };
    let file = mypy.folder.path().join("wrong.py");
    let lines = [
        ("orca.ExecutionResult.failure('no status')", "call-arg"),
        ("orca.ExecutionResult.failure('FatalError', 'message')", "arg-type"),
        ("orca.ExecutionResult.recoverable_error('message')", "attr-defined"),
        ("orca.version", "attr-defined"),
        ("orca.host.data_dir()", "attr-defined"),
        ("orca.host.preset_bundle().filament", "attr-defined"),
        ("orca.host.preset_bundle().full_config_value()", "call-arg"),
        ("orca.register_capability(orca.base)", "arg-type"),
        ("orca.register_capability(Unfinished)", "type-abstract"),
        ("orca.host.ui.message('text', icon=5)", "arg-type"),
        ("orca.PluginResult.Success.value = 1", "misc"),
    ];
    let head = "import orca\n\nclass Unfinished(orca.script.ScriptPluginCapabilityBase):\n    \
                def get_name(self) -> str:\n        return ''\n\n";
    let source: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
    std::fs::write(&file, format!("{head}{source}")).unwrap();
    let found = text(&mypy.check(&file));
    let first = head.lines().count() + 1;
    for (place, (line, code)) in lines.iter().enumerate() {
        let place = format!("wrong.py:{}: error: ", first + place);
        let is_found =
            found.lines().any(|said| said.contains(&place) && said.ends_with(&format!("[{code}]")));
        assert!(is_found, "`{line}` is no error of the kind `{code}`:\n{found}");
    }
}

fn pyright_accepts_the_examples() {
    let folder = tempfile::tempdir().unwrap();
    let mut install = Command::new("npm");
    install.args(["install", "--silent", "--no-audit", "--no-fund", PYRIGHT]).current_dir(folder.path());
    if !installs(&mut install) {
        return skip("pyright can't be installed from the registry");
    }
    let mut command = Command::new(folder.path().join("node_modules/.bin/pyright"));
    let done = command.arg("--project").arg(sdk()).current_dir(folder.path()).output().unwrap();
    let said = text(&done);
    assert!(done.status.success() && said.contains("0 errors, 0 warnings"), "{said}");
}

/// Stubs and module have the same names, signatures and defaults, where the application offers everything.
fn stubtest_finds_no_difference() {
    let Some(mypy) = Mypy::with_stubs() else { return };
    let _everything = start();
    report(&format!("stubtest: {}", mypy.compare(&[]).trim()));
}

/// Where it offers nothing, the names that come and go are missing, and no others. A name here that is not missing is
/// a difference as well.
fn without_an_offer_the_optional_names_are_missing() {
    let Some(mypy) = Mypy::with_stubs() else { return };
    let _nothing = Host::without();
    mypy.compare(&[
        "orca.analysis",
        "orca.automation",
        "orca.exporter",
        "orca.importer",
        "orca.host.app_language",
        "orca.host.reload_local_bundle",
        "orca.host.ui.NotificationLevel",
        "orca.host.ui.UiDockPanel",
        "orca.host.ui.create_dock_panel",
        "orca.host.ui.push_notification",
    ]);
}

/// What an editor shows of a stub is what `help()` says. Of enumerations the stub says more, and of the commands that an
/// agent has not written the module says what they send.
fn docstrings_are_those_of_help() {
    let code = r#"
import ast, inspect, os
from functools import reduce

def differences(body, owner, path):
    for node in body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith('_'):
            continue
        value, where = getattr(owner, node.name), path + '.' + node.name
        if hasattr(value, '__members__') or '.command_' in where:
            continue
        stub, there = ast.get_docstring(node), inspect.getdoc(value)
        if not stub or stub.split() != there.split():
            yield where, stub, there
        if isinstance(node, ast.ClassDef):
            yield from differences(node.body, value, where)

found, count = [], 0
for folder, _, files in os.walk(STUBS):
    for file in files:
        parts = os.path.relpath(os.path.join(folder, file), STUBS)[:-len('.pyi')].split(os.sep)
        parts = [part for part in parts if part != '__init__']
        with open(os.path.join(folder, file), encoding='utf-8') as stub:
            tree = ast.parse(stub.read())
        count += 1
        found += differences(tree.body, reduce(getattr, parts, orca), '.'.join(['orca', *parts]))
assert count == 14, count
assert not found, found
"#;
    check(&start().0, &format!("STUBS = {:?}\n{code}", sdk().join("orca-stubs")));
}

/// `from orca.host import *` takes what the application offers, and nothing of the module's own.
fn all_names_can_be_imported() {
    let all = "from orca import *\nfrom orca.host import *\nfrom orca.host.ui import *\n\
               assert 'ExecutionResult' in globals() and 'TriangleMesh' in globals() and 'message' in globals()\n\
               assert '__getattr__' not in globals()\n";
    check(
        &start().0,
        &format!("{all}assert 'app_language' in globals() and 'push_notification' in globals()"),
    );
}

fn all_names_can_be_imported_without_an_offer() {
    let all = "from orca import *\nfrom orca.host import *\nfrom orca.host.ui import *\n\
               assert 'TriangleMesh' in globals() and 'app_language' not in globals()";
    check(&Host::without(), all);
}

process_tests!(
    mypy_accepts_the_examples,
    mypy_finds_what_is_wrong,
    pyright_accepts_the_examples,
    stubtest_finds_no_difference,
    without_an_offer_the_optional_names_are_missing,
    docstrings_are_those_of_help,
    all_names_can_be_imported,
    all_names_can_be_imported_without_an_offer,
);
