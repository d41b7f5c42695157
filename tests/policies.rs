//! Policies in CEL and webhooks: what their authors are told, and what requests meet.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed;

/// `? kubectl apply -f -` of a policy with a spec, and a binding that denies.
fn policy(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "? kubectl apply -f - <<'EOF'\napiVersion: admissionregistration.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{spec}\nEOF"
    )
}

fn validating(name: &str, spec: &str) -> String {
    policy("ValidatingAdmissionPolicy", name, spec)
}

fn mutating(name: &str, spec: &str) -> String {
    policy("MutatingAdmissionPolicy", name, spec)
}

fn binding(name: &str, rest: &str) -> String {
    policy("ValidatingAdmissionPolicyBinding", name, &format!("  policyName: {name}\n{rest}"))
        .replace("? ", "")
}

fn mutating_binding(name: &str) -> String {
    policy("MutatingAdmissionPolicyBinding", name, &format!("  policyName: {name}")).replace("? ", "")
}

const DEPLOYMENTS: &str = "  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}";
const CONFIG_MAPS: &str = "  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [configmaps]}]}";
const PODS: &str = "  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}";

#[test]
fn a_policy_that_cannot_be_compiled_is_refused() {
    typed(
        &[
            &validating("p", "  validations: []"),
            &validating(
                "p",
                &format!(
                    "{DEPLOYMENTS}\n  paramKind: {{apiVersion: a/b/c, kind: X_}}\n  matchConditions: [{{name: 'a b', expression: 'variables.x'}}]\n  variables: [{{name: 1x, expression: 'object.spec'}}, {{name: b, expression: 'variables.z'}}]\n  validations: [{{expression: 'object.spec.replicas >'}}, {{expression: \"'a'\", messageExpression: '1', message: ' ', reason: Odd}}, {{expression: 'object.spec.paused'}}]\n  auditAnnotations: [{{key: k, valueExpression: 'true'}}]"
                ),
            ),
            &policy(
                "ValidatingAdmissionPolicyBinding",
                "b",
                "  validationActions: [Deny, Warn]\n  paramRef: {name: a, selector: {}}",
            ),
            &mutating("m", "  mutations: []"),
            &mutating(
                "m",
                "  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [DELETE], resources: ['*', pods]}]}\n  reinvocationPolicy: Always\n  mutations: [{patchType: Odd}, {patchType: JSONPatch, applyConfiguration: {expression: 'Object{}'}}, {patchType: ApplyConfiguration, applyConfiguration: {expression: '{\"a\": 1}'}}]",
            ),
            "? kubectl apply -f - <<'EOF'\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\nwebhooks:\n- {name: short, clientConfig: {url: 'http://u@h/p?q#f'}, sideEffects: Some, admissionReviewVersions: [v2, v2], timeoutSeconds: 60, matchConditions: [{name: a, expression: '1'}]}\n- {name: a.b.c, clientConfig: {service: {name: '', namespace: '', port: 0, path: x//y}}, sideEffects: None, admissionReviewVersions: [v1]}\nEOF",
        ],
        expect![[r#"
            The ValidatingAdmissionPolicy "p" is invalid: 
            * spec.matchConstraints: Required value
            * spec.validations: Required value: validations or auditAnnotations must contain at least one item
            * spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item
            The ValidatingAdmissionPolicy "p" is invalid: 
            * spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c
            * spec.paramKind.kind: Invalid value: "X_": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
            * spec.matchConditions[0].expression: Invalid value: "variables.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables' (in container '')
             | variables.x
             | ^
            * spec.matchConditions[0].name: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
            * spec.variables[0].name: Invalid value: "1x": name is not a valid CEL identifier
            * spec.variables[1].expression: Invalid value: "variables.z": compilation failed: ERROR: <input>:1:10: undefined field 'z'
             | variables.z
             | .........^
            * spec.validations[0].expression: Invalid value: "object.spec.replicas >": compilation failed: ERROR: <input>:1:23: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}
             | object.spec.replicas >
             | ......................^
            * spec.validations[1].expression: Invalid value: "'a'": must evaluate to bool but got string
            * spec.validations[1].messageExpression: Invalid value: "1": must evaluate to string but got int
            * spec.validations[1].message: Invalid value: " ": message must be non-empty if specified
            * spec.validations[1].reason: Unsupported value: "Odd": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"
            * spec.validations[2].expression: Invalid value: "object.spec.paused": must evaluate to bool but got dyn
            * spec.auditAnnotations[0].valueExpression: Invalid value: "true": must evaluate to one of [string null_type] but got bool
            The ValidatingAdmissionPolicyBinding "b" is invalid: 
            * spec.policyName: Required value
            * spec.paramRef.name: Forbidden: name and selector are mutually exclusive
            * spec.paramRef.selector: Forbidden: name and selector are mutually exclusive
            * spec.paramRef.parameterNotFoundAction: Required value
            * spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)
            The MutatingAdmissionPolicy "m" is invalid: 
            * spec.matchConstraints: Required value
            * spec.mutations: Required value: mutations must contain at least one item
            * spec.reinvocationPolicy: Required value
            The MutatingAdmissionPolicy "m" is invalid: 
            * spec.matchConstraints.resourceRules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources
            * spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CREATE", "UPDATE"
            * spec.mutations[0].patchType: Unsupported value: "Odd": supported values: "ApplyConfiguration", "JSONPatch"
            * spec.mutations[1].jsonPatch: Required value: must be specified when patchType is JSONPatch
            * spec.mutations[1].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch
            * spec.mutations[2].applyConfiguration.expression: Invalid value: "{\"a\": 1}": must evaluate to Object but got map(string, int)
            * spec.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"
            The ValidatingWebhookConfiguration "w" is invalid: 
            * webhooks[0].name: Invalid value: "short": should be a domain with at least three segments separated by dots
            * webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"
            * webhooks[0].timeoutSeconds: Invalid value: 60: the timeout value must be between 1 and 30 seconds
            * webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]
            * webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL
            * webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL
            * webhooks[0].clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL
            * webhooks[0].matchConditions[0].expression: Invalid value: "1": must evaluate to bool but got int
            * webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version
            * webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1
            * webhooks[1].clientConfig.service.name: Required value
            * webhooks[1].clientConfig.service.namespace: Required value
            * webhooks[1].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive
            * webhooks[1].clientConfig.service.path: Invalid value: "x//y": must start with a '/'
            * webhooks[1].clientConfig.service.path: Invalid value: "x//y": segment[0] may not be empty
            * webhooks[1].clientConfig.service.path: Invalid value: "x//y": segment[1] may not be empty
        "#]],
    );
}

