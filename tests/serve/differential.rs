//! The same command lines through a real kubectl against the server and through our own kubectl in the process: what they print
//! and how they end has to be the same.
//!
//! `tests/differential/*.txt`: after a line of introduction come cases. A case begins with `=== FILE`, then the file's text, then
//! the commands (`$ …`); without any, the file is applied. The cases of one file share a cluster.
//! `tests/differential/exceptions.txt` says what may differ, and why.

use crate::served::{Served, has_kubectl, kubectl};
use kubestep::cluster::Config;
use kubestep::conformance::{Cluster, Output, Shell, normalise};
use kubestep::playground::Files;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Case {
    file: String,
    text: String,
    commands: Vec<String>,
}

/// What may differ: where a real command's output has the first text, ours has the second.
struct Exception {
    real: String,
    ours: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential")
}

fn cases(text: &str) -> Vec<Case> {
    let parts = text.split("\n=== ").skip(1);
    let case = |part: &str| {
        let (file, rest) = part.split_once('\n').expect("a case has lines");
        let (commands, text): (Vec<&str>, Vec<&str>) = rest.lines().partition(|line| line.starts_with("$ "));
        let mut commands: Vec<String> = commands.iter().map(|line| line[2..].to_owned()).collect();
        if commands.is_empty() {
            commands.push(format!("kubectl apply -f {file}"));
        }
        Case { file: file.to_owned(), text: text.join("\n") + "\n", commands }
    };
    parts.map(case).collect()
}

/// `# why`, then `- what the real one prints`, then `+ what ours prints`; `\n` stands for the end of a line.
fn exceptions() -> Vec<Exception> {
    let text = fs::read_to_string(folder().join("exceptions.txt")).expect("the exceptions");
    let (mut found, mut real) = (Vec::new(), None);
    for line in text.lines() {
        if let Some(text) = line.strip_prefix("- ") {
            real = Some(text.replace("\\n", "\n").replace("\\t", "\t"));
        } else if let Some(text) = line.strip_prefix("+ ").or(line.strip_prefix('+')) {
            let real = real.take().expect("a line with + follows one with -");
            found.push(Exception { real, ours: text.replace("\\n", "\n").replace("\\t", "\t") });
        }
    }
    found
}

fn real(served: &Served, line: &str) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    let own =
        kubectl().and_then(|found| found.path.parent()).map(|p| p.display().to_string()).unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(&served.folder)
        .env("PATH", format!("{own}:{path}"))
        .env("KUBECONFIG", served.kubeconfig())
        .env("KUBECACHEDIR", served.folder.join("cache"))
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    Output {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        exit: output.status.code().unwrap_or(-1),
    }
}

/// Some packages of kubectl are a program around it, which words the errors of flags in its own way.
fn unwrapped(text: &str) -> String {
    let line = |line: &str| match line.split_once("] \"command failed\" err=\"") {
        Some((_, error)) => format!("error: {}", error.trim_end_matches('"').replace("\\\"", "\"")),
        None => line.strip_prefix("Error: ").map_or_else(|| line.to_owned(), |rest| format!("error: {rest}")),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

/// An output as it is compared.
fn told(line: &str, output: &Output) -> String {
    let mut text = String::new();
    for (name, part) in [("", &output.stdout), ("stderr", &output.stderr)] {
        let part = normalise(line, part);
        if part.trim().is_empty() {
            continue;
        }
        if !name.is_empty() {
            text.push_str(&format!("[{name}]\n"));
        }
        text.push_str(&part);
    }
    if output.exit != 0 {
        text.push_str(&format!("[exit {}]\n", output.exit));
    }
    text
}

/// Plays the cases of a file both ways, and tells what differs.
fn differences(name: &str) -> (usize, Vec<String>) {
    let text = fs::read_to_string(folder().join(format!("{name}.txt"))).expect("the cases");
    let cases = cases(&text);
    let served = Served::start(&format!("differential-{name}"), &["--fast-forward"]);
    let mut files = Files::new();
    for case in &cases {
        served.file(&case.file, &case.text);
        files.insert(case.file.as_str().into(), case.text.as_str().into());
    }
    let mut shell = Shell::new(Config::new(1, 3), files);
    let exceptions = exceptions();
    let (mut compared, mut found) = (0, Vec::new());
    for case in &cases {
        for line in &case.commands {
            compared += 1;
            let mut real = real(&served, line);
            real.stderr = unwrapped(&real.stderr);
            let mut real = told(line, &real);
            let ours = told(line, &shell.command(line));
            for exception in &exceptions {
                if real != ours && real.contains(&exception.real) {
                    real = real.replace(&exception.real, &exception.ours);
                }
            }
            if real != ours {
                found.push(format!("--- {name}: {}: $ {line}\nreal:\n{real}ours:\n{ours}", case.file));
            }
        }
    }
    (compared, found)
}

/// One test for each file, so that they run beside each other and are named where they fail.
macro_rules! same {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            if !has_kubectl(concat!("the differential test of ", stringify!($name))) {
                return;
            }
            let (compared, found) = differences(stringify!($name));
            assert!(compared > 0);
            assert!(found.is_empty(), "{} of {compared} commands differ:\n{}", found.len(), found.join("\n"));
        }
    )* };
}

same!(changes configuration customs decoding objects others output patches pods reading services workloads);
