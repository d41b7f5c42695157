//! [`Resources`]: amounts of cpu, memory and what else nodes offer and pods ask for.

use crate::api::quantity::Quantity;
use crate::collections::Map;
use crate::json::{Json, Str};

/// An amount of each resource: cpu in thousandths, everything else in whole units. Upstream: `framework.Resource`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resources(Map<Str, i64>);

/// What a pod that asks for nothing counts as while nodes are scored (`util.DefaultMilliCPURequest`, 200 MiB).
const UNSAID: [(&str, i64); 2] = [("cpu", 100), ("memory", 200 * 1024 * 1024)];

impl Resources {
    /// The amounts of a resource list (`{"cpu": "500m"}`); what cannot be read counts as nothing.
    pub fn of_list(list: &Json) -> Resources {
        Resources(list.entries().iter().map(|(name, value)| (name.clone(), amount(name, value))).collect())
    }

    /// What a pod asks for: the sum of its containers and sidecars, or its most demanding init container if that is
    /// more, plus the overhead (`resourcehelper.PodRequests`).
    pub fn of_pod(pod: &Json) -> Resources {
        let spec = &pod["spec"];
        let mut running = Resources::default();
        for container in spec["containers"].items() {
            running.add(&Resources::of_list(container.at(&["resources", "requests"])));
        }
        let (mut sidecars, mut peak) = (Resources::default(), Resources::default());
        for container in spec["initContainers"].items() {
            let mut asked = Resources::of_list(container.at(&["resources", "requests"]));
            if container["restartPolicy"].str() == "Always" {
                sidecars.add(&asked);
                running.add(&asked);
                peak.raise(&sidecars);
            } else {
                asked.add(&sidecars);
                peak.raise(&asked);
            }
        }
        running.raise(&peak);
        let whole = Resources::of_list(spec.at(&["resources", "requests"]));
        for (name, value) in whole.0 {
            running.0.insert(name, value);
        }
        running.add(&Resources::of_list(&spec["overhead"]));
        running
    }

    /// The same with the defaults for what a pod leaves unsaid.
    pub fn or_unsaid(&self) -> Resources {
        let mut all = self.clone();
        for (name, value) in UNSAID {
            if all.get(name) == 0 {
                all.0.insert(Str::fixed(name), value);
            }
        }
        all
    }

    /// The amount of one resource; 0 where there is none.
    pub fn get(&self, name: &str) -> i64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// The resources with an amount, cpu and memory first as upstream checks them, then by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, i64)> {
        const FIRST: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
        let first = FIRST.into_iter().map(|name| (name, self.get(name)));
        let others = self.0.iter().map(|(name, value)| (name.as_str(), *value));
        first.chain(others.filter(|(name, _)| !FIRST.contains(name))).filter(|(_, value)| *value > 0)
    }

    /// Adds another's amounts.
    pub fn add(&mut self, other: &Resources) {
        for (name, value) in &other.0 {
            let sum = self.get(name).saturating_add(*value);
            self.0.insert(name.clone(), sum);
        }
    }

    /// Takes another's amounts away.
    pub fn subtract(&mut self, other: &Resources) {
        for (name, value) in &other.0 {
            let rest = self.get(name).saturating_sub(*value);
            self.0.insert(name.clone(), rest);
        }
    }

    fn raise(&mut self, other: &Resources) {
        for (name, value) in &other.0 {
            let most = self.get(name).max(*value);
            self.0.insert(name.clone(), most);
        }
    }
}

fn amount(name: &str, value: &Json) -> i64 {
    let quantity = match value {
        Json::Int(i) => Some(Quantity::from_int(*i)),
        other => Quantity::parse(other.str()),
    };
    quantity.map_or(0, |q| if name == "cpu" { q.milli() } else { q.value() })
}
