//! Services through the front door: what people type, and what they see of addresses, ports, endpoints and variables.

mod terminal;
#[path = "terminal/typed.rs"]
mod typed;

use expect_test::expect;
use terminal::session;
use typed::typed;

/// A service of one type, with further lines of its spec.
fn service(name: &str, spec: &str) -> String {
    format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
}

/// What `kubectl apply` says of each spec.
fn refused(specs: &[&str]) -> String {
    let files: Vec<(String, String)> =
        specs.iter().enumerate().map(|(i, spec)| (format!("{i}.yaml"), service("site", spec))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let lines: Vec<String> =
        files.iter().map(|(name, _)| format!("kubectl create -f {name} --dry-run=server")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut out = String::new();
    let mut specs = specs.iter();
    for line in session(&files, &lines).lines() {
        match line.strip_prefix("$ ") {
            Some(_) => out.push_str(&format!("{{{}}}\n", specs.next().expect("as many as lines"))),
            None => out.push_str(&format!("  {line}\n")),
        }
    }
    out
}

#[test]
fn the_api_server_has_a_service_of_its_own() {
    let lines = [
        "kubectl get all",
        "kubectl get svc -o wide",
        "kubectl get endpoints,endpointslices",
        "kubectl describe svc kubernetes",
        "kubectl create service clusterip thief --tcp=80 --clusterip=10.96.0.1",
    ];
    expect![[r#"
        $ kubectl get all
        NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
        service/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   0s
        $ kubectl get svc -o wide
        NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE   SELECTOR
        kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   0s    <none>
        $ kubectl get endpoints,endpointslices
        Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
        NAME                   ENDPOINTS         AGE
        endpoints/kubernetes   10.0.0.254:6443   0s

        NAME                                        ADDRESSTYPE   PORTS   ENDPOINTS    AGE
        endpointslice.discovery.k8s.io/kubernetes   IPv4          6443    10.0.0.254   0s
        $ kubectl describe svc kubernetes
        Name:                     kubernetes
        Namespace:                default
        Labels:                   component=apiserver
                                  provider=kubernetes
        Annotations:              <none>
        Selector:                 <none>
        Type:                     ClusterIP
        IP Family Policy:         SingleStack
        IP Families:              IPv4
        IP:                       10.96.0.1
        IPs:                      10.96.0.1
        Port:                     https  443/TCP
        TargetPort:               6443/TCP
        Endpoints:                10.0.0.254:6443
        Session Affinity:         None
        Internal Traffic Policy:  Cluster
        Events:  <none>
        $ kubectl create service clusterip thief --tcp=80 --clusterip=10.96.0.1
        error: failed to create ClusterIP service: Service "thief" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated
    "#]].assert_eq(&session(&[], &lines));
}

#[test]
fn containers_know_the_services_that_were_there_before_them() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [sh, -c, \"env | grep -E '^(KUBERNETES|MY_DB|LATE)' | sort; echo $(MY_DB_PORT)\"]}], enableServiceLinks: LINKS}
";
    let links = pod.replace("NAME", "links").replace("LINKS", "true");
    let none = pod.replace("NAME", "none").replace("LINKS", "false");
    let db = service(
        "my-db",
        "clusterIP: 10.96.0.77, ports: [{name: sql, port: 3306}, {name: x-plugin, port: 33060, protocol: UDP}]",
    );
    let headless = service("late", "clusterIP: None, ports: [{port: 80}]");
    let lines = [
        "kubectl apply -f db.yaml -f headless.yaml -f links.yaml -f none.yaml",
        "sleep 20",
        "kubectl create service clusterip late-one --tcp=80",
        "kubectl logs links",
        "kubectl logs none",
    ];
    let files = [
        ("db.yaml", db.as_str()),
        ("headless.yaml", &headless),
        ("links.yaml", &links),
        ("none.yaml", &none),
    ];
    expect![[r#"
        $ kubectl apply -f db.yaml -f headless.yaml -f links.yaml -f none.yaml
        service/my-db created
        service/late created
        pod/links created
        pod/none created
        $ sleep 20
        $ kubectl create service clusterip late-one --tcp=80
        service/late-one created
        $ kubectl logs links
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_SERVICE_PORT_HTTPS=443
        MY_DB_PORT=tcp://10.96.0.77:3306
        MY_DB_PORT_33060_UDP=udp://10.96.0.77:33060
        MY_DB_PORT_33060_UDP_ADDR=10.96.0.77
        MY_DB_PORT_33060_UDP_PORT=33060
        MY_DB_PORT_33060_UDP_PROTO=udp
        MY_DB_PORT_3306_TCP=tcp://10.96.0.77:3306
        MY_DB_PORT_3306_TCP_ADDR=10.96.0.77
        MY_DB_PORT_3306_TCP_PORT=3306
        MY_DB_PORT_3306_TCP_PROTO=tcp
        MY_DB_SERVICE_HOST=10.96.0.77
        MY_DB_SERVICE_PORT=3306
        MY_DB_SERVICE_PORT_SQL=3306
        MY_DB_SERVICE_PORT_X_PLUGIN=33060
        tcp://10.96.0.77:3306
        $ kubectl logs none
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_SERVICE_PORT_HTTPS=443
        sh: MY_DB_PORT: not found

    "#]]
    .assert_eq(&session(&files, &lines));
}

#[test]
fn endpoints_follow_the_pods() {
    typed(
        &[
            "kubectl create deployment web --image=nginx --replicas=4 --port=80",
            "kubectl expose deployment web --port=80 --target-port=http",
            "kubectl run other --image=nginx --labels=app=web",
            "5",
            // Nobody offers a port of that name.
            "? kubectl get endpointslices -o jsonpath='{range .items[*]}{.ports}{\" \"}{.endpoints[*].targetRef.kind}{end}'",
            "kubectl patch svc web -p '{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":80}]}}'",
            "2",
            "? kubectl get endpoints web -o jsonpath='{.subsets[*].addresses[*].ip}'",
            "? kubectl describe svc web | grep Endpoints",
            "? kubectl get endpointslices | grep -o IPv4.*more...",
            "kubectl label pod other app=else --overwrite",
            "2",
            "? kubectl get endpointslices -o jsonpath='{.items[*].endpoints[*].addresses}'",
            "kubectl label svc web team=blue",
            "2",
            "? kubectl get endpointslices -l team=blue -o jsonpath='{.items[*].metadata.generation}'",
            "kubectl delete endpoints web",
            "kubectl delete endpointslices --all",
            "3",
            "? kubectl get endpoints,endpointslices -o name | grep -o .*web",
        ],
        expect![[r#"
            null Pod Pod Pod Pod Pod
            10.244.1.2 10.244.2.2 10.244.2.3 10.244.3.2 10.244.3.3Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
            Endpoints:                10.244.2.3:80,10.244.1.2:80,10.244.3.2:80 + 2 more...
            IPv4          80      10.244.2.3,10.244.1.2,10.244.3.2 + 2 more...
            ["10.244.1.2"] ["10.244.3.2"] ["10.244.3.3"] ["10.244.2.2"]
            9
            endpoints/web
            endpointslice.discovery.k8s.io/web
            Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
        "#]],
    );
}

#[test]
fn node_ports_and_addresses_are_given_and_taken_back() {
    typed(
        &[
            "kubectl create service nodeport a --tcp=80 --node-port=30080",
            "? kubectl get svc a -o jsonpath='{.spec.ports[0].nodePort} {.spec.externalTrafficPolicy}'",
            "kubectl patch svc a -p '{\"spec\":{\"type\":\"ClusterIP\"}}'",
            "? kubectl get svc a -o jsonpath='{.spec.ports[0]} {.spec.externalTrafficPolicy}'",
            // The port is free again.
            "kubectl create service nodeport b --tcp=80 --node-port=30080",
            "kubectl delete svc a b",
            "kubectl create service clusterip c --tcp=80 --clusterip=10.96.0.80",
            "kubectl patch svc c -p '{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"example.com\"}}'",
            "? kubectl get svc c -o jsonpath='{.spec}'",
            "kubectl create service clusterip d --tcp=80 --clusterip=10.96.0.80",
            "kubectl patch svc c -p '{\"spec\":{\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\",\"externalName\":null}}'",
            "? kubectl get svc c -o jsonpath='{.spec.clusterIP}' | grep -c '^10[.][0-9.]*$'",
            "? kubectl get svc c -o jsonpath='{.spec.healthCheckNodePort}' | grep -c '^3[0-2][0-9][0-9][0-9]$'",
        ],
        expect![[r#"
            30080 Cluster
            {"name":"80","port":80,"protocol":"TCP","targetPort":80} 
            {"externalName":"example.com","internalTrafficPolicy":"Cluster","ports":[{"name":"80","port":80,"protocol":"TCP","targetPort":80}],"selector":{"app":"c"},"sessionAffinity":"None","type":"ExternalName"}
            1
            1
        "#]],
    );
}

#[test]
fn mistakes_in_services() {
    let specs = [
        "type: NodePort, clusterIP: None, ports: [{port: 80}]",
        "type: ExternalName, externalName: a.b, clusterIP: 10.96.0.9",
        "clusterIP: 10.1.2.3, ports: [{port: 80}]",
        "clusterIP: 10.96.010.1, ports: [{port: 80}]",
        "clusterIP: nowhere, ports: [{port: 80}]",
        "clusterIPs: [10.96.0.9], ports: [{port: 80}]",
        "ipFamilies: [IPv6], ports: [{port: 80}]",
        "ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]",
        "ports: [{name: a, port: 80}, {name: a, port: 81, protocol: HTTP}, {name: B, port: 82, targetPort: \"-\"}]",
        "sessionAffinity: Sometimes, ports: [{port: 80}]",
        "sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}, ports: [{port: 80}]",
        "externalIPs: [127.0.0.1, 1.2.3.4], ports: [{port: 80}]",
        "externalTrafficPolicy: Local, internalTrafficPolicy: Here, ports: [{port: 80}]",
        "type: LoadBalancer, loadBalancerClass: a b, loadBalancerSourceRanges: [10.0.0.1/8], ports: [{port: 80}]",
        "loadBalancerSourceRanges: [10.0.0.0/8], allocateLoadBalancerNodePorts: true, ports: [{port: 80}]",
        "trafficDistribution: PreferClose, externalName: x, ports: [{port: 80}]",
        "selector: {\"a b\": c}, ports: [{port: 80}]",
    ];
    expect![[r#"
        {type: NodePort, clusterIP: None, ports: [{port: 80}]}
          The Service "site" is invalid: spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services
        {type: ExternalName, externalName: a.b, clusterIP: 10.96.0.9}
          The Service "site" is invalid: spec.clusterIPs: Forbidden: may not be set for ExternalName services
        {clusterIP: 10.1.2.3, ports: [{port: 80}]}
          The Service "site" is invalid: spec.clusterIPs: Invalid value: ["10.1.2.3"]: failed to allocate IP 10.1.2.3: the provided IP (10.1.2.3) is not in the valid range. The range of valid IPs is 10.96.0.0/12
        {clusterIP: 10.96.010.1, ports: [{port: 80}]}
          The Service "site" is invalid: spec.clusterIPs[0]: Invalid value: "10.96.010.1": must not have leading 0s
        {clusterIP: nowhere, ports: [{port: 80}]}
          The Service "site" is invalid: spec.clusterIPs[0]: Invalid value: "nowhere": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
        {clusterIPs: [10.96.0.9], ports: [{port: 80}]}
          The Service "site" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.9"]: must be empty when `clusterIP` is not specified
        {ipFamilies: [IPv6], ports: [{port: 80}]}
          The Service "site" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster
        {ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]}
          The Service "site" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services
        {ports: [{name: a, port: 80}, {name: a, port: 81, protocol: HTTP}, {name: B, port: 82, targetPort: "-"}]}
          The Service "site" is invalid: 
          * spec.ports[1].name: Duplicate value: "a"
          * spec.ports[1].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
          * spec.ports[2].name: Invalid value: "B": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
          * spec.ports[2].targetPort: Invalid value: "-": must contain at least one letter (a-z)
          * spec.ports[2].targetPort: Invalid value: "-": must not begin or end with a hyphen
        {sessionAffinity: Sometimes, ports: [{port: 80}]}
          The Service "site" is invalid: spec.sessionAffinity: Unsupported value: "Sometimes": supported values: "ClientIP", "None"
        {sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}, ports: [{port: 80}]}
          The Service "site" is invalid: spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400
        {externalIPs: [127.0.0.1, 1.2.3.4], ports: [{port: 80}]}
          The Service "site" is invalid: spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
        {externalTrafficPolicy: Local, internalTrafficPolicy: Here, ports: [{port: 80}]}
          The Service "site" is invalid: 
          * spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services
          * spec.internalTrafficPolicy: Unsupported value: "Here": supported values: "Cluster", "Local"
        {type: LoadBalancer, loadBalancerClass: a b, loadBalancerSourceRanges: [10.0.0.1/8], ports: [{port: 80}]}
          The Service "site" is invalid: 
          * spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length
          * spec.loadBalancerClass: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
        {loadBalancerSourceRanges: [10.0.0.0/8], allocateLoadBalancerNodePorts: true, ports: [{port: 80}]}
          The Service "site" is invalid: 
          * spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'
          * spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'
        {trafficDistribution: PreferClose, externalName: x, ports: [{port: 80}]}
          Warning: spec.externalName is ignored when spec.type is not "ExternalName"
          Warning: spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"
          service/site created (server dry run)
        {selector: {"a b": c}, ports: [{port: 80}]}
          The Service "site" is invalid: spec.selector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    "#]].assert_eq(&refused(&specs));
}

#[test]
fn making_services_by_hand() {
    let lines = [
        "kubectl create service clusterip a",
        "kubectl create service clusterip a --tcp=x",
        "kubectl create service clusterip a --tcp=80:Web",
        "kubectl create service nodeport a --tcp=70000",
        "kubectl create service externalname a",
        "kubectl create service externalname a --external-name=no_name",
        "kubectl create service ship a",
        "kubectl create service loadbalancer A --tcp=80:http",
        "kubectl create svc clusterip a --clusterip=None --dry-run=client -o yaml",
        "kubectl create service nodeport a --tcp=80:8080 --node-port=31000 --dry-run=client -o yaml",
        "kubectl expose deployment",
        "kubectl expose configmap kube-root-ca.crt --port=80",
        "kubectl run bare --image=nginx",
        "kubectl expose pod bare",
        "kubectl expose pod bare --port=web",
        "kubectl expose pod bare --port=80,443 --protocol=UDP --name=two --type=NodePort -o jsonpath='{.spec.ports[*].name}'",
        "kubectl expose svc two --name=three --dry-run=client -o yaml",
        "kubectl run web --image=nginx --port=80 --expose",
        "kubectl get svc web -o jsonpath='{.spec.selector}'",
    ];
    expect![[r#"
        $ kubectl create service clusterip a
        error: at least one tcp port specifier must be provided
        $ kubectl create service clusterip a --tcp=x
        error: strconv.ParseUint: parsing "x": invalid syntax
        $ kubectl create service clusterip a --tcp=80:Web
        error: must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)
        $ kubectl create service nodeport a --tcp=70000
        error: strconv.ParseUint: parsing "70000": value out of range
        $ kubectl create service externalname a
        error: required flag(s) "external-name" not set
        $ kubectl create service externalname a --external-name=no_name
        error: invalid service external name no_name
        $ kubectl create service ship a
        error: unknown command "ship a"
        See 'kubectl create service -h' for help and examples
        $ kubectl create service loadbalancer A --tcp=80:http
        error: failed to create LoadBalancer service: Service "A" is invalid: metadata.name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
        $ kubectl create svc clusterip a --clusterip=None --dry-run=client -o yaml
        apiVersion: v1
        kind: Service
        metadata:
          labels:
            app: a
          name: a
        spec:
          clusterIP: None
          selector:
            app: a
          type: ClusterIP
        status:
          loadBalancer: {}
        $ kubectl create service nodeport a --tcp=80:8080 --node-port=31000 --dry-run=client -o yaml
        apiVersion: v1
        kind: Service
        metadata:
          labels:
            app: a
          name: a
        spec:
          ports:
          - name: 80-8080
            nodePort: 31000
            port: 80
            protocol: TCP
            targetPort: 8080
          selector:
            app: a
          type: NodePort
        status:
          loadBalancer: {}
        $ kubectl expose deployment
        error: resource(s) were provided, but no name was specified
        $ kubectl expose configmap kube-root-ca.crt --port=80
        error: cannot expose a ConfigMap
        $ kubectl run bare --image=nginx
        pod/bare created
        $ kubectl expose pod bare
        error: couldn't find port via --port flag or introspection
        $ kubectl expose pod bare --port=web
        error: strconv.Atoi: parsing "web": invalid syntax
        $ kubectl expose pod bare --port=80,443 --protocol=UDP --name=two --type=NodePort -o jsonpath='{.spec.ports[*].name}'
        port-1 port-2⏎
        $ kubectl expose svc two --name=three --dry-run=client -o yaml
        apiVersion: v1
        kind: Service
        metadata:
          labels:
            run: bare
          name: three
        spec:
          ports:
          - name: port-1
            port: 80
            protocol: UDP
            targetPort: 80
          - name: port-2
            port: 443
            protocol: UDP
            targetPort: 443
          selector:
            run: bare
        status:
          loadBalancer: {}
        $ kubectl run web --image=nginx --port=80 --expose
        service/web created
        pod/web created
        $ kubectl get svc web -o jsonpath='{.spec.selector}'
        {"run":"web"}⏎
    "#]].assert_eq(&session(&[], &lines));
}

#[test]
fn slices_and_endpoints_by_hand() {
    let slice = "apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: mine}
addressType: IPv4
ports: [{port: 80}, {port: 81}]
endpoints: [{addresses: [\"::1\", 127.0.0.1]}, {addresses: []}]
";
    let good = "apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: mine}
addressType: IPv4
ports: [{port: 80}]
endpoints: [{addresses: [192.0.2.1]}]
";
    let changed = good.replace("IPv4", "FQDN").replace("192.0.2.1", "example.com");
    let endpoints = "apiVersion: v1
kind: Endpoints
metadata: {name: mine}
subsets:
- {addresses: [{ip: 192.0.2.2}, {ip: 192.0.2.1}], ports: [{port: 80}]}
- {notReadyAddresses: [{ip: 192.0.2.1}], ports: [{port: 80}]}
";
    let files = [
        ("slice.yaml", slice),
        ("good.yaml", good),
        ("changed.yaml", &changed),
        ("endpoints.yaml", endpoints),
    ];
    let lines = [
        "kubectl apply -f slice.yaml",
        "kubectl apply -f good.yaml",
        "kubectl apply -f changed.yaml",
        "kubectl describe endpointslice mine",
        "kubectl apply -f endpoints.yaml",
        "kubectl get endpoints mine -o jsonpath='{.subsets}'",
    ];
    expect![[r#"
        $ kubectl apply -f slice.yaml
        The EndpointSlice "mine" is invalid: 
        * endpoints[0].addresses[0]: Invalid value: "::1": must be a valid IPv4 address
        * endpoints[0].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
        * endpoints[1].addresses: Required value: must contain at least 1 address
        * ports[1].name: Duplicate value: ""
        $ kubectl apply -f good.yaml
        endpointslice.discovery.k8s.io/mine created
        $ kubectl apply -f changed.yaml
        The EndpointSlice "mine" is invalid: addressType: Invalid value: "FQDN": field is immutable
        $ kubectl describe endpointslice mine
        Name:         mine
        Namespace:    default
        Labels:       <none>
        Annotations:  <none>
        AddressType:  IPv4
        Ports:
          Name     Port  Protocol
          ----     ----  --------
          <unset>  80    TCP
        Endpoints:
          - Addresses:  192.0.2.1
            Conditions:
              Ready:   <unset>
            Hostname:  <unset>
            NodeName:  <unset>
            Zone:      <unset>
        Events:  <none>
        $ kubectl apply -f endpoints.yaml
        Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
        endpoints/mine created
        $ kubectl get endpoints mine -o jsonpath='{.subsets}'
        Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
        [{"addresses":[{"ip":"192.0.2.2"}],"notReadyAddresses":[{"ip":"192.0.2.1"}],"ports":[{"port":80,"protocol":"TCP"}]}]⏎
    "#]].assert_eq(&session(&files, &lines));
}
