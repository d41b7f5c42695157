//! Expressions and what they come to.

use super::{Program, Type, Value, dynamic, typed};
use crate::json;
use crate::json::Json;

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
        },
    })
}

fn evaluate(text: &str) -> String {
    let object = json!({
        "min": 1, "max": 5, "name": "web", "share": 2, "since": "2026-01-05T09:00:00Z", "tags": ["a", "b", "b"],
        "labels": { "x.y/z": "1" }, "ports": [{ "port": 80 }, { "port": 443 }], "a-b": 3, "any": "50%",
    });
    let ty = Type::of_schema(&schema()).expect("a type");
    let variables = [("self", ty), ("object", Type::Dyn)];
    match Program::compile(text, &variables) {
        Err(why) => why,
        Ok(program) => {
            let values = [("self", typed(&object, &schema())), ("object", dynamic(&object))];
            program.eval(&values).map_or_else(|why| format!("error: {why}"), |value| value.shown())
        }
    }
}

#[test]
fn evaluates() {
    for (text, expected) in [
        ("self.min <= self.max", "true"),
        ("self.min + 2 * 3 - 1 == 6 && !(self.max < 5)", "true"),
        ("self.name + '-' + string(self.max)", "web-5"),
        ("self.name.startsWith('w') ? 'yes' : 'no'", "yes"),
        ("self.name.matches('^[a-z]{3}$')", "true"),
        ("size(self.tags) == self.tags.size()", "true"),
        ("self.tags.all(t, t.size() == 1)", "true"),
        ("self.tags.exists(t, t == 'c')", "false"),
        ("self.tags.exists_one(t, t == 'a')", "true"),
        ("self.tags.filter(t, t == 'b')", "[b, b]"),
        ("self.ports.map(p, p.port).sum()", "523"),
        ("self.ports.map(p, p.port > 100, p.port)", "[443]"),
        ("self.ports.all(i, p, p.port > i)", "true"),
        ("'x.y/z' in self.labels", "true"),
        ("self.labels['x.y/z']", "1"),
        ("self.labels.all(k, self.labels[k] == '1')", "true"),
        ("has(self.name) && !has(object.nope)", "true"),
        ("self.share / 4.0", "0.5"),
        ("self.a__dash__b", "3"),
        ("self.since < timestamp('2026-01-06T00:00:00Z')", "true"),
        ("self.since.getDayOfWeek()", "1"),
        ("duration('90m').getHours()", "1"),
        ("self.any == '50%' || self.any < 3", "true"),
        ("object.max == 5", "true"),
        ("object.?nope.orValue(7)", "7"),
        ("[1, 2, 3].isSorted() && sets.contains([1, 2], [2])", "true"),
        ("quantity('1Gi').isGreaterThan(quantity('500Mi'))", "true"),
        ("cel.bind(x, self.max * 2, x + x)", "20"),
        ("'a,b'.split(',').join('-').upperAscii()", "A-B"),
        ("'abc'.substring(1) + 'hello %s %d'.format(['you', 3])", "bchello you 3"),
        ("{'a': 1}.a == 1 && type(1) == int", "true"),
        ("object.nope == 1 || true", "true"),
        ("object.nope == 1", "error: no such key: nope"),
        ("self.tags[9]", "error: index out of bounds: 9"),
        ("1 / 0", "error: division by zero"),
        ("9223372036854775807 + 1", "error: integer overflow"),
        ("object.name < 3", "error: no such overload"),
        ("self.name.find('[a-z]b') + '!'", "eb!"),
    ] {
        assert_eq!(evaluate(text), expected, "{text}");
    }
}

#[test]
fn refuses_what_does_not_fit() {
    for (text, expected) in [
        ("self.nope > 1", "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope > 1\n | ....^"),
        ("other", "ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other\n | ^"),
        (
            "self.name + 1",
            "ERROR: <input>:1:11: found no matching overload for '_+_' applied to '(string, int)'\n | self.name + 1\n | ..........^",
        ),
        (
            "self.min.startsWith('a')",
            "ERROR: <input>:1:20: found no matching overload for 'startsWith' applied to 'int.(string)'\n | self.min.startsWith('a')\n | ...................^",
        ),
        (
            "self.name.shout()",
            "ERROR: <input>:1:16: undeclared reference to 'shout' (in container '')\n | self.name.shout()\n | ...............^",
        ),
    ] {
        assert_eq!(evaluate(text), expected, "{text}");
    }
    assert!(
        evaluate("self.min >").starts_with("ERROR: <input>:1:11: Syntax error: mismatched input '<EOF>'")
    );
}

#[test]
fn knows_what_it_uses() {
    let variables = [("self", Type::Int), ("oldSelf", Type::Int)];
    let program = Program::compile("self >= oldSelf", &variables).expect("sound");
    assert!(program.uses("oldSelf") && !program.uses("other"));
    assert_eq!(program.result(), &Type::Bool);
    let values = [("self", Value::Int(2)), ("oldSelf", Value::Int(1))];
    assert_eq!(program.eval(&values).ok().and_then(|v| v.as_bool()), Some(true));
}
