//! The columns of each kind's table (`pkg/printers/internalversion/printers.go`).

use crate::api::{Resource, human_duration};
use crate::json::Json;
use crate::sim::Time;

mod event;
mod network;
mod node;
mod pod;
mod policy;
mod service;
mod storage;
mod workload;

pub use pod::pod_status_column;

/// A column.
pub struct Column {
    /// Its heading, as the server spells it.
    pub name: &'static str,
    /// `string`, `integer`, …
    pub kind: &'static str,
    /// 0: always shown; 1: with `-o wide`.
    pub priority: u8,
}

/// How a kind is printed.
pub struct Printer {
    /// The columns.
    pub columns: &'static [Column],
    /// The cells of a row.
    pub cells: fn(&Json, Time, &mut Vec<Json>),
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: "string", priority: 0 }
}

const fn number(name: &'static str) -> Column {
    Column { name, kind: "integer", priority: 0 }
}

const fn wide(name: &'static str) -> Column {
    Column { name, kind: "string", priority: 1 }
}

/// What a kind is printed as that says nothing of its own (`rest.NewDefaultTableConvertor`).
static DEFAULT: Printer = Printer {
    columns: &[text("Name"), Column { name: "Created At", kind: "date", priority: 0 }],
    cells: |o, _, out| out.extend([name(o), o["metadata"]["creationTimestamp"].clone()]),
};

static SERVICE_ACCOUNT: Printer = Printer {
    columns: &[text("Name"), text("Age")],
    cells: |o, now, out| out.extend([name(o), age(o, now)]),
};

static NAMESPACE: Printer = Printer {
    columns: &[text("Name"), text("Status"), text("Age")],
    cells: |o, now, out| out.extend([name(o), o["status"]["phase"].clone(), age(o, now)]),
};

static CONFIG_MAP: Printer = Printer {
    columns: &[text("Name"), number("Data"), text("Age")],
    cells: |o, now, out| {
        let data = o["data"].entries().len() + o["binaryData"].entries().len();
        out.extend([name(o), data.into(), age(o, now)]);
    },
};

static SECRET: Printer = Printer {
    columns: &[text("Name"), text("Type"), number("Data"), text("Age")],
    cells: |o, now, out| {
        out.extend([name(o), o["type"].clone(), o["data"].entries().len().into(), age(o, now)]);
    },
};

static RESOURCE_QUOTA: Printer = Printer {
    columns: &[text("Name"), text("Request"), text("Limit"), text("Age")],
    cells: |o, now, out| {
        let cell = |limits: bool| {
            let hard = o.at(&["status", "hard"]).entries().iter();
            let shown = hard.filter(|(name, _)| name.starts_with("limits") == limits);
            let all: Vec<String> = shown
                .map(|(name, hard)| {
                    let used = o.at(&["status", "used", name]).as_str().unwrap_or("0");
                    format!("{name}: {used}/{}", hard.str())
                })
                .collect();
            all.join(", ")
        };
        out.extend([name(o), cell(false).into(), cell(true).into(), age(o, now)]);
    },
};

static CUSTOM_RESOURCE_DEFINITION: Printer = Printer {
    columns: &[text("Name"), text("Created At")],
    cells: |o, _, out| out.extend([name(o), o["metadata"]["creationTimestamp"].clone()]),
};

static LEASE: Printer = Printer {
    columns: &[text("Name"), text("Holder"), text("Age")],
    cells: |o, now, out| out.extend([name(o), o["spec"]["holderIdentity"].str().into(), age(o, now)]),
};

