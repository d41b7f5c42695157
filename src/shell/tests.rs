//! Scripts and what comes of them. Where a line shows an error message, busybox 1.35, dash 0.5.12 or bash 5.2 printed it.

use super::fs::{Device, Entry, Fs, Mount, Node, Tree, Volumes};
use super::*;

mod programs;
mod tools;

/// 2026-11-23 09:48:19 UTC
const NOW: i64 = 1_795_427_299_000_000_000;
const SECOND: i64 = 1_000_000_000;

#[derive(Default)]
struct Log(Vec<(Session, Stream, Vec<u8>)>);

impl Output for Log {
    fn write(&mut self, session: Session, stream: Stream, bytes: &[u8]) {
        self.0.push((session, stream, bytes.to_vec()));
    }
}

impl Log {
    fn text(&self, session: Session, stream: Stream) -> String {
        let parts =
            self.0.iter().filter(|(s, t, _)| (*s, *t) == (session, stream)).map(|(_, _, bytes)| &bytes[..]);
        String::from_utf8_lossy(&parts.collect::<Vec<_>>().concat()).into_owned()
    }
}

fn spec(argv: &[&str]) -> ProcessSpec {
    let mut fs = Fs::default();
    for dir in ["/tmp", "/etc", "/root"] {
        fs.tree.insert(dir, Entry::directory(0)).unwrap();
    }
    fs.tree.insert("/etc/motd", Entry::file("one\ntwo\nthree\n", 0)).unwrap();
    for (path, device) in [("/dev/null", Device::Null), ("/dev/zero", Device::Zero)] {
        fs.tree.insert(path, Entry::new(Node::Device(device), 0o666, 0)).unwrap();
    }
    ProcessSpec {
        argv: argv.iter().map(|arg| arg.to_string()).collect(),
        env: vec![(String::from("GREETING"), String::from("hi there"))],
        cwd: String::from("/"),
        hostname: String::from("pod-1"),
        fs,
        userland: Userland { bash: true, ..Userland::BUSYBOX },
        user: 0,
        group: 0,
        input: Input::Text(""),
        memory: None,
        seed: 1,
    }
}

/// Runs to the end; `None` if there is none within an hour or 5,000 slices.
fn finish(spec: ProcessSpec) -> (String, String, Option<i32>, i64) {
    let mut process = Process::start(spec, NOW).unwrap();
    let (mut log, mut now, mut volumes) = (Log::default(), NOW, Volumes::default());
    let mut exit = None;
    for _ in 0..5_000 {
        match process.run(now, 20_000, &mut volumes, &mut log) {
            Blocked::Exited(code) => {
                exit = Some(code);
                break;
            }
            Blocked::Until(time) if time < NOW + 3_600 * SECOND => now = time,
            _ => break,
        }
        assert!(process.memory() < 2 * MAX_MEMORY);
        log.0.truncate(10_000);
    }
    (log.text(MAIN, Stream::Stdout), log.text(MAIN, Stream::Stderr), exit, (now - NOW) / 1_000_000)
}

