//! What is typed at the terminal: each line of the input is one. It ends, or an interrupt ends it.
#![no_main]

use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::{Files, Playground};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: busybox}]}\n";
    let files = Files::from_iter([(Str::from("f.yaml"), Str::from(file))]);
    let mut playground = Playground::new(Config::new(1, 1), files);
    for line in text.lines().take(4) {
        playground.complete(line, line.len());
        playground.command(line);
        for _ in 0..30 {
            if !playground.desk().terminal().is_running() || playground.step(0).is_none() {
                break;
            }
        }
        playground.interrupt();
        assert!(!playground.desk().terminal().is_running(), "{line:?} goes on after the interrupt");
    }
});
