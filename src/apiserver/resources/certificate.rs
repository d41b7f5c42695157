//! CertificateSigningRequests (`pkg/registry/certificates`, `pkg/apis/certificates/validation`).

use super::{PLAIN, Strategy, pem};
use crate::api::base64;
use crate::api::field::Error;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::json::Json;
use crate::sim::Time;

/// The strategy of CertificateSigningRequests.
pub static SIGNING_REQUEST: Strategy = Strategy {
    selectable: &["spec.signerName"],
    prepare_update: |new, old| new.set("spec", &old["spec"]),
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    validate_status: |new, old, errors| conditions(new, old, false, errors),
    ..PLAIN
};

const USAGES: [&str; 23] = [
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];

fn validate(request: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(request, "spec");
    let bytes = base64::decode(spec.get("request").str()).unwrap_or_default();
    if let Some(fault) = pem::request_fault(&bytes) {
        spec.get("request").invalid(fault, errors);
    }
    let usages = spec.get("usages");
    if usages.empty() {
        usages.missing("usages must contain at least one value", errors);
    }
    let each = usages.each();
    for (i, usage) in each.iter().enumerate() {
        usage.one_of(&USAGES, errors);
        if each[..i].iter().any(|other| other.json == usage.json) {
            usage.duplicate(errors);
        }
    }
    let signer = spec.get("signerName");
    if signer.required(errors) {
        signer_name(&signer, errors);
    }
    let seconds = spec.get("expirationSeconds");
    if seconds.int().is_some_and(|n| n < 600) {
        seconds.invalid("may not specify a duration less than 600 seconds (10 minutes)", errors);
    }
}

/// `example.com/name`
fn signer_name(signer: &At, errors: &mut Vec<Error>) {
    let Some((domain, path)) = signer.str().split_once('/') else {
        let detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
        return signer.invalid(detail, errors);
    };
    for problem in names::subdomain(domain) {
        signer.invalid(format!("validating domain segment: {problem}"), errors);
    }
    if !domain.contains('.') {
        let detail =
            "validating domain segment: should be a domain with at least two segments separated by dots";
        signer.invalid(detail, errors);
    }
    for problem in path.split('.').flat_map(names::label) {
        signer.invalid(format!("validating path segment: {problem}"), errors);
    }
}

/// Takes over what an approval says: the conditions, and no more. One that is new or turned has come to be so now.
pub fn approve(request: &mut Json, said: &Json, now: Time) {
    let now = now.rfc3339();
    let known = request["status"]["conditions"].clone();
    let conditions = said["status"]["conditions"].items().iter().map(|condition| {
        let mut condition = condition.clone();
        let before = known.items().iter().find(|known| known["type"] == condition["type"]);
        if condition["lastUpdateTime"].is_null() {
            condition.set("lastUpdateTime", now.as_str());
        }
        if condition["lastTransitionTime"].is_null() {
            let same = before.filter(|before| before["status"] == condition["status"]);
            let since = same.map_or(Json::from(now.as_str()), |before| before["lastTransitionTime"].clone());
            condition.set("lastTransitionTime", since);
        }
        condition
    });
    let conditions: Json = conditions.collect();
    if !conditions.is_empty() || !known.is_null() {
        request.set_at(&["status", "conditions"], conditions);
    }
    request.set("metadata", &said["metadata"]);
}

/// What is wrong with an approval.
pub fn approval(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    validate(new, errors);
    conditions(new, old, true, errors);
}

/// Decisions are made once, and not by those who sign.
fn conditions(new: &Json, old: &Json, approves: bool, errors: &mut Vec<Error>) {
    let list = At::top(new, "status").get("conditions");
    let has = |kind: &str| list.json.items().iter().any(|c| c["type"].str() == kind);
    for condition in list.each() {
        condition.get("type").required(errors);
        let status = condition.get("status");
        match condition.get("type").str() {
            "Approved" | "Denied" | "Failed" if status.required(errors) => status.one_of(&["True"], errors),
            "Approved" | "Denied" | "Failed" => {}
            _ => status.choice(&["True", "False", "Unknown"], errors),
        }
    }
    if has("Approved") && has("Denied") {
        let at = list.each();
        let both = at.iter().rfind(|c| matches!(c.get("type").str(), "Approved" | "Denied"));
        if let Some(second) = both {
            second.get("type").invalid("Approved and Denied conditions are mutually exclusive", errors);
        }
    }
    let of = |request: &Json, kind: &str| -> Vec<Json> {
        let all = request["status"]["conditions"].items().iter();
        all.filter(|c| c["type"].str() == kind).cloned().collect()
    };
    for kind in ["Approved", "Denied", "Failed"] {
        if of(new, kind).len() < of(old, kind).len() {
            list.forbidden(format!("updates may not remove a condition of type {kind:?}"), errors);
        }
    }
    for kind in ["Approved", "Denied"].into_iter().filter(|_| !approves) {
        let (now, was) = (of(new, kind), of(old, kind));
        if now.len() > was.len() {
            list.forbidden(format!("updates may not add a condition of type {kind:?}"), errors);
        } else if now.len() == was.len() && now != was {
            list.forbidden(format!("updates may not modify a condition of type {kind:?}"), errors);
        }
    }
    let certificate = &old["status"]["certificate"];
    if !certificate.is_empty() && new["status"]["certificate"] != *certificate {
        let at = At::top(new, "status").get("certificate");
        at.forbidden("updates may not modify existing certificate content", errors);
    }
}
