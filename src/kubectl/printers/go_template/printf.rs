//! `printf` of a template: Go's `fmt.Sprintf` for the values that a tree has.

use crate::json::Json;
use crate::kubectl::printers::go_value;

/// What stands between `%` and the verb.
#[derive(Default)]
struct Spec {
    left: bool,
    zero: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

impl Spec {
    fn read(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Spec {
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "-0+# ".contains(*c)) {
            spec.left |= flag == '-';
            spec.zero |= flag == '0';
            spec.plus |= flag == '+';
        }
        let mut number = || {
            let mut out = 0_usize;
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                // Nobody prints wider than that.
                out = (out * 10 + digit as usize - '0' as usize).min(10_000);
            }
            (out, chars.next_if_eq(&'.').is_some())
        };
        let (width, point) = number();
        spec.width = width;
        spec.precision = point.then(|| number().0);
        spec
    }

    fn padded(&self, text: &str, numeric: bool) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if self.left {
            return format!("{text}{}", " ".repeat(missing));
        }
        if !self.zero {
            return format!("{}{text}", " ".repeat(missing));
        }
        let sign = if numeric && text.starts_with(['-', '+']) { 1 } else { 0 };
        format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..])
    }
}

/// Prints values by a format.
pub(super) fn printf(format: &str, values: &[Json]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let spec = Spec::read(&mut chars);
        match chars.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => match values.next() {
                None => out.push_str(&format!("%!{verb}(MISSING)")),
                Some(value) => {
                    let (text, numeric) = one(verb, value, &spec);
                    out.push_str(&spec.padded(&text, numeric));
                }
            },
        }
    }
    let more: Vec<String> = values.map(|value| format!("{}={}", type_of(value), go_value(value))).collect();
    if !more.is_empty() {
        out.push_str(&format!("%!(EXTRA {})", more.join(", ")));
    }
    out
}

/// A value by its verb, and whether it is a number.
fn one(verb: char, value: &Json, spec: &Spec) -> (String, bool) {
    let signed =
        |text: String, negative: bool| (if spec.plus && !negative { format!("+{text}") } else { text }, true);
    let text = match (verb, value) {
        ('d', Json::Int(i)) | ('v', Json::Int(i)) => return signed(i.to_string(), *i < 0),
        ('x', Json::Int(i)) => return signed(format!("{i:x}"), *i < 0),
        ('X', Json::Int(i)) => return signed(format!("{i:X}"), *i < 0),
        ('o', Json::Int(i)) => return signed(format!("{i:o}"), *i < 0),
        ('b', Json::Int(i)) => return signed(format!("{i:b}"), *i < 0),
        ('c', Json::Int(i)) => {
            u32::try_from(*i).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').to_string()
        }
        ('f' | 'F', Json::Float(f)) => {
            return signed(format!("{f:.*}", spec.precision.unwrap_or(6)), *f < 0.0);
        }
        ('g' | 'v', Json::Float(f)) => return signed(go_value(&Json::Float(*f)), *f < 0.0),
        ('t', Json::Bool(b)) => b.to_string(),
        ('q', Json::Str(s)) => format!("{:?}", s.as_str()),
        ('x', Json::Str(s)) => s.bytes().map(|b| format!("{b:02x}")).collect(),
        ('s' | 'v', Json::Str(s)) => match spec.precision {
            Some(most) => s.chars().take(most).collect(),
            None => s.as_str().into(),
        },
        ('T', value) => type_of(value).into(),
        ('v', value) | ('s', value @ (Json::Array(_) | Json::Object(_))) => go_value(value),
        (verb, Json::Null) => format!("%!{verb}(<nil>)"),
        (verb, value) => format!("%!{verb}({}={})", type_of(value), go_value(value)),
    };
    (text, false)
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "<nil>",
        Json::Bool(_) => "bool",
        Json::Int(_) => "int64",
        Json::Float(_) => "float64",
        Json::Str(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
    }
}
