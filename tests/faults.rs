//! What breaks, and what one sees when a mechanism is off: faults and switches, through the front door.

use expect_test::{Expect, expect};
use kubestep::api::{ObjectKey, kinds};
use kubestep::cluster::{Action, Config, Fault};
use kubestep::json::Str;
use kubestep::playground::{Breakpoint, Files, Playground, RunEnd, RunFile, Until, trace_hash};
use std::time::Duration;

const JOB: &str = "apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  completions: 4
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sleep, '5']}
";

const STRAY: &str = "apiVersion: v1
kind: Pod
metadata: {name: stray, finalizers: [batch.kubernetes.io/job-tracking]}
spec:
  containers:
  - {name: main, image: busybox, command: [sleep, '5']}
";

fn cluster() -> Playground {
    let files: Files = [(Str::from("job.yaml"), Str::from(JOB))].into_iter().collect();
    Playground::new(Config::new(1, 3), files)
}

fn suffer(playground: &mut Playground, words: &str) {
    let fault = Fault::parse(words).unwrap_or_else(|| panic!("{words} is a fault"));
    assert_eq!(fault.to_string(), words);
    playground.fault(fault).unwrap_or_else(|| panic!("{words} is possible"));
}

fn rest(playground: &mut Playground) {
    playground.run(&Until::Idle, |_| true);
}

/// How many pods of the Job ever were, and what the Job says.
fn outcome(playground: &Playground) -> String {
    let server = playground.desk().world().server();
    let job = server.peek(&kinds::JOBS.into(), &ObjectKey::new("default", "work"));
    let pods = server.list(&kinds::PODS.into()).len();
    let conditions = job.at(&["status", "conditions"]).items().iter();
    let conditions: Vec<&str> = conditions.map(|c| c["type"].str()).collect();
    let count = |key: &str| job["status"][key].as_i64().unwrap_or(0);
    format!(
        "{pods} pods, succeeded {}, failed {}, {}",
        count("succeeded"),
        count("failed"),
        conditions.join(" ")
    )
}

/// The phases of the steps since `from`, those of a sync of the Job and those that a fault brought.
fn phases(playground: &mut Playground, from: usize) -> String {
    let mut lines = Vec::new();
    for position in from + 1..=playground.timeline().position() {
        let record = playground.timeline_mut().record(position).expect("was done").step;
        let told: Vec<String> = record
            .notes
            .iter()
            .map(|note| {
                let values: Vec<String> =
                    note.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{} {}", note.phase, values.join(" ")).trim_end().replace('"', "")
            })
            .collect();
        if !told.is_empty() {
            lines.push(format!("{}: {}", position - from, told.join("; ")));
        }
    }
    lines.join("\n") + "\n"
}

fn check(found: &str, expected: &Expect) {
    expected.assert_eq(found);
}

