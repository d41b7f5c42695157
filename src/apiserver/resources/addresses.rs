//! IPAddresses and ServiceCIDRs (`pkg/apis/networking/validation`).

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::internal_kinds;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::ip;
use crate::apiserver::validation::names::{self, Problems};
use std::net::IpAddr;

/// The strategy of IPAddresses.
pub static IP_ADDRESS: Strategy = Strategy {
    selectable: &[
        "spec.parentRef.group",
        "spec.parentRef.name",
        "spec.parentRef.namespace",
        "spec.parentRef.resource",
    ],
    name: address,
    validate: |object, errors| {
        let parent = At::top(object, "spec").get("parentRef");
        if !parent.set() {
            return parent.missing("", errors);
        }
        parent.get("group").rule(names::subdomain, errors);
        parent.get("resource").name(names::path_segment, errors);
        parent.get("name").name(names::path_segment, errors);
        parent.get("namespace").rule(names::path_segment, errors);
    },
    validate_update: |new, old, errors| {
        let parent = At::top(new, "spec").get("parentRef");
        if parent.json != &old["spec"]["parentRef"] {
            let shown = internal_kinds::parent(parent.json);
            errors.push(Error::invalid_shown(&parent.path, Some(&shown), "field is immutable"));
        }
    },
    ..PLAIN
};

/// A name that is an address.
fn address(name: &str) -> Problems {
    let mut errors = Vec::new();
    if let Some(address) = ip::address(name, &Path::default(), &mut errors) {
        ip::canonical(name, &address.to_string(), &Path::default(), &mut errors);
    }
    errors.into_iter().map(|error| error.detail.to_string()).collect()
}

/// The strategy of ServiceCIDRs.
pub static SERVICE_CIDR: Strategy = Strategy {
    validate: |object, errors| ranges(&At::top(object, "spec").get("cidrs"), errors),
    validate_update: |new, old, errors| {
        let (now, was) = (At::top(new, "spec").get("cidrs"), old["spec"]["cidrs"].items());
        let each = now.each();
        match (was.len(), each.len()) {
            (a, b) if a == b => each.iter().zip(was).for_each(|(now, was)| now.same(was, errors)),
            (1, 2) => {
                each[0].same(&was[0], errors);
                ranges(&now, errors);
            }
            _ => now.invalid("field is immutable", errors),
        }
    },
    ..PLAIN
};

fn ranges(ranges: &At, errors: &mut Vec<Error>) {
    let each = ranges.each();
    let refused = match each.len() {
        0 => return ranges.missing("at least one CIDR required", errors),
        1 => None,
        2 if six(&each[0]).zip(six(&each[1])).is_some_and(|(a, b)| a != b) => None,
        2 => Some("may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"),
        _ => Some("may only hold up to 2 values"),
    };
    if let Some(detail) = refused {
        let shown = format!("{{\"CIDRs\":{}}}", ranges.json);
        return errors.push(Error::invalid_shown(&ranges.path, Some(&shown), detail));
    }
    for range in each {
        let before = errors.len();
        ip::cidr(range.str(), &range.path, errors);
        if let Some((address, bits)) = range.str().split_once('/').filter(|_| errors.len() == before) {
            let address = address.parse::<IpAddr>().map(|ip| ip.to_string()).unwrap_or_default();
            ip::canonical(range.str(), &format!("{address}/{bits}"), &range.path, errors);
        }
    }
}

/// Whether a range is of IPv6; none where it is no range.
fn six(range: &At) -> Option<bool> {
    let mut errors = Vec::new();
    ip::cidr(range.str(), &Path::default(), &mut errors);
    let range = range.str();
    errors.iter().all(|error| error.detail.contains("beyond")).then(|| range.contains(':'))
}
