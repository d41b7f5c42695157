//! `kubectl describe`: an object in words, with what concerns it (`kubectl/pkg/describe`).
//!
//! One file for each family of kinds; here is what they share: labels and annotations over several lines, times, events.

mod autoscaler;
mod budget;
mod columns;
mod config;
mod containers;
mod cronjob;
mod deployment;
mod generic;
mod job;
mod node;
mod pod;
mod policy;
mod rbac;
mod service;
mod stateful;
mod storage;
mod subject;
mod volumes;

pub use columns::Columns;

use crate::api::{Options, Request, Resource, human_duration, kinds};
use crate::client::Api;
use crate::collections::sort_by_key;
use crate::json::Json;
use crate::sim::Time;

/// A pod template alone, its columns not aligned: so `rollout history` shows it.
pub(super) fn pod_template(template: &Json) -> String {
    let mut out = Columns::default();
    containers::template(template, &mut out);
    out.raw()
}

/// What the describers are given.
pub struct Describer<'a> {
    /// The way to the API server, for what concerns the object.
    pub api: &'a mut dyn Api,
    /// Whether the object's events are shown.
    pub show_events: bool,
}

/// Annotation lines are cut beyond this.
const MOST_ANNOTATION: usize = 140;
/// What `kubectl apply` keeps for itself is not shown.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

impl Describer<'_> {
    /// The description of an object.
    pub fn describe(&mut self, resource: &Resource, object: &Json) -> String {
        let mut out = Columns::default();
        match (&*resource.group, &*resource.kind) {
            ("batch", "Job") => job::describe(self, object, &mut out),
            ("batch", "CronJob") => cronjob::describe(self, object, &mut out),
            ("apps", "Deployment") => deployment::deployment(self, object, &mut out),
            ("apps", "ReplicaSet") => deployment::replica_set(self, object, &mut out),
            ("", "ReplicationController") => deployment::replica_set(self, object, &mut out),
            ("apps", "StatefulSet") => stateful::stateful_set(self, object, &mut out),
            ("apps", "DaemonSet") => stateful::daemon_set(self, object, &mut out),
            ("autoscaling", "HorizontalPodAutoscaler") => autoscaler::describe(self, object, &mut out),
            ("", "PersistentVolumeClaim") => storage::claim(self, object, &mut out),
            ("", "PersistentVolume") => storage::volume(self, object, &mut out),
            ("storage.k8s.io", "StorageClass") => storage::class(self, object, &mut out),
            ("policy", "PodDisruptionBudget") => budget::describe(self, object, &mut out),
            ("", "Pod") => pod::describe(self, object, &mut out),
            ("", "Node") => node::describe(self, object, &mut out),
            ("", "ConfigMap") => config::config_map(self, object, &mut out),
            ("", "Secret") => config::secret(object, &mut out),
            ("", "ServiceAccount") => config::service_account(self, object, &mut out),
            ("", "Service") => service::service(self, object, &mut out),
            ("", "Endpoints") => service::endpoints(self, object, &mut out),
            ("discovery.k8s.io", "EndpointSlice") => service::endpoint_slice(self, object, &mut out),
            ("", "ResourceQuota") => config::resource_quota(object, &mut out),
            ("", "LimitRange") => policy::limit_range(object, &mut out),
            ("networking.k8s.io", "NetworkPolicy") => policy::network_policy(object, &mut out),
            ("networking.k8s.io", "IngressClass") => policy::ingress_class(self, object, &mut out),
            ("scheduling.k8s.io", "PriorityClass") => policy::priority_class(self, object, &mut out),
            ("certificates.k8s.io", "CertificateSigningRequest") => {
                policy::signing_request(self, object, &mut out);
            }
            ("", "Namespace") => config::namespace(self, object, &mut out),
            ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => rbac::role(object, &mut out),
            ("rbac.authorization.k8s.io", _) => rbac::binding(object, &mut out),
            _ => generic::describe(self, object, &mut out),
        }
        out.finish()
    }

    fn now(&self) -> Time {
        self.api.now()
    }

    /// A list, or nothing where it cannot be had.
    fn list(&mut self, resource: impl Into<Resource>, namespace: &str, fields: &str) -> Vec<Json> {
        let request = Request::list(resource, namespace)
            .by("kubectl-describe")
            .with(|o: &mut Options| o.field_selector = fields.into());
        self.api.call(request).map(|r| r.body["items"].items().to_vec()).unwrap_or_default()
    }

    /// The events about an object, as the last part of its description.
    fn events(&mut self, object: &Json, out: &mut Columns) {
        if !self.show_events {
            return;
        }
        let meta = &object["metadata"];
        let fields = format!(
            "involvedObject.name={},involvedObject.namespace={},involvedObject.uid={}",
            meta["name"].str(),
            meta["namespace"].str(),
            meta["uid"].str()
        );
        // Events about cluster-scoped objects live in the default namespace; a node's kubelet gives the name as uid.
        let (namespace, fields) = match (object["kind"].str(), meta["namespace"].str()) {
            ("Node", _) => {
                ("", format!("involvedObject.name={},involvedObject.kind=Node", meta["name"].str()))
            }
            (_, "") => (
                "",
                format!(
                    "involvedObject.name={},involvedObject.uid={}",
                    meta["name"].str(),
                    meta["uid"].str()
                ),
            ),
            (_, namespace) => (namespace, fields),
        };
        let mut events = self.list(kinds::EVENTS, namespace, &fields);
        // As upstream's `SortableEvents`: what has only an `eventTime` (the scheduler's) comes first.
        sort_by_key(&mut events, |e| seen(e, &["lastTimestamp"]));
        out.flush();
        if events.is_empty() {
            out.add("Events:\t<none>\n");
            return;
        }
        out.add("Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n");
        let now = self.now();
        for e in &events {
            let first = seen(e, &["firstTimestamp", "eventTime"]);
            let age = age_text(first, now);
            let (count, last) = match e["series"].as_object() {
                Some(_) => (e["series"]["count"].as_i64(), seen(&e["series"], &["lastObservedTime"])),
                None => (e["count"].as_i64(), seen(e, &["lastTimestamp", "eventTime"])),
            };
            let interval = match count {
                Some(n) if n > 1 => format!("{} (x{n} over {age})", age_text(last, now)),
                _ => age,
            };
            let component = e.at(&["source", "component"]).str();
            let from = if component.is_empty() { e["reportingComponent"].str() } else { component };
            let message = e["message"].str().trim();
            out.add(&format!(
                "  {}\t{}\t{interval}\t{from}\t{message}\n",
                e["type"].str(),
                e["reason"].str()
            ));
        }
    }
}

