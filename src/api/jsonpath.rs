//! JSONPath (`client-go/util/jsonpath`): templates of text and `{…}` with paths, filters, `range`, literals. `kubectl -o jsonpath`
//! prints through it, and the printer columns of custom resources are found by it.

use crate::json::Json;
use std::cmp::Ordering;

/// A parsed template.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
    source: String,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Path(Vec<Step>),
    Range(Vec<Step>, Vec<Part>),
}

#[derive(Clone, Debug)]
enum Step {
    Field(String),
    Wildcard,
    Recursive,
    Slice(Option<i64>, Option<i64>, i64),
    Index(i64),
    Union(Vec<Vec<Step>>),
    Filter(Operand, String, Operand),
}

#[derive(Clone, Debug)]
enum Operand {
    Path(Vec<Step>),
    Value(Json),
}

impl Template {
    /// Reads a template; text without braces at all is taken for one path, as `kubectl` does.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut parser = Parser { chars: text.chars().collect(), at: 0 };
        let parts = parser.parts(false)?;
        Ok(Template { parts, source: text.into() })
    }

    /// Prints a tree through it. Missing keys print nothing.
    pub fn print(&self, root: &Json) -> Result<String, String> {
        let mut out = String::new();
        print_parts(&self.parts, root, root, &mut out).map_err(|why| {
            format!(
                "error executing jsonpath {:?}: Error executing template: {why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{}\n\tobject given to jsonpath engine was:\n\t\t{}\n",
                self.source,
                self.source,
                go_syntax(root)
            )
        })?;
        Ok(out)
    }

    /// All values that its paths find.
    pub fn values(&self, root: &Json) -> Result<Vec<Json>, String> {
        let mut all = Vec::new();
        for part in &self.parts {
            if let Part::Path(steps) = part {
                all.extend(walk(steps, vec![root.clone()], root)?);
            }
        }
        Ok(all)
    }
}

fn print_parts(parts: &[Part], current: &Json, root: &Json, out: &mut String) -> Result<(), String> {
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Path(steps) => {
                let found = walk(steps, vec![current.clone()], root)?;
                let shown = |value: &Json| if value.is_null() { "null".into() } else { text(value) };
                let texts: Vec<String> = found.iter().map(shown).collect();
                out.push_str(&texts.join(" "));
            }
            Part::Range(steps, body) => {
                for item in walk(steps, vec![current.clone()], root)? {
                    print_parts(body, &item, root, out)?;
                }
            }
        }
    }
    Ok(())
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

fn walk(steps: &[Step], start: Vec<Json>, root: &Json) -> Result<Vec<Json>, String> {
    let mut current = start;
    for (i, step) in steps.iter().enumerate() {
        if let Step::Recursive = step {
            let mut all = Vec::new();
            current.iter().for_each(|v| descend(v, &mut all));
            // `..name` takes the field wherever there is one.
            return walk(&steps[i + 1..], all, root);
        }
        let mut next = Vec::new();
        for value in &current {
            apply(step, value, root, &mut next)?;
        }
        current = next;
    }
    Ok(current)
}

fn descend(value: &Json, out: &mut Vec<Json>) {
    out.push(value.clone());
    value.items().iter().for_each(|v| descend(v, out));
    value.entries().iter().for_each(|(_, v)| descend(v, out));
}

