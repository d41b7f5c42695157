//! The endpoints controller: keeps one Endpoints object a Service, with the addresses of the pods that its selector selects
//! (`pkg/controller/endpoint/endpoints_controller.go`). Endpoints are deprecated; EndpointSlices have taken their place,
//! but both are kept.

use super::endpoint_util::{self as util, TriggerTimes};
use super::pod_control::namespace_terminating;
use super::{Caches, Controller, Queue, pods};
use crate::api::endpoints::{HEADLESS, TRIGGER_TIME, has_cluster_ip, repack_subsets};
use crate::api::{ObjectKey, Reason, Request, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta, EventKind, Recorder};
use crate::collections::Map;
use crate::json;
use crate::json::Json;
use crate::sim::Time;

const AGENT: &str = "endpoint-controller";
const MANAGED_BY: &str = "endpoints.kubernetes.io/managed-by";
const OVER_CAPACITY: &str = "endpoints.kubernetes.io/over-capacity";
/// More addresses an Endpoints object does not hold.
const MOST_ADDRESSES: usize = 1000;

/// Keeps Endpoints.
#[derive(Clone, Debug)]
pub struct EndpointController {
    queues: [Queue; 1],
    recorder: Recorder,
    trigger_times: TriggerTimes,
    /// The resource version of each object that this controller has overwritten since: a cache that still has it is
    /// behind (`staleEndpointsTracker`).
    stale: Map<ObjectKey, Json>,
}

impl Default for EndpointController {
    fn default() -> Self {
        EndpointController {
            queues: [Queue::new(AGENT, kinds::SERVICES, 5)],
            recorder: Recorder::new(AGENT, ""),
            trigger_times: TriggerTimes::default(),
            stale: Map::new(),
        }
    }
}

impl Controller for EndpointController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::ENDPOINTS, kinds::PODS, kinds::SERVICES]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let queue = &mut self.queues[0].keys;
        match &*resource.kind {
            "Pod" => util::handle_pod(queue, caches, delta),
            "Service" => queue.add(ObjectKey::of(delta.object())),
            _ if matches!(delta, Delta::Deleted(_)) => queue.add(ObjectKey::of(delta.object())),
            _ => {}
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let service = caches.of(kinds::SERVICES).get(key);
        cx.note("read-cache", [("found", Json::Bool(service.is_some()))]);
        let Some(service) = service else { return self.service_gone(cx, key) };
        if service["spec"]["type"].str() == "ExternalName" || service["spec"]["selector"].is_null() {
            cx.note("no-selector", []);
            return Ok(());
        }
        let pods: Vec<Json> = util::pods_of(caches, service).cloned().collect();
        let trigger_time = self.trigger_times.compute(service, &pods);
        let subsets = subsets(service, &pods);
        let count = |list: &str| {
            let all = subsets.items().iter().map(|subset| subset[list].items().len());
            Json::from(all.max().unwrap_or(0))
        };
        let pods = pods.len().into();
        cx.note(
            "select-pods",
            [("pods", pods), ("ready", count("addresses")), ("notReady", count("notReadyAddresses"))],
        );
        let cached = caches.of(kinds::ENDPOINTS).get(key);
        if let Some(cached) = cached
            && self.stale.get(key) == Some(&cached["metadata"]["resourceVersion"])
        {
            cx.note("cache-behind", [("kind", "Endpoints".into())]);
            let version = cached["metadata"]["resourceVersion"].str();
            return Err(Status::new(
                Reason::InternalError,
                format!(
                    "endpoints informer cache is out of date, resource version {version} already processed for endpoints {key}"
                ),
            ));
        }
        let Some(wanted) = endpoints(service, subsets, cached, trigger_time) else {
            cx.note("endpoints-equal", []);
            return Ok(());
        };
        cx.note("write-endpoints", [("create", cached.is_none().into())]);
        self.write(cx, key, cached, wanted)
    }
}

