//! Security contexts of pods and containers (`ValidateSecurityContext`, `validatePodSpecSecurityContext`).

use super::at::{At, Errors};
use super::container::Scope;
use super::{mount, names};
use crate::api::field::Error;
use crate::apiserver::internal;
use crate::json::Json;

/// A user's or a group's id.
fn id(at: &At, errors: Errors) {
    at.within(0, i32::MAX.into(), errors);
}

/// The context of a container.
pub fn container(context: &At, scope: &Scope, errors: Errors) {
    if !context.set() {
        return;
    }
    id(&context.get("runAsUser"), errors);
    id(&context.get("runAsGroup"), errors);
    let mount = context.get("procMount");
    mount.one_of(&["Default", "Unmasked"], errors);
    if mount.str() == "Unmasked" && scope.spec["hostUsers"].as_bool() != Some(false) {
        mount.invalid("`hostUsers` must be false to use `Unmasked`", errors);
    }
    seccomp(&context.get("seccompProfile"), errors);
    if context.json["allowPrivilegeEscalation"].as_bool() == Some(false) {
        let mut refuse = |what: &str| {
            let shown = internal::security_context(context.json);
            let detail = format!("cannot set `allowPrivilegeEscalation` to false and {what}");
            errors.push(Error::invalid_shown(&context.path, Some(&shown), detail));
        };
        if context.get("privileged").yes() {
            refuse("`privileged` to true");
        }
        if context.get("capabilities").get("add").each().iter().any(|c| c.str() == "CAP_SYS_ADMIN") {
            refuse("`capabilities.Add` CAP_SYS_ADMIN");
        }
    }
    windows(&context.get("windowsOptions"), errors);
    app_armor(&context.get("appArmorProfile"), errors);
}

/// The context of a pod.
pub fn pod(spec: &At, errors: Errors) {
    let context = spec.get("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        id(&context.get(field), errors);
    }
    context.get("supplementalGroups").each().iter().for_each(|group| id(group, errors));
    if spec.get("shareProcessNamespace").yes() && spec.get("hostPID").yes() {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.push(Error::invalid(&context.path.child("shareProcessNamespace"), true, detail));
    }
    sysctls(spec, &context.get("sysctls"), errors);
    context.get("fsGroupChangePolicy").one_of(&["Always", "OnRootMismatch"], errors);
    seccomp(&context.get("seccompProfile"), errors);
    windows(&context.get("windowsOptions"), errors);
    app_armor(&context.get("appArmorProfile"), errors);
    context.get("supplementalGroupsPolicy").one_of(&["Merge", "Strict"], errors);
    context.get("seLinuxChangePolicy").one_of(&["MountOption", "Recursive"], errors);
}

fn sysctls(spec: &At, list: &At, errors: Errors) {
    let mut taken: Vec<&str> = Vec::new();
    for sysctl in list.each() {
        let name = sysctl.get("name");
        let before = errors.len();
        name.name(names::sysctl, errors);
        if errors.len() == before && taken.contains(&name.str()) {
            name.duplicate(errors);
        }
        taken.push(name.str());
        let plain = name.str().replace('/', ".");
        let ipc = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."];
        if spec.get("hostNetwork").yes() && plain.starts_with("net.") {
            name.invalid("may not be specified when 'hostNetwork' is true", errors);
        } else if spec.get("hostIPC").yes() && ipc.iter().any(|prefix| plain.starts_with(prefix)) {
            name.invalid("may not be specified when 'hostIPC' is true", errors);
        }
    }
}

const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

fn seccomp(profile: &At, errors: Errors) {
    if !profile.set() {
        return;
    }
    let (kind, file) = (profile.get("type"), profile.get("localhostProfile"));
    if kind.empty() {
        kind.missing("type is required when seccompProfile is set", errors);
    }
    if !kind.empty() {
        kind.one_of(&PROFILES, errors);
    }
    match (kind.str() == "Localhost", file.set()) {
        (true, true) => mount::local_path(file.str(), &file.path, errors),
        (true, false) => file.missing("must be set when seccomp type is Localhost", errors),
        (false, true) => {
            let shown = internal::seccomp_profile(profile.json);
            let detail = "can only be set when seccomp type is Localhost";
            errors.push(Error::invalid_shown(&file.path, Some(&shown), detail));
        }
        (false, false) => {}
    }
}

