//! Requests in, answers out.

use super::ApiServer;
use crate::api::{EventType, FieldValidation, PatchType, Propagation, Request, ResourceInfo, kinds};
use crate::json;
use crate::json::{Json, parse};
use crate::sim::Time;

const NOW: Time = Time::from_secs(1_800_000_000);

fn server() -> ApiServer {
    let mut server = ApiServer::new(1, NOW);
    let account = json!({"metadata": {"name": "default", "namespace": "default"}});
    server.handle(NOW, &Request::create(kinds::SERVICEACCOUNTS, account)).expect("account");
    server
}

fn object(text: &str) -> Json {
    let mut object = parse(text).expect("test objects are JSON");
    if object["metadata"]["namespace"].is_null() {
        object.set_at(&["metadata", "namespace"], "default");
    }
    object
}

fn create(server: &mut ApiServer, resource: &'static ResourceInfo, text: &str) -> Json {
    let request = Request::create(resource, object(text));
    server.handle(NOW, &request).map(|r| r.body).unwrap_or_else(|e| panic!("{}", e.message))
}

/// The message with which a strict create is refused; `created` where it is not.
fn refusal(resource: &'static ResourceInfo, text: &str) -> String {
    let request =
        Request::create(resource, object(text)).with(|o| o.field_validation = FieldValidation::Strict);
    server().handle(NOW, &request).map_or_else(|e| e.message.to_string(), |_| "created".into())
}

const POD: &str = r#"{"metadata":{"name":"web"},"spec":{"containers":[{"name":"main","image":"nginx"}]}}"#;

#[test]
fn objects_are_decoded_strictly() {
    let cases = [
        (r#"{"metadata":{"name":"a"},"dta":1}"#, "strict decoding error: unknown field \"dta\""),
        (
            r#"{"metadata":{"name":"a"},"data":{"k":1}}"#,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        ),
    ];
    for (text, expected) in cases {
        let expected = format!("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: {expected}");
        assert_eq!(refusal(kinds::CONFIGMAPS, text), expected);
    }
    let text = r#"{"metadata":{"name":"a"},"spec":{"containers":[{"ports":[{"containerPort":"x"}]}]}}"#;
    let expected = "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal string into Go \
                    struct field ContainerPort.spec.containers.ports.containerPort of type int32";
    assert_eq!(refusal(kinds::PODS, text), expected);
}

#[test]
fn names_are_checked_and_generated() {
    assert_eq!(
        refusal(kinds::CONFIGMAPS, r#"{"metadata":{}}"#),
        "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required"
    );
    let mut server = server();
    let map = create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"generateName":"a-"}}"#);
    assert_eq!(map["metadata"]["name"].str().len(), 7);
    let again = Request::create(kinds::CONFIGMAPS, map.clone());
    let error = server.handle(NOW, &again).expect_err("a version");
    assert_eq!(error.message, "resourceVersion should not be set on objects to be created");
    let name = map["metadata"]["name"].clone();
    let again = json!({ "metadata": { "name": name, "namespace": "default" } });
    let error = server.handle(NOW, &Request::create(kinds::CONFIGMAPS, again)).expect_err("taken");
    assert_eq!(
        error.message,
        format!("configmaps {:?} already exists", map["metadata"]["name"].str()).as_str()
    );
}

#[test]
fn writers_do_not_overwrite_each_other() {
    let mut server = server();
    let first = create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"name":"a"},"data":{"k":"1"}}"#);
    let revision = server.revision();
    let same = server.handle(NOW, &Request::update(kinds::CONFIGMAPS, first.clone())).expect("same");
    assert_eq!((server.revision(), &same.body), (revision, &first), "an unchanged object is not written");
    let mut second = first.clone();
    second.set_at(&["data", "k"], "2");
    server.handle(NOW, &Request::update(kinds::CONFIGMAPS, second)).expect("newer");
    let mut stale = first;
    stale.set_at(&["data", "k"], "3");
    let error = server.handle(NOW, &Request::update(kinds::CONFIGMAPS, stale)).expect_err("stale");
    assert_eq!(
        error.message,
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your \
         changes to the latest version and try again"
    );
}

