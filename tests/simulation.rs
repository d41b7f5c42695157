//! Random Jobs on a cluster in which random things break, in a random order: what must hold for every seed.
//!
//! - A pod that succeeded is counted once and only once: as a success, unless its deletion was asked for before it
//!   ended, for then the controller may have counted it as failed already (podReplacementPolicy TerminatingOrFailed).
//! - Never do more pods run for a Job than its parallelism.
//! - When nothing breaks any more, every Job ends.
//!
//! `KUBESTEP_SEEDS=1000 cargo test --release --test simulation` tries more seeds than every test run does.

use kubestep::api::{ObjectKey, kinds};
use kubestep::cluster::{Action, Config, Fault, StepRecord};
use kubestep::json::{Json, Str};
use kubestep::playground::{Choice, Desk, Files, Input};
use kubestep::sim::{Machine, Rng};
use std::collections::{BTreeMap, BTreeSet};

const SEEDS: u64 = 40;
/// Faults come in the first so many steps.
const STORMY: usize = 600;
/// A Job that has not ended after so many steps without faults never will.
const PATIENCE: usize = 60_000;

/// A Job whose pods fail by the last letter of their names, which is chance.
fn manifest(rng: &mut Rng) -> (String, i64) {
    let parallelism = 1 + rng.below(5) as i64;
    let completions = 1 + rng.below(8) as i64;
    let indexed = if rng.below(3) == 0 { "Indexed" } else { "NonIndexed" };
    let letters = ["", "b", "bcd", "bcdfghj"][rng.below(4) as usize];
    let fail = if letters.is_empty() {
        String::new()
    } else {
        format!("case $HOSTNAME in *[{letters}]) exit 3;; esac; ")
    };
    let policy = if rng.below(3) == 0 { "OnFailure" } else { "Never" };
    let sleep = rng.below(6);
    let text = format!(
        "apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
  completions: {completions}
  parallelism: {parallelism}
  completionMode: {indexed}
  backoffLimit: {}
  template:
    spec:
      restartPolicy: {policy}
      tolerations:
      - {{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 20}}
      - {{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 20}}
      containers:
      - {{name: main, image: busybox, command: [sh, -c, 'sleep {sleep}; {fail}exit 0']}}
",
        rng.below(8)
    );
    (text, parallelism)
}

/// What was seen of the Job's pods so far.
#[derive(Default)]
struct Seen {
    /// Pods that ever were, by uid.
    created: BTreeSet<String>,
    /// Those that succeeded …
    succeeded: BTreeSet<String>,
    /// … and those of them that nobody had deleted before.
    undisturbed: BTreeSet<String>,
    /// Pods that exist and neither ended nor are being deleted.
    active: BTreeSet<String>,
    counted: i64,
}

impl Seen {
    fn look(&mut self, record: &StepRecord, parallelism: i64) -> Result<(), String> {
        for call in record.writes() {
            if call.resource.plural == "pods" {
                let object = if call.after.is_null() { &call.before } else { &call.after };
                let uid = object["metadata"]["uid"].str().to_owned();
                self.created.insert(uid.clone());
                let phase = call.after["status"]["phase"].str();
                if phase == "Succeeded" && self.succeeded.insert(uid.clone()) {
                    let deleted = !call.before["metadata"]["deletionTimestamp"].is_null();
                    self.undisturbed.extend((!deleted).then(|| uid.clone()));
                }
                let over = matches!(phase, "Succeeded" | "Failed");
                let gone = call.after.is_null() || !call.after["metadata"]["deletionTimestamp"].is_null();
                if over || gone {
                    self.active.remove(&uid)
                } else {
                    self.active.insert(uid)
                };
                if self.active.len() as i64 > parallelism {
                    return Err(format!("{} pods are active, {parallelism} may be", self.active.len()));
                }
            }
            if call.resource.plural == "jobs" && !call.after.is_null() {
                let counted = call.after["status"]["succeeded"].as_i64().unwrap_or(0);
                if counted < self.counted {
                    return Err(format!("succeeded went back from {} to {counted}", self.counted));
                }
                self.counted = counted;
            }
        }
        Ok(())
    }
}

fn job(desk: &Desk) -> Json {
    desk.world().server().peek(&kinds::JOBS.into(), &ObjectKey::new("default", "work"))
}

fn has_ended(job: &Json) -> bool {
    let mut conditions = job.at(&["status", "conditions"]).items().iter();
    conditions.any(|c| matches!(c["type"].str(), "Complete" | "Failed") && c["status"].str() == "True")
}

