//! Which wheels run here: the compatibility tags of PEP 425.

/// The interpreter and machine that plugins will run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The minor version of CPython 3, for example 12 for 3.12.
    pub python_minor: u32,
    /// The operating system, with the C library where that matters.
    pub platform: Platform,
    /// The machine as `platform.machine()` names it on Linux: `x86_64`, `aarch64`.
    pub machine: String,
}

/// An operating system as platform tags tell them apart.
///
/// Versions of the system or its C library are not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux with the GNU C library: `linux_…` and `manylinux…`.
    Linux,
    /// Linux with musl: `linux_…` and `musllinux…`.
    LinuxMusl,
    /// `macosx_…`.
    MacOs,
    /// `win…`.
    Windows,
    /// Runs pure wheels alone.
    Other,
}

impl Target {
    /// The machine this library is built for, with CPython 3.`python_minor`.
    pub fn of_this_build(python_minor: u32) -> Self {
        let platform = if cfg!(target_os = "windows") {
            Platform::Windows
        } else if cfg!(target_os = "macos") {
            Platform::MacOs
        } else if cfg!(all(target_os = "linux", target_env = "musl")) {
            Platform::LinuxMusl
        } else if cfg!(target_os = "linux") {
            Platform::Linux
        } else {
            Platform::Other
        };
        let machine = match std::env::consts::ARCH {
            "x86" => "i686",
            "arm" => "armv7l",
            machine => machine,
        };
        Self { python_minor, platform, machine: machine.to_owned() }
    }

