# The words of the menu "Share" in English; share.zh-CN.ftl has the same messages. They are loaded with the menu.

share-menu = Share and keep this run
share-link = Copy link
share-link-about = Opens this run at this step. It holds everything; nothing is stored anywhere.
share-run = Save the run
share-run-about = A small file with all branches. The program kubestep replays it too.
share-offline = Save an offline page
share-offline-about = One HTML file with Kubestep and this run in it. Works without a network.
share-markdown = Copy as Markdown…
share-markdown-about = Manifests, commands, and the steps as a table.
share-embed = For a docs page
share-embed-about = Copies a <kube-step> that opens here, and saves its still picture.
share-svg = Diagram as SVG
share-svg-about = The loop at this step, in light and dark.
share-png = Diagram as PNG
share-png-about = The same as a picture, as it looks now.
share-manifests = Objects as manifests
share-manifests-about = YAML that kubectl apply takes on any cluster.
share-open = Open a file…
share-open-about = A saved run or an offline page.
share-open-file = File to open
share-copied = Copied
share-saved = Saved: { $name }
share-embedded = Copied; its picture is saved: { $name }
share-making = One moment…
share-failed = This could not be made: { $message }
share-too-large = { $name } is too large to be a run: at most 24 MiB are read.
share-no-objects = There is nothing to save yet: nobody has made any object.

## Copy as Markdown

markdown-dialog = Copy as Markdown
markdown-from = From step
markdown-to = to step
markdown-all = Every step, also those that wrote nothing
markdown-count = { $count ->
    [0] no step of this kind in this range
    [one] { $count } step
   *[other] { $count } steps
  }
markdown-too-many = { $count } steps: the table has only the first { $most }.
markdown-preview = Preview
markdown-copy = Copy
markdown-save = Save as a file
markdown-title = Kubestep: steps { $from } to { $to }
markdown-link = Open this run
markdown-file = The file { $name }:
markdown-commands = The commands:
markdown-step = Step
markdown-time = Time
markdown-who = Who
markdown-what = What

## The diagram

picture-title = Kubestep: step { $step }, t + { $time }
