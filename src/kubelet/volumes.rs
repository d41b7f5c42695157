//! The volumes of a pod: what has to be there before its containers can start.
//!
//! Upstream: `pkg/volume/{configmap,secret,projected}`, `volumemanager`.

use super::config::Source;
use super::env;
use super::node::NodeConfig;
use super::runtime::{Tree, Volumes};
use super::shell::fs::{Entry, Mount};
use crate::json::Json;
use crate::sim::Time;

/// The pod's volumes with their content. What is missing although it may not be was found before.
pub fn build(source: &mut Source<'_, '_>, pod: &Json, node: &NodeConfig, ip: &str, now: Time) -> Volumes {
    let mut volumes = Volumes::new();
    for volume in pod["spec"]["volumes"].items() {
        let mut tree = Tree::new(now.0);
        let single = [volume.clone()];
        let parts =
            if volume["projected"].is_null() { &single[..] } else { volume["projected"]["sources"].items() };
        for part in parts {
            fill(&mut tree, source, part, pod, node, ip, now);
        }
        volumes.insert(volume["name"].str().into(), tree);
    }
    volumes
}

fn fill(
    tree: &mut Tree,
    source: &mut Source<'_, '_>,
    part: &Json,
    pod: &Json,
    node: &NodeConfig,
    ip: &str,
    now: Time,
) {
    // A volume holds 8 MiB; what is more than that is not there.
    let mut put = |path: &str, bytes: Vec<u8>| {
        let _ = tree.insert(&format!("/{path}"), Entry::file(bytes, now.0));
    };
    for (kind, secret) in [("configMap", false), ("secret", true)] {
        let reference = &part[kind];
        let name =
            if reference["secretName"].is_null() { &reference["name"] } else { &reference["secretName"] };
        if reference.is_null() {
            continue;
        }
        let Ok(object) = source.get(secret, name.str()) else { continue };
        let items = reference["items"].items();
        for (key, bytes) in source.entries(secret, &object) {
            match items.iter().find(|i| i["key"].str() == key) {
                Some(item) => put(item["path"].str(), bytes),
                None if items.is_empty() => put(&key, bytes),
                None => {}
            }
        }
    }
    for item in part["downwardAPI"]["items"].items() {
        let text = match &item["fieldRef"] {
            field if field.is_null() => env::resource(pod, &Json::Null, &item["resourceFieldRef"], node),
            field => env::field(pod, field["fieldPath"].str(), node, ip),
        };
        if let Ok(text) = text {
            put(item["path"].str(), text.into_bytes());
        }
    }
}

/// Where a container sees the volumes. Only an emptyDir can be written to.
pub fn mounts(pod: &Json, container: &Json) -> Vec<Mount> {
    let volumes = pod["spec"]["volumes"].items();
    let mounts = container["volumeMounts"].items().iter().map(|mount| {
        let volume = volumes.iter().find(|v| v["name"] == mount["name"]);
        let fixed =
            |v: &Json| ["configMap", "secret", "projected", "downwardAPI"].iter().any(|k| !v[*k].is_null());
        Mount {
            path: mount["mountPath"].str().to_owned(),
            volume: mount["name"].str().into(),
            sub_path: mount["subPath"].str().to_owned(),
            read_only: mount["readOnly"].as_bool() == Some(true) || volume.is_some_and(fixed),
        }
    });
    mounts.collect()
}

/// What cannot be mounted, in upstream's words; `None`: all of it can.
pub fn missing(source: &mut Source<'_, '_>, pod: &Json) -> Option<String> {
    let mut volumes = pod["spec"]["volumes"].items().iter();
    volumes.find_map(|volume| {
        let why = one(source, volume).err()?;
        Some(format!("MountVolume.SetUp failed for volume \"{}\" : {why}", volume["name"].str()))
    })
}

fn one(source: &mut Source<'_, '_>, volume: &Json) -> Result<(), String> {
    let (map, secret) = (&volume["configMap"], &volume["secret"]);
    if !map.is_null() {
        return has(source, false, map["name"].str(), map);
    }
    if !secret.is_null() {
        return has(source, true, secret["secretName"].str(), secret);
    }
    for part in volume["projected"]["sources"].items() {
        for (kind, is_secret) in [("configMap", false), ("secret", true)] {
            let reference = &part[kind];
            // The cluster's own certificate follows each namespace; nobody waits for it here.
            if !reference.is_null() && reference["name"].str() != "kube-root-ca.crt" {
                has(source, is_secret, reference["name"].str(), reference)?;
            }
        }
    }
    Ok(())
}

/// Whether a ConfigMap or Secret is there, with all keys that are asked for.
fn has(source: &mut Source<'_, '_>, secret: bool, name: &str, reference: &Json) -> Result<(), String> {
    let optional = reference["optional"].as_bool() == Some(true);
    let object = match source.get(secret, name) {
        Ok(object) => object,
        Err(_) if optional => return Ok(()),
        Err(why) => return Err(why),
    };
    let keys = source.entries(secret, &object);
    let absent = |item: &&Json| !keys.iter().any(|(key, _)| key == item["key"].str());
    match reference["items"].items().iter().find(absent) {
        Some(_) if !optional => {
            let kind = if secret { "secret" } else { "config" };
            let key = reference["items"].items().iter().find(absent).map_or("", |i| i["key"].str());
            Err(format!("references non-existent {kind} key: {key}"))
        }
        _ => Ok(()),
    }
}
