//! Deployments and ReplicaSets, as a person meets them: commands in, what they print and what happened out.

use kubestep::api::{Resource, kinds};
use kubestep::cluster::Config;
use kubestep::conformance::normalise;
use kubestep::json::{Json, Str};
use kubestep::playground::{Files, Playground};
use kubestep::sim::Time;
use std::time::Duration;

/// A playground with one manifest, `f.yaml`, and what was typed so far.
struct Page {
    playground: Playground,
    transcript: String,
}

impl Page {
    fn new(manifest: &str) -> Page {
        let files: Files = [(Str::from("f.yaml"), Str::from(manifest))].into_iter().collect();
        Page { playground: Playground::new(Config::new(1, 3), files), transcript: String::new() }
    }

    /// Types a line and waits for its end; what it printed.
    fn run(&mut self, line: &str) -> String {
        self.playground.command(line);
        while self.playground.desk().terminal().is_running() && self.playground.step(0).is_some() {}
        let entry = self.playground.desk().terminal().entries().back().expect("the command");
        entry.output.iter().map(|piece| piece.text.to_string()).collect()
    }

    /// The same, with the line and the output, without what is chance in it, added to the transcript.
    fn show(&mut self, line: &str) {
        let output = self.run(line);
        self.transcript.push_str(&format!("$ {line}\n{}", normalise(line, &output)));
    }

    fn wait(&mut self, seconds: u64) {
        self.run(&format!("sleep {seconds}"));
    }

    fn now(&self) -> Time {
        self.playground.desk().world().now()
    }

    fn all(&self, resource: impl Into<Resource>) -> Vec<Json> {
        self.playground.desk().world().server().list(&resource.into())
    }
}

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: REPLICAS
  strategy: STRATEGY
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: 'nginx:1.26'}]}
";

fn web(replicas: &str, strategy: &str) -> Page {
    let mut page = Page::new(&WEB.replace("REPLICAS", replicas).replace("STRATEGY", strategy));
    page.run("kubectl apply -f f.yaml");
    page.wait(60);
    page
}

