//! The tokens controller: fills in the Secrets of type `kubernetes.io/service-account-token` that people make, and deletes those
//! whose service account is gone (upstream's `pkg/controller/serviceaccount/tokens_controller.go`).

use super::{Caches, Controller, Queue, root_ca};
use crate::api::token::Key;
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, base64, kinds, meta, token};
use crate::client::{Context, Delta};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

const AGENT: &str = "serviceaccount-token-controller";
const KIND: &str = "kubernetes.io/service-account-token";
const NAME: &str = "kubernetes.io/service-account.name";
const UID: &str = "kubernetes.io/service-account.uid";

/// Two queues: accounts that were deleted, and Secrets.
const ACCOUNTS: usize = 0;
const SECRETS: usize = 1;

/// Keeps tokens in Secrets.
#[derive(Clone, Debug)]
pub struct TokensController {
    queues: [Queue; 2],
    /// What tokens are signed with.
    pub key: Key,
}

impl Default for TokensController {
    fn default() -> Self {
        let queues = [
            Queue::new("serviceaccount-token-controller/accounts", kinds::SERVICEACCOUNTS, 5),
            Queue::new(AGENT, kinds::SECRETS, 5),
        ];
        TokensController { queues, key: Key::default() }
    }
}

/// The account that a token's Secret names; the uid only where it is there already.
fn account_of(secret: &Json) -> Option<(&str, &str)> {
    let annotations = secret.at(&["metadata", "annotations"]);
    let name = annotations[NAME].str();
    (secret["type"].str() == KIND && !name.is_empty()).then(|| (name, annotations[UID].str()))
}

impl Controller for TokensController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::SERVICEACCOUNTS, kinds::SECRETS]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        let gone = matches!(delta, Delta::Deleted(_));
        if *resource == Resource::from(kinds::SERVICEACCOUNTS) {
            if gone {
                self.queues[ACCOUNTS].keys.add(ObjectKey::of(object));
            }
        } else if !gone && account_of(object).is_some() {
            self.queues[SECRETS].keys.add(ObjectKey::of(object));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        if queue == ACCOUNTS {
            delete_tokens(cx, caches, key)
        } else {
            sync_secret(cx, caches, key, &self.key)
        }
    }
}

/// Deletes the tokens of an account that was deleted.
fn delete_tokens(cx: &mut Context, caches: &Caches, account: &ObjectKey) -> Result<(), Status> {
    let there = caches.of(kinds::SERVICEACCOUNTS).get(account);
    cx.note("read-cache", [("found", Json::Bool(there.is_some()))]);
    let uid = there.map_or("", meta::uid).to_string();
    let mut tokens = Vec::new();
    for (key, secret) in caches.of(kinds::SECRETS).iter() {
        if let Some((name, of)) = account_of(secret)
            && key.namespace == account.namespace
            && name == account.name.as_str()
            && !of.is_empty()
            && of != uid
        {
            tokens.push((key.clone(), Str::from(meta::uid(secret))));
        }
    }
    tokens.iter().try_for_each(|(key, uid)| delete(cx, key, uid))
}

fn delete(cx: &mut Context, key: &ObjectKey, uid: &Str) -> Result<(), Status> {
    cx.note("delete", [("name", Json::from(&key.name))]);
    let delete = Request::delete(kinds::SECRETS, key.namespace.clone(), key.name.clone()).by(AGENT);
    match cx.api.call(delete.with(|options| options.uid = Some(uid.clone()))) {
        // Gone already, or another one by now.
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
        other => other.map(|_| ()),
    }
}

fn sync_secret(cx: &mut Context, caches: &Caches, key: &ObjectKey, signing: &Key) -> Result<(), Status> {
    let secret = caches.of(kinds::SECRETS).get(key);
    cx.note("read-cache", [("found", Json::Bool(secret.is_some()))]);
    let Some((secret, (name, uid))) = secret.and_then(|s| Some((s, account_of(s)?))) else { return Ok(()) };
    let account = ObjectKey::new(key.namespace.clone(), name);
    let fits = |found: &Json| uid.is_empty() || meta::uid(found) == uid;
    let mut found = caches.of(kinds::SERVICEACCOUNTS).get(&account).filter(|a| fits(a)).cloned();
    if found.is_none() {
        // The cache may be behind.
        let get =
            Request::get(kinds::SERVICEACCOUNTS, account.namespace.clone(), account.name.clone()).by(AGENT);
        found = match cx.api.call(get) {
            Ok(response) => Some(response.body).filter(fits),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(error),
        };
    }
    let Some(found) = found else { return delete(cx, key, &Str::from(meta::uid(secret))) };
    let Some(filled) = filled(secret, &found, signing) else { return Ok(()) };
    cx.note("issue-token", [("account", Json::from(name))]);
    match cx.api.call(Request::update(kinds::SECRETS, filled).by(AGENT)) {
        // A newer version will come, or none.
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
        other => other.map(|_| ()),
    }
}

/// The Secret with all that belongs in it; `None` where nothing is missing.
fn filled(secret: &Json, account: &Json, signing: &Key) -> Option<Json> {
    let meta = &account["metadata"];
    let (name, namespace, uid) = (meta["name"].str(), meta["namespace"].str(), meta["uid"].str());
    let mut out = secret.clone();
    let mut data = secret["data"].clone();
    let encoded = |text: &str| base64::encode(text.as_bytes());
    let certificate = encoded(root_ca::CERTIFICATE);
    if data["ca.crt"].str() != certificate {
        data.set("ca.crt", certificate);
    }
    if data["namespace"].is_empty() {
        data.set("namespace", encoded(namespace));
    }
    if data["token"].is_empty() {
        let mut claims = json!({ "iss": token::LEGACY_ISSUER, "sub": token::user_name(namespace, name) });
        for (claim, value) in [
            ("namespace", namespace),
            ("secret.name", secret["metadata"]["name"].str()),
            ("service-account.name", name),
            ("service-account.uid", uid),
        ] {
            claims.set(format!("kubernetes.io/serviceaccount/{claim}"), value);
        }
        data.set("token", encoded(&signing.sign(&claims)));
    }
    out.set("data", data);
    out.set_at(&["metadata", "annotations", NAME], name);
    out.set_at(&["metadata", "annotations", UID], uid);
    (out != *secret).then_some(out)
}
