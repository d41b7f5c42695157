//! The CronJob controller (upstream's `pkg/controller/cronjob/cronjob_controllerv2.go`): creates a Job at each moment of a
//! schedule, keeps account of those that run, deletes old ones.

pub mod schedule;

use super::job::is_finished;
use super::{Caches, Controller, Queue};
use crate::api::cron::Schedule;
use crate::api::views::batch_v1::{CronJob, CronJobStatus, Job};
use crate::api::zone::Zone;
use crate::api::{ObjectKey, Propagation, Request, Resource, ResourceInfo, Status, View, kinds, meta};
use crate::client::{BY_CONTROLLER, Context, Delta, EventKind, Recorder};
use crate::collections::sort_by_key;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

/// Who it is to the API server, and what its queue is called.
pub const AGENT: &str = "cronjob-controller";
/// On a Job: for which moment of the schedule it was made, RFC 3339 in the CronJob's zone.
pub const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// The CronJob controller's memory.
#[derive(Clone, Debug)]
pub struct CronJobController {
    queues: [Queue; 1],
    recorder: Recorder,
}

impl Default for CronJobController {
    fn default() -> Self {
        let queue = Queue { periodic: true, ..Queue::new(AGENT, kinds::CRONJOBS, 5) };
        CronJobController { queues: [queue], recorder: Recorder::new(AGENT, "") }
    }
}

/// One reconcile: the CronJob, its status as it shall be, and its Jobs.
struct Sync {
    cron: CronJob,
    status: CronJobStatus,
    changed: bool,
}

impl Sync {
    fn is_active(&self, uid: &str) -> bool {
        self.status.active().iter().any(|reference| reference.uid() == uid)
    }

    fn forget(&mut self, uid: &str) {
        let active = self.status.json()["active"].items().iter().filter(|r| r["uid"].str() != uid);
        let active: Json = active.collect();
        self.status.set_active(if active.is_empty() { Json::Null } else { active });
        self.changed = true;
    }
}

/// `Complete` or `Failed`, once the Job is over.
pub fn outcome(job: &Job) -> Option<String> {
    let over = |kind: &&str| meta::condition_is_true(&job.status(), kind);
    ["Complete", "Failed"].iter().copied().find(over).map(str::to_string)
}

impl CronJobController {
    fn tell(&mut self, sync: &Sync, kind: EventKind, reason: &'static str, message: String) {
        self.recorder.event(sync.cron.json(), kinds::CRONJOBS, kind, Str::fixed(reason), message);
    }