/// The same container under both: a Job is content when it has ended, a Deployment wants it to run.
#[test]
fn what_exits_0_completes_a_job_and_crash_loops_in_a_deployment() {
    let mut page = Page::new(
        "
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [sh, -c, exit 0]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: always}
spec:
  selector: {matchLabels: {app: always}}
  template:
    metadata: {labels: {app: always}}
    spec:
      containers: [{name: main, image: busybox, command: [sh, -c, exit 0]}]
",
    );
    page.run("kubectl apply -f f.yaml");
    let start = page.now();
    let (mut restarts, mut starts) = (-1, Vec::new());
    while page.now() < start + Duration::from_secs(1200) && page.playground.step(0).is_some() {
        let pods = page.all(kinds::PODS);
        let mut pods = pods.iter().filter(|pod| pod["metadata"]["labels"]["app"].str() == "always");
        let status = pods.next().map(|pod| pod["status"]["containerStatuses"][0].clone()).unwrap_or_default();
        let count = status["restartCount"].as_i64().unwrap_or(-1);
        if count > restarts {
            restarts = count;
            starts.push(page.now().since(start).as_secs());
        }
    }
    // At once, then after 10 s, 20 s, … and at most five minutes.
    let waits: Vec<u64> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    page.transcript = format!("restarted after {waits:?} s\n");
    page.show("kubectl get jobs");
    page.show("kubectl get deploy,pods --sort-by=.metadata.name");
    page.show("kubectl get pods -l app=always -o jsonpath='{.items[0].status.containerStatuses[0].state.waiting.reason}'");
    expect_test::expect![[r#"
        restarted after [1, 10, 21, 41, 81, 160, 301, 300] s
        $ kubectl get jobs
        NAME  STATUS  COMPLETIONS  DURATION  AGE
        once  Complete  1/1  <age>  <age>
        $ kubectl get deploy,pods --sort-by=.metadata.name
        NAME  READY  UP-TO-DATE  AVAILABLE  AGE
        deployment.apps/always  0/1  1  0  <age>

        NAME  READY  STATUS  RESTARTS  AGE
        pod/always-<hash>-<id>  0/1  CrashLoopBackOff  8 (<age> ago)  <age>
        pod/once-<id>  0/1  Completed  0  <age>
        $ kubectl get pods -l app=always -o jsonpath='{.items[0].status.containerStatuses[0].state.waiting.reason}'
        CrashLoopBackOff
    "#]]
    .assert_eq(&page.transcript);
}

/// At no moment are more pods asked for than `maxSurge` allows, or fewer ready than `maxUnavailable` does.
#[test]
fn a_rolling_update_keeps_within_its_limits() {
    let cases = [
        ("4", "{rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", 5, 4),
        ("4", "{rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", 4, 3),
        ("10", "{}", 13, 8),
        ("3", "{rollingUpdate: {maxSurge: 100%, maxUnavailable: 0}}", 6, 3),
        ("1", "{rollingUpdate: {maxSurge: 1%, maxUnavailable: 1%}}", 2, 1),
        ("2", "{rollingUpdate: {maxSurge: 0%, maxUnavailable: 1%}}", 2, 1),
        ("5", "{type: Recreate}", 5, 0),
    ];
    for (replicas, strategy, most, least) in cases {
        let mut page = web(replicas, strategy);
        page.run("kubectl set image deployment/web nginx=nginx:1.27");
        let (mut seen_most, mut seen_least) = (0, usize::MAX);
        let end = page.now() + Duration::from_secs(60);
        while page.now() < end && page.playground.step(0).is_some() {
            let pods = page.all(kinds::PODS);
            let kept = || pods.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
            let ready = |pod: &&Json| {
                pod["status"]["conditions"]
                    .items()
                    .iter()
                    .any(|c| c["type"].str() == "Ready" && c["status"].str() == "True")
            };
            // Two ReplicaSets act at their own pace, so what counts is what they are asked for.
            let sets = page.all(kinds::REPLICASETS);
            let wanted = sets.iter().filter_map(|set| set["spec"]["replicas"].as_i64()).sum();
            seen_most = seen_most.max(wanted);
            seen_least = seen_least.min(kept().filter(ready).count());
        }
        assert_eq!((seen_most, seen_least), (most, least), "{replicas} {strategy}");
        let deployment = &page.all(kinds::DEPLOYMENTS)[0]["status"];
        assert_eq!(deployment["updatedReplicas"].to_string(), replicas, "{strategy}: {deployment}");
    }
}

/// `Recreate` never runs two versions side by side.
#[test]
fn recreate_waits_for_the_last_old_pod_to_be_gone() {
    let mut page = web("3", "{type: Recreate}");
    page.run("kubectl set image deployment/web nginx=nginx:1.27");
    for _ in 0..2000 {
        if page.playground.step(0).is_none() {
            break;
        }
        let mut images: Vec<String> = page
            .all(kinds::PODS)
            .iter()
            .map(|pod| pod["spec"]["containers"][0]["image"].str().to_string())
            .collect();
        images.sort();
        images.dedup();
        assert!(images.len() <= 1, "{images:?}");
    }
    page.transcript = page.run("kubectl get deploy -o wide --no-headers");
    assert!(page.transcript.contains("nginx:1.27"), "{}", page.transcript);
}

/// The example of the documentation: 10 replicas of a good image, an update to a bad one, then 15 replicas.
#[test]
fn a_deployment_scaled_in_the_middle_of_a_rollout_grows_in_proportion() {
    let mut page = web("10", "{rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}");
    page.run("kubectl set image deployment/web nginx=nginx:sometag");
    page.run("kubectl patch deployment web -p '{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"no\":\"such\"}}}}}'");
    page.wait(5);
    page.show("kubectl get rs --sort-by=.spec.replicas -o custom-columns=SIZE:.spec.replicas,READY:.status.readyReplicas");
    page.show("kubectl scale deployment web --replicas=15");
    page.wait(5);
    page.show("kubectl get rs --sort-by=.spec.replicas -o custom-columns=SIZE:.spec.replicas,READY:.status.readyReplicas");
    expect_test::expect![[r#"
        $ kubectl get rs --sort-by=.spec.replicas -o custom-columns=SIZE:.spec.replicas,READY:.status.readyReplicas
        SIZE  READY
        5  <none>
        8  8
        $ kubectl scale deployment web --replicas=15
        deployment.apps/web scaled
        $ kubectl get rs --sort-by=.spec.replicas -o custom-columns=SIZE:.spec.replicas,READY:.status.readyReplicas
        SIZE  READY
        7  <none>
        11  11
    "#]]
    .assert_eq(&page.transcript);
}

#[test]
fn a_rollout_that_stands_still_is_told_of_after_its_deadline_and_can_be_undone() {
    let mut page = web("2", "{}");
    page.run("kubectl patch deployment web -p '{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"no\":\"such\"}}}}}'");
    page.show("kubectl rollout status deployment/web");
    page.show("kubectl get deploy web -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{\"\\n\"}{end}'");
    page.show("kubectl rollout undo deployment/web");
    page.show("kubectl rollout status deployment/web");
    page.show("kubectl rollout undo deployment/web --to-revision=3");
    page.show("kubectl rollout history deployment/web");
    page.show("kubectl annotate deployment/web deprecated.deployment.rollback.to=2");
    page.wait(5);
    page.show("kubectl rollout history deployment/web");
    page.show("kubectl get deploy web -o jsonpath='{.metadata.annotations.deprecated\\.deployment\\.rollback\\.to}{.spec.template.spec.nodeSelector}'");
    page.show("kubectl get rs -o custom-columns='HISTORY:.metadata.annotations.deployment\\.kubernetes\\.io/revision-history' --sort-by=.metadata.name");
    expect_test::expect![[r#"
        $ kubectl rollout status deployment/web
        Waiting for deployment spec update to be observed...
        Waiting for deployment spec update to be observed...
        Waiting for deployment "web" rollout to finish: 0 out of 2 new replicas have been updated...
        Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas have been updated...
        error: deployment "web" exceeded its progress deadline
        $ kubectl get deploy web -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}'
        Available=True MinimumReplicasAvailable: Deployment has minimum availability.
        Progressing=False ProgressDeadlineExceeded: ReplicaSet "web-<hash>" has timed out progressing.
        $ kubectl rollout undo deployment/web
        Warning: resource deployments/web was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.
        deployment.apps/web rolled back
        $ kubectl rollout status deployment/web
        Waiting for deployment spec update to be observed...
        Waiting for deployment spec update to be observed...
        Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...
        deployment "web" successfully rolled out
        $ kubectl rollout undo deployment/web --to-revision=3
        Warning: resource deployments/web was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.
        deployment.apps/web skipped rollback (current template already matches revision 3)
        $ kubectl rollout history deployment/web
        deployment.apps/web
        REVISION  CHANGE-CAUSE
        2  <none>
        3  <none>
        $ kubectl annotate deployment/web deprecated.deployment.rollback.to=2
        deployment.apps/web annotated
        $ kubectl rollout history deployment/web
        deployment.apps/web
        REVISION  CHANGE-CAUSE
        3  <none>
        4  <none>
        $ kubectl get deploy web -o jsonpath='{.metadata.annotations.deprecated\.deployment\.rollback\.to}{.spec.template.spec.nodeSelector}'
        {"no":"such"}
        $ kubectl get rs -o custom-columns='HISTORY:.metadata.annotations.deployment\.kubernetes\.io/revision-history' --sort-by=.metadata.name
        HISTORY
        2
        1
    "#]]
    .assert_eq(&page.transcript);
}

/// A name that is taken by something else is no reason to stop: the next hash counts the collision in.
#[test]
fn a_hash_collision_is_counted_and_evaded() {
    let mut page = web("1", "{}");
    let taken = page.all(kinds::REPLICASETS)[0]["metadata"]["name"].str().to_string();
    page.run("kubectl delete deployment web");
    page.wait(40);
    let manifest = format!(
        "kubectl apply -f - <<EOF
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: {taken}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: other}}}}
  template:
    metadata: {{labels: {{app: other}}}}
    spec: {{containers: [{{name: main, image: nginx}}]}}
EOF
"
    );
    page.run(&manifest);
    page.run("kubectl apply -f f.yaml");
    page.wait(5);
    let deployment = &page.all(kinds::DEPLOYMENTS)[0];
    assert_eq!(deployment["status"]["collisionCount"].as_i64(), Some(1), "{deployment}");
    assert_eq!(deployment["status"]["readyReplicas"].as_i64(), Some(1), "{deployment}");
    assert_eq!(page.all(kinds::REPLICASETS).len(), 2);
}

