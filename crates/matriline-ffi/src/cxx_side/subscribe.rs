//! Who is told of what happens to plugins.

use std::panic::resume_unwind;
use std::pin::Pin;

use cxx::SharedPtr;
use matriline::{CapabilityId, ErrorCode, Measured, OverBudget, Subscription};

use crate::boundary::{Fault, run};
use crate::cxx_side::host::Host;
use crate::cxx_side::record::{nanoseconds, phase_number};
use crate::life::{Failure, ffi};

struct Subscriber(SharedPtr<ffi::Subscriber>);

// SAFETY: the object is a `const std::function` that the application promises to be callable, and destructible, on any
// thread.
unsafe impl Send for Subscriber {}
// SAFETY: as above.
unsafe impl Sync for Subscriber {}

impl Subscriber {
    fn plugin(&self, key: &str) {
        pass_on(ffi::tell_plugin(&self.0, key));
    }

    fn capability(&self, id: &CapabilityId) {
        pass_on(ffi::tell_capability(&self.0, id.kind.number(), &id.name, &id.plugin_key));
    }

    fn over_budget(&self, over: &OverBudget) {
        let text = over.to_string();
        let mut data = ffi::OverBudgetData {
            plugin: &over.plugin,
            is_call: false,
            phase: 0,
            kind: 0,
            name: "",
            method: "",
            elapsed_ns: nanoseconds(over.elapsed),
            budget_ns: nanoseconds(over.budget),
            text: &text,
        };
        match &over.what {
            Measured::Phase(phase) => data.phase = phase_number(*phase),
            Measured::Call { capability, method } => {
                (data.is_call, data.kind) = (true, capability.kind.number());
                (data.name, data.method) = (&capability.name, method);
            }
        }
        pass_on(ffi::tell_over_budget(&self.0, &data));
    }
}

/// What the application throws is said by the facade as it says a panic, with the words of the exception. The panic
/// hook, which prints, is not run.
pub(crate) fn pass_on(told: Result<(), cxx::Exception>) {
    if let Err(thrown) = told {
        resume_unwind(Box::new(thrown.what().to_owned()));
    }
}

pub(crate) fn subscribe(
    host: &Host,
    to: ffi::Happening,
    subscriber: SharedPtr<ffi::Subscriber>,
    failure: Pin<&mut Failure>,
) -> u64 {
    run(failure, || {
        let loader = host.manager()?.loader();
        let it = Subscriber(subscriber);
        let token = match to {
            ffi::Happening::Load => loader.subscribe_on_load(move |key| it.plugin(key)),
            ffi::Happening::Unload => loader.subscribe_on_unload(move |key| it.plugin(key)),
            ffi::Happening::Changed => loader.subscribe_on_changed(move |key| it.plugin(key)),
            ffi::Happening::CapabilityLoad => {
                loader.subscribe_on_capability_load(move |id| it.capability(id))
            }
            ffi::Happening::CapabilityUnload => {
                loader.subscribe_on_capability_unload(move |id| it.capability(id))
            }
            ffi::Happening::OverBudget => loader.subscribe_on_over_budget(move |over| it.over_budget(over)),
            _ => return Err(Fault::new(ErrorCode::Panic, "The bridge knows no such event")),
        };
        Ok(token.number())
    })
}

pub(crate) fn unsubscribe(host: &Host, token: u64, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(host.manager()?.loader().unsubscribe(Subscription::from_number(token))))
}
