//! Starting a container: back-off, image, configuration, process, each with upstream's events and words.
//!
//! Upstream: `startContainer` in `kuberuntime_container.go`, `images/image_manager.go`.

use super::Work;
use super::agenda::{Next, Urgency};
use super::container::{Backoff, LONGEST_BACKOFF, Pull, Role, State};
use super::host_files;
use super::images::registry::{self, Credential};
use super::object_cache::{Kind, Source};
use super::pod_worker::{Host, PodWorker};
use super::runtime::{self, ContainerSpec, Image, Input, Task};
use super::volumes;
use super::{env, envvars};
use crate::api::quantity::Quantity;
use crate::api::{ObjectKey, kinds, meta};
use crate::client::{Context, EventKind};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// How long a hollow kubelet's container takes to start.
const HOLLOW_START: Duration = Duration::from_millis(500);
/// After so long the sync that failed is tried again (`backOffPeriod`).
const SYNC_RETRY: Duration = Duration::from_secs(10);
/// A failed pull's next sync, which finds the image in back-off.
const NEXT_SYNC: Duration = Duration::from_secs(1);

impl PodWorker {
    /// Brings a container that does not run closer to running, as far as it gets now.
    pub(super) fn advance(&mut self, index: usize, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) {
        if self.backs_off(index, cx, host, next) {
            return;
        }
        if let Some(at) = self.containers[index].retry_at.filter(|at| *at > cx.now) {
            let soon = matches!(self.containers[index].state, State::Waiting { reason: "ErrImagePull", .. });
            return next.at(at, if soon { Urgency::Progress } else { Urgency::Retry });
        }
        let Some(image) = self.image(index, cx, host, next) else { return };
        match self.configure(index, &image, cx, host) {
            Ok(spec) => self.start_container(index, spec, image, cx, host, next),
            Err(message) => {
                cx.note("config-error", [("message", message.as_str().into())]);
                let event = format!("Error: {message}");
                self.event(index, host, EventKind::Warning, "Failed", event);
                let container = &mut self.containers[index];
                container.wait("CreateContainerConfigError", message);
                // The next try looks for the image again.
                container.pull = Pull::Idle;
                container.retry_at = Some(cx.now + SYNC_RETRY);
                next.at(cx.now, Urgency::Progress);
            }
        }
    }

    /// Whether it is not to be started, or not yet.
    fn backs_off(&mut self, index: usize, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) -> bool {
        let container = &self.containers[index];
        let Some(exit) = container.exit().cloned() else { return false };
        if !container.restarts_under(self.policy(), &exit) {
            return true;
        }
        let Some(backoff) = container.crash_backoff else { return false };
        let until = exit.finished + backoff.wait;
        if until <= cx.now {
            return false;
        }
        let last = backoff.wait == LONGEST_BACKOFF;
        next.at(until, if last { Urgency::Retry } else { Urgency::Progress });
        if let State::Terminated(_) = container.state {
            let (name, key, uid) = (container.name.clone(), ObjectKey::of(&self.pod), meta::uid(&self.pod));
            let pod = format!("{}_{}({uid})", key.name, key.namespace);
            let wait = go_duration(backoff.wait);
            cx.note("back-off", [("container", (&name).into()), ("wait", wait.as_str().into())]);
            let event = format!("Back-off restarting failed container {name} in pod {pod}");
            let message = format!("back-off {wait} restarting failed container={name} pod={pod}");
            self.event(index, host, EventKind::Warning, "BackOff", event);
            self.containers[index].wait("CrashLoopBackOff", message);
            next.at(cx.now, Urgency::Progress);
        }
        true
    }

    /// The image, once it is there.
    fn image(
        &mut self,
        index: usize,
        cx: &mut Context,
        host: &mut Host<'_>,
        next: &mut Next,
    ) -> Option<Image> {
        let name = self.spec_of(index)["image"].str().to_owned();
        match self.containers[index].pull.clone() {
            Pull::Present(image) => Some(image),
            Pull::Pulling { until, .. } if until > cx.now => {
                next.at(until, Urgency::Progress);
                None
            }
            Pull::Pulling { asked, began, result, .. } => {
                self.pulled(index, &name, asked, began, result, cx, host, next)
            }
            Pull::Idle if host.node.is_hollow() => {
                let (asked, until) = (cx.now, cx.now + HOLLOW_START);
                let result = runtime::resolve(&name, true).map_err(Str::from);
                self.containers[index].pull = Pull::Pulling { asked, began: asked, until, result };
                next.at(until, Urgency::Progress);
                None
            }
            Pull::Idle => self.ask_for_image(index, &name, cx, host, next),
        }
    }

