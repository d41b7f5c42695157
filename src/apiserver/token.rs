//! `serviceaccounts/token`: a token for an account, for a while (`pkg/registry/core/serviceaccount/storage/token.go`).

use super::{ApiServer, admission, update};
use crate::api::field::{Error, Path};
use crate::api::{ObjectKey, Reason, Request, Resource, ResourceInfo, Response, Status, kinds, token};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// What is asked for; it is never stored.
static TOKEN_REQUEST: ResourceInfo = ResourceInfo {
    group: Str::fixed("authentication.k8s.io"),
    version: Str::fixed("v1"),
    plural: Str::fixed("tokenrequests"),
    singular: Str::fixed("tokenrequest"),
    kind: Str::fixed("TokenRequest"),
    namespaced: true,
    short_names: kinds::words(&[]),
    categories: kinds::words(&[]),
    verbs: &[],
    subresources: &[],
    ty: None,
    definition: Json::Null,
};
const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;
const LEAST: i64 = 600;
const MOST: i64 = 1 << 32;
/// Pods' tokens ask for this; they live for a year, and warn after it (`WarnOnlyBoundTokenExpirationPeriod`).
const WARNS_ONLY: i64 = HOUR + 7;

/// Issues a token.
pub fn create(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    admission::namespace_lifecycle::check(server, request, &request.namespace, &request.name)?;
    let (namespace, name) = (request.namespace.as_str(), request.name.as_str());
    let meta = &request.body["metadata"];
    let said = meta["name"].str();
    if !matches!(meta["namespace"].str(), "") && meta["namespace"].str() != namespace {
        return Err(Status::bad_request(update::OTHER_NAMESPACE));
    }
    if !said.is_empty() && said != name {
        let path = Path::new("metadata").child("name");
        let error = Error::invalid(&path, said, "must match the service account name if specified");
        return Err(Status::invalid(&Resource::BuiltIn(&TOKEN_REQUEST), name, &[error]));
    }
    let account = server.named(request)?.clone();
    let spec = &request.body["spec"];
    let seconds = spec["expirationSeconds"].as_i64().unwrap_or(HOUR);
    let path = Path::new("spec").child("expirationSeconds");
    let mut errors = Vec::new();
    if seconds < LEAST {
        errors.push(Error::invalid(&path, seconds, "may not specify a duration less than 10 minutes"));
    }
    if seconds > MOST {
        errors.push(Error::invalid(&path, seconds, "may not specify a duration larger than 2^32 seconds"));
    }
    if !errors.is_empty() {
        return Err(Status::invalid(&Resource::BuiltIn(&TOKEN_REQUEST), "", &errors));
    }
    let audiences = match &spec["audiences"] {
        none if none.is_empty() => json!([token::ISSUER]),
        some => some.clone(),
    };
    let of =
        |object: &Json| json!({ "name": &object["metadata"]["name"], "uid": &object["metadata"]["uid"] });
    let mut private = json!({ "namespace": namespace, "serviceaccount": of(&account) });
    if let Some(bound) = bound(server, namespace, name, &spec["boundObjectRef"])? {
        private.set(Str::from(bound.0), of(&bound.1));
        let node = bound.1["spec"]["nodeName"].str();
        let node = server.store.get(&kinds::NODES.into(), &ObjectKey::new("", node));
        if let Some(node) = node.filter(|_| bound.0 == "pod") {
            private.set("node", of(node));
        }
    }
    let issued = now.secs();
    let mut expires = issued + seconds;
    if seconds == WARNS_ONLY && audiences == json!([token::ISSUER]) {
        private.set("warnafter", expires);
        expires = issued + YEAR;
    }
    let claims = json!({
        "aud": &audiences, "exp": expires, "iat": issued, "iss": token::ISSUER, "jti": server.rng.uuid(),
        "kubernetes.io": private, "nbf": issued, "sub": token::user_name(namespace, name),
    });
    let until = now + Duration::from_secs(seconds.unsigned_abs());
    let mut spec = spec.clone();
    spec.set("audiences", audiences);
    spec.set("expirationSeconds", seconds);
    if spec["boundObjectRef"].is_null() {
        spec.set("boundObjectRef", Json::Null);
    }
    let body = json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
        "metadata": { "creationTimestamp": now.rfc3339(), "name": name, "namespace": namespace },
        "spec": spec,
        "status": { "expirationTimestamp": until.rfc3339(), "token": token::sign(&claims) },
    });
    Ok(Response { code: 201, body, ..Response::default() })
}

/// The object with which the token dies, and the claim that names it.
fn bound(
    server: &ApiServer,
    namespace: &str,
    account: &str,
    reference: &Json,
) -> Result<Option<(&'static str, Json)>, Status> {
    if reference.is_null() {
        return Ok(None);
    }
    let (name, kind) = (reference["name"].str(), reference["kind"].str());
    let (claim, resource, namespace) = match kind {
        "Pod" => ("pod", kinds::PODS, namespace),
        "Secret" => ("secret", kinds::SECRETS, namespace),
        "Node" => ("node", kinds::NODES, ""),
        _ => {
            let version = reference["apiVersion"].str();
            let message = format!("cannot bind token to object of type {version}, Kind={kind}");
            return Err(Status::bad_request(message));
        }
    };
    let resource: Resource = resource.into();
    let found = server.store.get(&resource, &ObjectKey::new(namespace, name));
    let object = found.cloned().ok_or_else(|| Status::not_found(&resource, name))?;
    if kind == "Pod" && object["spec"]["serviceAccountName"].str() != account {
        return Err(Status::bad_request(format!(
            "cannot bind token for serviceaccount {account:?} to pod running with different serviceaccount name."
        )));
    }
    let uid = reference["uid"].str();
    if !uid.is_empty() && uid != object["metadata"]["uid"].str() {
        // Upstream names the kind here, where a conflict has the resource.
        let why = format!(
            "Operation cannot be fulfilled on {kind} {name:?}: the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated"
        );
        return Err(Status::new(Reason::Conflict, why));
    }
    Ok(Some((claim, object)))
}
