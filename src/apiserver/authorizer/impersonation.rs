//! Who may be taken for somebody else (`apiserver/pkg/endpoints/filters/impersonation`): it takes the verb `impersonate` on the
//! user or service account, on each group, on the uid and on each value of what is extra.

use super::ApiServer;
use crate::api::rbac::Attributes;
use crate::api::user::{ACCOUNTS, AUTHENTICATED, account};
use crate::api::{Resource, Status, User, kinds};
use crate::json::Str;

/// Refuses `by` being taken for `other`.
pub fn check(server: &ApiServer, by: &User, other: &User) -> Result<(), Status> {
    let own_groups = match account(&other.name) {
        Some((namespace, name)) => {
            demand(server, by, &kinds::SERVICEACCOUNTS.into(), ("", namespace, name))?;
            vec![Str::fixed(ACCOUNTS), format!("{ACCOUNTS}:{namespace}").into()]
        }
        None => {
            demand(server, by, &virtual_kind("", "users"), ("", "", &other.name))?;
            Vec::new()
        }
    };
    let given = |group: &&Str| ***group != *AUTHENTICATED && !own_groups.contains(group);
    for group in other.groups.iter().filter(given) {
        demand(server, by, &virtual_kind("", "groups"), ("", "", group))?;
    }
    for (key, values) in other.extra.entries() {
        for value in values.items() {
            let extras = virtual_kind("authentication.k8s.io", "userextras");
            demand(server, by, &extras, (key, "", value.str()))?;
        }
    }
    if !other.uid.is_empty() {
        demand(server, by, &virtual_kind("authentication.k8s.io", "uids"), ("", "", &other.uid))?;
    }
    Ok(())
}

/// A resource that rules speak of and that has no objects.
fn virtual_kind(group: &str, plural: &str) -> Resource {
    Resource::named(group, "v1", plural, "", false)
}

fn demand(
    server: &ApiServer,
    by: &User,
    kind: &Resource,
    (subresource, namespace, name): (&str, &str, &str),
) -> Result<(), Status> {
    let asked = Attributes {
        verb: "impersonate",
        group: &kind.group,
        resource: &kind.plural,
        subresource,
        namespace,
        name,
        ..Attributes::default()
    };
    server.demand(by, &asked, kind)
}
