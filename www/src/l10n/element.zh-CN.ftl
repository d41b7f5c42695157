# <kube-step> 在其他内容加载之前说的话：只有纯文字，第一个脚本因此不需要 Fluent。
element-run = 在此运行
element-loading = 正在加载…
element-about = 在本页内运行一个 Kubernetes 控制平面，可以逐步执行
element-manifest = 清单
element-failed = Kubestep 无法在此启动。
