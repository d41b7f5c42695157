//! `--raw`: a path of the API instead of a kind and a name.

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::Arguments;

/// Sends it, and prints what comes back as it is.
pub(super) fn run(cli: &mut Cli, method: &str, args: &Arguments) -> Result<Flow, Failure> {
    let files = args.list("filename");
    if !args.words.is_empty() && method == "GET" {
        return Err(Failure::error("arguments may not be passed when --raw is specified"));
    }
    let body = match (method, files.as_slice()) {
        ("GET" | "DELETE", []) => Default::default(),
        (_, [file]) => {
            let file = if file == "-" { "/dev/stdin" } else { file };
            let missing = || Failure::error(format!("open {file}: no such file or directory"));
            cli.text(file).ok_or_else(missing)?
        }
        _ => return Err(Failure::error("--raw can only use a single local file or stdin")),
    };
    let text = (cli.env.raw)(cli.env.api, method, args.get("raw"), &body)?;
    cli.print(text);
    Ok(Flow::Exit(0))
}
