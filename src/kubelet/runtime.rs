//! The container runtime: what an image is, and what runs in a container. The kubelet knows containers only through this
//! file, as a real one knows containerd only through the CRI.

use super::images::{self, registry, servers};
use crate::json::Str;
use crate::shell::fs::{Entry, Mount};
use crate::shell::{self, Dialect, Executable, Output, Process, ProcessSpec, Tools, Userland};
use crate::sim::{Fingerprint, Time};
use std::time::Duration;

pub use crate::shell::fs::{Tree, Volumes};
pub use crate::shell::{Input, MAIN, SIGKILL, SIGTERM, Session, StartError, Stream};

/// An image that a registry has.
#[derive(Clone, Debug)]
pub struct Image {
    /// `docker.io/library/nginx:1.27`
    pub reference: Str,
    /// `sha256:…`
    pub digest: Str,
    /// What a pull moves.
    pub bytes: u64,
    content: &'static Content,
}

impl PartialEq for Image {
    fn eq(&self, other: &Image) -> bool {
        self.reference == other.reference && self.digest == other.digest
    }
}

/// What is in an image.
#[derive(Debug)]
struct Content {
    name: &'static str,
    bytes: u64,
    userland: Userland,
    command: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
    /// Its own program runs whatever the command says: of an image that nothing is known of.
    opaque: bool,
}

const GNU: Userland = Userland { sh: Some(Dialect::Dash), bash: true, tools: Tools::Gnu, programs: &[] };

const fn server(
    name: &'static str,
    bytes: u64,
    command: &'static [&'static str],
    userland: Userland,
) -> Content {
    Content { name, bytes, userland, command, env: &[], opaque: false }
}

/// No shell, no tools: a single program.
const BARE: Userland = Userland { sh: None, bash: false, tools: Tools::None, programs: &[] };

/// The images that the registry has, with their compressed sizes.
static KNOWN: [Content; 13] = [
    Content {
        name: "alpine",
        bytes: 3_842_044,
        userland: Userland::BUSYBOX,
        command: &["/bin/sh"],
        env: &[],
        opaque: false,
    },
    Content {
        name: "bash",
        bytes: 6_283_417,
        userland: Userland { bash: true, ..Userland::BUSYBOX },
        command: &["bash"],
        env: &[],
        opaque: false,
    },
    Content {
        name: "busybox",
        bytes: 2_221_843,
        userland: Userland::BUSYBOX,
        command: &["sh"],
        env: &[],
        opaque: false,
    },
    server(
        "hello-world",
        2_380,
        &["/hello"],
        Userland { programs: &[("/hello", Executable::Server(&servers::HELLO))], ..BARE },
    ),
    server(
        "httpd",
        45_237_188,
        &["httpd-foreground"],
        Userland { programs: &[("httpd-foreground", Executable::Server(&servers::HTTPD))], ..GNU },
    ),
    server(
        "memcached",
        32_104_552,
        &["memcached"],
        Userland { programs: &[("memcached", Executable::Server(&servers::MEMCACHED))], ..GNU },
    ),
    server(
        "mysql",
        248_913_407,
        &["mysqld"],
        Userland { programs: &[("mysqld", Executable::Server(&servers::MYSQL))], ..GNU },
    ),
    server(
        "nginx",
        62_939_286,
        &["nginx", "-g", "daemon off;"],
        Userland { programs: &[("nginx", Executable::Server(&servers::NGINX))], ..GNU },
    ),
    Content {
        name: "perl",
        bytes: 364_522_016,
        userland: Userland { programs: &[("perl", Executable::Perl)], ..GNU },
        command: &["perl", "-de0"],
        env: &[],
        opaque: false,
    },
    server(
        "postgres",
        163_338_124,
        &["postgres"],
        Userland { programs: &[("postgres", Executable::Server(&servers::POSTGRES))], ..GNU },
    ),
    Content {
        name: "python",
        bytes: 412_230_771,
        userland: Userland { programs: &[("python3", Executable::NotSimulated)], ..GNU },
        command: &["python3"],
        env: &[],
        opaque: false,
    },
    server(
        "rabbitmq",
        117_860_339,
        &["rabbitmq-server"],
        Userland { programs: &[("rabbitmq-server", Executable::Server(&servers::RABBITMQ))], ..GNU },
    ),
    server(
        "redis",
        51_415_920,
        &["redis-server"],
        Userland { programs: &[("redis-server", Executable::Server(&servers::REDIS))], ..GNU },
    ),
];

