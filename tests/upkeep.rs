//! Budgets, autoscalers, storage and the collector of garbage, as a person meets them: commands in, what they print out.

mod page;

use kubestep::api::{Request, Resource, kinds};
use kubestep::cluster::{Config, World};
use kubestep::json;
use kubestep::json::{Json, Str};
use kubestep::playground::{Files, Playground};
use page::{Page, check};

/// Asks for the eviction of the first pod of a label; what the API server says.
fn evict(world: &mut World, label: &str) -> String {
    let pods = world.server().list(&Resource::from(kinds::PODS));
    let mine = |pod: &&Json| pod["metadata"]["labels"]["app"].str() == label;
    let pod = pods.iter().filter(mine).find(|pod| pod["metadata"]["deletionTimestamp"].is_null());
    let name = pod.expect("a pod")["metadata"]["name"].clone();
    let eviction = json!({
        "apiVersion": "policy/v1", "kind": "Eviction", "metadata": { "name": &name, "namespace": "default" },
    });
    let mut request = Request::create(kinds::PODS, eviction).with_subresource("eviction");
    request.name = name.str().into();
    match world.user(|api| api.call(request)).0 {
        Ok(response) => response.body["status"].str().to_owned(),
        Err(status) => {
            let causes = status.to_json()["details"]["causes"][0]["message"].clone();
            format!("{} {} {}", status.code, status.message, causes.str())
        }
    }
}

#[test]
fn a_budget_lets_so_many_pods_be_evicted_and_no_more() {
    let mut page = Page::new("");
    page.run("kubectl create deployment web --image=nginx --replicas=3");
    page.run("kubectl create pdb web --selector=app=web --max-unavailable=34%");
    page.run("kubectl create deployment free --image=nginx");
    page.run("sleep 10");
    let mut world = page.playground.desk().world().clone();
    let mut told: Vec<String> =
        ["web", "web", "web", "free"].iter().map(|app| evict(&mut world, app)).collect();
    while world.default_action().is_some_and(|action| {
        let first = !world.is_idle();
        world.step(&action);
        first
    }) {}
    told.push(evict(&mut world, "web"));
    check(
        &told.join("\n"),
        expect_test::expect![[r#"
        Success
        Success
        429 Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web does not allow evicting pods currently
        Success
        Success"#]],
    );
}

#[test]
fn what_a_budget_cannot_reckon_with_it_tells() {
    let page = Page::new("");
    let transcript = page.play(&[
        "kubectl run alone --image=nginx --labels=app=web",
        "kubectl create pdb none --selector=app=nobody --min-available=1",
        "kubectl create pdb lone --selector=app=web --max-unavailable=1",
        "sleep 5",
        " kubectl get pdb",
        " kubectl get events --field-selector involvedObject.kind=PodDisruptionBudget -o custom-columns=NAME:.involvedObject.name,TYPE:.type,MESSAGE:.message",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl get pdb
        NAME  MIN AVAILABLE  MAX UNAVAILABLE  ALLOWED DISRUPTIONS  AGE
        lone  N/A  1  0  <age>
        none  1  N/A  0  <age>
        $ kubectl get events --field-selector involvedObject.kind=PodDisruptionBudget -o custom-columns=NAME:.involvedObject.name,TYPE:.type,MESSAGE:.message
        NAME  TYPE  MESSAGE
        lone  Warning  Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.
        none  Normal  No matching pods found
    "#]],
    );
}

#[test]
fn an_autoscaler_without_metrics_says_so() {
    let page = Page::new("");
    let transcript = page.play(&[
        "kubectl create deployment web --image=nginx --replicas=2",
        "kubectl autoscale deployment web --max=3 --cpu=50%",
        "kubectl autoscale deployment web --name=lost --max=3 --cpu=50%",
        "kubectl patch hpa lost -p '{\"spec\":{\"scaleTargetRef\":{\"name\":\"nope\"}}}'",
        "sleep 20",
        " kubectl describe hpa web",
        " kubectl describe hpa lost",
        " kubectl autoscale pod web --max=3",
        "kubectl scale deployment web --replicas=7",
        "sleep 20",
        " kubectl get deploy,hpa",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl describe hpa web
        Name:  web
        Namespace:  default
        Labels:  <none>
        Annotations:  <none>
        CreationTimestamp:  <time>
        Reference:  Deployment/web
        Metrics:  ( current / target )
          resource cpu on pods  (as a percentage of request):  <unknown> / 50%
        Min replicas:  1
        Max replicas:  3
        Deployment pods:  2 current / 0 desired
        Conditions:
          Type  Status  Reason  Message
          ----  ------  ------  -------
          AbleToScale  True  SucceededGetScale  the HPA controller was able to get the target's current scale
          ScalingActive  False  FailedGetResourceMetric  the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
        Events:
          Type  Reason  Age  From  Message
          ----  ------  ----  ----  -------
          Warning  FailedGetResourceMetric  <age>  horizontal-pod-autoscaler  failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
          Warning  FailedComputeMetricsReplicas  <age>  horizontal-pod-autoscaler  invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)
        $ kubectl describe hpa lost
        Name:  lost
        Namespace:  default
        Labels:  <none>
        Annotations:  <none>
        CreationTimestamp:  <time>
        Reference:  Deployment/nope
        Metrics:  ( current / target )
          resource cpu on pods  (as a percentage of request):  <unknown> / 50%
        Min replicas:  1
        Max replicas:  3
        Deployment pods:  0 current / 0 desired
        Conditions:
          Type  Status  Reason  Message
          ----  ------  ------  -------
          AbleToScale  False  FailedGetScale  the HPA controller was unable to get the target's current scale: deployments.apps "nope" not found
        Events:
          Type  Reason  Age  From  Message
          ----  ------  ----  ----  -------
          Warning  FailedGetScale  <age>  horizontal-pod-autoscaler  deployments.apps "nope" not found
        $ kubectl autoscale pod web --max=3
        Error from server (NotFound): pods "web" not found
        $ kubectl get deploy,hpa
        NAME  READY  UP-TO-DATE  AVAILABLE  AGE
        deployment.apps/web  3/3  3  3  <age>

        NAME  REFERENCE  TARGETS  MINPODS  MAXPODS  REPLICAS  AGE
        horizontalpodautoscaler.autoscaling/lost  Deployment/nope  cpu: <unknown>/50%  1  3  0  <age>
        horizontalpodautoscaler.autoscaling/web  Deployment/web  cpu: <unknown>/50%  1  3  7  <age>
    "#]],
    );
}

#[test]
fn a_claim_is_bound_to_the_smallest_volume_that_is_large_enough() {
    let volume = |name: &str, size: &str, node: &str| {
        format!(
            "
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {name}}}
spec:
  capacity: {{storage: {size}}}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {{path: /data}}
  nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: kubernetes.io/hostname, operator: In, values: [{node}]}}]}}]}}}}
