//! Reads the manifest of a wheel (binary distribution format, Core Metadata).

use crate::core_metadata::{self, CoreMetadata};
use crate::{
    Descriptor, Manifest, Member, Problem, Target, WheelArchive, bounds, checks, entry_points,
    plugin_key_from_stem, sanitize_plugin_name,
};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// The largest `METADATA` or `RECORD` that is read.
pub const MAX_TEXT_BYTES: u64 = 4 << 20;
/// The largest `WHEEL`, `top_level.txt` or `entry_points.txt` that is read.
const MAX_SMALL_TEXT_BYTES: u64 = 64 << 10;

const DIST_INFO: &str = ".dist-info";

/// Reads a wheel. `file_stem` is the file's name without `.whl`, in the bytes the system gives.
///
/// The archive's names are checked as for unpacking. The hashes in `RECORD` are compared by
/// [`crate::verify_record`], when a wheel is installed.
pub fn read_wheel(file_stem: impl AsRef<[u8]>, reader: impl Read + Seek, target: &Target) -> Manifest {
    let descriptor = Descriptor { plugin_key: plugin_key_from_stem(file_stem), ..Descriptor::default() };
    let mut manifest = Manifest { descriptor, problems: Vec::new() };
    if let Err(message) = read(reader, target, &mut manifest) {
        manifest.problems.push(Problem::error(message));
    }
    bounds::limit(&mut manifest.problems);
    manifest
}

/// Wheels up to this size are read at once: cheaper than the many small reads of an archive's parts.
const SMALL_WHEEL_BYTES: u64 = 128 << 10;

/// The error is what keeps the rest from being read.
fn read(mut reader: impl Read + Seek, target: &Target, manifest: &mut Manifest) -> Result<(), String> {
    let mut bytes = Vec::new();
    let length = reader.seek(SeekFrom::End(0)).and_then(|length| {
        reader.rewind()?;
        if length <= SMALL_WHEEL_BYTES {
            bytes.reserve_exact(length as usize + 1);
            reader.by_ref().take(length).read_to_end(&mut bytes)?;
        }
        Ok(length)
    });
    let length =
        length.map_err(|error| format!("The wheel cannot be read ({error}): check its permissions"))?;
    if length <= SMALL_WHEEL_BYTES {
        read_archive(Cursor::new(bytes), target, manifest)
    } else {
        read_archive(reader, target, manifest)
    }
}

fn read_archive(reader: impl Read + Seek, target: &Target, manifest: &mut Manifest) -> Result<(), String> {
    let mut archive = WheelArchive::open(reader).map_err(|error| with_cause(&error))?;
    let dist_info = dist_info(archive.members())?;
    let text = required(&mut archive, &dist_info, "METADATA")?;
    let metadata = core_metadata::read(&text)?;
    let top_level = optional(&mut archive, &dist_info, "top_level.txt")?.unwrap_or_default();
    let package = entry_package(&metadata, &String::from_utf8_lossy(&top_level));
    fill(metadata, &mut manifest.descriptor);
    let problems = &mut manifest.problems;
    checks::package(&package, archive.members(), problems);
    manifest.descriptor.entry_package = Some(package);
    checks::requirements(&manifest.descriptor, problems);
    if let Some(text) = optional(&mut archive, &dist_info, "entry_points.txt")? {
        let (points, faults) = entry_points::read(&String::from_utf8_lossy(&text));
        manifest.descriptor.entry_points = points;
        problems.extend(faults);
    }
    let wheel = required(&mut archive, &dist_info, "WHEEL")?;
    checks::wheel(&String::from_utf8_lossy(&wheel), target, problems);
    checks::record(archive.members(), &dist_info, problems);
    Ok(())
}

fn with_cause(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    }
}

