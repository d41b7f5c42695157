//! The way out to a real cluster, with the server as one: what a run exports is applied by a real kubectl, and a lesson's checks
//! look at what a client does there.

use crate::served::{Served, has_kubectl, told};
use expect_test::expect;
use kubestep::cluster::Config;
use kubestep::json::{self, Json};
use kubestep::playground::{Files, Playground, Until};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const FILES: [(&str, &str); 2] = [
    (
        "app.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {greeting: hello}\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {token: s3cret}\n---\n\
         apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  \
         template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n        \
         envFrom: [{configMapRef: {name: settings}}]\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n",
    ),
    (
        "batch.yaml",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tick}\nspec:\n  schedule: '*/5 * * * *'\n  jobTemplate:\n    spec:\n      \
         template:\n        spec: {restartPolicy: OnFailure, containers: [{name: c, image: busybox, command: [date]}]}\n",
    ),
];

#[test]
fn what_a_run_exports_a_real_kubectl_applies() {
    if !has_kubectl("kubestep export into kubectl apply") {
        return;
    }
    let mut files = Files::new();
    FILES.iter().for_each(|(name, text)| drop(files.insert((*name).into(), (*text).into())));
    let mut playground = Playground::new(Config::new(1, 3), files);
    for line in [
        "kubectl create namespace team",
        "kubectl apply -f app.yaml",
        "kubectl apply -f batch.yaml",
        "kubectl create job once --image=busybox -- echo hi",
        "kubectl scale deployment web --replicas=3",
        "kubectl run loner -n team --image=nginx",
    ] {
        playground.command(line);
        playground.run(&Until::Idle, |_| true);
    }
    let served = Served::start("export", &["--fast-forward"]);
    served.file("run.json", &playground.export());
    let exported = Command::new(env!("CARGO_BIN_EXE_kubestep"))
        .args(["export", "run.json"])
        .current_dir(&served.folder)
        .output()
        .expect("kubestep starts");
    let manifests = String::from_utf8_lossy(&exported.stdout).into_owned();
    expect![[r#"
        namespace/team created
        secret/key created
        configmap/settings created
        service/web created
        pod/loner created
        deployment.apps/web created
        job.batch/once created
        cronjob.batch/tick created
    "#]]
    .assert_eq(&told(&served.kubectl_with("apply -f -", &manifests)));
    assert_eq!(
        told(&served.kubectl("rollout status deployment/web --timeout=60s")).lines().last(),
        Some("deployment \"web\" successfully rolled out")
    );
    expect!["3"].assert_eq(&told(&served.kubectl("get deployment web -o jsonpath={.spec.replicas}")));
}

fn grade(served: &Served, lesson: &str, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kubestep"))
        .arg("grade")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons").join(lesson))
        .arg("--kubeconfig")
        .arg(served.kubeconfig())
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kubestep starts")
}

/// What of a report counts: the tasks with their points, and which were left out.
fn summary(child: Child) -> String {
    let output = child.wait_with_output().expect("it ends");
    let report = json::parse(&String::from_utf8_lossy(&output.stdout)).unwrap_or_default();
    let task = |task: &Json| {
        let failing = task["checks"].items().iter().filter(|check| check["holds"].as_bool() == Some(false));
        let says: Vec<&str> = failing.map(|check| check["says"]["en"].str()).collect();
        format!("{} {}/{} {}", task["id"].str(), task["points"], task["of"], says.join("; "))
            .trim_end()
            .to_owned()
    };
    let mut lines: Vec<String> = report["tasks"].items().iter().map(task).collect();
    lines.extend(report.get("unseen").map(|tasks| format!("unseen {tasks}")));
    lines.push(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    lines.push(format!("exit {}", output.status.code().unwrap_or(-1)));
    lines.retain(|line| !line.is_empty());
    // The generated part of a pod's name is chance.
    let text = lines.join("\n");
    match text.split_once("pod/hello-") {
        Some((before, after)) => format!("{before}pod/hello-…{}", &after[5..]),
        None => text,
    }
}

#[test]
fn a_lesson_looks_at_a_cluster() {
    if !has_kubectl("kubestep grade --kubeconfig") {
        return;
    }
    let served = Served::start("grade", &["--fast-forward"]);
    let lesson = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons/first-job/start/job.yaml");
    served.file("job.yaml", &std::fs::read_to_string(lesson).expect("the lesson's file"));
    // Nothing was done. What only the simulator shows is left out, and said to be.
    expect![[r#"
        apply 0/1 job/hello does not exist
        complete 0/2 job/hello does not exist; job/hello does not exist
        clean-up 0/1 not yet: at some step: the condition Complete of job/hello is True
        unseen ["queue"]
        exit 1"#]]
    .assert_eq(&summary(grade(&served, "first-job", &["--strict"])));

    // The history begins when one looks: a Job that comes, completes and goes in that time is seen to.
    let mut looking = grade(&served, "first-job", &["--for", "12", "--strict"]);
    let mut begun = String::new();
    let stderr = looking.stderr.take().expect("it has an error output");
    BufReader::new(stderr).read_line(&mut begun).expect("it says that it looks");
    assert_eq!(told(&served.kubectl("apply -f job.yaml")), "job.batch/hello created\n");
    served.kubectl("wait --for=condition=complete job/hello --timeout=30s");
    assert!(told(&served.kubectl("delete job hello")).starts_with("job.batch \"hello\" deleted"));
    expect![[r#"
        apply 1/1
        complete 2/2
        clean-up 1/1
        unseen ["queue"]
        exit 0"#]]
    .assert_eq(&summary(looking));

    // The same in another namespace, looked at when it is done.
    served.kubectl("create namespace ada");
    served.kubectl("apply -f job.yaml -n ada");
    served.kubectl("wait --for=condition=complete job/hello --timeout=30s -n ada");
    expect![[r#"
        apply 1/1
        complete 2/2
        clean-up 0/1 job/hello should not exist, and does; the number of pods (job-name=hello) is 1, should be 0: pod/hello-…
        unseen ["queue"]
        exit 0"#]].assert_eq(&summary(grade(&served, "first-job", &["--namespace", "ada"])));
    expect![[r#"
        kubestep grade: /kubeconfig: failed to load current context: nope
        exit 2"#]]
    .assert_eq(
        &summary(grade(&served, "first-job", &["--context", "nope"]))
            .replace(&served.folder.display().to_string(), ""),
    );
}
