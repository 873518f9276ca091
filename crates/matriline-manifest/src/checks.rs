//! What is wrong with a wheel whose files could be read.

use crate::bounds::shown;
use crate::entry_points::is_dotted;
use crate::requirement::{self, MAX_CHECKED};
use crate::{Descriptor, Member, Problem, Target, version};

/// Whether the package to load has a name that can be imported, and is in the wheel.
pub(crate) fn package(package: &str, members: &[Member], problems: &mut Vec<Problem>) {
    if !is_dotted(package) {
        let message = format!(
            "The wheel's package `{}` is not a name that Python can import: give its `METADATA` an `Import-Name`",
            shown(package)
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
            "The wheel has no module `{}`: give its `METADATA` an `Import-Name` that names the package to load",
            shown(package)
        );
        problems.push(Problem::warning(message));
    }
}

/// What is wrong with the requirements and versions that `METADATA` names.
pub(crate) fn requirements(descriptor: &Descriptor, problems: &mut Vec<Problem>) {
    let checked = descriptor.dependencies.iter().take(MAX_CHECKED);
    let field = |name: &'static str| move |fault| format!("The field `{name}` of `METADATA`: {fault}");
    let faults = checked.filter_map(|text| requirement::fault(text)).map(field("Requires-Dist"));
    problems.extend(faults.map(Problem::error));
    let range = descriptor.requires_python.as_deref().and_then(version::range_fault);
    problems.extend(range.map(field("Requires-Python")).map(Problem::warning));
    problems.extend(version::fault(&descriptor.version).map(field("Version")).map(Problem::note));
}

/// The major and minor number of the format that is read here.
const WHEEL_VERSION: (u32, u32) = (1, 0);

/// Checks the version of the format: a newer minor number is read with a warning, another major one is not
/// (binary distribution format, "Installing a wheel").
fn check_format(text: &str, problems: &mut Vec<Problem>) {
    let number = |part: &str| part.parse::<u32>().ok();
    let version = text.split_once('.').and_then(|(major, minor)| Some((number(major)?, number(minor)?)));
    let (ours, newest) = WHEEL_VERSION;
    problems.extend(match version {
        None => {
            let message = format!(
                "The wheel has the `Wheel-Version` `{}`, which is not a version: build it with a Python build tool",
                shown(text)
            );
            Some(Problem::error(message))
        }
        Some((major, _)) if major != ours => {
            let message = format!("The wheel has the format {}, and {ours}.{newest} is known here: build it in that", shown(text));
            Some(Problem::error(message))
        }
        Some((_, minor)) if minor > newest => {
            let message = format!(
                "The wheel has the format {}, and {ours}.{newest} is known here: build it in that if something is missing",
                shown(text)
            );
            Some(Problem::warning(message))
        }
        Some(_) => None,
    });
}

/// Whether the file `WHEEL` is of a known format, and one of its tags runs here.
pub(crate) fn wheel(text: &str, target: &Target, problems: &mut Vec<Problem>) {
    let values = |key: &'static str| {
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        fields.filter(move |(name, _)| name.trim().eq_ignore_ascii_case(key)).map(|(_, value)| value.trim())
    };
    match values("Wheel-Version").next() {
        Some(version) => check_format(version, problems),
        None => {
            let message =
                "The file `WHEEL` of the wheel has no `Wheel-Version`: build it with a Python build tool";
            problems.push(Problem::error(message));
        }
    }
    let tags: Vec<_> = values("Tag").collect();
    if !tags.is_empty() && !tags.iter().any(|tag| target.accepts(tag)) {
        let message = format!(
            "The wheel is built for {} and does not run here: take one for `{}` or `py3-none-any`",
            some(&tags),
            target.native_tag()
        );
        problems.push(Problem::error(message));
    }
}

/// The first of the tags, and how many more there are.
fn some(tags: &[&str]) -> String {
    const MOST: usize = 5;
    let first: Vec<_> = tags.iter().take(MOST).map(|tag| format!("`{}`", shown(tag))).collect();
    match tags.len().saturating_sub(MOST) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Whether there is a `RECORD` to compare the files with.
pub(crate) fn record(members: &[Member], dist_info: &str, problems: &mut Vec<Problem>) {
    let path = format!("{dist_info}/RECORD");
    let problem = match members.iter().find(|member| member.path == path) {
        None => "has no file",
        Some(record) if record.size == 0 => "has an empty file",
        Some(_) => return,
    };
    let message = format!("The wheel {problem} `{path}`: build it with a Python build tool");
    problems.push(Problem::error(message));
}
