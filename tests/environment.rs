//! What a container knows of where it is: its host's files, its names, its environment.

mod terminal;
use terminal::session;

const NETWORK: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: vars}
data: {one: \"1\", with-dash: \"2\"}
binaryData: {file: AAAA}
---
apiVersion: v1
kind: Pod
metadata: {name: plain}
spec:
  subdomain: web
  hostAliases: [{ip: 10.1.2.3, hostnames: [foo.local, bar.local]}]
  dnsConfig: {searches: [corp.example], options: [{name: ndots, value: \"2\"}, {name: edns0}]}
  containers:
  - name: c
    image: busybox
    command: [sleep, \"3600\"]
    env: [{name: ZED, value: z}, {name: ALPHA, value: \"$(ZED)a\"}]
    envFrom: [{configMapRef: {name: vars}}]
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec:
  hostNetwork: true
  containers: [{name: c, image: busybox, command: [sleep, \"3600\"]}]
---
apiVersion: v1
kind: Pod
metadata: {name: own}
spec:
  hostname: me
  dnsPolicy: None
  dnsConfig: {nameservers: [1.1.1.1, 9.9.9.9]}
  securityContext: {runAsUser: 1000}
  containers: [{name: c, image: busybox, command: [sleep, \"3600\"]}]
";

#[test]
fn a_container_knows_its_host_its_names_and_its_environment() {
    let lines = [
        "kubectl apply -f network.yaml",
        "sleep 20",
        "kubectl exec plain -- cat /etc/hosts",
        "kubectl exec plain -- cat /etc/resolv.conf",
        "kubectl exec plain -- env",
        // A shell hands its variables on by the lists of its table, and none with a dash.
        "kubectl exec plain -- sh -c 'export NEW=1; env'",
        "kubectl exec host -- cat /etc/hosts /etc/resolv.conf /etc/hostname",
        "kubectl exec own -- cat /etc/resolv.conf /etc/hostname",
        "kubectl exec own -- env",
    ];
    expect_test::expect![[r#"
        $ kubectl apply -f network.yaml
        configmap/vars created
        pod/plain created
        pod/host created
        pod/own created
        $ sleep 20
        $ kubectl exec plain -- cat /etc/hosts
        # Kubernetes-managed hosts file.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        fe00::0	ip6-mcastprefix
        fe00::1	ip6-allnodes
        fe00::2	ip6-allrouters
        10.244.1.3	plain.web.default.svc.cluster.local	plain

        # Entries added by HostAliases.
        10.1.2.3	foo.local	bar.local
        $ kubectl exec plain -- cat /etc/resolv.conf
        search default.svc.cluster.local svc.cluster.local cluster.local corp.example
        nameserver 10.96.0.10
        options ndots:2 edns0
        $ kubectl exec plain -- env
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        HOSTNAME=plain
        one=1
        with-dash=2
        ZED=z
        ALPHA=za
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_SERVICE_PORT_HTTPS=443
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        HOME=/root
        $ kubectl exec plain -- sh -c 'export NEW=1; env'
        NEW=1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_PORT=tcp://10.96.0.1:443
        HOSTNAME=plain
        SHLVL=1
        HOME=/root
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        ZED=z
        one=1
        KUBERNETES_SERVICE_PORT_HTTPS=443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        ALPHA=za
        KUBERNETES_SERVICE_HOST=10.96.0.1
        PWD=/
        $ kubectl exec host -- cat /etc/hosts /etc/resolv.conf /etc/hostname
        # Kubernetes-managed hosts file (host network).
        127.0.0.1	localhost
        10.0.0.1	node-1
        nameserver 10.0.0.254
        node-1
        $ kubectl exec own -- cat /etc/resolv.conf /etc/hostname
        nameserver 1.1.1.1
        nameserver 9.9.9.9
        me
        $ kubectl exec own -- env
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        HOSTNAME=me
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_SERVICE_PORT_HTTPS=443
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        HOME=/
    "#]]
    .assert_eq(&session(&[("network.yaml", NETWORK)], &lines));
}
