//! A cluster with an API switched off (`--runtime-config`), and a terminal that is not the administrator's.

use expect_test::{Expect, expect};
use kubestep::api::RuntimeConfig;
use kubestep::cluster::{Action, Config};
use kubestep::http::{Body, Request, answer};
use kubestep::json::Str;
use kubestep::playground::{Files, Playground, RunFile, script, trace_hash};

const JOB: &str = "apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}}
";

fn cluster(runtime: &str) -> Playground {
    let runtime = RuntimeConfig::parse(runtime).expect("a config");
    let files: Files = [(Str::from("job.yaml"), Str::from(JOB))].into_iter().collect();
    Playground::new(Config { runtime, ..Config::new(1, 2) }, files)
}

/// What a script prints; and the run, written down and replayed, is the same run.
fn prints(mut playground: Playground, lines: &[&str], expected: Expect) -> Playground {
    for line in lines {
        let line = script::parse(line).expect("a line").expect("no comment");
        playground.follow(&line).expect("possible");
    }
    let mut out = String::new();
    for entry in playground.terminal_entries() {
        out += &format!("$ {}\n", entry.line);
        entry.output.iter().for_each(|piece| out += &piece.text);
    }
    expected.assert_eq(&out);
    let again = RunFile::parse(&playground.export()).expect("a run").replay().expect("possible");
    assert_eq!(trace_hash(&again).to_string(), trace_hash(&playground).to_string());
    playground
}

