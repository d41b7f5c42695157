//! What a pod spec must fulfil, in a Pod or in a template (`ValidatePodSpec` of `pkg/apis/core/validation`).

use super::at::{At, Errors};
use super::container::{self, Scope};
use super::{affinity, env, ip, meta, names, resource, security, volume};
use crate::api::field::{Error, Path};
use crate::json::Json;

/// Checks a pod template.
pub fn template(template: &Json, path: &Path, errors: Errors) {
    let template = At::new(template, path);
    let meta = template.get("metadata");
    meta::labels(&meta.json["labels"], &path.child("labels"), errors);
    meta::annotations(&meta.json["annotations"], &path.child("annotations"), errors);
    let (spec, all) = (template.get("spec"), containers(&template.get("spec")));
    let annotations = At::new(&meta.json["annotations"], &path.child("annotations"));
    security::annotations(&annotations, &spec, &all, errors);
    check(&spec, None, errors);
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.empty() {
        ephemeral.forbidden("ephemeral containers not allowed in pod template", errors);
    }
}

/// Checks a Pod, whether it is new or changed.
pub fn pod(pod: &Json, errors: Errors) {
    let spec = At::top(pod, "spec");
    let annotations = At::top(pod, "metadata").get("annotations");
    security::annotations(&annotations, &spec, &containers(&spec), errors);
    check(&spec, Some(&pod["metadata"]), errors);
    if spec.get("serviceAccountName").empty() {
        for source in spec.get("volumes").each().iter().flat_map(|v| v.get("projected").get("sources").each())
        {
            let token = source.get("serviceAccountToken");
            if token.set() {
                token.forbidden("must not be specified when serviceAccountName is not set", errors);
            }
        }
    }
    for list in ["containers", "initContainers"] {
        spec.get(list).each().iter().for_each(|c| container::image_blanks(c, errors));
    }
}

/// Checks a new Pod.
pub fn create(new: &Json, errors: Errors) {
    pod(new, errors);
    let spec = At::top(new, "spec");
    if !spec.get("ephemeralContainers").empty() {
        spec.get("ephemeralContainers").forbidden("cannot be set on create", errors);
    }
    if !spec.get("nodeName").empty() && !spec.get("schedulingGates").empty() {
        let detail = "cannot be set until all schedulingGates have been cleared";
        spec.get("nodeName").forbidden(detail, errors);
    }
}

/// All containers, in the order in which upstream visits them.
fn containers<'a>(spec: &At<'a>) -> Vec<At<'a>> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    lists.iter().flat_map(|list| spec.get(list).each()).collect()
}

/// Checks a pod spec; `meta`: the Pod's metadata, where it is a Pod's.
fn check(spec: &At, meta: Option<&Json>, errors: Errors) {
    let volumes = volume::volumes(&spec.get("volumes"), meta, errors);
    let scope = Scope { volumes: &volumes, spec: spec.json, pod: meta.is_some() };
    claims(&spec.get("resourceClaims"), errors);
    container::all(spec, &scope, errors);
    resource::pod(spec, errors);
    if spec.get("hostNetwork").yes() {
        container::host_network(spec, &scope, errors);
    }
    let policies: [(&str, &[&str]); 2] = [
        ("restartPolicy", &["Always", "OnFailure", "Never"]),
        ("dnsPolicy", &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]),
    ];
    for (field, allowed) in policies {
        if spec.set() {
            spec.get(field).choice(allowed, errors);
        }
    }
    meta::labels(&spec.json["nodeSelector"], &spec.path.child("nodeSelector"), errors);
    security::pod(spec, errors);
    affinity::affinity(&spec.get("affinity"), errors);
    dns(spec, errors);
    for gate in spec.get("readinessGates").each() {
        gate.get("conditionType").must(names::qualified, errors);
    }
    let mut gates: Vec<&str> = Vec::new();
    for gate in spec.get("schedulingGates").each() {
        let name = gate.get("name").str();
        At::new(&gate.json["name"], &gate.path).must(names::qualified, errors);
        if gates.contains(&name) {
            errors.push(Error::duplicate(&gate.path, name));
        }
        gates.push(name);
    }
    affinity::spread(&spec.get("topologySpreadConstraints"), errors);
    let all = containers(spec);
    security::host_processes(spec, &all, errors);
    if spec.json["hostUsers"].as_bool() == Some(false) {
        for (field, shown) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")]
        {
            if spec.get(field).yes() {
                errors.push(Error::forbidden(&spec.path.child(shown), "when `hostUsers` is false"));
            }
        }
        for devices in all.iter().map(|container| container.get("volumeDevices")).filter(|d| !d.empty()) {
            devices.forbidden("when `hostUsers` is false", errors);
        }
    }
    host_name(spec, errors);
    spec.get("serviceAccountName").rule(names::subdomain, errors);
    spec.get("nodeName").rule(names::subdomain, errors);
    spec.get("activeDeadlineSeconds").within(1, i32::MAX.into(), errors);
    spec.get("hostname").rule(names::label, errors);
    spec.get("subdomain").rule(names::label, errors);
    affinity::tolerations(&spec.get("tolerations"), errors);
    for alias in spec.get("hostAliases").each() {
        ip::address(alias.get("ip").str(), &alias.path.child("ip"), errors);
        alias.get("hostnames").each().iter().for_each(|name| name.must(names::subdomain, errors));
    }
    spec.get("priorityClassName").rule(names::subdomain, errors);
    if spec.get("runtimeClassName").set() {
        spec.get("runtimeClassName").must(names::subdomain, errors);
    }
    spec.get("preemptionPolicy").one_of(&["PreemptLowerPriority", "Never"], errors);
    for (name, at) in spec.get("overhead").entries() {
        resource::container_name(name, &at, errors);
        resource::amount(name, &at, errors);
    }
    security::system(spec, &all, errors);
    env::file_volumes(spec, &all, errors);
}

