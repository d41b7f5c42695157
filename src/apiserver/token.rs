//! `POST serviceaccounts/x/token`: a token by which a pod says who it is.
//!
//! It has the form and the claims of a real one (a JWT), but nobody checks its signature here: that is a function of the
//! rest, so that the same run gives the same bytes.
//!
//! Upstream: `pkg/registry/core/serviceaccount/storage/token.go`, `pkg/serviceaccount/claims.go`.

use super::ApiServer;
use crate::api::field::{Error, Path};
use crate::api::{ObjectKey, Reason, Request, Response, Status, base64, kinds};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::{Rng, Time};
use std::time::Duration;

/// Who issues tokens, and whom they are for where the request does not say.
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
/// The shortest life that can be asked for.
const MIN_SECONDS: i64 = 600;
/// What a kubelet asks for; so that clients which never read the file again live on, it gets a year
/// (`--service-account-extend-token-expiration`).
const EXTENDED: i64 = 3607;
const YEAR: i64 = 365 * 24 * 3600;

/// Issues a token.
pub fn create(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let account = server.named(request)?.clone();
    let mut body = request.body.clone();
    let spec = &request.body["spec"];
    let seconds = spec["expirationSeconds"].as_i64().unwrap_or(3600);
    let path = Path::new("spec").child("expirationSeconds");
    if seconds < MIN_SECONDS {
        let error = Error::invalid(&path, seconds, "may not specify a duration less than 10 minutes");
        let message = format!("TokenRequest.authentication.k8s.io \"\" is invalid: {error}");
        return Err(Status::new(Reason::Invalid, message));
    }
    let audiences: Vec<Json> = match spec["audiences"].items() {
        [] => vec![ISSUER.into()],
        some => some.to_vec(),
    };
    let mut claims = json!({
        "namespace": &request.namespace,
        "serviceaccount": { "name": &request.name, "uid": &account["metadata"]["uid"] },
    });
    let bound = &spec["boundObjectRef"];
    if bound["kind"].str() == "Pod" {
        let pods = kinds::PODS.into();
        let key = ObjectKey::new(request.namespace.clone(), bound["name"].str());
        let Some(pod) = server.store.get(&pods, &key) else {
            return Err(Status::not_found(&pods, &key.name));
        };
        let uid = &pod["metadata"]["uid"];
        if !bound["uid"].is_empty() && bound["uid"] != *uid {
            let why = format!(
                "the UID in the bound object reference ({}) does not match the UID in record. The object might have been \
                 deleted and then recreated",
                bound["uid"].str()
            );
            return Err(Status::conflict(&pods, &key.name, &why));
        }
        claims.set("pod", json!({ "name": &key.name, "uid": uid }));
        let node = ObjectKey::new("", pod["spec"]["nodeName"].str());
        if let Some(found) = server.store.get(&kinds::NODES.into(), &node) {
            claims.set("node", json!({ "name": &node.name, "uid": &found["metadata"]["uid"] }));
        }
    }
    let extended = seconds == EXTENDED && spec["audiences"].is_empty();
    if extended {
        claims.set("warnafter", now.secs() + seconds);
    }
    let payload = json!({
        "aud": audiences.clone(), "exp": now.secs() + if extended { YEAR } else { seconds }, "iat": now.secs(),
        "iss": ISSUER, "jti": server.rng.uuid(), "kubernetes.io": claims, "nbf": now.secs(),
        "sub": format!("system:serviceaccount:{}:{}", request.namespace, request.name),
    });
    let life = Duration::from_secs(seconds.unsigned_abs());
    body.set("kind", "TokenRequest");
    body.set("apiVersion", "authentication.k8s.io/v1");
    body.set(
        "metadata",
        json!({ "name": &request.name, "namespace": &request.namespace, "creationTimestamp": now.rfc3339() }),
    );
    body.set_at(&["spec", "audiences"], audiences);
    body.set_at(&["spec", "expirationSeconds"], seconds);
    body.set("status", json!({ "token": sign(&payload), "expirationTimestamp": (now + life).rfc3339() }));
    Ok(Response { code: 201, body, ..Response::default() })
}

/// Header, payload, signature.
fn sign(payload: &Json) -> Str {
    let header = r#"{"alg":"RS256","kid":"kubestep"}"#;
    let text = format!("{}.{}", url(header.as_bytes()), url(payload.to_string().as_bytes()));
    let seed = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut rng = Rng::new(seed);
    let signature: Vec<u8> = (0..32).flat_map(|_| rng.next_u64().to_be_bytes()).collect();
    format!("{text}.{}", url(&signature)).into()
}

/// Base64 for URLs, without padding.
fn url(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}
