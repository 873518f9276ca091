//! The demo: mini-slicer exports a real G-code file with good and with bad plugins, and shows the life of a plugin.
//!
//! It is a proof as well: every claim that it prints is checked, and one that does not hold fails the task.

mod cases;
mod checks;
mod layout;
mod life;
mod slicer;

use crate::cmake::CMakeBuild;
use crate::table::Table;
use crate::tools::Tools;
use anyhow::{Result, bail};
use cases::BAD;
use checks::Checks;
use layout::Layout;
use slicer::{Run, Slicer};
use std::fs;

pub(crate) fn run() -> Result<()> {
    let tools = Tools::find()?;
    let build = CMakeBuild::release(&tools, tools.python());
    build.configure(&["-DCMAKE_BUILD_TYPE=Release".to_owned()])?;
    build.build(Some("mini-slicer"))?;
    let layout = Layout::make()?;
    let slicer = Slicer::find(build.folder(), &tools.python().library_folder, &layout)?;
    let mut checks = Checks::default();

    let list = slicer.list()?;
    cases::check_list(&list, &mut checks);
    let good = slicer.export("good")?;
    cases::check_good(&good, &layout, &mut checks)?;
    let first_output = fs::read(layout.output("good")).unwrap_or_default();
    let mut exports = vec![("good", good)];
    for case in &BAD {
        let before = layout.files()?;
        let export = slicer.export(case.preset)?;
        cases::check_bad(case, &export, &layout, &mut checks);
        checks.equal(&format!("{}: no file is left behind", case.preset), &layout.files()?, &before);
        exports.push((case.preset, export));
    }
    let again = slicer.export("good")?;
    cases::check_good(&again, &layout, &mut checks)?;
    let same = fs::read(layout.output("good")).unwrap_or_default() == first_output;
    checks.holds("good: the same again after the bad ones", same);

    let told = life::show(&slicer, &layout, tools.uv.as_deref(), &mut checks)?;

    println!("\n{}", checks.text());
    print_plugins(&list);
    print_exports(&exports);
    println!("{}", told.table);
    if !told.skipped.is_empty() {
        println!("skipped {}: {}", told.skipped.len(), told.skipped.join("; "));
    }
    println!("The output lies in `{}`", layout.output("good").display());
    match checks.failures() {
        0 => println!("All {} checks hold", checks.count()),
        failures => bail!("{failures} of {} checks failed", checks.count()),
    }
    Ok(())
}

fn print_plugins(list: &Run) {
    let mut table = Table::new(&["plugin", "found", "loaded", "problem"]);
    for plugin in list.plugins() {
        table.row([plugin.key, plugin.found, plugin.loaded, plugin.problem]);
    }
    println!("\n{}", table.text());
}

fn print_exports(exports: &[(&str, Run)]) {
    let mut table = Table::new(&["preset", "capability", "result", "message", "ms"]);
    for (preset, export) in exports {
        for capability in export.capabilities() {
            let reference = format!("{} ({})", capability.name, capability.plugin);
            table.row([preset, &reference, capability.result, capability.message, capability.milliseconds]);
        }
        if export.status != 0 {
            table.row([preset, "-", "export failed", export.complaint(), ""]);
        }
    }
    println!("{}", table.text());
}
