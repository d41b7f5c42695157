//! `kubestep bench`: how long a Job takes to its end, or an hourly CronJob for some days, natively. `cargo xtask bench` runs the same in wasm beside it.

use kubestep::api::{ObjectKey, kinds};
use kubestep::cluster::Config;
use kubestep::http;
use kubestep::json;
use kubestep::json::{Json, diff};
use kubestep::playground::{Files, Playground, Until};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What `kubestep bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Completions of the Job.
    #[arg(long, default_value_t = 1000)]
    completions: u32,
    /// Parallelism of the Job.
    #[arg(long, default_value_t = 100)]
    parallelism: u32,
    /// Measure an hourly CronJob for so many days, not a Job.
    #[arg(long, value_name = "DAYS")]
    hourly: Option<u64>,
    /// Measure requests to an API server that holds so many Pods, not a Job.
    #[arg(long, value_name = "PODS")]
    requests: Option<u32>,
    /// Measure the tree that objects are made of, not a Job.
    #[arg(long)]
    tree: bool,
}

/// The manifest of the benchmark: pods that end at once.
fn manifest(name: &str, completions: u32, parallelism: u32) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\nspec:\n  completions: {completions}\n  parallelism: {parallelism}\n  \
         template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: main\n        image: busybox\n        \
         command: [\"true\"]\n"
    )
}

/// Runs a Job to Complete and says how many steps and seconds that took.
// Seconds of the machine, not of the cluster: here the real clock is what is asked for.
#[allow(clippy::disallowed_methods)]
fn job(playground: &mut Playground, name: &str, completions: u32, parallelism: u32) -> (u64, f64) {
    playground.set_file("job.yaml", Some(&manifest(name, completions, parallelism)));
    let (steps, started) = (playground.desk().world().steps(), Instant::now());
    playground.command("kubectl apply -f job.yaml");
    let object = (kinds::JOBS.into(), ObjectKey::new("default", name));
    playground.run(&Until::Condition { object, kind: "Complete".into(), status: "True".into() }, |_| true);
    (playground.desk().world().steps() - steps, started.elapsed().as_secs_f64())
}

/// An hourly CronJob whose pods end at once.
const HOURLY: &str = "kubectl create cronjob hourly --image=busybox --schedule=@hourly -- true";

/// Runs an hourly CronJob for some days.
#[allow(clippy::disallowed_methods)]
fn hourly(days: u64) -> Json {
    let mut playground = Playground::new(Config::new(1, 3), Files::new());
    let started = Instant::now();
    playground.command(HOURLY);
    let end = playground.config().start + Duration::from_secs(days * 86_400);
    playground.run(&Until::Time(end), |_| true);
    let (steps, seconds) = (playground.desk().world().steps(), started.elapsed().as_secs_f64());
    json!({
        "days": days as i64, "steps": steps as i64, "seconds": seconds,
        "stepsPerSecond": (steps as f64 / seconds).round(),
        "microsecondsPerStep": seconds / steps as f64 * 1e6, "peakMiB": peak_mib().round(),
    })
}

/// How many of each request are measured.
const REQUESTS: u32 = 1000;

/// Requests per second of an API server that holds so many Pods in another namespace. (Reads answer from the step that is
/// shown; a write is a step of the run.)
#[allow(clippy::disallowed_methods)]
fn requests(pods: u32) -> Json {
    let mut playground = Playground::new(Config::new(1, 3), Files::new());
    let mut ask = |method: &str, target: &str, body: &str| {
        let form = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = http::Request::new(method, target, [("content-type", form)].into_iter(), body);
        let code = playground.request(request).code;
        assert!(code < 300, "{method} {target}: {code}");
    };
    let pod = |name: u32| {
        format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p{name}"}},"spec":{{"containers":[{{"name":"c","image":"busybox"}}]}}}}"#
        )
    };
    ask("POST", "/api/v1/namespaces", r#"{"metadata":{"name":"crowd"}}"#);
    ask("POST", "/api/v1/namespaces/crowd/serviceaccounts", r#"{"metadata":{"name":"default"}}"#);
    ask("POST", "/api/v1/namespaces", r#"{"metadata":{"name":"measured"}}"#);
    ask("POST", "/api/v1/namespaces/measured/serviceaccounts", r#"{"metadata":{"name":"default"}}"#);
    for name in 0..pods {
        ask("POST", "/api/v1/namespaces/crowd/pods", &pod(name));
    }
    const PODS: &str = "/api/v1/namespaces/measured/pods";
    let per_second = |act: &mut dyn FnMut(u32)| {
        let started = Instant::now();
        (0..REQUESTS).for_each(act);
        (f64::from(REQUESTS) / started.elapsed().as_secs_f64()).round()
    };
    let create = per_second(&mut |name| ask("POST", PODS, &pod(name)));
    let get = per_second(&mut |name| ask("GET", &format!("{PODS}/p{name}"), ""));
    let list = per_second(&mut |_| ask("GET", &format!("{PODS}?limit=10"), ""));
    let patch = per_second(&mut |name| {
        ask("PATCH", &format!("{PODS}/p{name}"), r#"{"metadata":{"labels":{"touched":"yes"}}}"#);
    });
    json!({"pods": i64::from(pods), "create": create, "get": get, "list": list, "patch": patch})
}

/// The largest resident size so far, in MiB.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

/// Nanoseconds of one call, the best of five rounds: what is slower was disturbed.
#[allow(clippy::disallowed_methods)]
fn nanoseconds<T>(mut act: impl FnMut() -> T) -> f64 {
    const CALLS: u32 = 200_000;
    let round = |_| {
        let started = Instant::now();
        for _ in 0..CALLS {
            black_box(act());
        }
        started.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
    };
    (0..5).map(round).fold(f64::INFINITY, f64::min)
}

/// A Pod as a run leaves it, and what reading and changing it costs.
fn tree() -> Json {
    let mut playground = Playground::new(Config::new(1, 3), Files::new());
    job(&mut playground, "measured", 1, 1);
    let server = playground.desk().world().server();
    let pods = server.list(&kinds::PODS.into());
    let pod = pods.first().expect("the Job made a Pod");
    let changed = |phase: &str| {
        let mut next = pod.clone();
        next.set_at(&["status", "phase"], phase);
        next
    };
    let next = changed("Running");
    json!({
        "bytes": pod.to_string().len(),
        "cloneNs": nanoseconds(|| black_box(pod).clone()),
        "readNs": nanoseconds(|| black_box(pod)["status"]["phase"].str().len()),
        "writeNs": nanoseconds(|| changed(black_box("Failed"))),
        "diffNs": nanoseconds(|| diff(black_box(pod), black_box(&next))),
    })
}

/// Measures.
pub fn run(arguments: &Arguments) -> ExitCode {
    if arguments.tree {
        println!("{}", tree());
        return ExitCode::SUCCESS;
    }
    if let Some(pods) = arguments.requests {
        println!("{}", requests(pods));
        return ExitCode::SUCCESS;
    }
    if let Some(days) = arguments.hourly {
        println!("{}", hourly(days));
        return ExitCode::SUCCESS;
    }
    let mut playground = Playground::new(Config::new(1, 3), Files::new());
    job(&mut playground, "warm-up", 10, 5);
    let (steps, seconds) = job(&mut playground, "measured", arguments.completions, arguments.parallelism);
    // The same small Job in the cluster that now holds all those pods, and in an empty one.
    let (full_steps, full) = job(&mut playground, "small-full", 100, 10);
    let mut empty = Playground::new(Config::new(1, 3), Files::new());
    job(&mut empty, "warm-up", 10, 5);
    let (empty_steps, empty) = job(&mut empty, "small-empty", 100, 10);
    let report = json!({
        "completions": i64::from(arguments.completions), "parallelism": i64::from(arguments.parallelism),
        "steps": steps as i64, "seconds": seconds, "stepsPerSecond": (steps as f64 / seconds).round(),
        "peakMiB": peak_mib().round(),
        "microsecondsPerStep": seconds / steps as f64 * 1e6,
        "microsecondsPerStepEmpty": empty / empty_steps as f64 * 1e6,
        "microsecondsPerStepFull": full / full_steps as f64 * 1e6,
    });
    println!("{report}");
    ExitCode::SUCCESS
}
