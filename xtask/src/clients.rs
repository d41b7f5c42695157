//! The clients that `kubestep serve` is tested with come in Python packages, which the tests install into the target folder: so
//! they need Python and its venv. Where these are missing, they are installed through the system's package manager if that is
//! possible; where it is not, the tests say that they were not run.

use crate::browser::{apt, on_path};
use crate::run;
use std::process::Command;

const MISSING: &[&str] = &["python3", "python3-venv"];

/// Installs what is missing, as far as that is possible.
pub fn ensure() {
    let venv = {
        let mut python = Command::new("python3");
        python.args(["-c", "import venv, ensurepip"]);
        run::succeeds(python)
    };
    if venv || on_path("apt-get").is_none() {
        return;
    }
    println!("installing {}", MISSING.join(" "));
    let installed = run::ok(apt(&["update", "-q"])).and_then(|()| {
        run::ok(apt(&[&["install", "-q", "-y", "--no-install-recommends"], MISSING].concat()))
    });
    if let Err(error) = installed {
        println!("{error:#}");
    }
}
