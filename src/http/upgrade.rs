//! [`Upgrade`]: what a connection is for that becomes a stream of its own (`exec`, `attach`).

use super::log::Log;
use super::route::{self, decoded, is_true, pairs};
use super::{Follow, Request};
use crate::api::{self, Reason, Served, Status, Verb};
use crate::client::Api;
use crate::json::{Json, Str};

/// The container's own process, among those of `pods/x/exec`.
const MAIN: &str = "1";

/// What is to happen on an upgraded connection.
#[derive(Clone, Debug)]
pub enum Upgrade {
    /// A command in a container: the request that starts it.
    Exec {
        /// `POST pods/x/exec`
        start: Box<api::Request>,
        /// The client sends an input.
        stdin: bool,
        /// The input is what a person types.
        tty: bool,
    },
    /// What a container writes from now on.
    Attach {
        /// What it writes.
        follow: Box<Follow>,
        /// `PUT pods/x/exec`, whose body is still missing: what the container reads. `None`: the client sends nothing.
        input: Option<Box<api::Request>>,
        /// The container reads what one client sends, and then no more (`stdinOnce`).
        once: bool,
        /// The input is what a person types.
        tty: bool,
    },
}

/// What a request wants that comes with a header `Upgrade`; `None`: its path is none for that. Whoever may not, and what can be
/// told to be wrong before anything runs, is refused.
pub fn upgrade(api: &mut dyn Api, request: &Request) -> Option<Result<Upgrade, Status>> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let ["api", "v1", rest @ ..] = parts.as_slice() else { return None };
    let (resource, namespace, name, subresource) = route::target(&Served::default(), "", "v1", rest)?;
    let query = pairs(query);
    let ask = |verb, subresource| {
        let mut asked = api::Request::new(verb, resource.clone(), namespace, name).by("client/exec");
        asked.user = request.user.clone();
        asked.options.query =
            query.iter().map(|(key, value)| (Str::from(key.as_str()), Str::from(value.as_str()))).collect();
        asked.with_subresource(subresource)
    };
    let flag = |name: &str| query.iter().any(|(key, value)| key == name && is_true(value));
    let (stdin, tty) = (flag("stdin"), flag("tty"));
    match (&*resource.plural, subresource) {
        ("pods", "exec") => {
            let start = ask(Verb::Create, "exec");
            let looked = api.call(ask(Verb::Get, "exec"));
            Some(looked.map(|_| Upgrade::Exec { start: Box::new(start), stdin, tty }))
        }
        ("pods", "attach") => Some(api.call(ask(Verb::Get, "attach")).and_then(|looked| {
            let pod = looked.body;
            let named =
                query.iter().find(|(key, _)| key == "container").map_or("", |(_, name)| name.as_str());
            let mut containers = pod["spec"]["containers"].items().iter();
            let container =
                containers.find(|c| named.is_empty() || c["name"].str() == named).unwrap_or(&Json::Null);
            let container_name = if named.is_empty() { container["name"].str() } else { named };
            // Who may attach may see what is written; the log is how that is read here.
            let mut log = ask(Verb::Get, "log");
            log.user = None;
            log.options.query = vec![("container".into(), container_name.into())];
            let follow = Box::new(Follow::log(Log::open(api, log.clone())?.only_new()));
            log.options.query.push(("session".into(), MAIN.into()));
            let put = api::Request { verb: Verb::Update, ..log }.with_subresource("exec");
            let once = container["stdinOnce"].as_bool() == Some(true);
            Ok(Upgrade::Attach { follow, input: stdin.then_some(Box::new(put)), once, tty })
        })),
        (_, "portforward" | "proxy") => {
            let message = format!(
                "{subresource} is not served: the containers of this cluster have no network outside it"
            );
            Some(Err(Status::new(Reason::ServiceUnavailable, message)))
        }
        _ => None,
    }
}
