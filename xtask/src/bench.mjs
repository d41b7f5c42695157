// `kubestep bench` in the module: the same Jobs, in the same order, with the same report. Run by `cargo xtask bench`:
// node bench.mjs FOLDER COMPLETIONS PARALLELISM, or with --hourly DAYS or --requests PODS instead of these, where FOLDER holds kubestep.js and kubestep_bg.wasm.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

const [folder, completions, parallelism] = process.argv.slice(2);
const { Playground, initSync } = await import(pathToFileURL(resolve(folder, "kubestep.js")).href);
const { memory } = initSync({ module: readFileSync(resolve(folder, "kubestep_bg.wasm")) });

const manifest = (name, completions, parallelism) => `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
spec:
  completions: ${completions}
  parallelism: ${parallelism}
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: ["true"]
`;

/** Runs a Job to Complete and says how many steps and seconds that took. */
function job(playground, name, completions, parallelism) {
  playground.setFile("job.yaml", manifest(name, completions, parallelism));
  const started = performance.now();
  playground.command("kubectl apply -f job.yaml");
  const object = { kind: "Job", resource: "jobs.batch", namespace: "default", name };
  const until = { type: "condition", object, condition: "Complete", status: "True" };
  const { end, steps } = playground.run(until, 3_600_000);
  if (end !== "reached") throw new Error(`${name} ended ${end} after ${steps} steps`);
  return { steps: steps + 1, seconds: (performance.now() - started) / 1000 };
}

/** Runs an hourly CronJob for some days. */
function hourly(days) {
  const playground = new Playground({ seed: 1, nodes: 3, files: [] });
  const started = performance.now();
  playground.command("kubectl create cronjob hourly --image=busybox --schedule=@hourly -- true");
  const { end, steps } = playground.run({ type: "time", ms: days * 86_400_000 }, 3_600_000);
  if (end !== "reached") throw new Error(`hourly ended ${end} after ${steps} steps`);
  const seconds = (performance.now() - started) / 1000;
  return {
    days,
    steps: steps + 1,
    seconds,
    stepsPerSecond: Math.round((steps + 1) / seconds),
    microsecondsPerStep: (seconds / (steps + 1)) * 1e6,
    peakMiB: Math.round(memory.buffer.byteLength / 2 ** 20),
  };
}

if (completions === "--hourly") {
  console.log(JSON.stringify(hourly(Number(parallelism))));
  process.exit(0);
}

/** Requests per second of an API server that holds so many Pods in another namespace. */
function requests(pods) {
  const each = 1000;
  const playground = new Playground({ seed: 1, nodes: 3, files: [] });
  const ask = (method, target, body = "") => {
    const form = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const { code } = playground.request(method, target, ["content-type", form], body);
    if (code >= 300) throw new Error(`${method} ${target}: ${code}`);
  };
  const pod = (name) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p${name}"},"spec":{"containers":[{"name":"c","image":"busybox"}]}}`;
  for (const namespace of ["crowd", "measured"]) {
    ask("POST", "/api/v1/namespaces", `{"metadata":{"name":"${namespace}"}}`);
    ask("POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, `{"metadata":{"name":"default"}}`);
  }
  for (let name = 0; name < pods; name++) ask("POST", "/api/v1/namespaces/crowd/pods", pod(name));
  const at = "/api/v1/namespaces/measured/pods";
  const perSecond = (act) => {
    const started = performance.now();
    for (let name = 0; name < each; name++) act(name);
    return Math.round(each / ((performance.now() - started) / 1000));
  };
  return {
    pods,
    create: perSecond((name) => ask("POST", at, pod(name))),
    get: perSecond((name) => ask("GET", `${at}/p${name}`)),
    list: perSecond(() => ask("GET", `${at}?limit=10`)),
    patch: perSecond((name) => ask("PATCH", `${at}/p${name}`, `{"metadata":{"labels":{"touched":"yes"}}}`)),
  };
}

if (completions === "--requests") {
  console.log(JSON.stringify(requests(Number(parallelism))));
  process.exit(0);
}

const fresh = () => {
  const playground = new Playground({ seed: 1, nodes: 3, files: [] });
  job(playground, "warm-up", 10, 5);
  return playground;
};
const playground = fresh();
const { steps, seconds } = job(playground, "measured", Number(completions), Number(parallelism));
// The same small Job in the cluster that now holds all those pods, and in an empty one.
const full = job(playground, "small-full", 100, 10);
const empty = job(fresh(), "small-empty", 100, 10);
const microseconds = (run) => (run.seconds / run.steps) * 1e6;
console.log(
  JSON.stringify({
    completions: Number(completions),
    parallelism: Number(parallelism),
    steps,
    seconds,
    stepsPerSecond: Math.round(steps / seconds),
    peakMiB: Math.round(memory.buffer.byteLength / 2 ** 20),
    microsecondsPerStep: microseconds({ steps, seconds }),
    microsecondsPerStepEmpty: microseconds(empty),
    microsecondsPerStepFull: microseconds(full),
  }),
);
