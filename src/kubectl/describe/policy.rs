//! `kubectl describe` of what sets rules for others: network policies, limits, priority classes, ingress classes.

use super::{Columns, Describer, annotations, config, head, labels, names, or, time_text};
use crate::api::selector as selectors;
use crate::json::Json;
use crate::sim::Time;

/// A map as `a=b,c=d`; `<none>` where it is empty (`labels.FormatLabels`).
pub(super) fn format_labels(map: &Json) -> String {
    let all: Vec<String> = map.entries().iter().map(|(k, v)| format!("{k}={}", v.str())).collect();
    if all.is_empty() { "<none>".into() } else { all.join(",") }
}

pub(super) fn network_policy(policy: &Json, out: &mut Columns) {
    names(policy, out);
    let created = Time::parse(policy["metadata"]["creationTimestamp"].str());
    let created = created.map_or(String::new(), |time| {
        let (year, month, day, hour, minute, second) = time.civil();
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} +0000 UTC")
    });
    out.add(&format!("Created on:\t{created}\n"));
    labels("Labels", policy.at(&["metadata", "labels"]), out);
    annotations("Annotations", policy.at(&["metadata", "annotations"]), out);
    let spec = &policy["spec"];
    out.add("Spec:\n  PodSelector: ");
    if spec["podSelector"].is_empty() {
        out.add("    <none> (Allowing the specific traffic to all pods in this namespace)\n");
    } else {
        out.add(&format!("    {}\n", selectors::text(&spec["podSelector"])));
    }
    let types: Vec<&str> = spec["policyTypes"].items().iter().map(Json::str).collect();
    for (kind, rules, peers, word) in
        [("Ingress", "ingress", "from", "From"), ("Egress", "egress", "to", "To")]
    {
        let lower = kind.to_lowercase();
        if !types.contains(&kind) {
            out.add(&format!("  Not affecting {lower} traffic\n"));
            continue;
        }
        out.add(&format!("  Allowing {lower} traffic:\n"));
        let rules = spec[rules].items();
        if rules.is_empty() {
            out.add(&format!("    <none> (Selected pods are isolated for {lower} connectivity)\n"));
        }
        for (i, rule) in rules.iter().enumerate() {
            if i > 0 {
                out.add("    ----------\n");
            }
            ports(&rule["ports"], out);
            traffic(&rule[peers], word, out);
        }
    }
    out.add(&format!("  Policy Types: {}\n", types.join(", ")));
}

fn ports(ports: &Json, out: &mut Columns) {
    if ports.is_empty() {
        out.add("    To Port: <any> (traffic allowed to all ports)\n");
    }
    for port in ports.items() {
        let protocol = or(&port["protocol"], "TCP");
        let number = or(&port["port"], "<any>");
        match port["endPort"].as_i64() {
            Some(end) => out.add(&format!("    To Port Range: {number}-{end}/{protocol}\n")),
            None => out.add(&format!("    To Port: {number}/{protocol}\n")),
        }
    }
}

fn traffic(peers: &Json, word: &str, out: &mut Columns) {
    if peers.is_empty() {
        let why = if word == "From" { "source" } else { "destination" };
        out.add(&format!("    {word}: <any> (traffic not restricted by {why})\n"));
    }
    for peer in peers.items() {
        out.add(&format!("    {word}:\n"));
        for (title, field) in [("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")] {
            if !peer[field].is_null() {
                out.add(&format!("      {title}: {}\n", selectors::text_or_none(&peer[field])));
            }
        }
        let block = &peer["ipBlock"];
        if !block.is_null() {
            let except: Vec<&str> = block["except"].items().iter().map(Json::str).collect();
            out.add(&format!(
                "      IPBlock:\n        CIDR: {}\n        Except: {}\n",
                block["cidr"].str(),
                except.join(", ")
            ));
        }
    }
}

