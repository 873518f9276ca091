//! What is known of plugins after the act: errors, crashes, timings; and running scripts, which leaves all three.

use std::pin::Pin;
use std::time::Duration;

use matriline::{Activity, Budgets, CapabilityType, Crash, ErrorCode, Phase, Timing};

use crate::boundary::{Fault, Outcome, run};
use crate::bridge::ffi as bridge;
use crate::cxx_side::host::Host;
use crate::cxx_side::install::unix_seconds;
use crate::life::{ExecutionResult, Failure, ffi};

pub(crate) fn run_script(
    host: &Host,
    key: &str,
    name: &str,
    answer: Pin<&mut ExecutionResult>,
    failure: Pin<&mut Failure>,
) {
    run(failure, || {
        let result = host.manager()?.run_script_capability(key, name)?;
        bridge::set_result(answer, result.status as u8, &result.message, &result.data)
            .map_err(|error| Fault::new(ErrorCode::Panic, error.what()))
    });
}

/// False for a key that discovery does not know.
pub(crate) fn set_plugin_error(host: &Host, key: &str, text: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || {
        let manager = host.manager()?;
        let is_known = manager.catalog().get(key).is_some();
        if is_known {
            manager.loader().set_plugin_error(key, text);
        }
        Ok(is_known)
    })
}

/// False for a key that discovery does not know.
pub(crate) fn clear_plugin_error(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || {
        let manager = host.manager()?;
        manager.loader().clear_plugin_error(key);
        Ok(manager.catalog().get(key).is_some())
    })
}

pub(crate) fn clear_all_plugin_errors(host: &Host, failure: Pin<&mut Failure>) {
    run(failure, || {
        let manager = host.manager()?;
        for entry in manager.catalog().entries() {
            manager.loader().clear_plugin_error(&entry.descriptor.plugin_key);
        }
        Ok(())
    });
}

pub(crate) fn crashes(host: &Host, failure: Pin<&mut Failure>) -> Vec<ffi::CrashData> {
    run(failure, || host.manager()?.crashes().iter().map(crash_data).collect())
}

fn crash_data(crash: &Crash) -> Outcome<ffi::CrashData> {
    let (kind, capability) = match &crash.activity {
        Activity::Calling { kind, capability } => (*kind, capability.clone()),
        _ => (CapabilityType::Unknown, String::new()),
    };
    Ok(ffi::CrashData {
        plugin_key: crash.plugin.clone(),
        activity: activity_number(&crash.activity)?,
        kind: kind.number(),
        capability,
        when: unix_seconds(crash.when),
        text: crash.to_string(),
    })
}

/// The number of what a plugin was doing, in C and in C++.
pub(crate) fn activity_number(activity: &Activity) -> Outcome<u8> {
    match activity {
        Activity::Importing => Ok(0),
        Activity::Loading => Ok(1),
        Activity::Calling { .. } => Ok(2),
        Activity::Unloading => Ok(3),
        _ => Err(Fault::new(ErrorCode::Panic, "The surfaces know no such activity; please report this")),
    }
}

pub(crate) fn timings(host: &Host, key: &str, failure: Pin<&mut Failure>) -> ffi::TimingsData {
    run(failure, || {
        let timings = host.manager()?.timings(key);
        let phases = Phase::ALL.iter().map(|phase| timing_data(timings.phases.of(*phase)));
        let methods = timings.methods.iter().map(|method| ffi::MethodTimingData {
            kind: method.capability.kind.number(),
            name: method.capability.name.clone(),
            method: method.method.to_owned(),
            timing: timing_data(&method.timing),
        });
        Ok(ffi::TimingsData { phases: phases.collect(), methods: methods.collect() })
    })
}

fn timing_data(timing: &Timing) -> ffi::TimingData {
    ffi::TimingData {
        count: timing.count,
        total_ns: nanoseconds(timing.total),
        worst_ns: nanoseconds(timing.worst),
        last_ns: nanoseconds(timing.last),
    }
}

pub(crate) fn set_budgets(host: &Host, budgets: &[ffi::BudgetData], failure: Pin<&mut Failure>) {
    run(failure, || {
        let budget = |place: usize| {
            let given = budgets.get(place).filter(|budget| budget.given);
            given.map(|budget| Duration::from_nanos(budget.nanoseconds))
        };
        host.manager()?.set_budgets(budgets_of(budget));
        Ok(())
    });
}

/// Budgets from those of the phases by their numbers, and that of a call after them.
pub(crate) fn budgets_of(budget: impl Fn(usize) -> Option<Duration>) -> Budgets {
    let of = |phase| budget(usize::from(phase_number(phase)));
    Budgets {
        discover: of(Phase::Discover),
        environment: of(Phase::Environment),
        import: of(Phase::Import),
        register: of(Phase::Register),
        on_load: of(Phase::OnLoad),
        on_unload: of(Phase::OnUnload),
        call: budget(Phase::ALL.len()),
    }
}

/// The number of a phase, in C and in C++: its place in a plugin's life.
pub(crate) fn phase_number(phase: Phase) -> u8 {
    let place = Phase::ALL.iter().position(|one| *one == phase);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
