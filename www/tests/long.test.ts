// What is drawn late in a long run costs a frame no more than at its beginning.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { Playground, initSync } from "../src/wasm/kubestep.js";

const module = fileURLToPath(new URL("../src/wasm/kubestep_bg.wasm", import.meta.url));
const FRAME_MS = 16;
const JOB = `apiVersion: batch/v1
kind: Job
metadata:
  name: many
spec:
  completions: 1000
  parallelism: 100
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [sh, -c, sleep 2]
`;

/** The best of some tries, in milliseconds: others may be at work on this machine. */
function cost(ask: () => unknown): number {
  const tries = Array.from({ length: 15 }, () => {
    const started = performance.now();
    ask();
    return performance.now() - started;
  });
  return Math.min(...tries);
}

describe.skipIf(!existsSync(module))("a run of twenty thousand steps", () => {
  beforeAll(() => {
    initSync({ module: readFileSync(module) });
  });

  test("is stepped, looked at and sought within a frame", () => {
    const playground = new Playground({ seed: 1, nodes: 3, files: [{ name: "job.yaml", text: JOB }] });
    playground.command("kubectl apply -f job.yaml");
    expect(playground.run({ type: "idle" }, 60_000).end).toBe("reached");
    const { length, marks } = playground.timeline(240);
    expect(length).toBeGreaterThan(20_000);
    expect(marks.length).toBeLessThanOrEqual(240);
    for (const at of [length, length >> 1]) {
      playground.seek(at);
      const costs = {
        view: cost(() => playground.view(12)),
        mechanisms: cost(() => playground.mechanisms()),
        timeline: cost(() => playground.timeline(240)),
        step: cost(() => playground.stepRecord(at)),
        objects: cost(() => playground.objects("", "", 200)),
        kept: cost(() => playground.exportRun()),
        back: cost(() => {
          playground.back();
          playground.step();
        }),
      };
      for (const [what, ms] of Object.entries(costs)) expect(ms, what).toBeLessThan(FRAME_MS);
    }
    playground.free();
  });
});
