//! What environments bring: shared when they agree, refused before the import when they do not, kept once imported.

mod common;
mod numpy;

use common::{Host, eval, is_imported, name, run, unload};
use matriline_orca::LoadError;
use matriline_python::imports::folders_in_use;
use matriline_testkit::process_tests;

/// A module as a native one is that works only the first time it is imported in a process.
const ONCE: &str = "\
import threading
if hasattr(threading, '_imported_once'):
    raise ImportError('cannot load module more than once per process')
threading._imported_once = True
from . import part
VALUE = 'once'
";

fn a_module_that_can_be_imported_only_once_survives_unloading() {
    let host = Host::start();
    let folder = host.environment("environments/a", "native", ONCE);
    host.write("environments/a/native/part.py", "");
    let plugin = host.plugin("first", "import native").brings(name("native", &folder, "1"));
    for _ in 0..3 {
        let loaded = plugin.load();
        run(&loaded, "import native\nassert native.VALUE == 'once'").unwrap();
        unload(loaded);
        assert!(is_imported("native") && is_imported("native.part") && !is_imported("first"));
    }
}

fn two_plugins_that_agree_share() {
    let host = Host::start();
    let first = host.environment("environments/a", "native", ONCE);
    let second = host.environment("environments/b", "native", ONCE);
    for folder in ["a", "b"] {
        host.write(&format!("environments/{folder}/native/part.py"), "");
    }
    let a = host.plugin("first", "import native").brings(name("native", &first, "1")).load();
    let b = host.plugin("second", "import native").brings(name("native", &second, "1")).load();
    unload(a);
    run(&b, "import native.part").unwrap();
    // The folder that it came from is needed for as long as the module is there.
    assert!(folders_in_use().contains(&first));
}

fn two_contents_are_refused_before_anything_is_imported() {
    let host = Host::start();
    let (one, two) =
        (host.environment("environments/a", "yaml", ""), host.environment("environments/b", "yaml", ""));
    let _first = host.plugin("first", "import yaml").brings(name("yaml", &one, "5.1")).load();
    let second = host.plugin("second", "raise SystemExit('was imported')").brings(name("yaml", &two, "6.0"));
    let parts = [
        "`first`",
        "`second`",
        "`yaml`",
        "`yaml-dist` 5.1",
        "`yaml-dist` 6.0",
        "Failed to load plugin module: ",
    ];
    let failed = second.refused(&parts);
    assert!(matches!(*failed.error, LoadError::Conflict { .. }));
    assert!(!is_imported("second"));
}

fn what_was_imported_stays_taken_and_what_was_not_goes() {
    let host = Host::start();
    let (one, two) =
        (host.environment("environments/a", "yaml", ""), host.environment("environments/b", "yaml", ""));
    let one = |key, head| host.plugin(key, head).brings(name("yaml", &one, "5.1"));
    let two = |key, head| host.plugin(key, head).brings(name("yaml", &two, "6.0"));
    unload(one("first", "").load());
    unload(two("second", "import yaml").load());
    one("third", "").refused(&["`second`", "until it ends"]);
    unload(two("fourth", "import yaml").load());
}

fn another_plugins_environment_is_not_mine() {
    let host = Host::start();
    let folder = host.environment("environments/a", "yaml", "");
    let _first = host.plugin("first", "import yaml").brings(name("yaml", &folder, "5.1")).load();
    host.plugin("second", "import yaml").refused(&[
        "ModuleNotFoundError",
        "No module named 'yaml'",
        "`second`",
    ]);
}

fn modules_of_environments_import_each_other() {
    let host = Host::start();
    let folder = host.environment("environments/a", "outer", "import inner, json\nVALUE = inner.VALUE");
    host.environment("environments/a", "inner", "VALUE = 7");
    let head = "import outer\nassert outer.VALUE == 7\ntry:\n    import inner\nexcept ModuleNotFoundError as e:\n    raise";
    let plugin = host.plugin("first", head);
    let plugin = plugin.brings(name("outer", &folder, "1")).brings(name("inner", &folder, "1"));
    unload(plugin.load());
}

