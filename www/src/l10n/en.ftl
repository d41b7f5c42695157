# The page's words in English. zh-CN.ftl has the same messages.

examples = Examples
lessons = Lessons
lessons-course = The course
examples-wrong = What goes wrong
share = Share
save-run = Save
theme = Light or dark
help = Keys and help
menu = Branch and sharing
panes = Panels
pane-files = Files
pane-loop = Loop
pane-step = Step
pane-mechanisms = Faults
pane-terminal = Terminal
pane-objects = Objects
branches = Branch
branch = { $name } · { $length ->
    [one] { $length } step
   *[other] { $length } steps
  }
branch-rename = Rename this branch…
dismiss = Dismiss
close = Close
cancel = Cancel
run = Run
more = … and { $count } more
value-yes = yes
value-no = no

## Notices

notice-link-broken = This link is incomplete: part of it was lost on the way. The playground starts afresh instead.
notice-link-version = This link was made by a newer Kubestep than this page. The playground starts afresh instead.
notice-link-in-bar = The link to this run is now in the address bar.
notice-run-broken = This file holds no run that Kubestep can open: { $message }
notice-too-large = That is too much for { $name }: a file holds at most 1 MiB. Nothing was changed.
notice-refused = { $message }
notice-not-allowed = Not in this lesson: { $why }.
notice-loop = Stopped: for ten minutes of the cluster's time nothing was new. Only { $pods } goes on: its program loops, or is tried again and again. Step and Play go further.
notice-loop-quiet = Stopped: for ten minutes of the cluster's time nothing was new. What still goes on repeats itself; Ctrl-C in the terminal ends a command that waits. Step and Play go further.
notice-not-reached = Nothing is left to do, and it did not happen.
notice-breakpoint = Stopped at a breakpoint: { $controller } has just passed { $place }. Step and Play go further.
notice-branched = This was not what happened before, so it is a branch of its own now: { $name }. { $parent } is still there.
notice-crashed = Kubestep itself has failed at this point. It was started anew with the last good state of your run; you can save that run and send it with a report.
notice-crashed-again = Kubestep itself has failed again, so it was started anew without your run. You can still save the run and send it with a report.
notice-run-lost = This version of Kubestep cannot go through your run any more: { $message }. Save it, and open it with the version that made it.
notice-not-loaded = This part of the page could not be loaded. Is there a network?
notice-update = A new version is there. Your run stays as it is.
update = Reload
notice-update-kept = Your run could not be kept for the new version: the browser has no room for it. Save it first.
notice-updated = This is Kubestep { $version }. Your run is as you left it.
notice-no-engine = Kubestep could not start. It needs a browser with WebAssembly; if yours has it, reload the page.

## Editor

files = Files
file-add = Add a file
file-remove = Remove { $name }
editor-of = Text of { $name }
faults = Faults in this file
fault-line = line { $line }
apply = Apply
hint-apply = Start here: send this manifest to the cluster.

## Transport

transport = Time
to-start = Back to the beginning
back = Back
back-title = One step back (←)
step = Step
step-title = One step (→)
play = Play
pause = Pause
play-title = Play or pause (Space)
speed = Speed
to-idle = To idle
to-idle-title = Run until nothing is left to do
run-until = Run until…
until-change = an object changes (Shift →)
until-event = an event…
until-condition = a condition is true…
until-time = some seconds later…
until-step = a step…
until-end = the end of this branch
ask-event = Run until an event with the reason
ask-condition = Run until this condition of the selected object is true
ask-condition-select = Select an object first.
ask-time = Run for this many seconds
ask-step = Run to step
ask-number = A number, please.
timeline = Timeline
timeline-at = step { $step } of { $length }
where = { $step } / { $length } · t + { $time }
hint-step = Now press Step.

## Step panel

step-panel = What happened
step-when = step { $step } · t + { $time }
step-beginning = Nothing has happened yet.
step-beginning-more = The cluster has started and is waiting. Apply a manifest, then press Step: one thing happens at a time, and this panel says what, how and why.
step-phases = How
step-calls = { $count ->
    [one] { $count } API call
   *[other] { $count } API calls
  }
step-why = Why
step-no-cause = This is where it begins: no earlier step led to it.
step-no-cause-routine = The cluster does this by itself since it started, whether or not anybody asks for anything.
step-effects = { $count ->
    [one] Led to { $count } later step
   *[other] Led to { $count } later steps
  }
