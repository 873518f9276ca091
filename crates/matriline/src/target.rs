//! What plugins run on.

use matriline_manifest::Target;

/// The Python that this process is linked with and the system it runs on, for a scan without a manager. Python need
/// not be started.
pub fn running_target() -> Target {
    let (minor, micro) = matriline_python::version();
    Target {
        python_micro: Some(micro),
        system_version: matriline_python::system_version(),
        ..Target::of_this_build(minor)
    }
}
