//! A browser: the person's own to open the page in, and a Chromium for the tests.
//!
//! The tests never download a browser of their own. They use an installed Chromium, Chrome or Edge; where there is
//! none, it is installed through the system's package manager if that is possible, and else an error says how.

use crate::run;
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Names on PATH, the most telling first.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
];

/// Where installers put it without touching PATH.
const PLACES: &[&str] = &[
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    "C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe",
];

/// The fonts are for what the tests look at: Latin metrics that do not vary, and Chinese.
const PACKAGES: &[&str] = &["chromium", "fonts-liberation", "fonts-noto-cjk"];

/// Shows `url` in the person's browser where there is one; without, nothing happens.
pub fn open(url: &str) {
    let (program, args): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/c", "start", ""])
    } else if std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some() {
        ("xdg-open", &[])
    } else {
        return;
    };
    let _ = Command::new(program).args(args).arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}

/// The Chromium to test with, installed first where there is none.
pub fn chromium() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let install = format!("apt-get install -y --no-install-recommends {}", PACKAGES.join(" "));
    let root = run::output({
        let mut id = Command::new("id");
        id.arg("-u");
        id
    })
    .is_ok_and(|id| id.trim() == "0");
    if cfg!(target_os = "linux") && root && on_path("apt-get").is_some() {
        println!("no Chromium found: installing it");
        run::ok(apt(&["update", "-q"]))?;
        run::ok(apt(&[&["install", "-q", "-y", "--no-install-recommends"], PACKAGES].concat()))?;
        if let Some(found) = find() {
            return Ok(found);
        }
    }
    bail!(
        "the browser tests need Chromium, Chrome or Edge, and none was found on PATH or in the usual places.\n\
         Debian, Ubuntu: sudo {install}\n\
         Fedora: sudo dnf install chromium    macOS: brew install --cask chromium    Windows: winget install Google.Chrome\n\
         Or name one: KUBESTEP_CHROMIUM=/path/to/chrome cargo xtask test"
    )
}

fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("KUBESTEP_CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    let on_path = NAMES.iter().find_map(|name| on_path(name));
    on_path.or_else(|| PLACES.iter().map(PathBuf::from).find(|place| place.is_file()))
}

/// Where a program is.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|dir| [dir.join(name), dir.join(format!("{name}.exe"))])
        .find(|file| file.is_file())
}

/// apt-get as a script uses it: asking nothing, and waiting for another one to finish.
pub fn apt(args: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-o", "DPkg::Lock::Timeout=300"]).args(args).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
