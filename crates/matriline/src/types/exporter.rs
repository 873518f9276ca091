//! A model that becomes a file.

use matriline_capability::capability_type;

use crate::kinds::{File, Model, Progress, Result, Texts};

capability_type! {
    /// Writes files of a format.
    pub Exporter = "exporter", "exporter" ExporterPluginCapabilityBase {
        /// Writes the model to the file at `path`, in whose folder it may write. Call `progress(done, message)` now and
        /// then, and return when it answers False.
        fn export_file(model: Model, path: File, progress: Progress) -> Result;

        /// The endings of the files that it writes, such as `[".vox"]`.
        fn get_extensions() -> Texts;
    }
}
