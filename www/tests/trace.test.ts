// The same seed and log take the same course natively and in the module: their traces have the same hash.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { Playground, initSync } from "../src/wasm/kubestep.js";

const program = process.env["KUBESTEP_BIN"];
const path = (name: string): string => fileURLToPath(new URL(`../src/${name}`, import.meta.url));

describe.skipIf(!program)("the native program and the module", () => {
  beforeAll(() => {
    initSync({ module: readFileSync(path("wasm/kubestep_bg.wasm")) });
  });

  test.each([
    ["one-off", 1, 3],
    ["parallel", 2, 1],
    ["failing", 3, 2],
    ["indexed", 4, 5],
    ["work-queue", 5, 3],
    ["pod", 6, 3],
  ])("run %s.yaml with seed %i on %i nodes alike", (name, seed, nodes) => {
    const file = path(`examples/${name}.yaml`);
    const commands = [
      `kubectl apply -f ${name}.yaml`,
      "kubectl get pods -o wide",
      "kubectl get events",
      `kubectl delete -f ${name}.yaml`,
      "kubectl get pods",
    ];
    const playground = new Playground({ seed, nodes, files: [{ name: `${name}.yaml`, text: readFileSync(file, "utf8") }] });
    for (const command of commands) {
      playground.command(command);
      playground.run({ type: "idle" }, 60_000);
    }
    const options = ["run", "--hash", "--seed", String(seed), "--nodes", String(nodes), "--file", file];
    const printed = execFileSync(program!, [...options, ...commands], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    expect(playground.traceHash()).toBe(printed.trimEnd().split("\n").at(-1));
    playground.free();
  });
});
