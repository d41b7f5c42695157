//! What `$` means in a here-document whose mark has no quotes: `$(command)` is what the command prints, a variable is
//! empty (the terminal has none), `\\$` is a dollar sign.

use super::{Env, Session, Stream, Wait};

/// The text as the command reads it, and what the commands in it complained about.
pub(super) fn expand(text: &str, env: &mut Env<'_>) -> (String, String) {
    let (mut out, mut complaints) = (String::with_capacity(text.len()), String::new());
    let mut rest = text;
    while let Some(at) = rest.find(['$', '`', '\\']) {
        out.push_str(&rest[..at]);
        let special = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        let next = rest.chars().next();
        let command = match (special, next) {
            (b'\\', Some(c @ ('$' | '`' | '\\'))) => {
                out.push(c);
                rest = &rest[1..];
                continue;
            }
            (b'\\', Some('\n')) => {
                rest = &rest[1..];
                continue;
            }
            (b'`', _) => rest.split_once('`'),
            (b'$', Some('(')) => closing(rest).map(|end| (&rest[1..end], &rest[end + 1..])),
            (b'$', Some('{')) => {
                rest = rest.split_once('}').map_or("", |(_, after)| after);
                continue;
            }
            (b'$', Some(c)) if c.is_ascii_alphabetic() || c == '_' => {
                rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
                continue;
            }
            (b'$', Some(c)) if c.is_ascii_digit() || "@*#?!$-".contains(c) => {
                rest = &rest[1..];
                continue;
            }
            _ => None,
        };
        match command {
            Some((command, after)) => {
                out.push_str(run(command, env, &mut complaints).trim_end_matches('\n'));
                rest = after;
            }
            None => out.push(char::from(special)),
        }
    }
    out.push_str(rest);
    (out, complaints)
}

/// Where the bracket closes that the text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// Runs a command as far as it comes without waiting.
fn run(command: &str, env: &mut Env<'_>, complaints: &mut String) -> String {
    let mut session = Session::start(command, env);
    if let Wait::Blocked { watches, .. } = session.wait() {
        watches.iter().for_each(|watch| env.api.stop_watch(*watch));
    }
    let mut out = String::new();
    for (stream, text) in session.take_output() {
        let into = if stream == Stream::Stdout { &mut out } else { &mut *complaints };
        into.push_str(&text);
    }
    out
}
