//! The controller manager against the real API server, with a kubelet in miniature: pods run for a second and exit with
//! the code that an annotation of theirs says.

use kubestep::api::{PatchType, Request, Response, Status, WatchEvent, WatchId, kinds};
use kubestep::apiserver::ApiServer;
use kubestep::client::{Api, Context};
use kubestep::controllers::Manager;
use kubestep::json;
use kubestep::json::Json;
use kubestep::sim::{Rng, Time};
use std::time::Duration;

struct World {
    server: ApiServer,
    manager: Manager,
    rng: Rng,
    now: Time,
    calls: usize,
    steps: usize,
}

struct Door<'a> {
    server: &'a mut ApiServer,
    now: Time,
    calls: &'a mut usize,
}

impl Api for Door<'_> {
    fn call(&mut self, request: Request) -> Result<Response, Status> {
        *self.calls += 1;
        self.server.handle(self.now, &request)
    }
    fn next_event(&mut self, watch: WatchId) -> Option<WatchEvent> {
        self.server.next_event(watch)
    }
    fn stop_watch(&mut self, watch: WatchId) {
        self.server.stop_watch(watch);
    }
    fn now(&self) -> Time {
        self.now
    }
}

impl World {
    fn new() -> World {
        let now = Time::from_secs(1_800_000_000);
        let server = ApiServer::new(1, now);
        let manager = Manager::default();
        let mut world = World { server, manager, rng: Rng::new(2), now, calls: 0, steps: 0 };
        world.settle();
        world.calls = 0;
        world
    }

    fn call(&mut self, request: Request) -> Json {
        self.server.handle(self.now, &request).expect("the request is good").body
    }

    fn list(&mut self, resource: &'static kubestep::api::ResourceInfo) -> Vec<Json> {
        self.call(Request::list(resource, "default"))["items"].items().to_vec()
    }

    /// All deliveries, then all syncs, until nothing is left to do at this moment.
    fn settle(&mut self) {
        loop {
            let mut door = Door { server: &mut self.server, now: self.now, calls: &mut self.calls };
            let due: Vec<_> = self
                .manager
                .reflectors()
                .filter(|r| r.watch().map_or(r.can_list(self.now), |watch| door.server.has_event(watch)))
                .map(|r| r.resource().clone())
                .collect();
            let mut cx = Context { api: &mut door, now: self.now, rng: &mut self.rng, notes: Vec::new() };
            self.steps += 1;
            let ready = self.manager.ready(self.now).next();
            if self.manager.can_start() {
                self.manager.start(&mut cx);
            } else if let Some(resource) = due.first() {
                self.manager.deliver(&mut cx, resource);
            } else if let Some((queue, key)) = ready {
                self.manager.sync(&mut cx, &queue, &key);
            } else {
                return;
            }
        }
    }

    /// Pods run for a second, then end; those being deleted go.
    fn run_pods(&mut self) {
        for pod in self.list(kinds::PODS) {
            let name = pod["metadata"]["name"].str().to_string();
            if !pod["metadata"]["deletionTimestamp"].is_null() {
                let delete =
                    Request::delete(kinds::PODS, "default", name.clone()).with(|o| o.grace_period = Some(0));
                self.call(delete);
            } else if matches!(pod["status"]["phase"].str(), "" | "Pending") {
                self.set_status(
                    &name,
                    json!({
                        "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }],
                    }),
                );
            } else if pod["status"]["phase"].str() == "Running" {
                let index = pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"].str();
                let code = match pod["metadata"]["annotations"]["exit"].str() {
                    "never" => continue,
                    "odd" => i64::from(index.ends_with(['1', '3', '5', '7', '9'])),
                    code => code.parse().unwrap_or(0),
                };
                let phase = if code == 0 { "Succeeded" } else { "Failed" };
                let ended = json!({ "terminated": { "exitCode": code, "finishedAt": self.now.rfc3339() } });
                self.set_status(
                    &name,
                    json!({
                        "phase": phase, "conditions": [{ "type": "Ready", "status": "False" }],
                        "containerStatuses": [{
                            "name": "main", "state": ended, "ready": false, "restartCount": 0,
                            "image": "busybox", "imageID": "",
                        }],
                    }),
                );
            }
        }
    }

    fn set_status(&mut self, pod: &str, status: Json) {
        let patch = json!({ "status": status });
        let request = Request::patch(PatchType::Merge, kinds::PODS, "default", pod, patch);
        self.call(request.with_subresource("status"));
    }

    fn advance(&mut self, seconds: u64) {
        self.settle();
        for _ in 0..seconds {
            self.now = self.now + Duration::from_secs(1);
            self.run_pods();
            self.settle();
        }
    }

