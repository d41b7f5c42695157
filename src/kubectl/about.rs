//! What each command is for, in a line; `kubectl help` is made of these, and so is `--help`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::{COMMANDS, Flow};

/// A group of commands, as upstream's help has them.
struct Group {
    title: &'static str,
    /// Name, what it does, what follows it.
    commands: &'static [(&'static str, &'static str, &'static str)],
}

const TYPES: &str = "(TYPE NAME | TYPE/NAME | -f FILENAME)";

static GROUPS: &[Group] = &[
    Group {
        title: "Basic Commands (Beginner)",
        commands: &[
            ("create", "Create a resource from a file or from stdin", "(-f FILENAME | TYPE NAME)"),
            ("expose", "Make a new service for a pod, a service or what makes pods", TYPES),
            ("run", "Run a particular image on the cluster", "NAME --image=IMAGE [-- COMMAND…]"),
            ("set", "Set specific features on objects", "SUBCOMMAND"),
        ],
    },
    Group {
        title: "Basic Commands (Intermediate)",
        commands: &[
            ("explain", "Get documentation for a resource", "TYPE[.FIELD…]"),
            ("get", "Display one or many resources", "(TYPE [NAME | -l LABEL] | TYPE/NAME… | -f FILENAME)"),
            ("edit", "Edit a resource: here, in the panel beside the terminal", TYPES),
            (
                "delete",
                "Delete resources by files, names or selectors",
                "(TYPE (NAME | -l LABEL | --all) | -f FILENAME)",
            ),
        ],
    },
    Group {
        title: "Deploy Commands",
        commands: &[
            ("rollout", "Manage the rollout of a resource", "SUBCOMMAND"),
            (
                "scale",
                "Set a new size for what makes pods",
                "--replicas=COUNT (TYPE NAME | TYPE/NAME | -f FILENAME)",
            ),
            ("autoscale", "Let an autoscaler choose the size", "--max=MAXPODS (TYPE NAME | TYPE/NAME)"),
        ],
    },
    Group {
        title: "Cluster Management Commands",
        commands: &[
            ("certificate", "Modify certificate resources", "SUBCOMMAND"),
            ("cluster-info", "Display where the cluster is", ""),
            ("top", "Display resource usage, where something measures it", "SUBCOMMAND"),
            ("cordon", "Mark node as unschedulable", "NODE"),
            ("uncordon", "Mark node as schedulable", "NODE"),
            ("drain", "Drain node in preparation for maintenance", "NODE"),
            (
                "taint",
                "Update the taints on one or more nodes",
                "nodes NAME KEY[=VALUE]:EFFECT… KEY[:EFFECT]-…",
            ),
        ],
    },
    Group {
        title: "Troubleshooting and Debugging Commands",
        commands: &[
            ("describe", "Show details of a resource or of several", TYPES),
            (
                "logs",
                "Print the logs for a container in a pod",
                "(POD | TYPE/NAME | -l LABEL) [-c CONTAINER]",
            ),
            ("attach", "Attach to a running container", "(POD | TYPE/NAME)"),
            ("exec", "Execute a command in a container", "(POD | TYPE/NAME) [-c CONTAINER] -- COMMAND…"),
            ("port-forward", "Forward ports to a pod", "TYPE/NAME [LOCAL:]REMOTE…"),
            ("proxy", "Run a proxy to the API server", ""),
            ("cp", "Copy files to and from containers", "FROM TO"),
            ("auth", "Inspect authorization", "SUBCOMMAND"),
            ("debug", "Debug pods and nodes", "(POD | TYPE/NAME) --image=IMAGE"),
            ("events", "List events", "[--for TYPE/NAME] [--types=Normal,Warning]"),
        ],
    },
    Group {
        title: "Advanced Commands",
        commands: &[
            ("diff", "Show what an apply would change", "(-f FILENAME | -k FOLDER)"),
            ("apply", "Bring objects to what files say", "(-f FILENAME | -k FOLDER)"),
            (
                "patch",
                "Update fields of a resource",
                "(TYPE NAME | -f FILENAME) (-p PATCH | --patch-file FILE)",
            ),
            ("replace", "Replace a resource by file name or stdin", "-f FILENAME"),
            (
                "wait",
                "Wait for a condition on one or many resources",
                "(TYPE NAME | TYPE/NAME | -f FILENAME) --for=WHAT",
            ),
            ("kustomize", "Print what a kustomization makes", "FOLDER"),
        ],
    },
    Group {
        title: "Settings Commands",
        commands: &[
            ("label", "Update the labels on a resource", "(TYPE NAME | -f FILENAME) KEY=VALUE… KEY-…"),
            (
                "annotate",
                "Update the annotations on a resource",
                "(TYPE NAME | -f FILENAME) KEY=VALUE… KEY-…",
            ),
            ("completion", "Completion of a shell's words", "SHELL"),
        ],
    },
    Group {
        title: "Other Commands",
        commands: &[
            ("api-resources", "Print the supported API resources on the server", ""),
            ("api-versions", "Print the supported API versions on the server", ""),
            ("config", "Look at the kubeconfig and change it", "SUBCOMMAND"),
            ("plugin", "Find programs that extend kubectl", "list"),
            ("version", "Print the client and server version information", ""),
        ],
    },
];

