//! Lessons: those in the repository are proven, and the format, the checks and the grading do what docs/lessons.md says.

use expect_test::{Expect, expect, expect_file};
use kubestep::json::Str;
use kubestep::lessons::finding::Finding;
use kubestep::lessons::judge::{grade, judge};
use kubestep::lessons::lesson::Folder;
use kubestep::lessons::source::Moment;
use kubestep::lessons::submission::{Submission, write};
use kubestep::lessons::{Course, Lesson, Mistake, proof, scaffold, schema, tables, words};
use kubestep::playground::{Files, Playground, script};
use std::fs;
use std::path::{Path, PathBuf};

/// The lessons of the repository, with their folders' files.
fn lessons() -> Vec<(String, Folder)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).expect("lessons/").flatten().map(|e| e.path()).collect();
    folders.sort();
    for folder in folders.into_iter().filter(|path| path.is_dir()) {
        let mut files = Folder::new();
        for below in ["", "start", "hints"] {
            for path in fs::read_dir(folder.join(below)).into_iter().flatten().flatten().map(|e| e.path()) {
                if let Ok(text) = fs::read_to_string(&path) {
                    let name = path.strip_prefix(&folder).expect("inside").display().to_string();
                    files.insert(Str::from(name), Str::from(text));
                }
            }
        }
        found.push((folder.file_name().expect("a name").to_string_lossy().into_owned(), files));
    }
    found
}

fn proven(name: &str, folder: &Folder) -> Vec<String> {
    let told = |file: &str, line: usize, message: &str| format!("{name}/{file}:{line}: {message}");
    let mistakes = match Lesson::read(folder, Some(name)) {
        Ok(lesson) => proof::prove(&lesson, folder).mistakes,
        Err(mistakes) => mistakes,
    };
    mistakes.iter().map(|m| told(&m.file, m.place.line, &m.message)).collect()
}

#[test]
fn every_lesson_can_be_solved_and_is_not_solved_at_its_start() {
    let all = lessons();
    assert!(all.len() >= 2);
    for (name, folder) in all {
        assert_eq!(proven(&name, &folder), Vec::<String>::new());
        let lesson = Lesson::read(&folder, Some(&name)).expect("it was just proven");
        assert_eq!(lesson.languages, ["en", "zh-CN"], "{name}: our lessons are in both languages");
    }
}

#[test]
fn a_new_lesson_passes_its_own_test() {
    assert_eq!(proven("my-lesson", &scaffold::folder("my-lesson")), Vec::<String>::new());
}

#[test]
fn the_documentation_has_every_key_and_its_example_is_a_lesson() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lessons.md")).expect("docs");
    let named = |word: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word);
    for table in [&tables::LESSON, &tables::CHECKS, &tables::WIDGET] {
        for field in table.fields {
            assert!(named(field.name), "{} of {} is not in docs/lessons.md", field.name, table.is);
        }
    }
    let (_, after) = text.split_once("```yaml\n").expect("an example");
    let (example, _) = after.split_once("```").expect("its end");
    let section = "# It {#render}\n";
    let files = [("lesson.yaml", example), ("en.md", section), ("zh-CN.md", section)];
    let folder: Folder = files.into_iter().map(|(path, text)| (Str::from(path), Str::from(text))).collect();
    assert_eq!(Lesson::read(&folder, Some("frames")).map(|lesson| lesson.id), Ok("frames".into()));
}

#[test]
fn the_json_schema_is_what_the_decoder_accepts() {
    expect_file!["../lessons/lesson.schema.json"].assert_eq(&schema::text());
}

/// A lesson in which the learner is somebody who may not do everything.
fn janes() -> Folder {
    let files = [
        ("lesson.yaml", include_str!("lessons/janes/lesson.yaml")),
        ("en.md", include_str!("lessons/janes/en.md")),
        ("solution.txt", include_str!("lessons/janes/solution.txt")),
    ];
    files.into_iter().map(|(name, text)| (Str::from(name), Str::from(text))).collect()
}

