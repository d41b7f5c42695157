//! Endpoints and EndpointSlices (`pkg/registry/core/endpoint`, `pkg/registry/discovery/endpointslice`).

use super::{PLAIN, Strategy};
use crate::api::endpoints::repack_subsets;
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::{fields, ip, names};
use crate::json::Json;

const MOST_ENDPOINTS: usize = 1000;
const MOST_ADDRESSES: usize = 100;
const MOST_PORTS: usize = 20_000;

/// The strategy of Endpoints.
pub static ENDPOINTS: Strategy = Strategy {
    defaults: |endpoints| {
        let subset = |subset: &Json| {
            let mut subset = subset.clone();
            default_ports(&mut subset, false);
            subset
        };
        let subsets: Json = endpoints["subsets"].items().iter().map(subset).collect();
        if subsets.is_empty() {
            endpoints.remove("subsets");
        } else {
            endpoints.set("subsets", subsets);
        }
    },
    validate: validate_endpoints,
    validate_update: |new, _, errors| validate_endpoints(new, errors),
    prepare_update: |new, _| repack(new),
    read_back: repack,
    create_on_update: true,
    ..PLAIN
};

/// The strategy of EndpointSlices.
pub static ENDPOINT_SLICE: Strategy = Strategy {
    defaults: |slice| {
        default_ports(slice, true);
        // Go prints these two lists even where they are empty.
        for list in ["endpoints", "ports"] {
            if slice[list].is_empty() {
                slice.set(list, Json::Null);
            }
        }
    },
    prepare_create: |slice| slice.set_at(&["metadata", "generation"], 1),
    prepare_update: |new, old| {
        let labels = new["metadata"]["labels"] != old["metadata"]["labels"];
        if labels || PARTS.into_iter().any(|part| new[part] != old[part]) {
            let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
            new.set_at(&["metadata", "generation"], generation);
        }
    },
    validate: validate_slice,
    validate_update: |new, old, errors| {
        validate_slice(new, errors);
        if new["addressType"] != old["addressType"] {
            errors.push(Error::invalid(&Path::new("addressType"), &new["addressType"], "field is immutable"));
        }
    },
    ..PLAIN
};

/// What a slice has besides its metadata.
const PARTS: [&str; 3] = ["addressType", "endpoints", "ports"];

/// The protocol is TCP; in a slice a port without a name has an empty one.
fn default_ports(object: &mut Json, named: bool) {
    let port = |port: &Json| {
        let mut port = port.clone();
        fill(&mut port, "protocol", "TCP");
        if named && port["name"].is_null() {
            port.set("name", "");
        }
        port
    };
    let ports: Json = object["ports"].items().iter().map(port).collect();
    if !ports.is_empty() {
        object.set("ports", ports);
    }
}

fn repack(endpoints: &mut Json) {
    let subsets = repack_subsets(endpoints["subsets"].items());
    if !subsets.is_empty() {
        endpoints.set("subsets", subsets);
    }
}

fn validate_endpoints(endpoints: &Json, errors: &mut Vec<Error>) {
    for (i, subset) in endpoints["subsets"].items().iter().enumerate() {
        let path = Path::new("subsets").index(i);
        if subset["addresses"].is_empty() && subset["notReadyAddresses"].is_empty() {
            errors.push(Error::required(&path, "must specify `addresses` or `notReadyAddresses`"));
        }
        for list in ["addresses", "notReadyAddresses"] {
            for (i, address) in subset[list].items().iter().enumerate() {
                let path = path.child(list).index(i);
                let parsed = ip::address(address["ip"].str(), &path.child("ip"), errors);
                fields::dns_label(&address["hostname"], &path.child("hostname"), errors);
                node_name(address, &path, errors);
                if let Some(parsed) = parsed {
                    ip::not_special(parsed, &path.child("ip"), errors);
                }
            }
        }
        let ports = subset["ports"].items();
        for (i, port) in ports.iter().enumerate() {
            let path = path.child("ports").index(i);
            fields::service_port(port, &path, ports.len() > 1, errors);
            fields::port_number(&port["port"], &path.child("port"), errors);
            fields::protocols(port, &path, errors);
        }
    }
}

fn node_name(endpoint: &Json, path: &Path, errors: &mut Vec<Error>) {
    if let Some(name) = endpoint["nodeName"].as_str() {
        let path = path.child("nodeName");
        errors.extend(names::subdomain(name).into_iter().map(|problem| Error::invalid(&path, name, problem)));
    }
}

fn validate_slice(slice: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("addressType");
    let kind = &slice["addressType"];
    if kind.is_empty() {
        errors.push(Error::required(&path, ""));
    }
    fields::one_of(slice, &Path::default(), "addressType", &["FQDN", "IPv4", "IPv6"], errors);
    let (endpoints, path) = (slice["endpoints"].items(), Path::new("endpoints"));
    if endpoints.len() > MOST_ENDPOINTS {
        errors.push(Error::too_many(&path, endpoints.len(), MOST_ENDPOINTS));
    } else {
        for (i, one) in endpoints.iter().enumerate() {
            endpoint(one, kind.str(), &path.index(i), errors);
        }
    }
    let (ports, path) = (slice["ports"].items(), Path::new("ports"));
    if ports.len() > MOST_PORTS {
        return errors.push(Error::too_many(&path, ports.len(), MOST_PORTS));
    }
    for (i, port) in ports.iter().enumerate() {
        let (path, name) = (path.index(i), &port["name"]);
        fields::dns_label(name, &path.child("name"), errors);
        if ports[..i].iter().any(|other| other["name"].str() == name.str()) {
            errors.push(Error::duplicate(&path.child("name"), name));
        }
        fields::protocols(port, &path, errors);
    }
}

fn endpoint(endpoint: &Json, kind: &str, path: &Path, errors: &mut Vec<Error>) {
    let addresses = endpoint["addresses"].items();
    let list = path.child("addresses");
    if addresses.is_empty() {
        errors.push(Error::required(&list, "must contain at least 1 address"));
    } else if addresses.len() > MOST_ADDRESSES {
        errors.push(Error::too_many(&list, addresses.len(), MOST_ADDRESSES));
    }
    for (i, address) in addresses.iter().enumerate() {
        let (path, text) = (list.index(i), address.str());
        if kind == "FQDN" {
            let name = text.strip_suffix('.').unwrap_or(text);
            if !name.contains('.') {
                let detail = "should be a domain with at least two segments separated by dots";
                errors.push(Error::invalid(&path, text, detail));
            }
            errors.extend(
                names::subdomain(name).into_iter().map(|problem| Error::invalid(&path, text, problem)),
            );
            continue;
        }
        let before = errors.len();
        let parsed = ip::address(text, &path, errors);
        if let Some(address) = parsed
            && address.is_ipv4() != (kind == "IPv4")
        {
            errors.push(Error::invalid(&path, text, format!("must be a valid {kind} address")));
        }
        if let Some(address) = parsed.filter(|_| errors.len() == before) {
            ip::not_special(address, &path, errors);
        }
    }
    fields::dns_label(&endpoint["hostname"], &path.child("hostname"), errors);
    node_name(endpoint, path, errors);
}
