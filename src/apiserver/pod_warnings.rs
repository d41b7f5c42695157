//! What the author of a pod, or of an object that makes pods, should know (`pkg/api/pod/warnings.go`).

use super::validation::names;
use crate::api::quantity::Quantity;
use crate::json::{Json, Str};

const NO_SECCOMP: &str = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
const SECCOMP: &str = "seccomp.security.alpha.kubernetes.io/pod";
const CONTAINER_SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Labels of nodes that have another name now: the old one, since when, the new one.
const OLD_LABELS: [(&str, &str, &str); 5] = [
    ("beta.kubernetes.io/arch", "v1.14", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "v1.14", "kubernetes.io/os"),
    ("failure-domain.beta.kubernetes.io/region", "v1.17", "topology.kubernetes.io/region"),
    ("failure-domain.beta.kubernetes.io/zone", "v1.17", "topology.kubernetes.io/zone"),
    ("beta.kubernetes.io/instance-type", "v1.17", "node.kubernetes.io/instance-type"),
];

/// Annotations that do nothing any more.
const OLD_ANNOTATIONS: [(&str, &str, &str); 3] = [
    ("scheduler.alpha.kubernetes.io/critical-pod", "v1.16", "priorityClassName"),
    ("security.alpha.kubernetes.io/sysctls", "v1.11", "sysctls"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "v1.11", "sysctls"),
];

/// What an author should know of an object that makes pods: its name becomes part of theirs, and what its template at `at`
/// (`spec.template.`) says. A change of something else than its spec is no news.
pub fn of_owner(object: &Json, old: Option<&Json>, template: &Json, at: &str) -> Vec<Str> {
    let mut all = Vec::new();
    if old.is_some_and(|old| old["spec"] == object["spec"]) {
        return all;
    }
    let problems = names::label(object["metadata"]["name"].str());
    if old.is_none() && !problems.is_empty() {
        let advice = "this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended";
        all.push(format!("metadata.name: {advice}: [{}]", problems.join(" ")).into());
    }
    all.extend(of(template, at));
    all
}

/// What an author should know of a pod; `at`: where it stands, with a dot, or `""`.
pub fn of(pod: &Json, at: &str) -> Vec<Str> {
    let mut all = Vec::new();
    let mut warn = |text: String| all.push(Str::from(text));
    let (spec, path) = (&pod["spec"], format!("{at}spec"));
    nodes(spec, &path, &mut warn);
    let annotations = &pod["metadata"]["annotations"];
    for (key, since, field) in OLD_ANNOTATIONS {
        if annotations.get(key).is_some() {
            warn(format!(
                "{at}metadata.annotations[{key}]: non-functional in {since}+; use the \"{field}\" field instead"
            ));
        }
    }
    repeated(&spec["hostAliases"], "ip", &format!("{path}.hostAliases"), &mut warn);
    let secrets = &spec["imagePullSecrets"];
    repeated(secrets, "name", &format!("{path}.imagePullSecrets"), &mut warn);
    for (i, _) in secrets.items().iter().enumerate().filter(|(_, s)| s["name"].is_empty()) {
        warn(format!("{path}.imagePullSecrets[{i}].name: invalid empty name \"\""));
    }
    let pod_security = &spec["securityContext"];
    if pod_security["seccompProfile"].is_null() && annotations.get(SECCOMP).is_some() {
        warn(format!("{at}metadata.annotations[{SECCOMP}]: {NO_SECCOMP}"));
    }
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    let containers: Vec<(String, &Json)> = lists
        .iter()
        .flat_map(|list| spec[*list].items().iter().enumerate().map(move |(i, c)| (list, i, c)))
        .map(|(list, i, c)| (format!("{path}.{list}[{i}]"), c))
        .collect();
    for (path, container) in &containers {
        let annotated = |prefix: &str| {
            let key = format!("{prefix}{}", container["name"].str());
            annotations.get(key.as_str()).map(|_| format!("{at}metadata.annotations[{key}]"))
        };
        let says = |field: &str| !container["securityContext"][field].is_null();
        if let Some(where_) = annotated(CONTAINER_SECCOMP).filter(|_| !says("seccompProfile")) {
            warn(format!("{where_}: {NO_SECCOMP}"));
        }
        // Of a Pod itself it is said elsewhere.
        let armored = at.is_empty() || says("appArmorProfile") || !pod_security["appArmorProfile"].is_null();
        if let Some(where_) = annotated(APPARMOR).filter(|_| !armored) {
            warn(format!("{where_}: deprecated since v1.30; use the \"appArmorProfile\" field instead"));
        }
        fractions(&container["resources"], &format!("{path}.resources"), &mut warn);
        hidden(&container["env"], &format!("{path}.env"), &mut warn);
    }
    ports(&containers, &mut warn);
    if spec["terminationGracePeriodSeconds"].as_i64().is_some_and(|seconds| seconds < 0) {
        let detail = "must be >= 0; negative values are invalid and will be treated as 1";
        warn(format!("{path}.terminationGracePeriodSeconds: {detail}"));
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        for (list, below) in [
            ("requiredDuringSchedulingIgnoredDuringExecution", ""),
            ("preferredDuringSchedulingIgnoredDuringExecution", "podAffinityTerm"),
        ] {
            for (i, term) in spec["affinity"][kind][list].items().iter().enumerate() {
                let (term, dot) = if below.is_empty() { (term, "") } else { (&term[below], ".") };
                if term["labelSelector"].is_null() {
                    no_selector(&format!("{path}.affinity.{kind}.{list}[{i}]{dot}{below}"), &mut warn);
                }
            }
        }
    }
    all
}

