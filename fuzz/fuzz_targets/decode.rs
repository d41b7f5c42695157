//! A manifest as kubectl reads it, applied: `kubectl apply -f f.yaml`, and once more.
#![no_main]

use kubestep::cluster::Config;
use kubestep::playground::{Files, Playground};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static START: OnceLock<Config> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let config = START.get_or_init(|| Config::new(1, 1)).clone();
    let mut playground = Playground::new(config, Files::default());
    playground.set_file("f.yaml", Some(text));
    for line in ["kubectl apply -f f.yaml", "kubectl apply -f f.yaml --server-side --force-conflicts"] {
        playground.command(line);
        for _ in 0..20 {
            if !playground.desk().terminal().is_running() || playground.step(0).is_none() {
                break;
            }
        }
        playground.interrupt();
    }
});
