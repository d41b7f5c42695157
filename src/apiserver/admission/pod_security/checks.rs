//! What the levels forbid (`pod-security-admission/policy`), in the order in which it is told: what baseline forbids, then what
//! restricted forbids besides, each by the name of its check.

use super::policy::{Level, LevelVersion};
use crate::collections::sort_by;
use crate::json::Json;

/// What is checked: a pod, or a template of pods.
pub struct Target<'a> {
    pub spec: &'a Json,
    pub annotations: &'a Json,
}

/// Why a check forbids a pod: in a word, and in particular.
pub struct Violation {
    reason: String,
    detail: String,
}

/// A check.
struct Check {
    level: Level,
    /// The first minor version whose policies have it.
    since: u32,
    /// From which version on another check takes its place where restricted is asked for.
    overridden: u32,
    run: fn(&Target, u32) -> Option<Violation>,
}

/// The newest version that changed anything.
const NEWEST: u32 = 35;
const NEVER: u32 = u32::MAX;

const fn baseline(since: u32, overridden: u32, run: fn(&Target, u32) -> Option<Violation>) -> Check {
    Check { level: Level::Baseline, since, overridden, run }
}

const fn restricted(since: u32, run: fn(&Target, u32) -> Option<Violation>) -> Check {
    Check { level: Level::Restricted, since, overridden: NEVER, run }
}

const CHECKS: &[Check] = &[
    baseline(0, NEVER, app_armor),
    baseline(0, 22, capabilities),
    baseline(0, NEVER, host_namespaces),
    baseline(0, 0, host_path),
    baseline(0, NEVER, host_ports),
    baseline(34, NEVER, host_probes),
    baseline(0, NEVER, privileged),
    baseline(0, 35, proc_mount),
    baseline(0, NEVER, selinux),
    baseline(0, 19, seccomp),
    baseline(0, NEVER, sysctls),
    baseline(0, NEVER, windows_host_process),
    restricted(8, privilege_escalation),
    restricted(22, dropped_capabilities),
    restricted(35, unmasked_proc_mount),
    restricted(0, volumes),
    restricted(0, run_as_non_root),
    restricted(23, run_as_user),
    restricted(19, seccomp_set),
];

/// What is wrong with a pod at a level.
pub fn run(asked: LevelVersion, target: &Target) -> Vec<Violation> {
    let version = asked.version.unwrap_or(NEWEST).min(NEWEST);
    let replaced = |check: &Check| asked.level == Level::Restricted && version >= check.overridden;
    let applies = |check: &&Check| check.level <= asked.level && version >= check.since && !replaced(check);
    CHECKS.iter().filter(applies).filter_map(|check| (check.run)(target, version)).collect()
}

/// The reasons alone.
pub fn reasons(violations: &[Violation]) -> String {
    let all: Vec<&str> = violations.iter().map(|violation| violation.reason.as_str()).collect();
    all.join(", ")
}