/// The flags of every command, as `(short, name=default, what it does)`.
static EVERYWHERE: &[(&str, &str, &str)] = &[
    ("", "as=''", "User to impersonate for the operation."),
    ("", "as-group=[]", "Group to impersonate for the operation; may be repeated."),
    ("", "as-uid=''", "UID to impersonate for the operation."),
    ("", "as-user-extra=[]", "User extras to impersonate for the operation; may be repeated."),
    ("", "cluster=''", "The name of the kubeconfig cluster to use"),
    ("", "context=''", "The name of the kubeconfig context to use"),
    ("", "kubeconfig=''", "Path to the kubeconfig file to use for CLI requests."),
    ("-n, ", "namespace=''", "If present, the namespace scope for this CLI request"),
    ("", "request-timeout='0'", "How long to wait for one answer of the server; zero means without end."),
    ("-s, ", "server=''", "The address and port of the Kubernetes API server"),
    ("", "user=''", "The name of the kubeconfig user to use"),
    ("-v, ", "v=0", "number for the log level verbosity"),
    (
        "",
        "warnings-as-errors=false",
        "Treat warnings of the server as errors, and end with a non-zero exit code",
    ),
];

/// `kubectl options`
pub(super) fn options(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    flags::parse("options", args, &[])?;
    cli.line("The following options can be passed to any command:");
    for (short, flag, text) in EVERYWHERE {
        let indent = if short.is_empty() { "    " } else { short };
        cli.line(format!("\n    {indent}--{flag}:\n\t{text}").replace("\n        --", "\n    --"));
    }
    Ok(Flow::Exit(0))
}

/// `kubectl help`
pub(super) fn all() -> String {
    let mut out = String::from("kubectl controls the Kubernetes cluster manager.\n");
    for Group { title, commands } in GROUPS {
        out.push_str(&format!("\n{title}:\n"));
        for (name, about, _) in commands.iter().filter(|(name, ..)| COMMANDS.contains(name)) {
            out.push_str(&format!("  {name:<15} {about}\n"));
        }
    }
    out + "\nUsage:\n  kubectl [flags] [options]\n\nUse \"kubectl <command> --help\" for more information about a given command.\n"
}

/// `--help` of a command, or of one below it (`set image`), with the flags that it knows.
pub(super) fn command(words: &str, flags: &[Flag]) -> String {
    let first = words.split(' ').next().unwrap_or(words);
    let mut known = GROUPS.iter().flat_map(|group| group.commands);
    let Some((_, about, usage)) = known.find(|(name, ..)| *name == first) else { return all() };
    let mut out = format!("{about}.\n");
    if !flags.is_empty() {
        out.push_str("\nOptions:\n");
    }
    for (name, short, takes) in flags {
        let short = if *short == ' ' { String::from("    ") } else { format!("-{short}, ") };
        let value = match takes {
            Takes::Nothing => "",
            Takes::Value => "=VALUE",
            Takes::Optional(_) => "[=VALUE]",
        };
        out.push_str(&format!("  {short}--{name}{value}\n"));
    }
    let usage = if words == first { format!("{usage} ") } else { String::new() };
    out.push_str(&format!("\nUsage:\n  kubectl {words} {}[options]\n", usage.trim_start()));
    out
}
