//! The protocol between a page and the application that shows it: `window.orca`.
//!
//! A page calls `orca.postMessage(data)`, `orca.submit(data)`, `orca.close()` and `orca.onMessage(function)`. What it
//! tells is JSON text on the native channel of the web view (`window.wx.postMessage` or `window.ipc.postMessage`); what
//! it is told is a script that the application runs in it.

use serde_json::{Map, Value};

use crate::PageEvents;
use crate::json::{DEPTH, JsonError, parse_within};

/// The script that gives a page its `window.orca`; run it in a page before those of its own.
pub const PAGE_SCRIPT: &str = include_str!("page.js");

/// What a page tells.
#[derive(Clone, Debug, PartialEq)]
pub enum PageMessage {
    /// `orca.postMessage(data)`.
    Message(Value),
    /// `orca.submit(data)`.
    Submit(Value),
    /// `orca.close()`.
    Close,
}

impl PageMessage {
    /// Reads what came over the channel; none for what is not of this protocol.
    ///
    /// # Errors
    /// [`JsonError::TooDeep`] for data that is nested deeper than [`DEPTH`], which no plugin is told of.
    pub fn read(text: &str) -> Result<Option<Self>, JsonError> {
        // The envelope is one level more.
        match parse_within(text, DEPTH + 1) {
            Ok(Value::Object(envelope)) => Ok(Self::of(envelope)),
            Ok(_) | Err(JsonError::Invalid(_)) => Ok(None),
            Err(too_deep) => Err(too_deep),
        }
    }

    fn of(mut envelope: Map<String, Value>) -> Option<Self> {
        if envelope.get("channel")? != "orca" {
            return None;
        }
        let data = envelope.remove("data").unwrap_or(Value::Null);
        match envelope.get("kind")?.as_str()? {
            "message" => Some(Self::Message(data)),
            "submit" => Some(Self::Submit(data)),
            "close" => Some(Self::Close),
            _ => None,
        }
    }

    /// Tells the plugin. After a submission or a close the application closes the window.
    pub fn tell(self, events: &dyn PageEvents) {
        match self {
            Self::Message(data) => events.message(data),
            Self::Submit(data) => events.submit(data),
            Self::Close => events.closed(),
        }
    }
}

/// The script that gives a page a message, as [`Window::post`](crate::Window::post) is to.
pub fn page_dispatch(data: &Value) -> String {
    // Harmless inside of an HTML page as well.
    let data = data
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    format!("window.__orca_dispatch({{\"data\":{data}}});")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: Option<PageMessage>) {
        assert_eq!(PageMessage::read(text), Ok(expected), "{text}");
    }

    #[test]
    fn each_kind_is_read() {
        check(
            r#"{"channel":"orca","kind":"message","data":{"a":1}}"#,
            Some(PageMessage::Message(json!({"a": 1}))),
        );
        check(r#"{"channel":"orca","kind":"submit","data":null}"#, Some(PageMessage::Submit(Value::Null)));
        check(r#"{"channel":"orca","kind":"close"}"#, Some(PageMessage::Close));
    }

    #[test]
    fn other_messages_are_left_alone() {
        check(r#"{"command":"close_page"}"#, None);
        check(r#"{"channel":"other","kind":"message","data":1}"#, None);
        check(r#"{"channel":"orca","kind":"dance"}"#, None);
        check(r#"{"channel":"orca","kind":5}"#, None);
        check("[]", None);
        check("close", None);
    }

    /// 12.15, from a page.
    #[test]
    fn data_has_the_depth_that_plugins_take() {
        let message = |depth: usize| {
            let data = "[".repeat(depth) + &"]".repeat(depth);
            format!(r#"{{"channel":"orca","kind":"message","data":{data}}}"#)
        };
        assert!(matches!(PageMessage::read(&message(DEPTH)), Ok(Some(PageMessage::Message(_)))));
        for depth in [DEPTH + 1, 300, 100_000] {
            assert_eq!(PageMessage::read(&message(depth)), Err(JsonError::TooDeep));
        }
    }

    #[test]
    fn a_message_to_the_page_ends_no_script() {
        let script = page_dispatch(&json!({"a": "</script>\u{2028}"}));
        assert_eq!(script, "window.__orca_dispatch({\"data\":{\"a\":\"\\u003c/script>\\u2028\"}});");
    }
}
