//! `kubectl expose`: a Service in front of what exists already.

use super::apply::{self, DryRun};
use super::cli::Cli;
use super::create::send;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names::{self, Target};
use super::printers::{Format, typed_name};
use super::{Flow, files, run};
use crate::api::{Resource, kinds};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &flags::join::<26>(
    flags::WRITE,
    &[
        ("cluster-ip", ' ', Takes::Value),
        ("container-port", ' ', Takes::Value),
        ("external-ip", ' ', Takes::Value),
        ("labels", 'l', Takes::Value),
        ("load-balancer-ip", ' ', Takes::Value),
        ("name", ' ', Takes::Value),
        ("overrides", ' ', Takes::Value),
        ("override-type", ' ', Takes::Value),
        ("port", ' ', Takes::Value),
        ("protocol", ' ', Takes::Value),
        ("selector", ' ', Takes::Value),
        ("session-affinity", ' ', Takes::Value),
        ("target-port", ' ', Takes::Value),
        ("type", ' ', Takes::Value),
    ],
);

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("expose", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(names::required());
    }
    if targets.iter().any(|target| target.name.is_empty()) {
        return Err(Failure::error("resource(s) were provided, but no name was specified"));
    }
    let mut failures = Vec::new();
    for target in &targets {
        match expose(cli, &args, dry_run, target) {
            Ok(created) => {
                let service = Resource::from(kinds::SERVICES);
                match &format {
                    Some(format) => {
                        let text = format.print(&service, &created)?;
                        cli.print(text);
                    }
                    None => {
                        let name = typed_name(&service, created["metadata"]["name"].str());
                        cli.line(format!("{name} exposed{}", dry_run.suffix()));
                    }
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

fn expose(cli: &mut Cli, args: &Arguments, dry_run: DryRun, target: &Target) -> Result<Json, Failure> {
    let resource = &target.resource;
    let object = cli.get(resource, args.namespace(), &target.name)?;
    let pods = match (&*resource.group, &*resource.kind) {
        ("", "Pod" | "Service") => &object["spec"],
        ("" | "apps", "ReplicationController" | "Deployment" | "ReplicaSet") => {
            object.at(&["spec", "template", "spec"])
        }
        _ => return Err(Failure::error(format!("cannot expose a {}", resource.qualified_kind()))),
    };
    let selector = match args.get("selector") {
        "" => selector_of(&resource.kind, &object).map_err(|why| {
            let message = "couldn't retrieve selectors via --selector flag or introspection";
            Failure::error(format!("{message}: {why}"))
        })?,
        text => run::pairs(&text.split(',').map(String::from).collect::<Vec<_>>())?,
    };
    let labels = match args.get("labels") {
        "" => object["metadata"]["labels"].clone(),
        text => run::pairs(&text.split(',').map(String::from).collect::<Vec<_>>())?,
    };
    // Number and protocol of each port that it has.
    let known: Vec<(String, String)> = if resource.kind == "Service" {
        pods["ports"].items().iter().map(|port| port_of(port, "port")).collect()
    } else {
        let all = pods["containers"].items().iter().flat_map(|container| container["ports"].items());
        all.map(|port| port_of(port, "containerPort")).collect()
    };
    let mut numbers: Vec<String> = known.iter().map(|(number, _)| number.clone()).collect();
    if args.has("port") {
        numbers = args.get("port").split(',').map(String::from).collect();
    } else if numbers.is_empty() && args.get("cluster-ip") != "None" {
        return Err(Failure::error("couldn't find port via --port flag or introspection"));
    }
    let mut ports = Vec::new();
    for (i, text) in numbers.iter().enumerate() {
        let number: i64 = text
            .parse()
            .map_err(|_| Failure::error(format!("strconv.Atoi: parsing {text:?}: invalid syntax")))?;
        let mut protocols: Vec<&str> = match args.get("protocol") {
            "" => known
                .iter()
                .filter(|(known, _)| known == text)
                .map(|(_, protocol)| protocol.as_str())
                .collect(),
            protocol => vec![protocol],
        };
        protocols.dedup();
        if protocols.is_empty() {
            protocols.push("TCP");
        }
        for protocol in &protocols {
            let mut port = json!({ "port": number, "protocol": *protocol, "targetPort": number });
            if protocols.len() > 1 {
                port.set("name", format!("port-{}-{}", i + 1, protocol.to_lowercase()));
            } else if numbers.len() > 1 {
                port.set("name", format!("port-{}", i + 1));
            }
            for flag in ["container-port", "target-port"].into_iter().filter(|flag| args.has(flag)) {
                let target = args.get(flag);
                port.set("targetPort", target.parse::<i64>().map_or_else(|_| Json::from(target), Json::from));
            }
            ports.push(port);
        }
    }
    let name = if args.get("name").is_empty() {
        target.name.chars().take(63).collect()
    } else {
        args.get("name").to_string()
    };
    let service = service(args, &name, labels, selector, ports)?;
    create(cli, args, ("kubectl-expose", dry_run), service)
}

fn port_of(port: &Json, field: &str) -> (String, String) {
    let protocol = if port["protocol"].is_empty() { "TCP" } else { port["protocol"].str() };
    (port[field].to_string(), protocol.to_string())
}

/// The labels by which its pods are known, or why there are none.
fn selector_of(kind: &str, object: &Json) -> Result<Json, String> {
    let spec = &object["spec"];
    let labels = match kind {
        "Pod" => &object["metadata"]["labels"],
        "Deployment" | "ReplicaSet" => &spec["selector"]["matchLabels"],
        _ => &spec["selector"],
    };
    if !spec["selector"]["matchExpressions"].is_empty() && matches!(kind, "Deployment" | "ReplicaSet") {
        let expressions = spec["selector"]["matchExpressions"].items().iter().map(|e| {
            let values: Vec<&str> = e["values"].items().iter().map(Json::str).collect();
            format!(
                "{{Key:{} Operator:{} Values:[{}]}}",
                e["key"].str(),
                e["operator"].str(),
                values.join(" ")
            )
        });
        let shown: Vec<String> = expressions.collect();
        return Err(format!(
            "couldn't convert expressions - \"[{}]\" to map-based selector format",
            shown.join(" ")
        ));
    }
    if !labels.is_empty() {
        return Ok(labels.clone());
    }
    Err(match kind {
        "Pod" => "the pod has no labels and cannot be exposed".to_string(),
        "Service" => "the service has no pod selector set".to_string(),
        kind => format!("invalid {}: no selectors, therefore cannot be exposed", kind.to_lowercase()),
    })
}

fn service(
    args: &Arguments,
    name: &str,
    labels: Json,
    selector: Json,
    ports: Vec<Json>,
) -> Result<Json, Failure> {
    let mut spec = json!({ "selector": selector });
    if !ports.is_empty() {
        spec.set("ports", ports);
    }
    let affinity = args.get("session-affinity");
    if !matches!(affinity, "" | "None" | "ClientIP") {
        return Err(Failure::error(format!("unknown session affinity: {affinity}")));
    }
    for (field, value) in
        [("sessionAffinity", affinity), ("type", args.get("type")), ("clusterIP", args.get("cluster-ip"))]
    {
        if !value.is_empty() {
            spec.set(field, value);
        }
    }
    if !args.get("external-ip").is_empty() {
        spec.set("externalIPs", vec![args.get("external-ip")]);
    }
    if args.get("type") == "LoadBalancer" && !args.get("load-balancer-ip").is_empty() {
        spec.set("loadBalancerIP", args.get("load-balancer-ip"));
    }
    let mut metadata = json!({ "name": name });
    if !labels.is_empty() {
        metadata.set("labels", labels);
    }
    let status = json!({ "loadBalancer": {} });
    let mut service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": status });
    if args.has("overrides") {
        run::override_with(&mut service, args.get("overrides"))?;
    }
    Ok(service)
}

/// `kubectl run --expose`: the Service of the pod that is being made.
pub(super) fn of_run(cli: &mut Cli, args: &Arguments, dry_run: DryRun, pod: &Json) -> Result<Json, Failure> {
    let meta = &pod["metadata"];
    let port = &pod["spec"]["containers"][0]["ports"][0]["containerPort"];
    let ports = vec![json!({ "port": port, "protocol": "TCP", "targetPort": port })];
    let labels = if args.has("labels") { meta["labels"].clone() } else { Json::Null };
    let mut metadata = json!({ "name": &meta["name"] });
    if !labels.is_empty() {
        metadata.set("labels", labels);
    }
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata,
        "spec": { "ports": ports, "selector": &meta["labels"] }, "status": { "loadBalancer": {} },
    });
    create(cli, args, ("kubectl-run", dry_run), service)
}

fn create(
    cli: &mut Cli,
    args: &Arguments,
    by: (&'static str, DryRun),
    mut service: Json,
) -> Result<Json, Failure> {
    if by.1 != DryRun::Client || args.has("namespace") {
        service.set_at(&["metadata", "namespace"], args.namespace());
    }
    if args.is("save-config") && by.1 != DryRun::Client {
        service = apply::with_last_applied(&service);
    }
    Ok(send(cli, args, by, &kinds::SERVICES.into(), service)?)
}
