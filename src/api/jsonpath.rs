//! JSONPath (`client-go/util/jsonpath`): templates of text and `{…}` with paths, filters, `range`, literals. `kubectl -o jsonpath`
//! prints through it, and the printer columns of custom resources are found by it.

use crate::json::Json;
use std::cmp::Ordering;

/// A parsed template.
#[derive(Clone, Debug)]
pub struct Template {
    actions: Vec<Action>,
    source: String,
    /// Whether a field that is nowhere is a mistake.
    strict: bool,
}

/// What stands between two braces, or text without them: steps, each taking what the one before it found.
type Action = Vec<Step>;

#[derive(Clone, Debug)]
enum Step {
    /// Text, whatever there was before.
    Text(String),
    /// A number or a truth.
    Value(Json),
    /// `range`, `end`, or a word that means nothing.
    Word(String),
    Field(String),
    Wildcard,
    Recursive,
    Slice(Bounds),
    Union(Vec<Action>),
    /// Left, operator, right; the operator `exists` has no right.
    Filter(Action, String, Action),
}

/// `[from:to:by]`, or `[from]`.
#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    from: Option<i64>,
    to: Option<i64>,
    by: Option<i64>,
    /// One item: `to` follows from `from`.
    single: bool,
}

impl Template {
    /// Reads a template; text without braces prints itself.
    pub fn parse(text: &str) -> Result<Template, String> {
        let actions = Parser { chars: text.chars().collect(), at: 0 }.template()?;
        Ok(Template { actions, source: text.into(), strict: false })
    }

    /// The same template, to which a field that is nowhere is a mistake (`--allow-missing-template-keys=false`).
    pub fn strict(self, strict: bool) -> Template {
        Template { strict, ..self }
    }

    /// Prints a tree through it.
    pub fn print(&self, root: &Json) -> Result<String, String> {
        let found = self.find(root).map_err(|why| {
            format!(
                "error executing jsonpath {:?}: Error executing template: {why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{}\n\tobject given to jsonpath engine was:\n\t\t{}\n",
                self.source,
                self.source,
                go_syntax(root)
            )
        })?;
        let shown = |value: &Json| if value.is_null() { "null".into() } else { text(value) };
        Ok(found.iter().map(|of_one| of_one.iter().map(shown).collect::<Vec<String>>().join(" ")).collect())
    }

    /// All values that its paths find.
    pub fn values(&self, root: &Json) -> Result<Vec<Json>, String> {
        Ok(self.find(root)?.concat())
    }

    fn find(&self, root: &Json) -> Result<Vec<Vec<Json>>, String> {
        let mut run = Run {
            strict: self.strict,
            stack: Vec::new(),
            current: Json::Null,
            begins: 0,
            inside: 0,
            ends: 0,
        };
        let mut out = Vec::new();
        run.actions(&self.actions, root, &mut out)?;
        Ok(out)
    }
}

/// A run of a template. `range` runs what follows it once for each of its items, and its last run goes on behind the `end`: so
/// what stands behind a range without items is not printed.
struct Run {
    strict: bool,
    /// What was current where each range began.
    stack: Vec<Json>,
    current: Json,
    begins: usize,
    inside: usize,
    ends: usize,
}

impl Run {
    fn actions(&mut self, actions: &[Action], data: &Json, out: &mut Vec<Vec<Json>>) -> Result<(), String> {
        self.current = data.clone();
        for (at, action) in actions.iter().enumerate() {
            let found = self.walk(action, vec![self.current.clone()])?;
            if self.ends > 0 && self.ends <= self.inside {
                self.ends -= 1;
                break;
            }
            if self.begins > 0 {
                self.begins -= 1;
                self.inside += 1;
                for (i, item) in found.iter().enumerate() {
                    if i + 1 == found.len() {
                        self.inside -= 1;
                    }
                    self.actions(&actions[at + 1..], item, out)?;
                }
                break;
            }
            out.push(found);
        }
        Ok(())
    }

