//! What differs from kind to kind: defaults, preparation, validation, warnings (upstream's `pkg/registry/*/strategy.go`).
//!
//! Everything else is one path for all kinds (`create.rs`, `update.rs`, `delete.rs`). Adding a kind is an entry in
//! [`of`] and a file with what is its own.

use super::ApiServer;
use super::validation::names::{self, Problems};
use crate::api::field::Error;
use crate::api::{Request, Resource, ResourceInfo, Status};
use crate::json::{Json, Str};

mod addresses;
mod admission_kinds;
mod autoscaler;
mod budget;
pub mod certificate;
mod claim;
mod config;
mod crd;
mod cron_job;
mod daemon_set;
mod deployment;
mod endpoints;
mod ingress;
mod job;
mod limit_range;
mod namespace;
mod network_policy;
mod node;
mod pem;
mod persistent_volume;
mod pod;
mod rbac;
mod replica_set;
mod replication_controller;
mod resource_quota;
pub mod service;
mod small;
mod stateful_set;
mod storage;

/// What is special about a kind.
pub struct Strategy {
    /// The fields that selectors may name, besides the object's name and namespace.
    pub selectable: &'static [&'static str],
    /// How its objects may be named.
    pub name: fn(&str) -> Problems,
    /// Fills in what the author left out.
    pub defaults: fn(&mut Json),
    /// Before all else: takes what a new object needs out of the cluster's pools.
    pub begin_create: fn(&mut ApiServer, &Request, &mut Json) -> Result<(), Status>,
    /// The same for an object that is replaced: the new object and the old one.
    pub begin_update: fn(&mut ApiServer, &Request, &mut Json, &Json) -> Result<(), Status>,
    /// Before it is created: drops what only the system may write.
    pub prepare_create: fn(&mut Json),
    /// After its validation: what reading it back from the storage would add.
    pub read_back: fn(&mut Json),
    /// Before it is replaced: the new object and the old one.
    pub prepare_update: fn(&mut Json, &Json),
    /// What is wrong with a new object, metadata apart.
    pub validate: fn(&Json, &mut Vec<Error>),
    /// What is wrong with a change, metadata apart: the new object and the old one.
    pub validate_update: fn(&Json, &Json, &mut Vec<Error>),
    /// What is wrong with a change of the status.
    pub validate_status: fn(&Json, &Json, &mut Vec<Error>),
    /// What the author should know: the new object, and the old one for an update.
    pub warnings: fn(&Json, Option<&Json>) -> Vec<Str>,
    /// Whether the server counts the changes of `spec` in `metadata.generation`.
    pub generation: bool,
    /// Whether its creator may say its status (elsewhere, the status of a new object starts empty).
    pub creates_status: bool,
    /// Whether a PUT may create.
    pub create_on_update: bool,
    /// How long a deletion waits for the object's agent: the object and what the request says.
    pub grace: fn(&Json, Option<i64>) -> Option<i64>,
    /// Whether its dependents are orphaned where the request does not say.
    pub orphans: bool,
    /// Whether the object itself is the answer to its deletion.
    pub returns_deleted: bool,
}

/// A kind without any special rule.
pub const PLAIN: Strategy = Strategy {
    selectable: &[],
    name: names::subdomain,
    defaults: |_| {},
    begin_create: |_, _, _| Ok(()),
    begin_update: |_, _, _, _| Ok(()),
    prepare_create: |_| {},
    read_back: |_| {},
    prepare_update: |_, _| {},
    validate: |_, _| {},
    validate_update: |_, _, _| {},
    validate_status: |_, _, _| {},
    warnings: |_, _| Vec::new(),
    generation: false,
    creates_status: false,
    create_on_update: false,
    grace: |_, _| None,
    orphans: false,
    returns_deleted: false,
};

static OTHER: Strategy = PLAIN;

