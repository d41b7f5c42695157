//! A session at a terminal, as text.

use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::{Files, Playground};

/// Types the lines, one after the other.
pub fn session(files: &[(&str, &str)], lines: &[&str]) -> String {
    let files: Files = files.iter().map(|(name, text)| (Str::from(*name), Str::from(*text))).collect();
    let mut playground = Playground::new(Config::new(1, 1), files);
    let mut text = String::new();
    for line in lines {
        playground.command(line);
        // A shell in a container waits for what is typed next.
        let waits = |playground: &Playground| playground.desk().is_idle();
        for _ in 0..10_000 {
            if !playground.desk().terminal().is_running() || waits(&playground) {
                break;
            }
            playground.step(0).expect("the command ends");
        }
        text.push_str(&format!("$ {line}\n"));
        let entry = playground.terminal_entries().last().expect("the command");
        entry.output.iter().for_each(|o| text.push_str(&o.text));
        if !text.ends_with('\n') {
            text.push_str("⏎\n");
        }
    }
    text
}
