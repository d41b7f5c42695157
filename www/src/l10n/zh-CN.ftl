# 页面的中文文字；与 en.ftl 的消息一一对应。

examples = 示例
lessons = 课程
lessons-course = 课程目录
examples-wrong = 会出什么问题
share = 分享
save-run = 保存
theme = 浅色或深色
help = 按键与帮助
menu = 分支与分享
panes = 面板
pane-files = 文件
pane-loop = 回路
pane-step = 步骤
pane-mechanisms = 故障
pane-terminal = 终端
pane-objects = 对象
branches = 分支
branch = { $name } · { $length } 步
branch-rename = 重命名此分支…
dismiss = 知道了
close = 关闭
cancel = 取消
run = 运行
more = ……还有 { $count } 个
value-yes = 是
value-no = 否

## 通知

notice-link-broken = 这个链接不完整：有一部分在途中丢失了。已改为从头开始。
notice-link-version = 这个链接由更新版本的 Kubestep 生成。已改为从头开始。
notice-link-in-bar = 这次运行的链接已放入地址栏。
notice-run-broken = 这个文件里没有 Kubestep 能打开的运行：{ $message }
notice-too-large = { $name } 放不下这么多内容：每个文件最多 1 MiB。原有内容没有改变。
notice-refused = { $message }
notice-not-allowed = 本课不行：{ $why }。
notice-loop = 已停止：集群时间过去了十分钟，没有任何新变化。只有 { $pods } 还在继续：它的程序在循环，或者一再被重试。“单步”和“播放”可以继续前进。
notice-loop-quiet = 已停止：集群时间过去了十分钟，没有任何新变化，还在继续的只是重复；正在等待的命令可以在终端里按 Ctrl-C 结束。“单步”和“播放”可以继续前进。
notice-not-reached = 已经没有事情可做，等待的事情没有发生。
notice-breakpoint = 停在断点：{ $controller } 刚刚经过 { $place }。“单步”和“播放”可以继续前进。
notice-branched = 这与之前发生的不同，所以现在是一个新的分支：{ $name }。{ $parent } 仍然保留。
notice-crashed = Kubestep 自身在这里出错了。已用最后一个正常状态重新启动；您可以保存这次运行并随报告发送。
notice-crashed-again = Kubestep 自身再次出错，因此已重新启动，未载入您的运行。您仍可以保存这次运行并随报告发送。
notice-run-lost = 这个版本的 Kubestep 已无法重放您的运行：{ $message }。请先保存，再用生成它的版本打开。
notice-not-loaded = 页面的这一部分未能加载。网络是否可用？
notice-update = 有新版本。您的运行会保持原样。
update = 重新加载
notice-update-kept = 浏览器没有空间为新版本保留您的运行。请先保存。
notice-updated = 现在是 Kubestep { $version }。您的运行保持原样。
notice-no-engine = Kubestep 无法启动。它需要支持 WebAssembly 的浏览器；如果您的浏览器支持，请重新加载页面。

## 编辑器

files = 文件
file-add = 添加文件
file-remove = 移除 { $name }
editor-of = { $name } 的内容
faults = 此文件中的错误
fault-line = 第 { $line } 行
apply = 应用
hint-apply = 从这里开始：把这份清单发送给集群。

## 时间

transport = 时间
to-start = 回到开头
back = 后退
back-title = 后退一步（←）
step = 单步
step-title = 前进一步（→）
play = 播放
pause = 暂停
play-title = 播放或暂停（空格）
speed = 速度
to-idle = 到空闲
to-idle-title = 运行到无事可做
run-until = 运行直到…
until-change = 有对象改变（Shift →）
until-event = 出现某个事件…
until-condition = 某个状况为真…
until-time = 若干秒之后…
until-step = 某一步…
until-end = 此分支的末尾
ask-event = 运行直到出现此原因的事件
ask-condition = 运行直到所选对象的此状况为真
ask-condition-select = 请先选择一个对象。
ask-time = 运行这么多秒
ask-step = 运行到第几步
ask-number = 请输入数字。
timeline = 时间线
timeline-at = 第 { $step } 步，共 { $length } 步
where = { $step } / { $length } · t + { $time }
hint-step = 现在按“单步”。

