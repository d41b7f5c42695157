//! Things that people type, and what the cluster answers: what no recording shows.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed;

const EVENTS: &str = "? kubectl get events --field-selector involvedObject.kind=CronJob -o custom-columns=R:.reason,M:.message";

#[test]
fn a_cron_job_runs_by_the_clocks_of_its_zone() {
    typed(
        &[
            "kubectl create cronjob early --image=busybox --schedule='0 15 * * *'",
            r#"kubectl patch cronjob early -p '{"spec":{"timeZone":"Asia/Kathmandu"}}'"#,
            "1000",
            "? kubectl get cronjob early -o jsonpath='{.status.lastScheduleTime}'",
            r"? kubectl get jobs -o jsonpath='{.items[*].metadata.annotations.batch\.kubernetes\.io/cronjob-scheduled-timestamp}'",
            r#"? kubectl patch cronjob early -p '{"spec":{"timeZone":"Mars/Olympus"}}'"#,
        ],
        expect![[r#"
            2026-01-05T09:15:00Z
            2026-01-05T15:00:00+05:45
            The CronJob "early" is invalid: spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus
        "#]],
    );
}

#[test]
fn a_cron_job_that_slept_for_long_runs_once_and_says_so() {
    typed(
        &[
            "kubectl create cronjob tick --image=busybox --schedule='* * * * *'",
            r#"kubectl patch cronjob tick -p '{"spec":{"suspend":true}}'"#,
            "7000",
            r#"kubectl patch cronjob tick -p '{"spec":{"suspend":false}}'"#,
            "4",
            "? kubectl get jobs --no-headers | wc -l",
            EVENTS,
        ],
        expect![[r#"
            1
            R                    M
            TooManyMissedTimes   too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew
            SuccessfulCreate     Created job tick-29460176
            SawCompletedJob      Saw completed job: tick-29460176, condition: Complete
        "#]],
    );
}

#[test]
fn a_quota_counts_what_is_there_and_refuses_what_is_too_much() {
    typed(
        &[
            "kubectl create quota few --hard=configmaps=2,count/jobs.batch=1,pods=1 --scopes=",
            "4",
            "? kubectl get quota few --no-headers -o custom-columns=:.status.used",
            "kubectl create configmap one --from-literal=a=b",
            "? kubectl create configmap two --from-literal=a=b",
            "kubectl delete configmap one",
            "4",
            "kubectl create configmap two --from-literal=a=b",
            "kubectl create job once --image=busybox",
            "4",
            "? kubectl create job twice --image=busybox",
            // A pod that is over no longer counts.
            "? kubectl describe quota few",
        ],
        expect![[r#"
            map[configmaps:1 count/jobs.batch:0 pods:0]
            error: failed to create configmap: configmaps "two" is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=2, limited: configmaps=2
            error: failed to create job: jobs.batch "twice" is forbidden: exceeded quota: few, requested: count/jobs.batch=1, used: count/jobs.batch=1, limited: count/jobs.batch=1
            Name:             few
            Namespace:        default
            Resource          Used  Hard
            --------          ----  ----
            configmaps        2     2
            count/jobs.batch  1     1
            pods              0     1
        "#]],
    );
}

#[test]
fn secrets_have_the_keys_of_their_type() {
    let make = |kind: &str, data: &str| {
        format!("? kubectl create secret generic s --type={kind} {data} --dry-run=server")
    };
    let lines = [
        make("kubernetes.io/ssh-auth", "--from-literal=key=x"),
        make("kubernetes.io/basic-auth", "--from-literal=password=x"),
        make("kubernetes.io/dockercfg", "--from-literal=.dockercfg=[1]"),
        make("kubernetes.io/dockerconfigjson", "--from-literal=.dockerconfigjson={x"),
        make("kubernetes.io/tls", "--from-literal=tls.crt=x --from-literal=tls.key=y"),
        make("bootstrap.kubernetes.io/token", "--from-literal=anything=x"),
        make("kubernetes.io/service-account-token", ""),
    ];
    typed(
        &lines.iter().map(String::as_str).collect::<Vec<_>>(),
        expect![[r#"
            error: failed to create secret Secret "s" is invalid: data[ssh-privatekey]: Required value
            secret/s created (server dry run)
            error: failed to create secret Secret "s" is invalid: data[.dockercfg]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}
            error: failed to create secret Secret "s" is invalid: data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'x' looking for beginning of object key string
            secret/s created (server dry run)
            Warning: tls: failed to find any PEM data in certificate input
            secret/s created (server dry run)
            error: failed to create secret Secret "s" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value
        "#]],
    );
}

#[test]
fn a_token_names_whose_it_is() {
    typed(
        &[
            "kubectl create serviceaccount builder",
            "? kubectl create token builder --duration=20m -o jsonpath='{.spec.expirationSeconds} {.status.expirationTimestamp}'",
            "? kubectl create token builder --bound-object-name=x",
            "? kubectl create token builder --bound-object-kind=Secret --bound-object-name=x",
            "kubectl create secret generic x",
            "? kubectl create token builder --bound-object-kind=Secret --bound-object-name=x --bound-object-uid=1",
        ],
        expect![[r#"
            1200 2026-01-05T09:20:00Z
            error: --bound-object-name can only be set if --bound-object-kind is provided
            error: failed to create token: secrets "x" not found
            error: failed to create token: Operation cannot be fulfilled on Secret "x": the UID in the bound object reference (1) does not match the UID in record. The object might have been deleted and then recreated
        "#]],
    );
}

#[test]
fn base64_is_no_secret() {
    typed(
        &[
            "echo -n s3cr3t | base64",
            "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: s3cr3t}\nEOF",
            "? kubectl get secret s -o jsonpath='{.data.password}'",
            "? kubectl get secret s -o jsonpath='{.data.password}' | base64 -d",
            "? kubectl get secret s -o go-template='{{.data.password | base64decode}}'",
        ],
        expect![[r#"
            czNjcjN0
            s3cr3t
            s3cr3t
        "#]],
    );
}

#[test]
fn a_pod_that_is_odd_is_made_with_a_warning() {
    typed(
        &[
            "? kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: odd, annotations: {container.seccomp.security.alpha.kubernetes.io/a: runtime/default}}
spec:
  imagePullSecrets: [{name: x}, {name: x}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]
  affinity:
    nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: beta.kubernetes.io/os, operator: Exists}]}}]}
    podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: a}}]}
  containers:
  - name: a
    image: nginx
    ports: [{containerPort: 80, name: http}, {containerPort: 80, hostPort: 81}]
    env: [{name: A, value: x}, {name: A, value: $(A)/z}, {name: A, value: k}]
    resources: {requests: {memory: 0.5}}
  - {name: b, image: nginx, ports: [{containerPort: 8080, name: http}, {containerPort: 80}]}
EOF",
            // A template may say a negative grace; a change of something else is no news.
            "? kubectl apply -f - <<'EOF'
apiVersion: batch/v1
kind: Job
metadata: {name: odd}
spec: {suspend: true, template: {spec: {restartPolicy: Never, terminationGracePeriodSeconds: -1, containers: [{name: a, image: busybox}]}}}
EOF",
            "? kubectl label job odd a=b",
            "? kubectl patch job odd -p '{\"spec\":{\"parallelism\":2}}'",
            "? kubectl delete namespace default",
        ],
        expect![[r#"
            pod/odd created
            Warning: spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead
            Warning: spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod
            Warning: spec.imagePullSecrets[1].name: duplicate name "x"
            Warning: metadata.annotations[container.seccomp.security.alpha.kubernetes.io/a]: non-functional in v1.27+; use the "seccompProfile" field instead
            Warning: spec.containers[0].resources.requests[memory]: fractional byte value "500m" is invalid, must be an integer
            Warning: spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply
            Warning: spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]
            Warning: spec.containers[1].ports[1]: duplicate port definition with spec.containers[0].ports[0]
            Warning: spec.containers[1].ports[1]: overlapping port definition with spec.containers[0].ports[1]
            Warning: spec.containers[1].ports[0]: duplicate port name "http" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]
            Warning: spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod
            job.batch/odd created
            Warning: spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1
            job.batch/odd labeled
            job.batch/odd patched
            Warning: spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1
            Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted
        "#]],
    );
}
