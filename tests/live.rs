//! A lesson while somebody is at it: what a learner sees after each thing that they do.

use expect_test::{Expect, expect};
use kubestep::json::Json;
use kubestep::lessons::live::{Deed, Refusal};
use kubestep::lessons::submission::{self, Submission};
use kubestep::lessons::{Folder, Lesson, Live, words};
use kubestep::playground::{Playground, script};
use std::path::Path;

fn live(id: &str) -> Live {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons").join(id);
    let mut folder = Folder::new();
    folder.insert("lesson.yaml".into(), std::fs::read_to_string(root.join("lesson.yaml")).unwrap().into());
    for entry in std::fs::read_dir(root.join("start")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("start/{}", path.file_name().unwrap().to_str().unwrap());
        folder.insert(name.into(), std::fs::read_to_string(&path).unwrap().into());
    }
    Live::new(Lesson::without_texts(&folder).unwrap()).unwrap()
}

fn play(live: &mut Live, run: &mut Playground, lines: &[&str]) {
    for line in lines {
        run.follow(&script::parse(line).unwrap().unwrap()).unwrap();
        live.follow(run);
    }
}

/// Each task with its checks, as the page shows them.
fn shown(live: &Live, run: &Playground) -> String {
    let mut text = String::new();
    for task in live.tasks(run) {
        text += &format!("{}{}\n", task.id, if task.passed.is_some() { " passed" } else { "" });
        for check in &task.checks {
            text += &format!("  {} {}\n", if check.holds { "+" } else { "-" }, words::why(check, "en"));
        }
        for question in &task.questions {
            text += &format!("  {} {}?\n", if question.right { "+" } else { "-" }, question.id);
        }
        for (_, hint) in &task.hints {
            text += &format!("  hint: {:.40}…\n", hint.in_language("en"));
        }
    }
    text
}

fn check(live: &Live, run: &Playground, expect: Expect) {
    expect.assert_eq(&shown(live, run));
}

#[test]
fn what_a_learner_sees_changes_with_each_step() {
    let mut live = live("first-job");
    let mut run = live.begun().clone();
    check(
        &live,
        &run,
        expect![[r#"
        apply
          - job/hello does not exist
          hint: Type kubectl apply -f job.yaml into the …
        queue
          - which-key?
        complete
          - job/hello does not exist
          - job/hello does not exist
          + at no step: there are pods (status.phase = Failed)
        clean-up
          - not yet: at some step: the condition Complete of job/hello is True
          + job/hello does not exist
          + there are no pods (job-name=hello)
          - who-deletes?
    "#]],
    );
    play(&mut live, &mut run, &["@type kubectl apply -f job.yaml", "@step"]);
    assert_eq!(live.answer(&run, "which-key", "kube-system/hello".into()), Some(false));
    assert_eq!(live.answer(&run, "which-key", "default/hello".into()), Some(true));
    play(&mut live, &mut run, &["@until event Started"]);
    check(
        &live,
        &run,
        expect![[r#"
        apply passed
          + job/hello exists
        queue passed
          + which-key?
        complete
          - succeeded is not set, should be 1; still running: hello-zrtft
          - the condition Complete of job/hello is not set, should be True; still running: hello-zrtft
          + at no step: there are pods (status.phase = Failed)
        clean-up
          - not yet: at some step: the condition Complete of job/hello is True
          - job/hello should not exist, and does; still running: hello-zrtft
          - the number of pods (job-name=hello) is 1, should be 0: pod/hello-zrtft
          - who-deletes?
    "#]],
    );
}

#[test]
fn what_was_passed_stays_passed_on_every_branch() {
    let mut live = live("first-job");
    let mut run = live.begun().clone();
    play(&mut live, &mut run, &["kubectl apply -f job.yaml", "@seek 0", "kubectl create configmap other"]);
    assert_eq!(run.timeline().branches().len(), 2);
    let passed: Vec<bool> = live.tasks(&run).iter().map(|task| task.passed.is_some()).collect();
    assert_eq!(passed, [true, false, true, false]);
}

#[test]
fn a_question_is_asked_at_its_moment_only() {
    let mut live = live("first-job");
    let mut run = live.begun().clone();
    let asks = |live: &Live, run: &Playground| live.asks(run, live.lesson.questions().next().unwrap().1);
    assert!(!asks(&live, &run));
    play(&mut live, &mut run, &["@type kubectl apply -f job.yaml", "@step"]);
    assert!(asks(&live, &run));
    play(&mut live, &mut run, &["@step 3"]);
    assert!(!asks(&live, &run));
}

#[test]
fn a_learner_goes_on_where_they_left() {
    let mut before = live("first-job");
    let mut run = before.begun().clone();
    play(&mut before, &mut run, &["@type kubectl apply -f job.yaml", "@step"]);
    before.answer(&run, "which-key", "default/hello".into());
    play(
        &mut before,
        &mut run,
        &["@until condition job/hello Complete", "@seek 4", "@type kubectl get pods"],
    );
    let kept = submission::keep(&before.lesson, &run, &before.answers(), "2026-01-01");

    let mut after = live("first-job");
    let again = after.resume(&Submission::parse(&kept).unwrap()).unwrap();
    assert_eq!(again.timeline().position(), run.timeline().position());
    assert_eq!(shown(&after, &again), shown(&before, &run));

    let other = Submission::parse(&kept.replace("first-job", "expectations")).unwrap();
    assert_eq!(after.resume(&other).err(), Some(Refusal::Other));
    let elsewhere = Submission::parse(&kept.replace("\"nodes\":2", "\"nodes\":3")).unwrap();
    assert_eq!(after.resume(&elsewhere).err(), Some(Refusal::Other));
}

#[test]
fn what_a_lesson_does_not_allow_is_said_before_it_is_done() {
    let live = live("expectations");
    let run = live.begun();
    let why = |deed| live.forbids(run, deed).map_or(String::new(), |offence| words::offence(&offence, "en"));
    let said = [
        why(Deed::Command("kubectl apply -f work.yaml")),
        why(Deed::Command("kubectl delete job work")),
        why(Deed::File("work.yaml")),
        why(Deed::Fault("delivery pods off")),
        why(Deed::Fault("node-down node-1")),
        why(Deed::Fault("cache-sync off")),
        why(Deed::Choice(1)),
    ];
    expect![[r#"

        this command is not allowed: kubectl delete job work
        this file may not be changed: work.yaml

        this may not be broken: node-down node-1
        this may not be switched: cache-sync off
    "#]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn an_answer_to_no_question_is_none() {
    let mut live = live("first-job");
    let run = live.begun().clone();
    assert_eq!(live.answer(&run, "nothing", Json::Null), None);
}
