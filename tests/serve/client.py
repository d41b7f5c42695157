"""What a program in Python asks of a cluster: typed and dynamic clients, a watch, logs, exec, errors."""

import time

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.stream import stream

config.load_kube_config()
core, batch, apps = client.CoreV1Api(), client.BatchV1Api(), client.AppsV1Api()

print("version", client.VersionApi().get_code().git_version)
print("nodes", [node.metadata.name for node in core.list_node().items])

job = client.V1Job(
    metadata=client.V1ObjectMeta(name="pi"),
    spec=client.V1JobSpec(
        completions=2,
        template=client.V1PodTemplateSpec(
            spec=client.V1PodSpec(
                restart_policy="Never",
                containers=[client.V1Container(name="main", image="busybox", command=["sh", "-c", "echo 3.14"])],
            )
        ),
    ),
)
print("created", batch.create_namespaced_job("default", job).metadata.name)
seen = []
for event in watch.Watch().stream(batch.list_namespaced_job, "default", timeout_seconds=60):
    status = event["object"].status
    if not seen or seen[-1] != status.succeeded:
        seen.append(status.succeeded)
    if any(c.type == "Complete" and c.status == "True" for c in status.conditions or []):
        break
print("succeeded, as watched", seen[0], "to", seen[-1])
pods = core.list_namespaced_pod("default", label_selector="job-name=pi").items
print("logs", sorted(core.read_namespaced_pod_log(pod.metadata.name, "default") for pod in pods))

box = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "box"},
    "spec": {"containers": [{"name": "main", "image": "busybox", "command": ["sleep", "infinity"]}]},
}
utils.create_from_dict(client.ApiClient(), box)
while core.read_namespaced_pod("box", "default").status.phase != "Running":
    time.sleep(0.1)
shell = stream(
    core.connect_get_namespaced_pod_exec, "box", "default", command=["sh", "-c", "echo out; echo err >&2; exit 7"],
    stdin=False, stdout=True, stderr=True, tty=False, _preload_content=False,
)
shell.run_forever(timeout=10)
print("exec", repr(shell.read_stdout()), repr(shell.read_stderr()), shell.returncode)

core.patch_namespaced_pod("box", "default", {"metadata": {"labels": {"a": "b"}}})
print("labelled", [p.metadata.name for p in core.list_namespaced_pod("default", label_selector="a=b").items])
print("page", (page := core.list_namespace(limit=1)).metadata.remaining_item_count, bool(page.metadata._continue))

maps = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"k": "1"}}
print("applied", maps.server_side_apply(body, namespace="default", field_manager="py").data)
try:
    core.create_namespaced_config_map("default", {**body, "data": {"k": 1}})
except client.ApiException as error:
    print("refused", error.status, error.reason, client.ApiClient().sanitize_for_serialization(error.body)[:60])
try:
    core.read_namespaced_pod("gone", "default")
except client.ApiException as error:
    print("missing", error.status, error.reason)
core.delete_namespaced_pod("box", "default", grace_period_seconds=0)
print("deleted", [pod.metadata.name for pod in core.list_namespaced_pod("default", field_selector="metadata.name=box").items])
