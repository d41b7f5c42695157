//! Who may do what: Roles, ClusterRoles and their bindings (`plugin/pkg/auth/authorizer/rbac`).
//!
//! - `resolver`: the rules that a user has, by all bindings that name the user or a group of the user's.
//! - `escalation`: nobody hands out what they do not have.
//! - `impersonation`: nobody is taken for somebody else without leave.
//! - `reviews`: the API's own questions about all this.
//! - `bootstrap`: the roles that every cluster has.
//!
//! A request without a user is not checked: it is a component's own, or the administrator's.

mod bootstrap;
pub mod escalation;
mod impersonation;
mod resolver;
pub mod reviews;

use super::ApiServer;
use crate::api::rbac::{self, Attributes};
use crate::api::user::MASTERS;
use crate::api::{Request, Resource, Status, User};

/// What was decided, and why.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// Whether some rule allows it.
    pub allowed: bool,
    /// Which one; or what went wrong where none does. Often nothing.
    pub reason: String,
}

/// Decides.
pub fn authorize(server: &ApiServer, user: &User, asked: &Attributes) -> Decision {
    if user.is_in(MASTERS) {
        return Decision { allowed: true, reason: String::new() };
    }
    let (grants, missing) = resolver::grants(server, user, asked.namespace);
    for grant in &grants {
        if grant.rules.iter().any(|rule| rbac::allows(rule, asked)) {
            return Decision { allowed: true, reason: format!("RBAC: allowed by {}", grant.source()) };
        }
    }
    let errors: Vec<String> = missing.iter().map(|role| role.not_found(role.kind())).collect();
    let reason = match errors.as_slice() {
        [] => String::new(),
        [one] => format!("RBAC: {one}"),
        many => format!("RBAC: [{}]", many.join(", ")),
    };
    Decision { allowed: false, reason }
}

impl ApiServer {
    /// Refuses what the user of a request may not do (`responsewriters.Forbidden`).
    pub fn authorize(&self, request: &Request) -> Result<(), Status> {
        let Some(user) = &request.user else { return Ok(()) };
        if let Some(by) = &user.by {
            impersonation::check(self, by, user)?;
        }
        self.demand(user, &request.attributes(), &request.resource)
    }

    /// Refuses what a user may not do.
    fn demand(&self, user: &User, asked: &Attributes, resource: &Resource) -> Result<(), Status> {
        let decision = authorize(self, user, asked);
        if decision.allowed {
            return Ok(());
        }
        let why = with_reason(
            format!(
                "User {:?} cannot {} resource {:?} in API group {:?} {}",
                user.name.as_str(),
                asked.verb,
                rbac::combined(asked),
                asked.group,
                scope(asked.namespace)
            ),
            &decision,
        );
        Err(Status::forbidden(resource, asked.name, &why))
    }
}

fn scope(namespace: &str) -> String {
    match namespace {
        "" => "at the cluster scope".into(),
        namespace => format!("in the namespace {namespace:?}"),
    }
}

fn with_reason(why: String, decision: &Decision) -> String {
    if decision.reason.is_empty() { why } else { format!("{why}: {}", decision.reason) }
}
