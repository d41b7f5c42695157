//! `cargo xtask serve`: the playground on this machine.

use crate::phases::Phases;
use crate::{browser, build, http, page};
use anyhow::{Context, Result, bail};
use std::net::{SocketAddr, TcpListener};

/// The port people get to know, where it is free.
const USUAL_PORT: u16 = 8036;

/// Builds, listens, says where, and serves until interrupted.
pub fn run(args: &[String]) -> Result<()> {
    let (mut port, mut open) = (None, true);
    let mut args = args.iter();
    while let Some(argument) = args.next() {
        match argument.as_str() {
            "--port" => {
                let value = args.next().context("--port needs a number")?;
                port = Some(value.parse().with_context(|| format!("--port {value}: not a port"))?);
            }
            "--no-open" => open = false,
            other => bail!("serve knows --port N and --no-open, not {other:?}"),
        }
    }
    let (listener, address) = listen(port)?;
    let mut phases = Phases::start();
    build::all(&mut phases)?;
    page::print_sizes()?;
    phases.print();
    let url = format!("http://{address}/");
    println!("\nKubestep is at {url}   (Ctrl+C stops it)");
    if open {
        browser::open(&url);
    }
    http::serve(&listener, &page::dist());
    Ok(())
}

/// The port asked for or an error; without a wish, the usual port or else any free one.
fn listen(port: Option<u16>) -> Result<(TcpListener, SocketAddr)> {
    match port {
        Some(port) => http::listen(port),
        None => http::listen(USUAL_PORT).or_else(|_| http::listen(0)),
    }
}
