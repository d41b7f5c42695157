//! Creating and deleting pods on behalf of an object, with the events that tell of it (`controller.RealPodControl`).

use crate::api::views::core_v1::{Pod, PodTemplateSpec};
use crate::api::{Request, Resource, Status, View, kinds, meta};
use crate::client::{Context, EventKind, Recorder};
use crate::json;
use crate::json::Json;

/// The cause by which the API server says that a namespace takes nothing new.
const NAMESPACE_TERMINATING: &str = "NamespaceTerminating";

/// Acts on pods for one object.
pub struct PodControl<'a> {
    /// The object: a Job, a ReplicaSet.
    pub owner: &'a Json,
    /// What it is.
    pub resource: Resource,
    /// Where the events go.
    pub recorder: &'a mut Recorder,
    /// Who asks.
    pub agent: &'static str,
}

/// Whether a creation failed because the namespace is being deleted, so that all others would fail too.
pub fn namespace_terminating(error: &Status) -> bool {
    error.details.iter().any(|d| d.causes.iter().any(|c| c.reason == NAMESPACE_TERMINATING))
}

/// Creates `count` pods in batches: the first has one, and each that succeeds doubles the next. So an object that cannot
/// have pods (a quota, a bad template) does not ask for hundreds of them. How many succeeded, and the first error.
pub fn slow_start_batch(
    count: usize,
    create: &mut dyn FnMut(usize) -> Result<(), Status>,
) -> (usize, Result<(), Status>) {
    let (mut done, mut batch, mut created, mut outcome) = (0, 1, 0, Ok(()));
    while done < count && outcome.is_ok() {
        let end = (done + batch).min(count);
        for i in done..end {
            match create(i) {
                Ok(()) => created += 1,
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        (done, batch) = (end, batch * 2);
    }
    (created, outcome)
}

impl PodControl<'_> {
    /// Creates a pod from a template, controlled by the object; `generate_name` `""`: the object's name and a dash.
    pub fn create(
        &mut self,
        cx: &mut Context,
        template: &PodTemplateSpec,
        generate_name: &str,
    ) -> Result<Json, Status> {
        let about = &self.owner["metadata"];
        let prefix = match generate_name {
            "" => format!("{}-", about["name"].str()),
            prefix => prefix.to_string(),
        };
        let from = &template.json()["metadata"];
        let mut metadata = json!({
            "generateName": prefix, "namespace": &about["namespace"],
            "ownerReferences": [meta::new_controller_ref(self.owner, &self.resource)],
        });
        for key in ["labels", "annotations", "finalizers"] {
            if !from[key].is_empty() {
                metadata.set(key, &from[key]);
            }
        }
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": &template.json()["spec"],
        });
        match cx.api.call(Request::create(kinds::PODS, pod).by(self.agent)) {
            Ok(created) => {
                let name = created.body["metadata"]["name"].str();
                self.tell(EventKind::Normal, "SuccessfulCreate", format!("Created pod: {name}"));
                Ok(created.body)
            }
            Err(error) => {
                if !namespace_terminating(&error) {
                    self.tell(
                        EventKind::Warning,
                        "FailedCreate",
                        format!("Error creating: {}", error.message),
                    );
                }
                Err(error)
            }
        }
    }

    /// Deletes a pod.
    pub fn delete(&mut self, cx: &mut Context, pod: &Pod) -> Result<(), Status> {
        let meta = pod.metadata();
        let request = Request::delete(kinds::PODS, meta.namespace(), meta.name()).by(self.agent);
        match cx.api.call(request) {
            Ok(_) => {
                self.tell(EventKind::Normal, "SuccessfulDelete", format!("Deleted pod: {}", meta.name()));
                Ok(())
            }
            Err(error) if error.is_not_found() => Err(error),
            Err(error) => {
                self.tell(EventKind::Warning, "FailedDelete", format!("Error deleting: {}", error.message));
                Err(error)
            }
        }
    }

    fn tell(&mut self, kind: EventKind, reason: &'static str, message: String) {
        self.recorder.event(self.owner, self.resource.clone(), kind, json::Str::fixed(reason), message);
    }
}
