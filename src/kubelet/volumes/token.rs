//! [`Tokens`]: the service account tokens of a pod, asked of the API server and renewed before they end.
//!
//! Upstream: `pkg/kubelet/token/token_manager.go`.

use crate::api::{Request, kinds};
use crate::json;
use crate::json::{Json, Str};
use crate::kubelet::object_cache::Source;
use crate::sim::Time;
use std::time::Duration;

/// No token is used for longer than this.
const MAX_TTL: Duration = Duration::from_secs(24 * 3600);
/// So much earlier at most, lest all come at once; in milliseconds.
const MAX_JITTER: u64 = 10_000;

#[derive(Clone, Debug)]
struct Token {
    /// Audience and lifetime.
    asked: (Str, i64),
    text: Str,
    refresh_at: Time,
}

/// The tokens of a pod.
#[derive(Clone, Debug, Default)]
pub struct Tokens(Vec<Token>);

impl Tokens {
    /// When the first of them is to be renewed.
    pub fn refresh_at(&self) -> Option<Time> {
        self.0.iter().map(|token| token.refresh_at).min()
    }

    /// The token that a `serviceAccountToken` projection asks for.
    pub fn get(&mut self, source: &mut Source<'_, '_>, pod: &Json, asked: &Json) -> Result<Str, String> {
        let seconds = asked["expirationSeconds"].as_i64().unwrap_or(3600);
        let asked = (Str::from(asked["audience"].str()), seconds);
        let now = source.cx.now;
        let known = self.0.iter().position(|token| token.asked == asked);
        if let Some(token) = known.map(|at| &self.0[at]).filter(|token| token.refresh_at > now) {
            return Ok(token.text.clone());
        }
        let account = pod["spec"]["serviceAccountName"].str();
        let failed = |why: &str| format!("failed to fetch token: {why}");
        let audiences: Json = Some(&asked.0).filter(|a| !a.is_empty()).into_iter().map(Json::from).collect();
        let body = json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": {
                "audiences": audiences, "expirationSeconds": seconds,
                "boundObjectRef": {
                    "apiVersion": "v1", "kind": "Pod",
                    "name": &pod["metadata"]["name"], "uid": &pod["metadata"]["uid"],
                },
            },
        });
        let mut request =
            Request::create(kinds::SERVICEACCOUNTS, body).with_subresource("token").by(source.agent());
        request.namespace = source.namespace().into();
        request.name = account.into();
        let status = match source.cx.api.call(request) {
            Ok(response) => response.body["status"].clone(),
            // What it has is used until it ends.
            Err(status) => {
                return known.map(|at| self.0[at].text.clone()).ok_or_else(|| failed(&status.message));
            }
        };
        let text = Str::from(status["token"].str());
        let ends = Time::parse(status["expirationTimestamp"].str()).unwrap_or(now);
        let life = Duration::from_secs(seconds.max(0).unsigned_abs());
        let jitter = Duration::from_millis(source.cx.rng.below(MAX_JITTER));
        let refresh_at = (ends - life * 20 / 100 - jitter).min(ends - life + MAX_TTL - jitter);
        let token = Token { asked, text: text.clone(), refresh_at };
        match known {
            Some(at) => self.0[at] = token,
            None => self.0.push(token),
        }
        Ok(text)
    }
}
