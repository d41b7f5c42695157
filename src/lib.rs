//! Kubestep: a Kubernetes control plane that runs whole inside a web page.
