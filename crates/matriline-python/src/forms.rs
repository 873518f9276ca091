//! Which generation of a method a plugin has written, told from its signature.
//!
//! A method whose arguments were others once ([`MethodSpec::older`]) is called as its author expects: with those of
//! today, or with those of then. That is found out once, when the capability is made.

use matriline_capability::{Kind, MethodSpec, OlderArg, RecordSpec};
use pyo3::prelude::*;

/// How a method is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// With the arguments of today.
    Newest,
    /// With those of the older generation.
    Older,
    /// With those of today, which it does not take.
    Neither,
}

/// The form of a method that a plugin has written, as `method` of its object.
pub(crate) fn form(method: &Bound<'_, PyAny>, spec: &MethodSpec) -> Form {
    let Some(older) = spec.older else { return Form::Newest };
    // What has no signature is taken for what is written today.
    signature(method).map_or(Form::Newest, |signature| signature.form(spec.args.len(), older.len()))
}

/// What a method takes by position.
#[derive(Clone, Copy, Debug, Default)]
struct Signature {
    required: usize,
    named: usize,
    takes_more: bool,
    /// It wants something by name.
    is_unusable: bool,
}

impl Signature {
    /// An exact number of arguments says more than one that may be left out, and the newest form more than an older.
    fn form(self, newest: usize, older: usize) -> Form {
        let takes =
            |count| !self.is_unusable && self.required <= count && (count <= self.named || self.takes_more);
        let exact = |count| takes(count) && count == self.named;
        match () {
            () if exact(newest) => Form::Newest,
            () if exact(older) => Form::Older,
            () if takes(newest) => Form::Newest,
            () if takes(older) => Form::Older,
            () => Form::Neither,
        }
    }
}

fn signature(method: &Bound<'_, PyAny>) -> PyResult<Signature> {
    let inspect = method.py().import("inspect")?;
    let parameters = inspect.call_method1("signature", (method,))?.getattr("parameters")?;
    let empty = inspect.getattr("Parameter")?.getattr("empty")?;
    let mut signature = Signature::default();
    for parameter in parameters.call_method0("values")?.try_iter()? {
        let parameter = parameter?;
        let is_required = parameter.getattr("default")?.is(&empty);
        match parameter.getattr("kind")?.extract::<u8>()? {
            // In the order of `inspect`: by position alone, by position or name, `*args`, by name alone, `**kwargs`.
            0 | 1 => {
                signature.named += 1;
                signature.required += usize::from(is_required);
            }
            2 => signature.takes_more = true,
            3 => signature.is_unusable |= is_required,
            _ => {}
        }
    }
    Ok(signature)
}

/// The kind of an argument of the older generation.
pub(crate) fn kind(spec: &MethodSpec, arg: OlderArg) -> Kind {
    match (spec.args[arg.argument].kind, arg.field) {
        (Kind::Record(record), Some(field)) => RecordSpec::fields(record)[field].kind,
        (kind, _) => kind,
    }
}

/// How a method of that form is called, in the words of its author.
pub(crate) fn usage(spec: &MethodSpec) -> String {
    let names: String = spec.args.iter().map(|arg| format!(", {}", arg.name)).collect();
    format!("{}(self{names})", spec.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(required: usize, named: usize, takes_more: bool, expected: Form) {
        let signature = Signature { required, named, takes_more, is_unusable: false };
        assert_eq!(signature.form(1, 5), expected, "{signature:?}");
    }

    #[test]
    fn the_number_of_arguments_tells() {
        check(1, 1, false, Form::Newest);
        check(5, 5, false, Form::Older);
        check(3, 3, false, Form::Neither);
    }

    #[test]
    fn arguments_that_may_be_left_out_count() {
        check(1, 5, false, Form::Older);
        check(0, 0, true, Form::Newest);
        check(2, 2, true, Form::Older);
        check(1, 3, false, Form::Newest);
    }

    #[test]
    fn what_must_be_given_by_name_is_never_given() {
        let signature = Signature { required: 1, named: 1, takes_more: false, is_unusable: true };
        assert_eq!(signature.form(1, 5), Form::Neither);
    }
}
