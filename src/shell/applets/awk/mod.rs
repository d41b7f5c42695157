//! `awk`: patterns and actions over records and fields (POSIX), as one-liners use them. Left out: functions of one's own,
//! `getline`, and output to files and commands.

mod eval;
mod format;
mod parse;
mod text;
mod tokens;

use std::sync::Arc;

use super::filter::{Complaint, Reader, start};
use super::lines::copy;
use super::regex::Regex;
use super::{Call, Outcome};
use eval::{End, Machine, Value};

/// A pattern and what is done where it holds.
#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    /// Without a body the record is printed.
    body: Option<Vec<Statement>>,
}

#[derive(Debug, Clone)]
enum Pattern {
    Begin,
    End,
    Always,
    When(Expression),
    /// From one to another.
    Range(Expression, Expression),
}

#[derive(Debug, Clone)]
enum Statement {
    Expression(Expression),
    Print(Vec<Expression>),
    Printf(Vec<Expression>),
    If(Expression, Vec<Statement>, Vec<Statement>),
    /// Condition, body, what is done after each time round; whether the body comes first.
    Loop(Option<Expression>, Vec<Statement>, Option<Box<Statement>>, bool),
    ForIn(String, String, Vec<Statement>),
    Delete(String, Option<Expression>),
    Block(Vec<Statement>),
    Next,
    Exit(Option<Expression>),
    Break,
    Continue,
}

#[derive(Debug, Clone)]
enum Expression {
    Number(f64),
    Text(String),
    /// Alone it is matched with the record.
    Regex(Regex),
    Place(Place),
    /// Place, operator (`""` or one of `+-*/%^`), value.
    Assign(Place, char, Box<Expression>),
    /// Place, by how much, whether the old value is the result.
    Step(Place, f64, bool),
    Unary(char, Box<Expression>),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
    In(Box<Expression>, String),
    Call(&'static str, Vec<Expression>),
}

/// What can be assigned to.
#[derive(Debug, Clone)]
enum Place {
    Variable(String),
    Field(Box<Expression>),
    Element(String, Vec<Expression>),
}

#[derive(Debug, Clone)]
struct Awk {
    rules: Arc<Vec<Rule>>,
    /// Ranges that are open.
    open: Vec<bool>,
    machine: Machine,
    begun: bool,
    over: Option<i32>,
}

impl Awk {
    /// Runs the rules of one kind; false: the program has ended.
    fn run(&mut self, which: fn(&Pattern) -> bool, out: &mut Vec<u8>) -> bool {
        for (index, rule) in self.rules.clone().iter().enumerate().filter(|(_, rule)| which(&rule.pattern)) {
            let holds = match &rule.pattern {
                Pattern::When(condition) => self.machine.value(condition).truth(),
                Pattern::Range(from, to) => {
                    let hit = self.open[index] || self.machine.value(from).truth();
                    self.open[index] = hit && !self.machine.value(to).truth();
                    hit
                }
                _ => true,
            };
            if !holds {
                continue;
            }
            let end = match &rule.body {
                Some(body) => self.machine.run(body, out),
                None => self.machine.run(&[Statement::Print(Vec::new())], out),
            };
            match end {
                End::Next => return true,
                End::Exit(code) => {
                    self.over = Some(code);
                    return false;
                }
                _ => {}
            }
        }
        true
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> bool {
        if !self.begun {
            self.begun = true;
            self.run(|pattern| matches!(pattern, Pattern::Begin), out);
        }
        self.over.is_none()
    }
}

impl Reader for Awk {
    fn file(&mut self, name: &str, out: &mut Vec<u8>) {
        if self.begin(out) {
            self.machine.open(name);
        }
    }

    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        if self.over.is_some() {
            return false;
        }
        self.machine.record(line);
        self.run(|pattern| !matches!(pattern, Pattern::Begin | Pattern::End), out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        self.begin(out);
        let code = self.over.take();
        self.run(|pattern| matches!(pattern, Pattern::End), out);
        self.over.or(code).unwrap_or(self.machine.fault())
    }

    fn measure(&self) -> usize {
        self.machine.measure()
    }

    copy!();
}

pub(super) fn awk(call: &mut Call) -> Outcome {
    let mut machine = Machine::default();
    let (mut program, mut files) = (None::<String>, Vec::new());
    let words = call.strings();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next_if(|word| word.len() > 1 && word.starts_with('-')) {
        if word == "--" {
            break;
        }
        let (letter, rest) = word[1..].split_at(1);
        let value = if rest.is_empty() { words.next().unwrap_or_default() } else { rest.to_owned() };
        match letter {
            "F" => machine.set("FS", Value::Text(tokens::unescaped(&value))),
            "v" => match value.split_once('=') {
                Some((name, value)) => machine.set(name, Value::input(tokens::unescaped(value))),
                None => return call.fail(&format!("invalid -v argument: {value}")),
            },
            "f" => match call.cx.view().read(call.task.cwd.as_ref(), &value) {
                Ok(bytes) => program = Some(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) => {
                    call.err(&format!("couldn't open file {value}: {}", error.text()));
                    return Outcome::Done(2);
                }
            },
            _ => {
                call.err(&format!("not an option: {word}"));
                return Outcome::Done(2);
            }
        }
    }
    let Some(program) = program.or_else(|| words.next()) else {
        call.task.write(2, "Usage: awk [-F fs][-v var=value]['prog' | -f progfile][file ...]\n");
        return Outcome::Done(2);
    };
    for word in words {
        match word.split_once('=') {
            Some((name, value)) if tokens::is_name(name) => {
                machine.set(name, Value::input(tokens::unescaped(value)));
            }
            _ => files.push(word),
        }
    }
    let rules = match parse::parse(&program) {
        Ok(rules) => rules,
        Err(why) => {
            call.err(&why);
            return Outcome::Done(2);
        }
    };
    let open = vec![false; rules.len()];
    let mut awk = Awk { rules: Arc::new(rules), open, machine, begun: false, over: None };
    if awk.rules.iter().all(|rule| matches!(rule.pattern, Pattern::Begin)) {
        // Nothing is read where only the beginning does something.
        let mut out = Vec::new();
        awk.begin(&mut out);
        call.cx.charge(out.len());
        call.task.write(1, out);
        return Outcome::Done(awk.over.unwrap_or(awk.machine.fault()));
    }
    start(call, &files, Box::new(awk), Complaint::Plain)
}
