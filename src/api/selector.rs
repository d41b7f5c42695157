//! Label and field selectors: `app in (a,b),!legacy` and `status.phase=Running,metadata.name!=x`.

use super::{Reason, Status};
use crate::collections::sort_by;
use crate::json;
use crate::json::Json;

/// One condition of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The label exists and its value is one of these (`=`, `==`, `in`).
    In(String, Vec<String>),
    /// The label is absent or its value is none of these (`!=`, `notin`).
    NotIn(String, Vec<String>),
    /// The label exists.
    Exists(String),
    /// The label is absent.
    NotExists(String),
    /// The value is a number above.
    Greater(String, i64),
    /// The value is a number below.
    Less(String, i64),
}

/// A conjunction of conditions on labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(pub Vec<Requirement>);

impl Labels {
    /// From a `metav1.LabelSelector` object: an empty one matches all, an absent one nothing (`None`).
    pub fn from_object(selector: &Json) -> Option<Labels> {
        selector.as_object()?;
        let mut all: Vec<Requirement> = Vec::new();
        for (key, value) in selector["matchLabels"].entries() {
            all.push(Requirement::In(key.to_string(), vec![value.str().into()]));
        }
        for e in selector["matchExpressions"].items() {
            let key = e["key"].str().to_string();
            let values: Vec<String> = e["values"].items().iter().map(|v| v.str().to_string()).collect();
            all.push(match e["operator"].str() {
                "In" => Requirement::In(key, values),
                "NotIn" => Requirement::NotIn(key, values),
                "Exists" => Requirement::Exists(key),
                _ => Requirement::NotExists(key),
            });
        }
        Some(Labels(all))
    }

    /// As a `metav1.LabelSelector` object (`ParseToLabelSelector`). One of several equal values is a label.
    pub fn to_object(&self) -> Json {
        let (mut labels, mut expressions) = (Json::object(), Vec::new());
        for requirement in &self.0 {
            let (key, operator, values) = match requirement {
                Requirement::In(key, values) if values.len() == 1 => {
                    labels.set(key.as_str(), values[0].as_str());
                    continue;
                }
                Requirement::In(key, values) => (key, "In", values.as_slice()),
                Requirement::NotIn(key, values) => (key, "NotIn", values.as_slice()),
                Requirement::Exists(key) => (key, "Exists", [].as_slice()),
                Requirement::NotExists(key) => (key, "DoesNotExist", [].as_slice()),
                Requirement::Greater(..) | Requirement::Less(..) => continue,
            };
            let mut expression = json!({ "key": key.as_str(), "operator": operator });
            if !values.is_empty() {
                expression.set("values", values.iter().map(String::as_str).collect::<Json>());
            }
            expressions.push(expression);
        }
        let mut selector = json!({});
        if !labels.is_empty() {
            selector.set("matchLabels", labels);
        }
        if !expressions.is_empty() {
            selector.set("matchExpressions", expressions);
        }
        selector
    }

    /// From the text of `-l`.
    pub fn parse(text: &str) -> Result<Labels, String> {
        Parser { tokens: lex(text), at: 0 }.selector()
    }

