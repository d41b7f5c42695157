//! kubectl with files beside it: kustomizations, diffs, forms of output that a file says.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed_with;

#[test]
fn a_diff_shows_what_an_apply_would_change() {
    let file = |data: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata: {{{data}}}\n")
    };
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: new, b: same}\n";
    typed_with(
        &[
            ("old.yaml", &file("a: one, b: two, c: three, d: four, e: five, f: six, g: seven, h: eight")),
            (
                "new.yaml",
                &file("a: one, b: deux, c: three, d: four, e: five, f: six, g: seven, h: eight, i: nine"),
            ),
            ("secret.yaml", secret),
        ],
        &[
            "kubectl apply -f old.yaml",
            "? kubectl diff -f old.yaml; echo $?",
            "? kubectl diff -f new.yaml | grep -v last-applied | sed -E 's/(LIVE|MERGED)-[0-9]+/\\1/; s/\\t.*//; s/\\{.*//'",
            "? kubectl diff -f new.yaml >/dev/null; echo $?",
            "kubectl create secret generic s --from-literal=a=old --from-literal=b=same",
            "? kubectl diff -f secret.yaml | grep '^[+-]  [ab]'",
            "? kubectl diff -f secret.yaml --show-secrets | grep '^[+-]  [ab]'",
            "? kubectl diff -f old.yaml --frob; echo $?",
            "? kubectl diff -f new.yaml --server-side --force-conflicts | grep '^[+-] '",
        ],
        expect![[r#"
            0
            diff -u -N /tmp/LIVE/v1.ConfigMap.default.settings /tmp/MERGED-3603600001/v1.ConfigMap.default.settings
            --- /tmp/LIVE/v1.ConfigMap.default.settings
            +++ /tmp/MERGED/v1.ConfigMap.default.settings
            @@ -1,18 +1,19 @@
             apiVersion: v1
             data:
               a: one
            -  b: two
            +  b: deux
               c: three
               d: four
               e: five
               f: six
               g: seven
               h: eight
            +  i: nine
             kind: ConfigMap
             metadata:
               annotations:
            -      
            +      
               creationTimestamp: "2026-01-05T09:00:00Z"
               name: settings
               namespace: default
            1
            -  a: '*** (before)'
            +  a: '*** (after)'
            +  annotations:
            -  a: b2xk
            +  a: bmV3
            +  annotations:
            2
            error: unknown flag: --frob
            See 'kubectl diff --help' for usage.
            -  b: two
            +  b: deux
            +  i: nine
            -      {"apiVersion":"v1","data":{"a":"one","b":"two","c":"three","d":"four","e":"five","f":"six","g":"seven","h":"eight"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"settings","namespace":"default"}}
            +      {"apiVersion":"v1","data":{"a":"one","b":"deux","c":"three","d":"four","e":"five","f":"six","g":"seven","h":"eight","i":"nine"},"kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"}}
        "#]],
    );
}

