//! The Python package `kubernetes` against the server, in a venv inside the target folder.

use crate::served::Served;
use crate::venv;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the venv gets.
const PACKAGE: &str = "kubernetes>=34,<37";

/// The venv's Python; `None`, said loudly, where this machine has no Python to make one of. In CI that is a failure.
fn python() -> Option<PathBuf> {
    let imports = |programs: &Path| {
        let output = Command::new(programs.join("python")).args(["-c", "import kubernetes"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    match venv::folder("python", &[PACKAGE], &imports) {
        Ok(programs) => Some(programs.join("python")),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "no Python with {PACKAGE}: {why}");
            eprintln!("\n*** NOT TESTED: the Python client: {why} ***\n");
            None
        }
    }
}

#[test]
fn the_python_client_works() {
    let Some(python) = python() else { return };
    let served = Served::start("python", &["--fast-forward"]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serve/client.py");
    let output = Command::new(python)
        .arg(script)
        .env("KUBECONFIG", served.kubeconfig())
        .output()
        .expect("Python starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    expect_test::expect![[r#"
        version v1.36.2
        nodes ['node-1', 'node-2', 'node-3']
        created pi
        succeeded, as watched None to 2
        logs ['3.14', '3.14']
        exec 'out\n' 'err\n' 7
        labelled ['box']
        page 3 True
        applied {'k': '1'}
        refused 400 Bad Request {"kind":"Status","apiVersion":"v1","metadata":{},"status":"F
        missing 404 Not Found
        deleted []
    "#]]
    .assert_eq(&format!("{out}{err}"));
}
