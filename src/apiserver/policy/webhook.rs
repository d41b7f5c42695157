//! Webhooks (`admission/plugin/webhook`, `apiextensions-apiserver/pkg/apiserver/conversion`): which are to be called, and what a
//! request meets when one is. No container of this cluster can answer one, so each call fails as it does on a cluster where
//! nobody answers.

use super::evaluation::Evaluation;
use super::{Attributes, matching};
use crate::api::{ObjectKey, Resource, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::Json;

/// How long a conversion may take, in seconds.
const CONVERSION_TIMEOUT: i64 = 30;

/// Calls the webhooks of one kind of configuration that are about a request.
pub fn call(server: &ApiServer, configurations: &Resource, attributes: &Attributes) -> Result<(), Status> {
    if attributes.is_exempt() {
        return Ok(());
    }
    for (_, configuration) in server.store.list(configurations, "") {
        for webhook in configuration["webhooks"].items() {
            if webhook["rules"].is_empty() {
                continue;
            }
            let Some(matched) = matching::matched(server, webhook, "rules", attributes)? else { continue };
            if !webhook["matchConditions"].is_empty() {
                let evaluation =
                    Evaluation::new(server, &Json::Null, &Json::Null, attributes, &matched, false);
                match evaluation.matches(&webhook["matchConditions"]) {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(_) if webhook["failurePolicy"].str() == "Ignore" => continue,
                    Err(why) => {
                        return Err(Status::forbidden(&attributes.request.resource, attributes.name, &why));
                    }
                }
            }
            let name = webhook["name"].str();
            let side_effects = webhook["sideEffects"].str();
            if attributes.request.options.dry_run && !matches!(side_effects, "None" | "NoneOnDryRun") {
                return Err(Status::bad_request(format!(
                    "admission webhook {name:?} does not support dry run"
                )));
            }
            if webhook["failurePolicy"].str() != "Ignore" {
                let seconds = webhook["timeoutSeconds"].as_i64().unwrap_or(10);
                let why = unreachable(server, &webhook["clientConfig"], seconds);
                return Err(Status::internal(format!(
                    "failed calling webhook {name:?}: failed to call webhook: {why}"
                )));
            }
        }
    }
    Ok(())
}

/// The error of a conversion of an object that is in one version to another.
pub fn conversion(server: &ApiServer, config: &Json, object: &Json) -> Status {
    let (version, kind) = (object["apiVersion"].str(), object["kind"].str());
    let why = unreachable(server, config, CONVERSION_TIMEOUT);
    Status::unknown(format!("conversion webhook for {version}, Kind={kind} failed: {why}"))
}

/// Why nobody answers at an address.
fn unreachable(server: &ApiServer, config: &Json, seconds: i64) -> String {
    let service = &config["service"];
    if service.is_null() {
        let url = config["url"].str();
        let host = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let why = match name.parse::<std::net::IpAddr>() {
            Ok(_) if host == name => format!("dial tcp {host}:443: connect: connection refused"),
            Ok(_) => format!("dial tcp {host}: connect: connection refused"),
            Err(_) => format!("dial tcp: lookup {name}: no such host"),
        };
        return format!("Post \"{url}?timeout={seconds}s\": {why}");
    }
    let (namespace, name) = (service["namespace"].str(), service["name"].str());
    let port = service["port"].as_i64().unwrap_or(443);
    let path = service["path"].as_str().unwrap_or("/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    let why = match server.store.get(&kinds::SERVICES.into(), &ObjectKey::new(namespace, name)) {
        None => format!("service {name:?} not found"),
        Some(found) => {
            let spec = &found["spec"];
            let address = spec["clusterIP"].str();
            if spec["type"].str() == "ExternalName" {
                format!("dial tcp: lookup {}: no such host", spec["externalName"].str())
            } else if address == "None" {
                "cannot route to service with ClusterIP \"None\"".into()
            } else if !spec["ports"].items().iter().any(|p| p["port"].as_i64() == Some(port)) {
                format!("no service port {port} found for service {name:?}")
            } else {
                format!("dial tcp {address}:{port}: connect: connection refused")
            }
        }
    };
    format!("Post \"https://{name}.{namespace}.svc:{port}{slash}{path}?timeout={seconds}s\": {why}")
}
