//! What is in a volume that is made of other objects: `configMap`, `secret`, `downwardAPI`, and `projected`, which
//! gathers several of them.
//!
//! Upstream: `pkg/volume/{configmap,secret,downwardapi,projected}`.

use super::atomic_writer::File;
use super::token::Tokens;
use crate::json::{Json, Str};
use crate::kubelet::env;
use crate::kubelet::node::NodeConfig;
use crate::kubelet::object_cache::{Kind, Source, entries};

/// The kinds of volumes that are projections.
pub const KINDS: [&str; 4] = ["configMap", "secret", "downwardAPI", "projected"];

/// The pod that mounts.
pub struct Mounter<'a> {
    /// The pod.
    pub pod: &'a Json,
    /// Its node.
    pub node: &'a NodeConfig,
    /// Its service account's tokens.
    pub tokens: &'a mut Tokens,
}

/// The files of a volume; `None`: it is no projection. An error is what `FailedMount` says.
pub fn files(
    source: &mut Source<'_, '_>,
    mounter: &mut Mounter<'_>,
    volume: &Json,
) -> Option<Result<Vec<File>, String>> {
    let kind = KINDS.into_iter().find(|kind| !volume[*kind].is_null())?;
    let spec = &volume[kind];
    let mode = spec["defaultMode"].as_i64().unwrap_or(0o644);
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    let single = [volume.clone()];
    let parts = if kind == "projected" { spec["sources"].items() } else { &single };
    for part in parts {
        if let Err(why) = project(source, mounter, part, mode, &mut files) {
            errors.push(why);
        }
    }
    // Of two for one path, the later one counts.
    let mut seen: Vec<File> = Vec::with_capacity(files.len());
    for file in files {
        seen.retain(|f| f.path != file.path);
        seen.push(file);
    }
    Some(match errors.as_slice() {
        [] => Ok(seen),
        [one] => Err(one.clone()),
        many => Err(format!("[{}]", many.join(", "))),
    })
}

fn project(
    source: &mut Source<'_, '_>,
    mounter: &mut Mounter<'_>,
    part: &Json,
    default_mode: i64,
    files: &mut Vec<File>,
) -> Result<(), String> {
    let fs_group = mounter.pod.at(&["spec", "securityContext", "fsGroup"]).as_i64();
    let group = fs_group.and_then(|g| u32::try_from(g).ok());
    // A volume that belongs to a group can be read by it (`SetVolumeOwnership`).
    let bits = |mode: i64| (mode & 0o777) as u16 | if group.is_some() { 0o440 } else { 0 };
    let mut put = |path: &str, bytes: Vec<u8>, mode: i64, user: u32| {
        files.push(File { path: clean(path), bytes, mode: bits(mode), owner: (user, group.unwrap_or(0)) });
    };
    for (field, kind) in [("configMap", Kind::ConfigMap), ("secret", Kind::Secret)] {
        let reference = &part[field];
        if reference.is_null() {
            continue;
        }
        let name =
            if reference["secretName"].is_null() { &reference["name"] } else { &reference["secretName"] };
        let optional = reference["optional"].as_bool() == Some(true);
        let object = match source.get(kind, name.str()) {
            Ok(object) => object,
            Err(_) if optional => continue,
            Err(why) => return Err(why),
        };
        let mut held = entries(kind, &object);
        let items = reference["items"].items();
        for item in items {
            let key = item["key"].str();
            match held.get(key) {
                Some(bytes) => {
                    put(item["path"].str(), bytes.clone(), item["mode"].as_i64().unwrap_or(default_mode), 0);
                }
                None if optional => {}
                None => {
                    let word = if kind == Kind::Secret { "secret" } else { "config" };
                    return Err(format!("references non-existent {word} key: {key}"));
                }
            }
        }
        if items.is_empty() {
            while let Some((key, bytes)) = held.pop_first() {
                put(&key, bytes, default_mode, 0);
            }
        }
    }
    for item in part["downwardAPI"]["items"].items() {
        let text = match &item["fieldRef"] {
            field if field.is_null() => {
                env::resource(mounter.pod, &Json::Null, &item["resourceFieldRef"], mounter.node)
            }
            field => env::field(mounter.pod, field["fieldPath"].str(), mounter.node, ""),
        };
        put(item["path"].str(), text?.into_bytes(), item["mode"].as_i64().unwrap_or(default_mode), 0);
    }
    let token = &part["serviceAccountToken"];
    if !token.is_null() {
        let text = mounter.tokens.get(source, mounter.pod, token)?;
        // Who runs as one user, or shares a group, need not show the token to others.
        let user = same_user(mounter.pod);
        let mode = if user.is_some() || group.is_some() { 0o600 } else { default_mode };
        put(token["path"].str(), text.as_bytes().to_vec(), mode, user.unwrap_or(0));
    }
    Ok(())
}

/// The user that all containers of a pod run as (`FsUserFrom`).
fn same_user(pod: &Json) -> Option<u32> {
    let spec = &pod["spec"];
    let all = ["initContainers", "containers"].into_iter().flat_map(|list| spec[list].items());
    let mut users = all.map(|c| {
        c["securityContext"]["runAsUser"].as_i64().or(spec["securityContext"]["runAsUser"].as_i64())
    });
    let first = users.next()??;
    let same = users.all(|user| user == Some(first));
    u32::try_from(first).ok().filter(|_| same)
}

fn clean(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

/// Whether a volume shows ConfigMaps or Secrets.
pub fn refers_to_objects(volume: &Json) -> bool {
    let holds = |part: &Json| !part["configMap"].is_null() || !part["secret"].is_null();
    holds(volume) || volume["projected"]["sources"].items().iter().any(holds)
}

/// Whether a volume shows fields of the pod itself.
pub fn refers_to_pod(volume: &Json) -> bool {
    let holds = |part: &Json| !part["downwardAPI"].is_null();
    holds(volume) || volume["projected"]["sources"].items().iter().any(holds)
}

/// Why a volume cannot be mounted, as the event says it.
pub fn failure(volume: &Json, why: &str) -> Str {
    format!("MountVolume.SetUp failed for volume \"{}\" : {why}", volume["name"].str()).into()
}
