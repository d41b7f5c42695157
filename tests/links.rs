//! Runs that were given away, as links and files: `kubestep run` opens them where they were left, `kubestep export` gives
//! their objects; what is broken is refused in exact words.

use expect_test::expect;
use kubestep::api::base64;
use kubestep::cluster::{Config, manifests};
use kubestep::json::Str;
use kubestep::playground::{Files, Playground, RunFile, Until, trace_hash};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const JOB: &str = include_str!("../www/src/examples/parallel.yaml");
/// As the page made it when links were new. It must open for ever.
const OLD_LINK: &str = include_str!("links/v1.txt");

fn kubestep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubestep")).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A link as the page writes it.
fn link(text: &[u8]) -> String {
    let base64 = base64::encode(&miniz_oxide::deflate::compress_to_vec(text, 9));
    format!("#v1:{}", base64.replace('+', "-").replace('/', "_").trim_end_matches('='))
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("written");
    path
}

/// A playground with files, after commands that each ran to rest.
fn playground(files: &[(&str, &str)], commands: &[&str]) -> Playground {
    let files = files.iter().map(|(name, text)| (Str::from(*name), Str::from(*text)));
    let mut playground = Playground::new(Config::new(7, 2), Files::from_iter(files));
    for command in commands {
        playground.command(command);
        playground.run(&Until::Idle, |steps| steps < 2_000);
    }
    playground
}

#[test]
fn a_link_and_a_file_open_where_the_run_was_left() {
    let mut left = playground(&[("job.yaml", JOB)], &["kubectl apply -f job.yaml", "kubectl get jobs"]);
    left.timeline_mut().seek(40);
    let run = left.export();
    let hash = format!("{}\n", trace_hash(&left));
    let saved = file("left.json", &run).display().to_string();
    let in_file =
        file("left.txt", &format!("https://example.com/{}\n", link(run.as_bytes()))).display().to_string();
    let whole = format!("https://example.com/play/?lang=en{}", link(run.as_bytes()));
    for source in [whole.as_str(), &link(run.as_bytes()), &saved, &in_file] {
        let output = kubestep(&["run", "--trace", "--hash", source]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let printed = text(&output.stdout);
        assert!(printed.starts_with("$ kubectl apply -f job.yaml\n    1 "), "{printed}");
        assert_eq!(printed.lines().filter(|line| line.contains(" <-")).count(), 40, "one line a step");
        assert!(printed.ends_with(&hash), "{printed}");
    }
    let more = kubestep(&["run", &saved, "kubectl get jobs"]);
    assert_eq!(
        (more.status.code(), text(&more.stderr)),
        (Some(2), "kubestep run: a run takes no commands after it\n".into())
    );
}

#[test]
fn a_trace_tells_every_step_with_its_reasons_requests_and_causes() {
    let manifest = file(
        "config.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: it}\nspec:\n  suspend: true\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: busybox}]\n",
    );
    let output = kubestep(&[
        "run",
        "--trace",
        "-f",
        &manifest.display().to_string(),
        "kubectl apply -f config.yaml",
        "@wait 7",
    ]);
    expect![[r#"
        $ kubectl apply -f config.yaml
            1 2026-01-05T09:00:00Z user: <-
                → get jobs.batch default/it = 404 jobs.batch "it" not found
                → create jobs.batch default/it = 201
            2 2026-01-05T09:00:00Z controller-manager: deliver ADDED jobs.batch default/it <- 1
                · handler controller="job-controller" handler="addJob" queue="job-controller" key="default/it" seconds=0
            3 2026-01-05T09:00:00Z controller-manager: sync job-controller jobs.batch default/it <- 2
                · read-cache found=true job="it"
                · expectations satisfied=true adds=0 dels=0
                · count-pods active=0 ready=0 terminating=0 succeeded=0 failed=0
                · manage suspended=true have=0
                · track finished=0 uncounted=0
                · status active=0 ready=0 succeeded=0 failed=0
                · done finished=false
                → update jobs.batch/status default/it = 200
                → create events default/it.1887ca1be9b3ae27 = 201
            4 2026-01-05T09:00:00Z controller-manager: deliver MODIFIED jobs.batch default/it <- 3
                · handler controller="job-controller" handler="updateJob" queue="job-controller" key="default/it" seconds=1
            5 2026-01-05T09:00:00Z clock: to 2026-01-05T09:00:01Z jobs.batch default/it <- 4
            6 2026-01-05T09:00:01Z controller-manager: sync job-controller jobs.batch default/it <- 4,5
                · read-cache found=true job="it"
                · expectations satisfied=true adds=0 dels=0
                · count-pods active=0 ready=0 terminating=0 succeeded=0 failed=0
                · manage suspended=true have=0
                · track finished=0 uncounted=0
                · done finished=false
        job.batch/it created
        $ @wait 7
            7 2026-01-05T09:00:01Z clock: to 2026-01-05T09:00:05Z, upkeep <-
            8 2026-01-05T09:00:05Z controller-manager: sync node-lifecycle-controller all-nodes <- 7
                → list leases.coordination.k8s.io kube-node-lease/ = 200
    "#]].assert_eq(&text(&output.stdout));
}

#[test]
fn a_link_of_old_still_opens() {
    // Its fingerprint may be another: the engine has come closer to upstream since.
    let output = kubestep(&["run", OLD_LINK.trim()]);
    assert_eq!(text(&output.stderr), "");
    expect_test::expect_file!["links/v1.out"].assert_eq(&text(&output.stdout));
}

#[test]
fn what_is_no_run_is_refused_in_words() {
    let run = playground(&[("job.yaml", JOB)], &["kubectl apply -f job.yaml"]).export();
    let whole = link(run.as_bytes());
    let newer = link(run.replace("\"kubestep\":1", "\"kubestep\":2").as_bytes());
    let bomb = link(&vec![b' '; 9 << 20]);
    let impossible = link(br#"{"kubestep":1,"seed":1,"nodes":1,"files":{},"branches":[{"name":"main","log":[-90]}],"current":0,"position":1}"#);
    let endless = link(br#"{"kubestep":1,"seed":1,"nodes":1,"files":{},"branches":[{"name":"main","log":[9000000]}],"current":0,"position":1}"#);
    for (source, message) in [
        ("#v2:abc", "link: the link was made by a newer version of this program"),
        (newer.as_str(), "link: its run was written by a newer version of this program (form 2)"),
        (&whole[..whole.len() / 2], "link: the link is broken: it was cut off or changed"),
        ("#v1:", "link: the link is broken: it was cut off or changed"),
        ("https://example.com/#v1:!!!", "link: the link is broken: it was cut off or changed"),
        (&bomb, "link: the link inflates to more than 8388608 bytes"),
        (&link(b"hello"), "link: it is no JSON: invalid character 'h' looking for beginning of value"),
        (&link(b"{}"), "link: it holds no run: kubestep is not as it should be"),
        (&impossible, "link: its run is impossible: main, input 0"),
        (&endless, "link: its run is too large"),
    ] {
        for command in ["run", "export"] {
            let output = kubestep(&[command, source]);
            let got = (output.status.code(), text(&output.stdout), text(&output.stderr));
            assert_eq!(got, (Some(2), String::new(), format!("kubestep {command}: {message}\n")));
        }
    }
}

/// What lessons are like: a few files, some commands, a few hundred steps.
#[test]
fn a_typical_link_is_short() {
    let commands = [
        "kubectl apply -f job.yaml",
        "kubectl get pods",
        "kubectl describe job frames",
        "kubectl logs job/frames",
    ];
    let mut playground = playground(&[("job.yaml", JOB)], &commands);
    playground.set_file("job.yaml", Some(&JOB.replace("parallelism: 2", "parallelism: 3")));
    playground.command("kubectl apply -f job.yaml");
    playground.run(&Until::Idle, |steps| steps < 2_000);
    let length = link(playground.export().as_bytes()).len();
    assert!(length < 1000, "{length} characters, {} steps", playground.timeline().len());
}

const EVERYTHING: &str = r#"
apiVersion: v1
kind: Namespace
metadata: { name: team }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: team, labels: { app: web } }
data: { mode: "on", port: "0644" }
---
apiVersion: v1
kind: Secret
metadata: { name: login }
stringData: { user: amy }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: team }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick }
spec:
  schedule: "0 4 * * *"
  suspend: true
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox, command: [date] }] } } } }
---
apiVersion: v1
kind: Pod
metadata: { name: alone }
spec: { containers: [{ name: c, image: busybox, command: [sleep, "3600"], envFrom: [{ secretRef: { name: login } }] }] }
"#;

