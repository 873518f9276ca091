//! Reads the manifest of a wheel (binary distribution format, Core Metadata).

use crate::core_metadata::{self, CoreMetadata};
use crate::{
    Descriptor, Manifest, Member, Problem, Target, WheelArchive, plugin_key_from_stem, sanitize_plugin_name,
};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{Read, Seek};

/// The largest `METADATA`, `WHEEL` or `top_level.txt` that is read.
pub const MAX_TEXT_BYTES: u64 = 4 << 20;

const DIST_INFO: &str = ".dist-info";

/// Reads a wheel. `file_stem` is the file's name without `.whl`, in the bytes the system gives.
///
/// The archive's names are checked as for unpacking. Hashes in `RECORD` are not compared here.
pub fn read_wheel(file_stem: impl AsRef<[u8]>, reader: impl Read + Seek, target: &Target) -> Manifest {
    let descriptor = Descriptor { plugin_key: plugin_key_from_stem(file_stem), ..Descriptor::default() };
    let mut manifest = Manifest { descriptor, problems: Vec::new() };
    if let Err(message) = read(reader, target, &mut manifest) {
        manifest.problems.push(Problem::error(message));
    }
    manifest
}

/// The error is what keeps the rest from being read.
fn read(reader: impl Read + Seek, target: &Target, manifest: &mut Manifest) -> Result<(), String> {
    let mut archive = WheelArchive::open(reader).map_err(|error| with_cause(&error))?;
    let dist_info = dist_info(archive.members())?;
    let text = required(&mut archive, &dist_info, "METADATA")?;
    let metadata = core_metadata::read(&text)?;
    let top_level = optional(&mut archive, &dist_info, "top_level.txt")?.unwrap_or_default();
    fill(&metadata, &mut manifest.descriptor);
    let package = entry_package(&metadata, &String::from_utf8_lossy(&top_level));
    let problems = &mut manifest.problems;
    check_package(&package, archive.members(), problems);
    manifest.descriptor.entry_package = Some(package);
    let wheel = required(&mut archive, &dist_info, "WHEEL")?;
    check_wheel(&String::from_utf8_lossy(&wheel), target, problems);
    check_record(archive.members(), &dist_info, problems);
    Ok(())
}

fn with_cause(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    }
}

/// The name of the one `.dist-info` folder at the top of the archive.
fn dist_info(members: &[Member]) -> Result<String, String> {
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

fn required<R: Read + Seek>(
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
    if size > MAX_TEXT_BYTES {
        return Err(format!(
            "The file `{name}` of the wheel has {size} bytes, above the limit of {MAX_TEXT_BYTES}: shorten it"
        ));
    }
    let mut bytes = Vec::new();
    archive.unpack(index, &mut bytes).map_err(|error| with_cause(&error))?;
    Ok(Some(bytes))
}

fn fill(metadata: &CoreMetadata, descriptor: &mut Descriptor) {
    let fields = &metadata.fields;
    descriptor.name = sanitize_plugin_name(fields.name.trim());
    descriptor.version = fields.version.trim().to_owned();
    descriptor.description = fields.summary.clone().unwrap_or_default();
    descriptor.author = fields.author.clone().unwrap_or_default();
    descriptor.dependencies.clone_from(&fields.requires_dist);
    descriptor.requires_python.clone_from(&fields.requires_python);
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
    metadata.fields.name.trim().replace(['-', '.'], "_").to_lowercase()
}

fn check_package(package: &str, members: &[Member], problems: &mut Vec<Problem>) {
    if !package.split('.').all(is_identifier) {
        let message = format!(
            "The wheel's package `{package}` is no name that Python can import: give its `METADATA` an `Import-Name`"
        );
        problems.push(Problem::error(message));
        return;
    }
    let path = package.replace('.', "/");
    let is_module = |member: &Member| {
        member.path.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['/', '.']))
            || member.path.contains(".data/")
    };
    if !members.iter().any(is_module) {
        let message = format!(
            "The wheel has no module `{package}`: give its `METADATA` an `Import-Name` that names the package to load"
        );
        problems.push(Problem::warning(message));
    }
}

fn is_identifier(part: &str) -> bool {
    let starts = part.starts_with(|first: char| first == '_' || first.is_alphabetic());
    starts && part.chars().all(|letter| letter == '_' || letter.is_alphanumeric())
}

fn check_wheel(text: &str, target: &Target, problems: &mut Vec<Problem>) {
    let values = |key: &'static str| {
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        fields.filter(move |(name, _)| name.trim().eq_ignore_ascii_case(key)).map(|(_, value)| value.trim())
    };
    if values("Wheel-Version").next().is_none() {
        let message =
            "The file `WHEEL` of the wheel has no `Wheel-Version`: build it with a Python build tool";
        problems.push(Problem::error(message));
    }
    let tags: Vec<_> = values("Tag").collect();
    if !tags.is_empty() && !tags.iter().any(|tag| target.accepts(tag)) {
        let message = format!(
            "The wheel is built for `{}` and does not run here: take one for `{}` or `py3-none-any`",
            tags.join("`, `"),
            target.native_tag()
        );
        problems.push(Problem::error(message));
    }
}

fn check_record(members: &[Member], dist_info: &str, problems: &mut Vec<Problem>) {
    let path = format!("{dist_info}/RECORD");
    let problem = match members.iter().find(|member| member.path == path) {
        None => "has no file",
        Some(record) if record.size == 0 => "has an empty file",
        Some(_) => return,
    };
    let message = format!("The wheel {problem} `{path}`: build it with a Python build tool");
    problems.push(Problem::error(message));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Platform;
    use matriline_testkit::WheelBuilder;
    use std::io::Cursor;

    fn wheel() -> WheelBuilder {
        WheelBuilder::new("Print.Stats", "1.0.0").file("print_stats/__init__.py", "import orca\n")
    }

    fn manifest(wheel: &WheelBuilder) -> Manifest {
        let target = Target { python_minor: 11, platform: Platform::Linux, machine: "x86_64".to_owned() };
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
        };
        assert_eq!(manifest(&wheel), Manifest { descriptor: expected, problems: Vec::new() });
    }

    #[test]
    fn line_ends_of_windows_and_a_description() {
        let text =
            "Metadata-Version: 2.1\r\nName: a\r\nVersion: 2\r\nSummary: one\r\n two\r\n\r\nName: größe\r\n";
        let found = manifest(&wheel().replace("METADATA", text)).descriptor;
        assert_eq!((found.name.as_str(), found.version.as_str()), ("a", "2"));
        assert!(found.description.starts_with("one") && found.description.ends_with("two"));
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
            "The wheel's package `3d-stats` is no name that Python can import: give its `METADATA` an `Import-Name`",
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
