# The page's words in English. zh-CN.ftl has the same messages.

examples = Examples
share = Copy link
copied = Copied
save-run = Save
save-run-title = Save this run, with all its branches, as a file
open-run = Open
open-run-title = Open a run that was saved as a file
theme = Light or dark
help = Keys and help
panes = Panels
pane-files = Files
pane-loop = Loop
pane-step = Step
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
notice-limit = It ran for a long time without getting there, so it was stopped. Everything up to here is kept.
notice-not-reached = Nothing is left to do, and it did not happen.
notice-crashed = Kubestep itself has failed at this point. It was started anew with the last good state of your run; you can save that run and send it with a report.
notice-crashed-again = Kubestep itself has failed and could not restore the run. Save the run, then reload the page.
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
hint-step = Now press Step, and watch what happens.

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
act-reconcile = { $actor } took { $object } from its queue and compared what is with what should be.
act-schedule = { $actor } looked for a node for pod { $object }.
act-syncPod = { $actor } brought pod { $object } a step further.
act-syncPod-kubelet = The kubelet on { $actor } brought pod { $object } a step further.
act-deliver-kubelet = The kubelet on { $actor } learned that { $kind } { $object } was { $type ->
    [ADDED] added
    [MODIFIED] changed
    [DELETED] deleted
   *[other] seen ({ $type })
  }.
act-process = The program in pod { $object } ran on.
act-timer = { $duration } passed.
act-command = You ran “{ $line }”.
act-fault = A fault was injected: { $fault }.
act-other = { $actor }: { $action } { $object }

## What came of it

did-create = It created { $kind } { $object }.
did-update = It updated { $kind } { $object }.
did-update-status = It wrote the status of { $kind } { $object }.
did-patch = It changed { $kind } { $object }.
did-patch-status = It wrote the status of { $kind } { $object }.
did-delete = It deleted { $kind } { $object }.
did-create-binding = It bound { $object } to a node.
did-other = It did “{ $verb }” on { $kind } { $object }.
did-update-sub = It updated the { $subresource } of { $kind } { $object }.
did-patch-sub = It changed the { $subresource } of { $kind } { $object }.
did-create-sub = It created a { $subresource } for { $kind } { $object }.
did-refused = The API server refused to { $verb } { $kind } { $object }: { $reason }.
did-nothing = There was nothing to change.
n-of-kind = ({ $count } of them)

## Next

next-panel = What may happen next
next-empty = Nothing: the cluster is at rest. Apply a manifest, or let time pass.
next-default = next by default
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
key-step = one step
key-back = one step back
key-change = to the next change of an object
key-ends = to the beginning, to the end
key-play = play or pause
key-apply = apply the file in the editor
key-leave = leave the editor with the keyboard
key-help = this help
