//! `$(( … ))`: C's operators on 64-bit integers that wrap.

/// Variables as an expression sees them.
pub(super) trait Variables {
    /// Its text, if it is set.
    fn get(&mut self, name: &[u8]) -> Option<Vec<u8>>;
    /// Assigns; false if it cannot be.
    fn set(&mut self, name: &[u8], value: i64) -> bool;
}

/// Why an expression has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArithError {
    /// It is not one.
    Syntax,
    /// Division by zero.
    DivideByZero,
    /// Variables that refer to each other without end, or too many parentheses.
    TooDeep,
    /// Assignment to a read-only variable.
    ReadOnly,
}

const MAX_DEPTH: u32 = 100;

/// Binary operators by rising precedence; longer spellings before their prefixes.
const LEVELS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Operators that come with `=` to assign.
const ASSIGNS: &[&str] = &["<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "="];

struct Parser<'a, V> {
    text: &'a [u8],
    at: usize,
    depth: u32,
    variables: &'a mut V,
    /// Zero where the value is not used (`0 && x++`): nothing is assigned, nothing divided.
    live: bool,
}

/// The value of an expression; an empty one is 0.
pub(super) fn evaluate(text: &[u8], variables: &mut impl Variables) -> Result<i64, ArithError> {
    evaluate_at(text, variables, 0)
}

fn evaluate_at(text: &[u8], variables: &mut impl Variables, depth: u32) -> Result<i64, ArithError> {
    let mut parser = Parser { text, at: 0, depth, variables, live: true };
    parser.blanks();
    if parser.at == text.len() {
        return Ok(0);
    }
    let value = parser.comma()?;
    if parser.at == text.len() { Ok(value) } else { Err(ArithError::Syntax) }
}

