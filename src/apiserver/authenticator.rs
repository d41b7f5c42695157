//! Whose a bearer token is, and the review that asks it (`pkg/kubeapiserver/authenticator`, `pkg/serviceaccount`,
//! `pkg/registry/authentication/tokenreview`).
//!
//! Requests come with their users: who takes them off the wire asks here first.

use super::{ApiServer, body};
use crate::api::user::{self, AUTHENTICATED};
use crate::api::{ObjectKey, Request, ResourceInfo, Status, User, base64, kinds, meta, token};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Clocks may differ by so much (`jwt.DefaultLeeway`).
const LEEWAY: Duration = Duration::from_secs(60);
const INVALIDATED: &str = "service account token has been invalidated";
/// Of tokens in Secrets.
const LEGACY_INVALIDATED: &str = "Token has been invalidated";

/// The user of a token and the audiences that it is good for, of those that are wanted; else why there is none: often nothing
/// but that.
fn authenticate(server: &ApiServer, now: Time, shown: &str, wanted: &Json) -> Result<(User, Json), String> {
    if let Some((_, listed)) = server.users.iter().find(|(token, _)| **token == *shown) {
        return Ok((listed.clone(), Json::Null));
    }
    let Some((claims, signed)) = server.key.read(shown) else { return Err(String::new()) };
    let legacy = match claims["iss"].str() {
        token::ISSUER => false,
        token::LEGACY_ISSUER => true,
        _ => return Err(String::new()),
    };
    if !signed {
        return Err("go-jose/go-jose: error in cryptographic primitive".into());
    }
    let own = match &claims["aud"] {
        none if none.is_empty() => json!([token::ISSUER]),
        some => some.clone(),
    };
    let common: Json = own.items().iter().filter(|audience| wanted.items().contains(audience)).collect();
    if common.is_empty() {
        return Err(format!(
            "token audiences {} is invalid for the target audiences {}",
            quoted(&own),
            quoted(wanted)
        ));
    }
    let user = if legacy { kept(server, shown, &claims) } else { issued(server, now, &claims) };
    Ok((user?, common))
}

/// As Go prints a list of texts with `%q`.
fn quoted(list: &Json) -> String {
    let words: Vec<String> = list.items().iter().map(|word| format!("{:?}", word.str())).collect();
    format!("[{}]", words.join(" "))
}

fn find<'s>(
    server: &'s ApiServer,
    kind: &'static ResourceInfo,
    namespace: &str,
    name: &str,
) -> Option<&'s Json> {
    server.store.get(&kind.into(), &ObjectKey::new(namespace, name))
}

/// Whether something has been on its way out for a while.
fn is_leaving(object: &Json, before: Time) -> bool {
    Time::parse(object["metadata"]["deletionTimestamp"].str()).is_some_and(|time| time < before)
}

fn account<'s>(server: &'s ApiServer, namespace: &str, name: &str) -> Result<&'s Json, String> {
    let missing = || Status::not_found(&kinds::SERVICEACCOUNTS.into(), name).message.to_string();
    find(server, kinds::SERVICEACCOUNTS, namespace, name).ok_or_else(missing)
}