/// An image that nothing is known of: it serves, silently.
static OPAQUE: Content = Content {
    name: "",
    bytes: 40_000_000,
    userland: Userland { programs: &[("serve", Executable::Server(&servers::SILENT))], ..GNU },
    command: &["serve"],
    env: &[],
    opaque: true,
};

/// What a container is started with.
#[derive(Clone, Debug)]
pub struct ContainerSpec {
    /// The image.
    pub image: Image,
    /// `command`; empty: the image's own.
    pub command: Vec<String>,
    /// `args`; empty: the image's own, where `command` is empty too.
    pub args: Vec<String>,
    /// The environment.
    pub env: Vec<(String, String)>,
    /// `workingDir`; `""`: the root.
    pub cwd: String,
    /// What `hostname` says.
    pub hostname: String,
    /// Files that its pod gives it, by path.
    pub files: Vec<(Str, String)>,
    /// What it reads: nothing unless its `stdin` is set.
    pub input: Input<'static>,
    /// The memory limit in bytes.
    pub memory: Option<u64>,
    /// `runAsUser`, `runAsGroup`.
    pub user: (u32, u32),
    /// The mounted volumes.
    pub mounts: Vec<Mount>,
    /// Where the termination message is read from.
    pub message_path: String,
    /// The seed of its own chance.
    pub seed: u64,
}

/// What a container waits for when it gives control back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// Nothing happens before this moment.
    Until(Time),
    /// Nothing happens unless a signal comes.
    Forever,
    /// It is gone.
    Exited {
        /// 0 to 255.
        code: i32,
        /// It used more memory than it may.
        oom_killed: bool,
    },
}

/// What one hears at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nobody listens.
    Refused,
    /// Somebody does.
    Connected,
    /// An HTTP status.
    Http(u16),
}

/// Who sleeps for longer (`sleep infinity`) waits for nothing but a signal.
const EVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How much a container may compute in one step.
const FUEL: u32 = 20_000;

/// What runs in a container.
#[derive(Clone, Debug)]
pub struct Task {
    process: Process,
    message_path: String,
    opaque: bool,
}

impl Task {
    /// Starts the main process. An error is what the runtime says of it.
    pub fn start(spec: &ContainerSpec, volumes: &Volumes, now: Time) -> Result<Task, String> {
        let content = spec.image.content;
        let own = || content.command.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let given: Vec<String> = spec.command.iter().chain(&spec.args).cloned().collect();
        let argv = match (content.opaque || given.is_empty(), spec.command.is_empty()) {
            (true, _) => own(),
            // Arguments alone go to the image's entrypoint: a server's are its own business.
            (false, true)
                if matches!(content.userland.lookup(content.command[0]), Some(Executable::Server(_))) =>
            {
                own()
            }
            _ => given,
        };
        let mut env: Vec<(String, String)> =
            content.env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        env.push(("HOSTNAME".to_owned(), spec.hostname.clone()));
        env.extend(spec.env.iter().cloned());
        if !env.iter().any(|(name, _)| name == "HOME") {
            let home = if spec.user.0 == 0 { "/root" } else { "/" };
            env.push(("HOME".to_owned(), home.to_owned()));
        }
        let mut fs = images::files(&spec.files, now.0).map_err(|e| e.text().to_owned())?;
        // What does not fit the simulated disk is simply not there; a program that misses it will say so.
        let _ = fs.tree.insert(&spec.message_path, Entry::file("", now.0));
        for mount in &spec.mounts {
            let _ = fs.mount(mount.clone(), volumes, now.0);
        }
        let process = ProcessSpec {
            argv,
            env,
            cwd: if spec.cwd.is_empty() { "/".to_owned() } else { spec.cwd.clone() },
            hostname: spec.hostname.clone(),
            fs,
            userland: content.userland,
            user: spec.user.0,
            group: spec.user.1,
            memory: spec.memory,
            seed: spec.seed,
            input: spec.input,
        };
        let process = Process::start(process, now.0).map_err(|e| e.container_message())?;
        Ok(Task { process, message_path: spec.message_path.clone(), opaque: content.opaque })
    }

