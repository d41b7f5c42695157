//! Commands that need what no page has: a metrics server, a network to the pods, a disk of one's own. Their mistakes are told in
//! upstream's words; then it is said what is missing.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::{Flow, help, names};
use crate::api::kinds;

/// `kubectl top`: nothing measures pods and nodes here, as in a cluster without the metrics server.
pub(super) fn top(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    const COMMON: &[Flag] = &[
        ("selector", 'l', Takes::Value),
        ("sort-by", ' ', Takes::Value),
        ("no-headers", ' ', Takes::Nothing),
        ("use-protocol-buffers", ' ', Takes::Nothing),
        ("show-swap", ' ', Takes::Nothing),
        ("show-capacity", ' ', Takes::Nothing),
        ("all-namespaces", 'A', Takes::Nothing),
        ("containers", ' ', Takes::Nothing),
        ("field-selector", ' ', Takes::Value),
        ("sum", ' ', Takes::Nothing),
    ];
    const OF_PODS: [&str; 4] = ["all-namespaces", "containers", "field-selector", "sum"];
    let (command, usage) = match args.first().map_or("", String::as_str) {
        "pod" | "pods" | "po" => ("pod", "pod [NAME | -l label]"),
        "node" | "nodes" | "no" => ("node", "node [NAME | -l label]"),
        _ => return help::group(cli, "top", args),
    };
    let of_nodes = |flag: &&Flag| command == "pod" || !OF_PODS.contains(&flag.0);
    let of_kind = |flag: &&Flag| command == "node" || flag.0 != "show-capacity";
    let flags: Vec<Flag> = COMMON.iter().filter(of_nodes).filter(of_kind).copied().collect();
    let command = format!("top {command}");
    let args = flags::parse(&command, &args[1..], &flags)?;
    if args.words.len() > 1 {
        return Err(Failure::usage(&command, usage));
    }
    if !matches!(args.get("sort-by"), "" | "cpu" | "memory") {
        return Err(Failure::error("--sort-by accepts only cpu or memory"));
    }
    if !args.words.is_empty() && (args.has("selector") || args.has("field-selector")) {
        return Err(Failure::error("only one of NAME or selector can be provided"));
    }
    Err(Failure::error("Metrics API not available"))
}

/// `kubectl port-forward`
pub(super) fn port_forward(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let flags = [("address", ' ', Takes::Value), ("pod-running-timeout", ' ', Takes::Value)];
    let args = flags::parse("port-forward", args, &flags)?;
    if args.words.len() < 2 {
        let why = "TYPE/NAME and list of ports are required for port-forward";
        return Err(Failure::usage("port-forward", why));
    }
    there(cli, &args)?;
    Err(Failure::error(
        "the pods' network has no way out of this page, so no port of yours can lead into it; `kubectl exec` runs a client inside",
    ))
}

/// The pod that the first word names, or what it belongs to, must be there.
fn there(cli: &mut Cli, args: &Arguments) -> Result<(), Failure> {
    let word = &args.words[0];
    if !word.contains('/') {
        cli.get(&kinds::PODS.into(), args.namespace(), word)?;
        return Ok(());
    }
    for target in names::targets(cli, &args.words[..1])? {
        cli.get(&target.resource, args.namespace(), &target.name)?;
    }
    Ok(())
}

/// `kubectl cp`
pub(super) fn cp(args: &[String]) -> Result<Flow, Failure> {
    let flags = [
        ("container", 'c', Takes::Value),
        ("no-preserve", ' ', Takes::Nothing),
        ("retries", ' ', Takes::Value),
    ];
    let args = flags::parse("cp", args, &flags)?;
    let [from, to] = args.words.as_slice() else {
        return Err(Failure::error("source and destination are required"));
    };
    let remote = |path: &String| path.split_once(':').is_some_and(|(pod, _)| !pod.is_empty());
    Err(Failure::error(match (remote(from), remote(to)) {
        (true, true) => "one of src or dest must be a local file specification",
        (false, false) => "one of src or dest must be a remote file specification",
        _ if from.ends_with(':') || to.ends_with(':') => "filepath can not be empty",
        _ => {
            "no archive travels between this terminal and a container; `kubectl exec POD -- cat FILE > FILE` copies a file"
        }
    }))
}

/// `kubectl debug`
pub(super) fn debug(args: &[String]) -> Result<Flow, Failure> {
    let flags = [
        ("arguments-only", ' ', Takes::Nothing),
        ("attach", ' ', Takes::Nothing),
        ("container", 'c', Takes::Value),
        ("copy-to", ' ', Takes::Value),
        ("env", ' ', Takes::Value),
        ("filename", 'f', Takes::Value),
        ("image", ' ', Takes::Value),
        ("image-pull-policy", ' ', Takes::Value),
        ("profile", ' ', Takes::Value),
        ("quiet", 'q', Takes::Nothing),
        ("replace", ' ', Takes::Nothing),
        ("same-node", ' ', Takes::Nothing),
        ("set-image", ' ', Takes::Value),
        ("share-processes", ' ', Takes::Nothing),
        ("stdin", 'i', Takes::Nothing),
        ("target", ' ', Takes::Value),
        ("tty", 't', Takes::Nothing),
    ];
    let args = flags::parse("debug", args, &flags)?;
    Err(Failure::error(match (args.has("copy-to"), args.has("image")) {
        (true, false) if !args.has("set-image") && args.rest.is_none() => {
            "you must specify --image, --set-image or command arguments."
        }
        (false, _) if args.is("replace") => "--replace may only be used with --copy-to.",
        (false, _) if args.is("same-node") => "--same-node may only be used with --copy-to.",
        (false, _) if args.has("set-image") => "--set-image may only be used with --copy-to.",
        (false, false) => "you must specify --image when not using --copy-to.",
        _ if args.words.is_empty() && !args.has("filename") => "NAME or filename is required for debug",
        _ => "the kubelets here run no ephemeral containers; `kubectl exec` looks into one that runs",
    }))
}

/// `kubectl proxy`, `completion`, `plugin`: each a word of its own.
pub(super) fn of_the_host(command: &str, args: &[String]) -> Result<Flow, Failure> {
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    Err(match (command, words.as_slice()) {
        ("completion", []) => Failure::usage("completion", "Shell not specified."),
        ("completion", [shell]) if !["bash", "zsh", "fish", "powershell"].contains(shell) => {
            Failure::usage("completion", format!("Unsupported shell type {shell:?}."))
        }
        ("completion", [_]) => Failure::error("this terminal completes kubectl's words by itself: press Tab"),
        ("completion", _) => {
            Failure::usage("completion", "Too many arguments. Expected only the shell type.")
        }
        ("plugin", _) => Failure::error("unable to find any kubectl plugins in your PATH"),
        _ => Failure::error(
            "nothing can listen on a port inside a page; `kubectl get --raw /PATH` asks the API server directly",
        ),
    })
}
