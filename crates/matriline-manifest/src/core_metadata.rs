//! The fields of a wheel's `METADATA` that matter here (Core Metadata, and PEP 794 for `Import-Name`).

use mailparse::{MailHeader, MailParseError};
use memchr::{memchr, memmem};
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
    let headers = known_headers(bytes).map_err(|error| {
        format!("The file `METADATA` of the wheel cannot be read, {error}: build the wheel again")
    })?;
    let mut found = CoreMetadata::default();
    for header in &headers {
        let key = header.get_key_raw();
        let is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        if is("Requires-Dist") {
            found.requires_dist.extend(plain_value(header));
        } else if is("Requires-Python") {
            found.requires_python = found.requires_python.or_else(|| plain_value(header));
        } else if is("Import-Name") {
            found.import_name = found.import_name.or_else(|| public_name(&plain_value(header)?));
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

/// The names of the headers that are read.
const KNOWN: [&str; 7] =
    ["Requires-Dist", "Name", "Version", "Summary", "Author", "Requires-Python", "Import-Name"];

/// The headers that are read. The others, most of them classifiers, are passed over line by line, which is faster than
/// parsing them.
fn known_headers(mut bytes: &[u8]) -> Result<Vec<MailHeader<'_>>, MailParseError> {
    let mut found = Vec::new();
    while !matches!(bytes, [] | [b'\n', ..]) {
        if bytes.starts_with(b"\r") {
            // the line that ends the headers, or a mistake
            mailparse::parse_headers(bytes)?;
            break;
        }
        let length = match unknown_header(bytes) {
            Some(length) => length,
            None => {
                let (header, length) = mailparse::parse_header(bytes)?;
                found.push(header);
                length
            }
        };
        bytes = &bytes[length..];
    }
    Ok(found)
}

/// The length of the first header if it is whole and none of [`KNOWN`], with the lines that go on with it.
fn unknown_header(bytes: &[u8]) -> Option<usize> {
    let mut end = memchr(b'\n', bytes)? + 1;
    let key = &bytes[..memchr(b':', &bytes[..end])?];
    if key.starts_with(b" ") || KNOWN.iter().any(|name| key.eq_ignore_ascii_case(name.as_bytes())) {
        return None;
    }
    while matches!(bytes.get(end), Some(b' ' | b'\t')) {
        end += memchr(b'\n', &bytes[end..]).map_or(bytes.len() - end, |at| at + 1);
    }
    Some(end)
}

/// The longest value that may be in the encoding of mails (RFC 2047), whose reader takes the square of its length.
const MAX_ENCODED_BYTES: usize = 4 << 10;

/// The value of a field for people, in which old tools also write words in the encoding of mails.
fn value(header: &MailHeader<'_>) -> Option<String> {
    let raw = header.get_value_raw();
    if raw.len() <= MAX_ENCODED_BYTES && memmem::find(raw, b"=?").is_some() {
        return told(header.get_value().trim());
    }
    plain_value(header)
}

/// The value in one line.
fn plain_value(header: &MailHeader<'_>) -> Option<String> {
    let raw = str::from_utf8(header.get_value_raw()).ok()?;
    told(raw.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim())
}

/// A value, unless it is empty or `UNKNOWN`, which old tools write for nothing.
fn told(text: &str) -> Option<String> {
    (!text.is_empty() && text != "UNKNOWN").then(|| text.to_owned())
}

/// The name in a value of `Import-Name`, unless it is marked as private.
fn public_name(value: &str) -> Option<String> {
    let mut parts = value.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    parts.all(|note| note != "private").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_in_the_encoding_of_mails() {
        let text = |summary: &str| {
            format!("Name: a\nVersion: 1\nRequires-Dist: =?utf-8?q?b?=\nSummary: {summary}\n")
        };
        let found = read(text("=?utf-8?q?gr=C3=B6=C3=9Fe?=").as_bytes()).unwrap_or_default();
        assert_eq!((found.summary.as_str(), found.requires_dist[0].as_str()), ("größe", "=?utf-8?q?b?="));
        let long = "=?utf-8?q?a?= ".repeat(MAX_ENCODED_BYTES / 8);
        assert_eq!(read(text(&long).as_bytes()).unwrap_or_default().summary, long.trim());
    }

    proptest! {
        #[test]
        fn known_headers_are_those_of_the_parser(
            text in "((Name|author|Classifier|X|)(:|: |)[a: \\t\\r]{0,3}(\\n|\\r\\n| )){0,6}",
        ) {
            let shown = |headers: Vec<MailHeader<'_>>| {
                let is_known = |header: &MailHeader<'_>| {
                    KNOWN.iter().any(|name| header.get_key_raw().eq_ignore_ascii_case(name.as_bytes()))
                };
                let known = headers.into_iter().filter(is_known);
                known.map(|header| (header.get_key(), header.get_value_raw().to_vec())).collect::<Vec<_>>()
            };
            let expected = mailparse::parse_headers(text.as_bytes()).map(|(headers, _)| shown(headers));
            let found = known_headers(text.as_bytes()).map(shown);
            prop_assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(|error| error.to_string()));
        }
    }
}
