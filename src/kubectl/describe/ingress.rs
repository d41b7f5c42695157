//! `kubectl describe ingress`: hosts and paths, and what stands behind them.

use super::service::{endpoints_of, slices};
use super::{Columns, Describer, annotations, labels};
use crate::api::{Request, kinds};
use crate::json::Json;

pub(super) fn describe(d: &mut Describer<'_>, ingress: &Json, out: &mut Columns) {
    let (meta, spec) = (&ingress["metadata"], &ingress["spec"]);
    let namespace = meta["namespace"].str();
    out.add(&format!("Name:\t{}\n", meta["name"].str()));
    labels("Labels", &meta["labels"], out);
    let points = ingress.at(&["status", "loadBalancer", "ingress"]).items().iter();
    let address = |point: &Json| match point["ip"].str() {
        "" => point["hostname"].str().to_owned(),
        ip => ip.to_owned(),
    };
    let class = spec["ingressClassName"].as_str().unwrap_or("<none>");
    let default = match spec.get("defaultBackend") {
        Some(backend) => behind(d, namespace, backend),
        None => "<default>".into(),
    };
    out.add(&format!(
        "Namespace:\t{namespace}\nAddress:\t{}\nIngress Class:\t{class}\nDefault backend:\t{default}\n",
        points.map(address).collect::<Vec<_>>().join(",")
    ));
    if !spec["tls"].is_empty() {
        out.add("TLS:\n");
    }
    for tls in spec["tls"].items() {
        let hosts: Vec<&str> = tls["hosts"].items().iter().map(Json::str).collect();
        match tls["secretName"].str() {
            "" => out.add(&format!("  SNI routes {}\n", hosts.join(","))),
            secret => out.add(&format!("  {secret} terminates {}\n", hosts.join(","))),
        }
    }
    out.add("Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n");
    let rules: Vec<&Json> = spec["rules"].items().iter().filter(|rule| !rule["http"].is_null()).collect();
    for rule in &rules {
        let host = if rule["host"].is_empty() { "*" } else { rule["host"].str() };
        out.add(&format!("  {host}\t\n"));
        for path in rule["http"]["paths"].items() {
            let backend = behind(d, namespace, &path["backend"]);
            out.add(&format!("    \t{} \t{backend}\n", path["path"].str()));
        }
    }
    if rules.is_empty() {
        out.add(&format!("  *\t*\t{default}\n"));
    }
    annotations("Annotations", &meta["annotations"], out);
    d.events(ingress, out);
}

/// A backend, and the endpoints behind it or why there are none.
fn behind(d: &mut Describer<'_>, namespace: &str, backend: &Json) -> String {
    let service = &backend["service"];
    if service.is_null() {
        let other = &backend["resource"];
        let group = other["apiGroup"].as_str().unwrap_or("<none>");
        return format!("APIGroup: {group}, Kind: {}, Name: {}", other["kind"].str(), other["name"].str());
    }
    let name = service["name"].str();
    let port = match service["port"]["name"].str() {
        "" => super::or(&service["port"]["number"], "0"),
        port => port.to_owned(),
    };
    let found = match d.api.call(Request::get(kinds::SERVICES, namespace, name).by("kubectl-describe")) {
        Ok(found) => found.body,
        Err(status) => return format!("{name}:{port} (<error: {}>)", status.message),
    };
    let is_it =
        |own: &&Json| own["port"].to_string() == port || !own["name"].is_empty() && own["name"].str() == port;
    let own = found["spec"]["ports"].items().iter().find(is_it).map_or("", |own| own["name"].str());
    let slices = slices(d, &found);
    format!("{name}:{port} ({})", endpoints_of(&slices, own))
}
