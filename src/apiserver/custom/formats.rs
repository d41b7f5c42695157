//! The formats of texts that schemas may name (`kube-openapi/pkg/validation/strfmt`).

use crate::api::base64;
use crate::apiserver::validation::names;
use crate::regex::Regex;
use crate::sim::Time;

/// Formats that are an expression.
const PATTERNS: &[(&str, &str)] = &[
    ("bsonobjectid", "^[0-9a-fA-F]{24}$"),
    ("uri", r"^([A-Za-z][A-Za-z0-9+.-]*:|/)[^\s]*$"),
    ("email", r"^([^\s@<>,;]+|.*<[^\s@<>,;]+)@[^\s@<>,;]+>?$"),
    (
        "hostname",
        r"^([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\.?$",
    ),
    (
        "mac",
        r"^([0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}(([:-][0-9a-fA-F]{2}){2}|([:-][0-9a-fA-F]{2}){14})?|([0-9a-fA-F]{4}\.){2,3}[0-9a-fA-F]{4})$",
    ),
    ("uuid", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"),
    ("uuid3", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$"),
    ("uuid4", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"),
    ("uuid5", "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"),
    ("isbn", "^([0-9-]{9,12}[0-9X]|97[89][0-9-]{9,13}[0-9])$"),
    ("isbn10", "^[0-9-]{9,12}[0-9X]$"),
    ("isbn13", "^97[89][0-9-]{9,13}[0-9]$"),
    (
        "creditcard",
        r"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$",
    ),
    ("ssn", r"^\d{3}[- ]?\d{2}[- ]?\d{4}$"),
    ("hexcolor", "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
    ("rgbcolor", r"^rgb\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*\)$"),
    ("date", r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"),
    (
        "duration",
        r"^[+-]?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|nanos?|micros?|millis?|seconds?|minutes?|hours?|days?|weeks?)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$",
    ),
];
/// Formats that are more than that.
const OTHERS: &[&str] =
    &["byte", "cidr", "datetime", "ipv4", "ipv6", "k8slongname", "k8sshortname", "password"];

fn normal(format: &str) -> String {
    format.replace('-', "")
}

/// Whether the server checks that format of values of a type; others mean nothing (`formats.go`).
pub fn is_recognized(types: &[&str], format: &str) -> bool {
    match types {
        ["integer"] => matches!(format, "int32" | "int64"),
        ["number"] => matches!(format, "float" | "double"),
        [] | ["string"] | [_, _] => {
            let format = normal(format);
            OTHERS.contains(&&*format) || PATTERNS.iter().any(|(name, _)| *name == format)
        }
        _ => false,
    }
}

/// Whether a text has a format.
pub fn is_valid(format: &str, text: &str) -> bool {
    let format = normal(format);
    let ip = |text: &str| text.parse::<std::net::IpAddr>().ok();
    match &*format {
        "password" => true,
        "byte" => base64::invalid(text).is_none(),
        "datetime" => Time::parse(text).is_some(),
        "ipv4" => ip(text).is_some_and(|ip| ip.is_ipv4()),
        "ipv6" => ip(text).is_some_and(|ip| ip.is_ipv6()),
        "cidr" => text.split_once('/').is_some_and(|(address, length)| {
            let most = ip(address).map(|ip| if ip.is_ipv4() { 32 } else { 128 });
            length.parse::<u8>().ok().zip(most).is_some_and(|(length, most)| length <= most)
        }),
        "k8sshortname" => names::label(text).is_empty(),
        "k8slongname" => names::subdomain(text).is_empty(),
        format => PATTERNS
            .iter()
            .filter(|(name, _)| *name == format)
            .all(|(_, pattern)| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::{PATTERNS, is_valid};
    use crate::regex::Regex;

    #[test]
    fn expressions_can_be_read() {
        for (name, pattern) in PATTERNS {
            assert_eq!(Regex::new(pattern).err(), None, "{name}");
        }
    }

    #[test]
    fn tells_texts_apart() {
        for (format, good, bad) in [
            ("date-time", "2026-01-02T03:04:05Z", "yesterday"),
            ("date", "2026-01-02", "2026-13-02"),
            ("ipv4", "10.0.0.1", "10.0.0"),
            ("ipv6", "::1", "10.0.0.1"),
            ("cidr", "10.0.0.0/8", "10.0.0.0/40"),
            ("email", "a@b.c", "a b"),
            ("uri", "https://a.b/c", "a b"),
            ("hostname", "a-b.c", "-a"),
            ("uuid", "11111111-2222-3333-4444-555555555555", "1111"),
            ("mac", "01:23:45:67:89:ab", "01:23"),
            ("duration", "1h30m", "soon"),
            ("byte", "aGk=", "%"),
            ("hexcolor", "#fff", "#ff"),
        ] {
            assert!(is_valid(format, good) && !is_valid(format, bad), "{format}");
        }
    }
}
