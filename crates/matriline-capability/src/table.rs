//! The one table of capability types.
//!
//! ```
//! use matriline_capability::{table, CapabilityType};
//!
//! let row = table::row(CapabilityType::PostProcessing).unwrap();
//! assert_eq!(row.python_class, "GCodePluginCapabilityBase");
//! assert_eq!(row.methods[0].name, "execute");
//! ```

use std::sync::Arc;

use crate::call::{self, CallError, Capability, CapabilityView, Nested, Slice, Value};
use crate::declare;
use crate::{
    Access, ArgSpec, Caller, CapabilityType, Duty, ExecutionResult, Failures, FieldSpec, Kind,
    LifecycleEvtCode, MethodSpec, RecordSpec, Step, TypeSpec,
};

#[macro_use]
mod macros;
mod joined;
mod printer_agent;
mod visualization;

use joined::joined;
pub use printer_agent::{
    AgentInfo, DetectResult, PrintParams, PrinterAgentCapability, PrinterConnectionParams,
};
pub use visualization::{
    VisualizationCapability, VisualizationContext, VisualizationInput, VisualizationInputSpec,
};

/// Every capability type that can be called.
pub const TYPES: &[&TypeSpec] = {
    const LISTS: &[&[&TypeSpec]] = &[OWN_TYPES, printer_agent::TYPES, visualization::TYPES];
    const ALL: [&TypeSpec; joined::count(LISTS)] = joined(LISTS);
    &ALL
};

/// Every record, bases before what extends them.
pub const RECORDS: &[&RecordSpec] = {
    const LISTS: &[&[&RecordSpec]] = &[
        OWN_RECORDS,
        printer_agent::OWNED,
        printer_agent::RECORDS,
        visualization::OWNED,
        visualization::RECORDS,
    ];
    const ALL: [&RecordSpec; joined::count(LISTS)] = joined(LISTS);
    &ALL
};

/// The method at a place: of the row of a type, or one that all capabilities have ([`Common`](crate::Common)).
pub fn method(kind: CapabilityType, place: usize) -> Option<&'static MethodSpec> {
    let own = row(kind).map_or(&[][..], |row| row.methods);
    own.get(place).or_else(|| crate::common::METHODS.get(place - own.len()))
}

/// The row of a type, or `None` for a type that has no calls yet. Types that the application has
/// [declared](crate::TypeDeclaration) have a row like any other.
pub fn row(kind: CapabilityType) -> Option<&'static TypeSpec> {
    TYPES.iter().find(|row| row.kind == kind).copied().or_else(|| declare::row(kind))
}

records! {
    OWN_RECORDS;

    /// What every context tells a plugin.
    Context = Open "" PluginContext plugin_context {
        /// The version of the application.
        orca_version: Text,
    }

    /// What a plugin is told of the export whose G-code it edits.
    GcodeContext = Open "gcode" GCodePluginContext gcode_plugin_context extends Context [orca_version: Text] {
        /// The G-code file, to be edited in place.
        gcode_path: Text grants folder,
        /// Where the G-code goes: `File`, `OctoPrint`, `PrusaLink`, …
        host: Text,
        /// The name the output will have.
        output_name: Text,
    }

    /// What a plugin is told of the step of slicing it takes part in.
    SlicingContext = ReadOnly "slicing" SlicingPipelineContext slicing_pipeline_context {
        /// The version of the application.
        orca_version: Text,
        /// The step that has just been done.
        step: Step,
        /// The print, at steps of slicing; `None` at the export.
        print: Unit,
        /// The object of the print, at steps that work on one; `None` at others.
        object: Unit,
        /// The G-code file at the export, to be edited in place.
        gcode_path: Text grants folder,
        /// Where the G-code goes: `File`, `OctoPrint`, `PrusaLink`, …
        host: Text,
        /// The name the output will have.
        output_name: Text,
        /// The slice: its configuration, and whether it is cancelled.
        slice: Slice,
    }

    /// What a plugin is told of an event of the application. What an event does not tell stays empty.
    LifecycleContext = ReadOnly "" LifecycleEventContext lifecycle_event_context {
        /// The name of what it happened to: a project, an object, a preset, a plate.
        name: Text,
        /// How it ended.
        code: LifecycleEvtCode,
        /// What is said about that; `cancelled` for a job that was.
        msg: Text,
        /// The identity of what it happened to.
        id: Text,
        /// The name it had before.
        previous_name: Text,
        /// The printer.
        device_id: Text,
        /// The job.
        job_id: Text,
        /// What brought it about.
        source: Text,
        /// The place of what it happened to, such as that of a plate; -1 for none.
        index: Index,
        /// Whether the project has unsaved changes.
        dirty: Flag,
    }
}

impl Default for LifecycleContext<'_> {
    fn default() -> Self {
        Self {
            name: "",
            code: LifecycleEvtCode::Ok,
            msg: "",
            id: "",
            previous_name: "",
            device_id: "",
            job_id: "",
            source: "",
            index: -1,
            dirty: false,
        }
    }
}

types! {
    OWN_TYPES;

    /// Edits the G-code file of an export, in place.
    PostProcessing = GcodeCapability, "gcode" GCodePluginCapabilityBase,
        GCodePluginCapability gcode_plugin_capability, gcode, errors {
        /// Edits the file at `ctx.gcode_path`.
        execute(ctx: GcodeContext) -> Result on Export = 0;
    }

    /// Runs when the user asks for it.
    Script = ScriptCapability, "script" ScriptPluginCapabilityBase,
        ScriptPluginCapability script_plugin_capability, script, errors {
        /// Does the work of the script.
        execute() -> Result on Interface = 0;
    }

    /// Takes part in the steps of slicing.
    SlicingPipeline = SlicingCapability, "slicing" SlicingPipelineCapabilityBase,
        SlicingPipelineCapability slicing_pipeline_capability, slicing, errors {
        /// Does its part of the step `ctx.step`; at `psGCodePostProcess` it edits the file at `ctx.gcode_path`.
        execute(ctx: SlicingContext) -> Result on Export = 0;
    }

    /// Shows a page of its own in the application.
    Pages = PagesCapability, "pages" PagesPluginCapabilityBase,
        PagesPluginCapability pages_plugin_capability, pages, errors {
        /// The page as HTML; asked when it is first shown, and when it is loaded again.
        get_ui() -> Text on Interface = 0;
        /// The path of an icon, SVG or PNG; empty for none.
        get_icon() -> Text on Interface = 1, optional;
        /// Takes what the page has posted.
        on_message(data: Json) -> Unit on Interface = 2, optional;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_gives_its_fields_in_the_order_of_the_table() {
        let context =
            GcodeContext { orca_version: "2.4", gcode_path: "a.gcode", host: "File", output_name: "b" };
        let names: Vec<_> = GcodeContext::SPEC.fields().iter().map(|field| field.name).collect();
        assert_eq!(names, ["orca_version", "gcode_path", "host", "output_name"]);
        let values = context.values().map(|value| match value {
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        });
        assert_eq!(values, ["2.4", "a.gcode", "File", "b"]);
    }

    #[test]
    fn a_method_is_known_by_its_place() {
        for row in TYPES {
            assert!(!row.methods.is_empty(), "{}", row.kind);
        }
    }
}
