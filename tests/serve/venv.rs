//! [`folder`]: a Python environment in the target folder, made when it is first wanted: clients come in Python packages.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of programs of an environment of that name, into which `pip install` with these words has put something. What is
/// there and `works` is taken as it is.
pub fn folder(name: &str, words: &[&str], works: &dyn Fn(&Path) -> bool) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let programs = folder.join("bin");
    if works(&programs) {
        return Ok(programs);
    }
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(Command::new(programs.join("python")).args(["-m", "pip", "install", "-q"]).args(words))?;
    if works(&programs) {
        Ok(programs)
    } else {
        Err(format!("{} is installed and does not work", words.join(" ")))
    }
}
