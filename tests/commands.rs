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
        ],
        expect![[r#"
            1200 2026-01-05T09:20:00Z
            error: --bound-object-name can only be set if --bound-object-kind is provided
            error: failed to create token: secrets "x" not found
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
