//! From a template's text to its nodes.

use super::{Command, Control, Named, Node, Operand, Pipeline, functions};
use crate::json::{Json, parse as json_parse};

/// A line, and what is wrong there.
type Mistake = (usize, String);

/// Reads a template.
pub(super) fn parse(source: &str) -> Result<(Vec<Node>, Named), Mistake> {
    let mut reader = Reader {
        pieces: pieces(source)?.into_iter().peekable(),
        line: 1,
        variables: vec!["$".into()],
        ranges: 0,
        named: Named::new(),
    };
    let (nodes, end) = reader.nodes()?;
    match end {
        None => Ok((nodes, reader.named)),
        Some(word) => Err((reader.line, format!("unexpected {{{{{word}}}}}"))),
    }
}

/// Text, or the inside of an action.
enum Piece {
    Text(String),
    Action(Vec<Token>),
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    /// Whether a blank stands before it.
    spaced: bool,
    /// The place of its first byte in the source.
    at: usize,
    line: usize,
    column: usize,
}

fn pieces(source: &str) -> Result<Vec<Piece>, Mistake> {
    let mut out = Vec::new();
    let (mut at, mut trim_next) = (0, false);
    while at < source.len() {
        let open = source[at..].find("{{").map(|i| at + i);
        let mut text = &source[at..open.unwrap_or(source.len())];
        if trim_next {
            text = text.trim_start();
        }
        let Some(open) = open else {
            out.push(Piece::Text(text.into()));
            break;
        };
        let mut inside = open + 2;
        if source[inside..].starts_with("- ") {
            text = text.trim_end();
            inside += 1;
        }
        out.push(Piece::Text(text.into()));
        let (tokens, end) = tokens(source, inside)?;
        trim_next = source[..end].ends_with(" -");
        at = end + 2;
        if !tokens.is_empty() {
            out.push(Piece::Action(tokens));
        }
    }
    Ok(out)
}

/// The tokens up to `}}`, and where that stands.
fn tokens(source: &str, start: usize) -> Result<(Vec<Token>, usize), Mistake> {
    let bytes = source.as_bytes();
    let place = |at: usize| {
        let before = &source[..at];
        (before.matches('\n').count() + 1, at - before.rfind('\n').map_or(0, |i| i + 1))
    };
    let mut out: Vec<Token> = Vec::new();
    let mut at = start;
    if let Some(rest) = source[at..].trim_start().strip_prefix("/*") {
        let after = rest.find("*/").ok_or_else(|| (place(at).0, "unclosed comment".to_string()))?;
        let rest = &rest[after + 2..];
        let close = rest.find("}}").ok_or_else(|| (place(at).0, "unclosed action".to_string()))?;
        return Ok((out, source.len() - rest.len() + close));
    }
    loop {
        let from = at;
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        let spaced = at > from;
        let (line, column) = place(at);
        let mistake = |why: &str| Err((line, why.to_string()));
        let Some(&first) = bytes.get(at) else { return mistake("unclosed action") };
        if source[at..].starts_with("}}") {
            return Ok((out, at));
        }
        if spaced && source[at..].starts_with("-}}") {
            return Ok((out, at + 1));
        }
        let begin = at;
        match first {
            b'"' | b'\'' => {
                at += 1;
                while bytes.get(at).is_some_and(|b| *b != first) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                if at > source.len() {
                    return mistake("unterminated quoted string");
                }
            }
            b'`' => match source[at + 1..].find('`') {
                Some(length) => at += length + 2,
                None => return mistake("unterminated raw quoted string"),
            },
            b'(' | b')' | b'|' | b',' | b'=' => at += 1,
            b':' if source[at..].starts_with(":=") => at += 2,
            _ => {
                at += 1;
                while bytes.get(at).is_some_and(|b| !b.is_ascii_whitespace() && !b"()|,=:\"`.}".contains(b)) {
                    at += 1;
                }
                // The dot of a number belongs to it.
                if first.is_ascii_digit() && bytes.get(at) == Some(&b'.') {
                    at += 1;
                    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                        at += 1;
                    }
                }
            }
        }
        let Some(text) = source.get(begin..at) else { return mistake("unexpected character in action") };
        out.push(Token { text: text.into(), spaced, at: begin, line, column });
    }
}

struct Reader {
    pieces: std::iter::Peekable<std::vec::IntoIter<Piece>>,
    line: usize,
    /// Those in scope.
    variables: Vec<String>,
    /// How many ranges it is in.
    ranges: usize,
    named: Named,
}

