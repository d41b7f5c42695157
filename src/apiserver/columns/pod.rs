//! Pods: the STATUS column sums up phase, conditions and container states (`printPod`).

use super::{Printer, age, name, or_none, text, wide};
use crate::api::human_duration;
use crate::json::Json;
use crate::sim::Time;

pub static POD: Printer = Printer {
    columns: &[
        text("Name"),
        text("Ready"),
        text("Status"),
        text("Restarts"),
        text("Age"),
        wide("IP"),
        wide("Node"),
        wide("Nominated Node"),
        wide("Readiness Gates"),
    ],
    cells: pod,
};

fn pod(pod: &Json, now: Time, out: &mut Vec<Json>) {
    let sum = Summary::of(pod);
    let restarts = match sum.last_restart {
        Some(at) if sum.restarts > 0 => format!("{} ({} ago)", sum.restarts, human_duration(now.since(at))),
        _ => sum.restarts.to_string(),
    };
    let gates = pod["spec"]["readinessGates"].items();
    let open = gates.iter().filter(|g| condition(pod, g["conditionType"].str()) == "True").count();
    let ip = pod["status"]["podIPs"][0]["ip"].str();
    let ip = if ip.is_empty() { pod["status"]["podIP"].str() } else { ip };
    out.extend([
        name(pod),
        format!("{}/{}", sum.ready, sum.total).into(),
        sum.reason.into(),
        restarts.into(),
        age(pod, now),
        or_none(ip),
        or_none(pod["spec"]["nodeName"].str()),
        or_none(pod["status"]["nominatedNodeName"].str()),
        if gates.is_empty() { "<none>".into() } else { format!("{open}/{}", gates.len()).into() },
    ]);
}

/// What `kubectl get pods` shows as STATUS: `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating`, …
pub fn pod_status_column(pod: &Json) -> String {
    Summary::of(pod).reason
}

struct Summary {
    reason: String,
    ready: usize,
    total: usize,
    restarts: i64,
    last_restart: Option<Time>,
}

fn condition<'a>(pod: &'a Json, kind: &str) -> &'a str {
    let mut conditions = pod["status"]["conditions"].items().iter();
    conditions.find(|c| c["type"].str() == kind).map_or("", |c| c["status"].str())
}

/// What a terminated container is called: its reason, else its signal or exit code.
fn terminated_reason(state: &Json) -> String {
    let terminated = &state["terminated"];
    match (terminated["reason"].str(), terminated["signal"].as_i64().unwrap_or(0)) {
        ("", 0) => format!("ExitCode:{}", terminated["exitCode"].as_i64().unwrap_or(0)),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_string(),
    }
}

fn later(known: Option<Time>, status: &Json) -> Option<Time> {
    let finished = Time::parse(status["lastState"]["terminated"]["finishedAt"].str());
    known.max(finished)
}

impl Summary {
    fn of(pod: &Json) -> Summary {
        let status = &pod["status"];
        let mut reason = match status["reason"].str() {
            "" => status["phase"].str(),
            reason => reason,
        }
        .to_string();
        let scheduled = status["conditions"].items().iter().find(|c| c["type"].str() == "PodScheduled");
        if scheduled.is_some_and(|c| c["reason"].str() == "SchedulingGated") {
            reason = "SchedulingGated".into();
        }
        let mut summary = Summary {
            reason,
            ready: 0,
            total: pod["spec"]["containers"].items().len(),
            restarts: 0,
            last_restart: None,
        };
        let sidecar_restarts = summary.init_containers(pod);
        let initializing = sidecar_restarts.is_none();
        if !initializing || condition(pod, "Initialized") == "True" {
            summary.containers(pod, sidecar_restarts.unwrap_or((0, None)));
        }
        if !pod["metadata"]["deletionTimestamp"].is_null() {
            let finished = matches!(status["phase"].str(), "Failed" | "Succeeded");
            if status["reason"].str() == "NodeLost" {
                summary.reason = "Unknown".into();
            } else if !finished {
                summary.reason = "Terminating".into();
            }
        }
        summary
    }

    /// `None` while init containers run; else how often the sidecars restarted, and when last.
    fn init_containers(&mut self, pod: &Json) -> Option<(i64, Option<Time>)> {
        let specs = pod["spec"]["initContainers"].items();
        let is_sidecar = |name: &str| {
            specs.iter().any(|c| c["name"].str() == name && c["restartPolicy"].str() == "Always")
        };
        self.total += specs.iter().filter(|c| c["restartPolicy"].str() == "Always").count();
        let mut sidecars = (0, None);
        for (i, container) in pod["status"]["initContainerStatuses"].items().iter().enumerate() {
            self.restarts += container["restartCount"].as_i64().unwrap_or(0);
            self.last_restart = later(self.last_restart, container);
            let sidecar = is_sidecar(container["name"].str());
            if sidecar {
                sidecars.0 += container["restartCount"].as_i64().unwrap_or(0);
                sidecars.1 = later(sidecars.1, container);
            }
            let state = &container["state"];
            let terminated = &state["terminated"];
            if !terminated.is_null() && terminated["exitCode"].as_i64() == Some(0) {
                continue;
            }
            if sidecar && container["started"].as_bool() == Some(true) {
                if container["ready"].as_bool() == Some(true) {
                    self.ready += 1;
                }
                continue;
            }
            let waiting = state["waiting"]["reason"].str();
            self.reason = if !terminated.is_null() {
                format!("Init:{}", terminated_reason(state))
            } else if !waiting.is_empty() && waiting != "PodInitializing" {
                format!("Init:{waiting}")
            } else {
                format!("Init:{i}/{}", specs.len())
            };
            return None;
        }
        Some(sidecars)
    }

    fn containers(&mut self, pod: &Json, sidecars: (i64, Option<Time>)) {
        (self.restarts, self.last_restart) = sidecars;
        let mut running = false;
        for container in pod["status"]["containerStatuses"].items().iter().rev() {
            self.restarts += container["restartCount"].as_i64().unwrap_or(0);
            self.last_restart = later(self.last_restart, container);
            let state = &container["state"];
            if !state["waiting"]["reason"].is_empty() {
                self.reason = state["waiting"]["reason"].str().into();
            } else if !state["terminated"].is_null() {
                self.reason = terminated_reason(state);
            } else if container["ready"].as_bool() == Some(true) && !state["running"].is_null() {
                running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" && running {
            let ready = condition(pod, "Ready") == "True";
            self.reason = if ready { "Running".into() } else { "NotReady".into() };
        }
    }
}
