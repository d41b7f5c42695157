//! Jobs and CronJobs as people write them, rightly and wrongly: what no recording shows.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed;

const POD: &str = "template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}";
const SLEEPER: &str = "template: {spec: {restartPolicy: Never, terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, command: [sleep, '300']}]}}";

fn job(spec: &str) -> String {
    job_of(spec, POD)
}

fn job_of(spec: &str, template: &str) -> String {
    let meta = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}";
    format!("kubectl apply -f - <<'EOF'\n{meta}\nspec: {{{spec}, {template}}}\nEOF")
}

fn cron_job(spec: &str, job: &str) -> String {
    let meta = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}";
    let template = format!("jobTemplate: {{spec: {{{job}{POD}}}}}");
    format!("kubectl apply -f - <<'EOF'\n{meta}\nspec: {{{spec}, {template}}}\nEOF")
}

fn all(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn asked(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().map(|line| format!("? {line}")).collect()
}

#[test]
fn a_job_keeps_the_rules() {
    let specs = [
        "completionMode: Sideways, managedBy: foo, podReplacementPolicy: Never",
        "completionMode: '', podReplacementPolicy: '', managedBy: ''",
        "managedBy: example.com/foo^",
        "managedBy: 'example.com/a-controller-whose-name-is-rather-long-for-what-it-does-all-day'",
        "manualSelector: true, selector: {matchExpressions: [{key: a, operator: Foo}], matchLabels: {x: 'b c'}}",
        "completionMode: Indexed, parallelism: 100001, maxFailedIndexes: 3",
        "completionMode: Indexed, completions: 100001, parallelism: 10001, backoffLimitPerIndex: 1",
        "completionMode: Indexed, completions: 200000, maxFailedIndexes: 150000, backoffLimitPerIndex: 1",
        "completionMode: Indexed, completions: 5, successPolicy: {rules: [{succeededIndexes: '2,1-9'}, {succeededIndexes: 3-1, succeededCount: 2}, {succeededIndexes: '1,1'}, {succeededIndexes: '0-2,3', succeededCount: 5}]}",
        // Good, with advice.
        "completionMode: Indexed, completions: 100001, parallelism: 10001, suspend: true",
    ];
    typed(
        &all(&asked(specs.map(job))),
        expect![[r#"
            The Job "j" is invalid: 
            * spec.managedBy: Invalid value: "foo": must be a domain-prefixed path (such as "acme.io/foo")
            * spec.completionMode: Unsupported value: "Sideways": supported values: "NonIndexed", "Indexed"
            * spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"
            The Job "j" is invalid: 
            * spec.managedBy: Required value
            * spec.completionMode: Unsupported value: "": supported values: "NonIndexed", "Indexed"
            * spec.podReplacementPolicy: Unsupported value: "": supported values: "Failed", "TerminatingOrFailed"
            The Job "j" is invalid: spec.managedBy: Invalid value: "foo^": Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+')
            The Job "j" is invalid: spec.managedBy: Too long: may not be more than 63 bytes
            The Job "j" is invalid: 
            * spec.selector.matchLabels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            * spec.selector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator
            The Job "j" is invalid: 
            * spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified
            * spec.completions: Required value: when completion mode is Indexed
            * spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed
            The Job "j" is invalid: 
            * spec.maxFailedIndexes: Required value: must be specified when completions is above 100000
            * spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index
            The Job "j" is invalid: 
            * spec.maxFailedIndexes: Invalid value: 150000: must be less than or equal to 100000
            * spec.maxFailedIndexes: Invalid value: 150000: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index
            The Job "j" is invalid: 
            * spec.successPolicy.rules[0].succeededIndexes: Invalid value: "2,1-9": error parsing succeededIndexes: too large index: "9"
            * spec.successPolicy.rules[1].succeededIndexes: Invalid value: "3-1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1
            * spec.successPolicy.rules[1].succeededCount: Invalid value: 2: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)
            * spec.successPolicy.rules[2].succeededIndexes: Invalid value: "1,1": error parsing succeededIndexes: non-increasing order, previous: 1, current: 1
            * spec.successPolicy.rules[3].succeededCount: Invalid value: 5: must be less than or equal to 4 (the number of indexes in the specified succeededIndexes field)
            job.batch/j created
            Warning: spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail
        "#]],
    );
}

#[test]
fn a_cron_job_keeps_the_rules() {
    let long = "kubectl create cronjob a-cronjob-with-a-name-of-more-than-fifty-two-letters-abc --image=busybox --schedule=never";
    let lines = [
        cron_job("schedule: '@yearly', timeZone: Bad Zone", ""),
        cron_job("schedule: '@yearly', timeZone: Europe//Berlin", ""),
        cron_job("schedule: '@yearly', timeZone: local", ""),
        cron_job("schedule: '@yearly'", "manualSelector: true, selector: {matchLabels: {a: b}}, "),
        long.into(),
        "kubectl create cronjob c --image=busybox --schedule=@yearly --restart=".into(),
        "kubectl get cronjob c -o jsonpath='{.spec.jobTemplate.spec.template.spec.restartPolicy}'".into(),
        // What is below the template has its defaults, too.
        cron_job(
            "schedule: '0 0 31 2 *'",
            "podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}, ",
        )
        .replace("name: c}", "name: february}"),
        "kubectl get cronjob february -o jsonpath='{.spec.jobTemplate.spec.podFailurePolicy}'".into(),
        "kubectl get events -o custom-columns=R:.reason,M:.message".into(),
    ];
    typed(
        &all(&asked(lines)),
        expect![[r#"
        The CronJob "c" is invalid: spec.timeZone: Invalid value: "Bad Zone": unknown time zone Bad Zone
        The CronJob "c" is invalid: spec.timeZone: Invalid value: "Europe//Berlin": unknown time zone Europe//Berlin
        The CronJob "c" is invalid: 
        * spec.timeZone: Invalid value: "local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones
        * spec.timeZone: Invalid value: "local": unknown time zone local
        The CronJob "c" is invalid: 
        * spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated
        * spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"
        error: failed to create cronjob: CronJob.batch "a-cronjob-with-a-name-of-more-than-fifty-two-letters-abc" is invalid: [spec.schedule: Invalid value: "never": expected exactly 5 fields, found 1: [never], metadata.name: Invalid value: "a-cronjob-with-a-name-of-more-than-fifty-two-letters-abc": must be no more than 52 characters]
        cronjob.batch/c created
        OnFailure
        cronjob.batch/february created
        {"rules":[{"action":"Ignore","onPodConditions":[{"status":"True","type":"DisruptionTarget"}]}]}
        R                 M
        InvalidSchedule   invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second
    "#]],
    );
}

#[test]
fn a_suspended_job_may_go_elsewhere() {
    let patch = |spec: &str| format!("? kubectl patch job j -p '{{\"spec\":{spec}}}' | cut -d: -f1");
    let affinity = |term: &str| patch(&format!(r#"{{"template":{{"spec":{{"affinity":{term}}}}}}}"#));
    let elsewhere = r#"{"template":{"spec":{"nodeSelector":{"kubernetes.io/os":"linux"}}}}"#;
    let node = r#"{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"preference":{"matchExpressions":[{"key":"a","operator":"Exists"}]}}]}}"#;
    let pod = r#"{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"podAffinityTerm":{"topologyKey":"a"}}]}}"#;
    let lines = [
        job_of("completions: 1", SLEEPER),
        "4".into(),
        patch(r#"{"suspend":true}"#),
        "4".into(),
        patch(elsewhere),
        affinity(node),
        affinity("null"),
        affinity(pod),
        patch(r#"{"suspend":false}"#),
        "? kubectl get job j -o jsonpath='{.spec.template.spec.nodeSelector} {.spec.template.spec.affinity}'"
            .into(),
    ];
    typed(
        &all(&lines),
        expect![[r#"
        job.batch/j patched
        job.batch/j patched
        job.batch/j patched
        job.batch/j patched
        The Job "j" is invalid: spec.template.spec: Invalid value: {"Volumes":null,"InitContainers":null,"Containers":[{"Name":"c","Image":"busybox","Command":["sleep","300"],"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"Always","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":1,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":{"kubernetes.io/os":"linux"},"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"podAffinityTerm":{"topologyKey":"a"},"weight":1}]}},"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null}: field is immutable
        job.batch/j patched
        {"kubernetes.io/os":"linux"} 
    "#]],
    );
}

#[test]
fn another_controller_keeps_the_rules_of_a_status() {
    let patch = |status: &str| {
        format!("? kubectl patch job j --subresource=status --type=merge -p '{{\"status\":{status}}}'")
    };
    let lines = [
        job("managedBy: example.com/other"),
        patch(r#"{"conditions":[{"type":"Complete","status":"True"}]}"#),
        patch(r#"{"active":1,"ready":2,"startTime":"2026-01-05T09:00:00Z","completedIndexes":"1"}"#),
        patch(r#"{"active":1,"ready":1,"startTime":"2026-01-05T09:00:00Z"}"#),
        patch(r#"{"active":-1,"startTime":null}"#),
        patch(
            r#"{"active":0,"ready":0,"succeeded":1,"completionTime":"2026-01-05T09:00:05Z","conditions":[{"type":"SuccessCriteriaMet","status":"True"},{"type":"Complete","status":"True"}]}"#,
        ),
        "? kubectl get job --field-selector status.successful=1".into(),
        "? kubectl get job --field-selector status.successful=0".into(),
        patch(r#"{"succeeded":0,"completionTime":"2026-01-05T08:00:05Z","conditions":[]}"#),
    ];
    typed(
        &all(&lines),
        expect![[r#"
        The Job "j" is invalid: 
        * status.completionTime: Required value: completionTime is required for Complete jobs
        * status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition
        * status.startTime: Required value: startTime is required for finished job
        The Job "j" is invalid: 
        * status.completedIndexes: Invalid value: "1": error parsing completedIndexes: too large index: "1"
        * status.completedIndexes: Invalid value: "1": cannot set non-empty completedIndexes when non-indexed completion mode
        * status.ready: Invalid value: 2: cannot set more ready pods than active
        job.batch/j patched
        The Job "j" is invalid: 
        * status.active: Invalid value: -1: must be greater than or equal to 0
        * status.ready: Invalid value: 1: cannot set more ready pods than active
        * status.startTime: Required value: startTime cannot be removed for unsuspended job
        job.batch/j patched
        NAME   STATUS     COMPLETIONS   DURATION   AGE
        j      Complete   1/1           5s         0s
        No resources found in default namespace.
        The Job "j" is invalid: 
        * status.completionTime: Invalid value: "2026-01-05T08:00:05Z": cannot set completionTime when there is no Complete=True condition
        * status.completionTime: Invalid value: "2026-01-05T08:00:05Z": completionTime cannot be set before startTime
        * status.conditions: Invalid value: cannot disable the terminal Complete=True condition
        * status.succeeded: Invalid value: 0: cannot decrease the succeeded counter
        * status.completionTime: Invalid value: "2026-01-05T08:00:05Z": completionTime cannot be mutated
        * status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition
    "#]],
    );
}

#[test]
fn a_job_is_made_of_a_cron_job_alone() {
    let create = |flags: &str| format!("? kubectl create job j {flags}");
    let lines = [
        "kubectl create deployment web --image=nginx --replicas=0".into(),
        create("--from=deployment/web"),
        create("--from=cronjob"),
        create("--image="),
    ];
    typed(
        &all(&lines),
        expect![[r#"
        error: unknown object type *v1.Deployment
        error: resource(s) were provided, but no name was specified
        error: either --image or --from must be specified
    "#]],
    );
}

#[test]
fn a_long_list_of_indexes_is_cut_after_a_comma() {
    let lines = [
        job("completionMode: Indexed, completions: 200, managedBy: example.com/other"),
        "kubectl patch job j --subresource=status -p '{\"status\":{\"succeeded\":16,\"completedIndexes\":\"0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,100,102,104-106,150\"}}'".into(),
        "? kubectl describe job j | grep Indexes".into(),
    ];
    typed(
        &all(&lines),
        expect![[r#"
        Completed Indexes:  0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,100,102,104-106,...
    "#]],
    );
}

#[test]
fn waits_and_deletions_say_what_they_do() {
    let lines = [
        "kubectl create job a --image=busybox -- sleep 3",
        "kubectl create job b --image=busybox -- sleep 6",
        // All that is waited for of one object, then of the next.
        "? kubectl wait --for=condition=SuccessCriteriaMet --for=condition=Complete job/a job/b",
        "? kubectl wait --for=condition=Failed --for=condition=Complete job/a job/b --timeout=1s",
        "? kubectl wait --for=create job/nobody --timeout=1s",
        "? kubectl delete job a --now --grace-period=3",
        "? kubectl delete job a --force --grace-period=3",
        "? kubectl delete job --all -l a=b",
        "? kubectl delete job a -o yaml",
        // No grace at all is only given to who insists.
        "? kubectl delete job a --grace-period=0",
        "? kubectl delete job b --force",
    ];
    typed(
        &lines,
        expect![[r#"
        job.batch/a condition met
        job.batch/a condition met
        job.batch/b condition met
        job.batch/b condition met
        timed out waiting for the condition on jobs/a
        timed out waiting for the condition on jobs/b
        error: timed out waiting for the condition
        error: --now and --grace-period cannot be specified together
        error: --force and --grace-period greater than 0 cannot be specified together
        error: cannot set --all and --selector at the same time
        error: unexpected -o output mode: yaml. We only support '-o name'
        job.batch "a" deleted from default namespace
        job.batch "b" force deleted from default namespace
        Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.
    "#]],
    );
}

#[test]
fn an_empty_selector_selects_all() {
    let lines = [
        job("manualSelector: true, selector: {}"),
        "4".into(),
        "? kubectl get job j".into(),
        "? kubectl describe job j | grep -v default | head -3".into(),
    ];
    typed(
        &all(&lines),
        expect![[r#"
        NAME   STATUS     COMPLETIONS   DURATION   AGE
        j      Complete   1/1           1s         4s
        Name:             j
        Selector:         
        Labels:           <none>
    "#]],
    );
}
