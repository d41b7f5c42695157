//! [`Caches`]: the informers that all controllers share (`SharedInformerFactory`).

use super::Controller;
use super::job::BY_JOB;
use crate::api::{Resource, ResourceInfo, RuntimeConfig, View, kinds};
use crate::client::{BY_CONTROLLER, Context, Delta, Index, Indexer, Informer, Lister, Reflector};
use crate::collections::Map;
use std::sync::LazyLock;

/// One informer a resource, however many controllers listen.
#[derive(Clone, Debug, Default)]
pub struct Caches(Map<Resource, Informer>);

static NOTHING: LazyLock<Indexer> = LazyLock::new(Indexer::default);

impl Caches {
    /// An informer for each resource that is served and one of the controllers watches.
    pub fn for_controllers(
        controllers: &[&dyn Controller],
        agent: &'static str,
        served: &RuntimeConfig,
    ) -> Caches {
        let mut informers = Map::new();
        for info in controllers.iter().flat_map(|c| c.watches()).filter(|info| served.serves(info)) {
            let resource = Resource::from(info);
            let indexes: &[Index] = match &*info.kind {
                "Pod" => &[BY_CONTROLLER, BY_JOB],
                "ControllerRevision" | "Job" | "ReplicaSet" => &[BY_CONTROLLER],
                _ => &[],
            };
            let informer = Informer::new(resource.clone(), agent, indexes);
            informers.insert(resource, informer);
        }
        let mut caches = Caches(informers);
        if controllers.iter().any(|c| c.monitors()) {
            let deletable = |r: &&ResourceInfo| ["delete", "watch"].iter().all(|verb| r.verbs.contains(verb));
            // Upstream's `DefaultIgnoredResources`: nobody owns events, and there are many.
            let followed = kinds::ALL.iter().copied().filter(|r| served.serves(r));
            let followed = followed.filter(|r| deletable(r) && r.plural != "events");
            followed.for_each(|info| caches.monitor(info.into()));
        }
        caches
    }

    /// Follows the owners of a resource's objects, where no controller follows the objects themselves.
    fn monitor(&mut self, resource: Resource) {
        let same = |r: &Resource| (&r.group, &r.plural) == (&resource.group, &resource.plural);
        if !self.0.keys().any(same) {
            let reflector = Reflector::new(resource.clone(), "kube-controller-manager").of_ownership();
            self.0.insert(resource, Informer::of(reflector, &[]));
        }
    }

    /// Opens the watches of what is only followed for its owners; gives how many.
    pub(super) fn open_monitors(&mut self, cx: &mut Context) -> usize {
        let mut count = 0;
        self.0.for_each_mut(|_, informer| {
            let reflector = informer.reflector_mut();
            if reflector.is_of_ownership() {
                reflector.watch_list(cx);
                count += 1;
            }
        });
        count
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

    /// Follows the owners of the objects of these custom resources and of no other; gives the objects that nobody tells of any more.
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
                self.monitor(resource.clone());
                if let Some(informer) = self.0.get_mut(resource) {
                    informer.reflector_mut().watch_list(cx);
                }
            }
        }
        gone
    }

    /// Closes all watches; the next deliveries list again.
    pub(super) fn reset(&mut self, cx: &mut Context) {
        self.0.for_each_mut(|_, informer| informer.reflector_mut().reset(cx.api));
    }
}
