//! [`Fault`]: what a real cluster suffers and does not offer, and the switches that no real cluster has.
//!
//! A person asks for it, it is one step, and the run's log keeps it. As text it is a few words, the same in a log, in a
//! lesson and on the native program's command line: `node-down node-2`, `fail-call job-controller 3 crash`,
//! `expectations off`.

use super::door::Mishap;
use super::world::with_context;
use super::{StepRecord, World};
use crate::api::{ObjectKey, Resource, kinds};
use crate::client::CallFault;
use crate::controllers::Switch;
use crate::json::Str;
use crate::kubelet::Kubelet;
use std::fmt;

/// More workers than this a queue cannot be given.
const MOST_WORKERS: usize = 20;

/// Something breaks, is mended, or is switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A node loses its power.
    NodeDown(Str),
    /// It gets it back.
    NodeUp(Str),
    /// The main process of a container gets SIGKILL from outside.
    KillContainer {
        /// Whose.
        pod: ObjectKey,
        /// Which.
        container: Str,
    },
    /// The controller manager dies and starts anew: its memory is lost.
    RestartControllers,
    /// A call of the next sync of a controller goes wrong.
    FailCall {
        /// The work queue whose next sync it is.
        controller: Str,
        /// Which of its calls, from 1.
        call: u32,
        /// How.
        how: CallFault,
    },
    /// A mechanism of the controllers is switched on or off.
    Switch(Switch, bool),
    /// How many workers a controller has.
    Workers {
        /// The work queue.
        controller: Str,
        /// From 0, where nobody works.
        count: u32,
    },
    /// What is listed and watched of a resource reaches the controllers, or is held back on its way.
    Delivery {
        /// Of which resource.
        resource: Resource,
        /// Whether they arrive.
        on: bool,
    },
}

impl Fault {
    /// Reads the words that [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Fault> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let on = |word: &str| match word {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        };
        Some(match words.as_slice() {
            ["node-down", node] => Fault::NodeDown((*node).into()),
            ["node-up", node] => Fault::NodeUp((*node).into()),
            ["kill-container", pod, container] => {
                let (namespace, name) = pod.split_once('/')?;
                Fault::KillContainer { pod: ObjectKey::new(namespace, name), container: (*container).into() }
            }
            ["restart-controllers"] => Fault::RestartControllers,
            ["fail-call", controller, call, how] => Fault::FailCall {
                controller: (*controller).into(),
                call: call.parse().ok().filter(|call| *call > 0)?,
                how: CallFault::parse(how)?,
            },
            ["workers", controller, count] => {
                Fault::Workers { controller: (*controller).into(), count: count.parse().ok()? }
            }
            ["delivery", resource, state] => {
                let found = kinds::ALL.iter().find(|info| info.qualified() == *resource)?;
                Fault::Delivery { resource: (*found).into(), on: on(state)? }
            }
            [switch, state] => Fault::Switch(Switch::parse(switch)?, on(state)?),
            _ => return None,
        })
    }

    /// The object that it befalls, where it is one.
    pub fn object(&self) -> Option<(Resource, ObjectKey)> {
        match self {
            Fault::NodeDown(node) | Fault::NodeUp(node) => {
                Some((kinds::NODES.into(), ObjectKey::new("", node.clone())))
            }
            Fault::KillContainer { pod, .. } => Some((kinds::PODS.into(), pod.clone())),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = |on: bool| if on { "on" } else { "off" };
        match self {
            Fault::NodeDown(node) => write!(f, "node-down {node}"),
            Fault::NodeUp(node) => write!(f, "node-up {node}"),
            Fault::KillContainer { pod, container } => write!(f, "kill-container {pod} {container}"),
            Fault::RestartControllers => f.write_str("restart-controllers"),
            Fault::FailCall { controller, call, how } => {
                write!(f, "fail-call {controller} {call} {}", how.name())
            }
            Fault::Switch(switch, on) => write!(f, "{} {}", switch.name(), state(*on)),
            Fault::Workers { controller, count } => write!(f, "workers {controller} {count}"),
            Fault::Delivery { resource, on } => {
                write!(f, "delivery {} {}", resource.qualified(), state(*on))
            }
        }
    }
}

impl World {
    /// Whether a fault can happen now: what it names is there, and not so already.
    pub fn can_suffer(&self, fault: &Fault) -> bool {
        let kubelet = |node: &Str| self.kubelets.iter().find(|k| k.node_name() == node.as_str());
        match fault {
            Fault::NodeDown(node) => kubelet(node).is_some_and(|k| !k.is_down()),
            Fault::NodeUp(node) => kubelet(node).is_some_and(Kubelet::is_down),
            Fault::KillContainer { pod, container } => self.kubelets.iter().any(|k| k.runs(pod, container)),
            Fault::RestartControllers => true,
            Fault::FailCall { controller, .. } => self.manager.queues().any(|q| *controller == q.name),
            Fault::Switch(switch, on) => self.manager.switches().is_on(*switch) != *on,
            Fault::Workers { controller, count } => {
                let count = *count as usize;
                let queue = self.manager.queues().find(|q| *controller == q.name);
                count <= MOST_WORKERS && queue.is_some_and(|q| q.workers != count)
            }
            Fault::Delivery { resource, on } => {
                let watched = self.manager.caches().reflectors().any(|r| r.resource() == resource);
                watched && self.held.contains(resource) == *on
            }
        }
    }

    /// Whether what is listed and watched of a resource reaches the controllers.
    pub fn delivers(&self, resource: &Resource) -> bool {
        !self.held.contains(resource)
    }

    /// The sync that will go wrong: whose, at which call, how.
    pub fn armed(&self) -> Option<(&Str, u32, CallFault)> {
        let (queue, mishap) = self.armed.as_ref()?;
        mishap.fault.map(|(call, how)| (queue, call as u32, how))
    }

    pub(super) fn fault(&mut self, fault: &Fault, record: &mut StepRecord) {
        self.causes.broke(self.steps);
        record.object = fault.object();
        if self.coming.front().is_some_and(|(at, next)| *at <= self.now && next == fault) {
            self.coming.pop_front();
        }
        if !self.can_suffer(fault) {
            return;
        }
        let World { manager, kubelets, server, rng, now, limit, armed, held, .. } = self;
        let mishap = Mishap::limit(*limit);
        with_context(server, &mut [], rng, (*now, mishap), record, |cx| match fault {
            Fault::NodeDown(node) | Fault::NodeUp(node) => {
                let Some(kubelet) = kubelets.iter_mut().find(|k| k.node_name() == node.as_str()) else {
                    return;
                };
                if kubelet.is_down() { kubelet.power_on(cx) } else { kubelet.power_off(cx) }
            }
            Fault::KillContainer { pod, container } => {
                kubelets.iter_mut().for_each(|kubelet| kubelet.kill(cx, pod, container));
            }
            Fault::RestartControllers => {
                cx.note("crashed", []);
                manager.restart(cx);
            }
            Fault::FailCall { controller, call, how } => {
                *armed =
                    Some((controller.clone(), Mishap { calls: None, fault: Some((*call as usize, *how)) }));
            }
            Fault::Switch(switch, on) => manager.switch(*switch, *on),
            Fault::Workers { controller, count } => manager.set_workers(controller, *count as usize),
            Fault::Delivery { resource, on: true } => drop(held.remove(resource)),
            Fault::Delivery { resource, on: false } => drop(held.insert(resource.clone())),
        });
    }
}