/// The strategy of a resource.
pub fn of(resource: &Resource) -> &'static Strategy {
    let info: &ResourceInfo = resource;
    match info.names() {
        ("", "pods") => &pod::POD,
        ("", "namespaces") => &namespace::NAMESPACE,
        ("", "nodes") => &node::NODE,
        ("", "configmaps") => &config::CONFIG_MAP,
        ("", "secrets") => &config::SECRET,
        ("", "serviceaccounts") => &small::SERVICE_ACCOUNT,
        ("", "endpoints") => &endpoints::ENDPOINTS,
        ("", "services") => &service::SERVICE,
        ("", "resourcequotas") => &resource_quota::RESOURCE_QUOTA,
        ("", "limitranges") => &limit_range::LIMIT_RANGE,
        ("", "events") => &small::EVENT,
        ("", "replicationcontrollers") => &replication_controller::REPLICATION_CONTROLLER,
        ("", "podtemplates") => &small::POD_TEMPLATE,
        ("", "persistentvolumeclaims") => &claim::CLAIM,
        ("", "persistentvolumes") => &persistent_volume::PERSISTENT_VOLUME,
        ("apps", "deployments") => &deployment::DEPLOYMENT,
        ("apps", "replicasets") => &replica_set::REPLICA_SET,
        ("apps", "statefulsets") => &stateful_set::STATEFUL_SET,
        ("apps", "daemonsets") => &daemon_set::DAEMON_SET,
        ("apps", "controllerrevisions") => &small::CONTROLLER_REVISION,
        ("batch", "jobs") => &job::JOB,
        ("batch", "cronjobs") => &cron_job::CRON_JOB,
        ("autoscaling", "horizontalpodautoscalers") => &autoscaler::AUTOSCALER,
        ("coordination.k8s.io", "leases") => &small::LEASE,
        ("rbac.authorization.k8s.io", "roles") => &rbac::ROLE,
        ("rbac.authorization.k8s.io", "clusterroles") => &rbac::CLUSTER_ROLE,
        ("rbac.authorization.k8s.io", "rolebindings") => &rbac::ROLE_BINDING,
        ("rbac.authorization.k8s.io", "clusterrolebindings") => &rbac::CLUSTER_ROLE_BINDING,
        ("policy", "poddisruptionbudgets") => &budget::BUDGET,
        ("networking.k8s.io", "ingresses") => &ingress::INGRESS,
        ("networking.k8s.io", "ingressclasses") => &ingress::INGRESS_CLASS,
        ("networking.k8s.io", "networkpolicies") => &network_policy::NETWORK_POLICY,
        ("networking.k8s.io", "ipaddresses") => &addresses::IP_ADDRESS,
        ("networking.k8s.io", "servicecidrs") => &addresses::SERVICE_CIDR,
        ("discovery.k8s.io", "endpointslices") => &endpoints::ENDPOINT_SLICE,
        ("apiextensions.k8s.io", _) => &crd::CUSTOM_RESOURCE_DEFINITION,
        ("scheduling.k8s.io", "priorityclasses") => &small::PRIORITY_CLASS,
        ("node.k8s.io", "runtimeclasses") => &small::RUNTIME_CLASS,
        ("storage.k8s.io", "storageclasses") => &storage::STORAGE_CLASS,
        ("storage.k8s.io", "volumeattributesclasses") => &storage::ATTRIBUTES_CLASS,
        ("storage.k8s.io", "volumeattachments") => &storage::ATTACHMENT,
        ("storage.k8s.io", "csidrivers") => &storage::DRIVER,
        ("storage.k8s.io", "csinodes") => &storage::NODE,
        ("storage.k8s.io", "csistoragecapacities") => &storage::CAPACITY,
        ("certificates.k8s.io", "certificatesigningrequests") => &certificate::SIGNING_REQUEST,
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations") => &admission_kinds::VALIDATING,
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations") => &admission_kinds::MUTATING,
        ("admissionregistration.k8s.io", "validatingadmissionpolicies") => &admission_kinds::POLICY,
        ("admissionregistration.k8s.io", "validatingadmissionpolicybindings") => &admission_kinds::BINDING,
        ("admissionregistration.k8s.io", "mutatingadmissionpolicies") => &admission_kinds::MUTATING_POLICY,
        ("admissionregistration.k8s.io", _) => &admission_kinds::MUTATING_BINDING,
        _ => &OTHER,
    }
}