## 步骤面板

step-panel = 发生了什么
step-when = 第 { $step } 步 · t + { $time }
step-beginning = 还没有发生任何事情。
step-beginning-more = 集群已启动，正在等待。应用一份清单，然后按“单步”：每次只发生一件事，这里会说明发生了什么、怎样发生、为什么发生。
step-phases = 过程
step-calls = { $count } 次 API 调用
step-why = 原因
step-no-cause = 一切从这里开始：没有更早的步骤导致它。
step-no-cause-routine = 集群启动以来一直自行做这件事，无论有没有人提出要求。
step-effects = 引出了之后的 { $count } 步
step-in-past = 您正处在过去：此分支一直延续到第 { $length } 步。从这里做别的事会开始新的分支，什么也不会丢失。
into-start = 逐次调用查看
into-at = 已完成 { $done } / { $all } 次调用
into-previous = 上一次调用
into-next = 下一次调用
into-leave = 完成
diff = 变化
diff-created = 新对象
diff-filled-in = 服务器补上了 { $count } 个字段
diff-deleted = 对象最后的样子
diff-none = 没有字段改变。
diff-count = { $count } 个字段改变

## 做了什么

act-deliver = { $actor } 得知 { $kind } { $object } { $type ->
    [ADDED] 已添加
    [MODIFIED] 有变化
    [DELETED] 已删除
   *[other] （{ $type }）
  }。
act-list = { $actor } 列出了所有 { $resource }，以填充缓存。
act-reconcile = { $kind ->
    [none] { $actor } 做了一次例行检查。
   *[other] { $actor } 从队列取出 { $object }，比较现状与期望。
  }
act-schedule = { $actor } 为 Pod { $object } 寻找节点。
act-syncPod = { $actor } 让 Pod { $object } 前进了一步。
act-syncPod-kubelet = { $actor } 上的 kubelet 让 Pod { $object } 前进了一步。
act-deliver-kubelet = { $actor } 上的 kubelet 得知 { $kind } { $object } { $type ->
    [ADDED] 已添加
    [MODIFIED] 有变化
    [DELETED] 已删除
   *[other] （{ $type }）
  }。
act-probe = { $actor } 探测 Pod { $object } 的状态。
act-probe-kubelet = { $actor } 上的 kubelet 探测 Pod { $object } 的状态。
act-process = Pod { $object } 里的程序继续运行。
act-timer = { $kind ->
    [none] 过去了 { $duration }。
    [Node] 过去了 { $duration }，直到 { $object } 该再次报告自己正常。
   *[other] 过去了 { $duration }，直到 { $kind } { $object } 到时间了。
  }
act-command = 您运行了“{ $line }”。
act-request = 一个客户端程序向 API 服务器发送了“{ $line }”。
act-other = { $actor }：{ $action } { $object }

## 结果

did-create = 它创建了 { $what }。
did-update = 它更新了 { $what }。
did-update-status = 它写入了 { $what } 的状态。
did-patch = 它修改了 { $what }。
did-patch-status = 它写入了 { $what } 的状态。
did-delete = 它删除了 { $what }。
did-create-binding = 它把 { $what } 绑定到一个节点。
did-other = 它对 { $what } 执行了“{ $verb }”。
did-update-sub = 它更新了 { $what } 的 { $subresource }。
did-patch-sub = 它修改了 { $what } 的 { $subresource }。
did-create-sub = 它为 { $what } 创建了 { $subresource }。
did-not-find = 它查询了 { $what }：不存在。
did-refused = API 服务器拒绝对 { $what } 执行 { $verb }：{ $reason }。
did-not-heed = 缓存还没有显示出它之前所做的，它就行动了：本该等待的期望已关闭，或已过期。
did-nothing = 没有需要改变的。
n-of-kind = { $count } 个 { $kind }

## 接下来