    fn walk(&mut self, steps: &[Step], start: Vec<Json>) -> Result<Vec<Json>, String> {
        let mut current = start;
        for step in steps {
            current = self.step(step, current)?;
        }
        Ok(current)
    }

    fn step(&mut self, step: &Step, input: Vec<Json>) -> Result<Vec<Json>, String> {
        let mut out = Vec::new();
        match step {
            Step::Text(text) => out.push(text.as_str().into()),
            Step::Value(value) => out.extend(input.iter().map(|_| value.clone())),
            Step::Word(word) => match word.as_str() {
                "range" => {
                    self.stack.push(self.current.clone());
                    self.begins += 1;
                    return Ok(input);
                }
                "end" if self.ends < self.inside => self.ends += 1,
                "end" => match self.stack.pop() {
                    Some(before) => self.current = before,
                    None => return Err("not in range, nothing to end".into()),
                },
                other => return Err(format!("unrecognized identifier {other}")),
            },
            Step::Field(name) => {
                out.extend(input.iter().filter_map(|value| value.get(name).cloned()));
                if out.is_empty() && self.strict && !input.is_empty() {
                    return Err(format!("{name} is not found"));
                }
            }
            Step::Wildcard => input.iter().for_each(|value| {
                out.extend(value.items().iter().cloned());
                out.extend(value.entries().iter().map(|(_, v)| v.clone()));
            }),
            Step::Recursive => input.iter().for_each(|value| descend(value, &mut out)),
            Step::Slice(bounds) => {
                for value in &input {
                    bounds.cut(value, &mut out)?;
                }
            }
            Step::Union(paths) => {
                for path in paths {
                    out.extend(self.walk(path, input.clone())?);
                }
            }
            Step::Filter(left, op, right) => {
                for value in &input {
                    if !matches!(value, Json::Array(_)) {
                        return Err(format!("{} is not array or slice and cannot be filtered", text(value)));
                    }
                    for item in value.items() {
                        if self.holds(left, op, right, item)? {
                            out.push(item.clone());
                        }
                    }
                }
            }
        }
        Ok(out)
    }

    fn holds(&mut self, left: &[Step], op: &str, right: &[Step], item: &Json) -> Result<bool, String> {
        let lefts = self.walk(left, vec![item.clone()]);
        if op == "exists" {
            return Ok(lefts.is_ok_and(|found| !found.is_empty()));
        }
        let (lefts, rights) = (lefts?, self.walk(right, vec![item.clone()])?);
        let ([left], [right]) = (lefts.as_slice(), rights.as_slice()) else {
            if lefts.len() > 1 || rights.len() > 1 {
                return Err("can only compare one element at a time".into());
            }
            return Ok(false);
        };
        let ordered = !matches!(left, Json::Bool(_)) || matches!(op, "==" | "!=");
        if !ordered || matches!(left, Json::Null | Json::Array(_) | Json::Object(_)) {
            return Err("invalid type for comparison".into());
        }
        if go_type(left) != go_type(right) {
            return Err("incompatible types for comparison".into());
        }
        let order = compare(left, right).unwrap_or(Ordering::Equal);
        Ok(match op {
            "==" => order.is_eq(),
            "!=" => order.is_ne(),
            "<" => order.is_lt(),
            ">" => order.is_gt(),
            "<=" => order.is_le(),
            ">=" => order.is_ge(),
            other => return Err(format!("unrecognized filter operator {other}")),
        })
    }
}

impl Bounds {
    fn cut(self, value: &Json, out: &mut Vec<Json>) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        if !matches!(value, Json::Array(_)) {
            return Err(format!("{} is not array or slice", go_type(value)));
        }
        let len = value.items().len() as i64;
        let from_end = |i: i64| if i < 0 { i + len } else { i };
        let from = from_end(self.from.unwrap_or(0));
        let to = if self.single { from + 1 } else { from_end(self.to.unwrap_or(len)) };
        let outside = |i: i64| Err(format!("array index out of bounds: index {i}, length {len}"));
        if from != to {
            if from >= len || from < 0 {
                return outside(from);
            }
            if to > len {
                return outside(to - 1);
            }
            if from > to {
                return Err(format!("starting index {from} is greater than ending index {to}"));
            }
        }
        let by = self.by.unwrap_or(1);
        let by = usize::try_from(by).ok().filter(|by| *by > 0).ok_or("step must be > 0")?;
        out.extend((from..to).step_by(by).map(|i| value.items()[i as usize].clone()));
        Ok(())
    }
}

