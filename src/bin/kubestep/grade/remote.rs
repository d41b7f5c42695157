//! A lesson on a cluster that somebody runs: its objects are listed, then watched for as long as was asked.

use super::{Arguments, Graded};
use crate::serve::wall;
use futures_util::stream::{SelectAll, StreamExt};
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Client, Config};
use kubestep::api::{ObjectKey, Resource};
use kubestep::json::{self, Json};
use kubestep::lessons::Lesson;
use kubestep::lessons::remote::Remote;
use std::path::Path;
use std::time::Duration;

/// How long a cluster may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks at the cluster.
pub fn grade(exercise: &Lesson, kubeconfig: &Path, arguments: &Arguments) -> Result<Graded, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| e.to_string())?.block_on(look(exercise, kubeconfig, arguments))
}

async fn look(exercise: &Lesson, kubeconfig: &Path, arguments: &Arguments) -> Result<Graded, String> {
    let told = |e: &dyn std::fmt::Display| format!("{}: {e}", kubeconfig.display());
    let file = Kubeconfig::read_from(kubeconfig).map_err(|e| told(&e))?;
    let options = KubeConfigOptions { context: arguments.context.clone(), ..KubeConfigOptions::default() };
    let config = Config::from_custom_kubeconfig(file, &options).await.map_err(|e| told(&e))?;
    let name = config.cluster_url.to_string();
    let client = Client::try_from(config).map_err(|e| told(&e))?;
    let mut remote = Remote::new(exercise, wall());
    let resources = remote.resources();
    if resources.is_empty() {
        return Err("no task of this lesson asks for what a cluster shows from outside".into());
    }
    let api = |resource: &Resource| -> Api<DynamicObject> {
        // A check may name any namespace, so all are read.
        let kind = ApiResource {
            group: resource.group.to_string(),
            version: resource.version.to_string(),
            api_version: resource.api_version(),
            kind: resource.kind.to_string(),
            plural: resource.plural.to_string(),
        };
        Api::all_with(client.clone(), &kind)
    };
    for resource in &resources {
        let list = tokio::time::timeout(PATIENCE, api(resource).list(&ListParams::default())).await;
        let list = list.map_err(|_| told(&"the cluster does not answer"))?;
        for object in list.map_err(|e| told(&format!("{}: {e}", resource.qualified())))?.items {
            show(&mut remote, resource, object, &arguments.namespace, true);
        }
    }
    remote.begin();
    if arguments.seconds > 0 {
        let mut changes = SelectAll::new();
        for resource in &resources {
            let resource = resource.clone();
            let stream = watcher(api(&resource), watcher::Config::default());
            changes.push(stream.map(move |event| (resource.clone(), event)).boxed());
        }
        eprintln!("kubestep grade: looking at {name} for {} s", arguments.seconds);
        let end = tokio::time::sleep(Duration::from_secs(arguments.seconds));
        tokio::pin!(end);
        // Of each list that a watch begins with: what was in it.
        let mut listed: Vec<(Resource, ObjectKey)> = Vec::new();
        loop {
            let (resource, event) = tokio::select! {
                () = &mut end => break,
                Some(next) = changes.next() => next,
            };
            match event {
                Ok(Event::Init) => listed.retain(|(of, _)| *of != resource),
                Ok(Event::InitApply(object)) => {
                    let key = show(&mut remote, &resource, object, &arguments.namespace, true);
                    listed.push((resource, key));
                }
                Ok(Event::InitDone) => {
                    for key in remote.shown(&resource) {
                        if !listed.contains(&(resource.clone(), key.clone())) {
                            remote.show(wall(), &resource, &key, None);
                        }
                    }
                }
                Ok(Event::Apply(object)) => {
                    drop(show(&mut remote, &resource, object, &arguments.namespace, true))
                }
                Ok(Event::Delete(object)) => {
                    drop(show(&mut remote, &resource, object, &arguments.namespace, false))
                }
                // The watcher tries again by itself.
                Err(error) => {
                    eprintln!("kubestep grade: {}: {error}", resource.qualified());
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
    }
    Ok(Graded { file: name, result: Ok(remote.report(wall())) })
}

/// Shows an object, or that it is gone. The learner's namespace is the lesson's `default`, and whatever the cluster has there is not.
fn show(
    remote: &mut Remote<'_>,
    resource: &Resource,
    object: DynamicObject,
    namespace: &str,
    there: bool,
) -> ObjectKey {
    let text = serde_json::to_string(&object).unwrap_or_default();
    let mut object: Json = json::parse(&text).unwrap_or_default();
    object.set("apiVersion", resource.api_version());
    // Of a custom resource that is not here, only its name is known.
    if !resource.kind.is_empty() {
        object.set("kind", resource.kind.clone());
    }
    if namespace != "default" && resource.namespaced {
        let as_lesson = match object["metadata"]["namespace"].str() {
            own if own == namespace => Some("default"),
            "default" => Some("default (of the cluster)"),
            _ => None,
        };
        if let Some(name) = as_lesson {
            object.set_at(&["metadata", "namespace"], name);
        }
    }
    let key = ObjectKey::of(&object);
    remote.show(wall(), resource, &key, there.then_some(object));
    key
}
