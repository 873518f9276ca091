//! Loading, as `PluginLoader` asks for it and `PluginLoads` watches it.

use std::pin::Pin;
use std::time::{Duration, Instant};

use matriline::{LoadOptions, LoadStage, Loading, StartUp};

use crate::boundary::run;
use crate::bridge::ffi as bridge;
use crate::cxx_side::host::Host;
use crate::life::{Failure, ffi};

/// A plugin that does not load is data: the loader keeps its error.
pub(crate) fn load_plugin(
    host: &Host,
    key: &str,
    skip_dependencies: bool,
    request: bool,
    capabilities: &[String],
    failure: Pin<&mut Failure>,
) {
    run(failure, || {
        let capabilities = request.then(|| capabilities.to_vec());
        host.manager()?.loader().load_plugin(key, LoadOptions { capabilities, skip_dependencies });
        Ok(())
    });
}

pub(crate) fn reload_plugin(host: &Host, key: &str, failure: Pin<&mut Failure>) {
    run(failure, || {
        host.manager()?.loader().reload_plugin(key);
        Ok(())
    });
}

pub(crate) fn wait_for_load(
    host: &Host,
    key: &str,
    limited: bool,
    milliseconds: u64,
    failure: Pin<&mut Failure>,
) {
    run(failure, || Ok(host.manager()?.loader().wait_for_plugin_load(key, limit(limited, milliseconds))?));
}

pub(crate) fn wait_for_all_loads(
    host: &Host,
    limited: bool,
    milliseconds: u64,
    failure: Pin<&mut Failure>,
) -> bool {
    run(failure, || Ok(host.manager()?.loader().wait_for_all_plugin_loads(limit(limited, milliseconds))))
}

pub(crate) fn is_load_in_progress(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(host.manager()?.loader().is_plugin_load_in_progress(key)))
}

pub(crate) fn cancel_load(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(host.manager()?.loader().cancel_plugin_load(key)))
}

pub(crate) fn unload_cloud_plugins(host: &Host, failure: Pin<&mut Failure>) {
    run(failure, || Ok(host.manager()?.loader().unload_cloud_plugins()?));
}

pub(crate) fn write_install_state(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool {
    run(failure, || Ok(host.manager()?.loader().write_loaded_plugin_install_state(key)))
}

/// Loads that were asked for together.
#[derive(Default)]
pub(crate) struct Loads(Vec<Loading>);

pub(crate) fn load_enabled(host: &Host, failure: Pin<&mut Failure>) -> Box<Loads> {
    run(failure, || Ok(Loads::of(&host.manager()?.load_enabled())))
}

pub(crate) fn load_enabled_among(host: &Host, keys: &[String], failure: Pin<&mut Failure>) -> Box<Loads> {
    run(failure, || Ok(Loads::of(&host.manager()?.load_enabled_among(keys))))
}

/// Enabled or not.
pub(crate) fn load_plugins(host: &Host, keys: &[String], failure: Pin<&mut Failure>) -> Box<Loads> {
    run(failure, || {
        let loader = host.manager()?.loader();
        let load = |key: &String| loader.load_plugin(key, LoadOptions::default());
        Ok(Box::new(Loads(keys.iter().map(load).collect())))
    })
}

impl Loads {
    fn of(start_up: &StartUp) -> Box<Self> {
        Box::new(Self(start_up.loads().to_vec()))
    }

    pub(crate) fn data(&self, failure: Pin<&mut Failure>) -> Vec<ffi::LoadData> {
        run(failure, || Ok(self.0.iter().map(load_data).collect()))
    }

    pub(crate) fn progress(&self, failure: Pin<&mut Failure>) -> bridge::ProgressData {
        run(failure, || {
            let done = self.0.iter().filter(|load| load.stage() == LoadStage::Over).count();
            Ok(bridge::ProgressData { done, total: self.0.len() })
        })
    }

    pub(crate) fn wait(&self, limited: bool, milliseconds: u64, failure: Pin<&mut Failure>) -> bool {
        run(failure, || {
            let until = limit(limited, milliseconds).and_then(|limit| Instant::now().checked_add(limit));
            let is_over = |load: &Loading| match until {
                Some(until) => load.wait_for(until.saturating_duration_since(Instant::now())).is_some(),
                None => {
                    // why it failed is kept by the load
                    let _ = load.wait();
                    true
                }
            };
            Ok(self.0.iter().all(is_over))
        })
    }

    pub(crate) fn cancel(&self, failure: Pin<&mut Failure>) {
        run(failure, || {
            self.0.iter().for_each(Loading::cancel);
            Ok(())
        });
    }
}

fn load_data(load: &Loading) -> ffi::LoadData {
    let failed = load.wait_for(Duration::ZERO).and_then(Result::err);
    ffi::LoadData {
        plugin_key: load.plugin().to_owned(),
        stage: stage_number(load.stage()),
        line: load.line(),
        code: failed.as_ref().map_or(0, |error| error.code() as i32),
        message: failed.as_ref().map(ToString::to_string).unwrap_or_default(),
        traceback: failed.as_ref().and_then(|error| error.traceback()).unwrap_or_default().to_owned(),
    }
}

/// The number of a stage, in C and in C++.
pub(crate) fn stage_number(stage: LoadStage) -> u8 {
    match stage {
        LoadStage::Queued => 0,
        LoadStage::Environment => 1,
        LoadStage::Python => 2,
        LoadStage::Over => 3,
    }
}

fn limit(limited: bool, milliseconds: u64) -> Option<Duration> {
    limited.then(|| Duration::from_millis(milliseconds))
}
