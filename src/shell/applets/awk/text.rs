//! Cutting a text into fields, and replacing parts of it.

use super::super::regex::Regex;

/// A text cut where an expression matches.
pub(super) fn pieces(text: &str, regex: &Regex) -> Vec<String> {
    let (mut out, mut from, mut search) = (Vec::new(), 0, 0);
    while let Some(found) = regex.find(text.as_bytes(), search).filter(|_| search <= text.len()) {
        if found.end == found.start {
            search += 1;
            continue;
        }
        out.push(String::from_utf8_lossy(&text.as_bytes()[from..found.start]).into_owned());
        (from, search) = (found.end, found.end);
    }
    out.push(String::from_utf8_lossy(&text.as_bytes()[from..]).into_owned());
    out
}

/// The fields of a text: at blanks for `" "`, at a sign, at a regular expression.
pub(super) fn split(text: &str, separator: &str) -> Vec<String> {
    if separator == " " {
        return text.split_whitespace().map(String::from).collect();
    }
    if text.is_empty() {
        return Vec::new();
    }
    let mut signs = separator.chars();
    match (signs.next(), signs.next()) {
        (None, _) => text.chars().map(String::from).collect(),
        (Some(sign), None) if sign != '|' || separator == "|" => text.split(sign).map(String::from).collect(),
        _ => match Regex::new(separator.as_bytes(), true, false) {
            Ok(regex) => pieces(text, &regex),
            Err(_) => vec![text.to_owned()],
        },
    }
}

/// A text with what matches replaced, once or everywhere; `&` is what matched. And how often.
pub(super) fn replaced(text: &str, regex: &Regex, with: &str, everywhere: bool) -> (String, usize) {
    let bytes = text.as_bytes();
    let (mut out, mut at, mut count) = (Vec::new(), 0, 0);
    while at <= bytes.len() && out.len() < super::eval::MOST {
        let Some(found) = regex.find(bytes, at).filter(|_| everywhere || count == 0) else { break };
        out.extend_from_slice(&bytes[at..found.start]);
        let mut signs = with.bytes();
        while let Some(sign) = signs.next() {
            match sign {
                b'&' => out.extend_from_slice(&bytes[found.start..found.end]),
                b'\\' => out.extend(signs.next()),
                sign => out.push(sign),
            }
        }
        count += 1;
        at = found.end;
        if found.end == found.start {
            out.extend(bytes.get(at));
            at += 1;
        }
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    (String::from_utf8_lossy(&out).into_owned(), count)
}