next-panel = 接下来可能发生
next-empty = 没有：集群处于静止。请应用一份清单，或让时间流逝。
next-rest = 集群处于静止：没有剩下要做的事。可以用 kubectl 查看、后退，或应用别的清单。再前进只会让时间流逝。
next-rest-first = 集群处于静止：还没有人向它提出要求。应用这份清单，就有可以单步查看的事情了。
next-tries = 集群处于静止，只是还会不时重试 { $pods }。
next-waits = 没有别的事可做，只需等待 { $pods }。
next-default = 下一步
next-branches = 选择与之前不同的事会开始新的分支。

## 终端

terminal = 终端
terminal-input = 命令行
terminal-empty = 这里是本页集群的 kubectl。试试：
terminal-running = 仍在运行

## 帮助

help-title = 单步走过 Kubernetes
help-about = Kubestep 在本页中运行一个 Kubernetes v1.36 控制平面。应用一份清单，然后一次一个事件地查看之后发生的事：发生了什么、怎样发生、为什么发生。随时可以后退；在过去做别的事会开始新的分支。
help-honest = API 服务器、控制器、调度器和 kubelet 遵循真实的行为。容器是模拟的：shell 脚本会真正被解释，但不会拉取镜像，也不会运行其他程序。
version = 版本 { $version }
key-step = 前进一步
key-back = 后退一步
key-change = 到对象的下一次改变
key-ends = 到开头、到末尾
key-play = 播放或暂停
key-apply = 应用编辑器中的文件
key-leave = 用键盘离开编辑器
key-help = 此帮助

## 接下来可能发生：每种动作一句

may-deliver = { $actor } 得知 { $kind } { $object } { $type ->
    [ADDED] 已添加
    [MODIFIED] 有变化
    [DELETED] 已删除
   *[other] （{ $type }）
  }
may-deliver-kubelet = { $actor } 上的 kubelet 得知 { $kind } { $object } { $type ->
    [ADDED] 已添加
    [MODIFIED] 有变化
    [DELETED] 已删除
   *[other] （{ $type }）
  }
may-list = { $actor } 列出所有 { $resource }
may-reconcile = { $kind ->
    [none] { $actor } 做一次例行检查
   *[other] { $actor } 从队列取出 { $object }
  }
may-schedule = { $actor } 为 { $object } 寻找节点
may-syncPod = { $actor } 上的 kubelet 照看 Pod { $object }
may-process = Pod { $object } 里的程序继续运行
may-register = { $actor } 上的 kubelet 注册节点
may-heartbeat = { $actor } 上的 kubelet 报告节点正常
may-timer = { $kind ->
    [none] 过去 { $duration }
    [Node] 过去 { $duration }，直到 { $object } 该再次报告自己正常
   *[other] 过去 { $duration }，直到 { $kind } { $object } 到时间
  }
may-resume = 您的命令继续运行
may-command = 您运行“{ $line }”
may-other = { $actor }：{ $action } { $object }

act-register = { $actor } 上的 kubelet 注册了节点。
act-heartbeat = { $actor } 上的 kubelet 报告节点正常。
act-resume = 您的命令继续运行。
act-interrupt = 您用 Ctrl-C 停止了命令。

## 各组件所称的阶段

note-read-cache = { $found ->
    [no] 查看缓存：不在其中
   *[other] 从缓存中读取
  }
note-read-object = { $found ->
    [no] 询问 API 服务器：已不存在
   *[other] 从 API 服务器读取
  }
note-expectations = { $satisfied ->
    [unheeded] 还没有看到 { $adds } 个创建、{ $dels } 个删除，缓存已过时；但它照样行动，因为现在没人理会期望（已关闭，或已超过 5 分钟）
    [no] 还在等着看到 { $adds } 个创建、{ $dels } 个删除，所以缓存还不可信
   *[other] 之前所做的都已看到，缓存可信
  }
note-count-pods = 清点 Pod：{ $active } 个活动，{ $ready } 个就绪，{ $terminating } 个正在终止，{ $succeeded } 个成功，{ $failed } 个失败
note-manage = { $suspended ->
    [yes] Job 已挂起：不应有活动的 Pod，现有 { $have } 个
   *[other] 应有 { $want } 个活动的 Pod，现有 { $have } 个
  }
