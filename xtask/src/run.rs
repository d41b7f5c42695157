//! Child processes: started in a folder of the repository, with errors that name what was run.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's top folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_path_buf()
}

/// The page's folder.
pub fn www() -> PathBuf {
    root().join("www")
}

/// Where cargo puts what it builds: `CARGO_TARGET_DIR` where set, else `target`.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The cargo that runs us.
pub fn cargo(args: &[&str]) -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), args, &root())
}

/// The program `name` of Node: `node` itself, or one of its scripts (`npm`).
pub fn node(name: &str, args: &[&str]) -> Command {
    let program = if cfg!(windows) && name != "node" { format!("{name}.cmd") } else { name.to_owned() };
    command(&program, args, &www())
}

/// A tool of `www/node_modules`, by the path of its script inside its package.
pub fn node_tool(script: &str, args: &[&str]) -> Command {
    let mut command = node("node", &[&format!("node_modules/{script}")]);
    command.args(args);
    command
}

fn command(program: &str, args: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir);
    command
}

/// Runs to the end, sharing our output; an exit code other than 0 is an error.
pub fn ok(mut command: Command) -> Result<()> {
    let name = shown(&command);
    let status = command.status().with_context(|| missing(&name))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs to the end and returns what it printed; its errors go to ours.
pub fn output(mut command: Command) -> Result<String> {
    let name = shown(&command);
    let output = command.stderr(std::process::Stdio::inherit()).output().with_context(|| missing(&name))?;
    if !output.status.success() {
        bail!("`{name}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{name}` did not print UTF-8"))
}

/// Whether the program can be started and says 0.
pub fn succeeds(mut command: Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

fn missing(name: &str) -> String {
    let program = name.split(' ').next().unwrap_or(name);
    let hint = match program {
        "node" | "npm" | "npm.cmd" => " (install Node 20.19 or newer)",
        "rustup" => " (install Rust with rustup)",
        _ => "",
    };
    format!("cannot start `{program}`{hint}")
}
