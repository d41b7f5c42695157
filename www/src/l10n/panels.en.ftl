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
loop-api-loops = Loops inside the API server
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

## The calendar of a CronJob
calendar-panel = CronJobs
calendar-of = Calendar of { $name }
calendar-now = now
calendar-to-next = Run to the next
calendar-day = Run a day
calendar-year = Run a year
calendar-suspended = suspended
calendar-active = running
calendar-complete = complete
calendar-failed = failed
calendar-none = no Job
calendar-due = waits
calendar-next = to come
calendar-manual = started by hand

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
example-job-and-deployment = Job and Deployment, side by side
example-job-and-deployment-about = The same container that exits with 0: the Job is done, the Deployment starts it again for ever.
example-job-and-deployment-try = Apply, then run to idle. Both pods run the same program, which ends with 0. For the Job that is success: its pod stays Completed. For the Deployment a pod must always run: its container is started again and again, with growing waits (CrashLoopBackOff).
example-cron-job = CronJob
example-cron-job-about = Every minute a Job is due, but each takes longer than that, and Forbid lets only one run.
example-config-map = ConfigMap
example-config-map-about = One ConfigMap, read as an environment variable and as a file. Edit it: only the file changes.
example-secret = Secret
example-secret-about = A user and a password, kept as base64 and given to a pod.
example-without-expectations = Without expectations
example-without-expectations-about = Expectations are off and pod events are held back: 4 pods, although parallelism is 2.
example-without-expectations-try = Expectations are off and the watch of pods is held back. Apply and press Step until job-controller has taken the Job from its queue twice. The second time its cache still shows no pods, and it does not wait: it creates 2 more. Now there are 4, although parallelism is 2. Go back, switch expectations on, and there will be 2.
example-without-cache-sync = Without waiting for caches
example-without-cache-sync-about = A restarted controller syncs before its cache holds the pods, and makes them twice.
example-without-cache-sync-try = Apply and step until 2 pods run. Hold back the pods, then kill and restart the controller manager, and step: its workers start at once, job-controller takes the Job from its queue, and its cache knows of no pods, so it creates 2 more: 4 in all. Go back and switch the wait on: now no worker starts before the pods are delivered.
example-without-rate-limit = Without a rate limit
example-without-rate-limit-about = A sync that fails is tried again at once instead of after 1 s, 2 s, 4 s …
example-without-rate-limit-try = The first call of the next sync will fail, and the rate limiter is off. Apply and step: the sync fails, and its key is back in the queue at once, in the same second. Arm the fault again and it spins. Go back, switch the rate limiter on: now the key waits 1 s, then 2 s.
example-start-up = A controller's start
example-start-up-about = The controller manager has just been started. Step through what it does before the first Job arrives.
example-start-up-try = Press Step and watch the job controller in the loop: it asks whether the API server answers, is built of its parts (client, informers and handlers, queue, recorder), lists what is there, waits until every cache is full, and starts its workers. Then apply the Job: it arrives in a controller whose start you have seen.
example-controller-crash = Controller restarts in mid-Job
example-controller-crash-about = The controller manager dies and forgets everything; every pod is still counted once.
example-controller-crash-try = Apply and step until pods run. Kill and restart the controller manager: caches, queues and expectations are gone. Step through its start, then run to idle: it lists everything, adopts what is there, and the Job ends with 4 of 4, each pod counted once.
example-node-down = Node failure
example-node-down-about = node-2 loses its power: NotReady, taint, eviction, and the pod is replaced elsewhere.
example-node-down-try = Apply and step until the 3 pods run. Press the power button of node-2 in the loop, then run until an object changes, again and again. For 50 s nobody notices; then the node is NotReady, its pod not ready, and it is tainted; 5 minutes later the pod is evicted and the Job controller makes another one on a node that lives. Switch node-2 on again: its pod ends.

## Switches, faults and breakpoints
mechanisms = Switches and faults
mechanisms-about = No real cluster offers these. Switch a mechanism off to see what it is for; every change is one step, so Back undoes it.
mechanisms-limited = A lesson is on: only what is not greyed out may be used in it.
mechanisms-on = on
mechanisms-off = off
mechanisms-off-count = { $count } off
mechanisms-switches = Switches of the controllers
mechanisms-others = { $count ->
    [one] 1 other
   *[other] { $count } others
  }