impl Reader {
    /// Nodes up to an `end` or `else`, which is given back with its remaining tokens as text (`else if`).
    fn nodes(&mut self) -> Result<(Vec<Node>, Option<String>), Mistake> {
        let mut out = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let tokens = match piece {
                Piece::Text(text) => {
                    if !text.is_empty() {
                        out.push(Node::Text(text));
                    }
                    continue;
                }
                Piece::Action(tokens) => tokens,
            };
            self.line = tokens[0].line;
            let kind = match tokens[0].text.as_str() {
                "if" => Control::If,
                "with" => Control::With,
                "range" => Control::Range,
                word @ ("break" | "continue") => {
                    if self.ranges == 0 {
                        return Err((self.line, format!("{{{{{word}}}}} outside {{{{range}}}}")));
                    }
                    out.push(if word == "break" { Node::Break } else { Node::Continue });
                    continue;
                }
                "end" => return Ok((out, Some("end".into()))),
                "else" => {
                    if tokens.len() > 1 {
                        // `else if …` is an `if` in the place of the rest.
                        return Ok((
                            vec![Node::Control {
                                kind: Control::If,
                                pipeline: Pipeline::default(),
                                body: out,
                                otherwise: vec![self.chained(&tokens[1..])?],
                            }],
                            Some("else if".into()),
                        ));
                    }
                    return Ok((out, Some("else".into())));
                }
                word @ ("define" | "template" | "block") => {
                    out.extend(self.template(word, &tokens[1..])?);
                    continue;
                }
                _ => {
                    out.push(Node::Action(self.whole(&tokens)?));
                    continue;
                }
            };
            out.push(self.control(kind, &tokens[1..])?);
        }
        Ok((out, None))
    }

    fn chained(&mut self, tokens: &[Token]) -> Result<Node, Mistake> {
        match tokens[0].text.as_str() {
            "if" => self.control(Control::If, &tokens[1..]),
            "with" => self.control(Control::With, &tokens[1..]),
            other => Err((tokens[0].line, format!("unexpected <{other}> in else"))),
        }
    }

    /// `define "T"`, which is no node, `template "T" PIPELINE`, and `block "T" PIPELINE`, which is both.
    fn template(&mut self, word: &str, tokens: &[Token]) -> Result<Option<Node>, Mistake> {
        let line = self.line;
        let Some((first, rest)) = tokens.split_first() else {
            return Err((line, format!("unexpected \"}}}}\" in {word} clause")));
        };
        let name = match json_parse(&first.text) {
            Ok(Json::Str(name)) => name.as_str().to_owned(),
            _ => return Err((line, format!("unexpected {:?} in {word} clause", first.text))),
        };
        let source = tokens.iter().fold(format!("{{{{{word}"), |text, token| text + " " + &token.text) + "}}";
        let place = Command { words: Vec::new(), line: first.line, column: first.column, source };
        let pipeline = match rest {
            [] if word == "block" => return Err((line, "missing value for block clause".into())),
            [] => None,
            rest => Some(self.whole(rest)?),
        };
        if word != "template" {
            let outer = std::mem::replace(&mut self.variables, vec!["$".into()]);
            let ranges = std::mem::take(&mut self.ranges);
            let (nodes, end) = self.nodes()?;
            (self.variables, self.ranges) = (outer, ranges);
            match end.as_deref() {
                Some("end") => self.named.push((name.clone(), nodes)),
                Some(other) => {
                    return Err((self.line, format!("unexpected {{{{{other}}}}} in {word} clause")));
                }
                None => return Err((self.line, "unexpected EOF".into())),
            }
        }
        Ok((word != "define").then_some(Node::Template { name, pipeline, place }))
    }

    fn control(&mut self, kind: Control, tokens: &[Token]) -> Result<Node, Mistake> {
        let scope = self.variables.len();
        if tokens.is_empty() {
            let word = match kind {
                Control::If => "if",
                Control::With => "with",
                Control::Range => "range",
            };
            return Err((self.line, format!("missing value for {word}")));
        }
        let pipeline = self.whole(tokens)?;
        self.ranges += usize::from(kind == Control::Range);
        let inside = self.nodes();
        self.ranges -= usize::from(kind == Control::Range);
        let (mut body, mut end) = inside?;
        let mut otherwise = Vec::new();
        if end.as_deref() == Some("else if") {
            // The chained control has read up to the common end.
            if let Some(Node::Control { body: b, otherwise: o, .. }) = body.pop() {
                (body, otherwise) = (b, o);
            }
            end = Some("end".into());
        } else if end.as_deref() == Some("else") {
            (otherwise, end) = self.nodes()?;
        }
        self.variables.truncate(scope);
        match end.as_deref() {
            Some("end") => Ok(Node::Control { kind, pipeline, body, otherwise }),
            Some(_) => Err((self.line, "expected end; found {{else}}".into())),
            None => Err((self.line, "unexpected EOF".into())),
        }
    }

    /// A pipeline that is all of an action.
    fn whole(&mut self, tokens: &[Token]) -> Result<Pipeline, Mistake> {
        let mut rest = tokens;
        let pipeline = self.pipeline(&mut rest)?;
        match rest.first() {
            None => Ok(pipeline),
            Some(token) => Err((token.line, format!("unexpected {:?} in operand", token.text))),
        }
    }

    fn pipeline(&mut self, rest: &mut &[Token]) -> Result<Pipeline, Mistake> {
        let mut pipeline = Pipeline::default();
        let texts: Vec<&str> = rest.iter().take(4).map(|t| t.text.as_str()).collect();
        let (names, sign) = match texts.as_slice() {
            [a, sign @ (":=" | "="), ..] if a.starts_with('$') => (vec![*a], *sign),
            [a, ",", b, sign @ (":=" | "=")] if a.starts_with('$') && b.starts_with('$') => {
                (vec![*a, *b], *sign)
            }
            _ => (vec![], ""),
        };
        if !names.is_empty() {
            pipeline.variables = names.iter().map(|n| (*n).to_string()).collect();
            pipeline.assigns = sign == "=";
            *rest = &rest[names.len() * 2..];
            if !pipeline.assigns {
                self.variables.extend(pipeline.variables.iter().cloned());
            }
        }
        loop {
            pipeline.commands.push(self.command(rest)?);
            match rest.first().map(|t| t.text.as_str()) {
                Some("|") => *rest = &rest[1..],
                _ => return Ok(pipeline),
            }
        }
    }

    fn command(&mut self, rest: &mut &[Token]) -> Result<Command, Mistake> {
        let Some(first) = rest.first().cloned() else {
            return Err((self.line, "missing value for command".into()));
        };
        let mut words = Vec::new();
        let mut source = String::new();
        while let Some(token) = rest.first().filter(|t| !matches!(t.text.as_str(), "|" | ")")) {
            let token = token.clone();
            if token.spaced && !source.is_empty() {
                source.push(' ');
            }
            let before = *rest;
            *rest = &rest[1..];
            let mut operand = self.operand(&token, rest)?;
            // Fields that follow at once: `$x.a`, `(…).a`, `.a.b`.
            while let Some(next) = rest.first().filter(|t| !t.spaced && t.text.starts_with('.')) {
                match &mut operand {
                    Operand::Field(path) | Operand::Variable(_, path) | Operand::Nested(_, path) => {
                        path.push(next.text[1..].into());
                    }
                    _ => return Err((next.line, format!("unexpected . after term {:?}", token.text))),
                }
                *rest = &rest[1..];
            }
            source.extend(before[..before.len() - rest.len()].iter().map(|t| t.text.as_str()));
            words.push(operand);
        }
        if words.is_empty() {
            return Err((first.line, "missing value for command".into()));
        }
        // Of a chain Go names the place of its second field.
        let column = match words.as_slice() {
            [Operand::Field(path)] if path.len() > 1 => first.column + path[0].len() + 1,
            _ => first.column,
        };
        debug_assert!(first.at >= first.column);
        Ok(Command { words, line: first.line, column, source })
    }

    fn operand(&mut self, token: &Token, rest: &mut &[Token]) -> Result<Operand, Mistake> {
        let text = token.text.as_str();
        let bad = |why: String| Err((token.line, why));
        Ok(match text.as_bytes()[0] {
            b'(' => {
                let inner = self.pipeline(rest)?;
                match rest.first() {
                    Some(t) if t.text == ")" => *rest = &rest[1..],
                    _ => return bad("unclosed left paren".into()),
                }
                Operand::Nested(inner, Vec::new())
            }
            b'.' if text == "." => Operand::Field(Vec::new()),
            b'.' => Operand::Field(vec![text[1..].into()]),
            b'$' if self.variables.iter().any(|v| v == text) => Operand::Variable(text.into(), Vec::new()),
            b'$' => return bad(format!("undefined variable {text:?}")),
            b'`' => Operand::Literal(text.trim_matches('`').into()),
            b'"' => match json_parse(text) {
                Ok(literal) => Operand::Literal(literal),
                Err(_) => return bad("invalid syntax".into()),
            },
            b'\'' => Operand::Literal(text.chars().nth(1).map_or(0, |c| i64::from(c as u32)).into()),
            b'0'..=b'9' | b'-' | b'+' => match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(int), _) => Operand::Literal(Json::Int(int)),
                (_, Ok(float)) => Operand::Literal(Json::Float(float)),
                _ => return bad(format!("bad number syntax: {text:?}")),
            },
            _ => match text {
                "true" | "false" => Operand::Literal((text == "true").into()),
                "nil" => Operand::Literal(Json::Null),
                name if functions::exists(name) => Operand::Function(name.into()),
                name if name.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                    return bad(format!("function {name:?} not defined"));
                }
                other => return bad(format!("unexpected {other:?} in operand")),
            },
        })
    }
}
