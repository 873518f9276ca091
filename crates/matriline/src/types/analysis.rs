//! What can be said about a model, or about G-code.

use matriline_capability::capability_type;

use crate::kinds::{Json, Model, Progress, Text};

capability_type! {
    /// Looks at a model or at G-code, and reports. It has one of the two methods, or both.
    pub Analysis = "analysis", "analysis" AnalysisPluginCapabilityBase {
        /// The report on a model: anything that JSON can hold. Call `progress(done, message)` now and then, and return
        /// when it answers False.
        fn analyze_model(model: Model, progress: Progress) -> Json, optional;

        /// The report on the G-code file at `path`.
        fn analyze_gcode(path: Text, progress: Progress) -> Json, optional;
    }
}
