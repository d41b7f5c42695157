//! The YAML parser's events → a tree with places.

use super::place::{Entry, Place, Places};
use super::{Document, Error, problem, scalar};
use crate::collections::Map;
use crate::json::{Json, Object, Step, Str};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

/// How deep a document may nest: every reader and printer of a tree recurses.
const MAX_DEPTH: usize = 200;

/// A node, and what it costs once its aliases are followed.
#[derive(Clone)]
struct Node {
    value: Json,
    /// How many nodes it expands to.
    size: u64,
    /// How deep it nests.
    depth: usize,
}

/// A collection that is still open.
struct Frame {
    /// It stands where a key should.
    is_key: bool,
    kind: Kind,
    anchor: usize,
    key_place: Place,
    start: Marker,
    size: u64,
    depth: usize,
}

enum Kind {
    Sequence(Vec<Json>),
    Mapping { fields: Object, key: Option<(Key, Place)> },
}

enum Key {
    Field(Str),
    /// `<<`
    Merge,
}

struct Loader<'a> {
    text: &'a str,
    stack: Vec<Frame>,
    path: Vec<Step>,
    anchors: Map<usize, Node>,
    places: Vec<Entry>,
    /// What the counters of go-yaml's guard against alias bombs count.
    decoded: u64,
    aliased: u64,
    root: Option<Json>,
    origin: (usize, usize),
    line_starts: Vec<usize>,
}

/// Reads the first document of a chunk that begins at a line and a byte of the whole text.
pub(super) fn document(text: &str, line: usize, byte: usize) -> Result<Document, Error> {
    let starts = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
    let mut loader = Loader {
        text,
        stack: Vec::new(),
        path: Vec::new(),
        anchors: Map::new(),
        places: Vec::new(),
        decoded: 0,
        aliased: 0,
        root: None,
        origin: (line, byte),
        line_starts: std::iter::once(0).chain(starts).collect(),
    };
    let mut parser = Parser::new_from_str(text);
    while loader.root.is_none() {
        match parser.next_event() {
            None => break,
            Some(Ok((Event::StreamEnd | Event::DocumentEnd, _))) => break,
            Some(Ok((event, span))) => loader.event(event, span)?,
            Some(Err(fault)) => {
                let message = problem::message(text, &fault);
                return Err(loader.error(*fault.marker(), message));
            }
        }
    }
    // What follows the first document in the chunk is not read, but the first must end where it seems to end.
    if let Some(Err(fault)) = parser.next_event() {
        let message = problem::message(text, &fault);
        return Err(loader.error(*fault.marker(), message));
    }
    Ok(Document { value: loader.root.unwrap_or_default(), places: Places { entries: loader.places } })
}

