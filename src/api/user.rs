//! [`User`]: who asks, as authentication knows it (`apiserver/pkg/authentication/user`, `…/serviceaccount`).

use crate::json;
use crate::json::{Json, Str};
use std::sync::Arc;

/// Everybody who is somebody.
pub const AUTHENTICATED: &str = "system:authenticated";
/// Everybody else.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// Whoever is in this group may do everything; no rule is asked.
pub const MASTERS: &str = "system:masters";
const ANONYMOUS: &str = "system:anonymous";
const ACCOUNT: &str = "system:serviceaccount:";
/// All service accounts; those of a namespace are `system:serviceaccounts:NAMESPACE`.
pub const ACCOUNTS: &str = "system:serviceaccounts";

/// A user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    /// `alice`, `system:serviceaccount:default:builder`
    pub name: Str,
    /// What tells two users of one name apart; `""`: nothing does.
    pub uid: Str,
    /// The groups.
    pub groups: Vec<Str>,
    /// What else authentication found out: a list of texts for each key.
    pub extra: Json,
    /// Who asks to be taken for this user, where somebody does who is not the administrator.
    pub by: Option<Arc<User>>,
}

impl User {
    /// The person at the terminal, where nobody else is said.
    pub fn admin() -> User {
        User {
            name: Str::fixed("kubernetes-admin"),
            groups: vec![Str::fixed(MASTERS), Str::fixed(AUTHENTICATED)],
            ..User::default()
        }
    }

    /// Who shows nothing.
    pub fn anonymous() -> User {
        User { name: Str::fixed(ANONYMOUS), groups: vec![Str::fixed(UNAUTHENTICATED)], ..User::default() }
    }

    /// Whom somebody asks to be taken for (`apiserver/pkg/endpoints/filters/impersonation.go`): the groups of a service account
    /// follow from its name where none are said, and who is authenticated is in the group of those.
    pub fn impersonated(name: &str, uid: &str, groups: &[String], extra: Json) -> Arc<User> {
        let mut groups: Vec<Str> = groups.iter().map(|group| group.as_str().into()).collect();
        if let Some((namespace, _)) = account(name).filter(|_| groups.is_empty()) {
            groups = account_groups(namespace);
        }
        if !groups.iter().any(|group| matches!(&**group, AUTHENTICATED | UNAUTHENTICATED)) {
            let known = name != ANONYMOUS;
            groups.push(Str::fixed(if known { AUTHENTICATED } else { UNAUTHENTICATED }));
        }
        Arc::new(User { name: name.into(), uid: uid.into(), groups, extra, by: None })
    }

    /// Who asks, where somebody may have said to be taken for somebody else.
    pub fn acting(own: Option<Arc<User>>, other: Option<Arc<User>>) -> Option<Arc<User>> {
        match (own, other) {
            (Some(own), Some(other)) => Some(Arc::new(User { by: Some(own), ..(*other).clone() })),
            (own, other) => other.or(own),
        }
    }

    /// Whether the user is in a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| &**own == group)
    }

    /// From what a review tells.
    pub fn from_json(info: &Json) -> User {
        User {
            name: info["username"].str().into(),
            uid: info["uid"].str().into(),
            groups: info["groups"].items().iter().map(|group| group.str().into()).collect(),
            extra: info["extra"].clone(),
            by: None,
        }
    }

    /// As reviews tell it (`authentication.k8s.io/v1`, `UserInfo`).
    pub fn to_json(&self) -> Json {
        let mut info = json!({ "username": &self.name });
        if !self.uid.is_empty() {
            info.set("uid", &self.uid);
        }
        if !self.groups.is_empty() {
            info.set("groups", self.groups.iter().map(Json::from).collect::<Json>());
        }
        if !self.extra.is_empty() {
            info.set("extra", &self.extra);
        }
        info
    }
}

fn account_groups(namespace: &str) -> Vec<Str> {
    vec![Str::fixed(ACCOUNTS), format!("{ACCOUNTS}:{namespace}").into()]
}

/// The user that a service account is.
pub fn of_account(namespace: &str, name: &str) -> User {
    User {
        name: format!("{ACCOUNT}{namespace}:{name}").into(),
        groups: account_groups(namespace),
        ..User::default()
    }
}

/// The namespace and the name of the service account that a user's name stands for.
pub fn account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(ACCOUNT)?.split_once(':')?;
    (!namespace.is_empty() && !name.is_empty() && !name.contains(':')).then_some((namespace, name))
}
