//! What a kustomization does to the objects that it has: in kustomize's order, each by the fields that it knows
//! (`api/internal/konfig/builtinpluginconsts`).

use super::{Item, join, load, objects};
use crate::api::kinds;
use crate::api::patch::{json_patch, merge, strategic};
use crate::api::selector::Labels;
use crate::json::{Json, Str};
use crate::kubectl::cli::Cli;
use crate::manifest;

/// A field of some kinds; `""`: of all. It is made where it is missing, but for the last word.
type Spec = (&'static str, &'static str, bool);

const TEMPLATES: &str = "ReplicationController Deployment ReplicaSet DaemonSet StatefulSet Job";
const PLACED: &str = "Deployment StatefulSet";
/// Where labels go that are to be on the objects and their pods.
const TEMPLATE_LABELS: &[Spec] = &[
    (TEMPLATES, "spec/template/metadata/labels", true),
    ("CronJob", "spec/jobTemplate/metadata/labels", true),
    ("CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
];
const LABELS: &[Spec] = &[("", "metadata/labels", true)];
const CLAIM_LABELS: &[Spec] = &[("StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true)];
/// Where those go by which the objects find their pods.
const SELECTORS: &[Spec] = &[
    ("Service ReplicationController", "spec/selector", true),
    ("Deployment ReplicaSet DaemonSet StatefulSet", "spec/selector/matchLabels", true),
    (
        PLACED,
        "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        false,
    ),
    (
        PLACED,
        "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
        false,
    ),
    (
        PLACED,
        "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        false,
    ),
    (
        PLACED,
        "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
        false,
    ),
    (PLACED, "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels", false),
    ("Job PodDisruptionBudget", "spec/selector/matchLabels", false),
    ("CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    ("NetworkPolicy", "spec/podSelector/matchLabels", false),
    ("NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
    ("NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
];
const ANNOTATIONS: &[Spec] = &[
    ("", "metadata/annotations", true),
    (TEMPLATES, "spec/template/metadata/annotations", true),
    ("CronJob", "spec/jobTemplate/metadata/annotations", true),
    ("CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
];
/// Kinds whose name is not theirs to change.
const NAMED: [&str; 3] = ["CustomResourceDefinition", "APIService", "Namespace"];

/// Does all of it.
pub fn all(cli: &mut Cli, folder: &str, kustomization: &Json, items: &mut Vec<Item>) -> Result<(), String> {
    for patch in kustomization["patchesStrategicMerge"].items() {
        let held = cli.text(&join(folder, patch.str()));
        merge_all(items, held.as_deref().unwrap_or(patch.str()), &Json::Null, &Json::Null)?;
    }
    for patch in kustomization["patches"].items() {
        apply(cli, folder, items, patch)?;
    }
    let word = |field: &str| kustomization[field].str();
    if !word("namespace").is_empty() {
        items.iter_mut().for_each(|item| set_namespace(item, word("namespace")));
    }
    let (prefix, suffix) = (word("namePrefix"), word("nameSuffix"));
    if !prefix.is_empty() || !suffix.is_empty() {
        for item in items.iter_mut().filter(|item| !NAMED.contains(&item.kind())) {
            item.remember();
            let name = format!("{prefix}{}{suffix}", item.name());
            item.object.set_at(&["metadata", "name"], name);
        }
    }
    for labels in kustomization["labels"].items() {
        let mut specs = LABELS.to_vec();
        let says = |field: &str| labels[field].as_bool() == Some(true);
        if says("includeSelectors") {
            specs.extend([SELECTORS, TEMPLATE_LABELS, CLAIM_LABELS].concat());
        } else {
            specs.extend(if says("includeTemplates") { TEMPLATE_LABELS } else { &[] });
            specs.extend(if says("includeVolumeClaimTemplates") { CLAIM_LABELS } else { &[] });
        }
        add(items, &specs, &labels["pairs"]);
        for own in labels["fields"].items() {
            let path: Vec<&str> = own["path"].str().split('/').collect();
            for item in items.iter_mut().filter(|item| ["", item.kind()].contains(&own["kind"].str())) {
                let create = own["create"].as_bool() == Some(true);
                at(&mut item.object, &path, create, &mut |map| put(map, &labels["pairs"]));
            }
        }
    }
    let common = [LABELS, SELECTORS, TEMPLATE_LABELS, CLAIM_LABELS].concat();
    add(items, &common, &kustomization["commonLabels"]);
    add(items, ANNOTATIONS, &kustomization["commonAnnotations"]);
    for patch in kustomization["patchesJson6902"].items() {
        apply(cli, folder, items, patch)?;
    }
    for replicas in kustomization["replicas"].items() {
        scale(items, replicas["name"].str(), &replicas["count"])?;
    }
    for image in kustomization["images"].items() {
        items.iter_mut().for_each(|item| set_images(&mut item.object, image));
    }
    Ok(())
}

/// Leads to every value behind a path, through lists too.
pub fn at(value: &mut Json, path: &[&str], create: bool, set: &mut dyn FnMut(&mut Json)) {
    if let Json::Array(_) = value {
        value.array_mut().iter_mut().for_each(|item| at(item, path, create, set));
        return;
    }
    let Some((first, rest)) = path.split_first() else { return set(value) };
    let key = first.trim_end_matches("[]");
    if value.get(key).is_none_or(Json::is_null) {
        if !create || key != *first {
            return;
        }
        value.set(Str::from(key), Json::object());
    }
    if let Some(inner) = value.get_mut(key) {
        at(inner, rest, create, set);
    }
}

fn put(map: &mut Json, pairs: &Json) {
    pairs.entries().iter().for_each(|(key, value)| map.set(key.clone(), value));
}

fn add(items: &mut [Item], specs: &[Spec], pairs: &Json) {
    if pairs.is_empty() {
        return;
    }
    for item in items {
        for (kinds, path, create) in specs {
            if kinds.is_empty() || kinds.split(' ').any(|kind| kind == item.kind()) {
                let path: Vec<&str> = path.split('/').collect();
                at(&mut item.object, &path, *create, &mut |map| put(map, pairs));
            }
        }
    }
}

fn set_namespace(item: &mut Item, namespace: &str) {
    item.remember();
    let kind = item.kind().to_string();
    let known = kinds::by_kind(item.object["apiVersion"].str(), &kind);
    if kind == "Namespace" {
        item.object.set_at(&["metadata", "name"], namespace);
    } else if known.is_none_or(|resource| resource.namespaced) {
        item.object.set_at(&["metadata", "namespace"], namespace);
    }
    if kind == "RoleBinding" || kind == "ClusterRoleBinding" {
        at(&mut item.object, &["subjects"], false, &mut |subject| {
            if subject["name"].str() == "default" {
                subject.set("namespace", namespace);
            }
        });
    }
}

fn scale(items: &mut [Item], name: &str, count: &Json) -> Result<(), String> {
    const KINDS: [&str; 4] = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
    let mut found = false;
    for item in items.iter_mut().filter(|item| KINDS.contains(&item.kind()) && item.was(name)) {
        item.object.set_at(&["spec", "replicas"], count);
        found = true;
    }
    let all = KINDS.map(|kind| format!("{kind}.[noVer].[noGrp]")).join(" ");
    let why = "does not match a config with the following GVK";
    if found { Ok(()) } else { Err(format!("resource with name {name} {why} [{all}]")) }
}

/// Every container of whatever has some.
fn set_images(value: &mut Json, image: &Json) {
    match value {
        Json::Array(_) => value.array_mut().iter_mut().for_each(|item| set_images(item, image)),
        Json::Object(_) => {
            for list in ["containers", "initContainers"] {
                at(value, &[list, "image"], false, &mut |found| set_image(found, image));
            }
            at(value, &["volumes", "image", "reference"], false, &mut |found| set_image(found, image));
            let keys: Vec<Str> = value.entries().iter().map(|(key, _)| key.clone()).collect();
            for key in keys.iter().filter(|key| !["containers", "initContainers"].contains(&key.as_str())) {
                if matches!(value[key.as_str()], Json::Array(_) | Json::Object(_))
                    && let Some(inner) = value.get_mut(key)
                {
                    set_images(inner, image);
                }
            }
        }
        _ => {}
    }
}

fn set_image(found: &mut Json, image: &Json) {
    let text = found.str().to_string();
    let (rest, digest) = text.split_once('@').unwrap_or((&text, ""));
    // A colon before the last slash is a port's.
    let colon = rest.rfind(':').filter(|at| !rest[*at..].contains('/'));
    let (name, tag) = colon.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    if name != image["name"].str() {
        return;
    }
    let name = image["newName"].as_str().filter(|n| !n.is_empty()).unwrap_or(name);
    let (new_tag, new_digest) = (image["newTag"].str(), image["digest"].str());
    // An unquoted tag may be a number.
    let new_tag = match &image["newTag"] {
        number @ (Json::Int(_) | Json::Float(_)) => number.to_string(),
        _ => new_tag.to_string(),
    };
    let suffixed = format!("{tag}{}", image["tagSuffix"].str());
    let (tag, digest) = match (new_tag.is_empty(), new_digest.is_empty()) {
        (false, false) => (new_tag.as_str(), new_digest),
        (false, true) => (new_tag.as_str(), ""),
        (true, false) => ("", new_digest),
        (true, true) if suffixed != tag => (suffixed.as_str(), ""),
        (true, true) => (tag, digest),
    };
    let part = |sign: &str, part: &str| if part.is_empty() { String::new() } else { format!("{sign}{part}") };
    *found = format!("{name}{}{}", part(":", tag), part("@", digest)).into();
}

/// One entry of `patches`.
fn apply(cli: &Cli, folder: &str, items: &mut Vec<Item>, entry: &Json) -> Result<(), String> {
    let (inline, path, target) = (entry["patch"].str().trim(), entry["path"].str(), &entry["target"]);
    let (text, source) = match (inline.is_empty(), path.is_empty()) {
        (true, true) => return Err(format!("must specify one of patch and path in\n{entry}")),
        (false, false) => return Err(format!("patch and path can't be set at the same time\n{entry}")),
        (false, true) => (inline.to_string(), format!("[patch: {inline:?}]")),
        (true, false) => {
            let text = load(cli, folder, path)
                .map_err(|why| format!("failed to get the patch file from path({path}): {why}"))?;
            (text.to_string(), format!("[path: {path:?}]"))
        }
    };
    let operations = manifest::document(&text).map(|document| document.value).unwrap_or_default();
    if !matches!(operations, Json::Array(_)) {
        return merge_all(items, &text, target, &entry["options"]).map_err(|why| {
            if why.is_empty() { format!("unable to parse SM or JSON patch from {source}") } else { why }
        });
    }
    if target.is_null() {
        return Err(format!("must specify a target for JSON patch {source}"));
    }
    for item in items.iter_mut().filter(|item| is_meant(item, target)) {
        item.remember();
        item.object = json_patch::apply(&item.object, &operations)?;
    }
    Ok(())
}

/// Merges the objects of a text into those that they name, or into those of the target.
fn merge_all(items: &mut Vec<Item>, text: &str, target: &Json, options: &Json) -> Result<(), String> {
    let patches: Vec<Item> = match target.is_null() {
        true => objects(text).map_err(|_| String::new())?,
        false => {
            let documents = manifest::documents(text).into_iter();
            documents
                .filter_map(Result::ok)
                .filter(|d| !d.value.is_null())
                .map(|d| Item::of(d.value))
                .collect()
        }
    };
    for patch in patches {
        let mut found = false;
        let named = |item: &Item| {
            item.kind() == patch.kind()
                && item.group() == patch.group()
                && item.was(patch.name())
                && (patch.namespace().is_empty() || patch.namespace() == item.namespace())
        };
        let mut gone = Vec::new();
        for (place, item) in items.iter_mut().enumerate() {
            if !(if target.is_null() { named(item) } else { is_meant(item, target) }) {
                continue;
            }
            found = true;
            if patch.object["$patch"].str() == "delete" {
                gone.push(place);
                continue;
            }
            let old = item.object.clone();
            let ty =
                kinds::by_kind(old["apiVersion"].str(), old["kind"].str()).and_then(|resource| resource.ty);
            let mut new = match ty {
                Some(ty) => strategic::apply(ty, &old, &patch.object)?,
                None => merge::apply(&old, &patch.object),
            };
            item.remember();
            if options["allowKindChange"].as_bool() != Some(true) {
                new.set("kind", &old["kind"]);
                new.set("apiVersion", &old["apiVersion"]);
            }
            if options["allowNameChange"].as_bool() != Some(true) {
                new.set_at(&["metadata", "name"], &old["metadata"]["name"]);
            }
            if let Some(namespace) = old["metadata"].get("namespace") {
                new.set_at(&["metadata", "namespace"], namespace);
            }
            item.object = new;
        }
        for place in gone.into_iter().rev() {
            items.remove(place);
        }
        if !found && target.is_null() {
            let id = patch.id();
            return Err(format!(
                "no resource matches strategic merge patch {id:?}: no matches for Id {id}; failed to find unique target for patch {id}"
            ));
        }
    }
    Ok(())
}

/// Whether a target of a patch means an object.
fn is_meant(item: &Item, target: &Json) -> bool {
    let version = item.object["apiVersion"].str().rsplit('/').next().unwrap_or_default();
    let fits = |field: &str, own: &str| target[field].str().is_empty() || pattern(target[field].str(), own);
    let name = target["name"].str();
    let labelled = |field: &str, map: &str| {
        let selector = Labels::parse(target[field].str()).unwrap_or_default();
        selector.matches(&item.object["metadata"][map])
    };
    fits("group", item.group())
        && fits("version", version)
        && fits("kind", item.kind())
        && (name.is_empty()
            || pattern(name, item.name())
            || item.past.iter().any(|(past, _)| pattern(name, past)))
        && fits("namespace", item.namespace())
        && labelled("labelSelector", "labels")
        && labelled("annotationSelector", "annotations")
}

/// The regular expressions that people write for names: alternatives, and `.*` for anything.
fn pattern(pattern: &str, name: &str) -> bool {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let inner = inner.strip_prefix('(').and_then(|p| p.strip_suffix(')')).unwrap_or(inner);
    inner.split('|').any(|one| {
        let mut parts: Vec<&str> = one.split(".*").collect();
        let last = parts.pop().unwrap_or_default();
        let Some((first, middle)) = parts.split_first() else { return last == name };
        let Some(mut rest) = name.strip_prefix(*first) else { return false };
        for part in middle {
            let Some(at) = rest.find(*part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    })
}