fn app_armor(profile: &At, errors: Errors) {
    if !profile.set() {
        return;
    }
    let (kind, file) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.str() {
        "Localhost" => {
            if file.str().trim() != file.str() {
                file.invalid("must not be padded with whitespace", errors);
            } else if file.empty() {
                file.missing("must be set when AppArmor type is Localhost", errors);
            }
            if file.str().len() > 4095 {
                errors.push(Error::too_long(&file.path, 4095));
            }
        }
        "RuntimeDefault" | "Unconfined" if file.set() => {
            file.invalid("can only be set when AppArmor type is Localhost", errors);
        }
        "RuntimeDefault" | "Unconfined" => {}
        "" => kind.missing("type is required when appArmorProfile is set", errors),
        _ => kind.unsupported(&PROFILES, errors),
    }
}

fn windows(options: &At, errors: Errors) {
    let (spec_name, spec) = (options.get("gmsaCredentialSpecName"), options.get("gmsaCredentialSpec"));
    if spec_name.set() {
        spec_name.must(names::subdomain, errors);
    }
    if spec.set() && spec.empty() {
        spec.invalid("gmsaCredentialSpec cannot be an empty string", errors);
    } else if spec.str().len() > 64 * 1024 {
        spec.invalid("gmsaCredentialSpec size must be under 64 KiB", errors);
    }
    let name = options.get("runAsUserName");
    if !name.set() {
        return;
    }
    let mut refuse = |detail: &str| name.invalid(format!("runAsUserName{detail}"), errors);
    if name.empty() {
        return refuse(" cannot be an empty string");
    }
    if name.str().chars().any(|c| c.is_ascii_control()) {
        return refuse(" cannot contain control characters");
    }
    let (domain, user) = match name.str().split('\\').collect::<Vec<_>>()[..] {
        [user] => (None, user),
        [domain, user] => (Some(domain), user),
        _ => return refuse(" cannot contain more than one backslash"),
    };
    if domain.is_some_and(|domain| domain.len() >= 256) {
        refuse("'s Domain length must be under 256 characters");
    }
    if domain.is_some_and(|domain| !net_bios(domain) && !names::subdomain(&domain.to_lowercase()).is_empty())
    {
        refuse("'s Domain doesn't match the NetBios nor the DNS format");
    }
    if user.is_empty() {
        refuse("'s User cannot be empty");
    } else if user.len() > 104 {
        refuse("'s User length must not be longer than 104 characters");
    }
    if !user.is_empty() && user.chars().all(|c| matches!(c, '.' | ' ')) {
        refuse("'s User cannot contain only periods or spaces");
    }
    if user.contains(['"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']']) {
        refuse("'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
}

/// A name of a Windows domain as NetBIOS has it.
fn net_bios(name: &str) -> bool {
    let allowed = |c: char| !matches!(c, '\\' | '/' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    (1..=15).contains(&name.chars().count()) && !name.starts_with('.') && name.chars().all(allowed)
}

/// Containers that are processes of a Windows host: all of a pod or none (`validateWindowsHostProcessPod`).
pub fn host_processes(spec: &At, containers: &[At], errors: Errors) {
    let said = |of: &At| of.json["securityContext"]["windowsOptions"]["hostProcess"].as_bool();
    let pod = said(spec);
    let mut count = 0;
    for container in containers {
        let own = said(container);
        if let (Some(pod), Some(own)) = (pod, own)
            && pod != own
        {
            let path = container.path.child("securityContext").child("windowsOptions").child("hostProcess");
            let detail = format!("pod hostProcess value must be identical if both are specified, was {pod}");
            errors.push(Error::invalid(&path, own, detail));
        }
        count += usize::from(own.or(pod) == Some(true));
    }
    if count > 0 && count != containers.len() {
        let detail =
            "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        errors.push(Error::invalid(&spec.path, "", detail));
    }
    if count > 0 && !spec.get("hostNetwork").yes() {
        let detail = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.push(Error::invalid(&spec.path.child("hostNetwork"), false, detail));
    }
}

/// What only Linux knows of a pod, in upstream's order: of its context, or, with a dot before, of the spec itself.
const NOT_OF_WINDOWS_PODS: [&str; 15] = [
    "appArmorProfile",
    "seLinuxOptions",
    ".hostUsers",
    ".hostPID",
    ".hostIPC",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    ".shareProcessNamespace",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];
/// The same of a container's context.
const NOT_OF_WINDOWS_CONTAINERS: [&str; 10] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// What the pod's system does not have (`validateOS`, `validateLinux`, `validateWindows`).
pub fn system(spec: &At, containers: &[At], errors: Errors) {
    let os = spec.get("os");
    if !os.set() {
        return;
    }
    let name = os.get("name");
    let contexts = std::iter::once(spec.get("securityContext"));
    let contexts = contexts.chain(containers.iter().map(|container| container.get("securityContext")));
    match name.str() {
        "" => name.missing("cannot be empty", errors),
        "linux" => {
            for options in contexts.map(|context| context.get("windowsOptions")).filter(At::set) {
                options.forbidden("windows options cannot be set for a linux pod", errors);
            }
        }
        "windows" => {
            let context = spec.get("securityContext");
            let of_pod = NOT_OF_WINDOWS_PODS.iter().map(|field| match field.strip_prefix('.') {
                Some(field) => spec.get(field),
                None => context.get(field),
            });
            let contexts = containers.iter().map(|container| container.get("securityContext"));
            let of_each =
                contexts.flat_map(|context| NOT_OF_WINDOWS_CONTAINERS.map(|field| context.get(field)));
            let host =
                |at: &At| !matches!(at.json, Json::Bool(false)) || !at.path.to_string().contains("host");
            for at in of_pod.chain(of_each).filter(|at| at.set() && host(at)) {
                at.forbidden("cannot be set for a windows pod", errors);
            }
        }
        _ => errors.push(Error::not_supported(&os.path, name.json, &["linux", "windows"])),
    }
}

/// Annotations that said once what fields say now; they must not contradict them.
pub fn annotations(annotations: &At, spec: &At, containers: &[At], errors: Errors) {
    for (key, at) in annotations.entries() {
        let pod = key == "seccomp.security.alpha.kubernetes.io/pod";
        if pod || key.starts_with("container.seccomp.security.alpha.kubernetes.io/") {
            let path = annotations.path.child(key);
            match at.str() {
                "runtime/default" | "docker/default" | "unconfined" => {}
                text => match text.strip_prefix("localhost/") {
                    Some(file) => mount::local_path(file, &path, errors),
                    None => errors.push(Error::invalid(&path, text, "must be a valid seccomp profile")),
                },
            }
        }
        if let Some(name) = key.strip_prefix("container.apparmor.security.beta.kubernetes.io/") {
            if !containers.iter().any(|container| container.get("name").str() == name) {
                errors.push(Error::invalid(&at.path, name, "container not found"));
            }
            let known = ["", "runtime/default", "unconfined"].contains(&at.str());
            if !known && !at.str().starts_with("localhost/") {
                at.invalid(format!("invalid AppArmor profile name: {:?}", at.str()), errors);
            }
        }
    }
    let cost = "controller.kubernetes.io/pod-deletion-cost";
    let at = At::new(&annotations.json[cost], &annotations.path.key(cost));
    let number = at.str().parse::<i32>().is_ok_and(|n| n.to_string() == at.str());
    if at.set() && !number {
        at.invalid("must be a 32bit integer", errors);
    }
    let mirror = "kubernetes.io/config.mirror";
    let at = At::new(&annotations.json[mirror], &annotations.path.key(mirror));
    if at.set() && spec.get("nodeName").empty() {
        at.invalid("must set spec.nodeName if mirror pod annotation is set", errors);
    }
}
