//! The clusterrole-aggregation controller: a ClusterRole with an `aggregationRule` has the rules of all ClusterRoles that its
//! selectors choose (`pkg/controller/clusterroleaggregation`). So a new kind's rules come into `view`, `edit` and `admin`.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, PatchType, Request, Resource, ResourceInfo, Status, kinds, rbac};
use crate::client::{Context, Delta};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

const AGENT: &str = "clusterrole-aggregation-controller";

/// Gathers rules.
#[derive(Clone, Debug)]
pub struct ClusterRoleAggregationController([Queue; 1]);

impl Default for ClusterRoleAggregationController {
    fn default() -> Self {
        ClusterRoleAggregationController([Queue::new(AGENT, kinds::CLUSTERROLES, 5)])
    }
}

impl Controller for ClusterRoleAggregationController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CLUSTERROLES]
    }

    /// Whichever role changes, all that gather are looked at: there are few, and which one it concerns is not known.
    fn handle(&mut self, caches: &Caches, _: &Resource, _: &Delta, _: Time) {
        for (key, role) in caches.of(kinds::CLUSTERROLES).iter() {
            if !role["aggregationRule"].is_null() {
                self.0[0].keys.add(key.clone());
            }
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cache = caches.of(kinds::CLUSTERROLES);
        let role = cache.get(key).filter(|role| !role["aggregationRule"].is_null());
        cx.note("read-cache", [("found", Json::Bool(role.is_some()))]);
        let Some(role) = role else { return Ok(()) };
        let all: Vec<&Json> = cache.iter().map(|(_, role)| role).collect();
        let rules = rbac::aggregated(role, &all);
        let same = role["rules"].items() == rules.as_slice();
        cx.note("aggregate", [("rules", Json::from(rules.len())), ("changed", Json::Bool(!same))]);
        if same {
            return Ok(());
        }
        let mut config = json!({
            "apiVersion": kinds::CLUSTERROLES.api_version(), "kind": "ClusterRole",
            "metadata": { "name": &key.name },
        });
        if !rules.is_empty() {
            config.set("rules", rules);
        }
        let apply = Request::patch(PatchType::Apply, kinds::CLUSTERROLES, "", key.name.clone(), config);
        let apply = apply.by(AGENT).with(|options| {
            options.field_manager = Str::fixed(AGENT);
            options.force = true;
        });
        cx.api.call(apply).map(|_| ())
    }
}
