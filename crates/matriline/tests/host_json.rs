//! What plugins and pages tell each other, as JSON.

mod common;
mod host_common;

use host_common::{FUNCTIONS, check, check_raises, window};
use matriline_testkit::process_tests;
use serde_json::{Value, json};

/// 12.15 and the rules of conversion.
fn json_of_all_kinds() {
    let (host, window) = window(FUNCTIONS);
    check(
        &host,
        "import enum\nclass Odd:\n    def __str__(self):\n        return 'odd'\n\
         class Number(enum.IntEnum):\n    ONE = 1\n\
         nested = 0\nfor _ in range(200):\n    nested = [nested]\n\
         window.post([True, 1, 2 ** 63 - 1, -2 ** 63, 0.5, float('nan'), float('inf'), Odd(), Number.ONE, {Odd(): 1}, {1, }])\n\
         window.post(nested)\nwindow.post({'a': 1, 'b': ['x', 2]})",
    );
    let expected = json!([true, 1, i64::MAX, i64::MIN, 0.5, null, null, "odd", 1, {"odd": 1}, "{1}"]);
    assert_eq!(window.posted()[0], expected);
    assert_eq!(window.posted()[2], json!({"a": 1, "b": ["x", 2]}));
    check_raises(&host, "window.post([nested])", "ValueError", "nested deeper than 200");
    check_raises(&host, "window.post(2 ** 63)", "OverflowError", "");
    check_raises(&host, "window.post({'\\ud800': 1})", "UnicodeEncodeError", "surrogates");
    check_raises(&host, "window.post(b'\\xff')", "UnicodeDecodeError", "utf-8");
    check(&host, "loop = []\nloop.append(loop)\ndeep = 0\nfor _ in range(300):\n    deep = {'a': deep}");
    check_raises(&host, "window.post(loop)", "ValueError", "contains itself");
    check_raises(&host, "window.post(deep)", "ValueError", "nested deeper");
    assert_eq!(window.posted().len(), 3);
    window.events().message(json!([u64::MAX, -1, 1e300, null, {"ä": "€"}]));
    check(&host, "assert events == [[2 ** 64 - 1, -1, 1e300, None, {'ä': '€'}]], events");
}

fn json_from_the_page_that_is_too_deep() {
    let (host, window) = window(FUNCTIONS);
    let deep = (0..300).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    window.events().message(deep);
    assert!(host.errors()[0].contains("raised `ValueError` in `on_message`"), "{:?}", host.errors());
    check(&host, "assert events == []");
}

fn a_dictionary_that_changes_while_it_is_sent() {
    let (host, window) = window(FUNCTIONS);
    check(
        &host,
        "grows = {}\nclass Grows:\n    def __str__(self):\n        grows[len(grows)] = 1\n        return 'x'\n\
         grows['a'] = Grows()\ngrows['b'] = Grows()\nwindow.post(grows)",
    );
    assert_eq!(window.posted(), [json!({"a": "x", "b": "x"})]);
}

fn ten_megabytes() {
    let (host, window) = window(FUNCTIONS);
    check(&host, "window.post({'text': 'x' * 10_000_000, 'many': list(range(500_000))})");
    assert_eq!(window.posted()[0]["text"].as_str().unwrap().len(), 10_000_000);
    window.events().message(json!("y".repeat(10_000_000)));
    check(&host, "assert len(events[0]) == 10_000_000");
}

process_tests!(
    json_of_all_kinds,
    json_from_the_page_that_is_too_deep,
    a_dictionary_that_changes_while_it_is_sent,
    ten_megabytes,
);
