//! Commands against a small fake of the API server: a map of ConfigMaps and Jobs that knows create, get, list, delete.

use super::*;
use crate::api::{Request, Response, Status, Verb, WatchEvent};
use crate::json;
use expect_test::expect;
use std::collections::BTreeMap;

#[derive(Default)]
struct Fake {
    objects: BTreeMap<(String, String), Json>,
    now: i64,
}

impl Api for Fake {
    fn call(&mut self, request: Request) -> Result<Response, Status> {
        let name = match request.verb {
            Verb::Create => request.body["metadata"]["name"].str(),
            _ => &request.name,
        };
        let key = (request.resource.plural.to_string(), name.to_string());
        let missing = || Status::not_found(&request.resource, name);
        let body = match request.verb {
            Verb::Create if self.objects.contains_key(&key) => {
                return Err(Status::already_exists(&request.resource, name));
            }
            Verb::Create => {
                self.objects.insert(key, request.body.clone());
                request.body
            }
            Verb::Get => self.objects.get(&key).cloned().ok_or_else(missing)?,
            Verb::Delete => self.objects.remove(&key).ok_or_else(missing)?,
            Verb::List => {
                let of = |k: &&(String, String)| request.resource.plural == *k.0;
                let items: Json = self.objects.keys().filter(of).map(|k| self.objects[k].clone()).collect();
                json!({ "items": items })
            }
            _ => return Err(Status::bad_request("the fake cannot do that")),
        };
        Ok(Response { code: 200, body, warnings: Vec::new(), watch: None })
    }
    fn next_event(&mut self, _: WatchId) -> Option<WatchEvent> {
        None
    }
    fn stop_watch(&mut self, _: WatchId) {}
    fn now(&self) -> Time {
        Time::from_secs(self.now)
    }
}

/// The words of a line: single quotes hold one together.
fn words(line: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = line.split(|c| {
        quoted ^= c == '\'';
        c == ' ' && !quoted
    });
    parts.skip(1).map(|word| word.replace('\'', "")).collect()
}

/// Runs commands, and shows what they print as a terminal would.
fn typed(api: &mut Fake, files: &[(&str, &str)], lines: &[&str]) -> String {
    let files: Map<Str, Str> = files.iter().map(|(n, t)| (Str::from(*n), Str::from(*t))).collect();
    let mut out = String::new();
    for line in lines {
        out.push_str(&format!("$ {line}\n"));
        let mut session = Session::start(
            &words(line),
            CM,
            &mut Env {
                api,
                files: &files,
                discovery: &mut Discovery::default(),
                raw: |_, _, _, _| Ok(String::new()),
            },
        );
        session.take_output().iter().for_each(|(_, text)| out.push_str(text));
        match session.wait() {
            Wait::Done(0) => {}
            Wait::Done(exit) => out.push_str(&format!("exit {exit}\n")),
            Wait::Blocked { .. } => out.push_str("waits\n"),
        }
    }
    out
}

const CM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\ndata:\n  a: \"1\"\n";

#[test]
fn writes_and_reads() {
    let lines = [
        "kubectl apply -f cm.yaml",
        "kubectl apply -f cm.yaml",
        "kubectl get cm app -o jsonpath='{.data.a}{\"\\n\"}'",
        "kubectl get cm -o custom-columns=NAME:.metadata.name,B:.data.b",
        "kubectl create -f -",
        "kubectl delete cm app",
        "kubectl get cm app",
    ];
    expect![[r#"
        $ kubectl apply -f cm.yaml
        configmap/app created
        $ kubectl apply -f cm.yaml
        configmap/app unchanged
        $ kubectl get cm app -o jsonpath='{.data.a}{"\n"}'
        1
        $ kubectl get cm -o custom-columns=NAME:.metadata.name,B:.data.b
        NAME   B
        app    <none>
        $ kubectl create -f -
        Error from server (AlreadyExists): error when creating "STDIN": configmaps "app" already exists
        exit 1
        $ kubectl delete cm app
        configmap "app" deleted from default namespace
        $ kubectl get cm app
        Error from server (NotFound): configmaps "app" not found
        exit 1
    "#]]
    .assert_eq(&typed(&mut Fake::default(), &[("cm.yaml", CM)], &lines));
}

#[test]
fn complains_as_kubectl_does() {
    let lines = [
        "kubectl aply",
        "kubectl get gizmos",
        "kubectl get --nope",
        "kubectl apply -f missing.yaml",
        "kubectl apply -f list.yaml",
        "kubectl create job x",
        "kubectl wait job/x",
        "kubectl delete cm",
    ];
    expect![[r#"
        $ kubectl aply
        error: unknown command "aply" for "kubectl"

        Did you mean this?
        	apply
        exit 1
        $ kubectl get gizmos
        error: the server doesn't have a resource type "gizmos"
        exit 1
        $ kubectl get --nope
        error: unknown flag: --nope
        See 'kubectl get --help' for usage.
        exit 1
        $ kubectl apply -f missing.yaml
        error: the path "missing.yaml" does not exist
        exit 1
        $ kubectl apply -f list.yaml
        error: error validating "list.yaml": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false
        exit 1
        $ kubectl create job x
        error: either --image or --from must be specified
        exit 1
        $ kubectl wait job/x
        error: unrecognized condition: []
        exit 1
        $ kubectl delete cm
        error: resource(s) were provided, but no name was specified
        exit 1
    "#]]
    .assert_eq(&typed(&mut Fake::default(), &[("list.yaml", "- a\n")], &lines));
}

#[test]
fn waits_until_the_deadline() {
    let mut api = Fake::default();
    typed(&mut api, &[("cm.yaml", CM)], &["kubectl apply -f cm.yaml"]);
    let files = Map::new();
    let line = "kubectl wait --for=jsonpath='{.data.b}'=2 cm/app --timeout=5s";
    let mut session = Session::start(
        &words(line),
        "",
        &mut Env {
            api: &mut api,
            files: &files,
            discovery: &mut Discovery::default(),
            raw: |_, _, _, _| Ok(String::new()),
        },
    );
    let until = Some(Time::from_secs(5));
    assert_eq!(*session.wait(), Wait::Blocked { watches: Vec::new(), until, any_step: true });
    api.now = 5;
    session.resume(&mut Env {
        api: &mut api,
        files: &files,
        discovery: &mut Discovery::default(),
        raw: |_, _, _, _| Ok(String::new()),
    });
    assert_eq!(*session.wait(), Wait::Done(1));
    let text = "error: timed out waiting for the condition on configmaps/app\n".to_string();
    assert_eq!(session.take_output(), [(Stream::Stderr, text)]);
}
