//! Who may pull what. Docker Hub gives its images to anybody; [`PRIVATE`] gives the same ones, under any path, only to
//! the user [`USER`]:
//!
//! ```text
//! kubectl create secret docker-registry regcred --docker-server=registry.example.com \
//!     --docker-username=student --docker-password=letmein
//! ```
//!
//! A pod that names this Secret in its `imagePullSecrets` can run `registry.example.com/team/nginx:1.27`.
//!
//! Upstream: `pkg/credentialprovider` (what a Secret opens), containerd's `remotes/docker` (what a registry answers).

use crate::api::base64;
use crate::json::{self, Json};

/// The registry that asks for a credential.
pub const PRIVATE: &str = "registry.example.com";
/// Who may pull from it …
pub const USER: &str = "student";
/// … and how it is known to be them.
pub const PASSWORD: &str = "letmein";

/// A user of a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// Host, perhaps with a port and the beginning of a path.
    registry: String,
    user: String,
    password: String,
}

/// The credentials in a Secret: none where it is of another type, or cannot be read.
pub fn credentials(secret: &Json) -> Vec<Credential> {
    let key = match secret["type"].str() {
        "kubernetes.io/dockerconfigjson" => ".dockerconfigjson",
        "kubernetes.io/dockercfg" => ".dockercfg",
        _ => return Vec::new(),
    };
    let bytes = base64::decode(secret["data"][key].str()).unwrap_or_default();
    let config = json::parse(&String::from_utf8_lossy(&bytes)).unwrap_or_default();
    let registries = if key == ".dockercfg" { &config } else { &config["auths"] };
    registries.entries().iter().map(|(registry, entry)| credential(registry, entry)).collect()
}

fn credential(registry: &str, entry: &Json) -> Credential {
    let auth = base64::decode(entry["auth"].str()).unwrap_or_default();
    let auth = String::from_utf8_lossy(&auth).into_owned();
    let (user, password) = auth.split_once(':').unwrap_or((entry["username"].str(), entry["password"].str()));
    let address = registry.trim_start_matches("https://").trim_start_matches("http://");
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    // `https://index.docker.io/v1/` is how Docker Hub is called there.
    let path = path.trim_start_matches("v1/").trim_start_matches("v2/").trim_end_matches('/');
    let host = if host == "index.docker.io" { "docker.io" } else { host };
    let registry = if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") };
    Credential { registry, user: user.to_owned(), password: password.to_owned() }
}

impl Credential {
    /// Whether it is meant for an image: the hosts agree (`*` stands for a part of a name), the path begins so.
    fn is_for(&self, reference: &str) -> bool {
        let (host, path) = self.registry.split_once('/').unwrap_or((&self.registry, ""));
        let (image_host, image_path) = reference.split_once('/').unwrap_or((reference, ""));
        let (parts, image_parts) = (host.split('.'), image_host.split('.'));
        parts.clone().count() == image_parts.clone().count()
            && parts.zip(image_parts).all(|(glob, part)| glob == "*" || glob == part)
            && image_path.starts_with(path)
    }
}

/// The image's path in the private registry, without its tag; `None`: it is a public one.
pub fn private_path(reference: &str) -> Option<&str> {
    let path = reference.strip_prefix(PRIVATE)?.strip_prefix('/')?;
    let name = path.rsplit('/').next().unwrap_or_default();
    let tag = name.find([':', '@']).map_or(0, |at| name.len() - at);
    Some(&path[..path.len() - tag])
}

/// Whether an image may be pulled with these credentials, each of which is tried. An error is what containerd says.
pub fn authorize(reference: &str, keyring: &[Credential]) -> Result<(), String> {
    let Some(path) = private_path(reference) else { return Ok(()) };
    let failed = format!(
        "failed to pull and unpack image \"{reference}\": failed to resolve reference \"{reference}\""
    );
    let mut meant = keyring.iter().filter(|c| c.is_for(reference) && !c.user.is_empty()).peekable();
    if meant.peek().is_none() {
        return Err(format!(
            "{failed}: pull access denied, repository does not exist or may require authorization: authorization \
             failed: no basic auth credentials"
        ));
    }
    if meant.any(|c| c.user == USER && c.password == PASSWORD) {
        return Ok(());
    }
    let tag = reference.rsplit([':', '@']).next().unwrap_or_default();
    Err(format!(
        "{failed}: unexpected status from HEAD request to https://{PRIVATE}/v2/{path}/manifests/{tag}: 401 Unauthorized"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_for_hosts_and_paths() {
        let cases = [
            ("registry.example.com", true),
            ("https://registry.example.com/v2/", true),
            ("*.example.com", true),
            ("registry.example.com/team", true),
            ("registry.example.com/other", false),
            ("example.com", false),
            ("https://index.docker.io/v1/", false),
        ];
        for (registry, expected) in cases {
            let credential = credential(registry, &Json::Null);
            assert_eq!(credential.is_for("registry.example.com/team/nginx:1.27"), expected, "{registry}");
        }
    }
}
