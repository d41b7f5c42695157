//! [`Live`]: a world whose clock goes with the wall's, and which clients may ask in between.
//!
//! The engine knows no wall clock: here it is read, and told to the world as jumps of its clock. Between two jumps everything
//! that is due happens, as in the page.
//!
//! With `--fast-forward` the clock also jumps to the next moment that something waits for. Two things are not worth a jump: a pod that is
//! meant to go on (`restartPolicy: Always`) and is ready sleeps as long as it says, and while somebody is in a container (`exec`, `attach`)
//! time goes as it goes for them.

use kubestep::api::kinds;
use kubestep::client::Api;
use kubestep::cluster::{Action, Config, World};
use kubestep::http::{self, Follow};
use kubestep::json::Json;
use kubestep::kubelet::Work;
use kubestep::sim::Time;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{Notify, watch};

/// After so many steps in one go, clients have their turn.
const TURN: usize = 200;
/// After so many steps, what only people look back at is forgotten.
const THIN: u64 = 20_000;
/// With `--fast-forward`: how long a jump over waiting takes at least, so that a program that loops does not take the machine.
const JUMP: Duration = Duration::from_millis(1);
/// With `--fast-forward`: no more than so many steps are taken before a client is answered.
const SETTLE: usize = 1000;
/// With `--fast-forward`: so much of the cluster's time is jumped over after a client's last write, and no more.
const AHEAD: Duration = Duration::from_secs(3600);

/// How the cluster's clock goes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many of the cluster's seconds pass in one of the wall's.
    pub speed: f64,
    /// Waiting is jumped over.
    pub fast_forward: bool,
}

/// A cluster that runs.
pub struct Live {
    world: RefCell<World>,
    pace: Pace,
    /// A moment of the wall clock, and the cluster's moment then.
    origin: Cell<(Instant, Time)>,
    /// Up to when waiting is jumped over.
    ahead: Cell<Time>,
    /// How many are in a container.
    inside: Cell<usize>,
    thinned: Cell<u64>,
    /// Somebody asked for something that may have made work.
    asked: Notify,
    /// Counts the times that something happened.
    changed: watch::Sender<u64>,
}

/// What the wall clock says.
#[allow(clippy::disallowed_methods)]
pub fn wall() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[allow(clippy::disallowed_methods)]
fn instant() -> Instant {
    Instant::now()
}

/// Somebody is in a container.
pub struct Inside<'l>(&'l Live);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.set(self.0.inside.get() - 1);
        self.0.asked.notify_one();
    }
}

/// Whether work is that of a program which is up and meant to go on.
fn goes_on(world: &World, work: &Work) -> bool {
    let Work::Process { pod, .. } = work else { return false };
    let pod = world.server().peek(&kinds::PODS.into(), pod);
    let ready = |condition: &Json| condition["type"].str() == "Ready" && condition["status"].str() == "True";
    pod["spec"]["restartPolicy"].str() == "Always"
        && pod["status"]["conditions"].items().iter().any(ready)
        && pod["metadata"]["deletionTimestamp"].is_null()
}

impl Live {
    /// A cluster that has just been started and come to rest.
    pub fn new(config: &Config, pace: Pace) -> Live {
        let world = World::booted(config);
        let now = world.now();
        Live {
            world: RefCell::new(world),
            pace,
            origin: Cell::new((instant(), now)),
            ahead: Cell::new(now + AHEAD),
            inside: Cell::new(0),
            thinned: Cell::new(0),
            asked: Notify::new(),
            changed: watch::Sender::new(0),
        }
    }

    /// What the cluster's clock should say now.
    fn target(&self) -> Time {
        let (then, time) = self.origin.get();
        time + then.elapsed().mul_f64(self.pace.speed)
    }

    /// A receiver that hears each time something happened.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Lets a client act: it is answered at once, and what follows from it happens after.
    pub fn user<T>(&self, act: impl FnOnce(&mut dyn Api) -> T) -> T {
        let mut world = self.world.borrow_mut();
        self.keep_time(&mut world);
        let (answer, record) = world.user(act);
        if record.changes() || record.calls.iter().any(|call| call.verb.writes()) {
            self.ahead.set(world.now() + AHEAD);
            self.asked.notify_one();
        }
        answer
    }

