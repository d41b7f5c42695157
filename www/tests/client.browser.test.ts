// An ordinary client of the Kubernetes API, in the page, through the element's `fetch`.
import { describe, expect, test } from "vitest";
import type { KubeStep } from "../src/element/kube-step";
import { JOB, pageOf, visitor } from "./embedded";
import { built } from "./site";

describe.skipIf(!process.env["KUBESTEP_CHROMIUM"] || !built)("the API server's door", () => {
  const visit = visitor({ "/": pageOf(`<pre>${JOB}</pre><kube-step view="step" loading="visible" step="0"></kube-step>`) });

  test("lists, creates, patches in four ways, refuses with a Status, deletes; each write is a step", async () => {
    const page = await visit.open("/", 1);
    const told = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const at = "/api/v1/namespaces/default/configmaps";
      const told: string[] = [];
      const ask = async (method: string, path: string, type?: string, body?: unknown): Promise<Record<string, unknown>> => {
        const init: RequestInit = { method, headers: type ? { "content-type": type } : {} };
        if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
        const response = await element.fetch(path, init);
        const json = (await response.json()) as { kind: string; data?: object; reason?: string; items?: unknown[] };
        told.push(`${element.state!.step}: ${response.status} ${json.kind} ${JSON.stringify(json.data ?? json.reason ?? json.items?.length ?? "")}`);
        return json as Record<string, unknown>;
      };
      await ask("GET", "/version");
      await ask("GET", `${at}?labelSelector=a%3Db`);
      await ask("POST", at, "application/json", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { k: "1" } });
      await ask("POST", at, "application/json", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } });
      await ask("PATCH", `${at}/a`, "application/merge-patch+json", { data: { k: "2" } });
      await ask("PATCH", `${at}/a`, "application/json-patch+json", [{ op: "add", path: "/data/l", value: "3" }]);
      await ask("PATCH", `${at}/a`, "application/strategic-merge-patch+json", { data: { l: null } });
      await ask("PATCH", `${at}/a?fieldManager=me&force=true`, "application/apply-patch+yaml", "apiVersion: v1\nkind: ConfigMap\ndata: {k: '4'}\n");
      await ask("DELETE", `${at}/a`);
      await ask("GET", `${at}/a`);
      return told;
    });
    expect(told).toEqual([
      '0: 200 undefined ""', '0: 200 ConfigMapList 0', '1: 201 ConfigMap {"k":"1"}', '2: 409 Status "AlreadyExists"', '3: 200 ConfigMap {"k":"2"}',
      '4: 200 ConfigMap {"k":"2","l":"3"}', '5: 200 ConfigMap {"k":"2"}', '6: 200 ConfigMap {"k":"4"}', '7: 200 Status ""', '7: 404 Status "NotFound"',
    ]);
    expect(await page.locator("ks-step .sentence").innerText()).toContain("A client program sent");
  });

  test("a watch's body grows as steps are taken, and ends with 410 where time runs back", async () => {
    const page = await visit.open("/", 1);
    const told = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const response = await element.fetch("/apis/batch/v1/namespaces/default/jobs?watch=true");
      const told: string[] = [];
      const reading = (async () => {
        let rest = "";
        const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          const lines = (rest + part.value).split("\n");
          rest = lines.pop()!;
          for (const line of lines) {
            const { type, object } = JSON.parse(line) as { type: string; object: { status: { succeeded?: number }; code?: number } };
            told.push(`${type} ${object.code ?? object.status.succeeded ?? 0}`);
          }
        }
      })();
      await element.run("idle");
      await element.seek(2);
      await reading;
      return told;
    });
    expect([told[0], told.at(-2), told.at(-1)]).toEqual(["ADDED 0", "MODIFIED 1", "ERROR 410"]);
  });

  test("objects, commands, runs and the run's text", async () => {
    const page = await visit.open("/", 1);
    const told = await page.evaluate(async () => {
      const element = document.querySelector("kube-step") as KubeStep;
      const run = await element.run("condition job/hello Complete").catch((error: Error) => error.message);
      await element.step();
      const end = (await element.run("condition job/hello Complete")).end;
      const pods = await element.objects("po");
      const text = await element.kubectl("get job hello -o jsonpath='{.status.succeeded}'");
      const wrong = await element.kubectl("get nothing");
      const saved = await element.save();
      const before = element.state!;
      await element.seek(0);
      const after = await element.open(saved);
      return { run, end, pods: pods.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`), text, wrong, same: before.step === after.step && before.revision === after.revision };
    });
    expect(told).toEqual({
      run: "job/hello: there is no such object", end: "reached", pods: ["v1 Pod"], text: { stdout: "1", stderr: "", code: 0 },
      wrong: { stdout: "", stderr: 'error: the server doesn\'t have a resource type "nothing"\n', code: 1 }, same: true,
    });
  });
});
