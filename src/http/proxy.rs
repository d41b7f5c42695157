//! `services/x/proxy` and `pods/x/proxy`: the API server reaches nothing behind them, and says so as it does where nobody listens
//! (`registry/core/service/storage`, `apimachinery/pkg/util/proxy/transport.go`).

use super::Request;
use crate::api::{self, Reason, ResourceInfo, Status, Verb, kinds};
use crate::client::Api;
use crate::json::Json;

/// What is to be reached.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Its namespace.
    pub namespace: String,
    /// A Service; otherwise a Pod.
    pub service: bool,
    /// `name`, `name:port` or `scheme:name:port`
    pub id: String,
}

fn unavailable(message: String) -> Status {
    Status::new(Reason::ServiceUnavailable, message)
}

/// Why it is not reached.
pub fn refused(api: &mut dyn Api, request: &Request, proxy: &Proxy) -> Status {
    let parts: Vec<&str> = proxy.id.split(':').collect();
    let (name, port) = match parts.as_slice() {
        [name] | ["http" | "https", name] => (*name, ""),
        [name, port] | ["http" | "https" | "", name, port] => (*name, *port),
        _ => {
            let what = if proxy.service { "service" } else { "pod" };
            return Status::bad_request(format!("invalid {what} request {:?}", proxy.id));
        }
    };
    let mut get = |kind: &'static ResourceInfo| {
        let mut asked = api::Request::new(Verb::Get, kind, proxy.namespace.as_str(), name).by("client/proxy");
        asked.user = request.user.clone();
        api.call(asked).map(|answer| answer.body)
    };
    let object = match get(if proxy.service { kinds::SERVICES } else { kinds::PODS }) {
        Ok(object) => object,
        Err(status) => return status,
    };
    let number = |wanted: &Json, port: &str| wanted.as_i64().is_some_and(|number| number.to_string() == port);
    let address = if proxy.service {
        let is_it = |known: &&Json| match port {
            "" => true,
            port => known["name"].str() == port || number(&known["port"], port),
        };
        let mut ports = object["spec"]["ports"].items().iter();
        if ports.all(|known| !is_it(&known)) && port.bytes().all(|byte| byte.is_ascii_digit()) {
            return unavailable(format!("no service port {port} found for service {name:?}"));
        }
        let endpoints = get(kinds::ENDPOINTS).unwrap_or_default();
        let ready = endpoints["subsets"].items().iter().find(|subset| !subset["addresses"].is_empty());
        match ready {
            None => return unavailable(format!("no endpoints available for service {:?}", proxy.id)),
            Some(subset) => format!("{}:{}", subset["addresses"][0]["ip"].str(), subset["ports"][0]["port"]),
        }
    } else {
        match object["status"]["podIP"].str() {
            "" => return Status::bad_request("address not allowed"),
            ip => format!("{ip}:{}", if port.is_empty() { "80" } else { port }),
        }
    };
    unavailable(format!("error trying to reach service: dial tcp {address}: connect: connection refused"))
}
