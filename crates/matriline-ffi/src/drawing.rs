//! The bridge of capabilities that draw.

use std::cell::RefCell;
use std::pin::Pin;

use matriline::{Drawn, VisualizationContext, VisualizationInput, VisualizationInputSpec};

use crate::boundary::run;
use crate::bridge::Failure;
use crate::cxx_side::host::Host;

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(unreachable_pub)]
mod ffi {
    struct DrawableData {
        kind: String,
        format: String,
        transport: String,
        min_major: i64,
        min_minor: i64,
        max_major: i64,
        max_minor: i64,
    }

    struct DrawingData<'a> {
        orca_version: &'a str,
        revision: i64,
        kind: &'a str,
        format: &'a str,
        transport: &'a str,
        location: &'a str,
        major_version: i64,
        minor_version: i64,
        metadata: &'a str,
    }

    /// What the capability answered, and what its session shows.
    #[derive(Default)]
    struct DrawnData {
        status: u8,
        message: String,
        data: String,
        is_open: bool,
        revision: i64,
    }

    unsafe extern "C++" {
        include!("glue.hpp");
        include!("generated/bridge.hpp");

        type Failure = crate::bridge::Failure;
        type Host = crate::cxx_side::host::Host;
    }

    extern "Rust" {
        fn list_drawable_inputs(
            host: &Host,
            key: &str,
            name: &str,
            failure: Pin<&mut Failure>,
        ) -> Vec<DrawableData>;
        fn draw(
            host: &Host,
            key: &str,
            name: &str,
            drawing: &DrawingData<'_>,
            failure: Pin<&mut Failure>,
        ) -> DrawnData;
        fn end_drawing(host: &Host, key: &str, name: &str, failure: Pin<&mut Failure>);
    }
}

/// All kinds of input that a capability can draw.
fn list_drawable_inputs(
    host: &Host,
    key: &str,
    name: &str,
    failure: Pin<&mut Failure>,
) -> Vec<ffi::DrawableData> {
    run(failure, || {
        let inputs = RefCell::default();
        host.manager()?.drawable_input(key, name, &|input| {
            RefCell::<Vec<_>>::borrow_mut(&inputs).push(data(input));
            false
        })?;
        Ok(inputs.into_inner())
    })
}

fn data(input: &VisualizationInputSpec) -> ffi::DrawableData {
    let VisualizationInputSpec { kind, format, transport, min_major, min_minor, max_major, max_minor } =
        input.clone();
    ffi::DrawableData { kind, format, transport, min_major, min_minor, max_major, max_minor }
}

fn draw(
    host: &Host,
    key: &str,
    name: &str,
    drawing: &ffi::DrawingData<'_>,
    failure: Pin<&mut Failure>,
) -> ffi::DrawnData {
    run(failure, || {
        let input = VisualizationInput {
            kind: drawing.kind,
            format: drawing.format,
            transport: drawing.transport,
            location: drawing.location,
            major_version: drawing.major_version,
            minor_version: drawing.minor_version,
        };
        let context = VisualizationContext {
            orca_version: drawing.orca_version,
            revision: drawing.revision,
            input: &input,
            metadata: drawing.metadata,
        };
        let Drawn { result, revision } = host.manager()?.draw(key, name, &context)?;
        Ok(ffi::DrawnData {
            status: result.status as u8,
            message: result.message,
            data: result.data,
            is_open: revision.is_some(),
            revision: revision.unwrap_or_default(),
        })
    })
}

fn end_drawing(host: &Host, key: &str, name: &str, failure: Pin<&mut Failure>) {
    run(failure, || Ok(host.manager()?.end_drawing(key, name)?));
}
