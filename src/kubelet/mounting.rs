//! The part of a pod worker that waits for its volumes, and keeps them up to date.
//!
//! A mount that fails is tried again with a back-off of its own; all two minutes the pod's sync gives up and tells so. While
//! the pod runs, each sync of its worker mounts its volumes anew, and with nothing else to do a worker syncs every 60 to
//! 90 seconds: so long the new content of a ConfigMap may take to reach a file.
//!
//! Upstream: `pkg/kubelet/volumemanager` (`reconciler`, `WaitForAttachAndMount`), `resyncInterval` in `pod_workers.go`.

use super::agenda::{Next, Urgency};
use super::object_cache::Source;
use super::pod_worker::{Host, PodWorker, Stage};
use super::runtime::Volumes;
use super::volumes::{self, Mounter, Tokens};
use crate::api::{Request, kinds, meta};
use crate::client::{Backoff, Context, EventKind};
use crate::json::Str;
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
    /// The volumes that are persistent: their names in the pod and in the cluster.
    persistent: Vec<(Str, Str)>,
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
        let late = self.mounting.failures > 4;
        let urgency = if late { Urgency::Retry } else { Urgency::Progress };
        next.at(self.mounting.retry_at.min(timeout), urgency);
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
        let mut failures = self.attach_disks(cx, host);
        let PodWorker { pod, volumes, mounting, .. } = self;
        let mut mounter = Mounter { pod, node: host.node, tokens: &mut mounting.tokens };
        let mut source = Source::new(cx, host.objects, host.agent, pod);
        if failures.is_empty() {
            failures = volumes::set_up(volumes, &mut source, &mut mounter, remount);
        }
        for message in &failures {
            cx.note("mount-failed", [("message", message.into())]);
            let about = meta::object_reference(pod, &kinds::PODS.into());
            host.recorder.event_about(about, EventKind::Warning, "FailedMount", message);
        }
        failures.len()
    }

    /// Puts the pod's persistent volumes in their places, with what pods before it left on them. They lie on this node: a pod
    /// of another node, or one that has the volume at the same time, does not see what this one writes.
    fn attach_disks(&mut self, cx: &mut Context, host: &mut Host<'_>) -> Vec<Str> {
        let mut failures = Vec::new();
        let namespace = Str::from(self.pod["metadata"]["namespace"].str());
        for volume in self.pod["spec"]["volumes"].items() {
            let name = volume["name"].str();
            let claim = volume.at(&["persistentVolumeClaim", "claimName"]).str();
            if claim.is_empty() || self.volumes.contains_key(name) {
                continue;
            }
            let get = Request::get(kinds::PERSISTENTVOLUMECLAIMS, namespace.clone(), claim);
            let disk = match cx.api.call(get.by(host.agent)) {
                Ok(found) => Str::from(found.body["spec"]["volumeName"].str()),
                Err(error) => {
                    let why = error.message;
                    let what = format!(
                        "error processing PVC {namespace}/{claim}: failed to fetch PVC from API server: {why}"
                    );
                    failures.push(what.into());
                    continue;
                }
            };
            if let Some(tree) = host.disks.get(disk.as_str()) {
                self.volumes.insert(name.into(), tree.clone());
            }
            self.mounting.persistent.push((name.into(), disk));
        }
        failures
    }

    /// Takes the pod's volumes away; what lies on those that are persistent stays.
    pub(super) fn unmount_volumes(&mut self, host: &mut Host<'_>) {
        for (name, disk) in &self.mounting.persistent {
            if let Some(tree) = self.volumes.get(name.as_str()) {
                host.disks.insert(disk.as_str().into(), tree.clone());
            }
        }
        (self.volumes, self.mounting) = (Volumes::default(), Mounting::default());
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
            next.at(self.mounting.next_resync(at), Urgency::Upkeep);
        }
    }
}
