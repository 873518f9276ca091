//! `PluginCapabilityRef`, the references of a setting's values, and the escaped form of lists.

use std::pin::Pin;

use matriline_refs::{
    CapabilityRef, CapabilityRefBorrowed, ResolvedValue, escape_strings, parse_capability_ref,
    unescape_strings,
};

use crate::boundary::{catch, run};
use crate::bridge::ffi;
use crate::cxx_side::host::{Host, list};
use crate::number;

pub(crate) fn parse_reference(text: &str) -> ffi::ReferenceData {
    catch(|| Ok(parse_capability_ref(text))).ok().flatten().map(|found| data(&found)).unwrap_or_default()
}

/// The text of a reference; parts that would not read back as they were are refused.
pub(crate) fn build_reference(reference: &ffi::ReferenceData, failure: Pin<&mut ffi::Failure>) -> String {
    run(failure, || {
        let ffi::ReferenceData { name, uuid, capability_name, .. } = reference;
        Ok(CapabilityRef::new(name, uuid, capability_name)?.to_string())
    })
}

/// As the export resolves them.
pub(crate) fn resolve_values(
    host: &Host,
    kind: u8,
    values: &[String],
    plugins: &ffi::TextList,
    failure: Pin<&mut ffi::Failure>,
) -> Vec<ffi::ResolvedData> {
    let resolved = |value: &ResolvedValue<'_>| match value {
        ResolvedValue::Resolved(reference) => ffi::ResolvedData {
            value: reference.capability_name.to_owned(),
            reference: data(&reference.into_owned()),
        },
        ResolvedValue::Unresolved { value } => {
            ffi::ResolvedData { value: (*value).to_owned(), reference: Default::default() }
        }
    };
    run(failure, || {
        let (kind, loader) = (number::capability_type(kind)?, host.manager()?.loader());
        let found = matriline_refs::resolve_values(values, list(plugins), Some(kind), loader);
        Ok(found.iter().map(resolved).collect())
    })
}

pub(crate) fn escape_texts(texts: &[String], failure: Pin<&mut ffi::Failure>) -> String {
    run(failure, || Ok(escape_strings(texts)))
}

/// Nothing for a text that is no such list.
pub(crate) fn unescape_texts(text: &str) -> ffi::TextList {
    let texts = catch(|| Ok(unescape_strings(text)?));
    texts.map(|texts| ffi::TextList { given: true, texts }).unwrap_or_default()
}

pub(crate) fn data(reference: &CapabilityRef) -> ffi::ReferenceData {
    let CapabilityRefBorrowed { name, capability_name, uuid } = reference.as_borrowed();
    let [name, capability_name, uuid] = [name, capability_name, uuid].map(str::to_owned);
    ffi::ReferenceData { found: true, name, capability_name, uuid }
}
