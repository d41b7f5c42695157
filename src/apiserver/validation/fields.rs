//! Checks of single fields.

use super::names;
use crate::api::field::{Error, Path};
use crate::json::Json;

/// A number that must not be negative, where it is set.
pub fn not_negative(object: &Json, path: &Path, field: &str, errors: &mut Vec<Error>) {
    if object[field].as_i64().is_some_and(|n| n < 0) {
        errors.push(Error::invalid(&path.child(field), &object[field], "must be greater than or equal to 0"));
    }
}

/// A string that must be one of a few, where it is set.
pub fn one_of(object: &Json, path: &Path, field: &str, allowed: &[&str], errors: &mut Vec<Error>) {
    let value = &object[field];
    if !value.is_empty() && !allowed.contains(&value.str()) {
        errors.push(Error::not_supported(&path.child(field), value, allowed));
    }
}

/// A port's number, where it is set.
pub fn port_number(port: &Json, path: &Path, errors: &mut Vec<Error>) {
    if port.as_i64().is_some_and(|n| !(1..=65535).contains(&n)) {
        errors.push(Error::invalid(path, port, "must be between 1 and 65535, inclusive"));
    }
}

/// The number or the name of a container's port (`ValidatePortNumOrName`).
pub fn port_number_or_name(port: &Json, path: &Path, errors: &mut Vec<Error>) {
    if let Some(name) = port.as_str() {
        errors.extend(names::port_name(name).into_iter().map(|problem| Error::invalid(path, name, problem)));
    }
    port_number(port, path, errors);
}

/// The name, protocol and application protocol of a port of a Service or of its endpoints; `wants_name`: it is not alone.
pub fn service_port(port: &Json, path: &Path, wants_name: bool, errors: &mut Vec<Error>) {
    let name = port["name"].str();
    if !name.is_empty() {
        dns_label(&port["name"], &path.child("name"), errors);
    } else if wants_name {
        errors.push(Error::required(&path.child("name"), ""));
    }
}

/// The protocol of such a port, and what is spoken over it.
pub fn protocols(port: &Json, path: &Path, errors: &mut Vec<Error>) {
    if port["protocol"].is_empty() {
        errors.push(Error::required(&path.child("protocol"), ""));
    }
    one_of(port, path, "protocol", &["SCTP", "TCP", "UDP"], errors);
    if let Some(name) = port["appProtocol"].as_str() {
        let path = path.child("appProtocol");
        errors.extend(names::qualified(name).into_iter().map(|problem| Error::invalid(&path, name, problem)));
    }
}

/// A DNS label, where it is set.
pub fn dns_label(value: &Json, path: &Path, errors: &mut Vec<Error>) {
    if !value.is_empty() {
        let problems = names::label(value.str());
        errors.extend(problems.into_iter().map(|problem| Error::invalid(path, value, problem)));
    }
}