    /// The keys, each with the values that it is compared with.
    pub fn terms(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|requirement| match requirement {
            Requirement::In(key, values) | Requirement::NotIn(key, values) => {
                (key.as_str(), values.as_slice())
            }
            Requirement::Exists(key)
            | Requirement::NotExists(key)
            | Requirement::Greater(key, _)
            | Requirement::Less(key, _) => (key.as_str(), [].as_slice()),
        })
    }

    /// Whether an object's labels fulfil all conditions.
    pub fn matches(&self, labels: &Json) -> bool {
        self.0.iter().all(|r| r.matches(labels))
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Requirement {
    fn matches(&self, labels: &Json) -> bool {
        let value = |key: &str| labels.get(key).map(Json::str);
        let number = |key: &str| value(key).and_then(|v| v.parse::<i64>().ok());
        match self {
            Requirement::In(k, vs) => value(k).is_some_and(|v| vs.iter().any(|x| x == v)),
            Requirement::NotIn(k, vs) => value(k).is_none_or(|v| vs.iter().all(|x| x != v)),
            Requirement::Exists(k) => value(k).is_some(),
            Requirement::NotExists(k) => value(k).is_none(),
            Requirement::Greater(k, n) => number(k).is_some_and(|v| v > *n),
            Requirement::Less(k, n) => number(k).is_some_and(|v| v < *n),
        }
    }
}

/// A `metav1.LabelSelector` as `-l` would take it (`metav1.FormatLabelSelector`); `""` where it asks for nothing.
pub fn text(selector: &Json) -> String {
    let labels = selector["matchLabels"].entries().iter().map(|(k, v)| format!("{k}={}", v.str()));
    let expressions = selector["matchExpressions"].items().iter().map(|e| {
        let key = e["key"].str();
        let mut values: Vec<&str> = e["values"].items().iter().map(Json::str).collect();
        sort_by(&mut values, Ord::cmp);
        match e["operator"].str() {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_string(),
        }
    });
    labels.chain(expressions).collect::<Vec<String>>().join(",")
}

/// The same in words for people: `<none>` where it asks for nothing.
pub fn text_or_none(selector: &Json) -> String {
    let text = text(selector);
    if text.is_empty() { "<none>".into() } else { text }
}

/// The selector of an object that selects pods, for people. That of a ReplicationController is a plain map of labels.
pub fn of_object(object: &Json) -> String {
    let selector = &object["spec"]["selector"];
    match object["kind"].str() {
        "ReplicationController" => text_or_none(&json!({ "matchLabels": selector })),
        _ => text_or_none(selector),
    }
}

fn lex(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let special = |c: char| "=!(),<>".contains(c);
        let mut token = String::new();
        if special(c) {
            token.push(c);
            chars.next();
            if (c == '=' || c == '!') && chars.peek() == Some(&'=') {
                token.push('=');
                chars.next();
            }
        } else {
            while let Some(&c) = chars.peek() {
                if c.is_whitespace() || special(c) {
                    break;
                }
                token.push(c);
                chars.next();
            }
        }
        tokens.push(token);
    }
    tokens
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned().unwrap_or_default()
    }

    fn selector(mut self) -> Result<Labels, String> {
        let mut all = Vec::new();
        if self.tokens.is_empty() {
            return Ok(Labels(all));
        }
        loop {
            match self.peek() {
                "" => return Ok(Labels(all)),
                "!" => {}
                word if is_word(word) => {}
                other => {
                    return Err(format!("found '{other}', expected: !, identifier, or 'end of string'"));
                }
            }
            let requirement = self.requirement();
            all.push(requirement.map_err(|why| format!("unable to parse requirement: {why}"))?);
            match self.next().as_str() {
                "" => return Ok(Labels(all)),
                "," if self.peek() == "!" || is_word(self.peek()) => {}
                "," => return Err(format!("found '{}', expected: identifier after ','", self.peek())),
                other => return Err(format!("found '{other}', expected: ',' or 'end of string'")),
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let negated = self.peek() == "!";
        if negated {
            self.next();
        }
        let key = self.next();
        if !is_word(&key) {
            return Err(format!("found '{key}', expected: identifier"));
        }
        if negated {
            return Ok(Requirement::NotExists(key));
        }
        match self.peek() {
            "" | "," => return Ok(Requirement::Exists(key)),
            "=" | "==" | "!=" | ">" | "<" | "in" | "notin" => {}
            "!" => {
                let expected = "in, notin, =, ==, !=, gt, lt";
                return Err(format!("found '!', expected: {expected}"));
            }
            other => {
                let expected = "in, notin, =, ==, !=, gt, lt";
                return Err(format!("found '{other}', expected: {expected}"));
            }
        }
        let operator = self.next();
        match operator.as_str() {
            "in" => Ok(Requirement::In(key, self.values()?)),
            "notin" => Ok(Requirement::NotIn(key, self.values()?)),
            _ => {
                let value = if matches!(self.peek(), "" | ",") { String::new() } else { self.next() };
                if !value.is_empty() && !is_word(&value) {
                    return Err(format!("found '{value}', expected: identifier"));
                }
                let number = value.parse::<i64>();
                Ok(match (operator.as_str(), number) {
                    ("!=", _) => Requirement::NotIn(key, vec![value]),
                    (">", Ok(n)) => Requirement::Greater(key, n),
                    ("<", Ok(n)) => Requirement::Less(key, n),
                    (">" | "<", Err(_)) => {
                        return Err(format!(
                            "values[0]: Invalid value: {value:?}: for 'Gt', 'Lt' operators, the value must be an integer"
                        ));
                    }
                    _ => Requirement::In(key, vec![value]),
                })
            }
        }
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        if self.peek() != "(" {
            return Err(format!("found '{}' expected: '('", self.peek()));
        }
        self.next();
        let mut values = Vec::new();
        let mut add = |value: &str| {
            if !values.iter().any(|known| known == value) {
                values.push(value.to_string());
            }
        };
        match self.peek() {
            ")" => {
                self.next();
                add("");
                return Ok(values);
            }
            "," => {}
            word if is_word(word) => {}
            other => return Err(format!("found '{other}', expected: ',', ')' or identifier")),
        }
        let mut empty = true;
        loop {
            match self.next().as_str() {
                "," => {
                    if empty || matches!(self.peek(), ")" | ",") {
                        add("");
                    }
                    if self.peek() == ")" {
                        break;
                    }
                }
                word if is_word(word) => {
                    add(word);
                    match self.peek() {
                        "," => {}
                        ")" => break,
                        other => return Err(format!("found '{other}', expected: ',' or ')'")),
                    }
                }
                other => return Err(format!("found '{other}', expected: ',', or identifier")),
            }
            empty = false;
        }
        self.next();
        sort_by(&mut values, Ord::cmp);
        Ok(values)
    }
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.contains(['=', '!', '(', ')', ',', '<', '>'])
}

/// A conjunction of `path=value` and `path!=value` (`fields.Selector`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<FieldRequirement>);

/// One condition of a field selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRequirement {
    /// `status.phase`
    pub path: String,
    /// The value it must, or must not, have.
    pub value: String,
    /// `!=`
    pub negated: bool,
}

