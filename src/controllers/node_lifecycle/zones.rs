//! How many nodes of a zone may be emptied, and how fast: where most of a zone is gone, it is the zone that is broken, or
//! the way to it, and moving all its pods would help nobody.
//!
//! Upstream: `handleDisruption`, `ComputeZoneState` in `node_lifecycle_controller.go`.

use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// A node is tainted `NoExecute` every ten seconds (`--node-eviction-rate` 0.1) …
const INTERVAL: Duration = Duration::from_secs(10);
/// … and in a large zone that is disrupted in part, every hundred (`--secondary-node-eviction-rate` 0.01).
const REDUCED: Duration = Duration::from_secs(100);
/// Smaller zones that are disrupted in part are left alone (`--large-cluster-size-threshold`).
const LARGE: usize = 50;
/// From this share of nodes that are not ready on, in hundredths (`--unhealthy-zone-threshold` 0.55).
const UNHEALTHY: usize = 55;

/// How a zone is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZoneState {
    /// Nothing is known yet.
    #[default]
    Initial,
    /// Most of its nodes are ready.
    Normal,
    /// More than half of them, and more than two, are not.
    PartialDisruption,
    /// None is.
    FullDisruption,
}

impl ZoneState {
    /// Of so many nodes that are ready, and so many that are not.
    pub fn of(ready: usize, not_ready: usize) -> ZoneState {
        match () {
            () if ready == 0 && not_ready > 0 => ZoneState::FullDisruption,
            () if not_ready > 2 && not_ready * 100 >= (ready + not_ready) * UNHEALTHY => {
                ZoneState::PartialDisruption
            }
            () => ZoneState::Normal,
        }
    }

    /// Its name upstream.
    pub fn name(self) -> &'static str {
        match self {
            ZoneState::Initial => "Initial",
            ZoneState::Normal => "Normal",
            ZoneState::PartialDisruption => "PartialDisruption",
            ZoneState::FullDisruption => "FullDisruption",
        }
    }
}

/// The nodes of a zone, and when the next of them may be tainted.
#[derive(Clone, Debug)]
pub struct Zone {
    /// How it is.
    pub state: ZoneState,
    /// `None`: no node is tainted.
    interval: Option<Duration>,
    next: Time,
}

impl Default for Zone {
    fn default() -> Zone {
        Zone { state: ZoneState::Initial, interval: Some(INTERVAL), next: Time::default() }
    }
}

impl Zone {
    /// It is in another state now.
    pub fn enter(&mut self, state: ZoneState, nodes: usize) {
        self.state = state;
        self.interval = match state {
            ZoneState::PartialDisruption if nodes <= LARGE => None,
            ZoneState::PartialDisruption => Some(REDUCED),
            _ => Some(INTERVAL),
        };
    }

    /// No node is tainted any more.
    pub fn stop(&mut self) {
        (self.state, self.interval) = (ZoneState::FullDisruption, None);
    }

    /// Whether a node may be tainted now; if not, how long to wait, or `None` for ever.
    pub fn try_accept(&mut self, now: Time) -> Result<(), Option<Duration>> {
        let interval = self.interval.ok_or(None)?;
        if now < self.next {
            return Err(Some(self.next.since(now)));
        }
        self.next = now + interval;
        Ok(())
    }
}

/// The zone of a node (`GetZoneKey`).
pub fn zone_of(node: &Json) -> Str {
    let label = |key: &str| node["metadata"]["labels"][key].str();
    let (region, zone) = (label("topology.kubernetes.io/region"), label("topology.kubernetes.io/zone"));
    if region.is_empty() && zone.is_empty() { Str::default() } else { format!("{region}:{zone}").into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_disrupted_when_most_of_it_is_gone() {
        let cases = [
            (3, 0, "Normal"),
            (1, 2, "Normal"),
            (0, 3, "FullDisruption"),
            (0, 1, "FullDisruption"),
            (2, 3, "PartialDisruption"),
            (3, 3, "Normal"),
        ];
        for (ready, not_ready, state) in cases {
            assert_eq!(ZoneState::of(ready, not_ready).name(), state, "{ready} ready, {not_ready} not");
        }
    }

    #[test]
    fn a_zone_lets_one_node_go_every_ten_seconds() {
        let now = Time::from_secs(1000);
        let mut zone = Zone::default();
        assert_eq!(zone.try_accept(now), Ok(()));
        assert_eq!(zone.try_accept(now + Duration::from_secs(4)), Err(Some(Duration::from_secs(6))));
        assert_eq!(zone.try_accept(now + INTERVAL), Ok(()));
        zone.stop();
        assert_eq!(zone.try_accept(now + REDUCED), Err(None));
    }
}
