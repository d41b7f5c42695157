# Kubestep 各面板的文字：控制回路、对象检查器、示例。Kubernetes 自身的名称保持原样。

## 控制回路视图
loop = 控制回路
loop-api-server = API 服务器
loop-store = 存储版本 { $revision }
loop-undelivered = { $count ->
    [0] 事件已全部送达
   *[other] { $count } 个事件在途
  }
loop-counts = 存储中的对象
loop-store-empty = 存储是空的。
loop-workloads = 工作负载
loop-no-workloads = 还没有工作负载。应用一份清单，就会创建一个。
loop-clock = 已过去 { $time }
loop-idle = 静止
loop-waits = 等待 { $count } 个 Pod
loop-other-controllers = 其他控制器
loop-api-loops = API 服务器内部的循环
loop-scheduler = 调度器
loop-cache = Informer 缓存
loop-objects = { $count } 个对象
loop-not-synced = 尚未列出
loop-pending = { $count ->
    [0] 没有在途事件
   *[other] { $count } 个事件在途
  }
loop-queue = 工作队列
loop-queue-other = { $name }：{ $count }
loop-queue-empty = 空
loop-keys = { $count } 个键
loop-delayed = 稍后 { $count } 个
loop-due = { $time } 后到期
loop-failures = 已重试 { $count } 次
loop-expectations = 期待看到
loop-expects = 创建 { $adds } 个，删除 { $dels } 个
loop-expects-nothing = 没有期待中的变化
loop-workers = 工作协程
loop-workers-busy = 忙碌 { $busy } / { $all }
loop-workers-done = { $name } 已处理
loop-workers-idle = 等待任务
loop-unschedulable = 无法调度
loop-unscheduled = 尚无节点
loop-none = 无
loop-no-pods = 没有 Pod
loop-not-ready = NotReady
loop-cordoned = SchedulingDisabled
loop-cpu = CPU { $requested } / { $allocatable }
loop-restarts = 重启 { $count } 次

## 对象检查器
inspector = 对象检查器
inspector-objects = 对象
inspector-yaml = YAML
inspector-describe = 详情
inspector-events = 事件
inspector-history = 历史
inspector-resource = 类型
inspector-all = 所有类型
inspector-state = 状态
inspector-filter = 按名称筛选
inspector-no-match = 没有与“{ $filter }”匹配的对象。
inspector-machinery = 每个集群都有的 { $count } 个对象
inspector-none = 目前没有 { $resource }。
inspector-nothing = 这里还没有您的对象。应用一份清单后，由它产生的每个对象都会列在这里。
inspector-close = 关闭 { $name }
inspector-gone = 在这一步它已不存在，下面是它最后的样子。
inspector-missing = 在这一步，{ $name } 不存在。请继续前进，或选择另一个对象。
inspector-copy = 复制
inspector-copied = 已复制
inspector-no-events = 目前还没有与它有关的事件。
inspector-event-type = 类型
inspector-event-reason = 原因
inspector-event-age = 时间
inspector-event-from = 来源
inspector-event-message = 消息
inspector-name = 名称
inspector-age = 存在时间
inspector-revision = 版本 { $revision }
inspector-to-step = 跳到第 { $step } 步
inspector-count = { $shown } / { $total }
inspector-changes = { $count } 个字段

## CronJob 的日历
calendar-panel = CronJob
calendar-of = { $name } 的日历
calendar-now = 现在
calendar-to-next = 运行到下一次
calendar-day = 运行一天
calendar-year = 运行一年
calendar-suspended = 已暂停
calendar-active = 运行中
calendar-complete = 已完成
calendar-failed = 已失败
calendar-none = 没有 Job
calendar-due = 等待中
calendar-next = 将要到来
calendar-manual = 手动启动

## 时间线
timeline-step = 第 { $step } 步