#[test]
fn a_learner_can_be_a_user_whom_roles_bind() {
    let folder = janes();
    assert_eq!(proven("janes", &folder), Vec::<String>::new());
    let lesson = Lesson::read(&folder, None).expect("a lesson");
    let mut run = lesson.begin().expect("it begins");
    for line in ["kubectl auth whoami", "kubectl get secrets", "kubectl get nodes --as kubernetes-admin"] {
        run.follow(&script::parse(line).expect("a line").expect("no comment")).expect("possible");
    }
    let said = |run: &Playground| {
        let entries = run.terminal_entries().skip(3);
        entries.flat_map(|e| e.output.iter().map(|o| o.text.to_string())).collect::<String>()
    };
    expect![[r#"
        ATTRIBUTE   VALUE
        Username    jane
        Groups      [developers system:authenticated]
        Error from server (Forbidden): secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"
        Error from server (Forbidden): users "kubernetes-admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope
    "#]]
    .assert_eq(&said(&run));
    // Whoever makes himself the administrator again is found out.
    let report = judge(&lesson, &run, &[]);
    assert_eq!(report.offences, []);
    run.follow(&script::parse("@user").expect("a line").expect("no comment")).expect("possible");
    let report = judge(&lesson, &run, &[]);
    let found: Vec<(&str, &str)> =
        report.offences.iter().map(|o| (o.kind.code(), o.detail.as_str())).collect();
    assert_eq!(found, [("command", "@user ")]);
}

/// A new lesson with a piece of a file replaced.
fn changed(file: &str, from: &str, to: &str) -> Folder {
    let mut folder = scaffold::folder("it");
    let text = folder.get(file).expect("a file").replacen(from, to, 1);
    assert_ne!(Some(text.as_str()), folder.get(file).map(Str::as_str), "{from} is not in {file}");
    folder.insert(Str::from(file), Str::from(text));
    folder
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_was_perhaps_meant() {
    let mut told = String::new();
    for (file, from, to) in [
        ("lesson.yaml", "nodes: 2", "noeds: 2"),
        ("lesson.yaml", "lesson: 1", "lesson: 2"),
        ("lesson.yaml", "id: it", "id: that"),
        ("lesson.yaml", "points: 2", "points: two"),
        ("lesson.yaml", "back: true", "back: yes please"),
        ("lesson.yaml", "object: job/hello", "object: jbo/hello"),
        ("lesson.yaml", "object: job/hello", "objekt: job/hello"),
        ("lesson.yaml", "object: job/hello", "world: speed"),
        ("lesson.yaml", "condition: Complete\n  - never", "status: 'True'\n  - never"),
        ("lesson.yaml", "value: Failed}]", "op: equal, value: Failed}]"),
        ("lesson.yaml", "path: status.phase, value: Failed", "path: 'status[0', value: Failed"),
        ("lesson.yaml", "      zh-CN: 它的 Pod 还在运行。继续单步。\n", ""),
        ("lesson.yaml", "- id: complete", "- id: apply"),
        ("lesson.yaml", "title:", "title: ["),
        ("lesson.yaml", "cluster:", "start: {files: [jbo.yaml]}\ncluster:"),
        ("en.md", "{#complete}", "{#compelte}"),
        ("en.md", "widget: loop", "widget: lop"),
        ("en.md", "question: succeeded", "question: suceeded"),
        ("en.md", "@until sync job-controller", "@until sunk"),
    ] {
        let mistakes = Lesson::read(&changed(file, from, to), Some("it")).expect_err(to);
        told.push_str(&format!("{to:?}\n"));
        for Mistake { file, place, message } in mistakes {
            told.push_str(&format!("  {file}:{}:{}: {message}\n", place.line, place.column));
        }
    }
    expect_file!["lessons/mistakes.txt"].assert_eq(&told);
}

#[test]
fn a_lesson_that_cannot_be_proven_says_why() {
    let mut told = String::new();
    for (file, from, to) in [
        ("solution.txt", "@answer succeeded", ""),
        ("solution.txt", "@answer succeeded", "@answer succeeded 7"),
        ("solution.txt", "kubectl apply", "@type kubectl apply"),
        ("solution.txt", "kubectl apply -f job.yaml", "@node-down node-9"),
        ("lesson.yaml", "back: true", "commands: [get]"),
        ("lesson.yaml", "value: Running", "value: Failed"),
        ("lesson.yaml", "object: job/hello\n  hints", "object: ns/default\n  hints"),
        ("lesson.yaml", "condition: Complete", "condition: Failed"),
        ("en.md", "@until sync job-controller", "@until event Killing"),
    ] {
        told.push_str(&format!("{to:?}\n"));
        for line in proven("it", &changed(file, from, to)) {
            told.push_str(&format!("  {line}\n"));
        }
    }
    expect_file!["lessons/unproven.txt"].assert_eq(&told);
}

const JOB: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: pi}\nspec:\n  completions: 6\n  parallelism: 2\n  template:\n    \
                   spec:\n      restartPolicy: Never\n      containers:\n      - {name: main, image: busybox, command: [sleep, '5']}\n";

/// A lesson with one check, after a script: how it stands, and what is said.
fn found(check: &str, steps: &[&str]) -> Finding {
    let yaml = format!(
        "lesson: 1\nid: it\ntitle: {{en: It}}\ncluster: {{nodes: 2}}\nallow: {{faults: true}}\ntasks:\n- id: it\n  checks:\n  - {check}\n"
    );
    let files = [("lesson.yaml", yaml.as_str()), ("en.md", "# It {#it}\n"), ("start/job.yaml", JOB)];
    let folder: Folder = files.into_iter().map(|(path, text)| (Str::from(path), Str::from(text))).collect();
    let lesson = Lesson::read(&folder, None).unwrap_or_else(|m| panic!("{check}: {m:?}"));
    let mut playground = lesson.begin().expect("it begins");
    let mut course = Course::begin(&lesson, &playground);
    for line in steps {
        let line = script::parse(line).expect("a line").expect("no comment");
        playground.follow(&line).unwrap_or_else(|m| panic!("{line:?}: {m}"));
        course.catch_up(&lesson, &playground);
    }
    let moment = Moment { desk: playground.desk(), record: None, start: playground.config().start };
    Finding::of(&lesson, &course, lesson.tasks[0].checks[0], &moment, course.seen())
}

#[test]
fn a_failed_check_says_what_is_and_what_should_be() {
    let half = ["@type kubectl apply -f job.yaml", "@wait 14"];
    let cases: [(&str, Expect); 15] = [
        (
            "{object: job/pi, path: status.succeeded, value: 6}",
            expect![[r#"
                succeeded is 4, should be 6; still running: pi-5m6zt, pi-b7krp
                succeeded 现在是 4，应为 6；仍在运行：pi-5m6zt、pi-b7krp"#]],
        ),
        (
            "{object: job/pi, condition: Complete}",
            expect![[r#"
                the condition Complete of job/pi is not set, should be True; still running: pi-5m6zt, pi-b7krp
                job/pi 的状况 Complete 现在是未设置，应为 True；仍在运行：pi-5m6zt、pi-b7krp"#]],
        ),
        (
            "{object: job/po, path: status.succeeded, value: 6}",
            expect![[r#"
            job/po does not exist
            job/po 不存在"#]],
        ),
        (
            "{objects: pods, selector: job-name=pi, path: status.phase, value: Succeeded}",
            expect![[r#"
                phase is Running, should be Succeeded: pod/pi-5m6zt, pod/pi-b7krp
                phase 现在是 Running，应为 Succeeded：pod/pi-5m6zt、pod/pi-b7krp"#]],
        ),
        (
            "{objects: pods, where: [{path: status.phase, value: Running}], count: {op: le, value: 1}}",
            expect![[r#"
                the number of pods (status.phase = Running) is 2, should be at most 1: pod/pi-5m6zt, pod/pi-b7krp
                pods（status.phase = Running） 现在有 2 个，应为不大于 1 的值：pod/pi-5m6zt、pod/pi-b7krp"#]],
        ),
        (
            "{never: {objects: pods, count: 4}}",
            expect![[r#"
                it came at step 59: the number of pods is 4
                在第 59 步出现了：pods 的数量为 4"#]],
        ),
        (
            "{always: {objects: pods, count: 0}}",
            expect![[r#"
                not so since step 3: there are no pods
                从第 3 步起不再成立：没有 pods"#]],
        ),
        (
            "{eventually: {object: job/pi, path: status.failed, op: gt, value: 0}}",
            expect![[r#"
                not yet: at some step: status.failed of job/pi is more than 0
                尚未成立：在某一步：job/pi 的 status.failed 为大于 0 的值"#]],
        ),
        (
            "{within: {seconds: 10, check: {object: job/pi, path: status.succeeded, op: ge, value: 4}}}",
            expect![[r#"
                not in time: within 10 seconds: status.succeeded of job/pi is at least 4
                没有及时成立：在 10 秒之内：job/pi 的 status.succeeded 为不小于 4 的值"#]],
        ),
        (
            "{all: [{object: job/pi}, {object: job/pi, op: absent}]}",
            expect![[r#"
                job/pi should not exist, and does; still running: pi-5m6zt, pi-b7krp
                job/pi 不应存在，但它在；仍在运行：pi-5m6zt、pi-b7krp"#]],
        ),
        (
            "{queue: job-controller, path: workers, value: 9}",
            expect![[r#"
            workers is 5, should be 9
            workers 现在是 5，应为 9"#]],
        ),
        (
            "{logs: pods, path: text, op: contains, value: hello}",
            expect![[r#"
                text is "", should be something with hello in it: pi-5m6zt/main, pi-b7krp/main, pi-gm8bh/main, pi-sp7mt/main, pi-wrvbg/main, pi-zrtft/main
                text 现在是 ""，应为包含 hello 的值：pi-5m6zt/main、pi-b7krp/main、pi-gm8bh/main、pi-sp7mt/main、pi-wrvbg/main、pi-zrtft/main"#]],
        ),
        (
            "{objects: pods, where: [{path: metadata.deletionTimestamp}], count: 1}",
            expect![[r#"
                the number of pods (metadata.deletionTimestamp) is 0, should be 1
                pods（metadata.deletionTimestamp） 现在有 0 个，应为 1"#]],
        ),
        (
            "{objects: pods, count: 1, says: {en: one pod is left, zh-CN: 剩下一个 Pod}}",
            expect![[r#"
            not yet: one pod is left
            尚未成立：剩下一个 Pod"#]],
        ),
        (
            "{world: nodes.node-2, value: false}",
            expect![[r#"
                nodes.node-2 is true, should be false
                nodes.node-2 现在是 true，应为 false"#]],
        ),
    ];
    for (check, expected) in cases {
        let finding = found(check, &half);
        assert!(!finding.holds, "{check}");
        expected.assert_eq(&["en", "zh-CN"].map(|language| words::why(&finding, language)).join("\n"));
    }
}

#[test]
fn checks_look_at_state_and_history() {
    let run = [
        "@type kubectl apply -f job.yaml",
        "@node-down node-1 +3",
        "@node-up node-1",
        "kubectl delete job pi",
    ];
    for (check, holds) in [
        ("{object: job/pi}", false),
        ("{eventually: {object: job/pi, condition: Complete}}", true),
        ("{before: [{world: nodes.node-1, value: false}, {object: job/pi, condition: Complete}]}", true),
        ("{before: [{object: job/pi, condition: Complete}, {world: nodes.node-1, value: false}]}", false),
        ("{before: [{object: job/pi, condition: Complete}, {object: job/po}]}", true),
        ("{within: {steps: 1, check: {object: job/pi}}}", true),
        ("{within: {steps: 0, check: {object: job/pi}}}", false),
        ("{within: {steps: 40, after: {object: job/pi}, check: {objects: pods}}}", true),
        (
            "{within: {seconds: 2, after: {object: job/pi}, check: {object: job/pi, path: status.succeeded, op: ge, value: 1}}}",
            false,
        ),
        (
            "{never: {objects: pods, where: [{path: status.phase, value: Running}], count: {op: gt, value: 2}}}",
            true,
        ),
        (
            "{eventually: {calls: pods, where: [{path: verb, value: create}, {path: code, value: 201}], count: 2}}",
            true,
        ),
        ("{eventually: {notes: manage, where: [{path: want, value: 2}]}}", true),
        ("{eventually: {expectations: job-controller/default/pi, path: adds, value: 2}}", true),
        ("{eventually: {queue: job-controller, path: ready, op: contains, value: default/pi}}", true),
        ("{eventually: {cache: job/pi, path: status.active, value: 2}}", true),
        ("{cache: pods, selector: job-name=pi, count: 0}", true),
        ("{not: {any: [{object: job/pi}, {objects: pods, selector: job-name=pi}]}}", true),
        ("{world: seconds, op: ge, value: 15}", true),
    ] {
        assert_eq!(found(check, &run).holds, holds, "{check}");
    }
}

#[test]
fn what_is_followed_step_by_step_is_what_one_finds_anew() {
    let mut folder = scaffold::folder("it");
    let checks = "- {objects: pods, count: 3}
  - {objects: pods, selector: job-name=pi, path: status.phase, op: in, value: [Running, Succeeded]}
  - {objects: pods, where: [{path: status.phase, value: Running}], count: {op: ge, value: 2}}
  - {object: job/pi, path: status.active, op: gt, value: 0}
  - {cache: pods, path: spec.nodeName, op: exists}
  - {queue: job-controller, path: ready, op: exists}
  - {expectations: job-controller/default/pi, path: adds, op: gt, value: 0}
  - {world: nodes.node-1, value: false}
  - {world: idle, value: true}
  - {objects: events, count: {op: gt, value: 9}}";
    let yaml = format!("lesson: 1\nid: it\ntitle: {{en: It}}\ntasks:\n- id: it\n  checks:\n  {checks}\n");
    for (path, text) in [("lesson.yaml", yaml.as_str()), ("en.md", "# It {#it}\n"), ("start/job.yaml", JOB)] {
        folder.insert(Str::from(path), Str::from(text));
    }
    let lesson = Lesson::read(&folder, None).expect("a lesson");
    let mut run = lesson.begin().expect("it begins");
    let mut course = Course::begin(&lesson, &run);
    for line in ["kubectl apply -f job.yaml", "@node-down node-1 +60", "kubectl delete job pi", "@wait 4000"]
    {
        run.follow(&script::parse(line).expect("a line").expect("no comment")).expect("it can be done");
    }
    course.catch_up(&lesson, &run);
    assert!(course.seen() > 150, "a run worth the name: {}", course.seen());
    for position in 0..=course.seen() {
        run.timeline_mut().seek(position);
        let anew = Course::begin(&lesson, &run);
        let holds =
            |course: &Course| course.standing(position).cells.iter().map(|c| c.holds).collect::<Vec<_>>();
        assert_eq!(holds(&course), holds(&anew), "at {position}");
    }
}

/// The first lesson, and what its solution hands in.
fn handed_in() -> (Lesson, String) {
    let (name, folder) = lessons().into_iter().find(|(name, _)| name == "first-job").expect("it is there");
    let lesson = Lesson::read(&folder, Some(&name)).expect("it is proven");
    let text =
        proof::hand_in(&lesson, "solution.txt", folder.get("solution.txt").expect("a solution"), "Ada");
    (lesson, text.expect("it runs"))
}

#[test]
fn what_was_tampered_with_is_told() {
    let (mut lesson, honest) = handed_in();
    lesson.allow.choices = false;
    lesson.allow.commands =
        kubestep::lessons::lesson::Allowed::Only(["apply", "logs", "delete", "get"].map(Str::from).to_vec());
    lesson.allow.files = kubestep::lessons::lesson::Allowed::Any(false);
    let booted = Playground::new(lesson.config.clone(), Files::new());
    let begun = lesson.begin().expect("it begins");
    let none = "";
    // After the command and `steps` more, something else could be chosen.
    let mut run = begun.clone();
    run.command("kubectl apply -f job.yaml");
    let mut steps = 0;
    while run.desk().choices().len() < 2 {
        run.step(0);
        steps += 1;
    }
    let other_choice = format!("\"}},{steps},-1,{},", 32 - steps);
    for (from, to, kinds) in [
        (none, none, ""),
        ("\"lesson\":\"first-job\"", "\"lesson\":\"other\"", "other-lesson"),
        ("\"hash\":\"", "\"hash\":\"0", "other-version"),
        ("\"nodes\":2", "\"nodes\":3", "other-start"),
        ("\"seed\":1", "\"seed\":2", "other-start"),
        ("\"},33,", "\"},32,1,", ""),
        ("\"},33,", "\"},31,", "answer other-trace"),
        ("\"trace\":\"", "\"trace\":\"0", "other-trace"),
        ("{\"run\":\"kubectl logs job/hello\"}", "-7", "impossible"),
        ("\"},33,", &other_choice, "choice other-trace"),
        ("kubectl logs job/hello", "kubectl describe job/hello", "command other-trace"),
        ("kubectl logs job/hello", "cat x | kubectl replace -f -", "command other-trace"),
        (
            "sleep 3; echo \\\"done\\\"']\\n\"},\"run\"",
            "sleep 0; echo \\\"done\\\"']\\n\"},\"run\"",
            "file other-trace",
        ),
        ("{\"run\":\"kubectl logs job/hello\"}", "{\"fault\":\"node-down node-1\"}", "fault other-trace"),
        ("{\"run\":\"kubectl logs job/hello\"}", "{\"fault\":\"expectations off\"}", "switch other-trace"),
        ("\"step\":2,", "\"step\":2000,", "answer"),
        ("\"branch\":0,", "\"branch\":7,", "answer"),
    ] {
        let text = honest.replacen(from, to, 1);
        assert!(from == none || text != honest, "{from} is not in {honest}");
        let handed = Submission::parse(&text).unwrap_or_else(|refusal| panic!("{to}: {refusal:?}"));
        let report =
            grade(&lesson, &booted, &begun, &handed, 10_000).unwrap_or_else(|e| panic!("{to}: {e:?}"));
        let told: Vec<&str> = report.offences.iter().map(|offence| offence.kind.code()).collect();
        assert_eq!(told.join(" "), kinds, "{from} as {to}");
        assert_eq!(report.passed(), kinds.is_empty(), "{from} as {to}");
        assert_eq!(report.points().0 > 0, kinds.is_empty(), "{from} as {to}");
    }
}

#[test]
fn a_task_that_was_passed_on_any_branch_is_passed() {
    let (lesson, _) = handed_in();
    let mut playground = lesson.begin().expect("it begins");
    let mut follow = |line: &str| {
        let line = script::parse(line).expect("a line").expect("no comment");
        playground.follow(&line).expect("it can be done");
    };
    follow("kubectl apply -f job.yaml");
    follow("@seek 1");
    follow("kubectl delete job hello");
    let passed = |playground: &Playground| {
        let report = judge(&lesson, playground, &[]);
        report.tasks.iter().map(|task| task.passed.map(|(branch, _)| branch)).collect::<Vec<_>>()
    };
    assert_eq!(playground.timeline().branches().len(), 2);
    let along = passed(&playground);
    assert_eq!(along, [Some(1), None, Some(0), None]);
    // Replayed from a submission, it is the same.
    let text = write(&lesson, &playground, &[], "", ["", ""]);
    let handed = Submission::parse(&text).expect("it was just written");
    let booted = Playground::new(lesson.config.clone(), Files::new());
    let begun = lesson.begin().expect("it begins");
    let report = grade(&lesson, &booted, &begun, &handed, 10_000).expect("it runs");
    let replayed: Vec<_> = report.tasks.iter().map(|task| task.passed.map(|(branch, _)| branch)).collect();
    assert_eq!((replayed, report.offences), (along, Vec::new()));
    // Without a trace, and with a branch that has nothing of its own before it.
    let text = text.replacen(&text[text.find(",\"trace\"").expect("it is there")..], "}", 1);
    let text =
        text.replacen("{\"at\":1,", "{\"at\":1,\"from\":0,\"log\":[],\"name\":\"none\"},{\"at\":1,", 1);
    let handed = Submission::parse(&text).unwrap_or_else(|refusal| panic!("{refusal:?}: {text}"));
    let report = grade(&lesson, &booted, &begun, &handed, 10_000).expect("it runs");
    let replayed: Vec<_> = report.tasks.iter().map(|task| task.passed.map(|(branch, _)| branch)).collect();
    assert_eq!(replayed, [Some(1), None, Some(0), None]);
}
