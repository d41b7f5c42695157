//! [`Door`]: the API server as a component reaches it during one step; it records every call.

use super::record::Call;
use crate::api::{ObjectKey, Reason, Request, Response, Served, Status, Verb, WatchEvent, WatchId, base64};
use crate::apiserver::ApiServer;
use crate::client::{Api, CallFault};
use crate::json::{Json, Str};
use crate::kubelet::{ExecRequest, Input, Kubelet, Typed, container_name};
use crate::sim::Time;

/// What goes wrong with the calls of one step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mishap {
    /// How many calls get through; all where there is no limit.
    pub calls: Option<usize>,
    /// Which call goes wrong, from 1, and how.
    pub fault: Option<(usize, CallFault)>,
}

impl Mishap {
    /// Only so many calls get through.
    pub fn limit(calls: Option<usize>) -> Mishap {
        Mishap { calls, fault: None }
    }
}

/// The way to the API server for the length of one step.
pub struct Door<'a> {
    pub(super) server: &'a mut ApiServer,
    /// The kubelets that the API server can reach, for logs and exec; none while a kubelet itself acts.
    pub(super) kubelets: &'a mut [Kubelet],
    pub(super) now: Time,
    /// What goes wrong.
    mishap: Mishap,
    crashed: bool,
    pub(super) calls: Vec<Call>,
    /// How many notes the caller has made.
    pub(super) notes: usize,
    /// What a delivery took from its watch.
    pub(super) delivered: Option<WatchEvent>,
}

/// Why the API server does not reach a node.
struct Unreachable {
    address: String,
    error: String,
}

fn query<'r>(request: &'r Request, key: &str) -> &'r str {
    request.options.query.iter().find(|(k, _)| *k == key).map_or("", |(_, value)| value.as_str())
}

/// The query of a log with its `sinceSeconds` as the moment that is meant.
fn since(query: &[(Str, Str)], now: Time) -> Vec<(Str, Str)> {
    let moment = |(key, value): &(Str, Str)| match value.parse::<i64>() {
        Ok(seconds) if *key == "sinceSeconds" => {
            let then = Time(now.0.saturating_sub(seconds.saturating_mul(1_000_000_000)));
            (Str::fixed("sinceTime"), Str::from(then.rfc3339()))
        }
        _ => (key.clone(), value.clone()),
    };
    query.iter().map(moment).collect()
}

impl<'a> Door<'a> {
    pub(super) fn new(
        server: &'a mut ApiServer,
        kubelets: &'a mut [Kubelet],
        now: Time,
        mishap: Mishap,
    ) -> Door<'a> {
        Door { server, kubelets, now, mishap, crashed: false, calls: Vec::new(), notes: 0, delivered: None }
    }

    /// `GET pods/x/log`: the API server asks the kubelet of the pod's node.
    fn log(&mut self, request: &Request) -> Result<Response, Status> {
        self.server.authorize(request)?;
        let pod = self.pod(request)?;
        let node = pod["spec"]["nodeName"].str();
        let now = self.now;
        let text = match self.kubelet(node) {
            Ok(kubelet) => kubelet.logs(&pod, &since(&request.options.query, now))?,
            Err(_) if node.is_empty() => String::new(),
            Err(why) => {
                let container = query(request, "container");
                let path = format!("{}/{}/{container}", request.namespace, request.name);
                let message = format!("Get \"https://{}/containerLogs/{path}\": {}", why.address, why.error);
                let mut status = Status::new(Reason::InternalError, message);
                status.reason = None;
                return Err(status);
            }
        };
        Ok(Response { code: 200, body: Json::from(text), ..Response::default() })
    }

    /// `pods/x/exec`: POST starts a process, GET reads what it wrote, PUT types: a text, `{"bytes": "base64"}`,
    /// `{"interrupt": true}`, or `{}` at the end. Session 1 is the container's own process. (In a real cluster all this is one connection.) `pods/x/attach`: PUT types to the
    /// container's own too.
    fn exec(&mut self, request: &Request) -> Result<Response, Status> {
        // What goes over a connection that is there already is no request of its own.
        if query(request, "session").is_empty() {
            self.server.authorize(&Request { verb: Verb::Create, ..request.clone() })?;
        }
        let pod = self.pod(request)?;
        let name = pod["metadata"]["name"].str().to_owned();
        let all = ["containers", "initContainers", "ephemeralContainers"].into_iter();
        let mut containers = all.flat_map(|list| pod["spec"][list].items());
        // Of several, the client has to say which.
        let container = match query(request, "container") {
            "" => container_name(&pod, "")?,
            name => name.to_owned(),
        };
        let container = container.as_str();
        if !containers.any(|c| c["name"].str() == container) {
            let message = format!("container {container} is not valid for pod {name}");
            return Err(Status::bad_request(message));
        }
        let node = pod["spec"]["nodeName"].str();
        if node.is_empty() {
            return Err(Status::bad_request(format!("pod {name} does not have a host assigned")));
        }
        let now = self.now;
        let attaches = request.subresource == "attach";
        let kubelet = self.kubelet(node).map_err(|why| {
            let message = format!("Internal error occurred: error dialing backend: {}", why.error);
            Status::new(Reason::InternalError, message)
        })?;
        let body = if attaches && request.verb == Verb::Create {
            Json::Null
        } else if attaches {
            kubelet.attach_input(&pod, container, request.body.str(), now);
            Json::Null
        } else if request.verb == Verb::Create {
            let command = request.options.query.iter().filter(|(k, _)| k == "command");
            let command = command.map(|(_, word)| word.to_string()).collect();
            let asked = |flag: &str| query(request, flag) == "true" && request.body.is_null();
            let input = match (asked("tty"), asked("sent")) {
                (true, _) => Input::Terminal,
                (_, true) => Input::Sent,
                _ => Input::Text(request.body.str()),
            };
            let exec = ExecRequest { container, command, input };
            Json::from(kubelet.exec(&pod, &exec, now)?)
        } else if request.verb == Verb::Update {
            let number = query(request, "session").parse().unwrap_or_default();
            let body = &request.body;
            let decoded = body["bytes"].as_str().and_then(|bytes| base64::decode(bytes).ok());
            let typed = match (body, &decoded) {
                (Json::Str(text), _) => Typed::Bytes(text.as_bytes()),
                (_, Some(bytes)) => Typed::Bytes(bytes),
                _ if body["interrupt"].as_bool() == Some(true) => Typed::Interrupt,
                _ => Typed::End,
            };
            kubelet.exec_input(&pod, container, number, typed, now);
            Json::Null
        } else {
            let number = query(request, "session").parse().unwrap_or_default();
            kubelet.exec_output(&pod, container, number, query(request, "bytes") == "true")
        };
        Ok(Response { code: 200, body, ..Response::default() })
    }

    /// `pods/x/attach`, `pods/x/portforward`: whether there may be such a connection; the pod.
    fn connect(&mut self, request: &Request) -> Result<Response, Status> {
        self.server.authorize(&Request { verb: Verb::Create, ..request.clone() })?;
        let body = self.pod(request)?;
        if request.subresource == "attach" {
            container_name(&body, query(request, "container"))?;
        }
        if body["spec"]["nodeName"].is_empty() {
            let name = &request.name;
            return Err(Status::bad_request(format!("pod {name} does not have a host assigned")));
        }
        Ok(Response { code: 200, body, ..Response::default() })
    }

    fn pod(&mut self, request: &Request) -> Result<Json, Status> {
        let (verb, subresource, body) = (Verb::Get, Str::default(), Json::Null);
        let get = Request { verb, subresource, body, user: None, ..request.clone() };
        Ok(self.server.handle(self.now, &get)?.body)
    }

    /// The kubelet of a node, where it can be reached.
    fn kubelet(&mut self, node: &str) -> Result<&mut Kubelet, Unreachable> {
        match self.kubelets.iter_mut().find(|k| k.node_name() == node) {
            Some(kubelet) if !kubelet.is_down() => Ok(kubelet),
            found => {
                let address = found.map_or_else(|| node.to_owned(), |k| k.node().address());
                let address = format!("{address}:10250");
                Err(Unreachable { error: format!("dial tcp {address}: i/o timeout"), address })
            }
        }
    }
}