/// A value as a template prints it.
pub fn text(value: &Json) -> String {
    match value {
        Json::Str(s) => s.as_str().into(),
        // Go's %v of a nil interface, and its JSON for what has a structure.
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

/// All that holds something: the value, then what is in it.
fn descend(value: &Json, out: &mut Vec<Json>) {
    if !value.is_empty() && matches!(value, Json::Array(_) | Json::Object(_)) {
        out.push(value.clone());
    }
    value.items().iter().for_each(|v| descend(v, out));
    value.entries().iter().for_each(|(_, v)| descend(v, out));
}

/// How two scalars compare; `None` for different types.
pub fn compare(a: &Json, b: &Json) -> Option<Ordering> {
    match (a, b) {
        (Json::Str(a), Json::Str(b)) => Some(a.cmp(b)),
        (Json::Bool(a), Json::Bool(b)) => Some(a.cmp(b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// The Go type that a tree's node has.
fn go_type(value: &Json) -> &'static str {
    match value {
        Json::Object(_) => "map[string]interface {}",
        Json::Array(_) => "[]interface {}",
        Json::Str(_) => "string",
        Json::Bool(_) => "bool",
        Json::Int(_) => "int64",
        Json::Float(_) => "float64",
        Json::Null => "interface {}",
    }
}

/// A tree as Go's `%#v` shows it.
fn go_syntax(value: &Json) -> String {
    match value {
        Json::Null => "interface {}(nil)".into(),
        Json::Str(s) => format!("{:?}", s.as_str()),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Json::Object(o) => {
            let fields = o.entries().iter().map(|(k, v)| format!("{:?}:{}", k.as_str(), go_syntax(v)));
            format!("map[string]interface {{}}{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

fn terminates(c: char) -> bool {
    " \t\r\n.,[]$@{}".contains(c)
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = word.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if found { word.chars().count() } else { 0 };
        found
    }

    /// The characters while it holds for them.
    fn run(&mut self, of: impl Fn(char) -> bool) -> String {
        let from = self.at;
        while self.peek().is_some_and(&of) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    fn template(&mut self) -> Result<Vec<Action>, String> {
        let mut out = Vec::new();
        while self.peek().is_some() {
            if self.take("{") {
                out.push(self.action()?);
            } else {
                out.push(vec![Step::Text(self.run(|c| c != '{'))]);
            }
        }
        Ok(out)
    }

    /// What stands between braces, up to the second one.
    fn action(&mut self) -> Result<Action, String> {
        let mut out = Action::new();
        loop {
            if self.take("}") {
                return Ok(out);
            }
            if self.take("[?(") {
                out.push(self.filter()?);
                continue;
            }
            if self.take("..") {
                if matches!(out.last(), Some(Step::Recursive)) {
                    return Err("invalid multiple recursive descent".into());
                }
                out.push(Step::Recursive);
                if self.peek().is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                    out.push(self.field());
                }
                continue;
            }
            match self.peek() {
                None | Some('\r' | '\n') => return Err("unclosed action".into()),
                Some(' ' | '@' | '$') => self.at += 1,
                Some('[') => self.brackets(&mut out)?,
                Some(quote @ ('"' | '\'')) => out.push(Step::Text(self.quoted(quote)?)),
                Some('.') => {
                    self.at += 1;
                    out.push(self.field());
                }
                Some(c) if c == '+' || c == '-' || c.is_ascii_digit() => {
                    self.at += 1;
                    let number = c.to_string() + &self.run(|c| c == '.' || c.is_ascii_digit());
                    let plain = number.trim_start_matches('+');
                    let value = plain.parse().map(Json::Int).or_else(|_| plain.parse().map(Json::Float));
                    let value = value.map_err(|_| format!("cannot parse number {number}"))?;
                    out.push(Step::Value(value));
                }
                Some(c) if c == '_' || c.is_alphanumeric() => {
                    let word = self.run(|c| !terminates(c));
                    out.push(match word.as_str() {
                        "true" | "false" => Step::Value((word == "true").into()),
                        _ => Step::Word(word),
                    });
                }
                Some(c) => {
                    return Err(format!("unrecognized character in action: U+{:04X} '{c}'", u32::from(c)));
                }
            }
        }
    }

    fn field(&mut self) -> Step {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !terminates(*c)) {
            self.at += 1;
            if c == '\\' {
                name.extend(self.peek());
                self.at += 1;
            } else {
                name.push(c);
            }
        }
        if name == "*" { Step::Wildcard } else { Step::Field(name) }
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        self.at += 1;
        let mut out = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\n' => break,
                c if c == quote => return Ok(out),
                '\\' => {
                    let escaped = self.peek().unwrap_or('\\');
                    self.at += 1;
                    out.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    });
                }
                other => out.push(other),
            }
        }
        Err("unterminated quoted string".into())
    }

    /// A text as if it stood between braces.
    fn inner(text: &str) -> Result<Action, String> {
        Parser { chars: text.chars().chain(['}']).collect(), at: 0 }.action()
    }

    fn brackets(&mut self, out: &mut Action) -> Result<(), String> {
        self.at += 1;
        let text = self.run(|c| c != ']' && c != '\n');
        if !self.take("]") {
            return Err("unterminated array".into());
        }
        if text.contains(',') {
            let paths = text.split(',').map(|part| Parser::inner(&format!("[{}]", part.trim_matches(' '))));
            out.push(Step::Union(paths.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let key = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        if let Some(key) = key.filter(|key| !key.contains('\'')) {
            // Of a key with dots each part is a field.
            out.extend(Parser::inner(&format!(".{key}"))?);
            return Ok(());
        }
        let wrong = || format!("invalid array index {text}");
        let numbers = if text == "*" { ":" } else { text.as_str() };
        let parts: Vec<&str> = numbers.split(':').collect();
        let mut bounds = [None; 3];
        if parts.len() > 3 {
            return Err(wrong());
        }
        for (bound, part) in bounds.iter_mut().zip(&parts) {
            let digits = part.strip_prefix('-').unwrap_or(part);
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong());
            }
            if !part.is_empty() {
                *bound = Some(part.parse().map_err(|_| format!("array index {part} is not a number"))?);
            }
        }
        let [from, to, by] = bounds;
        out.push(Step::Slice(Bounds { from, to, by, single: parts.len() == 1 }));
        Ok(())
    }

    /// `@.a=="b")]`, of which the first quote has to be closed.
    fn filter(&mut self) -> Result<Step, String> {
        let (from, mut open, mut closed) = (self.at, None, false);
        loop {
            let c = self.peek().filter(|c| *c != '\n').ok_or("unterminated filter")?;
            self.at += 1;
            match c {
                '"' | '\'' if open.is_none() => open = Some(c),
                '"' | '\'' if open == Some(c) && self.chars[self.at - 2] != '\\' => closed = true,
                ')' if open.is_some() == closed => break,
                _ => {}
            }
        }
        let text: String = self.chars[from..self.at - 1].iter().collect();
        if !self.take("]") {
            return Err("unclosed array expect ]".into());
        }
        let signs = |c: char| "!<>=".contains(c);
        let compared = text.find(signs).filter(|at| *at > 0).and_then(|at| {
            let rest = text[at..].trim_start_matches(signs);
            (!rest.is_empty()).then(|| (&text[..at], &text[at..text.len() - rest.len()], rest))
        });
        Ok(match compared {
            Some((left, op, right)) => Step::Filter(Parser::inner(left)?, op.into(), Parser::inner(right)?),
            None => Step::Filter(Parser::inner(&text)?, "exists".into(), Action::new()),
        })
    }
}

#[cfg(test)]
#[path = "jsonpath_tests.rs"]
mod tests;
