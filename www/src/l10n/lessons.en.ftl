# What the lessons' pages say, in English. lessons.zh-CN.ftl has the same messages.

## The course

course = Reconcile, step by step
course-about = How Kubernetes brings about what you asked for, one event at a time. Each lesson has a cluster of its own, in this page: you read, you step, you break things, and each task is checked while you work.
course-so-far = { $done ->
    [0] { $count } lessons, about { $minutes } minutes in all.
   *[other] { $done } of { $count } lessons done.
  }
course-begin = Begin: { $title }
course-continue = Go on: { $title }
course-kept = What you have done is kept in this browser only, and is sent nowhere. Save it as a file to take it with you, or to be safe.
playground = Playground
lessons-all = All lessons
lesson-minutes = { $minutes } min
lesson-is-done = done
lesson-is-begun = { $passed } of { $count } tasks
progress-export = Save progress
progress-import = Load progress
progress-imported = { $count ->
    [0] Nothing in this file is further than what is here already.
    [one] One lesson was taken over from the file.
   *[other] { $count } lessons were taken over from the file.
  }
progress-broken = This file holds no progress of Kubestep's lessons. Nothing was changed.
progress-newer = This file was written by a newer Kubestep than this page. Nothing was changed.
progress-large = This file is larger than progress ever is. Nothing was changed.
author-link = Write a lesson
class-link = Grade a class

## A lesson

no-such-lesson = There is no such lesson.
pane-text = Lesson
pane-next = Next
pane-tasks = Tasks
lesson-text = Text of the lesson
lesson-ways = Other lessons
lesson-open = When all tasks are passed, the lesson is done. Nothing hurries you, and nothing is lost when you leave.
lesson-done = All tasks are passed: you are done with this lesson.
meter = { $done } of { $count } tasks passed
anew = Start over
anew-title = Start this lesson over?
anew-about = The cluster goes back to the beginning of the lesson; your answers and your run are put aside.
anew-do = Start over
hand-in = Hand in
hand-in-about = Saves a small file with everything you did and answered, for your teacher. It goes nowhere by itself.
hand-in-name = Your name (if asked for)
hand-in-do = Save the file
go-on = Open a saved run
go-on-title = Go on with what was handed in or saved for this lesson
notice-lesson-changed = This lesson has changed since you were here. The tasks that you passed stay passed; your run was put aside, and the lesson begins anew.
notice-other-lesson = This file belongs to another lesson: { $lesson }.

look-whose = You are looking at what { $name } handed in, where they stopped. You can step through it; nothing is changed or kept.
look-only = this run is only to be looked at

## An exercise that somebody gives out

exercise-open = Open an exercise
exercise-open-about = Somebody gave you an exercise as a file: open it here. What you do in it is kept in this browser only, and you hand it in as a file of your own.
exercise-choose = Choose the file
exercise-drop = or drop it here (a zip)
exercise-large = there is more in it than a lesson ever has; nothing was opened
exercise-no-zip = this is no zip with a lesson in it
exercise-no-lesson = this is no zip with a lesson in it: lesson.yaml is missing
exercise-wrong = there is a mistake in this exercise: { $message }
exercise-link = This link is broken: it was cut off or changed.
exercise-newer = This link was made by a newer version of this page.

## Tasks

task = Task { $number } of { $count }
task-label = Task { $number }
task-passed = passed
task-points = { $points ->
    [one] 1 point
   *[other] { $points } points
  }
task-checks = What has to be so
task-said = Task { $number } is passed.
check-met = Met:
check-not-yet = Not yet:
check-why = now: { $why }
check-question = answer: { $text }
hint = Hint.
run-command = Run
run-command-title = Type this command into the terminal
step-now = Step

## Questions

question-label = Question: { $text }
question-one = Question
question-several = Question: several may be right
question-value = Question: read it from the cluster
question-right = ✓ right
question-wrong = Not right.
question-wrong-more = You answered: { $answer }. Look again, and try once more.
question-tell = Tell me
question-closed = This is asked about another moment: it can be answered when the cluster has come there. Step on, or go back.
answer = Answer

## Widgets

widget-loop = Control loop
widget-step = One step
widget-objects = Objects
widget-terminal = Terminal
widget-yaml = File
widget-task = Task
widget-question = Question
widget-paused = { $name }: a paused moment
widget-at = a paused moment, step { $step }, t+{ $time }
widget-moment = a paused moment
widget-yours = your cluster
widget-step-title = Step
widget-reset = Back to the moment
widget-wrong = This widget cannot be shown: { $message }

## Authors

author = Write a lesson
author-about = The files of a lesson on the left, what a learner sees on the right. Everything stays in this browser until you download it.
author-from = Start from
author-from-choose = Start from a lesson…
author-open = Open a zip
author-download = Download
author-test = Test
author-testing = Testing…
author-preview = Preview
author-files = Files of the lesson
author-add = Add a file
author-add-name = Name of the file (en.md, start/job.yaml, hints/too-wide.txt)
author-remove = Remove { $name }
author-mistakes = { $count ->
    [0] No mistakes found.
    [one] One mistake
   *[other] { $count } mistakes
  }
author-proven = The lesson holds what it promises: the solution passes every task in { $steps } steps, the beginning passes none, and every hint can come.
author-mistake-at = { $file }, line { $line }
author-no-preview = The preview comes back when lesson.yaml and start/ have no mistakes.
author-share = Copy link
author-link-copied = The link is copied ({ $count } characters). Whoever opens it has this exercise before them, without its solution.
author-link-copy = The link with this exercise:
author-link-long = This exercise is too long for a link. Give out the zip.
author-replace = This replaces the lesson in the editor. Download it first if you want to keep it.
exercise-lms = Your points go to your course's system by themselves.
exercise-lms-long = Your points go to your course's system by themselves. What you did is too long for it: it is kept in this browser, and is not on other computers.
author-page = Save as a page
author-scorm = Save for an LMS
author-scorm-title = A SCORM 1.2 zip, for Moodle and other learning platforms
author-page-title = One HTML file that works without any network
author-page-failed = The page cannot be made: { $message }