/// A name of the host that is not the pod's (`validatePodHostName`).
fn host_name(spec: &At, errors: Errors) {
    let name = spec.get("hostnameOverride");
    if !name.set() {
        return;
    }
    if spec.get("setHostnameAsFQDN").yes() {
        name.forbidden("may not be specified when setHostnameAsFQDN is true", errors);
    }
    if spec.get("hostNetwork").yes() {
        name.forbidden("may not be specified when hostNetwork is true", errors);
    }
    if name.str().len() > 64 {
        errors.push(Error::too_long(&name.path, 64));
    }
    name.must(names::subdomain, errors);
}

fn claims(claims: &At, errors: Errors) {
    let mut taken: Vec<&str> = Vec::new();
    for claim in claims.each() {
        let name = claim.get("name");
        if taken.contains(&name.str()) && !name.empty() {
            name.duplicate(errors);
        } else {
            name.name(names::label, errors);
        }
        taken.push(name.str());
        let (own, template) = (claim.get("resourceClaimName"), claim.get("resourceClaimTemplateName"));
        let refuse = |detail: &str, errors: Errors| {
            let shown = format!(
                "{{\"Name\":{:?},\"ResourceClaimName\":{},\"ResourceClaimTemplateName\":{}}}",
                name.str(),
                own.json,
                template.json
            );
            errors.push(Error::invalid_shown(&claim.path, Some(&shown), detail));
        };
        match (own.set(), template.set()) {
            (true, true) => refuse(
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
                errors,
            ),
            (false, false) => {
                refuse("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`", errors);
            }
            _ => {}
        }
        for at in [own, template].iter().filter(|at| at.set()) {
            at.must(names::subdomain, errors);
        }
    }
}

fn dns(spec: &At, errors: Errors) {
    let config = spec.get("dnsConfig");
    let servers = config.get("nameservers");
    if spec.get("dnsPolicy").str() == "None" {
        if !config.set() {
            return config.missing("must provide `dnsConfig` when `dnsPolicy` is None", errors);
        }
        if servers.empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return servers.missing(detail, errors);
        }
    }
    if servers.json.items().len() > 3 {
        servers.invalid("must not have more than 3 nameservers", errors);
    }
    for server in servers.each() {
        ip::address(server.str(), &server.path, errors);
    }
    let searches = config.get("searches");
    let (count, length) = (
        searches.json.items().len(),
        searches.json.items().iter().map(|s| s.str().len() + 1).sum::<usize>().saturating_sub(1),
    );
    if count > 32 {
        searches.invalid("must not have more than 32 search paths", errors);
    }
    if length > 2048 {
        searches
            .invalid("must not have more than 2048 characters (including spaces) in the search list", errors);
    }
    for search in searches.each().iter().filter(|search| search.str() != ".") {
        let name = search.str().strip_suffix('.').unwrap_or(search.str());
        let problems = names::subdomain_underscore(name);
        errors.extend(problems.into_iter().map(|problem| Error::invalid(&search.path, name, problem)));
    }
    for option in config.get("options").each() {
        if option.get("name").empty() {
            option.missing("must not be empty", errors);
        }
    }
}
