// The manifests to start from. Titles are the messages `example-<id>`, descriptions `example-<id>-about`; what to do and
// what one sees then, where it is not plain, `example-<id>-try`.
import type { FileText } from "../wasm/kubestep.js";
import configMap from "./config-map.yaml?raw";
import cronJob from "./cron-job.yaml?raw";
import failing from "./failing.yaml?raw";
import indexed from "./indexed.yaml?raw";
import jobAndDeployment from "./job-and-deployment.yaml?raw";
import long from "./long.yaml?raw";
import misspelt from "./misspelt-image.yaml?raw";
import oneOff from "./one-off.yaml?raw";
import parallel from "./parallel.yaml?raw";
import pod from "./pod.yaml?raw";
import secret from "./secret.yaml?raw";
import workQueue from "./work-queue.yaml?raw";
import work from "./work.yaml?raw";

export interface Example {
  /** Names its messages, and the example in a link. */
  id: string;
  /** The files beside the terminal, ready for `kubectl apply -f`. */
  files: () => FileText[];
  /** Something goes wrong in it: switches and faults are shown beside it. */
  mechanisms?: true;
  /** What is broken or switched off in it from the start. */
  faults?: readonly string[];
}

const job = (text: string) => (): FileText[] => [{ name: "job.yaml", text }];

/** The first one is what a first visit shows. */
export const EXAMPLES: readonly [Example, ...Example[]] = [
  { id: "one-off", files: job(oneOff) },
  { id: "parallel", files: job(parallel) },
  { id: "failing", files: job(failing) },
  { id: "indexed", files: job(indexed) },
  { id: "work-queue", files: job(workQueue) },
  { id: "pod", files: () => [{ name: "pod.yaml", text: pod }] },
  { id: "misspelt-image", files: job(misspelt) },
  { id: "job-and-deployment", files: () => [{ name: "both.yaml", text: jobAndDeployment }] },
  { id: "cron-job", files: () => [{ name: "cronjob.yaml", text: cronJob }] },
  { id: "config-map", files: () => [{ name: "config.yaml", text: configMap }] },
  { id: "secret", files: () => [{ name: "secret.yaml", text: secret }] },
  { id: "start-up", files: job(work), mechanisms: true, faults: ["restart-controllers"] },
  { id: "without-expectations", files: job(work), mechanisms: true, faults: ["expectations off", "delivery pods off"] },
  { id: "without-cache-sync", files: job(work), mechanisms: true, faults: ["cache-sync off"] },
  { id: "without-rate-limit", files: job(work), mechanisms: true, faults: ["rate-limiter off", "fail-call job-controller 1 error"] },
  { id: "controller-crash", files: job(work), mechanisms: true },
  { id: "node-down", files: job(long), mechanisms: true },
];
