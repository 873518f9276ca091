//! Files that become meshes.

use matriline_capability::capability_type;

use crate::kinds::{Meshes, Progress, Text, Texts};

capability_type! {
    /// Reads files of a format.
    pub Importer = "importer", "importer" ImporterPluginCapabilityBase {
        /// Reads the file at `path` and returns its meshes: a list of orca.host.TriangleMesh, each alone or in a tuple
        /// with its name before it. Lengths are in mm. Call `progress(done, message)` now and then, and return when it
        /// answers False.
        fn import_file(path: Text, progress: Progress) -> Meshes;

        /// The endings of the files that it reads, such as `[".vox"]`.
        fn get_extensions() -> Texts;
    }
}
