//! Kinds that are served in several versions but stored in one: a request for another version is answered by way of the
//! stored one, so that all see the same objects.
//! Whose fields a write has is said in the version that was written to; only server-side apply speaks of the stored one.

mod autoscaler;
mod event;

use super::fields::managers;
use super::fields::walk::Kind;
use super::{ApiServer, body, create, patch, resources, update};
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
    /// Under which names this version's fields are selected, and what they are called in the stored one.
    fields: &'static [(&'static str, &'static str)],
}

/// `AddFieldLabelConversionsForEvent`
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("regarding.kind", "involvedObject.kind"),
    ("regarding.namespace", "involvedObject.namespace"),
    ("regarding.name", "involvedObject.name"),
    ("regarding.uid", "involvedObject.uid"),
    ("regarding.apiVersion", "involvedObject.apiVersion"),
    ("regarding.resourceVersion", "involvedObject.resourceVersion"),
    ("regarding.fieldPath", "involvedObject.fieldPath"),
    ("reportingController", "reportingComponent"),
    ("reason", "reason"),
    ("type", "type"),
    ("metadata.name", "metadata.name"),
    ("metadata.namespace", "metadata.namespace"),
];

static AUTOSCALER: Twin = Twin {
    stored: kinds::HORIZONTALPODAUTOSCALERS_V2,
    to: autoscaler::to_v2,
    from: autoscaler::to_v1,
    validate: |_, _| {},
    fields: &[],
};
static EVENT: Twin = Twin {
    stored: kinds::EVENTS,
    to: event::to_core,
    from: event::from_core,
    validate: event::validate,
    fields: EVENT_FIELDS,
};

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
        self.select(&mut inner)?;
        let read = match request.verb {
            Verb::Create | Verb::Update => {
                body::decode(request, &request.body, &Json::Null, &mut warnings).map(Some)
            }
            Verb::Patch(PatchType::Apply) => Ok(Some(request.body.clone())),
            Verb::Patch(kind) => {
                inner.verb = Verb::Update;
                self.patched(server, kind, request, &inner, &mut warnings)
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
            let applies = request.verb == Verb::Patch(PatchType::Apply);
            match inner.verb {
                Verb::Create | Verb::Update if !applies && inner.subresource.is_empty() => {
                    self.write(server, now, request, &inner)
                }
                _ => server.serve(now, &inner),
            }
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

    /// The field selector in the words of the stored version.
    fn select(&self, inner: &mut Request) -> Result<(), Status> {
        let selector = &inner.options.field_selector;
        if self.fields.is_empty() || selector.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        for part in selector.split(',').filter(|part| !part.is_empty()) {
            let end = part.find(['=', '!']).unwrap_or(part.len());
            let (label, rest) = part.split_at(end);
            let Some((_, stored)) = self.fields.iter().find(|(own, _)| *own == label) else {
                return Err(Status::bad_request(format!("field label not supported: {label}")));
            };
            parts.push(format!("{stored}{rest}"));
        }
        inner.options.field_selector = parts.join(",").into();
        Ok(())
    }

    /// Creates or replaces an object; its fields have owners as this version has fields.
    fn write(
        &self,
        server: &mut ApiServer,
        now: Time,
        request: &Request,
        inner: &Request,
    ) -> Result<Response, Status> {
        let kind = Kind::of_resource(&request.resource);
        let shown = |object: &Json| {
            let mut object = object.clone();
            self.show(&request.resource, &mut object);
            object
        };
        let mut new = inner.body.clone();
        (resources::of(&inner.resource).defaults)(&mut new);
        let new = shown(&new);
        if inner.verb == Verb::Create {
            let managed = managers::create(&mut server.seen, kind, request, now, &new);
            return create::store(server, now, inner, &inner.body, Some(managed));
        }
        let key = ObjectKey::new(inner.namespace.clone(), inner.name.clone());
        let old = shown(&server.peek(&inner.resource, &key));
        let said = &inner.body["metadata"]["managedFields"];
        let managed = managers::update(&mut server.seen, kind, request, now, &old, &new, said);
        update::update_with(server, now, inner, Some(managed))
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
        warnings: &mut Vec<crate::json::Str>,
    ) -> Result<Json, Status> {
        let key = ObjectKey::new(inner.namespace.clone(), inner.name.clone());
        let mut old = server.peek(&inner.resource, &key);
        if old.is_null() {
            return Err(Status::not_found(&inner.resource, &inner.name));
        }
        self.show(&request.resource, &mut old);
        patch::apply(kind, request, &old, warnings)
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
