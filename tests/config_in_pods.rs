//! What pods see of ConfigMaps, Secrets, themselves and their service account; and who may pull and run what. Each test is
//! a session at a terminal: commands, and what they print.

mod terminal;

use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::{Playground, Until};
use terminal::session;

const GIVEN: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {app.conf: \"color=red\\n\", mode: dark}
---
apiVersion: v1
kind: Secret
metadata: {name: creds}
stringData: {user: admin, password: s3cret}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}, annotations: {note: one}}
spec:
  volumes:
  - {name: cfg, configMap: {name: app}}
  - {name: sec, secret: {secretName: creds, defaultMode: 0400, items: [{key: user, path: me/user}, {key: password, path: me/pw, mode: 0440}]}}
  - name: all
    projected:
      sources:
      - configMap: {name: app, items: [{key: mode, path: mode}]}
      - secret: {name: creds}
      - configMap: {name: nowhere, optional: true}
      - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: note, fieldRef: {fieldPath: \"metadata.annotations['note']\"}}]}
  - {name: scratch, emptyDir: {}}
  containers:
  - name: main
    image: nginx
    resources: {limits: {cpu: 500m, memory: 64Mi}}
    env:
    - {name: MODE, valueFrom: {configMapKeyRef: {name: app, key: mode}}}
    - {name: GREETING, value: \"mode is $(MODE), not $(OTHER) or $$(MODE)\"}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: MAYBE, valueFrom: {secretKeyRef: {name: creds, key: none, optional: true}}}
    envFrom: [{prefix: S_, secretRef: {name: creds}}]
    volumeMounts:
    - {name: cfg, mountPath: /etc/app}
    - {name: cfg, mountPath: /etc/single.conf, subPath: app.conf}
    - {name: sec, mountPath: /etc/sec}
    - {name: all, mountPath: /etc/all}
    - {name: scratch, mountPath: /scratch}
";

#[test]
fn a_pod_is_given_files_and_variables() {
    let lines = [
        "kubectl apply -f given.yaml",
        "sleep 20",
        "kubectl exec web -- ls -la /etc/app",
        "kubectl exec web -- ls -lL /etc/sec/me /etc/all /etc/single.conf",
        "kubectl exec web -- sh -c 'cd /etc/all && cat labels note mode user'",
        "kubectl exec web -- sh -c 'env | grep -v -e ^PATH -e ^KUBERNETES'",
        "kubectl exec web -- sh -c 'echo x > /etc/app/new; echo y > /scratch/new && cat /scratch/new'",
        "kubectl exec web -- ls /var/run/secrets/kubernetes.io/serviceaccount",
        "kubectl exec web -- sh -c 'cut -d. -f2 /var/run/secrets/kubernetes.io/serviceaccount/token | base64 -d | grep -o sub.*'",
        "kubectl get secret creds -o jsonpath='{.data.password}' | base64 -d",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f given.yaml
        configmap/app created
        secret/creds created
        pod/web created
        $ sleep 20
        $ kubectl exec web -- ls -la /etc/app
        total 12
        drwxrwxrwx 2 root root 4096 Jan  5 09:00 .
        drwxr-xr-x 2 root root 4096 Jan  5 09:00 ..
        drwxr-xr-x 2 root root 4096 Jan  5 09:00 ..2026_01_05_09_00_00.1226250461
        lrwxrwxrwx 1 root root   32 Jan  5 09:00 ..data -> ..2026_01_05_09_00_00.1226250461
        lrwxrwxrwx 1 root root   15 Jan  5 09:00 app.conf -> ..data/app.conf
        lrwxrwxrwx 1 root root   11 Jan  5 09:00 mode -> ..data/mode
        $ kubectl exec web -- ls -lL /etc/sec/me /etc/all /etc/single.conf
        -rw-r--r-- 1 root root 10 Jan  5 09:00 /etc/single.conf

        /etc/sec/me:
        total 8
        -r--r----- 1 root root 6 Jan  5 09:00 pw
        -r-------- 1 root root 5 Jan  5 09:00 user

        /etc/all:
        total 20
        -rw-r--r-- 1 root root 9 Jan  5 09:00 labels
        -rw-r--r-- 1 root root 4 Jan  5 09:00 mode
        -rw-r--r-- 1 root root 3 Jan  5 09:00 note
        -rw-r--r-- 1 root root 6 Jan  5 09:00 password
        -rw-r--r-- 1 root root 5 Jan  5 09:00 user
        $ kubectl exec web -- sh -c 'cd /etc/all && cat labels note mode user'
        app="web"onedarkadmin⏎
        $ kubectl exec web -- sh -c 'env | grep -v -e ^PATH -e ^KUBERNETES'
        S_user=admin
        HOSTNAME=web
        MODE=dark
        HOME=/root
        S_password=s3cret
        GREETING=mode is dark, not $(OTHER) or $(MODE)
        CPU=500
        NODE=node-1
        PWD=/
        $ kubectl exec web -- sh -c 'echo x > /etc/app/new; echo y > /scratch/new && cat /scratch/new'
        sh: 1: cannot create /etc/app/new: Read-only file system
        y
        $ kubectl exec web -- ls /var/run/secrets/kubernetes.io/serviceaccount
        ca.crt
        namespace
        token
        $ kubectl exec web -- sh -c 'cut -d. -f2 /var/run/secrets/kubernetes.io/serviceaccount/token | base64 -d | grep -o sub.*'
        sub":"system:serviceaccount:default:default"}
        $ kubectl get secret creds -o jsonpath='{.data.password}' | base64 -d
        s3cret⏎
    "#]].assert_eq(&session(&[("given.yaml", GIVEN)], &lines));
}

#[test]
fn an_edit_reaches_files_and_neither_variables_nor_sub_paths() {
    let show = "kubectl exec web -- sh -c 'date +%T; cat /etc/app/app.conf /etc/single.conf; echo $MODE; cat /etc/all/note'";
    let lines = [
        "kubectl apply -f given.yaml",
        "sleep 20",
        "kubectl patch configmap app -p '{\"data\":{\"app.conf\":\"color=blue\\n\",\"mode\":\"light\"}}'",
        "sleep 30",
        show,
        "sleep 60",
        show,
        "kubectl exec web -- ls -l /etc/app/..data",
        // A change of the pod itself does not wait for the next sync.
        "kubectl annotate pod web note=two --overwrite",
        "sleep 1",
        "kubectl exec web -- cat /etc/all/note",
        "kubectl patch configmap app -p '{\"immutable\":true}'",
        "kubectl patch configmap app -p '{\"data\":{\"mode\":\"none\"}}'",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f given.yaml
        configmap/app created
        secret/creds created
        pod/web created
        $ sleep 20
        $ kubectl patch configmap app -p '{"data":{"app.conf":"color=blue\n","mode":"light"}}'
        configmap/app patched
        $ sleep 30
        $ kubectl exec web -- sh -c 'date +%T; cat /etc/app/app.conf /etc/single.conf; echo $MODE; cat /etc/all/note'
        09:00:50
        color=red
        color=red
        dark
        one⏎
        $ sleep 60
        $ kubectl exec web -- sh -c 'date +%T; cat /etc/app/app.conf /etc/single.conf; echo $MODE; cat /etc/all/note'
        09:01:50
        color=blue
        color=red
        dark
        one⏎
        $ kubectl exec web -- ls -l /etc/app/..data
        lrwxrwxrwx 1 root root 32 Jan  5 09:01 /etc/app/..data -> ..2026_01_05_09_01_05.2214141095
        $ kubectl annotate pod web note=two --overwrite
        pod/web annotated
        $ sleep 1
        $ kubectl exec web -- cat /etc/all/note
        two⏎
        $ kubectl patch configmap app -p '{"immutable":true}'
        configmap/app patched
        $ kubectl patch configmap app -p '{"data":{"mode":"none"}}'
        The ConfigMap "app" is invalid: data: Forbidden: field is immutable when `immutable` is set
    "#]].assert_eq(&session(&[("given.yaml", GIVEN)], &lines));
}

#[test]
fn what_is_missing_is_waited_for() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  volumes: [{name: cfg, configMap: {name: app, items: [{key: app.conf, path: my.cnf}]}}]
  containers:
  - name: main
    image: nginx
    env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: creds, key: password}}}]
    volumeMounts: [{name: cfg, mountPath: /opt}]
