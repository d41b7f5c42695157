//! The objects that parametrise a policy (`policy/generic/policy_dispatcher.go`, `CollectParams`).

use super::Attributes;
use crate::api::ObjectKey;
use crate::api::selector::Labels;
use crate::apiserver::ApiServer;
use crate::json::{Json, Str};

/// Why a policy cannot be asked at all: its kind of parameters is not there.
pub fn unknown_kind(server: &ApiServer, spec: &Json) -> Option<String> {
    let kind = &spec["paramKind"];
    let (version, kind) = (kind["apiVersion"].str(), kind["kind"].str());
    if kind.is_empty() || server.served().of_kind(version, kind).is_some() {
        return None;
    }
    let slash = if version.contains('/') { "" } else { "/" };
    Some(format!("failed to find resource referenced by paramKind: '{slash}{version}, Kind={kind}'"))
}

/// The objects that a binding names; one `Null` where the policy or the binding wants none.
pub fn collect(
    server: &ApiServer,
    spec: &Json,
    reference: &Json,
    attributes: &Attributes,
) -> Result<Vec<Json>, String> {
    let kind = &spec["paramKind"];
    if kind.is_null() || reference.is_null() {
        return Ok(vec![Json::Null]);
    }
    let (version, kind) = (kind["apiVersion"].str(), kind["kind"].str());
    let Some(resource) = server.served().of_kind(version, kind) else {
        return Err(format!("paramKind kind `{version}, Kind={kind}` not known"));
    };
    let namespace = match (resource.namespaced, reference["namespace"].str(), attributes.namespace()) {
        (false, "", _) => Str::default(),
        (false, ..) => {
            return Err("paramRef.namespace must not be provided for a cluster-scoped `paramKind`".into());
        }
        (true, "", "") => {
            return Err(
                "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
                    .into(),
            );
        }
        (true, "", own) => own.into(),
        (true, namespace, _) => namespace.into(),
    };
    let found: Vec<Json> = match reference["name"].str() {
        "" => {
            let labels = Labels::from_object(&reference["selector"]);
            let chosen = |object: &&Json| {
                let every = reference["selector"].is_empty();
                every || labels.as_ref().is_some_and(|l| l.matches(&object["metadata"]["labels"]))
            };
            server
                .store
                .list(&resource, &namespace)
                .map(|(_, object)| object)
                .filter(chosen)
                .cloned()
                .collect()
        }
        name => server.object(&resource, &ObjectKey::new(namespace, name)).into_iter().collect(),
    };
    if found.is_empty() && reference["parameterNotFoundAction"].str() == "Deny" {
        return Err("no params found for policy binding with `Deny` parameterNotFoundAction".into());
    }
    Ok(found)
}
