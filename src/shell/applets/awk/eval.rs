//! Running a program: variables, fields, statements, functions.

use super::super::regex::Regex;
use super::format;
use super::text::{pieces, replaced, split};
use super::{Expression, Place, Statement};

/// So many statements of one program are run; one that does not end is ended.
const STEPS: usize = 2_000_000;
/// What a program may hold, in bytes.
pub(super) const MOST: usize = 4 << 20;

/// A value: what was read looks like a number where it can.
#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    /// Never set: zero and empty.
    #[default]
    Nothing,
    Number(f64),
    Text(String),
    /// From the input, and it looks like that number.
    Both(String, f64),
}

impl Value {
    /// What comes from outside.
    pub(super) fn input(text: String) -> Value {
        match text.trim().parse::<f64>() {
            Ok(n) if !text.trim().ends_with(|c: char| c.is_alphabetic()) => Value::Both(text, n),
            _ => Value::Text(text),
        }
    }

    pub(super) fn number(&self) -> f64 {
        match self {
            Value::Nothing => 0.0,
            Value::Number(n) | Value::Both(_, n) => *n,
            Value::Text(text) => leading(text),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Value::Nothing => String::new(),
            Value::Number(n) => format::number(*n),
            Value::Text(text) | Value::Both(text, _) => text.clone(),
        }
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Value::Nothing => false,
            Value::Number(n) | Value::Both(_, n) => *n != 0.0,
            Value::Text(text) => !text.is_empty(),
        }
    }
}

/// The number that a text begins with.
fn leading(text: &str) -> f64 {
    let text = text.trim_start();
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = usize::from(text.starts_with(['-', '+']));
    end += digits(end);
    if text[end..].starts_with('.') {
        end += 1 + digits(end + 1);
    }
    text[..end].parse().unwrap_or(0.0)
}

/// How a list of statements ended.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    On,
    Next,
    Break,
    Continue,
    Exit(i32),
}

/// Everything that changes while a program runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    variables: Vec<(String, Value)>,
    arrays: Vec<(String, Vec<(String, Value)>)>,
    record: String,
    fields: Vec<String>,
    number: f64,
    of_file: f64,
    steps: usize,
    held: usize,
}

impl Machine {
    pub(super) fn set(&mut self, name: &str, value: Value) {
        match name {
            "NF" => {
                self.fields.resize((value.number().max(0.0) as usize).min(10_000), String::new());
                self.join();
            }
            "NR" => self.number = value.number(),
            "FNR" => self.of_file = value.number(),
            _ => match self.variables.iter_mut().find(|(own, _)| own == name) {
                Some((_, old)) => *old = value,
                None => self.variables.push((name.to_owned(), value)),
            },
        }
    }

    fn get(&self, name: &str) -> Value {
        match name {
            "NF" => return Value::Number(self.fields.len() as f64),
            "NR" => return Value::Number(self.number),
            "FNR" => return Value::Number(self.of_file),
            _ => {}
        }
        if let Some((_, value)) = self.variables.iter().find(|(own, _)| own == name) {
            return value.clone();
        }
        match name {
            "FS" | "OFS" => Value::Text(" ".into()),
            "ORS" => Value::Text("\n".into()),
            "SUBSEP" => Value::Text("\u{1c}".into()),
            _ => Value::Nothing,
        }
    }

    /// A file begins.
    pub(super) fn open(&mut self, name: &str) {
        self.of_file = 0.0;
        let name = if name == "-" { "" } else { name };
        self.set("FILENAME", Value::Text(name.into()));
    }

    /// The next record.
    pub(super) fn record(&mut self, line: &[u8]) {
        self.number += 1.0;
        self.of_file += 1.0;
        self.whole(String::from_utf8_lossy(line).into_owned());
    }

    fn whole(&mut self, record: String) {
        let separator = self.get("FS").text();
        self.fields = split(&record, &separator);
        self.record = record;
    }

    fn join(&mut self) {
        self.record = self.fields.join(&self.get("OFS").text());
    }

