//! The fields of a wheel's `METADATA` that matter here (Core Metadata, and PEP 794 for `Import-Name`).

use mailparse::MailHeaderMap;
use python_pkginfo::{Error, Metadata};

pub(crate) struct CoreMetadata {
    pub(crate) fields: Metadata,
    /// The first public import name.
    pub(crate) import_name: Option<String>,
}

/// Reads the file; the error says what is wrong and what would fix it.
pub(crate) fn read(bytes: &[u8]) -> Result<CoreMetadata, String> {
    if std::str::from_utf8(bytes).is_err() {
        return Err("The file `METADATA` of the wheel is not UTF-8: build the wheel again".to_owned());
    }
    let fields = Metadata::parse(bytes).map_err(|error| match error {
        Error::FieldNotFound(field) => missing(field),
        error => format!("The file `METADATA` of the wheel can't be read, {error}: build the wheel again"),
    })?;
    for (field, value) in [("Name", &fields.name), ("Version", &fields.version)] {
        if value.trim().is_empty() {
            return Err(missing(field));
        }
    }
    Ok(CoreMetadata { fields, import_name: import_name(bytes) })
}

fn missing(field: &str) -> String {
    format!(
        "The file `METADATA` of the wheel has no `{field}`: add it to the project and build the wheel again"
    )
}

fn import_name(bytes: &[u8]) -> Option<String> {
    let (headers, _) = mailparse::parse_headers(bytes).ok()?;
    let names = headers.get_all_values("Import-Name");
    let public = names.iter().map(|name| name.split(';').map(str::trim)).find_map(|mut parts| {
        let name = parts.next().filter(|name| !name.is_empty())?;
        parts.all(|note| note != "private").then_some(name)
    });
    public.map(str::to_owned)
}
