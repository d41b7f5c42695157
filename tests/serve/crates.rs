//! The crate `kube` against the server: a reflector's watcher, a small controller, server-side apply, logs, exec.

use crate::served::Served;
use futures_util::{StreamExt, TryStreamExt};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{
    Api, AttachParams, DeleteParams, ListParams, LogParams, ObjectMeta, Patch, PatchParams, PostParams,
};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::{Controller, WatchStreamExt, controller::Action, wait, watcher};
use kube::{Client, Config, ResourceExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;

async fn client(served: &Served) -> Client {
    let file = Kubeconfig::read_from(served.kubeconfig()).expect("a kubeconfig");
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    Client::try_from(config.expect("a config")).expect("a client")
}

/// Runs a test's future; one that hangs fails.
fn within_a_minute(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ended = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), test).await });
    assert!(ended.is_ok(), "it hangs");
}

fn parsed<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).expect("an object")
}

#[test]
fn a_watcher_follows_what_happens() {
    let served = Served::start("watcher", &["--fast-forward"]);
    within_a_minute(async {
        let client = client(&served).await;
        let jobs: Api<Job> = Api::default_namespaced(client.clone());
        // The initial list comes by a watch too, with the bookmark that ends it.
        let config = watcher::Config::default().streaming_lists();
        let mut changes = std::pin::pin!(watcher(jobs.clone(), config).default_backoff().applied_objects());
        let job = serde_json::json!({
            "metadata": { "name": "pi" },
            "spec": { "completions": 3, "template": { "spec": {
                "restartPolicy": "Never", "containers": [{ "name": "c", "image": "busybox", "command": ["echo", "3.14"] }],
            } } },
        });
        jobs.create(&PostParams::default(), &parsed(job)).await.expect("created");
        let mut last = 0;
        while let Some(job) = changes.try_next().await.expect("the watch goes on") {
            let succeeded = job.status.as_ref().and_then(|status| status.succeeded).unwrap_or(0);
            assert!(succeeded >= last, "{succeeded} after {last}");
            last = succeeded;
            let done = job.status.into_iter().flat_map(|status| status.conditions.unwrap_or_default());
            if done.into_iter().any(|condition| condition.type_ == "Complete" && condition.status == "True") {
                break;
            }
        }
        assert_eq!(last, 3);
    });
}

#[test]
fn a_controller_reconciles() {
    let served = Served::start("controller", &["--fast-forward"]);
    within_a_minute(async {
        let client = client(&served).await;
        let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
        // Each ConfigMap with the label gets a copy, which it owns, with its values in capitals.
        let reconcile = |map: Arc<ConfigMap>, client: Arc<Client>| async move {
            let maps: Api<ConfigMap> = Api::default_namespaced((*client).clone());
            let upper = |data: &BTreeMap<String, String>| {
                data.iter().map(|(k, v)| (k.clone(), v.to_uppercase())).collect()
            };
            let copy = ConfigMap {
                metadata: ObjectMeta {
                    name: Some(format!("{}-upper", map.name_any())),
                    owner_references: kube::Resource::controller_owner_ref(&*map, &())
                        .map(|owner| vec![owner]),
                    ..ObjectMeta::default()
                },
                data: map.data.as_ref().map(upper),
                ..ConfigMap::default()
            };
            let name = copy.name_any();
            maps.patch(&name, &PatchParams::apply("upper").force(), &Patch::Apply(&copy)).await?;
            Ok::<_, kube::Error>(Action::await_change())
        };
        let running = Controller::new(maps.clone(), watcher::Config::default().labels("upper=yes"))
            .owns(maps.clone(), watcher::Config::default())
            .run(reconcile, |_, _, _| Action::requeue(Duration::from_millis(100)), Arc::new(client.clone()))
            .for_each(|_| async {});
        let data = |name: &'static str| {
            let maps = maps.clone();
            async move {
                loop {
                    let found = maps.get_opt(name).await.expect("an answer");
                    if let Some(value) = found.and_then(|map| map.data?.get("k").cloned()) {
                        break value;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        };
        let test = async {
            let map = serde_json::json!({ "metadata": { "name": "a", "labels": { "upper": "yes" } }, "data": { "k": "one" } });
            maps.create(&PostParams::default(), &parsed(map)).await.expect("created");
            assert_eq!(data("a-upper").await, "ONE");
            // Somebody deletes the copy: it comes back, because its owner is reconciled.
            maps.delete("a-upper", &DeleteParams::default()).await.expect("deleted");
            assert_eq!(data("a-upper").await, "ONE");
            let change = serde_json::json!({ "data": { "k": "two" } });
            maps.patch("a", &PatchParams::default(), &Patch::Merge(change)).await.expect("patched");
            while data("a-upper").await != "TWO" {}
            // The garbage collector of the cluster takes the copy with its owner.
            maps.delete("a", &DeleteParams::default()).await.expect("deleted");
            while maps.get_opt("a-upper").await.expect("an answer").is_some() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = running => panic!("the controller ended"),
            () = test => {}
        }
    });
}

#[test]
fn a_pod_is_talked_to() {
    let served = Served::start("crate-exec", &["--fast-forward"]);
    within_a_minute(async {
        let client = client(&served).await;
        let pods: Api<Pod> = Api::default_namespaced(client.clone());
        let pod = serde_json::json!({
            "metadata": { "name": "box" },
            "spec": { "containers": [{ "name": "c", "image": "busybox", "command": ["sh", "-c", "echo hello; sleep infinity"] }] },
        });
        pods.create(&PostParams::default(), &parsed(pod)).await.expect("created");
        wait::await_condition(pods.clone(), "box", wait::conditions::is_pod_running())
            .await
            .expect("it runs");
        assert_eq!(pods.logs("box", &LogParams::default()).await.expect("its log"), "hello\n");
        let mut process = pods
            .exec("box", ["sh", "-c", "echo out; exit 3"], &AttachParams::default().stderr(false))
            .await
            .expect("it starts");
        let mut out = String::new();
        process.stdout().expect("its output").read_to_string(&mut out).await.expect("text");
        let status = process.take_status().expect("its status").await.expect("it ended");
        assert_eq!((out.as_str(), status.reason.as_deref()), ("out\n", Some("NonZeroExitCode")));
        let error = pods
            .create(&PostParams::default(), &parsed(serde_json::json!({ "metadata": { "name": "box" } })))
            .await;
        assert!(
            matches!(error, Err(kube::Error::Api(status)) if status.reason == "Invalid" || status.reason == "AlreadyExists")
        );
        let pages = pods.list_metadata(&ListParams::default().limit(1)).await.expect("a list");
        assert_eq!(pages.items[0].name_any(), "box");
    });
}