## 示例
example-one-off = 一次性 Job
example-one-off-about = 一个 Pod 运行一次，打个招呼，Job 就完成了。
example-parallel = 并行 Job
example-parallel-about = 共需完成六次，每次同时运行两个 Pod。
example-failing = 会失败的 Job
example-failing-about = Pod 运行失败；Job 退避等待，重试两次，然后放弃。
example-indexed = 带索引的 Job
example-indexed-about = 每个 Pod 都有自己的编号，各做一份工作。
example-work-queue = 工作队列 Job
example-work-queue-about = 三个 Pod 分担任务，直到其中一个发现已无事可做。
example-pod = 裸 Pod
example-pod-about = 没有控制器的 Pod：一旦消失，不会有新的来代替。
example-misspelt-image = 写错的镜像
example-misspelt-image-about = 镜像标签不存在，Pod 因此一直停在 ImagePullBackOff。
example-job-and-deployment = Job 与 Deployment 并排
example-job-and-deployment-about = 同一个以 0 退出的容器：Job 完成了，Deployment 却永远重新启动它。
example-job-and-deployment-try = 应用，然后运行到空闲。两个 Pod 运行同样的程序，都以 0 结束。对 Job 来说这是成功：Pod 停在 Completed。Deployment 则要求 Pod 一直运行：容器一再重新启动，间隔越来越长（CrashLoopBackOff）。
example-cron-job = CronJob
example-cron-job-about = 每分钟都该有一个 Job，但每个都要运行一分钟以上；Forbid 同一时刻只允许一个。
example-config-map = ConfigMap
example-config-map-about = 同一个 ConfigMap，既作为环境变量，也作为文件读取。修改它：只有文件会变。
example-secret = Secret
example-secret-about = 一个用户名和一个密码，以 base64 保存，交给 Pod 使用。
example-without-expectations = 没有期望
example-without-expectations-about = 期望已关闭，Pod 事件被扣住：并行度是 2，却有 4 个 Pod。
example-without-expectations-try = 期望已关闭，Pod 的 watch 被扣住。应用，然后按“单步”，直到 job-controller 两次从队列取出这个 Job。第二次时缓存里仍没有 Pod，而它不等待：又创建 2 个。并行度是 2，现在却有 4 个。后退，打开期望，就只有 2 个。
example-without-cache-sync = 不等待缓存
example-without-cache-sync-about = 重启的控制器在缓存装入 Pod 之前就同步，于是创建了两遍。
example-without-cache-sync-try = 应用并单步，直到 2 个 Pod 运行。扣住 Pod 的投递，再杀死并重启控制器管理器，然后单步：worker 立刻启动，job-controller 从队列取出这个 Job，而它的缓存里没有 Pod，于是又创建 2 个：共 4 个。退回去打开“等待缓存同步”：在 Pod 送达之前，没有 worker 会启动。
example-without-rate-limit = 没有限速
example-without-rate-limit-about = 失败的同步立即重试，而不是等 1 秒、2 秒、4 秒……
example-without-rate-limit-try = 下一次同步的第一次调用会失败，限速器已关闭。应用并单步：同步失败，键在同一秒就回到队列。再次设定故障，它就会空转。后退并打开限速器：键会先等 1 秒，再等 2 秒。
example-start-up = 控制器的启动
example-start-up-about = 控制器管理器刚刚启动。在第一个 Job 到来之前，单步看它做了什么。
example-start-up-try = 按“单步”，看循环图里的 Job 控制器：它先问 API 服务器是否应答，由各个部件组成（客户端、informer 与处理函数、队列、事件记录器），列出已有的对象，等所有缓存装满，再启动 worker。然后应用这个 Job：它来到一个您看着启动的控制器。
example-controller-crash = Job 中途控制器重启
example-controller-crash-about = 控制器管理器死掉，忘记一切；每个 Pod 仍然只计一次。
example-controller-crash-try = 应用并单步，直到 Pod 运行。杀死并重启控制器管理器：缓存、队列和期望都没了。单步走过它的启动，再运行到空闲：它列出一切，接管已有的 Pod，Job 以 4/4 结束，每个 Pod 只计一次。
example-node-down = 节点故障
example-node-down-about = node-2 断电：NotReady、污点、驱逐，Pod 在别处重建。
example-node-down-try = 应用并单步，直到 3 个 Pod 运行。在循环视图里按 node-2 的电源按钮，然后反复运行到有对象改变。50 秒内没人察觉；之后节点变为 NotReady，Pod 视为未就绪，节点加上污点；5 分钟后 Pod 被驱逐，Job 控制器在活着的节点上另建一个。再打开 node-2：它的 Pod 结束。

## 开关、故障与断点
mechanisms = 开关与故障
mechanisms-about = 真实集群没有这些。关掉一个机制，就能看出它的用处；每次改动都是一步，“后退”可以撤销。
mechanisms-limited = 现在在上课：只能使用没有变灰的部分。
mechanisms-on = 开
mechanisms-off = 关
mechanisms-off-count = { $count } 项已关
mechanisms-switches = 控制器的开关
mechanisms-others = 其他 { $count } 个
switch-expectations = 期望（expectations）
switch-expectations-about = 创建 Pod 之后，控制器要等 watch 显示出它们。没有这一步，它会按旧缓存清点，再创建一遍。
switch-cache-sync = 等待缓存同步
switch-cache-sync-about = 所有缓存装满之后 worker 才启动。没有这一步，刚启动的控制器看得到 Job 却还看不到它的 Pod，于是再创建一遍。
switch-rate-limiter = 限速器
switch-rate-limiter-about = 失败的键先等 1 秒，再等 2 秒、4 秒……最多 1 分钟。没有它，键会立即一再重试，拖累 API 服务器。
mechanisms-delivery = Watch 送达
mechanisms-delivery-about = 缓存靠 watch 事件更新。事件被扣住时，控制器只能按以前所知行动；慢网络也会这样。
mechanisms-delivery-of = 把 { $resource } 的 watch 事件送达控制器
mechanisms-workers = Worker
mechanisms-workers-about = Worker 从队列取键，可同时处理多个键，但同一个键不会同时被处理两次。一个都没有时，键会堆积，什么也不会做。
mechanisms-workers-of = { $queue } 的 worker
mechanisms-fewer = { $queue } 减少一个 worker
mechanisms-more = { $queue } 增加一个 worker
mechanisms-zero = 0 个 worker：{ $queue }
mechanisms-count = { $count ->
    [0] 没有
   *[other] { $count } 个
  }
