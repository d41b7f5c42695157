//! A container's main process gets SIGKILL from outside: somebody on the node, or the kernel.
//!
//! The kubelet did not ask for it. It learns of the end as of any other, and does what the restart policy says.

use super::pod_worker::PodWorker;
use super::runtime::SIGKILL;
use super::{Kubelet, Work};
use crate::api::ObjectKey;
use crate::client::Context;
use std::sync::Arc;

impl Kubelet {
    /// Whether a container of a pod runs here.
    pub fn runs(&self, pod: &ObjectKey, container: &str) -> bool {
        let worker = self.workers.get(pod);
        worker.and_then(|w| w.container(container)).is_some_and(|c| c.is_running() && !self.down)
    }

    /// Kills the main process of a container that [`runs`](Kubelet::runs).
    pub fn kill(&mut self, cx: &mut Context, pod: &ObjectKey, container: &str) {
        let Some(worker) = self.workers.get_mut(pod) else { return };
        if Arc::make_mut(worker).kill(container) {
            cx.note("signal", [("container", container.into()), ("signal", SIGKILL.into())]);
            self.agenda.wake(Work::Process { pod: pod.clone(), container: container.into() }, cx.now);
        }
    }
}

impl PodWorker {
    fn kill(&mut self, container: &str) -> bool {
        let found = self.containers.iter_mut().find(|c| c.name == *container);
        found.and_then(|c| c.task_mut()).map(|task| task.signal(SIGKILL)).is_some()
    }
}
