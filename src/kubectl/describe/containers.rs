//! Containers and pod templates, as `describe pod`, `job`, … show them.

use super::{Columns, annotations, labels, lines, or, time_text, volumes, yes};
use crate::collections::sort_by_key;
use crate::json::Json;

/// A pod template, indented.
pub(super) fn template(template: &Json, out: &mut Columns) {
    let (meta, spec) = (&template["metadata"], &template["spec"]);
    out.add("Pod Template:\n");
    labels("  Labels", &meta["labels"], out);
    if !meta["annotations"].is_empty() {
        annotations("  Annotations", &meta["annotations"], out);
    }
    if !spec["serviceAccountName"].str().is_empty() {
        out.add(&format!("  Service Account:\t{}\n", spec["serviceAccountName"].str()));
    }
    if !spec["initContainers"].is_empty() {
        containers("Init Containers", &spec["initContainers"], None, "  ", out);
    }
    containers("Containers", &spec["containers"], None, "  ", out);
    volumes::volumes(&spec["volumes"], "  ", out);
    let spread = spec["topologySpreadConstraints"].items().iter().map(|c| {
        let (key, unsatisfiable) = (c["topologyKey"].str(), c["whenUnsatisfiable"].str());
        let skew = or(&c["maxSkew"], "0");
        let selector = crate::api::selector::text(&c["labelSelector"]);
        format!("{key}:{unsatisfiable} when max skew {skew} is exceeded for selector {selector}")
    });
    if spread.len() > 0 {
        lines("  Topology Spread Constraints", spread, out);
    }
    if !spec["priorityClassName"].str().is_empty() {
        out.add(&format!("  Priority Class Name:\t{}\n", spec["priorityClassName"].str()));
    }
    labels("  Node-Selectors", &spec["nodeSelector"], out);
    tolerations("  Tolerations", &spec["tolerations"], out);
}

/// A pod's running state beside its containers.
pub(super) struct Running<'a> {
    pub pod: &'a Json,
    pub statuses: &'a Json,
}

/// Containers below a title, with their states where the pod has any.
pub(super) fn containers(
    title: &str,
    containers: &Json,
    running: Option<&Running<'_>>,
    space: &str,
    out: &mut Columns,
) {
    if containers.is_empty() {
        out.add(&format!("{space}{title}: <none>\n"));
        return;
    }
    out.add(&format!("{space}{title}:\n"));
    let indent = if space.is_empty() { "" } else { " " };
    for c in containers.items() {
        let status = running.and_then(|r| r.statuses.items().iter().find(|s| s["name"] == c["name"]));
        out.add(&format!("  {indent}{}:\n", c["name"].str()));
        if let Some(status) = status {
            out.add(&format!("    Container ID:\t{}\n", status["containerID"].str()));
        }
        out.add(&format!("    Image:\t{}\n", c["image"].str()));
        if let Some(status) = status {
            out.add(&format!("    Image ID:\t{}\n", status["imageID"].str()));
        }
        ports(c, out);
        for (title, words) in [("Command", &c["command"]), ("Args", &c["args"])] {
            if !words.is_empty() {
                out.add(&format!("    {title}:\n"));
                let all = words.items().iter().flat_map(|w| w.str().split('\n'));
                all.for_each(|line| out.add(&format!("      {line}\n")));
            }
        }
        if let Some(status) = status {
            state("State", &status["state"], out);
            if !status.at(&["lastState", "terminated"]).is_null() {
                state("Last State", &status["lastState"], out);
            }
            out.add(&format!("    Ready:\t{}\n", yes(&status["ready"])));
            out.add(&format!("    Restart Count:\t{}\n", or(&status["restartCount"], "0")));
        }
        for (title, list) in
            [("Limits", c.at(&["resources", "limits"])), ("Requests", c.at(&["resources", "requests"]))]
        {
            if !list.is_empty() {
                out.add(&format!("    {title}:\n"));
                list.entries().iter().for_each(|(k, v)| out.add(&format!("      {k}:\t{}\n", or(v, "0"))));
            }
        }
        for (title, p) in [
            ("Liveness", &c["livenessProbe"]),
            ("Readiness", &c["readinessProbe"]),
            ("Startup", &c["startupProbe"]),
        ] {
            if !p.is_null() {
                out.add(&format!("    {title}:\t{}\n", probe(p)));
            }
        }
        env_from(c, out);
        env(c, running.map(|r| r.pod), out);
        mounts(c, out);
    }
}

