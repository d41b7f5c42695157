//! `kubectl run`: one Pod from an image.

use super::Flow;
use super::apply::DryRun;
use super::cli::Cli;
use super::create::{report, send};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::printers::Format;
use super::{attach, expose, typed};
use crate::api::{ObjectKey, kinds};
use crate::json;
use crate::json::{Json, parse};

const FLAGS: &[Flag] = &[
    ("image", ' ', Takes::Value),
    ("image-pull-policy", ' ', Takes::Value),
    ("env", ' ', Takes::Value),
    ("labels", 'l', Takes::Value),
    ("annotations", ' ', Takes::Value),
    ("port", ' ', Takes::Value),
    ("restart", ' ', Takes::Value),
    ("command", ' ', Takes::Nothing),
    ("privileged", ' ', Takes::Nothing),
    ("expose", ' ', Takes::Nothing),
    ("overrides", ' ', Takes::Value),
    ("override-type", ' ', Takes::Value),
    ("quiet", 'q', Takes::Nothing),
    ("save-config", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("validate", ' ', Takes::Optional("strict")),
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("attach", ' ', Takes::Nothing),
    ("rm", ' ', Takes::Nothing),
    ("stdin", 'i', Takes::Nothing),
    ("tty", 't', Takes::Nothing),
    ("leave-stdin-open", ' ', Takes::Nothing),
    ("pod-running-timeout", ' ', Takes::Value),
    // Those of `delete`, which `--rm` could use.
    ("cascade", ' ', Takes::Optional("background")),
    ("force", ' ', Takes::Nothing),
    ("grace-period", ' ', Takes::Value),
    ("timeout", ' ', Takes::Value),
    ("wait", ' ', Takes::Nothing),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("run", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    if !args.has("image") {
        return Err(Failure::error("required flag(s) \"image\" not set"));
    }
    // The words after the name are arguments, like those after `--`.
    let mut words = args.words.iter().chain(args.rest.iter().flatten()).cloned();
    let Some(name) = words.next() else {
        return Err(Failure::usage("run", "NAME is required for run"));
    };
    let attach = if args.has("attach") { args.is("attach") } else { args.is("stdin") };
    let mut pod = pod(&args, &name, words.collect(), attach, dry_run)?;
    if args.has("overrides") {
        override_with(&mut pod, args.get("overrides"))?;
    }
    if dry_run != DryRun::Client || args.has("namespace") {
        pod.set_at(&["metadata", "namespace"], args.namespace());
    }
    if args.is("save-config") && dry_run != DryRun::Client {
        pod = super::apply::with_last_applied(&pod);
    }
    let resource = kinds::PODS.into();
    let created = send(cli, &args, ("kubectl-run", dry_run), &resource, pod)?;
    let mut made = vec![(resource.clone(), ObjectKey::of(&created))];
    if args.is("expose") {
        made.push((kinds::SERVICES.into(), ObjectKey::of(&created)));
        let service = expose::of_run(cli, &args, dry_run, &created)?;
        report(cli, format.as_ref(), dry_run, &kinds::SERVICES.into(), service)?;
        if matches!(format, Some(Format::Yaml { .. })) {
            cli.line("---");
        }
    }
    if attach {
        if !args.is("rm") {
            made.clear();
        }
        let restart = created["spec"]["restartPolicy"].str();
        let restart = if args.is("leave-stdin-open") { "Always" } else { restart };
        let run = attach::Run { made, restart: restart.into() };
        return attach::of_run(cli, &args, &created, run);
    }
    if dry_run == DryRun::Client && matches!(format, Some(Format::Json { .. })) {
        cli.print(typed::to_json(&created));
    } else {
        report(cli, format.as_ref(), dry_run, &resource, created)?;
    }
    Ok(Flow::Exit(0))
}

fn pod(
    args: &Arguments,
    name: &str,
    words: Vec<String>,
    attach: bool,
    dry_run: DryRun,
) -> Result<Json, Failure> {
    let wrong = |why: String| Err(Failure::usage("run", why));
    let image = args.get("image");
    if image.is_empty() {
        return Err(Failure::error("--image is required"));
    }
    if image.chars().any(char::is_whitespace)
        || image.chars().any(char::is_uppercase) && !image.contains(['/', ':'])
    {
        return Err(Failure::error(format!("Invalid image name {image:?}: invalid reference format")));
    }
    if args.is("tty") && !args.is("stdin") {
        return wrong("-i/--stdin is required for containers with -t/--tty=true".into());
    }
    let restart = if args.has("restart") { args.get("restart") } else { "Always" };
    if args.is("expose") && !args.has("port") {
        return wrong("--port must be set when exposing a service".into());
    }
    if !["Always", "OnFailure", "Never"].contains(&restart) {
        return wrong(format!("invalid restart policy: {restart}"));
    }
    if args.is("rm") && !attach {
        return wrong("--rm should only be used for attached containers".into());
    }
    if attach && dry_run != DryRun::No {
        let which = "--dry-run=[server|client] can't be used with attached containers options";
        return wrong(format!("{which} (--attach, --stdin, or --tty)"));
    }
    let pull = args.get("image-pull-policy");
    if !matches!(pull, "" | "Always" | "IfNotPresent" | "Never") {
        return wrong(format!("invalid image pull policy: {pull}"));
    }
    let mut container = json!({ "name": name, "image": image, "resources": {} });
    if args.has("image-pull-policy") {
        container.set("imagePullPolicy", args.get("image-pull-policy"));
    }
    if !words.is_empty() {
        container.set(if args.is("command") { "command" } else { "args" }, words);
    }
    let mut env = Vec::new();
    for variable in args.all("env") {
        let Some((name, value)) = variable.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::error(format!("invalid env: {variable}")));
        };
        let mut variable = json!({ "name": name });
        if !value.is_empty() {
            variable.set("value", value);
        }
        env.push(variable);
    }
    if !env.is_empty() {
        container.set("env", env);
    }
    if args.has("port") {
        let text = args.get("port");
        let port = text
            .parse::<i64>()
            .map_err(|_| Failure::error(format!("strconv.Atoi: parsing {text:?}: invalid syntax")))?;
        container.set("ports", json!([{ "containerPort": port }]));
    }
    if args.is("stdin") {
        container.set("stdin", true);
        if !args.is("leave-stdin-open") {
            container.set("stdinOnce", true);
        }
    }
    if args.is("tty") {
        container.set("tty", true);
    }
    if args.is("privileged") {
        container.set("securityContext", json!({ "privileged": true }));
    }
    let mut metadata = json!({ "name": name, "labels": { "run": name } });
    if args.has("labels") {
        metadata.set("labels", pairs(&args.list("labels"))?);
    }
    if args.has("annotations") {
        metadata.set("annotations", pairs(args.all("annotations"))?);
    }
    let spec = json!({ "containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": restart });
    Ok(json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {} }))
}

/// `key=value` words as a map.
pub(super) fn pairs(words: &[String]) -> Result<Json, Failure> {
    let mut map = json!({});
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(Failure::error(format!("unexpected label spec: {word}")));
        };
        map.set(key, value);
    }
    Ok(map)
}

/// Changes a generated object as `--overrides` says.
pub(super) fn override_with(object: &mut Json, overrides: &str) -> Result<(), Failure> {
    let overrides = parse(overrides).map_err(|_| Failure::error("Invalid JSON Patch"))?;
    merge(object, &overrides);
    Ok(())
}

/// A merge patch (RFC 7386).
fn merge(into: &mut Json, patch: &Json) {
    for (key, value) in patch.entries() {
        if value.is_null() {
            into.remove(key);
        } else if value.as_object().is_some() && into.get(key).is_some_and(|old| old.as_object().is_some()) {
            if let Some(old) = into.get_mut(key) {
                merge(old, value);
            }
        } else {
            into.set(key.clone(), value);
        }
    }
}
