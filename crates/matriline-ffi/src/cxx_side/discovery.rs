//! Discovery, as `PluginManager` starts it and `PluginCatalog` watches it.

use std::pin::Pin;
use std::time::Duration;

use crate::boundary::run;
use crate::bridge::ffi;
use crate::cxx_side::host::Host;

impl Host {
    pub(crate) fn discover(&self, failure: Pin<&mut ffi::Failure>) {
        run(failure, || {
            self.manager()?.discover_plugins();
            Ok(())
        });
    }

    /// On a thread of its own; false when one runs already.
    pub(crate) fn start_discovery(&self, failure: Pin<&mut ffi::Failure>) -> bool {
        run(failure, || Ok(self.manager()?.start_discovery(|_| {})))
    }

    pub(crate) fn cancel_discovery(&self, failure: Pin<&mut ffi::Failure>) {
        run(failure, || {
            self.manager()?.cancel_discovery();
            Ok(())
        });
    }

    pub(crate) fn is_discovery_in_progress(&self, failure: Pin<&mut ffi::Failure>) -> bool {
        run(failure, || Ok(self.manager()?.is_discovery_in_progress()))
    }

    pub(crate) fn is_discovery_complete(&self, failure: Pin<&mut ffi::Failure>) -> bool {
        run(failure, || Ok(self.manager()?.is_discovery_complete()))
    }

    pub(crate) fn discovery_progress(&self, failure: Pin<&mut ffi::Failure>) -> ffi::ProgressData {
        run(failure, || {
            let progress = self.manager()?.discovery_progress();
            Ok(ffi::ProgressData { done: progress.done, total: progress.total })
        })
    }

    pub(crate) fn wait_for_discovery(&self, milliseconds: u64, failure: Pin<&mut ffi::Failure>) -> bool {
        run(failure, || Ok(self.manager()?.wait_for_discovery(Some(Duration::from_millis(milliseconds)))))
    }

    pub(crate) fn discovery_error(&self, failure: Pin<&mut ffi::Failure>) -> String {
        run(failure, || Ok(self.manager()?.discovery_error().unwrap_or_default()))
    }

    /// An empty text stands for no user.
    pub(crate) fn set_cloud_user(&self, user: &str, failure: Pin<&mut ffi::Failure>) {
        run(failure, || {
            self.manager()?.set_cloud_user((!user.is_empty()).then(|| user.to_owned()));
            Ok(())
        });
    }
}
