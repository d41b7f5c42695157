# “分享”菜单的中文文字；与 share.en.ftl 的消息一一对应，随菜单一起加载。

share-menu = 分享并保存这次运行
share-link = 复制链接
share-link-about = 打开后就是这次运行的这一步。内容全在链接里，不存放在任何地方。
share-run = 保存运行
share-run-about = 一个小文件，含所有分支。程序 kubestep 也能重放它。
share-offline = 保存离线页面
share-offline-about = 一个 HTML 文件，包含 Kubestep 和这次运行，无需网络。
share-markdown = 复制为 Markdown…
share-markdown-about = 清单、命令，以及以表格列出的步骤。
share-embed = 用于文档页面
share-embed-about = 复制在此处打开的 <kube-step>，并保存其静态图。
share-svg = 图示存为 SVG
share-svg-about = 这一步的控制循环图，适应浅色与深色。
share-png = 图示存为 PNG
share-png-about = 同一张图，与现在看到的一样。
share-manifests = 对象存为清单
share-manifests-about = 可在任何集群上用 kubectl apply 的 YAML。
share-open = 打开文件…
share-open-about = 保存的运行或离线页面。
share-open-file = 要打开的文件
share-copied = 已复制
share-saved = 已保存：{ $name }
share-embedded = 已复制；静态图已保存：{ $name }
share-making = 请稍候……
share-failed = 无法生成：{ $message }
share-too-large = { $name } 太大，不会是一次运行：最多读取 24 MiB。
share-no-objects = 还没有可保存的内容：尚未创建任何对象。

## 复制为 Markdown

markdown-dialog = 复制为 Markdown
markdown-from = 从第几步
markdown-to = 到第几步
markdown-all = 每一步，包括没有写入的
markdown-count = { $count ->
    [0] 这个范围里没有这样的步骤
   *[other] { $count } 步
  }
markdown-too-many = 共 { $count } 步：表格只包含前 { $most } 步。
markdown-preview = 预览
markdown-copy = 复制
markdown-save = 存为文件
markdown-title = Kubestep：第 { $from } 步到第 { $to } 步
markdown-link = 打开这次运行
markdown-file = 文件 { $name }：
markdown-commands = 命令：
markdown-step = 步骤
markdown-time = 时间
markdown-who = 谁
markdown-what = 做了什么

## 图示

picture-title = Kubestep：第 { $step } 步，t + { $time }
