//! The row of capabilities that draw.

use std::cell::RefCell;
use std::sync::Arc;

use crate::call::{self, Answer, CallError, Capability, CapabilityView, Fill, Nested, Value};
use crate::{
    Access, ArgSpec, Caller, CapabilityType, Duty, ExecutionResult, Failures, FieldSpec, Kind, MethodSpec,
    RecordSpec, TypeSpec,
};

owned_records! {
    OWNED;

    /// A kind of input that a capability can draw, between two versions of its format.
    VisualizationInputSpec = Make "visualization" visualization_input_spec {
        /// What is drawn, such as `INPUT_TOOLPATH`.
        kind: Text,
        /// The format, such as `FORMAT_GLTF_BINARY`.
        format: Text,
        /// How it comes, such as `TRANSPORT_FILE`.
        transport: Text,
        /// The oldest version of the format: its first number.
        min_major: Number,
        /// The oldest version of the format: its second number.
        min_minor: Number,
        /// The newest version of the format: its first number.
        max_major: Number,
        /// The newest version of the format: its second number.
        max_minor: Number,
    }
}

records! {
    RECORDS;

    /// What is to be drawn.
    VisualizationInput = ReadOnly "visualization" VisualizationInput visualization_input {
        /// What it is, such as `INPUT_TOOLPATH`.
        kind: Text,
        /// Its format, such as `FORMAT_GLTF_BINARY`.
        format: Text,
        /// How it comes, such as `TRANSPORT_FILE`.
        transport: Text,
        /// Where it is: a path, for a file.
        location: Text,
        /// The version of the format: its first number.
        major_version: Number,
        /// The version of the format: its second number.
        minor_version: Number,
    }

    /// What a plugin is told of what it draws.
    VisualizationContext = ReadOnly "visualization" VisualizationContext visualization_context {
        /// The version of the application.
        orca_version: Text,
        /// The number of the snapshot; a later one has a higher number.
        revision: Number,
        /// The snapshot.
        input: VisualizationInput,
        /// What else is to be known: a dictionary, with `plate_index`.
        metadata: Json,
    }
}

types! {
    TYPES;

    /// Draws what was sliced, in a window of its own.
    Visualization = VisualizationCapability, "visualization" VisualizationPluginCapabilityBase,
        VisualizationPluginCapability visualization_plugin_capability, visualization, errors {
        /// The kinds of input that it can draw, the best first. Asked once.
        get_supported_inputs() -> {VisualizationInputSpec} on Any = 0;
        /// Begins to draw.
        open(ctx: VisualizationContext) -> Result on Worker = 1;
        /// Draws a newer snapshot in the place of the one before.
        update(ctx: VisualizationContext) -> Result on Worker = 2;
        /// Ends drawing.
        close() -> Unit on Any = 3, optional;
    }
}

impl VisualizationInputSpec {
    /// Whether a version of a format lies between the two of the specification.
    pub fn takes(&self, (major, minor): (i64, i64)) -> bool {
        let (oldest, newest) = ((self.min_major, self.min_minor), (self.max_major, self.max_minor));
        oldest <= (major, minor) && (major, minor) <= newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_lie_between_two() {
        let spec = VisualizationInputSpec { min_major: 2, max_major: 2, max_minor: 5, ..Default::default() };
        assert!(spec.takes((2, 0)) && spec.takes((2, 5)));
        assert!(!spec.takes((1, 9)) && !spec.takes((2, 6)) && !spec.takes((3, 0)));
    }
}
