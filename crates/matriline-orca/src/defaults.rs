//! The configuration that a capability begins with.

use matriline_capability::{CallError, Capability, Common, CommonCapability};
use matriline_host::json::parse;
use serde_json::Value;

/// What `get_default_config()` of a capability says, as the text of a JSON object; `{}` for one that does not say. What
/// is no object counts as `{}`, with a warning.
///
/// # Errors
/// [`CallError`] when the capability is gone or raises.
///
/// Threads: any; the call takes the GIL and waits for it.
pub fn default_config(capability: &impl Capability) -> Result<String, CallError> {
    if !capability.has(Common::GetDefaultConfig) {
        return Ok("{}".into());
    }
    Ok(object(capability.get_default_config()?).unwrap_or_else(|found| {
        let id = capability.id();
        tracing::warn!(target: "matriline::config", plugin = &*id.plugin_key, "`get_default_config()` of capability `{}` answered {found}: it counts as empty; return a dictionary of values that JSON can hold", id.name);
        "{}".into()
    }))
}

/// The text of an object, also where the plugin hands on the text that its base class answers with.
fn object(text: String) -> Result<String, &'static str> {
    match parse(&text) {
        Ok(Value::Object(_)) => Ok(text),
        Ok(Value::String(text)) if matches!(parse(&text), Ok(Value::Object(_))) => Ok(text),
        Ok(Value::Null) => Err("`None`"),
        Ok(Value::Bool(_)) => Err("`bool`"),
        Ok(Value::Number(_)) => Err("a number"),
        Ok(Value::String(_)) => Err("a text that is no JSON object"),
        Ok(Value::Array(_)) => Err("`list`"),
        Err(_) => Err("no JSON"),
    }
}
