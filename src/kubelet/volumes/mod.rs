//! The volumes of a pod: what has to be there before its containers can start, and what changes while they run.
//!
//! - `projection`: which files a ConfigMap, a Secret, the pod itself or its service account give.
//! - `atomic_writer`: how they reach the volume.
//! - `token`: the service account's tokens.
//!
//! Upstream: `pkg/kubelet/volumemanager`, `pkg/volume`.

mod atomic_writer;
mod projection;
mod token;

pub use projection::{Mounter, refers_to_objects, refers_to_pod};
pub use token::Tokens;

use super::env;
use super::object_cache::Source;
use super::runtime::{Tree, Volumes};
use crate::json::{Json, Str};
use crate::shell::fs::{Entry, Mount, Node};
use projection::KINDS;

/// Sets up the volumes that are not there yet, or, to `remount`, looks at all of them again. Gives what failed, in
/// upstream's words.
pub fn set_up(
    volumes: &mut Volumes,
    source: &mut Source<'_, '_>,
    mounter: &mut Mounter<'_>,
    remount: bool,
) -> Vec<Str> {
    let mut failures = Vec::new();
    for volume in mounter.pod["spec"]["volumes"].items() {
        let name = volume["name"].str();
        let there = volumes.get(name);
        if there.is_some() && !remount {
            continue;
        }
        let mut tree = there.cloned().unwrap_or_else(|| directory(mounter.pod, volume, source.cx.now.0));
        match projection::files(source, mounter, volume) {
            None if there.is_some() => {}
            None => {
                volumes.insert(name.into(), tree);
            }
            Some(Ok(files)) => {
                if atomic_writer::write(&mut tree, &files, source.cx.now, source.cx.rng) {
                    source
                        .cx
                        .note("volume-written", [("volume", name.into()), ("files", files.len().into())]);
                    volumes.insert(name.into(), tree);
                }
            }
            Some(Err(why)) => failures.push(projection::failure(volume, &why)),
        }
    }
    failures
}

/// An empty volume. What lies in memory has the mode of a fresh tmpfs.
fn directory(pod: &Json, volume: &Json, now: i64) -> Tree {
    let set = |kind: &str| !volume[kind].is_null();
    let memory = ["secret", "downwardAPI", "projected"].into_iter().any(set)
        || volume["emptyDir"]["medium"].str() == "Memory";
    let mode = match () {
        () if memory => 0o1777,
        () if set("configMap") || set("emptyDir") => 0o777,
        () => 0o755,
    };
    let mut root = Entry::new(Node::Directory, mode, now);
    let group = pod.at(&["spec", "securityContext", "fsGroup"]).as_i64();
    if let Some(group) = group.and_then(|g| u32::try_from(g).ok()) {
        root.group = group;
    }
    let mut tree = Tree::new(now);
    let _ = tree.insert("/", root);
    tree
}

/// Where a container sees the volumes. Only what is no projection can be written to. A `subPath` of a projection is
/// mounted as it is now: the kubelet's later changes do not reach it.
pub fn mounts(
    volumes: &mut Volumes,
    pod: &Json,
    container: &Json,
    env: &[(String, String)],
    now: i64,
) -> Result<Vec<Mount>, String> {
    let mut mounts = Vec::new();
    for mount in container["volumeMounts"].items() {
        let name = mount["name"].str();
        let mut sub_path = mount["subPath"].str().to_owned();
        if !mount["subPathExpr"].is_empty() {
            sub_path = env::expand(mount["subPathExpr"].str(), env);
            if let Some((_, rest)) = sub_path.split_once("$(") {
                return Err(format!("missing value for {}", rest.split(')').next().unwrap_or_default()));
            }
        }
        let spec = pod["spec"]["volumes"].items().iter().find(|v| v["name"].str() == name);
        let projected = spec.is_some_and(|v| KINDS.iter().any(|kind| !v[*kind].is_null()));
        let mut volume = name.to_owned();
        let inside = sub_path.trim_matches('/').to_owned();
        if !inside.is_empty()
            && let Some(tree) = volumes.get_mut(name)
        {
            if projected {
                volume = format!("{name}/{inside} of {}", container["name"].str());
                let copy = snapshot(tree, &inside, now);
                volumes.insert(volume.as_str().into(), copy);
                sub_path.clear();
            } else if tree.get(&format!("/{inside}")).is_none() {
                let _ = tree.insert(&format!("/{inside}"), Entry::new(Node::Directory, 0o777, now));
            }
        }
        mounts.push(Mount {
            path: mount["mountPath"].str().to_owned(),
            volume: volume.as_str().into(),
            sub_path,
            read_only: mount["readOnly"].as_bool() == Some(true) || projected,
        });
    }
    Ok(mounts)
}

/// A path of a projection as it is now; an empty directory where there is none.
fn snapshot(tree: &Tree, path: &str, now: i64) -> Tree {
    let mut copy = Tree::new(now);
    let Some(Node::Symlink(data)) = tree.get("/..data").map(|entry| &entry.node) else { return copy };
    let real = format!("/{data}/{path}");
    if let Some(entry) = tree.get(&real) {
        let _ = copy.insert("/", entry.clone());
    }
    for (path, entry) in tree.below(&real) {
        let _ = copy.insert(&path[real.len()..], entry.clone());
    }
    copy
}