    fn ask_for_image(
        &mut self,
        index: usize,
        name: &str,
        cx: &mut Context,
        host: &mut Host<'_>,
        next: &mut Next,
    ) -> Option<Image> {
        if !runtime::is_image_name(name) {
            let why = match name.chars().any(|c| c.is_ascii_uppercase()) {
                true => {
                    let path = name.split([':', '@']).next().unwrap_or_default();
                    let path = if path.contains('/') { path.to_owned() } else { format!("library/{path}") };
                    format!("invalid reference format: repository name ({path}) must be lowercase")
                }
                false => "invalid reference format".to_owned(),
            };
            let message = format!(
                "Failed to apply default image tag \"{name}\": couldn't parse image name \"{name}\": {why}"
            );
            return self.image_error(index, "InspectFailed", "InvalidImageName", message, cx, host, next);
        }
        let reference = runtime::full_reference(name);
        let authorized = registry::authorize(&reference, self.keyring(cx, host));
        // An image that somebody else's credential brought is not there for a pod without one.
        let present = host.images.contains(reference.as_str()) && authorized.is_ok();
        let policy = match self.spec_of(index)["imagePullPolicy"].str() {
            "" if reference.ends_with(":latest") => "Always",
            "" => "IfNotPresent",
            policy => policy,
        };
        if policy != "Always" && present {
            let message = format!(
                "Container image \"{name}\" already present on machine and can be accessed by the pod"
            );
            self.event(index, host, EventKind::Normal, "Pulled", message);
            let image = runtime::resolve(name, false).ok()?;
            self.containers[index].pull = Pull::Present(image.clone());
            return Some(image);
        }
        if policy == "Never" {
            let message = format!("Container image \"{name}\" is not present with pull policy of Never");
            return self.image_error(
                index,
                "ErrImageNeverPull",
                "ErrImageNeverPull",
                message,
                cx,
                host,
                next,
            );
        }
        let container = &mut self.containers[index];
        if let Some(backoff) = container.pull_backoff
            && cx.now < backoff.since + backoff.wait
        {
            let until = backoff.since + backoff.wait;
            let late = backoff.wait > Duration::from_secs(20);
            next.at(until, if late { Urgency::Retry } else { Urgency::Progress });
            if let State::Waiting { reason: "ErrImagePull", message } = &container.state {
                let message = format!("Back-off pulling image \"{name}\": ErrImagePull: {message}");
                container.wait("ImagePullBackOff", message);
                cx.note("image-back-off", [("image", name.into()), ("until", until.rfc3339().into())]);
                self.event(
                    index,
                    host,
                    EventKind::Normal,
                    "BackOff",
                    format!("Back-off pulling image \"{name}\""),
                );
                self.event(index, host, EventKind::Warning, "Failed", "Error: ImagePullBackOff");
                next.at(cx.now, Urgency::Progress);
            }
            return None;
        }
        let result = authorized.and_then(|()| runtime::resolve(name, false)).map_err(Str::from);
        self.begin_pull(index, name, result, present, cx, host, next);
        None
    }

    /// The credentials that the pod brings, asked for once a sync.
    fn keyring(&mut self, cx: &mut Context, host: &mut Host<'_>) -> &[Credential] {
        if self.keyring.is_none() {
            let (mut keyring, mut missing) = (Vec::new(), Vec::new());
            for reference in self.pod["spec"]["imagePullSecrets"].items() {
                let name = reference["name"].str();
                let mut source = Source::new(cx, host.objects, host.agent, &self.pod);
                match source.get(Kind::Secret, name) {
                    Ok(secret) => keyring.extend(registry::credentials(&secret)),
                    Err(_) => missing.push(name),
                }
            }
            if !missing.is_empty() {
                let message = format!(
                    "Unable to retrieve some image pull secrets ({}); attempting to pull the image may not succeed.",
                    missing.join(", ")
                );
                let about = meta::object_reference(&self.pod, &kinds::PODS.into());
                let reason = "FailedToRetrieveImagePullSecret";
                host.recorder.event_about(about, EventKind::Warning, reason, message);
            }
            self.keyring = Some(keyring);
        }
        self.keyring.as_deref().unwrap_or_default()
    }