fn ports(container: &Json, out: &mut Columns) {
    for (title, key) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
        let one = |p: &Json| {
            let name =
                if p["name"].str().is_empty() { String::new() } else { format!(" ({})", p["name"].str()) };
            format!("{}/{}{name}", p[key].as_i64().unwrap_or(0), p["protocol"].str())
        };
        let all: Vec<String> = container["ports"].items().iter().map(one).collect();
        let text = if all.is_empty() { "<none>".into() } else { all.join(", ") };
        out.add(&format!("    {title}{}:\t{text}\n", if all.len() > 1 { "s" } else { "" }));
    }
}

fn state(title: &str, state: &Json, out: &mut Columns) {
    let line = |out: &mut Columns, title: &str, text: &str| out.add(&format!("      {title}:\t{text}\n"));
    if let Some(running) = state.get("running") {
        out.add(&format!("    {title}:\tRunning\n"));
        line(out, "Started", &time_text(running["startedAt"].str()));
    } else if let Some(ended) = state.get("terminated") {
        out.add(&format!("    {title}:\tTerminated\n"));
        for (title, key) in [("Reason", "reason"), ("Message", "message")] {
            if !ended[key].str().is_empty() {
                line(out, title, ended[key].str());
            }
        }
        line(out, "Exit Code", &or(&ended["exitCode"], "0"));
        if ended["signal"].as_i64().unwrap_or(0) > 0 {
            line(out, "Signal", &or(&ended["signal"], "0"));
        }
        line(out, "Started", &time_text(ended["startedAt"].str()));
        line(out, "Finished", &time_text(ended["finishedAt"].str()));
    } else {
        out.add(&format!("    {title}:\tWaiting\n"));
        let reason = state.at(&["waiting", "reason"]).str();
        if !reason.is_empty() {
            line(out, "Reason", reason);
        }
    }
}

fn probe(p: &Json) -> String {
    let n = |key: &str| p[key].as_i64().unwrap_or(0);
    let timing = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        n("initialDelaySeconds"),
        n("timeoutSeconds"),
        n("periodSeconds"),
        n("successThreshold"),
        n("failureThreshold")
    );
    if let Some(exec) = p.get("exec") {
        let words: Vec<&str> = exec["command"].items().iter().map(Json::str).collect();
        return format!("exec [{}] {timing}", words.join(" "));
    }
    if let Some(http) = p.get("httpGet") {
        let path = http["path"].str();
        let slash = if path.starts_with('/') || path.is_empty() { "" } else { "/" };
        let scheme = http["scheme"].str().to_lowercase();
        return format!(
            "http-get {scheme}://{}:{}{slash}{path} {timing}",
            http["host"].str(),
            or(&http["port"], "")
        );
    }
    if let Some(tcp) = p.get("tcpSocket") {
        return format!("tcp-socket {}:{} {timing}", tcp["host"].str(), or(&tcp["port"], ""));
    }
    if let Some(grpc) = p.get("grpc") {
        return format!("grpc <pod>:{} {} {timing}", or(&grpc["port"], ""), grpc["service"].str());
    }
    format!("unknown {timing}")
}

fn env_from(container: &Json, out: &mut Columns) {
    if container["envFrom"].is_empty() {
        return;
    }
    out.add("    Environment Variables from:\n");
    for source in container["envFrom"].items() {
        let (kind, reference) = match source.get("configMapRef") {
            Some(reference) => ("ConfigMap", reference),
            None => ("Secret", &source["secretRef"]),
        };
        let prefix = source["prefix"].str();
        let prefix = if prefix.is_empty() { String::new() } else { format!(" with prefix '{prefix}'") };
        let optional = reference["optional"].as_bool().unwrap_or(false);
        out.add(&format!("      {}\t{kind}{prefix}\tOptional: {optional}\n", reference["name"].str()));
    }
}

