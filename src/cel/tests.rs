//! Expressions and what they come to, and what they cost.

use super::{Activation, Program, Type, Value, dynamic, typed};
use crate::json;
use crate::json::Json;
use expect_test::{expect, expect_file};

fn schema() -> Json {
    json!({
        "type": "object",
        "properties": {
            "min": { "type": "integer" }, "max": { "type": "integer" }, "name": { "type": "string" },
            "share": { "type": "number" }, "since": { "type": "string", "format": "date-time" },
            "tags": { "type": "array", "items": { "type": "string" } },
            "labels": { "type": "object", "additionalProperties": { "type": "string" } },
            "ports": { "type": "array", "items": { "type": "object", "properties": { "port": { "type": "integer" } } } },
            "a-b": { "type": "integer" }, "any": { "x-kubernetes-int-or-string": true },
            "namespace": { "type": "string" },
        },
    })
}

fn evaluate(text: &str) -> String {
    let object = json!({
        "min": 1, "max": 5, "name": "web", "share": 2, "since": "2026-01-05T09:00:00Z", "tags": ["a", "b", "b"],
        "labels": { "x.y/z": "1" }, "ports": [{ "port": 80 }, { "port": 443 }], "a-b": 3, "any": "50%", "namespace": "prod",
    });
    let ty = Type::of_schema(&schema()).expect("a type");
    let variables = [("self", ty), ("object", Type::Dyn)];
    match Program::compile(text, &variables) {
        Err(why) => why.lines().next().unwrap_or_default().replace("ERROR: <input>:", ""),
        Ok(program) => {
            let values = [("self", typed(&object, &schema())), ("object", dynamic(&object))];
            let (value, _) = program.run(&Activation::of(&values));
            value.map_or_else(|why| format!("error: {why}"), |value| value.shown().replace('\n', "\\n"))
        }
    }
}

/// Each line of the file is an expression and, below, what it comes to.
#[test]
fn expressions_come_to_what_the_file_says() {
    let mut out = String::new();
    for line in include_str!("expressions.txt").lines().filter(|line| !line.starts_with("    ")) {
        out.push_str(line);
        out.push('\n');
        if !line.is_empty() && !line.starts_with('#') {
            out.push_str(&format!("    {}\n", evaluate(line)));
        }
    }
    expect_file!["./expressions.txt"].assert_eq(&out);
}