fn apply(step: &Step, value: &Json, root: &Json, out: &mut Vec<Json>) -> Result<(), String> {
    match step {
        Step::Field(name) => out.extend(value.get(name).cloned()),
        Step::Wildcard => {
            out.extend(value.items().iter().cloned());
            out.extend(value.entries().iter().map(|(_, v)| v.clone()));
        }
        Step::Recursive => {}
        Step::Index(i) => {
            let items = value.items();
            let len = items.len() as i64;
            let at = if *i < 0 { i + len } else { *i };
            match usize::try_from(at).ok().and_then(|at| items.get(at)) {
                Some(item) => out.push(item.clone()),
                None if value.is_null() => {}
                None if !matches!(value, Json::Array(_)) => {
                    return Err(format!("{} is not array or slice", go_type(value)));
                }
                None => return Err(format!("array index out of bounds: index {i}, length {len}")),
            }
        }
        Step::Slice(from, to, by) => {
            let items = value.items();
            let len = items.len() as i64;
            let fix = |i: i64| if i < 0 { i + len } else { i }.clamp(0, len);
            let (from, to) = (fix(from.unwrap_or(0)), fix(to.unwrap_or(len)));
            out.extend((from..to).step_by((*by).max(1) as usize).map(|i| items[i as usize].clone()));
        }
        Step::Union(paths) => {
            for path in paths {
                out.extend(walk(path, vec![value.clone()], root)?);
            }
        }
        Step::Filter(left, op, right) => {
            for item in value.items() {
                if holds(left, op, right, item, root)? {
                    out.push(item.clone());
                }
            }
        }
    }
    Ok(())
}

