//! Images whose main program is no ash: Debian's, perl, servers.

use super::*;

static WEB: Server = Server {
    name: "nginx",
    listeners: &[Listener { port: 80, http: true }],
    startup_ms: 50,
    farewell: &[(Stream::Stderr, "{slash} [notice] {pid}#{pid}: exit")],
    stop_ms: 100,
    ..Server::PLAIN
};

static DATABASE: Server = Server {
    name: "mysql",
    requires: Some((&["MYSQL_ROOT_PASSWORD"], "Database is uninitialized")),
    ..Server::PLAIN
};

const DEBIAN: Userland = Userland {
    sh: Some(Dialect::Dash),
    bash: true,
    tools: Tools::Gnu,
    programs: &[("perl", Executable::Perl), ("python3", Executable::NotSimulated)],
};

#[test]
fn dash_and_perl() {
    let digits = "print bpi(20)";
    let cases: &[(&[&str], &str, &str, i32, i64)] = &[
        (&["sh", "-c", "foo"], "", "sh: 1: foo: not found\n", 127, 0),
        (&["sh", "-c", "cd /nope"], "", "sh: 1: cd: can't cd to /nope\n", 2, 0),
        (&["sh", "-c", "fi"], "", "sh: 1: Syntax error: \"fi\" unexpected\n", 2, 0),
        (&["sh", "-c", "echo 'a\\tb'; cat /nope"], "a\tb\n", "cat: /nope: No such file or directory\n", 1, 0),
        (&["perl", "-Mbignum=bpi", "-wle", digits], "3.1415926535897932385\n", "", 0, 0),
        (&["perl", "-e", "print \"hi\\n\"; sleep 2; exit 3"], "hi\n", "", 3, 2_000),
        (&["perl", "-e", "die \"no\\n\""], "", "no\n", 255, 0),
        (&["perl", "-e", "fork()"], "", "kubestep: this perl program is not simulated: fork()\n", 1, 0),
        (&["python3", "-c", "print(1)"], "", "kubestep: python3 is not simulated\n", 1, 0),
    ];
    for (argv, out, err, code, ms) in cases {
        let got = finish(ProcessSpec { userland: DEBIAN, ..spec(argv) });
        assert_eq!(got, (out.to_string(), err.to_string(), Some(*code), *ms), "{argv:?}");
    }
}

#[test]
fn servers_serve_until_they_are_told() {
    const PROGRAMS: &[(&str, Executable)] =
        &[("nginx", Executable::Server(&WEB)), ("mysqld", Executable::Server(&DATABASE))];
    let userland = Userland { programs: PROGRAMS, ..DEBIAN };
    let mut log = Log::default();
    let mut volumes = Volumes::default();
    // The shell becomes its last command, so the signal reaches the server.
    let argv = ["sh", "-c", "exec nginx -g 'daemon off;'"];
    let mut nginx = Process::start(ProcessSpec { userland, ..spec(&argv) }, NOW).unwrap();
    assert_eq!(nginx.run(NOW, 1_000, &mut volumes, &mut log), Blocked::Until(NOW + 50_000_000));
    assert_eq!(nginx.listeners(), []);
    assert_eq!(nginx.run(NOW + 50_000_000, 1_000, &mut volumes, &mut log), Blocked::Forever);
    assert_eq!(nginx.listeners(), [Listener { port: 80, http: true }]);
    nginx.signal(SIGTERM);
    let Blocked::Until(end) = nginx.run(NOW + SECOND, 1_000, &mut volumes, &mut log) else {
        panic!("still serving")
    };
    assert_eq!(nginx.run(end, 1_000, &mut volumes, &mut log), Blocked::Exited(0));
    let last = log.text(MAIN, Stream::Stderr).lines().last().unwrap_or_default().to_string();
    assert_eq!(last, "2026/11/23 09:48:20 [notice] 1#1: exit");

    let (_, err, code, _) = finish(ProcessSpec { userland, ..spec(&["mysqld"]) });
    assert_eq!(code, Some(1));
    assert_eq!(err, "Database is uninitialized\n");
}

#[test]
fn what_is_not_there_cannot_be_started() {
    let userland = Userland { sh: None, bash: false, tools: Tools::None, programs: &[] };
    let error = Process::start(ProcessSpec { userland, ..spec(&["sh", "-c", "true"]) }, NOW).unwrap_err();
    assert_eq!(
        error.container_message(),
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
         unable to start container process: error during container init: exec: \"sh\": executable file not found in \
         $PATH: unknown"
    );
}