impl Loader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if self.at_key() {
                    return self.key(scalar_value(&text, style, tag.as_deref(), true), &text, style, span);
                }
                let value = scalar_value(&text, style, tag.as_deref(), false);
                if let Json::Float(v) = value
                    && !v.is_finite()
                {
                    let shown = if v.is_nan() {
                        "NaN"
                    } else if v > 0.0 {
                        "+Inf"
                    } else {
                        "-Inf"
                    };
                    return Err(self.error(span.start, format!("json: unsupported value: {shown}")));
                }
                let node = Node { value, size: 1, depth: 1 };
                self.finish(node, anchor, self.place(span), span.start)
            }
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    let name = problem::alias_name(self.text, span.start);
                    let message = format!("yaml: anchor '{name}' value contains itself");
                    return Err(self.error(span.start, message));
                };
                self.aliased += node.size;
                if self.at_key() {
                    return match &node.value {
                        Json::Str(text) => {
                            self.key(Json::Str(text.clone()), text, ScalarStyle::DoubleQuoted, span)
                        }
                        _ => Err(self.error(span.start, "yaml: invalid map key".into())),
                    };
                }
                let node = Node { size: node.size + 1, ..node };
                self.finish(node, 0, self.place(span), span.start)?;
                self.check_aliases(span.start)
            }
            Event::SequenceStart(anchor, _) => self.open(Kind::Sequence(Vec::new()), anchor, span),
            Event::MappingStart(anchor, _) => {
                self.open(Kind::Mapping { fields: Object::new(), key: None }, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => Ok(()),
        }
    }

    fn at_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { kind: Kind::Mapping { key: None, .. }, .. }))
    }

    fn key(&mut self, value: Json, text: &str, style: ScalarStyle, span: Span) -> Result<(), Error> {
        let place = self.place(span);
        // A key of several lines is one to saphyr, to go-yaml only behind a question mark.
        let marked = || {
            let start = self.line_starts.get(span.start.line() - 1).copied().unwrap_or(0);
            let line = self.text.get(start..).and_then(|rest| rest.lines().next());
            line.is_some_and(|line| line.contains("? "))
        };
        if span.start.line() != span.end.line() && !marked() {
            let line = span.end.line() - 1;
            let message = format!("yaml: line {line}: did not find expected ',' or '}}'");
            return Err(self.error(span.start, message));
        }
        let key = match value {
            Json::Str(_) if text == "<<" && style == ScalarStyle::Plain => Key::Merge,
            Json::Str(s) => Key::Field(s),
            Json::Null => {
                let message = "unsupported map key of type: %!s(<nil>), key: <nil>".into();
                return Err(self.error(span.start, message));
            }
            other => Key::Field(other.to_string().into()),
        };
        if let Key::Field(name) = &key {
            self.path.push(Step::Field(name.clone()));
        } else {
            self.path.push(Step::Field("<<".into()));
        }
        if let Some(Frame { kind: Kind::Mapping { key: slot, .. }, .. }) = self.stack.last_mut() {
            *slot = Some((key, place));
        }
        Ok(())
    }

    fn open(&mut self, kind: Kind, anchor: usize, span: Span) -> Result<(), Error> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.error(span.start, self.too_deep(span.start)));
        }
        let key_place = self.element_place(span);
        let is_key = self.at_key();
        self.stack.push(Frame { is_key, kind, anchor, key_place, start: span.start, size: 1, depth: 0 });
        self.place_ahead(span);
        Ok(())
    }

    /// Notes a collection's place before its fields', so that places stand in the order of the text.
    fn place_ahead(&mut self, span: Span) {
        let Some(frame) = self.stack.last() else { return };
        let key = frame.key_place;
        self.places.push(Entry { path: self.path.clone(), key, value: self.place(span) });
        if let Some(Frame { kind: Kind::Sequence(_), .. }) = self.stack.last() {
            self.path.push(Step::Index(0));
        }
    }

    fn close(&mut self, span: Span) -> Result<(), Error> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.kind {
            Kind::Sequence(items) => {
                self.path.pop();
                Json::from(items)
            }
            Kind::Mapping { fields, .. } => Json::Object(fields),
        };
        if frame.is_key {
            // JSON has no such keys. This is what `{{ .Values.x }}` leads to.
            return Err(
                self.error(frame.start, format!("yaml: invalid map key: {}", problem::go_syntax(&value)))
            );
        }
        let path = self.path.clone();
        let end = self.place(Span::new(frame.start, span.end));
        if let Some(entry) = self.places.iter_mut().rev().find(|e| e.path == path) {
            entry.value = end;
        }
        let node = Node { value, size: frame.size, depth: frame.depth + 1 };
        self.put(node, frame.anchor, span.start)
    }

    /// A scalar or an alias stands here.
    fn finish(&mut self, node: Node, anchor: usize, place: Place, mark: Marker) -> Result<(), Error> {
        let key = match self.stack.last() {
            Some(Frame { kind: Kind::Mapping { key: Some((_, key)), .. }, .. }) => *key,
            _ => place,
        };
        self.places.push(Entry { path: self.path.clone(), key, value: place });
        self.decoded += node.size;
        self.put(node, anchor, mark)
    }

    /// Puts a finished node into the collection around it.
    fn put(&mut self, node: Node, anchor: usize, mark: Marker) -> Result<(), Error> {
        if self.stack.len() + node.depth > MAX_DEPTH {
            return Err(self.error(mark, self.too_deep(mark)));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node.value);
            return Ok(());
        };
        frame.size += node.size;
        frame.depth = frame.depth.max(node.depth);
        match &mut frame.kind {
            Kind::Sequence(items) => {
                items.push(node.value);
                let next = items.len();
                if let Some(step) = self.path.last_mut() {
                    *step = Step::Index(next);
                }
                Ok(())
            }
            Kind::Mapping { fields, key } => {
                let taken = key.take();
                self.path.pop();
                match taken {
                    Some((Key::Field(name), _)) => fields.insert(name, node.value),
                    Some((Key::Merge, _)) if !merge(fields, &node.value) => {
                        let message = "yaml: map merge requires map or sequence of maps as the value".into();
                        return Err(self.error(mark, message));
                    }
                    Some((Key::Merge, _)) | None => {}
                }
                Ok(())
            }
        }
    }

    /// go-yaml's guard: the more a document decodes to, the smaller the share that may come from aliases.
    fn check_aliases(&self, mark: Marker) -> Result<(), Error> {
        const LOW: f64 = 400_000.0;
        const HIGH: f64 = 4_000_000.0;
        let (decoded, aliased) = (self.decoded as f64, self.aliased as f64);
        let allowed = match decoded {
            d if d <= LOW => 0.99,
            d if d >= HIGH => 0.10,
            d => 0.99 - 0.89 * ((d - LOW) / (HIGH - LOW)),
        };
        if aliased > 100.0 && decoded > 1000.0 && aliased / decoded > allowed {
            return Err(self.error(mark, "yaml: document contains excessive aliasing".into()));
        }
        Ok(())
    }

    fn too_deep(&self, mark: Marker) -> String {
        format!("yaml: line {}: exceeded max depth of {MAX_DEPTH}", mark.line())
    }

    fn element_place(&self, span: Span) -> Place {
        match self.stack.last() {
            Some(Frame { kind: Kind::Mapping { key: Some((_, key)), .. }, .. }) => *key,
            _ => self.place(span),
        }
    }

    fn place(&self, span: Span) -> Place {
        let (line, byte) = self.origin;
        let start = self.line_starts.get(span.start.line().saturating_sub(1)).copied().unwrap_or(0);
        Place {
            line: line + span.start.line(),
            column: span.start.col() + 1,
            end_line: line + span.end.line(),
            end_column: span.end.col() + 1,
            byte: byte + start + span.start.col(),
        }
    }

    fn error(&self, mark: Marker, message: String) -> Error {
        let mut place = self.place(Span::empty(mark));
        place.end_column += 1;
        // go-yaml may name an earlier line than the one where it noticed: the place then begins in that line.
        if let Some(told) = problem::told_line(&message).filter(|told| told + self.origin.0 < place.line) {
            let text = self.text.lines().nth(told - 1).unwrap_or("");
            let indent = text.chars().take_while(|c| *c == ' ').count();
            place.line = told + self.origin.0;
            place.column = indent + 1;
            place.byte = self.origin.1 + self.line_starts.get(told - 1).copied().unwrap_or(0) + indent;
            if mark.line() > self.text.lines().count() {
                (place.end_line, place.end_column) = (place.line, text.chars().count() + 1);
            }
        }
        Error { message: format!("error converting YAML to JSON: {message}"), place }
    }
}

/// `<<`: the fields of a map, or of maps of which the earlier win.
fn merge(fields: &mut Object, value: &Json) -> bool {
    match value {
        Json::Object(o) => {
            o.entries().iter().for_each(|(k, v)| fields.insert(k.clone(), v.clone()));
            true
        }
        Json::Array(items) => {
            items.iter().rev().all(|item| matches!(item, Json::Object(_)) && merge(fields, item))
        }
        _ => false,
    }
}

fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>, key: bool) -> Json {
    let string = || Json::Str(text.into());
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
            "int" | "float" | "bool" | "null" => scalar::resolve(text),
            _ => string(),
        },
        _ if style == ScalarStyle::Plain && !(key && text == "<<") => scalar::resolve(text),
        _ => string(),
    }
}
