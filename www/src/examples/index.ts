// The manifests to start from. Titles are the messages `example-<id>`, descriptions `example-<id>-about`.
import type { FileText } from "../wasm/kubestep.js";
import failing from "./failing.yaml?raw";
import indexed from "./indexed.yaml?raw";
import misspelt from "./misspelt-image.yaml?raw";
import oneOff from "./one-off.yaml?raw";
import parallel from "./parallel.yaml?raw";
import pod from "./pod.yaml?raw";
import workQueue from "./work-queue.yaml?raw";

export interface Example {
  /** Names its messages, and the example in a link. */
  id: string;
  /** The files beside the terminal, ready for `kubectl apply -f`. */
  files: () => FileText[];
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
];