step-in-past = You are in the past: this branch goes on to step { $length }. Acting differently from here starts a new branch, and nothing is lost.
into-start = Go through it call by call
into-at = { $done } of { $all } calls made
into-previous = One call back
into-next = One call on
into-leave = Done
diff = Changes
diff-created = The new object
diff-filled-in = { $count ->
    [one] The server filled in { $count } field
   *[other] The server filled in { $count } fields
  }
diff-deleted = The object as it was last
diff-none = No field changed.
diff-count = { $count ->
    [one] { $count } field changed
   *[other] { $count } fields changed
  }

## What is done: one sentence a kind of action

act-deliver = { $actor } learned that { $kind } { $object } was { $type ->
    [ADDED] added
    [MODIFIED] changed
    [DELETED] deleted
   *[other] seen ({ $type })
  }.
act-list = { $actor } listed all { $resource } to fill its cache.
act-reconcile = { $kind ->
    [none] { $actor } made one of its regular passes.
   *[other] { $actor } took { $object } from its queue and compared what is with what should be.
  }
act-schedule = { $actor } looked for a node for pod { $object }.
act-syncPod = { $actor } brought pod { $object } a step further.
act-syncPod-kubelet = The kubelet on { $actor } brought pod { $object } a step further.
act-deliver-kubelet = The kubelet on { $actor } learned that { $kind } { $object } was { $type ->
    [ADDED] added
    [MODIFIED] changed
    [DELETED] deleted
   *[other] seen ({ $type })
  }.
act-probe = { $actor } asked pod { $object } how it is.
act-probe-kubelet = The kubelet on { $actor } asked pod { $object } how it is.
act-process = The program in pod { $object } ran on.
act-timer = { $kind ->
    [none] { $duration } passed.
    [Node] { $duration } passed, until { $object } had to report that it is well.
   *[other] { $duration } passed, until { $kind } { $object } was due.
  }
act-command = You ran “{ $line }”.
act-request = A client program sent “{ $line }” to the API server.
act-other = { $actor }: { $action } { $object }

## What came of it

did-create = It created { $what }.
did-update = It updated { $what }.
did-update-status = It wrote the status of { $what }.
did-patch = It changed { $what }.
did-patch-status = It wrote the status of { $what }.
did-delete = It deleted { $what }.
did-create-binding = It bound { $what } to a node.
did-other = It did “{ $verb }” on { $what }.
did-update-sub = It updated the { $subresource } of { $what }.
did-patch-sub = It changed the { $subresource } of { $what }.
did-create-sub = It created a { $subresource } for { $what }.
did-not-find = It asked for { $what }: there is none.
did-refused = The API server refused to { $verb } { $what }: { $reason }.
did-not-heed = It acted although its cache does not show yet what it did before: expectations, for which it would have waited, are off or too old.
did-nothing = There was nothing to change.
n-of-kind = { $count } { $kind }s

## Next

next-panel = What may happen next
next-empty = Nothing: the cluster is at rest. Apply a manifest, or let time pass.
next-rest = The cluster is at rest: nothing is left to do. Look around with kubectl, go back, or apply something else. A step only lets time pass.
next-rest-first = The cluster is at rest: nobody has asked it for anything. Apply the manifest, and there will be something to step through.
next-tries = The cluster is at rest, but that { $pods } is tried again now and then.
next-waits = Nothing is left to do but to wait for { $pods }.
next-default = next
next-branches = Another choice than before starts a new branch.

## Terminal

terminal = Terminal
terminal-input = Command line
terminal-empty = This is kubectl for the cluster in this page. Try:
terminal-running = still running

## Help

help-title = Step through Kubernetes
help-about = Kubestep runs a Kubernetes v1.36 control plane in this page. Apply a manifest and go through what follows, one event at a time: what happened, how, and why. Go back whenever you like; doing something else there starts a branch.
help-honest = The API server, controllers, scheduler and kubelets follow the real ones. Containers are simulated: shell scripts are really interpreted, but no image is pulled and no other program runs.
version = Version { $version }
key-step = one step
key-back = one step back
key-change = to the next change of an object
key-ends = to the beginning, to the end
key-play = play or pause
key-apply = apply the file in the editor
key-leave = leave the editor with the keyboard
key-help = this help

## What may happen next: one sentence a kind of action

may-deliver = { $actor } learns that { $kind } { $object } was { $type ->
    [ADDED] added
    [MODIFIED] changed
    [DELETED] deleted
   *[other] seen ({ $type })
  }