fn seen(event: &Json, keys: &[&str]) -> Option<Time> {
    keys.iter().find_map(|key| Time::parse(event[*key].str()))
}

fn age_text(time: Option<Time>, now: Time) -> String {
    time.map_or("<unknown>".into(), |t| human_duration(now.since(t)))
}

/// A time as Go's `RFC1123Z` prints it; `<unset>` where there is none.
fn time_text(text: &str) -> String {
    let Some(time) = Time::parse(text) else { return "<unset>".into() };
    let (year, month, day, hour, minute, second) = time.civil();
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        [time.secs().div_euclid(86_400).rem_euclid(7) as usize];
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months[month as usize - 1];
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
}

/// A map as `k=v` lines beside a title.
fn labels(title: &str, map: &Json, out: &mut Columns) {
    lines(title, map.entries().iter().map(|(k, v)| format!("{k}={}", v.str())), out);
}

/// Lines beside a title; `<none>` where there are none.
fn lines(title: &str, lines: impl Iterator<Item = String>, out: &mut Columns) {
    let mut empty = true;
    for line in lines {
        let head = if empty { format!("{title}:") } else { String::new() };
        out.add(&format!("{head}\t{line}\n"));
        empty = false;
    }
    if empty {
        out.add(&format!("{title}:\t<none>\n"));
    }
}

/// Annotations beside a title; long and multi-line ones stand below their key.
fn annotations(title: &str, map: &Json, out: &mut Columns) {
    let shown = map.entries().iter().filter(|(k, _)| k.as_str() != LAST_APPLIED);
    let text = |(k, v): &(crate::json::Str, Json)| {
        let value = v.str().trim_end_matches('\n');
        if value.len() + k.len() + 2 < MOST_ANNOTATION && !value.contains('\n') {
            return vec![format!("{k}: {value}")];
        }
        let cut = |line: &str| match line.char_indices().nth(MOST_ANNOTATION - 2) {
            Some((end, _)) => format!("  {}...", &line[..end]),
            None => format!("  {line}"),
        };
        std::iter::once(format!("{k}:")).chain(value.split('\n').map(cut)).collect()
    };
    lines(title, shown.flat_map(text), out);
}

/// Name, namespace, labels, annotations: how nearly every description begins.
fn head(object: &Json, out: &mut Columns) {
    names(object, out);
    labels("Labels", object.at(&["metadata", "labels"]), out);
    annotations("Annotations", object.at(&["metadata", "annotations"]), out);
}

fn names(object: &Json, out: &mut Columns) {
    let meta = &object["metadata"];
    out.add(&format!("Name:\t{}\n", meta["name"].str()));
    if !meta["namespace"].str().is_empty() {
        out.add(&format!("Namespace:\t{}\n", meta["namespace"].str()));
    }
}

/// `Controlled By:  Job/pi`
fn controlled_by(object: &Json, out: &mut Columns) {
    if let Some(owner) = crate::api::meta::controller_of(object) {
        out.add(&format!("Controlled By:\t{}/{}\n", owner.kind(), owner.name()));
    }
}

/// `True` or `False`.
fn yes(value: &Json) -> &'static str {
    if value.as_bool() == Some(true) { "True" } else { "False" }
}

/// A scalar's text, or a word where it is absent.
fn or<'a>(value: &'a Json, absent: &'a str) -> String {
    match value {
        Json::Null => absent.into(),
        Json::Str(s) if s.is_empty() => absent.into(),
        Json::Str(s) => s.to_string(),
        other => other.to_string(),
    }
}