    /// Starts another process in the container.
    pub fn exec(
        &mut self,
        argv: &[String],
        input: Input<'_>,
        now: Time,
        volumes: &mut Volumes,
    ) -> Result<Session, StartError> {
        self.process.exec(argv, input, now.0, volumes)
    }

    /// Types into a session; let it run afterwards.
    pub fn type_in(&mut self, session: Session, bytes: &[u8]) {
        self.process.type_in(session, bytes);
    }

    /// How many bytes were typed and not yet read.
    pub fn unread(&self, session: Session) -> usize {
        self.process.unread(session)
    }

    /// Ctrl-C in a session; let it run afterwards.
    pub fn interrupt(&mut self, session: Session) {
        self.process.interrupt_session(session);
    }

    /// Nothing more will be typed; let it run afterwards.
    pub fn end_input(&mut self, session: Session) {
        self.process.end_input(session);
    }

    /// How a process that was started so has ended.
    pub fn exit_code(&self, session: Session) -> Option<i32> {
        self.process.exit_code(session)
    }

    /// Ends such a process: nobody waits for it any more.
    pub fn close(&mut self, session: Session) {
        self.process.close(session);
    }

    /// Knocks at a port, and asks for a path where somebody speaks HTTP there. An image that nothing is known of
    /// answers at every port.
    pub fn connect(&self, port: u16, path: &str) -> Answer {
        let listeners = self.process.listeners();
        match listeners.iter().find(|l| l.port == port) {
            None if self.opaque => Answer::Http(200),
            None => Answer::Refused,
            Some(listener) if !listener.http => Answer::Connected,
            Some(_) if matches!(path, "" | "/" | "/index.html") => Answer::Http(200),
            Some(_) => Answer::Http(404),
        }
    }

    /// Lets it run until nothing in it can go on, or its turn is over.
    pub fn run(
        &mut self,
        now: Time,
        volumes: &mut Volumes,
        write: &mut dyn FnMut(Session, Stream, &[u8]),
    ) -> Blocked {
        let mut out = Terminal(write);
        match self.process.run(now.0, FUEL, volumes, &mut out) {
            shell::Blocked::Until(at) if Time(at).since(now) > EVER => Blocked::Forever,
            shell::Blocked::Until(at) => Blocked::Until(Time(at)),
            shell::Blocked::Forever => Blocked::Forever,
            shell::Blocked::Exited(code) => Blocked::Exited { code, oom_killed: self.process.oom_killed() },
        }
    }

    /// Sends its main process a signal; let it run afterwards.
    pub fn signal(&mut self, signal: i32) {
        self.process.signal(signal);
    }

    /// What it left in its termination message file.
    pub fn message(&self) -> String {
        let entry = self.process.fs().tree.get(&self.message_path);
        match entry.map(|e| &e.node) {
            Some(shell::fs::Node::File(bytes)) => {
                String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_MESSAGE)]).into_owned()
            }
            _ => String::new(),
        }
    }
}

const LONGEST_MESSAGE: usize = 4096;

/// Where what is written goes, by session.
struct Terminal<'a>(&'a mut dyn FnMut(Session, Stream, &[u8]));

impl Output for Terminal<'_> {
    fn write(&mut self, session: Session, stream: Stream, bytes: &[u8]) {
        (self.0)(session, stream, bytes);
    }
}

