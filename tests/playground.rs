//! Runs as a person has them: every step has its cause, and "to idle" ends.

use kubestep::cluster::{Action, Config, Fault};
use kubestep::http;
use kubestep::json::Str;
use kubestep::playground::{Files, Playground, RunEnd, RunFile, Until, diagnose, trace_hash};
use std::time::Duration;

fn pod(script: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: it\nspec:\n  restartPolicy: Never\n  containers:\n  - name: main\n    \
         image: busybox\n    command: [sh, -c, '{script}']\n"
    )
}

fn job(spec: &str, script: &str) -> String {
    let spec: String = spec.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: it\nspec:\n{spec}  template:\n    spec:\n      restartPolicy: Never\n      \
         containers:\n      - name: main\n        image: busybox\n        command: [sh, -c, '{script}']\n"
    )
}

fn applied(manifest: &str) -> Playground {
    let files = Files::from_iter([(Str::from("it.yaml"), Str::from(manifest))]);
    let mut playground = Playground::new(Config::new(1, 2), files);
    playground.command("kubectl apply -f it.yaml");
    playground
}

/// Runs until idle, at most so many steps; why it ended, and after which virtual time.
fn idle(playground: &mut Playground) -> (RunEnd, u64) {
    let progress = playground.run(&Until::Idle, |steps| steps < 100_000);
    let start = playground.config().start;
    (progress.end, playground.desk().world().now().since(start).as_secs())
}

#[test]
fn to_idle_ends_also_where_a_program_never_does() {
    for (manifest, end, at_least, at_most) in [
        (pod("echo hello"), RunEnd::Reached, 0, 10),
        // Sleeping for long is no loop.
        (pod("sleep 3600"), RunEnd::Reached, 3600, 3610),
        (pod("while true; do sleep 2; done"), RunEnd::Loop, 600, 620),
        (pod("sleep 60; while true; do sleep 700; done"), RunEnd::Loop, 1400, 4000),
        // A server waits for what comes, and its token is renewed in an hour: nobody waits for that.
        (pod("tail -f /dev/null"), RunEnd::Reached, 0, 10),
        // What is tried again now and then only leaves the cluster at rest.
        (pod("echo").replace("busybox", "busybox:lastest"), RunEnd::Reached, 20, 200),
        (job("backoffLimit: 2", "exit 1"), RunEnd::Reached, 30, 100),
    ] {
        let mut playground = applied(&manifest);
        let (ended, seconds) = idle(&mut playground);
        assert_eq!(ended, end, "{manifest}");
        assert!((at_least..=at_most).contains(&seconds), "{seconds} s:\n{manifest}");
        let waits = playground.desk().world().waits_for();
        let goes_on = end == RunEnd::Loop || manifest.contains("lastest");
        assert_eq!(waits.len(), usize::from(goes_on), "{manifest}");
    }
}

/// A Deployment whose pods are ready again and again and never available: its deadline moves on with each of them.
#[test]
fn pods_that_never_become_available_are_a_loop() {
    let mut playground = applied(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: it\nspec:\n  minReadySeconds: 5\n  selector:\n    \
         matchLabels: {app: it}\n  template:\n    metadata:\n      labels: {app: it}\n    spec:\n      containers:\n      \
         - name: main\n        image: busybox\n        command: [sleep, '1']\n",
    );
    let (end, seconds) = idle(&mut playground);
    assert_eq!(end, RunEnd::Loop);
    assert!((600..2400).contains(&seconds), "{seconds} s");
}

/// The controller's cache stays behind, so that its writes are refused as long as it is held.
#[test]
fn a_sync_that_fails_for_ever_is_a_loop() {
    let mut playground = applied(&job("completions: 1", "sleep 5"));
    playground.run(&Until::Event("SuccessfulCreate".into()), |_| true);
    playground.fault(Fault::parse("delivery jobs.batch off").expect("a fault"));
    playground.command("kubectl annotate job it a=b");
    let (end, seconds) = idle(&mut playground);
    assert_eq!(end, RunEnd::Loop);
    assert!((600..3600).contains(&seconds), "{seconds} s");
    let waits = playground.desk().world().waits_for();
    assert_eq!(waits.iter().map(|(_, key)| key.name.as_str()).collect::<Vec<_>>(), ["it"]);
}

#[test]
fn a_run_for_some_time_ends_there_although_nothing_happens_at_that_moment() {
    let mut playground = applied(&pod("sleep 60"));
    let until = Until::Time(playground.config().start + Duration::from_secs(33));
    assert_eq!(playground.run(&until, |_| true).end, RunEnd::Reached);
}

#[test]
fn every_step_leads_back_to_what_a_person_did() {
    for manifest in [
        job("completions: 3\nparallelism: 2", "echo hello; sleep 1"),
        job("backoffLimit: 1", "exit 1"),
        job("ttlSecondsAfterFinished: 5", "echo hello"),
        job("activeDeadlineSeconds: 3", "sleep 60"),
        pod("sleep 1"),
    ] {
        let mut playground = applied(&manifest);
        idle(&mut playground);
        playground.command("kubectl delete -f it.yaml");
        idle(&mut playground);
        for at in 1..=playground.timeline().len() {
            let record = playground.timeline_mut().record(at).expect("it was made");
            let step = record.step;
            assert!(step.causes.iter().all(|cause| *cause < step.step), "{step:?}");
            // The cluster looks after itself: nodes report, and controllers make their regular passes.
            let routine = step.object.as_ref().is_none_or(|(resource, _)| resource.kind == "Node");
            let begins = record.line.is_some() || routine;
            assert!(begins || !step.causes.is_empty(), "step {at} of\n{manifest}\n{step:?}");
        }
    }
}