switch-expectations = Expectations
switch-expectations-about = After creating pods, a controller waits until its watch has shown them. Without that, it counts in an old cache and creates them again.
switch-cache-sync = Wait for cache sync
switch-cache-sync-about = Workers start only once every cache holds its whole collection. Without that, a fresh controller sees a Job but not yet its pods, and creates them again.
switch-rate-limiter = Rate limiter
switch-rate-limiter-about = A key that failed waits 1 s, then 2 s, 4 s, up to 1 min. Without that, it is tried again at once, over and over, and burdens the API server.
mechanisms-delivery = Watch delivery
mechanisms-delivery-about = Caches live on watch events. While those are held back, the controllers act on what they knew before; a slow network does the same.
mechanisms-delivery-of = Deliver watch events of { $resource } to the controllers
mechanisms-workers = Workers
mechanisms-workers-about = Workers take keys from a queue, several at a time but never one key twice. With none, keys pile up and nothing is done.
mechanisms-workers-of = Workers of { $queue }
mechanisms-fewer = One worker fewer for { $queue }
mechanisms-more = One worker more for { $queue }
mechanisms-zero = 0 workers for { $queue }
mechanisms-count = { $count ->
    [0] none
    [one] 1 worker
   *[other] { $count } workers
  }
mechanisms-faults = Faults
mechanisms-nodes = Node power
mechanisms-nodes-about = A dead node says nothing. After 50 s without its lease it counts as NotReady and is tainted; after 5 more minutes its pods are evicted and replaced elsewhere.
mechanisms-restart = Controller manager
mechanisms-restart-do = Kill and restart
mechanisms-restart-about = All it remembers is lost: caches, queues, expectations, back-offs. What matters stands in the API server, so it lists everything and goes on.
mechanisms-fail = A call that fails
mechanisms-fail-about = Networks and servers fail in the middle of a sync. The controller must be able to do the whole sync again without doing anything twice.
mechanisms-fail-queue = Whose next sync
mechanisms-fail-call = call no.
mechanisms-fail-how = How it fails
mechanisms-fail-error = server error
mechanisms-fail-conflict = conflict
mechanisms-fail-crash = crash after it
mechanisms-fail-do = Arm
mechanisms-kill = Kill a container
mechanisms-kill-about = Its main process gets SIGKILL, as when memory runs out: exit code 137. Restart policy and back-off limit decide what comes next.
mechanisms-kill-none = No container is running now.
mechanisms-kill-which = Container
mechanisms-kill-do = Kill
fault-node-down = You switched { $node } off: it has lost its power.
fault-node-up = You switched { $node } on again.
fault-kill-container = You killed container { $container } of pod { $pod }.
fault-restart-controllers = You killed the controller manager; it starts anew and remembers nothing.
fault-fail-call = { $how ->
    [conflict] Call { $call } of the next sync of { $queue } will be refused with a conflict.
    [crash] At call { $call } of the next sync of { $queue } the controller manager will crash.
   *[other] Call { $call } of the next sync of { $queue } will fail with a server error.
  }
fault-workers = { $queue } has { $count ->
    [0] no workers
    [one] 1 worker
   *[other] { $count } workers
  } now.
fault-delivery = { $state ->
    [off] Watch events of { $resource } are held back: the controllers' caches stay as they are.
   *[on] Watch events of { $resource } reach the controllers again.
  }
fault-switch = { $state ->
    [off] You switched a mechanism off: { $what }.
   *[on] You switched a mechanism on: { $what }.
  }
breakpoints = Breakpoints
breakpoints-none = Runs stop where you mark a place: in the step panel, press the dot before a phase of a sync or before an event handler.
breakpoints-clear = Clear all
breakpoint-clear = Clear the breakpoint { $place }
breakpoint-at = Stop runs at { $place }

## The parts of a controller
loop-start = The controller manager starts
loop-start-api = API server
loop-start-api-about = First it waits until the API server answers.
loop-start-controllers = controllers
loop-start-controllers-about = Then it makes the controllers: event recorder, informers, handlers.
loop-start-caches = caches
loop-start-caches-about = It waits until every cache holds its whole collection.
loop-start-running = workers
loop-start-running-about = Last it starts the workers: from now on keys are taken from the queues.
loop-off-cache-sync = not waited for
loop-off-rate-limiter = no rate limit
loop-off-expectations = ignored
loop-off-workers = no worker
loop-held = held back
loop-synced = synced
loop-store-jobs = The Job lister reads from here
loop-handlers = Event handlers, last key
loop-handler = { $handler } last put { $key } on the queue
loop-handlers-none = have put nothing on the queue
loop-client-parts = What it asked of the API server in this step
loop-client = kube client
loop-pod-control = pod control
loop-recorder = recorder
loop-armed = call { $call } will fail
loop-no-calls = –
loop-no-power = no power
loop-node-off = Switch { $node } off
loop-node-on = Switch { $node } on
