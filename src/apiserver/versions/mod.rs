//! Kinds that are served in several versions but stored in one: a request for another version is answered by way of the
//! stored one, so that all see the same objects.
//!
//! *Absent:* `managedFields` name the stored version, whichever was written to.

mod autoscaler;
mod event;

use super::{ApiServer, body, create, patch, resources};
use crate::api::field::Error;
use crate::api::{ObjectKey, PatchType, Request, Resource, ResourceInfo, Response, Status, Verb, kinds};
use crate::json::Json;
use crate::sim::Time;

/// A version that is not stored.
#[derive(Debug)]
pub struct Twin {
    stored: &'static ResourceInfo,
    /// From this version to the stored one.
    to: fn(&mut Json),
    /// And back.
    from: fn(&mut Json),
    /// What this version demands beyond the stored one.
    validate: fn(&Json, &mut Vec<Error>),
}

static AUTOSCALER: Twin = Twin {
    stored: kinds::HORIZONTALPODAUTOSCALERS_V2,
    to: autoscaler::to_v2,
    from: autoscaler::to_v1,
    validate: |_, _| {},
};
static EVENT: Twin =
    Twin { stored: kinds::EVENTS, to: event::to_core, from: event::from_core, validate: event::validate };

/// How a resource is stored, where that is in another version.
pub fn twin(resource: &Resource) -> Option<&'static Twin> {
    match (&*resource.group, &*resource.version, &*resource.plural) {
        ("autoscaling", "v1", "horizontalpodautoscalers") => Some(&AUTOSCALER),
        ("events.k8s.io", "v1", "events") => Some(&EVENT),
        _ => None,
    }
}

impl Twin {
    /// Shows an object of the stored version in this one.
    pub fn show(&self, resource: &Resource, object: &mut Json) {
        (self.from)(object);
        object.set("apiVersion", resource.api_version());
    }

    fn store(&self, object: &mut Json) {
        (self.to)(object);
        object.set("apiVersion", self.stored.api_version());
        object.set("kind", self.stored.kind.clone());
    }

    /// Answers a request for this version.
    pub fn handle(&self, server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
        let mut inner = request.clone();
        inner.resource = self.stored.into();
        let mut warnings = Vec::new();
        let read = match request.verb {
            Verb::Create | Verb::Update => {
                body::decode(request, &request.body, &Json::Null, &mut warnings).map(Some)
            }
            Verb::Patch(PatchType::Apply) => Ok(Some(request.body.clone())),
            Verb::Patch(kind) => {
                inner.verb = Verb::Update;
                self.patched(server, kind, request, &inner)
                    .and_then(|patched| body::decode(request, &patched, &Json::Null, &mut warnings).map(Some))
            }
            _ => Ok(None),
        };
        let answer = read.and_then(|object| {
            if let Some(mut object) = object {
                self.store(&mut object);
                if request.verb == Verb::Create {
                    self.check(&inner, &object)?;
                }
                inner.body = object;
            }
            server.serve(now, &inner)
        });
        let mut answer =
            create::and_warned(answer, warnings).map_err(|status| self.renamed(status, request))?;
        if let Some(watch) = answer.watch {
            server.watches.show_as(watch, request.resource.clone());
        }
        match answer.body["kind"].str() {
            kind if kind == self.stored.kind => self.show(&request.resource, &mut answer.body),
            kind if kind.strip_suffix("List") == Some(&*self.stored.kind) => {
                answer.body.set("apiVersion", request.resource.api_version());
                if let Some(items) = answer.body.get_mut("items") {
                    items.array_mut().iter_mut().for_each(|item| self.show(&request.resource, item));
                }
            }
            _ => {}
        }
        Ok(answer)
    }

    /// Whether a new object is what this version demands; where not, it is told together with what the stored one does.
    fn check(&self, inner: &Request, object: &Json) -> Result<(), Status> {
        let mut more = Vec::new();
        (self.validate)(object, &mut more);
        if more.is_empty() {
            return Ok(());
        }
        let mut object = object.clone();
        if object["metadata"]["namespace"].is_empty() {
            object.set_at(&["metadata", "namespace"], inner.namespace.clone());
        }
        let mut errors = Vec::new();
        (resources::of(&inner.resource).validate)(&object, &mut errors);
        errors.append(&mut more);
        Err(Status::invalid(&inner.resource, object["metadata"]["name"].str(), &errors))
    }

    fn patched(
        &self,
        server: &ApiServer,
        kind: PatchType,
        request: &Request,
        inner: &Request,
    ) -> Result<Json, Status> {
        let key = ObjectKey::new(inner.namespace.clone(), inner.name.clone());
        let mut old = server.peek(&inner.resource, &key);
        if old.is_null() {
            return Err(Status::not_found(&inner.resource, &inner.name));
        }
        self.show(&request.resource, &mut old);
        patch::apply(kind, request, &old)
    }

    /// An error speaks of the resource that was asked for.
    fn renamed(&self, mut status: Status, request: &Request) -> Status {
        let (stored, own) = (self.stored.qualified(), request.resource.qualified());
        if let Some(rest) = status.message.strip_prefix(&format!("{stored} ")) {
            status.message = format!("{own} {rest}").into();
            if let Some(details) = &mut status.details {
                details.group = request.resource.group.clone();
            }
        }
        status
    }
}
