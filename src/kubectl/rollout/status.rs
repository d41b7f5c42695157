//! `kubectl rollout status`: says how the rollout goes each time something changes, until it is over.

use super::super::cli::Cli;
use super::super::failure::Failure;
use super::super::flags::Arguments;
use super::super::{Flow, Task, Wait};
use crate::api::{Resource, ResourceInfo, kinds, revision};
use crate::json::Json;
use crate::sim::Time;

/// A `status` that waits.
#[derive(Clone)]
pub(in super::super) struct Following {
    /// What is still to be followed; the first of them now.
    objects: Vec<(Resource, Json)>,
    /// The version of the first that was told of last.
    told: String,
    watch: bool,
    revision: i64,
    until: Option<Time>,
}

pub(super) fn run(cli: &mut Cli, args: &Arguments) -> Result<Flow, Failure> {
    let (objects, failures) = super::objects(cli, args)?;
    Failure::many(failures)?;
    if objects.is_empty() {
        cli.error_line(format!("No resources found in {} namespace.", args.namespace()));
        return Ok(Flow::Exit(0));
    }
    let patience = args.duration("timeout").map(|(_, patience)| patience);
    let mut following = Following {
        objects,
        told: String::new(),
        watch: !args.has("watch") || args.is("watch"),
        revision: args.number("revision").unwrap_or(0),
        until: patience.filter(|patience| !patience.is_zero()).map(|patience| cli.now() + patience),
    };
    match following.resume(cli)? {
        Some(exit) => Ok(Flow::Exit(exit)),
        None => Ok(Flow::Wait(Task::Rollout(following))),
    }
}

impl Following {
    pub(in super::super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: Vec::new(), until: self.until, any_step: true }
    }

    pub(in super::super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        while let Some((resource, object)) = self.objects.first().cloned() {
            let Some(viewer) = viewer(&resource) else {
                let kind = resource.qualified_kind();
                return Err(Failure::error(format!("no status viewer has been implemented for {kind}")));
            };
            let meta = &object["metadata"];
            let now = match cli.get(&resource, meta["namespace"].str(), meta["name"].str()) {
                Ok(now) if now["metadata"]["uid"] == meta["uid"] => now,
                Ok(_) => return Err(Failure::error("object has been deleted")),
                Err(status) if status.is_not_found() => {
                    return Err(Failure::error("object has been deleted"));
                }
                Err(status) => return Err(status.into()),
            };
            let version = now["metadata"]["resourceVersion"].str();
            let mut over = false;
            if version != self.told {
                let (text, done) = viewer(&now, self.revision)?;
                cli.line(text);
                self.told = version.into();
                over = done || !self.watch;
            }
            if over {
                self.objects.remove(0);
                self.told.clear();
            } else if self.until.is_some_and(|until| until <= cli.now()) {
                return Err(Failure::error("timed out waiting for the condition"));
            } else {
                return Ok(None);
            }
        }
        Ok(Some(0))
    }
}

/// How a rollout goes, and whether it is over; `wanted`: of which revision, where not of any.
type Viewer = fn(object: &Json, wanted: i64) -> Result<(String, bool), Failure>;

