//! Values as some error messages show them: JSON of Go's *internal* structs, fields in declaration order, nothing left
//! out (`null`, `""`, `0` where there is nothing).
//!
//! A few messages print a whole struct (an immutable pod template, say), and they do it with the server's internal
//! types, whose fields carry no JSON names. The tables below say those types' fields in order.

use crate::json::Json;
use std::fmt::Write;

/// A field of an internal struct.
pub(super) struct Field {
    /// Its Go name.
    go: &'static str,
    /// Where the public object has it.
    json: &'static str,
    kind: Kind,
}

enum Kind {
    /// A string, `""` where absent.
    Text,
    /// A boolean held by value.
    Flag,
    /// A number held by value.
    Number,
    /// Anything printed as it is, `null` where absent: pointers to scalars, lists of scalars, maps.
    Plain,
    /// A struct held by value.
    Struct(&'static [Field]),
    /// A pointer to a struct.
    Pointer(&'static [Field]),
    /// A list of structs.
    List(&'static [Field]),
    /// The pod's security context, which internally also holds the host namespaces.
    PodSecurity,
}

pub(super) const fn text(go: &'static str, json: &'static str) -> Field {
    Field { go, json, kind: Kind::Text }
}
pub(super) const fn flag(go: &'static str, json: &'static str) -> Field {
    Field { go, json, kind: Kind::Flag }
}
pub(super) const fn number(go: &'static str, json: &'static str) -> Field {
    Field { go, json, kind: Kind::Number }
}
pub(super) const fn plain(go: &'static str, json: &'static str) -> Field {
    Field { go, json, kind: Kind::Plain }
}
pub(super) const fn by_value(go: &'static str, json: &'static str, fields: &'static [Field]) -> Field {
    Field { go, json, kind: Kind::Struct(fields) }
}
pub(super) const fn pointer(go: &'static str, json: &'static str, fields: &'static [Field]) -> Field {
    Field { go, json, kind: Kind::Pointer(fields) }
}
pub(super) const fn list(go: &'static str, json: &'static str, fields: &'static [Field]) -> Field {
    Field { go, json, kind: Kind::List(fields) }
}

const KEY_PATH: &[Field] = &[text("Key", "key"), text("Path", "path"), plain("Mode", "mode")];
const FIELD_REF: &[Field] = &[text("APIVersion", "apiVersion"), text("FieldPath", "fieldPath")];
const RESOURCE_REF: &[Field] =
    &[text("ContainerName", "containerName"), text("Resource", "resource"), plain("Divisor", "divisor")];
const KEY_REF: &[Field] = &[text("Name", "name"), text("Key", "key"), plain("Optional", "optional")];
const FILE_KEY_REF: &[Field] = &[
    text("VolumeName", "volumeName"),
    text("Path", "path"),
    text("Key", "key"),
    plain("Optional", "optional"),
];
const DOWNWARD_FILE: &[Field] = &[
    text("Path", "path"),
    pointer("FieldRef", "fieldRef", FIELD_REF),
    pointer("ResourceFieldRef", "resourceFieldRef", RESOURCE_REF),
    plain("Mode", "mode"),
];
const PROJECTION: &[Field] = &[
    pointer(
        "Secret",
        "secret",
        &[text("Name", "name"), list("Items", "items", KEY_PATH), plain("Optional", "optional")],
    ),
    pointer("DownwardAPI", "downwardAPI", &[list("Items", "items", DOWNWARD_FILE)]),
    pointer(
        "ConfigMap",
        "configMap",
        &[text("Name", "name"), list("Items", "items", KEY_PATH), plain("Optional", "optional")],
    ),
    pointer(
        "ServiceAccountToken",
        "serviceAccountToken",
        &[
            text("Audience", "audience"),
            number("ExpirationSeconds", "expirationSeconds"),
            text("Path", "path"),
        ],
    ),
    plain("ClusterTrustBundle", "clusterTrustBundle"),
    plain("PodCertificate", "podCertificate"),
];
const VOLUME: &[Field] = &[
    text("Name", "name"),
    pointer("HostPath", "hostPath", &[text("Path", "path"), plain("Type", "type")]),
    pointer("EmptyDir", "emptyDir", &[text("Medium", "medium"), plain("SizeLimit", "sizeLimit")]),
    plain("GCEPersistentDisk", "gcePersistentDisk"),
    plain("AWSElasticBlockStore", "awsElasticBlockStore"),
    plain("GitRepo", "gitRepo"),
    pointer(
        "Secret",
        "secret",
        &[
            text("SecretName", "secretName"),
            list("Items", "items", KEY_PATH),
            plain("DefaultMode", "defaultMode"),
            plain("Optional", "optional"),
        ],
    ),
    pointer("NFS", "nfs", &[text("Server", "server"), text("Path", "path"), flag("ReadOnly", "readOnly")]),
    plain("ISCSI", "iscsi"),
    plain("Glusterfs", "glusterfs"),
    pointer(
        "PersistentVolumeClaim",
        "persistentVolumeClaim",
        &[text("ClaimName", "claimName"), flag("ReadOnly", "readOnly")],
    ),
    plain("RBD", "rbd"),
    plain("Quobyte", "quobyte"),
    plain("FlexVolume", "flexVolume"),
    plain("Cinder", "cinder"),
    plain("CephFS", "cephfs"),
    plain("Flocker", "flocker"),
    pointer(
        "DownwardAPI",
        "downwardAPI",
        &[list("Items", "items", DOWNWARD_FILE), plain("DefaultMode", "defaultMode")],
    ),
    plain("FC", "fc"),
    plain("AzureFile", "azureFile"),
    pointer(
        "ConfigMap",
        "configMap",
        &[
            text("Name", "name"),
            list("Items", "items", KEY_PATH),
            plain("DefaultMode", "defaultMode"),
            plain("Optional", "optional"),
        ],
    ),
    plain("VsphereVolume", "vsphereVolume"),
    plain("AzureDisk", "azureDisk"),
    plain("PhotonPersistentDisk", "photonPersistentDisk"),
    pointer(
        "Projected",
        "projected",
        &[list("Sources", "sources", PROJECTION), plain("DefaultMode", "defaultMode")],
    ),
    plain("PortworxVolume", "portworxVolume"),
    plain("ScaleIO", "scaleIO"),
    plain("StorageOS", "storageos"),
    plain("CSI", "csi"),
    plain("Ephemeral", "ephemeral"),
    plain("Image", "image"),
];
const HEADER: &[Field] = &[text("Name", "name"), text("Value", "value")];
const HTTP_GET: &[Field] = &[
    text("Path", "path"),
    plain("Port", "port"),
    text("Host", "host"),
    text("Scheme", "scheme"),
    list("HTTPHeaders", "httpHeaders", HEADER),
];
const EXEC: &[Field] = &[plain("Command", "command")];
const TCP: &[Field] = &[plain("Port", "port"), text("Host", "host")];
const PROBE: &[Field] = &[
    pointer("Exec", "exec", EXEC),
    pointer("HTTPGet", "httpGet", HTTP_GET),
    pointer("TCPSocket", "tcpSocket", TCP),
    pointer("GRPC", "grpc", &[number("Port", "port"), plain("Service", "service")]),
    number("InitialDelaySeconds", "initialDelaySeconds"),
    number("TimeoutSeconds", "timeoutSeconds"),
    number("PeriodSeconds", "periodSeconds"),
    number("SuccessThreshold", "successThreshold"),
    number("FailureThreshold", "failureThreshold"),
    plain("TerminationGracePeriodSeconds", "terminationGracePeriodSeconds"),
];
const HANDLER: &[Field] = &[
    pointer("Exec", "exec", EXEC),
    pointer("HTTPGet", "httpGet", HTTP_GET),
    pointer("TCPSocket", "tcpSocket", TCP),
    pointer("Sleep", "sleep", &[number("Seconds", "seconds")]),
];
const RESOURCES: &[Field] = &[
    plain("Limits", "limits"),
    plain("Requests", "requests"),
    list("Claims", "claims", &[text("Name", "name"), text("Request", "request")]),
];
const ENV: &[Field] = &[
    text("Name", "name"),
    text("Value", "value"),
    pointer(
        "ValueFrom",
        "valueFrom",
        &[
            pointer("FieldRef", "fieldRef", FIELD_REF),
            pointer("ResourceFieldRef", "resourceFieldRef", RESOURCE_REF),
            pointer("ConfigMapKeyRef", "configMapKeyRef", KEY_REF),
            pointer("SecretKeyRef", "secretKeyRef", KEY_REF),
            pointer("FileKeyRef", "fileKeyRef", FILE_KEY_REF),
        ],
    ),
];
const ENV_FROM: &[Field] = &[
    text("Prefix", "prefix"),
    pointer("ConfigMapRef", "configMapRef", &[text("Name", "name"), plain("Optional", "optional")]),
    pointer("SecretRef", "secretRef", &[text("Name", "name"), plain("Optional", "optional")]),
];
const PROFILE: &[Field] = &[text("Type", "type"), plain("LocalhostProfile", "localhostProfile")];
const SELINUX: &[Field] =
    &[text("User", "user"), text("Role", "role"), text("Type", "type"), text("Level", "level")];
const SECURITY: &[Field] = &[
    pointer("Capabilities", "capabilities", &[plain("Add", "add"), plain("Drop", "drop")]),
    plain("Privileged", "privileged"),
    pointer("SELinuxOptions", "seLinuxOptions", SELINUX),
    plain("WindowsOptions", "windowsOptions"),
    plain("RunAsUser", "runAsUser"),
    plain("RunAsGroup", "runAsGroup"),
    plain("RunAsNonRoot", "runAsNonRoot"),
    plain("ReadOnlyRootFilesystem", "readOnlyRootFilesystem"),
    plain("AllowPrivilegeEscalation", "allowPrivilegeEscalation"),
    plain("ProcMount", "procMount"),
    pointer("SeccompProfile", "seccompProfile", PROFILE),
    pointer("AppArmorProfile", "appArmorProfile", PROFILE),
];
const CONTAINER: &[Field] = &[
    text("Name", "name"),
    text("Image", "image"),
    plain("Command", "command"),
    plain("Args", "args"),
    text("WorkingDir", "workingDir"),
    list(
        "Ports",
        "ports",
        &[
            text("Name", "name"),
            number("HostPort", "hostPort"),
            number("ContainerPort", "containerPort"),
            text("Protocol", "protocol"),
            text("HostIP", "hostIP"),
        ],
    ),
    list("EnvFrom", "envFrom", ENV_FROM),
    list("Env", "env", ENV),
    by_value("Resources", "resources", RESOURCES),
    list(
        "ResizePolicy",
        "resizePolicy",
        &[text("ResourceName", "resourceName"), text("RestartPolicy", "restartPolicy")],
    ),
    plain("RestartPolicy", "restartPolicy"),
    plain("RestartPolicyRules", "restartPolicyRules"),
    list(
        "VolumeMounts",
        "volumeMounts",
        &[
            text("Name", "name"),
            flag("ReadOnly", "readOnly"),
            plain("RecursiveReadOnly", "recursiveReadOnly"),
            text("MountPath", "mountPath"),
            text("SubPath", "subPath"),
            plain("MountPropagation", "mountPropagation"),
            text("SubPathExpr", "subPathExpr"),
        ],
    ),
    list("VolumeDevices", "volumeDevices", &[text("Name", "name"), text("DevicePath", "devicePath")]),
    pointer("LivenessProbe", "livenessProbe", PROBE),
    pointer("ReadinessProbe", "readinessProbe", PROBE),
    pointer("StartupProbe", "startupProbe", PROBE),
    pointer(
        "Lifecycle",
        "lifecycle",
        &[
            pointer("PostStart", "postStart", HANDLER),
            pointer("PreStop", "preStop", HANDLER),
            plain("StopSignal", "stopSignal"),
        ],
    ),
    text("TerminationMessagePath", "terminationMessagePath"),
    text("TerminationMessagePolicy", "terminationMessagePolicy"),
    text("ImagePullPolicy", "imagePullPolicy"),
    pointer("SecurityContext", "securityContext", SECURITY),
    flag("Stdin", "stdin"),
    flag("StdinOnce", "stdinOnce"),
    flag("TTY", "tty"),
];
const POD_SECURITY: &[Field] = &[
    pointer("SELinuxOptions", "seLinuxOptions", SELINUX),
    plain("WindowsOptions", "windowsOptions"),
    plain("RunAsUser", "runAsUser"),
    plain("RunAsGroup", "runAsGroup"),
    plain("RunAsNonRoot", "runAsNonRoot"),
    plain("SupplementalGroups", "supplementalGroups"),
    plain("SupplementalGroupsPolicy", "supplementalGroupsPolicy"),
    plain("FSGroup", "fsGroup"),
    plain("FSGroupChangePolicy", "fsGroupChangePolicy"),
    list("Sysctls", "sysctls", &[text("Name", "name"), text("Value", "value")]),
    pointer("SeccompProfile", "seccompProfile", PROFILE),
    pointer("AppArmorProfile", "appArmorProfile", PROFILE),
    plain("SELinuxChangePolicy", "seLinuxChangePolicy"),
];
const HOST: &[Field] = &[
    flag("HostNetwork", "hostNetwork"),
    flag("HostPID", "hostPID"),
    flag("HostIPC", "hostIPC"),
    plain("ShareProcessNamespace", "shareProcessNamespace"),
    plain("HostUsers", "hostUsers"),
];
const TOLERATION: &[Field] = &[
    text("Key", "key"),
    text("Operator", "operator"),
    text("Value", "value"),
    text("Effect", "effect"),
    plain("TolerationSeconds", "tolerationSeconds"),
];
const POD_SPEC: &[Field] = &[
    list("Volumes", "volumes", VOLUME),
    list("InitContainers", "initContainers", CONTAINER),
    list("Containers", "containers", CONTAINER),
    plain("EphemeralContainers", "ephemeralContainers"),
    text("RestartPolicy", "restartPolicy"),
    plain("TerminationGracePeriodSeconds", "terminationGracePeriodSeconds"),
    plain("ActiveDeadlineSeconds", "activeDeadlineSeconds"),
    text("DNSPolicy", "dnsPolicy"),
    plain("NodeSelector", "nodeSelector"),
    text("ServiceAccountName", "serviceAccountName"),
    plain("AutomountServiceAccountToken", "automountServiceAccountToken"),
    text("NodeName", "nodeName"),
    Field { go: "SecurityContext", json: "securityContext", kind: Kind::PodSecurity },
    list("ImagePullSecrets", "imagePullSecrets", &[text("Name", "name")]),
    text("Hostname", "hostname"),
    text("Subdomain", "subdomain"),
    plain("SetHostnameAsFQDN", "setHostnameAsFQDN"),
    plain("Affinity", "affinity"),
    text("SchedulerName", "schedulerName"),
    list("Tolerations", "tolerations", TOLERATION),
    plain("HostAliases", "hostAliases"),
    text("PriorityClassName", "priorityClassName"),
    plain("Priority", "priority"),
    plain("PreemptionPolicy", "preemptionPolicy"),
    plain("DNSConfig", "dnsConfig"),
    list("ReadinessGates", "readinessGates", &[text("ConditionType", "conditionType")]),
    plain("RuntimeClassName", "runtimeClassName"),
    plain("Overhead", "overhead"),
    plain("EnableServiceLinks", "enableServiceLinks"),
    plain("TopologySpreadConstraints", "topologySpreadConstraints"),
    plain("OS", "os"),
    list("SchedulingGates", "schedulingGates", &[text("Name", "name")]),
    plain("ResourceClaims", "resourceClaims"),
    plain("Resources", "resources"),
    plain("HostnameOverride", "hostnameOverride"),
    plain("SchedulingGroup", "schedulingGroup"),
];
const EXIT_CODES: &[Field] =
    &[plain("ContainerName", "containerName"), text("Operator", "operator"), plain("Values", "values")];
const FAILURE_POLICY: &[Field] = &[list(
    "Rules",
    "rules",
    &[
        text("Action", "action"),
        pointer("OnExitCodes", "onExitCodes", EXIT_CODES),
        list("OnPodConditions", "onPodConditions", &[text("Type", "type"), text("Status", "status")]),
    ],
)];
const SUCCESS_POLICY: &[Field] = &[list(
    "Rules",
    "rules",
    &[plain("SucceededIndexes", "succeededIndexes"), plain("SucceededCount", "succeededCount")],
)];

const SERVICE_PORT: &[Field] = &[
    text("Name", "name"),
    text("Protocol", "protocol"),
    plain("AppProtocol", "appProtocol"),
    number("Port", "port"),
    number("TargetPort", "targetPort"),
    number("NodePort", "nodePort"),
];

/// A Service's port.
pub fn service_port(port: &Json) -> String {
    printed(SERVICE_PORT, port)
}

/// A pod template: its metadata has JSON names, its spec has not.
pub fn pod_template(template: &Json) -> String {
    let mut out = String::from("{");
    for (key, value) in template["metadata"].entries() {
        let _ = write!(out, "{}:{value},", Json::from(key));
    }
    out.push_str("\"Spec\":");
    structure(POD_SPEC, &template["spec"], &mut out);
    out.push('}');
    out
}

/// An ephemeral container: its part that other containers have, too, is embedded.
pub fn ephemeral_container(container: &Json) -> String {
    let common = printed(CONTAINER, container);
    let target = container["targetContainerName"].str();
    format!("{},\"TargetContainerName\":{target:?}}}", common.strip_suffix('}').unwrap_or(&common))
}
/// A pod spec.
pub fn pod_spec(spec: &Json) -> String {
    printed(POD_SPEC, spec)
}

/// A container's security context.
pub fn security_context(context: &Json) -> String {
    printed(SECURITY, context)
}

/// A seccomp profile.
pub fn seccomp_profile(profile: &Json) -> String {
    printed(PROFILE, profile)
}

/// A Job's pod failure policy.
pub fn failure_policy(policy: &Json) -> String {
    printed(FAILURE_POLICY, policy)
}

/// A Job's success policy.
pub fn success_policy(policy: &Json) -> String {
    printed(SUCCESS_POLICY, policy)
}

/// A struct of these fields.
pub(super) fn printed(fields: &[Field], json: &Json) -> String {
    if json.is_null() {
        return "null".into();
    }
    let mut out = String::new();
    structure(fields, json, &mut out);
    out
}

fn structure(fields: &[Field], json: &Json, out: &mut String) {
    out.push('{');
    members(fields, json, out);
    out.push('}');
}

fn members(fields: &[Field], json: &Json, out: &mut String) {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        let value = &json[field.json];
        let _ = write!(out, "\"{}\":", field.go);
        match (&field.kind, value) {
            (Kind::Text, Json::Null) => out.push_str("\"\""),
            (Kind::Flag, Json::Null) => out.push_str("false"),
            (Kind::Number, Json::Null) => out.push('0'),
            (Kind::Text | Kind::Flag | Kind::Number | Kind::Plain, _) => {
                let _ = write!(out, "{value}");
            }
            (Kind::Struct(fields), _) => structure(fields, value, out),
            (Kind::PodSecurity, _) => {
                out.push('{');
                members(HOST, json, out);
                out.push(',');
                members(POD_SECURITY, value, out);
                out.push('}');
            }
            (Kind::Pointer(_) | Kind::List(_), Json::Null) => out.push_str("null"),
            (Kind::Pointer(fields), _) => structure(fields, value, out),
            (Kind::List(fields), _) => {
                out.push('[');
                for (i, item) in value.items().iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    structure(fields, item, out);
                }
                out.push(']');
            }
        }
    }
}
