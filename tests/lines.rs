//! Whatever is typed at the terminal, it ends, or an interrupt ends it: lines of the shell and of kubectl that chance has
//! cut up, doubled and mixed.
//!
//! `KUBESTEP_CASES=100 cargo test --release --test lines` tries a hundred times as many cases as every test run does.

mod random;

use kubestep::cluster::Config;
use kubestep::json::{Str, yaml::to_yaml};
use kubestep::playground::{Files, Playground};
use proptest::prelude::*;
use random::{BASES, Cuts, count, cut, cuts, edited, edits, odd_text, tried};
use std::sync::LazyLock;

/// What is typed in the sessions that are compared with the real kubectl's.
static TYPED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let texts = [
        include_str!("differential/configuration.txt"),
        include_str!("differential/others.txt"),
        include_str!("differential/patches.txt"),
        include_str!("differential/pods.txt"),
        include_str!("differential/reading.txt"),
        include_str!("differential/services.txt"),
        include_str!("differential/workloads.txt"),
    ];
    texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("$ ")).collect()
});

const SHELL: &[&str] = &[
    "for i in 1 2 3; do echo $i; done | sort -rn | head -2",
    "while true; do :; done",
    "until false; do sleep 1; done & wait",
    "f() { f | f & }; f",
    "x=$((1 / 0)) y=${x:-$(echo a)} z=${y#*a} w=${#z}",
    "cat <<EOF | sed -e 's/a\\(b*\\)/\\1/g' | awk '{ print $1, NF }' > out; cat out\na b\nEOF",
    "case $x in a*|[!b-c]?) echo yes;; *) exit 3;; esac; trap 'echo bye' EXIT; set -eu; unset x",
    "printf '%5.2f %x %s\\n' 3.14159 255 \"a b\" | tr a-z A-Z | cut -d' ' -f2-3 | xargs -n1 echo",
    "find / -name '*.yaml' | xargs grep -n kind; ls -la /proc /etc; seq 1 100000000 | tail -1",
    "mkdir -p a/b && cd a/b && ln -s .. c && ls -R . && rm -rf /; pwd",
    "yes | head -c 100000 | wc; dd if=/dev/zero bs=1M count=64 | md5sum; cat /dev/urandom",
    "echo {1..99999999} {a,b}{c,d{e,f}} ~ * ?; eval \"echo \\$((2**63))\"; exec 3>out; echo a >&3",
    "date -d @99999999999999 +%Y; sleep 1e9; timeout 2 sleep infinity; read -r a b < out; echo $a",
    "[ a = b -o ! -e x ] && [[ a == b* || $x =~ (a|b)+ ]]; test 1 -eq x; (exit 7); echo $? $$ $!",
    "base64 -d <<< YQ== | tee a b; grep -E '(a+)+$' a; sed -n '/a/,$p;1!G;h;$!d' a; sort -k2,2n -t: -u a",
    "alias e='e e'; e; . ./f.yaml; sh -c 'kill -9 $$'; local x; return 5; break 3; shift 9; set -- a b; echo \"$@\"",
    "kubectl get pods -A -o json | jq '.items[].metadata.name'",
    "kubectl get nodes -o custom-columns=A:.metadata.name,B:.status.x[0] --sort-by=.metadata.name",
    "kubectl get ns -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}{.items[-1:0:-2]}{.items[?(@.a==\"b\")]}'",
    "kubectl get ns -o go-template='{{range $i, $e := .items}}{{printf \"%s %d\" $e.metadata.name $i}}{{end}}{{index .a 1}}'",
    "kubectl apply -f f.yaml --server-side; kubectl diff -f f.yaml; kubectl replace -f f.yaml --force; kubectl delete -f f.yaml",
    "kubectl run a --image=busybox -it --rm -- sh -c 'cat; exit 3'",
    "kubectl get pods -w & kubectl wait --for=condition=Ready pod/a --timeout=2s; kubectl logs -f a; fg",
    "kubectl explain pod.spec.containers --recursive | head; kubectl api-resources --verbs=list -o name",
    "kubectl config set-context x --namespace=y; kubectl config use-context x; kubectl config view --raw --minify",
    "kubectl create configmap a --from-file=f.yaml --from-literal=a=b --dry-run=client -o yaml | kubectl apply -f - ; kubectl set env deploy/a A-",
    "kubectl exec a -- ls /; kubectl cp a:/x x; kubectl top pod; kubectl port-forward a 1:2; kubectl proxy; kubectl attach a",
    "kubectl auth can-i --list --as=a; kubectl create role a --verb=get --resource=pods; kubectl drain node-1 --force --ignore-daemonsets",
];

