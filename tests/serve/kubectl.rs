//! A real kubectl against the server: each case is a command line and what it printed. What differs from run to run is normalised:
//! ages, generated names, addresses of temporary files.

use crate::served::{Served, has_kubectl, told};
use expect_test::{expect, expect_file};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: nginx:1.27
        ports: [{containerPort: 80}]
";

const BOX: &str = "
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'echo hello; sleep 3600']
";

/// What a person would call the same output: columns and generated parts do not count.
fn normal(text: &str) -> String {
    let word = |word: &str| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let age = word
            .split_inclusive(['s', 'm', 'h'])
            .all(|part| part.len() > 1 && digits(&part[..part.len() - 1]));
        let parts: Vec<&str> = word.split('-').collect();
        match parts.as_slice() {
            _ if age && word.ends_with(['s', 'm', 'h']) => "AGE".to_owned(),
            [_, _, _, _, _] if word.len() == 36 => "UID".to_owned(),
            [name @ .., hash, end]
                if hash.len() >= 8 && hash.contains(|c: char| c.is_ascii_digit()) && end.len() == 5 =>
            {
                format!("{}-HASH-RAND", name.join("-"))
            }
            _ if word.starts_with("[JTI=") => "[JTI=UID]".to_owned(),
            _ if word.starts_with("/tmp/") => "FILE".to_owned(),
            [year, _, _] if digits(year.trim_start_matches('"')) && word.len() > 20 => "TIME".to_owned(),
            _ => word.to_owned(),
        }
    };
    let line = |line: &str| {
        let words: Vec<String> = line.split_whitespace().map(word).collect();
        match words.first().map(String::as_str) {
            Some(mark @ ("---" | "+++")) if words.len() > 1 => format!("{mark} FILE\n"),
            _ => format!("{}{}\n", &line[..line.len() - line.trim_start().len()], words.join(" ")),
        }
    };
    // How often a rollout is seen on its way is chance.
    text.lines().filter(|line| !line.starts_with("Waiting for deployment")).map(line).collect()
}

/// Plays a transcript of `sessions/`: its command lines (`<<< TEXT` is an input) are run, and what they print has to be what stands
/// there.
fn play(served: &Served, session: &str) {
    play_with(served, session, "");
}

/// The same where the command lines have a `{token}`, which is this.
fn play_with(served: &Served, session: &str, token: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/serve/sessions")
        .join(session)
        .with_extension("txt");
    let transcript = std::fs::read_to_string(&path).expect("the transcript");
    let mut played = String::new();
    for line in transcript.lines().filter_map(|line| line.strip_prefix("$ kubectl ")) {
        let (command, input) = line.split_once(" <<< ").unwrap_or((line, ""));
        let (command, input) = (command.replace("{token}", token), input.replace("{token}", token));
        let output = told(&served.kubectl_with(&command, &input)).replace("{token}", token);
        played.push_str(&format!("$ kubectl {line}\n{}", normal(&output)));
    }
    expect_file![path].assert_eq(&played);
}

#[test]
fn objects_are_made_changed_and_read() {
    if !has_kubectl("get, create, apply, diff, patch") {
        return;
    }
    let served = Served::start("objects", &["--fast-forward"]);
    served.file("web.yaml", WEB);
    served.file("more.yaml", &WEB.replace("replicas: 2", "replicas: 3"));
    served.file("theirs.yaml", &WEB.replace("replicas: 2", "replicas: 5").replace("1.27", "1.28"));
    play(&served, "objects");
}

/// All of these send protobuf.
#[test]
fn what_people_type_first() {
    if !has_kubectl("create, run, expose") {
        return;
    }
    play(&Served::start("typed", &["--fast-forward"]), "typed");
}

#[test]
fn containers_are_talked_to() {
    if !has_kubectl("logs, exec, attach, port-forward") {
        return;
    }
    let served = Served::start("containers", &[]);
    served.file("box.yaml", BOX);
    play(&served, "containers");
}

#[test]
fn the_server_describes_itself() {
    if !has_kubectl("api-resources, explain") {
        return;
    }
    play(&Served::start("described", &[]), "described");
}

/// kubectl shows its token over TLS alone, so this is also the test of the token.
#[test]
fn tls_and_a_token() {
    if !has_kubectl("--tls and --token") {
        return;
    }
    let served = Served::start("tls", &["--tls", "--token", "s3cret", "--fast-forward"]);
    served.file("box.yaml", &BOX.replace("3600", "infinity"));
    play(&served, "tls");
    let config = std::fs::read_to_string(served.kubeconfig()).expect("the kubeconfig");
    served.file("kubeconfig", &config.replace("s3cret", "guessed"));
    let refused = told(&served.kubectl("get nodes"));
    assert!(refused.contains("You must be logged in to the server"), "{refused}");
}

