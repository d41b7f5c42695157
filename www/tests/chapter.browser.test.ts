// A chapter on Jobs, CronJobs, ConfigMaps and Secrets, typed at the terminal as its reader would.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { violations } from "./axe";
import { url } from "./chromium";
import { person } from "./person";

/** A here-document, as it is typed. */
const heredoc = (command: string, text: string): string => `${command} <<EOF\n${text.trim()}\nEOF`;
// Quoted, so that the shell leaves a manifest's `$` alone.
const apply = (text: string): string => `kubectl apply -f - <<'EOF'\n${text.trim()}\nEOF`;
const create = (text: string): string => heredoc("kubectl create -f -", text);

const job = (name: string): string => `
apiVersion: batch/v1
kind: Job
metadata:
  ${name}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: hello
        image: busybox:1.36
        command: [echo, hello]
`;

/** A file of the recording about TLS Secrets: a certificate and its key. */
function recorded(name: string): string {
  const recording = readFileSync(join(import.meta.dirname, "../../tests/conformance/config/config-secret-tls.yaml"), "utf8");
  const [, block] = new RegExp(`^  ${name}: \\|\\n((?:    .*\\n)+)`, "m").exec(recording)!;
  return block!.replaceAll(/^ {4}/gm, "");
}

describe.skipIf(!url)("the chapter, typed", () => {
  const you = person("cluster");
  /** Types a command and gives it a little virtual time to end. */
  const run = async (line: string): Promise<string> => {
    await you.type(line);
    await you.wait(2);
    return (await you.page.locator("ks-terminal .entry").last().locator(".out").allTextContents()).join("");
  };

  beforeEach(() => you.wait(1));

  test("a ConfigMap from a literal, and one from a here-document", async () => {
    expect(await you.type("kubectl create configmap test01 --from-literal=MYSQL_ROOT_PASSWORD=123456")).toBe("configmap/test01 created\n");
    expect(await you.type("kubectl describe configmap test01")).toBe(`Name:         test01
Namespace:    default
Labels:       <none>
Annotations:  <none>

Data
====
MYSQL_ROOT_PASSWORD:
----
123456


BinaryData
====

Events:  <none>
`);
    expect(await you.type(apply(`
apiVersion: v1
kind: ConfigMap
metadata:
  name: test02
data:
  MYSQL_ROOT_PASSWORD: "123456"
  my.cnf: |
    [mysqld]
    port=3306
`))).toBe("configmap/test02 created\n");
    expect((await you.type("kubectl get cm")).replaceAll(/\d+s\n/g, "…\n")).toBe(`NAME               DATA   AGE
kube-root-ca.crt   1      …
test01             1      …
test02             2      …
`);
    const yaml = await you.type("kubectl get cm test02 -o yaml");
    expect(yaml).toContain(`apiVersion: v1
data:
  MYSQL_ROOT_PASSWORD: "123456"
  my.cnf: |
    [mysqld]
    port=3306
kind: ConfigMap
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","data":{"MYSQL_ROOT_PASSWORD":"123456","my.cnf":"[mysqld]\\nport=3306\\n"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"test02","namespace":"default"}}
`);
    expect(yaml).not.toContain("managedFields");
    // What every beginner writes once.
    expect(await you.type(apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: test03}\ndata: {PORT: 3306}"))).toContain(
      "cannot unmarshal number into Go struct field ConfigMap.data of type string",
    );
  });

  test("a Deployment that mounts one key of a ConfigMap, looked into with exec", async () => {
    await you.type("kubectl create cm mysql --from-literal=my.cnf=[mysqld] --from-literal=other=unseen");
    expect(await you.type(apply(`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: mysql
spec:
  selector:
    matchLabels: {app: mysql}
  template:
    metadata:
      labels: {app: mysql}
    spec:
      containers:
      - name: mysql
        image: mysql:5.7
        command: [sleep, "100"]
        volumeMounts:
        - {name: config, mountPath: /opt}
      volumes:
      - name: config
        configMap:
          name: mysql
          items:
          - {key: my.cnf, path: my.cnf}
`))).toBe("deployment.apps/mysql created\n");
    await you.wait(30);
    const [pod] = /^mysql-[0-9a-z]+-[0-9a-z]{5}/m.exec(await you.type("kubectl get pods"))!;
    expect(await you.type("kubectl get deployment mysql")).toMatch(/^mysql +1\/1 +1 +1 /m);
    expect(await run(`kubectl exec ${pod} -- cat /opt/my.cnf`)).toBe("[mysqld]");
    expect(await run("kubectl exec deploy/mysql -- ls /opt")).toBe("my.cnf\n");
    // The program ends after 100 seconds; under a Deployment it is started again, whatever its exit code.
    await you.wait(90);
    expect(await you.type(`kubectl get pod ${pod}`)).toMatch(/ 1 \(\d+s ago\) /);
  });

  test("one Secret of each kind that kubectl creates, each used by a pod", async () => {
    const files = { "tls.crt": recorded("tls.crt"), "tls.key": recorded("tls.key") };
    await you.page.evaluate((texts) => {
      const { session } = document.querySelector("ks-app") as unknown as { session: { setFile(name: string, text: string): void } };
      for (const [name, text] of Object.entries(texts)) session.setFile(name, text);
    }, files);
    expect(await you.type("kubectl create secret generic db --from-literal=password=s3cr3t")).toBe("secret/db created\n");
    expect(await you.type("kubectl create secret docker-registry regcred --docker-server=registry.example.com --docker-username=student --docker-password=letmein")).toBe("secret/regcred created\n");
    expect(await you.type("kubectl create secret tls site --cert=tls.crt --key=tls.key")).toBe("secret/site created\n");
    expect((await you.type("kubectl get secrets")).replaceAll(/ +\d+s\n/g, "\n")).toMatch(`db        Opaque                           1
regcred   kubernetes.io/dockerconfigjson   1
site      kubernetes.io/tls                2
`);
    expect(await you.type("kubectl get secret db -o jsonpath={.data.password} | base64 -d")).toBe("s3cr3t");
    const pod = (name: string, image: string, rest: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n${rest.trimEnd()}\n  containers:\n  - name: main\n    image: ${image}\n`;
    await you.type(apply([
      pod("env", "busybox:1.36", "  restartPolicy: Never") + `    command: [sh, -c, 'echo "the password is \$PASSWORD"']
    env:
    - name: PASSWORD
      valueFrom:
        secretKeyRef: {name: db, key: password}`,
      pod("private", "registry.example.com/team/nginx:1.27", "  imagePullSecrets: [{name: regcred}]"),
      pod("refused", "registry.example.com/team/nginx:1.27", ""),
      pod("web", "nginx:1.27", "  volumes: [{name: cert, secret: {secretName: site}}]") + "    volumeMounts: [{name: cert, mountPath: /etc/tls}]",
    ].join("\n---\n")));
    await you.wait(40);
    const pods = await you.type("kubectl get pods");
    expect(pods).toMatch(/^env +0\/1 +Completed /m);
    expect(pods).toMatch(/^private +1\/1 +Running /m);
    expect(pods).toMatch(/^refused +0\/1 +(ErrImagePull|ImagePullBackOff) /m);
    expect(pods).toMatch(/^web +1\/1 +Running /m);
    expect(await you.type("kubectl logs env")).toBe("the password is s3cr3t\n");
    expect(await you.type("kubectl describe pod refused")).toMatch(/kubelet +Failed to pull image .*no basic auth credentials/);
    expect(await run("kubectl exec web -- ls /etc/tls")).toBe("tls.crt\ntls.key\n");
    expect(await run("kubectl exec web -- cat /etc/tls/tls.crt")).toBe(files["tls.crt"]);
  });

  test("a Job of six completions, two at a time", async () => {
    const manifest = job("name: six").replace("spec:\n", "spec:\n  completions: 6\n  parallelism: 2\n").replace("echo, hello", 'sleep, "5"');
    expect(await you.type(apply(manifest))).toBe("job.batch/six created\n");
    await you.wait(10);
    expect(await you.type("kubectl get job six")).toMatch(/^six +Running +[0-4]\/6 /m);
    await you.idle();
    expect(await you.type("kubectl get job six")).toMatch(/^six +Complete +6\/6 /m);
    expect((await you.type("kubectl get pods")).match(/^six-\w{5} +0\/1 +Completed /gm)).toHaveLength(6);
    expect(await you.type("kubectl describe job six")).toContain("0 Active (0 Ready) / 6 Succeeded / 0 Failed");
    const most = await you.ask((session) => {
      let active = 0;
      for (let step = 1; step <= session.timeline.length; step++) {
        for (const call of session.engine.stepRecord(step).calls) {
          for (const change of call.diff) if (call.object.kind === "Job" && change.path === "status.active") active = Math.max(active, Number(change.after ?? 0));
        }
      }
      return active;
    });
    expect(most).toBe(2);
  });

  test("several Jobs from one manifest: refused by name, made by generateName", async () => {
    expect(await you.type(create(job("name: hello")))).toBe("job.batch/hello created\n");
    expect(await you.type(create(job("name: hello")))).toBe('Error from server (AlreadyExists): error when creating "STDIN": jobs.batch "hello" already exists\n');
    for (let i = 0; i < 3; i++) expect(await you.type(create(job("generateName: hello-")))).toMatch(/^job\.batch\/hello-[0-9a-z]{5} created\n$/);
    await you.idle();
    expect((await you.type("kubectl get jobs")).match(/^hello(-\w{5})? +Complete +1\/1 /gm)).toHaveLength(4);
    expect(await you.type(apply(job("generateName: hello-")))).toBe("error: from hello-: cannot use generate name with apply\n");
  });

  test("a CronJob of every minute with Forbid, whose Jobs take longer", async () => {
    await you.type(apply(`
apiVersion: batch/v1
kind: CronJob
metadata:
  name: slow
spec:
  schedule: "* * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: 'busybox:1.36', command: [sleep, "150"]}
`));
    const calendar = you.page.locator("ks-calendar");
    await calendar.getByText("* * * * *").waitFor();
    expect(await calendar.locator("li[data-state=next]").count()).toBeGreaterThan(4);
    await calendar.getByRole("button", { name: "Run to the next" }).click();
    await calendar.locator("li[data-state=active]").waitFor();
    await you.wait(130);
    expect(await you.type("kubectl get cronjob slow")).toMatch(/^slow +\* \* \* \* \* +<none> +False +1 /m);
    expect((await you.type("kubectl get jobs")).match(/^slow-\d{8} +Running +0\/1 /gm)).toHaveLength(1);
    expect(await you.type("kubectl describe cronjob slow")).toMatch(
      /Normal +JobAlreadyActive +\S+ .*cronjob-controller +Not starting job because prior execution is running and concurrency policy is Forbid/,
    );
    // The moments that passed meanwhile have no Job: the last of them is made up for as soon as the first Job ends.
    expect(await calendar.locator("li[data-state=none]").count()).toBe(1);
    expect(await calendar.locator("li[data-state=due]").count()).toBe(1);
    await you.wait(40);
    expect((await you.type("kubectl get jobs")).match(/^slow-\d{8} +(Complete|Running) /gm)).toHaveLength(2);
    expect(await calendar.locator("li").evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset["state"] ?? "now").slice(0, 4))).toEqual(["complete", "none", "active", "now"]);
    for (const colorScheme of ["light", "dark"] as const) {
      await you.page.emulateMedia({ colorScheme });
      expect(await violations(you.page)).toEqual([]);
    }
    await you.page.setViewportSize({ width: 390, height: 844 });
    await you.page.getByRole("tab", { name: "Loop" }).click();
    expect(await violations(you.page)).toEqual([]);
    expect(await you.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await calendar.locator("li.now").waitFor();
  });
});
