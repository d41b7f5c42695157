# What <kube-step> says before anything else has loaded: plain words only, so that its first script needs no Fluent.
element-run = Run here
element-loading = Loading…
element-about = Runs a Kubernetes control plane in this page, to be stepped through
element-manifest = Manifest
element-failed = Kubestep could not start here.
