//! Custom kinds, as people define and use them: what no recording shows.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed;

/// A definition with every extension that a schema may have.
const WIDGETS: &str = r#"kubectl apply -f - <<'EOF'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    additionalPrinterColumns:
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              replicas: {type: integer}
              port: {x-kubernetes-int-or-string: true}
              size: {type: object, properties: {a: {type: integer}, b: {type: integer}}, oneOf: [{required: [a]}, {required: [b]}]}
              when: {type: string, format: date-time}
              items:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, required: [name], properties: {name: {type: string}, value: {type: string}}}
              tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
              template: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
EOF"#;

const ESTABLISHED: &str = "kubectl wait --for=condition=Established crd --all";

fn widget(name: &str, spec: &str) -> String {
    format!(
        "kubectl create -f - <<'EOF'\napiVersion: shop.example.com/v1\nkind: Widget\nmetadata: {{name: {name}}}\nspec: {spec}\nEOF"
    )
}

#[test]
fn a_structural_schema_holds_for_all_its_extensions() {
    let wrong = widget(
        "wrong",
        "{items: [{name: a}, {name: a}], tags: [x, x], size: {}, when: soon, port: true, template: {spec: {x: 1}}}",
    );
    let both = widget("both", "{size: {a: 1, b: 2}}");
    typed(
        &[WIDGETS, ESTABLISHED, &format!("? {wrong}"), &format!("? {both}")],
        expect![[r#"
            The Widget "wrong" is invalid: 
            * spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"
            * <nil>: Invalid value: "": "spec.size" must validate one and only one schema (oneOf). Found none valid
            * spec.size.a: Required value
            * spec.when: Invalid value: "soon": spec.when in body must be of type date-time: "soon"
            * spec.template.apiVersion: Required value: must not be empty
            * spec.template.kind: Required value: must not be empty
            * spec.items[1]: Duplicate value: {"name":"a"}
            * spec.tags[1]: Duplicate value: "x"
            The Widget "both" is invalid: <nil>: Invalid value: "": "spec.size" must validate one and only one schema (oneOf). Found 2 valid alternatives
        "#]],
    );
}

#[test]
fn a_custom_object_is_scaled_applied_and_listed_as_others_are() {
    let one = widget("one", "{replicas: 2, items: [{name: a, value: x}]}");
    typed(
        &[
            WIDGETS,
            ESTABLISHED,
            &one,
            "kubectl scale widget one --replicas=5",
            "? kubectl get wd one --subresource=scale --no-headers -o custom-columns=:.spec.replicas,:.status.replicas",
            r#"kubectl patch wd one --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}'"#,
            "? kubectl get all",
            "kubectl apply --server-side --field-manager=amy -f - <<'EOF'\napiVersion: shop.example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: {items: [{name: b, value: z}]}\nEOF",
            "? kubectl get wd one -o jsonpath='{.spec.items}'",
            "? kubectl apply --server-side --field-manager=amy -f - <<'EOF'\napiVersion: shop.example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: {replicas: 1, items: [{name: b, value: 3}]}\nEOF",
        ],
        expect![[r#"
            5     0
            NAME                          READY
            widget.shop.example.com/one   True
            [{"name":"a","value":"x"},{"name":"b","value":"z"}]
            Error from server: failed to create typed patch object (default/one; shop.example.com/v1, Kind=Widget): .spec.items[name="b"].value: expected string, got &value.valueUnstructured{Value:3}
        "#]],
    );
}

#[test]
fn a_custom_object_is_replaced_by_who_has_seen_it() {
    let changed = r#"{"apiVersion":"shop.example.com/v1","kind":"Widget","metadata":{"name":"one","namespace":"default"},"spec":{"replicas":7}}"#;
    let path = "/apis/shop.example.com/v1/namespaces/default/widgets/one";
    typed(
        &[
            WIDGETS,
            ESTABLISHED,
            &widget("one", "{replicas: 2}"),
            &format!("? echo '{changed}' | kubectl replace --raw {path} -f -"),
            &format!("? echo '{changed}' | kubectl replace -f -"),
            "? kubectl get wd one -o jsonpath='{.spec.replicas} {.metadata.generation}'",
        ],
        expect![[r#"
            The widgets "one" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update
            widget.shop.example.com/one replaced
            7 2
        "#]],
    );
}

#[test]
fn quotas_owners_and_namespaces_reckon_with_custom_objects() {
    let child = "kubectl create -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: child\n  ownerReferences: [{apiVersion: shop.example.com/v1, kind: Widget, name: one, uid: $(kubectl get wd one -o jsonpath='{.metadata.uid}')}]\nEOF";
    let elsewhere = widget("there", "{replicas: 1}").replace("create -f", "create -n far -f");
    typed(
        &[
            WIDGETS,
            ESTABLISHED,
            "kubectl create quota few --hard=count/widgets.shop.example.com=1",
            "4",
            &widget("one", "{}"),
            &format!("? {}", widget("two", "{}")),
            child,
            "kubectl delete wd one",
            "40",
            "? kubectl get cm child",
            "kubectl create ns far",
            &elsewhere,
            "kubectl delete ns far",
            "? kubectl get wd -A",
        ],
        expect![[r#"
            Error from server (Forbidden): error when creating "STDIN": widgets.shop.example.com "two" is forbidden: exceeded quota: few, requested: count/widgets.shop.example.com=1, used: count/widgets.shop.example.com=1, limited: count/widgets.shop.example.com=1
            Error from server (NotFound): configmaps "child" not found
            No resources found
        "#]],
    );
}

#[test]
fn a_definition_that_is_none_is_refused() {
    let create = |spec: &str| {
        format!(
            "? kubectl create -f - <<'EOF'\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: toys.shop.example.com}}\nspec: {spec}\nEOF"
        )
    };
    let schema = |schema: &str| {
        create(&format!(
            "{{group: shop.example.com, scope: Namespaced, names: {{plural: toys, kind: Toy}}, versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}]}}"
        ))
    };
    let lines = [
        create(
            "{group: shop, scope: Local, names: {plural: toys, kind: Toy}, versions: [{name: v1, served: true, storage: true}]}",
        ),
        schema("{type: object, properties: {spec: {properties: {a: {type: text}, b: {type: array}}}}}"),
        schema("{type: object, properties: {a: {type: string, pattern: '[', default: 3}}}"),
        schema(
            "{type: object, properties: {a: {type: object, default: {b: 1}, properties: {c: {type: string}}}}}",
        ),
        schema("{type: object, properties: {a: {type: object, anyOf: [{properties: {b: {type: string}}}]}}}"),
        schema(
            "{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, items: {type: object, properties: {k: {type: string}}}, x-kubernetes-list-map-keys: [k]}}}",
        ),
        schema(
            "{type: object, properties: {a: {type: integer, x-kubernetes-validations: [{rule: 'self + 1'}, {rule: 'self > \"1\"'}]}}}",
        ),
        schema(
            "{type: object, properties: {l: {type: array, items: {type: string, x-kubernetes-validations: [{rule: 'self == oldSelf'}]}}}}",
        ),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    typed(
        &lines,
        expect![[r#"
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * metadata.name: Invalid value: "toys.shop.example.com": must be spec.names.plural+"."+spec.group
            * spec.group: Invalid value: "shop": should be a domain with at least one dot
            * spec.scope: Unsupported value: "Local": supported values: "Cluster", "Namespaced"
            * spec.versions[0].schema.openAPIV3Schema: Required value
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * spec.validation.openAPIV3Schema.properties[spec].properties[b].items: Required value: must be specified
            * spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields
            * spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"
            The CustomResourceDefinition "toys.shop.example.com" is invalid: spec.validation.openAPIV3Schema.properties[a].pattern: Invalid value: "[": must be a valid regular expression, but isn't: error parsing regexp: missing closing ]: `[`
            The CustomResourceDefinition "toys.shop.example.com" is invalid: spec.validation.openAPIV3Schema.properties[a].default: Invalid value: {"b":1}: must not have unknown fields
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * spec.validation.openAPIV3Schema.properties[a].anyOf[0].properties[b].type: Forbidden: must be empty to be structural
            * spec.validation.openAPIV3Schema.properties[a].properties[b]: Required value: because it is defined in spec.validation.openAPIV3Schema.properties[a].anyOf[0].properties[b]
            The CustomResourceDefinition "toys.shop.example.com" is invalid: spec.validation.openAPIV3Schema.properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * spec.validation.openAPIV3Schema.properties[a].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self + 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool
            * spec.validation.openAPIV3Schema.properties[a].x-kubernetes-validations[1].rule: Invalid value: {"Rule":"self \u003e \"1\"","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:6: found no matching overload for '_>_' applied to '(int, string)'
             | self > "1"
             | .....^
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * spec.validation.openAPIV3Schema.properties[l].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)
            * spec.validation.openAPIV3Schema.properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within spec.validation.openAPIV3Schema.properties[l]
            * spec.validation.openAPIV3Schema.properties[l].items.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema
            * spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)
        "#]],
    );
}

#[test]
fn a_policy_looks_at_parameters_and_variables() {
    typed(
        &[
            "kubectl create configmap limits --from-literal=most=2",
            r#"kubectl apply -f - <<'EOF'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  paramKind: {apiVersion: v1, kind: ConfigMap}
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments, deployments/scale]}
  matchConditions: [{name: not-exempt, expression: "!object.metadata.name.startsWith('free-')"}]
  variables: [{name: most, expression: int(params.data.most)}]
  validations:
  - {expression: object.spec.replicas <= variables.most, messageExpression: "'at most ' + string(variables.most)"}
  - {expression: object.metadata.nope == 1}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few}
spec: {policyName: few, validationActions: [Deny], paramRef: {name: limits, namespace: default, parameterNotFoundAction: Deny}}
EOF"#,
            "? kubectl create deployment web --image=nginx --replicas=3",
            "kubectl create deployment free-web --image=nginx --replicas=3",
        ],
        expect![[r#"
            error: failed to create deployment: deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: at most 2
        "#]],
    );
}
