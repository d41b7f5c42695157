//! Service account tokens: JSON Web Tokens with the claims that the real server signs.
//!
//! The signature has the length of an RS256 signature and belongs to its token alone, but it is made by hashing: only this
//! cluster can check it.

use super::{base64, sha256};
use crate::json;
use crate::json::{Json, Str};

/// Who issues tokens, and for whom they are meant unless one asks for others.
pub const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
/// Who issues those that Secrets keep.
pub const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
/// The name of the only key.
const KEY: &str = "kubestep";

/// `system:serviceaccount:default:builder`
pub fn user_name(namespace: &str, account: &str) -> String {
    format!("system:serviceaccount:{namespace}:{account}")
}

/// What tokens are signed with. Without a secret, who knows the claims can make the signature: in a page nobody is kept out by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key(pub Str);

impl Key {
    /// The token with these claims.
    pub fn sign(&self, claims: &Json) -> String {
        let header = json!({ "alg": "RS256", "kid": KEY }).to_string();
        let signed = format!("{}.{}", url_safe(header.as_bytes()), url_safe(claims.to_string().as_bytes()));
        let signature = self.signature(&signed);
        format!("{signed}.{signature}")
    }

    /// The claims of a token, and whether it was signed with this key; `None`: it is no such token.
    pub fn read(&self, token: &str) -> Option<(Json, bool)> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (_, claims) = signed.split_once('.')?;
        let claims = base64::decode_url(claims)?;
        let claims = json::parse(std::str::from_utf8(&claims).ok()?).ok()?;
        let own = self.signature(signed);
        // All bytes are looked at, so that the time tells nothing.
        let differing = own.bytes().zip(signature.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        Some((claims, differing == 0 && own.len() == signature.len()))
    }

    fn signature(&self, signed: &str) -> String {
        let keyed = |message: &[u8]| sha256::digest(&[self.0.as_bytes(), message].concat());
        let mut part = keyed(signed.as_bytes());
        if !self.0.is_empty() {
            part = keyed(&part);
        }
        let mut signature = Vec::with_capacity(256);
        for _ in 0..8 {
            signature.extend(part);
            part = sha256::digest(&part);
        }
        url_safe(&signature)
    }
}

/// Base64 as URLs carry it, without padding.
fn url_safe(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}
