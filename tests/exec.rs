//! `kubectl exec`: what runs in a container, what it says, and what kubectl says where it cannot.

mod terminal;

use terminal::session;

#[test]
fn exec_runs_what_the_container_has() {
    let pods = "apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  initContainers: [{name: first, image: busybox, command: ['true']}]
  containers:
  - {name: main, image: nginx}
  - {name: helper, image: redis}
---
apiVersion: v1
kind: Pod
metadata: {name: never}
spec: {nodeSelector: {no: where}, containers: [{name: main, image: nginx}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [sleep, '60']}]}}}
";
    let lines = [
        "kubectl apply -f pods.yaml",
        "sleep 20",
        "kubectl exec two -- hostname",
        "kubectl exec two -c helper -- sh -c 'echo out; echo err >&2; exit 3'",
        "kubectl exec -it two -c helper -- date",
        "echo hello | kubectl exec -i two -c main -- sh -c 'tr a-z A-Z; ls /opt | wc -l'",
        "kubectl exec two -c main -- sleep 5",
        "kubectl exec two -c main -- bash --nope /nowhere",
        "kubectl exec two -c main -- vim",
        "kubectl exec two -c main -- /bin/nope",
        "kubectl exec two -c other -- ls",
        "kubectl exec two -c first -- ls",
        "kubectl exec never -- ls",
        "kubectl exec nobody -- ls",
        "kubectl exec two ls",
        "kubectl exec two",
        "kubectl exec",
        "kubectl exec job/once -- echo here",
        "sleep 60",
        "kubectl exec job/once -- echo here",
        "kubectl exec configmap/kube-root-ca.crt -- ls",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f pods.yaml
        pod/two created
        pod/never created
        job.batch/once created
        $ sleep 20
        $ kubectl exec two -- hostname
        Defaulted container "main" out of: main, helper, first (init)
        two
        $ kubectl exec two -c helper -- sh -c 'echo out; echo err >&2; exit 3'
        out
        err
        command terminated with exit code 3
        $ kubectl exec -it two -c helper -- date
        Mon Jan  5 09:00:20 UTC 2026
        $ echo hello | kubectl exec -i two -c main -- sh -c 'tr a-z A-Z; ls /opt | wc -l'
        HELLO
        0
        $ kubectl exec two -c main -- sleep 5
        $ kubectl exec two -c main -- bash --nope /nowhere
        bash: /nowhere: No such file or directory
        command terminated with exit code 127
        $ kubectl exec two -c main -- vim
        error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "5069251ed2bdff1021bb8c44f5f1dc79d92740effe2122b9c78704fd8db1de54": OCI runtime exec failed: exec failed: unable to start container process: exec: "vim": executable file not found in $PATH: unknown
        $ kubectl exec two -c main -- /bin/nope
        error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "5069251ed2bdff1021bb8c44f5f1dc79d92740effe2122b9c78704fd8db1de54": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/nope": stat /bin/nope: no such file or directory: unknown
        $ kubectl exec two -c other -- ls
        error: container other is not valid for pod two out of: main, helper, first (init)
        $ kubectl exec two -c first -- ls
        error: Internal error occurred: unable to upgrade connection: container not found ("first")
        $ kubectl exec never -- ls
        error: unable to upgrade connection: pod never does not have a host assigned
        $ kubectl exec nobody -- ls
        Error from server (NotFound): pods "nobody" not found
        $ kubectl exec two ls
        error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead
        See 'kubectl exec -h' for help and examples
        $ kubectl exec two
        error: you must specify at least one command for the container
        $ kubectl exec
        error: pod, type/name or --filename must be specified
        $ kubectl exec job/once -- echo here
        here
        $ sleep 60
        $ kubectl exec job/once -- echo here
        error: cannot exec into a container in a completed pod; current phase is Succeeded
        $ kubectl exec configmap/kube-root-ca.crt -- ls
        error: cannot attach to *v1.ConfigMap: selector for *v1.ConfigMap not implemented
    "#]].assert_eq(&session(&[("pods.yaml", pods)], &lines));
}

