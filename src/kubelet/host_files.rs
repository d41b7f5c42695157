//! What a pod is called, and the files that every container is given about its network: `/etc/hostname`, `/etc/hosts`,
//! `/etc/resolv.conf`.
//!
//! Upstream: `managedHostsFileContent` and `GeneratePodHostNameAndDomain` in `pkg/kubelet`, `pkg/kubelet/network/dns`; the
//! form of `resolv.conf` is containerd's.

use super::node::NodeConfig;
use crate::json::{Json, Str};

const CLUSTER_DOMAIN: &str = "cluster.local";
const CLUSTER_DNS: &str = "10.96.0.10";
/// The name server that a node itself asks.
const NODE_DNS: &str = "10.0.0.254";

fn on_host_network(pod: &Json) -> bool {
    pod["spec"]["hostNetwork"].as_bool() == Some(true)
}

/// The domain of a pod that has a `subdomain`.
fn domain(pod: &Json) -> Option<String> {
    let subdomain = pod["spec"]["subdomain"].str();
    let namespace = pod["metadata"]["namespace"].str();
    (!subdomain.is_empty()).then(|| format!("{subdomain}.{namespace}.svc.{CLUSTER_DOMAIN}"))
}

/// The pod's name without its domain.
fn short_name(pod: &Json) -> &str {
    match (pod["spec"]["hostname"].str(), pod["metadata"]["name"].str()) {
        // A host's name has no more than 63 letters.
        ("", name) => name.get(..63).map_or(name, |cut| cut.trim_end_matches(['-', '.'])),
        (name, _) => name,
    }
}

/// What `hostname` says in the pod.
pub fn hostname(pod: &Json, node: &NodeConfig) -> String {
    match domain(pod) {
        _ if on_host_network(pod) => node.name.to_string(),
        Some(domain) if pod["spec"]["setHostnameAsFQDN"].as_bool() == Some(true) => {
            format!("{}.{domain}", short_name(pod))
        }
        _ => short_name(pod).to_owned(),
    }
}

/// The files and their texts.
pub fn files(pod: &Json, node: &NodeConfig, ip: &str) -> Vec<(Str, String)> {
    let hostname = hostname(pod, node);
    vec![
        ("/etc/hostname".into(), format!("{hostname}\n")),
        ("/etc/hosts".into(), hosts(pod, node, ip)),
        ("/etc/resolv.conf".into(), resolv_conf(pod)),
    ]
}

const LOCAL: &str = "127.0.0.1\tlocalhost\n\
                     ::1\tlocalhost ip6-localhost ip6-loopback\n\
                     fe00::0\tip6-localnet\n\
                     fe00::0\tip6-mcastprefix\n\
                     fe00::1\tip6-allnodes\n\
                     fe00::2\tip6-allrouters\n";

fn hosts(pod: &Json, node: &NodeConfig, ip: &str) -> String {
    let mut text = String::from("# Kubernetes-managed hosts file");
    if on_host_network(pod) {
        text.push_str(&format!(
            " (host network).\n127.0.0.1\tlocalhost\n{}\t{}\n",
            node.address(),
            node.name
        ));
    } else {
        let name = short_name(pod);
        let full = domain(pod).map(|domain| format!("{name}.{domain}\t")).unwrap_or_default();
        text.push_str(&format!(".\n{LOCAL}{ip}\t{full}{name}\n"));
    }
    let aliases = pod["spec"]["hostAliases"].items();
    if !aliases.is_empty() {
        text.push_str("\n# Entries added by HostAliases.\n");
    }
    for alias in aliases {
        text.push_str(&format!("{}\t{}\n", alias["ip"].str(), texts(&alias["hostnames"]).join("\t")));
    }
    text
}

fn texts(list: &Json) -> Vec<String> {
    list.items().iter().map(|text| text.str().to_owned()).collect()
}

fn resolv_conf(pod: &Json) -> String {
    let namespace = pod["metadata"]["namespace"].str();
    let (mut searches, mut servers, mut options) = match pod["spec"]["dnsPolicy"].str() {
        "None" => (Vec::new(), Vec::new(), Vec::new()),
        policy if policy == "Default" || policy == "ClusterFirst" && on_host_network(pod) => {
            (Vec::new(), vec![NODE_DNS.to_owned()], Vec::new())
        }
        _ => {
            let services = format!("svc.{CLUSTER_DOMAIN}");
            let searches = vec![format!("{namespace}.{services}"), services, CLUSTER_DOMAIN.to_owned()];
            (searches, vec![CLUSTER_DNS.to_owned()], vec!["ndots:5".to_owned()])
        }
    };
    let config = &pod["spec"]["dnsConfig"];
    for (list, more) in [(&mut searches, &config["searches"]), (&mut servers, &config["nameservers"])] {
        for text in texts(more) {
            if !list.contains(&text) {
                list.push(text);
            }
        }
    }
    for option in config["options"].items() {
        let (name, value) = (option["name"].str(), option["value"].str());
        options.retain(|known: &String| known.split(':').next() != Some(name));
        options.push(if value.is_empty() { name.to_owned() } else { format!("{name}:{value}") });
    }
    let mut text = String::new();
    for (word, list, between) in
        [("search", &searches, " "), ("nameserver", &servers, "\nnameserver "), ("options", &options, " ")]
    {
        if !list.is_empty() {
            text.push_str(&format!("{word} {}\n", list.join(between)));
        }
    }
    text
}
