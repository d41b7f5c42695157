// What a learner's first minutes run, played on a copy of the module in which every function says that it was entered (see
// profile.rs). Run by the build: node scenario.mjs FOLDER COPY REPOSITORY CHAPTER...; prints one JSON object: for each chapter
// the functions that none before it ran. FOLDER holds kubestep.js, COPY is the instrumented module. The chapters are in the
// order in which learners come to them; which of them the first half is for, mod.rs says.
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, copy, root, ...chapters] = process.argv.slice(2);
const seen = new Set();
const { Instance } = WebAssembly;
WebAssembly.Instance = class {
  constructor(module, imports) {
    return new Instance(module, { ...imports, profile: { seen: (index) => seen.add(index) } });
  }
};
const { Lesson, Playground, initSync } = await import(pathToFileURL(resolve(folder, "kubestep.js")).href);
initSync({ module: readFileSync(copy) });

const LIMIT = 200;
const MARKS = 240;
/** No clock decides how far a run gets. */
const PATIENCE = 1e9;
const text = (...path) => readFileSync(join(root, ...path), "utf8");
const example = (name) => text("www/src/examples", `${name}.yaml`);

/** What the page asks after everything that somebody does (see www/src/app/session.ts). */
function look(playground) {
  const view = playground.view(LIMIT);
  playground.timeline(MARKS);
  playground.mechanisms();
  if (view.step > 0) {
    const { calls } = playground.stepRecord(view.step);
    if (calls.length > 1) playground.viewInto(view.step, 1, LIMIT);
    playground.history(Math.max(1, view.step - 8), 8);
  }
  playground.writings();
  playground.terminal(0);
  playground.calendars();
  playground.exportRun();
  return view;
}

/** The list of objects, which is what one sees of the inspector at first. */
function list(playground) {
  for (const resource of ["", "pods", "jobs.batch", "nodes"]) playground.objects(resource, "", LIMIT);
  playground.objects("", "he", LIMIT);
}

/** What the inspector asks of everything there is. */
function inspect(playground) {
  for (const resource of ["", "pods", "jobs.batch", "nodes", "events"]) {
    const { rows } = playground.objects(resource, "", LIMIT);
    for (const { object } of rows.items) {
      const { revisions } = playground.object(object);
      for (const { revision } of revisions.items.slice(0, 3)) playground.objectAt(object, revision);
    }
  }
  playground.objects("", "he", LIMIT);
}

/** Like a person at the step button, who also presses it where nothing but time is left to pass. */
function steps(playground, count) {
  for (let i = 0, idle = 0; i < count && idle < 20; i++) {
    playground.step();
    if (look(playground).idle) idle++;
  }
}

function fresh(name, file = "job.yaml") {
  const playground = new Playground({ seed: 1, nodes: 3, files: [{ name: file, text: example(name) }] });
  playground.files();
  playground.diagnostics(file);
  look(playground);
  return playground;
}

function type(playground, ...lines) {
  for (const line of lines) {
    playground.unfinished(line);
    playground.complete(line, line.length);
    playground.command(line);
    look(playground);
    playground.run({ type: "time", ms: 60_000 }, PATIENCE);
    look(playground);
  }
}

/** What somebody may make of a manifest. */
const mistakes = (good) => [
  good.replace("containers:", "container:"), good.replace("spec:", "spec:\n  completions: three"), good.replace("kind: Job", "kind: Jobb"), good.replace("restartPolicy: Never", "restartPolicy: Always"),
  good.replace("  name:", "\tname:"), good.replace("image:", "imagee:"), "", good.replace("batch/v1", "v1"), good.replace("name: hello", "name: Hello_World"),
];