";
    let lines = [
        "kubectl apply -f pod.yaml",
        "sleep 140",
        "kubectl get pod web",
        "kubectl events --for pod/web",
        "kubectl create configmap app --from-literal=other=1",
        "sleep 130",
        "kubectl events --for pod/web --types=Warning",
        "kubectl delete configmap app",
        "kubectl create configmap app --from-literal=app.conf=here",
        "sleep 130",
        "kubectl get pod web",
        "kubectl exec web -- cat /opt/my.cnf",
        "kubectl logs web",
        "kubectl create secret generic creds --from-literal=passwd=1",
        "sleep 20",
        "kubectl get pod web -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'",
        "kubectl patch secret creds -p '{\"stringData\":{\"password\":\"2\"}}'",
        "sleep 20",
        "kubectl get pod web",
        "kubectl exec web -- sh -c 'cat /opt/my.cnf; echo $PASSWORD'",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f pod.yaml
        pod/web created
        $ sleep 140
        $ kubectl get pod web
        NAME   READY   STATUS              RESTARTS   AGE
        web    0/1     ContainerCreating   0          2m20s
        $ kubectl events --for pod/web
        LAST SEEN             TYPE      REASON        OBJECT    MESSAGE
        2m20s                 Normal    Scheduled     Pod/web   Successfully assigned default/web to node-1
        17s                   Warning   FailedMount   Pod/web   Unable to attach or mount volumes: unmounted volumes=[cfg], unattached volumes=[], failed to process volumes=[]: context deadline exceeded
        13s (x9 over 2m20s)   Warning   FailedMount   Pod/web   MountVolume.SetUp failed for volume "cfg" : configmap "app" not found
        $ kubectl create configmap app --from-literal=other=1
        configmap/app created
        $ sleep 130
        $ kubectl events --for pod/web --types=Warning
        LAST SEEN               TYPE      REASON        OBJECT    MESSAGE
        2m23s (x9 over 4m30s)   Warning   FailedMount   Pod/web   MountVolume.SetUp failed for volume "cfg" : configmap "app" not found
        24s (x2 over 2m27s)     Warning   FailedMount   Pod/web   Unable to attach or mount volumes: unmounted volumes=[cfg], unattached volumes=[], failed to process volumes=[]: context deadline exceeded
        21s                     Warning   FailedMount   Pod/web   MountVolume.SetUp failed for volume "cfg" : references non-existent config key: app.conf
        $ kubectl delete configmap app
        configmap "app" deleted from default namespace
        $ kubectl create configmap app --from-literal=app.conf=here
        configmap/app created
        $ sleep 130
        $ kubectl get pod web
        NAME   READY   STATUS                       RESTARTS   AGE
        web    0/1     CreateContainerConfigError   0          6m40s
        $ kubectl exec web -- cat /opt/my.cnf
        error: Internal error occurred: unable to upgrade connection: container not found ("main")
        $ kubectl logs web
        Error from server (BadRequest): container "main" in pod "web" is waiting to start: CreateContainerConfigError
        $ kubectl create secret generic creds --from-literal=passwd=1
        secret/creds created
        $ sleep 20
        $ kubectl get pod web -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'
        couldn't find key password in Secret default/creds⏎
        $ kubectl patch secret creds -p '{"stringData":{"password":"2"}}'
        secret/creds patched
        $ sleep 20
        $ kubectl get pod web
        NAME   READY   STATUS    RESTARTS   AGE
        web    1/1     Running   0          7m20s
        $ kubectl exec web -- sh -c 'cat /opt/my.cnf; echo $PASSWORD'
        here2
    "#]].assert_eq(&session(&[("pod.yaml", pod)], &lines));
}

