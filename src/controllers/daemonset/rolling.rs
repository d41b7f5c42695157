//! `rollingUpdate`: replacing pods of an older template, no more at a time than may be missing (`maxUnavailable`) or than
//! there may be twice (`maxSurge`). It deletes; what is missing then, the next sync creates.

use super::{DaemonSetController, Sync};
use crate::api::views::apps_v1::DaemonSet;
use crate::api::{Status, meta, revision as rev};
use crate::client::Context;
use crate::controllers::pods::until_available;
use crate::json::{Json, Str};
use std::time::Duration;

/// Whether pods are made before those that they replace are deleted.
pub fn allows_surge(set: &DaemonSet) -> bool {
    let strategy = set.spec().update_strategy();
    strategy.r#type() == "RollingUpdate" && scaled(strategy.rolling_update().max_surge(), 100) > 0
}

/// Whether a pod is of the present template.
pub fn is_updated(sync: &Sync, pod: &Json) -> bool {
    pod["metadata"]["labels"][rev::CONTROLLER_REVISION].str() == &*sync.hash
}

/// A number, or a percentage of the nodes, rounded up.
fn scaled(value: &Json, nodes: usize) -> usize {
    match value.as_str() {
        Some(text) => (text.trim_end_matches('%').parse().unwrap_or(0) * nodes).div_ceil(100),
        None => value.as_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
    }
}

impl DaemonSetController {
    pub(super) fn rolling_update(&mut self, cx: &mut Context, sync: &Sync) -> Result<(), Status> {
        let strategy = sync.set.spec().update_strategy();
        if strategy.r#type() != "RollingUpdate" {
            return Ok(());
        }
        let wanted = sync.places.iter().filter(|place| place.should_run).count();
        let rolling = strategy.rolling_update();
        let surge = scaled(rolling.max_surge(), wanted);
        let unavailable = scaled(rolling.max_unavailable(), wanted);
        let most = if surge > 0 { surge } else { unavailable.max(usize::from(wanted > 0)) };
        let seconds = sync.set.spec().min_ready_seconds().unwrap_or(0);
        let available = |pod: &Json| until_available(pod, seconds, cx.now) == Some(Duration::ZERO);

        // Where a pod of the older template does no work it may go in any case; of the others as many as there is room for.
        let (mut free, mut candidates, mut done, mut busy) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for place in sync.places.iter().filter(|place| place.should_run || !place.pods.is_empty()) {
            let (mut new, mut old) = (Vec::new(), Vec::new());
            for pod in place.pods.iter().filter(|pod| !meta::is_being_deleted(pod)) {
                if is_updated(sync, pod) { new.push(pod) } else { old.push(pod) }
            }
            match (new.as_slice(), old.as_slice()) {
                ([], [old]) if available(old) => candidates.push((place, *old)),
                ([], [old]) => free.push((place, *old)),
                ([new], [old]) if surge > 0 && available(new) => done.push((*old).clone()),
                ([_], [_]) => busy += 1,
                // The other loop has to create one, or to delete some.
                ([], []) => busy += usize::from(surge == 0),
                ([new], []) => busy += usize::from(surge == 0 && !available(new)),
                _ => busy += 1,
            }
        }
        let room = most.saturating_sub(busy);
        let values = [("old", free.len() + candidates.len()), ("busy", busy), ("most", most)];
        cx.note("daemon-rolling", values.map(|(key, n)| (key, n.into())));
        let chosen = free.into_iter().chain(candidates.into_iter().take(room));
        if surge > 0 {
            let nodes: Vec<Str> =
                chosen.map(|(place, _)| Str::from(place.node["metadata"]["name"].str())).collect();
            return self.sync_nodes(cx, sync, &done, &nodes);
        }
        let surplus: Vec<Json> = chosen.map(|(_, old)| old.clone()).collect();
        self.sync_nodes(cx, sync, &surplus, &[])
    }
}
