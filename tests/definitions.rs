//! Definitions of custom kinds over their life: rules that cost, versions that nobody converts, what ratchets, what approves.

#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use typed::typed;

/// A definition of `toys` whose spec has a schema; `rest` goes beside the versions.
fn toys(group: &str, spec: &str, rest: &str) -> String {
    format!(
        "kubectl apply -f - <<'EOF'\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: toys.{group}, annotations: {{}}}}\nspec:\n  group: {group}\n  scope: Namespaced\n  names: {{plural: toys, kind: Toy}}\n  versions:\n  - {{name: v1, served: true, storage: true, subresources: {{status: {{}}, scale: {{specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}}}, selectableFields: [{{jsonPath: .spec.colour}}], schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {spec}, status: {{type: object, properties: {{replicas: {{type: integer}}, selector: {{type: string}}}}}}}}}}}}}}\n  {rest}\nEOF"
    )
}

const PLAIN: &str = "{type: object, properties: {replicas: {type: integer, default: 1}, colour: {type: string}, tags: {type: array, items: {type: string}}}}";
const ESTABLISHED: &str = "kubectl wait --for=condition=Established crd --all";

fn toy(command: &str, name: &str, spec: &str) -> String {
    format!(
        "kubectl {command} -f - <<'EOF'\napiVersion: shop.example.com/v1\nkind: Toy\nmetadata: {{name: {name}}}\nspec: {spec}\nEOF"
    )
}

#[test]
fn rules_have_a_price() {
    let listed = |rule: &str, bounds: &str| {
        let spec = format!(
            "{{type: object, properties: {{colour: {{type: string}}, replicas: {{type: integer}}, tags: {{type: array, {bounds}items: {{type: string, maxLength: 20}}, x-kubernetes-validations: [{{rule: '{rule}'}}]}}}}}}"
        );
        toys("shop.example.com", &spec, "")
    };
    let nested = "self.all(a, self.all(b, a != b || a == b))";
    typed(
        &[
            &format!("? {}", listed(nested, "")),
            &format!("? {}", listed(nested, "maxItems: 1000, ")),
            &listed(nested, "maxItems: 500, "),
            ESTABLISHED,
            &toy("create", "few", "{tags: [a, b]}"),
            // What may be estimated at ten million may cost one million when it runs.
            &format!(
                "? {}",
                toy(
                    "create",
                    "many",
                    &format!(
                        "{{tags: [{}]}}",
                        (0..500).map(|i| format!("t{i}")).collect::<Vec<_>>().join(", ")
                    )
                )
            ),
        ],
        expect![[r#"
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * spec.validation.openAPIV3Schema.properties[spec].properties[tags].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)
            * spec.validation.openAPIV3Schema.properties[spec].properties[tags].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema
            * spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)
            The CustomResourceDefinition "toys.shop.example.com" is invalid: spec.validation.openAPIV3Schema.properties[spec].properties[tags].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 2.3x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)
            The Toy "many" is invalid: spec.tags: Invalid value: "array": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: self.all(a, self.all(b, a != b || a == b))
        "#]],
    );
}