#[test]
fn a_private_image_wants_a_credential() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  imagePullSecrets: [{name: SECRET}]
  containers: [{name: main, image: registry.example.com/team/nginx:1.27}]
";
    let secret = |name: &str, password: &str| {
        format!(
            "apiVersion: v1
kind: Secret
metadata: {{name: {name}}}
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '{{\"auths\":{{\"https://registry.example.com\":{{\"username\":\"student\",\"password\":\"{password}\"}}}}}}'
"
        )
    };
    let named = |name: &str, secret: &str| pod.replace("NAME", name).replace("SECRET", secret);
    let files = [
        ("secrets.yaml", secret("wrong", "guess") + "---\n" + &secret("right", "letmein")),
        ("a.yaml", named("a", "regcred")),
        ("b.yaml", named("b", "wrong")),
        ("c.yaml", named("c", "right")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let lines = [
        "kubectl apply -f secrets.yaml",
        "kubectl apply -f c.yaml",
        "sleep 10",
        "kubectl apply -f a.yaml -f b.yaml",
        "sleep 5",
        "kubectl get pods",
        "kubectl events --for pod/a",
        "kubectl get pod b -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'",
        "kubectl get pod c -o jsonpath='{.status.containerStatuses[0].imageID}'",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f secrets.yaml
        secret/wrong created
        secret/right created
        $ kubectl apply -f c.yaml
        pod/c created
        $ sleep 10
        $ kubectl apply -f a.yaml -f b.yaml
        pod/a created
        pod/b created
        $ sleep 5
        $ kubectl get pods
        NAME   READY   STATUS             RESTARTS   AGE
        a      0/1     ImagePullBackOff   0          5s
        b      0/1     ImagePullBackOff   0          5s
        c      1/1     Running            0          15s
        $ kubectl events --for pod/a
        LAST SEEN         TYPE      REASON                            OBJECT   MESSAGE
        5s                Normal    Pulling                           Pod/a    Pulling image "registry.example.com/team/nginx:1.27"
        5s                Normal    Scheduled                         Pod/a    Successfully assigned default/a to node-1
        5s                Warning   Failed                            Pod/a    Failed to pull image "registry.example.com/team/nginx:1.27": failed to pull and unpack image "registry.example.com/team/nginx:1.27": failed to resolve reference "registry.example.com/team/nginx:1.27": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials
        5s                Warning   Failed                            Pod/a    Error: ErrImagePull
        4s (x3 over 5s)   Warning   FailedToRetrieveImagePullSecret   Pod/a    Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.
        4s                Normal    BackOff                           Pod/a    Back-off pulling image "registry.example.com/team/nginx:1.27"
        4s                Warning   Failed                            Pod/a    Error: ImagePullBackOff
        $ kubectl get pod b -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'
        Back-off pulling image "registry.example.com/team/nginx:1.27": ErrImagePull: failed to pull and unpack image "registry.example.com/team/nginx:1.27": failed to resolve reference "registry.example.com/team/nginx:1.27": unexpected status from HEAD request to https://registry.example.com/v2/team/nginx/manifests/1.27: 401 Unauthorized⏎
        $ kubectl get pod c -o jsonpath='{.status.containerStatuses[0].imageID}'
        registry.example.com/team/nginx@sha256:e3aabff3dd6112524c71a1c3b0a3069cf8841269c02fb3e3dab0d22ba9ab5cd9⏎
    "#]].assert_eq(&session(&files, &lines));
}

/// The objects that the kubelet watches one by one, apart from the cluster's certificate.
fn watched(playground: &Playground) -> Vec<String> {
    let reflectors = playground.desk().world().kubelets()[0].reflectors();
    let selectors = reflectors.map(|r| format!("{} {}", r.resource().plural, r.field_selector()));
    selectors.filter(|s| s.contains("metadata.name=") && !s.ends_with("kube-root-ca.crt")).collect()
}

#[test]
fn a_kubelet_watches_what_its_pods_refer_to_and_can_change() {
    let pods = "apiVersion: v1
kind: ConfigMap
metadata: {name: fixed}
immutable: true
data: {a: one}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: free}
data: {a: one}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  volumes: [{name: fixed, configMap: {name: fixed}}, {name: free, configMap: {name: free}}]
  containers: [{name: main, image: nginx}]
";
    let files = [(Str::from("pods.yaml"), Str::from(pods))].into_iter().collect();
    let mut playground = Playground::new(Config::new(1, 1), files);
    playground.command("kubectl apply -f pods.yaml");
    playground.run(&Until::Idle, |_| true);
    assert_eq!(watched(&playground), ["configmaps metadata.name=free"]);
    playground.command("kubectl delete pod web");
    playground.run(&Until::Idle, |_| true);
    assert_eq!(watched(&playground), Vec::<String>::new());
}