    /// True if a wheel with this tag, `<python>-<abi>-<platform>`, runs here. Each part may be a set, `py2.py3`.
    pub fn accepts(&self, tag: &str) -> bool {
        let mut parts = tag.split('-');
        let (Some(pythons), Some(abis), Some(platforms), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let interpreter = |python| abis.split('.').any(|abi| self.accepts_interpreter(python, abi));
        pythons.split('.').any(interpreter) && platforms.split('.').any(|part| self.accepts_platform(part))
    }

    /// The tag of a wheel with native code that certainly runs here; for messages.
    pub fn native_tag(&self) -> String {
        let Self { python_minor: minor, platform, machine } = self;
        let platform = match platform {
            Platform::Linux | Platform::LinuxMusl => format!("linux_{machine}"),
            Platform::MacOs => format!("macosx_11_0_{}", mac_machine(machine)),
            Platform::Windows => windows_platform(machine).to_owned(),
            Platform::Other => "any".to_owned(),
        };
        format!("cp3{minor}-cp3{minor}-{platform}")
    }

    fn accepts_interpreter(&self, python: &str, abi: &str) -> bool {
        let minor_of = |prefix: &str| python.strip_prefix(prefix)?.parse::<u32>().ok();
        let cpython = minor_of("cp3");
        match abi {
            "none" => {
                let generic =
                    python == "py3" || minor_of("py3").is_some_and(|minor| minor <= self.python_minor);
                generic || python == "cp3" || cpython == Some(self.python_minor)
            }
            "abi3" => cpython.is_some_and(|minor| (2..=self.python_minor).contains(&minor)),
            _ => cpython == Some(self.python_minor) && abi == python,
        }
    }

    fn accepts_platform(&self, tag: &str) -> bool {
        if tag == "any" {
            return true;
        }
        let machine = &self.machine;
        match self.platform {
            Platform::Linux => {
                let fixed = ["linux", "manylinux1", "manylinux2010", "manylinux2014"];
                names(tag, machine, |system| fixed.contains(&system) || is_versioned(system, "manylinux_"))
            }
            Platform::LinuxMusl => {
                names(tag, machine, |system| system == "linux" || is_versioned(system, "musllinux_"))
            }
            Platform::MacOs => [mac_machine(machine), "universal2"]
                .iter()
                .any(|machine| names(tag, machine, |system| is_versioned(system, "macosx_"))),
            Platform::Windows => tag == windows_platform(machine),
            Platform::Other => false,
        }
    }
}

/// True for `<system>_<machine>` with a fitting system.
fn names(tag: &str, machine: &str, fits: impl Fn(&str) -> bool) -> bool {
    tag.strip_suffix(machine).and_then(|rest| rest.strip_suffix('_')).is_some_and(fits)
}

/// True for the prefix and two numbers: `manylinux_2_17`.
fn is_versioned(system: &str, prefix: &str) -> bool {
    let version = system.strip_prefix(prefix).and_then(|version| version.split_once('_'));
    version.is_some_and(|(major, minor)| major.parse::<u32>().is_ok() && minor.parse::<u32>().is_ok())
}

fn mac_machine(machine: &str) -> &str {
    if machine == "aarch64" { "arm64" } else { machine }
}

fn windows_platform(machine: &str) -> &'static str {
    match machine {
        "x86_64" => "win_amd64",
        "aarch64" => "win_arm64",
        _ => "win32",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: (Platform, &str) = (Platform::Linux, "x86_64");

    fn check((platform, machine): (Platform, &str), tag: &str, expected: bool) {
        let target = Target { python_minor: 11, platform, machine: machine.to_owned() };
        assert_eq!(target.accepts(tag), expected, "{tag} on {target:?}");
    }

    #[test]
    fn pure_wheels_run_everywhere() {
        for platform in [Platform::Linux, Platform::MacOs, Platform::Windows, Platform::Other] {
            check((platform, "x86_64"), "py3-none-any", true);
        }
        check(LINUX, "py2.py3-none-any", true);
        check(LINUX, "py2-none-any", false);
    }

    #[test]
    fn newer_pythons_are_refused() {
        check(LINUX, "py311-none-any", true);
        check(LINUX, "py312-none-any", false);
        check(LINUX, "cp312-none-any", false);
    }

    #[test]
    fn native_code_wants_its_own_python() {
        check(LINUX, "cp311-cp311-linux_x86_64", true);
        check(LINUX, "cp310-cp310-linux_x86_64", false);
        check(LINUX, "cp311-cp311t-linux_x86_64", false);
        check(LINUX, "pp311-pypy311_pp73-linux_x86_64", false);
    }

    #[test]
    fn the_stable_abi_runs_from_its_version_on() {
        check(LINUX, "cp38-abi3-manylinux_2_17_x86_64", true);
        check(LINUX, "cp312-abi3-manylinux_2_17_x86_64", false);
    }

    #[test]
    fn linux_platforms() {
        check(LINUX, "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64", true);
        check(LINUX, "cp311-cp311-manylinux_2_17_aarch64", false);
        check(LINUX, "cp311-cp311-musllinux_1_2_x86_64", false);
        check((Platform::LinuxMusl, "x86_64"), "cp311-cp311-musllinux_1_2_x86_64", true);
        check((Platform::LinuxMusl, "x86_64"), "cp311-cp311-manylinux1_x86_64", false);
    }

    #[test]
    fn other_platforms() {
        check((Platform::MacOs, "aarch64"), "cp311-cp311-macosx_11_0_arm64", true);
        check((Platform::MacOs, "x86_64"), "cp311-cp311-macosx_10_9_universal2", true);
        check((Platform::Windows, "x86_64"), "cp311-cp311-win_amd64", true);
        check((Platform::Windows, "x86_64"), "cp311-cp311-win32", false);
        check(LINUX, "cp311-cp311-win_amd64", false);
    }

    #[test]
    fn nonsense_is_refused() {
        for tag in ["", "py3", "py3-none", "py3-none-any-x", "py3--any"] {
            check(LINUX, tag, false);
        }
    }

    #[test]
    fn its_own_native_tag_runs() {
        let target = Target::of_this_build(11);
        assert!(target.accepts(&target.native_tag()), "{target:?}");
    }
}
