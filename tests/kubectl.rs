//! What people type of kubectl's rarer commands, and what it answers: what no recording shows.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::{typed, typed_with};

#[test]
fn a_node_is_drained_of_what_may_go() {
    typed(
        &[
            "kubectl create deployment web --image=nginx --replicas=3",
            "kubectl run lone --image=nginx",
            "5",
            "? kubectl drain node-9",
            "? kubectl drain node-1 node-2 node-3 --dry-run=client | sort",
            "? kubectl drain -l kubernetes.io/hostname=node-1 node-1",
            "? kubectl drain node-1 node-2 --grace-period=many",
            "kubectl drain node-1 node-2 node-3 --force --timeout=30s",
            "4",
            "? kubectl get pods --no-headers -o custom-columns=:.status.phase,:.spec.nodeName",
            "? kubectl uncordon node-1 node-1",
            "? kubectl cordon -l kubernetes.io/hostname=node-1",
        ],
        expect![[r#"
            Error from server (NotFound): nodes "node-9" not found
            evicting pod default/web-7957885594-mhv49 (dry run)
            evicting pod default/web-7957885594-tzdq9 (dry run)
            node/node-1 cordoned (dry run)
            node/node-2 cordoned (dry run)
            node/node-2 drained (dry run)
            node/node-3 cordoned (dry run)
            node/node-3 drained (dry run)
            error: unable to drain node "node-1" due to error: cannot delete Pods that declare no controller (use --force to override): default/lone, continuing command...
            There are pending nodes to be drained:
             node-1
            cannot delete Pods that declare no controller (use --force to override): default/lone
            error: error: cannot specify both a node name and a --selector option
            See 'kubectl drain -h' for help and examples
            error: invalid argument "many" for "--grace-period" flag: strconv.ParseInt: parsing "many": invalid syntax
            See 'kubectl drain --help' for usage.
            Pending   <none>
            Pending   <none>
            Pending   <none>
            node/node-1 uncordoned
            node/node-1 uncordoned
            node/node-1 cordoned
        "#]],
    );
}

#[test]
fn what_stands_in_the_way_of_a_drain_is_told() {
    typed_with(
        &[(
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: local}\nspec:\n  nodeName: node-1\n  containers: [{name: c, image: nginx}]\n  volumes: [{name: v, emptyDir: {}}]\n",
        )],
        &[
            "kubectl apply -f pod.yaml",
            "5",
            "? kubectl drain node-1",
            "? kubectl drain node-1 --delete-emptydir-data",
            "? kubectl drain node-1 --delete-emptydir-data --force --disable-eviction",
        ],
        expect![[r#"
            node/node-1 cordoned
            error: unable to drain node "node-1" due to error: cannot delete Pods with local storage (use --delete-emptydir-data to override): default/local, continuing command...
            There are pending nodes to be drained:
             node-1
            cannot delete Pods with local storage (use --delete-emptydir-data to override): default/local
            node/node-1 already cordoned
            error: unable to drain node "node-1" due to error: cannot delete Pods that declare no controller (use --force to override): default/local, continuing command...
            There are pending nodes to be drained:
             node-1
            cannot delete Pods that declare no controller (use --force to override): default/local
            node/node-1 already cordoned
            pod/local deleted
            node/node-1 drained
            Warning: deleting Pods that declare no controller: default/local
        "#]],
    );
}

#[test]
fn taints_are_put_on_and_taken_off() {
    typed(
        &[
            "? kubectl taint nodes node-1 a=b:NoSchedule c:NoExecute",
            "? kubectl taint nodes node-1 a=x:NoSchedule",
            "? kubectl taint nodes node-1 a=x:NoSchedule --overwrite",
            "? kubectl taint nodes node-1 a:NoExecute- c-",
            "? kubectl taint nodes node-1 d:NoSchedule c-",
            "? kubectl get node node-1 -o jsonpath='{.spec.taints[*].key}'",
            "? kubectl taint nodes node-1 a=b:NoSchedule a-",
            "? kubectl taint pods x a=b:NoSchedule",
            "? kubectl taint nodes a=b:NoSchedule",
            "? kubectl taint nodes node-1 a=b:NoSchedule x",
            "? kubectl taint nodes node-1 -a=b:NoSchedule",
            "? kubectl taint nodes --all a-",
        ],
        expect![[r#"
            node/node-1 tainted
            error: node node-1 already has a taint(s) with same effect(s) and --overwrite is false
            node/node-1 modified
            error: taint "a:NoExecute" not found
            node/node-1 modified
            d a
            error: can not both modify and remove the following taint(s) in the same command: a=
            error: invalid resource type pods, only node types are supported
            error: at least one resource name must be specified since 'all' parameter is not set
            error: all resources must be specified before taint changes: x
            error: unknown shorthand flag: 'a' in -a=b:NoSchedule
            See 'kubectl taint --help' for usage.
            node/node-1 untainted
            taint "a" not found
            taint "a" not found
        "#]],
    );
}

#[test]
fn the_context_says_in_which_namespace_one_works() {
    typed(
        &[
            "? kubectl config get-contexts",
            "kubectl create ns team",
            "? kubectl config set-context --current --namespace=team",
            "? kubectl create configmap here --from-literal=a=b",
            "? kubectl get configmap here -o jsonpath='{.metadata.namespace}'",
            "? kubectl get pods",
            "? kubectl get pods -n default",
            "? kubectl config set-context other --cluster=kubestep --user=kubestep",
            "? kubectl get pods --context other",
            "? kubectl config use-context nowhere",
            "? kubectl config use-context other",
            "? kubectl config current-context",
            "? kubectl config view --minify -o jsonpath='{.contexts[0].context.namespace}'",
            "? kubectl config delete-context other",
            "? kubectl config get-contexts -o name",
            "? kubectl config set-context",
            "? cat .kube/config",
            "? kubectl cluster-info",
        ],
        expect![[r#"
            CURRENT   NAME       CLUSTER    AUTHINFO   NAMESPACE
            *         kubestep   kubestep   kubestep   
            Context "kubestep" modified.
            configmap/here created
            team
            No resources found in team namespace.
            No resources found in default namespace.
            Context "other" created.
            No resources found in default namespace.
            error: no context exists with the name: "nowhere"
            Switched to context "other".
            other
            deleted context other from /root/.kube/config
            warning: this removed your active context, use "kubectl config use-context" to select a different one
            kubestep
            error: you must specify a non-empty context name or --current
            apiVersion: v1
            clusters:
            - cluster:
                server: https://127.0.0.1:6443
              name: kubestep
            contexts:
            - context:
                cluster: kubestep
                namespace: team
                user: kubestep
              name: kubestep
            current-context: other
            kind: Config
            users:
            - name: kubestep
              user: {}
            Kubernetes control plane is running at https://127.0.0.1:6443

            To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.
        "#]],
    );
}

#[test]
fn set_changes_one_thing_of_many_objects() {
    typed_with(
        &[(
            "binding.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: reads}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]\n",
        )],
        &[
            "kubectl create deployment a --image=nginx",
            "kubectl create deployment b --image=nginx",
            "kubectl create service clusterip s --tcp=80",
            "? kubectl set image deployment --all nginx=nginx:2",
            "? kubectl set image deployment -l app=a *=nginx:3",
            "? kubectl set image deployment/a other=x",
            "? kubectl set image deployment a nginx=nginx:4 --dry-run=client -o jsonpath='{.spec.template.spec.containers[0].image}'",
            "? kubectl set image service/s x=y",
            "? kubectl set image deployment a *=x y=z",
            "? kubectl set selector service s 'app in (a,b)'",
            "? kubectl set selector deployment a x=y",
            "? kubectl set serviceaccount deployment a b robot",
            "kubectl apply -f binding.yaml",
            "? kubectl set subject -f binding.yaml --user=bob --user=ann --serviceaccount=team:robot",
            "? kubectl get rolebinding reads -o jsonpath='{.subjects[*].name}'",
            "? kubectl set subject -f binding.yaml --serviceaccount=robot",
            "? kubectl set subject -f binding.yaml --local --group=g -o jsonpath='{.subjects[*].name}'",
            "? kubectl set resources deployment a --limits=cpu=1 -c other",
            "? kubectl set resources deployment a --limits=cpu=1,memory=1Gi --dry-run=server",
        ],
        expect![[r#"
            deployment.apps/a image updated
            deployment.apps/b image updated
            deployment.apps/a image updated
            error: unable to find container named "other"
            nginx:4
            error: services/s the object is not a pod or does not have a pod template: *v1.Service
            error: all containers are already specified by *, but saw more than one container_name=container_image pairs
            error: match expression [{app In [a b]}] not supported on this object
            error: setting a selector is only supported for Services
            deployment.apps/a serviceaccount updated
            deployment.apps/b serviceaccount updated
            rolebinding.rbac.authorization.k8s.io/reads subjects updated
            ann bob robot
            error: serviceaccount must be <namespace>:<name>
            ann g
            error: unable to find container named other
            deployment.apps/a resource requirements updated (server dry run)
        "#]],
    );
}

#[test]
fn events_are_told_as_they_come() {
    typed(
        &[
            "kubectl run a --image=nginx",
            "5",
            "? kubectl events --types=normal --for=pod/a -o jsonpath='{.kind} {.items[*].reason}'",
            "? kubectl events --for=widget/a",
            "? kubectl events --for=pod/a/b",
            "? timeout 5 kubectl events -w --for=pod/a --no-headers | wc -l",
        ],
        expect![[r#"
            EventList Scheduled
            error: no matches for /, Resource=widget
            error: arguments in resource/name form may not have more than one slash
            1
        "#]],
    );
}

#[test]
fn what_a_page_has_not_is_said() {
    typed(
        &[
            "kubectl run a --image=nginx",
            "5",
            "? kubectl top pods -l x=y z",
            "? kubectl top pods --sort-by=age",
            "? kubectl top sideways",
            "? kubectl port-forward a 80",
            "? kubectl port-forward b 80",
            "? kubectl attach b",
            "? kubectl cp a:/x y",
            "? kubectl cp a",
            "? kubectl debug a",
            "? kubectl debug a --image=busybox",
            "? kubectl completion tcsh",
            "? kubectl plugin list",
            "? kubectl proxy",
        ],
        expect![[r#"
            error: only one of NAME or selector can be provided
            error: --sort-by accepts only cpu or memory
            error: unknown command "sideways"
            See 'kubectl top -h' for help and examples
            error: the pods' network has no way out of this page, so no port of yours can lead into it; `kubectl exec` runs a client inside
            Error from server (NotFound): pods "b" not found
            Error from server (NotFound): pods "b" not found
            error: no archive travels between this terminal and a container; `kubectl exec POD -- cat FILE > FILE` copies a file
            error: source and destination are required
            error: you must specify --image when not using --copy-to.
            error: the kubelets here run no ephemeral containers; `kubectl exec` looks into one that runs
            error: Unsupported shell type "tcsh".
            See 'kubectl completion -h' for help and examples
            error: unable to find any kubectl plugins in your PATH
            error: nothing can listen on a port inside a page; `kubectl get --raw /PATH` asks the API server directly
        "#]],
    );
}

#[test]
fn a_command_tells_its_flags() {
    typed(
        &[
            "? kubectl set selector --help",
            "? kubectl cordon -h",
            "? kubectl config",
            "? kubectl diff --help | head -1",
        ],
        expect![[r#"
            Set specific features on objects.

            Options:
                  --all
              -l, --selector=VALUE
              -f, --filename=VALUE
              -k, --kustomize=VALUE
              -R, --recursive
              -o, --output=VALUE
                  --template=VALUE
                  --allow-missing-template-keys
                  --show-managed-fields
                  --dry-run[=VALUE]
                  --local
                  --field-manager=VALUE
                  --record
                  --resource-version=VALUE

            Usage:
              kubectl set selector [options]
            Mark node as unschedulable.

            Options:
              -l, --selector=VALUE
                  --dry-run[=VALUE]

            Usage:
              kubectl cordon NODE [options]
            Look at the kubeconfig and change it: contexts name a cluster, a user and a namespace, and one of them is current.

            Available Commands:
              current-context   Display the current-context
              delete-context    Delete the specified context from the kubeconfig
              get-clusters      Display clusters defined in the kubeconfig
              get-contexts      Describe one or many contexts
              get-users         Display users defined in the kubeconfig
              rename-context    Rename a context from the kubeconfig file
              set-context       Set a context entry in kubeconfig
              use-context       Set the current-context in a kubeconfig file
              view              Display merged kubeconfig settings or a specified kubeconfig file

            Usage:
              kubectl config SUBCOMMAND [options]

            Use "kubectl config <command> --help" for more information about a given command.
            Use "kubectl options" for a list of global command-line options (applies to all commands).
            Show what an apply would change.
        "#]],
    );
}

#[test]
fn logs_of_all_pods_say_whose_they_are() {
    typed(
        &[
            "kubectl create deployment two --image=busybox --replicas=2 -- sh -c 'echo hello; sleep 100'",
            "5",
            "? kubectl logs deploy/two --all-pods | cut -d' ' -f2",
            "? kubectl logs deploy/two --all-pods --prefix=false",
        ],
        expect![[r#"
            hello
            hello
            hello
            hello
        "#]],
    );
}
