//! Whatever way a plugin takes to have something done later, elsewhere or by others: it is known whose doing it is.

mod stage;

use matriline_policy::Mode;
use matriline_testkit::run_cases;
use stage::{KEY, act_if_asked, acts};

const WAYS: &str = include_str!("acts/ways.py");

/// Every way ends in a refusal that names the plugin, and writes nothing.
fn every_way_is_attributed() {
    let ways = acts(WAYS);
    assert!(ways.len() >= 30, "{} ways", ways.len());
    let mut wrong = Vec::new();
    for way in &ways {
        let outcome = way.run(Mode::Loading);
        if outcome.is_unavailable {
            matriline_testkit::report(&format!("not in this Python: {}", way.name));
            continue;
        }
        let mut refused = outcome.told.iter().filter(|told| told.denied && told.targets.contains("/new"));
        let is_named = outcome.blocked.iter().any(|plugin| plugin == KEY)
            && outcome.told.iter().any(|told| told.denied && told.plugin == KEY)
            && refused.all(|told| told.plugin == KEY);
        // A forked child has nobody to tell.
        let is_named = is_named || way.section == "Children";
        if outcome.worked || !is_named {
            wrong.push(format!("## {}: worked {}\n{}", way.name, outcome.worked, outcome.output));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    matriline_testkit::report(&format!("{} ways of starting work", ways.len()));
}

fn main() -> std::process::ExitCode {
    match act_if_asked() {
        true => std::process::ExitCode::SUCCESS,
        false => run_cases(&[("every_way_is_attributed", every_way_is_attributed as fn())]),
    }
}