fn holds(left: &Operand, op: &str, right: &Operand, item: &Json, root: &Json) -> Result<bool, String> {
    let value = |o: &Operand| -> Result<Option<Json>, String> {
        Ok(match o {
            Operand::Value(v) => Some(v.clone()),
            Operand::Path(steps) => walk(steps, vec![item.clone()], root)?.into_iter().next(),
        })
    };
    let left = value(left)?;
    if op == "exists" {
        return Ok(left.is_some());
    }
    let (Some(left), Some(right)) = (left, value(right)?) else { return Ok(false) };
    let order = compare(&left, &right);
    Ok(match op {
        "==" => order == Some(Ordering::Equal),
        "!=" => order != Some(Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        ">" => order == Some(Ordering::Greater),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
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

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn blanks(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn looking_at(&self, word: &str) -> bool {
        word.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    /// Text and braces up to the end, or up to the `{end}` of a range.
    fn parts(&mut self, in_range: bool) -> Result<Vec<Part>, String> {
        let mut out = Vec::new();
        let mut literal = String::new();
        loop {
            match self.peek() {
                // A range without an end goes on to the end of the template.
                None => break,
                Some('{') => {
                    self.at += 1;
                    if !literal.is_empty() {
                        out.push(Part::Text(std::mem::take(&mut literal)));
                    }
                    if self.inside(&mut out, in_range)? {
                        return Ok(out);
                    }
                }
                Some(c) => {
                    literal.push(c);
                    self.at += 1;
                }
            }
        }
        if !literal.is_empty() {
            out.push(Part::Text(literal));
        }
        Ok(out)
    }

    /// What stands between braces; true for the `{end}` of a range.
    fn inside(&mut self, out: &mut Vec<Part>, in_range: bool) -> Result<bool, String> {
        loop {
            self.blanks();
            match self.peek() {
                None => return Err("unclosed action".into()),
                Some('}') => {
                    self.at += 1;
                    return Ok(false);
                }
                Some('"' | '\'') => out.push(Part::Text(self.string()?)),
                _ if self.looking_at("range ") => {
                    self.at += 6;
                    self.blanks();
                    let path = self.path()?;
                    self.blanks();
                    if !self.take('}') {
                        return Err("unclosed action".into());
                    }
                    let body = self.parts(true)?;
                    out.push(Part::Range(path, body));
                    return Ok(false);
                }
                _ if self.looking_at("end") => {
                    self.at += 3;
                    self.blanks();
                    self.take('}');
                    if !in_range {
                        return Err("not in range, nothing to end".into());
                    }
                    return Ok(true);
                }
                _ => {
                    let before = self.at;
                    let path = self.path()?;
                    if self.at == before {
                        let rest: String = self.chars[self.at..].iter().take(1).collect();
                        return Err(format!(
                            "unrecognized character in action: U+{:04X} '{rest}'",
                            rest.chars().next().map_or(0, u32::from)
                        ));
                    }
                    out.push(Part::Path(path));
                }
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let quote = self.peek();
        self.at += 1;
        let mut out = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                c if Some(c) == quote => return Ok(out),
                '\\' => {
                    let escaped = self.peek().unwrap_or('\\');
                    self.at += 1;
                    match escaped {
                        'n' => out.push('\n'),
                        't' => out.push('\t'),
                        'r' => out.push('\r'),
                        other => out.push(other),
                    }
                }
                other => out.push(other),
            }
        }
        Err("unterminated quoted string".into())
    }

    fn path(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        if matches!(self.peek(), Some('$' | '@')) {
            self.at += 1;
        }
        loop {
            match self.peek() {
                Some('.') => {
                    self.at += 1;
                    if self.take('.') {
                        steps.push(Step::Recursive);
                    }
                    if self.take('*') {
                        steps.push(Step::Wildcard);
                        continue;
                    }
                    let name = self.name();
                    if !name.is_empty() {
                        steps.push(Step::Field(name));
                    }
                }
                Some('[') => {
                    self.at += 1;
                    steps.push(self.bracket()?);
                }
                Some(c) if steps.is_empty() && (c.is_alphanumeric() || c == '_') => {
                    steps.push(Step::Field(self.name()));
                }
                _ => return Ok(steps),
            }
        }
    }

    fn name(&mut self) -> String {
        let mut out = String::new();
        while let Some(c) = self.peek() {
            match c {
                '\\' => {
                    self.at += 1;
                    out.extend(self.peek());
                }
                c if c.is_alphanumeric() || "_-/".contains(c) => out.push(c),
                _ => break,
            }
            self.at += 1;
        }
        out
    }

    fn bracket(&mut self) -> Result<Step, String> {
        self.blanks();
        if self.take('*') {
            return self.closed(Step::Wildcard);
        }
        if self.take('?') {
            return self.filter();
        }
        let mut paths = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some('\'' | '"') => paths.push(vec![Step::Field(self.string()?)]),
                _ => paths.push(vec![self.slice()?]),
            }
            self.blanks();
            if !self.take(',') {
                break;
            }
        }
        let step = if paths.len() == 1 { paths.remove(0).remove(0) } else { Step::Union(paths) };
        self.closed(step)
    }

    fn closed(&mut self, step: Step) -> Result<Step, String> {
        self.blanks();
        if self.take(']') { Ok(step) } else { Err("unterminated array".into()) }
    }

    fn slice(&mut self) -> Result<Step, String> {
        let first = self.int();
        if !self.take(':') {
            let shown: String = self.chars[self.at..].iter().take_while(|c| **c != ']').collect();
            return first.map(Step::Index).ok_or_else(|| format!("invalid array index {shown}"));
        }
        let second = self.int();
        let by = if self.take(':') { self.int().unwrap_or(1) } else { 1 };
        Ok(Step::Slice(first, second, by))
    }

    fn int(&mut self) -> Option<i64> {
        let start = self.at;
        self.take('-');
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect::<String>().parse().ok()
    }

    fn filter(&mut self) -> Result<Step, String> {
        if !self.take('(') {
            return Err("unterminated filter".into());
        }
        let left = self.operand()?;
        self.blanks();
        let ops = ["==", "!=", "<=", ">=", "<", ">"];
        let op = ops.into_iter().find(|op| self.looking_at(op));
        let (op, right) = match op {
            Some(op) => {
                self.at += op.len();
                (op, self.operand()?)
            }
            None => ("exists", Operand::Value(Json::Null)),
        };
        self.blanks();
        if !self.take(')') {
            return Err("unterminated filter".into());
        }
        self.closed(Step::Filter(left, op.into(), right))
    }

    fn operand(&mut self) -> Result<Operand, String> {
        self.blanks();
        match self.peek() {
            Some('\'' | '"') => Ok(Operand::Value(Json::from(self.string()?))),
            Some('@' | '.' | '$') => Ok(Operand::Path(self.path()?)),
            _ => {
                let start = self.at;
                while self.peek().is_some_and(|c| !" )=!<>".contains(c)) {
                    self.at += 1;
                }
                let word: String = self.chars[start..self.at].iter().collect();
                Ok(Operand::Value(crate::json::parse(&word).unwrap_or_else(|_| word.into())))
            }
        }
    }
}
#[cfg(test)]
#[path = "jsonpath_tests.rs"]
mod tests;
