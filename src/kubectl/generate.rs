//! `kubectl create TYPE NAME …`: objects from flags.

use super::Flow;
use super::apply::{self, DryRun};
use super::cli::Cli;
use super::create::{report, send};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::printers::Format;
use super::{budget, data, ingress, names, priority_class, quota, rbac, secret, service};
use crate::api::{Resource, ResourceInfo, kinds};
use crate::json;
use crate::json::Json;

const COMMON: &[Flag] = &[
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("validate", ' ', Takes::Optional("strict")),
    ("save-config", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
];
const JOB: &[Flag] = &[("image", ' ', Takes::Value), ("from", ' ', Takes::Value)];
const DEPLOYMENT: &[Flag] =
    &[("image", ' ', Takes::Value), ("replicas", 'r', Takes::Value), ("port", ' ', Takes::Value)];
const CRON_JOB: &[Flag] =
    &[("image", ' ', Takes::Value), ("schedule", ' ', Takes::Value), ("restart", ' ', Takes::Value)];

/// What makes one object from flags.
struct Generator {
    /// How it is called, by its full name first.
    names: &'static [&'static str],
    resource: &'static ResourceInfo,
    flags: &'static [Flag],
    /// The flags that it cannot do without.
    required: &'static [&'static str],
    /// The object, but for its kind and namespace: from the flags and the name.
    make: fn(&mut Cli, &Arguments, &str) -> Result<Json, Failure>,
    /// What stands before the server's words when it refuses; `""`: they are printed as a server's error.
    refused: &'static str,
}

static GENERATORS: &[Generator] = &[
    Generator {
        names: &["clusterrole"],
        resource: kinds::CLUSTERROLES,
        flags: rbac::CLUSTER_ROLE,
        required: &[],
        make: rbac::cluster_role,
        refused: "",
    },
    Generator {
        names: &["clusterrolebinding"],
        resource: kinds::CLUSTERROLEBINDINGS,
        flags: rbac::CLUSTER_ROLE_BINDING,
        required: &["clusterrole"],
        make: rbac::cluster_role_binding,
        refused: "failed to create clusterrolebinding: ",
    },
    Generator {
        names: &["configmap", "cm"],
        resource: kinds::CONFIGMAPS,
        flags: data::FLAGS,
        required: &[],
        make: data::config_map,
        refused: "failed to create configmap: ",
    },
    Generator {
        names: &["cronjob", "cj"],
        resource: kinds::CRONJOBS,
        flags: CRON_JOB,
        required: &["image", "schedule"],
        make: cron_job,
        refused: "failed to create cronjob: ",
    },
    Generator {
        names: &["deployment", "deploy"],
        resource: kinds::DEPLOYMENTS,
        flags: DEPLOYMENT,
        required: &["image"],
        make: deployment,
        refused: "failed to create deployment: ",
    },
    Generator {
        names: &["ingress", "ing"],
        resource: kinds::INGRESSES,
        flags: ingress::FLAGS,
        required: &[],
        make: ingress::make,
        refused: "failed to create ingress: ",
    },
    Generator {
        names: &["job"],
        resource: kinds::JOBS,
        flags: JOB,
        required: &[],
        make: job,
        refused: "failed to create job: ",
    },
    Generator {
        names: &["namespace", "ns"],
        resource: kinds::NAMESPACES,
        flags: &[],
        required: &[],
        make: |_, _, name| Ok(json!({ "metadata": { "name": name }, "spec": {}, "status": {} })),
        refused: "",
    },
    Generator {
        names: &["priorityclass", "pc"],
        resource: kinds::PRIORITYCLASSES,
        flags: priority_class::FLAGS,
        required: &[],
        make: priority_class::make,
        refused: "failed to create priorityclass: ",
    },
    Generator {
        names: &["poddisruptionbudget", "pdb"],
        resource: kinds::PODDISRUPTIONBUDGETS,
        flags: budget::FLAGS,
        required: &[],
        make: budget::make,
        refused: "failed to create poddisruptionbudgets: ",
    },
    Generator {
        names: &["quota", "resourcequota"],
        resource: kinds::RESOURCEQUOTAS,
        flags: quota::FLAGS,
        required: &[],
        make: quota::make,
        refused: "failed to create quota: ",
    },
    Generator {
        names: &["role"],
        resource: kinds::ROLES,
        flags: rbac::ROLE,
        required: &[],
        make: rbac::role,
        refused: "",
    },
    Generator {
        names: &["rolebinding"],
        resource: kinds::ROLEBINDINGS,
        flags: rbac::ROLE_BINDING,
        required: &[],
        make: rbac::role_binding,
        refused: "failed to create rolebinding: ",
    },
    Generator {
        names: &["secret docker-registry"],
        resource: kinds::SECRETS,
        flags: secret::DOCKER_REGISTRY,
        required: &[],
        make: secret::docker_registry,
        refused: "failed to create secret ",
    },
    Generator {
        names: &["secret generic"],
        resource: kinds::SECRETS,
        flags: secret::GENERIC,
        required: &[],
        make: secret::generic,
        refused: "failed to create secret ",
    },
    Generator {
        names: &["secret tls"],
        resource: kinds::SECRETS,
        flags: secret::TLS,
        required: &[],
        make: secret::tls,
        refused: "failed to create secret ",
    },
    Generator {
        names: &["service clusterip", "svc clusterip"],
        resource: kinds::SERVICES,
        flags: service::CLUSTER_IP,
        required: &[],
        make: service::cluster_ip,
        refused: "failed to create ClusterIP service: ",
    },
    Generator {
        names: &["service externalname", "svc externalname"],
        resource: kinds::SERVICES,
        flags: service::EXTERNAL_NAME,
        required: &["external-name"],
        make: service::external_name,
        refused: "failed to create ExternalName service: ",
    },
    Generator {
        names: &["service loadbalancer", "svc loadbalancer"],
        resource: kinds::SERVICES,
        flags: service::LOAD_BALANCER,
        required: &[],
        make: service::load_balancer,
        refused: "failed to create LoadBalancer service: ",
    },
    Generator {
        names: &["service nodeport", "svc nodeport"],
        resource: kinds::SERVICES,
        flags: service::NODE_PORT,
        required: &[],
        make: service::node_port,
        refused: "failed to create NodePort service: ",
    },
    Generator {
        names: &["serviceaccount", "sa"],
        resource: kinds::SERVICEACCOUNTS,
        flags: &[],
        required: &[],
        make: |_, _, name| Ok(json!({ "metadata": { "name": name } })),
        refused: "failed to create serviceaccount: ",
    },
];

