//! The rules that a user has (`pkg/registry/rbac/validation/rule.go`).

use super::ApiServer;
use crate::api::rbac::GROUP;
use crate::api::{ObjectKey, Resource, User, kinds, token};
use crate::json::Json;

/// What one binding gives a user.
pub struct Grant<'s> {
    binding: &'s Json,
    /// The first of its subjects that means the user.
    subject: &'s Json,
    /// The rules of its role.
    pub rules: &'s [Json],
}

impl Grant<'_> {
    /// `RoleBinding "readers/default" of Role "reader" to User "alice"`
    pub fn source(&self) -> String {
        let (meta, role) = (&self.binding["metadata"], &self.binding["roleRef"]);
        let own = meta["namespace"].str();
        let (kind, slash) = if own.is_empty() { ("ClusterRoleBinding", "") } else { ("RoleBinding", "/") };
        let name = format!("{}{slash}{own}", meta["name"].str());
        let mut subject = self.subject["name"].str().to_string();
        if self.subject["kind"].str() == "ServiceAccount" {
            subject = format!("{subject}/{}", or(self.subject["namespace"].str(), own));
        }
        format!(
            "{kind} {name:?} of {} {:?} to {} {subject:?}",
            role["kind"].str(),
            role["name"].str(),
            self.subject["kind"].str()
        )
    }
}

/// A role that a binding names and that is not there.
pub struct Missing<'s>(&'s Json);

impl Missing<'_> {
    /// `role` or `clusterrole`
    pub fn kind(&self) -> &'static str {
        if self.0["kind"].str() == "Role" { "role" } else { "clusterrole" }
    }

    /// That it is not there, in the words of whoever looked: with the word that they have for what they looked for.
    pub fn not_found(&self, what: &str) -> String {
        format!("{what}.{GROUP} {:?} not found", self.0["name"].str())
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

/// What all bindings give a user, those of the cluster first; and the roles that are not there.
pub fn grants<'s>(server: &'s ApiServer, user: &User, namespace: &str) -> (Vec<Grant<'s>>, Vec<Missing<'s>>) {
    let (mut grants, mut missing) = (Vec::new(), Vec::new());
    let mut collect = |binding: &'s Json, namespace: &str| {
        let subjects = binding["subjects"].items();
        let Some(subject) = subjects.iter().find(|subject| means(subject, user, namespace)) else { return };
        let role = &binding["roleRef"];
        match rules_of(server, role, namespace) {
            Some(rules) => grants.push(Grant { binding, subject, rules }),
            None => missing.push(Missing(role)),
        }
    };
    for (_, binding) in server.store.list(&kinds::CLUSTERROLEBINDINGS.into(), "") {
        collect(binding, "");
    }
    if !namespace.is_empty() {
        let bindings = kinds::ROLEBINDINGS.into();
        let all = server.store.list(&bindings, "").filter(|(key, _)| key.namespace == namespace);
        all.for_each(|(_, binding)| collect(binding, namespace));
    }
    (grants, missing)
}

/// All rules that a user has, and the roles that are not there.
pub fn rules<'s>(server: &'s ApiServer, user: &User, namespace: &str) -> (Vec<Json>, Vec<Missing<'s>>) {
    let (grants, missing) = grants(server, user, namespace);
    (grants.iter().flat_map(|grant| grant.rules).cloned().collect(), missing)
}

/// The rules of the role that a binding in a namespace names; `None`: it is not there.
pub fn rules_of<'s>(server: &'s ApiServer, role: &Json, namespace: &str) -> Option<&'s [Json]> {
    let (resource, namespace): (Resource, &str) = match role["kind"].str() {
        "Role" => (kinds::ROLES.into(), namespace),
        _ => (kinds::CLUSTERROLES.into(), ""),
    };
    let role = server.store.get(&resource, &ObjectKey::new(namespace, role["name"].str()))?;
    Some(role["rules"].items())
}

/// That a binding names a role that is not there.
pub fn missing(role: &Json) -> Missing<'_> {
    Missing(role)
}

/// Whether a subject of a binding in a namespace means a user.
fn means(subject: &Json, user: &User, namespace: &str) -> bool {
    let name = subject["name"].str();
    match subject["kind"].str() {
        "User" => *user.name == *name,
        "Group" => user.is_in(name),
        "ServiceAccount" => {
            let namespace = or(subject["namespace"].str(), namespace);
            !namespace.is_empty() && *user.name == token::user_name(namespace, name)
        }
        _ => false,
    }
}