const CHAPTERS = {
  /** The first sight, and steps while the controllers start; back, on, and another way. */
  start() {
    const playground = fresh("one-off");
    steps(playground, 400);
    list(playground);
    for (let i = 0; i < 5; i++) {
      playground.back();
      look(playground);
    }
    playground.seek(10);
    playground.step(Math.min(1, look(playground).enabled.total - 1));
    look(playground);
    playground.run({ type: "objectChange", object: undefined }, PATIENCE);
    look(playground);
    playground.run({ type: "idle" }, PATIENCE);
    look(playground);
    // Where the second half is missing, the run is taken up again without it.
    const again = Playground.importRun(playground.exportRun());
    look(again);
    playground.free();
    again.free();
    // Other clusters, looked at seldom, and other ways through them.
    for (const [seed, nodes] of [[1, 3], [2, 1], [3, 2], [4, 5]]) {
      const other = new Playground({ seed, nodes, files: [{ name: "job.yaml", text: example("one-off") }] });
      for (let i = 0; i < 60; i++) {
        const { enabled } = other.view(LIMIT);
        other.step(seed === 1 || enabled.total < 2 ? undefined : (i * seed) % enabled.total);
        if (i % 7 === 0) look(other);
        if (i % 11 === 10) {
          other.back();
          other.step();
        }
      }
      list(other);
      other.seek(0);
      other.run({ type: "idle" }, PATIENCE);
      look(other);
      other.free();
    }
  },
  /** What the editor and the terminal ask while somebody types. */
  typing() {
    const playground = fresh("one-off");
    playground.setFile("job.yaml", example("one-off"));
    playground.diagnostics("job.yaml");
    for (const line of ["k", "kubectl ", "kubectl g", "kubectl get ", "kubectl get po", "kubectl apply -f "]) {
      playground.complete(line, line.length);
      playground.unfinished(line);
    }
    playground.free();
  },
  /** The first sight of a lesson. */
  lesson() {
    const { lesson, run } = begun("first-job");
    const deeds = [["command", "kubectl apply -f job.yaml"], ["file", "job.yaml"], ["file", "new.yaml"], ["fault", "workers job-controller 0"], ["fault", "node-down node-1"], ["choice", "1"]];
    const stands = (language) => {
      lesson.view(language);
      lesson.standing(run, language);
      for (const [deed, detail] of deeds) lesson.forbids(run, deed, detail, language);
    };
    stands("en");
    steps(run, 20);
    stands("zh-CN");
    lesson.keep(run, "2026-01-01T00:00:00Z");
    run.free();
    lesson.free();
  },
  /** The first example: applied, stepped, looked at. */
  job() {
    const playground = fresh("one-off");
    playground.command("kubectl apply -f job.yaml");
    look(playground);
    steps(playground, 400);
    inspect(playground);
    playground.back();
    look(playground);
    playground.seek(10);
    look(playground);
    playground.run({ type: "idle" }, PATIENCE);
    inspect(playground);
    playground.free();
  },
  /** Basics at the terminal. */
  terminal() {
    const playground = fresh("one-off");
    type(playground, "kubectl apply -f job.yaml", "kubectl get pods", "kubectl get jobs", "kubectl get all", "kubectl get pods -o wide", "kubectl get job hello -o yaml", "kubectl get events",
      "kubectl describe job hello", "kubectl logs job/hello", "kubectl get nodes", "kubectl get pods -w", "kubectl delete job hello", "kubectl get pods", "ls", "help", "kubectl");
    playground.interrupt();
    playground.free();
  },
  /** Typical mistakes, in the editor and at the terminal. */
  mistakes() {
    const playground = fresh("one-off");
    for (const text of mistakes(example("one-off"))) {
      playground.setFile("job.yaml", text);
      playground.diagnostics("job.yaml");
      type(playground, "kubectl apply -f job.yaml");
    }
    type(playground, "kubectl get pod nothing", "kubectl get foo", "kubectl gett pods", "kubectl get pods --foo", "kubctl get pods", "kubectl apply -f missing.yaml", "kubectl apply");
    playground.free();
  },
  /** Another past, another name for it, and a link. */
  branches() {
    const playground = fresh("one-off");
    playground.command("kubectl apply -f job.yaml");
    playground.run({ type: "idle" }, PATIENCE);
    playground.seek(20);
    playground.command("kubectl delete job hello");
    look(playground);
    playground.renameBranch(1, "other");
    playground.switchBranch(0);
    look(playground);
    const again = Playground.importRun(playground.exportRun());
    look(again);
    again.manifests();
    playground.toggleBreakpoint("job-controller", "manage-pods");
    playground.toggleBreakpoint("job-controller", "manage-pods");
    playground.free();
    again.free();
  },
  /** Every example, applied, and run to its end or for a while. */
  examples() {
    for (const name of ["one-off", "parallel", "failing", "indexed", "work-queue", "pod", "misspelt-image", "job-and-deployment", "cron-job", "config-map", "secret", "work", "long"]) {
      const playground = fresh(name);
      playground.command("kubectl apply -f job.yaml");
      look(playground);
      steps(playground, 40);
      playground.run({ type: "time", ms: 120_000 }, PATIENCE);
      look(playground);
      inspect(playground);
      type(playground, "kubectl get all", "kubectl delete -f job.yaml");
      playground.free();
    }
  },
  /** Lessons, with their solutions' commands. */
  lessons() {
    for (const id of ["control-loop", "first-job", "completions-parallelism"]) lesson(id);
  },
  /** What breaks, and what is switched off. */
  faults() {
    for (const faults of [["restart-controllers"], ["expectations off", "delivery pods off"], ["cache-sync off"], ["rate-limiter off", "fail-call job-controller 1 error"], ["node-down node-1"]]) {
      const playground = fresh("work");
      playground.run({ type: "idle" }, PATIENCE);
      for (const words of faults) playground.fault(words);
      playground.command("kubectl apply -f job.yaml");
      look(playground);
      steps(playground, 40);
      playground.run({ type: "time", ms: 120_000 }, PATIENCE);
      look(playground);
      playground.free();
    }
  },
  /** Later. */
  more() {
    const playground = fresh("one-off");
    type(playground, "kubectl explain job.spec", "kubectl api-resources", "kubectl create deployment web --image=nginx", "kubectl scale deployment web --replicas=3", "kubectl rollout status deployment web", "kubectl describe pods", "kubectl describe deployment web",
      "kubectl set image deployment/web nginx=nginx:1.28", "kubectl rollout history deployment web", "kubectl run shell --image=busybox -- sleep 100", "kubectl exec shell -- ls", "kubectl get pods -o json", "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
      "kubectl label pod shell a=b", "kubectl top nodes", "kubectl cluster-info", "kubectl version", "kubectl expose deployment web --port 80", "kubectl create configmap c --from-literal=a=b", "kubectl describe node node-1", "kubectl get pods | grep web", "kubectl wait --for=condition=Ready pod/shell");
    playground.free();
  },
};