note-backoff = 已失败 { $failures } 次，等待 { $seconds } 秒后再建 Pod
note-create-pods = 创建 { $count } 个 Pod
note-delete-pods = 删除 { $count } 个 Pod
note-track = 有 { $finished } 个结束的 Pod 要计入
note-status = 算出了状态
note-over = Job 结束：{ $condition }，原因是 { $reason }
note-done = 对此对象没有更多要做的
note-remove-finalizer = 放开 Pod { $pod }：不再需要清点它
note-aggregate = { $changed ->
    [no] 汇集了 { $rules } 条规则：角色中已有
   *[other] 汇集了 { $rules } 条规则，写入角色
  }
note-in-use = { $used ->
    [yes] 仍在使用，因此保留
   *[other] 已无人使用
  }
note-protect = { $protected ->
    [yes] 用 { $finalizer } 保护它，使用期间不被删除
   *[other] 移除 { $finalizer }，让它可以消失
  }
note-requeue = { $pods ->
    [0] 有变化（{ $event }），没有等待的 Pod 需要它
   *[other] { $event }：{ $pods } 个等待的 Pod 也许可以放下了
  }
note-retry = 失败了（{ $error }），会再试
note-owners = 查看属主：{ $solid } 个存在，{ $dangling } 个已不在
note-delete = 删除 { $name }
note-foreground = 等待 { $blocking } 个从属对象先消失
note-orphan = 让 { $dependents } 个从属对象失去属主
note-delete-content = 命名空间里还有 { $left } 个对象
note-finalize = 放开命名空间 { $namespace }
note-names = { $accepted ->
    [yes] 它要的名字都没人用：接受
   *[other] 它要的名字不全都空着（{ $reason }）
  }
note-approval = { $approved ->
    [yes] 它的 API 已获批准
   *[other] 它的 API 未获批准（{ $reason }）
  }
note-check-types = { $warnings ->
    [0] 检查了表达式的类型：没有问题
   *[other] 检查了表达式的类型：{ $warnings } 条警告
  }
note-establish = 从现在起提供 { $name } 的对象
note-delete-instances = 删除它在 { $namespaces } 个命名空间里的对象
note-instances-left = 它还剩 { $left } 个对象
note-finalize-definition = 放开定义 { $name }
note-expired = 已结束 { $seconds } 秒：保留时间已过
note-jobs = { $all } 个 Job，其中 { $active } 个活动
note-next = 下一次运行在 { $seconds } 秒后
note-clean-up = 删除 { $count } 个旧 Job
note-replicas = 清点 Pod：{ $replicas } 个活动，{ $ready } 个就绪，{ $available } 个可用，{ $terminating } 个正在终止
note-replica-sets = 它有 { $count } 个 ReplicaSet
note-paused = 它已暂停：不更新，只保持 Pod 的数量
note-scaling = 副本数改成了 { $want }：先扩缩，再更新
note-new-replica-set = 为这个模板创建 ReplicaSet：修订版 { $revision }，先要 { $replicas } 个 Pod
note-revision = 这个模板现在是修订版 { $revision }
note-hash-collision = ReplicaSet 的名字已被占用（第 { $count } 次冲突）：下次换一个名字
note-rolling = 要 { $new } 个新 Pod 和 { $old } 个旧 Pod，{ $available } 个可用；最多可有 { $most } 个，至少要有 { $least } 个可用
note-old-pods = { $running ->
    [yes] 旧 Pod 还在运行：等它们消失
   *[other] 已没有旧 Pod 在运行
  }
