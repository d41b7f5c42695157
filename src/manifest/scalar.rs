//! Plain scalars as go-yaml v2 resolves them: YAML 1.1's booleans, octal numbers, and the exceptions.

use crate::json::Json;

/// What a scalar without quotes means.
pub fn resolve(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Json::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Json::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Json::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Json::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Json::Float(f64::NAN),
        _ => {}
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-')) {
        // Underscores may group digits: 1_000.
        let plain = text.replace('_', "");
        if let Some(number) = integer(&plain).or_else(|| float(&plain)) {
            return number;
        }
    }
    Json::Str(text.into())
}

/// Go's `strconv.ParseInt(s, 0, 64)`: the prefix tells the base, a leading zero means octal.
pub fn integer(text: &str) -> Option<Json> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(d) = lower.strip_prefix("0x") {
        (16, d)
    } else if let Some(d) = lower.strip_prefix("0b") {
        (2, d)
    } else if let Some(d) = lower.strip_prefix("0o") {
        (8, d)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let size = i128::from_str_radix(digits, radix).ok()?;
    let value = if negative { -size } else { size };
    match i64::try_from(value) {
        Ok(value) => Some(Json::Int(value)),
        // An unsigned number still fits go-yaml's uint64; as JSON it is a float to everybody else.
        Err(_) if !negative && u64::try_from(value).is_ok() => Some(Json::Float(value as f64)),
        Err(_) => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; a whole number of that form is written without a
/// fraction in JSON, so it comes back as an integer.
pub fn float(text: &str) -> Option<Json> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(i) => (&body[..i], Some(&body[i + 1..])),
        None => (body, None),
    };
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| {
        let digits = e.strip_prefix(['-', '+']).unwrap_or(e);
        !digits.is_empty() && all_digits(digits)
    });
    if !mantissa_ok || !exponent_ok {
        return None;
    }
    let value: f64 = text.parse().ok().filter(|v: &f64| v.is_finite())?;
    Some(if value.fract() == 0.0 && value.abs() < 1e18 {
        Json::Int(value as i64)
    } else {
        Json::Float(value)
    })
}