/// Looks an image up. An error is what containerd says of it. `any`: every image is there, and serves if it is unknown.
pub fn resolve(image: &str, any: bool) -> Result<Image, String> {
    let reference = full_reference(image);
    let public =
        reference.strip_prefix("docker.io/library/").map(|n| n.split([':', '@']).next().unwrap_or_default());
    let private = registry::private_path(&reference).and_then(|path| path.rsplit('/').next());
    let name = public.or(private);
    let known = KNOWN.iter().find(|known| Some(known.name) == name);
    let tag =
        reference.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |(_, tag)| tag);
    let failed = format!(
        "failed to pull and unpack image \"{reference}\": failed to resolve reference \"{reference}\""
    );
    if !any && known.is_none() && private.is_none() {
        return Err(format!(
            "{failed}: pull access denied, repository does not exist or may require authorization: \
             server message: insufficient_scope: authorization failed"
        ));
    }
    if !any && (known.is_none() || !is_known_tag(tag)) {
        return Err(format!("rpc error: code = NotFound desc = {failed}: {reference}: not found"));
    }
    let mut digest = String::from("sha256:");
    let mut fingerprint = Fingerprint::default();
    for round in 0..4u8 {
        fingerprint.add(reference.bytes().chain([round]));
        digest.push_str(&format!("{:016x}", fingerprint.0));
    }
    // The recordings' cluster ran shells and perl only; everything else just came up.
    let runs = |known: &&Content| !any || ["alpine", "bash", "busybox", "perl"].contains(&known.name);
    let content = known.filter(runs).unwrap_or(&OPAQUE);
    Ok(Image { reference: reference.into(), digest: digest.into(), bytes: content.bytes, content })
}

/// A version, perhaps with a variant, or one of the moving tags: `1.27-alpine`, `latest`, `stable`.
fn is_known_tag(tag: &str) -> bool {
    let (version, variant) = tag.split_once('-').unwrap_or((tag, ""));
    let variants = ["", "alpine", "slim", "bookworm", "perl", "glibc", "musl", "management"];
    let numbers = version.split('.').all(|n| !n.is_empty() && n.parse::<u32>().is_ok_and(|n| n < 90));
    (numbers || ["latest", "stable", "alpine", "slim", "mainline"].contains(&version))
        && variants.contains(&variant)
}

/// `nginx` → `docker.io/library/nginx:latest`
pub fn full_reference(image: &str) -> String {
    let (first, rest) = image.split_once('/').unwrap_or(("", image));
    let is_host = first.contains(['.', ':']) || first == "localhost";
    let full = match (first.is_empty(), is_host) {
        (true, _) => format!("docker.io/library/{rest}"),
        (false, false) => format!("docker.io/{image}"),
        (false, true) => image.to_owned(),
    };
    let name = full.rsplit('/').next().unwrap_or_default();
    if name.contains([':', '@']) { full } else { format!("{full}:latest") }
}

/// Whether a name can be one of an image: `[host/]path[:tag][@digest]`, the path in lower case.
pub fn is_image_name(image: &str) -> bool {
    let (name, digest) = image.split_once('@').map_or((image, None), |(n, d)| (n, Some(d)));
    let last = name.rsplit('/').next().unwrap_or_default();
    let (path, tag) = match last.split_once(':') {
        Some((_, tag)) => (&name[..name.len() - tag.len() - 1], Some(tag)),
        None => (name, None),
    };
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |p: &str| {
        p.starts_with(word) && p.ends_with(word) && p.chars().all(|c| word(c) || matches!(c, '.' | '_' | '-'))
    };
    let tag_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let host = |p: &str| {
        let (name, port) = p.split_once(':').unwrap_or((p, "0"));
        port.parse::<u16>().is_ok()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    };
    let mut parts = path.split('/');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    (part(first) || (!rest.is_empty() && !first.is_empty() && host(first)))
        && rest.iter().all(|p| part(p))
        && tag.is_none_or(|t| !t.is_empty() && t.len() <= 128 && t.chars().all(tag_char))
        && digest.is_none_or(|d| d.split_once(':').is_some_and(|(_, hex)| hex.len() >= 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_images_in_full() {
        let cases = [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:1.27", "docker.io/library/nginx:1.27"),
            ("me/app", "docker.io/me/app:latest"),
            ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
        ];
        for (short, full) in cases {
            assert_eq!(full_reference(short), full);
            assert!(is_image_name(short), "{short}");
        }
        for wrong in ["NGINX:My Tag!", "Nginx", "a//b", "nginx:", "a b"] {
            assert!(!is_image_name(wrong), "{wrong}");
        }
    }
}
