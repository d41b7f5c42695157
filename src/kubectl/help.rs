//! `--help`: what a command is for, examples, its options. The words are kubectl's own, as it prints them where the output is no terminal.

use super::cli::Cli;
use super::failure::Failure;
use super::{Flow, about, flags};
use crate::collections::sort_by;

/// What is said of one command.
struct Page {
    /// The words after `kubectl`.
    command: &'static str,
    about: &'static str,
    examples: &'static str,
    /// Its own options, as `(--name=default, text)`; those that all of `create` have are put between them by name.
    options: &'static [(&'static str, &'static str)],
    usage: &'static str,
}

/// The options of everything that `create` makes from flags.
const COMMON: &[(&str, &str)] = &[
    (
        "--allow-missing-template-keys=true",
        "If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.",
    ),
    (
        "--dry-run='none'",
        "Must be \"none\", \"server\", or \"client\". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.",
    ),
    ("--field-manager='kubectl-create'", "Name of the manager used to track field ownership."),
    (
        "--output=''",
        "Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).",
    ),
    (
        "--save-config=false",
        "If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.",
    ),
    (
        "--show-managed-fields=false",
        "If true, keep the managedFields when printing objects in JSON or YAML format.",
    ),
    (
        "--template=''",
        "Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is golang templates [http://golang.org/pkg/text/template/#pkg-overview].",
    ),
    (
        "--validate='strict'",
        "Must be one of: strict (or true), warn, ignore (or false). \"true\" or \"strict\" will use a schema to validate the input and fail the request if invalid. It will perform server side validation if ServerSideFieldValidation is enabled on the api-server, but will fall back to less reliable client-side validation if not. \"warn\" will warn about unknown or duplicate fields without blocking the request if server-side field validation is enabled on the API server, and behave as \"ignore\" otherwise. \"false\" or \"ignore\" will not perform any schema validation, silently dropping any unknown or duplicate fields.",
    ),
];
const GLOBAL: &str =
    "Use \"kubectl options\" for a list of global command-line options (applies to all commands).\n";

const SECRET: &str = "Create a secret with specified type.

 A docker-registry type secret is for accessing a container registry.

 A generic type secret indicate an Opaque secret type.

 A tls type secret holds TLS certificate and its associated key.

Available Commands:
  docker-registry   Create a secret for use with a Docker registry
  generic           Create a secret from a local file, directory, or literal value
  tls               Create a TLS secret

Usage:
  kubectl create secret (docker-registry | generic | tls) [options]

Use \"kubectl create secret <command> --help\" for more information about a given command.
";

const SERVICE: &str = "Create a service using a specified subcommand.

Aliases:
service, svc

Available Commands:
  clusterip      Create a ClusterIP service
  externalname   Create an ExternalName service
  loadbalancer   Create a LoadBalancer service
  nodeport       Create a NodePort service

Usage:
  kubectl create service [flags] [options]

Use \"kubectl create service <command> --help\" for more information about a given command.
";

const AUTH: &str = "Inspect authorization.

Available Commands:
  can-i         Check whether an action is allowed
  reconcile     Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects
  whoami        Experimental: Check self subject attributes

Usage:
  kubectl auth [flags] [options]

Use \"kubectl auth <command> --help\" for more information about a given command.
";

