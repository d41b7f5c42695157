//! Running a template over a tree.

use super::{Command, Control, Named, Node, Operand, Pipeline, functions};
use crate::json::Json;
use crate::kubectl::printers::go_value;

/// What a list of nodes ended with.
#[derive(PartialEq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct Run<'a> {
    named: &'a Named,
    /// How many templates are being run within each other.
    depth: usize,
    variables: Vec<(String, Json)>,
    strict: bool,
    out: String,
}

/// What it printed, and whether it came to its end.
pub(super) fn run(nodes: &[Node], named: &Named, root: &Json, strict: bool) -> (String, Result<(), String>) {
    let variables = vec![("$".into(), root.clone())];
    let mut run = Run { named, depth: 0, variables, strict, out: String::new() };
    let result = run.nodes(nodes, root).map(|_| ());
    (run.out, result)
}

/// Go's truth: not zero, not empty.
pub(super) fn truth(value: &Json) -> bool {
    match value {
        Json::Bool(b) => *b,
        Json::Int(i) => *i != 0,
        Json::Float(f) => *f != 0.0,
        other => !other.is_empty(),
    }
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: &Json) -> Result<Flow, String> {
        for node in nodes {
            let flow = match node {
                Node::Text(text) => {
                    self.out.push_str(text);
                    Flow::On
                }
                Node::Action(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        self.out.push_str(&shown(&value));
                    } else {
                        self.set(pipeline, value);
                    }
                    Flow::On
                }
                Node::Control { kind, pipeline, body, otherwise } => {
                    let scope = self.variables.len();
                    let flow = self.control(*kind, pipeline, body, otherwise, dot);
                    self.variables.truncate(scope);
                    flow?
                }
                Node::Template { name, pipeline, place } => {
                    let value = match pipeline {
                        Some(pipeline) => self.pipeline(pipeline, dot)?,
                        None => Json::Null,
                    };
                    self.template(name, value)
                        .map_err(|why| why.unwrap_or_else(|why| at(Some(place), &why)))?;
                    Flow::On
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    /// Runs a named template, which sees no variables but its own `$`. An `Err(Err(…))` has no place yet.
    fn template(&mut self, name: &str, value: Json) -> Result<(), Result<String, String>> {
        /// As deep as templates go within each other; one that calls itself would never end.
        const DEPTH: usize = 100;
        let Some((_, nodes)) = self.named.iter().rev().find(|(known, _)| known == name) else {
            return Err(Err(format!("template {name:?} not defined")));
        };
        if self.depth == DEPTH {
            return Err(Err(format!("exceeded maximum template depth ({DEPTH})")));
        }
        self.depth += 1;
        let outer = std::mem::replace(&mut self.variables, vec![("$".into(), value.clone())]);
        let result = self.nodes(nodes, &value);
        self.variables = outer;
        self.depth -= 1;
        result.map(|_| ()).map_err(Ok)
    }

    fn control(
        &mut self,
        kind: Control,
        pipeline: &Pipeline,
        body: &[Node],
        otherwise: &[Node],
        dot: &Json,
    ) -> Result<Flow, String> {
        let value = self.pipeline(pipeline, dot)?;
        if kind == Control::Range {
            return self.range(pipeline, &value, body, otherwise, dot);
        }
        let holds = truth(&value);
        if !pipeline.variables.is_empty() {
            self.set(pipeline, value.clone());
        }
        match (holds, kind) {
            (false, _) => self.nodes(otherwise, dot),
            (true, Control::With) => self.nodes(body, &value),
            (true, _) => self.nodes(body, dot),
        }
    }

    fn range(
        &mut self,
        pipeline: &Pipeline,
        value: &Json,
        body: &[Node],
        otherwise: &[Node],
        dot: &Json,
    ) -> Result<Flow, String> {
        let items: Vec<(Json, Json)> = match value {
            Json::Array(items) => items.iter().enumerate().map(|(i, v)| (i.into(), v.clone())).collect(),
            Json::Object(o) => o.entries().iter().map(|(k, v)| (k.into(), v.clone())).collect(),
            Json::Int(n) => (0..*n).map(|i| (Json::Int(i), Json::Int(i))).collect(),
            Json::Null => Vec::new(),
            other => {
                return Err(at(
                    pipeline.commands.first(),
                    &format!("range can't iterate over {}", shown(other)),
                ));
            }
        };
        if items.is_empty() {
            return self.nodes(otherwise, dot);
        }
        let scope = self.variables.len();
        for (key, item) in items {
            self.variables.truncate(scope);
            let values =
                if pipeline.variables.len() == 2 { vec![key, item.clone()] } else { vec![item.clone()] };
            for (name, value) in pipeline.variables.iter().zip(values) {
                self.put(name, value, pipeline.assigns);
            }
            if self.nodes(body, &item)? == Flow::Break {
                break;
            }
        }
        Ok(Flow::On)
    }

    fn set(&mut self, pipeline: &Pipeline, value: Json) {
        for name in &pipeline.variables {
            self.put(name, value.clone(), pipeline.assigns);
        }
    }

    fn put(&mut self, name: &str, value: Json, assigns: bool) {
        let known = self.variables.iter_mut().rev().find(|(n, _)| n == name).filter(|_| assigns);
        match known {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.into(), value)),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Json) -> Result<Json, String> {
        let mut last = None;
        for command in &pipeline.commands {
            last = Some(self.command(command, dot, last)?);
        }
        Ok(last.unwrap_or_default())
    }

    fn command(&mut self, command: &Command, dot: &Json, last: Option<Json>) -> Result<Json, String> {
        let located = |why: String| at(Some(command), &why);
        let (first, arguments) =
            command.words.split_first().ok_or_else(|| located("missing value".into()))?;
        let Operand::Function(name) = first else {
            if !arguments.is_empty() || last.is_some() {
                let shown = command.source.split(' ').next().unwrap_or_default();
                let place = Command { source: shown.into(), ..command.clone() };
                return Err(at(Some(&place), &format!("can't give argument to non-function {shown}")));
            }
            return self.operand(first, dot, command);
        };
        let mut values = Vec::new();
        for argument in arguments {
            // `and` and `or` stop as soon as they know.
            if let (Some(value), "and" | "or") = (values.last(), name.as_str())
                && truth(value) == (name == "or")
            {
                return Ok(values.pop().unwrap_or_default());
            }
            values.push(self.operand(argument, dot, command)?);
        }
        values.extend(last);
        functions::call(name, &values).map_err(|why| match why.ends_with(functions::INCOMPATIBLE) {
            true => located(format!("{why}: {}", incompatible(arguments, &values))),
            false => located(why),
        })
    }

    fn operand(&mut self, operand: &Operand, dot: &Json, command: &Command) -> Result<Json, String> {
        match operand {
            Operand::Literal(value) => Ok(value.clone()),
            Operand::Field(path) => self.fields(dot.clone(), path, command),
            Operand::Variable(name, path) => {
                let found = self.variables.iter().rev().find(|(n, _)| n == name);
                let value = found.map(|(_, value)| value.clone()).unwrap_or_default();
                self.fields(value, path, command)
            }
            Operand::Nested(pipeline, path) => {
                let value = self.pipeline(pipeline, dot)?;
                self.fields(value, path, command)
            }
            Operand::Function(name) => functions::call(name, &[]).map_err(|why| at(Some(command), &why)),
        }
    }

    fn fields(&self, mut value: Json, path: &[String], command: &Command) -> Result<Json, String> {
        for name in path {
            value = match &value {
                Json::Object(o) => match o.get(name) {
                    Some(field) => field.clone(),
                    None if self.strict => {
                        return Err(at(Some(command), &format!("map has no entry for key {name:?}")));
                    }
                    None => Json::Null,
                },
                Json::Null if self.strict => {
                    return Err(at(Some(command), &format!("nil data; no entry for key {name:?}")));
                }
                Json::Null => Json::Null,
                _ => {
                    let why = format!("can't evaluate field {name} in type interface {{}}");
                    return Err(at(Some(command), &why));
                }
            };
        }
        Ok(value)
    }
}

fn at(command: Option<&Command>, why: &str) -> String {
    let Some(Command { line, column, source, .. }) = command else { return why.into() };
    format!("template: output:{line}:{column}: executing \"output\" at <{source}>: {why}")
}

/// A value as a template prints it.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::Null => "<no value>".into(),
        other => go_value(other),
    }
}

/// The types of the first value and of the first that cannot be compared with it: an object's numbers are `int64`, those of a
/// template `int`.
fn incompatible(operands: &[Operand], values: &[Json]) -> String {
    let type_of = |i: usize| match operands.get(i) {
        Some(Operand::Literal(Json::Int(_))) => "int",
        _ => functions::go_type(&values[i]),
    };
    let kind = |i: usize| functions::go_type(&values[i]);
    let other = (1..values.len()).find(|i| kind(*i) != kind(0)).unwrap_or(0);
    format!("{} and {}", type_of(0), type_of(other))
}
