//! The main job, without a page: a Job is created, runs to its end, and tells why each thing happened.

use kubestep::api::{ObjectKey, Request, kinds};
use kubestep::cluster::{Action, Config, World};
use kubestep::json;

#[test]
fn a_job_runs_to_completion() {
    let mut world = World::booted(&Config::new(1, 3));
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "hello", "namespace": "default" },
        "spec": { "template": { "spec": {
            "restartPolicy": "Never",
            "containers": [{ "name": "main", "image": "busybox", "command": ["sh", "-c", "echo hello k8s job!"] }],
        } } },
    });
    let (created, _) = world.user(|api| api.call(Request::create(kinds::JOBS, job)));
    created.expect("a valid Job");
    for _ in 0..500 {
        match world.default_action() {
            Some(Action::Advance { background: true, .. }) | None => break,
            Some(action) => {
                let record = world.step(&action);
                assert!(record.causes.iter().all(|cause| *cause < record.step), "{record:?}");
            }
        }
    }
    let job = world.server().peek(&kinds::JOBS.into(), &ObjectKey::new("default", "hello"));
    let conditions: Vec<&str> =
        job.at(&["status", "conditions"]).items().iter().map(|c| c["type"].str()).collect();
    assert_eq!(conditions, ["SuccessCriteriaMet", "Complete"], "{job:#}");
}
