//! NetworkPolicies (`pkg/apis/networking/validation`, `pkg/apis/networking/v1/defaults.go`).

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{ip, names, selector};
use crate::json::Json;
use std::net::IpAddr;

/// The strategy of NetworkPolicies.
pub static NETWORK_POLICY: Strategy = Strategy {
    defaults: |policy| {
        if let Some(spec) = policy.get_mut("spec") {
            defaults(spec);
        }
    },
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    generation: true,
    ..PLAIN
};

fn defaults(spec: &mut Json) {
    for list in ["ingress", "egress"] {
        let rules = spec[list].items().iter().map(|rule| {
            let mut rule = rule.clone();
            let ports = rule["ports"].items().iter().map(|port| {
                let mut port = port.clone();
                fill(&mut port, "protocol", "TCP");
                port
            });
            let ports: Json = ports.collect();
            if !ports.is_empty() {
                rule.set("ports", ports);
            }
            rule
        });
        let rules: Json = rules.collect();
        if !rules.is_empty() {
            spec.set(list, rules);
        }
    }
    if spec["policyTypes"].is_empty() {
        let mut types = vec![Json::from("Ingress")];
        if !spec["egress"].is_empty() {
            types.push("Egress".into());
        }
        spec.set("policyTypes", types);
    }
}

fn validate(policy: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(policy, "spec");
    let pods = spec.get("podSelector");
    selector::label_selector(pods.json, &pods.path, errors);
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).each() {
            rule.get("ports").each().iter().for_each(|one| port(one, errors));
            rule.get(peers).each().iter().for_each(|one| peer(one, errors));
        }
    }
    let types = spec.get("policyTypes");
    if types.json.items().len() > 2 {
        return types.invalid("may not specify more than two policyTypes", errors);
    }
    types.each().iter().for_each(|one| one.one_of(&["Ingress", "Egress"], errors));
}

fn port(port: &At, errors: &mut Vec<Error>) {
    port.get("protocol").one_of(&["TCP", "UDP", "SCTP"], errors);
    let (number, end) = (port.get("port"), port.get("endPort"));
    if number.json.as_str().is_some() {
        if end.set() {
            end.invalid("may not be specified when `port` is non-numeric", errors);
        }
        number.must(names::port_name, errors);
    } else if number.set() {
        number.port(errors);
        if end.int().is_some_and(|end| number.int().is_some_and(|number| end < number)) {
            errors.push(Error::invalid(&end.path, number.json, "must be greater than or equal to `port`"));
        }
        end.port(errors);
    } else if end.set() {
        end.invalid("may not be specified when `port` is not specified", errors);
    }
}

fn peer(peer: &At, errors: &mut Vec<Error>) {
    let (pods, spaces, block) = (peer.get("podSelector"), peer.get("namespaceSelector"), peer.get("ipBlock"));
    for labels in [&pods, &spaces] {
        selector::label_selector(labels.json, &labels.path, errors);
    }
    if block.set() {
        ip_block(&block, errors);
        if pods.set() || spaces.set() {
            peer.forbidden("may not specify both ipBlock and another peer", errors);
        }
    } else if !pods.set() && !spaces.set() {
        peer.missing("must specify a peer", errors);
    }
}

fn ip_block(block: &At, errors: &mut Vec<Error>) {
    let range = block.get("cidr");
    if !range.required(errors) {
        return;
    }
    ip::cidr(range.str(), &range.path, errors);
    let Some(whole) = parsed(range.str()) else { return };
    for except in block.get("except").each() {
        ip::cidr(except.str(), &except.path, errors);
        let Some(part) = parsed(except.str()) else { continue };
        if !within(part, whole) {
            except.invalid("must be a strict subset of `cidr`", errors);
        }
    }
}

fn parsed(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/')?;
    Some((address.parse().ok()?, bits.parse().ok()?))
}

/// Whether a range is a part of another, and not all of it.
fn within((part, length): (IpAddr, u32), (whole, bits): (IpAddr, u32)) -> bool {
    let same = match (part, whole) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(32 - bits.min(32)).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(128 - bits.min(128)).unwrap_or(0) == 0
        }
        _ => false,
    };
    same && length > bits
}
