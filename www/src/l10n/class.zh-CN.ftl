# 批改全班的页面上的文字（简体中文）。class.en.ftl 里有同样的条目。

class = 批改全班
class-about = 把全班交来的文件拖到这里，多少个都行。每一份都在这个页面里、用你自己的练习重新运行一遍，所以不必相信文件里的任何说法。没有文件会离开这个浏览器。
class-exercise = 练习
class-choose-lesson = 选择一课…
class-exercise-file = 打开练习文件
class-exercise-drop = 或者把它的 zip 拖到页面任意位置
class-submissions = 提交
class-choose-files = 选择文件
class-drop = 或者拖到这里：文件、文件夹，或者装着它们的 zip
class-reading = 正在读取 { $done } / { $of }
class-grading = 已批改 { $done } / { $of }
class-cancel = 停止
class-go-on = 继续批改
class-clear = 清空
class-needs-exercise = 请选择这些提交对应的练习。
class-waiting-files = { $count } 个文件在等待选择练习。
class-graded = 批改了 { $count } 份提交，用时 { $seconds } 秒。
class-csv = 存为 CSV

## 数字

class-figures = 全班的数字
class-figure-passed = 份通过
class-figure-not = 份未完成
class-figure-tampered = 份不可信
class-figure-refused = 份无法读取
class-figure-waiting = 份尚未批改
class-summary = 逐个任务
class-passed-of = { $passed } / { $count } 通过
class-stuck-here = { $count ->
    [0] 没有人停在这里
   *[other] { $count } 人停在这里
  }

## 表格

class-table = 提交
class-find = 查找
class-show = 结果
class-all = 全部
class-stuck-at = 停在
class-anywhere = 任意位置
class-shown = 显示 { $shown } / { $count }
class-none-shown = 没有这样的提交。
class-col-name = 姓名
class-col-result = 结果
class-col-points = 得分
class-col-stopped = 停在哪里
class-col-steps = 步数
class-col-branches = 分支
class-col-commands = 命令
class-col-hints = 提示
class-run = 运行
class-open = 打开
class-is-waiting = 等待中
class-is-passed = 通过
class-is-not = 未完成
class-is-tampered = 被改动过
class-is-refused = 无法读取
class-here = 停在这里
class-task-open = 未通过
class-done-at = 第 { $step } 步完成
class-at = 第 { $step } 步
class-question-open = 有问题没有答对
class-answered = 回答：{ $answer }
class-not-answered = 没有回答
class-times = 从 { $started } 到 { $finished }（文件里这样写）。

## 不读取的文件

class-large = 文件太大：{ $bytes } 字节，上限是 { $most }
class-no-text = 这不是文本（UTF-8）
class-unreadable = 无法读取这个文件
class-newer-link = 这个链接由本程序的更新版本生成
class-broken-link = 链接已损坏：被截断、被改动，或者内容太多
class-zip-large = 这个 zip 的内容比全班交来的还多
class-zip-broken = 这不是可以读取的 zip
class-zip-empty = 这个 zip 里没有提交
class-failed = 程序处理它时出错了
