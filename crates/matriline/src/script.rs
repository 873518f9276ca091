//! Running scripts.

use matriline_capability::{CallError, CapabilityType, ExecutionResult, ScriptCapability, Status};

use crate::{Error, PluginManager};

impl PluginManager {
    /// Runs a script capability of a loaded plugin, and keeps what went wrong as the plugin's error
    /// ([`PluginLoader::plugin_load_error`](crate::PluginLoader::plugin_load_error)); what went well forgets it.
    ///
    /// A script that raises or answers `FatalError` has its plugin unloaded, which stays enabled; one that answers
    /// `RecoverableError` stays loaded.
    ///
    /// # Errors
    /// [`Error::NoCapability`] when the plugin is not loaded or has no such script, [`Error::Call`] when it is disabled
    /// or raises. A failing result is an answer.
    ///
    /// Threads: any; the script runs on the calling one.
    pub fn run_script_capability(&self, key: &str, name: &str) -> Result<ExecutionResult, Error> {
        let loader = self.loader();
        let script = loader.capability::<dyn ScriptCapability>(key, name).ok_or_else(|| {
            Error::NoCapability { plugin: key.into(), kind: CapabilityType::Script, name: name.into() }
        })?;
        let answered = self.logged(|| script.execute().map_err(Error::from));
        match &answered {
            Ok(result) if result.status.is_error() => {
                let problem = match result.message.as_str() {
                    "" => "Script plugin failed.",
                    message => message,
                };
                if result.status == Status::FatalError {
                    let error = Error::Reported { plugin: key.into(), problem: problem.into() };
                    loader.unload_failed(key, &error);
                } else {
                    loader.set_plugin_error(key, problem);
                }
            }
            Ok(_) => drop(loader.clear_plugin_error(key)),
            Err(error @ Error::Call(CallError::Raised { .. })) => loader.unload_failed(key, error),
            Err(error @ Error::Call(CallError::WrongAnswer { .. })) => {
                loader.set_plugin_error(key, &error.to_string());
            }
            Err(_) => {}
        }
        answered
    }
}
