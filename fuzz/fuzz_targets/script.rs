//! A script in a container, by the shell of busybox and by bash: it ends, or runs out of its fuel, and keeps to its memory.
#![no_main]

use kubestep::shell::fs::{Fs, Volumes};
use kubestep::shell::{Blocked, MAX_MEMORY, Output, Process, ProcessSpec, Session, Stream, Userland};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_795_427_299_000_000_000;

struct Nowhere;

impl Output for Nowhere {
    fn write(&mut self, _: Session, _: Stream, _: &[u8]) {}
}

fuzz_target!(|data: &[u8]| {
    let Ok(script) = std::str::from_utf8(data) else { return };
    for shell in ["sh", "bash"] {
        let spec = ProcessSpec {
            argv: vec![shell.into(), "-c".into(), script.into()],
            env: vec![("A".into(), "a b".into())],
            cwd: "/".into(),
            hostname: "pod".into(),
            fs: Fs::unix(NOW).expect("a file system"),
            userland: Userland { bash: true, ..Userland::BUSYBOX },
            user: 0,
            group: 0,
            memory: None,
            seed: 1,
        };
        let Ok(mut process) = Process::start(spec, NOW) else { continue };
        let (mut now, mut volumes) = (NOW, Volumes::default());
        for _ in 0..20 {
            match process.run(now, 20_000, &mut volumes, &mut Nowhere) {
                Blocked::Until(time) => now = time,
                Blocked::Exited(_) | Blocked::Forever => break,
            }
            assert!(process.memory() < 2 * MAX_MEMORY);
        }
    }
});
