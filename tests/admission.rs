//! What admission adds and refuses: beyond what the recordings show.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed;

fn pod(name: &str, spec: &str) -> String {
    format!(
        "? kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\nEOF"
    )
}

#[test]
fn a_namespace_that_enforces_restricted_says_all_that_is_wrong() {
    typed(
        &[
            "kubectl label ns default pod-security.kubernetes.io/enforce=restricted",
            &pod(
                "bad",
                "hostNetwork: true, volumes: [{name: h, hostPath: {path: /}}], securityContext: {runAsUser: 0, runAsNonRoot: false, seccompProfile: {type: Unconfined}, sysctls: [{name: kernel.msgmax, value: '1'}]}, \
                 containers: [{name: a, image: x, securityContext: {privileged: true, capabilities: {add: [NET_ADMIN]}}}, {name: b, image: x, livenessProbe: {httpGet: {port: 80, host: example.com}}}]",
            ),
            &pod(
                "good",
                "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: a, image: x, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]",
            ),
            // A version before a check knows nothing of it.
            "kubectl label ns default pod-security.kubernetes.io/enforce-version=v1.7",
            "? kubectl run old --image=x",
            // Pods of a workload are refused where it makes them.
            "kubectl label ns default pod-security.kubernetes.io/enforce-version-",
            "? kubectl create deployment web --image=nginx",
            "4",
            "? kubectl get events --field-selector reason=FailedCreate -o jsonpath='{.items[0].message}' | cut -c1-90",
        ],
        expect![[r#"
            Error from server (Forbidden): error when creating "STDIN": pods "bad" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true), probe or lifecycle host (container "b" uses probe or lifecycle host "example.com"), privileged (container "a" must not set securityContext.privileged=true), forbidden sysctls (kernel.msgmax), allowPrivilegeEscalation != false (containers "a", "b" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"]; container "a" must not include "NET_ADMIN" in securityContext.capabilities.add), restricted volume types (volume "h" uses restricted volume type "hostPath"), runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0), seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")
            pod/good created
            Error from server (Forbidden): pods "old" is forbidden: violates PodSecurity "restricted:v1.7": runAsNonRoot != true (pod or container "old" must set securityContext.runAsNonRoot=true)
            deployment.apps/web created
            Error creating: pods "web-7957885594-btzdq" is forbidden: violates PodSecurity "restricted
        "#]],
    );
}

#[test]
fn labelling_a_namespace_tells_of_the_pods_that_are_there() {
    typed(
        &[
            "kubectl run b --image=x",
            "kubectl run a --image=x",
            &pod("c", "hostPID: true, containers: [{name: c, image: x}]"),
            "? kubectl label ns default pod-security.kubernetes.io/enforce=restricted",
            "? kubectl label ns default --overwrite pod-security.kubernetes.io/enforce=baseline",
            "? kubectl label ns default --overwrite pod-security.kubernetes.io/enforce=strict pod-security.kubernetes.io/warn-version=1.30",
        ],
        expect![[r#"
            pod/c created
            namespace/default labeled
            Warning: existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"
            Warning: a (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile
            Warning: c: host namespaces, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile
            namespace/default labeled
            The Namespace "default" is invalid: 
            * metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted
            * metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"
        "#]],
    );
}

#[test]
fn a_limit_range_bounds_containers_pods_and_claims() {
    typed(
        &[
            "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec:\n  limits:\n  - {type: Container, min: {memory: 1Mi}, max: {cpu: '2'}, maxLimitRequestRatio: {cpu: '4'}, default: {cpu: '1'}, defaultRequest: {cpu: 500m}}\n  - {type: Pod, max: {cpu: '3'}}\n  - {type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 2Gi}}\nEOF",
            &pod("quiet", "containers: [{name: a, image: x}]"),
            &pod(
                "ratio",
                "containers: [{name: a, image: x, resources: {limits: {cpu: '2', memory: 2Mi}, requests: {cpu: 300m}}}, {name: b, image: x, resources: {limits: {cpu: '2', memory: 2Mi}}}]",
            ),
            &pod("fine", "containers: [{name: a, image: x, resources: {limits: {memory: 2Mi}}}]"),
            "? kubectl get pod fine -o jsonpath='{.metadata.annotations}{.spec.containers[0].resources}'",
            "? kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: big}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 3Gi}}}\nEOF",
        ],
        expect![[r#"
            pod/quiet created
            Error from server (Forbidden): error when creating "STDIN": pods "ratio" is forbidden: [cpu max limit to request ratio per Container is 4, but provided ratio is 6.666667, maximum cpu usage per Pod is 3, but limit is 4]
            pod/fine created
            {"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{},\"name\":\"fine\",\"namespace\":\"default\"},\"spec\":{\"containers\":[{\"image\":\"x\",\"name\":\"a\",\"resources\":{\"limits\":{\"memory\":\"2Mi\"}}}]}}\n","kubernetes.io/limit-ranger":"LimitRanger plugin set: cpu request for container a; cpu limit for container a"}{"limits":{"cpu":"1","memory":"2Mi"},"requests":{"cpu":"500m","memory":"2Mi"}}
            Error from server (Forbidden): error when creating "STDIN": persistentvolumeclaims "big" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi
        "#]],
    );
}

#[test]
fn a_priority_class_gives_its_number() {
    const CLASS: &str = "kubectl apply -f - <<'EOF'\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\npreemptionPolicy: Never\nEOF";
    typed(
        &[
            CLASS,
            &pod("a", "priorityClassName: high, containers: [{name: a, image: x}]"),
            &pod("b", "priorityClassName: none, containers: [{name: a, image: x}]"),
            &pod("c", "priority: 7, containers: [{name: a, image: x}]"),
            &pod("d", "priorityClassName: system-node-critical, containers: [{name: a, image: x}]"),
            &CLASS
                .replace("name: high", "name: usual")
                .replace("value: 1000", "value: 5\nglobalDefault: true"),
            &format!(
                "? {}",
                CLASS
                    .replace("name: high", "name: more")
                    .replace("value: 1000", "value: 6\nglobalDefault: true")
            ),
            &pod("e", "containers: [{name: a, image: x}]"),
            "? kubectl get pods -o custom-columns=N:.metadata.name,C:.spec.priorityClassName,P:.spec.priority,Q:.spec.preemptionPolicy",
        ],
        expect![[r#"
            pod/a created
            Error from server (Forbidden): error when creating "STDIN": pods "b" is forbidden: no PriorityClass with name none was found
            Error from server (Forbidden): error when creating "STDIN": pods "c" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name
            pod/d created
            Error from server (Forbidden): error when creating "STDIN": priorityclasses.scheduling.k8s.io "more" is forbidden: PriorityClass usual is already marked as default. Only one default can exist
            pod/e created
            N     C                      P            Q
            a     high                   1000         Never
            d     system-node-critical   2000001000   PreemptLowerPriority
            e     usual                  5            Never
        "#]],
    );
}

#[test]
fn a_claim_that_a_pod_uses_stays() {
    typed(
        &[
            "kubectl apply -f - <<'EOF'\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}\nprovisioner: example.com/fast\nEOF",
            "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\nEOF",
            "? kubectl get pvc data -o jsonpath='{.metadata.finalizers} {.spec.storageClassName}'",
            &pod(
                "user",
                "nodeName: node-1, containers: [{name: a, image: x}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]",
            ),
            "4",
            "? kubectl delete pvc data --wait=false",
            "4",
            "? kubectl get pvc data -o jsonpath='{.metadata.finalizers}'",
            "kubectl delete pod user --force --grace-period=0",
            "4",
            "? kubectl get pvc data",
        ],
        expect![[r#"
            ["kubernetes.io/pvc-protection"] fast
            pod/user created
            persistentvolumeclaim "data" deleted from default namespace
            ["kubernetes.io/pvc-protection"]
            Error from server (NotFound): persistentvolumeclaims "data" not found
        "#]],
    );
}
