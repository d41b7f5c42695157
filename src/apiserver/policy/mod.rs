//! Admission that a cluster's owner adds (`apiserver/pkg/admission/plugin/{policy,webhook}`): policies in CEL and webhooks, some
//! that change objects and some that only say no.
//!
//! - [`Attributes`]: a request as they see it. `matching`: which requests a policy or a webhook is about.
//! - `evaluation`: what their expressions know, and what they may cost. `params`: the objects that parametrise a policy.
//! - `validating`: ValidatingAdmissionPolicies. `mutating`: MutatingAdmissionPolicies. `webhook`: webhooks, none of which can be
//!   reached from here.
//!
//! They see a request after everything else has been said about it. A policy alone does nothing: bindings say where it holds.

mod evaluation;
mod matching;
mod mutating;
mod params;
mod validating;
pub mod webhook;

pub use mutating::mutate;

use super::ApiServer;
use crate::api::user::AUTHENTICATED;
use crate::api::{Request, Status, User, kinds};
use crate::json::{Json, Str};

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Create,
    Update,
    Delete,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Create => "CREATE",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
        }
    }
}

/// A request as policies and webhooks see it.
#[derive(Clone, Copy)]
pub struct Attributes<'a> {
    pub request: &'a Request,
    pub operation: Operation,
    pub name: &'a str,
    /// `Null` for a deletion.
    pub object: &'a Json,
    /// `Null` for a creation.
    pub old: &'a Json,
}

impl Attributes<'_> {
    fn is_namespace(&self) -> bool {
        self.request.resource == kinds::NAMESPACES.into()
    }

    /// The namespace of the request. A namespace that there is already is in itself.
    fn namespace(&self) -> &str {
        match self.is_namespace() && self.operation != Operation::Create {
            true => self.name,
            false => &self.request.namespace,
        }
    }

    /// The objects of admission itself, of which nobody is asked, so that a bad rule can be taken away.
    fn is_exempt(&self) -> bool {
        const EXEMPT: [&str; 6] = [
            "ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
        ];
        let resource = &self.request.resource;
        resource.group == "admissionregistration.k8s.io" && EXEMPT.contains(&&*resource.kind)
    }

    /// Who asks. A part of the cluster is known by its agent.
    fn user(&self) -> User {
        if let Some(user) = &self.request.user {
            return (**user).clone();
        }
        let agent: &str = &self.request.agent;
        let system = |name: String, groups: &[&str]| {
            let groups = groups.iter().copied().chain([AUTHENTICATED]).map(Str::from).collect();
            User { name: name.into(), groups, ..User::default() }
        };
        if let Some(node) = agent.strip_prefix("kubelet/") {
            return system(format!("system:node:{node}"), &["system:nodes"]);
        }
        match agent {
            "" | "kubectl" => User::admin(),
            "default-scheduler" => system("system:kube-scheduler".into(), &[]),
            "kube-apiserver" => system("system:apiserver".into(), &["system:masters"]),
            _ if agent.starts_with("kubectl") || agent.starts_with("client") => User::admin(),
            _ => {
                let name = agent.split('.').next().unwrap_or(agent);
                let groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system"];
                system(format!("system:serviceaccount:kube-system:{name}"), &groups)
            }
        }
    }
}

/// Asks the policies, then the webhooks that are bound to such a request whether it may be.
pub fn admit(server: &ApiServer, attributes: &Attributes, warnings: &mut Vec<Str>) -> Result<(), Status> {
    if attributes.is_exempt() {
        return Ok(());
    }
    validating::admit(server, attributes, warnings)?;
    webhook::call(server, &kinds::VALIDATINGWEBHOOKCONFIGURATIONS.into(), attributes)
}
