//! A node loses its power: who notices what, when, and what follows; a literal record of every write that matters.

use kubestep::api::{ObjectKey, kinds};
use kubestep::cluster::{Call, Config, Fault};
use kubestep::json::{Json, Str};
use kubestep::playground::{Files, Playground, RunFile, Until, trace_hash};
use std::time::Duration;

const JOB: &str = "apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  completions: 2
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sleep, '500']}
";

/// A cluster in which a Job's two pods run, one on node-1 and one on node-2.
fn with_job() -> Playground {
    let files: Files = [(Str::from("job.yaml"), Str::from(JOB))].into_iter().collect();
    let mut playground = Playground::new(Config::new(1, 3), files);
    playground.command("kubectl apply -f job.yaml");
    run_for(&mut playground, 20);
    playground
}

fn run_for(playground: &mut Playground, seconds: u64) {
    let until = playground.desk().world().now() + Duration::from_secs(seconds);
    playground.run(&Until::Time(until), |_| true);
}

fn fail(playground: &mut Playground, fault: Fault) {
    playground.fault(fault).expect("the node can suffer that");
}

/// What a person would want to know of an object.
fn seen(object: &Json) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |what: &str, value: String| {
        if !value.is_empty() {
            all.push(format!("{what}={value}"));
        }
    };
    say("phase", object["status"]["phase"].str().into());
    for condition in object.at(&["status", "conditions"]).items() {
        let kind = condition["type"].str();
        if ["Ready", "DisruptionTarget", "Complete"].contains(&kind) {
            let reason = condition["reason"].str();
            let reason = if reason.is_empty() { String::new() } else { format!("({reason})") };
            say(kind, format!("{}{reason}", condition["status"].str()));
        }
    }
    let taints = object["spec"]["taints"].items().iter();
    let taints: Vec<String> = taints
        .map(|t| format!("{}:{}", t["key"].str().replace("node.kubernetes.io/", ""), t["effect"].str()))
        .collect();
    say("taints", taints.join(","));
    if !object["metadata"]["deletionTimestamp"].is_null() {
        say("deleted", "true".into());
    }
    say("node", object["spec"]["nodeName"].str().into());
    for count in ["active", "succeeded", "failed", "terminating"] {
        say(
            count,
            object["status"][count].as_i64().filter(|n| *n > 0).map_or(String::new(), |n| n.to_string()),
        );
    }
    for container in object["status"]["containerStatuses"].items() {
        let state = container["state"]
            .entries()
            .first()
            .map_or(String::new(), |(k, v)| format!("{k}({})", v["reason"].str()));
        say("state", state);
    }
    if object["kind"].str() == "Event" {
        all =
            vec![format!("{} {}: {}", object["type"].str(), object["reason"].str(), object["message"].str())];
    }
    all
}

fn describe(call: &Call) -> Option<String> {
    if ["leases", "configmaps", "serviceaccounts"].contains(&&*call.resource.plural) {
        return None;
    }
    let before = seen(&call.before);
    let mut changes: Vec<String> =
        seen(&call.after).into_iter().filter(|new| !before.contains(new)).collect();
    let what = |said: &String| said.split('=').next().map(String::from);
    let still: Vec<Option<String>> = seen(&call.after).iter().map(what).collect();
    changes
        .extend(before.iter().filter(|said| !still.contains(&what(said))).map(|said| format!("not {said}")));
    if call.after.is_null() {
        changes = vec!["gone".into()];
    }
    let name = if call.resource.plural == "events" { "" } else { call.key.name.as_str() };
    let what = format!("{} {} {name}", call.agent, call.resource.singular).trim_end().to_owned();
    (!changes.is_empty()).then(|| format!("{what}: {}", changes.join(" ")))
}

/// All writes after a position, with the time since the step at it.
fn trace(playground: &mut Playground, from: usize) -> String {
    let mut text = String::new();
    let zero = playground.timeline_mut().record(from).expect("a step").step.time;
    for position in from..=playground.timeline().position() {
        let record = playground.timeline_mut().record(position).expect("a step").step;
        let at = record.time.since(zero).as_secs_f64();
        for line in record.writes().filter_map(describe) {
            text.push_str(&format!("+{at:.1}s {line}\n"));
        }
    }
    text
}

