//! A machine that loses its power, and gets it back.
//!
//! What runs is lost at once: the kubelet, its heartbeats, all processes. What is on the disk stays: the images, the logs,
//! what the container runtime remembers of containers, and the volumes that do not lie in memory. After the power is back, the kubelet
//! registers its node again, learns from the API server which pods are still its own, finds their sandboxes gone, and
//! begins anew: with new sandboxes and addresses, and with containers that ended in a way nobody knows (`Unknown`, 255).

use super::agenda::{Agenda, Urgency};
use super::container::{Role, State};
use super::mounting::Mounting;
use super::pod_worker::{Host, PodWorker};
use super::{Heart, Kubelet, Work};
use crate::client::{Context, Recorder};
use crate::sim::Time;
use std::sync::Arc;

impl Kubelet {
    /// Whether its machine is switched off.
    pub fn is_down(&self) -> bool {
        self.down
    }

    /// The power goes.
    pub fn power_off(&mut self, cx: &mut Context) {
        cx.note("node-down", [("node", (&self.node.name).into()), ("pods", self.workers.len().into())]);
        self.down = true;
        self.pods.reflector_mut().reset(cx.api);
        self.services.reflector_mut().reset(cx.api);
        self.objects.clear(cx.api);
        self.agenda = Agenda::default();
        self.puller_free = Time::default();
        self.heart = Heart::default();
        self.recorder = Recorder::new("kubelet", &self.node.name);
    }

    /// The power is back.
    pub fn power_on(&mut self, cx: &mut Context) {
        cx.note("node-up", [("node", (&self.node.name).into()), ("pods", self.workers.len().into())]);
        (self.down, self.listing) = (false, true);
        self.heart = Heart::rebooted();
        self.agenda.set(Work::Register, cx.now, Urgency::Progress);
        let keys: Vec<_> = self.workers.keys().cloned().collect();
        for key in keys {
            if let Some(mut worker) = self.workers.remove(&key) {
                Arc::make_mut(&mut worker).lose_power(cx.now, &mut self.host());
                self.workers.insert(key, worker);
            }
        }
    }
}

impl PodWorker {
    /// Nothing of the pod runs any more, and its sandbox is gone.
    fn lose_power(&mut self, now: Time, host: &mut Host<'_>) {
        self.give_back_address(host);
        (self.sandbox, self.ip) = (false, None);
        (self.mounting, self.keyring) = (Mounting::default(), None);
        let in_memory = |name: &str| {
            let volume = self.pod["spec"]["volumes"].items().iter().find(|v| v["name"].str() == name);
            !volume.is_some_and(|v| !v["emptyDir"].is_null() && v["emptyDir"]["medium"].str() != "Memory")
        };
        self.volumes.retain(|name, _| !in_memory(name));
        for container in &mut self.containers {
            container.lose_power(now);
            // A new sandbox begins with the init containers.
            if container.role == Role::Init && matches!(container.state, State::Terminated(_)) {
                container.wait("PodInitializing", "");
            }
        }
    }
}
