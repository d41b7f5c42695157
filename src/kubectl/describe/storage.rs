//! `kubectl describe persistentvolumeclaim`, `persistentvolume` and `storageclass`.

use super::{Columns, Describer, annotations, labels, lines, names, or, volumes};
use crate::api::{human_duration, kinds, storage};
use crate::json::Json;
use crate::sim::Time;

/// `Finalizers:  [a b]`, as Go prints a list.
fn finalizers(object: &Json, out: &mut Columns) {
    let all: Vec<&str> = object["metadata"]["finalizers"].items().iter().map(Json::str).collect();
    out.add(&format!("Finalizers:\t[{}]\n", all.join(" ")));
}

fn status(d: &Describer<'_>, object: &Json, out: &mut Columns) {
    match Time::parse(object["metadata"]["deletionTimestamp"].str()) {
        Some(since) => {
            let lasts = human_duration(d.now().since(since));
            out.add(&format!("Status:\tTerminating (lasts {lasts})\n"));
        }
        None => out.add(&format!("Status:\t{}\n", object["status"]["phase"].str())),
    }
}

/// `RWO,ROX`
fn access_modes(modes: &Json) -> String {
    let short = |mode: &Json| match mode.str() {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => "",
    };
    modes.items().iter().map(short).collect::<Vec<&str>>().join(",")
}

pub(super) fn claim(d: &mut Describer<'_>, claim: &Json, out: &mut Columns) {
    let (meta, spec) = (&claim["metadata"], &claim["spec"]);
    names(claim, out);
    out.add(&format!("StorageClass:\t{}\n", storage::class_of(claim)));
    status(d, claim, out);
    out.add(&format!("Volume:\t{}\n", spec["volumeName"].str()));
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    finalizers(claim, out);
    let bound = !spec["volumeName"].is_empty();
    let capacity = if bound { or(claim.at(&["status", "capacity", "storage"]), "0") } else { String::new() };
    let modes = if bound { access_modes(&claim["status"]["accessModes"]) } else { String::new() };
    out.add(&format!("Capacity:\t{capacity}\nAccess Modes:\t{modes}\n"));
    if !spec["volumeMode"].is_null() {
        out.add(&format!("VolumeMode:\t{}\n", spec["volumeMode"].str()));
    }
    let pods = d.list(kinds::PODS, meta["namespace"].str(), "");
    let uses = |pod: &&Json| storage::claims_of(pod).any(|claimed| claimed == meta["name"].str());
    lines("Used By", pods.iter().filter(uses).map(|pod| pod["metadata"]["name"].str().to_owned()), out);
    d.events(claim, out);
}

pub(super) fn volume(d: &mut Describer<'_>, volume: &Json, out: &mut Columns) {
    let (meta, spec) = (&volume["metadata"], &volume["spec"]);
    names(volume, out);
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    finalizers(volume, out);
    out.add(&format!("StorageClass:\t{}\n", storage::class_of(volume)));
    status(d, volume, out);
    let claim = &spec["claimRef"];
    let claim = match claim["name"].str() {
        "" => String::new(),
        name => format!("{}/{name}", claim["namespace"].str()),
    };
    out.add(&format!("Claim:\t{claim}\n"));
    out.add(&format!("Reclaim Policy:\t{}\n", spec["persistentVolumeReclaimPolicy"].str()));
    out.add(&format!("Access Modes:\t{}\n", access_modes(&spec["accessModes"])));
    if !spec["volumeMode"].is_null() {
        out.add(&format!("VolumeMode:\t{}\n", spec["volumeMode"].str()));
    }
    out.add(&format!("Capacity:\t{}\n", or(&spec["capacity"]["storage"], "0")));
    node_affinity(spec.at(&["nodeAffinity", "required", "nodeSelectorTerms"]), out);
    out.add(&format!("Message:\t{}\nSource:\n", volume["status"]["message"].str()));
    volumes::source(spec, out);
    d.events(volume, out);
}

fn node_affinity(terms: &Json, out: &mut Columns) {
    if terms.is_empty() {
        return out.add("Node Affinity:\t<none>\n");
    }
    out.add("Node Affinity:\t\n  Required Terms:\t\n");
    for (i, term) in terms.items().iter().enumerate() {
        let requirements = term["matchExpressions"].items().iter().map(|e| {
            let values: Vec<&str> = e["values"].items().iter().map(Json::str).collect();
            let (key, operator) = (e["key"].str(), e["operator"].str().to_lowercase());
            match values.is_empty() {
                true => format!("{key} {operator}"),
                false => format!("{key} {operator} [{}]", values.join(", ")),
            }
        });
        lines(&format!("    Term {i}"), requirements, out);
    }
}

pub(super) fn class(d: &mut Describer<'_>, class: &Json, out: &mut Columns) {
    let meta = &class["metadata"];
    out.add(&format!("Name:\t{}\n", meta["name"].str()));
    let default = storage::annotation(class, "storageclass.kubernetes.io/is-default-class") == "true";
    out.add(&format!("IsDefaultClass:\t{}\n", if default { "Yes" } else { "No" }));
    let pairs = |map: &Json| {
        let all: Vec<String> = map.entries().iter().map(|(k, v)| format!("{k}={}", v.str())).collect();
        if all.is_empty() { "<none>".to_owned() } else { all.join(",") }
    };
    out.add(&format!("Annotations:\t{}\n", pairs(&meta["annotations"])));
    out.add(&format!("Provisioner:\t{}\n", class["provisioner"].str()));
    out.add(&format!("Parameters:\t{}\n", pairs(&class["parameters"])));
    let expansion = match class["allowVolumeExpansion"].as_bool() {
        None => "<unset>",
        Some(true) => "True",
        Some(false) => "False",
    };
    out.add(&format!("AllowVolumeExpansion:\t{expansion}\n"));
    let options: Vec<&str> = class["mountOptions"].items().iter().map(Json::str).collect();
    if options.is_empty() {
        out.add("MountOptions:\t<none>\n");
    } else {
        out.add("MountOptions:\n");
        options.iter().for_each(|option| out.add(&format!("  {option}\n")));
    }
    out.add(&format!("ReclaimPolicy:\t{}\n", or(&class["reclaimPolicy"], "<unset>")));
    out.add(&format!("VolumeBindingMode:\t{}\n", or(&class["volumeBindingMode"], "<unset>")));
    if let Some(terms) = class.get("allowedTopologies") {
        out.add("AllowedTopologies:\t\n");
        for (i, term) in terms.items().iter().enumerate() {
            let requirements = term["matchLabelExpressions"].items().iter().map(|e| {
                let values: Vec<&str> = e["values"].items().iter().map(Json::str).collect();
                format!("{} in [{}]", e["key"].str(), values.join(", "))
            });
            lines(&format!("  Term {i}"), requirements, out);
        }
    }
    d.events(class, out);
}
