//! The play loop's timer. The page decides what a tick does (one step, or a slice of a run within its budget); this only
//! keeps the beat, outside the engine, which knows no wall clock.

use gloo_timers::callback::Interval;
use wasm_bindgen::prelude::*;

/// Ticks until it is dropped.
#[wasm_bindgen]
pub struct PlayTimer {
    _interval: Interval,
}

#[wasm_bindgen]
impl PlayTimer {
    /// Calls `tick` every `ms` milliseconds of wall time.
    #[wasm_bindgen(constructor)]
    pub fn new(ms: u32, tick: js_sys::Function) -> PlayTimer {
        // A tick that throws has already told the page; the beat goes on.
        let call = move || drop(tick.call0(&JsValue::NULL));
        PlayTimer { _interval: Interval::new(ms, call) }
    }
}