fn viewer(resource: &Resource) -> Option<Viewer> {
    let viewers: [(&'static ResourceInfo, Viewer); 3] = [
        (kinds::DEPLOYMENTS, deployment),
        (kinds::DAEMONSETS, daemon_set),
        (kinds::STATEFULSETS, stateful_set),
    ];
    viewers.into_iter().find(|(kind, _)| *resource == Resource::from(*kind)).map(|(_, viewer)| viewer)
}

/// Only of rolling updates there is anything to say.
fn rolling_only(object: &Json) -> Result<(), Failure> {
    match object["spec"]["updateStrategy"]["type"].str() {
        "RollingUpdate" => Ok(()),
        _ => Err(Failure::error("rollout status is only available for RollingUpdate strategy type")),
    }
}

fn is_observed(object: &Json) -> bool {
    let observed = object["status"]["observedGeneration"].as_i64().unwrap_or(0);
    object["metadata"]["generation"].as_i64().unwrap_or(0) <= observed
}

/// Of a DaemonSet (`DaemonSetStatusViewer`).
fn daemon_set(set: &Json, _: i64) -> Result<(String, bool), Failure> {
    rolling_only(set)?;
    if !is_observed(set) {
        return Ok(("Waiting for daemon set spec update to be observed...".into(), false));
    }
    let count = |field: &str| set["status"][field].as_i64().unwrap_or(0);
    let (name, want) = (set["metadata"]["name"].str(), count("desiredNumberScheduled"));
    let (updated, available) = (count("updatedNumberScheduled"), count("numberAvailable"));
    let what = if updated < want {
        format!("{updated} out of {want} new pods have been updated")
    } else if available < want {
        format!("{available} of {want} updated pods are available")
    } else {
        return Ok((format!("daemon set {name:?} successfully rolled out"), true));
    };
    Ok((format!("Waiting for daemon set {name:?} rollout to finish: {what}..."), false))
}

/// Of a StatefulSet (`StatefulSetStatusViewer`).
fn stateful_set(set: &Json, _: i64) -> Result<(String, bool), Failure> {
    rolling_only(set)?;
    let (spec, status) = (&set["spec"], &set["status"]);
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    if count("observedGeneration") == 0 || !is_observed(set) {
        return Ok(("Waiting for statefulset spec update to be observed...".into(), false));
    }
    let (want, ready, updated) =
        (spec["replicas"].as_i64().unwrap_or(0), count("readyReplicas"), count("updatedReplicas"));
    if ready < want {
        return Ok((format!("Waiting for {} pods to be ready...", want - ready), false));
    }
    let rolling = &spec["updateStrategy"]["rollingUpdate"];
    if !rolling.is_null() {
        let new = want - rolling["partition"].as_i64().unwrap_or(0);
        return Ok(if !rolling["partition"].is_null() && updated < new {
            let what = format!("{updated} out of {new} new pods have been updated");
            (format!("Waiting for partitioned roll out to finish: {what}..."), false)
        } else {
            (format!("partitioned roll out complete: {updated} new pods have been updated..."), true)
        });
    }
    let (current, update) = (status["currentRevision"].str(), status["updateRevision"].str());
    Ok(if update == current {
        let have = count("currentReplicas");
        (format!("statefulset rolling update complete {have} pods at revision {current}..."), true)
    } else {
        let what = format!("{updated} pods at revision {update}");
        (format!("waiting for statefulset rolling update to complete {what}..."), false)
    })
}

/// Of a Deployment (`DeploymentStatusViewer`).
fn deployment(deployment: &Json, wanted: i64) -> Result<(String, bool), Failure> {
    let (spec, status) = (&deployment["spec"], &deployment["status"]);
    let name = deployment["metadata"]["name"].str();
    let present = revision::of(deployment);
    if wanted > 0 && wanted != present {
        let message =
            format!("desired revision ({wanted}) is different from the running revision ({present})");
        return Err(Failure::error(message));
    }
    let observed = status["observedGeneration"].as_i64().unwrap_or(0);
    if deployment["metadata"]["generation"].as_i64().unwrap_or(0) > observed {
        return Ok(("Waiting for deployment spec update to be observed...".into(), false));
    }
    let late = |c: &Json| c["type"].str() == "Progressing" && c["reason"].str() == "ProgressDeadlineExceeded";
    if status["conditions"].items().iter().any(late) {
        return Err(Failure::error(format!("deployment {name:?} exceeded its progress deadline")));
    }
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    let (want, all) = (spec["replicas"].as_i64().unwrap_or(0), count("replicas"));
    let (updated, available) = (count("updatedReplicas"), count("availableReplicas"));
    let what = if updated < want {
        format!("{updated} out of {want} new replicas have been updated")
    } else if all > updated {
        format!("{} old replicas are pending termination", all - updated)
    } else if available < updated {
        format!("{available} of {updated} updated replicas are available")
    } else {
        return Ok((format!("deployment {name:?} successfully rolled out"), true));
    };
    Ok((format!("Waiting for deployment {name:?} rollout to finish: {what}..."), false))
}
