//! What the kubelet reports of a pod: phase, conditions, container statuses.
//!
//! Upstream: `pkg/kubelet/kubelet_pods.go` (`getPhase`, `generateAPIPodStatus`), `pkg/kubelet/status/generate.go`.

use super::container::{Container, Exit, Role, State};
use super::node::NodeConfig;
use super::pod_worker::PodWorker;
use super::prober::ProbeKind;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

/// The conditions that the kubelet owns, in the order in which it writes them.
const OWNED: [&str; 5] =
    ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

/// The phase that follows from the containers; `over`: none of them will run again.
pub fn phase(policy: &str, containers: &[Container], over: bool) -> &'static str {
    let (mut waiting, mut running, mut stopped, mut failed) = (0, 0, 0, 0);
    let mut initialising = false;
    for container in containers {
        match container.role {
            Role::Init => match &container.state {
                State::Terminated(exit) if exit.code == 0 => {}
                State::Terminated(_) if policy == "Never" => return "Failed",
                _ => initialising = true,
            },
            Role::Sidecar => initialising |= container.id.is_empty(),
            Role::Main => match (&container.state, container.exit()) {
                (State::Running { .. }, _) => running += 1,
                (_, Some(exit)) => {
                    stopped += 1;
                    failed += usize::from(exit.code != 0);
                }
                (_, None) => waiting += 1,
            },
        }
    }
    let sidecars_run = containers.iter().any(|c| c.role == Role::Sidecar && c.is_running());
    match () {
        () if over && running == 0 && !sidecars_run && stopped > 0 => match failed {
            0 => "Succeeded",
            _ => "Failed",
        },
        () if over && running == 0 && !sidecars_run => "Failed",
        () if initialising && running == 0 && stopped == 0 => "Pending",
        () if waiting > 0 => "Pending",
        () => "Running",
    }
}

/// The whole status, as it is to be written.
pub fn generate(worker: &PodWorker, node: &NodeConfig, now: Time) -> Json {
    let pod = &worker.pod;
    let old = if worker.written.is_null() { &pod["status"] } else { &worker.written };
    let mut status = json!({ "phase": worker.phase() });
    let hollow = node.is_hollow();
    if !hollow && let Some(generation) = pod["metadata"]["generation"].as_i64() {
        status.set("observedGeneration", generation);
    }
    if let Some((reason, message)) = &worker.verdict {
        status.set("reason", Str::fixed(reason));
        status.set("message", message);
    }
    status.set("conditions", conditions(worker, old, hollow, now));
    status.set("hostIP", node.address());
    status.set("hostIPs", json!([{ "ip": node.address() }]));
    status.set("startTime", worker.started.rfc3339());
    if let Some(ip) = &worker.ip {
        status.set("podIP", ip);
        status.set("podIPs", json!([{ "ip": ip }]));
    }
    let specs = |key: &str| pod["spec"][key].items().iter();
    let of = |specs: &mut dyn Iterator<Item = &Json>| -> Json {
        let found = specs.filter_map(|s| Some((s, worker.container(s["name"].str())?)));
        found.map(|(spec, container)| container_status(worker, spec, container, hollow)).collect()
    };
    if !specs("initContainers").as_slice().is_empty() {
        status.set("initContainerStatuses", of(&mut specs("initContainers")));
    }
    status.set("containerStatuses", of(&mut specs("containers")));
    status
}

fn conditions(worker: &PodWorker, old: &Json, hollow: bool, now: Time) -> Json {
    let phase = worker.phase();
    let verdict: [(bool, &str, String); 5] = {
        let (initialized, init_reason, init_message) = initialized(worker, phase);
        let (ready, reason, message) = containers_ready(worker, phase);
        let (pod_ready, pod_reason, pod_message) = match (ready, unmet_gates(worker)) {
            (true, gates) if !gates.is_empty() => (false, "ReadinessGatesNotReady", gates),
            _ => (ready, reason, message.clone()),
        };
        [
            (worker.sandbox, "", String::new()),
            (initialized, init_reason, init_message),
            (pod_ready, pod_reason, pod_message),
            (ready, reason, message),
            (true, "", String::new()),
        ]
    };
    let current = worker.pod.at(&["status", "conditions"]).items();
    let before = old["conditions"].items();
    let mut all: Vec<Json> = current.iter().filter(|c| !OWNED.contains(&c["type"].str())).cloned().collect();
    for (kind, (holds, reason, message)) in OWNED.into_iter().zip(verdict) {
        let status = if holds { "True" } else { "False" };
        let find = |list: &[Json]| list.iter().find(|c| c["type"].str() == kind).cloned();
        let known = find(before).or_else(|| find(current)).filter(|c| c["status"].str() == status);
        let since = known.map_or_else(|| now.rfc3339().into(), |c| c["lastTransitionTime"].clone());
        let mut condition =
            json!({ "type": kind, "status": status, "lastProbeTime": null, "lastTransitionTime": since });
        if !hollow && let Some(generation) = worker.pod["metadata"]["generation"].as_i64() {
            condition.set("observedGeneration", generation);
        }
        if !reason.is_empty() {
            condition.set("reason", reason);
        }
        if !message.is_empty() {
            condition.set("message", message);
        }
        all.push(condition);
    }
    all.into()
}

