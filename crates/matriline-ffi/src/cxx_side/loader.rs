//! `PluginLoader`.

use std::pin::Pin;
use std::sync::Arc;

use cxx::SharedPtr;
use matriline::{CapabilityType, Entry, ErrorCode};

use crate::boundary::{Fault, Outcome, run, text};
use crate::bridge::ffi;
use crate::cxx_side::host::Host;
use crate::cxx_side::shell::shell;
use crate::number::capability_type;

impl Host {
    pub(crate) fn unload(&self, key: &str, failure: Pin<&mut ffi::Failure>) {
        run(failure, || Ok(self.manager()?.loader().unload_plugin(key)?));
    }

    pub(crate) fn unload_all(&self, failure: Pin<&mut ffi::Failure>) {
        run(failure, || Ok(self.manager()?.loader().unload_all_plugins()?));
    }

    pub(crate) fn is_loaded(&self, key: &str, failure: Pin<&mut ffi::Failure>) -> bool {
        run(failure, || Ok(self.manager()?.loader().is_plugin_loaded(key)))
    }

    pub(crate) fn is_idle_and_empty(&self, failure: Pin<&mut ffi::Failure>) -> bool {
        run(failure, || Ok(self.manager()?.loader().is_idle_and_empty()))
    }

    /// Whether that changed anything.
    pub(crate) fn set_enabled(
        &self,
        key: &str,
        kind: u8,
        name: &str,
        enabled: bool,
        failure: Pin<&mut ffi::Failure>,
    ) -> bool {
        run(failure, || {
            let kind = capability_type(kind)?;
            Ok(self.manager()?.loader().set_capability_enabled(key, kind, name, enabled))
        })
    }

    #[inline]
    pub(crate) fn find(
        &self,
        key: &[u8],
        kind: u8,
        name: &[u8],
        failure: Pin<&mut ffi::Failure>,
    ) -> SharedPtr<ffi::LoadedPluginCapability> {
        let found = run(failure, || {
            let (key, kind, name) = (text(key, "plugin_key")?, capability_type(kind)?, text(name, "name")?);
            Ok(self.manager()?.loader().with_plugin_capability(key, kind, name, shell))
        });
        found.unwrap_or_else(SharedPtr::null)
    }

    /// The first by plugin key; `unknown` stands for any type.
    pub(crate) fn find_by_name(
        &self,
        name: &str,
        kind: u8,
        failure: Pin<&mut ffi::Failure>,
    ) -> SharedPtr<ffi::LoadedPluginCapability> {
        let found = run(failure, || {
            let kind = capability_type(kind)?;
            let loader = self.manager()?.loader();
            let is_meant = |entry: &Arc<Entry>| {
                entry.id().name == name && (kind == CapabilityType::Unknown || entry.id().kind == kind)
            };
            let keys = loader.loaded_plugins();
            let mut entries = keys.iter().flat_map(|key| loader.loaded_plugin_capabilities(key));
            Ok(entries.find(is_meant).map(|entry| shell(&entry)))
        });
        found.unwrap_or_else(SharedPtr::null)
    }

    pub(crate) fn list_by_type(
        &self,
        kind: u8,
        list: Pin<&mut ffi::CapabilityList>,
        failure: Pin<&mut ffi::Failure>,
    ) {
        run(failure, || {
            let kind = capability_type(kind)?;
            push_all(list, self.manager()?.loader().plugin_capabilities_by_type(kind))
        });
    }

    pub(crate) fn list_by_plugin(
        &self,
        key: &str,
        list: Pin<&mut ffi::CapabilityList>,
        failure: Pin<&mut ffi::Failure>,
    ) {
        run(failure, || push_all(list, self.manager()?.loader().loaded_plugin_capabilities(key)));
    }
}

/// The message of the last failed load with its traceback, or nothing.
pub(crate) fn load_error(host: &Host, key: &str, failure: Pin<&mut ffi::Failure>) -> String {
    run(failure, || {
        let Some(error) = host.manager()?.loader().plugin_load_error(key) else {
            return Ok(String::new());
        };
        Ok(match error.traceback() {
            Some(traceback) => format!("{error}\n{traceback}"),
            None => error.to_string(),
        })
    })
}

fn push_all(mut list: Pin<&mut ffi::CapabilityList>, entries: Vec<Arc<Entry>>) -> Outcome<()> {
    for entry in &entries {
        ffi::push_capability(list.as_mut(), shell(entry))
            .map_err(|error| Fault::new(ErrorCode::Panic, error.what()))?;
    }
    Ok(())
}