may-deliver-kubelet = the kubelet on { $actor } learns that { $kind } { $object } was { $type ->
    [ADDED] added
    [MODIFIED] changed
    [DELETED] deleted
   *[other] seen ({ $type })
  }
may-list = { $actor } lists all { $resource }
may-reconcile = { $kind ->
    [none] { $actor } makes one of its regular passes
   *[other] { $actor } takes { $object } from its queue
  }
may-schedule = { $actor } looks for a node for { $object }
may-syncPod = the kubelet on { $actor } looks after pod { $object }
may-process = the program in pod { $object } runs on
may-register = the kubelet on { $actor } registers its node
may-heartbeat = the kubelet on { $actor } reports that its node is well
may-timer = { $kind ->
    [none] { $duration } pass
    [Node] { $duration } pass, until { $object } has to report that it is well
   *[other] { $duration } pass, until { $kind } { $object } is due
  }
may-resume = your command goes on
may-command = you run “{ $line }”
may-other = { $actor }: { $action } { $object }

act-register = The kubelet on { $actor } registered its node.
act-heartbeat = The kubelet on { $actor } reported that its node is well.
act-resume = Your command went on.
act-interrupt = You stopped your command with Ctrl-C.

## Phases, as components name them

note-read-cache = { $found ->
    [no] looked in its cache: it is not there
   *[other] read it from its cache
  }
note-read-object = { $found ->
    [no] asked the API server: it is gone
   *[other] read it from the API server
  }
note-expectations = { $satisfied ->
    [unheeded] has not yet seen { $adds } created and { $dels } deleted, so its cache is out of date; it acts all the same, for nobody heeds expectations now (switched off, or older than 5 minutes)
    [no] still expects to see { $adds } created and { $dels } deleted, so its cache cannot be trusted yet
   *[other] has seen everything that it did before, so its cache can be trusted
  }
note-count-pods = counted the pods: { $active } active, { $ready } ready, { $terminating } terminating, { $succeeded } succeeded, { $failed } failed
note-manage = { $suspended ->
    [yes] the Job is suspended: it should have no active pods and has { $have }
   *[other] it should have { $want } active pods and has { $have }
  }
note-backoff = { $failures ->
    [one] after { $failures } failure, waits { $seconds } s before the next pod
   *[other] after { $failures } failures, waits { $seconds } s before the next pod
  }
note-create-pods = { $count ->
    [one] creates { $count } pod
   *[other] creates { $count } pods
  }
note-delete-pods = { $count ->
    [one] deletes { $count } pod
   *[other] deletes { $count } pods
  }
note-track = { $finished ->
    [one] { $finished } finished pod to take into account
   *[other] { $finished } finished pods to take into account
  }
note-status = worked out the status
note-over = the Job is over: { $condition }, because { $reason }
note-done = nothing more to do for this object
note-remove-finalizer = released pod { $pod }: nobody counts it any more
note-aggregate = { $changed ->
    [no] gathered { $rules } rules: it has them already
   *[other] gathered { $rules } rules, which it writes into the role
  }
note-in-use = { $used ->
    [yes] it is still in use, so it stays
   *[other] nobody uses it any more
  }
note-protect = { $protected ->
    [yes] protects it by { $finalizer } from being deleted while it is in use
   *[other] takes { $finalizer } away, so that it can go
  }
note-requeue = { $pods ->
    [0] something changed ({ $event }), which no waiting pod needs
   *[other] { $event }: { $pods } waiting pods may fit now
  }
note-retry = it failed ({ $error }) and will be tried again
note-owners = looked at its owners: { $solid } exist, { $dangling } are gone
note-delete = deletes { $name }
note-foreground = waits for { $blocking } dependents to go first
note-orphan = leaves { $dependents } dependents without an owner
note-delete-content = { $left } objects are left in the namespace
note-finalize = lets go of namespace { $namespace }
note-names = { $accepted ->
    [yes] its names are free: accepted
   *[other] not all of its names are free ({ $reason })
  }
note-approval = { $approved ->
    [yes] its API was approved
   *[other] its API was not approved ({ $reason })
  }
note-check-types = { $warnings ->
    [0] checked the types of its expressions: nothing is wrong
    [one] checked the types of its expressions: { $warnings } warning
   *[other] checked the types of its expressions: { $warnings } warnings
  }