#[test]
fn an_error_shows_its_place() {
    let program = Program::compile("self.a &&\n  other > 1", &[("self", Type::Dyn)]);
    expect![[r"
        ERROR: <input>:2:3: undeclared reference to 'other' (in container '')
         |   other > 1
         | ..^"]]
    .assert_eq(&program.expect_err("not sound"));
}

#[test]
fn knows_what_it_uses() {
    let variables = [("self", Type::Int), ("oldSelf", Type::Int)];
    let program = Program::compile("self >= oldSelf", &variables).expect("sound");
    assert!(program.uses("oldSelf") && !program.uses("other"));
    assert_eq!(program.result(), &Type::Bool);
    let values = [("self", Value::Int(2)), ("oldSelf", Value::Int(1))];
    assert_eq!(program.run(&Activation::of(&values)).0.ok().and_then(|v| v.as_bool()), Some(true));
}

/// The estimates that upstream's own tests name (`apiextensions-apiserver/pkg/apiserver/schema/cel/compilation_test.go`).
#[test]
fn costs_are_estimated_before_anything_runs() {
    let list = |items: Json| json!({ "type": "array", "items": items });
    let bounded = |mut schema: Json, key: &str, most: i64| {
        schema.set(key.to_string(), most);
        schema
    };
    let map = |values: Json| json!({ "type": "object", "additionalProperties": values });
    let (number, text, flag) =
        (json!({ "type": "number" }), json!({ "type": "string" }), json!({ "type": "boolean" }));
    let of_format = |format: &str| json!({ "type": "string", "format": format });
    let either = json!({ "x-kubernetes-int-or-string": true });
    let mut wrong = Vec::new();
    for (schema, rule, most) in [
        (list(number.clone()), "self.all(x, true)", 4_718_591),
        (list(text.clone()), "self.all(x, true)", 3_145_727),
        (list(flag), "self.all(x, true)", 1_887_437),
        (list(list(number.clone())), "self.all(x, true)", 3_145_727),
        (map(number.clone()), "self.all(x, true)", 1_348_169),
        (map(text.clone()), "self.all(x, true)", 1_179_647),
        (text.clone(), "self.contains('test')", 314_574),
        (text.clone(), "self.startsWith('test')", 2),
        (text.clone(), "size(self + 'hello') > size('hello')", 314_578),
        (list(number.clone()), "self[1] == 0.0", 2),
        (list(text.clone()), "self[1] == self[1]", 314_577),
        (text.clone(), "self.matches('x')", 314_574),
        (text.clone(), "''.matches('(((((((((())))))))))[0-9]')", 7),
        (text.clone(), "self.matches('')", 1),
        (map(text.clone()), "self.all(x, x.contains(self[x]))", 2_752_507),
        (map(number.clone()), "self['x'] == 0.0", 2),
        (text.clone(), "self == 'x'", 2),
        (list(number), "self.all(x, x == 0.0)", 6_291_454),
        (list(either.clone()), "self.all(x, true)", 4_718_591),
        (list(either), "self[0] == 5", 3),
        (list(of_format("duration")), "self.all(x, true)", 2_359_295),
        (list(of_format("duration")), "self[0].getHours() == 2", 4),
        (list(of_format("date")), "self.all(x, true)", 725_936),
        (bounded(text, "maxLength", 10), "self.contains('test')", 5),
    ] {
        let ty = Type::of_schema(&schema).expect("a type");
        let program = Program::compile_for(rule, &[("self", ty)], &schema).expect("sound");
        if program.most() != most {
            wrong.push(format!("{schema} {rule}: {} is not {most}", program.most()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whatever is written, no stack is too small for it.
#[test]
fn what_nests_too_deeply_is_refused() {
    let compiled =
        |text: String| Program::compile(&text, &[]).map(|program| program.run(&Activation::of(&[])).0);
    let first = |text: String| {
        compiled(text).err().unwrap_or_default().lines().next().unwrap_or_default().to_string()
    };
    let limit = "expression recursion limit exceeded: 250";
    for text in [
        format!("1{}", " + 1".repeat(300)),
        format!("[1]{}", ".reverse()".repeat(300)),
        format!("{}true", "!".repeat(300)),
    ] {
        assert!(first(text.clone()).ends_with(limit), "{} {}", &text[..20], first(text.clone()));
    }
    let many = format!("false{}", " || false".repeat(5000));
    assert_eq!(compiled(many).map(|value| value.ok().and_then(|v| v.as_bool())), Ok(Some(false)));
    assert!(first("1".repeat(100_001)).contains("size: 100001, limit 100000"));
}

/// Whatever is written, it ends.
#[test]
fn what_costs_too_much_is_stopped() {
    let cost = |text: &str| {
        let program = Program::compile(text, &[]).expect("sound");
        program.run(&Activation::of(&[]))
    };
    let many = "lists.range(1000)";
    let nested = format!("{many}.all(a, {many}.all(b, {many}.all(c, true)))");
    let (value, cost_of_all) = cost(&nested);
    assert_eq!(value.err().as_deref(), Some("operation cancelled: actual cost limit exceeded"));
    assert!((1_000_000..1_000_100).contains(&cost_of_all));
    // No operator may look away from it.
    assert!(cost(&format!("{nested} || true")).0.is_err());
    let doubled = (0..40).fold("'aaaaaaaaaa'".to_string(), |text, _| format!("[{text}].map(x, x + x)[0]"));
    assert!(cost(&doubled).0.is_err());
}
