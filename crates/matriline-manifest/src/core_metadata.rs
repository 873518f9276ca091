//! The fields of a wheel's `METADATA` that matter here (Core Metadata, and PEP 794 for `Import-Name`).

use mailparse::MailHeader;
use std::str;

/// The fields as they are written, without the blanks around them.
#[derive(Default)]
pub(crate) struct CoreMetadata {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) summary: String,
    pub(crate) author: String,
    pub(crate) requires_python: Option<String>,
    pub(crate) requires_dist: Vec<String>,
    /// The first public import name.
    pub(crate) import_name: Option<String>,
}

/// Reads the file; the error says what is wrong and what would fix it. Of a field that is there once, the first counts.
pub(crate) fn read(bytes: &[u8]) -> Result<CoreMetadata, String> {
    if str::from_utf8(bytes).is_err() {
        return Err("The file `METADATA` of the wheel is not UTF-8: build the wheel again".to_owned());
    }
    let (headers, _) = mailparse::parse_headers(bytes).map_err(|error| {
        format!("The file `METADATA` of the wheel can't be read, {error}: build the wheel again")
    })?;
    let mut found = CoreMetadata::default();
    for header in &headers {
        let key = header.get_key_raw();
        let is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        if is("Requires-Dist") {
            found.requires_dist.extend(value(header));
        } else if is("Requires-Python") {
            found.requires_python = found.requires_python.or_else(|| value(header));
        } else if is("Import-Name") {
            found.import_name = found.import_name.or_else(|| public_name(&value(header)?));
        } else {
            let place = match () {
                () if is("Name") => &mut found.name,
                () if is("Version") => &mut found.version,
                () if is("Summary") => &mut found.summary,
                () if is("Author") => &mut found.author,
                () => continue,
            };
            if place.is_empty() {
                *place = value(header).unwrap_or_default();
            }
        }
    }
    for (field, value) in [("Name", &found.name), ("Version", &found.version)] {
        if value.is_empty() {
            return Err(format!(
                "The file `METADATA` of the wheel has no `{field}`: add it to the project and build the wheel again"
            ));
        }
    }
    Ok(found)
}

/// The value in one line, unless it is empty or `UNKNOWN`, which old tools write for nothing.
fn value(header: &MailHeader<'_>) -> Option<String> {
    let raw = str::from_utf8(header.get_value_raw()).ok()?;
    let text = if raw.contains("=?") {
        // words in the encoding of mails, which old tools write too
        header.get_value().trim().to_owned()
    } else {
        raw.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
    };
    (!text.is_empty() && text != "UNKNOWN").then_some(text)
}

/// The name in a value of `Import-Name`, unless it is marked as private.
fn public_name(value: &str) -> Option<String> {
    let mut parts = value.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    parts.all(|note| note != "private").then(|| name.to_owned())
}