note-establish = serves the objects of { $name } from now on
note-delete-instances = deletes its objects in { $namespaces } namespaces
note-instances-left = { $left } of its objects are left
note-finalize-definition = lets go of the definition { $name }
note-expired = finished { $seconds } s ago: its time is over
note-jobs = { $all } jobs, { $active } of them active
note-next = the next run is due in { $seconds } s
note-clean-up = deletes { $count } old jobs
note-replicas = counted the pods: { $replicas } active, { $ready } ready, { $available } available, { $terminating } terminating
note-replica-sets = { $count ->
    [one] it has { $count } ReplicaSet
   *[other] it has { $count } ReplicaSets
  }
note-paused = it is paused: no rollout, only the right number of pods
note-scaling = its replicas were changed to { $want }: it is scaled first, then rolled out
note-new-replica-set = creates a ReplicaSet for this template: revision { $revision }, { $replicas } pods for now
note-revision = this template is now revision { $revision }
note-hash-collision = the name of the ReplicaSet is taken by something else (collision { $count }): another name next time
note-rolling = { $new } new pods and { $old } old ones are asked for, { $available } are available; there may be { $most }, and { $least } must be available
note-old-pods = { $running ->
    [yes] old pods still run: waits until they are gone
   *[other] no old pod runs any more
  }
note-scale = scales { $name } from { $from } to { $to }
note-rollback = goes back to revision { $revision }
note-forget-revisions = { $count ->
    [one] { $count } old ReplicaSet more than the history is to keep
   *[other] { $count } old ReplicaSets more than the history is to keep
  }
note-progress = how the rollout goes: { $reason }
note-deadline = looks again in { $seconds } s, whether there is progress
note-due = { $job } is due
note-create = creates { $serviceAccount }{ $configMap }
note-update = updates { $configMap }
note-issue-token = writes a token for service account { $account } into the Secret
note-recount = counted what is used: { $used }
note-no-selector = the Service selects no pods: its endpoints are not this controller's
note-select-pods = its selector selects { $pods ->
    [one] { $pods } pod
   *[other] { $pods } pods
  }: { $ready } ready and { $notReady } not ready have an address
note-cache-behind = its cache still has the { $kind } that it has overwritten: it waits for the news
note-endpoints-equal = the Endpoints are as they should be
note-write-endpoints = { $create ->
    [yes] creates the Endpoints
   *[other] writes the Endpoints anew
  }
note-plan-slices = compared the slices with { $pods ->
    [one] { $pods } pod
   *[other] { $pods } pods
  }: { $create } to create, { $update } to update, { $delete } to delete
note-service-variables = gives the container { $count ->
    [one] { $count } variable
   *[other] { $count } variables
  } of the Services that the kubelet knows of
note-queue = took the pod from its queue (attempt { $attempt })
note-filter = { $fits ->
    [no] { $node } will not do: { $plugin } says “{ $reasons }”
   *[other] { $node } would do
  }
