//! `expr`

use super::regex::Regex;
use super::{Call, Outcome};

struct Expression {
    args: Vec<String>,
    at: usize,
    depth: u32,
}

const LEVELS: &[&[&str]] =
    &[&["|"], &["&"], &["=", "==", "!=", "<", "<=", ">", ">="], &["+", "-"], &["*", "/", "%"], &[":"]];

pub(super) fn expr(call: &mut Call) -> Outcome {
    let mut expression = Expression { args: call.strings(), at: 0, depth: 0 };
    let result = match expression.level(0) {
        Ok(value) if expression.at == expression.args.len() => Ok(value),
        Ok(_) => Err("syntax error"),
        Err(message) => Err(message),
    };
    match result {
        Ok(value) => {
            call.out(&format!("{value}\n"));
            Outcome::Done(i32::from(value.is_empty() || value == "0"))
        }
        Err(message) => {
            call.err(message);
            Outcome::Done(2)
        }
    }
}

impl Expression {
    fn level(&mut self, level: usize) -> Result<String, &'static str> {
        let Some(operators) = LEVELS.get(level) else { return self.primary() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) =
            self.args.get(self.at).filter(|arg| operators.contains(&arg.as_str())).cloned()
        {
            self.at += 1;
            let right = self.level(level + 1)?;
            left = apply(&operator, left, right)?;
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<String, &'static str> {
        self.depth += 1;
        if self.depth > 50 {
            return Err("syntax error");
        }
        let word = self.args.get(self.at).cloned().ok_or("syntax error")?;
        self.at += 1;
        let value = match word.as_str() {
            "(" => {
                let value = self.level(0)?;
                if self.args.get(self.at).map(String::as_str) != Some(")") {
                    return Err("syntax error");
                }
                self.at += 1;
                value
            }
            "length" if self.at < self.args.len() => self.primary()?.len().to_string(),
            "substr" if self.at + 2 < self.args.len() => {
                let (text, from, count) = (self.primary()?, self.primary()?, self.primary()?);
                let from = from.parse::<usize>().unwrap_or(0);
                let count = count.parse::<usize>().unwrap_or(0);
                if from == 0 { String::new() } else { text.chars().skip(from - 1).take(count).collect() }
            }
            _ => word,
        };
        self.depth -= 1;
        Ok(value)
    }
}

fn apply(operator: &str, left: String, right: String) -> Result<String, &'static str> {
    let empty = |text: &str| text.is_empty() || text == "0";
    let numbers = left.parse::<i64>().ok().zip(right.parse::<i64>().ok());
    let compare = match numbers {
        Some((left, right)) => left.cmp(&right),
        None => left.cmp(&right),
    };
    let truth = |value: bool| Ok(i64::from(value).to_string());
    match operator {
        "|" => Ok(if empty(&left) { right } else { left }),
        "&" => Ok(if empty(&left) || empty(&right) { String::from("0") } else { left }),
        "=" | "==" => truth(compare.is_eq()),
        "!=" => truth(compare.is_ne()),
        "<" => truth(compare.is_lt()),
        "<=" => truth(compare.is_le()),
        ">" => truth(compare.is_gt()),
        ">=" => truth(compare.is_ge()),
        ":" => {
            let regex = Regex::new(format!("^{right}").as_bytes(), false, false)?;
            let found = regex.find(left.as_bytes(), 0);
            let text = |range: (usize, usize)| {
                String::from_utf8_lossy(&left.as_bytes()[range.0..range.1]).into_owned()
            };
            Ok(match found {
                Some(found) if regex.groups > 0 => found.groups[1].map(text).unwrap_or_default(),
                Some(found) => (found.end - found.start).to_string(),
                None if regex.groups > 0 => String::new(),
                None => String::from("0"),
            })
        }
        _ => {
            let (left, right) = numbers.ok_or("non-numeric argument")?;
            let value = match operator {
                "+" => left.wrapping_add(right),
                "-" => left.wrapping_sub(right),
                "*" => left.wrapping_mul(right),
                _ if right == 0 => return Err("division by zero"),
                "/" => left.wrapping_div(right),
                _ => left.wrapping_rem(right),
            };
            Ok(value.to_string())
        }
    }
}
