//! [`Caches`]: the informers that all controllers share (`SharedInformerFactory`).

use super::Controller;
use super::job::BY_JOB;
use crate::api::{Resource, View};
use crate::client::{BY_CONTROLLER, Context, Delta, Index, Indexer, Informer, Lister, Reflector};
use crate::collections::Map;
use std::sync::LazyLock;

/// One informer a resource, however many controllers listen.
#[derive(Clone, Debug, Default)]
pub struct Caches(Map<Resource, Informer>);

static NOTHING: LazyLock<Indexer> = LazyLock::new(Indexer::default);

impl Caches {
    /// An informer for each resource that one of the controllers watches.
    pub fn for_controllers(controllers: &[&dyn Controller], agent: &'static str) -> Caches {
        let mut informers = Map::new();
        for info in controllers.iter().flat_map(|c| c.watches()) {
            let resource = Resource::from(info);
            let indexes: &[Index] = match &*info.kind {
                "Pod" => &[BY_CONTROLLER, BY_JOB],
                "Job" | "ReplicaSet" => &[BY_CONTROLLER],
                _ => &[],
            };
            let informer = Informer::new(resource.clone(), agent, indexes);
            informers.insert(resource, informer);
        }
        Caches(informers)
    }

    /// The cache of a resource; an empty one where no controller watches it.
    pub fn of(&self, resource: impl Into<Resource>) -> &Indexer {
        self.0.get(&resource.into()).map_or(&NOTHING, Informer::indexer)
    }

    /// The cache of a resource, read through a view.
    pub fn lister<'a, T: View + 'a>(&'a self, resource: impl Into<Resource>) -> Lister<'a, T> {
        Lister::new(self.of(resource))
    }

    /// Whether all caches have held their whole collection once; no controller works before.
    pub fn synced(&self) -> bool {
        self.0.values().all(Informer::has_synced)
    }

    /// The informers in a fixed order.
    pub fn informers(&self) -> impl Iterator<Item = &Informer> {
        self.0.values()
    }

    /// The reflectors in a fixed order.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        self.0.values().map(Informer::reflector)
    }

    /// One move of a resource's reflector, and what the handlers are to hear.
    pub(super) fn deliver(&mut self, cx: &mut Context, resource: &Resource) -> Vec<Delta> {
        self.0.get_mut(resource).map(|informer| informer.deliver(cx)).unwrap_or_default()
    }

    /// Has an informer for each of these custom resources and for no other; gives the objects that nobody tells of any more.
    pub(super) fn follow(&mut self, cx: &mut Context, custom: &[Resource]) -> Vec<(Resource, Vec<Delta>)> {
        let known: Vec<Resource> = self.0.keys().filter(|r| r.is_custom()).cloned().collect();
        let mut gone = Vec::new();
        for resource in known.into_iter().filter(|resource| !custom.contains(resource)) {
            if let Some(mut informer) = self.0.remove(&resource) {
                informer.reflector_mut().reset(cx.api);
                let objects = informer.indexer().iter().map(|(_, object)| Delta::Deleted(object.clone()));
                gone.push((resource, objects.collect()));
            }
        }
        for resource in custom {
            if self.0.get(resource).is_none() {
                let informer = Informer::new(resource.clone(), "kube-controller-manager", &[]);
                self.0.insert(resource.clone(), informer);
            }
        }
        gone
    }

    /// Closes all watches; the next deliveries list again.
    pub(super) fn reset(&mut self, cx: &mut Context) {
        self.0.for_each_mut(|_, informer| informer.reflector_mut().reset(cx.api));
    }
}
