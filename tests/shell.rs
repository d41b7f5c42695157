//! What textbooks have people type: the terminal's shell, with kubectl as one of its programs. Each test is a session at
//! the front door: lines, and what they print.

mod terminal;

use expect_test::{Expect, expect};
use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::{Files, Playground, RunEnd, RunFile, Until};

fn typed(files: &[(&str, &str)], lines: &[&str], expected: Expect) {
    expected.assert_eq(&terminal::session(files, lines));
}

#[test]
fn what_a_command_prints_goes_where_it_is_sent() {
    typed(
        &[("web.yaml", "a\nb\n")],
        &[
            "kubectl create job hi --image=busybox --dry-run=client -o yaml > job.yaml && wc -l job.yaml",
            "kubectl create -f job.yaml",
            "kubectl get nothing 2> error; cat error; kubectl get nothing 2>/dev/null || echo failed",
            "mkdir conf; echo one > conf/a; echo two >> conf/a; echo -n 3 > conf/b; ls conf",
            "kubectl create configmap c --from-file=conf && kubectl get cm c -o jsonpath='{.data}'",
            "cd conf; kubectl create secret generic s --from-file=a; kubectl get secret s -o jsonpath='{.data.a}' | base64 -d",
            "pwd; ls ..; cd ..; sed -i s/a/x/ web.yaml; cat web.yaml",
            "cat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: here}\ndata: {dir: $PWD}\nEOF",
            "kubectl get cm here -o jsonpath={.data.dir}",
            "kubectl apply -f - < job.yaml",
            "cp job.yaml /tmp; kubectl delete -f /tmp/job.yaml; rm -r conf job.yaml error; ls",
        ],
        expect![[r#"
            $ kubectl create job hi --image=busybox --dry-run=client -o yaml > job.yaml && wc -l job.yaml
            14 job.yaml
            $ kubectl create -f job.yaml
            job.batch/hi created
            $ kubectl get nothing 2> error; cat error; kubectl get nothing 2>/dev/null || echo failed
            error: the server doesn't have a resource type "nothing"
            failed
            $ mkdir conf; echo one > conf/a; echo two >> conf/a; echo -n 3 > conf/b; ls conf
            a
            b
            $ kubectl create configmap c --from-file=conf && kubectl get cm c -o jsonpath='{.data}'
            configmap/c created
            {"a":"one\ntwo\n","b":"3"}⏎
            $ cd conf; kubectl create secret generic s --from-file=a; kubectl get secret s -o jsonpath='{.data.a}' | base64 -d
            secret/s created
            one
            two
            $ pwd; ls ..; cd ..; sed -i s/a/x/ web.yaml; cat web.yaml
            /root/conf
            conf
            error
            job.yaml
            web.yaml
            x
            b
            $ cat <<EOF | kubectl apply -f -
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: here}
            data: {dir: $PWD}
            EOF
            configmap/here created
            $ kubectl get cm here -o jsonpath={.data.dir}
            /root⏎
            $ kubectl apply -f - < job.yaml
            Warning: resource jobs/hi is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.
            job.batch/hi configured
            $ cp job.yaml /tmp; kubectl delete -f /tmp/job.yaml; rm -r conf job.yaml error; ls
            job.batch "hi" deleted from default namespace
            web.yaml
        "#]],
    );
}

#[test]
fn variables_loops_and_names() {
    typed(
        &[("up.sh", "for n in $@; do kubectl create configmap $n; done\n")],
        &[
            "for i in 1 2 3; do kubectl create configmap c$i --from-literal=n=$i; done",
            "CM=$(kubectl get cm -o name | grep c2); echo $CM",
            "kubectl get $CM -o jsonpath='{.data.n}'",
            "kubectl get cm -o name | grep /c | while read name; do kubectl get $name -o jsonpath='{.data.n} '; done",
            "alias k=kubectl kn='kubectl get cm -o name'",
            "k get cm c1 && kn | head -2",
            "alias kn; type k; unalias k; k get pods; echo $?",
            "have() { kubectl get cm \"$1\" >/dev/null 2>&1; }; have c1 && echo yes; have c9 || echo no",
            "export N=7; n=$((N + 1)); echo $n; [ $n -gt 7 ] && echo more; test -f up.sh && bash up.sh x y",
            "kubectl get cm -o name | grep -v root | wc -l; kubectl get cm --no-headers | sort -r | cut -d' ' -f1 | tr a-z A-Z | head -1",
            "kubectl get cm -o name | grep /c | xargs kubectl delete",
            "case $N in 7) echo seven;; esac; if kubectl get cm c1; then echo there; else echo gone; fi",
            "echo *.sh $HOME ~; echo -n admin | base64",
        ],
        expect![[r#"
            $ for i in 1 2 3; do kubectl create configmap c$i --from-literal=n=$i; done
            configmap/c1 created
            configmap/c2 created
            configmap/c3 created
            $ CM=$(kubectl get cm -o name | grep c2); echo $CM
            configmap/c2
            $ kubectl get $CM -o jsonpath='{.data.n}'
            2⏎
            $ kubectl get cm -o name | grep /c | while read name; do kubectl get $name -o jsonpath='{.data.n} '; done
            1 2 3 ⏎
            $ alias k=kubectl kn='kubectl get cm -o name'
            $ k get cm c1 && kn | head -2
            NAME   DATA   AGE
            c1     1      0s
            configmap/c1
            configmap/c2
            $ alias kn; type k; unalias k; k get pods; echo $?
            alias kn='kubectl get cm -o name'
            k is aliased to `kubectl'
            No resources found in default namespace.
            0
            $ have() { kubectl get cm "$1" >/dev/null 2>&1; }; have c1 && echo yes; have c9 || echo no
            yes
            no
            $ export N=7; n=$((N + 1)); echo $n; [ $n -gt 7 ] && echo more; test -f up.sh && bash up.sh x y
            8
            more
            configmap/x created
            configmap/y created
            $ kubectl get cm -o name | grep -v root | wc -l; kubectl get cm --no-headers | sort -r | cut -d' ' -f1 | tr a-z A-Z | head -1
            5
            Y
            $ kubectl get cm -o name | grep /c | xargs kubectl delete
            configmap "c1" deleted from default namespace
            configmap "c2" deleted from default namespace
            configmap "c3" deleted from default namespace
            $ case $N in 7) echo seven;; esac; if kubectl get cm c1; then echo there; else echo gone; fi
            seven
            Error from server (NotFound): configmaps "c1" not found
            gone
            $ echo *.sh $HOME ~; echo -n admin | base64
            up.sh /root /root
            YWRtaW4=
        "#]],
    );
}

#[test]
fn waiting_lets_time_pass() {
    typed(
        &[],
        &[
            "date; sleep 90; date",
            "time sleep 1.5",
            "kubectl create job slow --image=busybox -- sleep 20",
            "while ! kubectl wait --for=condition=complete job/slow --timeout=1s >/dev/null 2>&1; do sleep 5; done; kubectl get job slow -o jsonpath='{.status.succeeded}'",
            "POD=$(kubectl get pods -o name | head -1); echo $POD | cut -c1-9; kubectl logs $POD",
            "kubectl run web --image=nginx && kubectl wait --for=condition=Ready pod/web && kubectl exec web -- hostname",
            "kubectl exec -it web -- sh",
            "echo $((6 * 7))",
            "exit",
            "echo back",
            "kubectl get pods -w --no-headers | head -1",
            "sleep 5 && echo done &",
            "echo now; wait; echo later",
            "head -1 | tr a-z A-Z; echo over",
            "hello",
            "read X",
            "some words",
            "echo $X; sleep 500 & kill %1; wait; echo gone",
        ],
        expect![[r#"
            $ date; sleep 90; date
            Mon Jan  5 09:00:00 UTC 2026
            Mon Jan  5 09:01:30 UTC 2026
            $ time sleep 1.5

            real	0m1.500s
            user	0m0.000s
            sys	0m0.000s
            $ kubectl create job slow --image=busybox -- sleep 20
            job.batch/slow created
            $ while ! kubectl wait --for=condition=complete job/slow --timeout=1s >/dev/null 2>&1; do sleep 5; done; kubectl get job slow -o jsonpath='{.status.succeeded}'
            1⏎
            $ POD=$(kubectl get pods -o name | head -1); echo $POD | cut -c1-9; kubectl logs $POD
            pod/slow-
            $ kubectl run web --image=nginx && kubectl wait --for=condition=Ready pod/web && kubectl exec web -- hostname
            pod/web created
            pod/web condition met
            web
            $ kubectl exec -it web -- sh
            # ⏎
            $ echo $((6 * 7))
            42
            # ⏎
            $ exit
            $ echo back
            back
            $ kubectl get pods -w --no-headers | head -1
            slow-jdlvz   0/1   Completed   0     28s
            $ sleep 5 && echo done &
            [1] 21
            $ echo now; wait; echo later
            now
            done
            later
            $ head -1 | tr a-z A-Z; echo over
            $ hello
            HELLO
            over
            $ read X
            $ some words
            $ echo $X; sleep 500 & kill %1; wait; echo gone
            some words
            [1] 24
            gone
        "#]],
    );
}

#[test]
fn mistakes_are_told_as_bash_tells_them() {
    typed(
        &[],
        &[
            "foo",
            "foo | cat; echo $?",
            "cat nope; kubectl apply -f nope.yaml",
            "cat < nope",
            "echo x > no/where",
            "cd nowhere",
            "fi",
            "echo 'abc",
            "if true; then",
            "echo YWJj! | base64 -d",
            "grep x nope",
            "vi job.yaml; echo $?",
            "kubectl edit cm kube-root-ca.crt; kubectl edit cm nope",
            "exit 3",
            "echo $?",
            "# nothing",
            "help | head -1",
        ],
        expect![[r#"
            $ foo
            bash: foo: command not found
            $ foo | cat; echo $?
            bash: foo: command not found
            0
            $ cat nope; kubectl apply -f nope.yaml
            cat: nope: No such file or directory
            error: the path "nope.yaml" does not exist
            $ cat < nope
            bash: nope: No such file or directory
            $ echo x > no/where
            bash: no/where: No such file or directory
            $ cd nowhere
            bash: cd: nowhere: No such file or directory
            $ fi
            bash: syntax error near unexpected token `fi'
            $ echo 'abc
            bash: unexpected EOF while looking for matching `''
            $ if true; then
            bash: syntax error: unexpected end of file
            $ echo YWJj! | base64 -d
            base64: invalid input
            abc⏎
            $ grep x nope
            grep: nope: No such file or directory
            $ vi job.yaml; echo $?
            The editor is the panel beside this terminal: what you change there is what the commands read.
            1
            $ kubectl edit cm kube-root-ca.crt; kubectl edit cm nope
            The editor is the panel beside this terminal: what you change there is what the commands read.
            Edit cancelled, no changes made.
            Error from server (NotFound): configmaps "nope" not found
            $ exit 3
            exit
            $ echo $?
            0
            $ # nothing
            $ help | head -1
            kubectl COMMAND          talk to the cluster (kubectl help)
        "#]],
    );
}

fn playground(files: &[(&str, &str)]) -> Playground {
    let files: Files = files.iter().map(|(name, text)| (Str::from(*name), Str::from(*text))).collect();
    Playground::new(Config::new(1, 1), files)
}

fn output(playground: &Playground) -> String {
    let entries =
        playground.terminal_entries().last().map(|entry| entry.output.iter().map(|o| o.text.to_string()));
    entries.into_iter().flatten().collect()
}

#[test]
fn what_lines_write_the_editor_has_and_a_run_that_is_given_away_reads_the_same() {
    let mut it = playground(&[("a.txt", "one\n")]);
    it.command("echo two >> a.txt; mkdir dir; kubectl create cm x -o yaml --dry-run=client > dir/x.yaml");
    assert_eq!(it.files().get("a.txt").map(Str::as_str), Some("one\ntwo\n"));
    assert!(it.files().contains_key("dir/x.yaml"));
    // What the person writes is there for the next line.
    it.set_file("a.txt", Some("mine\n"));
    it.command("cat a.txt; (sleep 3; echo late > late.txt)");
    assert!(!it.files().contains_key("late.txt"));
    it.run(&Until::Idle, |steps| steps < 1_000);
    assert_eq!(it.files().get("late.txt").map(Str::as_str), Some("late\n"));
    it.command("rm late.txt; kubectl apply -f dir/x.yaml; cat a.txt");
    assert!(!it.files().contains_key("late.txt"));
    // Going back takes no file away.
    it.timeline_mut().seek(1);
    assert!(it.files().contains_key("dir/x.yaml"));
    let again = RunFile::parse(&it.export()).expect("a run").replay().expect("it replays");
    assert_eq!(again.export(), it.export());
}

#[test]
fn in_the_past_a_line_that_teaches_the_shell_something_makes_a_branch() {
    let mut it = playground(&[]);
    it.command("kubectl create cm x");
    it.run(&Until::Idle, |steps| steps < 1_000);
    it.timeline_mut().seek(1);
    let branches = it.timeline().branches().len();
    it.command("kubectl get cm x -o name > seen");
    assert_eq!(it.timeline().branches().len(), branches);
    assert!(it.files().contains_key("seen"));
    it.command("X=$(cat seen)");
    assert_eq!(it.timeline().branches().len(), branches + 1);
    it.command("echo $X");
    assert_eq!(output(&it), "configmap/x\n");
}

#[test]
fn a_line_that_never_ends_can_be_ended() {
    for line in [
        "while true; do sleep 1; done",
        "watch kubectl get pods",
        "sleep infinity",
        "cat",
        "while :; do :; done",
        "yes",
    ] {
        let mut it = playground(&[]);
        it.command(line);
        let computes = line.contains("do :") || line == "yes";
        let end = it.run(&Until::Idle, |steps| steps < if computes { 20 } else { 20_000 }).end;
        assert_eq!(end == RunEnd::Budget, computes, "{line}: {end:?}");
        assert!(it.desk().terminal().is_running(), "{line}");
        it.interrupt();
        let entry = it.desk().terminal().entries().back().expect("it was typed");
        assert_eq!(entry.exit, Some(130), "{line}");
        it.command("echo $?");
        assert_eq!(output(&it), "130\n", "{line}");
    }
}

#[test]
fn completes_commands_and_files_wherever_they_begin() {
    let mut it = playground(&[("conf/app.yaml", ""), ("job.yaml", "")]);
    it.command("kubectl create cm settings; alias k=kubectl");
    for (line, words) in [
        ("kub", "kubectl"),
        ("ls | gr", "grep"),
        ("x=1 && kub", "kubectl"),
        ("echo $(kub", "kubectl"),
        (
            "kubectl get p",
            "persistentvolumeclaims persistentvolumes poddisruptionbudgets pods podtemplates priorityclasses",
        ),
        ("k get cm se", "settings"),
        ("for i in 1; do kubectl desc", "describe"),
        ("kubectl apply -f j", "job.yaml"),
        ("kubectl apply -f conf/", "conf/app.yaml"),
        ("cat < c", "conf/"),
        ("cd c", "conf/"),
    ] {
        assert_eq!(it.complete(line, line.len()).1.join(" "), words, "{line}");
    }
}
