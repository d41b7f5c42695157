//! A run follows from its seed and its log alone: replayed, sought, exported and read back, it is the same run.

use kubestep::api::{ObjectKey, kinds};
use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::{Breakpoint, Desk, Files, Playground, RunError, RunFile, Until, trace_hash};
use kubestep::sim::{Machine, Rng};
use std::time::Duration;

const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: hello
spec:
  completions: 3
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [sh, -c, 'echo hello; sleep 1']
";

/// A Job from `kubectl apply` to rest.
fn job_run(seed: u64) -> Playground {
    let files = Files::from([(Str::from("job.yaml"), Str::from(JOB))]);
    let mut playground = Playground::new(Config::new(seed, 2), files);
    for line in ["kubectl apply -f job.yaml", "kubectl get pods -w"] {
        playground.command(line);
        playground.run(&Until::Idle, |steps| steps < 2000);
    }
    playground.interrupt();
    playground
}

/// The same, and in its middle a branch on which another choice was taken and the Job deleted.
fn branched_run() -> Playground {
    let mut playground = job_run(7);
    playground.timeline_mut().seek(12);
    assert!(playground.desk().choices().len() > 1, "a choice at step 12");
    playground.step(1);
    playground.set_file("job.yaml", None);
    playground.command("kubectl delete job hello");
    playground.run(&Until::Idle, |steps| steps < 2000);
    playground
}

/// All that can be seen of a desk.
fn sight(desk: &Desk) -> String {
    let server = desk.world().server();
    let mut text = format!("{} r{}\n", desk.world().now(), server.revision());
    for (resource, _) in server.counts() {
        server.list(&resource).iter().for_each(|object| text.push_str(&format!("{object}\n")));
    }
    for entry in desk.terminal().entries() {
        text.push_str(&format!("{entry:?}\n"));
    }
    text.push_str(&format!("{:?}", desk.choices()));
    text
}

#[test]
fn the_same_seed_and_log_give_the_same_trace_and_another_seed_another() {
    let hash = trace_hash(&job_run(7));
    assert_eq!(hash, trace_hash(&job_run(7)));
    assert_ne!(hash, trace_hash(&job_run(8)));
}

/// A run that is long enough for thin checkpoints. What a person sees of an object's past is the same after coming back.
#[test]
fn a_long_run_comes_back_with_its_history() {
    let mut playground = Playground::new(Config::new(7, 2), Files::new());
    playground.command("kubectl create cronjob hourly --image=busybox --schedule=@hourly -- true");
    let mut days = |n: u64| {
        let until = Until::Time(playground.config().start + Duration::from_secs(n * 86_400));
        playground.run(&until, |_| true);
        let key = ObjectKey::new("default", "hourly");
        let server = playground.desk().world().server();
        let history = server.history(&kinds::CRONJOBS.into(), &key);
        (playground.timeline().position(), history, server.compacted(), sight(playground.desk()))
    };
    let (position, history, compacted, seen) = days(5);
    let (end, ..) = days(10);
    assert!(end > 256 * 32 && history.len() > 200, "{end} steps, {} revisions", history.len());
    playground.timeline_mut().seek(position);
    let server = playground.desk().world().server();
    assert!(server.history(&kinds::CRONJOBS.into(), &ObjectKey::new("default", "hourly")) == history);
    assert_eq!((server.compacted(), sight(playground.desk())), (compacted, seen));
}

#[test]
fn seeking_to_any_step_equals_replaying_to_it() {
    let mut playground = job_run(7);
    let mut desk = Desk::new(playground.config());
    let mut replayed = vec![sight(&desk)];
    for (input, _) in playground.timeline().branch().entries() {
        desk.apply(input);
        replayed.push(sight(&desk));
    }
    let last = replayed.len() - 1;
    assert!(last > 50, "a run worth the name: {last} steps");
    // Back by turns from the end and forth from the start, so that most jumps are far.
    for i in 0..=last {
        let to = if i % 2 == 0 { i } else { last - i };
        playground.timeline_mut().seek(to);
        assert_eq!(sight(playground.desk()), replayed[to], "step {to} of {last}");
    }
}

