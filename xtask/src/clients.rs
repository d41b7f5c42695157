//! The clients that `kubestep serve` is tested with: kubectl and Python's venv.
//!
//! The tests use what is installed. Where something is missing, it is installed through the system's package manager if that is
//! possible; where it is not, the tests that need it say that they were not run. (An old kubectl does too little for some of them:
//! they say so as well.)

use crate::browser::{apt, on_path};
use crate::run;
use std::process::Command;

/// Installs what is missing, as far as that is possible.
pub fn ensure() {
    let mut missing = Vec::new();
    if on_path("kubectl").is_none() && std::env::var_os("KUBESTEP_KUBECTL").is_none() {
        missing.push("kubernetes-client");
    }
    let venv = {
        let mut python = Command::new("python3");
        python.args(["-c", "import venv, ensurepip"]);
        run::succeeds(python)
    };
    if !venv {
        missing.extend(["python3", "python3-venv"]);
    }
    if missing.is_empty() || on_path("apt-get").is_none() {
        return;
    }
    println!("installing {}", missing.join(" "));
    let installed = run::ok(apt(&["update", "-q"])).and_then(|()| {
        run::ok(apt(&[&["install", "-q", "-y", "--no-install-recommends"], missing.as_slice()].concat()))
    });
    if let Err(error) = installed {
        println!("{error:#}");
    }
}
