//! Functions of the application that plugins call.
//!
//! A function is made of a closure, by the type that the table has for it ([`UpdateFn`] and the others); on its way it
//! is a [`Function`], which anybody calls with values of the table.

use std::fmt;
use std::sync::Arc;

use crate::call::Value;
use crate::{ArgSpec, FunctionSpec, Kind, Life};

/// What a function does. It answers yes or no, and nobody looks at it where the table says that there is no answer.
type Act = Arc<dyn Fn(&[Value<'_>]) -> bool + Send + Sync>;

/// A function of the application on its way to a plugin. A handle: clones stand for the same function.
///
/// Threads: called on any thread of the plugin, as the application and without the GIL.
#[derive(Clone)]
pub struct Function {
    spec: &'static FunctionSpec,
    act: Act,
}

impl Function {
    /// A function of that row.
    pub fn new(
        spec: &'static FunctionSpec,
        act: impl Fn(&[Value<'_>]) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { spec, act: Arc::new(act) }
    }

    /// Its row in the table.
    pub fn spec(&self) -> &'static FunctionSpec {
        self.spec
    }

    /// The same function for as long as `is` says so. Called later it does nothing, and answers what it answers too late.
    #[must_use]
    pub fn only_while(&self, is: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let (function, late) = (self.clone(), self.spec.over.unwrap_or(false));
        Self::new(self.spec, move |args| if is() { function.call(args) } else { late })
    }

    /// Calls it. Values that are not those of the table do nothing, and the answer is no.
    pub fn call(&self, args: &[Value<'_>]) -> bool {
        (self.act)(args)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function").field(&self.spec.name).finish()
    }
}

/// Something that a plugin wants to be done elsewhere. Doing it twice does it once. A handle: clones stand for the same.
#[derive(Clone)]
pub struct Task(Arc<dyn Fn() + Send + Sync>);

impl Task {
    /// A task that does that.
    pub fn new(act: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(act))
    }

    /// Does it. What the plugin raises is logged; once the plugin is unloaded nothing happens.
    ///
    /// Threads: any; takes the GIL and waits for it.
    pub fn run(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}

/// The Rust type an argument of a function is passed as.
macro_rules! given {
    (Text) => {
        &str
    };
    (Code) => {
        i32
    };
    (Task) => {
        &Task
    };
}

/// A value of that kind.
macro_rules! taken {
    (Text, $name:ident) => {
        Value::Text($name)
    };
    (Code, $name:ident) => {
        Value::Code($name)
    };
    (Task, $name:ident) => {
        Value::Task($name)
    };
}

/// Passes what a value holds on.
macro_rules! handed {
    (Text, $name:ident) => {
        $name
    };
    (Code, $name:ident) => {
        *$name
    };
    (Task, $name:ident) => {
        $name
    };
}

/// The Rust type a function answers with, and that as yes or no.
macro_rules! answered {
    (Unit) => {
        ()
    };
    (Flag) => {
        bool
    };
    (Unit, $answer:expr) => {{
        let () = $answer;
        false
    }};
    (Flag, $answer:expr) => {
        $answer
    };
}

/// What a function answers that is called too late.
macro_rules! over {
    () => {
        None
    };
    ($answer:literal) => {
        Some($answer)
    };
}

macro_rules! functions {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident = $snake:ident($($arg:ident: $kind:ident),*) -> $answer:ident lives $life:ident $(, then $over:literal)?;
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug)]
            pub struct $name(pub(crate) Function);

            impl $name {
                /// Its row in the table.
                pub const SPEC: FunctionSpec = FunctionSpec {
                    name: stringify!($snake),
                    doc: concat!($($doc),*),
                    args: &[$(ArgSpec { name: stringify!($arg), kind: Kind::$kind }),*],
                    returns: Kind::$answer,
                    life: Life::$life,
                    over: over!($($over)?),
                };

                /// The function that does this.
                pub fn new(act: impl Fn($(given!($kind)),*) -> answered!($answer) + Send + Sync + 'static) -> Self {
                    Self(Function::new(&Self::SPEC, move |args| match args {
                        [$(taken!($kind, $arg)),*] => answered!($answer, act($(handed!($kind, $arg)),*)),
                        _ => false,
                    }))
                }

                /// The same for a function that takes values of the table.
                pub fn of(act: impl Fn(&[Value<'_>]) -> bool + Send + Sync + 'static) -> Self {
                    Self(Function::new(&Self::SPEC, act))
                }

                /// The same function for as long as `is` says so; see [`Function::only_while`].
                #[must_use]
                pub fn only_while(&self, is: impl Fn() -> bool + Send + Sync + 'static) -> Self {
                    Self(self.0.only_while(is))
                }
            }
        )*

        /// Every function of the table.
        pub const FUNCTIONS: &[&FunctionSpec] = &[$(&$name::SPEC),*];
    };
}

functions! {
    /// Takes how far a job has come: the stage, a code that is 0 while all is well, and words.
    UpdateFn = update_fn(status: Code, code: Code, msg: Text) -> Unit lives Call;

    /// Whether the user has cancelled the job.
    CancelFn = cancel_fn() -> Flag lives Call, then true;

    /// Waits until the printer has taken the job up, and says whether it has.
    WaitFn = wait_fn(status: Code, job_info: Text) -> Flag lives Call, then false;

    /// Takes what a server has answered instead of what it should.
    ServerFn = server_fn(url: Text, status: Code) -> Unit lives Load;

    /// Takes a printer that was found, as JSON: `dev_id`, `dev_name`, `dev_ip`, `dev_type`, `dev_signal`, `connect_type`,
    /// `bind_state`.
    SsdpFn = ssdp_fn(dev_info_json: Text) -> Unit lives Load;

    /// Takes the topic of a printer that is connected, or cannot be subscribed to.
    TopicFn = topic_fn(topic: Text) -> Unit lives Load;

    /// Takes a message of a printer.
    MessageFn = message_fn(dev_id: Text, msg: Text) -> Unit lives Load;

    /// Takes a message for a user.
    UserMessageFn = user_message_fn(user_id: Text, msg: Text) -> Unit lives Load;

    /// Takes how the connection to a printer stands: 0 for connected, 1 for failed, 2 for lost.
    LocalConnectFn = local_connect_fn(status: Code, dev_id: Text, msg: Text) -> Unit lives Load;

    /// Has something done on the main thread.
    QueueOnMainFn = queue_on_main_fn(task: Task) -> Unit lives Load;

    /// Takes a file that was asked of a printer, and the status of the answer, as HTTP has them.
    SnapshotFn = snapshot_fn(body: Text, http_status: Code) -> Unit lives Load;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI32, Ordering};

    #[test]
    fn a_function_takes_the_values_of_its_row() {
        let sum = Arc::new(AtomicI32::new(0));
        let add = sum.clone();
        let update = UpdateFn::new(move |status, code, msg| {
            add.fetch_add(status + code + msg.len() as i32, Ordering::Relaxed);
        });
        assert!(!update.0.call(&[Value::Code(1), Value::Code(20), Value::Text("abc")]));
        assert!(!update.0.call(&[Value::Code(1)]));
        assert_eq!(sum.load(Ordering::Relaxed), 24);
    }

    #[test]
    fn a_function_can_take_values_as_they_are() {
        let wait = WaitFn::of(|args| matches!(args, [Value::Code(3), Value::Text("job")]));
        assert!(wait.0.call(&[Value::Code(3), Value::Text("job")]) && !wait.0.call(&[]));
    }

    #[test]
    fn a_function_answers() {
        assert!(CancelFn::new(|| true).0.call(&[]));
        assert!(!CancelFn::new(|| true).0.call(&[Value::Unit]));
        assert!(WaitFn::new(|status, _| status == 3).0.call(&[Value::Code(3), Value::Text("")]));
    }

    #[test]
    fn a_function_can_end() {
        let runs = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let is = runs.clone();
        let cancel = CancelFn::new(|| false).only_while(move || is.load(Ordering::Relaxed));
        assert!(!cancel.0.call(&[]));
        runs.store(false, Ordering::Relaxed);
        assert!(cancel.0.call(&[]));
    }

    #[test]
    fn those_of_a_call_that_answer_say_what_they_answer_too_late() {
        for spec in FUNCTIONS {
            let answers = matches!(spec.returns, Kind::Flag);
            assert_eq!(answers, spec.over.is_some(), "{}", spec.name);
        }
    }
}
