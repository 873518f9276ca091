//! `mini-slicer` finds the printer simulator through the example agent, connects to it and prints on it.
//!
//! The program comes from the C++ build: `cargo xtask test` names it in the variable `MATRILINE_MINI_SLICER`.
//! Without it the cases are reported as ignored.

use std::env;
use std::fs;
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Trial};
use matriline_testkit::{DataFolder, PrinterSimulator};

const PROGRAM: &str = "MATRILINE_MINI_SLICER";
const KEY: &str = "loopback_printer";

fn main() -> ExitCode {
    let cases: [(&str, fn()); 3] = [
        ("it_finds_the_printer", it_finds_the_printer),
        ("it_prints", it_prints),
        ("it_says_what_goes_wrong", it_says_what_goes_wrong),
    ];
    let is_there = env::var_os(PROGRAM).is_some();
    let trial = |(name, case): (&str, fn())| {
        let run = move || {
            case();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!is_there)
    };
    libtest_mimic::run(&Arguments::from_args(), cases.into_iter().map(trial).collect()).exit_code()
}

/// A data folder with the agent, which knows where the printer is found.
fn data(printer: &PrinterSimulator) -> DataFolder {
    let data = DataFolder::new();
    data.add_fixture(KEY);
    let config = serde_json::json!({ "config": [{
        "plugin_key": KEY,
        "capability": "loopback",
        "capability_type": "printer-connection",
        "plugin_version": "1.0.0",
        "cap_config": { "discovery_port": printer.discovery_port() },
    }] });
    fs::write(data.plugins().join("config.json"), config.to_string()).unwrap();
    data
}

fn run(data: &DataFolder, words: &[&str]) -> Output {
    let program = env::var_os(PROGRAM).expect("`MATRILINE_MINI_SLICER` names the program");
    Command::new(program).args(words).arg("--data-dir").arg(data.path()).output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn it_finds_the_printer() {
    let printer = PrinterSimulator::start("1234");
    let output = run(&data(&printer), &["printers", KEY]);
    let lines = lines(&output);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(lines[0], "agent\tloopback\tLoopback printer");
    assert!(lines[1].starts_with("found\t{") && lines[1].contains(r#""dev_id": "loopback-1""#), "{lines:?}");
}

fn it_prints() {
    let printer = PrinterSimulator::start("1234");
    let data = data(&printer);
    let gcode = data.path().join("job.gcode");
    fs::write(&gcode, "G28\n").unwrap();
    let port = printer.address().port().to_string();
    let gcode = gcode.to_str().unwrap();
    let words = ["print", KEY, "127.0.0.1", "--port", &port, "--password", "1234", "--gcode", gcode];
    let output = run(&data, &words);
    let lines = lines(&output);
    assert!(output.status.success(), "{output:?}");
    for expected in ["connection\t0\tprinter\t", "progress\t1\t0\t100%", "progress\t6\t0\tmini-slicer"] {
        assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:?}");
    }
    assert_eq!(printer.printed(), ["job.gcode"]);
    assert_eq!(printer.files(), [("job.gcode".to_owned(), b"G28\n".to_vec())]);
}

fn it_says_what_goes_wrong() {
    let printer = PrinterSimulator::start("1234");
    let data = data(&printer);
    let gcode = data.path().join("job.gcode");
    fs::write(&gcode, "G28\n").unwrap();
    let port = printer.address().port().to_string();
    let gcode = gcode.to_str().unwrap();
    let words = ["print", KEY, "127.0.0.1", "--port", &port, "--password", "wrong", "--gcode", gcode];
    let output = run(&data, &words);
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("Connecting failed with code -1"), "{complaint}");
    assert!(printer.files().is_empty());
}
