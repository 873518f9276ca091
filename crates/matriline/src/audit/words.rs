//! A question in words, for applications that have none of their own.

use matriline_policy::{Category, Question};

/// What a question asks, in one English sentence: `Plugin "stamp" wants to read "/etc/hosts"`.
///
/// Dialogs that want more show the members of the act.
pub fn question_text(question: &Question) -> String {
    let act = &question.act;
    let wish = match act.category {
        Category::FsRead => "read",
        Category::FsReadWrite => "change",
        Category::FsCreate => "create",
        Category::FsDelete => "delete",
        Category::Http => "send a request to",
        Category::Socket => "connect to",
        Category::Process => "start",
        _ => "do",
    };
    let targets = match act.targets.is_empty() || wish == "do" {
        true => std::iter::once(&act.event).chain(&act.targets).map(|text| quoted(text)).collect::<Vec<_>>(),
        false => act.targets.iter().map(|target| quoted(target)).collect(),
    };
    let plugin = quoted(&act.plugin_key);
    let whose = match act.capability.is_empty() {
        true => format!("Plugin {plugin}"),
        false => format!("Capability {} of plugin {plugin}", quoted(&act.capability)),
    };
    format!("{whose} wants to {wish} {}", targets.join(", "))
}

/// Line ends and other control characters of a name must not pass for words of the application.
fn quoted(text: &str) -> String {
    let plain: String =
        text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    format!("\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_policy::AuditAct;

    fn check(category: Category, capability: &str, targets: &[&str], expected: &str) {
        let act = AuditAct {
            plugin_key: "stamp".into(),
            capability: capability.into(),
            event: "event.name".into(),
            category,
            targets: targets.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(question_text(&Question { act, can_be_kept: true }), expected);
    }

    #[test]
    fn each_kind_of_act() {
        check(Category::FsRead, "", &["/a"], r#"Plugin "stamp" wants to read "/a""#);
        check(
            Category::Process,
            "run",
            &["/bin/sh"],
            r#"Capability "run" of plugin "stamp" wants to start "/bin/sh""#,
        );
        check(Category::FsDelete, "", &["/a", "/b"], r#"Plugin "stamp" wants to delete "/a", "/b""#);
        check(Category::Native, "", &["libc.so"], r#"Plugin "stamp" wants to do "event.name", "libc.so""#);
        check(Category::Socket, "", &[], r#"Plugin "stamp" wants to connect to "event.name""#);
    }

    #[test]
    fn a_name_cannot_look_like_our_words() {
        check(Category::FsRead, "", &["/a\nOK?"], "Plugin \"stamp\" wants to read \"/a\u{fffd}OK?\"");
    }
}
