//! What must come out of the list, of the good export and of each bad one.

use super::checks::Checks;
use super::layout::Layout;
use super::slicer::Run;
use anyhow::Result;
use matriline_testkit::sample_gcode;
use std::fs;

const WHEEL: &str = "print_stats-1.0.0-py3-none-any";

/// A preset whose export must fail, and what the complaint must name.
pub(crate) struct BadCase {
    pub(crate) preset: &'static str,
    /// The results of the capabilities that ran before the export failed.
    results: &'static [(&'static str, &'static str)],
    names: &'static [&'static str],
}

pub(crate) const BAD: [BadCase; 4] = [
    BadCase {
        preset: "raises",
        results: &[("header-stamp", "Success"), ("boom", "Error")],
        names: &["boom", "ValueError", "The layer table is empty", "KeyError", "layer_height"],
    },
    BadCase {
        preset: "outside",
        results: &[("header-stamp", "Success"), ("escape", "Error")],
        names: &["escape", "PermissionError", "outside.txt"],
    },
    BadCase { preset: "broken", results: &[], names: &["sparkle", "broken_metadata"] },
    BadCase { preset: "missing", results: &[], names: &["glitter", "not_installed"] },
];

pub(crate) fn check_list(list: &Run, checks: &mut Checks) {
    check_status("list", list, 0, checks);
    let plugins = list.plugins();
    let mut keys: Vec<&str> = plugins.iter().map(|plugin| plugin.key).collect();
    keys.sort_unstable();
    let expected = vec!["always_raises", "broken_metadata", "header_stamp", WHEEL, "write_outside"];
    checks.equal("list: every plugin is there", &keys, &expected);
    for plugin in plugins {
        let state = (plugin.found, plugin.loaded, plugin.problem == "-");
        let broken = plugin.key == "broken_metadata";
        let expected = if broken { ("invalid", "not loaded", false) } else { ("found", "loaded", true) };
        checks.equal(
            &format!("list: `{}` is {} and {}", plugin.key, expected.0, expected.1),
            &state,
            &expected,
        );
    }
}

/// The output is the stamp, the G-code as it was, and the statistics.
pub(crate) fn check_good(export: &Run, layout: &Layout, checks: &mut Checks) -> Result<()> {
    check_status("good", export, 0, checks);
    check_results("good", export, &[("header-stamp", "Success"), ("print-stats", "Success")], checks);
    let output = fs::read(layout.output("good")).unwrap_or_default();
    let gcode = sample_gcode();
    checks.holds("good: the input is as it was", fs::read(layout.gcode())? == gcode);
    let first_line = output.iter().position(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let (stamp, rest) = output.split_at(first_line);
    let (body, statistics) = rest.split_at(gcode.len().min(rest.len()));
    checks.holds("good: the output starts with the stamp", stamp.starts_with(b"; header-stamp: "));
    checks.holds("good: the G-code follows unchanged", body == gcode);
    let whole =
        statistics.starts_with(b"; print-stats begin\n") && statistics.ends_with(b"; print-stats end\n");
    checks.holds("good: the output ends with the statistics", whole);
    checks.contains(
        "good: the statistics count 60 layers",
        &String::from_utf8_lossy(statistics),
        "; layers = 60\n",
    );
    Ok(())
}

/// The export fails with its own message and leaves no output.
pub(crate) fn check_bad(case: &BadCase, export: &Run, layout: &Layout, checks: &mut Checks) {
    let preset = case.preset;
    check_status(preset, export, 1, checks);
    check_results(preset, export, case.results, checks);
    checks.holds(&format!("{preset}: the message comes from mini-slicer"), !export.complaint().is_empty());
    for name in case.names {
        checks.contains(&format!("{preset}: the message names `{name}`"), &export.stderr, name);
    }
    checks.holds(&format!("{preset}: there is no output file"), !layout.output(preset).exists());
    checks.holds(&format!("{preset}: nothing was written outside"), !layout.outside_file().exists());
}

fn check_status(what: &str, run: &Run, expected: i32, checks: &mut Checks) {
    let claim = format!("{what}: the status is {expected}");
    if run.status == expected {
        checks.holds(&claim, true);
    } else {
        // what the program said explains the status
        checks.equal(&claim, &(run.status, run.stderr.as_str()), &(expected, ""));
    }
}

fn check_results(preset: &str, export: &Run, expected: &[(&str, &str)], checks: &mut Checks) {
    let capabilities = export.capabilities();
    let results: Vec<(&str, &str)> = capabilities.iter().map(|line| (line.name, line.result)).collect();
    checks.equal(
        &format!("{preset}: the capabilities ran in the preset's order"),
        results.as_slice(),
        expected,
    );
}