impl EndpointController {
    /// Its endpoints go with it.
    fn service_gone(&mut self, cx: &mut Context, key: &ObjectKey) -> Result<(), Status> {
        let delete = Request::delete(kinds::ENDPOINTS, key.namespace.clone(), key.name.clone()).by(AGENT);
        match cx.api.call(delete) {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
        self.trigger_times.forget(key);
        self.stale.remove(key);
        Ok(())
    }

    fn write(
        &mut self,
        cx: &mut Context,
        key: &ObjectKey,
        cached: Option<&Json>,
        wanted: Json,
    ) -> Result<(), Status> {
        let about = wanted.clone();
        let request = match cached {
            None => Request::create(kinds::ENDPOINTS, wanted),
            Some(_) => Request::update(kinds::ENDPOINTS, wanted),
        };
        let error = match cx.api.call(request.by(AGENT)) {
            Ok(written) => {
                let version = |object: &Json| object["metadata"]["resourceVersion"].clone();
                if let Some(cached) = cached.filter(|cached| version(cached) != version(&written.body)) {
                    self.stale.insert(key.clone(), version(cached));
                }
                return Ok(());
            }
            // Nothing new can be created there: the work is over.
            Err(error) if cached.is_none() && namespace_terminating(&error) => return Ok(()),
            Err(error) => error,
        };
        let why = &error.message;
        let (reason, message) = match cached {
            None => ("FailedToCreateEndpoint", format!("Failed to create endpoint for service {key}: {why}")),
            Some(_) => ("FailedToUpdateEndpoint", format!("Failed to update endpoint {key}: {why}")),
        };
        self.recorder.event(&about, kinds::ENDPOINTS, EventKind::Warning, reason, message);
        Err(error)
    }
}

/// The packed subsets that the pods make.
fn subsets(service: &Json, pods: &[Json]) -> Json {
    let spec = &service["spec"];
    let publishes = spec["publishNotReadyAddresses"].as_bool() == Some(true);
    let family = if spec["ipFamilies"][0].str() == "IPv6" { "IPv6" } else { "IPv4" };
    let mut all = Vec::new();
    for pod in pods.iter().filter(|pod| util::has_endpoint(pod, publishes)) {
        let Some(ip) = util::addresses(pod, family).into_iter().next() else { continue };
        let node = &pod["spec"]["nodeName"];
        let mut address = json!({ "ip": ip, "nodeName": node, "targetRef": util::target_ref(pod) });
        if let Some(hostname) = util::hostname(pod, service) {
            address.set("hostname", hostname);
        }
        let ready = publishes || pods::is_ready(pod);
        let list = if ready { "addresses" } else { "notReadyAddresses" };
        let mut subset = json!({});
        subset.set(list, vec![address]);
        if spec["ports"].is_empty() {
            all.push(subset);
            continue;
        }
        for port in spec["ports"].items() {
            let Some(number) = util::find_port(pod, port) else { continue };
            let mut own = json!({ "port": number, "protocol": &port["protocol"] });
            for field in ["name", "appProtocol"] {
                if !port[field].is_empty() {
                    own.set(field, &port[field]);
                }
            }
            let mut subset = subset.clone();
            subset.set("ports", vec![own]);
            all.push(subset);
        }
    }
    repack_subsets(&all)
}

/// The object as it should be; `None`: it is so already.
fn endpoints(
    service: &Json,
    subsets: Json,
    cached: Option<&Json>,
    trigger_time: Option<Json>,
) -> Option<Json> {
    let meta = &service["metadata"];
    let own = |labels: &Json| {
        let mut labels = if labels.is_null() { Json::object() } else { labels.clone() };
        labels.remove(HEADLESS);
        labels.remove(MANAGED_BY);
        labels
    };
    if let Some(cached) = cached {
        let known = cached["metadata"]["labels"].clone();
        let annotated = cached["metadata"]["annotations"].get(OVER_CAPACITY).is_some();
        let same = cached["subsets"].items() == subsets.items();
        if same && own(&known) == own(&meta["labels"]) && known.get(MANAGED_BY).is_some() && !annotated {
            return None;
        }
    }
    let (name, namespace) = (&meta["name"], &meta["namespace"]);
    let new = || {
        json!({
            "apiVersion": "v1", "kind": "Endpoints", "metadata": { "name": name, "namespace": namespace },
        })
    };
    let mut wanted = cached.cloned().unwrap_or_else(new);
    let mut labels = own(&meta["labels"]);
    labels.set(MANAGED_BY, AGENT);
    if !has_cluster_ip(service) {
        labels.set(HEADLESS, "");
    }
    wanted.set_at(&["metadata", "labels"], labels);
    let mut annotations = wanted["metadata"]["annotations"].clone();
    if annotations.is_null() {
        annotations = Json::object();
    }
    annotations.remove(TRIGGER_TIME);
    annotations.remove(OVER_CAPACITY);
    if let Some(moment) = trigger_time {
        annotations.set(TRIGGER_TIME, moment);
    }
    let (subsets, truncated) = truncate(subsets);
    if truncated {
        annotations.set(OVER_CAPACITY, "truncated");
    }
    wanted.set_at(&["metadata", "annotations"], annotations);
    wanted.set("subsets", subsets);
    Some(wanted)
}

/// Cuts what is too much; ready addresses go before others.
fn truncate(subsets: Json) -> (Json, bool) {
    let count =
        |list: &str| -> usize { subsets.items().iter().map(|subset| subset[list].items().len()).sum() };
    let (ready, not_ready) = (count("addresses"), count("notReadyAddresses"));
    if ready + not_ready <= MOST_ADDRESSES {
        return (subsets, false);
    }
    let (list, total, most) = match ready > MOST_ADDRESSES {
        true => ("addresses", ready, MOST_ADDRESSES),
        false => ("notReadyAddresses", not_ready, MOST_ADDRESSES - ready),
    };
    let mut left = most;
    let cut = subsets.items().iter().map(|subset| {
        let mut subset = subset.clone();
        let own = subset[list].items();
        // Each subset gives way in proportion.
        let share = (own.len() * most).div_ceil(total).min(left);
        let kept: Json = own.iter().take(share).cloned().collect();
        left -= kept.items().len();
        subset.set(list, kept);
        if list == "addresses" {
            subset.remove("notReadyAddresses");
        }
        subset
    });
    (cut.collect(), true)
}
