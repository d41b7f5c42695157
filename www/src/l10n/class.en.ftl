# What the page that grades a class says, in English. class.zh-CN.ftl has the same messages.

class = Grade a class
class-about = Drop what your class handed in, as many files as you like. Each one is replayed here, in this page, on your own copy of the exercise, so nothing in it has to be believed. No file leaves this browser.
class-exercise = Exercise
class-choose-lesson = Choose a lesson…
class-exercise-file = Open an exercise file
class-exercise-drop = or drop its zip anywhere on this page
class-submissions = Submissions
class-choose-files = Choose files
class-drop = or drop them here: files, folders, or a zip of them
class-reading = Reading { $done } of { $of }
class-grading = Graded { $done } of { $of }
class-cancel = Stop
class-go-on = Go on grading
class-clear = Clear
class-needs-exercise = Choose the exercise that these are for.
class-waiting-files = { $count ->
    [one] One file waits for its exercise.
   *[other] { $count } files wait for their exercise.
  }
class-graded = { $count ->
    [one] One submission graded in { $seconds } s.
   *[other] { $count } submissions graded in { $seconds } s.
  }
class-csv = Save as CSV

## Figures

class-figures = The class in figures
class-figure-passed = passed
class-figure-not = not finished
class-figure-tampered = not to be believed
class-figure-refused = cannot be read
class-figure-waiting = not graded yet
class-summary = Task by task
class-passed-of = { $passed } of { $count } passed
class-stuck-here = { $count ->
    [0] nobody stopped here
    [one] one stopped here
   *[other] { $count } stopped here
  }

## The table

class-table = Submissions
class-find = Find
class-show = Result
class-all = All
class-stuck-at = Stopped at
class-anywhere = Anywhere
class-shown = { $shown } of { $count } shown
class-none-shown = None is like this.
class-col-name = Name
class-col-result = Result
class-col-points = Points
class-col-stopped = Where they stopped
class-col-steps = Steps
class-col-branches = Branches
class-col-commands = Commands
class-col-hints = Hints
class-run = Run
class-open = Open
class-is-waiting = waits
class-is-passed = passed
class-is-not = not finished
class-is-tampered = tampered
class-is-refused = unreadable
class-here = stopped here
class-task-open = not passed
class-done-at = done at step { $step }
class-at = at step { $step }
class-question-open = a question is not answered rightly
class-answered = answered: { $answer }
class-not-answered = not answered
class-times = From { $started } to { $finished }, as the file says.

## What is not looked into

class-large = it is too large: { $bytes } bytes, and the limit is { $most }
class-no-text = it is not text (UTF-8)
class-unreadable = it cannot be read
class-newer-link = the link was made by a newer version of this program
class-broken-link = the link is broken: it was cut off or changed, or it holds too much
class-zip-large = this zip holds more than a class hands in
class-zip-broken = this is no zip that can be read
class-zip-empty = there is no submission in this zip
class-failed = the program failed on it
