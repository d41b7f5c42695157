//! StatefulSets and DaemonSets, as a person meets them: commands in, what they print out.

mod page;

use page::{Page, check};

const SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  POLICY
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: 'nginx:1.26'}]}
";

const EVENTS: &str =
    " kubectl get events --field-selector involvedObject.kind=StatefulSet -o custom-columns=MESSAGE:.message";

#[test]
fn the_pods_of_a_stateful_set_come_and_go_one_after_another() {
    let page = Page::new(&SET.replace("POLICY", ""));
    let transcript = page.play(&[
        "kubectl apply -f f.yaml",
        " kubectl get pods",
        " kubectl rollout status sts/web",
        "kubectl scale sts web --replicas=1",
        "sleep 5",
        " kubectl get sts,pods",
        EVENTS,
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl get pods
        No resources found in default namespace.
        $ kubectl rollout status sts/web
        Waiting for statefulset spec update to be observed...
        Waiting for 3 pods to be ready...
        Waiting for 3 pods to be ready...
        Waiting for 2 pods to be ready...
        Waiting for 2 pods to be ready...
        Waiting for 1 pods to be ready...
        Waiting for 1 pods to be ready...
        partitioned roll out complete: 3 new pods have been updated...
        $ kubectl get sts,pods
        NAME  READY  AGE
        statefulset.apps/web  1/1  <age>

        NAME  READY  STATUS  RESTARTS  AGE
        pod/web-0  1/1  Running  0  <age>
        $ kubectl get events --field-selector involvedObject.kind=StatefulSet -o custom-columns=MESSAGE:.message
        MESSAGE
        Create Pod web-0 in StatefulSet web successful
        Create Pod web-1 in StatefulSet web successful
        Create Pod web-2 in StatefulSet web successful
        Delete Pod web-2 in StatefulSet web successful
        Delete Pod web-1 in StatefulSet web successful
    "#]],
    );
}

#[test]
fn without_an_order_they_come_and_go_at_once() {
    let policy = "podManagementPolicy: Parallel\n  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}";
    let page = Page::new(&SET.replace("POLICY", policy));
    let transcript = page.play(&[
        "kubectl apply -f f.yaml",
        "sleep 1",
        " kubectl get pods",
        "kubectl set image sts/web nginx=nginx:1.27",
        "sleep 0.1",
        " kubectl get pods",
        "sleep 10",
        " kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl get pods
        NAME  READY  STATUS  RESTARTS  AGE
        web-0  1/1  Running  0  <age>
        web-1  1/1  Running  0  <age>
        web-2  1/1  Running  0  <age>
        $ kubectl get pods
        NAME  READY  STATUS  RESTARTS  AGE
        web-0  1/1  Running  0  <age>
        web-1  1/1  Terminating  0  <age>
        web-2  1/1  Terminating  0  <age>
        $ kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image
        NAME  IMAGE
        web-0  nginx:1.27
        web-1  nginx:1.27
        web-2  nginx:1.27
    "#]],
    );
}

#[test]
fn each_template_of_a_stateful_set_is_a_revision_that_one_can_go_back_to() {
    let page = Page::new(&SET.replace("POLICY", "minReadySeconds: 2\n  revisionHistoryLimit: 1"));
    let transcript = page.play(&[
        "kubectl create -f f.yaml",
        "sleep 20",
        "kubectl set image sts/web nginx=nginx:1.27",
        " kubectl rollout status sts/web",
        " kubectl rollout history sts/web",
        " kubectl rollout history sts/web --revision=9",
        " kubectl rollout undo sts/web",
        "sleep 30",
        " kubectl rollout undo sts/web --to-revision=3",
        " kubectl rollout history sts/web",
        "kubectl set image sts/web nginx=nginx:1.28",
        "sleep 30",
        " kubectl get controllerrevisions",
        " kubectl describe sts web",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl rollout status sts/web
        Waiting for statefulset spec update to be observed...
        Waiting for partitioned roll out to finish: 0 out of 3 new pods have been updated...
        Waiting for 1 pods to be ready...
        Waiting for 1 pods to be ready...
        Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...
        Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...
        Waiting for 1 pods to be ready...
        Waiting for 1 pods to be ready...
        Waiting for partitioned roll out to finish: 2 out of 3 new pods have been updated...
        Waiting for partitioned roll out to finish: 2 out of 3 new pods have been updated...
        Waiting for 1 pods to be ready...
        Waiting for 1 pods to be ready...
        partitioned roll out complete: 3 new pods have been updated...
        $ kubectl rollout history sts/web
        statefulset.apps/web
        REVISION  CHANGE-CAUSE
        1  <none>
        2  <none>
        $ kubectl rollout history sts/web --revision=9
        error: unable to find the specified revision
        $ kubectl rollout undo sts/web
        statefulset.apps/web rolled back
        $ kubectl rollout undo sts/web --to-revision=3
        statefulset.apps/web skipped rollback (current template already matches revision 3)
        $ kubectl rollout history sts/web
        statefulset.apps/web
        REVISION  CHANGE-CAUSE
        2  <none>
        3  <none>
        $ kubectl get controllerrevisions
        NAME  CONTROLLER  REVISION  AGE
        web-<hash>  statefulset.apps/web  3  <age>
        web-<hash>  statefulset.apps/web  4  <age>
        $ kubectl describe sts web
        Name:  web
        Namespace:  default
        CreationTimestamp:  <time>
        Selector:  app=web
        Labels:  <none>
        Annotations:  <none>
        Replicas:  3 desired | 3 total
        Update Strategy:  RollingUpdate
          Partition:  0
        Pods Status:  3 Running / 0 Waiting / 0 Succeeded / 0 Failed
        Pod Template:
          Labels:  app=web
          Containers:
           nginx:
            Image:  nginx:1.28
            Port:  <none>
            Host Port:  <none>
            Environment:  <none>
            Mounts:  <none>
          Volumes:  <none>
          Node-Selectors:  <none>
          Tolerations:  <none>
        Volume Claims:  <none>
        Events:
          Type  Reason  Age  From  Message
          ----  ------  ----  ----  -------
          Normal  SuccessfulCreate  <age> (x4 over <age>)  statefulset-controller  Create Pod web-2 in StatefulSet web successful
          Normal  SuccessfulDelete  <age> (x3 over <age>)  statefulset-controller  Delete Pod web-2 in StatefulSet web successful
          Normal  SuccessfulDelete  <age> (x3 over <age>)  statefulset-controller  Delete Pod web-1 in StatefulSet web successful
          Normal  SuccessfulCreate  <age> (x4 over <age>)  statefulset-controller  Create Pod web-1 in StatefulSet web successful
          Normal  SuccessfulCreate  <age> (x4 over <age>)  statefulset-controller  Create Pod web-0 in StatefulSet web successful
          Normal  SuccessfulDelete  <age> (x3 over <age>)  statefulset-controller  Delete Pod web-0 in StatefulSet web successful
    "#]],
    );
}

/// Whose claims are deleted with the pods that are scaled away.
#[test]
fn claims_outlive_their_pods_unless_the_set_says_otherwise() {
    let claims = "
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}";
    let parallel = format!("podManagementPolicy: Parallel{claims}");
    let deleting = format!("{parallel}\n  persistentVolumeClaimRetentionPolicy: {{whenScaled: Delete}}");
    let mut told = String::new();
    for policy in [parallel, deleting] {
        let page = Page::new(&SET.replace("POLICY", &policy));
        told += &page.play(&[
            "kubectl apply -f f.yaml",
            "sleep 5",
            "kubectl scale sts web --replicas=1",
            "sleep 5",
            " kubectl get pvc",
            " kubectl delete sts web",
            "sleep 5",
            " kubectl get pods,pvc",
        ]);
    }
    check(
        &told,
        expect_test::expect![[r#"
        $ kubectl get pvc
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
        data-web-0  Pending  <unset>  <age>
        data-web-1  Pending  <unset>  <age>
        data-web-2  Pending  <unset>  <age>
        $ kubectl delete sts web
        statefulset.apps "web" deleted from default namespace
        $ kubectl get pods,pvc
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
        persistentvolumeclaim/data-web-0  Pending  <unset>  <age>
        persistentvolumeclaim/data-web-1  Pending  <unset>  <age>
        persistentvolumeclaim/data-web-2  Pending  <unset>  <age>
        $ kubectl get pvc
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
        data-web-0  Pending  <unset>  <age>
        $ kubectl delete sts web
        statefulset.apps "web" deleted from default namespace
        $ kubectl get pods,pvc
        NAME  STATUS  VOLUME  CAPACITY  ACCESS MODES  STORAGECLASS  VOLUMEATTRIBUTESCLASS  AGE
        persistentvolumeclaim/data-web-0  Pending  <unset>  <age>
    "#]],
    );
}

const DAEMONS: &str = "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  STRATEGY
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: 'fluentd:v1.16'}]}
";

#[test]
fn a_daemon_set_heeds_taints_and_comes_where_its_nodes_are() {
    let page = Page::new(&DAEMONS.replace("STRATEGY", ""));
    let taint =
        "kubectl patch node node-1 -p '{\"spec\":{\"taints\":[{\"key\":\"k\",\"effect\":\"EFFECT\"}]}}'";
    let transcript = page.play(&[
        "kubectl patch node node-2 -p '{\"spec\":{\"unschedulable\":true}}'",
        &taint.replace("EFFECT", "NoSchedule"),
        "kubectl apply -f f.yaml",
        "sleep 5",
        " kubectl get ds,pods -o wide",
        "kubectl patch node node-1 -p '{\"spec\":{\"taints\":null}}'",
        "sleep 5",
        " kubectl get ds",
        &taint.replace("EFFECT", "NoSchedule"),
        "sleep 5",
        " kubectl get ds",
        &taint.replace("EFFECT", "NoExecute"),
        "sleep 5",
        " kubectl get ds",
        " kubectl get pods -o jsonpath='{.items[0].spec.tolerations[*].key} {.items[0].spec.affinity}'",
        "kubectl label node node-3 role=x",
        "kubectl patch ds agent -p '{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"role\":\"x\"}}}}}'",
        "sleep 5",
        " kubectl describe ds agent",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl get ds,pods -o wide
        NAME  DESIRED  CURRENT  READY  UP-TO-DATE  AVAILABLE  NODE SELECTOR  AGE  CONTAINERS  IMAGES  SELECTOR
        daemonset.apps/agent  2  2  2  2  2  <none>  <age>  agent  fluentd:v1.16  app=agent

        NAME  READY  STATUS  RESTARTS  AGE  IP  NODE  NOMINATED NODE  READINESS GATES
        pod/agent-<id>  1/1  Running  0  <age>  <ip>  <node>  <none>  <none>
        pod/agent-<id>  1/1  Running  0  <age>  <ip>  <node>  <none>  <none>
        $ kubectl get ds
        NAME  DESIRED  CURRENT  READY  UP-TO-DATE  AVAILABLE  NODE SELECTOR  AGE
        agent  3  3  3  3  3  <none>  <age>
        $ kubectl get ds
        NAME  DESIRED  CURRENT  READY  UP-TO-DATE  AVAILABLE  NODE SELECTOR  AGE
        agent  2  2  2  2  2  <none>  <age>
        $ kubectl get ds
        NAME  DESIRED  CURRENT  READY  UP-TO-DATE  AVAILABLE  NODE SELECTOR  AGE
        agent  2  2  2  2  2  <none>  <age>
        $ kubectl get pods -o jsonpath='{.items[0].spec.tolerations[*].key} {.items[0].spec.affinity}'
        node.kubernetes.io/not-ready node.kubernetes.io/unreachable node.kubernetes.io/disk-pressure node.kubernetes.io/memory-pressure node.kubernetes.io/pid-pressure node.kubernetes.io/unschedulable {"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["<node>"]}]}]}}}
        $ kubectl describe ds agent
        Name:  agent
        Namespace:  default
        Selector:  app=agent
        Node-Selector:  role=x
        Labels:  <none>
        Annotations:  deprecated.daemonset.template.generation: 2
        Desired Number of Nodes Scheduled: 1
        Current Number of Nodes Scheduled: 1
        Number of Nodes Scheduled with Up-to-date Pods: 1
        Number of Nodes Scheduled with Available Pods: 1
        Number of Nodes Misscheduled: 0
        Pods Status:  1 Running / 0 Waiting / 0 Succeeded / 0 Failed
        Pod Template:
          Labels:  app=agent
          Containers:
           agent:
            Image:  fluentd:v1.16
            Port:  <none>
            Host Port:  <none>
            Environment:  <none>
            Mounts:  <none>
          Volumes:  <none>
          Node-Selectors:  role=x
          Tolerations:  <none>
        Events:
          Type  Reason  Age  From  Message
          ----  ------  ----  ----  -------
          Normal  SuccessfulCreate  <age>  daemonset-controller  Created pod: agent-<id>
          Normal  SuccessfulCreate  <age>  daemonset-controller  Created pod: agent-<id>
          Normal  SuccessfulCreate  <age>  daemonset-controller  Created pod: agent-<id>
          Normal  SuccessfulDelete  <age>  daemonset-controller  Deleted pod: agent-<id>
          Normal  SuccessfulDelete  <age>  daemonset-controller  Deleted pod: agent-<id>
          Normal  SuccessfulDelete  <age>  daemonset-controller  Deleted pod: agent-<id>
          Normal  SuccessfulCreate  <age>  daemonset-controller  Created pod: agent-<id>
    "#]],
    );
}

#[test]
fn with_surge_a_new_daemon_is_ready_before_the_old_one_goes() {
    let strategy = "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}";
    let page = Page::new(&DAEMONS.replace("STRATEGY", strategy));
    let transcript = page.play(&[
        "kubectl create -f f.yaml",
        "sleep 5",
        "kubectl set image ds/agent agent=fluentd:v1.17",
        " kubectl rollout status ds/agent",
        " kubectl get pods",
        " kubectl rollout history ds/agent",
        " kubectl rollout undo ds/agent",
        " kubectl rollout status ds/agent",
        " kubectl get events --field-selector involvedObject.kind=DaemonSet -o custom-columns=REASON:.reason",
    ]);
    check(
        &transcript,
        expect_test::expect![[r#"
        $ kubectl rollout status ds/agent
        Waiting for daemon set spec update to be observed...
        Waiting for daemon set "agent" rollout to finish: 0 out of 3 new pods have been updated...
        Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...
        Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
        daemon set "agent" successfully rolled out
        $ kubectl get pods
        NAME  READY  STATUS  RESTARTS  AGE
        agent-<id>  1/1  Running  0  <age>
        agent-<id>  1/1  Running  0  <age>
        agent-<id>  1/1  Running  0  <age>
        $ kubectl rollout history ds/agent
        daemonset.apps/agent
        REVISION  CHANGE-CAUSE
        1  <none>
        2  <none>
        $ kubectl rollout undo ds/agent
        daemonset.apps/agent rolled back
        $ kubectl rollout status ds/agent
        Waiting for daemon set spec update to be observed...
        Waiting for daemon set "agent" rollout to finish: 0 out of 3 new pods have been updated...
        Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...
        Waiting for daemon set "agent" rollout to finish: 2 out of 3 new pods have been updated...
        daemon set "agent" successfully rolled out
        $ kubectl get events --field-selector involvedObject.kind=DaemonSet -o custom-columns=REASON:.reason
        REASON
        SuccessfulCreate
        SuccessfulCreate
        SuccessfulCreate
        SuccessfulCreate
        SuccessfulDelete
        SuccessfulCreate
        SuccessfulDelete
        SuccessfulCreate
        SuccessfulDelete
        SuccessfulCreate
        SuccessfulDelete
        SuccessfulCreate
        SuccessfulDelete
        SuccessfulCreate
        SuccessfulDelete
    "#]],
    );
}