pub(super) fn limit_range(range: &Json, out: &mut Columns) {
    names(range, out);
    config::limit_rows("", std::slice::from_ref(range), out);
}

pub(super) fn priority_class(d: &mut Describer<'_>, class: &Json, out: &mut Columns) {
    out.add(&format!("Name:\t{}\n", class["metadata"]["name"].str()));
    out.add(&format!("Value:\t{}\n", or(&class["value"], "0")));
    out.add(&format!("GlobalDefault:\t{}\n", or(&class["globalDefault"], "false")));
    out.add(&format!("PreemptionPolicy:\t{}\n", or(&class["preemptionPolicy"], "PreemptLowerPriority")));
    out.add(&format!("Description:\t{}\n", class["description"].str()));
    out.add(&format!("Annotations:\t{}\n", format_labels(&class["metadata"]["annotations"])));
    d.events(class, out);
}

pub(super) fn ingress_class(d: &mut Describer<'_>, class: &Json, out: &mut Columns) {
    head(class, out);
    out.add(&format!("Controller:\t{}\n", class["spec"]["controller"].str()));
    let parameters = &class["spec"]["parameters"];
    if !parameters.is_null() {
        out.add("Parameters:\n");
        if let Some(group) = parameters.get("apiGroup") {
            out.add(&format!("  APIGroup:\t{}\n", group.str()));
        }
        let [kind, name] = ["kind", "name"].map(|field| parameters[field].str());
        out.add(&format!("  Kind:\t{kind}\n  Name:\t{name}\n"));
    }
    d.events(class, out);
}

pub(super) fn signing_request(d: &mut Describer<'_>, request: &Json, out: &mut Columns) {
    let (meta, spec) = (&request["metadata"], &request["spec"]);
    out.add(&format!("Name:\t{}\n", meta["name"].str()));
    out.add(&format!("Labels:\t{}\n", format_labels(&meta["labels"])));
    out.add(&format!("Annotations:\t{}\n", format_labels(&meta["annotations"])));
    out.add(&format!("CreationTimestamp:\t{}\n", time_text(meta["creationTimestamp"].str())));
    out.add(&format!("Requesting User:\t{}\n", spec["username"].str()));
    out.add(&format!("Signer:\t{}\n", spec["signerName"].str()));
    if let Some(seconds) = spec["expirationSeconds"].as_i64() {
        let time = std::time::Duration::from_secs(seconds.unsigned_abs());
        out.add(&format!("Requested Duration:\t{}\n", crate::api::human_duration(time)));
    }
    let conditions = request["status"]["conditions"].items();
    let has = |kind: &str| conditions.iter().any(|c| c["type"].str() == kind);
    let mut status = match (has("Denied"), has("Approved")) {
        (true, _) => "Denied".to_owned(),
        (_, true) => "Approved".to_owned(),
        _ => "Pending".to_owned(),
    };
    if has("Failed") {
        status.push_str(",Failed");
    }
    if !request["status"]["certificate"].is_empty() {
        status.push_str(",Issued");
    }
    out.add(&format!("Status:\t{status}\nSubject:\n"));
    let subject = super::subject::of_request(spec["request"].str());
    let of = |oid: &[u8]| -> Vec<String> {
        subject.iter().filter(|(known, _)| known == oid).map(|(_, value)| value.clone()).collect()
    };
    out.add(&format!("\tCommon Name:\t{}\n", of(&[85, 4, 3]).concat()));
    out.add(&format!("\tSerial Number:\t{}\n", of(&[85, 4, 5]).concat()));
    for (title, last) in [
        ("Organization", 10),
        ("Organizational Unit", 11),
        ("Country", 6),
        ("Locality", 7),
        ("Province", 8),
        ("StreetAddress", 9),
        ("PostalCode", 17),
    ] {
        let values = of(&[85, 4, last]);
        if !values.is_empty() {
            out.add(&format!("\t{title}:\t{}\n", values.join("\n\t\t")));
        }
    }
    d.events(request, out);
}