#[test]
fn a_policy_decides_with_variables_parameters_and_messages() {
    typed(
        &[
            &validating(
                "few",
                &format!(
                    "{DEPLOYMENTS}\n  paramKind: {{apiVersion: v1, kind: ConfigMap}}\n  matchConditions: [{{name: not-free, expression: \"!object.metadata.name.startsWith('free')\"}}]\n  variables: [{{name: most, expression: 'int(params.data.most)'}}, {{name: broken, expression: 'object.nope.nope'}}]\n  validations:\n  - {{expression: 'object.spec.replicas <= variables.most', messageExpression: \"'at most ' + string(variables.most)\", reason: Forbidden}}\n  - {{expression: 'object.spec.replicas != 3 || variables.broken == 1'}}"
                ),
            ),
            &binding(
                "few",
                "  validationActions: [Deny]\n  paramRef: {selector: {matchLabels: {limits: 'yes'}}, parameterNotFoundAction: Deny}",
            ),
            "? kubectl create deployment a --image=x --replicas=1",
            "kubectl create configmap two --from-literal=most=2",
            "kubectl create configmap five --from-literal=most=5",
            "kubectl label configmap two five limits=yes",
            "kubectl create deployment a --image=x --replicas=1",
            "? kubectl create deployment b --image=x --replicas=4",
            "? kubectl create deployment free --image=x --replicas=9",
            "kubectl delete configmap two",
            "? kubectl create deployment c --image=x --replicas=3",
            "? kubectl patch validatingadmissionpolicy few --type=merge -p '{\"spec\":{\"failurePolicy\":\"Ignore\"}}'",
            "? kubectl create deployment c --image=x --replicas=3",
            "? kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings",
        ],
        expect![[r#"
            validatingadmissionpolicy.admissionregistration.k8s.io/few created
            error: failed to create deployment: deployments.apps "a" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction
            error: failed to create deployment: deployments.apps "b" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: at most 2
            deployment.apps/free created
            error: failed to create deployment: deployments.apps "c" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: expression 'object.spec.replicas != 3 || variables.broken == 1' resulted in error: composited variable "broken" fails to evaluate: no such key: nope
            validatingadmissionpolicy.admissionregistration.k8s.io/few patched
            deployment.apps/c created
            NAME                                                         VALIDATIONS   PARAMKIND      AGE
            validatingadmissionpolicy.admissionregistration.k8s.io/few   2             v1/ConfigMap   0s

            NAME                                                                POLICYNAME   PARAMREF   AGE
            validatingadmissionpolicybinding.admissionregistration.k8s.io/few   few          */         0s
        "#]],
    );
}

#[test]
fn a_policy_can_warn_and_knows_who_asks() {
    typed(
        &[
            &validating(
                "who",
                &format!(
                    "{CONFIG_MAPS}\n  validations:\n  - {{expression: \"request.operation == 'DELETE' || has(object.data)\", message: no data}}\n  - {{expression: \"request.userInfo.username != 'eve'\"}}\n  - {{expression: \"authorizer.group('').resource('secrets').namespace(request.namespace).check('get').allowed()\", message: may not read secrets}}\n  - {{expression: \"authorizer.requestResource.check('custom').allowed() || !has(request.subResource) && namespaceObject.metadata.name == 'default'\"}}"
                ),
            ),
            &binding("who", "  validationActions: [Warn, Audit]"),
            "? kubectl create configmap a",
            "kubectl create clusterrole maps --verb='*' --resource=configmaps",
            "kubectl create clusterrolebinding maps --clusterrole=maps --user=eve",
            "? kubectl create configmap b --from-literal=a=b --as=eve",
            "? kubectl delete configmap b --as=eve",
        ],
        expect![[r#"
            validatingadmissionpolicy.admissionregistration.k8s.io/who created
            configmap/a created
            Warning: Validation failed for ValidatingAdmissionPolicy 'who' with binding 'who': no data
            configmap/b created
            Warning: Validation failed for ValidatingAdmissionPolicy 'who' with binding 'who': failed expression: request.userInfo.username != 'eve'
            Warning: Validation failed for ValidatingAdmissionPolicy 'who' with binding 'who': may not read secrets
            configmap "b" deleted from default namespace
            Warning: Validation failed for ValidatingAdmissionPolicy 'who' with binding 'who': failed expression: request.userInfo.username != 'eve'
            Warning: Validation failed for ValidatingAdmissionPolicy 'who' with binding 'who': may not read secrets
        "#]],
    );
}

#[test]
fn an_expression_that_costs_too_much_is_no_answer() {
    typed(
        &[
            &validating(
                "dear",
                &format!(
                    "{CONFIG_MAPS}\n  variables: [{{name: many, expression: 'lists.range(1000)'}}]\n  validations: [{{expression: 'variables.many.all(a, variables.many.all(b, variables.many.all(c, a + b + c >= 0)))'}}]"
                ),
            ),
            &binding("dear", "  validationActions: [Deny]"),
            "? kubectl create configmap a",
        ],
        expect![[r#"
            validatingadmissionpolicy.admissionregistration.k8s.io/dear created
            error: failed to create configmap: configmaps "a" is forbidden: ValidatingAdmissionPolicy 'dear' with binding 'dear' denied request: expression 'variables.many.all(a, variables.many.all(b, variables.many.all(c, a + b + c >= 0)))' resulted in error: operation cancelled: actual cost limit exceeded
        "#]],
    );
}

#[test]
fn types_are_checked_by_a_controller() {
    typed(
        &[
            &validating(
                "typed",
                "  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments, daemonsets]}]}\n  variables: [{name: replicas, expression: object.spec.replicas}]\n  validations: [{expression: 'variables.replicas > 1'}, {expression: 'object.spec.replica == 1', messageExpression: 'object.metadata.nam + string(object.spec)'}]",
            ),
            "4",
            "? kubectl get validatingadmissionpolicy typed -o yaml | sed -n '/^status/,$p'",
        ],
        expect![[r#"
            validatingadmissionpolicy.admissionregistration.k8s.io/typed created
            status:
              observedGeneration: 1
              typeChecking:
                expressionWarnings:
                - fieldRef: spec.validations[1].expression
                  warning: |
                    apps/v1, Kind=DaemonSet: ERROR: <input>:1:12: undefined field 'replica'
                     | object.spec.replica == 1
                     | ...........^

                    apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replica'
                     | object.spec.replica == 1
                     | ...........^
                - fieldRef: spec.validations[1].messageExpression
                  warning: |
                    apps/v1, Kind=DaemonSet: ERROR: <input>:1:16: undefined field 'nam'
                     | object.metadata.nam + string(object.spec)
                     | ...............^
                    ERROR: <input>:1:29: found no matching overload for 'string' applied to '(object)'
                     | object.metadata.nam + string(object.spec)
                     | ............................^

                    apps/v1, Kind=Deployment: ERROR: <input>:1:16: undefined field 'nam'
                     | object.metadata.nam + string(object.spec)
                     | ...............^
                    ERROR: <input>:1:29: found no matching overload for 'string' applied to '(object)'
                     | object.metadata.nam + string(object.spec)
                     | ............................^
        "#]],
    );
}

#[test]
fn an_object_is_changed_on_its_way() {
    typed(
        &[
            &mutating(
                "sidecar",
                &format!(
                    "{PODS}\n  reinvocationPolicy: IfNeeded\n  matchConditions: [{{name: no-sidecar, expression: \"!object.spec.containers.exists(c, c.name == 'proxy')\"}}]\n  mutations:\n  - patchType: ApplyConfiguration\n    applyConfiguration:\n      expression: >-\n        Object{{spec: Object.spec{{containers: [Object.spec.containers{{name: 'proxy', image: 'envoy'}}]}}}}\n  - patchType: JSONPatch\n    jsonPatch:\n      expression: >-\n        [JSONPatch{{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('example.com/proxy'), value: 'yes'}}]"
                ),
            ),
            &mutating_binding("sidecar"),
            "kubectl run a --image=nginx",
            "? kubectl get pod a -o jsonpath='{range .spec.containers[*]}{.name} {.image} {.imagePullPolicy} {.volumeMounts[0].mountPath}{\"\\n\"}{end}{.metadata.labels}'",
        ],
        expect![[r#"
            mutatingadmissionpolicy.admissionregistration.k8s.io/sidecar created
            a nginx Always /var/run/secrets/kubernetes.io/serviceaccount
            proxy envoy Always /var/run/secrets/kubernetes.io/serviceaccount
            {"example.com/proxy":"yes","run":"a"}
        "#]],
    );
}

#[test]
fn a_change_that_cannot_be_made_is_a_refusal() {
    let failing = |expression: &str| {
        mutating(
            "m",
            &format!(
                "{PODS}\n  reinvocationPolicy: Never\n  mutations: [{{patchType: ApplyConfiguration, applyConfiguration: {{expression: '{expression}'}}}}]"
            ),
        )
        .replace("? ", "")
    };
    let patching = |expression: &str| {
        format!(
            "kubectl patch mutatingadmissionpolicy m --type=merge -p '{{\"spec\":{{\"mutations\":[{{\"patchType\":\"JSONPatch\",\"jsonPatch\":{{\"expression\":\"{expression}\"}}}}]}}}}'"
        )
    };
    typed(
        &[
            &failing("Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: \"a\"}]}}"),
            &mutating_binding("m"),
            "? kubectl run a --image=nginx",
            &failing("Object{spec: Object.wrong{nodeName: \"x\"}}"),
            "? kubectl run a --image=nginx",
            &failing("Object{spec: Object.spec{nope: 1}}"),
            "? kubectl run a --image=nginx",
            &failing("Object{spec: Object.spec{nodeName: object.nope}}"),
            "? kubectl run a --image=nginx",
            &patching("[JSONPatch{op: \\\"remove\\\", path: \\\"/spec/nope\\\"}]"),
            "? kubectl run a --image=nginx",
            &patching(
                "[JSONPatch{op: \\\"test\\\", path: \\\"/spec/nodeName\\\", value: \\\"x\\\"}, JSONPatch{op: \\\"add\\\", path: \\\"/metadata/labels/b\\\", value: \\\"c\\\"}]",
            ),
            "? kubectl run a --image=nginx",
            "kubectl patch mutatingadmissionpolicy m --type=merge -p '{\"spec\":{\"failurePolicy\":\"Ignore\"}}'",
            &patching("[JSONPatch{op: \\\"remove\\\", path: \\\"/spec/nope\\\"}]"),
            "? kubectl run b --image=nginx",
        ],
        expect![[r#"
            The pods "a" is invalid: : policy 'm' with binding 'm' denied request: error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tolerations
            The pods "a" is invalid: : policy 'm' with binding 'm' denied request: type mismatch: unexpected type name "Object.wrong", expected "Object.spec", which matches field name path from root Object type
            The pods "a" is invalid: : policy 'm' with binding 'm' denied request: error applying patch: failed to convert patch object to typed object: .spec.nope: field not declared in schema
            The pods "a" is invalid: : policy 'm' with binding 'm' denied request: expression 'Object{spec: Object.spec{nodeName: object.nope}}' resulted in error: no such key: nope
            The pods "a" is invalid: : policy 'm' with binding 'm' denied request: JSON Patch: Unable to remove nonexistent key: /spec/nope: missing value
            pod/a created
            pod/b created
        "#]],
    );
}

#[test]
fn a_webhook_that_nobody_answers_fails_or_is_ignored() {
    let webhook = |kind: &str, name: &str, rest: &str| {
        format!(
            "kubectl apply -f - <<'EOF'\napiVersion: admissionregistration.k8s.io/v1\nkind: {kind}WebhookConfiguration\nmetadata: {{name: {name}}}\nwebhooks:\n- {{name: {name}.example.com, sideEffects: None, admissionReviewVersions: [v1], rules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}}], {rest}}}\nEOF"
        )
    };
    typed(
        &[
            &webhook("Validating", "a", "clientConfig: {service: {name: svc, namespace: ns, path: /check}}"),
            "? kubectl create configmap x",
            "? kubectl create configmap x --dry-run=server",
            "kubectl create service clusterip svc --tcp=443",
            &webhook(
                "Validating",
                "a",
                "clientConfig: {service: {name: svc, namespace: default}}, timeoutSeconds: 5, namespaceSelector: {matchLabels: {strict: 'yes'}}",
            ),
            "? kubectl create configmap x",
            "kubectl label ns default strict=yes",
            "? kubectl create configmap y",
            &webhook(
                "Validating",
                "a",
                "clientConfig: {url: 'https://hooks.example.com/v'}, failurePolicy: Ignore",
            ),
            "? kubectl create configmap y",
            &webhook(
                "Mutating",
                "b",
                "clientConfig: {url: 'https://hooks.example.com/v'}, matchConditions: [{name: named, expression: \"object.metadata.name == 'z'\"}]",
            ),
            "? kubectl create configmap w",
            "? kubectl create configmap z",
            "? kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
        ],
        expect![[r#"
            error: failed to create configmap: Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "https://svc.ns.svc:443/check?timeout=10s": service "svc" not found
            error: failed to create configmap: Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "https://svc.ns.svc:443/check?timeout=10s": service "svc" not found
            configmap/x created
            error: failed to create configmap: Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "https://svc.default.svc:443/?timeout=5s": dial tcp 10.98.26.208:443: connect: connection refused
            configmap/y created
            configmap/w created
            error: failed to create configmap: Internal error occurred: failed calling webhook "b.example.com": failed to call webhook: Post "https://hooks.example.com/v?timeout=10s": dial tcp: lookup hooks.example.com: no such host
            NAME                                                            WEBHOOKS   AGE
            validatingwebhookconfiguration.admissionregistration.k8s.io/a   1          0s

            NAME                                                          WEBHOOKS   AGE
            mutatingwebhookconfiguration.admissionregistration.k8s.io/b   1          0s
        "#]],
    );
}