#[test]
fn what_an_older_rule_allowed_stays_with_a_warning() {
    let ruled = "{type: object, properties: {replicas: {type: integer, default: 1}, colour: {type: string, maxLength: 30, x-kubernetes-validations: [{rule: \"self.startsWith('b')\", message: must be blue}]}}}";
    typed(
        &[
            &toys("shop.example.com", PLAIN, ""),
            ESTABLISHED,
            &toy("create", "a", "{colour: red}"),
            &toys("shop.example.com", ruled, ""),
            "? kubectl patch toy a --type=merge -p '{\"spec\":{\"replicas\":2}}'",
            "? kubectl patch toy a --type=merge -p '{\"spec\":{\"colour\":\"green\"}}'",
            "? kubectl get toy a -o jsonpath='{.metadata.generation} {.spec}'",
        ],
        expect![[r#"
            toy.shop.example.com/a patched
            Warning: spec.colour: Invalid value: "red": must be blue
            The Toy "a" is invalid: spec.colour: Invalid value: "green": must be blue
            2 {"colour":"red","replicas":2}
        "#]],
    );
}

#[test]
fn subresources_and_selectors_of_a_custom_kind() {
    typed(
        &[
            &toys("shop.example.com", PLAIN, ""),
            ESTABLISHED,
            &toy("create", "a", "{colour: red}"),
            &toy("create", "b", "{colour: blue, replicas: 3}"),
            "? kubectl get toys --field-selector spec.colour=red -o name",
            "? kubectl get toys --field-selector spec.replicas=3 -o name",
            "? kubectl scale toy a --replicas=5",
            "kubectl patch toy a --subresource=status --type=merge -p '{\"status\":{\"replicas\":4,\"selector\":\"app=a\"},\"spec\":{\"colour\":\"pink\"}}'",
            "? kubectl get toy a -o jsonpath='{.metadata.generation} {.spec} {.status}'",
            "? kubectl get toy a --subresource=scale -o jsonpath='{.spec}{.status}'",
            "? kubectl patch toy a --type=merge -p '{\"spec\":{\"replicas\":-1}}'",
            "? kubectl explain toy.spec",
        ],
        expect![[r#"
            toy.shop.example.com/a
            Error from server (BadRequest): Unable to find "shop.example.com/v1, Resource=toys" that match label selector "", field selector "spec.replicas=3": field label not supported: spec.replicas
            toy.shop.example.com/a scaled
            2 {"colour":"red","replicas":5} {"replicas":4,"selector":"app=a"}
            {"replicas":5}{"replicas":4,"selector":"app=a"}
            The Toy "a" is invalid: .spec.replicas: Invalid value: -1: should be a non-negative integer
            GROUP:      shop.example.com
            KIND:       Toy
            VERSION:    v1

            FIELD: spec <Object>


            DESCRIPTION:
                <empty>
            FIELDS:
              colour	<string>
                <no description>

              replicas	<integer>
                <no description>

              tags	<[]string>
                <no description>


        "#]],
    );
}

#[test]
fn nobody_converts() {
    let second = "- {name: v2, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n  conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: {service: {name: convert, namespace: default, path: /convert}}}}";
    typed(
        &[
            &format!(
                "? {}",
                toys(
                    "shop.example.com",
                    PLAIN,
                    "conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v3], clientConfig: {url: 'http://x'}}}"
                )
            ),
            &format!(
                "? {}",
                toys(
                    "shop.example.com",
                    PLAIN,
                    "conversion: {strategy: None, webhook: {conversionReviewVersions: [v1]}}"
                )
            ),
            &toys("shop.example.com", PLAIN, second),
            ESTABLISHED,
            &toy("create", "a", "{colour: red}"),
            "? kubectl get toys.v1.shop.example.com -o name",
            "? kubectl get toys.v2.shop.example.com",
            "? kubectl get toys.v2.shop.example.com a",
            "? kubectl create -f - <<'EOF'\napiVersion: shop.example.com/v2\nkind: Toy\nmetadata: {name: b}\nEOF",
        ],
        expect![[r#"
            The CustomResourceDefinition "toys.shop.example.com" is invalid: 
            * spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]
            * spec.conversion.conversionReviewVersions: Invalid value: ["v3"]: must include at least one of v1, v1beta1
            The CustomResourceDefinition "toys.shop.example.com" is invalid: spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook
            toy.shop.example.com/a
            Error from server: conversion webhook for shop.example.com/v1, Kind=Toy failed: Post "https://convert.default.svc:443/convert?timeout=30s": service "convert" not found
            Error from server: conversion webhook for shop.example.com/v1, Kind=Toy failed: Post "https://convert.default.svc:443/convert?timeout=30s": service "convert" not found
            Error from server: error when creating "STDIN": conversion webhook for shop.example.com/v2, Kind=Toy failed: Post "https://convert.default.svc:443/convert?timeout=30s": service "convert" not found
        "#]],
    );
}

#[test]
fn groups_of_the_community_are_approved() {
    let with = |annotation: &str| {
        toys("sigs.k8s.io", PLAIN, "").replace("annotations: {}", &format!("annotations: {annotation}"))
    };
    let condition = "? kubectl get crd toys.sigs.k8s.io -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{\"\\n\"}{end}'";
    typed(
        &[
            &format!("? {}", with("{}")),
            &format!("? {}", with("{api-approved.kubernetes.io: later}")),
            &with("{api-approved.kubernetes.io: 'unapproved, an experiment'}"),
            "4",
            condition,
            "kubectl annotate crd toys.sigs.k8s.io --overwrite api-approved.kubernetes.io=https://github.com/kubernetes/kubernetes/pull/78458",
            "4",
            condition,
        ],
        expect![[r#"
            The CustomResourceDefinition "toys.sigs.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111
            The CustomResourceDefinition "toys.sigs.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Invalid value: "later": protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111
            NamesAccepted=True NoConflicts: no conflicts found
            Established=True InitialNamesAccepted: the initial names have been accepted
            KubernetesAPIApprovalPolicyConformant=False UnapprovedAnnotation: not approved: "unapproved, an experiment"
            NamesAccepted=True NoConflicts: no conflicts found
            Established=True InitialNamesAccepted: the initial names have been accepted
            KubernetesAPIApprovalPolicyConformant=True ApprovedAnnotation: approved in https://github.com/kubernetes/kubernetes/pull/78458
        "#]],
    );
}

/// No schema is asked of a kind that kustomize does not know: maps merge, lists are replaced.
#[test]
fn kustomize_patches_custom_objects_without_their_schema() {
    typed::typed_with(
        &[
            (
                "k/kustomization.yaml",
                "resources: [toy.yaml]\nnamePrefix: my-\npatches: [{path: patch.yaml}]\n",
            ),
            (
                "k/toy.yaml",
                "apiVersion: shop.example.com/v1\nkind: Toy\nmetadata: {name: a}\nspec: {colour: red, tags: [a, b], parts: [{name: x, n: 1}, {name: y, n: 2}]}\n",
            ),
            (
                "k/patch.yaml",
                "apiVersion: shop.example.com/v1\nkind: Toy\nmetadata: {name: a}\nspec: {colour: null, tags: [c], parts: [{name: y, n: 3}]}\n",
            ),
        ],
        &["? kubectl kustomize k"],
        expect![[r#"
            apiVersion: shop.example.com/v1
            kind: Toy
            metadata:
              name: my-a
            spec:
              parts:
              - "false": 3
                name: true
              tags:
              - c
        "#]],
    );
}