fn line() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        3 => prop::sample::select(TYPED.as_slice()),
        3 => prop::sample::select(SHELL),
    ];
    let flag = prop::sample::select(vec![
        "-o",
        "-o=yaml",
        "-ojson",
        "-owide",
        "--output=jsonpath={",
        "-n",
        "--namespace=",
        "--dry-run",
        "--dry-run=server",
        "-f",
        "-f=-",
        "-k",
        "-l",
        "-l=a in (",
        "--field-selector=x=",
        "--all",
        "-A",
        "--as=x",
        "--v=9",
        "--",
        "-",
        "--help",
        "-h",
        "--timeout=-1s",
        "--replicas=-1",
        "--patch={",
        "--type=json",
        "--sort-by=.x[",
        "-c",
        "--tail=-9",
        "--since=1h",
        "--watch",
        "-w",
        "--raw=/",
        "--template={{",
        "--show-labels",
        "|",
        "||",
        "&&",
        ";",
        "&",
        ">",
        ">>",
        "<",
        "<<EOF",
        "<<<",
        "2>&1",
        "(",
        ")",
        "{",
        "}",
        "$(",
        "`",
        "${",
        "${#",
        "$((",
        "))",
        "'",
        "\"",
        "\\",
        "!",
        "if",
        "then",
        "fi",
        "do",
        "done",
        "esac",
        "in",
        "*",
        "[",
        "]]",
        "\n",
        "#",
        "$@",
        "${x:?}",
        "${x//a/b}",
        "~",
        "{1..9}",
        "while :; do",
    ]);
    let flag = prop_oneof![5 => flag.prop_map(str::to_owned), 1 => odd_text()];
    let words = prop::collection::vec((any::<u32>(), 0..5u8, flag), 0..5);
    let cuts = prop_oneof![4 => Just(Cuts::new()), 1 => cuts(2)];
    prop::collection::vec((whole, words, cuts), 1..3).prop_map(|parts| {
        let parts = parts.into_iter().map(|(whole, words, cuts)| {
            let mut line: Vec<String> = whole.split(' ').map(str::to_owned).collect();
            for (number, kind, flag) in words {
                let i = number as usize % (line.len() + 1);
                let word = line.get(i).cloned();
                match (kind, word) {
                    (0, Some(_)) => drop(line.remove(i)),
                    (1, Some(word)) => line.insert(i, word),
                    (2, Some(_)) => line[i] = flag,
                    (3, Some(word)) => line[i] = format!("{word}{flag}"),
                    _ => line.insert(i, flag),
                }
            }
            cut(&line.join(" "), &cuts)
        });
        parts.collect::<Vec<_>>().join(" | ")
    })
}

#[test]
fn every_line_ends() {
    let file = (prop::sample::select(BASES.as_slice()), edits(3));
    let strategy = (prop::collection::vec(line(), 1..4), file, any::<prop::sample::Index>());
    tried(90, &strategy, |(lines, (base, edits), cursor)| {
        let file = to_yaml(&edited(&base, &edits));
        let files = Files::from_iter([(Str::from("f.yaml"), Str::from(file))]);
        let mut playground = Playground::new(Config::new(1, 1), files);
        for line in &lines {
            let at = cursor.index(line.len() + 1);
            let at = (at..).find(|at| line.is_char_boundary(*at)).unwrap_or(0);
            let (from, _) = playground.complete(line, at);
            if !line.is_char_boundary(from) || from > at {
                return Err(format!("{line:?} at {at}: completed from {from}"));
            }
            playground.command(line);
            for _ in 0..60 {
                if !playground.desk().terminal().is_running() || playground.step(0).is_none() {
                    break;
                }
            }
            playground.interrupt();
            if playground.desk().terminal().is_running() {
                return Err(format!("{line:?} goes on after the interrupt"));
            }
            let Some(exit) = playground.terminal_entries().last().and_then(|entry| entry.exit) else {
                return Err(format!("{line:?} has no exit code"));
            };
            count(format!("exit {exit}"));
        }
        Ok(())
    });
}