/// The reasons with their particulars.
pub fn details(violations: &[Violation]) -> String {
    let one = |v: &Violation| match v.detail.as_str() {
        "" => v.reason.clone(),
        detail => format!("{} ({detail})", v.reason),
    };
    violations.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn violation(reason: impl Into<String>, detail: String) -> Option<Violation> {
    Some(Violation { reason: reason.into(), detail })
}

impl<'a> Target<'a> {
    fn containers(&self) -> impl Iterator<Item = &'a Json> {
        let spec = self.spec;
        ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .flat_map(|list| spec[list].items())
    }

    /// The names of the containers that are bad.
    fn bad(&self, bad: impl FnMut(&&'a Json) -> bool) -> Vec<&'a str> {
        self.containers().filter(bad).map(|container| container["name"].str()).collect()
    }

    /// Those whose security context is bad: the pod, the containers.
    fn setters(&self, mut bad: impl FnMut(&'a Json) -> bool) -> Vec<String> {
        let mut all = Vec::new();
        if bad(&self.spec["securityContext"]) {
            all.push("pod".into());
        }
        let containers = self.bad(|container| bad(&container["securityContext"]));
        if !containers.is_empty() {
            all.push(named("container", &containers));
        }
        all
    }

    fn windows(&self) -> bool {
        self.spec["os"]["name"].str() == "windows"
    }

    /// Whether its root is nobody outside of it.
    fn has_own_users(&self) -> bool {
        self.spec["hostUsers"].as_bool() == Some(false)
    }
}

fn plural(word: &str, count: usize) -> String {
    if count == 1 { word.into() } else { format!("{word}s") }
}

/// `containers "a", "b"`
fn named(word: &str, names: &[&str]) -> String {
    format!("{} {}", plural(word, names.len()), quoted(names))
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(", ")
}

/// Each but once, in order.
fn sorted(mut words: Vec<&str>) -> Vec<&str> {
    sort_by(&mut words, |a, b| a.cmp(b));
    words.dedup();
    words
}

fn uses(count: usize) -> &'static str {
    if count == 1 { "uses" } else { "use" }
}

fn app_armor(target: &Target, _: u32) -> Option<Violation> {
    const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";
    let mut types = Vec::new();
    let mut setters = target.setters(|context| {
        let kind = context["appArmorProfile"]["type"].str();
        let bad = !context["appArmorProfile"].is_null() && !matches!(kind, "RuntimeDefault" | "Localhost");
        types.extend(bad.then_some(kind));
        bad
    });
    let annotations = target.annotations.entries().iter().filter(|(key, value)| {
        let value = value.str();
        let fine = value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
        key.starts_with(ANNOTATION) && !fine
    });
    let annotations: Vec<String> = annotations.map(|(key, v)| format!("{key}={:?}", v.str())).collect();
    let mut values = sorted(types);
    values.extend(annotations.iter().map(String::as_str));
    if !annotations.is_empty() {
        setters.push(plural("annotation", annotations.len()));
    }
    if setters.is_empty() {
        return None;
    }
    let who = setters.join(" and ");
    let detail = format!("{who} must not set AppArmor profile type to {}", quoted(&values));
    violation(plural("forbidden AppArmor profile", values.len()), detail)
}

const ALLOWED_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// The containers that add other capabilities than these, and which.
fn added<'a>(target: &Target<'a>, allowed: &[&str]) -> Option<String> {
    let mut found = Vec::new();
    let bad = target.bad(|container| {
        let add = container["securityContext"]["capabilities"]["add"].items().iter().map(Json::str);
        let before = found.len();
        found.extend(add.filter(|capability| !allowed.contains(capability)));
        found.len() > before
    });
    let text = || {
        let found = quoted(&sorted(found.clone()));
        format!("{} must not include {found} in securityContext.capabilities.add", named("container", &bad))
    };
    (!bad.is_empty()).then(text)
}

fn capabilities(target: &Target, _: u32) -> Option<Violation> {
    violation("non-default capabilities", added(target, &ALLOWED_CAPABILITIES)?)
}

fn host_namespaces(target: &Target, _: u32) -> Option<Violation> {
    let set = ["hostNetwork", "hostPID", "hostIPC"].into_iter();
    let set: Vec<String> = set
        .filter(|field| target.spec[*field].as_bool() == Some(true))
        .map(|field| format!("{field}=true"))
        .collect();
    if set.is_empty() { None } else { violation("host namespaces", set.join(", ")) }
}

fn host_path(target: &Target, _: u32) -> Option<Violation> {
    let bad = target.spec["volumes"].items().iter().filter(|volume| !volume["hostPath"].is_null());
    let bad: Vec<&str> = bad.map(|volume| volume["name"].str()).collect();
    if bad.is_empty() { None } else { violation("hostPath volumes", named("volume", &bad)) }
}

fn host_ports(target: &Target, _: u32) -> Option<Violation> {
    let mut ports: Vec<String> = Vec::new();
    let bad = target.bad(|container| {
        let set = container["ports"].items().iter().filter_map(|port| port["hostPort"].as_i64());
        let before = ports.len();
        ports.extend(set.filter(|port| *port != 0).map(|port| port.to_string()));
        ports.len() > before
    });
    if bad.is_empty() {
        return None;
    }
    let ports = sorted(ports.iter().map(String::as_str).collect());
    let (who, uses) = (named("container", &bad), uses(bad.len()));
    violation("hostPort", format!("{who} {uses} {} {}", plural("hostPort", ports.len()), ports.join(", ")))
}

fn host_probes(target: &Target, _: u32) -> Option<Violation> {
    let mut hosts = Vec::new();
    let bad = target.bad(|container| {
        let before = hosts.len();
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|probe| &container[probe]);
        let hooks = ["postStart", "preStop"].map(|hook| &container["lifecycle"][hook]);
        for action in probes.into_iter().chain(hooks) {
            let said = ["httpGet", "tcpSocket"].map(|kind| action[kind]["host"].str());
            hosts.extend(said.into_iter().filter(|host| !host.is_empty()));
        }
        hosts.len() > before
    });
    if bad.is_empty() {
        return None;
    }
    let (bad, hosts) = (sorted(bad), sorted(hosts));
    let (who, uses) = (named("container", &bad), uses(bad.len()));
    violation("probe or lifecycle host", format!("{who} {uses} {}", named("probe or lifecycle host", &hosts)))
}