#[test]
fn a_tick_is_caused_by_the_step_that_set_the_timer() {
    let mut playground = applied(&pod("sleep 5"));
    idle(&mut playground);
    let record =
        |playground: &mut Playground, at| playground.timeline_mut().record(at).expect("it was made").step;
    let mut tick = None;
    for at in 1..=playground.timeline().len() {
        let step = record(&mut playground, at);
        if let Some(Action::Advance { to, .. }) = step.action
            && to.since(step.time) > Duration::from_millis(1)
            && step.object.as_ref().is_some_and(|(resource, _)| resource.kind == "Pod")
        {
            tick = Some(step);
        }
    }
    let tick = tick.expect("the clock jumps while it sleeps");
    // The program said that it would sleep; and what it does after the jump is caused by the jump.
    let setter = record(&mut playground, *tick.causes.last().expect("a cause") as usize);
    assert!(setter.notes.iter().any(|note| note.phase == "process-waits"), "{setter:?}");
    let woken = record(&mut playground, tick.step as usize + 1);
    assert_eq!(woken.causes, [tick.step]);
}

#[test]
fn a_fault_of_the_text_is_told_where_its_message_says() {
    let playground = Playground::new(Config::new(1, 1), Files::default());
    let world = playground.desk().world();
    let head = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: it\n";
    for (text, place, words) in [
        (format!("{head}spec: [1\n"), (5, 5), "yaml: line 5: did not find expected ',' or ']'"),
        (format!("{head}spec:\n    a: 1\n   b: 2\n"), (6, 7), "yaml: line 6: did not find expected key"),
        (format!("{head}\tspec: 1\n"), (4, 4), "yaml: line 4: found character that cannot start any token"),
        (format!("{head}---\n{head}spec: [1\n"), (10, 10), "yaml: line 5: did not find expected ',' or ']'"),
        (format!("{head}specs:\n  a: 1\n"), (5, 5), "unknown field \"specs\""),
        (format!("{head}spec:\n  parallelism: many\n"), (6, 6), "cannot unmarshal string"),
        ("a: b: c\n".into(), (1, 1), "yaml: mapping values are not allowed in this context"),
        ("- 1\n".into(), (1, 1), "a manifest is a map"),
        (head.replace("Job", "Jbo"), (2, 2), "no matches for kind \"Jbo\" in version \"batch/v1\""),
    ] {
        let found = diagnose("it.yaml", &text, world);
        let last = found.last().unwrap_or_else(|| panic!("no fault in\n{text}"));
        assert!(last.message.contains(words), "{}\n{text}", last.message);
        assert_eq!((last.place.line, last.place.end_line), place, "{text}\n{last:?}");
    }
}

#[test]
fn names_are_links_but_not_in_what_a_container_writes() {
    let mut playground = applied(&job("completions: 1", "echo it works"));
    idle(&mut playground);
    playground.command("kubectl logs job/it");
    idle(&mut playground);
    let entries = kubestep::web::terminal::entries(&playground, 0);
    let links = |i: usize| entries[i].output.iter().filter(|segment| segment.object.is_some()).count();
    assert_eq!((links(0), links(1)), (1, 0));
    assert_eq!(entries[1].output[0].text, "it works\n");
}

#[test]
fn what_a_client_writes_is_a_step_and_travels_with_the_run() {
    let mut playground = applied(&pod("echo"));
    let at = "/api/v1/namespaces/default/configmaps";
    let body = r#"{"metadata":{"name":"a"}}"#;
    let ask = |playground: &mut Playground, method: &str, target: &str| {
        let headers = [("content-type", "application/json"), ("user-agent", "test/1")].into_iter();
        let code = playground.request(http::Request::new(method, target, headers, body)).code;
        let timeline = playground.timeline();
        (code, timeline.position(), timeline.branches().len())
    };
    // Reading is none, nor is trying.
    assert_eq!(ask(&mut playground, "GET", at), (200, 1, 1));
    assert_eq!(ask(&mut playground, "POST", &format!("{at}?dryRun=All")), (201, 1, 1));
    assert_eq!(ask(&mut playground, "POST", at), (201, 2, 1));
    assert_eq!(ask(&mut playground, "POST", at), (409, 3, 1));
    // In the past, what is refused leaves the run alone; what changes something is another branch.
    playground.timeline_mut().seek(2);
    assert_eq!(ask(&mut playground, "POST", at), (409, 2, 1));
    playground.timeline_mut().seek(1);
    assert_eq!(ask(&mut playground, "POST", &format!("{at}?fieldManager=b")), (201, 2, 2));
    let text = playground.export();
    let replayed = RunFile::parse(&text).and_then(|run| run.replay()).expect("a run");
    assert_eq!((replayed.export(), trace_hash(&replayed)), (text, trace_hash(&playground)));
}
