//! The volumes of a pod: what has to be there before its containers can start.
//!
//! Upstream: `pkg/volume/{configmap,secret,projected}`, `volumemanager`.

use super::config::Source;
use crate::json::Json;

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
