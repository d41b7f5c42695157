//! A container's life beside its program: probes, and what follows from them.

use kubestep::cluster::Config;
use kubestep::json::{Json, Str};
use kubestep::playground::{Files, Playground, Until};
use std::time::Duration;

/// Applies a pod `web`, lets time pass, and tells what the kubelet wrote of it and when.
fn life(pod: &str, seconds: u64, then: &[&str]) -> String {
    let files: Files = [(Str::from("pod.yaml"), Str::from(pod))].into_iter().collect();
    let mut playground = Playground::new(Config::new(1, 1), files);
    playground.command("kubectl apply -f pod.yaml");
    let zero = playground.desk().world().now();
    let run = |playground: &mut Playground| {
        let until = playground.desk().world().now() + Duration::from_secs(seconds);
        playground.run(&Until::Time(until), |_| true);
    };
    run(&mut playground);
    for line in then {
        playground.command(line);
        run(&mut playground);
    }
    let mut text = String::new();
    for position in 1..=playground.timeline().position() {
        let record = playground.timeline_mut().record(position).expect("a step").step;
        let at = record.time.since(zero).as_secs_f64();
        for call in record.writes().filter(|call| call.agent.starts_with("kubelet")) {
            let (before, after) = (state(&call.before), state(&call.after));
            if call.resource.plural == "events" {
                let event = &call.after;
                text.push_str(&format!(
                    "+{at:.1}s   {}: {}\n",
                    event["reason"].str(),
                    event["message"].str()
                ));
            } else if call.resource.plural == "pods" && before != after {
                text.push_str(&format!("+{at:.1}s {after}\n"));
            }
        }
    }
    text
}

fn state(pod: &Json) -> String {
    let containers = ["initContainerStatuses", "containerStatuses"].into_iter();
    let containers = containers.flat_map(|list| pod["status"][list].items()).map(|c| {
        let (state, detail) = c["state"].entries().first().cloned().unwrap_or_default();
        let detail =
            detail["exitCode"].as_i64().map_or(detail["reason"].str().to_owned(), |code| code.to_string());
        let flag = |key: &str| if c[key].as_bool() == Some(true) { format!(" {key}") } else { String::new() };
        format!(
            " {}={state}({detail})/{}{}{}",
            c["name"].str(),
            c["restartCount"],
            flag("started"),
            flag("ready")
        )
    });
    format!("{}{}", pod["status"]["phase"].str(), containers.collect::<String>())
}

#[test]
fn a_pod_is_ready_when_its_probes_say_so() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: mysql:8
    env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: '1'}]
    startupProbe: {tcpSocket: {port: 3306}, periodSeconds: 3, failureThreshold: 10}
    readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 5}
";
    let then = ["kubectl exec web -- touch /tmp/ready", "kubectl exec web -- rm /tmp/ready"];
    expect_test::expect![[r#"
        +0.0s Pending main=waiting(ContainerCreating)/0
        +0.0s   Pulling: Pulling image "mysql:8"
        +13.1s   Pulled: Successfully pulled image "mysql:8" in 13.056s (13.056s including waiting). Image size: 248913407 bytes.
        +13.1s   Created: Container created
        +13.1s   Started: Container started
        +13.1s Running main=running()/0
        +15.0s   Unhealthy: Startup probe failed: dial tcp 10.244.1.2:3306: connect: connection refused
        +18.0s   Unhealthy: Startup probe failed: dial tcp 10.244.1.2:3306: connect: connection refused
        +21.0s   Unhealthy: Startup probe failed: dial tcp 10.244.1.2:3306: connect: connection refused
        +24.0s Running main=running()/0 started
        +24.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +25.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +30.0s Running main=running()/0 started ready
        +60.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +65.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +70.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +70.0s Running main=running()/0 started
        +75.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +80.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

        +85.0s   Unhealthy: Readiness probe failed: cat: /tmp/ready: No such file or directory

    "#]].assert_eq(&life(pod, 30, &then));
}

#[test]
fn a_container_that_is_not_alive_is_restarted() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 5
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'trap \"\" TERM; while true; do sleep 1; done']
    livenessProbe: {exec: {command: [sleep, '3']}, initialDelaySeconds: 4, periodSeconds: 2, failureThreshold: 2}