fn privileged(target: &Target, _: u32) -> Option<Violation> {
    let bad = target.bad(|container| container["securityContext"]["privileged"].as_bool() == Some(true));
    if bad.is_empty() {
        return None;
    }
    let who = named("container", &bad);
    violation("privileged", format!("{who} must not set securityContext.privileged=true"))
}

fn proc_mount(target: &Target, version: u32) -> Option<Violation> {
    if version >= 35 && target.has_own_users() { None } else { unmasked_proc_mount(target, version) }
}

fn unmasked_proc_mount(target: &Target, _: u32) -> Option<Violation> {
    let mut types = Vec::new();
    let bad = target.bad(|container| {
        let mount = &container["securityContext"]["procMount"];
        let bad = !mount.is_null() && mount.str() != "Default";
        types.extend(bad.then(|| mount.str()));
        bad
    });
    if bad.is_empty() {
        return None;
    }
    let (who, types) = (named("container", &bad), quoted(&sorted(types)));
    violation("procMount", format!("{who} must not set securityContext.procMount to {types}"))
}

fn selinux(target: &Target, version: u32) -> Option<Violation> {
    let allowed = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
    let allowed = if version >= 31 { &allowed[..] } else { &allowed[..4] };
    let (mut types, mut user, mut role) = (Vec::new(), false, false);
    let setters = target.setters(|context| {
        let options = &context["seLinuxOptions"];
        let kind = options["type"].str();
        let bad_type = !allowed.contains(&kind);
        types.extend(bad_type.then_some(kind));
        let (own_user, own_role) = (!options["user"].is_empty(), !options["role"].is_empty());
        user |= own_user;
        role |= own_role;
        bad_type || own_user || own_role
    });
    if setters.is_empty() {
        return None;
    }
    let mut data = Vec::new();
    let types = sorted(types);
    if !types.is_empty() {
        data.push(named("type", &types));
    }
    data.extend(user.then(|| "user may not be set".to_string()));
    data.extend(role.then(|| "role may not be set".to_string()));
    let (who, data) = (setters.join(" and "), data.join("; "));
    violation("seLinuxOptions", format!("{who} set forbidden securityContext.seLinuxOptions: {data}"))
}

fn is_bad_seccomp(context: &Json) -> bool {
    let profile = &context["seccompProfile"];
    !profile.is_null() && !matches!(profile["type"].str(), "RuntimeDefault" | "Localhost")
}

/// Profiles that are explicitly bad.
fn bad_seccomp(target: &Target) -> Option<Violation> {
    let mut types = Vec::new();
    let setters = target.setters(|context| {
        let bad = is_bad_seccomp(context);
        types.extend(bad.then(|| context["seccompProfile"]["type"].str()));
        bad
    });
    if setters.is_empty() {
        return None;
    }
    let (who, types) = (setters.join(" and "), quoted(&sorted(types)));
    violation("seccompProfile", format!("{who} must not set securityContext.seccompProfile.type to {types}"))
}

/// Before there was a field for it, annotations said it.
fn seccomp(target: &Target, version: u32) -> Option<Violation> {
    if version >= 19 {
        return bad_seccomp(target);
    }
    const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
    const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
    let keys = target.containers().map(|container| format!("{CONTAINER}{}", container["name"].str()));
    let mut found: Vec<String> = Vec::new();
    for key in [POD.to_string()].into_iter().chain(keys) {
        let Some(value) = target.annotations.get(&key).map(Json::str) else { continue };
        if !matches!(value, "runtime/default" | "docker/default") && !value.starts_with("localhost/") {
            found.push(format!("{key}={value:?}"));
        }
    }
    if found.is_empty() {
        return None;
    }
    let found = sorted(found.iter().map(String::as_str).collect());
    violation(
        "seccompProfile",
        format!("forbidden {} {}", plural("annotation", found.len()), found.join(", ")),
    )
}

fn sysctls(target: &Target, version: u32) -> Option<Violation> {
    /// Each with the version from which on it is harmless.
    const ALLOWED: [(&str, u32); 12] = [
        ("kernel.shm_rmid_forced", 0),
        ("net.ipv4.ip_local_port_range", 0),
        ("net.ipv4.tcp_syncookies", 0),
        ("net.ipv4.ping_group_range", 0),
        ("net.ipv4.ip_unprivileged_port_start", 0),
        ("net.ipv4.ip_local_reserved_ports", 27),
        ("net.ipv4.tcp_keepalive_time", 29),
        ("net.ipv4.tcp_fin_timeout", 29),
        ("net.ipv4.tcp_keepalive_intvl", 29),
        ("net.ipv4.tcp_keepalive_probes", 29),
        ("net.ipv4.tcp_rmem", 32),
        ("net.ipv4.tcp_wmem", 32),
    ];
    let set = target.spec["securityContext"]["sysctls"].items().iter().map(|sysctl| sysctl["name"].str());
    let fine = |name: &str| ALLOWED.iter().any(|(known, since)| *known == name && version >= *since);
    let bad: Vec<&str> = set.filter(|name| !fine(name)).collect();
    if bad.is_empty() { None } else { violation("forbidden sysctls", bad.join(", ")) }
}

