//! What the terminal's machine has beside the shell and its tools: `kubectl`, `help`, `watch`, and editors that say where
//! the editor is.

use crate::api::{Reason, Status};
use crate::client::Api;
use crate::shell::fs::{Entry, Fs, FsError, Mount, Volumes};
use crate::shell::{Dialect, Executable, Input, ProcessSpec, Tools, Userland};
use crate::{http, json, kubectl};

/// The directory that shows the editor's files.
pub(super) const HOME: &str = "/root";
/// The volume that holds them.
pub(super) const VOLUME: &str = "home";

/// The editors that people ask for.
pub(super) const EDITORS: [&str; 5] = ["vi", "vim", "nano", "emacs", "code"];

const SILENT: Executable = Executable::Outside(|_| false);

const USERLAND: Userland = Userland {
    sh: Some(Dialect::Bash),
    bash: true,
    tools: Tools::Gnu,
    programs: &[
        ("kubectl", Executable::Outside(kubectl::reads_input)),
        ("help", SILENT),
        ("clear", SILENT),
        ("vi", SILENT),
        ("vim", SILENT),
        ("nano", SILENT),
        ("emacs", SILENT),
        ("code", SILENT),
        ("less", Executable::Applet),
        ("more", Executable::Applet),
    ],
};

/// Prints what has changed since it last looked; a terminal that keeps what it has shown need not be cleared.
const WATCH: &str = r#"#!/bin/bash
every=2
while [ $# -gt 0 ]; do
  case $1 in
    -n|--interval) every=$2; shift ;;
    -n*) every=${1#-n} ;;
    --interval=*) every=${1#*=} ;;
    --) shift; break ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
if [ $# -eq 0 ]; then
  echo 'Usage: watch [-n SECONDS] COMMAND' >&2
  exit 1
fi
while :; do
  now=$(sh -c "$*" 2>&1)
  if [ "$now" != "$seen" ]; then
    printf 'Every %ss: %s    %s\n\n%s\n\n' "$every" "$*" "$(date)" "$now"
    seen=$now
  fi
  sleep "$every" || exit 1
done
"#;

pub(super) const HELP: &str = "\
kubectl COMMAND          talk to the cluster (kubectl help)
ls, cat FILE, mkdir, rm  the files in the editor; cd goes into their folders
COMMAND > FILE           write what a command prints to a file: the editor shows it
COMMAND | grep, head, tail, sort, wc, cut, tr, sed, awk, diff, base64, ...
X=value, $X, $(COMMAND)  variables and what commands print
for, while, if, case, functions, alias, &&, ||, &, <<EOF: as in bash
sleep SECONDS            let virtual time pass; date tells it
watch COMMAND            run a command every two seconds; Ctrl-C ends it
clear                    empty the terminal
";

/// How a `kubectl --raw` asks.
pub fn ask_raw(api: &mut dyn Api, method: &str, target: &str, body: &str) -> Result<String, Status> {
    let headers = [("content-type", "application/json"), ("user-agent", "kubectl")];
    let request = http::Request::new(method, target, headers.into_iter(), body);
    http::check_path(api, &request)?;
    let answer = http::answer(api, &request);
    let text = match answer.body {
        http::Body::Text(text) => text,
        http::Body::Stream(_) => String::new(),
    };
    if answer.code < 400 {
        return Ok(text);
    }
    let told = json::parse(&text).unwrap_or_default();
    let missing = "the server could not find the requested resource";
    let status = told["kind"].str() == "Status";
    Err(if status { Status::of_json(&told) } else { Status::new(Reason::NotFound, missing) })
}

/// The machine as it starts.
pub(super) fn machine(volumes: &Volumes, now: i64) -> Result<ProcessSpec, FsError> {
    let mut fs = Fs::unix(now)?;
    fs.tree.insert("/usr/local/bin/watch", Entry { mode: 0o755, ..Entry::file(WATCH, now) })?;
    let home = Mount { path: HOME.into(), volume: VOLUME.into(), sub_path: String::new(), read_only: false };
    fs.mount(home, volumes, now)?;
    let env = [("HOME", HOME), ("USER", "root"), ("SHELL", "/bin/bash"), ("HOSTNAME", "kubestep")];
    Ok(ProcessSpec {
        argv: vec!["bash".into()],
        env: env.map(|(name, value)| (name.to_string(), value.to_string())).into(),
        cwd: HOME.into(),
        hostname: "kubestep".into(),
        fs,
        userland: USERLAND,
        user: 0,
        group: 0,
        input: Input::Text(""),
        memory: None,
        seed: 1,
    })
}
