//! What jsonpath templates print.

use super::*;
use crate::json;

#[test]
fn prints_what_kubectl_prints() {
    let pods = json!({"items": [
        {"metadata": {"name": "a", "labels": {"x.y/z": "1"}}, "n": 1},
        {"metadata": {"name": "b"}, "n": 2},
    ]});
    let cases = [
        ("{.items[*].metadata.name}", "a b"),
        ("{.items[0].metadata.labels}", "{\"x.y/z\":\"1\"}"),
        ("{.items[0].metadata.labels.x\\.y/z}", "1"),
        ("{.items[-1:].metadata.name}", "b"),
        ("{range .items[*]}{.metadata.name}={.n}{\"\\n\"}{end}", "a=1\nb=2\n"),
        ("{.items[?(@.n>1)].metadata.name}", "b"),
        ("{.items[?(@.metadata.name==\"a\")].n}", "1"),
        ("x{.missing}y", "xy"),
        ("{..name}", "a b"),
        ("{.items[0]['n']}", "1"),
    ];
    for (template, expected) in cases {
        let printed = Template::parse(template).and_then(|t| t.print(&pods));
        assert_eq!(printed.as_deref(), Ok(expected), "{template}");
    }
}