    /// What it ends with where it was ended.
    pub(super) fn fault(&self) -> i32 {
        if self.steps > STEPS { 2 } else { 0 }
    }

    /// Bytes it holds.
    pub(super) fn measure(&self) -> usize {
        self.held + self.record.len() * 2
    }

    pub(super) fn run(&mut self, statements: &[Statement], out: &mut Vec<u8>) -> End {
        for statement in statements {
            self.steps += 1;
            if self.steps > STEPS || out.len() > MOST || self.held > MOST {
                self.steps = STEPS + 1;
                return End::Exit(2);
            }
            let end = self.statement(statement, out);
            if end != End::On {
                return end;
            }
        }
        End::On
    }

    fn statement(&mut self, statement: &Statement, out: &mut Vec<u8>) -> End {
        match statement {
            Statement::Expression(expression) => {
                self.value(expression);
            }
            Statement::Print(values) => {
                let mut texts: Vec<String> = values.iter().map(|value| self.value(value).text()).collect();
                if values.is_empty() {
                    texts.push(self.record.clone());
                }
                out.extend(texts.join(&self.get("OFS").text()).bytes());
                out.extend(self.get("ORS").text().bytes());
            }
            Statement::Printf(values) => {
                let values: Vec<Value> = values.iter().map(|value| self.value(value)).collect();
                if let Some((format, values)) = values.split_first() {
                    out.extend(format::printf(&format.text(), values).bytes());
                }
            }
            Statement::If(condition, yes, no) => {
                let holds = self.value(condition).truth();
                return self.run(if holds { yes } else { no }, out);
            }
            Statement::Loop(condition, body, after, body_first) => {
                let mut first = *body_first;
                while first || condition.as_ref().is_none_or(|condition| self.value(condition).truth()) {
                    first = false;
                    self.steps += 1;
                    match self.run(body, out) {
                        End::Break => break,
                        End::On | End::Continue if self.steps <= STEPS => {}
                        End::On | End::Continue => return End::Exit(2),
                        end => return end,
                    }
                    if let Some(after) = after {
                        self.statement(after, out);
                    }
                }
            }
            Statement::ForIn(key, array, body) => {
                let keys: Vec<String> = self.array(array).iter().map(|(key, _)| key.clone()).collect();
                for name in keys {
                    self.set(key, Value::input(name));
                    match self.run(body, out) {
                        End::Break => break,
                        End::On | End::Continue => {}
                        end => return end,
                    }
                }
            }
            Statement::Delete(array, key) => match key {
                Some(key) => {
                    let key = self.value(key).text();
                    self.array(array).retain(|(own, _)| *own != key);
                }
                None => self.array(array).clear(),
            },
            Statement::Block(statements) => return self.run(statements, out),
            Statement::Next => return End::Next,
            Statement::Break => return End::Break,
            Statement::Continue => return End::Continue,
            Statement::Exit(code) => {
                let code = code.as_ref().map_or(0.0, |code| self.value(code).number());
                return End::Exit(code as i32 & 255);
            }
        }
        End::On
    }

    fn array(&mut self, name: &str) -> &mut Vec<(String, Value)> {
        let at = self.arrays.iter().position(|(own, _)| own == name).unwrap_or_else(|| {
            self.arrays.push((name.to_owned(), Vec::new()));
            self.arrays.len() - 1
        });
        &mut self.arrays[at].1
    }

    fn read(&mut self, place: &Place) -> Value {
        match place {
            Place::Variable(name) => self.get(name),
            Place::Field(index) => {
                let index = self.value(index).number().max(0.0) as usize;
                let text = match index {
                    0 => Some(&self.record),
                    index => self.fields.get(index - 1),
                };
                text.map_or(Value::Nothing, |text| Value::input(text.clone()))
            }
            Place::Element(array, keys) => {
                let key = self.key(keys);
                self.element(array, &key).clone()
            }
        }
    }

    fn key(&mut self, keys: &[Expression]) -> String {
        let texts: Vec<String> = keys.iter().map(|key| self.value(key).text()).collect();
        texts.join(&self.get("SUBSEP").text())
    }