#[test]
fn objects_come_out_as_manifests_that_go_in_again() {
    let first = playground(
        &[("all.yaml", EVERYTHING), ("job.yaml", JOB)],
        &[
            "kubectl apply -f all.yaml",
            "kubectl create -f job.yaml",
            "kubectl scale deployment web -n team --replicas=3",
            "kubectl set image deployment/web -n team web=nginx:1.27",
            "kubectl label pod alone tier=back",
            "kubectl create configmap gone --from-literal=a=b",
            "kubectl delete configmap gone",
            "kubectl cordon node-1",
        ],
    );
    let exported = manifests(first.desk().world());
    expect_test::expect_file!["links/manifests.yaml"].assert_eq(&exported);

    let second = playground(&[("again.yaml", &exported)], &["kubectl apply -f again.yaml"]);
    let output = &second.desk().terminal().entries()[0].output;
    assert!(output.iter().all(|o| !o.error && o.text.lines().all(|l| l.ends_with(" created"))), "{output:?}");
    assert_eq!(manifests(second.desk().world()), exported);

    let run = RunFile::parse(&first.export()).and_then(|run| run.replay()).expect("its own run");
    assert_eq!(manifests(run.desk().world()), exported);
}

/// A real kubectl decodes them too, where there is one. Without a cluster it can do no more.
#[test]
fn a_real_kubectl_reads_the_manifests() {
    let kubectl = Path::new("/usr/bin/kubectl");
    if !kubectl.exists() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links/manifests.yaml");
    let arguments = ["label", "--local", "seen=yes", "-o", "name", "-f"];
    let output = Command::new(kubectl).args(arguments).arg(path).output().expect("it starts");
    let documents = include_str!("links/manifests.yaml").split("---\n").count();
    assert_eq!(text(&output.stdout).lines().count(), documents, "{}", text(&output.stderr));
}