note-score = { $node } scores { $total }
note-select = chose { $node }, with the best score ({ $score })
note-assume = counts the pod as placed on { $node } from now on
note-bind = told the API server: this pod goes to { $node }
note-bind-failed = the API server did not take it: { $message }
note-unschedulable = no node will do: { $message }
note-pod-added = pod { $pod } was assigned to this node
note-sync-pod = the pod is { $phase }
note-create-sandbox = set up the pod's network { $ip }{ $error }
note-mount-failed = a volume could not be mounted: { $message }
note-volume-written = wrote volume { $volume } anew
note-volume-stale = the files of pod { $pod } will show that at its next sync, at { $until }
note-node-down = { $node } lost its power: all that ran on it is gone
note-node-up = { $node } has its power back
note-monitors = follows who owns whom among the objects of { $count } more kinds
note-revisions = its template is revision { $update }; the one before was { $current }
note-ordinals = it wants { $want } pods, { $have } of them are there, { $condemned } are too many; { $ordered ->
  [no] all at once
 *[other] one after another
}
note-create-pod = creates { $name }
note-delete-pod = deletes { $name }: { $why ->
  [scale-down] it is too many
  [update] it is of an older template
 *[other] it has ended, and is to run for ever
}
note-wait-for-pod = waits for { $name }: { $why ->
  [terminating] it has not gone yet
  [not-ready] it is not ready
 *[other] it has not been ready for long enough
}
note-wait-for-claim = waits for the storage of the former { $name } to be deleted
note-create-claim = creates claim { $name }
note-claim-owner = writes into claim { $name } with whom it is to be deleted
note-replace-old = { $old } pods are of an older template (those below ordinal { $partition } stay so), { $unavailable } do no work; { $most } may be missing
note-daemon-nodes = { $nodes } nodes should have its pod: { $missing } have none, { $surplus } pods are too many
note-failed-pod-stays = the pod on { $node } failed again: it stays for a while before it is replaced
note-daemon-rolling = { $old } pods are of an older template, { $busy } are on their way; { $most } may be at a time
note-budget = { $healthy } of { $expected } pods are healthy, { $desired } must be: { $allowed } may be evicted
note-budget-failed = the budget cannot be worked out, so nothing may be evicted: { $error }
note-no-scale = it cannot read its target's number of replicas: { $error }
note-replicas-in-bounds = its target asks for { $current } replicas; { $min } to { $max } are allowed
note-rescale = asks for { $to } replicas instead of { $from }
note-no-metrics = it does not know what the pods use: { $error }
note-find-volume = { $found ->
  [no] no volume fits
 *[other] found a volume that fits
}
note-bind-volume = binds volume { $volume } and claim { $claim } to each other
note-storage-phase = its phase is { $phase } now
note-claim-volume = chose volume { $volume } for claim { $claim }, and waits until they are bound
note-claim-node = asks for a volume for claim { $claim } near { $node }
note-node-observed = node { $node } is new
note-node-gone = node { $node } is gone
note-node-silent = { $node } has been silent for too long: nobody knows how it is
note-pod-not-ready = pod { $pod } counts as not ready, whatever it said last
note-mark-for-tainting = { $node } is still not ready: its pods are to leave
note-taint-node = gives { $node } these taints: { $taints }
note-rate-limited = waits { $seconds } s: nodes are emptied slowly
note-evictions-stopped = nothing is evicted from { $node }: most of its zone is down
note-all-zones-disrupted = all { $nodes } nodes are silent: the fault may be elsewhere, so nothing is evicted
note-zone-state = the zone is in state { $state } now
note-node-taints = { $node } has { $taints ->
    [0] no taint that drives pods away
   *[other] { $taints } taints that drive pods away
  }
note-plan-eviction = pod { $pod } may stay for { $seconds } s
note-cancel-eviction = pod { $pod } may stay after all
note-evict = the time of pod { $pod } is over: it is evicted
note-quarantine = node { $node } does not exist: looks again in 40 s
note-collect-pod = removes pod { $pod }: { $why }
note-probe = { $passed ->
    [no] the { $probe } probe of { $container } failed
   *[other] the { $probe } probe of { $container } passed
  }
note-pull-image = pulls image { $image }
note-pull-failed = image { $image } could not be pulled: { $message }
note-image-error = { $reason }: { $message }
note-image-back-off = waits before it tries to pull { $image } again
note-config-error = the container cannot be made: { $message }
note-back-off = container { $container } waits { $wait } before it is started again
note-start-container = { $started ->
    [no] container { $container } did not start
   *[other] started container { $container }
  }
note-run-process = { $lines ->
    [0] the program in { $container } ran and printed nothing
    [one] the program in { $container } ran and printed a line
   *[other] the program in { $container } ran and printed { $lines } lines
  }
note-process-waits = it sleeps
note-process-exited = it ended with exit code { $code }
note-write-status = writes the pod's status: { $phase }
note-status-refused = the API server did not take the status: { $message }
note-terminate-pod = stops the pod, with { $graceSeconds } s to end by itself
note-signal = sent signal { $signal } to container { $container }
note-release-pod = is done with the pod ({ $phase })
note-register-node = registers { $node }
note-renew-lease = renewed { $node }'s lease: it is alive
note-report-status = reported { $node }'s status

## The controller manager's start, event handlers, and faults

may-start = { $actor } goes on with its start
act-start = { $actor } went on with its start.
note-api-available = the API server answers: it is { $version }
note-new-controller = made { $controller }: { $recorder ->
    [no] its informers
   *[other] its event recorder, its informers
  } ({ $informers }) and their handlers
note-skip-controller = did not start { $controller }: { $missing } is not served
note-caches-synced = { $synced } of { $all } caches hold their whole collection
note-caches-not-awaited = nobody waits for the caches: { $synced } of { $all } hold their whole collection
note-start-workers = started { $workers ->
    [one] { $workers } worker
   *[other] { $workers } workers
  } for the queue of { $controller }
note-handler = { $controller }, handler { $handler }: puts { $key } on the queue { $queue }{ $seconds ->
    [0] { "" }
   *[other] {" "}in { $seconds } s
  }
note-crashed = the process has died: caches, queues, expectations and back-offs are lost
