//! What the reader says of texts, good and bad.

use super::*;

/// The last line of a recorded `kubectl apply -f`, without its head.
fn outcome(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for document in documents(text) {
        out.push(match document {
            Ok(d) => d.value.to_string(),
            Err(e) => e.message.trim_start_matches("error converting YAML to JSON: ").to_string(),
        });
    }
    out.join(" | ")
}

#[test]
fn reads_yaml_1_1_scalars() {
    let cases = [
        ("yes", "true"),
        ("off", "false"),
        ("0400", "256"),
        ("0o400", "256"),
        ("0888", "888"),
        ("0x1FF", "511"),
        ("1e3", "1000"),
        ("1.5", "1.5"),
        ("12:30:45", "\"12:30:45\""),
        ("2024-01-01", "\"2024-01-01\""),
        ("1.2.3", "\"1.2.3\""),
        ("~", "null"),
        ("'yes'", "\"yes\""),
        ("!!str 3", "\"3\""),
        ("+5", "5"),
        ("1_000", "1000"),
    ];
    for (text, expected) in cases {
        assert_eq!(outcome(&format!("a: {text}\n")), format!("{{\"a\":{expected}}}"), "{text}");
    }
}

#[test]
fn reads_documents() {
    let cases = [
        ("a: 1\n---\nb: 2\n", "{\"a\":1} | {\"b\":2}"),
        ("---\n# only a comment\n---\n", "null"),
        ("yes: 1\nyes: 2\n", "{\"true\":2}"),
        (
            "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n",
            "{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":{\"b\":1,\"e\":2}}",
        ),
        ("{\"a\": 1} {\"b\": [2]}", "{\"a\":1} | {\"b\":[2]}"),
        ("{a: 1,}", "{\"a\":1}"),
        ("a: 1\n...\nb: 2\n", "{\"a\":1}"),
        ("--- x\n", "invalid Yaml document separator: x"),
        ("t: |\n  a\n   b\n", "{\"t\":\"a\\n b\\n\"}"),
    ];
    for (text, expected) in cases {
        assert_eq!(outcome(text), expected, "{text}");
    }
}

#[test]
fn says_what_go_yaml_says() {
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n";
    let cases = [
        ("  msg: 'it's broken'\n", "yaml: line 5: did not find expected key"),
        ("  url: host: port\n", "yaml: line 6: mapping values are not allowed in this context"),
        ("  at: @home\n", "yaml: line 6: found character that cannot start any token"),
        ("  pct: %50\n", "yaml: line 6: found character that cannot start any token"),
        ("  glob: *.txt\n", "yaml: line 6: did not find expected alphabetic or numeric character"),
        ("  path: \"C:\\dir\"\n", "yaml: line 6: found unknown escape character"),
        ("  a: \"open\n", "yaml: line 7: found unexpected end of stream"),
        ("  a: [\n", "yaml: line 6: did not find expected node content"),
    ];
    for (text, expected) in cases {
        assert_eq!(outcome(&format!("{head}{text}")), expected, "{text}");
    }
    let cases = [
        (
            "a: v1\nm: {name: web, labels: {app: web}\nspec: {}\n",
            "yaml: line 2: did not find expected ',' or '}'",
        ),
        ("apiVersion: v1\nkind Pod\nmetadata:\n  name: web\n", "yaml: line 3: could not find expected ':'"),
        ("apiVersion: v1\nkind:Pod\n", "yaml: line 3: could not find expected ':'"),
        ("apiVersion:v1\nkind: Pod\n", "yaml: line 2: mapping values are not allowed in this context"),
        (
            "name: {{ .Values.name }}\n",
            "yaml: invalid map key: map[interface {}]interface {}{\".Values.name\":interface {}(nil)}",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(outcome(text), expected, "{text}");
    }
}

#[test]
fn refuses_bombs() {
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (name, of) in ('b'..='i').zip('a'..) {
        let list: Vec<String> = (0..9).map(|_| format!("*{of}")).collect();
        bomb.push_str(&format!("{name}: &{name} [{}]\n", list.join(",")));
    }
    assert_eq!(outcome(&bomb), "yaml: document contains excessive aliasing");
    let deep = "[".repeat(1000);
    assert!(outcome(&deep).starts_with("yaml: "), "{}", outcome(&deep));
    let nested: String = (0..1000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(outcome(&nested), "yaml: line 201: exceeded max depth of 200");
    let large = "a".repeat(MAX_BYTES + 1);
    assert_eq!(outcome(&large), "the file is too large: 3145729 bytes, and the limit is 3145728");
    assert_eq!(outcome("a: &a [*a]\n"), "yaml: anchor 'a' value contains itself");
}

#[test]
fn knows_where_fields_stand() {
    let text = "---\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: b\n";
    let document = documents(text).remove(0).unwrap_or_else(|e| panic!("{e:?}"));
    let at = |path: &str| document.places.find(path).map(|e| (e.key.line, e.key.column, e.value.column));
    assert_eq!(at("kind"), Some((2, 1, 7)));
    assert_eq!(at("spec.containers[0].image"), Some((6, 5, 12)));
    assert_eq!(at("spec.containers[0].missing"), Some((5, 5, 5)));
    assert_eq!(document.places.find("kind").map(|e| e.value.byte), Some(10));
}
