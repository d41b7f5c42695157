//! Who may do what: beyond what the recordings show.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use kubestep::cluster::{Config, World};
use kubestep::http::{Body, Request, answer};
use typed::typed;

#[test]
fn the_roles_that_every_cluster_has_work() {
    typed(
        &[
            "kubectl create rolebinding viewers --clusterrole=view --user=vera",
            "kubectl create rolebinding editors --clusterrole=edit --group=writers",
            "? kubectl auth can-i list pods --as vera",
            "? kubectl auth can-i get pods --subresource=log --as vera",
            "? kubectl auth can-i get secrets --as vera",
            "? kubectl auth can-i create deployments --as eric --as-group writers",
            "? kubectl auth can-i create roles --as eric --as-group writers",
            "? kubectl auth can-i list pods -A --as vera",
            "? kubectl get clusterrole edit view admin -o jsonpath='{range .items[*]}{.metadata.name} {.aggregationRule}\n{end}'",
            "? kubectl get clusterrolebinding cluster-admin -o jsonpath='{.roleRef.name} {.subjects[*].name}'",
            "? kubectl get pods -n kube-system --as system:kube-scheduler",
            "? kubectl get priorityclass -o jsonpath='{.items[*].metadata.name}'",
        ],
        expect![[r#"
            yes
            yes
            no
            yes
            no
            no
            edit {"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-edit":"true"}}]}
            view {"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}}]}
            admin {"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-admin":"true"}}]}
            cluster-admin system:masters
            No resources found in kube-system namespace.
            system-cluster-critical system-node-critical
        "#]],
    );
}