#[test]
fn what_is_switched_off_is_not_there_for_anybody() {
    let playground = prints(
        cluster("batch/v1=false"),
        &[
            "kubectl get jobs",
            "kubectl apply -f job.yaml",
            "kubectl create -f job.yaml",
            "kubectl create job pi --image=busybox",
            "kubectl create deployment web --image=nginx",
            "kubectl get all -o name",
            "kubectl explain jobs",
            "kubectl api-versions",
            "kubectl get --raw /apis/batch/v1/jobs",
            "kubectl get --raw /apis/batch",
            "kubectl create namespace other",
            "kubectl delete namespace other",
            "kubectl get namespaces other",
        ],
        expect![[r#"
            $ kubectl get jobs
            error: the server doesn't have a resource type "jobs"
            $ kubectl apply -f job.yaml
            error: resource mapping not found for name: "pi" namespace: "" from "job.yaml": no matches for kind "Job" in version "batch/v1"
            ensure CRDs are installed first
            $ kubectl create -f job.yaml
            error: resource mapping not found for name: "pi" namespace: "" from "job.yaml": no matches for kind "Job" in version "batch/v1"
            ensure CRDs are installed first
            $ kubectl create job pi --image=busybox
            error: failed to create job: the server could not find the requested resource (post jobs.batch)
            $ kubectl create deployment web --image=nginx
            deployment.apps/web created
            $ kubectl get all -o name
            pod/web-7957885594-tzwn5
            service/kubernetes
            deployment.apps/web
            replicaset.apps/web-7957885594
            $ kubectl explain jobs
            the server doesn't have a resource type "jobs"
            $ kubectl api-versions
            admissionregistration.k8s.io/v1
            apiextensions.k8s.io/v1
            apps/v1
            authentication.k8s.io/v1
            authorization.k8s.io/v1
            autoscaling/v1
            autoscaling/v2
            certificates.k8s.io/v1
            coordination.k8s.io/v1
            discovery.k8s.io/v1
            events.k8s.io/v1
            networking.k8s.io/v1
            node.k8s.io/v1
            policy/v1
            rbac.authorization.k8s.io/v1
            scheduling.k8s.io/v1
            storage.k8s.io/v1
            v1
            $ kubectl get --raw /apis/batch/v1/jobs
            Error from server (NotFound): the server could not find the requested resource
            $ kubectl get --raw /apis/batch
            Error from server (NotFound): the server could not find the requested resource
            $ kubectl create namespace other
            namespace/other created
            $ kubectl delete namespace other
            namespace "other" deleted
            $ kubectl get namespaces other
            Error from server (NotFound): namespaces "other" not found
        "#]],
    );
    let agents: Vec<&str> =
        playground.timeline().branch().entries().iter().map(|(_, brief)| brief.controller()).collect();
    for queue in ["job-controller", "cronjob-controller", "ttl-after-finished-controller"] {
        assert!(!agents.contains(&queue), "{queue} does not run");
    }
}

#[test]
fn the_start_says_which_controllers_are_left_out() {
    let mut playground = cluster("batch/v1=false,autoscaling/v2=false");
    let line = script::parse("@restart-controllers").expect("a line").expect("no comment");
    playground.follow(&line).expect("possible");
    let mut notes = String::new();
    for position in 1..=playground.timeline().position() {
        let record = playground.timeline_mut().record(position).expect("a step");
        if record.step.action == Some(Action::Start) {
            for note in record.step.notes.iter().filter(|note| note.phase.contains("skip")) {
                let values: Vec<String> = note.values.iter().map(|(k, v)| format!("{k}={v}")).collect();
                notes += &format!("{} {}\n", note.phase, values.join(" "));
            }
        }
    }
    expect![[r#"
        skip-controller controller="cronjob-controller" missing="batch/v1/cronjobs"
        skip-controller controller="job-controller" missing="batch/v1/jobs"
        skip-controller controller="horizontal-pod-autoscaler" missing="autoscaling/v2/horizontalpodautoscalers"
        skip-controller controller="ttl-after-finished-controller" missing="batch/v1/jobs"
    "#]].assert_eq(&notes);
}

#[test]
fn a_version_can_go_alone_and_a_resource_can() {
    prints(
        cluster("autoscaling/v1=false,apps/v1/daemonsets=false"),
        &[
            "kubectl api-versions",
            "kubectl get daemonsets",
            "kubectl api-resources --api-group=apps -o name",
            "kubectl create deployment web --image=nginx",
            "kubectl autoscale deployment web --max=3",
            "kubectl get hpa -o name",
        ],
        expect![[r#"
            $ kubectl api-versions
            admissionregistration.k8s.io/v1
            apiextensions.k8s.io/v1
            apps/v1
            authentication.k8s.io/v1
            authorization.k8s.io/v1
            autoscaling/v2
            batch/v1
            certificates.k8s.io/v1
            coordination.k8s.io/v1
            discovery.k8s.io/v1
            events.k8s.io/v1
            networking.k8s.io/v1
            node.k8s.io/v1
            policy/v1
            rbac.authorization.k8s.io/v1
            scheduling.k8s.io/v1
            storage.k8s.io/v1
            v1
            $ kubectl get daemonsets
            error: the server doesn't have a resource type "daemonsets"
            $ kubectl api-resources --api-group=apps -o name
            controllerrevisions.apps
            deployments.apps
            replicasets.apps
            statefulsets.apps
            $ kubectl create deployment web --image=nginx
            deployment.apps/web created
            $ kubectl autoscale deployment web --max=3
            horizontalpodautoscaler.autoscaling/web autoscaled
            $ kubectl get hpa -o name
            horizontalpodautoscaler.autoscaling/web
        "#]],
    );
}

#[test]
fn all_but_a_few_can_be_off() {
    prints(
        cluster("api/all=false,/v1=true,apps/v1=true"),
        &["kubectl api-versions", "kubectl run x --image=nginx", "kubectl get all"],
        expect![[r#"
            $ kubectl api-versions
            apps/v1
            v1
            $ kubectl run x --image=nginx
            pod/x created
            $ kubectl get all
            NAME    READY   STATUS    RESTARTS   AGE
            pod/x   1/1     Running   0          49m

            NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
            service/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   10h
        "#]],
    );
}

#[test]
fn a_flag_that_cannot_be_meant_is_refused() {
    let mut told = String::new();
    for text in [
        "api/all=false",
        "batch",
        "a/b/c/d=true",
        "batches/v1=false",
        "batch/v7=false",
        "batch/v1=perhaps",
        "api/ga=perhaps",
        "batch/v1/Jobs=false",
        " batch/v1 = false ,, /v1",
        "",
    ] {
        let said = RuntimeConfig::parse(text).map_or_else(|why| why, |config| format!("{:?}", config.text()));
        told += &format!("{text:?}: {said}\n");
    }
    expect![[r#"
        "api/all=false": invalid key with only api/all=false
        "batch": runtime-config invalid key batch
        "a/b/c/d=true": runtime-config invalid key a/b/c/d
        "batches/v1=false": unknown api groups batches
        "batch/v7=false": group version batch/v7 that has not been registered
        "batch/v1=perhaps": invalid value of batch/v1: perhaps, err: strconv.ParseBool: parsing "perhaps": invalid syntax
        "api/ga=perhaps": invalid value api/ga=perhaps
        "batch/v1/Jobs=false": invalid key batch/v1/Jobs: group/version/resource and resource is always lowercase plural, not "Jobs"
        " batch/v1 = false ,, /v1": " batch/v1 = false ,, /v1"
        "": ""
    "#]].assert_eq(&told);
}

#[test]
fn a_terminal_can_be_somebody_elses() {
    prints(
        cluster(""),
        &[
            "kubectl create role reader --verb=get,list,watch --resource=pods,pods/log",
            "kubectl create rolebinding readers --role=reader --group=developers",
            "kubectl create clusterrole helper --verb=impersonate --resource=users --resource-name=bob",
            "kubectl run web --image=nginx",
            "@user jane developers",
            "kubectl auth whoami",
            "kubectl get pods -o name",
            "kubectl delete pod web",
            "kubectl get nodes",
            "kubectl auth can-i create jobs",
            "kubectl apply -f job.yaml",
            "kubectl get pods --as bob",
            "kubectl get pods --as bob --as-group admins",
            "kubectl get pods --as system:serviceaccount:default:default",
            "kubectl logs web",
            "kubectl exec web -- ls",
            "@user",
            "kubectl create clusterrolebinding helpers --clusterrole=helper --user=jane",
            "@user jane developers",
            "kubectl auth whoami --as bob",
            "kubectl get pods --as bob",
            "kubectl auth whoami --as bob --as-group admins",
        ],
        expect![[r#"
            $ kubectl create role reader --verb=get,list,watch --resource=pods,pods/log
            role.rbac.authorization.k8s.io/reader created
            $ kubectl create rolebinding readers --role=reader --group=developers
            rolebinding.rbac.authorization.k8s.io/readers created
            $ kubectl create clusterrole helper --verb=impersonate --resource=users --resource-name=bob
            clusterrole.rbac.authorization.k8s.io/helper created
            $ kubectl run web --image=nginx
            pod/web created
            $ kubectl auth whoami
            ATTRIBUTE   VALUE
            Username    jane
            Groups      [developers system:authenticated]
            $ kubectl get pods -o name
            pod/web
            $ kubectl delete pod web
            Error from server (Forbidden): pods "web" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"
            $ kubectl get nodes
            Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope
            $ kubectl auth can-i create jobs
            no
            $ kubectl apply -f job.yaml
            Error from server (Forbidden): error when retrieving current configuration of:
            Resource: "batch/v1, Resource=jobs", GroupVersionKind: "batch/v1, Kind=Job"
            Name: "pi", Namespace: "default"
            from server for: "job.yaml": jobs.batch "pi" is forbidden: User "jane" cannot get resource "jobs" in API group "batch" in the namespace "default"
            $ kubectl get pods --as bob
            Error from server (Forbidden): users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope
            $ kubectl get pods --as bob --as-group admins
            Error from server (Forbidden): users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope
            $ kubectl get pods --as system:serviceaccount:default:default
            Error from server (Forbidden): serviceaccounts "default" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"
            $ kubectl logs web
            /docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
            /docker-entrypoint.sh: Configuration complete; ready for start up
            2026/01/05 09:00:03 [notice] 1#1: using the "epoll" event method
            2026/01/05 09:00:03 [notice] 1#1: start worker processes
            $ kubectl exec web -- ls
            error: unable to upgrade connection: pods "web" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"
            $ kubectl create clusterrolebinding helpers --clusterrole=helper --user=jane
            clusterrolebinding.rbac.authorization.k8s.io/helpers created
            $ kubectl auth whoami --as bob
            ATTRIBUTE   VALUE
            Username    bob
            Groups      [system:authenticated]
            $ kubectl get pods --as bob
            Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"
            $ kubectl auth whoami --as bob --as-group admins
            error: the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it
        "#]],
    );
}

#[test]
fn a_client_of_a_cluster_without_an_api_is_told_so() {
    let playground = cluster("batch/v1=false");
    let mut world = playground.desk().world().clone();
    let mut told = String::new();
    for (method, path, accept) in [
        ("GET", "/apis/batch/v1/namespaces/default/jobs", ""),
        ("POST", "/apis/batch/v1/namespaces/default/jobs", ""),
        ("GET", "/apis/batch/v1", ""),
        ("GET", "/apis/batch", ""),
    ] {
        let request = Request::new(method, path, [("accept", accept)].into_iter(), "{}");
        let got = world.user(|api| answer(api, &request)).0;
        let Body::Text(text) = got.body else { panic!("no stream") };
        told += &format!("{method} {path}: {} {}\n", got.code, text.trim());
    }
    expect![[r#"
        GET /apis/batch/v1/namespaces/default/jobs: 404 404 page not found
        POST /apis/batch/v1/namespaces/default/jobs: 404 404 page not found
        GET /apis/batch/v1: 404 404 page not found
        GET /apis/batch: 404 404 page not found
    "#]]
    .assert_eq(&told);
}