/// Pods that cannot be made are asked for one by one, not all at once; the reason climbs up to the Deployment.
#[test]
fn a_replica_set_that_may_not_have_pods_starts_slowly_and_says_why() {
    let mut page = Page::new(
        &WEB.replace("REPLICAS", "100")
            .replace("STRATEGY", "{}")
            .replace("spec: {containers", "spec: {serviceAccountName: nobody, containers"),
    );
    page.run("kubectl apply -f f.yaml");
    page.wait(1);
    page.show("kubectl get deploy web -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{\"\\n\"}{end}'");
    page.show("kubectl get rs -o jsonpath='{.items[0].status.conditions[0].type} {.items[0].status.conditions[0].reason}'");
    let tried = page
        .all(kinds::EVENTS)
        .iter()
        .filter(|e| e["reason"].str() == "FailedCreate")
        .filter_map(|e| e["count"].as_i64())
        .sum::<i64>();
    page.transcript.push_str(&format!("\ntried {tried} times in a second\n"));
    page.run("kubectl create serviceaccount nobody");
    page.wait(30);
    page.show("kubectl get deploy web");
    expect_test::expect![[r#"
        $ kubectl get deploy web -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}'
        Progressing=True NewReplicaSetCreated: Created new replica set "web-<hash>"
        Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.
        ReplicaFailure=True FailedCreate: pods "web-<hash>-" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found
        $ kubectl get rs -o jsonpath='{.items[0].status.conditions[0].type} {.items[0].status.conditions[0].reason}'
        ReplicaFailure FailedCreate

        tried 8 times in a second
        $ kubectl get deploy web
        NAME  READY  UP-TO-DATE  AVAILABLE  AGE
        web  21/100  100  21  <age>
    "#]]
    .assert_eq(&page.transcript);
}

/// Who wrote which part of a Deployment: its fields change hands with each command, by the door that the command came through.
#[test]
fn fields_of_a_deployment_change_hands() {
    let mut page = Page::new("");
    let owners = r#"kubectl get deploy web --show-managed-fields -o jsonpath="{range .metadata.managedFields[*]}{.manager}/{.subresource} replicas:{.fieldsV1['f:spec']['f:replicas']} annotations:{.fieldsV1['f:metadata']['f:annotations']}{'\n'}{end}""#;
    for line in [
        "kubectl create deployment web --image=nginx:1.26",
        "kubectl scale deployment web --replicas=2",
        "kubectl set resources deployment web --limits=cpu=100m --record",
        "kubectl rollout pause deployment web",
    ] {
        page.wait(20);
        page.show(line);
    }
    page.show(owners);
    page.show("kubectl run one --image=nginx:1.26");
    page.show("kubectl get pod one --show-managed-fields -o jsonpath='{.metadata.managedFields[*].manager}'");
    expect_test::expect![[r#"
        $ kubectl create deployment web --image=nginx:1.26
        deployment.apps/web created
        $ kubectl scale deployment web --replicas=2
        deployment.apps/web scaled
        $ kubectl set resources deployment web --limits=cpu=100m --record
        Flag --record has been deprecated, --record will be removed in the future
        deployment.apps/web resource requirements updated
        $ kubectl rollout pause deployment web
        deployment.apps/web paused
        $ kubectl get deploy web --show-managed-fields -o jsonpath="{range .metadata.managedFields[*]}{.manager}/{.subresource} replicas:{.fieldsV1['f:spec']['f:replicas']} annotations:{.fieldsV1['f:metadata']['f:annotations']}{'\n'}{end}"
        kubectl-create/ replicas: annotations:
        kubectl/scale replicas:{} annotations:
        kubectl-set/ replicas: annotations:{"f:kubernetes.io/change-cause":{}}
        kube-controller-manager/status replicas: annotations:{".":{},"f:deployment.kubernetes.io/revision":{}}
        kubectl-rollout/ replicas: annotations:
        $ kubectl run one --image=nginx:1.26
        pod/one created
        $ kubectl get pod one --show-managed-fields -o jsonpath='{.metadata.managedFields[*].manager}'
        kubectl-run
    "#]]
    .assert_eq(&page.transcript);
}
