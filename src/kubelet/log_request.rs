//! `GET pods/x/log`: which container is meant, and what is wrong if there is nothing to show.
//!
//! Upstream: `LogLocation` in `pkg/registry/core/pod/strategy.go`, `validateContainerLogStatus` in `kubelet_pods.go`.

use super::container::{Container, State};
use super::logs::LogQuery;
use super::pod_worker::PodWorker;
use crate::api::Status;
use crate::json::{Json, Str};
use crate::sim::Time;

/// Answers a request for logs.
pub fn answer(worker: Option<&PodWorker>, pod: &Json, query: &[(Str, Str)]) -> Result<String, Status> {
    let get = |key: &str| query.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
    let name = container_name(pod, get("container").unwrap_or(""))?;
    let pod_name = pod["metadata"]["name"].str();
    let previous = get("previous") == Some("true");
    let waiting = |why: &str| {
        let text = format!("container \"{name}\" in pod \"{pod_name}\" is waiting to start: {why}");
        Status::bad_request(text)
    };
    let container = worker.and_then(|w| w.container(&name)).ok_or_else(|| waiting("ContainerCreating"))?;
    let number = |key: &str| get(key).and_then(|v| v.parse::<usize>().ok());
    let query = LogQuery {
        tail: number("tailLines"),
        since: get("sinceTime").and_then(Time::parse),
        timestamps: get("timestamps") == Some("true"),
        limit_bytes: number("limitBytes"),
    };
    if previous {
        let none = || {
            let text = format!("previous terminated container \"{name}\" in pod \"{pod_name}\" not found");
            Status::bad_request(text)
        };
        return previous_log(container).map(|log| log.read(&query)).ok_or_else(none);
    }
    match &container.state {
        State::Waiting { reason, .. } if container.id.is_empty() => Err(waiting(match *reason {
            "ErrImagePull" | "ImagePullBackOff" => "trying and failing to pull image",
            "ErrImageNeverPull" => "image pull policy of Never prevents the pull",
            reason => reason,
        })),
        _ => Ok(container.log.read(&query)),
    }
}

/// The log of the run before: of a container that waits for its restart, that is the newest one there is.
fn previous_log(container: &Container) -> Option<&super::logs::Log> {
    match (&container.state, &container.previous) {
        (State::Waiting { .. }, _) if !container.id.is_empty() => Some(&container.log),
        (_, previous) => previous.as_ref(),
    }
}

/// The container that is meant; of several, it has to be said which.
pub fn container_name(pod: &Json, asked: &str) -> Result<String, Status> {
    let names = |key: &str| pod["spec"][key].items().iter().map(|c| c["name"].str()).collect::<Vec<_>>();
    let (mains, inits) = (names("containers"), names("initContainers"));
    let pod_name = pod["metadata"]["name"].str();
    match (asked, mains.as_slice()) {
        ("", [only]) => Ok((*only).to_owned()),
        ("", _) => {
            let mut text = format!(
                "a container name must be specified for pod {pod_name}, choose one of: [{}]",
                mains.join(" ")
            );
            if !inits.is_empty() {
                text.push_str(&format!(" or one of the init containers: [{}]", inits.join(" ")));
            }
            Err(Status::bad_request(text))
        }
        (name, _) if mains.contains(&name) || inits.contains(&name) => Ok(name.to_owned()),
        (name, _) => Err(Status::bad_request(format!("container {name} is not valid for pod {pod_name}"))),
    }
}
