//! `kubectl describe configmap|secret|serviceaccount|namespace`.

use super::{Columns, Describer, annotations, head, labels, names};
use crate::api::{base64, kinds};
use crate::collections::sort_by;
use crate::json::Json;

/// How many bytes a base64 text stands for.
fn bytes(text: &str) -> usize {
    base64::decode(text).map_or(0, |bytes| bytes.len())
}

pub(super) fn config_map(d: &mut Describer<'_>, map: &Json, out: &mut Columns) {
    head(map, out);
    out.flush();
    out.add("\nData\n====\n");
    for (key, value) in map["data"].entries() {
        out.add(&format!("{key}:\n----\n{}\n\n", value.str()));
    }
    out.add("\nBinaryData\n====\n");
    for (key, value) in map["binaryData"].entries() {
        out.add(&format!("{key}: {} bytes\n", bytes(value.str())));
    }
    out.add("\n");
    d.events(map, out);
}

pub(super) fn secret(secret: &Json, out: &mut Columns) {
    head(secret, out);
    out.add(&format!("\nType:\t{}\n\nData\n====\n", secret["type"].str()));
    let token = secret["type"].str() == "kubernetes.io/service-account-token";
    for (key, value) in secret["data"].entries() {
        if token && key.as_str() == "token" {
            let text = base64::decode(value.str()).unwrap_or_default();
            out.add(&format!("{key}:\t{}\n", String::from_utf8_lossy(&text)));
        } else {
            out.add(&format!("{key}:\t{} bytes\n", bytes(value.str())));
        }
    }
}

pub(super) fn service_account(d: &mut Describer<'_>, account: &Json, out: &mut Columns) {
    head(account, out);
    let secrets: Vec<&str> = account["imagePullSecrets"].items().iter().map(|s| s["name"].str()).collect();
    super::lines("Image pull secrets", secrets.into_iter().map(String::from), out);
    d.events(account, out);
}

pub(super) fn namespace(d: &mut Describer<'_>, namespace: &Json, out: &mut Columns) {
    let name = namespace["metadata"]["name"].str();
    names(namespace, out);
    labels("Labels", namespace.at(&["metadata", "labels"]), out);
    annotations("Annotations", namespace.at(&["metadata", "annotations"]), out);
    out.add(&format!("Status:\t{}\n", namespace.at(&["status", "phase"]).str()));
    let conditions = namespace.at(&["status", "conditions"]).items();
    if !conditions.is_empty() {
        out.add("Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n");
        out.add("  ----\t------\t------------------\t------\t-------\n");
        for c in conditions {
            let since = super::time_text(c["lastTransitionTime"].str());
            out.add(&format!(
                "  {}\t{}\t{since}\t{}\t{}\n",
                c["type"].str(),
                c["status"].str(),
                c["reason"].str(),
                c["message"].str()
            ));
        }
    }
    quotas(&d.list(kinds::RESOURCEQUOTAS, name, ""), out);
    limits(&d.list(kinds::LIMITRANGES, name, ""), out);
}

/// What a scope of a quota means.
fn scope_help(scope: &str) -> &'static str {
    match scope {
        "Terminating" => {
            "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system."
        }
        "NotTerminating" => {
            "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate."
        }
        "BestEffort" => {
            "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service."
        }
        "NotBestEffort" => {
            "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service."
        }
        _ => "",
    }
}

fn scopes(quota: &Json, indent: &str, out: &mut Columns) {
    let mut scopes: Vec<&str> = quota.at(&["spec", "scopes"]).items().iter().map(Json::str).collect();
    if scopes.is_empty() {
        return;
    }
    sort_by(&mut scopes, |a, b| a.cmp(b));
    out.add(&format!("{indent}Scopes:\t{}\n", scopes.join(", ")));
    for help in scopes.iter().map(|scope| scope_help(scope)).filter(|help| !help.is_empty()) {
        out.add(&format!(" * {help}\n"));
    }
}

pub(super) fn resource_quota(quota: &Json, out: &mut Columns) {
    names(quota, out);
    scopes(quota, "", out);
    out.add("Resource\tUsed\tHard\n--------\t----\t----\n");
    for (name, hard) in quota.at(&["status", "hard"]).entries() {
        let used = super::or(quota.at(&["status", "used", name]), "0");
        out.add(&format!("{name}\t{used}\t{}\n", hard.str()));
    }
}

fn quotas(quotas: &[Json], out: &mut Columns) {
    out.add("\n");
    if quotas.is_empty() {
        out.add("No resource quota.\n");
        return;
    }
    out.add("Resource Quotas\n");
    for quota in quotas {
        out.add(&format!("  Name:\t{}\n", quota["metadata"]["name"].str()));
        scopes(quota, "  ", out);
        out.add("  Resource\tUsed\tHard\n  --------\t---\t---\n");
        for (name, hard) in quota.at(&["status", "hard"]).entries() {
            let used = quota.at(&["status", "used", name]).str();
            out.add(&format!("  {name}\t{used}\t{}\n", hard.str()));
        }
    }
}

fn limits(ranges: &[Json], out: &mut Columns) {
    out.add("\n");
    if ranges.is_empty() {
        out.add("No LimitRange resource.\n");
        return;
    }
    out.add("Resource Limits\n");
    limit_rows(" ", ranges, out);
}

/// What ranges allow, as a table.
pub(super) fn limit_rows(indent: &str, ranges: &[Json], out: &mut Columns) {
    out.add(&format!(
        "{indent}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n\
         {indent}----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n"
    ));
    const COLUMNS: [&str; 5] = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"];
    for limit in ranges.iter().flat_map(|r| r.at(&["spec", "limits"]).items()) {
        let mut resources: Vec<&str> =
            COLUMNS.iter().flat_map(|c| limit[*c].entries()).map(|(k, _)| k.as_str()).collect();
        sort_by(&mut resources, Ord::cmp);
        resources.dedup();
        for resource in resources {
            let cells: Vec<String> =
                COLUMNS.iter().map(|c| super::or(limit.at(&[c, resource]), "-")).collect();
            out.add(&format!("{indent}{}\t{resource}\t{}\n", limit["type"].str(), cells.join("\t")));
        }
    }
}
