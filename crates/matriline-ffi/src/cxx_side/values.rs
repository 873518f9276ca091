//! Calls whose arguments go as values.

use std::pin::Pin;

use cxx::SharedPtr;
use matriline::{CallError, Value};
use matriline_capability::{
    FilledFields, Function, FunctionSpec, Kind, OwnedValue, RecordSpec, Task, table, with_values,
};

use crate::boundary::{Fault, Outcome, run};
use crate::cxx_side::shell::CapabilityHandle;
use crate::cxx_side::subscribe::pass_on;
use crate::values::ffi::{self, GivenData, LeafData};

/// Something that a plugin wants to be done on the application's main thread.
pub(crate) struct PluginTask(Task);

impl PluginTask {
    pub(crate) fn run(&self) {
        self.0.run();
    }
}

pub(crate) struct Sink(SharedPtr<ffi::FunctionSink>);

// SAFETY: the sink is a `const std::function` that the application promises to be callable, and destructible, on any
// thread.
unsafe impl Send for Sink {}
// SAFETY: as above.
unsafe impl Sync for Sink {}

impl Sink {
    /// `None` where the application gave no function.
    pub(crate) fn of(sink: &SharedPtr<ffi::FunctionSink>) -> Option<Self> {
        (!sink.is_null()).then(|| Self(sink.clone()))
    }

    /// What the application throws is told to the plugin, and logged.
    pub(crate) fn call(&self, args: &[Value<'_>]) -> bool {
        if let [Value::Task(task)] = args {
            pass_on(ffi::give_task(&self.0, Box::new(PluginTask((*task).clone()))));
            return false;
        }
        fn given<'a>(value: &Value<'a>) -> GivenData<'a> {
            match *value {
                Value::Text(text) => GivenData { text, code: 0 },
                Value::Code(code) => GivenData { text: "", code },
                _ => GivenData { text: "", code: 0 },
            }
        }
        let given: Vec<_> = args.iter().map(given).collect();
        match ffi::call_function(&self.0, &given) {
            Ok(answer) => answer,
            Err(thrown) => {
                pass_on(Err(thrown));
                false
            }
        }
    }
}

/// An argument that was put together of its leaves.
enum Argument<'a> {
    Plain(Value<'a>),
    Record(Vec<Value<'a>>),
    Filled(Vec<Value<'a>>, FilledFields),
    Function(Option<Function>),
}

impl<'a> Argument<'a> {
    fn read(kind: Kind, leaves: &mut std::slice::Iter<'a, LeafData<'a>>) -> Option<Self> {
        Some(match kind {
            Kind::Record(spec) => Self::Record(fields(spec, leaves)?),
            Kind::Filled(spec) => Self::Filled(fields(spec, leaves)?, FilledFields::default()),
            Kind::Function(spec) => Self::Function(function(spec, &leaves.next()?.function)),
            kind => Self::Plain(plain(kind, leaves.next()?)?),
        })
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Plain(value) => *value,
            Self::Record(fields) => Value::Record(fields),
            Self::Filled(fields, filled) => Value::Filled(fields, &**filled),
            Self::Function(function) => Value::Function(function.as_ref()),
        }
    }
}

fn fields<'a>(spec: &RecordSpec, leaves: &mut std::slice::Iter<'a, LeafData<'a>>) -> Option<Vec<Value<'a>>> {
    spec.fields().iter().map(|field| plain(field.kind, leaves.next()?)).collect()
}

fn plain<'a>(kind: Kind, leaf: &'a LeafData<'a>) -> Option<Value<'a>> {
    Some(match kind {
        Kind::Text => Value::Text(leaf.text),
        Kind::Number | Kind::Index | Kind::Member(_) => Value::Number(leaf.number),
        Kind::Code => Value::Code(i32::try_from(leaf.number).ok()?),
        Kind::Flag => Value::Flag(leaf.number != 0),
        Kind::Real => Value::Real(leaf.real),
        _ => return None,
    })
}

fn function(spec: &'static FunctionSpec, sink: &SharedPtr<ffi::FunctionSink>) -> Option<Function> {
    Sink::of(sink).map(|sink| Function::new(spec, move |args| sink.call(args)))
}

/// Calls a method; nothing of its answer is told when it fails.
pub(crate) fn call_values(
    handle: &CapabilityHandle,
    method: usize,
    leaves: &[LeafData<'_>],
    mut reply: Pin<&mut ffi::Reply>,
    failure: Pin<&mut ffi::Failure>,
) {
    run(failure, || {
        let spec = table::method(handle.id().kind, method).ok_or_else(Fault::no_answer)?;
        let mut leaves = leaves.iter();
        let args =
            spec.args.iter().map(|arg| Argument::read(arg.kind, &mut leaves)).collect::<Option<Vec<_>>>();
        let args = args.ok_or_else(|| {
            let problem = "the values of the call are not those of the table".into();
            CallError::WrongArgument { id: handle.id().clone(), method: spec.name, problem }
        })?;
        let mut answered: Outcome<()> = Err(Fault::no_answer());
        let values: Vec<_> = args.iter().map(Argument::value).collect();
        handle.call(method, &values, &mut |value| answered = tell(reply.as_mut(), value))?;
        answered?;
        for arg in &args {
            if let Argument::Filled(_, filled) = arg
                && let Some(fields) = filled.get()
            {
                tell_fields(reply.as_mut(), fields)?;
            }
        }
        Ok(())
    });
}

fn tell(mut reply: Pin<&mut ffi::Reply>, value: Value<'_>) -> Outcome<()> {
    let told = match value {
        Value::Unit => Ok(()),
        Value::Text(text) => ffi::add_text(reply, text),
        Value::Number(number) => ffi::set_number(reply, number),
        Value::Code(code) => ffi::set_number(reply, code.into()),
        Value::Flag(flag) => ffi::set_number(reply, flag.into()),
        Value::CodeAndText(code, text) => {
            ffi::set_number(reply.as_mut(), code.into()).and_then(|()| ffi::add_text(reply, text))
        }
        Value::Record(fields) => {
            return fields.iter().try_for_each(|field| tell(reply.as_mut(), *field));
        }
        _ => return Err(Fault::no_answer()),
    };
    told.map_err(|thrown| Fault::new(matriline::ErrorCode::WrongAnswer, thrown.what()))
}

fn tell_fields(mut reply: Pin<&mut ffi::Reply>, fields: &[OwnedValue]) -> Outcome<()> {
    let mut told = Ok(());
    with_values(fields, &mut |fields| {
        told = fields.iter().try_for_each(|field| tell(reply.as_mut(), *field));
    });
    told
}
