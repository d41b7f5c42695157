//! The cluster's objects as manifests for another cluster: what people wrote, in the order in which it can be applied.
//!
//! Left out is what belongs to this cluster alone: nodes, events, leases; what a controller made and would make again; and
//! what is being deleted.

use super::World;
use crate::api::Resource;
use crate::api::kinds::{self, ResourceInfo};
use crate::api::meta::controller_of;
use crate::apiserver::written;
use crate::json::{Json, yaml};

/// What others need first. Other kinds come after these, those with pods last.
const FIRST: [&ResourceInfo; 6] = [
    kinds::NAMESPACES,
    kinds::SERVICEACCOUNTS,
    kinds::SECRETS,
    kinds::CONFIGMAPS,
    kinds::RESOURCEQUOTAS,
    kinds::SERVICES,
];
const LAST: [&ResourceInfo; 8] = [
    kinds::PODS,
    kinds::REPLICATIONCONTROLLERS,
    kinds::REPLICASETS,
    kinds::DEPLOYMENTS,
    kinds::STATEFULSETS,
    kinds::DAEMONSETS,
    kinds::JOBS,
    kinds::CRONJOBS,
];
/// Groups and kinds of one cluster alone.
const LOCAL_GROUPS: [&str; 3] = ["coordination.k8s.io", "events.k8s.io", "discovery.k8s.io"];
const LOCAL: [&ResourceInfo; 3] = [kinds::NODES, kinds::EVENTS, kinds::ENDPOINTS];

/// All of them, as documents of one YAML text; empty where people wrote nothing.
pub fn manifests(world: &World) -> String {
    let server = world.server();
    let known = |info: &&ResourceInfo| !FIRST.contains(info) && !LAST.contains(info) && !LOCAL.contains(info);
    let between = kinds::ALL.iter().copied().filter(known).filter(|r| !LOCAL_GROUPS.contains(&&*r.group));
    let mut out = String::new();
    let built_in = FIRST.into_iter().chain(between).chain(LAST).map(Resource::from);
    // A kind's versions are views of the same objects, which another cluster can take once it has the definition.
    let mut custom = server.custom_resources().to_vec();
    custom.reverse();
    custom.dedup();
    for info in built_in.chain(custom.into_iter().rev()) {
        for object in server.list(&info) {
            if !is_peoples(&object) {
                continue;
            }
            if let Some(manifest) = written(&info, &object) {
                if !out.is_empty() {
                    out.push_str("---\n");
                }
                out.push_str(&yaml::to_yaml(&manifest));
            }
        }
    }
    out
}

/// Neither made by a controller nor on its way out.
fn is_peoples(object: &Json) -> bool {
    controller_of(object).is_none() && object.at(&["metadata", "deletionTimestamp"]).is_null()
}