#[test]
fn a_new_rule_of_view_comes_into_edit_and_admin() {
    typed(
        &[
            "kubectl create clusterrole more --verb=get --resource=nodes",
            "kubectl label clusterrole more rbac.authorization.k8s.io/aggregate-to-view=true",
            "4",
            "kubectl create clusterrolebinding a --clusterrole=admin --user=ada",
            "? kubectl auth can-i get nodes --as ada -A",
            "kubectl delete clusterrole more",
            "4",
            "? kubectl auth can-i get nodes --as ada -A",
        ],
        expect![[r#"
            yes
            no
        "#]],
    );
}

#[test]
fn service_accounts_are_users_with_groups_of_their_own() {
    typed(
        &[
            "kubectl create serviceaccount robot",
            "kubectl create role reader --verb=get,list --resource=pods",
            "kubectl create rolebinding robots --role=reader --serviceaccount=default:robot",
            "? kubectl auth whoami --as system:serviceaccount:default:robot",
            "? kubectl get pods --as system:serviceaccount:default:robot",
            "? kubectl delete pods --all --as system:serviceaccount:default:robot",
            "kubectl create clusterrolebinding all --clusterrole=view --group=system:serviceaccounts:kube-system",
            "? kubectl auth can-i list services --as system:serviceaccount:kube-system:default",
            "? kubectl auth can-i list services --as system:serviceaccount:default:robot",
            "? kubectl auth whoami --as-group lost",
            "? kubectl auth whoami",
        ],
        expect![[r#"
            ATTRIBUTE   VALUE
            Username    system:serviceaccount:default:robot
            Groups      [system:serviceaccounts system:serviceaccounts:default system:authenticated]
            No resources found in default namespace.
            No resources found
            yes
            no
            error: requesting uid, groups or user-extra without impersonating a user
            ATTRIBUTE   VALUE
            Username    kubernetes-admin
            Groups      [system:masters system:authenticated]
        "#]],
    );
}

#[test]
fn what_is_missing_is_said() {
    typed(
        &[
            "kubectl create rolebinding gone --role=never --user=alice",
            "? kubectl get pods --as alice",
            "? kubectl auth can-i get pods --as alice",
            "? kubectl get ns default --as alice",
            "? kubectl logs web --as alice",
            "? kubectl get --raw /metrics --as alice",
            "? kubectl get --raw /version --as alice | head -c 12",
            "? kubectl auth can-i get pods --as alice --subresource=log -q",
            "? kubectl auth can-i --list x",
            "? kubectl auth can-i get pods --no-headers",
            "? kubectl auth other",
        ],
        expect![[r#"
            Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "never" not found
            no - RBAC: role.rbac.authorization.k8s.io "never" not found
            Error from server (Forbidden): namespaces "default" is forbidden: User "alice" cannot get resource "namespaces" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "never" not found
            Error from server (Forbidden): pods "web" is forbidden: User "alice" cannot get resource "pods" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "never" not found
            Error from server (Forbidden): forbidden: User "alice" cannot get path "/metrics"
            {"buildDate"
            error: list option must be specified with no arguments
            error: --no-headers cannot be set without --list specified
            error: unknown command "other"
            See 'kubectl auth -h' for help and examples
        "#]],
    );
}

#[test]
fn nobody_makes_a_role_that_gathers_without_having_all() {
    typed(
        &[
            "kubectl create clusterrole maker --verb=create --resource=clusterroles",
            "kubectl create clusterrolebinding maker --clusterrole=maker --user=mia",
            "? kubectl create clusterrole grab --aggregation-rule=a=b --as mia",
            "? kubectl create clusterrole same --verb=create --resource=clusterroles --as mia",
            "? kubectl create clusterrole more --verb=get --resource=pods,nodes --non-resource-url=/x --as mia",
        ],
        expect![[r#"
            Error from server (Forbidden): clusterroles.rbac.authorization.k8s.io "grab" is forbidden: must have cluster-admin privileges to use the aggregationRule
            clusterrole.rbac.authorization.k8s.io/same created
            Error from server (Forbidden): clusterroles.rbac.authorization.k8s.io "more" is forbidden: user "mia" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
            {APIGroups:[""], Resources:["nodes"], Verbs:["get"]}
            {APIGroups:[""], Resources:["pods"], Verbs:["get"]}
            {NonResourceURLs:["/x"], Verbs:["get"]}
        "#]],
    );
}

#[test]
fn reconcile_adds_what_lacks() {
    const ROLE: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: new}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]";
    const BINDING: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: new}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]";
    let with = |text: &str| format!("? kubectl auth reconcile -f - <<'EOF'\n{text}\nEOF");
    typed(
        &[
            &with(ROLE),
            &with(ROLE),
            r#"kubectl patch role r -n new --type=json -p '[{"op":"replace","path":"/rules/0/verbs","value":["list","watch"]}]'"#,
            &with(ROLE),
            &with(ROLE).replace("reconcile", "reconcile --remove-extra-permissions"),
            "? kubectl get role r -n new -o jsonpath='{.rules}'",
            &with(BINDING),
            &with(&BINDING.replace("name: ann", "name: bob")),
            &with(&BINDING.replace("name: r}", "name: s}")),
            "? kubectl get rolebinding b -n new -o jsonpath='{.roleRef.name} {.subjects[*].name}'",
            "? kubectl auth reconcile",
        ],
        expect![[r#"
            role.rbac.authorization.k8s.io/r reconciled
            	reconciliation required create
            	missing rules added:
            		{Verbs:[get list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
            role.rbac.authorization.k8s.io/r reconciled
            role.rbac.authorization.k8s.io/r reconciled
            	reconciliation required update
            	missing rules added:
            		{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
            role.rbac.authorization.k8s.io/r reconciled
            	reconciliation required update
            	extra rules removed:
            		{Verbs:[watch] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
            [{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]
            rolebinding.rbac.authorization.k8s.io/b reconciled
            	reconciliation required create
            	missing subjects added:
            		{Kind:User APIGroup:rbac.authorization.k8s.io Name:ann Namespace:}
            rolebinding.rbac.authorization.k8s.io/b reconciled
            	reconciliation required update
            	missing subjects added:
            		{Kind:User APIGroup:rbac.authorization.k8s.io Name:bob Namespace:}
            rolebinding.rbac.authorization.k8s.io/b reconciled
            	reconciliation required recreate
            	missing subjects added:
            		{Kind:User APIGroup:rbac.authorization.k8s.io Name:ann Namespace:}
            s ann
            error: must specify one of -f and -k
        "#]],
    );
}

#[test]
fn a_client_says_in_headers_as_whom_it_asks() {
    let mut world = World::booted(&Config::new(1, 1));
    let mut ask = |line: &str, headers: &[(&str, &str)], body: &str| {
        let (method, target) = line.split_once(' ').expect("METHOD PATH");
        let all = [("Content-Type", "application/json")].into_iter().chain(headers.iter().copied());
        let request = Request::new(method, target, all, body);
        let answer = world.user(|api| answer(api, &request)).0;
        let text = match answer.body {
            Body::Text(text) => text,
            _ => "(a watch)".into(),
        };
        format!("{} {}\n", answer.code, text.trim())
    };
    let alice = [("Impersonate-User", "alice"), ("Impersonate-Group", "devs")];
    let review = |kind: &str, group: &str| {
        format!(
            r#"{{"apiVersion":"{group}.k8s.io/v1","kind":"{kind}","spec":{{"user":"system:kube-scheduler","resourceAttributes":{{"verb":"list","resource":"pods","namespace":"default"}}}}}}"#
        )
    };
    let own = r#"{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"#;
    let mut out = String::new();
    out.push_str(&ask("GET /api/v1/namespaces/default/pods", &alice, ""));
    out.push_str(&ask("GET /metrics", &alice, ""));
    out.push_str(&ask("GET /healthz", &alice, ""));
    out.push_str(&ask("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", &alice, own));
    let path = "POST /apis/authorization.k8s.io/v1/subjectaccessreviews";
    out.push_str(&ask(path, &[], &review("SubjectAccessReview", "authorization")));
    out.push_str(&ask(path, &alice, &review("SubjectAccessReview", "authorization")));
    let local = "POST /apis/authorization.k8s.io/v1/namespaces/other/localsubjectaccessreviews";
    out.push_str(&ask(local, &[], &review("LocalSubjectAccessReview", "authorization")));
    expect![[r#"
        403 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"","reason":"Forbidden","details":{"kind":"pods"},"code":403}
        403 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden: User \"alice\" cannot get path \"/metrics\"","reason":"Forbidden","details":{},"code":403}
        200 ok
        201 {"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview","metadata":{"creationTimestamp":"2026-01-05T09:00:00Z"},"status":{"userInfo":{"groups":["devs","system:authenticated"],"username":"alice"}}}
        201 {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","metadata":{},"spec":{"resourceAttributes":{"namespace":"default","resource":"pods","verb":"list"},"user":"system:kube-scheduler"},"status":{"allowed":true,"reason":"RBAC: allowed by ClusterRoleBinding \"system:kube-scheduler\" of ClusterRole \"system:kube-scheduler\" to User \"system:kube-scheduler\""}}
        403 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"subjectaccessreviews.authorization.k8s.io is forbidden: User \"alice\" cannot create resource \"subjectaccessreviews\" in API group \"authorization.k8s.io\" at the cluster scope","reason":"Forbidden","details":{"group":"authorization.k8s.io","kind":"subjectaccessreviews"},"code":403}
        422 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"LocalSubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.resourceAttributes.namespace: Invalid value: \"default\": must match metadata.namespace: other","reason":"Invalid","details":{"group":"authorization.k8s.io","kind":"LocalSubjectAccessReview","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: \"default\": must match metadata.namespace: other","field":"spec.resourceAttributes.namespace"}]},"code":422}
    "#]].assert_eq(&out);
}
