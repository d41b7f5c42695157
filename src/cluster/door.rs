//! [`Door`]: the API server as a component reaches it during one step; it records every call.

use super::record::Call;
use crate::api::{ObjectKey, Reason, Request, Response, Status, Verb, WatchEvent, WatchId};
use crate::apiserver::ApiServer;
use crate::client::Api;
use crate::json::Json;
use crate::kubelet::Kubelet;
use crate::sim::Time;

/// The way to the API server for the length of one step.
pub struct Door<'a> {
    pub(super) server: &'a mut ApiServer,
    /// The kubelets that the API server can reach for logs; none while a kubelet itself acts.
    pub(super) kubelets: &'a [Kubelet],
    pub(super) now: Time,
    /// How many calls get through.
    limit: Option<usize>,
    pub(super) calls: Vec<Call>,
    /// How many notes the caller has made.
    pub(super) notes: usize,
    /// What a delivery took from its watch.
    pub(super) delivered: Option<WatchEvent>,
}

impl<'a> Door<'a> {
    pub(super) fn new(
        server: &'a mut ApiServer,
        kubelets: &'a [Kubelet],
        now: Time,
        limit: Option<usize>,
    ) -> Door<'a> {
        Door { server, kubelets, now, limit, calls: Vec::new(), notes: 0, delivered: None }
    }

    /// `GET pods/x/log`: the API server asks the kubelet of the pod's node.
    fn log(&mut self, request: &Request) -> Result<Response, Status> {
        let pod = self.server.handle(self.now, &Request { subresource: "".into(), ..request.clone() })?.body;
        let node = pod["spec"]["nodeName"].str();
        let kubelet = self.kubelets.iter().find(|k| k.node_name() == node);
        let text = match kubelet {
            Some(kubelet) => kubelet.logs(&pod, &request.options.query)?,
            None if node.is_empty() => String::new(),
            None => {
                return Err(Status::new(
                    Reason::InternalError,
                    format!("no kubelet answers for node \"{node}\""),
                ));
            }
        };
        Ok(Response { code: 200, body: Json::from(text), ..Response::default() })
    }
}

impl Api for Door<'_> {
    fn call(&mut self, request: Request) -> Result<Response, Status> {
        if self.limit.is_some_and(|limit| self.calls.len() >= limit) {
            return Err(Status::new(Reason::ServiceUnavailable, "the API server cannot be reached"));
        }
        let key = ObjectKey::new(&request.namespace, &request.name);
        let revision_before = self.server.revision();
        let named = request.verb.writes() && !request.name.is_empty();
        let before = if named { self.server.peek(&request.resource, &key) } else { Json::Null };
        let result = match (request.verb, request.subresource.as_str()) {
            (Verb::Get, "log") => self.log(&request),
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
        self.calls.push(Call {
            verb: request.verb,
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

    fn noted(&mut self, count: usize) {
        self.notes = count;
    }
}