note-scale = 把 { $name } 从 { $from } 调整到 { $to }
note-rollback = 回到修订版 { $revision }
note-forget-revisions = 旧 ReplicaSet 比历史记录要保留的多 { $count } 个
note-progress = 更新的进展：{ $reason }
note-deadline = { $seconds } 秒后再看有没有进展
note-due = { $job } 到时间了
note-create = 创建 { $serviceAccount }{ $configMap }
note-update = 更新 { $configMap }
note-issue-token = 把服务账户 { $account } 的令牌写进 Secret
note-recount = 重新统计已用量：{ $used }
note-no-selector = 这个 Service 不选择任何 Pod：它的端点不归这个控制器管
note-select-pods = 它的选择器选中 { $pods } 个 Pod：有地址且就绪的 { $ready } 个，有地址但未就绪的 { $notReady } 个
note-cache-behind = 缓存里还是它已改写过的 { $kind }：等待新消息
note-endpoints-equal = Endpoints 已经是应有的样子
note-write-endpoints = { $create ->
    [yes] 创建 Endpoints
   *[other] 重写 Endpoints
  }
note-plan-slices = 把切片与 { $pods } 个 Pod 比较：新建 { $create } 个，更新 { $update } 个，删除 { $delete } 个
note-service-variables = 给容器 { $count } 个环境变量，来自 kubelet 所知的 Service
note-queue = 从队列取出这个 Pod（第 { $attempt } 次尝试）
note-filter = { $fits ->
    [no] { $node } 不行：{ $plugin } 说“{ $reasons }”
   *[other] { $node } 可以
  }
note-score = { $node } 得 { $total } 分
note-select = 选中得分最高的 { $node }（{ $score }）
note-assume = 从现在起视为已放在 { $node }
note-bind = 告诉 API 服务器：这个 Pod 去 { $node }
note-bind-failed = API 服务器没有接受：{ $message }
note-unschedulable = 没有合适的节点：{ $message }
note-pod-added = Pod { $pod } 被分配到这个节点
note-sync-pod = 这个 Pod 处于 { $phase }
note-create-sandbox = 建立 Pod 的网络 { $ip }{ $error }
note-mount-failed = 卷无法挂载：{ $message }
note-volume-written = 重新写入卷 { $volume }
note-volume-stale = Pod { $pod } 的文件将在下一次同步（{ $until }）时更新
note-node-down = { $node } 断电：上面运行的一切都没了
note-node-up = { $node } 恢复供电
note-monitors = 另外跟踪 { $count } 种资源中对象的归属关系
note-revisions = 模板是修订 { $update }；之前是 { $current }
note-ordinals = 需要 { $want } 个 Pod，已有 { $have } 个，多出 { $condemned } 个；{ $ordered ->
  [no] 同时进行
 *[other] 逐个进行
}
note-create-pod = 创建 { $name }
note-delete-pod = 删除 { $name }：{ $why ->
  [scale-down] 它是多余的
  [update] 它属于旧模板
 *[other] 它已结束，而它应一直运行
}
note-wait-for-pod = 等待 { $name }：{ $why ->
  [terminating] 它还没有消失
  [not-ready] 它尚未就绪
 *[other] 它就绪的时间还不够长
}
note-wait-for-claim = 等待之前的 { $name } 的存储被删除
note-create-claim = 创建申领 { $name }
note-claim-owner = 在申领 { $name } 中写明它随谁一起删除
note-replace-old = { $old } 个 Pod 属于旧模板（序号低于 { $partition } 的保持不变），{ $unavailable } 个不可用；最多可缺 { $most } 个
note-daemon-nodes = { $nodes } 个节点应有它的 Pod：{ $missing } 个没有，多出 { $surplus } 个 Pod
note-failed-pod-stays = { $node } 上的 Pod 再次失败：先保留一段时间再替换
note-daemon-rolling = { $old } 个 Pod 属于旧模板，{ $busy } 个正在更替；同时最多 { $most } 个
note-budget = { $expected } 个 Pod 中 { $healthy } 个健康，至少须有 { $desired } 个：可驱逐 { $allowed } 个
note-budget-failed = 无法算出预算，因此不允许驱逐：{ $error }
note-no-scale = 无法读取目标的副本数：{ $error }
note-replicas-in-bounds = 目标要求 { $current } 个副本；允许 { $min } 到 { $max } 个
note-rescale = 副本数从 { $from } 改为 { $to }
note-no-metrics = 不知道 Pod 的用量：{ $error }
note-find-volume = { $found ->
  [no] 没有合适的卷
 *[other] 找到了合适的卷
}
note-bind-volume = 将卷 { $volume } 与申领 { $claim } 互相绑定
note-storage-phase = 现在的阶段是 { $phase }
note-claim-volume = 为申领 { $claim } 选择了卷 { $volume }，等待绑定完成
note-claim-node = 为申领 { $claim } 请求靠近 { $node } 的卷
note-node-observed = 发现新节点 { $node }
note-node-gone = 节点 { $node } 不存在了
note-node-silent = { $node } 太久没有消息：没人知道它的状况
note-pod-not-ready = Pod { $pod } 视为未就绪，不管它上次怎么说
note-mark-for-tainting = { $node } 仍未就绪：上面的 Pod 要离开
note-taint-node = 给 { $node } 设置污点：{ $taints }
note-rate-limited = 等待 { $seconds } 秒：节点是慢慢清空的
note-evictions-stopped = 不从 { $node } 驱逐任何 Pod：它所在的区域大部分已失联
note-all-zones-disrupted = 全部 { $nodes } 个节点都没有消息：问题可能在别处，所以不驱逐任何 Pod
note-zone-state = 该区域现在的状态是 { $state }
note-node-taints = { $node } 有 { $taints } 个会驱逐 Pod 的污点
note-plan-eviction = Pod { $pod } 还可以停留 { $seconds } 秒
note-cancel-eviction = Pod { $pod } 可以留下了
note-evict = Pod { $pod } 的时间到了：驱逐它
note-quarantine = 节点 { $node } 不存在：40 秒后再看
note-collect-pod = 移除 Pod { $pod }：{ $why }
note-probe = { $passed ->
    [no] { $container } 的 { $probe } 探针失败
   *[other] { $container } 的 { $probe } 探针通过
  }