fn no_selector(path: &str, warn: &mut dyn FnMut(String)) {
    warn(format!("{path}.labelSelector: a null labelSelector results in matching no pod"));
}

/// What is said of a label that has another name now.
pub fn old_label(key: &str) -> Option<String> {
    let (_, since, new) = OLD_LABELS.iter().find(|(old, ..)| *old == key)?;
    Some(format!("deprecated since {since}; use \"{new}\" instead"))
}

/// Where it may run: by labels that nodes had once, or by no label at all.
fn nodes(spec: &Json, path: &str, warn: &mut dyn FnMut(String)) {
    for (key, _) in spec["nodeSelector"].entries() {
        if let Some(message) = old_label(key) {
            warn(format!("{path}.nodeSelector[{key}]: {message}"));
        }
    }
    let affinity = &spec["affinity"]["nodeAffinity"];
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    let terms = affinity[required]["nodeSelectorTerms"].items().iter().enumerate();
    let terms = terms.map(|(i, term)| (format!("{required}.nodeSelectorTerms[{i}]"), term));
    let wishes = affinity[preferred].items().iter().enumerate();
    let wishes = wishes.map(|(i, wish)| (format!("{preferred}[{i}].preference"), &wish["preference"]));
    for (at, term) in terms.chain(wishes) {
        for (i, expression) in term["matchExpressions"].items().iter().enumerate() {
            let key = expression["key"].str();
            if let Some(message) = old_label(key) {
                let at = format!("{path}.affinity.nodeAffinity.{at}.matchExpressions[{i}].key");
                warn(format!("{at}: {key} is {message}"));
            }
        }
    }
    for (i, constraint) in spec["topologySpreadConstraints"].items().iter().enumerate() {
        let at = format!("{path}.topologySpreadConstraints[{i}]");
        let key = constraint["topologyKey"].str();
        if let Some(message) = old_label(key) {
            warn(format!("{at}.topologyKey: {key} is {message}"));
        }
        if constraint["labelSelector"].is_null() {
            no_selector(&at, warn);
        }
    }
}

fn repeated(list: &Json, field: &str, path: &str, warn: &mut dyn FnMut(String)) {
    let items = list.items();
    for (i, item) in items.iter().enumerate() {
        if items[..i].iter().any(|other| other[field] == item[field]) {
            warn(format!("{path}[{i}].{field}: duplicate {field} {:?}", item[field].str()));
        }
    }
}

/// Half a byte is none.
fn fractions(resources: &Json, path: &str, warn: &mut dyn FnMut(String)) {
    for name in ["memory", "ephemeral-storage"] {
        for kind in ["limits", "requests"] {
            let text = resources[kind][name].str();
            if Quantity::parse(text).is_some_and(|quantity| quantity.milli() % 1000 != 0) {
                let detail = format!("fractional byte value {text:?} is invalid, must be an integer");
                warn(format!("{path}.{kind}[{name}]: {detail}"));
            }
        }
    }
}

/// A second variable of a name hides the first, which is meant where it is made of the first.
fn hidden(env: &Json, path: &str, warn: &mut dyn FnMut(String)) {
    let variables = env.items();
    for (i, variable) in variables.iter().enumerate() {
        let (name, value) = (variable["name"].str(), variable["value"].str());
        let reference = format!("$({name})");
        let extends = variable["valueFrom"].is_null() && value != reference && value.contains(&reference);
        if !extends && variables[..i].iter().any(|other| other["name"].str() == name) {
            let detail =
                format!("hides previous definition of {name:?}, which may be dropped when using apply");
            warn(format!("{path}[{i}]: {detail}"));
        }
    }
}

/// Ports of all containers that are in each other's way, or have the same name.
fn ports(containers: &[(String, &Json)], warn: &mut dyn FnMut(String)) {
    let all: Vec<(String, &Json)> = containers
        .iter()
        .flat_map(|(path, c)| c["ports"].items().iter().enumerate().map(move |(i, port)| (path, i, port)))
        .map(|(path, i, port)| (format!("{path}.ports[{i}]"), port))
        .collect();
    let host = |port: &Json| (port["hostPort"].as_i64().unwrap_or(0), Str::from(port["hostIP"].str()));
    for (i, (here, port)) in all.iter().enumerate() {
        let (number, ip) = host(port);
        if number == 0 && !ip.is_empty() {
            warn(format!(
                "{here}: hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{ip}}}",
                port["name"].str(),
                port["containerPort"],
                port["protocol"].str()
            ));
        }
        let same = |other: &Json, field: &str| other[field] == port[field];
        for (there, other) in &all[..i] {
            if !same(other, "containerPort") || !same(other, "protocol") {
                continue;
            }
            let (other_number, other_ip) = host(other);
            let how = if number == other_number && ip == other_ip {
                "duplicate"
            } else if number == 0 || other_number == 0 {
                "overlapping"
            } else if number == other_number && ip.is_empty() != other_ip.is_empty() {
                "dangerously ambiguous"
            } else {
                continue;
            };
            warn(format!("{here}: {how} port definition with {there}"));
        }
    }
    for (i, (here, port)) in all.iter().enumerate() {
        let name = port["name"].str();
        let first = all[..i].iter().find(|(_, other)| !name.is_empty() && other["name"].str() == name);
        if let Some((first, _)) = first {
            warn(format!(
                "{here}: duplicate port name {name:?} with {first}, services and probes that select ports by name will use {first}"
            ));
        }
    }
}