#[test]
fn a_watch_goes_on() {
    if !has_kubectl("get -w") {
        return;
    }
    let served = Served::start("watched", &[]);
    let mut watching = served
        .command(&["get", "configmaps", "-w", "--field-selector=metadata.name!=kube-root-ca.crt"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("kubectl starts");
    let mut lines = BufReader::new(watching.stdout.take().expect("it has an output")).lines();
    let mut next = || normal(&lines.next().and_then(Result::ok).unwrap_or_default());
    assert_eq!(told(&served.kubectl("create configmap a --from-literal=k=v")), "configmap/a created\n");
    expect![[r#"
        NAME DATA AGE
        a 1 AGE
    "#]]
    .assert_eq(&format!("{}{}", next(), next()));
    assert_eq!(told(&served.kubectl("label configmap a x=y")), "configmap/a labeled\n");
    assert_eq!(
        told(&served.kubectl("delete configmap a")),
        "configmap \"a\" deleted from default namespace\n"
    );
    expect![[r#"
        a 1 AGE
        a 1 AGE
    "#]]
    .assert_eq(&format!("{}{}", next(), next()));
    let _ = watching.kill();
    let _ = watching.wait();
}

/// Users by a file, service accounts by the tokens that the server issues, and what roles let them do.
#[test]
fn users_are_known_by_their_tokens() {
    if !has_kubectl("--token, auth whoami, auth can-i") {
        return;
    }
    let users = Path::new(env!("CARGO_TARGET_TMPDIR")).join("serve-users.csv");
    let lines = "a-token,ada,1,\"dev,ops\"\nb-token,bob,2\nr-token,root,3,system:masters\n";
    std::fs::write(&users, lines).expect("the target folder takes files");
    let file = users.display().to_string();
    let served = Served::start("users", &["--token-auth-file", &file, "--fast-forward"]);
    served.file("box.yaml", &BOX.replace("3600", "infinity"));
    play(&served, "users");

    let issued = told(&served.kubectl("create token bot --duration=1h"));
    play_with(&served, "account", issued.trim());
    let kept = told(&served.kubectl("get secret kept -o jsonpath={.data.token}"));
    let kept =
        String::from_utf8(kubestep::api::base64::decode(&kept).expect("it is base64")).expect("it is text");
    expect![[r#"
        ATTRIBUTE VALUE
        Username system:serviceaccount:default:bot
        UID UID
        Groups [system:serviceaccounts system:serviceaccounts:default system:authenticated]
    "#]]
    .assert_eq(&normal(&told(&served.kubectl(&format!("auth whoami --token={kept}")))));
    // One who can do without the server's secret could be anybody.
    let mut forged = issued.trim().to_owned();
    let last = forged.pop();
    forged.push(if last == Some('A') { 'B' } else { 'A' });
    let refused = told(&served.kubectl(&format!("auth whoami --token={forged}")));
    assert!(refused.contains("Unauthorized"), "{refused}");
    assert_eq!(
        told(&served.kubectl("delete serviceaccount bot")),
        "serviceaccount \"bot\" deleted from default namespace\n"
    );
    let gone = told(&served.kubectl(&format!("auth whoami --token={}", issued.trim())));
    assert!(gone.contains("Unauthorized"), "{gone}");
}

/// With --fast-forward a Job's sleep is over at once; a service's is not, nor is that of a command that somebody waits for.
#[test]
fn waiting_is_jumped_over_where_nobody_wants_to_wait() {
    if !has_kubectl("--fast-forward") {
        return;
    }
    let served = Served::start("forward", &["--fast-forward"]);
    served.file("box.yaml", BOX);
    let since = std::time::Instant::now();
    served.kubectl("apply -f box.yaml");
    served.kubectl("wait --for=condition=Ready pod/box --timeout=30s");
    served.kubectl("create job long --image=busybox -- sh -c 'echo a; sleep 600; echo b'");
    assert_eq!(told(&served.kubectl("logs -f job/long --pod-running-timeout=20s")), "a\nb\n");
    assert_eq!(
        told(&served.kubectl("wait --for=condition=complete job/long --timeout=30s")),
        "job.batch/long condition met\n"
    );
    assert!(since.elapsed().as_secs() < 60);
    assert_eq!(
        told(&served.kubectl("get pod box -o jsonpath={.status.containerStatuses[0].restartCount}")),
        "0"
    );
    served.kubectl("create job other --image=busybox -- sleep 600");
    let since = std::time::Instant::now();
    assert_eq!(told(&served.kubectl("exec box -- sh -c 'sleep 2; echo slept'")), "slept\n");
    assert!(since.elapsed().as_secs_f64() > 1.9, "{:?}", since.elapsed());
}