/// The words after `create` that name a generator.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    GENERATORS.iter().map(|g| g.names[0])
}

/// Runs a generator, where the first words name one.
pub(super) fn run(cli: &mut Cli, args: &[String]) -> Option<Result<Flow, Failure>> {
    GENERATORS.iter().find_map(|generator| {
        let words = generator.names.iter().find_map(|name| {
            let words: Vec<&str> = name.split(' ').collect();
            args.iter().map(String::as_str).take(words.len()).eq(words.iter().copied()).then_some(words.len())
        })?;
        Some(generate(cli, generator, &args[words..]))
    })
}

/// The one word that a generator takes; what stands after `--` does not count.
pub(super) fn only_name(command: &str, args: &Arguments) -> Result<String, Failure> {
    match args.words.as_slice() {
        [name] => Ok(name.clone()),
        words => Err(Failure::usage(command, format!("exactly one NAME is required, got {}", words.len()))),
    }
}

fn generate(cli: &mut Cli, generator: &Generator, args: &[String]) -> Result<Flow, Failure> {
    let command = format!("create {}", generator.names[0]);
    let flags: Vec<Flag> = COMMON.iter().chain(generator.flags).copied().collect();
    let args = flags::parse(&command, args, &flags)?;
    let missing: Vec<String> =
        generator.required.iter().filter(|f| !args.has(f)).map(|f| format!("{f:?}")).collect();
    if !missing.is_empty() {
        return Err(Failure::error(format!("required flag(s) {} not set", missing.join(", "))));
    }
    let name = only_name(&command, &args)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    apply::validation(&args)?;
    if name.is_empty() {
        return Err(Failure::error("name must be specified"));
    }
    let mut object = (generator.make)(cli, &args, &name)?;
    let resource: &Resource = &generator.resource.into();
    object.set("apiVersion", resource.api_version());
    object.set("kind", &resource.kind);
    // A dry run of the client shows a namespace only where one was given.
    if resource.namespaced && (dry_run != DryRun::Client || args.has("namespace")) {
        object.set_at(&["metadata", "namespace"], args.namespace());
    }
    if args.is("save-config") {
        object = apply::with_last_applied(&object);
    }
    let created =
        send(cli, &args, ("kubectl-create", dry_run), resource, object).map_err(|status| match generator
            .refused
        {
            "" => Failure::from(status),
            refused => Failure::error(format!("{refused}{}", status.message)),
        })?;
    if dry_run == DryRun::Client && matches!(format, Some(Format::Json { .. })) {
        cli.print(super::typed::to_json(&created));
    } else {
        report(cli, format.as_ref(), dry_run, resource, created)?;
    }
    Ok(Flow::Exit(0))
}

