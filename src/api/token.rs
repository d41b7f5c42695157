//! Service account tokens: JSON Web Tokens with the claims that the real server signs.
//!
//! The signature has the length of an RS256 signature and belongs to its token alone, but it is made by hashing: nobody outside of
//! this cluster can check it.

use super::{base64, sha256};
use crate::json;
use crate::json::Json;

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

/// The token with these claims.
pub fn sign(claims: &Json) -> String {
    let header = json!({ "alg": "RS256", "kid": KEY }).to_string();
    let signed = format!("{}.{}", url_safe(header.as_bytes()), url_safe(claims.to_string().as_bytes()));
    let mut signature = Vec::with_capacity(256);
    let mut part = sha256::digest(signed.as_bytes());
    for _ in 0..8 {
        signature.extend(part);
        part = sha256::digest(&part);
    }
    format!("{signed}.{}", url_safe(&signature))
}

/// Base64 as URLs carry it, without padding.
fn url_safe(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}
