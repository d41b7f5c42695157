// The module's second half is fetched where the first needs it, by whoever runs it, and nobody can tell from the outcome.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test, vi } from "vitest";

const first = fileURLToPath(new URL("../src/wasm/kubestep_bg.wasm", import.meta.url));
const job = readFileSync(fileURLToPath(new URL("../src/examples/one-off.yaml", import.meta.url)), "utf8");

describe.skipIf(!existsSync(first))("the second half of the module", () => {
  type Module = typeof import("../src/wasm/kubestep.js");
  let wasm: Module;
  let compiled: number;

  beforeEach(async () => {
    vi.restoreAllMocks();
    vi.resetModules();
    wasm = await import("../src/wasm/kubestep.js");
    wasm.initSync({ module: readFileSync(first) });
    const { Module } = WebAssembly;
    compiled = 0;
    vi.spyOn(WebAssembly, "Module").mockImplementation(function (bytes: BufferSource) {
      compiled++;
      return new Module(bytes);
    } as unknown as () => WebAssembly.Module);
  });

  const fresh = () => new wasm.Playground({ seed: 1, nodes: 3, files: [{ name: "job.yaml", text: job }] });
  /** A visit, and what came of it. */
  const visit = (playground: InstanceType<Module["Playground"]>): string[] => {
    const lines = ["kubectl apply -f job.yaml", "kubectl get pods -o wide", "kubectl explain job.spec", "kubectl get pods -o jsonpath='{.items[*].metadata.name}'", "kubectl create deployment web --image=nginx:1.28 --dry-run=client -o yaml"];
    for (const line of lines) {
      playground.command(line);
      playground.run({ type: "idle" }, 60_000);
    }
    return [playground.traceHash(), JSON.stringify(playground.terminal(0)), playground.manifests()];
  };

  test("is not needed to look around and to step, and comes with the first command", () => {
    const playground = fresh();
    for (let i = 0; i < 30; i++) {
      playground.step();
      playground.view(100);
      playground.stepRecord(i + 1);
    }
    playground.back();
    playground.timeline(100);
    playground.diagnostics("job.yaml");
    playground.complete("kubectl g", 9);
    expect(compiled).toBe(0);
    playground.command("kubectl apply -f job.yaml");
    expect(compiled).toBe(1);
    playground.command("kubectl get jobs");
    expect(compiled).toBe(1);
  });

  test("changes nothing by when it comes, and each new instance gets it", async () => {
    const late = visit(fresh());
    wasm.__wbg_reset_state();
    expect(visit(fresh())).toEqual(late);
    expect(compiled).toBe(1);
    vi.resetModules();
    wasm = await import("../src/wasm/kubestep.js");
    wasm.giveSecond(() => new Uint8Array(readFileSync(first.replace("_bg", "_second"))));
    expect(await wasm.fetchSecond()).toBe(true);
    wasm.initSync({ module: readFileSync(first) });
    expect(visit(fresh())).toEqual(late);
  });

  test("is asked for again where it could not be had", () => {
    const playground = fresh();
    playground.step();
    const run = playground.exportRun();
    const gone = vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
      throw new Error("gone");
    });
    let failed: unknown;
    try {
      playground.command("kubectl apply -f job.yaml");
    } catch (error) {
      failed = error;
    }
    expect(failed).toBeInstanceOf(wasm.SecondHalfMissing);
    // As the page does after it: what was there before does not need it.
    wasm.__wbg_reset_state();
    const again = wasm.Playground.importRun(run);
    expect(again.exportRun()).toBe(run);
    gone.mockRestore();
    again.command("kubectl apply -f job.yaml");
    expect(again.view(100).apiServer.workloads.items.map(({ object }) => object.name)).toEqual(["hello"]);
  });
});
