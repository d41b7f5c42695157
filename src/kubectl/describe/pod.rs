//! `kubectl describe pod`.

use super::containers::{Running, containers, tolerations};
use super::{
    Columns, Describer, annotations, controlled_by, human_duration, labels, names, or, time_text, volumes,
};
use crate::json::Json;
use crate::sim::Time;

pub(super) fn describe(d: &mut Describer<'_>, pod: &Json, out: &mut Columns) {
    let (meta, spec, status) = (&pod["metadata"], &pod["spec"], &pod["status"]);
    names(pod, out);
    if !spec["priority"].is_null() {
        out.add(&format!("Priority:\t{}\n", or(&spec["priority"], "0")));
    }
    for (title, key) in [
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ] {
        if !spec[key].str().is_empty() {
            out.add(&format!("{title}:\t{}\n", spec[key].str()));
        }
    }
    match spec["nodeName"].str() {
        "" => out.add("Node:\t<none>\n"),
        node => out.add(&format!("Node:\t{node}/{}\n", status["hostIP"].str())),
    }
    if !status["startTime"].is_null() {
        out.add(&format!("Start Time:\t{}\n", time_text(status["startTime"].str())));
    }
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    let ended = matches!(status["phase"].str(), "Succeeded" | "Failed");
    match Time::parse(meta["deletionTimestamp"].str()) {
        Some(deleted) if !ended => {
            out.add(&format!("Status:\tTerminating (lasts {})\n", human_duration(d.now().since(deleted))));
            let grace = or(&meta["deletionGracePeriodSeconds"], "0");
            out.add(&format!("Termination Grace Period:\t{grace}s\n"));
        }
        _ => out.add(&format!("Status:\t{}\n", status["phase"].str())),
    }
    for (title, key) in [("Reason", "reason"), ("Message", "message")] {
        if !status[key].str().is_empty() {
            out.add(&format!("{title}:\t{}\n", status[key].str()));
        }
    }
    out.add(&format!("IP:\t{}\n", status["podIP"].str()));
    if status["podIPs"].is_empty() {
        out.add("IPs:\t<none>\n");
    } else {
        out.add("IPs:\n");
        status["podIPs"].items().iter().for_each(|ip| out.add(&format!("  IP:\t{}\n", ip["ip"].str())));
    }
    controlled_by(pod, out);
    if !spec["initContainers"].is_empty() {
        let running = Running { pod, statuses: &status["initContainerStatuses"] };
        containers("Init Containers", &spec["initContainers"], Some(&running), "", out);
    }
    let running = Running { pod, statuses: &status["containerStatuses"] };
    containers("Containers", &spec["containers"], Some(&running), "", out);
    if !status["conditions"].is_empty() {
        out.add("Conditions:\n  Type\tStatus\n");
        for c in status["conditions"].items() {
            out.add(&format!("  {} \t{} \n", c["type"].str(), c["status"].str()));
        }
    }
    volumes::volumes(&spec["volumes"], "", out);
    out.add(&format!("QoS Class:\t{}\n", status["qosClass"].str()));
    labels("Node-Selectors", &spec["nodeSelector"], out);
    tolerations("Tolerations", &spec["tolerations"], out);
    d.events(pod, out);
}
