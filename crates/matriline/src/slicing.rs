//! The step of slicing that an export is.

use std::sync::Arc;

use matriline_capability::{GcodeContext, Slice, SlicingContext, Step};

/// What slicing capabilities are told of the export of a G-code file: there is neither a print nor an object any more.
pub(crate) fn export_context<'a>(
    export: &GcodeContext<'a>,
    slice: Option<&'a Arc<dyn Slice>>,
) -> SlicingContext<'a> {
    SlicingContext {
        orca_version: export.orca_version,
        step: Step::PsGCodePostProcess,
        print: (),
        object: (),
        gcode_path: export.gcode_path,
        host: export.host,
        output_name: export.output_name,
        slice,
    }
}
