//! IPAddresses and ServiceCIDRs (`pkg/apis/networking/validation`).

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::internal_kinds;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::ip;
use crate::apiserver::validation::names::{self, Problems};
use crate::json::Json;

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
    ip::address(name, &Path::default(), &mut errors);
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
    match each.len() {
        0 => return ranges.missing("at least one CIDR required", errors),
        1 | 2 => {}
        _ => {
            let shown = format!("{{\"CIDRs\":{}}}", ranges.json);
            let detail = "may only hold up to 2 values";
            return errors.push(Error::invalid_shown(&ranges.path, Some(&shown), detail));
        }
    }
    each.iter().for_each(|range| ip::cidr(range.str(), &range.path, errors));
    let six = |range: &At| range.str().contains(':');
    if each.len() == 2 && six(&each[0]) == six(&each[1]) && each.iter().all(|r| valid(r.json)) {
        let detail =
            "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
        ranges.invalid(detail, errors);
    }
}

fn valid(range: &Json) -> bool {
    let mut errors = Vec::new();
    ip::cidr(range.str(), &Path::default(), &mut errors);
    errors.is_empty()
}
