//! The container runtime: what an image is, and what runs in a container. The kubelet knows containers only through this
//! file, as a real one knows containerd only through the CRI.

use super::script::Script;
use crate::json::Str;
use crate::sim::Time;

/// Where a process writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// SIGKILL
pub const SIGKILL: i32 = 9;
/// SIGTERM
pub const SIGTERM: i32 = 15;

/// An image that a registry has.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// `docker.io/library/nginx:1.27`
    pub reference: Str,
    /// `sha256:…`
    pub digest: Str,
    /// What a pull moves.
    pub bytes: u64,
    /// Runs for ever when started without a command.
    serves: bool,
}

/// What a container is started with.
#[derive(Clone, Debug)]
pub struct ContainerSpec {
    /// The image.
    pub image: Image,
    /// `command`; empty: the image's entrypoint.
    pub command: Vec<String>,
    /// `args`; empty: the image's own, where `command` is empty too.
    pub args: Vec<String>,
    /// The environment.
    pub env: Vec<(String, String)>,
    /// `workingDir`; `""`: the image's.
    pub cwd: String,
    /// What `hostname` says.
    pub hostname: String,
    /// The memory limit in bytes.
    pub memory: Option<u64>,
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

/// What runs in a container.
#[derive(Clone, Debug)]
pub struct Task {
    script: Option<Script>,
    signal: Option<i32>,
}

impl Task {
    /// Starts the main process. An error is what the runtime says of it.
    pub fn start(spec: &ContainerSpec, _now: Time) -> Result<Task, String> {
        let argv: Vec<String> = spec.command.iter().chain(&spec.args).cloned().collect();
        let script = (!spec.image.serves).then(|| Script::new(&argv, &spec.env));
        Ok(Task { script, signal: None })
    }

    /// Lets it run until nothing in it can go on.
    pub fn run(&mut self, now: Time, write: &mut dyn FnMut(Stream, &[u8])) -> Blocked {
        match (self.signal, &mut self.script) {
            (Some(SIGKILL), _) => Blocked::Exited { code: 137, oom_killed: false },
            (_, Some(script)) => script.run(now, write),
            (Some(_), None) => Blocked::Exited { code: 0, oom_killed: false },
            (None, None) => Blocked::Forever,
        }
    }

    /// Sends its main process a signal; let it run afterwards.
    pub fn signal(&mut self, signal: i32) {
        self.signal = Some(signal);
    }
}

/// The images that the registry has: name, compressed size, and whether it serves when started without a command.
const KNOWN: [(&str, u64, bool); 12] = [
    ("alpine", 3_842_044, false),
    ("bash", 6_283_417, false),
    ("busybox", 2_221_843, false),
    ("httpd", 45_237_188, true),
    ("memcached", 32_104_552, true),
    ("mysql", 248_913_407, true),
    ("nginx", 62_939_286, true),
    ("perl", 364_522_016, false),
    ("postgres", 163_338_124, true),
    ("python", 412_230_771, false),
    ("rabbitmq", 117_860_339, true),
    ("redis", 51_415_920, true),
];

/// Looks an image up. An error is what containerd says of it. `any`: every image is there, and serves if it is unknown.
pub fn resolve(image: &str, any: bool) -> Result<Image, String> {
    let reference = full_reference(image);
    let name =
        reference.strip_prefix("docker.io/library/").map(|n| n.split([':', '@']).next().unwrap_or_default());
    let known = KNOWN.iter().find(|(known, ..)| Some(*known) == name);
    let tag =
        reference.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |(_, tag)| tag);
    let failed = format!(
        "failed to pull and unpack image \"{reference}\": failed to resolve reference \"{reference}\""
    );
    if !any && known.is_none() {
        return Err(format!(
            "{failed}: pull access denied, repository does not exist or may require authorization: \
             server message: insufficient_scope: authorization failed"
        ));
    }
    if !any && !is_known_tag(tag) {
        return Err(format!("rpc error: code = NotFound desc = {failed}: {reference}: not found"));
    }
    let mut digest = String::from("sha256:");
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..4u8 {
        for byte in reference.bytes().chain([round]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        digest.push_str(&format!("{hash:016x}"));
    }
    let (bytes, serves) = known.map_or((40_000_000, true), |(_, bytes, serves)| (*bytes, *serves));
    Ok(Image { reference: reference.into(), digest: digest.into(), bytes, serves })
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