fn unmet_gates(worker: &PodWorker) -> String {
    let conditions = worker.pod.at(&["status", "conditions"]).items();
    let gates = worker.pod.at(&["spec", "readinessGates"]).items();
    let unmet = gates.iter().filter_map(|gate| {
        let kind = gate["conditionType"].str();
        match conditions.iter().find(|c| c["type"].str() == kind) {
            None => Some(format!("corresponding condition of pod readiness gate \"{kind}\" does not exist.")),
            Some(c) if c["status"].str() != "True" => Some(format!(
                "the status of pod readiness gate \"{kind}\" is not \"True\", but {}",
                c["status"].str()
            )),
            Some(_) => None,
        }
    });
    unmet.collect::<Vec<_>>().join(", ")
}

fn initialized(worker: &PodWorker, phase: &str) -> (bool, &'static str, String) {
    if phase == "Succeeded" {
        return (true, "PodCompleted", String::new());
    }
    if worker.containers.iter().any(|c| c.role == Role::Main && c.sandboxed) {
        return (true, "", String::new());
    }
    let incomplete = |c: &&Container| match c.role {
        Role::Main => false,
        Role::Sidecar => !c.is_running() || !c.passes(ProbeKind::Startup),
        Role::Init => !matches!(&c.state, State::Terminated(e) if e.code == 0),
    };
    let names: Vec<&str> = worker.containers.iter().filter(incomplete).map(|c| c.name.as_str()).collect();
    match names.is_empty() {
        true => (true, "", String::new()),
        false => (
            false,
            "ContainersNotInitialized",
            format!("containers with incomplete status: [{}]", names.join(" ")),
        ),
    }
}

fn containers_ready(worker: &PodWorker, phase: &str) -> (bool, &'static str, String) {
    match phase {
        "Succeeded" => return (false, "PodCompleted", String::new()),
        "Failed" => return (false, "PodFailed", String::new()),
        _ => {}
    }
    let counts = |c: &&Container| c.role != Role::Init && !is_ready(c);
    let names: Vec<&str> = worker.containers.iter().filter(counts).map(|c| c.name.as_str()).collect();
    match names.is_empty() {
        true => (true, "", String::new()),
        false => {
            (false, "ContainersNotReady", format!("containers with unready status: [{}]", names.join(" ")))
        }
    }
}

fn is_ready(container: &Container) -> bool {
    match container.role {
        Role::Init => matches!(&container.state, State::Terminated(e) if e.code == 0),
        Role::Sidecar | Role::Main => {
            container.is_running()
                && [ProbeKind::Startup, ProbeKind::Readiness].iter().all(|p| container.passes(*p))
        }
    }
}

fn container_status(worker: &PodWorker, spec: &Json, container: &Container, hollow: bool) -> Json {
    let id = |id: &str| if hollow { "containerd://x".to_owned() } else { format!("containerd://{id}") };
    let ended = |exit: &Exit| {
        let mut terminated = json!({
            "exitCode": exit.code, "reason": exit.reason, "containerID": id(&exit.id),
            "startedAt": exit.started.rfc3339(), "finishedAt": exit.finished.rfc3339(),
        });
        if !exit.message.is_empty() {
            terminated.set("message", &exit.message);
        }
        json!({ "terminated": terminated })
    };
    let state = match &container.state {
        State::Waiting { reason, message } => {
            let mut waiting = json!({ "reason": *reason });
            if !message.is_empty() {
                waiting.set("message", message);
            }
            json!({ "waiting": waiting })
        }
        State::Running { since, .. } => json!({ "running": { "startedAt": since.rfc3339() } }),
        State::Terminated(exit) => ended(exit),
    };
    let (mut image, mut image_id) = (Str::from(spec["image"].str()), Str::default());
    if let Some(found) = &container.image {
        if hollow {
            image_id = Str::fixed("sha");
        } else {
            image = found.reference.clone();
            let name = found.reference.split('@').next().unwrap_or_default();
            let tag =
                name.rsplit('/').next().and_then(|last| last.split_once(':')).map_or(0, |(_, t)| t.len() + 1);
            image_id = format!("{}@{}", &name[..name.len() - tag], found.digest).into();
        }
    }
    let mut status = json!({
        "name": &container.name, "state": state, "lastState": container.last.as_ref().map_or_else(Json::object, ended),
        "ready": is_ready(container), "restartCount": container.restarts, "image": image, "imageID": image_id,
        "started": container.is_running() && container.passes(ProbeKind::Startup),
    });
    if !container.id.is_empty() {
        status.set("containerID", id(&container.id));
    }
    if !hollow {
        add_details(&mut status, worker, spec, container);
    }
    status
}

/// What a v1.36 kubelet says beyond that.
fn add_details(status: &mut Json, worker: &PodWorker, spec: &Json, container: &Container) {
    let mounts = spec["volumeMounts"].items().iter().map(|mount| {
        let mut seen = json!({ "name": &mount["name"], "mountPath": &mount["mountPath"] });
        if mount["readOnly"].as_bool() == Some(true) {
            seen.set("readOnly", true);
            seen.set("recursiveReadOnly", "Disabled");
        }
        seen
    });
    let mounts: Vec<Json> = mounts.collect();
    if !mounts.is_empty() {
        status.set("volumeMounts", mounts);
    }
    if container.is_running() {
        let resources = &spec["resources"];
        status.set("resources", if resources.is_null() { Json::object() } else { resources.clone() });
        if !resources["requests"].is_empty() {
            status.set("allocatedResources", &resources["requests"]);
        }
        let context = |key: &str| {
            let own = &spec["securityContext"][key];
            let pods = &worker.pod["spec"]["securityContext"][key];
            own.as_i64().or(pods.as_i64()).unwrap_or(0)
        };
        let (uid, gid) = (context("runAsUser"), context("runAsGroup"));
        status.set("user", json!({ "linux": { "gid": gid, "supplementalGroups": [gid], "uid": uid } }));
    }
}