    /// Asks without doing anything: in a copy of the world.
    pub fn look<T>(&self, ask: impl FnOnce(&mut dyn Api) -> T) -> T {
        self.world.borrow().clone().user(ask).0
    }

    /// Answers a request.
    pub fn answer(&self, request: &http::Request) -> http::Answer {
        self.settle();
        self.user(|api| http::answer(api, request))
    }

    /// What a stream has to tell by now.
    pub fn read(&self, follow: &mut Follow) -> String {
        let revision = self.world.borrow().server().revision();
        // It opens a watch to see what is new: in a copy, so that none stays open.
        self.look(|api| follow.read(api, revision))
    }

    /// The cluster's time.
    pub fn now(&self) -> Time {
        self.world.borrow().now()
    }

    /// Brings the clock to the wall's, unless something is due before that.
    fn keep_time(&self, world: &mut World) {
        let target = self.target();
        let due = world.next_timer().is_some_and(|timer| timer.at <= target);
        if target > world.now() && !due && world.first_due(world.now()).is_none() {
            world.step(&Action::Advance { to: target, background: true });
        }
    }

    /// Lets the cluster go on for ever.
    pub async fn drive(&self) {
        loop {
            let (steps, rest) = self.turn();
            if steps > 0 {
                self.changed.send_modify(|count| *count += 1);
            }
            match rest {
                // Clients that have been waiting are answered before it goes on.
                Duration::ZERO => tokio::task::yield_now().await,
                rest => tokio::select! {
                    () = tokio::time::sleep(rest) => {}
                    () = self.asked.notified() => {}
                },
            }
        }
    }

    /// With `--fast-forward`, what is due now has happened when a client is answered, however slow the machine is.
    fn settle(&self) {
        if !self.pace.fast_forward {
            return;
        }
        let mut world = self.world.borrow_mut();
        let steps = (0..SETTLE).take_while(|_| {
            let due = world.first_due(world.now());
            due.map(|action| world.step(&action)).is_some()
        });
        if steps.count() > 0 {
            self.changed.send_modify(|count| *count += 1);
        }
    }

    /// Does what is due, up to a limit; how many steps that were, and how long nothing more will be due.
    fn turn(&self) -> (usize, Duration) {
        let mut world = self.world.borrow_mut();
        let mut steps = 0;
        while steps < TURN {
            if let Some(action) = world.first_due(world.now()) {
                world.step(&action);
                steps += 1;
                continue;
            }
            let (now, target) = (world.now(), self.target());
            let Some(timer) = world.next_timer() else { break };
            if timer.at <= target {
                world.step(&Action::Advance { to: timer.at.max(now), background: timer.background });
                steps += 1;
            } else if self.is_worth_a_jump(&world) {
                world.step(&Action::Advance { to: timer.at, background: false });
                self.origin.set((instant(), timer.at));
                return (steps + 1, JUMP);
            } else {
                self.thin(&mut world);
                let wait = timer.at.since(target).div_f64(self.pace.speed);
                return (steps, wait.max(JUMP));
            }
        }
        if steps < TURN { (steps, Duration::from_secs(60)) } else { (steps, Duration::ZERO) }
    }

    /// Whether something waits that nobody wants to wait for.
    fn is_worth_a_jump(&self, world: &World) -> bool {
        let wanted = || {
            let next = world.next_without(&|work| goes_on(world, work));
            next.is_some_and(|at| at <= self.ahead.get())
        };
        self.pace.fast_forward && self.inside.get() == 0 && !world.is_idle() && wanted()
    }

    /// Somebody is in a container from now on, for as long as this is kept.
    pub fn enter(&self) -> Inside<'_> {
        self.inside.set(self.inside.get() + 1);
        Inside(self)
    }

    fn thin(&self, world: &mut World) {
        if world.steps() - self.thinned.get() > THIN {
            world.thin();
            self.thinned.set(world.steps());
        }
    }
}