";
    expect_test::expect![[r#"
        +0.0s Pending main=waiting(ContainerCreating)/0
        +0.0s   Pulling: Pulling image "busybox"
        +0.7s   Pulled: Successfully pulled image "busybox" in 722ms (722ms including waiting). Image size: 2221843 bytes.
        +0.7s   Created: Container created
        +0.7s   Started: Container started
        +0.7s Running main=running()/0 started ready
        +7.0s   Unhealthy: Liveness probe failed: command timed out: "sleep 3" timed out after 1s
        +9.0s   Unhealthy: Liveness probe failed: command timed out: "sleep 3" timed out after 1s
        +9.0s   Killing: Container main failed liveness probe, will be restarted
        +14.0s Running main=terminated(137)/0
        +14.0s   Pulling: Pulling image "busybox"
        +14.5s   Pulled: Successfully pulled image "busybox" in 467ms (467ms including waiting). Image size: 2221843 bytes.
        +14.5s   Created: Container created
        +14.5s   Started: Container started
        +14.5s Running main=running()/1 started ready
    "#]].assert_eq(&life(pod, 20, &[]));
}

#[test]
fn a_server_answers_its_front_page_only() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: nginx
    ports: [{name: http, containerPort: 80}]
    readinessProbe: {httpGet: {port: http, path: /}}
    livenessProbe: {httpGet: {port: 80, path: /healthz}, failureThreshold: 1}
";
    expect_test::expect![[r#"
        +0.0s Pending main=waiting(ContainerCreating)/0
        +0.0s   Pulling: Pulling image "nginx"
        +3.8s   Pulled: Successfully pulled image "nginx" in 3.757s (3.757s including waiting). Image size: 62939286 bytes.
        +3.8s   Created: Container created
        +3.8s   Started: Container started
        +3.8s Running main=running()/0 started
        +3.8s   Unhealthy: Readiness probe failed: Get "http://10.244.1.2:80/": dial tcp 10.244.1.2:80: connect: connection refused
        +10.0s   Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404
        +10.0s   Killing: Container main failed liveness probe, will be restarted
        +10.1s Running main=terminated(0)/0
        +10.1s   Pulling: Pulling image "nginx"
        +10.8s   Pulled: Successfully pulled image "nginx" in 735ms (735ms including waiting). Image size: 62939286 bytes.
        +10.8s   Created: Container created
        +10.8s   Started: Container started
        +10.8s Running main=running()/1 started
        +10.8s   Unhealthy: Readiness probe failed: Get "http://10.244.1.2:80/": dial tcp 10.244.1.2:80: connect: connection refused
    "#]].assert_eq(&life(pod, 12, &[]));
}

#[test]
fn hooks_stand_at_both_ends() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'trap \"exit 0\" TERM; while true; do sleep 1; done']
    lifecycle:
      postStart: {exec: {command: [sh, -c, 'sleep 4; echo up > /tmp/up']}}
      preStop: {sleep: {seconds: 7}}
";
    expect_test::expect![[r#"
        +0.0s Pending main=waiting(ContainerCreating)/0
        +0.0s   Pulling: Pulling image "busybox"
        +0.7s   Pulled: Successfully pulled image "busybox" in 722ms (722ms including waiting). Image size: 2221843 bytes.
        +0.7s   Created: Container created
        +0.7s   Started: Container started
        +4.7s Running main=running()/0 started ready
        +40.0s   Killing: Stopping container main
        +47.7s Succeeded main=terminated(0)/0
        +47.7s 
    "#]].assert_eq(&life(
        pod,
        20,
        &["kubectl exec web -- cat /tmp/up", "kubectl delete pod web"],
    ));
}

#[test]
fn a_hook_that_fails_ends_the_container() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: main, image: nginx, lifecycle: {postStart: {exec: {command: [ls, /nowhere]}}}}]
";
    expect_test::expect![[r#"
        +0.0s Pending main=waiting(ContainerCreating)/0
        +0.0s   Pulling: Pulling image "nginx"
        +3.8s   Pulled: Successfully pulled image "nginx" in 3.757s (3.757s including waiting). Image size: 62939286 bytes.
        +3.8s   Created: Container created
        +3.8s   Started: Container started
        +3.8s   FailedPostStartHook: PostStartHook failed
        +3.8s   Killing: FailedPostStartHook
        +3.8s Running main=running()/0 started ready
        +3.9s Running main=terminated(0)/0
        +3.9s   Pulling: Pulling image "nginx"
        +4.3s   Pulled: Successfully pulled image "nginx" in 469ms (469ms including waiting). Image size: 62939286 bytes.
        +4.3s   Created: Container created
        +4.3s   Started: Container started
        +4.3s   FailedPostStartHook: PostStartHook failed
        +4.3s   Killing: FailedPostStartHook
        +4.3s Running main=running()/1 started ready
        +4.4s Running main=terminated(0)/1
        +4.4s   BackOff: Back-off restarting failed container main in pod web_default(8e4eff81-2ca4-4968-bd93-5a79002f5394)
        +4.4s Running main=waiting(CrashLoopBackOff)/1
    "#]].assert_eq(&life(pod, 12, &[]));
}