static PAGES: &[Page] = &[
    Page {
        command: "create configmap",
        about: "Create a config map based on a file, directory, or specified literal value.

 A single config map may package one or more key/value pairs.

 When creating a config map based on a file, the key will default to the basename of the file, and the value will default to the file content.  If the basename is an invalid key, you may specify an alternate key.

 When creating a config map based on a directory, each file whose basename is a valid key in the directory will be packaged into the config map.  Any directory entries except regular files are ignored (e.g. subdirectories, symlinks, devices, pipes, etc).

Aliases:
configmap, cm",
        examples: "# Create a new config map named my-config based on folder bar
kubectl create configmap my-config --from-file=path/to/bar

# Create a new config map named my-config with specified keys instead of file basenames on disk
kubectl create configmap my-config --from-file=key1=/path/to/bar/file1.txt --from-file=key2=/path/to/bar/file2.txt

# Create a new config map named my-config with key1=config1 and key2=config2
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2

# Create a new config map named my-config from the key=value pairs in the file
kubectl create configmap my-config --from-file=path/to/bar

# Create a new config map named my-config from an env file
kubectl create configmap my-config --from-env-file=path/to/foo.env --from-env-file=path/to/bar.env",
        options: &[
            ("--append-hash=false", "Append a hash of the configmap to its name."),
            ("--from-env-file=[]", "Specify the path to a file to read lines of key=val pairs to create a configmap."),
            (
                "--from-file=[]",
                "Key file can be specified using its file path, in which case file basename will be used as configmap key, or optionally with a key and file path, in which case the given key will be used.  Specifying a directory will iterate each named file in the directory whose basename is a valid configmap key.",
            ),
            ("--from-literal=[]", "Specify a key and literal value to insert in configmap (i.e. mykey=somevalue)"),
        ],
        usage: "create configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
    },
    Page {
        command: "create secret docker-registry",
        about: "Create a new secret for use with Docker registries.

        Dockercfg secrets are used to authenticate against Docker registries.

        When using the Docker command line to push images, you can authenticate to a given registry by running:
      '$ docker login DOCKER_REGISTRY_SERVER --username=DOCKER_USER --password=DOCKER_PASSWORD --email=DOCKER_EMAIL'.

 That produces a ~/.dockercfg file that is used by subsequent 'docker push' and 'docker pull' commands to authenticate to the registry. The email address is optional.

        When creating applications, you may have a Docker registry that requires authentication.  In order for the
        nodes to pull images on your behalf, they must have the credentials.  You can provide this information
        by creating a dockercfg secret and attaching it to your service account.",
        examples: "# If you do not already have a .dockercfg file, create a dockercfg secret directly
kubectl create secret docker-registry my-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD --docker-email=DOCKER_EMAIL

# Create a new secret named my-secret from ~/.docker/config.json
kubectl create secret docker-registry my-secret --from-file=path/to/.docker/config.json",
        options: &[
            ("--append-hash=false", "Append a hash of the secret to its name."),
            ("--docker-email=''", "Email for Docker registry"),
            ("--docker-password=''", "Password for Docker registry authentication"),
            ("--docker-server='https://index.docker.io/v1/'", "Server location for Docker registry"),
            ("--docker-username=''", "Username for Docker registry authentication"),
            (
                "--from-file=[]",
                "Key files can be specified using their file path, in which case a default name of .dockerconfigjson will be given to them, or optionally with a name and file path, in which case the given name will be used. Specifying a directory will iterate each named file in the directory that is a valid secret key. For this command, the key should always be .dockerconfigjson.",
            ),
        ],
        usage: "create secret docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]",
    },
    Page {
        command: "create secret generic",
        about: "Create a secret based on a file, directory, or specified literal value.

 A single secret may package one or more key/value pairs.

 When creating a secret based on a file, the key will default to the basename of the file, and the value will default to the file content. If the basename is an invalid key or you wish to chose your own, you may specify an alternate key.

 When creating a secret based on a directory, each file whose basename is a valid key in the directory will be packaged into the secret. Any directory entries except regular files are ignored (e.g. subdirectories, symlinks, devices, pipes, etc).",
        examples: "# Create a new secret named my-secret with keys for each file in folder bar
kubectl create secret generic my-secret --from-file=path/to/bar

# Create a new secret named my-secret with specified keys instead of names on disk
kubectl create secret generic my-secret --from-file=ssh-privatekey=path/to/id_rsa --from-file=ssh-publickey=path/to/id_rsa.pub

# Create a new secret named my-secret with key1=supersecret and key2=topsecret
kubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret

# Create a new secret named my-secret using a combination of a file and a literal
kubectl create secret generic my-secret --from-file=ssh-privatekey=path/to/id_rsa --from-literal=passphrase=topsecret

# Create a new secret named my-secret from env files
kubectl create secret generic my-secret --from-env-file=path/to/foo.env --from-env-file=path/to/bar.env",
        options: &[
            ("--append-hash=false", "Append a hash of the secret to its name."),
            ("--from-env-file=[]", "Specify the path to a file to read lines of key=val pairs to create a secret."),
            (
                "--from-file=[]",
                "Key files can be specified using their file path, in which case a default name will be given to them, or optionally with a name and file path, in which case the given name will be used.  Specifying a directory will iterate each named file in the directory that is a valid secret key.",
            ),
            ("--from-literal=[]", "Specify a key and literal value to insert in secret (i.e. mykey=somevalue)"),
            ("--type=''", "The type of secret to create"),
        ],
        usage: "create secret generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
    },
    Page {
        command: "create secret tls",
        about: "Create a TLS secret from the given public/private key pair.

 The public/private key pair must exist beforehand. The public key certificate must be .PEM encoded and match the given private key.",
        examples: "# Create a new TLS secret named tls-secret with the given key pair
kubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key",
        options: &[
            ("--append-hash=false", "Append a hash of the secret to its name."),
            ("--cert=''", "Path to PEM encoded public key certificate."),
            ("--key=''", "Path to private key associated with given certificate."),
        ],
        usage: "create secret tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]",
    },
];

const SET: &str = "Configure application resources.

 These commands help you make changes to existing application resources.

Available Commands:
  env              Update environment variables on a pod template
  image            Update the image of a pod template
  resources        Update resource requests/limits on objects with pod templates
  selector         Set the selector on a resource
  serviceaccount   Update the service account of a resource
  subject          Update the user, group, or service account in a role binding or cluster role binding

Usage:
  kubectl set SUBCOMMAND [options]

