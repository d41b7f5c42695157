//! The shells' own words for what goes wrong.

use super::Dialect;
use super::arith::ArithError;
use super::lexer::{Fault, SyntaxError};
use super::task::Task;

/// The beginning of a shell's message: its name, the line, the builtin that complains.
pub(super) fn prefix(task: &Task, builtin: Option<&str>) -> String {
    let name = String::from_utf8_lossy(&task.name);
    let line = task.line;
    match (task.dialect, builtin) {
        (Dialect::Ash, None) if task.numbered => format!("{name}: line {line}: "),
        (Dialect::Ash, None) => format!("{name}: "),
        (Dialect::Ash, Some(builtin)) => {
            // With `-c`, ash's builtins count lines from 0.
            let line = if task.numbered { line } else { line.saturating_sub(1) };
            format!("{name}: {builtin}: line {line}: ")
        }
        (Dialect::Dash, None) => format!("{name}: {line}: "),
        (Dialect::Dash, Some(builtin)) => format!("{name}: {line}: {builtin}: "),
        (Dialect::Bash, None) if task.interactive => format!("{name}: "),
        (Dialect::Bash, Some(builtin)) if task.interactive => format!("{name}: {builtin}: "),
        (Dialect::Bash, None) => format!("{name}: line {line}: "),
        (Dialect::Bash, Some(builtin)) => format!("{name}: line {line}: {builtin}: "),
    }
}

/// A script that cannot be parsed.
pub(super) fn syntax(task: &Task, error: &SyntaxError, script: &[u8]) -> String {
    let name = String::from_utf8_lossy(&task.name);
    let line = error.line;
    match task.dialect {
        Dialect::Bash => {
            let dash_c = if task.numbered { "" } else { "-c: " };
            let at = |line: u32| match task.interactive {
                true => format!("{name}: "),
                false => format!("{name}: {dash_c}line {line}: "),
            };
            let head = at(line);
            match &error.fault {
                Fault::Unexpected { text, expecting: Some(")" | "))"), .. } if text.is_empty() => {
                    format!("{head}unexpected EOF while looking for matching `)'\n")
                }
                Fault::Unexpected { text, .. } if text.is_empty() => {
                    format!("{}syntax error: unexpected end of file\n", at(line + 1))
                }
                Fault::Unexpected { text, .. } if task.interactive => {
                    format!("{head}syntax error near unexpected token `{text}'\n")
                }
                Fault::Unexpected { text, .. } => {
                    let source = script.split(|c| *c == b'\n').nth(line as usize - 1).unwrap_or_default();
                    let source = String::from_utf8_lossy(source);
                    format!("{head}syntax error near unexpected token `{text}'\n{head}`{source}'\n")
                }
                Fault::UnterminatedQuote(quote) => {
                    format!("{head}unexpected EOF while looking for matching `{}'\n", char::from(*quote))
                }
                Fault::UnterminatedBackquote => {
                    format!("{head}unexpected EOF while looking for matching ``'\n")
                }
                Fault::MissingBrace => format!("{head}unexpected EOF while looking for matching `}}'\n"),
                Fault::BadSubstitution if task.interactive => format!("{head}bad substitution\n"),
                Fault::BadSubstitution => format!("{name}: line {line}: bad substitution\n"),
                Fault::BadForVariable => format!("{head}syntax error: bad for loop variable\n"),
                Fault::BadFunctionName => format!("{head}not a valid function name\n"),
                Fault::TooDeep | Fault::Alias { .. } => format!("{head}commands are nested too deeply\n"),
            }
        }
        Dialect::Ash => format!("{}syntax error: {}\n", prefix(task, None), fault(&error.fault, false)),
        Dialect::Dash => format!("{name}: {line}: Syntax error: {}\n", fault(&error.fault, true)),
    }
}

fn fault(fault: &Fault, dash: bool) -> String {
    let text = match fault {
        Fault::Unexpected { token, expecting, .. } => {
            let expecting = expecting.map(|word| format!(" (expecting \"{word}\")")).unwrap_or_default();
            return if dash {
                format!("{token} unexpected{expecting}")
            } else {
                format!("unexpected {token}{expecting}")
            };
        }
        Fault::UnterminatedQuote(_) => "unterminated quoted string",
        Fault::UnterminatedBackquote => "EOF in backquote substitution",
        Fault::MissingBrace => "missing '}'",
        Fault::BadSubstitution => "bad substitution",
        Fault::BadForVariable => "bad for loop variable",
        Fault::BadFunctionName => "bad function name",
        Fault::TooDeep | Fault::Alias { .. } => "commands are nested too deeply",
    };
    let mut text = String::from(text);
    if dash && !text.starts_with("EOF") {
        text[..1].make_ascii_uppercase();
    }
    text
}

/// An arithmetic expression without a value.
pub(super) fn arithmetic(dialect: Dialect, text: &[u8], error: &ArithError) -> String {
    let text = String::from_utf8_lossy(text);
    match (dialect, error) {
        (_, ArithError::ReadOnly) => format!("{text}: is read only"),
        (Dialect::Ash, ArithError::Syntax) => String::from("arithmetic syntax error"),
        (Dialect::Ash, ArithError::DivideByZero) => String::from("divide by zero"),
        (Dialect::Ash, ArithError::TooDeep) => String::from("expression recursion loop detected"),
        (Dialect::Dash, ArithError::DivideByZero) => {
            format!("arithmetic expression: division by zero: \"{text}\"")
        }
        (Dialect::Dash, _) => format!("arithmetic expression: expecting primary: \"{text}\""),
        (Dialect::Bash, ArithError::DivideByZero) => {
            let token = text.rsplit(['/', '%']).next().unwrap_or_default().trim().to_string();
            format!("{text}: division by 0 (error token is \"{token}\")")
        }
        (Dialect::Bash, ArithError::Syntax) => format!("{text}: syntax error: operand expected"),
        (Dialect::Bash, ArithError::TooDeep) => format!("{text}: expression recursion level exceeded"),
    }
}

/// A variable that `set -u` wants set.
pub(super) fn unset(dialect: Dialect, name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    match dialect {
        Dialect::Bash if name.bytes().all(|c| c.is_ascii_digit()) => format!("${name}: unbound variable"),
        Dialect::Bash => format!("{name}: unbound variable"),
        _ => format!("{name}: parameter not set"),
    }
}

/// An assignment to a read-only variable.
pub(super) fn read_only(dialect: Dialect, name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    match dialect {
        Dialect::Bash => format!("{name}: readonly variable"),
        _ => format!("{name}: is read only"),
    }
}

/// A command that does not exist.
pub(super) fn not_found(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Bash if name.contains('/') => format!("{name}: No such file or directory"),
        Dialect::Bash => format!("{name}: command not found"),
        _ => format!("{name}: not found"),
    }
}
