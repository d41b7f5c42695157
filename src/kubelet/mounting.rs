//! The part of a pod worker that waits for its volumes, and keeps them up to date.
//!
//! A mount that fails is tried again with a back-off of its own; all two minutes the pod's sync gives up and tells so. While
//! the pod runs, each sync of its worker mounts its volumes anew, and with nothing else to do a worker syncs every 60 to
//! 90 seconds: so long the new content of a ConfigMap may take to reach a file.
//!
//! Upstream: `pkg/kubelet/volumemanager` (`reconciler`, `WaitForAttachAndMount`), `resyncInterval` in `pod_workers.go`.

use super::object_cache::Source;
use super::pod_worker::{Host, Next, PodWorker, Stage};
use super::volumes::{self, Mounter, Tokens};
use crate::api::{kinds, meta};
use crate::client::{Backoff, Context, EventKind};
use crate::sim::Time;
use std::time::Duration;

/// How a mount that failed is put off (`exponentialbackoff`).
const MOUNT_RETRY: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(122));
/// How long a sync waits for the volumes (`podAttachAndMountTimeout`).
const MOUNT_TIMEOUT: Duration = Duration::from_secs(123);
/// How often a worker syncs without being asked (`syncFrequency`) …
const SYNC_FREQUENCY: Duration = Duration::from_secs(60);
/// … and by how many milliseconds later at most (`workerResyncIntervalJitterFactor`).
const SYNC_JITTER: u64 = 30_000;

/// Where a pod is with its volumes.
#[derive(Clone, Debug, Default)]
pub struct Mounting {
    failures: u32,
    /// When a mount that failed is tried again.
    retry_at: Time,
    /// When the sync that waits began to wait.
    waits_since: Option<Time>,
    tokens: Tokens,
    /// Something that the volumes show has changed.
    stale: bool,
    /// The worker's last sync, and the time to the next one that nobody asks for.
    synced: Time,
    period: Duration,
}

impl Mounting {
    /// The worker's next sync that nobody asks for, at or after a moment.
    fn next_resync(&self, from: Time) -> Time {
        let period = self.period.max(SYNC_FREQUENCY);
        let passed = from.since(self.synced).as_nanos().div_ceil(period.as_nanos()).max(1);
        self.synced + period * u32::try_from(passed).unwrap_or(u32::MAX)
    }
}

impl PodWorker {
    fn has_volume(&self, test: impl Fn(&crate::json::Json) -> bool) -> bool {
        self.pod["spec"]["volumes"].items().iter().any(test)
    }

    /// Whether it mounts ConfigMaps or Secrets, and looks after them.
    pub fn mounts_objects(&self) -> bool {
        self.stage == Stage::SyncPod && self.has_volume(volumes::refers_to_objects)
    }

    /// A ConfigMap or Secret of the pod has changed: when its volumes will show that.
    pub fn content_changed(&mut self, now: Time) -> Option<Time> {
        if !self.sandbox || !self.mounts_objects() {
            return None;
        }
        self.mounting.stale = true;
        Some(self.mounting.next_resync(now))
    }

    /// The pod's own fields have changed.
    pub fn pod_changed(&mut self) {
        self.mounting.stale |= self.sandbox && self.has_volume(volumes::refers_to_pod);
    }

    /// Whether the volumes are there. A hollow kubelet has none.
    pub(super) fn mount_volumes(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) -> bool {
        if host.node.is_hollow() || self.pod["spec"]["volumes"].is_empty() {
            return true;
        }
        let since = *self.mounting.waits_since.get_or_insert(cx.now);
        if cx.now >= since + MOUNT_TIMEOUT {
            self.mounting.waits_since = Some(cx.now);
            self.tell_timeout(host);
        }
        if self.mounting.retry_at <= cx.now {
            let failures = self.set_up_volumes(cx, host, false);
            if failures == 0 {
                self.mounting.failures = 0;
                return true;
            }
            self.mounting.retry_at = cx.now + MOUNT_RETRY.after(self.mounting.failures);
            self.mounting.failures += 1;
        }
        let timeout = self.mounting.waits_since.unwrap_or(cx.now) + MOUNT_TIMEOUT;
        next.at(self.mounting.retry_at.min(timeout), self.mounting.failures > 4);
        false
    }

    /// `Unable to attach or mount volumes`: what is still not there.
    fn tell_timeout(&self, host: &mut Host<'_>) {
        let names = self.pod["spec"]["volumes"].items().iter().map(|v| v["name"].str());
        let unmounted: Vec<&str> = names.filter(|name| !self.volumes.contains_key(*name)).collect();
        let message = format!(
            "Unable to attach or mount volumes: unmounted volumes=[{}], unattached volumes=[], failed to process \
             volumes=[]: context deadline exceeded",
            unmounted.join(" ")
        );
        let about = meta::object_reference(&self.pod, &kinds::PODS.into());
        host.recorder.event_about(about, EventKind::Warning, "FailedMount", message);
    }

    /// Sets volumes up; gives how many failed.
    fn set_up_volumes(&mut self, cx: &mut Context, host: &mut Host<'_>, remount: bool) -> usize {
        let PodWorker { pod, volumes, mounting, .. } = self;
        let mut mounter = Mounter { pod, node: host.node, tokens: &mut mounting.tokens };
        let mut source = Source::new(cx, host.objects, host.agent, pod);
        let failures = volumes::set_up(volumes, &mut source, &mut mounter, remount);
        for message in &failures {
            cx.note("mount-failed", [("message", message.into())]);
            let about = meta::object_reference(pod, &kinds::PODS.into());
            host.recorder.event_about(about, EventKind::Warning, "FailedMount", message);
        }
        failures.len()
    }

    /// Lets the volumes show what has changed since they were set up.
    pub(super) fn refresh_volumes(&mut self, cx: &mut Context, host: &mut Host<'_>) {
        let renew = self.mounting.tokens.refresh_at().is_some_and(|at| at <= cx.now);
        if self.mounting.stale || renew {
            self.mounting.stale = self.set_up_volumes(cx, host, true) > 0;
        }
    }

    /// When the volumes are to be looked at again.
    pub(super) fn plan_refresh(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) {
        if host.node.is_hollow() || !self.sandbox || self.pod["spec"]["volumes"].is_empty() {
            return;
        }
        self.mounting.synced = cx.now;
        self.mounting.period = SYNC_FREQUENCY + Duration::from_millis(cx.rng.below(SYNC_JITTER));
        let renew = self.mounting.tokens.refresh_at();
        if let Some(at) = if self.mounting.stale { Some(cx.now) } else { renew } {
            next.at(self.mounting.next_resync(at), true);
        }
    }
}