#[test]
fn output_comes_in_the_form_that_a_file_says() {
    typed_with(
        &[
            ("columns", "NAME DATA\nmetadata.name data"),
            ("one", "NAME\n"),
            ("go", "{{.kind}}!"),
            ("path", "{.data.a}{\"\\n\"}"),
        ],
        &[
            "kubectl create configmap c --from-literal=a=b",
            "? kubectl get configmap c -o custom-columns-file=columns --no-headers",
            "? kubectl get configmap c -o custom-columns-file=one",
            "? kubectl get configmap c -o custom-columns-file=none",
            "? kubectl get configmap c -o go-template-file=go",
            "? kubectl get configmap c -o go-template-file --template go",
            "? kubectl get configmap c -o jsonpath-file=path",
            "? kubectl get configmap c -o jsonpath-as-json='{.data}'",
            "? kubectl get configmap c -o custom-columns=NAME:{.metadata",
            "? kubectl create configmap c --from-literal=a='x: 1' --from-literal=b=no -o kyaml --dry-run=client",
            "? kubectl run p --image=nginx --env=A=b --env=C=d --dry-run=client -o kyaml",
            "? kubectl get configmap c -o json --show-labels",
        ],
        expect![[r#"
            NAME   DATA
            c      map[a:b]
            error: invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs.
            error: error reading template none, open none: no such file or directory
            ConfigMap!
            ConfigMap!
            b
            [
                {
                    "a": "b"
                }
            ]
            error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'
            ---
            {
              apiVersion: "v1",
              data: {
                a: "x: 1",
                b: "no",
              },
              kind: "ConfigMap",
              metadata: {
                name: "c",
              },
            }
            ---
            {
              apiVersion: "v1",
              kind: "Pod",
              metadata: {
                labels: {
                  run: "p",
                },
                name: "p",
              },
              spec: {
                containers: [{
                  env: [{
                    name: "A",
                    value: "b",
                  }, {
                    name: "C",
                    value: "d",
                  }],
                  image: "nginx",
                  name: "p",
                  resources: {},
                }],
                dnsPolicy: "ClusterFirst",
                restartPolicy: "Always",
              },
              status: {},
            }
            error: --show-labels option cannot be used with json printer
        "#]],
    );
}

#[test]
fn a_kustomization_makes_objects_of_objects() {
    typed_with(
        &[
            (
                "base/kustomization.yaml",
                "resources: [all.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=one]}]\nsecretGenerator: [{name: login, envs: [login.env], options: {disableNameSuffixHash: true}}]\n",
            ),
            ("base/login.env", "# who\nuser=ann\n"),
            (
                "base/all.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: 'nginx:1', envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: login}}]}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n",
            ),
            (
                "prod/kustomization.yaml",
                "resources: [../base]\nnamespace: prod\nnamePrefix: my-\nlabels: [{pairs: {env: prod}, includeSelectors: true}]\nimages: [{name: nginx, newTag: '2'}]\nreplicas: [{name: web, count: 3}]\nconfigMapGenerator: [{name: settings, behavior: merge, literals: [b=two]}]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {paused: true}\n- target: {kind: Service}\n  patch: '[{op: replace, path: /spec/ports/0/port, value: 8080}]'\n",
            ),
            ("bad/kustomization.yaml", "resources: [none.yaml]\n"),
            ("odd/kustomization.yaml", "resource: []\nnamePrefix: x\n"),
            (
                "lost/kustomization.yaml",
                "patches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: p}}'}]\n",
            ),
        ],
        &[
            "? kubectl kustomize prod",
            "kubectl create ns prod",
            "? kubectl apply -k prod",
            "? kubectl get -k prod -n prod -o name",
            "? kubectl diff -k prod; echo $?",
            "? kubectl delete -k prod",
            "? kubectl kustomize bad",
            "? kubectl kustomize odd",
            "? kubectl kustomize lost",
            "? kubectl kustomize nowhere",
            "? kubectl apply -k base -f base",
        ],
        expect![[r#"
            apiVersion: v1
            data:
              a: one
              b: two
            kind: ConfigMap
            metadata:
              labels:
                env: prod
              name: my-settings-t52m876b9b
              namespace: prod
            ---
            apiVersion: v1
            data:
              user: YW5u
            kind: Secret
            metadata:
              labels:
                env: prod
              name: my-login
              namespace: prod
            type: Opaque
            ---
            apiVersion: v1
            kind: Service
            metadata:
              labels:
                env: prod
              name: my-web
              namespace: prod
            spec:
              ports:
              - port: 8080
              selector:
                app: web
                env: prod
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              labels:
                env: prod
              name: my-web
              namespace: prod
            spec:
              paused: true
              replicas: 3
              selector:
                matchLabels:
                  app: web
                  env: prod
              template:
                metadata:
                  labels:
                    app: web
                    env: prod
                spec:
                  containers:
                  - envFrom:
                    - configMapRef:
                        name: my-settings-t52m876b9b
                    - secretRef:
                        name: my-login
                    image: nginx:2
                    name: c
            configmap/my-settings-t52m876b9b created
            secret/my-login created
            service/my-web created
            deployment.apps/my-web created
            configmap/my-settings-t52m876b9b
            secret/my-login
            service/my-web
            deployment.apps/my-web
            0
            configmap "my-settings-t52m876b9b" deleted from prod namespace
            secret "my-login" deleted from prod namespace
            service "my-web" deleted from prod namespace
            deployment.apps "my-web" deleted from prod namespace
            error: accumulating resources: accumulation err='accumulating resources from 'none.yaml': evalsymlink failure on 'bad/none.yaml' : lstat bad/none.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on 'bad/none.yaml' : lstat bad/none.yaml: no such file or directory
            error: invalid Kustomization: json: unknown field "resource"
            error: no resource matches strategic merge patch "Pod.v1.[noGrp]/p.[noNs]": no matches for Id Pod.v1.[noGrp]/p.[noNs]; failed to find unique target for patch Pod.v1.[noGrp]/p.[noNs]
            error: must build at directory: not a valid directory: evalsymlink failure on 'nowhere' : lstat nowhere: no such file or directory
            error: only one of -f or -k can be specified
        "#]],
    );
}