note-pull-image = 拉取镜像 { $image }
note-pull-failed = 镜像 { $image } 无法拉取：{ $message }
note-image-error = { $reason }：{ $message }
note-image-back-off = 等待后再次拉取 { $image }
note-config-error = 无法创建容器：{ $message }
note-back-off = 容器 { $container } 等待 { $wait } 后再启动
note-start-container = { $started ->
    [no] 容器 { $container } 没有启动
   *[other] 启动了容器 { $container }
  }
note-run-process = { $lines ->
    [0] { $container } 里的程序运行了，没有输出
   *[other] { $container } 里的程序运行了，输出 { $lines } 行
  }
note-process-waits = 它在休眠
note-process-exited = 它以退出码 { $code } 结束
note-write-status = 写入 Pod 的状态：{ $phase }
note-status-refused = API 服务器没有接受状态：{ $message }
note-terminate-pod = 停止 Pod，给它 { $graceSeconds } 秒自行结束
note-signal = 向容器 { $container } 发送信号 { $signal }
note-release-pod = 处理完这个 Pod（{ $phase }）
note-register-node = 注册 { $node }
note-renew-lease = 更新了 { $node } 的租约：它还活着
note-report-status = 报告了 { $node } 的状态

## The controller manager's start, event handlers, and faults

may-start = { $actor } 继续启动
act-start = { $actor } 继续启动。
note-api-available = API server 有回应：版本 { $version }
note-new-controller = 创建了 { $controller }：{ $recorder ->
    [no] informer
   *[other] 事件记录器、informer
  }（{ $informers }）及其处理函数
note-skip-controller = 没有启动 { $controller }：API server 不提供 { $missing }
note-caches-synced = { $all } 个缓存中有 { $synced } 个已装满
note-caches-not-awaited = 没有等待缓存：{ $all } 个缓存中只有 { $synced } 个已装满
note-start-workers = 为 { $controller } 的队列启动了 { $workers } 个 worker
note-handler = { $controller } 的处理函数 { $handler }：把 { $key } 放入队列 { $queue }{ $seconds ->
    [0] { "" }
   *[other] （{ $seconds } 秒后）
  }
note-crashed = 进程已死：缓存、队列、期望和退避都丢失了