---"
        )
    };
    let manifest = volume("large", "9Gi", "node-3")
        + &volume("small", "1Gi", "node-2")
        + &volume("right", "2Gi", "node-3")
        + "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: local, resources: {requests: {storage: 2Gi}}}
";
    let page = Page::new(&manifest);
    let pod = r#"{"spec":{"containers":[{"name":"main","image":"nginx"}],"volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"data"}}]}}"#;
    let transcript = page.play(&[
        "kubectl apply -f f.yaml",
        "sleep 5",
        " kubectl get pvc,pv",
        " kubectl get events -o custom-columns=REASON:.reason,MESSAGE:.message",
        &format!("kubectl run user --image=nginx --overrides='{pod}'"),
        "sleep 5",
        " kubectl get pvc,pv,pods -o wide",
        " kubectl describe pvc data",
        " kubectl describe pv right",
        "kubectl delete pvc data --wait=false",
        "sleep 5",
        " kubectl get pvc",
        "kubectl delete pod user",
        "sleep 5",
        " kubectl get pvc,pv",
        " kubectl run late --image=nginx --overrides='{\"spec\":{\"volumes\":[{\"name\":\"d\",\"persistentVolumeClaim\":{\"claimName\":\"data\"}}],\"containers\":[{\"name\":\"main\",\"image\":\"nginx\"}]}}'",
        "sleep 5",
        " kubectl get events --field-selector involvedObject.name=late -o custom-columns=MESSAGE:.message",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl get pvc,pv
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
        persistentvolumeclaim/data  Pending  local  <unset>  <age>

        NAME  CAPACITY  ACCESS MODES  RECLAIM POLICY  STATUS  CLAIM  STORAGECLASS  VOLUMEATTRIBUTESCLASS  REASON  AGE
        persistentvolume/large  9Gi  RWO  Retain  Available  local  <unset>  <age>
        persistentvolume/right  2Gi  RWO  Retain  Available  local  <unset>  <age>
        persistentvolume/small  1Gi  RWO  Retain  Available  local  <unset>  <age>
        $ kubectl get events -o custom-columns=REASON:.reason,MESSAGE:.message
        REASON  MESSAGE
        WaitForFirstConsumer  waiting for first consumer to be created before binding
        $ kubectl get pvc,pv,pods -o wide
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE  VOLUMEMODE
        persistentvolumeclaim/data  Bound  right  2Gi  RWO  local  <unset>  <age>  Filesystem

        NAME  CAPACITY  ACCESS MODES  RECLAIM POLICY  STATUS  CLAIM  STORAGECLASS  VOLUMEATTRIBUTESCLASS  REASON  AGE  VOLUMEMODE
        persistentvolume/large  9Gi  RWO  Retain  Available  local  <unset>  <age>  Filesystem
        persistentvolume/right  2Gi  RWO  Retain  Bound  default/data  local  <unset>  <age>  Filesystem
        persistentvolume/small  1Gi  RWO  Retain  Available  local  <unset>  <age>  Filesystem

        NAME  READY  STATUS  RESTARTS  AGE  IP  NODE  NOMINATED NODE  READINESS GATES
        pod/user  1/1  Running  0  <age>  <ip>  <node>  <none>  <none>
        $ kubectl describe pvc data
        Name:  data
        Namespace:  default
        StorageClass:  local
        Status:  Bound
        Volume:  right
        Labels:  <none>
        Annotations:  pv.kubernetes.io/bind-completed: yes
                       pv.kubernetes.io/bound-by-controller: yes
        Finalizers:  [kubernetes.io/pvc-protection]
        Capacity:  2Gi
        Access Modes:  RWO
        VolumeMode:  Filesystem
        Used By:  user
        Events:
          Type  Reason  Age  From  Message
          ----  ------  ----  ----  -------
          Normal  WaitForFirstConsumer  <age>  persistentvolume-controller  waiting for first consumer to be created before binding
        $ kubectl describe pv right
        Name:  right
        Labels:  <none>
        Annotations:  pv.kubernetes.io/bound-by-controller: yes
        Finalizers:  [kubernetes.io/pv-protection]
        StorageClass:  local
        Status:  Bound
        Claim:  default/data
        Reclaim Policy:  Retain
        Access Modes:  RWO
        VolumeMode:  Filesystem
        Capacity:  2Gi
        Node Affinity:
          Required Terms:
            Term 0:  kubernetes.io/hostname in [<node>]
        Message:
        Source:
            Type:  LocalVolume (a persistent volume backed by local storage on a node)
            Path:  /data
        Events:  <none>
        $ kubectl get pvc
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
        data  Terminating  right  2Gi  RWO  local  <unset>  <age>
        $ kubectl get pvc,pv
        NAME  CAPACITY  ACCESS MODES  RECLAIM POLICY  STATUS  CLAIM  STORAGECLASS  VOLUMEATTRIBUTESCLASS  REASON  AGE
        persistentvolume/large  9Gi  RWO  Retain  Available  local  <unset>  <age>
        persistentvolume/right  2Gi  RWO  Retain  Released  default/data  local  <unset>  <age>
        persistentvolume/small  1Gi  RWO  Retain  Available  local  <unset>  <age>
        $ kubectl run late --image=nginx --overrides='{"spec":{"volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"data"}}],"containers":[{"name":"main","image":"nginx"}]}}'
        pod/late created
        $ kubectl get events --field-selector involvedObject.name=late -o custom-columns=MESSAGE:.message
        MESSAGE
        0/3 nodes are available: persistentvolumeclaim "data" not found. not found
    "#]],
    );
}

