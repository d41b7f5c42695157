//! Scheduler and kubelets against a real API server: a manifest in, the sequence of statuses and events out.

use kubestep::api::{PatchType, Request, Response, Status, WatchEvent, WatchId, kinds};
use kubestep::apiserver::ApiServer;
use kubestep::client::{Api, Context, Reflector};
use kubestep::json::{self, Json, Str};
use kubestep::kubelet::{Kubelet, NodeConfig};
use kubestep::scheduler::Scheduler;
use kubestep::sim::{Rng, Time};
use std::time::Duration;

struct Door<'a> {
    server: &'a mut ApiServer,
    now: Time,
}

impl Api for Door<'_> {
    fn call(&mut self, request: Request) -> Result<Response, Status> {
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

/// An API server, a scheduler and kubelets; no controllers.
struct Nodes {
    server: ApiServer,
    scheduler: Scheduler,
    kubelets: Vec<Kubelet>,
    rng: Rng,
    now: Time,
    start: Time,
    said: Vec<String>,
    trace: String,
    told: usize,
}

impl Nodes {
    fn new(nodes: Vec<NodeConfig>) -> Nodes {
        let start = Time::from_civil(2026, 1, 5, 9, 0, 0);
        let mut nodes = Nodes {
            server: ApiServer::new(7, start),
            scheduler: Scheduler::new(),
            kubelets: nodes.into_iter().map(Kubelet::new).collect(),
            rng: Rng::new(7),
            now: start,
            start,
            said: Vec::new(),
            trace: String::new(),
            told: 0,
        };
        nodes.call(Request::create(
            kinds::SERVICEACCOUNTS,
            kubestep::json!({ "metadata": { "name": "default", "namespace": "default" } }),
        ));
        nodes.run(Duration::from_secs(1));
        // The node lifecycle controller's part: a node that is ready has no taint.
        for node in nodes.call(Request::list(kinds::NODES, ""))["items"].items() {
            let name = node["metadata"]["name"].str();
            let none = kubestep::json!({ "spec": { "taints": null } });
            nodes.call(Request::patch(PatchType::Merge, kinds::NODES, "", name, none));
        }
        nodes.start = nodes.now;
        nodes
    }

    fn call(&mut self, request: Request) -> Json {
        let result = self.server.handle(self.now, &request.by("kubectl"));
        result.map(|r| r.body).unwrap_or_else(|s| panic!("{}", s.message))
    }

    fn create(&mut self, pod: &str) {
        let mut pod = json::parse(pod).expect("a manifest");
        pod.set("apiVersion", "v1");
        pod.set("kind", "Pod");
        pod.set_at(&["metadata", "namespace"], "default");
        pod.set_at(&["spec", "automountServiceAccountToken"], false);
        self.call(Request::create(kinds::PODS, pod));
    }

    fn delete(&mut self, name: &str) {
        self.call(Request::delete(kinds::PODS, "default", name));
    }

    /// Lets everything happen that happens within a span of time.
    fn run(&mut self, span: Duration) {
        let end = self.now + span;
        for _ in 0..100_000 {
            if self.step() {
                self.observe();
                continue;
            }
            let timers = self.kubelets.iter().map(Kubelet::next_timer).chain([self.scheduler.next_timer()]);
            match timers.flatten().map(|t| t.at).min() {
                Some(at) if at <= end => self.now = self.now.max(at),
                _ => break,
            }
        }
        self.now = end;
    }

    fn step(&mut self) -> bool {
        let Nodes { server, scheduler, kubelets, rng, now, .. } = self;
        let ready = |r: &Reflector, server: &ApiServer| r.watch().is_none_or(|w| server.has_event(w));
        let found = scheduler.reflectors().find(|r| ready(r, server)).map(|r| r.resource().clone());
        let mut door = Door { server, now: *now };
        if let Some(resource) = found {
            scheduler.deliver(&mut cx(&mut door, rng), &resource);
            return true;
        }
        for kubelet in kubelets.iter_mut() {
            let found = kubelet.reflectors().find(|r| ready(r, door.server)).map(|r| r.resource().clone());
            if let Some(resource) = found {
                kubelet.deliver(&mut cx(&mut door, rng), &resource);
                return true;
            }
        }
        if scheduler.ready(*now).is_some() {
            scheduler.schedule_one(&mut cx(&mut door, rng));
            return true;
        }
        for kubelet in kubelets.iter_mut() {
            let ready = kubelet.ready(*now).next().cloned();
            if let Some(work) = ready {
                kubelet.work(&mut cx(&mut door, rng), &work);
                return true;
            }
        }
        false
    }

    /// Writes down what changed: pods as a person sees them, and new events.
    fn observe(&mut self) {
        let at = format!("+{:.3}s", self.now.since(self.start).as_secs_f64());
        let pods = self.server.handle(self.now, &Request::list(kinds::PODS, "default")).expect("pods").body;
        let said: Vec<String> = pods["items"].items().iter().map(describe).collect();
        for line in said.iter().filter(|line| !self.said.contains(line)) {
            self.trace.push_str(&format!("{at} {line}\n"));
        }
        for old in &self.said {
            let name = old.split(' ').next().unwrap_or_default();
            if !said.iter().any(|line| line.split(' ').next() == Some(name)) {
                self.trace.push_str(&format!("{at} {name} is gone\n"));
            }
        }
        self.said = said;
        let events =
            self.server.handle(self.now, &Request::list(kinds::EVENTS, "default")).expect("events").body;
        let mut lines: Vec<String> = events["items"].items().iter().map(event).collect();
        lines.sort();
        let fresh: Vec<&String> = lines.iter().filter(|l| !self.trace.contains(l.as_str())).collect();
        for line in fresh {
            let line = format!("{at}   {line}\n");
            self.trace.push_str(&line);
            self.told += 1;
        }
    }

    fn logs(&mut self, name: &str, query: &[(&str, &str)]) -> Result<String, Status> {
        let pod = self.call(Request::get(kinds::PODS, "default", name));
        let query: Vec<(Str, Str)> = query.iter().map(|(k, v)| (Str::from(*k), Str::from(*v))).collect();
        let kubelet = self.kubelets.iter().find(|k| k.node_name() == pod["spec"]["nodeName"].str());
        kubelet.expect("a node").logs(&pod, &query)
    }
}

fn cx<'a, 'b>(door: &'a mut Door<'b>, rng: &'a mut Rng) -> Context<'a> {
    Context { now: door.now, api: door, rng, notes: Vec::new() }
}

fn describe(pod: &Json) -> String {
    let status = &pod["status"];
    let mut line = format!("{} {}", pod["metadata"]["name"].str(), status["phase"].str());
    if !status["reason"].is_null() {
        line.push_str(&format!("({})", status["reason"].str()));
    }
    for list in ["initContainerStatuses", "containerStatuses"] {
        for container in status[list].items() {
            let state = &container["state"].entries()[0];
            let detail = match state.0.as_str() {
                "waiting" => state.1["reason"].str().to_owned(),
                "terminated" => {
                    format!("{} {}", state.1["reason"].str(), state.1["exitCode"].as_i64().unwrap_or(-1))
                }
                running => running.to_owned(),
            };
            line.push_str(&format!(" {}={detail}", container["name"].str()));
            if container["restartCount"].as_i64() != Some(0) {
                line.push_str(&format!("/{}", container["restartCount"].as_i64().unwrap_or(-1)));
            }
        }
    }
    for condition in status["conditions"].items() {
        if condition["status"].str() == "True" {
            line.push_str(&format!(" +{}", condition["type"].str()));
        }
    }
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        line.push_str(" deleted");
    }
    line
}

fn event(event: &Json) -> String {
    let count = event["count"].as_i64().or(event["series"]["count"].as_i64()).unwrap_or(1);
    let path = event["involvedObject"]["fieldPath"].str();
    let uid = event["involvedObject"]["uid"].str();
    let message = event["message"].str().replace(uid, "UID");
    let name = event["involvedObject"]["name"].str();
    format!("{name} {} {} {path} {message} x{count}", event["type"].str(), event["reason"].str())
}

#[test]
fn a_server_runs_until_it_is_deleted() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(r#"{"metadata":{"name":"web"},"spec":{"containers":[{"name":"main","image":"nginx"}]}}"#);
    nodes.run(Duration::from_secs(10));
    nodes.delete("web");
    nodes.run(Duration::from_secs(60));
    expect_test::expect![[r#"
        +0.000s web Pending
        +0.000s web Pending +PodScheduled
        +0.000s   web Normal Scheduled  Successfully assigned default/web to node-1 x1
        +0.000s web Pending main=ContainerCreating +Initialized +PodScheduled
        +0.000s   web Normal Pulling spec.containers{main} Pulling image "nginx" x1
        +3.727s   web Normal Created spec.containers{main} Container created x1
        +3.727s   web Normal Pulled spec.containers{main} Successfully pulled image "nginx" in 3.727s (3.727s including waiting). Image size: 62939286 bytes. x1
        +3.727s   web Normal Started spec.containers{main} Container started x1
        +3.727s web Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +10.000s web Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled deleted
        +10.000s   web Normal Killing spec.containers{main} Stopping container main x1
        +10.100s web is gone
    "#]].assert_eq(&nodes.trace);
}

#[test]
fn a_finished_pod_stays_until_it_is_deleted() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1).hollow()]);
    nodes.create(
        r#"{"metadata":{"name":"once"},"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"busybox"}]}}"#,
    );
    nodes.run(Duration::from_secs(10));
    nodes.delete("once");
    nodes.run(Duration::from_secs(60));
    expect_test::expect![[r#"
        +0.000s once Pending
        +0.000s once Pending +PodScheduled
        +0.000s   once Normal Scheduled  Successfully assigned default/once to node-1 x1
        +0.000s once Pending main=ContainerCreating +Initialized +PodScheduled
        +0.500s once Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +0.500s once Succeeded main=Completed 0 +Initialized +PodScheduled
        +10.000s once is gone
    "#]].assert_eq(&nodes.trace);
}

#[test]
fn a_container_that_ends_again_and_again_backs_off() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(r#"{"metadata":{"name":"loop"},"spec":{"containers":[{"name":"main","image":"busybox"}]}}"#);
    nodes.run(Duration::from_secs(40));
    expect_test::expect![[r#"
        +0.000s loop Pending
        +0.000s loop Pending +PodScheduled
        +0.000s   loop Normal Scheduled  Successfully assigned default/loop to node-1 x1
        +0.000s loop Pending main=ContainerCreating +Initialized +PodScheduled
        +0.000s   loop Normal Pulling spec.containers{main} Pulling image "busybox" x1
        +0.692s   loop Normal Created spec.containers{main} Container created x1
        +0.692s   loop Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 692ms (692ms including waiting). Image size: 2221843 bytes. x1
        +0.692s   loop Normal Started spec.containers{main} Container started x1
        +0.692s loop Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +0.692s loop Running main=Completed 0 +PodReadyToStartContainers +Initialized +PodScheduled
        +0.692s   loop Normal Pulling spec.containers{main} Pulling image "busybox" x2
        +1.272s   loop Normal Created spec.containers{main} Container created x2
        +1.272s   loop Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 580ms (580ms including waiting). Image size: 2221843 bytes. x1
        +1.272s   loop Normal Started spec.containers{main} Container started x2
        +1.272s loop Running main=running/1 +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +1.272s loop Running main=Completed 0/1 +PodReadyToStartContainers +Initialized +PodScheduled
        +1.272s   loop Warning BackOff spec.containers{main} Back-off restarting failed container main in pod loop_default(UID) x1
        +1.272s loop Running main=CrashLoopBackOff/1 +PodReadyToStartContainers +Initialized +PodScheduled
        +11.272s   loop Normal Pulling spec.containers{main} Pulling image "busybox" x3
        +12.082s   loop Normal Created spec.containers{main} Container created x3
        +12.082s   loop Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 810ms (810ms including waiting). Image size: 2221843 bytes. x1
        +12.082s   loop Normal Started spec.containers{main} Container started x3
        +12.082s loop Running main=running/2 +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +12.082s loop Running main=Completed 0/2 +PodReadyToStartContainers +Initialized +PodScheduled
        +12.082s   loop Warning BackOff spec.containers{main} Back-off restarting failed container main in pod loop_default(UID) x2
        +12.082s loop Running main=CrashLoopBackOff/2 +PodReadyToStartContainers +Initialized +PodScheduled
        +32.082s   loop Normal Pulling spec.containers{main} Pulling image "busybox" x4
        +32.602s   loop Normal Created spec.containers{main} Container created x4
        +32.602s   loop Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 520ms (520ms including waiting). Image size: 2221843 bytes. x1
        +32.602s   loop Normal Started spec.containers{main} Container started x4
        +32.602s loop Running main=running/3 +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +32.602s loop Running main=Completed 0/3 +PodReadyToStartContainers +Initialized +PodScheduled
        +32.602s   loop Warning BackOff spec.containers{main} Back-off restarting failed container main in pod loop_default(UID) x3
        +32.602s loop Running main=CrashLoopBackOff/3 +PodReadyToStartContainers +Initialized +PodScheduled
    "#]].assert_eq(&nodes.trace);
    let previous = nodes.logs("loop", &[("previous", "true")]);
    assert_eq!(previous.as_deref(), Ok(""));
}

#[test]
fn what_does_not_fit_waits_until_something_makes_room() {
    let mut nodes = Nodes::new((1..=3).map(NodeConfig::numbered).collect());
    let pod = |name: &str, more: &str, cpu: &str| {
        format!(
            r#"{{"metadata":{{"name":"{name}"}},"spec":{{{more}"containers":[{{"name":"main","image":"nginx",
            "resources":{{"requests":{{"cpu":"{cpu}"}}}}}}]}}}}"#
        )
    };
    for name in ["a", "b", "c"] {
        nodes.create(&pod(name, "", "3"));
    }
    nodes.run(Duration::from_secs(10));
    let before = nodes.trace.len();
    nodes.create(&pod("large", "", "64"));
    nodes.create(&pod("next", "", "2"));
    nodes.create(&pod("picky", r#""nodeSelector":{"disk":"ssd"},"#, "100m"));
    nodes.run(Duration::from_secs(1));
    nodes.delete("b");
    nodes.run(Duration::from_secs(60));
    expect_test::expect![[r#"
        +10.000s large Pending
        +10.000s next Pending
        +10.000s picky Pending
        +10.000s   large Warning FailedScheduling  0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling. x1
        +10.000s   next Warning FailedScheduling  0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod. x1
        +10.000s   picky Warning FailedScheduling  0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling. x1
        +11.000s b Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled deleted
        +11.000s   b Normal Killing spec.containers{main} Stopping container main x1
        +11.100s b is gone
        +11.100s   large Warning FailedScheduling  0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling. x2
        +11.100s next Pending +PodScheduled
        +11.100s   next Normal Scheduled  Successfully assigned default/next to node-3 x1
        +11.100s next Pending main=ContainerCreating +Initialized +PodScheduled
        +11.100s   next Normal Pulling spec.containers{main} Pulling image "nginx" x1
        +11.778s   next Normal Created spec.containers{main} Container created x1
        +11.778s   next Normal Pulled spec.containers{main} Successfully pulled image "nginx" in 678ms (678ms including waiting). Image size: 62939286 bytes. x1
        +11.778s   next Normal Started spec.containers{main} Container started x1
        +11.778s next Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
    "#]].assert_eq(&nodes.trace[before..]);
}

#[test]
fn a_process_that_ignores_term_is_killed_after_the_grace_period() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(
        r#"{"metadata":{"name":"deaf"},"spec":{"terminationGracePeriodSeconds":5,"containers":[
        {"name":"main","image":"busybox","command":["sh","-c","echo up; sleep 90"]}]}}"#,
    );
    nodes.run(Duration::from_secs(10));
    assert_eq!(nodes.logs("deaf", &[]).as_deref(), Ok("up\n"));
    let before = nodes.trace.len();
    nodes.delete("deaf");
    nodes.run(Duration::from_secs(10));
    expect_test::expect![[r#"
        +10.000s deaf Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled deleted
        +10.000s   deaf Normal Killing spec.containers{main} Stopping container main x1
        +15.000s deaf is gone
    "#]].assert_eq(&nodes.trace[before..]);
}

#[test]
fn a_failing_init_container_keeps_the_others_from_starting() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(
        r#"{"metadata":{"name":"setup"},"spec":{"restartPolicy":"Never","initContainers":[
        {"name":"one","image":"busybox","command":["sh","-c","sleep 1"]},
        {"name":"two","image":"busybox","command":["sh","-c","exit 3"]}],
        "containers":[{"name":"main","image":"nginx"}]}}"#,
    );
    nodes.run(Duration::from_secs(10));
    expect_test::expect![[r#"
        +0.000s setup Pending
        +0.000s setup Pending +PodScheduled
        +0.000s   setup Normal Scheduled  Successfully assigned default/setup to node-1 x1
        +0.000s setup Pending one=PodInitializing two=PodInitializing main=PodInitializing +PodScheduled
        +0.000s   setup Normal Pulling spec.initContainers{one} Pulling image "busybox" x1
        +0.692s   setup Normal Created spec.initContainers{one} Container created x1
        +0.692s   setup Normal Pulled spec.initContainers{one} Successfully pulled image "busybox" in 692ms (692ms including waiting). Image size: 2221843 bytes. x1
        +0.692s   setup Normal Started spec.initContainers{one} Container started x1
        +0.692s setup Pending one=running two=PodInitializing main=PodInitializing +PodReadyToStartContainers +PodScheduled
        +1.692s setup Pending one=Completed 0 two=PodInitializing main=PodInitializing +PodReadyToStartContainers +PodScheduled
        +1.692s   setup Normal Pulling spec.initContainers{two} Pulling image "busybox" x1
        +2.272s   setup Normal Created spec.initContainers{two} Container created x1
        +2.272s   setup Normal Pulled spec.initContainers{two} Successfully pulled image "busybox" in 580ms (580ms including waiting). Image size: 2221843 bytes. x1
        +2.272s   setup Normal Started spec.initContainers{two} Container started x1
        +2.272s setup Pending one=Completed 0 two=running main=PodInitializing +PodReadyToStartContainers +PodScheduled
        +2.272s setup Failed one=Completed 0 two=Error 3 main=PodInitializing +PodScheduled
    "#]].assert_eq(&nodes.trace);
}

#[test]
fn a_missing_config_map_is_waited_for() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(
        r#"{"metadata":{"name":"early"},"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"busybox",
        "command":["sh","-c","echo $A $(POD)"],"env":[{"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},
        {"name":"A","valueFrom":{"configMapKeyRef":{"name":"settings","key":"a"}}}]}]}}"#,
    );
    nodes.run(Duration::from_secs(15));
    nodes.call(Request::create(
        kinds::CONFIGMAPS,
        kubestep::json!({ "metadata": { "name": "settings", "namespace": "default" }, "data": { "a": "one" } }),
    ));
    nodes.run(Duration::from_secs(15));
    expect_test::expect![[r#"
        +0.000s early Pending
        +0.000s early Pending +PodScheduled
        +0.000s   early Normal Scheduled  Successfully assigned default/early to node-1 x1
        +0.000s early Pending main=ContainerCreating +Initialized +PodScheduled
        +0.000s   early Normal Pulling spec.containers{main} Pulling image "busybox" x1
        +0.692s   early Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 692ms (692ms including waiting). Image size: 2221843 bytes. x1
        +0.692s   early Warning Failed spec.containers{main} Error: configmap "settings" not found x1
        +0.692s early Pending main=CreateContainerConfigError +PodReadyToStartContainers +Initialized +PodScheduled
        +10.692s   early Normal Pulling spec.containers{main} Pulling image "busybox" x2
        +11.509s   early Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 817ms (817ms including waiting). Image size: 2221843 bytes. x1
        +11.509s   early Warning Failed spec.containers{main} Error: configmap "settings" not found x2
        +21.509s   early Normal Pulling spec.containers{main} Pulling image "busybox" x3
        +22.089s   early Normal Created spec.containers{main} Container created x1
        +22.089s   early Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 580ms (580ms including waiting). Image size: 2221843 bytes. x1
        +22.089s   early Normal Started spec.containers{main} Container started x1
        +22.089s early Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +22.089s early Succeeded main=Completed 0 +Initialized +PodScheduled
    "#]].assert_eq(&nodes.trace);
    assert_eq!(nodes.logs("early", &[]).as_deref(), Ok("one early\n"));
}

#[test]
fn an_image_that_is_not_there_is_tried_again_and_again() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(
        r#"{"metadata":{"name":"typo"},"spec":{"containers":[{"name":"main","image":"busybox:1.99-nope"}]}}"#,
    );
    nodes.run(Duration::from_secs(30));
    expect_test::expect![[r#"
        +0.000s typo Pending
        +0.000s typo Pending +PodScheduled
        +0.000s   typo Normal Scheduled  Successfully assigned default/typo to node-1 x1
        +0.000s typo Pending main=ContainerCreating +Initialized +PodScheduled
        +0.000s   typo Normal Pulling spec.containers{main} Pulling image "busybox:1.99-nope" x1
        +0.581s   typo Warning Failed spec.containers{main} Error: ErrImagePull x1
        +0.581s   typo Warning Failed spec.containers{main} Failed to pull image "busybox:1.99-nope": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/busybox:1.99-nope": failed to resolve reference "docker.io/library/busybox:1.99-nope": docker.io/library/busybox:1.99-nope: not found x1
        +0.581s typo Pending main=ErrImagePull +PodReadyToStartContainers +Initialized +PodScheduled
        +1.581s   typo Normal BackOff spec.containers{main} Back-off pulling image "busybox:1.99-nope" x1
        +1.581s   typo Warning Failed spec.containers{main} Error: ImagePullBackOff x1
        +1.581s typo Pending main=ImagePullBackOff +PodReadyToStartContainers +Initialized +PodScheduled
        +10.581s   typo Normal Pulling spec.containers{main} Pulling image "busybox:1.99-nope" x2
        +11.379s   typo Warning Failed spec.containers{main} Error: ErrImagePull x2
        +11.379s   typo Warning Failed spec.containers{main} Failed to pull image "busybox:1.99-nope": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/busybox:1.99-nope": failed to resolve reference "docker.io/library/busybox:1.99-nope": docker.io/library/busybox:1.99-nope: not found x2
        +11.379s typo Pending main=ErrImagePull +PodReadyToStartContainers +Initialized +PodScheduled
        +12.379s   typo Normal BackOff spec.containers{main} Back-off pulling image "busybox:1.99-nope" x2
        +12.379s   typo Warning Failed spec.containers{main} Error: ImagePullBackOff x2
        +12.379s typo Pending main=ImagePullBackOff +PodReadyToStartContainers +Initialized +PodScheduled
    "#]].assert_eq(&nodes.trace);
    let said = nodes.logs("typo", &[]).map_err(|s| s.message.to_string());
    let why = "container \"main\" in pod \"typo\" is waiting to start: trying and failing to pull image";
    assert_eq!(said, Err(why.to_owned()));
}

#[test]
fn a_missing_volume_is_waited_for() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.create(
        r#"{"metadata":{"name":"files"},"spec":{"restartPolicy":"Never","volumes":[{"name":"v","secret":{"secretName":"keys"}}],
        "containers":[{"name":"main","image":"busybox","command":["true"],
        "volumeMounts":[{"name":"v","mountPath":"/v"}]}]}}"#,
    );
    nodes.run(Duration::from_secs(2));
    nodes.call(Request::create(
        kinds::SECRETS,
        kubestep::json!({ "metadata": { "name": "keys", "namespace": "default" }, "data": { "a": "b25l" } }),
    ));
    nodes.run(Duration::from_secs(8));
    expect_test::expect![[r#"
        +0.000s files Pending
        +0.000s files Pending +PodScheduled
        +0.000s   files Normal Scheduled  Successfully assigned default/files to node-1 x1
        +0.000s files Pending main=ContainerCreating +Initialized +PodScheduled
        +0.000s   files Warning FailedMount  MountVolume.SetUp failed for volume "v" : secret "keys" not found x1
        +0.500s   files Warning FailedMount  MountVolume.SetUp failed for volume "v" : secret "keys" not found x2
        +1.500s   files Warning FailedMount  MountVolume.SetUp failed for volume "v" : secret "keys" not found x3
        +3.500s   files Normal Pulling spec.containers{main} Pulling image "busybox" x1
        +4.444s   files Normal Created spec.containers{main} Container created x1
        +4.444s   files Normal Pulled spec.containers{main} Successfully pulled image "busybox" in 944ms (944ms including waiting). Image size: 2221843 bytes. x1
        +4.444s   files Normal Started spec.containers{main} Container started x1
        +4.444s files Running main=running +PodReadyToStartContainers +Initialized +Ready +ContainersReady +PodScheduled
        +4.444s files Succeeded main=Completed 0 +Initialized +PodScheduled
    "#]].assert_eq(&nodes.trace);
}

#[test]
fn scripts_run_over_the_pods_volumes() {
    let mut nodes = Nodes::new(vec![NodeConfig::numbered(1)]);
    nodes.call(Request::create(
        kinds::CONFIGMAPS,
        kubestep::json!({ "metadata": { "name": "settings", "namespace": "default" }, "data": { "colour": "blue" } }),
    ));
    nodes.create(
        r#"{"metadata":{"name":"script"},"spec":{"restartPolicy":"Never",
        "volumes":[{"name":"conf","configMap":{"name":"settings"}},{"name":"scratch","emptyDir":{}}],
        "initContainers":[{"name":"write","image":"busybox","command":["sh","-c","echo from init > /data/note"],
          "volumeMounts":[{"name":"scratch","mountPath":"/data"}]}],
        "containers":[{"name":"main","image":"busybox","env":[{"name":"N","value":"3"}],
          "command":["sh","-c","cat /conf/colour /data/note; i=0; while [ $i -lt $N ]; do i=$((i+1)); echo $i; sleep 1; done; echo over > /dev/termination-log; if false; then echo no; else exit 4; fi"],
          "volumeMounts":[{"name":"conf","mountPath":"/conf"},{"name":"scratch","mountPath":"/data"}]}]}}"#,
    );
    nodes.run(Duration::from_secs(20));
    assert_eq!(nodes.logs("script", &[]).as_deref(), Ok("bluefrom init\n1\n2\n3\n"));
    let pod = nodes.call(Request::get(kinds::PODS, "default", "script"));
    let ended = &pod["status"]["containerStatuses"][0]["state"]["terminated"];
    assert_eq!((ended["exitCode"].as_i64(), ended["message"].str()), (Some(4), "over\n"));
    assert_eq!(pod["status"]["phase"].str(), "Failed");
}
