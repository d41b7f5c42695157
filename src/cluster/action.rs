//! [`Action`]: everything that can happen in a cluster, one at a time.

use super::Fault;
use crate::api::{ObjectKey, Resource};
use crate::controllers::apiextensions::Extensions;
use crate::json::Str;
use crate::kubelet::Work;
use crate::sim::Time;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// kube-apiserver: the loops that run inside it.
    ApiServer,
    /// kube-controller-manager.
    Controllers,
    /// kube-scheduler.
    Scheduler,
    /// The kubelet of the node with this index.
    Kubelet(usize),
    /// The person at the terminal.
    User,
    /// Virtual time.
    Clock,
}

/// One thing that can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A component's reflector lists, or takes the next event of its watch, and its handlers run.
    Deliver {
        /// Whose reflector.
        to: Actor,
        /// Of which resource.
        resource: Resource,
    },
    /// A controller's worker takes a key from its queue and reconciles it.
    Sync {
        /// Which controller.
        controller: Str,
        /// The key.
        key: ObjectKey,
    },
    /// The scheduler takes the first pod of its queue.
    Schedule {
        /// The pod.
        key: ObjectKey,
    },
    /// A kubelet does one piece of work.
    Kubelet {
        /// The node's index.
        node: usize,
        /// What.
        work: Work,
    },
    /// The controller manager's start goes on by one stage.
    Start,
    /// Something breaks, or is mended. A person asks for it, or the cluster was made so that it comes by itself.
    Fault(Fault),
    /// Nothing is left to do now: the clock jumps to the next timer.
    Advance {
        /// To when.
        to: Time,
        /// The timer is housekeeping only (heartbeats, resyncs).
        background: bool,
    },
}

impl Action {
    /// Who would act.
    pub fn actor(&self) -> Actor {
        match self {
            Action::Deliver { to, .. } => *to,
            Action::Sync { controller, .. } if Extensions::has_queue(controller) => Actor::ApiServer,
            Action::Sync { .. } | Action::Start => Actor::Controllers,
            Action::Schedule { .. } => Actor::Scheduler,
            Action::Kubelet { node, .. } => Actor::Kubelet(*node),
            Action::Fault(_) => Actor::User,
            Action::Advance { .. } => Actor::Clock,
        }
    }
}
