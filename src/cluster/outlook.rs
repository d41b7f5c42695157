//! What may happen next in a [`World`], and what it waits for. Nothing here changes it.

use super::{Action, Actor, World};
use crate::api::{ObjectKey, Resource, WatchEvent, kinds};
use crate::client::{Reflector, Timer};
use crate::collections::Set;
use crate::controllers::cronjob;
use crate::kubelet::{Kubelet, Work};
use crate::sim::Time;

impl World {
    /// Everything that may happen next, in a fixed order: deliveries, reconciles, the scheduler, the kubelets; where
    /// there is nothing, the clock.
    pub fn enabled(&self) -> Vec<Action> {
        let mut actions = self.due(self.now);
        if actions.is_empty() {
            actions.extend(self.advance());
        }
        actions
    }

    /// What could happen if it were then, in the fixed order.
    pub fn due(&self, then: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        self.visit(then, &mut |action| {
            actions.push(action);
            true
        });
        actions
    }

    /// The first of [`World::enabled`], without making the rest.
    pub fn default_action(&self) -> Option<Action> {
        self.first_due(self.now).or_else(|| self.advance())
    }

    /// The first of [`World::due`], without making the rest.
    pub fn first_due(&self, then: Time) -> Option<Action> {
        let mut first = None;
        self.visit(then, &mut |action| {
            first = Some(action);
            false
        });
        first
    }

    /// Whether nothing is left to do but housekeeping.
    pub fn is_idle(&self) -> bool {
        matches!(self.default_action(), None | Some(Action::Advance { background: true, .. }))
    }

    fn visit(&self, now: Time, each: &mut dyn FnMut(Action) -> bool) {
        let any = self.server.pending_events() > 0;
        let deliveries = |to: Actor, reflector: &Reflector| {
            let ready = match reflector.watch() {
                Some(watch) => any && self.server.has_event(watch),
                None => reflector.can_list(now),
            };
            ready.then(|| Action::Deliver { to, resource: reflector.resource().clone() })
        };
        if let Some((_, fault)) = self.coming.front().filter(|(at, _)| *at <= now)
            && !each(Action::Fault(fault.clone()))
        {
            return;
        }
        if self.manager.can_start() && !each(Action::Start) {
            return;
        }
        let within = self.extensions.reflectors().filter_map(|r| deliveries(Actor::ApiServer, r));
        let listening = self.manager.reflectors().filter(|r| !self.held.contains(r.resource()));
        let controllers = listening.filter_map(|r| deliveries(Actor::Controllers, r));
        let scheduler = self.scheduler.reflectors().filter_map(|r| deliveries(Actor::Scheduler, r));
        for action in within.chain(controllers).chain(scheduler) {
            if !each(action) {
                return;
            }
        }
        for (node, kubelet) in self.kubelets.iter().enumerate() {
            // Of several reflectors of one resource (each follows one object) the first has its turn.
            let mut told: Vec<Resource> = Vec::new();
            for reflector in kubelet.reflectors() {
                let Some(action) = deliveries(Actor::Kubelet(node), reflector) else { continue };
                if told.contains(reflector.resource()) {
                    continue;
                }
                told.push(reflector.resource().clone());
                if !each(action) {
                    return;
                }
            }
        }
        for (controller, key) in self.extensions.ready(now).chain(self.manager.ready(now)) {
            if !each(Action::Sync { controller, key }) {
                return;
            }
        }
        if let Some(key) = self.scheduler.ready(now)
            && !each(Action::Schedule { key })
        {
            return;
        }
        for (node, kubelet) in self.kubelets.iter().enumerate() {
            for work in kubelet.ready(now) {
                if !each(Action::Kubelet { node, work: work.clone() }) {
                    return;
                }
            }
        }
    }

    /// The earliest timer of all components.
    pub fn next_timer(&self) -> Option<Timer> {
        let fault = self.coming.front().map(|(at, _)| Timer { at: *at, background: false });
        let own = [self.manager.next_timer(), self.scheduler.next_timer(), fault];
        let own = own.into_iter().chain([self.extensions.timers().min()]);
        own.chain(self.kubelets.iter().map(Kubelet::next_timer)).flatten().min()
    }

    /// The next moment that something other than housekeeping waits for, some of the kubelets' work left out.
    pub fn next_without(&self, left_out: &dyn Fn(&Work) -> bool) -> Option<Time> {
        let scheduler = self.scheduler.next_timer().filter(|timer| !timer.background).map(|timer| timer.at);
        let fault = self.coming.front().map(|(at, _)| *at);
        let own = [self.manager.next_foreground(), scheduler, fault];
        let own = own.into_iter().flatten().chain(self.extensions.timers().map(|timer| timer.at));
        own.chain(self.kubelets.iter().filter_map(|kubelet| kubelet.next_without(left_out))).min()
    }

