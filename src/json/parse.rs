//! A tree from JSON text, with the errors of Go's `encoding/json`.

use super::{Json, Object, Str};

/// Nesting beyond this is refused, so that no input can exhaust the stack (Go stops at 10,000).
const MAX_DEPTH: usize = 512;

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Go's words, without a prefix: `invalid character 'x' looking for beginning of value`.
    pub message: String,
    /// How many bytes had been read, the offending one included (Go's `Offset`).
    pub offset: usize,
}

/// Reads exactly one JSON value (blanks may surround it).
pub fn parse(text: &str) -> Result<Json, ParseError> {
    let mut parser = Parser { bytes: text.as_bytes(), text, at: 0, repeated: None };
    let value = parser.value(0)?;
    parser.blanks();
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.unexpected("after top-level value")),
    }
}

/// The same, and the paths of the fields that an object has more than once, each as often as it is repeated
/// (`sigs.k8s.io/json`, `UnmarshalStrict`).
pub fn parse_strictly(text: &str) -> Result<(Json, Vec<Str>), ParseError> {
    let json = parse(text)?;
    let mut parser =
        Parser { bytes: text.as_bytes(), text, at: 0, repeated: Some((String::new(), Vec::new())) };
    parser.value(0)?;
    Ok((json, parser.repeated.take().map(|(_, all)| all).unwrap_or_default()))
}

/// Reads one JSON value from the front of `text`; also gives how many bytes it took.
pub fn parse_prefix(text: &str) -> Result<(Json, usize), ParseError> {
    let mut parser = Parser { bytes: text.as_bytes(), text, at: 0, repeated: None };
    let value = parser.value(0)?;
    Ok((value, parser.at))
}

struct Parser<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    /// The path of what is being read, and those of repeated fields, where they are wanted.
    repeated: Option<(String, Vec<Str>)>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn unexpected(&self, context: &str) -> ParseError {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => ParseError { message: "unexpected end of JSON input".into(), offset: self.at },
            Some(c) => {
                let shown = match c {
                    '\'' => r"'\''".to_string(),
                    '"' => "'\"'".to_string(),
                    c => format!("{c:?}"),
                };
                ParseError { message: format!("invalid character {shown} {context}"), offset: self.at + 1 }
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, ParseError> {
        if depth > MAX_DEPTH {
            return Err(ParseError { message: "exceeded max depth".into(), offset: self.at });
        }
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Json::Str(self.string()?.into())),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, ParseError> {
        for (i, expected) in word.bytes().enumerate() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(&format!("in literal {word} (expecting '{}')", &word[i..=i])));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, ParseError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("in numeric literal")),
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        let text = &self.text[start..self.at];
        if whole && let Ok(i) = text.parse::<i64>() {
            return Ok(Json::Int(i));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Json::Float(number)),
            _ => {
                let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
                Err(ParseError { message, offset: self.at })
            }
        }
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self, context: &str) -> Result<(), ParseError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected(context));
        }
        self.digits();
        Ok(())
    }

    fn string(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), ParseError> {
        let plain = match self.peek() {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            Some(b'u') => {
                self.at += 1;
                let mut unit = self.hex4()?;
                if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
                    let resume = self.at;
                    self.at += 2;
                    let low = self.hex4()?;
                    if (0xdc00..0xe000).contains(&low) {
                        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    } else {
                        self.at = resume;
                    }
                }
                out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(());
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn hex4(&mut self) -> Result<u32, ParseError> {
        let mut unit = 0;
        for _ in 0..4 {
            match self.peek().and_then(|b| (b as char).to_digit(16)) {
                Some(d) => unit = unit * 16 + d,
                None => return Err(self.unexpected("in \\u hexadecimal character escape")),
            }
            self.at += 1;
        }
        Ok(unit)
    }

    /// A value below: of an object's field, or of a list's element.
    fn below(&mut self, depth: usize, step: std::fmt::Arguments) -> Result<Json, ParseError> {
        let Some((path, _)) = &mut self.repeated else { return self.value(depth) };
        let length = path.len();
        path.push_str(&step.to_string());
        let value = self.value(depth);
        if let Some((path, _)) = &mut self.repeated {
            path.truncate(length);
        }
        value
    }

    /// An object of these fields; which of them are repeated is noted where that is wanted.
    fn whole(&mut self, entries: Vec<(Str, Json)>) -> Object {
        let Some((path, all)) = &mut self.repeated else { return Object::of(entries) };
        let mut keys: Vec<Str> = entries.iter().map(|(key, _)| key.clone()).collect();
        let object = Object::of(entries);
        if object.len() < keys.len() {
            crate::collections::sort_by(&mut keys, Ord::cmp);
            for pair in keys.windows(2).filter(|pair| pair[0] == pair[1]) {
                all.push(format!("{path}.{}", pair[0]).trim_start_matches('.').into());
            }
        }
        object
    }

    fn array(&mut self, depth: usize) -> Result<Json, ParseError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items.into());
        }
        loop {
            let at = items.len();
            items.push(self.below(depth + 1, format_args!("[{at}]"))?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items.into());
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, ParseError> {
        self.at += 1;
        let mut entries: Vec<(Str, Json)> = Vec::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::object());
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            let value = self.below(depth + 1, format_args!(".{key}"))?;
            entries.push((key.into(), value));
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(self.whole(entries)));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_json_and_says_what_is_wrong_in_gos_words() {
        let cases = [
            (r#" {"b":[1,-2.5e3,true],"a":"\u00e9\n\ud83d\ude00"} "#, r#"{"a":"é\n😀","b":[1,-2500,true]}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            ("123456789012345678901", "123456789012345680000"),
            ("", "unexpected end of JSON input @0"),
            ("{", "unexpected end of JSON input @1"),
            ("[1,]", "invalid character ']' looking for beginning of value @4"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string @2"),
            ("nul", "unexpected end of JSON input @3"),
            ("1 2", "invalid character '2' after top-level value @3"),
            ("\"a\nb\"", r"invalid character '\n' in string literal @3"),
        ];
        for (text, expected) in cases {
            let got = match parse(text) {
                Ok(v) => v.to_string(),
                Err(e) => format!("{} @{}", e.message, e.offset),
            };
            assert_eq!(got, expected, "for {text}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
        let (_, repeated) = parse_strictly(r#"{"a":[{"b":1,"b":2,"b":3}],"c":{"d":1},"a":5}"#).expect("JSON");
        assert_eq!(repeated, ["a[0].b", "a[0].b", "a"]);
    }
}