    #[allow(clippy::too_many_arguments)]
    fn begin_pull(
        &mut self,
        index: usize,
        name: &str,
        result: Result<Image, Str>,
        present: bool,
        cx: &mut Context,
        host: &mut Host<'_>,
        next: &mut Next,
    ) {
        let chance = Duration::from_millis(cx.rng.below(400));
        let transfer = match &result {
            // Some 40 MB a second, and as long again to unpack.
            Ok(image) if !present => Duration::from_millis(image.bytes / 20_000),
            _ => Duration::ZERO,
        };
        let began = cx.now.max(*host.puller_free);
        let until = began + Duration::from_millis(450) + chance + transfer;
        *host.puller_free = until;
        cx.note("pull-image", [("image", name.into()), ("until", until.rfc3339_micro().into())]);
        self.event(index, host, EventKind::Normal, "Pulling", format!("Pulling image \"{name}\""));
        self.containers[index].pull = Pull::Pulling { asked: cx.now, began, until, result };
        next.at(until, Urgency::Progress);
    }

    #[allow(clippy::too_many_arguments)]
    fn pulled(
        &mut self,
        index: usize,
        name: &str,
        asked: Time,
        began: Time,
        result: Result<Image, Str>,
        cx: &mut Context,
        host: &mut Host<'_>,
        next: &mut Next,
    ) -> Option<Image> {
        match result {
            Ok(image) => {
                let (took, waited) = (go_duration(cx.now.since(began)), go_duration(cx.now.since(asked)));
                let message = format!(
                    "Successfully pulled image \"{name}\" in {took} ({waited} including waiting). Image size: {} bytes.",
                    image.bytes
                );
                self.event(index, host, EventKind::Normal, "Pulled", message);
                host.images.insert(image.reference.clone());
                let container = &mut self.containers[index];
                container.pull_backoff = None;
                container.pull = Pull::Present(image.clone());
                Some(image)
            }
            Err(message) => {
                let event = format!("Failed to pull image \"{name}\": {message}");
                self.event(index, host, EventKind::Warning, "Failed", event);
                self.event(index, host, EventKind::Warning, "Failed", "Error: ErrImagePull");
                cx.note("pull-failed", [("image", name.into()), ("message", (&message).into())]);
                let container = &mut self.containers[index];
                container.pull = Pull::Idle;
                container.pull_backoff = Some(Backoff::next(container.pull_backoff, cx.now));
                container.wait("ErrImagePull", message);
                container.retry_at = Some(cx.now + NEXT_SYNC);
                next.at(cx.now, Urgency::Progress);
                None
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn image_error(
        &mut self,
        index: usize,
        event: &'static str,
        reason: &'static str,
        message: String,
        cx: &mut Context,
        host: &mut Host<'_>,
        next: &mut Next,
    ) -> Option<Image> {
        cx.note("image-error", [("reason", reason.into()), ("message", message.as_str().into())]);
        self.event(index, host, EventKind::Warning, event, message.as_str());
        self.event(index, host, EventKind::Warning, "Failed", format!("Error: {reason}"));
        let container = &mut self.containers[index];
        container.wait(reason, message);
        container.retry_at = Some(cx.now + SYNC_RETRY);
        next.at(cx.now, Urgency::Progress);
        None
    }

    /// What the runtime is to start. A hollow kubelet does not mind what is missing.
    fn configure(
        &mut self,
        index: usize,
        image: &Image,
        cx: &mut Context,
        host: &mut Host<'_>,
    ) -> Result<ContainerSpec, String> {
        let spec = &self.spec_of(index).clone();
        let (now, seed) = (cx.now.0, cx.rng.next_u64());
        let ip = self.ip.as_deref().unwrap_or_default();
        let services = envvars::of_services(host.services, &self.pod);
        if let Ok(services) = &services {
            cx.note("service-variables", [("count", services.len().into())]);
        }
        let mut source = Source::new(cx, host.objects, host.agent, &self.pod);
        let env = services.and_then(|env| env::make(&mut source, &self.pod, spec, host.node, ip, env));
        let env = match env {
            Ok(env) => env,
            Err(_) if host.node.is_hollow() => Vec::new(),
            Err(message) => return Err(message),
        };
        let words =
            |key: &str| spec[key].items().iter().map(|w| env::expand(w.str(), &env)).collect::<Vec<_>>();
        let limit = &spec["resources"]["limits"]["memory"];
        let memory = match limit {
            Json::Int(i) => Some(*i),
            text => Quantity::parse(text.str()).map(Quantity::value),
        };
        let id = |key: &str| {
            let own = spec["securityContext"][key].as_i64();
            let id = own.or(self.pod["spec"]["securityContext"][key].as_i64());
            id.and_then(|id| u32::try_from(id).ok()).unwrap_or(0)
        };
        Ok(ContainerSpec {
            image: image.clone(),
            command: words("command"),
            args: words("args"),
            cwd: spec["workingDir"].str().to_owned(),
            hostname: host_files::hostname(&self.pod, host.node),
            files: host_files::files(&self.pod, host.node, ip),
            input: match (spec["stdin"].as_bool(), spec["tty"].as_bool()) {
                (Some(true), Some(true)) => Input::Terminal,
                (Some(true), _) => Input::Sent,
                _ => Input::Text(""),
            },
            memory: memory.and_then(|m| u64::try_from(m).ok()).filter(|m| *m > 0),
            mounts: volumes::mounts(&mut self.volumes, &self.pod, spec, &env, now)?,
            message_path: match spec["terminationMessagePath"].str() {
                "" => "/dev/termination-log".to_owned(),
                path => path.to_owned(),
            },
            user: (id("runAsUser"), id("runAsGroup")),
            env,
            seed,
        })
    }

    fn start_container(
        &mut self,
        index: usize,
        spec: ContainerSpec,
        image: Image,
        cx: &mut Context,
        host: &mut Host<'_>,
        next: &mut Next,
    ) {
        let id: String = (0..4).map(|_| format!("{:016x}", cx.rng.next_u64())).collect();
        let container = &mut self.containers[index];
        if container.exit().is_some() {
            container.crash_backoff = Some(Backoff::next(container.crash_backoff, cx.now));
        }
        let (name, is_init) = (container.name.clone(), container.role == Role::Init);
        self.event(index, host, EventKind::Normal, "Created", "Container created");
        let started = Task::start(&spec, &self.volumes, cx.now);
        cx.note(
            "start-container",
            [("container", (&name).into()), ("init", is_init.into()), ("started", started.is_ok().into())],
        );
        match started {
            Ok(task) => {
                self.containers[index].start(id.into(), image, task, cx.now);
                self.start_probes(index, cx.now, host);
                self.event(index, host, EventKind::Normal, "Started", "Container started");
                let pod = ObjectKey::of(&self.pod);
                host.agenda.wake(Work::Process { pod, container: name }, cx.now);
                self.post_start(index, cx, host);
            }
            Err(why) => {
                self.event(index, host, EventKind::Warning, "Failed", format!("Error: {why}"));
                self.containers[index].fail_to_start(id.into(), image, why.into(), cx.now);
            }
        }
        next.at(cx.now, Urgency::Progress);
    }
}

/// A duration as Go prints it, to the millisecond: `1.234s`, `450ms`, `2m40s`.
fn go_duration(duration: Duration) -> String {
    let (secs, millis) = (duration.as_secs(), duration.subsec_millis());
    let fraction = |unit: u64| {
        let text = format!("{unit}.{millis:03}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match secs {
        0 => format!("{millis}ms"),
        1..60 => format!("{}s", fraction(secs)),
        _ => format!("{}m{}s", secs / 60, fraction(secs % 60)),
    }
}
