//! The methods that a capability of any type may have.

use crate::call::{self, CallError, Capability, Value};
use crate::{
    ArgSpec, Caller, CapabilityType, Duty, Kind, LifecycleContext, LifecycleEvent, MethodSpec, table,
};

/// A method that a capability of any type may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Common {
    /// Whether it has a page for its configuration.
    HasConfigUi,
    /// That page.
    GetConfigUi,
    /// The configuration it begins with.
    GetDefaultConfig,
    /// Calls are inside, and it is to be unloaded.
    OnCancelled,
    /// Something happened in the application.
    OnLifecycleEvent,
}

/// Their rows, in the order of [`Common`].
pub(crate) const METHODS: &[MethodSpec] = &[
    method(
        "has_config_ui",
        "Whether `get_config_ui()` gives a page for the configuration. Asked once.",
        &[],
        Kind::Flag,
        Caller::Any,
    ),
    method(
        "get_config_ui",
        "The page for the configuration, as HTML. Without one the application offers an editor of JSON.",
        &[],
        Kind::Text,
        Caller::Interface,
    ),
    method(
        "get_default_config",
        "The configuration that is stored when there is none yet: a dictionary.",
        &[],
        Kind::Json,
        Caller::Any,
    ),
    method(
        "on_cancelled",
        "Told when the plugin is to be unloaded while calls are inside: let them return.",
        &[],
        Kind::Unit,
        Caller::Any,
    ),
    method(
        "on_lifecycle_event",
        "Told of what happens in the application, while it waits.",
        &[
            ArgSpec { name: "event", kind: Kind::Member(&LifecycleEvent::SPEC) },
            ArgSpec { name: "ctx", kind: Kind::Record(&LifecycleContext::SPEC) },
        ],
        Kind::Unit,
        Caller::Any,
    ),
];

const fn method(
    name: &'static str,
    doc: &'static str,
    args: &'static [ArgSpec],
    returns: Kind,
    caller: Caller,
) -> MethodSpec {
    MethodSpec { name, doc, args, returns, caller, duty: Duty::Optional, older: None }
}

impl Common {
    /// All of them, in the order of their places.
    pub const METHODS: &'static [MethodSpec] = METHODS;

    /// Its place among the methods of a capability of that type: they stand behind those of the row.
    pub fn place(self, kind: CapabilityType) -> usize {
        table::row(kind).map_or(0, |row| row.methods.len()) + self as usize
    }
}

/// The methods that a capability of any type may have.
///
/// # Errors
/// All: [`CallError`] when the capability is gone, raised an exception or answered another kind.
///
/// Threads: any; the call takes the GIL and waits for it.
pub trait CommonCapability: Capability {
    /// Whether the plugin has written that method; a call of one that it has not does nothing.
    fn has(&self, method: Common) -> bool {
        self.is_written(method.place(self.id().kind))
    }

    /// Whether it has a page for its configuration.
    fn has_config_ui(&self) -> Result<bool, CallError>
    where
        Self: Sized,
    {
        call::fetch(self, Common::HasConfigUi.place(self.id().kind), &[])
    }

    /// That page, as HTML.
    fn get_config_ui(&self) -> Result<String, CallError>
    where
        Self: Sized,
    {
        call::fetch(self, Common::GetConfigUi.place(self.id().kind), &[])
    }

    /// The configuration it begins with, as JSON: an object, if the plugin does what it should.
    fn get_default_config(&self) -> Result<String, CallError>
    where
        Self: Sized,
    {
        call::fetch(self, Common::GetDefaultConfig.place(self.id().kind), &[])
    }

    /// Tells it that it is to be unloaded.
    fn on_cancelled(&self) -> Result<(), CallError>
    where
        Self: Sized,
    {
        call::fetch(self, Common::OnCancelled.place(self.id().kind), &[])
    }

    /// Tells it what happened.
    fn on_lifecycle_event(
        &self,
        event: LifecycleEvent,
        context: &LifecycleContext<'_>,
    ) -> Result<(), CallError>
    where
        Self: Sized,
    {
        let args = [Value::Number(event as i64), Value::Record(&context.values())];
        call::fetch(self, Common::OnLifecycleEvent.place(self.id().kind), &args)
    }
}

impl<C: Capability + ?Sized> CommonCapability for C {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_behind_those_of_the_row() {
        for kind in CapabilityType::ALL {
            for (method, name) in [
                (Common::HasConfigUi, "has_config_ui"),
                (Common::GetConfigUi, "get_config_ui"),
                (Common::GetDefaultConfig, "get_default_config"),
                (Common::OnCancelled, "on_cancelled"),
                (Common::OnLifecycleEvent, "on_lifecycle_event"),
            ] {
                assert_eq!(table::method(kind, method.place(kind)).unwrap().name, name);
            }
            assert!(table::method(kind, Common::OnLifecycleEvent.place(kind) + 1).is_none());
        }
    }
}