#[test]
fn status_and_spec_are_written_apart() {
    let mut server = server();
    let pod = create(&mut server, kinds::PODS, POD);
    assert_eq!((pod["status"]["phase"].str(), pod["metadata"]["generation"].as_i64()), ("Pending", Some(1)));
    let mut changed = pod.clone();
    changed.set_at(&["status", "phase"], "Running");
    changed.set_at(&["spec", "nodeName"], "ignored");
    let stored = server.handle(NOW, &Request::update_status(kinds::PODS, changed)).expect("status").body;
    assert_eq!((stored["status"]["phase"].str(), &stored["spec"]), ("Running", &pod["spec"]));
}

#[test]
fn pods_wait_for_their_kubelet() {
    let mut server = server();
    create(&mut server, kinds::PODS, POD);
    let binding = json!({"metadata": {"name": "web"}, "target": {"name": "node-1"}});
    let bind = Request::create(kinds::PODS, binding).with_subresource("binding");
    let bind = Request { namespace: "default".into(), name: "web".into(), ..bind };
    server.handle(NOW, &bind).expect("bound");
    let delete = Request::delete(kinds::PODS, "default", "web");
    let pod = server.handle(NOW, &delete).expect("asked").body;
    assert_eq!(pod["metadata"]["deletionGracePeriodSeconds"].as_i64(), Some(30));
    assert_eq!(pod["metadata"]["deletionTimestamp"].str(), "2027-01-15T08:00:30Z");
    let delete = delete.with(|o| o.grace_period = Some(0));
    server.handle(NOW, &delete).expect("final");
    assert!(server.handle(NOW, &Request::get(kinds::PODS, "default", "web")).is_err());
}

#[test]
fn finalizers_hold_an_object() {
    let mut server = server();
    create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"name":"a","finalizers":["x.io/y"]}}"#);
    let delete = Request::delete(kinds::CONFIGMAPS, "default", "a")
        .with(|o| o.propagation = Some(Propagation::Foreground));
    let held = server.handle(NOW, &delete).expect("asked").body;
    assert_eq!(held["metadata"]["finalizers"].to_string(), r#"["x.io/y","foregroundDeletion"]"#);
    let free = Request::patch(
        PatchType::Merge,
        kinds::CONFIGMAPS,
        "default",
        "a",
        json!({"metadata": {"finalizers": null}}),
    );
    server.handle(NOW, &free).expect("freed");
    assert!(server.handle(NOW, &Request::get(kinds::CONFIGMAPS, "default", "a")).is_err());
}

#[test]
fn a_watch_sees_what_its_selector_sees() {
    let mut server = server();
    let open = Request { verb: crate::api::Verb::Watch, ..Request::list(kinds::CONFIGMAPS, "default") }
        .with(|o| o.label_selector = "a=1".into());
    let watch = server.handle(NOW, &open).expect("opened").watch.expect("an id");
    create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"name":"x"}}"#);
    assert!(!server.has_event(watch));
    for labels in [json!({"a": "1"}), json!({"a": "1", "b": "2"}), json!({"a": "2"})] {
        let patch = json!({"metadata": {"labels": labels}});
        let patch = Request::patch(PatchType::Merge, kinds::CONFIGMAPS, "default", "x", patch);
        server.handle(NOW, &patch).expect("patched");
    }
    let events: Vec<EventType> = std::iter::from_fn(|| server.next_event(watch)).map(|e| e.event).collect();
    assert_eq!(events, [EventType::Added, EventType::Modified, EventType::Deleted]);
    server.compact(server.revision());
    let late = open.with(|o| o.resource_version = "1".into());
    let late = server.handle(NOW, &late).expect("opened").watch.expect("an id");
    let error = server.next_event(late).expect("an event");
    assert_eq!((error.event, error.object["code"].as_i64()), (EventType::Error, Some(410)));
}

#[test]
fn strategic_patches_merge_lists_by_key() {
    let mut server = server();
    create(&mut server, kinds::PODS, POD);
    let patch = json!({"spec": {"containers": [{"name": "main", "image": "nginx:2"}]}});
    let patch = Request::patch(PatchType::Strategic, kinds::PODS, "default", "web", patch);
    let pod = server.handle(NOW, &patch).expect("patched").body;
    let container = &pod["spec"]["containers"][0];
    assert_eq!((container["image"].str(), container["name"].str()), ("nginx:2", "main"));
    assert_eq!(container["imagePullPolicy"].str(), "Always");
}