fn template(args: &Arguments, name: &str, restart: &str) -> Json {
    let mut container = json!({ "name": name, "image": args.get("image"), "resources": {} });
    if let Some(command) = args.rest.as_ref().filter(|c| !c.is_empty()) {
        container.set("command", command.clone());
    }
    json!({ "metadata": {}, "spec": { "containers": [container], "restartPolicy": restart } })
}

fn job(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let (image, from) = (!args.get("image").is_empty(), !args.get("from").is_empty());
    if image == from {
        return Err(Failure::error("either --image or --from must be specified"));
    }
    if !from {
        let template = template(args, name, "Never");
        return Ok(json!({ "metadata": { "name": name }, "spec": { "template": template }, "status": {} }));
    }
    if args.rest.as_ref().is_some_and(|c| !c.is_empty()) {
        return Err(Failure::error("cannot specify --from and command"));
    }
    let targets = names::targets(cli, &[args.get("from").to_string()])?;
    let Some(target) = targets.first() else {
        return Err(names::unknown(args.get("from")));
    };
    if target.name.is_empty() {
        return Err(Failure::error("resource(s) were provided, but no name was specified"));
    }
    let source = cli.get(&target.resource, args.namespace(), &target.name)?;
    if target.resource.kind != "CronJob" {
        let what = format!("unknown object type *{}.{}", target.resource.version, target.resource.kind);
        return Err(Failure::error(what));
    }
    let template = &source["spec"]["jobTemplate"];
    let mut annotations = template["metadata"]["annotations"].clone();
    annotations.set("cronjob.kubernetes.io/instantiate", "manual");
    let meta = &source["metadata"];
    let mut metadata = json!({
        "name": name,
        "annotations": annotations,
        "ownerReferences": [{
            "apiVersion": "batch/v1", "kind": "CronJob", "name": &meta["name"], "uid": &meta["uid"], "controller": true,
        }],
    });
    if !template["metadata"]["labels"].is_empty() {
        metadata.set("labels", &template["metadata"]["labels"]);
    }
    Ok(json!({ "metadata": metadata, "spec": &template["spec"], "status": {} }))
}

fn cron_job(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let restart = Some(args.get("restart")).filter(|r| !r.is_empty()).unwrap_or("OnFailure");
    let template = template(args, name, restart);
    Ok(json!({
        "metadata": { "name": name },
        "spec": {
            "schedule": args.get("schedule"),
            "jobTemplate": { "metadata": { "name": name }, "spec": { "template": template } },
        },
        "status": {},
    }))
}

fn deployment(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let images: Vec<String> = args.list("image").into_iter().filter(|image| !image.is_empty()).collect();
    let command = args.rest.as_ref().filter(|c| !c.is_empty());
    if images.len() > 1 && command.is_some() {
        return Err(Failure::error("cannot specify multiple --image options and command"));
    }
    let mut containers: Vec<Json> = images
        .iter()
        .map(|image| {
            let short = image.rsplit('/').next().unwrap_or(image);
            let short = short.split([':', '@']).next().unwrap_or(short).replace(['_', '.'], "-");
            json!({ "name": short, "image": image.as_str(), "resources": {} })
        })
        .collect();
    if let Some(first) = containers.first_mut() {
        if let Some(command) = command {
            first.set("command", command.clone());
        }
        if let Some(port) = args.number("port").filter(|port| *port >= 0) {
            first.set("ports", json!([{ "containerPort": port }]));
        }
    }
    let labels = json!({ "app": name });
    Ok(json!({
        "metadata": { "name": name, "labels": labels.clone() },
        "spec": {
            "replicas": args.number("replicas").unwrap_or(1),
            "selector": { "matchLabels": labels.clone() },
            "strategy": {},
            "template": { "metadata": { "labels": labels }, "spec": { "containers": containers } },
        },
        "status": {},
    }))
}