    fn create_job(&mut self, exit: &str, spec: Json) {
        let mut job = json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "pi", "namespace": "default" } });
        job.set("spec", spec);
        job.set_at(
            &["spec", "template"],
            json!({
                "metadata": { "annotations": { "exit": exit } },
                "spec": { "restartPolicy": "Never", "containers": [{ "name": "main", "image": "busybox" }] },
            }),
        );
        self.call(Request::create(kinds::JOBS, job));
    }

    fn patch_job(&mut self, spec: Json) {
        let patch = json!({ "spec": spec });
        self.call(Request::patch(PatchType::Merge, kinds::JOBS, "default", "pi", patch));
    }

    fn job(&mut self) -> Json {
        self.call(Request::get(kinds::JOBS, "default", "pi"))
    }

    /// `active/ready/terminating succeeded failed`, the indexes, the conditions that are true.
    fn summary(&mut self) -> String {
        let status = self.job()["status"].clone();
        let n = |key: &str| status[key].as_i64().unwrap_or(0);
        let conditions: Vec<String> = status["conditions"]
            .items()
            .iter()
            .map(|c| format!("{}={} {}", c["type"].str(), c["status"].str(), c["reason"].str()))
            .collect();
        let mut text = format!(
            "{}/{}/{} +{} -{}",
            n("active"),
            n("ready"),
            n("terminating"),
            n("succeeded"),
            n("failed")
        );
        for key in ["completedIndexes", "failedIndexes"] {
            if let Some(indexes) = status[key].as_str() {
                text += &format!(" {key}={indexes}");
            }
        }
        assert_eq!(status["uncountedTerminatedPods"], json!({}), "{status}");
        format!("{text} [{}]", conditions.join(", "))
    }

    fn events(&mut self) -> Vec<String> {
        let mut events = self.list(kinds::EVENTS);
        events.sort_by(|a, b| a["metadata"]["name"].str().cmp(b["metadata"]["name"].str()));
        events
            .iter()
            .map(|e| format!("{} x{}", e["reason"].str(), e["count"].as_i64().unwrap_or(0)))
            .collect()
    }
}

#[test]
fn runs_as_many_pods_as_asked_for() {
    let cases = [
        (
            json!({}),
            8,
            "0/0/0 +1 -0 [SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached]",
        ),
        (json!({ "completions": 6, "parallelism": 2 }), 1, "2/2/0 +0 -0 []"),
        (
            json!({ "completions": 6, "parallelism": 2 }),
            20,
            "0/0/0 +6 -0 [SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached]",
        ),
        (json!({ "completions": 2, "parallelism": 5 }), 1, "2/2/0 +0 -0 []"),
        (
            json!({ "completions": 0 }),
            1,
            "0/0/0 +0 -0 [SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached]",
        ),
        (json!({ "parallelism": 0 }), 5, "0/0/0 +0 -0 []"),
        (
            json!({ "parallelism": 3 }),
            8,
            "0/0/0 +3 -0 [SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached]",
        ),
        (json!({ "managedBy": "example.com/mine" }), 5, ""),
        (
            json!({ "completionMode": "Indexed", "completions": 5, "parallelism": 2 }),
            20,
            "0/0/0 +5 -0 completedIndexes=0-4 [SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached]",
        ),
    ];
    for (spec, seconds, expected) in cases {
        let mut world = World::new();
        world.create_job("0", spec.clone());
        world.advance(seconds);
        if expected.is_empty() {
            assert_eq!(world.job()["status"], json!({}), "{spec}");
        } else {
            assert_eq!(world.summary(), expected, "{spec}");
        }
    }
}

