//! Faults, switches and breakpoints, for the page.

use super::door::{Playground, fault, to_js};
use super::model::{BreakpointView, Mechanisms, RunningContainer, SwitchView, WorkersView};
use crate::api::kinds;
use crate::cluster::{Fault, World};
use crate::controllers::{SWITCHES, Stage};
use crate::playground::Breakpoint;
use wasm_bindgen::prelude::*;

/// At most this many running containers are offered.
const MOST_CONTAINERS: usize = 50;

#[wasm_bindgen]
impl Playground {
    /// What can be broken, switched and marked, and how it stands.
    #[wasm_bindgen(unchecked_return_type = "Mechanisms")]
    pub fn mechanisms(&self) -> JsValue {
        let mut all = of(self.engine.desk().world());
        all.breakpoints = self
            .engine
            .breakpoints()
            .iter()
            .map(|b| BreakpointView { controller: b.controller.to_string(), place: b.place.to_string() })
            .collect();
        to_js(&all)
    }

    /// Lets a fault happen: `node-down node-2`, `expectations off`, …
    pub fn fault(&mut self, words: &str) -> Result<(), JsValue> {
        let suffered = Fault::parse(words).and_then(|wanted| self.engine.fault(wanted));
        suffered.map(drop).ok_or_else(|| fault("notEnabled", words))
    }

    /// Marks a place where a run is to stop, or takes the mark away.
    #[wasm_bindgen(js_name = toggleBreakpoint)]
    pub fn toggle_breakpoint(&mut self, controller: &str, place: &str) {
        self.engine.toggle_breakpoint(Breakpoint { controller: controller.into(), place: place.into() });
    }
}

fn of(world: &World) -> Mechanisms {
    let manager = world.manager();
    let followed = manager.caches().reflectors().filter(|reflector| !reflector.is_of_ownership());
    let deliveries = followed.map(|reflector| {
        let resource = reflector.resource();
        SwitchView { name: resource.qualified(), on: world.delivers(resource) }
    });
    let running = world.server().list(&kinds::PODS.into()).into_iter().flat_map(|pod| {
        let key = crate::api::ObjectKey::of(&pod);
        let statuses = pod.at(&["status", "containerStatuses"]).items().to_vec();
        let running = statuses.into_iter().filter(|status| !status["state"]["running"].is_null());
        running.map(move |status| RunningContainer {
            pod: key.to_string(),
            container: status["name"].str().into(),
        })
    });
    let armed = world.armed().map(|(controller, call, how)| {
        Fault::FailCall { controller: controller.clone(), call, how }.to_string()
    });
    Mechanisms {
        stage: match manager.stage() {
            Stage::WaitForApiServer => "api",
            Stage::NewControllers => "controllers",
            Stage::WaitForCacheSync => "caches",
            Stage::Running => "running",
        }
        .into(),
        switches: SWITCHES
            .iter()
            .map(|switch| SwitchView { name: switch.name().into(), on: manager.switches().is_on(*switch) })
            .collect(),
        deliveries: deliveries.collect(),
        queues: manager
            .queues()
            .map(|queue| WorkersView { queue: queue.name.into(), count: queue.workers as u32 })
            .collect(),
        nodes: world
            .kubelets()
            .iter()
            .map(|kubelet| SwitchView { name: kubelet.node_name().into(), on: !kubelet.is_down() })
            .collect(),
        containers: running.take(MOST_CONTAINERS).collect(),
        armed: armed.unwrap_or_default(),
        breakpoints: Vec::new(),
    }
}
