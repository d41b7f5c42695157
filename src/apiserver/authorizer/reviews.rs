//! Questions about users and what they may do: kinds of the API that are created, answered and never stored
//! (`pkg/registry/authorization`, `pkg/registry/authentication/selfsubjectreview`).

use super::{ApiServer, authorize, resolver};
use crate::api::field::{Error, Path};
use crate::api::rbac::{self, Attributes};
use crate::api::user::MASTERS;
use crate::api::{Request, Response, Status, User};
use crate::apiserver::{authenticator, body};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

/// Answers a POST to one of these kinds; `None`: it is another kind.
pub fn create(server: &ApiServer, now: Time, request: &Request) -> Option<Result<Response, Status>> {
    if request.resource.kind == "TokenReview" {
        let mut warnings = Vec::new();
        let review = authenticator::review(server, now, request, &mut warnings);
        return Some(review.map(|body| Response { code: 201, body, warnings, watch: None }));
    }
    let answer: fn(&ApiServer, Time, &Request, &mut Json) -> Result<(), Status> =
        match &*request.resource.kind {
            "SelfSubjectReview" => self_subject,
            "SelfSubjectAccessReview" | "SubjectAccessReview" | "LocalSubjectAccessReview" => access,
            "SelfSubjectRulesReview" => rules,
            _ => return None,
        };
    let mut warnings = Vec::new();
    let review = body::decode(request, &request.body, &Json::Null, &mut warnings).and_then(|mut review| {
        if review["metadata"].is_null() {
            review.set("metadata", Json::object());
        }
        answer(server, now, request, &mut review)?;
        Ok(review)
    });
    Some(review.map(|body| Response { code: 201, body, warnings, watch: None }))
}

fn asker(request: &Request) -> User {
    request.user.as_deref().cloned().unwrap_or_else(User::admin)
}

fn self_subject(_: &ApiServer, now: Time, request: &Request, review: &mut Json) -> Result<(), Status> {
    review.set_at(&["metadata", "creationTimestamp"], now.rfc3339());
    review.set_at(&["status", "userInfo"], asker(request).to_json());
    Ok(())
}

fn access(server: &ApiServer, _: Time, request: &Request, review: &mut Json) -> Result<(), Status> {
    let own = request.resource.kind == "SelfSubjectAccessReview";
    let local = request.resource.kind == "LocalSubjectAccessReview";
    let spec = review["spec"].clone();
    let errors = faults(&spec, own, local.then_some(&*request.namespace), review);
    if !errors.is_empty() {
        return Err(Status::invalid(&request.resource, "", &errors));
    }
    let (about, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    let asked = if about.is_null() {
        Attributes { verb: path["verb"].str(), path: path["path"].str(), ..Attributes::default() }
    } else {
        Attributes {
            verb: about["verb"].str(),
            namespace: about["namespace"].str(),
            group: about["group"].str(),
            resource: about["resource"].str(),
            subresource: about["subresource"].str(),
            name: about["name"].str(),
            path: "",
        }
    };
    let user = if own { asker(request) } else { said(&spec) };
    let decision = authorize(server, &user, &asked);
    let mut status = json!({ "allowed": decision.allowed });
    if !decision.reason.is_empty() {
        status.set("reason", decision.reason);
    }
    review.set("status", status);
    Ok(())
}

/// The user that a review asks about.
fn said(spec: &Json) -> User {
    let groups = spec["groups"].items().iter().map(|group| Str::from(group.str())).collect();
    User {
        name: spec["user"].str().into(),
        uid: spec["uid"].str().into(),
        groups,
        extra: spec["extra"].clone(),
        by: None,
    }
}

/// What is wrong with a review of access (`pkg/apis/authorization/validation`).
fn faults(spec: &Json, own: bool, namespace: Option<&str>, review: &Json) -> Vec<Error> {
    let mut errors = Vec::new();
    let at = Path::new("spec");
    let (about, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    if !about.is_null() && !path.is_null() {
        let both = at.child("nonResourceAttributes");
        errors.push(Error::invalid(
            &both,
            Json::Null,
            "cannot be specified in combination with resourceAttributes",
        ));
    }
    if about.is_null() && path.is_null() {
        let either = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
        errors.push(Error::invalid(&at.child("resourceAttributes"), path.clone(), either));
    }
    if !own && spec["user"].is_empty() && spec["groups"].is_empty() {
        let either = "at least one of user or group must be specified";
        errors.push(Error::invalid(&at.child("user"), "", either));
    }
    if let Some(namespace) = namespace {
        let said = about["namespace"].str();
        if said != namespace {
            let must = format!("must match metadata.namespace: {namespace}");
            errors.push(Error::invalid(&at.child("resourceAttributes").child("namespace"), said, must));
        }
        if !path.is_null() {
            let never = "disallowed on this kind of request";
            errors.push(Error::invalid(&at.child("nonResourceAttributes"), path.clone(), never));
        }
    } else {
        let metadata = &review["metadata"];
        if !metadata["name"].is_empty() || !metadata["namespace"].is_empty() {
            let empty = "must be empty";
            errors.push(Error::invalid(&Path::new("metadata"), metadata.clone(), empty));
        }
    }
    errors
}

fn rules(server: &ApiServer, _: Time, request: &Request, review: &mut Json) -> Result<(), Status> {
    let namespace = review["spec"]["namespace"].str().to_string();
    if namespace.is_empty() {
        return Err(Status::bad_request("no namespace on request"));
    }
    let user = asker(request);
    let (own, missing) = resolver::rules(server, &user, &namespace);
    let all = rbac::everything();
    let first = if user.is_in(MASTERS) { &all[..] } else { &[] };
    let (mut resources, mut urls) = (Vec::new(), Vec::new());
    for rule in first.iter().chain(&own) {
        let (of, fields): (&mut Vec<Json>, &[&str]) = if rule["nonResourceURLs"].is_empty() {
            (&mut resources, &["verbs", "apiGroups", "resources", "resourceNames"])
        } else {
            (&mut urls, &["verbs", "nonResourceURLs"])
        };
        let mut told = Json::object();
        for field in fields.iter().filter(|field| !rule[**field].is_null()) {
            told.set(Str::from(*field), &rule[*field]);
        }
        of.push(told);
    }
    let mut status = json!({ "resourceRules": resources, "nonResourceRules": urls, "incomplete": false });
    if !missing.is_empty() {
        let errors: Vec<String> = missing.iter().map(|role| role.not_found(role.kind())).collect();
        status.set("incomplete", true);
        status.set("evaluationError", errors.join(", "));
    }
    review.set("status", status);
    Ok(())
}