/// Something that can break now.
fn fault(desk: &Desk, rng: &mut Rng, down: &mut BTreeSet<u64>) -> Option<Fault> {
    let words = match rng.below(6) {
        0 | 1 => {
            let node = 1 + rng.below(3);
            match down.remove(&node) {
                true => format!("node-up node-{node}"),
                false if down.len() < 2 => {
                    down.insert(node);
                    format!("node-down node-{node}")
                }
                false => return None,
            }
        }
        2 => "restart-controllers".to_owned(),
        3 => {
            let pods = desk.world().server().list(&kinds::PODS.into());
            let pod = pods.get(rng.below(pods.len().max(1) as u64) as usize)?;
            format!("kill-container {} main", ObjectKey::of(pod))
        }
        _ => {
            let how = ["error", "conflict", "crash"][rng.below(3) as usize];
            let queue = ["job-controller", "job-controller/orphan-pods"][rng.below(2) as usize];
            format!("fail-call {queue} {} {how}", 1 + rng.below(6))
        }
    };
    let fault = Fault::parse(&words).expect("is one");
    desk.world().can_suffer(&fault).then_some(fault)
}

/// One seed: gives how the Job ended, or what did not hold.
fn simulate(seed: u64) -> Result<&'static str, String> {
    let mut rng = Rng::new(seed);
    let (text, parallelism) = manifest(&mut rng);
    let files: Files = [(Str::from("job.yaml"), Str::from(text))].into_iter().collect();
    let mut desk = Desk::new(&Config::new(seed, 3));
    let mut seen = Seen::default();
    let mut down = BTreeSet::new();
    let mut act = |desk: &mut Desk, input: Input| seen.look(&desk.apply(&input).step, parallelism);
    act(&mut desk, Input::Command { line: "kubectl apply -f job.yaml".into(), files })?;
    for _ in 0..STORMY {
        if rng.below(25) == 0
            && let Some(fault) = fault(&desk, &mut rng, &mut down)
        {
            act(&mut desk, Input::Fault(fault))?;
        }
        let choices = desk.choices();
        // What is enabled happens in any order; time passes only when nothing else is left to do.
        let index = if rng.below(4) == 0 { rng.below(choices.len().max(1) as u64) } else { 0 };
        act(&mut desk, Input::Step(index as u32))?;
    }
    for node in down {
        let fault = Fault::parse(&format!("node-up node-{node}")).expect("is one");
        act(&mut desk, Input::Fault(fault))?;
    }
    let mut steps = 0;
    // The Job has ended, and what it told of itself has come to everybody.
    while !(has_ended(&job(&desk)) && desk.is_idle()) {
        if steps > PATIENCE {
            return Err(format!("has not ended: {}", job(&desk)["status"]));
        }
        steps += 1;
        act(&mut desk, Input::Step(0))?;
    }
    let job = job(&desk);
    let count = |key: &str| job["status"][key].as_i64().unwrap_or(0);
    let (counted, failed) = (count("succeeded"), count("failed"));
    let (least, most) = (seen.undisturbed.len() as i64, seen.succeeded.len() as i64);
    if counted < least || counted > most {
        return Err(format!("{most} pods succeeded ({least} undisturbed), {counted} are counted"));
    }
    if counted + failed > seen.created.len() as i64 {
        return Err(format!("{counted} + {failed} pods are counted, {} were there", seen.created.len()));
    }
    let complete = job.at(&["status", "conditions"]).items().iter().any(|c| c["type"].str() == "Complete");
    if complete && counted != job["spec"]["completions"].as_i64().unwrap_or(0) {
        return Err(format!("complete with {counted} successes"));
    }
    Ok(if complete { "Complete" } else { "Failed" })
}

#[test]
fn every_pod_counts_once_and_every_job_ends() {
    let seeds = std::env::var("KUBESTEP_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(SEEDS);
    let (mut ends, mut broken) = (BTreeMap::<&str, u32>::new(), Vec::new());
    for seed in 1..=seeds {
        match simulate(seed) {
            Ok(end) => *ends.entry(end).or_default() += 1,
            Err(what) => broken.push(format!("seed {seed}: {what}")),
        }
    }
    println!("{ends:?}");
    assert!(broken.is_empty(), "{} of {seeds}\n{}", broken.len(), broken.join("\n"));
    assert!(ends.len() == 2, "some complete and some fail: {ends:?}");
    // The clock moves only where nothing else can happen, so a choice other than the default never skips time.
    assert!(matches!(Desk::new(&Config::new(1, 3)).choice(0), Some(Choice::World(Action::Advance { .. }))));
}
