//! `orca.host`: what Python's help says of it.

mod common;
mod host_common;

use host_common::{check, start};
use matriline_testkit::process_tests;

fn everything_has_a_docstring() {
    let (host, _) = start();
    check(
        &host,
        "import inspect\n\
         def undocumented(owner, path):\n\
         \x20   for name, value in vars(owner).items():\n\
         \x20       if name.startswith('_') or isinstance(value, (int, str)):\n            continue\n\
         \x20       where = path + '.' + name\n\
         \x20       if isinstance(value, type) and hasattr(value, '__members__') or type(value) in vars(owner).values():\n            continue\n\
         \x20       if not inspect.getdoc(value):\n            yield where\n\
         \x20       if isinstance(value, type) or inspect.ismodule(value):\n            yield from undocumented(value, where)\n\
         missing = ([] if orca.__doc__ else ['orca']) + list(undocumented(orca, 'orca'))\n\
         assert not missing, missing\n\
         import pydoc\nhelp = ' '.join(pydoc.plain(pydoc.render_doc(orca.host.TriangleMesh)).replace('|', ' ').split())\n\
         for said in ('shape (N, 3) and type float32, in mm', 'shape (M, 3) and type int32', 'Raises ImportError without numpy',\n\
         \x20            'Raises IndexError', 'read-only and shares the memory', 'used on any thread'):\n\
         \x20   assert said in help, (said, help)",
    );
}

process_tests!(everything_has_a_docstring);