#[test]
fn lists_come_in_pages_of_one_revision() {
    let mut server = server();
    for name in ["a", "b", "c"] {
        create(&mut server, kinds::CONFIGMAPS, &format!(r#"{{"metadata":{{"name":"{name}"}}}}"#));
    }
    let page = Request::list(kinds::CONFIGMAPS, "default").with(|o| o.limit = 2);
    let first = server.handle(NOW, &page).expect("page").body;
    assert_eq!(
        (first["items"].items().len(), first["metadata"]["remainingItemCount"].as_i64()),
        (2, Some(1))
    );
    create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"name":"d"}}"#);
    let token = first["metadata"]["continue"].str().to_string();
    let second = server.handle(NOW, &page.with(|o| o.continue_token = token.into())).expect("page").body;
    assert_eq!(second["items"].items().len(), 1);
    assert_eq!(second["items"][0]["metadata"]["name"].str(), "c");
}

#[test]
fn history_tells_every_revision() {
    let mut server = server();
    let map = create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"name":"a"}}"#);
    server.handle(NOW, &Request::delete(kinds::CONFIGMAPS, "default", "a")).expect("deleted");
    let key = crate::api::ObjectKey::of(&map);
    let history = server.history(&kinds::CONFIGMAPS.into(), &key);
    assert_eq!(history.iter().map(|r| r.object.is_null()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn tables_print_as_upstream() {
    let mut server = server();
    create(&mut server, kinds::PODS, POD);
    let job = r#"{"metadata":{"name":"pi"},"spec":{"completions":2,"template":{"spec":{"restartPolicy":"Never",
        "containers":[{"name":"main","image":"perl"}]}}}}"#;
    create(&mut server, kinds::JOBS, job);
    let later = NOW + std::time::Duration::from_secs(190);
    let mut cells = |resource: &'static ResourceInfo, columns: usize| {
        let list = Request::list(resource, "default").with(|o| o.table = true);
        let table = server.handle(later, &list).expect("a table").body;
        let row: Vec<String> = table["rows"][0]["cells"].items()[..columns]
            .iter()
            .map(|c| c.as_str().map_or(c.to_string(), String::from))
            .collect();
        row.join("|")
    };
    assert_eq!(cells(kinds::PODS, 9), "web|0/1|Pending|0|3m10s|<none>|<none>|<none>|<none>");
    assert_eq!(cells(kinds::JOBS, 7), "pi|Running|0/2||3m10s|main|perl");
    assert_eq!(cells(kinds::SERVICEACCOUNTS, 2), "default|3m10s");
}

/// The lines that `kubectl` would print of the causes.
fn causes(server: &mut ApiServer, request: &Request) -> Vec<String> {
    let error = server.handle(NOW, request).expect_err("refused");
    let causes = error.details.map(|d| d.causes).unwrap_or_default();
    causes.iter().map(|c| format!("{}: {}", c.field, c.message)).collect()
}