/// Whose a token of the token subresource is (`claims.go`).
fn issued(server: &ApiServer, now: Time, claims: &Json) -> Result<User, String> {
    let seconds = |claim: &str| claims[claim].as_i64().unwrap_or_default();
    let leeway = LEEWAY.as_secs() as i64;
    if now.secs() + leeway < seconds("nbf") {
        return Err("service account token is not valid yet".into());
    }
    if now.secs() - leeway > seconds("exp") {
        return Err("service account token has expired".into());
    }
    let before = now - LEEWAY;
    let private = &claims["kubernetes.io"];
    let namespace = private["namespace"].str();
    let (name, uid) = (private["serviceaccount"]["name"].str(), private["serviceaccount"]["uid"].str());
    let found = account(server, namespace, name)?;
    if is_leaving(found, before) {
        return Err(format!("service account {namespace}/{name} has been deleted"));
    }
    if meta::uid(found) != uid {
        return Err(format!("service account UID ({}) does not match claim ({uid})", meta::uid(found)));
    }
    // A pod's token names its node too, which may be gone.
    let bound = [
        ("secret", "Secret", kinds::SECRETS, namespace),
        ("pod", "Pod", kinds::PODS, namespace),
        ("node", "Node", kinds::NODES, ""),
    ];
    for (claim, word, kind, namespace) in bound {
        let of = &private[claim];
        if of.is_null() || claim == "node" && !private["pod"].is_null() {
            continue;
        }
        let found =
            find(server, kind, namespace, of["name"].str()).filter(|found| !is_leaving(found, before));
        let uid = found.map(meta::uid).ok_or(INVALIDATED)?;
        if uid != of["uid"].str() {
            let claimed = of["uid"].str();
            return Err(format!(
                "{word} UID ({uid}) does not match service account {claim} ref claim ({claimed})"
            ));
        }
    }
    let mut extra =
        json!({ "authentication.kubernetes.io/credential-id": [format!("JTI={}", claims["jti"].str())] });
    for claim in ["node", "pod"] {
        for field in ["name", "uid"].iter().filter(|field| !private[claim][**field].is_empty()) {
            extra.set(
                format!("authentication.kubernetes.io/{claim}-{field}"),
                json!([&private[claim][*field]]),
            );
        }
    }
    Ok(User { uid: uid.into(), extra, ..user::of_account(namespace, name) })
}

/// Whose a token in a Secret is (`legacy.go`).
fn kept(server: &ApiServer, shown: &str, claims: &Json) -> Result<User, String> {
    let claim = |name: &str| claims[format!("kubernetes.io/serviceaccount/{name}").as_str()].str();
    let (namespace, name, uid) =
        (claim("namespace"), claim("service-account.name"), claim("service-account.uid"));
    let secret = find(server, kinds::SECRETS, namespace, claim("secret.name"));
    let secret = secret.filter(|secret| !meta::is_being_deleted(secret)).ok_or(LEGACY_INVALIDATED)?;
    if base64::decode(secret["data"]["token"].str()).ok().as_deref() != Some(shown.as_bytes()) {
        return Err("Token does not match server's copy".into());
    }
    let found = account(server, namespace, name)?;
    if meta::is_being_deleted(found) {
        return Err(format!("ServiceAccount {namespace}/{name} has been deleted"));
    }
    if meta::uid(found) != uid {
        return Err(format!("ServiceAccount UID ({}) does not match claim ({uid})", meta::uid(found)));
    }
    Ok(User { uid: uid.into(), ..user::of_account(namespace, name) })
}

/// Answers a TokenReview.
pub fn review(
    server: &ApiServer,
    now: Time,
    request: &Request,
    warnings: &mut Vec<Str>,
) -> Result<Json, Status> {
    let mut review = body::decode(request, &request.body, &Json::Null, warnings)?;
    if review["metadata"].is_null() {
        review.set("metadata", Json::object());
    }
    let shown = review["spec"]["token"].str();
    if shown.is_empty() {
        return Err(Status::bad_request("token is required for TokenReview in authentication"));
    }
    let wanted = match &review["spec"]["audiences"] {
        none if none.is_empty() => json!([token::ISSUER]),
        some => some.clone(),
    };
    let status = match authenticate(server, now, shown, &wanted) {
        Ok((mut user, audiences)) => {
            if !user.is_in(AUTHENTICATED) {
                user.groups.push(Str::fixed(AUTHENTICATED));
            }
            let mut status = json!({ "authenticated": true, "user": user.to_json() });
            if !audiences.is_empty() {
                status.set("audiences", audiences);
            }
            status
        }
        Err(why) if why.is_empty() => json!({ "user": {}, "error": "invalid bearer token" }),
        Err(why) => json!({ "user": {}, "error": format!("[invalid bearer token, {why}]") }),
    };
    review.set("status", status);
    Ok(review)
}