impl Fields {
    /// From the text of `--field-selector`.
    pub fn parse(text: &str) -> Result<Fields, Status> {
        let mut all = Vec::new();
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in text.chars() {
            if c == ',' && !escaped {
                parts.push(String::new());
                continue;
            }
            escaped = c == '\\' && !escaped;
            if let Some(part) = parts.last_mut() {
                part.push(c);
            }
        }
        for part in parts.iter().filter(|p| !p.is_empty()) {
            let at = part.find('=').map(|at| if part[..at].ends_with('!') { at - 1 } else { at });
            let at = [at, part.find("!=")].into_iter().flatten().min();
            let Some(at) = at else {
                let message = format!("invalid selector: '{text}'; can't understand '{part}'");
                return Err(Status::new(Reason::BadRequest, message));
            };
            let (path, rest) = part.split_at(at);
            let negated = rest.starts_with('!');
            let rest = rest.strip_prefix("!=").or_else(|| rest.strip_prefix("==")).unwrap_or(&rest[1..]);
            let value = unescaped(rest).map_err(Status::bad_request)?;
            all.push(FieldRequirement { path: path.into(), value, negated });
        }
        Ok(Fields(all))
    }

    /// Whether an object fulfils all conditions. An absent field reads as `""`.
    pub fn matches(&self, object: &Json) -> bool {
        self.0.iter().all(|r| {
            let value = r.path.split('.').fold(object, |json, key| &json[key]);
            let text = match value {
                Json::Str(s) => s.to_string(),
                Json::Null => String::new(),
                other => other.to_string(),
            };
            (text == r.value) != r.negated
        })
    }
}

/// A value as it is meant: a backslash makes a comma, an equal sign or a backslash one of its characters
/// (`fields.UnescapeValue`).
fn unescaped(text: &str) -> Result<String, String> {
    const INVALID: &str = "invalid field selector:";
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => out.push(c),
                other => {
                    let shown = other.map(String::from).unwrap_or_default();
                    return Err(format!("{INVALID} invalid escape sequence: \\{shown}"));
                }
            },
            ',' | '=' => return Err(format!("{INVALID} unescaped character in value: {}", u32::from(c))),
            c => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn label_selectors_select() {
        let labels = json!({"app": "a", "size": "3"});
        let cases = [
            ("", true),
            ("app", true),
            ("!app", false),
            ("app=a,size==3", true),
            ("app!=a", false),
            ("other!=a", true),
            ("app in (b, a)", true),
            ("app notin (a)", false),
            ("size>2", true),
            ("size<2", false),
        ];
        for (text, expected) in cases {
            assert_eq!(Labels::parse(text).map(|s| s.matches(&labels)), Ok(expected), "{text}");
        }
        assert_eq!(Labels::parse("a=b=c"), Err("found '=', expected: ',' or 'end of string'".into()));
    }
}
