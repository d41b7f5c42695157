//! `--raw`: a path of the API, asked as it stands.

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::Arguments;
use crate::api::Status;
use crate::client::Api;

/// Asks over HTTP: a method, a path with its query, a body. The text of the answer, or why there is none.
pub type Ask = fn(&mut dyn Api, method: &str, target: &str, body: &str) -> Result<String, Status>;

/// Asks what the flag says, with the file that goes with it.
pub(super) fn run(cli: &mut Cli, method: &str, args: &Arguments) -> Result<Flow, Failure> {
    let target = args.get("raw").to_string();
    if !target.starts_with('/') {
        let message = format!("--raw must be a valid URL path: parse {target:?}: invalid URI for request");
        return Err(Failure::error(message));
    }
    let body = match args.list("filename").as_slice() {
        [] if matches!(method, "GET" | "DELETE") => String::new(),
        [path] if path == "-" => cli.stdin.to_string(),
        [path] => {
            let missing = || Failure::error(format!("open {path}: no such file or directory"));
            cli.text(path.trim_start_matches("./")).ok_or_else(missing)?.to_string()
        }
        _ => return Err(Failure::error("--raw can only use a single local file or stdin")),
    };
    let text = (cli.env.raw)(cli.env.api, method, &target, &body)?;
    cli.print(text.trim_end_matches('\n'));
    Ok(Flow::Exit(0))
}