fn windows_host_process(target: &Target, _: u32) -> Option<Violation> {
    let setters = target.setters(|context| context["windowsOptions"]["hostProcess"].as_bool() == Some(true));
    if setters.is_empty() {
        return None;
    }
    let who = setters.join(" and ");
    violation("hostProcess", format!("{who} must not set securityContext.windowsOptions.hostProcess=true"))
}

fn privilege_escalation(target: &Target, version: u32) -> Option<Violation> {
    let bad = target
        .bad(|container| container["securityContext"]["allowPrivilegeEscalation"].as_bool() != Some(false));
    if bad.is_empty() || version >= 25 && target.windows() {
        return None;
    }
    let who = named("container", &bad);
    let detail = format!("{who} must set securityContext.allowPrivilegeEscalation=false");
    violation("allowPrivilegeEscalation != false", detail)
}

fn dropped_capabilities(target: &Target, version: u32) -> Option<Violation> {
    if version >= 25 && target.windows() {
        return None;
    }
    let mut details = Vec::new();
    let undropped = target.bad(|container| {
        let drop = container["securityContext"]["capabilities"]["drop"].items();
        !drop.iter().any(|capability| capability.str() == "ALL")
    });
    if !undropped.is_empty() {
        let who = named("container", &undropped);
        details.push(format!("{who} must set securityContext.capabilities.drop=[\"ALL\"]"));
    }
    details.extend(added(target, &["NET_BIND_SERVICE"]));
    if details.is_empty() { None } else { violation("unrestricted capabilities", details.join("; ")) }
}

fn volumes(target: &Target, _: u32) -> Option<Violation> {
    const FINE: [&str; 9] = [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];
    let (mut bad, mut types) = (Vec::new(), Vec::new());
    for volume in target.spec["volumes"].items() {
        if FINE.iter().any(|kind| !volume[*kind].is_null()) {
            continue;
        }
        bad.push(volume["name"].str());
        let kind = volume.entries().iter().find(|(key, value)| *key != *"name" && !value.is_null());
        types.push(kind.map_or("unknown", |(key, _)| key.as_str()));
    }
    if bad.is_empty() {
        return None;
    }
    let (types, who, uses) = (sorted(types), named("volume", &bad), uses(bad.len()));
    violation("restricted volume types", format!("{who} {uses} {}", named("restricted volume type", &types)))
}

fn run_as_non_root(target: &Target, version: u32) -> Option<Violation> {
    const REASON: &str = "runAsNonRoot != true";
    if version >= 35 && target.has_own_users() {
        return None;
    }
    let setters = target.setters(|context| context["runAsNonRoot"].as_bool() == Some(false));
    if !setters.is_empty() {
        let who = setters.join(" and ");
        return violation(REASON, format!("{who} must not set securityContext.runAsNonRoot=false"));
    }
    let whole = target.spec["securityContext"]["runAsNonRoot"].as_bool() == Some(true);
    let silent = target.bad(|container| container["securityContext"]["runAsNonRoot"].is_null());
    if whole || silent.is_empty() {
        return None;
    }
    let who = named("container", &silent);
    violation(REASON, format!("pod or {who} must set securityContext.runAsNonRoot=true"))
}

fn run_as_user(target: &Target, version: u32) -> Option<Violation> {
    if version >= 35 && target.has_own_users() {
        return None;
    }
    let setters = target.setters(|context| context["runAsUser"].as_i64() == Some(0));
    if setters.is_empty() {
        return None;
    }
    violation("runAsUser=0", format!("{} must not set runAsUser=0", setters.join(" and ")))
}

fn seccomp_set(target: &Target, version: u32) -> Option<Violation> {
    if version >= 25 && target.windows() {
        return None;
    }
    if let Some(bad) = bad_seccomp(target) {
        return Some(bad);
    }
    let whole = !target.spec["securityContext"]["seccompProfile"].is_null();
    let silent = target.bad(|container| container["securityContext"]["seccompProfile"].is_null());
    if whole || silent.is_empty() {
        return None;
    }
    let who = named("container", &silent);
    let must = "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
    violation("seccompProfile", format!("pod or {who} {must}"))
}
