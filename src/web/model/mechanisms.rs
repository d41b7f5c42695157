//! What a person can break, switch and mark.

use serde::Serialize;

outward! {
    /// The mechanisms of the cluster that can be switched, and what is broken on purpose.
    pub struct Mechanisms {
        /// How far the controller manager's start has come: `api`, `controllers`, `caches` or `running`.
        pub stage: String,
        /// `expectations`, `cache-sync`, `rate-limiter`.
        pub switches: Vec<SwitchView>,
        /// The resources that controllers watch, and whether their events arrive.
        pub deliveries: Vec<SwitchView>,
        /// The work queues with the number of their workers.
        pub queues: Vec<WorkersView>,
        /// The nodes, and whether they are up.
        pub nodes: Vec<SwitchView>,
        /// Containers that run and could be killed.
        pub containers: Vec<RunningContainer>,
        /// The call that will go wrong: `fail-call job-controller 2 crash`; empty where none will.
        pub armed: String,
        /// The marked places.
        pub breakpoints: Vec<BreakpointView>,
    }
}

outward! {
    /// Something that is on or off.
    pub struct SwitchView {
        /// Its name, as faults write it.
        pub name: String,
        /// Whether it is on.
        pub on: bool,
    }
}

outward! {
    /// A work queue's workers.
    pub struct WorkersView {
        /// `job-controller`, …
        pub queue: String,
        /// How many.
        pub count: u32,
    }
}

outward! {
    /// A container that runs.
    pub struct RunningContainer {
        /// `default/pi-x7k2p`
        pub pod: String,
        /// `pi`
        pub container: String,
    }
}

outward! {
    /// A place in a component's work where a run stops.
    pub struct BreakpointView {
        /// A controller's or a work queue's name; empty: anybody's.
        pub controller: String,
        /// A phase of a sync, or an event handler.
        pub place: String,
    }
}
