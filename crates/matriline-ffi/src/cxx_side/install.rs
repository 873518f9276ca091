//! Installing, removing and going back.

use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use crate::boundary::run;
use crate::cxx_side::catalog::descriptor;
use crate::cxx_side::host::Host;
use crate::life::{DescriptorData, Failure, ffi};

pub(crate) fn install_plugin(host: &Host, file: &str, failure: Pin<&mut Failure>) -> String {
    run(failure, || Ok(host.manager()?.install_plugin(Path::new(file))?.key))
}

pub(crate) fn install_cloud_plugin(
    host: &Host,
    file: &str,
    record: &DescriptorData,
    failure: Pin<&mut Failure>,
) -> String {
    run(failure, || Ok(host.manager()?.install_cloud_plugin(Path::new(file), descriptor(record))?.key))
}

pub(crate) fn keep_plugin_as_local(host: &Host, key: &str, failure: Pin<&mut Failure>) -> String {
    run(failure, || Ok(host.manager()?.keep_plugin_as_local(key)?))
}

pub(crate) fn roll_back_plugin(host: &Host, key: &str, failure: Pin<&mut Failure>) -> String {
    run(failure, || Ok(host.manager()?.roll_back_plugin(key)?.key))
}

pub(crate) fn remove_plugin(host: &Host, key: &str, failure: Pin<&mut Failure>) {
    run(failure, || Ok(host.manager()?.remove_plugin(key)?));
}

pub(crate) fn previous_version(host: &Host, key: &str, failure: Pin<&mut Failure>) -> ffi::PreviousData {
    run(failure, || {
        let previous = host.manager()?.previous_version(key);
        Ok(previous.map_or_else(ffi::PreviousData::default, |previous| ffi::PreviousData {
            found: true,
            version: previous.version,
            replaced: unix_seconds(previous.replaced),
        }))
    })
}

pub(crate) fn install_packages(host: &Host, requirements: &[String], failure: Pin<&mut Failure>) {
    run(failure, || Ok(host.manager()?.install_packages(requirements)?));
}

pub(crate) fn collect_environments(
    host: &Host,
    seconds: u64,
    failure: Pin<&mut Failure>,
) -> ffi::CollectedData {
    run(failure, || {
        let collected = host.manager()?.collect_environments(Duration::from_secs(seconds))?;
        Ok(ffi::CollectedData { removed: collected.removed, held: collected.held, halves: collected.halves })
    })
}

/// 0 for a time before 1970.
pub(crate) fn unix_seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
