//! CertificateSigningRequests (`pkg/registry/certificates`, `pkg/apis/certificates/validation`).

use super::{PLAIN, Strategy};
use crate::api::base64;
use crate::api::field::{Error, Path};
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::json::Json;

/// The strategy of CertificateSigningRequests.
pub static SIGNING_REQUEST: Strategy = Strategy {
    selectable: &["spec.signerName"],
    prepare_create: |request| {
        // Who asks is not for the asker to say.
        request.set_at(&["spec", "username"], "kubernetes-admin");
        request
            .set_at(&["spec", "groups"], vec![Json::from("system:masters"), "system:authenticated".into()]);
        for field in ["uid", "extra"] {
            if let Some(spec) = request.get_mut("spec") {
                spec.remove(field);
            }
        }
    },
    prepare_update: |new, old| new.set("spec", &old["spec"]),
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    validate_status: |new, old, errors| conditions(new, old, errors),
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
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if !text.trim_start().starts_with("-----BEGIN CERTIFICATE REQUEST-----") {
        let detail = "PEM block type must be CERTIFICATE REQUEST";
        errors.push(Error::invalid(&spec.path.child("request"), spec.get("request").json, detail));
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

fn conditions(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let list = At::top(new, "status").get("conditions");
    let has = |kind: &str| list.json.items().iter().any(|c| c["type"].str() == kind);
    for condition in list.each() {
        condition.get("type").required(errors);
        condition.get("status").choice(&["True", "False", "Unknown"], errors);
    }
    if has("Approved") && has("Denied") {
        let detail = "Approved and Denied conditions are mutually exclusive";
        let at = list.each();
        if let Some(denied) = at.iter().find(|c| c.get("type").str() == "Denied") {
            denied.get("type").invalid(detail, errors);
        }
    }
    let certificate = &old["status"]["certificate"];
    if !certificate.is_empty() && new["status"]["certificate"] != *certificate {
        let path = Path::new("status").child("certificate");
        errors.push(Error::invalid(&path, &new["status"]["certificate"], "field is immutable"));
    }
}