    fn sync_cron_job(&mut self, cx: &mut Context, caches: &Caches, key: &ObjectKey) -> Result<(), Status> {
        let cron = caches.lister::<CronJob>(kinds::CRONJOBS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cron.is_some()))]);
        let Some(cron) = cron else { return Ok(()) };
        let uid = Str::from(cron.metadata().uid());
        let jobs: Vec<Job> = caches.lister::<Job>(kinds::JOBS).by_index(BY_CONTROLLER, &uid).collect();
        let mut sync = Sync { status: cron.status(), cron, changed: false };
        cx.note("jobs", [("all", jobs.len().into()), ("active", sync.status.active().len().into())]);
        self.clean_up(cx, &mut sync, &jobs)?;
        let started = self.reconcile(cx, &mut sync, &jobs);
        if sync.changed {
            cx.note("status", [("active", sync.status.active().len().into())]);
            let mut cron = sync.cron.clone();
            cron.set_status(sync.status.clone());
            cx.api.call(Request::update_status(kinds::CRONJOBS, cron).by(AGENT))?;
        }
        if let Some(schedule) = started? {
            let mut cron = sync.cron;
            cron.set_status(sync.status);
            let wait = schedule::until_next(&cron, &schedule, cx.now);
            cx.note("next", [("seconds", Json::Float(wait.as_secs_f64()))]);
            self.queues[0].keys.add_after(key.clone(), cx.now, wait);
        }
        Ok(())
    }

    /// Deletes finished Jobs beyond the history limits, oldest first.
    fn clean_up(&mut self, cx: &mut Context, sync: &mut Sync, jobs: &[Job]) -> Result<(), Status> {
        let spec = sync.cron.spec();
        let limits = [
            ("Complete", spec.successful_jobs_history_limit()),
            ("Failed", spec.failed_jobs_history_limit()),
        ];
        for (kind, limit) in limits {
            let Some(limit) = limit else { continue };
            let mut over: Vec<&Job> =
                jobs.iter().filter(|job| outcome(job).as_deref() == Some(kind)).collect();
            sort_by_key(&mut over, |job| {
                (job.status().start_time().to_string(), job.metadata().name().to_string())
            });
            let surplus = over.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
            if surplus > 0 {
                cx.note("clean-up", [("count", surplus.into())]);
            }
            for job in &over[..surplus] {
                self.delete_job(cx, sync, job)?;
            }
        }
        Ok(())
    }

    fn delete_job(&mut self, cx: &mut Context, sync: &mut Sync, job: &Job) -> Result<(), Status> {
        let meta = job.metadata();
        let delete = Request::delete(kinds::JOBS, meta.namespace(), meta.name()).by(AGENT);
        let delete = delete.with(|options| options.propagation = Some(Propagation::Background));
        if let Err(error) = cx.api.call(delete)
            && !error.is_not_found()
        {
            self.tell(sync, EventKind::Warning, "FailedDelete", format!("Deleted job: {}", error.message));
            return Err(error);
        }
        sync.forget(meta.uid());
        self.tell(sync, EventKind::Normal, "SuccessfulDelete", format!("Deleted job {}", meta.name()));
        Ok(())
    }

    /// Sees what became of the Jobs, then starts the one that is due. Gives the schedule, where it goes on.
    fn reconcile(
        &mut self,
        cx: &mut Context,
        sync: &mut Sync,
        jobs: &[Job],
    ) -> Result<Option<Schedule>, Status> {
        self.see_jobs(cx, sync, jobs)?;
        let spec = sync.cron.spec();
        if meta::is_being_deleted(sync.cron.json()) {
            return Ok(None);
        }
        let zone = spec.time_zone();
        if Zone::load(zone).is_none() {
            let message = format!("invalid timeZone: {zone:?}: unknown time zone {zone}");
            self.tell(sync, EventKind::Warning, "UnknownTimeZone", message);
            return Ok(None);
        }
        if spec.suspend() == Some(true) {
            return Ok(None);
        }
        let schedule = match schedule::of(&sync.cron) {
            Ok(schedule) => schedule,
            Err(error) => {
                let message = format!("unparseable schedule: {:?} : {error}", spec.schedule());
                self.tell(sync, EventKind::Warning, "UnparseableSchedule", message);
                return Ok(None);
            }
        };
        let missed = match schedule::missed(&sync.cron, &schedule, cx.now, true) {
            Ok(missed) => missed,
            Err(error) => {
                let message = format!("invalid schedule: {} : {error}", spec.schedule());
                self.tell(sync, EventKind::Warning, "InvalidSchedule", message);
                return Ok(None);
            }
        };
        if missed.too_many() && missed.last.is_some() {
            let message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
            self.tell(sync, EventKind::Warning, "TooManyMissedTimes", message.into());
        }
        if let Some(at) = missed.last {
            self.start(cx, sync, at)?;
        }
        Ok(Some(schedule))
    }

    fn see_jobs(&mut self, cx: &mut Context, sync: &mut Sync, jobs: &[Job]) -> Result<(), Status> {
        for job in jobs {
            let (uid, name) = (job.metadata().uid().to_string(), job.metadata().name().to_string());
            match (sync.is_active(&uid), outcome(job)) {
                (false, None) => {
                    // The cache may be behind what this controller wrote itself.
                    let meta = sync.cron.metadata();
                    let get = Request::get(kinds::CRONJOBS, meta.namespace(), meta.name()).by(AGENT);
                    let fresh = CronJob::from(cx.api.call(get)?.body);
                    if fresh.status().active().iter().any(|reference| reference.uid() == uid) {
                        sync.status = fresh.status();
                        sync.cron = fresh;
                        continue;
                    }
                    let message = format!("Saw a job that the controller did not create or forgot: {name}");
                    self.tell(sync, EventKind::Warning, "UnexpectedJob", message);
                }
                (true, Some(condition)) => {
                    sync.forget(&uid);
                    let message = format!("Saw completed job: {name}, condition: {condition}");
                    self.tell(sync, EventKind::Normal, "SawCompletedJob", message);
                }
                // Also of a Job that it did not create itself.
                (false, Some(condition)) if condition == "Complete" => {
                    let done = job.status();
                    if Time::parse(done.completion_time()) > Time::parse(sync.status.last_successful_time()) {
                        sync.status.set_last_successful_time(done.completion_time());
                        sync.changed = true;
                    }
                }
                _ => {}
            }
        }
        for reference in sync.status.clone().active().iter() {
            if jobs.iter().any(|job| job.metadata().uid() == reference.uid()) {
                continue;
            }
            let get = Request::get(kinds::JOBS, reference.namespace(), reference.name()).by(AGENT);
            match cx.api.call(get) {
                Ok(_) => {}
                Err(error) if error.is_not_found() => {
                    sync.forget(reference.uid());
                    let message = format!("Active job went missing: {}", reference.name());
                    self.tell(sync, EventKind::Normal, "MissingJob", message);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Creates the Job of one moment, unless the deadline or the concurrency policy forbids it.
    fn start(&mut self, cx: &mut Context, sync: &mut Sync, at: Time) -> Result<(), Status> {
        let spec = sync.cron.spec();
        let meta = sync.cron.metadata();
        let name = format!("{}-{}", meta.name(), at.secs() / 60);
        cx.note("due", [("job", Json::from(name.as_str())), ("policy", spec.concurrency_policy().into())]);
        let started = sync.status.active().iter().any(|reference| reference.name() == name);
        if started || Time::parse(sync.status.last_schedule_time()) == Some(at) {
            return Ok(());
        }
        match spec.concurrency_policy() {
            "Forbid" if !sync.status.active().is_empty() => {
                let message =
                    "Not starting job because prior execution is running and concurrency policy is Forbid";
                self.tell(sync, EventKind::Normal, "JobAlreadyActive", message.into());
                return Ok(());
            }
            "Replace" => {
                for reference in sync.status.clone().active().iter() {
                    let get = Request::get(kinds::JOBS, reference.namespace(), reference.name()).by(AGENT);
                    match cx.api.call(get) {
                        Ok(job) => self.delete_job(cx, sync, &Job::from(job.body))?,
                        Err(error) => {
                            let message = format!("Get job: {}", error.message);
                            self.tell(sync, EventKind::Warning, "FailedGet", message);
                            return Err(error);
                        }
                    }
                }
            }
            _ => {}
        }
        let job = new_job(&sync.cron, &name, at);
        let created = match cx.api.call(Request::create(kinds::JOBS, job).by(AGENT)) {
            Ok(created) => {
                self.tell(sync, EventKind::Normal, "SuccessfulCreate", format!("Created job {name}"));
                created.body
            }
            Err(error) if error.is_already_exists() => {
                let get = Request::get(kinds::JOBS, meta.namespace(), name.as_str()).by(AGENT);
                let there = cx.api.call(get)?.body;
                if !meta::is_controlled_by(&there, meta.uid()) || is_finished(&Job::from(there.clone())) {
                    return Ok(());
                }
                there
            }
            Err(error) => {
                if !super::pod_control::namespace_terminating(&error) {
                    let message = format!("Error creating job: {}", error.message);
                    self.tell(sync, EventKind::Warning, "FailedCreate", message);
                }
                return Err(error);
            }
        };
        let mut reference = meta::object_reference(&created, &kinds::JOBS.into());
        reference.set("namespace", meta.namespace());
        let active = sync.status.json_mut().object_mut().slot(Str::fixed("active"));
        active.push(reference);
        sync.status.set_last_schedule_time(at.rfc3339());
        sync.changed = true;
        Ok(())
    }
}

/// The Job of one moment.
fn new_job(cron: &CronJob, name: &str, at: Time) -> Json {
    let template = cron.spec().job_template();
    let from = &template.json()["metadata"];
    let mut metadata = json!({
        "name": name, "namespace": cron.metadata().namespace(),
        "ownerReferences": [meta::new_controller_ref(cron.json(), &kinds::CRONJOBS.into())],
    });
    if !from["labels"].is_empty() {
        metadata.set("labels", &from["labels"]);
    }
    let mut annotations =
        if from["annotations"].is_empty() { json!({}) } else { from["annotations"].clone() };
    let zone = Zone::load(cron.spec().time_zone()).unwrap_or(Zone::UTC);
    annotations.set(SCHEDULED, zone.rfc3339(at));
    metadata.set("annotations", annotations);
    json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": &template.json()["spec"] })
}

impl Controller for CronJobController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CRONJOBS, kinds::JOBS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        let object = delta.object();
        let queue = &mut self.queues[0].keys;
        if *resource == Resource::from(kinds::CRONJOBS) {
            match delta {
                Delta::Updated(old, new)
                    if ["schedule", "timeZone"].iter().any(|f| old["spec"][*f] != new["spec"][*f]) =>
                {
                    let cron = CronJob::from(new.clone());
                    if let Ok(schedule) = schedule::of(&cron) {
                        queue.add_after(ObjectKey::of(new), now, schedule::until_next(&cron, &schedule, now));
                    }
                }
                _ => queue.add(ObjectKey::of(object)),
            }
        } else if let Some(owner) = meta::controller_of(object).filter(|owner| owner.kind() == "CronJob") {
            let key = ObjectKey::new(object["metadata"]["namespace"].str(), owner.name());
            if caches.of(kinds::CRONJOBS).get(&key).is_some_and(|cron| meta::uid(cron) == owner.uid()) {
                queue.add(key);
            }
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        self.sync_cron_job(cx, caches, key)
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