fn job(spec: &str) -> Json {
    let container = r#"[{"name":"main","image":"busybox"}]"#;
    let template = format!(r#"{{"spec":{{"restartPolicy":"Never","containers":{container}}}}}"#);
    object(&format!(r#"{{"metadata":{{"name":"pi"}},"spec":{{"template":{template}{spec}}}}}"#))
}

#[test]
fn jobs_are_defaulted() {
    let mut server = server();
    let job = server.handle(NOW, &Request::create(kinds::JOBS, job(""))).expect("created").body;
    let mut spec = job["spec"].clone();
    spec.remove("template");
    let uid = job["metadata"]["uid"].str();
    let expected = format!(
        r#"{{"backoffLimit":6,"completionMode":"NonIndexed","completions":1,"manualSelector":false,"parallelism":1,"podReplacementPolicy":"TerminatingOrFailed","selector":{{"matchLabels":{{"batch.kubernetes.io/controller-uid":"{uid}"}}}},"suspend":false}}"#
    );
    assert_eq!(spec.to_string(), expected);
    assert_eq!(job["status"].to_string(), "{}");
}

#[test]
fn jobs_are_validated() {
    let cases = [
        (r#","parallelism":-1"#, "spec.parallelism: Invalid value: -1: must be greater than or equal to 0"),
        (
            r#","backoffLimitPerIndex":1"#,
            "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
        ),
        (
            r#","successPolicy":{"rules":[{"succeededCount":1}]}"#,
            r#"spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode"#,
        ),
        (
            r#","completionMode":"Indexed","completions":3,"successPolicy":{"rules":[{"succeededIndexes":"1-5"}]}"#,
            r#"spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1-5": error parsing succeededIndexes: too large index: "5""#,
        ),
        (
            r#","podFailurePolicy":{"rules":[{"action":"Ignore"}]}"#,
            "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
        ),
    ];
    for (spec, expected) in cases {
        let request = Request::create(kinds::JOBS, job(spec));
        assert_eq!(causes(&mut server(), &request), [expected], "{spec}");
    }
}

#[test]
fn a_jobs_template_is_immutable() {
    let mut server = server();
    server.handle(NOW, &Request::create(kinds::JOBS, job(""))).expect("created");
    let patch = json!({"spec": {"template": {"spec": {"dnsPolicy": "Default"}}}});
    let patch = Request::patch(PatchType::Strategic, kinds::JOBS, "default", "pi", patch);
    let causes = causes(&mut server, &patch);
    assert_eq!(causes.len(), 1);
    assert!(
        causes[0]
            .starts_with(r#"spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"#)
    );
    assert!(causes[0].contains(r#""Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"main","Image":"busybox","Command":null,"#));
    assert!(causes[0].ends_with(r#""HostnameOverride":null,"SchedulingGroup":null}}: field is immutable"#));
}

#[test]
fn a_pods_spec_is_immutable() {
    let mut server = server();
    let pod = POD.replace("\"spec\":{", "\"spec\":{\"automountServiceAccountToken\":false,");
    create(&mut server, kinds::PODS, &pod);
    let patch = json!({"spec": {"restartPolicy": "Never"}});
    let patch = Request::patch(PatchType::Strategic, kinds::PODS, "default", "web", patch);
    let causes = causes(&mut server, &patch);
    let diff = causes[0].split_once('\n').expect("a diff").1;
    let expected = "@@ -35,7 +35,7 @@\n   }\n  ],\n  \"EphemeralContainers\": null,\n- \"RestartPolicy\": \"Always\",\n+ \"RestartPolicy\": \"Never\",\n  \"TerminationGracePeriodSeconds\": 30,\n  \"ActiveDeadlineSeconds\": null,\n  \"DNSPolicy\": \"ClusterFirst\",";
    assert_eq!(diff, expected);
}

#[test]
fn a_patch_of_a_wrong_type_is_refused() {
    let mut server = server();
    create(&mut server, kinds::CONFIGMAPS, r#"{"metadata":{"name":"a"}}"#);
    let patch = json!({"data": {"n": 5, "gone": null}});
    let patch = Request::patch(PatchType::Strategic, kinds::CONFIGMAPS, "default", "a", patch);
    let expected = r#"patch: Invalid value: "map[data:map[gone:<nil> n:5]]": cannot convert int64 to string"#;
    assert_eq!(causes(&mut server, &patch), [expected]);
}

#[test]
fn schedules_are_validated() {
    let template = job("")["spec"].clone();
    for (schedule, expected) in [
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("1-99 * * * *", "end of range (99) above maximum (59): 1-99"),
        ("@every 5x", "failed to parse duration @every 5x: time: unknown unit \"x\" in duration \"5x\""),
        ("* * * * FUN", "failed to parse int from FUN: strconv.Atoi: parsing \"FUN\": invalid syntax"),
    ] {
        let body = json!({
            "metadata": {"name": "c", "namespace": "default"},
            "spec": {"schedule": schedule, "jobTemplate": {"spec": &template}},
        });
        let request = Request::create(kinds::CRONJOBS, body);
        let expected = format!("spec.schedule: Invalid value: {schedule:?}: {expected}");
        assert_eq!(causes(&mut server(), &request), [expected]);
    }
}

#[test]
fn a_status_write_costs_little() {
    let mut server = server();
    let mut pod = create(&mut server, kinds::PODS, POD);
    let revision = server.revision();
    for i in 0..2000 {
        pod.set_at(&["status", "message"], i.to_string());
        pod = server.handle(NOW, &Request::update_status(kinds::PODS, pod)).expect("written").body;
    }
    assert_eq!(server.revision(), revision + 2000);
}

#[test]
fn deployments_are_checked_field_by_field() {
    let base = r#"{"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"nginx"}]}}}}"#;
    let percent = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
    let bad_percent = format!("spec.strategy.rollingUpdate.maxSurge: Invalid value: \"half\": {percent}");
    let cases: &[(&[&'static str], Json, &str)] = &[
        (&["replicas"], json!(-1), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            &["strategy"],
            json!({"type": "Sideways"}),
            "spec.strategy: Unsupported value: {\"Type\":\"Sideways\",\"RollingUpdate\":null}: supported values: \"Recreate\", \"RollingUpdate\"",
        ),
        (
            &["strategy"],
            json!({"type": "Recreate", "rollingUpdate": {}}),
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
        ),
        (
            &["strategy", "rollingUpdate"],
            json!({"maxSurge": 0, "maxUnavailable": "0%"}),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0",
        ),
        (
            &["strategy", "rollingUpdate", "maxUnavailable"],
            json!("101%"),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
        ),
        (&["strategy", "rollingUpdate", "maxSurge"], json!("half"), &bad_percent),
        (
            &["progressDeadlineSeconds"],
            json!(0),
            "spec.progressDeadlineSeconds: Invalid value: 0: must be greater than minReadySeconds",
        ),
        (
            &["template", "spec", "activeDeadlineSeconds"],
            json!(5),
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported",
        ),
    ];
    for (path, value, expected) in cases {
        let mut object = parse(base).expect("a manifest");
        let path: Vec<&'static str> = ["spec"].into_iter().chain(path.iter().copied()).collect();
        object.set_at(&path, value);
        let expected = format!("Deployment.apps \"web\" is invalid: {expected}");
        assert_eq!(refusal(kinds::DEPLOYMENTS, &object.to_string()), expected);
    }
}

#[test]
fn a_scale_is_the_replicas_and_nothing_else() {
    let mut server = server();
    let text = r#"{"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"},"matchExpressions":[
        {"key":"tier","operator":"NotIn","values":["b","a"]}]},"template":{"metadata":{"labels":{"app":"web"}},
        "spec":{"containers":[{"name":"main","image":"nginx"}]}}}}"#;
    let created = create(&mut server, kinds::DEPLOYMENTS, text);
    let ask = |server: &mut ApiServer, request: Request| {
        server
            .handle(NOW, &request.with_subresource("scale"))
            .map(|r| r.body)
            .map_err(|e| e.message.to_string())
    };
    let scale = ask(&mut server, Request::get(kinds::DEPLOYMENTS, "default", "web")).expect("a scale");
    assert_eq!(scale["spec"], json!({"replicas": 1}));
    assert_eq!(scale["status"], json!({"replicas": 0, "selector": "app=web,tier notin (a,b)"}));
    let patch = |replicas: Json| {
        let body = json!({"spec": {"replicas": replicas}});
        Request::patch(PatchType::Merge, kinds::DEPLOYMENTS, "default", "web", body)
    };
    let scaled = ask(&mut server, patch(json!(3))).expect("more");
    assert_eq!(scaled["spec"]["replicas"].as_i64(), Some(3));
    let negative = "Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0";
    assert_eq!(ask(&mut server, patch(json!(-1))), Err(negative.into()));
    let mut stale = scaled;
    stale.set_at(&["metadata", "resourceVersion"], &created["metadata"]["resourceVersion"]);
    let conflict = "Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; please apply your changes to the latest version and try again";
    assert_eq!(ask(&mut server, Request::update(kinds::DEPLOYMENTS, stale)), Err(conflict.into()));
}
