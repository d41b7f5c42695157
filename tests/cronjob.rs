//! A CronJob over a long time: the clock goes from run to run, and the nodes stay well.

use kubestep::api::kinds;
use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::{Files, Playground, Until};
use kubestep::sim::Time;
use std::time::Duration;

const HOURLY: &str = "apiVersion: batch/v1
kind: CronJob
metadata: {name: hourly}
spec:
  schedule: '@hourly'
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: busybox, command: ['true']}
";

#[test]
fn a_day_is_twenty_four_runs_and_little_else() {
    let files: Files = [(Str::from("hourly.yaml"), Str::from(HOURLY))].into_iter().collect();
    let mut playground = Playground::new(Config::new(1, 3), files);
    playground.command("kubectl apply -f hourly.yaml");
    let end = playground.config().start + Duration::from_secs(24 * 3600 + 60);
    playground.run(&Until::Time(end), |_| true);
    let mut created = 0;
    for position in 1..=playground.timeline().len() {
        let record = playground.timeline_mut().record(position).expect("was done").step;
        created += record.writes().filter(|c| c.resource.plural == "jobs" && c.before.is_null()).count();
    }
    let world = playground.desk().world();
    let (jobs, nodes) = (world.server().list(&kinds::JOBS.into()), world.server().list(&kinds::NODES.into()));
    let ready = |node: &&kubestep::json::Json| {
        let mut conditions = node.at(&["status", "conditions"]).items().iter();
        conditions.any(|c| c["type"].str() == "Ready" && c["status"].str() == "True")
    };
    assert_eq!((created, jobs.len(), nodes.iter().filter(ready).count()), (24, 3, 3));
    let events = world.server().list(&kinds::EVENTS.into());
    let old = events.iter().filter(|e| {
        Time::parse(e["metadata"]["creationTimestamp"].str()).is_none_or(|t| end.since(t).as_secs() > 3600)
    });
    assert_eq!((events.is_empty(), old.count()), (false, 0), "Events live for an hour");
    let steps = playground.timeline().len();
    assert!(steps < 24 * 60, "{steps} steps: heartbeats are no steps of their own between runs");
}