/// The name of the one `.dist-info` folder at the top of the archive.
pub(crate) fn dist_info(members: &[Member]) -> Result<String, String> {
    let tops = members.iter().filter_map(|member| match member.path.split_once('/') {
        Some((top, _)) => Some(top),
        None => member.is_folder.then_some(member.path.as_str()),
    });
    let folders: BTreeSet<_> = tops.filter(|top| top.ends_with(DIST_INFO)).collect();
    let mut folders = folders.into_iter();
    match (folders.next(), folders.next()) {
        (Some(folder), None) => Ok(folder.to_owned()),
        (Some(first), Some(second)) => {
            Err(format!("The wheel has the folders `{first}` and `{second}`: build it again with one"))
        }
        (None, _) => {
            Err("The wheel has no `.dist-info` folder: build it with a Python build tool".to_owned())
        }
    }
}

pub(crate) fn required<R: Read + Seek>(
    archive: &mut WheelArchive<R>,
    folder: &str,
    name: &str,
) -> Result<Vec<u8>, String> {
    optional(archive, folder, name)?
        .ok_or_else(|| format!("The wheel has no file `{folder}/{name}`: build it with a Python build tool"))
}

fn optional<R: Read + Seek>(
    archive: &mut WheelArchive<R>,
    folder: &str,
    name: &str,
) -> Result<Option<Vec<u8>>, String> {
    let Some(index) = archive.find(&format!("{folder}/{name}")) else { return Ok(None) };
    let size = archive.members()[index].size;
    let most = if matches!(name, "METADATA" | "RECORD") { MAX_TEXT_BYTES } else { MAX_SMALL_TEXT_BYTES };
    if size > most {
        return Err(format!(
            "The file `{name}` of the wheel has {size} bytes, above the limit of {most}: shorten it"
        ));
    }
    // with room for one byte more, its end is found without another read
    let mut bytes = Vec::with_capacity(size as usize + 1);
    archive.unpack(index, &mut bytes).map_err(|error| with_cause(&error))?;
    Ok(Some(bytes))
}

fn fill(metadata: CoreMetadata, descriptor: &mut Descriptor) {
    descriptor.name = sanitize_plugin_name(&metadata.name);
    descriptor.version = metadata.version;
    descriptor.description = metadata.summary;
    descriptor.author = metadata.author;
    descriptor.dependencies = metadata.requires_dist;
    descriptor.requires_python = metadata.requires_python;
}

