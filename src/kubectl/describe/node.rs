//! `kubectl describe node`.

use super::{Columns, Describer, human_duration, labels, lines, or, time_text};
use crate::api::quantity::Quantity;
use crate::api::{Request, kinds};
use crate::json::Json;
use crate::sim::Time;

pub(super) fn describe(d: &mut Describer<'_>, node: &Json, out: &mut Columns) {
    let (meta, spec, status) = (&node["metadata"], &node["spec"], &node["status"]);
    let name = meta["name"].str();
    out.add(&format!("Name:\t{name}\n"));
    out.add(&format!("Roles:\t{}\n", roles(&meta["labels"])));
    labels("Labels", &meta["labels"], out);
    super::annotations("Annotations", &meta["annotations"], out);
    out.add(&format!("CreationTimestamp:\t{}\n", time_text(meta["creationTimestamp"].str())));
    let taint = |t: &Json| match t["value"].str() {
        "" => format!("{}:{}", t["key"].str(), t["effect"].str()),
        value => format!("{}={value}:{}", t["key"].str(), t["effect"].str()),
    };
    lines("Taints", spec["taints"].items().iter().map(taint), out);
    out.add(&format!("Unschedulable:\t{}\n", spec["unschedulable"].as_bool().unwrap_or(false)));
    let lease = Request::get(kinds::LEASES, "kube-node-lease", name).by("kubectl-describe");
    if let Ok(lease) = d.api.call(lease) {
        let spec = &lease.body["spec"];
        out.add("Lease:\n");
        out.add(&format!("  HolderIdentity:\t{}\n", or(&spec["holderIdentity"], "<unset>")));
        out.add(&format!("  AcquireTime:\t{}\n", time_text(spec["acquireTime"].str())));
        out.add(&format!("  RenewTime:\t{}\n", time_text(spec["renewTime"].str())));
    }
    if !status["conditions"].is_empty() {
        out.add("Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n");
        out.add("  ----\t------\t-----------------\t------------------\t------\t-------\n");
        for c in status["conditions"].items() {
            let (beat, since) =
                (time_text(c["lastHeartbeatTime"].str()), time_text(c["lastTransitionTime"].str()));
            let (kind, value) = (c["type"].str(), c["status"].str());
            out.add(&format!(
                "  {kind} \t{value} \t{beat} \t{since} \t{} \t{}\n",
                c["reason"].str(),
                c["message"].str()
            ));
        }
    }
    out.add("Addresses:\n");
    status["addresses"]
        .items()
        .iter()
        .for_each(|a| out.add(&format!("  {}:\t{}\n", a["type"].str(), a["address"].str())));
    for (title, key) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
        out.add(&format!("{title}:\n"));
        status[key].entries().iter().for_each(|(k, v)| out.add(&format!("  {k}:\t{}\n", or(v, "0"))));
    }
    out.add("System Info:\n");
    for (title, key) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        out.add(&format!("  {title}:\t{}\n", status["nodeInfo"][key].str()));
    }
    if !spec["podCIDR"].str().is_empty() {
        out.add(&format!("PodCIDR:\t{}\n", spec["podCIDR"].str()));
        let all: Vec<&str> = spec["podCIDRs"].items().iter().map(Json::str).collect();
        out.add(&format!("PodCIDRs:\t{}\n", all.join(",")));
    }
    pods(d, name, &status["allocatable"], out);
    d.events(node, out);
}

fn roles(labels: &Json) -> String {
    let role = |key: &str| key.strip_prefix("node-role.kubernetes.io/").map(String::from);
    let all: Vec<String> = labels.entries().iter().filter_map(|(k, _)| role(k)).collect();
    if all.is_empty() { "<none>".into() } else { all.join(",") }
}

/// The pods that take room on the node, and how much is taken in all.
fn pods(d: &mut Describer<'_>, node: &str, allocatable: &Json, out: &mut Columns) {
    let fields = format!("spec.nodeName={node},status.phase!=Failed,status.phase!=Succeeded");
    let pods = d.list(kinds::PODS, "", &fields);
    let now = d.now();
    out.add(&format!("Non-terminated Pods:\t({} in total)\n", pods.len()));
    out.add("  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n");
    out.add("  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n");
    let have = |name: &str| Quantity::parse(&or(&allocatable[name], "0")).unwrap_or(Quantity::from_int(0));
    let share = |part: Quantity, name: &str| {
        let whole = have(name).nano();
        format!("{part} ({}%)", if whole == 0 { 0 } else { part.nano() * 100 / whole })
    };
    let zero = |name: &str| if name == "memory" { Quantity::from_bytes(0) } else { Quantity::from_int(0) };
    let sum = |pod: &Json, list: &str, name: &str| {
        let each = pod["spec"]["containers"].items().iter();
        let quantities = each.filter_map(|c| Quantity::parse(c.at(&["resources", list, name]).str()));
        quantities.fold(zero(name), Quantity::plus)
    };
    for pod in &pods {
        let cell = |list: &str, name: &str| share(sum(pod, list, name), name);
        let created = Time::parse(pod["metadata"]["creationTimestamp"].str()).unwrap_or(now);
        out.add(&format!(
            "  {}\t{}\t\t{}\t{}\t{}\t{}\t{}\n",
            pod["metadata"]["namespace"].str(),
            pod["metadata"]["name"].str(),
            cell("requests", "cpu"),
            cell("limits", "cpu"),
            cell("requests", "memory"),
            cell("limits", "memory"),
            human_duration(now.since(created)),
        ));
    }
    out.add("Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n");
    out.add("  Resource\tRequests\tLimits\n  --------\t--------\t------\n");
    for name in ["cpu", "memory", "ephemeral-storage"] {
        let total = |list: &str| {
            share(pods.iter().map(|p| sum(p, list, name)).fold(zero(name), Quantity::plus), name)
        };
        out.add(&format!("  {name}\t{}\t{}\n", total("requests"), total("limits")));
    }
}
