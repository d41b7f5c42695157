//! Numbers as text, and `printf`.

use super::eval::Value;

/// A number as `print` shows it: whole ones whole, others with six digits (`%.6g`).
pub(super) fn number(n: f64) -> String {
    if n.is_nan() {
        return "nan".into();
    }
    if n.is_infinite() {
        return if n < 0.0 { "-inf".into() } else { "inf".into() };
    }
    if n == n.trunc() && n.abs() < 1e16 {
        return format!("{}", n as i64);
    }
    general(n, 6)
}

/// `%.Ng`
fn general(n: f64, digits: usize) -> String {
    let digits = digits.max(1);
    let scientific = format!("{:.*e}", digits - 1, n);
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if exponent < -4 || exponent >= digits as i32 {
        let mantissa = trimmed(scientific.split('e').next().unwrap_or_default());
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    trimmed(&format!("{n:.*}", (digits as i32 - 1 - exponent).max(0) as usize))
}

/// `sprintf`
pub(super) fn printf(format: &str, values: &[Value]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = chars.next_if(|c| "-+ 0#".contains(*c)) {
            flags.push(flag);
        }
        let mut size = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| -> usize {
            if chars.next_if_eq(&'*').is_some() {
                return values.next().map_or(0.0, Value::number).clamp(0.0, 4096.0) as usize;
            }
            let mut n = 0;
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                n = (n * 10 + digit as usize - '0' as usize).min(4096);
            }
            n
        };
        let width = size(&mut chars);
        let precision = chars.next_if_eq(&'.').map(|_| size(&mut chars));
        let verb = chars.next().unwrap_or('%');
        if verb == '%' {
            out.push('%');
            continue;
        }
        let value = values.next().cloned().unwrap_or_default();
        let n = value.number();
        let numeric = !matches!(verb, 's' | 'c');
        let mut text = match verb {
            'd' | 'i' | 'u' => format!("{}", n.trunc() as i64),
            'x' => format!("{:x}", n as i64),
            'X' => format!("{:X}", n as i64),
            'o' => format!("{:o}", n as i64),
            'f' | 'F' => format!("{n:.*}", precision.unwrap_or(6)),
            'e' | 'E' => format!("{n:.*e}", precision.unwrap_or(6)),
            'g' | 'G' => general(n, precision.unwrap_or(6)),
            'c' => match &value {
                Value::Number(n) => char::from_u32(*n as u32).unwrap_or('?').to_string(),
                other => other.text().chars().take(1).collect(),
            },
            _ => value.text().chars().take(precision.unwrap_or(usize::MAX)).collect(),
        };
        if numeric && flags.contains('+') && n >= 0.0 {
            text.insert(0, '+');
        }
        let missing = width.saturating_sub(text.chars().count());
        if flags.contains('-') {
            text.push_str(&" ".repeat(missing));
        } else if flags.contains('0') && numeric {
            let sign = usize::from(text.starts_with(['-', '+']));
            text.insert_str(sign, &"0".repeat(missing));
        } else {
            text.insert_str(0, &" ".repeat(missing));
        }
        out.push_str(&text);
    }
    out
}