/// `Import-Name`, else the one line of `top_level.txt`, else the distribution's name as a module name.
fn entry_package(metadata: &CoreMetadata, top_level: &str) -> String {
    if let Some(name) = &metadata.import_name {
        return name.clone();
    }
    let mut lines = top_level.lines().map(str::trim).filter(|line| !line.is_empty());
    if let (Some(name), None) = (lines.next(), lines.next()) {
        return name.to_owned();
    }
    metadata.name.replace(['-', '.'], "_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntryPoint, Platform};
    use matriline_testkit::WheelBuilder;

    fn wheel() -> WheelBuilder {
        WheelBuilder::new("Print.Stats", "1.0.0").file("print_stats/__init__.py", "import orca\n")
    }

    fn manifest(wheel: &WheelBuilder) -> Manifest {
        let target = Target {
            python_minor: 11,
            platform: Platform::Linux,
            machine: "x86_64".to_owned(),
            ..Target::default()
        };
        read_wheel("print_stats-1.0.0-py3-none-any", Cursor::new(wheel.build()), &target)
    }

    /// `problem` is the only problem, or empty.
    fn check(wheel: WheelBuilder, problem: &str) {
        let problems: Vec<_> = manifest(&wheel).problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems.join("\n"), problem);
    }

    fn check_entry(wheel: WheelBuilder, package: &str) {
        assert_eq!(manifest(&wheel).descriptor.entry_package.as_deref(), Some(package));
    }

    #[test]
    fn a_whole_wheel() {
        let wheel = wheel()
            .header("Summary", "Prints größe")
            .header("Author", "Jörg")
            .header("Requires-Python", ">=3.10")
            .header("Requires-Dist", "numpy>=2,<3; python_version >= '3.10'")
            .header("Requires-Dist", "requests");
        let expected = Descriptor {
            plugin_key: "print_stats-1.0.0-py3-none-any".to_owned(),
            name: "Print.Stats".to_owned(),
            description: "Prints größe".to_owned(),
            author: "Jörg".to_owned(),
            version: "1.0.0".to_owned(),
            entry_package: Some("print_stats".to_owned()),
            dependencies: vec!["numpy>=2,<3; python_version >= '3.10'".to_owned(), "requests".to_owned()],
            requires_python: Some(">=3.10".to_owned()),
            ..Descriptor::default()
        };
        assert_eq!(manifest(&wheel), Manifest { descriptor: expected, problems: Vec::new() });
    }

    #[test]
    fn line_ends_of_windows_and_a_description() {
        let text =
            "Metadata-Version: 2.1\r\nName: a\r\nVersion: 2\r\nSummary: one\r\n two\r\n\r\nName: größe\r\n";
        let found = manifest(&wheel().replace("METADATA", text)).descriptor;
        assert_eq!((found.name.as_str(), found.version.as_str()), ("a", "2"));
        assert_eq!(found.description, "one two");
    }

    #[test]
    fn import_name_comes_first() {
        let stats = wheel().file("print_stats-1.0.0.dist-info/top_level.txt", "other\n");
        check_entry(
            stats.header("Import-Name", "_core ; private").header("Import-Name", "stats.main"),
            "stats.main",
        );
    }

    #[test]
    fn a_single_top_level_comes_second() {
        check_entry(wheel().file("print_stats-1.0.0.dist-info/top_level.txt", "other\n\n"), "other");
        check_entry(wheel().file("print_stats-1.0.0.dist-info/top_level.txt", "a\nb\n"), "print_stats");
    }

    #[test]
    fn the_name_comes_last() {
        check_entry(wheel(), "print_stats");
    }

    #[test]
    fn a_package_that_is_not_there() {
        check(
            wheel().header("Import-Name", "stats"),
            "The wheel has no module `stats`: give its `METADATA` an `Import-Name` that names the package to load",
        );
    }

    #[test]
    fn a_package_that_cannot_be_imported() {
        check(
            wheel().header("Import-Name", "3d-stats"),
            "The wheel's package `3d-stats` is not a name that Python can import: give its `METADATA` an `Import-Name`",
        );
    }

    #[test]
    fn missing_files() {
        for name in ["METADATA", "WHEEL", "RECORD"] {
            let expected = format!(
                "The wheel has no file `print_stats-1.0.0.dist-info/{name}`: build it with a Python build tool"
            );
            check(wheel().omit(name), &expected);
        }
    }

    #[test]
    fn an_empty_record() {
        let expected = "The wheel has an empty file `print_stats-1.0.0.dist-info/RECORD`: build it with a Python build tool";
        check(wheel().replace("RECORD", ""), expected);
    }

    #[test]
    fn missing_fields() {
        let lacks = |field| {
            format!(
                "The file `METADATA` of the wheel has no `{field}`: add it to the project and build the wheel again"
            )
        };
        check(wheel().replace("METADATA", "Metadata-Version: 2.1\nVersion: 1\n"), &lacks("Name"));
        check(wheel().replace("METADATA", "Metadata-Version: 2.1\nName: a\n"), &lacks("Version"));
        check(wheel().replace("METADATA", "Metadata-Version: 2.1\nName: \nVersion: 1\n"), &lacks("Name"));
    }

    #[test]
    fn metadata_in_another_encoding() {
        let expected = "The file `METADATA` of the wheel is not UTF-8: build the wheel again";
        check(wheel().replace("METADATA", b"Name: \xe9\n"), expected);
    }

    #[test]
    fn two_dist_infos() {
        check(
            wheel().file("a-1.dist-info/METADATA", ""),
            "The wheel has the folders `a-1.dist-info` and `print_stats-1.0.0.dist-info`: build it again with one",
        );
    }

    #[test]
    fn a_dist_info_further_down_is_none() {
        check(wheel().file("print_stats/vendored/a-1.dist-info/METADATA", ""), "");
    }

    #[test]
    fn no_version_of_the_format() {
        check(
            wheel().replace("WHEEL", "Generator: x\n"),
            "The file `WHEEL` of the wheel has no `Wheel-Version`: build it with a Python build tool",
        );
    }

    #[test]
    fn versions_of_the_format() {
        check(wheel().replace("WHEEL", "Wheel-Version: 1.0\r\n"), "");
        check(
            wheel().replace("WHEEL", "Wheel-Version: 1.9\n"),
            "The wheel has the format 1.9, and 1.0 is known here: build it in that if something is missing",
        );
        check(
            wheel().replace("WHEEL", "Wheel-Version: 2.0\n"),
            "The wheel has the format 2.0, and 1.0 is known here: build it in that",
        );
        check(
            wheel().replace("WHEEL", "Wheel-Version: one\n"),
            "The wheel has the `Wheel-Version` `one`, which is not a version: build it with a Python build tool",
        );
    }

    #[test]
    fn entry_points_of_octoprint() {
        let text = "[octoprint.plugin]\nstats = print_stats:hooks\n3d\n";
        let wheel = wheel().file("print_stats-1.0.0.dist-info/entry_points.txt", text);
        let stats = EntryPoint {
            name: "stats".to_owned(),
            module: "print_stats".to_owned(),
            attribute: "hooks".to_owned(),
        };
        assert_eq!(manifest(&wheel).descriptor.entry_points, [stats]);
        check(
            wheel,
            "Line 3 of the file `entry_points.txt` is not an entry point: write `3d` like `name = module`",
        );
    }

    #[test]
    fn large_texts_are_bounded() {
        let folder = "print_stats-1.0.0.dist-info";
        let entry_points = |text: String| wheel().file(&format!("{folder}/entry_points.txt"), text.as_str());
        check(
            entry_points("x".repeat(70_000)),
            "The file `entry_points.txt` of the wheel has 70000 bytes, above the limit of 65536: shorten it",
        );
        let faulty = manifest(&entry_points(format!("[octoprint.plugin]\n{}", "=\n".repeat(30_000))));
        assert_eq!(faulty.problems.len(), 51);
        assert!(faulty.problems[50].message.starts_with("And 29950 more problems"));
        let text = format!("Wheel-Version: 1.0\n{}", "Tag: a-b-c\n".repeat(5000));
        let built = manifest(&wheel().replace("WHEEL", text.as_str())).problems;
        assert!(built[0].message.contains("`a-b-c` and 4995 more and does not run here"), "{built:?}");
        let summary = "=?".repeat(200_000);
        assert_eq!(manifest(&wheel().header("Summary", &summary)).descriptor.description, summary);
    }

    #[test]
    fn requirements_and_versions() {
        let faulty = wheel().header("Requires-Dist", "numpy=2").header("Requires-Python", "3.10+");
        let problems = manifest(&faulty).problems;
        let severities: Vec<_> = problems.iter().map(|problem| problem.severity).collect();
        assert_eq!(severities, [crate::Severity::Error, crate::Severity::Warning], "{problems:?}");
        check(
            wheel().replace(
                "METADATA",
                "Metadata-Version: 2.1\nName: a\nVersion: spring\nImport-Name: print_stats\n",
            ),
            "The field `Version` of `METADATA`: The version `spring` cannot be compared with others: write numbers, like `1.2.0`",
        );
    }

    #[test]
    fn another_machine() {
        check(
            wheel().tags(&["cp311-cp311-win_amd64"]),
            "The wheel is built for `cp311-cp311-win_amd64` and does not run here: take one for `cp311-cp311-linux_x86_64` or `py3-none-any`",
        );
        check(wheel().tags(&["cp311-cp311-win_amd64", "cp311-cp311-linux_x86_64"]), "");
    }

    #[test]
    fn a_hostile_wheel_is_a_problem() {
        check(
            wheel().unrecorded("../x.py", "x"),
            "The member `../x.py` of the wheel has an unsafe name, a part of it is empty, `.` or `..`: rename it",
        );
    }
}
