//! A world that shows another cluster: a store, and nobody who would do anything with it.

use super::{Actor, Config, StepRecord, World};
use crate::api::{ObjectKey, Resource};
use crate::json::Json;
use crate::sim::Time;

impl World {
    /// A world in which nothing is and nothing happens by itself.
    pub fn mirror(now: Time) -> World {
        let empty = Config { start: now, kubernetes_service: false, ..Config::new(0, 0) };
        let mut world = World::new(&empty);
        // What every cluster of ours begins with is the other cluster's to say.
        for (resource, _) in world.server.counts() {
            for object in world.server.list(&resource) {
                world.server.show(now, &resource, &ObjectKey::of(&object), None);
            }
        }
        world
    }

    /// Shows an object as the other cluster has it at a moment; `None`: not any more. One step.
    pub fn show(
        &mut self,
        now: Time,
        resource: &Resource,
        key: &ObjectKey,
        object: Option<Json>,
    ) -> StepRecord {
        self.steps += 1;
        self.now = self.now.max(now);
        self.server.show(self.now, resource, key, object);
        StepRecord { object: Some((resource.clone(), key.clone())), ..self.blank(Actor::User, None) }
    }
}
