//! Text → tokens.

use super::Value;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Ident(String),
    Literal(Value),
    /// `&&`, `(`, …
    Mark(&'static str),
    End,
}

/// A problem and where it is, in characters.
pub type Problem = (usize, String);

const MARKS: [&str; 25] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")",
    "[", "]", "{", "}", "=",
];

/// All tokens with their places, and what is none, which is passed over.
pub fn tokens(text: &str) -> (Vec<(usize, Token)>, Vec<Problem>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let start = at;
        let mut skip = |at: &mut usize, to: usize| {
            let shown: String = chars[start..to].iter().collect();
            problems.push((start, format!("Syntax error: token recognition error at: '{shown}'")));
            *at = to;
        };
        if c.is_whitespace() {
            at += 1;
        } else if chars[at..].starts_with(&['/', '/']) {
            while chars.get(at).is_some_and(|c| *c != '\n') {
                at += 1;
            }
        } else if let Some(read) = string(&chars, at) {
            match read {
                Ok((token, next)) => {
                    out.push((start, token));
                    at = next;
                }
                Err(end) => skip(&mut at, end),
            }
        } else if c.is_ascii_digit() || c == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
            let (token, next) = number(&chars, at);
            match token {
                Ok(value) => out.push((start, Token::Literal(value))),
                Err(why) => problems.push((start, why.to_string())),
            }
            at = next;
        } else if c.is_alphabetic() || c == '_' {
            while chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            let token = match word.as_str() {
                "true" => Token::Literal(Value::Bool(true)),
                "false" => Token::Literal(Value::Bool(false)),
                "null" => Token::Literal(Value::Null),
                "in" => Token::Mark("in"),
                _ => Token::Ident(word),
            };
            out.push((start, token));
        } else if c == '`' {
            let end = chars[at + 1..].iter().position(|c| *c == '`');
            let Some(length) = end else {
                skip(&mut at, chars.len());
                continue;
            };
            out.push((start, Token::Ident(chars[at + 1..at + 1 + length].iter().collect())));
            at += length + 2;
        } else {
            let rest: String = chars[at..chars.len().min(at + 2)].iter().collect();
            let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) else {
                skip(&mut at, start + 1);
                continue;
            };
            out.push((start, Token::Mark(mark)));
            at += mark.len();
        }
    }
    out.push((chars.len(), Token::End));
    (out, problems)
}

/// A number, or that there is no such, and where it ends.
fn number(chars: &[char], start: usize) -> (Result<Value, &'static str>, usize) {
    let mut at = start;
    let digits = |at: &mut usize| {
        while chars.get(*at).is_some_and(char::is_ascii_digit) {
            *at += 1;
        }
    };
    let text = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    if chars[at] == '0' && matches!(chars.get(at + 1), Some('x' | 'X')) {
        at += 2;
        while chars.get(at).is_some_and(char::is_ascii_hexdigit) {
            at += 1;
        }
        let value = u64::from_str_radix(&text(start + 2, at), 16);
        return match chars.get(at) {
            Some('u' | 'U') => (value.map(Value::Uint).map_err(|_| "invalid uint literal"), at + 1),
            _ => (value.map(|n| Value::Int(n as i64)).map_err(|_| "invalid int literal"), at),
        };
    }
    digits(&mut at);
    let mut whole = true;
    if chars.get(at) == Some(&'.') && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
        whole = false;
        at += 1;
        digits(&mut at);
    }
    if matches!(chars.get(at), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(at + 1), Some('+' | '-')));
        if chars.get(at + 1 + sign).is_some_and(char::is_ascii_digit) {
            whole = false;
            at += 1 + sign;
            digits(&mut at);
        }
    }
    let number = text(start, at);
    if !whole {
        return (number.parse().map(Value::Double).map_err(|_| "invalid double literal"), at);
    }
    if matches!(chars.get(at), Some('u' | 'U')) {
        return (number.parse().map(Value::Uint).map_err(|_| "invalid uint literal"), at + 1);
    }
    // The most negative integer is written with a sign, which is a token of its own.
    let value = number.parse::<u64>().ok().filter(|n| *n <= 1 << 63);
    (value.map(|n| Value::Int(n as i64)).ok_or("invalid int literal"), at)
}

/// A text in quotes, of one or three, raw or not, bytes or not, and where it ends; an error is where it ceases to be one.
fn string(chars: &[char], start: usize) -> Option<Result<(Token, usize), usize>> {
    let mut at = start;
    let (mut raw, mut bytes) = (false, false);
    while let Some(c) = chars.get(at) {
        match c {
            'r' | 'R' if !raw => raw = true,
            'b' | 'B' if !bytes => bytes = true,
            _ => break,
        }
        at += 1;
    }
    let Some(quote) = chars.get(at).copied().filter(|c| matches!(c, '"' | '\'')) else { return None };
    let long = chars[at..].starts_with(&[quote, quote, quote]);
    let length = if long { 3 } else { 1 };
    at += length;
    let mut out = String::new();
    loop {
        let Some(c) = chars.get(at).copied() else { return Some(Err(at)) };
        if c == quote && (!long || chars[at..].starts_with(&[quote, quote, quote])) {
            at += length;
            break;
        }
        if c == '\n' && !long {
            return Some(Err(at + 1));
        }
        at += 1;
        if c != '\\' || raw {
            out.push(c);
            continue;
        }
        let Some(escape) = chars.get(at).copied() else { return Some(Err(at)) };
        at += 1;
        let digits = |radix: u32, from: usize, count: usize| {
            let text: String = chars.get(from..from + count)?.iter().collect();
            char::from_u32(u32::from_str_radix(&text, radix).ok()?).map(|c| (c, from + count))
        };
        let special = match escape {
            'n' => Some(('\n', at)),
            't' => Some(('\t', at)),
            'r' => Some(('\r', at)),
            'a' => Some(('\x07', at)),
            'b' => Some(('\x08', at)),
            'f' => Some(('\x0c', at)),
            'v' => Some(('\x0b', at)),
            '\\' | '\'' | '"' | '`' | '?' => Some((escape, at)),
            'x' | 'X' => digits(16, at, 2),
            'u' => digits(16, at, 4),
            'U' => digits(16, at, 8),
            '0'..='3' => digits(8, at - 1, 3),
            _ => None,
        };
        let Some((c, next)) = special else { return Some(Err(at)) };
        out.push(c);
        at = next;
    }
    let value = if bytes { Value::Bytes(out.into_bytes().into()) } else { Value::Str(out.into()) };
    Some(Ok((Token::Literal(value), at)))
}