/// The collector follows kinds that no controller works on: here a Role and what it owns.
#[test]
fn whatever_its_kind_what_nobody_owns_is_collected() {
    let mut page = Page::new("");
    page.run("kubectl create configmap kept");
    let mut world = page.playground.desk().world().clone();
    let settle = |world: &mut World| {
        let mut steps = 0;
        while !world.is_idle() {
            let action = world.default_action().expect("something to do");
            world.step(&action);
            steps += 1;
        }
        steps
    };
    settle(&mut world);
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": { "name": "owner", "namespace": "default" }, "rules": [],
    });
    let created = world.user(|api| api.call(Request::create(kinds::ROLES, role))).0.expect("a role");
    assert_eq!(settle(&mut world), 0, "a Role without owners is no news");
    let owner = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "name": "owner",
        "uid": &created.body["metadata"]["uid"],
    });
    let binding = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": { "name": "owned", "namespace": "default", "ownerReferences": [owner] },
        "spec": { "podSelector": {} },
    });
    world.user(|api| api.call(Request::create(kinds::NETWORKPOLICIES, binding))).0.expect("a policy");
    settle(&mut world);
    world.user(|api| api.call(Request::delete(kinds::ROLES, "default", "owner"))).0.expect("deleted");
    settle(&mut world);
    assert!(world.server().list(&Resource::from(kinds::NETWORKPOLICIES)).is_empty());
}

/// What a pod leaves on its volume, the next pod of its name finds.
#[test]
fn storage_outlives_the_pods_that_write_to_it() {
    let manifest = "
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /disk}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: log}
spec:
  selector: {matchLabels: {app: log}}
  template:
    metadata: {labels: {app: log}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: busybox
        command: [sh, -c, echo one more >> /data/lines; cat /data/lines; sleep 3600]
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";
    let files: Files = [(Str::from("f.yaml"), Str::from(manifest))].into_iter().collect();
    let page = Page::of(Playground::new(Config::new(1, 1), files));
    let transcript = page.play(&[
        "kubectl apply -f f.yaml",
        "sleep 40",
        " kubectl logs log-0",
        "kubectl delete pod log-0",
        "sleep 20",
        " kubectl logs log-0",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl logs log-0
        one more
        $ kubectl logs log-0
        one more
        one more
    "#]],
    );
}