fn own_code_and_the_standard_library_come_first() {
    let host = Host::start();
    let folder = host.environment("environments/a", "helper", "raise ImportError('not this one')");
    host.environment("environments/a", "json", "raise ImportError('not this one')");
    host.write("first/helper.py", "VALUE = 'own'");
    let plugin = host.plugin("first", "import json, helper\nassert helper.VALUE == 'own'");
    let plugin = plugin.brings(name("helper", &folder, "1")).brings(name("json", &folder, "1"));
    unload(plugin.load());
}

fn a_name_of_another_plugins_code_is_taken() {
    let host = Host::start();
    host.write("first/helper.py", "");
    let _first = host.plugin("first", "import helper").load();
    let folder = host.environment("environments/a", "helper", "");
    let second = host.plugin("second", "").brings(name("helper", &folder, "1"));
    let failed = second.refused(&["`helper`", "`first`"]);
    assert!(matches!(*failed.error, LoadError::NameTaken { .. }));
}

fn distributions_are_those_of_the_plugin() {
    let host = Host::start();
    let metadata = |folder: &str, version: &str| {
        host.write(
            &format!("{folder}/yaml-{version}.dist-info/METADATA"),
            &format!("Metadata-Version: 2.1\nName: yaml\nVersion: {version}\n"),
        );
        host.write(
            &format!("{folder}/yaml-{version}.dist-info/entry_points.txt"),
            &format!("[testing]\nname{} = yaml:VALUE\n", version.replace('.', "_")),
        );
        host.environment(folder, "yaml", "VALUE = 1")
    };
    let (one, two) = (metadata("environments/a", "5.1"), metadata("environments/b", "6.0"));
    let head = |version: &str| {
        format!(
            "from importlib.metadata import version, entry_points\nassert version('yaml') == '{version}'\n\
             names = [each.name for each in entry_points(group='testing')]\nassert names == ['name{}'], names\n",
            version.replace('.', "_")
        )
    };
    let mut shared = name("yaml", &one, "x");
    let _first = host.plugin("first", &head("5.1")).brings(shared.clone()).load();
    shared.folder = two;
    let second = host.plugin("second", &head("6.0")).brings(shared).load();
    run(&second, "assert list(entry_points(group='testing'))[0].load() == 1").unwrap();
    host.plugin("third", "from importlib.metadata import version\nversion('yaml')")
        .refused(&["PackageNotFoundError"]);
    unload(second);
}

/// Real numpy, when the environment names a folder that holds it.
fn numpy_loads_unloads_and_loads_again() {
    let Some(folder) = numpy::folder() else {
        return matriline_testkit::skip("numpy cannot be installed");
    };
    let host = Host::start();
    let plugin = host.plugin("first", "import numpy\nassert numpy.arange(4).sum() == 6");
    let plugin = numpy::brought_by(plugin, &folder);
    for _ in 0..2 {
        let loaded = plugin.load();
        run(&loaded, "import numpy.linalg\nassert numpy.linalg.norm([3, 4]) == 5").unwrap();
        unload(loaded);
        assert!(is_imported("numpy"));
    }
    assert_eq!(eval("'first' in __import__('sys').modules"), "False");
}

process_tests!(
    a_module_that_can_be_imported_only_once_survives_unloading,
    two_plugins_that_agree_share,
    two_contents_are_refused_before_anything_is_imported,
    what_was_imported_stays_taken_and_what_was_not_goes,
    another_plugins_environment_is_not_mine,
    modules_of_environments_import_each_other,
    own_code_and_the_standard_library_come_first,
    a_name_of_another_plugins_code_is_taken,
    distributions_are_those_of_the_plugin,
    numpy_loads_unloads_and_loads_again,
);
