# Kubestep 各面板的文字：控制循环、对象检查器、示例。Kubernetes 自身的名称保持原样。

## 控制循环视图
loop = 控制循环
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
