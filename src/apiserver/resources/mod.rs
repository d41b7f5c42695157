//! What differs from kind to kind: defaults, preparation, validation, warnings (upstream's `pkg/registry/*/strategy.go`).
//!
//! Everything else is one path for all kinds (`create.rs`, `update.rs`, `delete.rs`). Adding a kind is an entry in
//! [`of`] and a file with what is its own.

use super::ApiServer;
use super::validation::names::{self, Problems};
use crate::api::field::Error;
use crate::api::{Request, Resource, ResourceInfo, Status};
use crate::json::{Json, Str};

mod config;
mod crd;
mod cron_job;
mod deployment;
mod endpoints;
mod job;
mod namespace;
mod pod;
mod replica_set;
mod resource_quota;
pub mod service;

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
/// Kinds whose `spec` is counted, with nothing else of their own yet.
static COUNTED: Strategy = Strategy { generation: true, ..PLAIN };
static ORPHANING: Strategy = Strategy { generation: true, orphans: true, ..PLAIN };
static RBAC: Strategy = Strategy { name: names::path_segment, ..PLAIN };
static LEASE: Strategy = Strategy { create_on_update: true, ..PLAIN };
static NODE: Strategy = Strategy {
    selectable: &["spec.unschedulable"],
    creates_status: true,
    defaults: |node| {
        let capacity = node["status"]["capacity"].clone();
        if node["status"]["allocatable"].is_empty() && !capacity.is_empty() {
            node.set_at(&["status", "allocatable"], capacity);
        }
    },
    ..PLAIN
};
static SERVICE_ACCOUNT: Strategy = Strategy { returns_deleted: true, ..PLAIN };
static EVENT: Strategy = Strategy {
    selectable: &[
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ],
    create_on_update: true,
    ..PLAIN
};

/// The strategy of a resource.
pub fn of(resource: &Resource) -> &'static Strategy {
    let info: &ResourceInfo = resource;
    match info.names() {
        ("", "pods") => &pod::POD,
        ("", "namespaces") => &namespace::NAMESPACE,
        ("", "nodes") => &NODE,
        ("", "configmaps") => &config::CONFIG_MAP,
        ("", "secrets") => &config::SECRET,
        ("", "serviceaccounts") => &SERVICE_ACCOUNT,
        ("", "endpoints") => &endpoints::ENDPOINTS,
        ("", "services") => &service::SERVICE,
        ("", "resourcequotas") => &resource_quota::RESOURCE_QUOTA,
        ("", "events") => &EVENT,
        ("", "replicationcontrollers") => &ORPHANING,
        ("apps", "deployments") => &deployment::DEPLOYMENT,
        ("apps", "replicasets") => &replica_set::REPLICA_SET,
        ("batch", "jobs") => &job::JOB,
        ("batch", "cronjobs") => &cron_job::CRON_JOB,
        ("coordination.k8s.io", "leases") => &LEASE,
        ("rbac.authorization.k8s.io", _) => &RBAC,
        ("apps" | "batch" | "policy" | "networking.k8s.io", plural) if plural != "controllerrevisions" => {
            &COUNTED
        }
        ("discovery.k8s.io", "endpointslices") => &endpoints::ENDPOINT_SLICE,
        ("apiextensions.k8s.io", _) => &crd::CUSTOM_RESOURCE_DEFINITION,
        _ => &OTHER,
    }
}