    /// An element, which is there once it has been asked for.
    fn element(&mut self, array: &str, key: &str) -> &mut Value {
        let found = self.array(array).iter().position(|(own, _)| own == key);
        let at = found.unwrap_or_else(|| {
            self.held += key.len() + 64;
            let array = self.array(array);
            array.push((key.to_owned(), Value::Nothing));
            array.len() - 1
        });
        &mut self.array(array)[at].1
    }

    fn write(&mut self, place: &Place, value: Value) {
        match place {
            Place::Variable(name) => self.set(name, value),
            Place::Field(index) => match self.value(index).number().max(0.0) as usize {
                0 => self.whole(value.text()),
                index => {
                    let index = index.min(10_000);
                    if self.fields.len() < index {
                        self.fields.resize(index, String::new());
                    }
                    self.fields[index - 1] = value.text();
                    self.join();
                }
            },
            Place::Element(array, keys) => {
                let key = self.key(keys);
                *self.element(array, &key) = value;
            }
        }
    }

    pub(super) fn value(&mut self, expression: &Expression) -> Value {
        let truth = |holds: bool| Value::Number(f64::from(u8::from(holds)));
        match expression {
            Expression::Number(n) => Value::Number(*n),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Regex(regex) => truth(regex.find(self.record.as_bytes(), 0).is_some()),
            Expression::Place(place) => self.read(place),
            Expression::Assign(place, operator, value) => {
                let mut value = self.value(value);
                if *operator != ' ' {
                    let old = self.read(place).number();
                    value = Value::Number(arithmetic(*operator, old, value.number()));
                }
                self.write(place, value.clone());
                value
            }
            Expression::Step(place, step, old_is_result) => {
                let old = self.read(place).number();
                self.write(place, Value::Number(old + step));
                Value::Number(if *old_is_result { old } else { old + step })
            }
            Expression::Unary('!', value) => truth(!self.value(value).truth()),
            Expression::Unary('-', value) => Value::Number(-self.value(value).number()),
            Expression::Unary(_, value) => Value::Number(self.value(value).number()),
            Expression::Choice(condition, yes, no) => {
                let chosen = if self.value(condition).truth() { yes } else { no };
                self.value(chosen)
            }
            Expression::In(key, array) => {
                let key = self.value(key).text();
                truth(self.array(array).iter().any(|(own, _)| *own == key))
            }
            Expression::Binary("&&", a, b) => truth(self.value(a).truth() && self.value(b).truth()),
            Expression::Binary("||", a, b) => truth(self.value(a).truth() || self.value(b).truth()),
            Expression::Binary(sign @ ("~" | "!~"), a, b) => {
                let text = self.value(a).text();
                let found = self.regex(b).is_some_and(|regex| regex.find(text.as_bytes(), 0).is_some());
                truth(found == (*sign == "~"))
            }
            Expression::Binary(sign, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                match *sign {
                    " " => Value::Text(a.text() + &b.text()),
                    "+" | "-" | "*" | "/" | "%" | "^" => {
                        let operator = sign.chars().next().unwrap_or('+');
                        Value::Number(arithmetic(operator, a.number(), b.number()))
                    }
                    sign => {
                        let order = match (&a, &b) {
                            // Texts are compared as texts as soon as one side is one.
                            (Value::Text(_), _) | (_, Value::Text(_)) => Some(a.text().cmp(&b.text())),
                            _ => a.number().partial_cmp(&b.number()),
                        };
                        truth(order.is_some_and(|order| match sign {
                            "<" => order.is_lt(),
                            "<=" => order.is_le(),
                            ">" => order.is_gt(),
                            ">=" => order.is_ge(),
                            "==" => order.is_eq(),
                            _ => order.is_ne(),
                        }))
                    }
                }
            }
            Expression::Call(name, arguments) => self.call(name, arguments),
        }
    }

