//! A program's text as tokens.

pub(super) type Result<T> = std::result::Result<T, String>;

/// The smallest part of a program.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Regex(String),
    Name(String),
    /// A name with `(` at once behind it.
    Function(String),
    Sign(&'static str),
    Newline,
    End,
}

/// Signs, the longer before those that they begin with.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "!~", "{", "}", "(",
    ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "~", "?", ":", "=", "$", "|",
];

/// Whether it can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && text.chars().all(part) && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// A text with its escapes read: `\t`, `\n`.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(c @ ('\\' | '"' | '/')) => out.push(c),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            (c, _) => out.push(c),
        }
    }
    out
}

pub(super) fn tokens(program: &str) -> Result<Vec<Token>> {
    let chars: Vec<char> = program.chars().collect();
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let run = |from: usize, of: fn(char) -> bool| chars[from..].iter().take_while(|c| of(**c)).count();
        // A slash divides behind a value, and begins an expression elsewhere.
        let after_value = match out.last() {
            Some(Token::Number(_) | Token::Text(_) | Token::Name(_)) => true,
            Some(Token::Sign(sign)) => matches!(*sign, ")" | "]" | "$" | "++" | "--"),
            _ => false,
        };
        match c {
            '\n' => {
                out.push(Token::Newline);
                at += 1;
            }
            c if c.is_whitespace() => at += 1,
            '\\' if chars.get(at + 1) == Some(&'\n') => at += 2,
            '#' => at += run(at, |c| c != '\n'),
            '"' | '/' if c == '"' || !after_value => {
                let mut text = String::new();
                at += 1;
                loop {
                    match chars.get(at) {
                        None | Some('\n') => {
                            let what = if c == '"' { "string" } else { "regular expression" };
                            return Err(format!("line 1: runaway {what} ..."));
                        }
                        Some(end) if *end == c => break,
                        Some('\\') => {
                            text.push('\\');
                            text.extend(chars.get(at + 1));
                            at += 2;
                        }
                        Some(other) => {
                            text.push(*other);
                            at += 1;
                        }
                    }
                }
                at += 1;
                out.push(match c {
                    '"' => Token::Text(unescaped(&text)),
                    _ => Token::Regex(text.replace("\\/", "/")),
                });
            }
            c if c.is_ascii_digit() || c == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit) => {
                let length = run(at, |c| c.is_ascii_digit() || c == '.');
                let text: String = chars[at..at + length].iter().collect();
                out.push(Token::Number(text.parse().map_err(|_| format!("syntax error at or near {text}"))?));
                at += length;
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let length = run(at, |c| c.is_ascii_alphanumeric() || c == '_');
                let name: String = chars[at..at + length].iter().collect();
                at += length;
                out.push(match chars.get(at) {
                    Some('(') => Token::Function(name),
                    _ => Token::Name(name),
                });
            }
            _ => {
                let fits =
                    |sign: &&&str| sign.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
                let sign = SIGNS.iter().find(fits);
                let sign = sign.ok_or_else(|| format!("line 1: unexpected character '{c}'"))?;
                out.push(Token::Sign(sign));
                at += sign.len();
            }
        }
    }
    out.push(Token::End);
    Ok(out)
}