/** A lesson, and its run. */
function begun(id) {
  const files = [{ name: "lesson.yaml", text: text("lessons", id, "lesson.yaml") }];
  for (const name of readdirSync(join(root, "lessons", id, "start")).sort()) files.push({ name: `start/${name}`, text: text("lessons", id, "start", name) });
  const lesson = new Lesson({ files });
  lesson.view("en");
  for (const [, block] of text("lessons", id, "en.md").matchAll(/^```kubestep\n(.*?)^```/gms)) lesson.widget(block);
  const run = lesson.begin();
  look(run);
  return { lesson, run };
}

function lesson(id) {
  const { lesson, run } = begun(id);
  for (const line of text("lessons", id, "solution.txt").split("\n")) {
    const command = line.replace("@type ", "");
    if (command.startsWith("kubectl")) {
      lesson.forbids(run, "command", command, "en");
      run.command(command);
    }
    for (let i = 0; i < 10; i++) {
      run.step();
      look(run);
      lesson.standing(run, "en");
    }
    run.run({ type: "time", ms: 20_000 }, PATIENCE);
    lesson.standing(run, "en");
  }
  for (const { questions } of lesson.view("en").tasks) for (const question of questions) lesson.answer(run, question.id, [question.options[0]?.id ?? "default/hello"]);
  const kept = lesson.keep(run, "2026-01-01T00:00:00Z");
  run.free();
  lesson.resume(kept).free();
  lesson.free();
}

const found = {};
let before = new Set();
for (const name of chapters.length ? chapters : Object.keys(CHAPTERS)) {
  CHAPTERS[name]();
  found[name] = [...seen].filter((index) => !before.has(index)).sort((a, b) => a - b);
  before = new Set(seen);
}
console.log(JSON.stringify(found));