#[test]
fn the_controllers_start_anew_one_stage_at_a_time() {
    let mut playground = cluster();
    let from = playground.timeline().position();
    suffer(&mut playground, "restart-controllers");
    let running =
        |p: &Playground| p.desk().world().manager().stage() == kubestep::controllers::Stage::Running;
    while !running(&playground) {
        playground.step(0);
    }
    let told = phases(&mut playground, from);
    let job_lines: Vec<&str> = told
        .split([';', '\n'])
        .filter(|l| l.contains("job-controller") || !l.contains("controller="))
        .collect();
    check(
        &job_lines.join("\n"),
        &expect![[r#"
            1: crashed
            2: api-available version=v1.36.2
             new-controller controller=cronjob-controller informers=cronjobs.batch, jobs.batch recorder=true
             new-controller controller=job-controller informers=jobs.batch, pods recorder=true
             monitors count=25
            32: caches-synced synced=25 all=25
             start-workers controller=cronjob-controller workers=5
             start-workers controller=job-controller workers=5
             start-workers controller=job-controller/orphan-pods workers=1
        "#]],
    );
}

#[test]
fn a_restart_in_the_middle_of_a_job_counts_every_pod_once() {
    for when in (5..120).step_by(7) {
        let mut playground = cluster();
        playground.command("kubectl apply -f job.yaml");
        for _ in 0..when {
            playground.step(0);
        }
        suffer(&mut playground, "restart-controllers");
        rest(&mut playground);
        assert_eq!(
            outcome(&playground),
            "4 pods, succeeded 4, failed 0, SuccessCriteriaMet Complete",
            "restarted after {when} steps"
        );
    }
}

#[test]
fn a_sync_that_dies_or_fails_at_any_call_is_made_good() {
    for how in ["error", "conflict", "crash"] {
        for call in 1..=4 {
            for when in [4, 60, 90] {
                let mut playground = cluster();
                playground.command("kubectl apply -f job.yaml");
                for _ in 0..when {
                    playground.step(0);
                }
                suffer(&mut playground, &format!("fail-call job-controller {call} {how}"));
                rest(&mut playground);
                assert_eq!(
                    outcome(&playground),
                    "4 pods, succeeded 4, failed 0, SuccessCriteriaMet Complete",
                    "{how} at call {call}, armed after {when} steps"
                );
            }
        }
    }
}

#[test]
fn without_expectations_a_late_watch_makes_pods_twice() {
    let mut playground = cluster();
    suffer(&mut playground, "expectations off");
    suffer(&mut playground, "delivery pods off");
    playground.command("kubectl apply -f job.yaml");
    let until = playground.desk().world().now() + Duration::from_secs(3);
    playground.run(&Until::Time(until), |_| true);
    let pods = playground.desk().world().server().list(&kinds::PODS.into()).len();
    assert_eq!(pods, 4, "parallelism is 2");

    let mut careful = cluster();
    suffer(&mut careful, "delivery pods off");
    careful.command("kubectl apply -f job.yaml");
    careful.run(&Until::Time(until), |_| true);
    assert_eq!(careful.desk().world().server().list(&kinds::PODS.into()).len(), 2);
    suffer(&mut careful, "delivery pods on");
    rest(&mut careful);
    assert_eq!(outcome(&careful), "4 pods, succeeded 4, failed 0, SuccessCriteriaMet Complete");
}

#[test]
fn a_controller_that_does_not_wait_for_its_caches_makes_pods_twice() {
    let after_restart = |switch: Option<&str>| {
        let mut playground = cluster();
        playground.command("kubectl apply -f job.yaml");
        let until = playground.desk().world().now() + Duration::from_secs(3);
        playground.run(&Until::Time(until), |_| true);
        if let Some(switch) = switch {
            suffer(&mut playground, switch);
        }
        suffer(&mut playground, "delivery pods off");
        suffer(&mut playground, "restart-controllers");
        let from = playground.timeline().position();
        playground.run(&Until::Time(until + Duration::from_secs(1)), |_| true);
        let pods = playground.desk().world().server().list(&kinds::PODS.into()).len();
        let told = phases(&mut playground, from);
        (pods, told.split([';', '\n']).find(|l| l.contains("caches-")).map(|l| l.trim().to_string()))
    };
    assert_eq!(after_restart(None), (2, None), "its workers never start");
    let (pods, told) = after_restart(Some("cache-sync off"));
    assert_eq!(pods, 4);
    check(&told.unwrap_or_default(), &expect!["3: caches-not-awaited synced=0 all=25"]);
}

#[test]
fn without_a_rate_limit_a_failing_sync_spins() {
    let retries = |switch: Option<&str>| {
        let mut playground = cluster();
        if let Some(switch) = switch {
            suffer(&mut playground, switch);
        }
        playground.command("kubectl apply -f job.yaml");
        for _ in 0..3 {
            suffer(&mut playground, "fail-call job-controller 1 error");
            let retry = Breakpoint { controller: "job-controller".into(), place: "retry".into() };
            playground.toggle_breakpoint(retry.clone());
            assert_eq!(playground.run(&Until::Idle, |_| true).end, RunEnd::Breakpoint);
            playground.toggle_breakpoint(retry);
        }
        playground.desk().world().now().since(playground.config().start).as_secs()
    };
    let (limited, spinning) = (retries(None), retries(Some("rate-limiter off")));
    assert_eq!((limited, spinning), (3, 0), "1 s and 2 s apart, and at once");
}

#[test]
fn a_killed_container_is_a_failed_pod_and_is_replaced() {
    let mut playground = cluster();
    playground.command("kubectl apply -f job.yaml");
    let until = playground.desk().world().now() + Duration::from_secs(3);
    playground.run(&Until::Time(until), |_| true);
    let pods = playground.desk().world().server().list(&kinds::PODS.into());
    let name = pods[0]["metadata"]["name"].str().to_owned();
    suffer(&mut playground, &format!("kill-container default/{name} main"));
    rest(&mut playground);
    assert_eq!(outcome(&playground), "5 pods, succeeded 4, failed 1, SuccessCriteriaMet Complete");
}

#[test]
fn without_workers_keys_stay_in_the_queue() {
    let mut playground = cluster();
    suffer(&mut playground, "workers job-controller 0");
    playground.command("kubectl apply -f job.yaml");
    rest(&mut playground);
    assert_eq!(outcome(&playground), "0 pods, succeeded 0, failed 0, ");
    suffer(&mut playground, "workers job-controller 1");
    rest(&mut playground);
    assert_eq!(outcome(&playground), "4 pods, succeeded 4, failed 0, SuccessCriteriaMet Complete");
}

#[test]
fn a_breakpoint_of_a_controller_holds_for_all_its_queues() {
    let mut playground = cluster();
    // It is counted for no Job, so its finalizer is taken away; that is the work of the queue of orphans.
    playground.set_file("pod.yaml", Some(STRAY));
    playground.toggle_breakpoint(Breakpoint {
        controller: "job-controller".into(),
        place: "remove-finalizer".into(),
    });
    playground.command("kubectl apply -f pod.yaml");
    assert_eq!(playground.run(&Until::Idle, |_| true).end, RunEnd::Breakpoint);
}

#[test]
fn a_run_with_faults_is_replayed_from_its_text() {
    let mut playground = cluster();
    for words in ["rate-limiter off", "fail-call job-controller 2 crash", "node-down node-3"] {
        suffer(&mut playground, words);
    }
    playground.command("kubectl apply -f job.yaml");
    playground.run(&Until::Idle, |steps| steps < 2_000);
    let text = playground.export();
    let again = RunFile::parse(&text).and_then(|run| run.replay()).expect("a run");
    assert_eq!((again.export(), trace_hash(&again)), (text, trace_hash(&playground)));
    for nonsense in
        ["", "node-down", "fail-call job-controller 0 crash", "expectations maybe", "delivery pod off"]
    {
        assert_eq!(Fault::parse(nonsense), None, "{nonsense:?}");
    }
}

#[test]
fn what_a_cluster_is_made_to_suffer_comes_by_itself_and_with_the_run_s_file() {
    let fault = Fault::NodeDown("node-2".into());
    let mut config = Config::new(1, 2);
    config.faults.push((Duration::from_secs(30), fault.clone()));
    let mut playground = Playground::new(config, Files::new());
    playground.run(&Until::Idle, |steps| steps < 100_000);
    let at = |p: &Playground| {
        let mut entries = p.timeline().branch().entries().iter();
        entries.find(|(_, brief)| brief.action == Some(Action::Fault(fault.clone()))).map(|(_, b)| b.time)
    };
    assert_eq!(at(&playground), Some(playground.config().start + Duration::from_secs(30)));
    assert!(!playground.desk().world().can_suffer(&fault), "the node is down");
    let text = playground.export();
    let back = RunFile::parse(&text).and_then(|run| run.replay()).expect("it was just written");
    assert_eq!((back.export(), trace_hash(&back)), (text, trace_hash(&playground)));
}