impl<V: Variables> Parser<'_, V> {
    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn accept(&mut self, op: &str) -> bool {
        let found = self.rest().starts_with(op.as_bytes());
        if found {
            self.at += op.len();
            self.blanks();
        }
        found
    }

    fn comma(&mut self) -> Result<i64, ArithError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ArithError::TooDeep);
        }
        let mut value = self.assignment()?;
        while self.accept(",") {
            value = self.assignment()?;
        }
        self.depth -= 1;
        Ok(value)
    }

    fn name(&self) -> usize {
        let rest = self.rest();
        if rest.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_') {
            rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count()
        } else {
            0
        }
    }

    fn assignment(&mut self) -> Result<i64, ArithError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ArithError::TooDeep);
        }
        let start = self.at;
        let length = self.name();
        let mut value = None;
        if length > 0 {
            let name = self.text[start..start + length].to_vec();
            self.at += length;
            self.blanks();
            let op = ASSIGNS.iter().find(|op| self.rest().starts_with(op.as_bytes()));
            if let Some(op) = op.filter(|op| **op != "=" || !self.rest().starts_with(b"==")) {
                self.at += op.len();
                self.blanks();
                let right = self.assignment()?;
                let operator = &op[..op.len() - 1];
                let new = if operator.is_empty() {
                    right
                } else {
                    let left = self.lookup(&name)?;
                    self.apply(operator, left, right)?
                };
                self.store(&name, new)?;
                value = Some(new);
            } else {
                self.at = start;
            }
        }
        let value = match value {
            Some(value) => value,
            None => self.conditional()?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn store(&mut self, name: &[u8], value: i64) -> Result<(), ArithError> {
        if self.live && !self.variables.set(name, value) { Err(ArithError::ReadOnly) } else { Ok(()) }
    }

    fn lookup(&mut self, name: &[u8]) -> Result<i64, ArithError> {
        match self.variables.get(name) {
            None => Ok(0),
            Some(_) if self.depth >= MAX_DEPTH => Err(ArithError::TooDeep),
            Some(text) => match std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()) {
                Some(value) => Ok(value),
                None => evaluate_at(&text, self.variables, self.depth + 1),
            },
        }
    }

    fn conditional(&mut self) -> Result<i64, ArithError> {
        let condition = self.binary(0)?;
        if !self.accept("?") {
            return Ok(condition);
        }
        let live = self.live;
        self.live = live && condition != 0;
        let yes = self.comma()?;
        if !self.accept(":") {
            return Err(ArithError::Syntax);
        }
        self.live = live && condition == 0;
        let no = self.assignment()?;
        self.live = live;
        Ok(if condition != 0 { yes } else { no })
    }

    fn binary(&mut self, level: usize) -> Result<i64, ArithError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            let rest = self.rest();
            let found = operators.iter().find(|op| {
                rest.starts_with(op.as_bytes()) && {
                    let after = rest.get(op.len());
                    // Not the beginning of a longer operator.
                    after != Some(&b'=') && !(op.len() == 1 && "&|<>".contains(**op) && after == rest.first())
                        || matches!(**op, "==" | "!=" | "<=" | ">=")
                }
            });
            let Some(op) = found else { return Ok(left) };
            self.at += op.len();
            self.blanks();
            let live = self.live;
            self.live = live && !(*op == "&&" && left == 0 || *op == "||" && left != 0);
            let right = self.binary(level + 1)?;
            self.live = live;
            left = self.apply(op, left, right)?;
        }
    }

    fn apply(&self, op: &str, left: i64, right: i64) -> Result<i64, ArithError> {
        Ok(match op {
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 => return if self.live { Err(ArithError::DivideByZero) } else { Ok(0) },
            "/" => left.wrapping_div(right),
            "%" => left.wrapping_rem(right),
            "<<" => left.wrapping_shl(right as u32),
            ">>" => left.wrapping_shr(right as u32),
            "&" => left & right,
            "|" => left | right,
            "^" => left ^ right,
            "&&" => i64::from(left != 0 && right != 0),
            "||" => i64::from(left != 0 || right != 0),
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            _ => return Err(ArithError::Syntax),
        })
    }

    fn unary(&mut self) -> Result<i64, ArithError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ArithError::TooDeep);
        }
        let value = self.unary_inner()?;
        self.depth -= 1;
        Ok(value)
    }

    fn unary_inner(&mut self) -> Result<i64, ArithError> {
        for (op, by) in [("++", 1), ("--", -1)] {
            let start = self.at;
            if self.accept(op) {
                let length = self.name();
                if length > 0 {
                    let name = self.text[self.at..self.at + length].to_vec();
                    self.at += length;
                    self.blanks();
                    let value = self.lookup(&name)?.wrapping_add(by);
                    self.store(&name, value)?;
                    return Ok(value);
                }
                self.at = start;
            }
        }
        if self.accept("+") {
            return self.unary();
        }
        if self.accept("-") {
            return Ok(self.unary()?.wrapping_neg());
        }
        if self.accept("!") {
            return Ok(i64::from(self.unary()? == 0));
        }
        if self.accept("~") {
            return Ok(!self.unary()?);
        }
        if self.accept("(") {
            let value = self.comma()?;
            return if self.accept(")") { Ok(value) } else { Err(ArithError::Syntax) };
        }
        let length = self.name();
        if length > 0 {
            let name = self.text[self.at..self.at + length].to_vec();
            self.at += length;
            self.blanks();
            let value = self.lookup(&name)?;
            for (op, by) in [("++", 1), ("--", -1)] {
                if self.accept(op) {
                    self.store(&name, value.wrapping_add(by))?;
                    break;
                }
            }
            return Ok(value);
        }
        self.number()
    }

    fn number(&mut self) -> Result<i64, ArithError> {
        let length = self.rest().iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'#').count();
        let text = std::str::from_utf8(&self.text[self.at..self.at + length]).unwrap_or("");
        let parse = |digits: &str, base: u32| {
            let mut value: i64 = 0;
            for c in digits.chars() {
                let digit = c.to_digit(base).ok_or(ArithError::Syntax)?;
                value = value.wrapping_mul(i64::from(base)).wrapping_add(i64::from(digit));
            }
            Ok(value)
        };
        let value = if text.is_empty() {
            return Err(ArithError::Syntax);
        } else if let Some(hex) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
            parse(hex, 16)?
        } else if let Some((base, digits)) = text.split_once('#') {
            match base.parse() {
                Ok(base @ 2..=36) => parse(digits, base)?,
                _ => return Err(ArithError::Syntax),
            }
        } else if text.len() > 1 && text.starts_with('0') {
            parse(text, 8)?
        } else {
            parse(text, 10)?
        };
        self.at += length;
        self.blanks();
        Ok(value)
    }
}
