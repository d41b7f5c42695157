//! ConfigMaps and Secrets at the terminal: how they are made, what is wrong with them and with what refers to them, as
//! no recording shows it. Each test is a session: commands, and what they print.

mod terminal;

use expect_test::{Expect, expect};

/// Types lines into a fresh cluster with files beside the terminal; shows each with what it prints.
fn typed(files: &[(&str, &str)], lines: &[&str], expected: Expect) {
    expected.assert_eq(&terminal::session(files, lines));
}

#[test]
fn keys_are_checked_before_anything_is_sent() {
    typed(
        &[
            ("d/a.txt", "x"),
            ("d/deep/b.txt", "y"),
            ("dots.env", "..a=1\n"),
            ("digit.env", "1a=1\n"),
            ("twice.env", "A=1\nA=2\n"),
        ],
        &[
            "kubectl create configmap c --from-literal=...=1",
            "kubectl create configmap c --from-literal=..a/=1",
            "kubectl create secret generic c --from-literal=..a/=1",
            "kubectl create configmap c --from-file=k=d",
            "kubectl create configmap c --from-file=./nope",
            "kubectl create configmap c --from-env-file=d",
            "kubectl create secret generic c --from-env-file=d",
            "kubectl create configmap c --from-env-file=dots.env",
            "kubectl create configmap c --from-env-file=digit.env",
            "kubectl create secret generic c --from-env-file=twice.env",
            "kubectl create configmap '' --from-literal=a=1",
            "kubectl create token ''",
            "kubectl create configmap c --validate=maybe",
            "kubectl create configmap c --from-file= --from-env-file=",
            "kubectl create configmap folder --from-file=./d/ --dry-run=client -o jsonpath='{.data}'",
            "kubectl create configmap here --from-file=. --dry-run=true -o jsonpath='{.data.digit\\.env}'",
            "kubectl create configmap order --from-literal=name=x --from-literal=app=y --dry-run=client -o json",
        ],
        expect![[r#"
            $ kubectl create configmap c --from-literal=...=1
            error: "..." is not a valid key name for a ConfigMap: must not start with '..'
            $ kubectl create configmap c --from-literal=..a/=1
            error: "..a/" is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+'),must not start with '..'
            $ kubectl create secret generic c --from-literal=..a/=1
            error: "..a/" is not valid key name for a Secret a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+');must not start with '..'
            $ kubectl create configmap c --from-file=k=d
            error: cannot give a key name for a directory path
            $ kubectl create configmap c --from-file=./nope
            error: error reading ./nope: no such file or directory
            $ kubectl create configmap c --from-env-file=d
            error: env config file cannot be a directory
            $ kubectl create secret generic c --from-env-file=d
            error: env secret file cannot be a directory
            $ kubectl create configmap c --from-env-file=dots.env
            error: "..a" is not a valid key name: must not start with '..'
            $ kubectl create configmap c --from-env-file=digit.env
            error: "1a" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')
            $ kubectl create secret generic c --from-env-file=twice.env
            error: cannot add key A, another key by that name already exists
            $ kubectl create configmap '' --from-literal=a=1
            error: name must be specified
            $ kubectl create token ''
            error: service account name is required
            $ kubectl create configmap c --validate=maybe
            error: invalid - validate option "maybe"; must be one of: strict (or true), warn, ignore (or false)
            $ kubectl create configmap c --from-file= --from-env-file=
            configmap/c created
            $ kubectl create configmap folder --from-file=./d/ --dry-run=client -o jsonpath='{.data}'
            {"a.txt":"x"}⏎
            $ kubectl create configmap here --from-file=. --dry-run=true -o jsonpath='{.data.digit\.env}'
            1a=1
            $ kubectl create configmap order --from-literal=name=x --from-literal=app=y --dry-run=client -o json
            {
                "kind": "ConfigMap",
                "apiVersion": "v1",
                "metadata": {
                    "name": "order"
                },
                "data": {
                    "app": "y",
                    "name": "x"
                }
            }
        "#]],
    );
}

#[test]
fn what_is_wrong_with_data() {
    typed(
        &[
            ("big", &"x".repeat(1 << 20 | 1)),
            (
                "data.yaml",
                "apiVersion: v1
kind: ConfigMap
metadata: {name: both}
data: {a: x}
binaryData: {a: YQ==}
---
apiVersion: v1
kind: Secret
metadata: {name: lines}
data: {a: \"YWJj\\nZA==\\n\"}
",
            ),
        ],
        &[
            "kubectl create configmap big --from-file=big",
            "kubectl create secret generic big --from-file=big",
            "kubectl create -f data.yaml",
            "kubectl get secret lines -o jsonpath='{.data.a}'",
        ],
        expect![[r#"
            $ kubectl create configmap big --from-file=big
            error: failed to create configmap: ConfigMap "big" is invalid: []: Too long: may not be more than 1048576 bytes
            $ kubectl create secret generic big --from-file=big
            error: failed to create secret Secret "big" is invalid: data: Too long: may not be more than 1048576 bytes
            $ kubectl create -f data.yaml
            secret/lines created
            The ConfigMap "both" is invalid: data[a]: Invalid value: "a": duplicate of key present in binaryData
            $ kubectl get secret lines -o jsonpath='{.data.a}'
            YWJjZA==⏎
        "#]],
    );
}

#[test]
fn what_is_wrong_with_variables() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: nginx
    env:
    - {name: BOTH, value: x, valueFrom: {configMapKeyRef: {name: a, key: b}}}
    - {name: NONE, valueFrom: {}}
    - {name: TWO, valueFrom: {configMapKeyRef: {name: a, key: b}, secretKeyRef: {name: a, key: b}}}
    - {name: NAMES, valueFrom: {secretKeyRef: {name: A_b, key: a b}}}
    - {name: NAMELESS, valueFrom: {configMapKeyRef: {key: \"\"}}}
    - {name: UNKNOWN, valueFrom: {fieldRef: {fieldPath: metadata.nope}}}
    - {name: LABELS, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}
    - {name: LABEL, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}
    - {name: SUBSCRIPT, valueFrom: {fieldRef: {fieldPath: \"spec.nodeName['x']\"}}}
    - {name: RESOURCE, valueFrom: {resourceFieldRef: {resource: limits.gpu}}}
    - {name: DIVISOR, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 3}}}
    envFrom:
    - {}
    - {configMapRef: {name: \"\"}}
    - {prefix: a=, secretRef: {name: A_b}}
    - {secretRef: {name: a}, configMapRef: {name: a}}
";
    typed(
        &[("pod.yaml", pod)],
        &["kubectl create -f pod.yaml"],
        expect![[r#"
        $ kubectl create -f pod.yaml
        The Pod "p" is invalid: 
        * spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty
        * spec.containers[0].env[1].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`
        * spec.containers[0].env[2].valueFrom: Invalid value: "": may not have more than one field specified at a time
        * spec.containers[0].env[3].valueFrom.secretKeyRef.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
        * spec.containers[0].env[3].valueFrom.secretKeyRef.key: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')
        * spec.containers[0].env[4].valueFrom.configMapKeyRef.name: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
        * spec.containers[0].env[4].valueFrom.configMapKeyRef.key: Required value
        * spec.containers[0].env[5].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.nope": error converting fieldPath: field label not supported: metadata.nope
        * spec.containers[0].env[6].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"
        * spec.containers[0].env[8].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nodeName['x']": error converting fieldPath: field label does not support subscript: spec.nodeName['x']
        * spec.containers[0].env[9].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"
        * spec.containers[0].env[10].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource
        * spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`
        * spec.containers[0].envFrom[1].configMapRef.name: Required value
        * spec.containers[0].envFrom[2].prefix: Invalid value: "a=": a valid environment variable name must consist only of printable ASCII characters other than '='
        * spec.containers[0].envFrom[2].secretRef.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
        * spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time
    "#]],
    );
}

#[test]
fn what_is_wrong_with_volumes() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: nginx
    volumeMounts:
    - {name: reserved, mountPath: /a}
    - {name: tmp, mountPath: /b, mountPropagation: Bidirectional, recursiveReadOnly: Enabled}
  volumes:
  - name: reserved
    configMap: {name: x, items: [{key: a, path: ..x}, {key: a, path: a/../b, mode: 01000}]}
  - name: files
    downwardAPI:
      items:
      - {path: \"\"}
      - {path: x, fieldRef: {fieldPath: spec.nodeName}}
      - {path: x, resourceFieldRef: {resource: limits.cpu}}
      - {path: x, fieldRef: {fieldPath: metadata.name}, resourceFieldRef: {resource: limits.cpu, containerName: c}}
  - name: all
    projected:
      sources:
      - {configMap: {}, secret: {name: s, items: [{key: k, path: same}]}}
      - {serviceAccountToken: {path: ../x, expirationSeconds: 5}}
      - {downwardAPI: {items: [{path: same, fieldRef: {fieldPath: metadata.name}}]}}
  - name: tmp
    emptyDir: {}
  - name: negative
    emptyDir: {sizeLimit: \"-1\"}
  - name: host
    hostPath: {path: /a/../b, type: Drawer}
  - name: two
    emptyDir: {}
    downwardAPI: {}
";
    typed(
        &[("pod.yaml", pod)],
        &["kubectl create -f pod.yaml"],
        expect![[r#"
        $ kubectl create -f pod.yaml
        The Pod "p" is invalid: 
        * spec.volumes[0].configMap.items[0].path: Invalid value: "..x": must not start with '..'
        * spec.volumes[0].configMap.items[1].path: Invalid value: "a/../b": must not contain '..'
        * spec.volumes[0].configMap.items[1].mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive
        * spec.volumes[1].downwardAPI.path: Required value
        * spec.volumes[1].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required
        * spec.volumes[1].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"
        * spec.volumes[1].downwardAPI.resourceFieldRef.containerName: Required value
        * spec.volumes[1].downwardAPI: Invalid value: "resource": fieldRef and resourceFieldRef can not be specified simultaneously
        * spec.volumes[2].projected.sources[0].configMap.name: Required value
        * spec.volumes[2].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source
        * spec.volumes[2].projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes
        * spec.volumes[2].projected.path: Invalid value: "../x": must not contain '..'
        * spec.volumes[2].projected: Invalid value: "same": conflicting duplicate paths
        * spec.volumes[4].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity
        * spec.volumes[5].hostPath.path: Invalid value: "/a/../b": must not contain '..'
        * spec.volumes[5].hostPath.type: Unsupported value: "Drawer": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
        * spec.volumes[6].downwarAPI: Forbidden: may not specify more than 1 volume type
        * spec.containers[0].volumeMounts[0].name: Not found: "reserved"
        * spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers
        * spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true
        * spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified
    "#]],
    );
}

#[test]
fn variables_are_set_as_kubectl_sets_them() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: web}}
spec:
  initContainers:
  - {name: first, image: busybox, command: [\"true\"]}
  containers:
  - name: c
    image: nginx
    resources: {limits: {cpu: 1500m}}
    env:
    - {name: APP, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: OLD, value: \"1\"}
";
    typed(
        &[("pod.yaml", pod)],
        &[
            "kubectl create -f pod.yaml",
            "kubectl set env pod/p --list --resolve",
            "kubectl set env pod/p OLD=2 NEW=3 --prefix=P_ --list -c c",
            "kubectl set env pod/p OLD=2 --overwrite=false",
            "kubectl set env pod/p OLD=1 --overwrite=false -c c",
            "kubectl set env pod/p",
            "kubectl set env pod/p A=1 A-",
            "kubectl set env pod/p A=1 -c 'x*'",
            "kubectl set env pods --all -l app=web A=1",
            "kubectl set env cm/kube-root-ca.crt A=1",
        ],
        expect![[r#"
            $ kubectl create -f pod.yaml
            pod/p created
            $ kubectl set env pod/p --list --resolve
            # Pod p, container c
            APP=web
            CPU=2
            # IP from field path status.podIP
            OLD=1
            error retrieving reference for IP: unsupported fieldPath: status.podIP
            # Pod p, container first
            $ kubectl set env pod/p OLD=2 NEW=3 --prefix=P_ --list -c c
            # Pod p, container c
            # APP from field path metadata.labels['app']
            # CPU from resource field limits.cpu
            # IP from field path status.podIP
            OLD=1
            P_OLD=2
            P_NEW=3
            $ kubectl set env pod/p OLD=2 --overwrite=false
            error: pods/p 'OLD' already has a value (1), and --overwrite is false
            $ kubectl set env pod/p OLD=1 --overwrite=false -c c
            $ kubectl set env pod/p
            $ kubectl set env pod/p A=1 A-
            error: can not both modify and remove the same environment variable in the same command
            $ kubectl set env pod/p A=1 -c 'x*'
            Warning: Pod/p does not have any containers matching "x*"
            $ kubectl set env pods --all -l app=web A=1
            error: cannot set --all and --selector at the same time
            $ kubectl set env cm/kube-root-ca.crt A=1
            error: configmaps/kube-root-ca.crt the object is not a pod or does not have a pod template: *v1.ConfigMap
        "#]],
    );
}

#[test]
fn a_pipe_may_end_in_kubectl_and_a_here_document_knows_commands() {
    typed(
        &[],
        &[
            "kubectl create configmap c --from-literal=a=1 --dry-run=client -o yaml | kubectl apply -f - | grep c",
            "cat nope | kubectl apply -f -",
            "kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\ndata: {a: \"$(kubectl get cm c -o jsonpath='{.data.a}')-${X}$HOME-\\$Y-`echo b`-$ \"}\nEOF",
            "kubectl get cm d -o jsonpath='{.data.a}'",
            "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\ndata: {a: $(echo b) $HOME}\nEOF",
            "kubectl get cm d -o jsonpath='{.data.a}'",
            "echo YWJjZGU=! | base64 -d",
        ],
        expect![[r#"
            $ kubectl create configmap c --from-literal=a=1 --dry-run=client -o yaml | kubectl apply -f - | grep c
            configmap/c created
            $ cat nope | kubectl apply -f -
            cat: nope: No such file or directory
            error: no objects passed to apply
            $ kubectl apply -f - <<EOF
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: d}
            data: {a: "$(kubectl get cm c -o jsonpath='{.data.a}')-${X}$HOME-\$Y-`echo b`-$ "}
            EOF
            configmap/d created
            $ kubectl get cm d -o jsonpath='{.data.a}'
            1-/root-$Y-b-$ ⏎
            $ kubectl apply -f - <<'EOF'
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: d}
            data: {a: $(echo b) $HOME}
            EOF
            configmap/d configured
            $ kubectl get cm d -o jsonpath='{.data.a}'
            $(echo b) $HOME⏎
            $ echo YWJjZGU=! | base64 -d
            base64: invalid input
            abcde⏎
        "#]],
    );
}

#[test]
fn patches_labels_and_prefixes_fail_in_upstream_s_words() {
    typed(
        &[],
        &[
            "kubectl create configmap app-one --from-literal=a=1",
            "kubectl patch cm app-one -p 'not json'",
            "kubectl patch cm app-one -p '{\"data\":'",
            "kubectl patch cm app-one --type=merge -p '[]'",
            "kubectl patch cm app-one --type=json -p '{\"data\":{}}'",
            "kubectl patch cm app-one -p '{\"metadata\":{\"name\":\"other\"}}'",
            "kubectl patch cm app-one -p '{\"metadata\":{\"creationTimestamp\":\"2020-01-01T00:00:00Z\"}}'",
            "kubectl label cm app-one a='b c'",
            "kubectl label cm app-one a=b=c",
            "kubectl label cm app-one a=1 a-",
            "kubectl annotate cm app-one note=x",
            "kubectl annotate cm app-one note=y",
            "kubectl annotate cm app-one note=x",
            "kubectl describe cm app",
            "kubectl describe cm/app",
            "kubectl delete cm app-one -o yaml",
        ],
        expect![[r#"
            $ kubectl create configmap app-one --from-literal=a=1
            configmap/app-one created
            $ kubectl patch cm app-one -p 'not json'
            Error from server (BadRequest): json: cannot unmarshal string into Go value of type map[string]interface {}
            $ kubectl patch cm app-one -p '{"data":'
            Error from server (BadRequest): unexpected end of JSON input
            $ kubectl patch cm app-one --type=merge -p '[]'
            Error from server (BadRequest): error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}
            $ kubectl patch cm app-one --type=json -p '{"data":{}}'
            Error from server (BadRequest): error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp
            $ kubectl patch cm app-one -p '{"metadata":{"name":"other"}}'
            Error from server (BadRequest): the name of the object (other) does not match the name on the URL (app-one)
            $ kubectl patch cm app-one -p '{"metadata":{"creationTimestamp":"2020-01-01T00:00:00Z"}}'
            configmap/app-one patched (no change)
            $ kubectl label cm app-one a='b c'
            error: invalid label value: "a=b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            $ kubectl label cm app-one a=b=c
            error: invalid label spec: a=b=c
            $ kubectl label cm app-one a=1 a-
            error: can not both modify and remove a label in the same command
            $ kubectl annotate cm app-one note=x
            configmap/app-one annotated
            $ kubectl annotate cm app-one note=y
            error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (x)
            $ kubectl annotate cm app-one note=x
            configmap/app-one annotated
            $ kubectl describe cm app
            Name:         app-one
            Namespace:    default
            Labels:       <none>
            Annotations:  note: x

            Data
            ====
            a:
            ----
            1


            BinaryData
            ====


            $ kubectl describe cm/app
            Error from server (NotFound): configmaps "app" not found
            $ kubectl delete cm app-one -o yaml
            error: unexpected -o output mode: yaml. We only support '-o name'
        "#]],
    );
}
