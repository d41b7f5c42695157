//! Admission: what the cluster adds to, or holds against, a request after decoding (`plugin/pkg/admission`).
//!
//! One plugin, one file. All of them get to change an object first ([`admit`]), in upstream's order
//! (`pkg/kubeapiserver/options/plugins.go`); then it is validated as its kind demands; then they may still refuse it
//! ([`validate`]). ResourceQuota, which charges for what all others have let through, is `quota.rs`.

mod certificate_approval;
mod certificate_subject_restriction;
mod default_ingress_class;
mod default_storage_class;
mod default_toleration_seconds;
mod limit_ranger;
pub(super) mod namespace_lifecycle;
mod persistent_volume_claim_resize;
mod pod_security;
pub(super) mod pod_topology_labels;
mod priority;
mod runtime_class;
mod service_account;
mod storage_object_in_use_protection;
mod taint_nodes_by_condition;

use super::{ApiServer, policy};
use crate::api::{Request, Status};
use crate::json::{Json, Str};

/// What is to be admitted.
pub struct Attributes<'a> {
    /// The request.
    pub request: &'a Request,
    /// Where the object is; `""`: in no namespace.
    pub namespace: &'a str,
    /// The object as it would be stored.
    pub object: &'a mut Json,
    /// The object as it is; `None`: it is new.
    pub old: Option<&'a Json>,
    /// What the author is to hear.
    pub warnings: &'a mut Vec<Str>,
}

impl Attributes<'_> {
    /// Whether it is about whole objects of a resource.
    fn is(&self, group: &str, plural: &str) -> bool {
        let resource = &self.request.resource;
        resource.group == group && resource.plural == plural && self.request.subresource.is_empty()
    }

    /// Whether it is a new object of a resource.
    fn creates(&self, group: &str, plural: &str) -> bool {
        self.old.is_none() && self.is(group, plural)
    }

    /// Whether it is a new pod.
    fn creates_pod(&self) -> bool {
        self.creates("", "pods")
    }

    /// A refusal (`admission.NewForbidden`). A name that is still to be generated shows as its beginning.
    fn forbidden(&self, why: &str) -> Status {
        let meta = &self.object["metadata"];
        let names = [self.request.name.as_str(), meta["name"].str(), meta["generateName"].str()];
        let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or("Unknown");
        Status::forbidden(&self.request.resource, name, why)
    }
}

/// A plugin's part in one of the two rounds.
type Step = fn(&mut ApiServer, &mut Attributes) -> Result<(), Status>;

/// The first round.
const ADMIT: &[Step] = &[
    namespace_lifecycle::admit,
    limit_ranger::admit,
    service_account::admit,
    taint_nodes_by_condition::admit,
    priority::admit,
    default_toleration_seconds::admit,
    default_storage_class::admit,
    storage_object_in_use_protection::admit,
    runtime_class::admit,
    certificate_approval::admit,
    default_ingress_class::admit,
    pod_topology_labels::admit,
];

/// The second round.
const VALIDATE: &[Step] = &[
    limit_ranger::validate,
    pod_security::validate,
    priority::validate,
    persistent_volume_claim_resize::validate,
    runtime_class::validate,
    certificate_approval::validate,
    certificate_subject_restriction::validate,
];

/// Lets the plugins change an object, then the policies and webhooks of the cluster's owner; where these did, all look once more.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    plugins(server, attributes)?;
    if policy::mutate(server, attributes, false)? {
        plugins(server, attributes)?;
        policy::mutate(server, attributes, true)?;
    }
    Ok(())
}

/// Lets the plugins alone change an object, where its owner's policies are asked of something else: of its scale.
pub fn plugins(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    ADMIT.iter().try_for_each(|step| step(server, attributes))
}

/// Lets the plugins refuse an object that is valid as such.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    VALIDATE.iter().try_for_each(|step| step(server, attributes))
}
