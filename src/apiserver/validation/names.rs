//! The shapes of names (`apimachinery/pkg/util/validation`); each check gives what is wrong, in upstream's words.

use crate::api::field::{Error, Path};

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/// What is wrong with a name, if anything.
pub type Problems = Vec<String>;

fn lower_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.iter().all(|b| inner(*b))
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

fn too_long(text: &str, max: usize, unit: &str) -> Problems {
    if text.len() > max { vec![format!("must be no more than {max} {unit}")] } else { Vec::new() }
}

/// `a-b.c`, at most 253 characters (`IsDNS1123Subdomain`).
pub fn subdomain(name: &str) -> Problems {
    let mut problems = too_long(name, 253, "characters");
    if !name.split('.').all(lower_label) {
        problems.push(SUBDOMAIN.into());
    }
    problems
}

/// `a-b`, at most 63 characters (`IsDNS1123Label`).
pub fn label(name: &str) -> Problems {
    let mut problems = too_long(name, 63, "characters");
    if !lower_label(name) {
        problems.push(if subdomain(name).is_empty() { "must not contain dots".into() } else { LABEL.into() });
    }
    problems
}

/// A DNS label that begins with a letter (`IsDNS1035Label`).
pub fn label_1035(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > 63 {
        problems.push("must be no more than 63 characters".to_string());
    }
    let inner = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let edges = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase()) && !text.ends_with('-');
    if !(inner && edges) {
        problems.push("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')".into());
    }
    problems
}

/// A name that may stand in a URL's path (`path.IsValidPathSegmentName`).
pub fn path_segment(name: &str) -> Problems {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    ["/", "%"].iter().filter(|c| name.contains(**c)).map(|c| format!("may not contain '{c}'")).collect()
}

fn qualified_part(text: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && edge(bytes.first())
        && edge(bytes.last())
}

/// `prefix.domain/name` or `name` (`IsQualifiedName`).
pub fn qualified(name: &str) -> Problems {
    let parts: Vec<&str> = name.split('/').collect();
    let mut problems = Problems::new();
    let part = match parts[..] {
        [part] => part,
        [prefix, part] => {
            if prefix.is_empty() {
                problems.push("prefix part must be non-empty".into());
            } else {
                problems.extend(subdomain(prefix).into_iter().map(|p| format!("prefix part {p}")));
            }
            part
        }
        _ => {
            return vec![format!(
                "a valid label key {QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if part.is_empty() {
        problems.push("name part must be non-empty".into());
    } else {
        problems.extend(too_long(part, 63, "bytes").into_iter().map(|p| format!("name part {p}")));
    }
    if !qualified_part(part) {
        problems.push(format!("name part {QUALIFIED}"));
    }
    problems
}

/// `acme.io/foo` (`IsDomainPrefixedPath`).
pub fn domain_prefixed_path(text: &str, path: &Path, errors: &mut Vec<Error>) {
    if text.is_empty() {
        return errors.push(Error::required(path, ""));
    }
    let parts = text.split_once('/').filter(|(host, rest)| !host.is_empty() && !rest.is_empty());
    let Some((host, rest)) = parts else {
        let detail = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        return errors.push(Error::invalid(path, text, detail));
    };
    errors.extend(subdomain(host).into_iter().map(|problem| Error::invalid(path, host, problem)));
    if !rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b)) {
        let detail = r"Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+')";
        errors.push(Error::invalid(path, rest, detail));
    }
}

/// A label's value (`IsValidLabelValue`).
pub fn label_value(value: &str) -> Problems {
    let mut problems = too_long(value, 63, "bytes");
    if !value.is_empty() && !qualified_part(value) {
        problems.push(VALUE.into());
    }
    problems
}

/// A key of a ConfigMap or Secret (`IsConfigMapKey`).
pub fn config_key(key: &str) -> Problems {
    let mut problems = too_long(key, 253, "characters");
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        problems.push(CONFIG_KEY.into());
    }
    match key {
        "." => problems.push("must not be '.'".into()),
        ".." => problems.push("must not be '..'".into()),
        _ if key.starts_with("..") => problems.push("must not start with '..'".into()),
        _ => {}
    }
    problems
}

/// A port's name (`IsValidPortName`).
pub fn port_name(name: &str) -> Problems {
    let mut problems = too_long(name, 15, "characters");
    let bytes = name.as_bytes();
    if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-') {
        problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !bytes.iter().any(u8::is_ascii_lowercase) {
        problems.push("must contain at least one letter (a-z)".into());
    }
    if name.contains("--") {
        problems.push("must not contain consecutive hyphens".into());
    }
    if bytes.first() == Some(&b'-') || bytes.last() == Some(&b'-') {
        problems.push("must not begin or end with a hyphen".into());
    }
    problems
}

/// An environment variable's name (`IsRelaxedEnvVarName`).
pub fn env_name(name: &str) -> Problems {
    if name.is_empty() {
        return vec!["environment variable name must be non-empty".into()];
    }
    if name.bytes().any(|b| !(b' '..=b'~').contains(&b) || b == b'=') {
        return vec![
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
                .into(),
        ];
    }
    Problems::new()
}

/// A name of an HTTP header (`IsHTTPHeaderName`).
pub fn header(name: &str) -> Problems {
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Problems::new();
    }
    vec!["a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')".into()]
}

const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// `*.example.com` (`IsWildcardDNS1123Subdomain`).
pub fn wildcard(name: &str) -> Problems {
    let mut problems = too_long(name, 253, "characters");
    if !name.strip_prefix("*.").is_some_and(|rest| rest.split('.').all(lower_label)) {
        problems.push(WILDCARD.into());
    }
    problems
}

/// A host's name, with or without a star.
pub fn host(name: &str) -> Problems {
    if name.contains('*') { wildcard(name) } else { subdomain(name) }
}

const UNDERSCORE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. '_example.com', regex used for validation is '([_a-z0-9]([-_a-z0-9]*[_a-z0-9])?(\\.[_a-z0-9]([-_a-z0-9]*[_a-z0-9])?)*)')";

/// A subdomain in which `_` may stand (`IsDNS1123SubdomainWithUnderscore`).
pub fn subdomain_underscore(name: &str) -> Problems {
    let mut problems = too_long(name, 253, "characters");
    if !name.split('.').all(|part| lower_label(&part.replace('_', "a"))) {
        problems.push(UNDERSCORE.into());
    }
    problems
}

/// A name of a kernel's parameter (`IsValidSysctlName`).
pub fn sysctl(name: &str) -> Problems {
    let part = |part: &str| lower_label(&part.replace('_', "-"));
    if name.len() <= 253 && name.split(['.', '/']).all(part) {
        return Problems::new();
    }
    vec![r"must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$".into()]
}

/// The name of a CSI driver (`ValidateCSIDriverName`), its length apart.
pub fn driver(name: &str) -> Problems {
    subdomain(&name.to_lowercase())
}