#[test]
fn an_exported_run_reads_back_as_the_same_run_with_its_branches() {
    let mut run = branched_run();
    run.toggle_breakpoint(Breakpoint { controller: "job-controller".into(), place: "manage".into() });
    let text = run.export();
    let mut back = RunFile::parse(&text).expect("it was just written").replay().expect("it ran before");
    assert_eq!((back.export(), back.breakpoints()), (text, run.breakpoints()));
    let names = |p: &Playground| p.timeline().branches().iter().map(|b| b.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&back), names(&run)), (vec!["main".into(), "branch-2".into()], names(&back)));
    for branch in 0..2 {
        for playground in [&mut run, &mut back] {
            playground.timeline_mut().switch(branch, usize::MAX);
        }
        assert_eq!(trace_hash(&back), trace_hash(&run), "branch {branch}");
        assert_eq!(sight(back.desk()), sight(run.desk()), "branch {branch}");
    }
}

#[test]
fn what_is_no_run_is_refused_with_a_reason() {
    use RunError::{Malformed, Newer, TooLarge};
    let whole = r#"{"kubestep":1,"seed":1,"nodes":1,"files":{},"branches":[{"name":"main","log":[2]}],"current":0,"position":2}"#;
    assert_eq!(read(whole), Ok(2));
    for (from, to, error) in [
        ("\"kubestep\":1", "\"kubestep\":2", Newer(2)),
        ("\"kubestep\":1", "\"kubestep\":\"1\"", Malformed("kubestep")),
        ("\"seed\":1", "\"seed\":[]", Malformed("seed")),
        ("\"nodes\":1", "\"nodes\":\"x\"", Malformed("nodes")),
        ("\"nodes\":1", "\"nodes\":1000000", TooLarge),
        ("[{\"name\":\"main\",\"log\":[2]}]", "{}", Malformed("branches")),
        ("[2]", "[9223372036854775807]", TooLarge),
        ("[2]", "[true]", Malformed("log")),
        ("[2]", "[0]", Malformed("log")),
        ("[2]", "[{\"run\":5}]", Malformed("log")),
        ("[2]", "[-9223372036854775808]", Malformed("log")),
        ("[2]", "[1,-4294967295]", RunError::Impossible { branch: "main".into(), input: 1 }),
        ("\"log\":[2]", "\"log\":[2],\"from\":0,\"at\":0", Malformed("branches.from")),
        ("\"position\":2", "\"position\":-1", TooLarge),
    ] {
        assert_eq!(read(&whole.replacen(from, to, 1)), Err(error), "{from} as {to}");
    }
}

#[test]
fn a_run_that_was_cut_off_is_refused() {
    let text = branched_run().export();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(
            matches!(read(&text[..end]), Err(RunError::NotJson(_) | RunError::Malformed(_))),
            "cut at {end}"
        );
    }
}

#[test]
fn a_run_with_any_byte_changed_is_read_or_refused_and_nothing_else() {
    let text = branched_run().export();
    let mut rng = Rng::new(3);
    for round in 0..3000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=rng.below(3) {
            let at = rng.below(bytes.len() as u64) as usize;
            bytes[at] = b"0179{}[]\",:-^Canull\\ \x7f"[rng.below(22) as usize];
        }
        let Ok(file) = RunFile::parse(&String::from_utf8_lossy(&bytes)) else { continue };
        // Replaying takes longer than reading, so a part of them is enough.
        if round % 50 == 0 {
            let _ = file.replay();
        }
    }
}

/// Reads and replays a text; how many inputs lie behind where it stands.
fn read(text: &str) -> Result<usize, RunError> {
    Ok(RunFile::parse(text)?.replay()?.timeline().position())
}
