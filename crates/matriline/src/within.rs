//! Calls that are waited for no longer than the caller likes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use matriline_capability::{
    CallError, Capability, CapabilityId, Life, OwnedValue, Sink, Typed, Value, table, with_values,
};
use matriline_orca::objects::Report;
use matriline_python::{desk, identity};
use matriline_registry::lock::{Condvar, Mutex};

/// The capability through the trait of its type, with calls that end after `limit` at the latest:
/// `within::<dyn PrinterAgentCapability>(agent.capability(), limit)`.
///
/// A call runs on a thread of its own. One that has not returned by then is [`CallError::TimedOut`] and goes on: what it
/// answers is lost, functions and progress that were given for that call no longer reach the application, and what asks
/// whether the job is cancelled is told that it is. Its plugin can be unloaded when it returns.
///
/// Threads: any. On the main thread what plugins ask of the application is answered meanwhile.
pub fn within<T: Typed + ?Sized>(capability: &Arc<dyn Capability>, limit: Duration) -> Arc<T> {
    T::view(Arc::new(Within { body: capability.clone(), limit }))
}

struct Within {
    body: Arc<dyn Capability>,
    limit: Duration,
}

/// A call, as the thread that runs it and the one that waits see it.
#[derive(Default)]
struct Call {
    end: Mutex<Option<Result<Option<OwnedValue>, CallError>>>,
    ended: Condvar,
    /// Nobody waits any more.
    left: AtomicBool,
}

impl Capability for Within {
    fn id(&self) -> &CapabilityId {
        self.body.id()
    }

    fn call(&self, method: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
        let call = Arc::new(Call::default());
        let owned: Vec<OwnedValue> = args.iter().map(|arg| call.own(*arg)).collect();
        let (there, body, passed) = (call.clone(), self.body.clone(), owned.clone());
        let run = move || there.over(run(&*body, method, &passed));
        if std::thread::Builder::new().name("plugin call".into()).spawn(run).is_err() {
            // Without a thread it takes as long as it takes.
            return self.body.call(method, args, answer);
        }
        let deadline = Instant::now().checked_add(self.limit);
        let Some(end) = identity::host_call(|| desk::wait(deadline, |until| call.wait(until))) else {
            call.left.store(true, Ordering::Release);
            let method = table::method(self.id().kind, method).map_or("", |method| method.name);
            return Err(CallError::TimedOut { id: self.id().clone(), method, limit: self.limit });
        };
        let Some(value) = end? else { return Ok(()) };
        for (arg, owned) in args.iter().zip(&owned) {
            if let (Value::Filled(_, fill), OwnedValue::Filled(_, filled)) = (arg, owned)
                && let Some(fields) = filled.get()
            {
                with_values(fields, &mut |fields| fill.fill(fields));
            }
        }
        with_values(&[value], &mut |values| values.iter().for_each(|value| answer(*value)));
        Ok(())
    }

    fn is_written(&self, method: usize) -> bool {
        self.body.is_written(method)
    }
}

/// The progress of a call, while somebody waits for it.
struct Awaited(Arc<dyn Report>, Arc<Call>);

impl Report for Awaited {
    fn report(&self, done: f64, message: &str) -> bool {
        !self.1.left.load(Ordering::Acquire) && self.0.report(done, message)
    }
}

fn run(body: &dyn Capability, method: usize, args: &[OwnedValue]) -> Result<Option<OwnedValue>, CallError> {
    let (mut answered, mut called) = (None, Ok(()));
    with_values(args, &mut |args| {
        called = body.call(method, args, &mut |value| answered = Some(value.into()));
    });
    called.map(|()| answered)
}

impl Call {
    /// An argument that outlives the caller; a function of this call is silent when the caller is gone.
    fn own(self: &Arc<Self>, arg: Value<'_>) -> OwnedValue {
        match arg {
            Value::Function(Some(function)) if function.spec().life == Life::Call => {
                let call = self.clone();
                let awaited = function.only_while(move || !call.left.load(Ordering::Acquire));
                OwnedValue::Function(Some(awaited))
            }
            Value::Object(object) => match object.downcast_ref::<Arc<dyn Report>>() {
                Some(report) => {
                    let awaited: Arc<dyn Report> = Arc::new(Awaited(report.clone(), self.clone()));
                    OwnedValue::Object(Arc::new(awaited))
                }
                None => arg.into(),
            },
            other => other.into(),
        }
    }

    fn over(&self, end: Result<Option<OwnedValue>, CallError>) {
        *self.end.lock() = Some(end);
        self.ended.notify_all();
    }

    fn wait(&self, until: Option<Instant>) -> Option<Result<Option<OwnedValue>, CallError>> {
        let mut end = self.end.lock();
        loop {
            if let Some(end) = end.take() {
                return Some(end);
            }
            match until {
                Some(until) if Instant::now() >= until => return None,
                Some(until) => self.ended.wait_until(&mut end, until),
                None => self.ended.wait(&mut end),
            }
        }
    }
}
