//! `cargo xtask bench`: how fast, how large. Prints Markdown tables; asserts nothing, for machines differ.

use crate::phases::Phases;
use crate::{browser, build, http, page, run, wasm};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Completions and parallelism of the Jobs that are measured.
const JOBS: &[(u32, u32)] = &[(100, 100), (1_000, 100), (10_000, 100)];
/// Days for which an hourly CronJob is run.
const DAYS: &[&str] = &["7", "365"];
/// Pods that the API server holds while requests are measured.
const PODS: &[&str] = &["1", "1000", "10000"];
/// What takes longer is ended, and said to have been.
const PATIENCE: Duration = Duration::from_secs(300);

/// Builds, measures, prints.
pub fn run(args: &[String]) -> Result<()> {
    let page = match args {
        [] => true,
        [only] if only == "--no-page" => false,
        _ => bail!("bench knows --no-page, and nothing else"),
    };
    let mut phases = Phases::start();
    phases.run("the native program", || {
        run::ok(run::cargo(&["build", "--release", "--package", "kubestep", "--bin", "kubestep"]))
    })?;
    if page {
        build::all(&mut phases)?;
    } else {
        phases.run("npm packages", page::install)?;
        phases.run("the engine as a module", wasm::build)?;
    }
    let runs: Vec<[Result<Value>; 2]> = phases.run("jobs", || {
        let mut runs = Vec::new();
        for (completions, parallelism) in JOBS {
            let (completions, parallelism) = (completions.to_string(), parallelism.to_string());
            runs.push([
                measure(native(&["--completions", &completions, "--parallelism", &parallelism])),
                measure(module(&completions, &parallelism)),
            ]);
        }
        Ok(runs)
    })?;
    let calendars: Vec<[Result<Value>; 2]> = phases.run("cron jobs", || {
        let both = |days: &&str| [measure(native(&["--hourly", days])), measure(module("--hourly", days))];
        Ok(DAYS.iter().map(both).collect())
    })?;
    let requests: Vec<[Result<Value>; 2]> = phases.run("requests", || {
        let both =
            |pods: &&str| [measure(native(&["--requests", pods])), measure(module("--requests", pods))];
        Ok(PODS.iter().map(both).collect())
    })?;
    print_tree(&measure(native(&["--tree"]))?);
    let job = |(completions, parallelism): &(u32, u32)| {
        format!("{completions} completions, parallelism {parallelism}")
    };
    print_runs("Job", &JOBS.iter().map(job).collect::<Vec<_>>(), &runs);
    let days = DAYS.iter().map(|days| format!("hourly, {days} days"));
    print_runs("CronJob", &days.collect::<Vec<_>>(), &calendars);
    print_pods(&runs);
    print_requests(&requests);
    if page {
        let first_step = phases.run("first step", first_step);
        print_page(first_step)?;
    }
    phases.print();
    Ok(())
}