#[test]
fn gives_up_for_a_reason() {
    let cases = [
        (
            "1",
            json!({ "backoffLimit": 0 }),
            10,
            "0/0/0 +0 -1 [FailureTarget=True BackoffLimitExceeded, Failed=True BackoffLimitExceeded]",
        ),
        ("1", json!({ "backoffLimit": 1 }), 9, "0/0/0 +0 -1 []"),
        (
            "1",
            json!({ "backoffLimit": 1 }),
            20,
            "0/0/0 +0 -2 [FailureTarget=True BackoffLimitExceeded, Failed=True BackoffLimitExceeded]",
        ),
        ("never", json!({ "activeDeadlineSeconds": 5 }), 4, "1/1/0 +0 -0 []"),
        (
            "never",
            json!({ "activeDeadlineSeconds": 5 }),
            10,
            "0/0/0 +0 -1 [FailureTarget=True DeadlineExceeded, Failed=True DeadlineExceeded]",
        ),
        (
            "odd",
            json!({ "completionMode": "Indexed", "completions": 4, "parallelism": 4, "backoffLimitPerIndex": 0 }),
            10,
            "0/0/0 +2 -2 completedIndexes=0,2 failedIndexes=1,3 [FailureTarget=True FailedIndexes, Failed=True FailedIndexes]",
        ),
        (
            "odd",
            json!({ "completionMode": "Indexed", "completions": 3, "parallelism": 3, "backoffLimitPerIndex": 1 }),
            5,
            "0/0/0 +2 -0 completedIndexes=0,2 failedIndexes= []",
        ),
        (
            "7",
            json!({ "podFailurePolicy": { "rules": [{ "action": "FailJob", "onExitCodes": { "operator": "In", "values": [7] } }] } }),
            6,
            "0/0/0 +0 -1 [FailureTarget=True PodFailurePolicy, Failed=True PodFailurePolicy]",
        ),
        (
            "7",
            json!({ "backoffLimit": 0, "podFailurePolicy": { "rules": [{ "action": "Ignore", "onExitCodes": { "operator": "In", "values": [7] } }] } }),
            6,
            "0/0/0 +0 -0 []",
        ),
        (
            "odd",
            json!({
                "completionMode": "Indexed", "completions": 4, "parallelism": 4, "backoffLimit": 6,
                "successPolicy": { "rules": [{ "succeededIndexes": "0,2" }] },
            }),
            8,
            "0/0/0 +2 -2 completedIndexes=0,2 [SuccessCriteriaMet=True SuccessPolicy, Complete=True SuccessPolicy]",
        ),
    ];
    for (exit, spec, seconds, expected) in cases {
        let mut world = World::new();
        world.create_job(exit, spec.clone());
        world.advance(seconds);
        assert_eq!(world.summary(), expected, "{spec}");
    }
}

#[test]
fn suspends_and_resumes() {
    let mut world = World::new();
    world.create_job("never", json!({ "parallelism": 2, "completions": 2 }));
    world.advance(3);
    assert_eq!(world.summary(), "2/2/0 +0 -0 []");
    world.patch_job(json!({ "suspend": true }));
    world.advance(3);
    assert_eq!(world.summary(), "0/0/0 +0 -0 [Suspended=True JobSuspended]");
    world.patch_job(json!({ "suspend": false }));
    world.advance(3);
    assert_eq!(world.summary(), "2/2/0 +0 -0 [Suspended=False JobResumed]");
    let told = "SuccessfulCreate SuccessfulCreate SuccessfulDelete SuccessfulDelete Suspended \
                SuccessfulCreate SuccessfulCreate Resumed";
    assert_eq!(world.events().join(" ").replace(" x1", ""), told);
}

#[test]
fn replaces_a_deleted_pod_after_the_backoff() {
    let mut world = World::new();
    world.create_job("never", json!({}));
    world.advance(3);
    let pod = world.list(kinds::PODS).remove(0);
    world.call(Request::delete(kinds::PODS, "default", pod["metadata"]["name"].str()));
    world.advance(5);
    assert_eq!(world.summary(), "0/0/0 +0 -1 []");
    world.advance(10);
    assert_eq!(world.summary(), "1/1/0 +0 -1 []");
}

#[test]
fn combines_the_tenth_similar_event_and_all_after_it() {
    let mut world = World::new();
    world.create_job("0", json!({ "parallelism": 12, "completions": 12 }));
    world.advance(6);
    let events = world.events();
    assert_eq!(
        (events.len(), events[9].as_str(), events[10].as_str()),
        (11, "SuccessfulCreate x3", "Completed x1")
    );
}

#[test]
fn a_pod_that_is_counted_costs_nothing() {
    let mut costs = Vec::new();
    for completions in [100i64, 400] {
        let mut world = World::new();
        world.create_job("0", json!({ "parallelism": 20, "completions": completions }));
        world.advance(1 + 4 * completions.unsigned_abs() / 20);
        assert!(world.summary().contains("Complete=True"), "{}", world.summary());
        costs.push(world.calls as f64 / completions as f64);
    }
    assert!(costs[1] < costs[0] * 1.2, "calls a pod: {costs:?}");
}

