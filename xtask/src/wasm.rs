//! The engine as a WebAssembly module: target, cargo, bindings, halving, shrinking.
//!
//! wasm-bindgen runs as a library inside this program, so no second tool must be installed at a matching version.

use crate::{page, run, split, stamp};
use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc's target lets the module use; wasm-opt must be told, or it refuses the input.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Measured on the parts that read manifests: -Oz 217,524 bytes (81,530 as brotli), -O3 219,391 (81,344). What travels
/// is the same, so speed decides.
const OPTIMISATION: &str = "-O3";

/// Where the page imports the module from.
pub fn out_dir() -> PathBuf {
    run::www().join("src").join("wasm")
}

/// Installs rustc's wasm target unless it is there.
pub fn ensure_target() -> Result<()> {
    let sysroot = run::output({
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "sysroot"]).current_dir(run::root());
        rustc
    })?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    println!("installing the target {TARGET}");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(run::root());
    run::ok(rustup)
}

/// Compiles the library for the browser and returns the raw module's path.
pub fn compile() -> Result<PathBuf> {
    ensure_target()?;
    run::ok(run::cargo(&[
        "rustc",
        "--lib",
        "--package",
        "kubestep",
        "--profile",
        "web",
        "--target",
        TARGET,
        "--",
        // What the linker knows of the data, for the cut in two halves.
        "-C",
        "link-arg=--emit-relocs",
    ]))?;
    Ok(run::target_dir().join(TARGET).join("web").join("kubestep.wasm"))
}

/// Compiles, writes module and bindings to [`out_dir`], and halves and shrinks the module. Needs `npm ci` done.
pub fn build() -> Result<()> {
    let raw = compile()?;
    check_versions()?;
    let inputs = [
        raw.clone(),
        run::root().join("Cargo.lock"),
        run::www().join("package-lock.json"),
        run::root().join("xtask/src/wasm.rs"),
        run::root().join("xtask/src/split"),
        run::www().join("src/examples"),
    ];
    let outputs = ["kubestep.js", "second.js", split::FIRST, split::SECOND].map(|name| out_dir().join(name));
    stamp::unless_fresh("wasm-bindgen and wasm-opt", &inputs, &outputs, || {
        let _ = fs::remove_dir_all(out_dir());
        bind(&raw)?;
        split::halve(&raw, &out_dir())?;
        shrink(OPTIMISATION)
    })?;
    Ok(())
}

fn bind(raw: &PathBuf) -> Result<()> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    // After a panic the page makes a new instance of the module: the old one's memory cannot be trusted.
    bindgen.reset_state_function(true);
    bindgen.input_path(raw).typescript(true).omit_default_module_path(false);
    bindgen.web(true).map_err(|error| anyhow!("{error:#}"))?;
    bindgen.generate(out_dir()).map_err(|error| anyhow!("{error:#}")).context("wasm-bindgen")
}

/// Runs wasm-opt over both halves at once, in place.
fn shrink(level: &str) -> Result<()> {
    let mut at_work = Vec::new();
    for half in [split::FIRST, split::SECOND] {
        let module = out_dir().join(half);
        let before = fs::metadata(&module)?.len();
        let path = module.to_str().context("the repository's path is not UTF-8")?;
        let mut wasm_opt =
            page::tool("binaryen/bin/wasm-opt", &[level, "--strip-debug", "--strip-producers"]);
        wasm_opt.args(FEATURES).args([path, "-o", path]);
        let name = run::shown(&wasm_opt);
        at_work.push((
            wasm_opt.spawn().with_context(|| format!("cannot start `{name}`"))?,
            name,
            module,
            before,
        ));
    }
    for (mut child, name, module, before) in at_work {
        let status = child.wait()?;
        if !status.success() {
            bail!("`{name}` failed ({status})");
        }
        println!("wasm-opt {level}: {before} -> {} bytes", fs::metadata(&module)?.len());
    }
    Ok(())
}

/// The library half and the tool half of wasm-bindgen must be the same version.
fn check_versions() -> Result<()> {
    let lock: toml::Table = toml::from_str(&fs::read_to_string(run::root().join("Cargo.lock"))?)?;
    let packages =
        lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock has no packages")?;
    let version = |name: &str| {
        packages
            .iter()
            .find(|package| package.get("name").and_then(toml::Value::as_str) == Some(name))
            .and_then(|package| package.get("version").and_then(toml::Value::as_str))
            .map(str::to_owned)
    };
    let (library, tool) = (version("wasm-bindgen"), version("wasm-bindgen-cli-support"));
    if library != tool {
        bail!(
            "wasm-bindgen is {} and wasm-bindgen-cli-support {}: pin both to one version (Cargo.toml, xtask/Cargo.toml)",
            library.unwrap_or_default(),
            tool.unwrap_or_default()
        );
    }
    Ok(())
}