/// The printer of a resource.
pub fn of(resource: &Resource) -> &'static Printer {
    match resource.names() {
        ("", "pods") => &pod::POD,
        ("", "nodes") => &node::NODE,
        ("", "namespaces") => &NAMESPACE,
        ("", "configmaps") => &CONFIG_MAP,
        ("", "secrets") => &SECRET,
        ("", "resourcequotas") => &RESOURCE_QUOTA,
        ("" | "events.k8s.io", "events") => &event::EVENT,
        ("coordination.k8s.io", "leases") => &LEASE,
        ("", "services") => &service::SERVICE,
        ("", "endpoints") => &service::ENDPOINTS,
        ("discovery.k8s.io", "endpointslices") => &service::ENDPOINT_SLICE,
        ("apiextensions.k8s.io", "customresourcedefinitions") => &CUSTOM_RESOURCE_DEFINITION,
        ("batch", "jobs") => &workload::JOB,
        ("batch", "cronjobs") => &workload::CRON_JOB,
        ("apps", "deployments") => &workload::DEPLOYMENT,
        ("apps", "replicasets") | ("", "replicationcontrollers") => &workload::REPLICA_SET,
        ("apps", "statefulsets") => &workload::STATEFUL_SET,
        ("apps", "daemonsets") => &workload::DAEMON_SET,
        ("", "serviceaccounts") => &SERVICE_ACCOUNT,
        ("", "podtemplates") => &workload::POD_TEMPLATE,
        ("", "persistentvolumes") => &storage::PERSISTENT_VOLUME,
        ("", "persistentvolumeclaims") => &storage::CLAIM,
        ("storage.k8s.io", "storageclasses") => &storage::STORAGE_CLASS,
        ("storage.k8s.io", "volumeattributesclasses") => &storage::ATTRIBUTES_CLASS,
        ("storage.k8s.io", "volumeattachments") => &storage::ATTACHMENT,
        ("storage.k8s.io", "csidrivers") => &storage::DRIVER,
        ("storage.k8s.io", "csinodes") => &storage::NODE,
        ("storage.k8s.io", "csistoragecapacities") => &storage::CAPACITY,
        ("networking.k8s.io", "ingresses") => &network::INGRESS,
        ("networking.k8s.io", "ingressclasses") => &network::INGRESS_CLASS,
        ("networking.k8s.io", "networkpolicies") => &network::NETWORK_POLICY,
        ("networking.k8s.io", "ipaddresses") => &network::IP_ADDRESS,
        ("networking.k8s.io", "servicecidrs") => &network::SERVICE_CIDR,
        ("policy", "poddisruptionbudgets") => &policy::BUDGET,
        ("autoscaling", "horizontalpodautoscalers") => &policy::AUTOSCALER,
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => &policy::BINDING,
        ("autoscaling", "scales") => &policy::SCALE,
        ("scheduling.k8s.io", "priorityclasses") => &policy::PRIORITY_CLASS,
        ("node.k8s.io", "runtimeclasses") => &policy::RUNTIME_CLASS,
        ("certificates.k8s.io", "certificatesigningrequests") => &policy::SIGNING_REQUEST,
        ("apps", "controllerrevisions") => &policy::CONTROLLER_REVISION,
        ("admissionregistration.k8s.io", plural) => match plural {
            "validatingadmissionpolicies" => &policy::VALIDATING_POLICY,
            "mutatingadmissionpolicies" => &policy::MUTATING_POLICY,
            "validatingwebhookconfigurations" | "mutatingwebhookconfigurations" => &policy::WEBHOOKS,
            _ => &policy::POLICY_BINDING,
        },
        _ => &DEFAULT,
    }
}

/// `<none>` where there is nothing.
fn or_none(text: &str) -> Json {
    if text.is_empty() { "<none>".into() } else { text.into() }
}

/// A count; 0 where it is absent.
fn count(json: &Json) -> Json {
    json.as_i64().unwrap_or(0).into()
}

fn name(object: &Json) -> Json {
    object["metadata"]["name"].clone()
}

fn age(object: &Json, now: Time) -> Json {
    since(object["metadata"]["creationTimestamp"].str(), now)
}

/// The time since a moment, for people; `<unknown>` where there is none.
fn since(moment: &str, now: Time) -> Json {
    match Time::parse(moment) {
        Some(moment) => human_duration(now.since(moment)).into(),
        None => "<unknown>".into(),
    }
}
