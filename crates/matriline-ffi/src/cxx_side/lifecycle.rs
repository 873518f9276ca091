//! Telling plugins what happens in the application, and waiting for it.

use std::pin::Pin;
use std::time::Duration;

use matriline::LifecycleContext;

use crate::application::{Failure, ffi};
use crate::boundary::{Outcome, run};
use crate::cxx_side::host::Host;
use crate::number;

pub(crate) fn raise_event(
    host: &Host,
    event: u8,
    context: &ffi::EventContextData<'_>,
    cancelled: &ffi::Cancelled,
    failure: Pin<&mut Failure>,
) {
    run(failure, || {
        let (event, context) = (number::lifecycle_event(event)?, event_context(context)?);
        host.manager()?.raise_slicing_event(event, &context, &|| ffi::is_cancelled(cancelled));
        Ok(())
    });
}

/// What plugins are told of an event.
pub(crate) fn event_context<'a>(data: &ffi::EventContextData<'a>) -> Outcome<LifecycleContext<'a>> {
    Ok(LifecycleContext {
        name: data.name,
        code: number::lifecycle_code(data.code)?,
        msg: data.msg,
        id: data.id,
        previous_name: data.previous_name,
        device_id: data.device_id,
        job_id: data.job_id,
        source: data.source,
        index: data.index,
        dirty: data.dirty,
    })
}

pub(crate) fn wait_until(
    host: &Host,
    limited: bool,
    milliseconds: u64,
    waiter: &ffi::Waiter,
    failure: Pin<&mut Failure>,
) -> bool {
    run(failure, || {
        let limit = limited.then(|| Duration::from_millis(milliseconds));
        let turn = |limit: Duration| {
            let milliseconds = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            // what the application throws is kept by C++, which throws it again
            ffi::wait_turn(waiter, milliseconds).unwrap_or(true).then_some(())
        };
        Ok(host.manager()?.wait_until(limit, turn).is_some())
    })
}
