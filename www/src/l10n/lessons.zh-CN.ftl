# 课程页面的文字，简体中文。消息与 lessons.en.ftl 相同。

## 课程

course = 调谐，一步一步来
course-about = 看 Kubernetes 怎样一个事件一个事件地实现你的要求。每一课在页面里都有自己的集群：你阅读、单步、制造故障，每个任务都边做边检查。
course-so-far = { $done ->
    [0] 共 { $count } 课，大约 { $minutes } 分钟。
   *[other] 已完成 { $done } 课，共 { $count } 课。
  }
course-begin = 开始：{ $title }
course-continue = 继续：{ $title }
course-kept = 你的进度只保存在这个浏览器里，不会发送到任何地方。想带走或备份，请存成文件。
playground = 演练场
lessons-all = 全部课程
lesson-minutes = { $minutes } 分钟
lesson-is-done = 已完成
lesson-is-begun = 任务 { $passed } / { $count }
progress-export = 保存进度
progress-import = 载入进度
progress-imported = { $count ->
    [0] 文件里的进度都不比这里的多。
   *[other] 已从文件载入 { $count } 课的进度。
  }
progress-broken = 这个文件里没有 Kubestep 课程的进度。什么都没有改动。
progress-newer = 这个文件由比本页更新的 Kubestep 写成。什么都没有改动。
progress-large = 这个文件太大，不可能是进度文件。什么都没有改动。
author-link = 编写课程
class-link = 批改全班

## 一课

no-such-lesson = 没有这一课。
pane-text = 课文
pane-next = 下一步
pane-tasks = 任务
lesson-text = 课文
lesson-ways = 其他课程
lesson-open = 所有任务都通过，这一课就完成了。不用着急，离开也不会丢失任何东西。
lesson-done = 所有任务都已通过，这一课完成了。
meter = 已通过 { $done } 个任务，共 { $count } 个
anew = 重新开始
anew-title = 重新开始这一课？
anew-about = 集群回到这一课的开头；你的回答和运行记录会被放到一边。
anew-do = 重新开始
hand-in = 提交
hand-in-about = 把你做过和回答过的一切存成一个小文件，交给老师。它不会自己发送到任何地方。
hand-in-name = 你的姓名（如果需要）
hand-in-do = 保存文件
go-on = 打开保存的运行
go-on-title = 接着这一课已提交或已保存的记录继续
notice-lesson-changed = 这一课在你上次来过之后有改动。已通过的任务仍算通过；你的运行记录放到了一边，这一课从头开始。
notice-other-lesson = 这个文件属于另一课：{ $lesson }。

look-whose = 你正在看 { $name } 交来的运行，停在对方停下的地方。可以单步查看；不会改变或保存任何东西。
look-only = 这个运行只供查看

## 别人给的练习

exercise-open = 打开练习
exercise-open-about = 有人给了你一个练习文件：在这里打开。你做的一切只保存在这个浏览器里，完成后再以你自己的文件交上去。
exercise-choose = 选择文件
exercise-drop = 或者拖到这里（zip）
exercise-large = 里面的内容比任何一课都多，没有打开
exercise-no-zip = 这个 zip 里没有课程
exercise-no-lesson = 这个 zip 里没有课程：缺少 lesson.yaml
exercise-wrong = 这个练习有错误：{ $message }
exercise-link = 这个链接已损坏：被截断或改动过。
exercise-newer = 这个链接由更新版本的页面生成。

## 任务

task = 任务 { $number } / { $count }
task-label = 任务 { $number }
task-passed = 已通过
task-points = { $points } 分
task-checks = 要满足的条件
task-said = 任务 { $number } 已通过。
check-met = 已满足：
check-not-yet = 尚未满足：
check-why = 现在：{ $why }
check-question = 回答：{ $text }
hint = 提示。
run-command = 运行
run-command-title = 把这条命令输入终端
step-now = 单步

## 问题

question-label = 问题：{ $text }
question-one = 问题
question-several = 问题：可能有多个正确答案
question-value = 问题：从集群里读出答案
question-right = ✓ 正确
question-wrong = 不对。
question-wrong-more = 你的回答：{ $answer }。再看一看，再试一次。
question-tell = 告诉我
question-closed = 这个问题问的是另一个时刻：集群到了那里才能回答。请继续单步，或者后退。
answer = 回答

## 部件

widget-loop = 控制回路
widget-step = 一步
widget-objects = 对象
widget-terminal = 终端
widget-yaml = 文件
widget-task = 任务
widget-question = 问题
widget-paused = { $name }：暂停的时刻
widget-at = 暂停的时刻，第 { $step } 步，t+{ $time }
widget-moment = 暂停的时刻
widget-yours = 你的集群
widget-step-title = 单步
widget-reset = 回到这一刻
widget-wrong = 无法显示这个部件：{ $message }

## 作者

author = 编写课程
author-about = 左边是一课的文件，右边是学习者看到的样子。下载之前，一切都只在这个浏览器里。
author-from = 起点
author-from-choose = 从一课开始…
author-open = 打开 zip
author-download = 下载
author-test = 测试
author-testing = 测试中…
author-preview = 预览
author-files = 这一课的文件
author-add = 添加文件
author-add-name = 文件名（en.md、start/job.yaml、hints/too-wide.txt）
author-remove = 删除 { $name }
author-mistakes = { $count ->
    [0] 没有发现错误。
   *[other] { $count } 处错误
  }
author-proven = 这一课名副其实：解答用 { $steps } 步通过所有任务，开头一个也不通过，每条提示都能出现。
author-mistake-at = { $file }，第 { $line } 行
author-no-preview = lesson.yaml 和 start/ 没有错误时，预览就会回来。
author-share = 复制链接
author-link-copied = 链接已复制（{ $count } 个字符）。打开它的人会看到这个练习，但看不到解答。
author-link-copy = 带有这个练习的链接：
author-link-long = 这个练习太长，放不进链接。请分发 zip。
author-replace = 这会替换编辑器里的课程。想保留的话，请先下载。
exercise-lms = 你的得分会自动送到课程平台。
exercise-lms-long = 你的得分会自动送到课程平台。你做的内容太长，平台放不下：它保存在这个浏览器里，换一台电脑就没有。
author-page = 存为网页
author-scorm = 存给学习平台
author-scorm-title = SCORM 1.2 zip，用于 Moodle 等学习平台
author-page-title = 一个 HTML 文件，没有网络也能用
author-page-failed = 无法生成网页：{ $message }