fn env(container: &Json, pod: Option<&Json>, out: &mut Columns) {
    if container["env"].is_empty() {
        out.add("    Environment:\t<none>\n");
        return;
    }
    out.add("    Environment:\n");
    for e in container["env"].items() {
        let name = e["name"].str();
        let from = &e["valueFrom"];
        if from.is_null() {
            let mut head = format!("{name}:");
            for line in e["value"].str().split('\n') {
                out.add(&format!("      {head}\t{line}\n"));
                head.clear();
            }
        } else if let Some(field) = from.get("fieldRef") {
            let value = pod.map_or(String::new(), |pod| field_value(pod, field["fieldPath"].str()));
            out.add(&format!(
                "      {name}:\t{value} ({}:{})\n",
                field["apiVersion"].str(),
                field["fieldPath"].str()
            ));
        } else if let Some(resource) = from.get("resourceFieldRef") {
            let value = pod.map_or(String::new(), |_| resource_value(container, resource["resource"].str()));
            out.add(&format!("      {name}:\t{value} ({})\n", resource["resource"].str()));
        } else {
            let (key, words, kind) = match from.get("secretKeyRef") {
                Some(key) => (key, "in", "secret"),
                None => (&from["configMapKeyRef"], "of", "config map"),
            };
            let optional = key["optional"].as_bool().unwrap_or(false);
            let (k, n) = (key["key"].str(), key["name"].str());
            out.add(&format!(
                "      {name}:\t<set to the key '{k}' {words} {kind} '{n}'>\tOptional: {optional}\n"
            ));
        }
    }
}

/// Only what the object's metadata says is resolved; the rest is known on the node alone.
fn field_value(pod: &Json, path: &str) -> String {
    match path {
        "metadata.name" | "metadata.namespace" | "metadata.uid" => pod["metadata"][&path[9..]].str().into(),
        _ => {
            let part = |kind: &str| path.strip_prefix(kind)?.strip_prefix("['")?.strip_suffix("']");
            let label = part("metadata.labels").map(|k| pod.at(&["metadata", "labels", k]));
            let annotation = part("metadata.annotations").map(|k| pod.at(&["metadata", "annotations", k]));
            label.or(annotation).map_or("", Json::str).into()
        }
    }
}

fn resource_value(container: &Json, resource: &str) -> String {
    let (list, name) = resource.split_once('.').unwrap_or((resource, ""));
    let set = container.at(&["resources", list, name]);
    match (set, list) {
        (Json::Null, "limits") => "node allocatable".into(),
        (Json::Null, _) => "0".into(),
        (set, _) => or(set, "0"),
    }
}

fn mounts(container: &Json, out: &mut Columns) {
    if container["volumeMounts"].is_empty() {
        out.add("    Mounts:\t<none>\n");
        return;
    }
    out.add("    Mounts:\n");
    let mut mounts: Vec<&Json> = container["volumeMounts"].items().iter().collect();
    sort_by_key(&mut mounts, |m| m["mountPath"].str());
    for m in mounts {
        let mut flags =
            if m["readOnly"].as_bool() == Some(true) { String::from("ro") } else { String::from("rw") };
        if !m["subPath"].str().is_empty() {
            flags.push_str(&format!(",path=\"{}\"", m["subPath"].str()));
        }
        out.add(&format!("      {} from {} ({flags})\n", m["mountPath"].str(), m["name"].str()));
    }
}

/// Tolerations beside a title.
pub(super) fn tolerations(title: &str, list: &Json, out: &mut Columns) {
    let text = |t: &Json| {
        let mut text = t["key"].str().to_string();
        if !t["value"].str().is_empty() {
            text.push_str(&format!("={}", t["value"].str()));
        }
        if !t["effect"].str().is_empty() {
            text.push_str(&format!(":{}", t["effect"].str()));
        }
        if t["operator"].str() == "Exists" && t["value"].str().is_empty() {
            text.push_str(if text.is_empty() { "op=Exists" } else { " op=Exists" });
        }
        if let Some(seconds) = t["tolerationSeconds"].as_i64() {
            text.push_str(&format!(" for {seconds}s"));
        }
        text
    };
    lines(title, list.items().iter().map(text), out);
}
