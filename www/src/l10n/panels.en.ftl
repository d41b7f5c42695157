# Kubestep's panels: the control loop, the inspector, the examples. Names of Kubernetes' own things stay as they are.

## The control-loop view
loop = The control loop
loop-api-server = API server
loop-store = store revision { $revision }
loop-undelivered = { $count ->
    [0] all events delivered
    [one] 1 event on its way
   *[other] { $count } events on their way
  }
loop-counts = Objects in the store
loop-store-empty = The store is empty.
loop-workloads = Workloads
loop-no-workloads = No workloads yet. Apply a manifest to create one.
loop-clock = { $time } since the start
loop-idle = at rest
loop-waits = { $count ->
    [one] waits for 1 pod
   *[other] waits for { $count } pods
  }
loop-other-controllers = Other controllers
loop-scheduler = scheduler
loop-cache = Informer cache
loop-objects = { $count ->
    [one] 1 object
   *[other] { $count } objects
  }
loop-not-synced = not listed yet
loop-pending = { $count ->
    [0] no events on their way
    [one] 1 event on its way
   *[other] { $count } events on their way
  }
loop-queue = Work queue
loop-queue-other = { $name }: { $count }
loop-queue-empty = empty
loop-keys = { $count } keys
loop-delayed = { $count } later
loop-due = due in { $time }
loop-failures = { $count ->
    [one] tried again once
   *[other] tried again { $count } times
  }
loop-expectations = Expects to see
loop-expects = { $adds } created, { $dels } deleted
loop-expects-nothing = nothing more
loop-workers = Workers
loop-workers-busy = { $busy } of { $all } busy
loop-workers-done = { $name } done
loop-workers-idle = waiting for a key
loop-unschedulable = Unschedulable
loop-unscheduled = No node yet
loop-none = none
loop-no-pods = no pods
loop-not-ready = NotReady
loop-cordoned = SchedulingDisabled
loop-cpu = cpu { $requested } / { $allocatable }
loop-restarts = { $count ->
    [one] 1 restart
   *[other] { $count } restarts
  }

## The inspector
inspector = Inspector
inspector-objects = Objects
inspector-yaml = YAML
inspector-describe = Describe
inspector-events = Events
inspector-history = History
inspector-resource = Kind
inspector-all = All kinds
inspector-state = State
inspector-filter = Filter by name
inspector-no-match = Nothing matches “{ $filter }”.
inspector-machinery = { $count ->
    [one] What every cluster has: 1 object
   *[other] What every cluster has: { $count } objects
  }
inspector-none = There are no { $resource } now.
inspector-nothing = Nothing of yours is here yet. Once you apply a manifest, every object that comes of it is listed here.
inspector-close = Close { $name }
inspector-gone = It no longer exists at this step; this is how it was last.
inspector-missing = { $name } does not exist at this step. Step forward, or choose another object.
inspector-copy = Copy
inspector-copied = Copied
inspector-no-events = No events about it so far.
inspector-event-type = Type
inspector-event-reason = Reason
inspector-event-age = When
inspector-event-from = From
inspector-event-message = Message
inspector-name = Name
inspector-age = Age
inspector-revision = revision { $revision }
inspector-to-step = Go to step { $step }
inspector-count = { $shown } of { $total }
inspector-changes = { $count ->
    [one] 1 field
   *[other] { $count } fields
  }

## The timeline
timeline-step = step { $step }

## Examples
example-one-off = One-off Job
example-one-off-about = One pod runs once, says hello, and the Job is complete.
example-parallel = Parallel Job
example-parallel-about = Six completions, two pods at a time.
example-failing = Failing Job
example-failing-about = Its pod fails; the Job backs off, tries again twice, then gives up.
example-indexed = Indexed Job
example-indexed-about = Every pod gets a number of its own and does its share of the work.
example-work-queue = Work-queue Job
example-work-queue-about = Three pods share the work until one finds that nothing is left.
example-pod = Bare Pod
example-pod-about = A pod without a controller: nothing replaces it once it is gone.
example-misspelt-image = Misspelt image
example-misspelt-image-about = The image's tag does not exist, so the pod waits in ImagePullBackOff.