    /// An expression where a regular one is wanted: as it stands, or what its text is.
    fn regex(&mut self, expression: &Expression) -> Option<Regex> {
        match expression {
            Expression::Regex(regex) => Some(regex.clone()),
            other => Regex::new(self.value(other).text().as_bytes(), true, false).ok(),
        }
    }

    fn call(&mut self, name: &str, arguments: &[Expression]) -> Value {
        if let ("length", [Expression::Place(Place::Variable(array))]) = (name, arguments)
            && self.arrays.iter().any(|(own, _)| own == array)
        {
            return Value::Number(self.array(array).len() as f64);
        }
        match (name, arguments) {
            ("split", [text, Expression::Place(Place::Variable(array)), rest @ ..]) => {
                let text = self.value(text).text();
                let separator = match rest.first() {
                    Some(Expression::Regex(regex)) => return self.split_by(&text, array, &regex.clone()),
                    Some(other) => self.value(other).text(),
                    None => self.get("FS").text(),
                };
                return self.fill(array, split(&text, &separator));
            }
            ("sub" | "gsub", [pattern, with, rest @ ..]) => {
                let Some(regex) = self.regex(pattern) else { return Value::Number(0.0) };
                let with = self.value(with).text();
                let record = Place::Field(Box::new(Expression::Number(0.0)));
                let place = match rest.first() {
                    Some(Expression::Place(place)) => place.clone(),
                    _ => record,
                };
                let text = self.read(&place).text();
                let (new, count) = replaced(&text, &regex, &with, name == "gsub");
                if count > 0 {
                    self.write(&place, Value::Text(new));
                }
                return Value::Number(count as f64);
            }
            ("match", [text, pattern]) => {
                let text = self.value(text).text();
                let found = self.regex(pattern).and_then(|regex| regex.find(text.as_bytes(), 0));
                let (start, length) = found.map_or((0.0, -1.0), |found| {
                    (found.start as f64 + 1.0, (found.end - found.start) as f64)
                });
                self.set("RSTART", Value::Number(start));
                self.set("RLENGTH", Value::Number(length));
                return Value::Number(start);
            }
            _ => {}
        }
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
        let text = |at: usize| values.get(at).map_or(String::new(), Value::text);
        let number = |at: usize| values.get(at).map_or(0.0, Value::number);
        match name {
            "length" if values.is_empty() => Value::Number(self.record.chars().count() as f64),
            "length" => Value::Number(text(0).chars().count() as f64),
            "substr" => {
                let from = number(1).round().max(1.0);
                let end = if values.len() > 2 { number(1).round() + number(2).round() } else { f64::MAX };
                let most = (end - from).max(0.0);
                let chars = text(0);
                let taken = chars.chars().skip(from as usize - 1).take(most as usize);
                Value::Text(taken.collect())
            }
            "index" => {
                let text = text(0);
                let found = text.find(&values.get(1).map_or(String::new(), Value::text));
                Value::Number(found.map_or(0.0, |at| text[..at].chars().count() as f64 + 1.0))
            }
            "sprintf" => Value::Text(format::printf(&text(0), values.get(1..).unwrap_or_default())),
            "toupper" => Value::Text(text(0).to_uppercase()),
            "tolower" => Value::Text(text(0).to_lowercase()),
            "int" => Value::Number(number(0).trunc()),
            "sqrt" => Value::Number(number(0).sqrt()),
            _ => Value::Number(0.0),
        }
    }

    fn fill(&mut self, array: &str, parts: Vec<String>) -> Value {
        let count = parts.len();
        let named = parts.into_iter().enumerate().map(|(i, part)| ((i + 1).to_string(), Value::input(part)));
        *self.array(array) = named.collect();
        Value::Number(count as f64)
    }

    fn split_by(&mut self, text: &str, array: &str, regex: &Regex) -> Value {
        self.fill(array, pieces(text, regex))
    }
}

fn arithmetic(operator: char, a: f64, b: f64) -> f64 {
    match operator {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => a / b,
        '%' => a % b,
        _ => a.powf(b),
    }
}