#[test]
fn a_jobs_pod_is_replaced_on_another_node() {
    let mut playground = with_job();
    fail(&mut playground, Fault::NodeDown("node-2".into()));
    let from = playground.timeline().position();
    playground.run(&Until::Idle, |_| true);
    expect_test::expect![[r#"
        +40.0s node-lifecycle-controller node node-2: Ready=Unknown(NodeStatusUnknown)
        +40.0s node-lifecycle-controller pod work-gnkrm: Ready=False
        +40.0s node-controller event: Normal NodeNotReady: Node node-2 status is now: NodeNotReady
        +40.0s node-controller event: Warning NodeNotReady: Node is not ready
        +40.0s node-lifecycle-controller node node-2: taints=unreachable:NoSchedule
        +45.0s node-lifecycle-controller node node-2: taints=unreachable:NoSchedule,unreachable:NoExecute
        +345.0s taint-eviction-controller pod work-gnkrm: DisruptionTarget=True(DeletionByTaintManager)
        +345.0s taint-eviction-controller pod work-gnkrm: deleted=true
        +345.0s taint-eviction-controller event: Normal TaintManagerEviction: Marking for deletion Pod default/work-gnkrm
        +346.0s job-controller pod work-9dgm8: phase=Pending
        +346.0s job-controller job work: terminating=1
        +346.0s job-controller job work: failed=1
        +346.0s job-controller event: Normal SuccessfulCreate: Created pod: work-9dgm8
        +346.0s default-scheduler pod work-9dgm8: node=node-3
        +346.0s default-scheduler event: Normal Scheduled: Successfully assigned default/work-9dgm8 to node-3
        +346.0s kubelet/node-3 pod work-9dgm8: Ready=False(ContainersNotReady) state=waiting(ContainerCreating)
        +346.0s kubelet event: Normal Pulling: Pulling image "busybox"
        +346.9s kubelet event: Normal Pulled: Successfully pulled image "busybox" in 861ms (861ms including waiting). Image size: 2221843 bytes.
        +346.9s kubelet event: Normal Created: Container created
        +346.9s kubelet event: Normal Started: Container started
        +346.9s kubelet/node-3 pod work-9dgm8: phase=Running Ready=True state=running()
        +480.8s kubelet/node-1 pod work-tzwn5: phase=Succeeded Ready=False(PodCompleted) state=terminated(Completed)
        +481.8s job-controller job work: active=1
        +481.8s job-controller job work: succeeded=1
        +846.9s kubelet/node-3 pod work-9dgm8: phase=Succeeded Ready=False(PodCompleted) state=terminated(Completed)
        +847.9s job-controller job work: not active=1
        +847.9s job-controller job work: succeeded=2
    "#]].assert_eq(&trace(&mut playground, from));
}

#[test]
fn a_node_that_comes_back_in_time_keeps_its_pods() {
    let mut playground = with_job();
    fail(&mut playground, Fault::NodeDown("node-2".into()));
    run_for(&mut playground, 100);
    fail(&mut playground, Fault::NodeUp("node-2".into()));
    let from = playground.timeline().position();
    run_for(&mut playground, 30);
    expect_test::expect![[r#"
        +0.0s kubelet/node-2 node node-2: Ready=True(KubeletReady)
        +0.0s kubelet event: Normal Starting: Starting kubelet.
        +0.0s kubelet event: Warning Rebooted: Node node-2 has been rebooted, boot id: 1180b23a-1075-477f-809a-1a817914ffbc
        +0.0s kubelet event: Normal NodeHasSufficientMemory: Node node-2 status is now: NodeHasSufficientMemory
        +0.0s kubelet event: Normal NodeHasNoDiskPressure: Node node-2 status is now: NodeHasNoDiskPressure
        +0.0s kubelet event: Normal NodeHasSufficientPID: Node node-2 status is now: NodeHasSufficientPID
        +0.0s kubelet event: Normal NodeReady: Node node-2 status is now: NodeReady
        +0.0s node-lifecycle-controller node node-2: taints=unreachable:NoExecute
        +0.0s kubelet/node-2 pod work-gnkrm: phase=Failed Ready=False(PodFailed) state=terminated(Unknown)
        +1.0s job-controller job work: active=1
        +1.0s job-controller job work: failed=1
        +5.0s node-lifecycle-controller node node-2: not taints=unreachable:NoExecute
        +5.0s taint-eviction-controller event: Normal TaintManagerEviction: Cancelling deletion of Pod default/work-gnkrm
        +10.0s job-controller pod work-pw8nh: phase=Pending
        +10.0s job-controller job work: active=2
        +10.0s job-controller event: Normal SuccessfulCreate: Created pod: work-pw8nh
        +10.0s default-scheduler pod work-pw8nh: node=node-3
        +10.0s default-scheduler event: Normal Scheduled: Successfully assigned default/work-pw8nh to node-3
        +10.0s kubelet/node-3 pod work-pw8nh: Ready=False(ContainersNotReady) state=waiting(ContainerCreating)
        +10.0s kubelet event: Normal Pulling: Pulling image "busybox"
        +10.7s kubelet event: Normal Pulled: Successfully pulled image "busybox" in 749ms (749ms including waiting). Image size: 2221843 bytes.
        +10.7s kubelet event: Normal Created: Container created
        +10.7s kubelet event: Normal Started: Container started
        +10.7s kubelet/node-3 pod work-pw8nh: phase=Running Ready=True state=running()
    "#]].assert_eq(&trace(&mut playground, from));
}

#[test]
fn where_all_nodes_are_silent_nothing_is_evicted() {
    let mut playground = with_job();
    for node in ["node-1", "node-2", "node-3"] {
        fail(&mut playground, Fault::NodeDown(node.into()));
    }
    let from = playground.timeline().position();
    playground.run(&Until::Idle, |_| true);
    expect_test::expect![[r#"
        +40.0s node-lifecycle-controller node node-1: Ready=Unknown(NodeStatusUnknown)
        +40.0s node-lifecycle-controller pod work-tzwn5: Ready=False
        +40.0s node-lifecycle-controller node node-2: Ready=Unknown(NodeStatusUnknown)
        +40.0s node-lifecycle-controller pod work-gnkrm: Ready=False
        +40.0s node-lifecycle-controller node node-3: Ready=Unknown(NodeStatusUnknown)
        +40.0s node-controller event: Normal NodeNotReady: Node node-1 status is now: NodeNotReady
        +40.0s node-controller event: Warning NodeNotReady: Node is not ready
        +40.0s node-controller event: Normal NodeNotReady: Node node-2 status is now: NodeNotReady
        +40.0s node-controller event: Warning NodeNotReady: Node is not ready
        +40.0s node-controller event: Normal NodeNotReady: Node node-3 status is now: NodeNotReady
        +40.0s node-lifecycle-controller node node-1: taints=unreachable:NoSchedule
        +40.0s node-lifecycle-controller node node-2: taints=unreachable:NoSchedule
        +40.0s node-lifecycle-controller node node-3: taints=unreachable:NoSchedule
    "#]]
    .assert_eq(&trace(&mut playground, from));
}

#[test]
fn a_deleted_nodes_pods_are_collected() {
    let mut playground = with_job();
    fail(&mut playground, Fault::NodeDown("node-2".into()));
    let from = playground.timeline().position();
    playground.command("kubectl delete node node-2");
    run_for(&mut playground, 100);
    expect_test::expect![[r#"
        +0.0s kubectl node node-2: gone
        +5.0s node-controller event: Normal RemovingNode: Node node-2 event: Removing Node node-2 from Controller
        +60.0s pod-garbage-collector pod work-gnkrm: phase=Failed DisruptionTarget=True(DeletionByPodGC)
        +60.0s pod-garbage-collector pod work-gnkrm: deleted=true
        +61.0s job-controller job work: active=1
        +61.0s job-controller pod work-gnkrm: gone
        +61.0s job-controller job work: failed=1
        +70.0s job-controller pod work-q8mz9: phase=Pending
        +70.0s job-controller job work: active=2
        +70.0s job-controller event: Normal SuccessfulCreate: Created pod: work-q8mz9
        +70.0s default-scheduler pod work-q8mz9: node=node-3
        +70.0s default-scheduler event: Normal Scheduled: Successfully assigned default/work-q8mz9 to node-3
        +70.0s kubelet/node-3 pod work-q8mz9: Ready=False(ContainersNotReady) state=waiting(ContainerCreating)
        +70.0s kubelet event: Normal Pulling: Pulling image "busybox"
        +70.8s kubelet event: Normal Pulled: Successfully pulled image "busybox" in 771ms (771ms including waiting). Image size: 2221843 bytes.
        +70.8s kubelet event: Normal Created: Container created
        +70.8s kubelet event: Normal Started: Container started
        +70.8s kubelet/node-3 pod work-q8mz9: phase=Running Ready=True state=running()
    "#]].assert_eq(&trace(&mut playground, from));
}

#[test]
fn a_fault_is_part_of_the_run() {
    let mut playground = with_job();
    fail(&mut playground, Fault::NodeDown("node-2".into()));
    run_for(&mut playground, 60);
    let text = playground.export();
    assert!(text.contains(r#"{"fault":"node-down node-2"}"#), "{text}");
    let replayed = RunFile::parse(&text).and_then(|run| run.replay()).expect("a run");
    assert_eq!(trace_hash(&replayed), trace_hash(&playground));
    let node = replayed.desk().world().server().peek(&kinds::NODES.into(), &ObjectKey::new("", "node-2"));
    assert!(seen(&node).contains(&"Ready=Unknown(NodeStatusUnknown)".into()), "{node}");
}