#[test]
fn a_shell_in_a_container_reads_what_is_typed() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, image: redis:alpine}, {name: tools, image: busybox, command: [sleep, infinity]}]}
";
    let lines = [
        "kubectl apply -f pod.yaml",
        "sleep 10",
        "kubectl exec -it web -c tools -- sh",
        "cd /tmp && x=5",
        "echo $x | tee file; ls -l",
        "for i in 1 2; do echo $i; sleep 1; done",
        "echo ${nope",
        "cat /nowhere",
        "exit 3",
        "kubectl exec -it web -c tools -- cat /tmp/file",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f pod.yaml
        pod/web created
        $ sleep 10
        $ kubectl exec -it web -c tools -- sh
        / # ⏎
        $ cd /tmp && x=5
        /tmp # ⏎
        $ echo $x | tee file; ls -l
        5
        total 4
        -rw-r--r--    1 root     root             2 Jan  5 09:00 file
        /tmp # ⏎
        $ for i in 1 2; do echo $i; sleep 1; done
        1
        2
        /tmp # ⏎
        $ echo ${nope
        sh: syntax error: bad substitution
        /tmp # ⏎
        $ cat /nowhere
        cat: can't open '/nowhere': No such file or directory
        /tmp # ⏎
        $ exit 3
        command terminated with exit code 3
        $ kubectl exec -it web -c tools -- cat /tmp/file
        5
    "#]]
    .assert_eq(&session(&[("pod.yaml", pod)], &lines));
}

#[test]
fn a_pod_can_be_attached_to_as_it_is_run() {
    let lines = [
        "kubectl run once --rm -i --restart=Never --image=busybox -- echo hi",
        "kubectl run fails --rm -q -i --restart=Never --image=busybox -- sh -c 'echo out; exit 3'",
        "printf 'echo a\\ncat\\n' | kubectl run piped --rm -q -i --restart=Never --image=busybox -- sh",
        "kubectl run waits -i --attach=false --image=busybox -- sh -c 'echo before; read line; echo got $line'",
        "sleep 5",
        "echo hello | kubectl attach -i waits -q",
        "kubectl run late --rm -i --image=nope.example/nope --pod-running-timeout=5s",
        "kubectl run p --image=busybox --rm",
        "kubectl run p --image=busybox -t",
        "kubectl run p --image=busybox -i --dry-run=client",
        "kubectl run p --image=busybox -it --attach=false --dry-run=client -o jsonpath='{.spec.containers[0]}'",
        "kubectl get pods",
    ];
    expect_test::expect![[r#"
        $ kubectl run once --rm -i --restart=Never --image=busybox -- echo hi
        All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
        If you don't see a command prompt, try pressing enter.
        hi
        pod "once" deleted from default namespace
        $ kubectl run fails --rm -q -i --restart=Never --image=busybox -- sh -c 'echo out; exit 3'
        out
        pod default/fails terminated (Error)
        $ printf 'echo a\ncat\n' | kubectl run piped --rm -q -i --restart=Never --image=busybox -- sh
        a
        $ kubectl run waits -i --attach=false --image=busybox -- sh -c 'echo before; read line; echo got $line'
        pod/waits created
        $ sleep 5
        $ echo hello | kubectl attach -i waits -q
        got hello
        $ kubectl run late --rm -i --image=nope.example/nope --pod-running-timeout=5s
        pod "late" deleted from default namespace
        error: timed out waiting for the condition
        $ kubectl run p --image=busybox --rm
        error: --rm should only be used for attached containers
        See 'kubectl run -h' for help and examples
        $ kubectl run p --image=busybox -t
        error: -i/--stdin is required for containers with -t/--tty=true
        See 'kubectl run -h' for help and examples
        $ kubectl run p --image=busybox -i --dry-run=client
        error: --dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)
        See 'kubectl run -h' for help and examples
        $ kubectl run p --image=busybox -it --attach=false --dry-run=client -o jsonpath='{.spec.containers[0]}'
        {"image":"busybox","name":"p","resources":{},"stdin":true,"stdinOnce":true,"tty":true}⏎
        $ kubectl get pods
        NAME    READY   STATUS        RESTARTS     AGE
        late    0/1     Terminating   0            5s
        waits   1/1     Running       1 (5s ago)   10s
    "#]].assert_eq(&session(&[], &lines));
}
