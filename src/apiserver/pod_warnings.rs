//! What the author of a pod, or of an object that makes pods, should know (`pkg/api/pod/warnings.go`).

use super::validation::names;
use crate::api::quantity::Quantity;
use crate::json::{Json, Str};
use std::net::Ipv6Addr;

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
    volumes(spec, &path, &mut warn);
    repeated(&spec["hostAliases"], "ip", &format!("{path}.hostAliases"), &mut warn);
    let secrets = &spec["imagePullSecrets"];
    repeated(secrets, "name", &format!("{path}.imagePullSecrets"), &mut warn);
    for (i, _) in secrets.items().iter().enumerate().filter(|(_, s)| s["name"].is_empty()) {
        warn(format!("{path}.imagePullSecrets[{i}].name: invalid empty name \"\""));
    }
    for name in BYTES {
        fraction(&spec["overhead"], name, &format!("{path}.overhead"), &mut warn);
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
    for (i, server) in spec["dnsConfig"]["nameservers"].items().iter().enumerate() {
        warn_of_address(server.str(), &format!("{path}.dnsConfig.nameservers[{i}]"), &mut warn);
    }
    for (i, alias) in spec["hostAliases"].items().iter().enumerate() {
        warn_of_address(alias["ip"].str(), &format!("{path}.hostAliases[{i}].ip"), &mut warn);
    }
    all
}

/// An IPv6 address has one form that is best (`GetWarningsForIP`).
pub fn warn_of_address(text: &str, path: &str, warn: &mut dyn FnMut(String)) {
    if let Ok(address) = text.parse::<Ipv6Addr>()
        && address.to_string() != text
    {
        let advice = format!("should be in RFC 5952 canonical format (\"{address}\")");
        warn(format!("{path}: IPv6 address {text:?} {advice}"));
    }
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

/// What is counted in bytes.
const BYTES: [&str; 2] = ["memory", "ephemeral-storage"];

fn fractions(resources: &Json, path: &str, warn: &mut dyn FnMut(String)) {
    for name in BYTES {
        for kind in ["limits", "requests"] {
            fraction(&resources[kind], name, &format!("{path}.{kind}"), warn);
        }
    }
}

/// Half a byte is none.
fn fraction(amounts: &Json, name: &str, path: &str, warn: &mut dyn FnMut(String)) {
    let text = amounts[name].str();
    if Quantity::parse(text).is_some_and(|quantity| quantity.milli() % 1000 != 0) {
        warn(format!("{path}[{name}]: fractional byte value {text:?} is invalid, must be an integer"));
    }
}

/// Sorts of volumes that are no more: the field, how upstream's path calls it, what has become of it.
const OLD_VOLUMES: [(&str, &str, &str); 9] = [
    ("photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    ("scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
];

fn volumes(spec: &Json, path: &str, warn: &mut dyn FnMut(String)) {
    for (i, volume) in spec["volumes"].items().iter().enumerate() {
        for (field, shown, fate) in OLD_VOLUMES {
            if !volume[field].is_null() {
                warn(format!("{path}.volumes[{i}].{shown}: {fate}"));
            }
        }
        let claim = volume.at(&["ephemeral", "volumeClaimTemplate", "spec", "resources", "requests"]);
        let at = format!("{path}.volumes[{i}].ephemeral.volumeClaimTemplate.spec.resources.requests");
        fraction(claim, "storage", &at, warn);
    }
    for volume in spec["volumes"].items() {
        overlaps(volume, warn);
    }
}

/// Files that would stand in each other's place (`warningsForOverlappingVirtualPaths`).
fn overlaps(volume: &Json, warn: &mut dyn FnMut(String)) {
    let name = volume["name"].str();
    for (kind, called) in [("configMap", "ConfigMap"), ("secret", "Secret"), ("downwardAPI", "DownwardAPI")] {
        let source = &volume[kind];
        let called = match kind {
            "configMap" => format!("{called} {:?}", source["name"].str()),
            "secret" => format!("{called} {:?}", source["secretName"].str()),
            _ => called.into(),
        };
        let paths = source["items"].items().iter().map(|item| (item["path"].str(), String::new()));
        meeting(name, &called, paths.collect(), warn);
    }
    let mut paths = Vec::new();
    for source in volume["projected"]["sources"].items() {
        let Some((kind, of)) = source.entries().iter().find(|(_, of)| !of.is_null()) else {
            warn(format!("volume {name:?} (Projected) has no sources provided"));
            continue;
        };
        let quoted = |called: &str, name: &Json| format!("{called} {:?}", name.str());
        let own = match kind.as_str() {
            "configMap" => quoted("ConfigMap", &of["name"]),
            "secret" => quoted("Secret", &of["name"]),
            "downwardAPI" => "DownwardAPI".into(),
            "serviceAccountToken" => "ServiceAccountToken".into(),
            "clusterTrustBundle" if of["name"].is_null() => quoted("ClusterTrustBundle", &of["signerName"]),
            "clusterTrustBundle" => quoted("ClusterTrustBundle", &of["name"]),
            _ => continue,
        };
        match kind.as_str() {
            "serviceAccountToken" | "clusterTrustBundle" => paths.push((of["path"].str(), own)),
            _ => paths.extend(of["items"].items().iter().map(|item| (item["path"].str(), own.clone()))),
        }
    }
    meeting(name, "Projected", paths, warn);
}

/// Tells of those paths of a volume that are the same, or one a folder on the other's way.
fn meeting(volume: &str, called: &str, paths: Vec<(&str, String)>, warn: &mut dyn FnMut(String)) {
    let shown = |path: &str, source: &str| match source {
        "" => format!("{path:?}"),
        source => format!("{path:?} ({source})"),
    };
    let below = |path: &str, folder: &str| format!("{path}/").starts_with(&format!("{folder}/"));
    let paths: Vec<(&str, &str)> =
        paths.iter().map(|(path, source)| (path.trim_end_matches('/'), source.as_str())).collect();
    for (i, (path, source)) in paths.iter().enumerate().filter(|(_, (path, _))| !path.is_empty()) {
        for (other, origin) in paths[..i].iter().filter(|(other, _)| !other.is_empty()) {
            if below(other, path) || below(path, other) {
                let (this, that) = (shown(path, source), shown(other, origin));
                warn(format!("volume {volume:?} ({called}): overlapping paths: {this} with {that}"));
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
