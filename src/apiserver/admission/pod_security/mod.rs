//! PodSecurity: a namespace's labels say how harmless its pods must be, in three modes: `enforce` refuses, `warn` tells the
//! author, `audit` only writes a log that nobody sees here (`pod-security-admission/admission`).
//!
//! - `policy`: the levels, and the labels that say them.
//! - `checks`: what the levels forbid.

mod checks;
mod policy;

use super::Attributes;
use crate::api::{ObjectKey, Status, kinds};
use crate::apiserver::ApiServer;
use crate::collections::sort_by;
use crate::json::{Json, Str};
use checks::Target;
use policy::{Level, Policy};

/// What is done with a pod through one of these is not about what the pod may do.
const IGNORED: [&str; 8] = ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"];
/// At most so many pods are looked at when a namespace becomes stricter.
const MOST_PODS: usize = 3000;

/// Refuses pods, and warns of templates of pods, that are worse than their namespace allows.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let resource = &attributes.request.resource;
    match (&*resource.group, &*resource.kind) {
        ("", "Namespace") => namespace(server, attributes),
        ("", "Pod") => pod(server, attributes),
        ("", "ReplicationController" | "PodTemplate")
        | ("apps", "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet")
        | ("batch", "Job" | "CronJob") => {
            template(server, attributes);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The policy of a namespace.
fn policy_of(server: &ApiServer, namespace: &str) -> Policy {
    let found = server.store.get(&kinds::NAMESPACES.into(), &ObjectKey::new("", namespace));
    found.map(|namespace| policy::read(&namespace["metadata"]["labels"]).0).unwrap_or_default()
}

fn pod(server: &ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if IGNORED.contains(&attributes.request.subresource.as_str()) {
        return Ok(());
    }
    let policy = policy_of(server, attributes.namespace);
    let pod = &*attributes.object;
    if policy.is_open() || attributes.old.is_some_and(|old| !is_significant(pod, old)) {
        return Ok(());
    }
    let target = Target { spec: &pod["spec"], annotations: &pod["metadata"]["annotations"] };
    let violations = checks::run(policy.enforce, &target);
    if !violations.is_empty() {
        let why = format!("violates PodSecurity \"{}\": {}", policy.enforce, checks::details(&violations));
        return Err(attributes.forbidden(&why));
    }
    let warning = warning(&policy, &target);
    attributes.warnings.extend(warning);
    Ok(())
}

fn template(server: &ApiServer, attributes: &mut Attributes) {
    if !attributes.request.subresource.is_empty() {
        return;
    }
    let policy = policy_of(server, attributes.namespace);
    let object = &*attributes.object;
    let template = match object["kind"].str() {
        "CronJob" => &object["spec"]["jobTemplate"]["spec"]["template"],
        "PodTemplate" => &object["template"],
        _ => &object["spec"]["template"],
    };
    if template.is_null() {
        return;
    }
    let target = Target { spec: &template["spec"], annotations: &template["metadata"]["annotations"] };
    let warning = warning(&policy, &target);
    attributes.warnings.extend(warning);
}

fn warning(policy: &Policy, target: &Target) -> Option<Str> {
    let violations = checks::run(policy.warn, target);
    let text = || format!("would violate PodSecurity \"{}\": {}", policy.warn, checks::details(&violations));
    (!violations.is_empty()).then(|| text().into())
}

/// Whether a change of a pod is one that the checks could see.
fn is_significant(new: &Json, old: &Json) -> bool {
    const SECCOMP: &str = "seccomp.security.alpha.kubernetes.io/pod";
    let annotation = |pod: &Json| pod["metadata"]["annotations"][SECCOMP].clone();
    let images = |pod: &Json, list: &str| -> Vec<(Json, Json)> {
        pod["spec"][list].items().iter().map(|c| (c["name"].clone(), c["image"].clone())).collect()
    };
    annotation(new) != annotation(old)
        || ["containers", "initContainers", "ephemeralContainers"]
            .iter()
            .any(|list| images(new, list) != images(old, list))
}

/// The labels must be right; and who makes a namespace stricter hears which of its pods would not be let in any more.
fn namespace(server: &ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.request.subresource.is_empty() {
        return Ok(());
    }
    let (new, errors) = policy::read(&attributes.object["metadata"]["labels"]);
    let (old, known) = match attributes.old {
        Some(old) => policy::read(&old["metadata"]["labels"]),
        None => Default::default(),
    };
    let name = attributes.object["metadata"]["name"].str();
    if !errors.is_empty() && errors != known {
        return Err(Status::invalid(&attributes.request.resource, name, &errors));
    }
    let relaxed = new.enforce.version == old.enforce.version && new.enforce.level <= old.enforce.level;
    if attributes.old.is_none()
        || new.enforce == old.enforce
        || new.enforce.level == Level::Privileged
        || relaxed
    {
        return Ok(());
    }
    // The reasons, each with the first pod that has it and with how many have it.
    let mut reasons: Vec<(String, &str, usize)> = Vec::new();
    let pods: Vec<&Json> = server.store.list(&kinds::PODS.into(), name).map(|(_, pod)| pod).collect();
    for pod in pods.iter().take(MOST_PODS) {
        let target = Target { spec: &pod["spec"], annotations: &pod["metadata"]["annotations"] };
        let violations = checks::run(new.enforce, &target);
        if violations.is_empty() {
            continue;
        }
        let (reason, pod) = (checks::reasons(&violations), pod["metadata"]["name"].str());
        match reasons.iter_mut().find(|(known, ..)| *known == reason) {
            Some((_, first, count)) => {
                *first = pod.min(first);
                *count += 1;
            }
            None => reasons.push((reason, pod, 1)),
        }
    }
    let mut warnings: Vec<String> = reasons
        .iter()
        .map(|(reason, pod, count)| match count {
            1 => format!("{pod}: {reason}"),
            2 => format!("{pod} (and 1 other pod): {reason}"),
            count => format!("{pod} (and {} other pods): {reason}", count - 1),
        })
        .collect();
    sort_by(&mut warnings, Ord::cmp);
    if pods.len() > MOST_PODS {
        attributes.warnings.push(
            format!(
                "new PodSecurity enforce level only checked against the first {MOST_PODS} of {} existing pods",
                pods.len()
            )
            .into(),
        );
    }
    if !warnings.is_empty() {
        let level = new.enforce;
        let first = format!(
            "existing pods in namespace {name:?} violate the new PodSecurity enforce level \"{level}\""
        );
        attributes.warnings.push(first.into());
    }
    attributes.warnings.extend(warnings.into_iter().map(Str::from));
    Ok(())
}
