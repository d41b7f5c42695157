//! The container runtime: what an image is, and what runs in a container. The kubelet knows containers only through this
//! file, as a real one knows containerd only through the CRI.

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
    serves: bool,
    signal: Option<i32>,
}

impl Task {
    /// Starts the main process. An error is what the runtime says of it.
    pub fn start(spec: &ContainerSpec, _now: Time) -> Result<Task, String> {
        Ok(Task { serves: spec.image.serves && spec.command.is_empty(), signal: None })
    }

    /// Lets it run until nothing in it can go on.
    pub fn run(&mut self, _now: Time, _write: &mut dyn FnMut(Stream, &[u8])) -> Blocked {
        match self.signal {
            Some(SIGKILL) => Blocked::Exited { code: 137, oom_killed: false },
            _ if !self.serves => Blocked::Exited { code: 0, oom_killed: false },
            Some(_) => Blocked::Exited { code: 0, oom_killed: false },
            None => Blocked::Forever,
        }
    }

    /// Sends its main process a signal; let it run afterwards.
    pub fn signal(&mut self, signal: i32) {
        self.signal = Some(signal);
    }
}

/// Looks an image up. An error is what containerd says of it.
pub fn resolve(image: &str, _any: bool) -> Result<Image, String> {
    let reference = full_reference(image);
    let serves =
        !["busybox", "alpine", "bash", "perl"].iter().any(|n| reference.contains(&format!("library/{n}:")));
    let mut digest = String::from("sha256:");
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..4u8 {
        for byte in reference.bytes().chain([round]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        digest.push_str(&format!("{hash:016x}"));
    }
    let bytes = 2_000_000 + hash % 70_000_000;
    Ok(Image { reference: reference.into(), digest: digest.into(), bytes, serves })
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
