//! A first lesson for an author to change: it passes its own test. Native only.

use super::lesson::Folder;
use crate::json::Str;

const LESSON: &str = "\
# Every key is explained in docs/lessons.md.
lesson: 1
id: ID
minutes: 5
title:
  en: A Job runs to its end
  zh-CN: 让 Job 运行完成
cluster:
  nodes: 2
allow:
  back: true
tasks:
- id: apply
  points: 1
  checks:
  - object: job/hello
  hints:
  - id: not-yet
    text:
      en: Type kubectl apply -f job.yaml into the terminal.
      zh-CN: 在终端里输入 kubectl apply -f job.yaml。
- id: complete
  points: 2
  checks:
  - object: job/hello
    condition: Complete
  - never: {objects: pods, where: [{path: status.phase, value: Failed}]}
  hints:
  - id: still-running
    when: {objects: pods, where: [{path: status.phase, value: Running}]}
    text:
      en: Its Pod still runs. Step on.
      zh-CN: 它的 Pod 还在运行。继续单步。
  questions:
  - id: succeeded
    text:
      en: How many Pods of the Job have succeeded now?
      zh-CN: 这个 Job 现在有几个 Pod 成功了？
    asked: {object: job/hello, condition: Complete}
    answer: {object: job/hello, path: status.succeeded}
";

const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: hello
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox:1.36
        command: [sh, -c, 'echo hello; sleep 2']
";

const ENGLISH: &str = "\
# A Job runs to its end

What the lesson is about.

## Apply it {#apply}

The manifest is in the editor. Send it to the API server:

```kubestep
widget: task
command: kubectl apply -f job.yaml
```

## Watch it {#complete}

Step on until the Job is complete. This is how its first Pod is about to be created:

```kubestep
widget: loop
at:
- '@type kubectl apply -f job.yaml'
- '@until sync job-controller'
focus: job-controller
```

```kubestep
widget: question
question: succeeded
```
";

const CHINESE: &str = "\
# 让 Job 运行完成

这一课讲什么。

## 提交 {#apply}

清单已在编辑器里。把它交给 API 服务器：

```kubestep
widget: task
command: kubectl apply -f job.yaml
```

## 观察 {#complete}

继续单步，直到 Job 完成。它的第一个 Pod 就是这样被创建的：

```kubestep
widget: loop
at:
- '@type kubectl apply -f job.yaml'
- '@until sync job-controller'
focus: job-controller
```

```kubestep
widget: question
question: succeeded
```
";

const SOLUTION: &str = "\
# What a learner does, line by line; kubestep lesson test runs it.
kubectl apply -f job.yaml
@answer succeeded
";

/// The files of a new lesson.
pub fn folder(id: &str) -> Folder {
    let lesson = LESSON.replacen("id: ID", &format!("id: {id}"), 1);
    let files = [
        ("lesson.yaml", lesson.as_str()),
        ("en.md", ENGLISH),
        ("zh-CN.md", CHINESE),
        ("start/job.yaml", JOB),
        ("solution.txt", SOLUTION),
    ];
    files.into_iter().map(|(path, text)| (Str::from(path), Str::from(text))).collect()
}
