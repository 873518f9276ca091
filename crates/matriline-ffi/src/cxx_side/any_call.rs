//! Calls of a method of a declared type.

use std::pin::Pin;
use std::sync::Arc;

use matriline::host::{Model, TriangleMesh};
use matriline::{Capability, ErrorCode, ImportedMesh, Kind, MOST_ARGUMENTS, Report, Value, kinds};
use matriline_capability::ArgumentKind;

use super::lifecycle::event_context;
use super::offer::Shared;
use super::offer::mesh::Mesh;
use super::offer::model::ModelBuilder;
use super::shell::CapabilityHandle;
use crate::boundary::{Fault, Outcome, catch, run, text};
use crate::bridge::Failure;
use crate::number::value_kind;
use crate::offer;
use crate::own_types::ffi::{self, CapabilityAnswer, GivenObjects, ValueData};

pub(crate) fn any_is_written(handle: &CapabilityHandle, method: usize) -> bool {
    catch(|| Ok(handle.capability().is_written(method))).unwrap_or(false)
}

pub(crate) fn call_any(
    handle: &CapabilityHandle,
    method: usize,
    args: &[ValueData<'_>],
    objects: &GivenObjects,
    mut answer: Pin<&mut CapabilityAnswer>,
    failure: Pin<&mut Failure>,
) {
    run(failure, || {
        let args = &args[..args.len().min(MOST_ARGUMENTS)];
        let taken =
            args.iter().enumerate().filter_map(|(place, arg)| Taken::of(arg, objects, place).transpose());
        let taken = taken.collect::<Outcome<Vec<_>>>()?;
        let mut taken = taken.iter().map(Taken::value);
        let mut values = [Value::Unit; MOST_ARGUMENTS];
        for (value, arg) in values.iter_mut().zip(args) {
            *value = match plain(arg)? {
                Some(plain) => plain,
                None => taken.next().unwrap_or(Value::Unit),
            };
        }
        let mut copied = Ok(());
        handle.call(method, &values[..args.len()], &mut |value| copied = copy(answer.as_mut(), value))?;
        copied.map_err(|thrown| Fault::new(ErrorCode::WrongAnswer, thrown.what()))
    });
}

/// The value of an argument; `None` for one that is [taken](Taken).
fn plain<'a>(arg: &ValueData<'a>) -> Outcome<Option<Value<'a>>> {
    Ok(Some(match value_kind(arg.kind)? {
        Kind::Text | Kind::File => Value::Text(text(arg.text, "argument")?),
        Kind::Json => Value::Json(text(arg.text, "argument")?),
        Kind::Number | Kind::Member(_) => Value::Number(arg.number),
        Kind::Real => Value::Real(arg.real),
        Kind::Flag => Value::Flag(arg.flag),
        kind if Taken::KINDS.contains(&kind) => return Ok(None),
        _ => Value::Unit,
    }))
}

/// What an object of C++ is for plugins, as long as the call lasts.
enum Taken<'a> {
    Model(Arc<Model>),
    Progress(Arc<dyn Report>),
    Context(Vec<Value<'a>>),
}

impl<'a> Taken<'a> {
    const KINDS: [Kind; 3] = [kinds::Model::KIND, kinds::Progress::KIND, kinds::LifecycleEventContext::KIND];

    fn of(arg: &ValueData<'_>, objects: &'a GivenObjects, place: usize) -> Outcome<Option<Self>> {
        let [model, progress, context] = Self::KINDS;
        let kind = value_kind(arg.kind)?;
        Ok(Some(if kind == model {
            let mut builder = ModelBuilder::default();
            offer::ffi::read_host_model(ffi::given_model(objects, place).map_err(missing)?, &mut builder);
            Self::Model(Arc::new(builder.finish()))
        } else if kind == progress {
            Self::Progress(Arc::new(Sink(Shared(ffi::given_progress(objects, place).map_err(missing)?))))
        } else if kind == context {
            let data = ffi::given_context(objects, place).map_err(missing)?;
            Self::Context(event_context(&data)?.values().to_vec())
        } else {
            return Ok(None);
        }))
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Model(model) => Value::Object(model),
            Self::Progress(progress) => Value::Object(progress),
            Self::Context(fields) => Value::Record(fields),
        }
    }
}

#[cold]
fn missing(thrown: cxx::Exception) -> Box<Fault> {
    Fault::new(ErrorCode::InvalidArgument, thrown.what())
}

/// Who is told in C++ how far a call is.
struct Sink(Shared<ffi::ProgressSink>);

impl Report for Sink {
    fn report(&self, done: f64, message: &str) -> bool {
        // what the application throws is kept by C++, which throws it again after the call
        ffi::report_progress(&self.0.0, done, message).unwrap_or(false)
    }
}

fn copy(mut answer: Pin<&mut CapabilityAnswer>, value: Value<'_>) -> Result<(), cxx::Exception> {
    match value {
        Value::Text(text) | Value::Json(text) => ffi::set_answer_text(answer, text),
        Value::Number(number) => ffi::set_answer_number(answer, number),
        Value::Real(real) => ffi::set_answer_real(answer, real),
        Value::Flag(flag) => ffi::set_answer_flag(answer, flag),
        Value::Result(status, message, data) => ffi::set_answer_result(answer, status as u8, message, data),
        Value::Object(object) => {
            let texts = object.downcast_ref::<Vec<String>>().map_or(&[][..], Vec::as_slice);
            texts.iter().try_for_each(|text| ffi::add_answer_text(answer.as_mut(), text))?;
            let meshes = object.downcast_ref::<Vec<ImportedMesh>>().map_or(&[][..], Vec::as_slice);
            meshes.iter().try_for_each(|mesh| add_mesh(answer.as_mut(), &mesh.name, &mesh.mesh))
        }
        _ => Ok(()),
    }
}

fn add_mesh(
    answer: Pin<&mut CapabilityAnswer>,
    name: &str,
    mesh: &TriangleMesh,
) -> Result<(), cxx::Exception> {
    offer::ffi::add_answer_mesh(answer, name, Box::new(Mesh(mesh.clone())))
}