/// A script, its output, its messages, its exit code, its milliseconds.
type Case = (&'static str, &'static str, &'static str, i32, i64);

#[track_caller]
fn check(shell: &str, cases: &[Case]) {
    let mut wrong = String::new();
    for (script, out, err, code, ms) in cases {
        let got = finish(spec(&[shell, "-c", script]));
        let want = (out.to_string(), err.to_string(), Some(*code), *ms);
        if got != want {
            wrong += &format!("{script}\n  want {want:?}\n  got  {got:?}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn commands_and_lists() {
    check(
        "sh",
        &[
            ("echo hello k8s job!", "hello k8s job!\n", "", 0, 0),
            ("sleep 2 && echo done", "done\n", "", 0, 2000),
            ("sleep 0.5; sleep 1m; exit 3", "", "", 3, 60_500),
            ("false || echo no; true && echo yes; ! true; echo $?", "no\nyes\n1\n", "", 0, 0),
            ("exit 300", "", "", 44, 0),
            ("foo; echo $?", "127\n", "sh: foo: not found\n", 0, 0),
            ("wget http://x", "", "sh: wget: not found\n", 127, 0),
            ("", "", "", 0, 0),
            ("set -e; false; echo no", "", "", 1, 0),
            ("set -e; if false; then :; fi; false || true; ! true; echo yes", "yes\n", "", 0, 0),
            ("set -e; { false && true; }; echo yes", "yes\n", "", 0, 0),
            ("set -x; a=1; echo 'a b' $a", "a b 1\n", "+ a=1\n+ echo 'a b' 1\n", 0, 0),
            ("(exit 4); echo $?; (cd /tmp; pwd); pwd", "4\n/tmp\n/\n", "", 0, 0),
            ("echo out; echo err >&2", "out\n", "err\n", 0, 0),
            ("trap 'echo bye' EXIT; exit 3", "bye\n", "", 3, 0),
            ("sleep 5 & sleep 2; wait; echo $?", "0\n", "", 0, 5000),
            ("(exit 7) & wait $!; echo $?", "7\n", "", 0, 0),
            ("exec echo gone; echo no", "gone\n", "", 0, 0),
            ("sh -c 'echo $0 $1; exit 5' a b; echo $?", "a b\n5\n", "", 0, 0),
            ("echo 'echo piped' | sh", "piped\n", "", 0, 0),
        ],
    );
}

#[test]
fn compound_commands() {
    check(
        "sh",
        &[
            ("if [ 1 = 2 ]; then echo a; elif true; then echo b; else echo c; fi", "b\n", "", 0, 0),
            ("for i in 1 2 3; do echo $i; sleep 1; done", "1\n2\n3\n", "", 0, 3000),
            (
                "for i in a b; do for j in 1 2 3; do [ $j = 2 ] && continue 2; echo $i$j; done; done",
                "a1\nb1\n",
                "",
                0,
                0,
            ),
            ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && break; done; echo $i", "2\n", "", 0, 0),
            ("i=3; until [ $i -eq 0 ]; do echo $i; i=$((i - 1)); done", "3\n2\n1\n", "", 0, 0),
            ("case abc in x|a*) echo yes;; *) echo no;; esac", "yes\n", "", 0, 0),
            ("case '*' in '*') echo star;; esac", "star\n", "", 0, 0),
            (
                "f() { local x=1; echo \"$x $1 $#\"; return 3; }; x=9; f a b; echo $? $x",
                "1 a 2\n3 9\n",
                "",
                0,
                0,
            ),
            ("f() { if [ $1 -gt 0 ]; then echo $1; f $(($1-1)); fi; }; f 3", "3\n2\n1\n", "", 0, 0),
            ("set -- a 'b c'; for i; do echo \"<$i>\"; done; shift; echo $1", "<a>\n<b c>\nb c\n", "", 0, 0),
            ("while read a b; do echo \"$b-$a\"; done <<EOF\n1 2 3\n4 5\nEOF", "2 3-1\n5-4\n", "", 0, 0),
            ("{ echo a; echo b; } | { read x; echo \"got $x\"; }", "got a\n", "", 0, 0),
            ("eval 'x=5; echo $x'", "5\n", "", 0, 0),
        ],
    );
}

#[test]
fn expansion() {
    check(
        "sh",
        &[
            ("x='a  b'; echo $x; echo \"$x\"", "a b\na  b\n", "", 0, 0),
            ("echo ${y:-d} ${y:=e} $y ${y:+f} ${#y}", "d e e f 1\n", "", 0, 0),
            ("f=a/b.tar.gz; echo ${f%.*} ${f%%.*} ${f#*/} ${f##*.}", "a/b.tar a/b b.tar.gz gz\n", "", 0, 0),
            ("echo \"$(echo a; echo)\" `echo b`", "a b\n", "", 0, 0),
            ("echo x$(echo 1; sleep 2)y$(echo 2)z", "x1y2z\n", "", 0, 2000),
            (
                "echo $((1 + 2 * 3)) $(( (1+2)*3 % 4 )) $((7/2)) $((1<2 && 3>4)) $((0x1f))",
                "7 1 3 0 31\n",
                "",
                0,
                0,
            ),
            ("i=1; echo $((i++)) $((i+=5)) $i", "1 7 7\n", "", 0, 0),
            (
                "set -- 'a b' c; printf '<%s>' \"$@\"; printf '<%s>' $*; printf '<%s>' \"$*\"",
                "<a b><c><a><b><c><a b c>",
                "",
                0,
                0,
            ),
            ("echo '$x' \"\\$x\" \\$x 'it'\"'\"'s'", "$x $x $x it's\n", "", 0, 0),
            ("echo $GREETING ${HOSTNAME:-none} $$ $# ~", "hi there none 1 0 /root\n", "", 0, 0),
            ("IFS=:; x=a:b::c; set -- $x; echo $#", "4\n", "", 0, 0),
            ("cd /etc; echo m*d /e?c /nope*", "motd /etc /nope*\n", "", 0, 0),
            ("x=5; x=6 env | grep ^x; echo $x", "x=6\n5\n", "", 0, 0),
            ("set -u; echo $zzz", "", "sh: zzz: parameter not set\n", 2, 0),
            ("echo ${zzz:?is needed}; echo no", "", "sh: zzz: is needed\n", 2, 0),
            ("echo $((1/0)); echo no", "", "sh: divide by zero\n", 2, 0),
            ("readonly a=1; a=2; echo no", "", "sh: a: is read only\n", 2, 0),
            ("cat <<EOF\n$((1+1)) $GREETING\nEOF\ncat <<'EOF'\n$x\nEOF", "2 hi there\n$x\n", "", 0, 0),
        ],
    );
    check(
        "bash",
        &[
            ("echo {1..4} a{b,c}d {01..03}", "1 2 3 4 abd acd 01 02 03\n", "", 0, 0),
            (
                "x=hello; echo ${x:1:3} ${x/l/L} ${x//l/L}; [[ $x == h* ]] && echo y; ((x=2+3)); echo $x",
                "ell heLlo heLLo\ny\n5\n",
                "",
                0,
                0,
            ),
            ("cat <<< word", "word\n", "", 0, 0),
        ],
    );
}

#[test]
fn errors_in_the_shells_own_words() {
    check(
        "sh",
        &[
            ("echo \"abc", "", "sh: syntax error: unterminated quoted string\n", 2, 0),
            ("if true; then", "", "sh: syntax error: unexpected end of file (expecting \"fi\")\n", 2, 0),
            ("fi", "", "sh: syntax error: unexpected \"fi\"\n", 2, 0),
            ("(((((", "", "sh: syntax error: unexpected end of file (expecting \")\")\n", 2, 0),
            ("( echo", "", "sh: syntax error: unexpected end of file (expecting \")\")\n", 2, 0),
            ("echo a; done", "", "sh: syntax error: unexpected \"done\"\n", 2, 0),
            ("a;;", "", "sh: syntax error: unexpected \";;\"\n", 2, 0),
            ("while true", "", "sh: syntax error: unexpected end of file (expecting \"do\")\n", 2, 0),
            ("case x", "", "sh: syntax error: unexpected end of file (expecting \"in\")\n", 2, 0),
            ("${x", "", "sh: syntax error: missing '}'\n", 2, 0),
            ("echo `", "", "sh: syntax error: EOF in backquote substitution\n", 2, 0),
            ("echo a\necho b )", "a\n", "sh: syntax error: unexpected \")\"\n", 2, 0),
            ("cd /nope", "", "sh: cd: line 0: can't cd to /nope: No such file or directory\n", 2, 0),
            ("cat < /nope", "", "sh: can't open /nope: no such file\n", 1, 0),
            ("echo > /nope/x", "", "sh: can't create /nope/x: nonexistent directory\n", 1, 0),
            ("/etc", "", "sh: /etc: Permission denied\n", 126, 0),
            ("[ 1 -eq a ]", "", "sh: a: bad number\n", 2, 0),
            ("exec foo", "", "sh: exec: line 0: foo: not found\n", 127, 0),
            ("cat /nope", "", "cat: can't open '/nope': No such file or directory\n", 1, 0),
            (
                "ls /nope; rm /nope; mkdir /no/x",
                "",
                "ls: /nope: No such file or directory\nrm: can't remove '/nope': No such file or directory\nmkdir: can't create directory '/no/x': No such file or directory\n",
                1,
                0,
            ),
            ("sleep x", "", "sleep: invalid number 'x'\n", 1, 0),
        ],
    );
    check(
        "bash",
        &[
            ("foo", "", "bash: line 1: foo: command not found\n", 127, 0),
            ("cd /nope", "", "bash: line 1: cd: /nope: No such file or directory\n", 1, 0),
            (
                "fi",
                "",
                "bash: -c: line 1: syntax error near unexpected token `fi'\nbash: -c: line 1: `fi'\n",
                2,
                0,
            ),
            ("if true; then", "", "bash: -c: line 2: syntax error: unexpected end of file\n", 2, 0),
            ("echo $((1/0))", "", "bash: line 1: 1/0: division by 0 (error token is \"0\")\n", 1, 0),
        ],
    );
}

#[test]
fn signals_as_pid_1() {
    let mut log = Log::default();
    let mut volumes = Volumes::default();
    let mut plain = Process::start(spec(&["sh", "-c", "sleep 3600"]), NOW).unwrap();
    assert_eq!(plain.run(NOW, 1_000, &mut volumes, &mut log), Blocked::Until(NOW + 3_600 * SECOND));
    plain.signal(SIGTERM);
    assert_eq!(plain.run(NOW + SECOND, 1_000, &mut volumes, &mut log), Blocked::Until(NOW + 3_600 * SECOND));
    plain.signal(SIGKILL);
    assert_eq!(plain.run(NOW + SECOND, 1_000, &mut volumes, &mut log), Blocked::Exited(137));

    let script = "trap 'echo caught; exit 7' TERM; while true; do sleep 10; done";
    let mut trapped = Process::start(spec(&["sh", "-c", script]), NOW).unwrap();
    assert_eq!(trapped.run(NOW, 1_000, &mut volumes, &mut log), Blocked::Until(NOW + 10 * SECOND));
    trapped.signal(SIGTERM);
    // The handler waits for the foreground command.
    assert_eq!(trapped.run(NOW + SECOND, 1_000, &mut volumes, &mut log), Blocked::Until(NOW + 10 * SECOND));
    assert_eq!(trapped.run(NOW + 10 * SECOND, 1_000, &mut volumes, &mut log), Blocked::Exited(7));
    assert_eq!(log.text(MAIN, Stream::Stdout), "caught\n");

    let script = "trap 'exit 0' TERM; sleep 100 & wait";
    let mut waiting = Process::start(spec(&["sh", "-c", script]), NOW).unwrap();
    waiting.run(NOW, 1_000, &mut volumes, &mut log);
    waiting.signal(SIGTERM);
    assert_eq!(waiting.run(NOW + SECOND, 1_000, &mut volumes, &mut log), Blocked::Exited(0));
}

#[test]
fn execs_and_volumes() {
    let mut spec = spec(&["sleep", "100"]);
    let mut volumes = Volumes::default();
    let mut config = Tree::new(0);
    config.insert("/color", Entry::file("blue", 0)).unwrap();
    volumes.insert("config".into(), config);
    volumes.insert("scratch".into(), Tree::new(0));
    for (path, volume, read_only) in [("/config", "config", true), ("/data", "scratch", false)] {
        let mount = Mount { path: path.into(), volume: volume.into(), sub_path: String::new(), read_only };
        spec.fs.mount(mount, &volumes, 0).unwrap();
    }
    let mut log = Log::default();
    let mut process = Process::start(spec, NOW).unwrap();
    let argv = ["sh", "-c", "cat /config/color; echo; echo x > /config/y; echo kept > /data/f; ls /"]
        .map(String::from);
    let session = process.exec(&argv, Input::Text(""), NOW, &mut volumes).unwrap();
    assert_eq!(process.run(NOW, 1_000, &mut volumes, &mut log), Blocked::Until(NOW + 100 * SECOND));
    assert_eq!(process.exit_code(session), Some(0));
    assert_eq!(log.text(session, Stream::Stdout), "blue\nconfig\ndata\ndev\netc\nroot\ntmp\n");
    assert_eq!(log.text(session, Stream::Stderr), "sh: can't create /config/y: Read-only file system\n");
    assert_eq!(volumes["scratch"].get("/f"), Some(&Entry::file("kept\n", NOW)));
    let failed = process.exec(&["nope".into()], Input::Text(""), NOW, &mut volumes).unwrap_err();
    assert_eq!(failed.reason, "exec: \"nope\": executable file not found in $PATH");
}

#[test]
fn nothing_grows_without_bound() {
    for script in [
        "x=a; while true; do x=$x$x; done",
        "f() { f | f; }; f",
        "f() { f; }; f",
        "tail /dev/zero",
        "while true; do set -- \"$@\" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \"$@\"; done",
        "x=$(yes)",
        "i=0; while true; do i=$((i+1)); eval \"v$i=1\"; done",
        "yes | sort",
    ] {
        let (_, _, exit, _) = finish(spec(&["sh", "-c", script]));
        assert_eq!(exit, Some(137), "{script}");
    }
    for script in ["while :; do :; done", "yes", "while :; do : & done"] {
        let mut process = Process::start(spec(&["sh", "-c", script]), NOW).unwrap();
        let blocked = process.run(NOW, 10_000, &mut Volumes::default(), &mut Log::default());
        assert_eq!(blocked, Blocked::Until(NOW + SLICE_NS), "{script}");
    }
    let deep = format!("{}true", "( ".repeat(50_000));
    assert_eq!(finish(spec(&["sh", "-c", &deep])).2, Some(2));
    let deep = format!("echo $(({}1))", "(".repeat(50_000));
    assert_eq!(finish(spec(&["sh", "-c", &deep])).2, Some(2));
    let long = "true;".repeat(20_000);
    assert_eq!(finish(spec(&["sh", "-c", &long])).2, Some(0));
}

#[test]
fn random_bytes_never_panic() {
    let pieces: &[&str] = &[
        "echo",
        " ",
        " ",
        "\n",
        ";",
        "&",
        "|",
        "&&",
        "(",
        ")",
        "{ ",
        "; }",
        "$(",
        "`",
        "\"",
        "'",
        "$x",
        "${x:-",
        "}",
        "$((",
        "))",
        "if ",
        "then ",
        "fi",
        "for i in ",
        "do ",
        "done",
        "case ",
        " in ",
        "esac",
        ";;",
        "*",
        "?",
        "[a-",
        "]",
        "<<EOF\n",
        "EOF\n",
        ">",
        "<",
        "2>&1",
        "x=",
        "1",
        "\\",
        "#",
        "!",
        "f()",
        "\u{e9}",
        "\0",
        "sed s/",
        "grep '\\(",
        "set -e",
        "read y",
        "cat",
        "${#x}",
        "${x##*",
        "printf '%5d%s' ",
        "[ ",
        " ]",
        "exec ",
        "eval ",
        "trap ",
        "-9",
        "%",
        "seq 9",
        "kill $$",
        "wait",
        "/tmp/a",
        "~",
        "${x/",
        ":",
    ];
    let mut seed = 42;
    for round in 0..4_000 {
        let mut script = String::new();
        for _ in 0..1 + kernel::random(&mut seed) % 24 {
            script += pieces[kernel::random(&mut seed) as usize % pieces.len()];
        }
        let shell = ["sh", "bash"][round % 2];
        let mut process = Process::start(spec(&[shell, "-c", &script]), NOW).unwrap();
        let mut now = NOW;
        for _ in 0..4 {
            match process.run(now, 2_000, &mut Volumes::default(), &mut Log::default()) {
                Blocked::Until(time) => now = time,
                _ => break,
            }
        }
    }
}
