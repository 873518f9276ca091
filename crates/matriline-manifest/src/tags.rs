//! Which wheels run here: the compatibility tags of PEP 425, with the platforms of PEP 600 (manylinux) and PEP 656
//! (musllinux).

use serde::{Deserialize, Serialize};

/// The interpreter and machine that plugins will run on.
///
/// What is not known is not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The minor version of CPython 3, for example 12 for 3.12.7.
    pub python_minor: u32,
    /// The third number of its version, for example 7 for 3.12.7.
    pub python_micro: Option<u32>,
    /// The operating system, with the C library where that matters.
    pub platform: Platform,
    /// The machine as `platform.machine()` names it on Linux: `x86_64`, `aarch64`.
    pub machine: String,
    /// The version that the platform's tags count by: that of glibc, of musl, or of macOS.
    pub system_version: Option<(u32, u32)>,
}

/// An operating system as platform tags tell them apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    #[default]
    Other,
}

/// The longest tag that is looked at: sets in two of its parts are compared each with each.
const MAX_TAG_BYTES: usize = 1000;

impl Target {
    /// The machine this library is built for, with CPython 3.`python_minor`.
    ///
    /// The third number of the version and the system's are not known here: set them if you know them.
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
        Self { python_minor, platform, machine: machine.to_owned(), ..Self::default() }
    }

    /// True if a wheel with this tag, `<python>-<abi>-<platform>`, runs here. Each part may be a set, `py2.py3`.
    pub fn accepts(&self, tag: &str) -> bool {
        if tag.len() > MAX_TAG_BYTES {
            return false;
        }
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split('-');
        let (Some(pythons), Some(abis), Some(platforms), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let interpreter = |python| abis.split('.').any(|abi| self.accepts_interpreter(python, abi));
        pythons.split('.').any(interpreter) && platforms.split('.').any(|part| self.accepts_platform(part))
    }

    /// The version of CPython as far as it is known: `3.12` or `3.12.7`.
    pub fn python_version(&self) -> String {
        let minor = self.python_minor;
        self.python_micro.map_or_else(|| format!("3.{minor}"), |micro| format!("3.{minor}.{micro}"))
    }

    /// The tag of a wheel with native code that certainly runs here; for messages.
    pub fn native_tag(&self) -> String {
        let Self { python_minor: minor, platform, machine, .. } = self;
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
        let runs = |system: &str, prefix| version_of(system, prefix).is_some_and(|wanted| self.has(wanted));
        match self.platform {
            Platform::Linux => names(tag, machine, |system| match system {
                "linux" => true,
                "manylinux1" => self.has((2, 5)),
                "manylinux2010" => self.has((2, 12)),
                "manylinux2014" => self.has((2, 17)),
                _ => runs(system, "manylinux_"),
            }),
            Platform::LinuxMusl => {
                names(tag, machine, |system| system == "linux" || runs(system, "musllinux_"))
            }
            Platform::MacOs => [mac_machine(machine), "universal2"]
                .iter()
                .any(|machine| names(tag, machine, |system| runs(system, "macosx_"))),
            Platform::Windows => tag == windows_platform(machine),
            Platform::Other => false,
        }
    }

    /// True unless the system is known to be older. A new first number of glibc or musl would be another library.
    fn has(&self, wanted: (u32, u32)) -> bool {
        self.system_version.is_none_or(|version| {
            wanted <= version && (self.platform == Platform::MacOs || wanted.0 == version.0)
        })
    }
}

/// True for `<system>_<machine>` with a fitting system.
fn names(tag: &str, machine: &str, fits: impl Fn(&str) -> bool) -> bool {
    tag.strip_suffix(machine).and_then(|rest| rest.strip_suffix('_')).is_some_and(fits)
}

/// The two numbers after the prefix: 2 and 17 of `manylinux_2_17`.
fn version_of(system: &str, prefix: &str) -> Option<(u32, u32)> {
    let (major, minor) = system.strip_prefix(prefix)?.split_once('_')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
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
        let machine = machine.to_owned();
        let target = Target { python_minor: 11, platform, machine, ..Target::default() };
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

    fn check_system(platform: Platform, version: (u32, u32), tag: &str, expected: bool) {
        let system_version = Some(version);
        let target = Target {
            python_minor: 11,
            platform,
            machine: "x86_64".to_owned(),
            system_version,
            ..Target::default()
        };
        assert_eq!(target.accepts(&format!("cp311-cp311-{tag}")), expected, "{tag} on {target:?}");
    }

    #[test]
    fn a_newer_c_library_is_refused() {
        check_system(Platform::Linux, (2, 17), "manylinux_2_17_x86_64", true);
        check_system(Platform::Linux, (2, 17), "manylinux_2_28_x86_64", false);
        check_system(Platform::Linux, (2, 17), "manylinux_1_99_x86_64", false);
        check_system(Platform::Linux, (2, 17), "manylinux2014_x86_64", true);
        check_system(Platform::Linux, (2, 12), "manylinux2014_x86_64", false);
        check_system(Platform::Linux, (2, 4), "manylinux1_x86_64", false);
        check_system(Platform::Linux, (2, 4), "linux_x86_64", true);
        check_system(Platform::LinuxMusl, (1, 1), "musllinux_1_1_x86_64", true);
        check_system(Platform::LinuxMusl, (1, 1), "musllinux_1_2_x86_64", false);
    }

    #[test]
    fn a_newer_mac_os_is_refused() {
        check_system(Platform::MacOs, (11, 0), "macosx_10_9_x86_64", true);
        check_system(Platform::MacOs, (11, 0), "macosx_12_0_x86_64", false);
    }

    #[test]
    fn tags_have_no_case() {
        check(LINUX, "CP311-cp311-Linux_X86_64", true);
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