#[test]
fn deletes_or_frees_dependents() {
    use kubestep::api::Propagation::{Background, Foreground, Orphan};
    for (propagation, job, pods) in [(Background, 0, 0), (Foreground, 0, 0), (Orphan, 0, 2)] {
        let mut world = World::new();
        world.create_job("never", json!({ "parallelism": 2, "completions": 2 }));
        world.advance(3);
        let delete =
            Request::delete(kinds::JOBS, "default", "pi").with(|o| o.propagation = Some(propagation));
        world.call(delete);
        world.advance(5);
        let left = world.list(kinds::PODS);
        assert_eq!((world.list(kinds::JOBS).len(), left.len()), (job, pods), "{propagation:?}");
        for pod in left {
            let metadata = &pod["metadata"];
            assert!(
                metadata["ownerReferences"].is_empty() && metadata["finalizers"].is_empty(),
                "{metadata}"
            );
        }
    }
}

#[test]
fn deletes_what_names_an_owner_that_never_was() {
    let mut world = World::new();
    let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "ghost", "uid": "none" });
    let map = |name: &str, owners: Json| {
        let metadata = json!({ "name": name, "namespace": "default", "ownerReferences": owners });
        Request::create(
            kinds::CONFIGMAPS,
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata }),
        )
    };
    world.call(map("free", json!([])));
    world.call(map("lost", json!([owner])));
    world.advance(1);
    let left: Vec<Json> =
        world.list(kinds::CONFIGMAPS).iter().map(|m| m["metadata"]["name"].clone()).collect();
    assert_eq!(left, [Json::from("free"), Json::from("kube-root-ca.crt")]);
}

#[test]
fn empties_a_namespace_then_lets_it_go() {
    let mut world = World::new();
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "red" } });
    world.call(Request::create(kinds::NAMESPACES, namespace));
    world.advance(1);
    let account = Request::get(kinds::SERVICEACCOUNTS, "red", "default");
    assert_eq!(world.call(account)["metadata"]["name"].str(), "default");
    let metadata = json!({ "name": "held", "namespace": "red", "finalizers": ["example.com/hold"] });
    world.call(Request::create(kinds::CONFIGMAPS, json!({ "metadata": metadata })));
    world.call(Request::delete(kinds::NAMESPACES, "", "red"));
    world.advance(8);
    let held = world.call(Request::get(kinds::NAMESPACES, "", "red"));
    let said = held["status"]["conditions"]
        .items()
        .iter()
        .map(|c| format!("{} {}", c["status"].str(), c["message"].str()));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            "False All resources successfully discovered",
            "False All legacy kube types successfully parsed",
            "False All content successfully deleted, may be waiting on finalization",
            "True Some resources are remaining: configmaps. has 1 resource instances",
            "True Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
        ]
    );
    let free = json!({ "metadata": { "finalizers": null } });
    world.call(Request::patch(PatchType::Merge, kinds::CONFIGMAPS, "red", "held", free));
    world.advance(20);
    let gone = world.server.handle(world.now, &Request::get(kinds::NAMESPACES, "", "red"));
    assert!(gone.is_err_and(|e| e.is_not_found()));
}

#[test]
fn deletes_a_finished_job_after_its_time() {
    let mut world = World::new();
    world.create_job("0", json!({ "ttlSecondsAfterFinished": 10 }));
    world.advance(9);
    assert_eq!(world.list(kinds::JOBS).len(), 1);
    world.advance(15);
    assert_eq!((world.list(kinds::JOBS).len(), world.list(kinds::PODS).len()), (0, 0));
}

#[test]
fn runs_jobs_on_schedule() {
    let cases = [
        ("Allow", "0", 130, "SuccessfulCreate SawCompletedJob SuccessfulCreate SawCompletedJob"),
        ("Forbid", "never", 130, "SuccessfulCreate JobAlreadyActive"),
        ("Replace", "never", 130, "SuccessfulCreate SuccessfulDelete SuccessfulCreate"),
    ];
    for (policy, exit, seconds, expected) in cases {
        let mut world = World::new();
        let template = json!({
            "metadata": { "annotations": { "exit": exit } },
            "spec": { "restartPolicy": "Never", "containers": [{ "name": "main", "image": "busybox" }] },
        });
        world.call(Request::create(kinds::CRONJOBS, json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "tick", "namespace": "default" },
            "spec": {
                "schedule": "* * * * *", "concurrencyPolicy": policy,
                "jobTemplate": { "spec": { "template": template } },
            },
        })));
        world.advance(seconds);
        let mut events = world.list(kinds::EVENTS);
        events.retain(|e| e["involvedObject"]["kind"].str() == "CronJob");
        events.sort_by(|a, b| a["metadata"]["name"].str().cmp(b["metadata"]["name"].str()));
        let said: Vec<&str> = events.iter().map(|e| e["reason"].str()).collect();
        assert_eq!(said.join(" "), expected, "{policy}");
    }
}
