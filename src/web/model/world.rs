//! What the control-loop view shows: the world at the current position.

use super::{ActionView, Actor, Listed, ObjectRef, ObjectRow};
use serde::Serialize;

outward! {
    /// Everything that the control-loop view shows.
    pub struct View {
        /// How many steps were taken to get here.
        pub step: u32,
        /// Steps on this branch; more than `step` when the person has gone back.
        pub length: u32,
        /// Virtual time since the start.
        pub now_ms: u64,
        /// The same as the cluster's clock, RFC 3339.
        pub clock: String,
        /// The store's revision.
        pub revision: u64,
        /// Nothing is enabled and no timer is set that would change an object.
        pub idle: bool,
        /// What is all that the cluster waits for: pods (a program sleeps, or a container is to be tried again, now and then
        /// only where the cluster is idle) and objects whose syncs fail. None while anything else is to be done.
        pub waits_for: Listed<ObjectRef>,
        /// The API server.
        pub api_server: ApiServerView,
        /// Controllers, the one that matters most first (a controller with no object of its own may be left out).
        pub controllers: Vec<ControllerView>,
        /// The scheduler.
        pub scheduler: SchedulerView,
        /// Nodes with their pods.
        pub nodes: Listed<NodeView>,
        /// Pods without a node.
        pub unscheduled: Listed<PodView>,
        /// What may happen next, the default first. At most 60 are listed.
        pub enabled: Listed<Choice>,
    }
}

outward! {
    /// The API server and its store.
    pub struct ApiServerView {
        /// Objects of each kind that has any, people's kinds (Job, Pod) before the system's.
        pub counts: Vec<KindCount>,
        /// People's objects other than pods (Jobs first), with kubectl's status columns.
        pub workloads: Listed<ObjectRow>,
        /// The last writes, newest first.
        pub writes: Vec<WriteView>,
        /// Watch events that some watcher has not been given yet.
        pub pending_events: u32,
        /// The loops that run inside it, where they have something to do: those of custom resource definitions.
        pub loops: Vec<ControllerView>,
    }
}

outward! {
    /// How many objects of a kind there are.
    pub struct KindCount {
        /// `Pod`
        pub kind: String,
        /// `pods`, `jobs.batch`
        pub resource: String,
        /// How many.
        pub count: u32,
    }
}

outward! {
    /// One write to the store.
    pub struct WriteView {
        /// `create`, `update`, `patch`, `delete`, …
        pub verb: String,
        /// To what.
        pub object: ObjectRef,
        /// `status`, `binding` or empty.
        pub subresource: String,
        /// The revision that it made.
        pub revision: u64,
        /// Who wrote.
        pub actor: Actor,
        /// In which step.
        pub step: u32,
    }
}

outward! {
    /// One controller of the controller manager.
    pub struct ControllerView {
        /// `job-controller`, …: the same as [`Actor::name`].
        pub name: String,
        /// Its caches.
        pub informers: Vec<InformerView>,
        /// Its work queues, the main one first.
        pub queues: Vec<QueueView>,
        /// What it waits to see before it trusts its cache again.
        pub expectations: Listed<ExpectationView>,
    }
}

outward! {
    /// A reflector with its cache.
    pub struct InformerView {
        /// `pods`, `jobs.batch`
        pub resource: String,
        /// The first list has arrived.
        pub synced: bool,
        /// Objects in the cache.
        pub objects: u32,
        /// Watch events on their way to it.
        pub pending: u32,
        /// The revision that the cache has seen.
        pub revision: u64,
    }
}

outward! {
    /// A rate-limited, delaying work queue.
    pub struct QueueView {
        /// `job-controller`, `job-controller/orphan-pods`
        pub name: String,
        /// Keys ready to be taken, in order.
        pub waiting: Listed<KeyView>,
        /// Keys that will be added later.
        pub delayed: Listed<DelayedKey>,
        /// One entry a worker: the key in hand, or none.
        pub workers: Vec<WorkerView>,
        /// The event handlers that have put a key here, with the last one.
        pub handlers: Vec<HandlerView>,
    }
}

outward! {
    /// An event handler of a controller.
    pub struct HandlerView {
        /// `addPod`, `updateJob`, …
        pub name: String,
        /// The key that it put on the queue last: `default/pi`.
        pub key: String,
    }
}

outward! {
    /// A key in a queue.
    pub struct KeyView {
        /// `default/pi`
        pub key: String,
        /// The object that the key names.
        pub object: ObjectRef,
        /// How often it was re-queued with back-off.
        pub failures: u32,
    }
}

outward! {
    /// A key that comes due later.
    pub struct DelayedKey {
        /// `default/pi`
        pub key: String,
        /// The object that the key names.
        pub object: ObjectRef,
        /// When it comes due.
        pub due_ms: u64,
        /// How often it was re-queued with back-off.
        pub failures: u32,
    }
}

outward! {
    /// What a controller expects to see in its cache.
    pub struct ExpectationView {
        /// `default/pi`
        pub key: String,
        /// Creations not yet seen.
        pub adds: i32,
        /// Deletions not yet seen.
        pub dels: i32,
        /// When it stops waiting.
        pub expires_ms: u64,
    }
}

outward! {
    /// One worker of a controller.
    pub struct WorkerView {
        /// The key in hand; empty when it waits.
        pub key: String,
    }
}

outward! {
    /// kube-scheduler.
    pub struct SchedulerView {
        /// Its caches.
        pub informers: Vec<InformerView>,
        /// Pods to be scheduled, in order.
        pub active: Listed<KeyView>,
        /// Pods that wait out a back-off.
        pub backoff: Listed<DelayedKey>,
        /// Pods that no node takes, until something changes.
        pub unschedulable: Listed<KeyView>,
    }
}

outward! {
    /// A node with its kubelet.
    pub struct NodeView {
        /// `node-1`
        pub name: String,
        /// Its Ready condition.
        pub ready: bool,
        /// `spec.unschedulable` or a NoSchedule taint.
        pub cordoned: bool,
        /// Watch events on their way to its kubelet.
        pub pending: u32,
        /// Pods bound to it.
        pub pods: Listed<PodView>,
        /// Requested and allocatable, as in `kubectl describe node`: cpu in millicores.
        pub cpu_requested: u64,
        /// Millicores.
        pub cpu_allocatable: u64,
    }
}

outward! {
    /// A pod.
    pub struct PodView {
        /// Which.
        pub object: ObjectRef,
        /// `status.phase`
        pub phase: String,
        /// kubectl's STATUS column: `ContainerCreating`, `Completed`, `Terminating`, …
        pub status: String,
        /// Ready containers.
        pub ready: u32,
        /// Restarts of all containers.
        pub restarts: u32,
        /// Its controller owner, if any.
        pub owner: Option<ObjectRef>,
        /// Its containers, init containers first.
        pub containers: Vec<ContainerView>,
    }
}

outward! {
    /// A container.
    pub struct ContainerView {
        /// `pi`
        pub name: String,
        /// `waiting`, `running` or `terminated`
        pub state: String,
        /// `ContainerCreating`, `ImagePullBackOff`, `Completed`, `Error`, …
        pub reason: String,
        /// The exit code once terminated.
        pub exit_code: Option<i32>,
        /// Of `spec.initContainers`.
        pub init: bool,
    }
}

outward! {
    /// Something that may happen next.
    pub struct Choice {
        /// What to give to `step`.
        pub index: u32,
        /// Who would act.
        pub actor: Actor,
        /// What would be done.
        pub action: ActionView,
    }
}