fn native(arguments: &[&str]) -> Command {
    let program = run::target_dir().join("release").join(format!("kubestep{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    command.arg("bench").args(arguments);
    command
}

fn module(completions: &str, parallelism: &str) -> Command {
    run::node("node", &["../xtask/src/bench.mjs", "src/wasm", completions, parallelism])
}

/// Runs a program that prints one JSON document.
fn measure(mut command: Command) -> Result<Value> {
    let name = run::shown(&command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{name}`"))?;
    let started = Instant::now();
    // The report is one short line, so the pipe never fills while we wait.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("ended after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut report = String::new();
    child.stdout.take().context("has an output")?.read_to_string(&mut report)?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(serde_json::from_str(&report)?)
}

fn print_tree(tree: &Value) {
    println!("\n| a Pod of {} bytes, natively | ns |", tree["bytes"]);
    println!("| --- | ---: |");
    for (name, key) in [
        ("clone", "cloneNs"),
        ("read `status.phase`", "readNs"),
        ("set `status.phase` in a copy", "writeNs"),
        ("diff of the two revisions", "diffNs"),
    ] {
        println!("| {name} | {:.0} |", tree[key].as_f64().unwrap_or_default());
    }
}

fn print_runs(kind: &str, names: &[String], runs: &[[Result<Value>; 2]]) {
    println!(
        "\n| {kind} | where | steps | seconds | steps/s | µs a step | peak memory, MiB | wasm : native |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (job, [native, module]) in names.iter().zip(runs) {
        let number = |run: &Result<Value>, key: &str| run.as_ref().ok().and_then(|r| r[key].as_f64());
        let ratio = number(module, "seconds").zip(number(native, "seconds")).map(|(m, n)| m / n);
        for (place, run) in [("native", native), ("wasm", module)] {
            match run {
                Err(error) => println!("| {job} | {place} | {error:#} | | | | | |"),
                Ok(run) => println!(
                    "| {job} | {place} | {} | {:.2} | {} | {:.1} | {} | {} |",
                    run["steps"],
                    run["seconds"].as_f64().unwrap_or_default(),
                    run["stepsPerSecond"].as_f64().unwrap_or_default(),
                    run["microsecondsPerStep"].as_f64().unwrap_or_default(),
                    run["peakMiB"].as_f64().unwrap_or_default(),
                    ratio.filter(|_| place == "wasm").map(|r| format!("{r:.1}")).unwrap_or_default(),
                ),
            }
        }
    }
}

/// What a step of the same small Job costs as the cluster fills with finished pods.
fn print_pods(runs: &[[Result<Value>; 2]]) {
    println!("\n| finished pods | native, µs a step | × empty | wasm, µs a step | × empty |");
    println!("| ---: | ---: | ---: | ---: | ---: |");
    for ((completions, _), run) in JOBS.iter().zip(runs) {
        let cell = |run: &Result<Value>| match run {
            Ok(run) => {
                let of = |key: &str| run[key].as_f64().unwrap_or_default();
                let (full, empty) = (of("microsecondsPerStepFull"), of("microsecondsPerStepEmpty"));
                format!("{full:.1} (empty: {empty:.1}) | {:.1}", full / empty)
            }
            Err(_) => "— | —".to_owned(),
        };
        println!("| {completions} | {} | {} |", cell(&run[0]), cell(&run[1]));
    }
}

/// How many requests a second the API server answers.
fn print_requests(runs: &[[Result<Value>; 2]]) {
    println!("\n| Pods in the store | where | create/s | get/s | list of 10/s | patch/s |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: |");
    for (pods, run) in PODS.iter().zip(runs) {
        for (place, run) in ["native", "wasm"].iter().zip(run) {
            match run {
                Err(error) => println!("| {pods} | {place} | {error:#} | | | |"),
                Ok(run) => {
                    let cells = ["create", "get", "list", "patch"].map(|key| run[key].to_string());
                    println!("| {pods} | {place} | {} |", cells.join(" | "));
                }
            }
        }
    }
}

fn print_page(first_step: Result<Vec<u64>>) -> Result<()> {
    let sizes = page::sizes(&page::dist())?;
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let found = || sizes.iter().filter(|size| wanted(&size.path));
        (found().map(|size| size.raw).sum::<u64>(), found().map(|size| size.brotli).sum::<u64>())
    };
    println!("\n| page | bytes | brotli |");
    println!("| --- | ---: | ---: |");
    for (name, (raw, brotli)) in [
        ("the module's first half", of(&|path| path.starts_with("assets/kubestep_bg-"))),
        ("its second half", of(&|path| path.starts_with("assets/kubestep_second-"))),
        ("the whole page", of(&|_| true)),
    ] {
        println!("| {name} | {raw} | {brotli} |");
    }
    for (what, raw, brotli) in page::adding_up(&page::dist(), page::LOADS)? {
        println!("| adding up: {what} | {raw} | {brotli} |");
    }
    match first_step {
        Ok(times) => println!("\nFrom navigation to the first possible step, three visits: {times:?} ms"),
        Err(error) => println!("\nFrom navigation to the first possible step: not measured ({error:#})"),
    }
    Ok(())
}

fn first_step() -> Result<Vec<u64>> {
    let chromium = browser::chromium()?;
    let (listener, address) = http::listen(0)?;
    std::thread::spawn(move || http::serve(&listener, &page::dist()));
    let url = format!("http://{address}/");
    let chromium = chromium.to_str().context("the browser's path is not UTF-8")?;
    let printed = run::output(run::node("node", &["../xtask/src/first-step.mjs", chromium, &url]))?;
    printed.lines().map(|line| Ok(line.parse()?)).collect()
}
