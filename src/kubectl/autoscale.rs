//! `kubectl autoscale`: a HorizontalPodAutoscaler for what exists already.

use super::apply::{self, DryRun};
use super::cli::Cli;
use super::create::send;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names::{self, Target};
use super::printers::{Format, typed_name};
use super::{Flow, files, record};
use crate::api::quantity::Quantity;
use crate::api::{Resource, kinds};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &flags::join::<19>(
    flags::WRITE,
    &[
        ("cpu", ' ', Takes::Value),
        ("cpu-percent", ' ', Takes::Value),
        ("max", ' ', Takes::Value),
        ("memory", ' ', Takes::Value),
        ("min", ' ', Takes::Value),
        ("name", ' ', Takes::Value),
        record::FLAG,
    ],
);

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("autoscale", args, FLAGS)?;
    if args.has("cpu-percent") {
        cli.error_line(
            "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
        );
    }
    if !args.has("max") {
        return Err(Failure::error("required flag(s) \"max\" not set"));
    }
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let (least, most) = (args.number("min").unwrap_or(-1), args.number("max").unwrap_or(-1));
    if most < 1 {
        return Err(Failure::error(format!("--max=MAXPODS is required and must be at least 1, max: {most}")));
    }
    if most < least {
        return Err(Failure::error(format!(
            "--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        )));
    }
    let metrics = metrics(&args)?;
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(names::required());
    }
    let mut failures = Vec::new();
    for Target { resource, name } in targets {
        if let Err(status) = cli.get(&resource, args.namespace(), &name) {
            failures.push(status.into());
            continue;
        }
        if !resource.subresources.iter().any(|(subresource, _)| *subresource == "scale") {
            let why = "could not find scale subresource for";
            let (kind, what, version) = (&resource.kind, &resource.plural, resource.api_version());
            failures.push(Failure::error(format!(
                "cannot autoscale a {kind}: {why} {version}, Resource={what} in discovery information"
            )));
            continue;
        }
        let mut object = autoscaler(&args, &resource, &name, (least, most), &metrics);
        if dry_run != DryRun::Client || args.has("namespace") {
            object.set_at(&["metadata", "namespace"], args.namespace());
        }
        if args.is("save-config") {
            object = apply::with_last_applied(&object);
        }
        let hpa = Resource::from(kinds::HORIZONTALPODAUTOSCALERS_V2);
        match send(cli, &args, ("kubectl-autoscale", dry_run), &hpa, object) {
            Ok(created) => match &format {
                Some(format) => {
                    let text = format.print(&hpa, &created)?;
                    cli.print(text);
                }
                None => {
                    let done = if dry_run == DryRun::Client { "created" } else { "autoscaled" };
                    let name = typed_name(&hpa, created["metadata"]["name"].str());
                    cli.line(format!("{name} {done}{}", dry_run.suffix()));
                }
            },
            Err(status) => failures.push(status.into()),
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

fn autoscaler(
    args: &Arguments,
    resource: &Resource,
    target: &str,
    (least, most): (i64, i64),
    metrics: &[Json],
) -> Json {
    let name = if args.get("name").is_empty() { target } else { args.get("name") };
    let mut spec = json!({
        "maxReplicas": most,
        "scaleTargetRef": { "apiVersion": resource.api_version(), "kind": &resource.kind, "name": target },
    });
    if least > 0 {
        spec.set("minReplicas", least);
    }
    if !metrics.is_empty() {
        spec.set("metrics", metrics.to_vec());
    }
    json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": { "name": name },
        "spec": spec, "status": { "currentMetrics": null, "desiredReplicas": 0 },
    })
}

/// What is to be measured.
fn metrics(args: &Arguments) -> Result<Vec<Json>, Failure> {
    let percent = args.number("cpu-percent").unwrap_or(-1);
    if percent > 0 && !args.get("cpu").is_empty() {
        return Err(Failure::error("--cpu-percent and --cpu are mutually exclusive"));
    }
    let metric = |name: &str, target: Json| json!({ "type": "Resource", "resource": { "name": name, "target": target } });
    let mut all = Vec::new();
    if percent > 0 {
        all.push(metric("cpu", json!({ "type": "Utilization", "averageUtilization": percent })));
    }
    for (name, unit) in [("cpu", "m"), ("memory", "Mi")] {
        if !args.get(name).is_empty() {
            all.push(metric(name, target(args.get(name), name, unit)?));
        }
    }
    Ok(all)
}

/// A percentage of what is requested, or an amount; a bare number is one of the unit (`parseResourceInput`).
fn target(text: &str, name: &str, unit: &str) -> Result<Json, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::error("empty input"));
    }
    if let Some(percent) = text.strip_suffix('%') {
        let number = percent.parse::<i32>().ok().filter(|n| *n >= 0);
        let number = number.ok_or_else(|| Failure::error(format!("invalid percentage value: {percent}")))?;
        return Ok(json!({ "type": "Utilization", "averageUtilization": i64::from(number) }));
    }
    let with_unit = match text.parse::<f64>() {
        Ok(number) => format!("{number}{unit}"),
        Err(_) => text.to_owned(),
    };
    let amount = Quantity::parse(&with_unit)
        .ok_or_else(|| Failure::error(format!("invalid resource {name} value: {text}")))?;
    Ok(json!({ "type": "AverageValue", "averageValue": amount.to_string() }))
}