Use \"kubectl set <command> --help\" for more information about a given command.
";

const CONFIG: &str = "Look at the kubeconfig and change it: contexts name a cluster, a user and a namespace, and one of them is current.

Available Commands:
  current-context   Display the current-context
  delete-context    Delete the specified context from the kubeconfig
  get-clusters      Display clusters defined in the kubeconfig
  get-contexts      Describe one or many contexts
  get-users         Display users defined in the kubeconfig
  rename-context    Rename a context from the kubeconfig file
  set-context       Set a context entry in kubeconfig
  use-context       Set the current-context in a kubeconfig file
  view              Display merged kubeconfig settings or a specified kubeconfig file

Usage:
  kubectl config SUBCOMMAND [options]

Use \"kubectl config <command> --help\" for more information about a given command.
";

const CERTIFICATE: &str = "Modify certificate resources.

Available Commands:
  approve       Approve a certificate signing request
  deny          Deny a certificate signing request

Usage:
  kubectl certificate SUBCOMMAND [options]

Use \"kubectl certificate <command> --help\" for more information about a given command.
";

const TOP: &str = "Display resource (CPU/memory) usage.

 This command provides a view of recent resource consumption for nodes and pods. It fetches metrics from the Metrics Server, which aggregates this data from the kubelet on each node. The Metrics Server must be installed and running in the cluster for this command to work.

 The metrics shown are specifically optimized for Kubernetes autoscaling decisions, such as those made by the Horizontal Pod Autoscaler (HPA) and Vertical Pod Autoscaler (VPA). Because of this, the values may not match those from standard OS tools like 'top', as the metrics are designed to provide a stable signal for autoscalers rather than for pinpoint accuracy.

 FAQ for Metrics Server: https://github.com/kubernetes-sigs/metrics-server/blob/master/FAQ.md

 When to use this command:

  *  For on-the-fly spot-checks of resource usage (e.g. identify which pods are consuming the most resources at a glance, or get a quick sense of the load on your nodes)
  *  Understand current resource consumption patterns
  *  Validate the behavior of your HPA or VPA configurations by seeing the metrics they use for scaling decisions.

 It is not intended to be a replacement for full-featured monitoring solutions. Its primary design goal is to provide a low-overhead signal for autoscalers, not to be a perfectly accurate monitoring tool. For high-accuracy reporting, historical analysis, dashboarding, or alerting, you should use a dedicated monitoring solution.

Available Commands:
  node          Display resource (CPU/memory) usage of nodes
  pod           Display resource (CPU/memory) usage of pods

Usage:
  kubectl top [flags] [options]

Use \"kubectl top <command> --help\" for more information about a given command.
";

/// A command that is only the name of others: alone it says which, to standard error.
pub(super) fn group(cli: &mut Cli, command: &str, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse(command, args, &[])?;
    if !args.words.is_empty() {
        return Err(Failure::usage(command, format!("unknown command {:?}", args.words.join(" "))));
    }
    cli.error_line(of(&[command]).trim_end());
    Ok(Flow::Exit(1))
}

/// What a command says of itself; of those without a page, in a line.
pub(super) fn of(words: &[&str]) -> String {
    page(words).unwrap_or_else(|| match words.first() {
        Some(_) => about::command(&words.join(" "), &[]),
        None => about::all(),
    })
}

/// The page of a command, where it has one.
pub(super) fn page(words: &[&str]) -> Option<String> {
    let asked = words.join(" ").replace("create cm", "create configmap");
    if asked.starts_with("create secret") && !PAGES.iter().any(|p| asked.starts_with(p.command)) {
        return Some(format!("{SECRET}{GLOBAL}"));
    }
    if asked == "create service" || asked == "create svc" {
        return Some(format!("{SERVICE}{GLOBAL}"));
    }
    if asked.starts_with("auth") {
        return Some(format!("{AUTH}{GLOBAL}"));
    }
    if let Some((_, text)) = [("certificate", CERTIFICATE), ("config", CONFIG), ("set", SET), ("top", TOP)]
        .iter()
        .find(|(name, _)| asked == *name)
    {
        return Some(format!("{text}{GLOBAL}"));
    }
    let page = PAGES.iter().find(|p| asked.starts_with(p.command))?;
    let mut out = format!("{}\n\nExamples:\n", page.about);
    page.examples.lines().for_each(|line| out.push_str(&format!("  {line}\n")));
    out.push_str("\nOptions:\n");
    let mut options: Vec<&(&str, &str)> = page.options.iter().chain(COMMON).collect();
    sort_by(&mut options, |a, b| a.0.cmp(b.0));
    for (flag, text) in options {
        let short = if flag.starts_with("--output") { "-o, " } else { "" };
        out.push_str(&format!("    {short}{flag}:\n\t{text}\n\n"));
    }
    out.push_str(&format!("Usage:\n  kubectl {} [options]\n\n{GLOBAL}", page.usage));
    Some(out)
}