    /// Whether any component waits for a moment of its own, housekeeping apart.
    fn waits(&self) -> bool {
        self.manager.next_foreground().is_some()
            || self.extensions.timers().next().is_some()
            || !self.coming.is_empty()
            || self.scheduler.next_timer().is_some_and(|timer| !timer.background)
            || self.kubelets.iter().any(|k| k.next_foreground().is_some() || self.is_missed(k))
    }

    /// A node is down and the cluster does not know it yet: that will show by itself.
    fn is_missed(&self, kubelet: &Kubelet) -> bool {
        kubelet.is_down() && {
            let node = self.server.peek(&kinds::NODES.into(), &ObjectKey::new("", kubelet.node_name()));
            let mut conditions = node.at(&["status", "conditions"]).items().iter();
            conditions.any(|c| c["type"].str() == "Ready" && c["status"].str() == "True")
        }
    }

    /// The event that a delivery would bring; none where the reflector would list.
    pub fn coming(&self, to: Actor, resource: &Resource) -> Option<&WatchEvent> {
        let is_it = |r: &&Reflector| r.resource() == resource;
        let reflector = match to {
            Actor::ApiServer => self.extensions.reflectors().find(is_it),
            Actor::Controllers => self.manager.reflectors().find(is_it),
            Actor::Scheduler => self.scheduler.reflectors().find(is_it),
            Actor::Kubelet(node) => self.kubelets.get(node)?.reflectors().find(is_it),
            Actor::User | Actor::Clock => None,
        };
        self.server.peek_event(reflector?.watch()?)
    }

    /// The last moment that a controller has set itself, other than to retry what failed.
    pub fn last_deadline(&self) -> Option<Time> {
        self.manager.deadlines().max()
    }

    /// What is all that the cluster still waits for: pods whose programs sleep or that are to be tried again, and objects
    /// whose syncs have failed and are retried. None while anything else is to be done.
    pub fn waits_for(&self) -> Vec<(Resource, ObjectKey)> {
        if self.manager.deadlines().next().is_some()
            || self.extensions.timers().next().is_some()
            || !self.coming.is_empty()
            || self.scheduler.next_timer().is_some_and(|timer| !timer.background)
            || self.first_due(self.now).is_some()
        {
            return Vec::new();
        }
        let mut pods = Set::new();
        for kubelet in &self.kubelets {
            for work in kubelet.awaited() {
                if let Work::PodWorker(pod) | Work::Process { pod, .. } | Work::Probe { pod, .. } = work {
                    pods.insert(pod.clone());
                }
            }
        }
        let pods = pods.iter().map(|pod| (kinds::PODS.into(), pod.clone()));
        pods.chain(self.manager.retries()).collect()
    }

    /// What an action is about.
    pub fn object(&self, action: &Action) -> Option<(Resource, ObjectKey)> {
        match action {
            Action::Sync { controller, key } if action.actor() == Actor::ApiServer => {
                self.extensions.object(controller, key)
            }
            Action::Sync { controller, key } => self.manager.object(controller, key),
            Action::Schedule { key }
            | Action::Kubelet {
                work: Work::PodWorker(key) | Work::Process { pod: key, .. } | Work::Probe { pod: key, .. },
                ..
            } => Some((kinds::PODS.into(), key.clone())),
            Action::Kubelet { node, .. } => {
                let name = self.kubelets.get(*node)?.node_name();
                Some((kinds::NODES.into(), ObjectKey::new("", name)))
            }
            Action::Fault(fault) => fault.object(),
            Action::Deliver { .. } | Action::Start | Action::Advance { .. } => None,
        }
    }

    fn advance(&self) -> Option<Action> {
        let timer = self.next_timer()?;
        // A heartbeat on the way to something else is no sign of rest.
        let background = timer.background && !self.waits();
        let to = self.next_run().filter(|run| background && *run > timer.at).unwrap_or(timer.at);
        Some(Action::Advance { to: to.max(self.now), background })
    }

    /// When the next CronJob is due. Where nothing but housekeeping lies between, the clock goes there in one jump, and the
    /// kubelets make up for the heartbeats on the way with one ([`World::catch_up`]): a year of an hourly CronJob has
    /// nine million of them.
    fn next_run(&self) -> Option<Time> {
        let healthy = self.kubelets.iter().all(|kubelet| !kubelet.is_down());
        let queue = self.manager.queues().find(|queue| healthy && queue.name == cronjob::AGENT)?;
        queue.keys.next_due()
    }
}
