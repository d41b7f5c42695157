//! [`Upgrade`]: what a connection is for that becomes a stream of its own (`exec`, `attach`).

use super::log::Log;
use super::route::{self, decoded, is_true, pairs};
use super::{Follow, Request};
use crate::api::{self, Reason, Status, Verb};
use crate::client::Api;
use crate::json::Str;

/// What is to happen on an upgraded connection.
#[derive(Clone, Debug)]
pub enum Upgrade {
    /// A command in a container: the request that starts it.
    Exec {
        /// `POST pods/x/exec`, its input still missing.
        start: Box<api::Request>,
        /// The client sends an input.
        stdin: bool,
        /// The input is what a person types.
        tty: bool,
    },
    /// What a container writes from now on.
    Attach(Box<Follow>),
}

/// What a request wants that comes with a header `Upgrade`; `None`: its path is none for that.
pub fn upgrade(api: &mut dyn Api, request: &Request) -> Option<Result<Upgrade, Status>> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let ["api", "v1", rest @ ..] = parts.as_slice() else { return None };
    let (resource, namespace, name, subresource) = route::target(&[], "", "v1", rest)?;
    let user = &request.user;
    let ask = |verb| {
        let mut request = api::Request::new(verb, resource.clone(), namespace, name).by("client/exec");
        request.user = user.clone();
        request.options.query =
            pairs(query).into_iter().map(|(key, value)| (Str::from(key), Str::from(value))).collect();
        request
    };
    let flag = |name: &str| pairs(query).iter().any(|(key, value)| key == name && is_true(value));
    match (&*resource.plural, subresource) {
        ("pods", "exec") => {
            let start = Box::new(ask(Verb::Create).with_subresource("exec"));
            Some(Ok(Upgrade::Exec { start, stdin: flag("stdin"), tty: flag("tty") }))
        }
        ("pods", "attach") => {
            let log = Log::open(api, ask(Verb::Get).with_subresource("log"));
            Some(log.map(|log| Upgrade::Attach(Box::new(Follow::log(log.only_new())))))
        }
        (_, "portforward" | "proxy") => {
            let message = format!(
                "{subresource} is not served: the containers of this cluster have no network outside it"
            );
            Some(Err(Status::new(Reason::ServiceUnavailable, message)))
        }
        _ => None,
    }
}