impl Api for Door<'_> {
    fn call(&mut self, request: Request) -> Result<Response, Status> {
        if self.mishap.calls.is_some_and(|limit| self.calls.len() >= limit) {
            return Err(Status::new(Reason::ServiceUnavailable, "the API server cannot be reached"));
        }
        let fault = self.mishap.fault.filter(|(call, _)| *call == self.calls.len() + 1);
        self.crashed |= fault.is_some_and(|(_, how)| how == CallFault::Crash);
        if self.crashed {
            return Err(CallFault::Crash.status(&request));
        }
        let key = ObjectKey::new(&request.namespace, &request.name);
        let revision_before = self.server.revision();
        let named = request.verb.writes() && !request.name.is_empty();
        let before = if named { self.server.peek(&request.resource, &key) } else { Json::Null };
        let result = match (request.verb, request.subresource.as_str()) {
            _ if let Some((_, how)) = fault => Err(how.status(&request)),
            (Verb::Get, "log") => self.log(&request),
            (Verb::Get | Verb::Create | Verb::Update, "exec") => self.exec(&request),
            (Verb::Get, "attach" | "portforward") => self.connect(&request),
            (Verb::Create | Verb::Update, "attach") => self.exec(&request),
            _ => self.server.handle(self.now, &request),
        };
        let revision_after = self.server.revision();
        let key = match &result {
            Ok(response) if request.verb == Verb::Create && request.subresource.is_empty() => {
                ObjectKey::of(&response.body)
            }
            _ => key,
        };
        let wrote = revision_after > revision_before;
        let creates = wrote && request.verb == Verb::Create && request.subresource.is_empty();
        self.calls.push(Call {
            verb: request.verb,
            sent: if creates { request.body } else { Json::Null },
            after: if wrote { self.server.peek(&request.resource, &key) } else { Json::Null },
            before: if wrote { before } else { Json::Null },
            resource: request.resource,
            subresource: request.subresource,
            key,
            agent: request.agent,
            result: result.as_ref().map(|r| r.code).map_err(Status::clone),
            revision_before,
            revision_after,
            notes_before: self.notes,
        });
        result
    }

    fn next_event(&mut self, watch: WatchId) -> Option<WatchEvent> {
        let event = self.server.next_event(watch)?;
        self.delivered = Some(event.clone());
        Some(event)
    }

    fn stop_watch(&mut self, watch: WatchId) {
        self.server.stop_watch(watch);
    }

    fn now(&self) -> Time {
        self.now
    }

    fn served(&self) -> Served {
        self.server.served()
    }

    fn noted(&mut self, count: usize) {
        self.notes = count;
    }

    fn crashed(&self) -> bool {
        self.crashed
    }
}
