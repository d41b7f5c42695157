//! The page: npm packages, bundle, and what each file costs to load.

use crate::{element, run, stamp};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a visitor's browser loads: the beginnings of the files' names.
pub const LOADS: Loads = &[
    (
        "the page, until a step can be taken",
        &["index.html", "assets/index-", "assets/page-", "assets/kubestep-", "assets/kubestep_bg-"],
    ),
    ("the engine's second half, in the background", &["assets/kubestep_second-"]),
];

/// What is loaded one after the other: what it is, and how the names of its files begin.
pub type Loads = &'static [(&'static str, &'static [&'static str])];

/// What the server serves.
pub fn dist() -> PathBuf {
    run::www().join("dist")
}

/// Installs exactly the packages of the lock file.
pub fn install() -> Result<()> {
    let inputs = [run::www().join("package.json"), run::www().join("package-lock.json")];
    let outputs = [run::www().join("node_modules/.package-lock.json")];
    stamp::unless_fresh("npm ci", &inputs, &outputs, || run::ok(run::node("npm", &["ci", "--no-progress"])))?;
    Ok(())
}

/// A tool out of the installed packages.
pub fn tool(script: &str, args: &[&str]) -> Command {
    run::node_tool(script, args)
}

/// Bundles the page and lays a brotli copy beside each file that compresses.
pub fn bundle() -> Result<()> {
    let www = run::www();
    let inputs = [
        www.join("src"),
        www.join("build"),
        run::root().join("lessons"),
        www.join("public"),
        www.join("build"),
        run::root().join("Cargo.toml"),
        www.join("index.html"),
        www.join("lessons.html"),
        www.join("lesson.html"),
        www.join("author.html"),
        www.join("class.html"),
        www.join("package-lock.json"),
        www.join("vite.config.ts"),
        www.join("tsconfig.json"),
        run::root().join("xtask/src/brotli.mjs"),
    ];
    stamp::unless_fresh("vite build", &inputs, &[dist().join("index.html")], || {
        run::ok(tool("vite/bin/vite.js", &["build", "--logLevel", "warn"]))?;
        run::ok(run::node("node", &["../xtask/src/brotli.mjs", "dist"]))
    })?;
    Ok(())
}

/// A file of the page: its size as it is, and as it travels.
pub struct Size {
    /// Below its folder, with `/`.
    pub path: String,
    /// Bytes on disk.
    pub raw: u64,
    /// Bytes after brotli; `raw` for what does not compress.
    pub brotli: u64,
}

/// Every file of a bundle, by name.
pub fn sizes(folder: &Path) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for file in stamp::files_below(folder)? {
        if file.extension().is_some_and(|extension| extension == "br") {
            continue;
        }
        let raw = fs::metadata(&file)?.len();
        let brotli = fs::metadata(brotli_of(&file)).map_or(raw, |compressed| compressed.len());
        let path =
            file.strip_prefix(folder).context("lies in the folder")?.to_string_lossy().replace('\\', "/");
        sizes.push(Size { path, raw, brotli });
    }
    Ok(sizes)
}

/// Where the compressed copy of a file lies.
pub fn brotli_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// Prints the [`sizes`] of the page as a table with a total, and what the element costs a page that embeds it.
pub fn print_sizes() -> Result<()> {
    println!("{:>10} {:>10}", "bytes", "brotli");
    let (mut raw, mut brotli) = (0, 0);
    for size in sizes(&dist())? {
        println!("{:>10} {:>10}  {}", size.raw, size.brotli, size.path);
        raw += size.raw;
        brotli += size.brotli;
    }
    println!("{raw:>10} {brotli:>10}  in all");
    print_loads("the playground", &dist(), LOADS)?;
    element::print_sizes()
}

/// Prints what of a bundle is loaded one after the other, adding up.
pub fn print_loads(title: &str, folder: &Path, loads: Loads) -> Result<()> {
    println!("\n{:>10} {:>10}  {title}: one language, adding up", "bytes", "brotli");
    for (what, raw, brotli) in adding_up(folder, loads)? {
        println!("{raw:>10} {brotli:>10}  … {what}");
    }
    Ok(())
}

/// Bytes and brotli of everything until then.
pub fn adding_up(folder: &Path, loads: Loads) -> Result<Vec<(&'static str, u64, u64)>> {
    let sizes = sizes(folder)?;
    let (mut raw, mut brotli) = (0, 0);
    let mut sums = Vec::new();
    for (what, names) in loads {
        for size in sizes.iter().filter(|size| names.iter().any(|name| size.path.starts_with(name))) {
            raw += size.raw;
            brotli += size.brotli;
        }
        sums.push((*what, raw, brotli));
    }
    Ok(sums)
}