mechanisms-faults = 故障
mechanisms-nodes = 节点电源
mechanisms-nodes-about = 死掉的节点不会说话。50 秒没有租约后它被视为 NotReady 并加上污点；再过 5 分钟，它的 Pod 被驱逐，在别处重建。
mechanisms-restart = 控制器管理器
mechanisms-restart-do = 杀死并重启
mechanisms-restart-about = 它记住的一切都会丢失：缓存、队列、期望、退避。重要的都在 API 服务器里，所以它重新列出一切，继续工作。
mechanisms-fail = 失败的调用
mechanisms-fail-about = 网络和服务器会在同步中途出错。控制器必须能把整个同步再做一遍，而不重复做任何事。
mechanisms-fail-queue = 谁的下一次同步
mechanisms-fail-call = 第几次调用
mechanisms-fail-how = 怎样失败
mechanisms-fail-error = 服务器错误
mechanisms-fail-conflict = 冲突
mechanisms-fail-crash = 随后崩溃
mechanisms-fail-do = 设定
mechanisms-kill = 杀死容器
mechanisms-kill-about = 主进程收到 SIGKILL，就像内存耗尽时一样：退出码 137。接下来怎样，由重启策略和退避次数上限决定。
mechanisms-kill-none = 目前没有运行中的容器。
mechanisms-kill-which = 容器
mechanisms-kill-do = 杀死
fault-node-down = 您关掉了 { $node }：它断电了。
fault-node-up = 您重新打开了 { $node }。
fault-kill-container = 您杀死了 Pod { $pod } 的容器 { $container }。
fault-restart-controllers = 您杀死了控制器管理器；它重新启动，什么都不记得。
fault-fail-call = { $how ->
    [conflict] { $queue } 下一次同步的第 { $call } 次调用将因冲突被拒绝。
    [crash] 在 { $queue } 下一次同步的第 { $call } 次调用处，控制器管理器将崩溃。
   *[other] { $queue } 下一次同步的第 { $call } 次调用将遇到服务器错误。
  }
fault-workers = { $queue } 现在{ $count ->
    [0] 没有 worker
   *[other] 有 { $count } 个 worker
  }。
fault-delivery = { $state ->
    [off] { $resource } 的 watch 事件被扣住：控制器的缓存保持原样。
   *[on] { $resource } 的 watch 事件又能送达控制器了。
  }
fault-switch = { $state ->
    [off] 您关掉了一个机制：{ $what }。
   *[on] 您打开了一个机制：{ $what }。
  }
breakpoints = 断点
breakpoints-none = 运行会停在您标记的地方：在步骤面板里，按同步阶段或事件处理函数前的圆点。
breakpoints-clear = 全部清除
breakpoint-clear = 清除断点 { $place }
breakpoint-at = 运行停在 { $place }

## 控制器的各部分
loop-start = 控制器管理器正在启动
loop-start-api = API 服务器
loop-start-api-about = 首先等待 API 服务器有回应。
loop-start-controllers = 控制器
loop-start-controllers-about = 然后创建控制器：事件记录器、informer、处理函数。
loop-start-caches = 缓存
loop-start-caches-about = 等待所有缓存装满。
loop-start-running = worker
loop-start-running-about = 最后启动 worker：从现在起，键会被从队列取出。
loop-off-cache-sync = 不等待同步
loop-off-rate-limiter = 不限速
loop-off-expectations = 不理会
loop-off-workers = 没有 worker
loop-held = 被扣住
loop-synced = 已同步
loop-store-jobs = Job lister 从这里读取
loop-handlers = 事件处理函数与最后的键
loop-handler = { $handler } 最后把 { $key } 放入队列
loop-handlers-none = 还没有放入任何键
loop-client-parts = 这一步向 API 服务器提出的请求
loop-client = kube client
loop-pod-control = pod control
loop-recorder = recorder
loop-armed = 第 { $call } 次调用将失败
loop-no-calls = –
loop-no-power = 断电
loop-node-off = 关掉 { $node }
loop-node-on = 打开 { $node }
