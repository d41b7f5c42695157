//! What a Service gets out of the cluster's pools before it is stored: cluster IPs out of `--service-cluster-ip-range`, node
//! ports out of `--service-node-port-range` (`pkg/registry/core/service/storage/alloc.go`).
//!
//! What is taken is what the stored Services hold, so nothing has to be given back, and a request that is refused takes
//! nothing. As upstream, a value nobody asked for comes from the pool's upper part first: the lower one is left to people
//! who choose for themselves.

use super::validation::cluster_ips;
use super::{is_headless, needs_cluster_ip, needs_health_check, needs_node_ports, node_ports};
use crate::api::field::{Error, Path};
use crate::api::{Reason, Request, Resource, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::{Json, Str};
use std::net::Ipv4Addr;

/// The range of cluster IPs, `10.96.0.0/12`: its address, how many there are without the first and the last.
const CIDR: &str = "10.96.0.0/12";
const NETWORK: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 0);
const ADDRESSES: u64 = (1 << 20) - 2;
/// So many at the start of the range are for people who choose.
const STATIC_ADDRESSES: u64 = 256;

/// The range of node ports, and how many at its start are for people who choose.
const FIRST_PORT: i64 = 30_000;
const PORTS: u64 = 2_768;
const STATIC_PORTS: u64 = 86;

/// The first address of the range, which is the API server's own.
pub const API_SERVER: &str = "10.96.0.1";

/// The pools, as one request sees them.
struct Pools<'a> {
    server: &'a mut ApiServer,
    dry_run: bool,
    /// What this request has been given.
    ports: Vec<i64>,
    name: Str,
}

/// Before a Service is created.
pub fn begin_create(server: &mut ApiServer, request: &Request, service: &mut Json) -> Result<(), Status> {
    let mut spec = service["spec"].clone();
    if spec["clusterIPs"].is_empty() && !spec["clusterIP"].is_empty() {
        let ip = spec["clusterIP"].clone();
        spec.set("clusterIPs", vec![ip]);
    }
    let mut pools = Pools::new(server, request, service);
    pools.families(&mut spec, &Json::Null)?;
    if needs_cluster_ip(&spec) && !is_headless(&spec) {
        pools.cluster_ips(&mut spec)?;
    }
    if needs_node_ports(&spec) {
        pools.node_ports(&mut spec, &Json::Null)?;
    }
    pools.health_check_port(&mut spec, false)?;
    service.set("spec", spec);
    Ok(())
}

/// Before a Service is replaced.
pub fn begin_update(
    server: &mut ApiServer,
    request: &Request,
    service: &mut Json,
    old: &Json,
) -> Result<(), Status> {
    let before = &old["spec"];
    let mut spec = service["spec"].clone();
    patch_allocated_values(&mut spec, before);
    normalize_cluster_ips(&mut spec, before);
    let mut pools = Pools::new(server, request, service);
    pools.families(&mut spec, before)?;
    if needs_cluster_ip(&spec) && !is_headless(&spec) && !needs_cluster_ip(before) {
        pools.cluster_ips(&mut spec)?;
    }
    if needs_node_ports(&spec) {
        pools.node_ports(&mut spec, before)?;
    }
    pools.health_check_port(&mut spec, needs_health_check(before))?;
    service.set("spec", spec);
    Ok(())
}

/// What was allocated and the author does not repeat stays.
fn patch_allocated_values(spec: &mut Json, before: &Json) {
    if needs_cluster_ip(spec) && needs_cluster_ip(before) && !before["clusterIP"].is_empty() {
        if spec["clusterIP"].is_empty() {
            spec.set("clusterIP", &before["clusterIP"]);
        }
        if spec["clusterIPs"].is_empty() && spec["clusterIP"] == before["clusterIP"] {
            spec.set("clusterIPs", &before["clusterIPs"]);
        }
    }
    if needs_node_ports(spec) && needs_node_ports(before) {
        let said = node_ports(spec);
        let mut used: Vec<i64> = node_ports(before).into_iter().filter(|port| said.contains(port)).collect();
        let mut patched = |port: &Json| {
            let mut port = port.clone();
            let mut known =
                before["ports"].items().iter().filter(|old| old["name"].str() == port["name"].str());
            let known = known.next_back().and_then(|old| old["nodePort"].as_i64());
            if port["nodePort"].is_null()
                && let Some(known) = known.filter(|known| !used.contains(known))
            {
                used.push(known);
                port.set("nodePort", known);
            }
            port
        };
        let ports: Json = spec["ports"].items().iter().map(&mut patched).collect();
        if ports != spec["ports"] {
            spec.set("ports", ports);
        }
    }
    let health = "healthCheckNodePort";
    if needs_health_check(spec) && needs_health_check(before) && spec[health].is_null() {
        spec.set(health, &before[health]);
    }
}

/// An author who changes `clusterIP` alone means `clusterIPs` too.
fn normalize_cluster_ips(spec: &mut Json, before: &Json) {
    let same = spec["clusterIPs"] == before["clusterIPs"];
    if spec["clusterIP"] == before["clusterIP"] || !same {
        return;
    }
    if spec["clusterIP"].is_empty() {
        spec.remove("clusterIPs");
    } else {
        let ip = spec["clusterIP"].clone();
        spec.set("clusterIPs", vec![ip]);
    }
}

impl<'a> Pools<'a> {
    fn new(server: &'a mut ApiServer, request: &Request, service: &Json) -> Pools<'a> {
        let name = Str::from(service["metadata"]["name"].str());
        Pools { server, dry_run: request.options.dry_run, ports: Vec::new(), name }
    }

    fn invalid(&self, errors: &[Error]) -> Result<(), Status> {
        if errors.is_empty() {
            return Ok(());
        }
        Err(Status::invalid(&kinds::SERVICES.into(), &self.name, errors))
    }

    /// Settles which IP families the Service has; this cluster has IPv4 only (`initIPFamilyFields`).
    fn families(&self, spec: &mut Json, before: &Json) -> Result<(), Status> {
        let (policy, families, ips) = ("ipFamilyPolicy", "ipFamilies", "clusterIPs");
        let prefers = |spec: &Json| spec[policy].str() == "PreferDualStack";
        let settled = prefers(spec)
            && prefers(before)
            && [ips, families].into_iter().all(|field| spec[field] == before[field]);
        if !needs_cluster_ip(spec) || settled {
            return Ok(());
        }
        let headless = spec["clusterIP"].str() == "None";
        let open = headless && spec["selector"].is_empty();
        if spec[policy].is_empty() {
            let default = if open { "RequireDualStack" } else { "SingleStack" };
            let known = Some(before[policy].str()).filter(|policy| !policy.is_empty());
            spec.set(policy, known.unwrap_or(default));
        }
        let mut errors = Vec::new();
        cluster_ips(spec, &mut errors);
        self.invalid(&errors)?;
        let path = Path::new("spec");
        let single = spec[policy].str() == "SingleStack";
        let refuse =
            |spec: &Json, detail: &'static str| Error::invalid(&path.child(policy), &spec[policy], detail);
        for (field, what, many) in [
            (
                ips,
                "must be 'SingleStack' to release the secondary cluster IP",
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
            ),
            (
                families,
                "must be 'SingleStack' to release the secondary IP family",
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
            ),
        ] {
            let (new, old) = (spec[field].items(), before[field].items());
            if single && old.len() > 1 && new == old {
                let first = vec![new[0].clone()];
                spec.set(field, first);
            } else if !single && !new.is_empty() && new.len() < old.len() {
                errors.push(refuse(spec, what));
            } else if single && new.len() == 2 {
                errors.push(refuse(spec, many));
            }
        }
        let mut wanted = spec[families].items().to_vec();
        for (i, ip) in spec[ips].items().iter().enumerate().skip(wanted.len()) {
            if ip.str() == "None" {
                break;
            }
            if ip.str().contains(':') {
                let detail = "IPv6 is not configured on this cluster";
                errors.push(Error::invalid(&path.child(ips).index(i), &spec[ips], detail));
            } else {
                wanted.push("IPv4".into());
            }
        }
        self.invalid(&errors)?;
        if !open {
            if spec[policy].str() == "RequireDualStack" {
                errors.push(refuse(spec, "this cluster is not configured for dual-stack services"));
            }
            for (i, family) in wanted.iter().enumerate().filter(|(_, family)| family.str() != "IPv4") {
                let path = path.child(families).index(i);
                errors.push(Error::invalid(&path, family, "not configured on this cluster"));
            }
            self.invalid(&errors)?;
        }
        if wanted.is_empty() {
            wanted.push("IPv4".into());
        }
        // Nobody has to reach a headless Service without a selector: it may have both.
        if open && wanted.len() == 1 && !single {
            wanted.push(if wanted[0].str() == "IPv4" { "IPv6" } else { "IPv4" }.into());
        }
        spec.set(families, wanted);
        Ok(())
    }

    /// Whether some Service that is stored has such a value.
    fn is_taken(&self, has: &dyn Fn(&Json) -> bool) -> bool {
        let services: Resource = kinds::SERVICES.into();
        self.server.store.list(&services, "").any(|(_, service)| has(&service["spec"]))
    }

    fn cluster_ips(&mut self, spec: &mut Json) -> Result<(), Status> {
        let asked = spec["clusterIPs"][0].clone();
        if !asked.is_empty() {
            let error = self.take_cluster_ip(asked.str()).map(|why| {
                let detail = format!("failed to allocate IP {}: {why}", asked.str());
                Error::invalid(&Path::new("spec").child("clusterIPs"), &spec["clusterIPs"], detail)
            });
            return self.invalid(error.as_slice());
        }
        let Some(ip) = self.next_cluster_ip() else {
            return Err(full("failed to allocate a serviceIP: range is full"));
        };
        spec.set("clusterIP", ip.as_str());
        spec.set("clusterIPs", vec![ip]);
        Ok(())
    }

    /// Takes an address that was asked for, or says why not.
    fn take_cluster_ip(&self, ip: &str) -> Option<String> {
        let offset = ip.parse::<Ipv4Addr>().ok()?.to_bits().wrapping_sub(NETWORK.to_bits());
        let inside = (1..=ADDRESSES).contains(&offset.into());
        if self.dry_run {
            let why =
                format!("the provided IP ({ip}) is not in the valid range. The range of valid IPs is {CIDR}");
            return (!inside).then_some(why);
        }
        if !inside {
            return Some("the provided network does not match the current range".to_owned());
        }
        self.is_taken(&|spec| spec["clusterIP"].str() == ip)
            .then(|| "provided IP is already allocated".to_owned())
    }

    fn next_cluster_ip(&mut self) -> Option<String> {
        let address = |offset: u64| Ipv4Addr::from(NETWORK.to_bits() + 1 + offset as u32).to_string();
        if self.dry_run {
            // Nothing is taken, so upstream does not look for what is free.
            return Some(NETWORK.to_string());
        }
        self.next(ADDRESSES, STATIC_ADDRESSES, &|pools, offset| {
            let ip = address(offset);
            !pools.is_taken(&|spec| spec["clusterIP"].str() == ip)
        })
        .map(address)
    }

    /// A free place of a pool: from a random one on in its upper part, then in its lower one.
    fn next(&mut self, size: u64, offset: u64, free: &dyn Fn(&Self, u64) -> bool) -> Option<u64> {
        [(offset, size - offset), (0, offset)].into_iter().find_map(|(base, length)| {
            let start = self.server.rng.below(length);
            (0..length).map(|i| base + (start + i) % length).find(|place| free(self, *place))
        })
    }

    /// Takes a node port that was asked for, or says why not.
    fn take_port(&mut self, port: i64) -> Option<String> {
        let inside = (FIRST_PORT..FIRST_PORT + PORTS as i64).contains(&port);
        if !inside && !self.dry_run {
            let last = FIRST_PORT + PORTS as i64 - 1;
            return Some(format!(
                "provided port is not in the valid range. The range of valid ports is {FIRST_PORT}-{last}"
            ));
        }
        if self.is_port_taken(port) {
            return Some("provided port is already allocated".to_owned());
        }
        self.ports.push(port);
        None
    }

    fn is_port_taken(&self, port: i64) -> bool {
        let has = |spec: &Json| {
            node_ports(spec).contains(&port) || spec["healthCheckNodePort"].as_i64() == Some(port)
        };
        self.ports.contains(&port) || self.is_taken(&has)
    }

    fn next_port(&mut self) -> Option<i64> {
        let port = if self.dry_run {
            self.ports.iter().copied().max().unwrap_or(FIRST_PORT + PORTS as i64) + 1
        } else {
            let free = |pools: &Self, place: u64| !pools.is_port_taken(FIRST_PORT + place as i64);
            FIRST_PORT + self.next(PORTS, STATIC_PORTS, &free)? as i64
        };
        self.ports.push(port);
        Some(port)
    }

    /// Each port gets a node port, unless the Service does not want that; the same number over two protocols gets one.
    fn node_ports(&mut self, spec: &mut Json, before: &Json) -> Result<(), Status> {
        let kept = node_ports(before);
        let allocates = spec["type"].str() == "NodePort"
            || spec["allocateLoadBalancerNodePorts"].as_bool() != Some(false);
        let creates = before.is_null();
        let mut ports = spec["ports"].items().to_vec();
        let mut by_number: Vec<(Json, i64)> = Vec::new();
        for i in 0..ports.len() {
            let number = ports[i]["port"].clone();
            let known = by_number.iter().find(|(of, _)| *of == number).map(|(_, port)| *port);
            let asked = ports[i]["nodePort"].as_i64().or_else(|| {
                let mut same = ports.iter().filter(|port| creates && port["port"] == number);
                same.find_map(|port| port["nodePort"].as_i64()).filter(|_| known.is_none())
            });
            let port = match (asked, known) {
                (None, _) if !allocates => continue,
                (None, Some(known)) if creates => known,
                (None, _) => {
                    let why = "failed to allocate a nodePort: range is full";
                    self.next_port().ok_or_else(|| full(why))?
                }
                (Some(asked), known) => {
                    if known != Some(asked)
                        && !kept.contains(&asked)
                        && (creates || !self.ports.contains(&asked))
                    {
                        let error = self.take_port(asked).map(|why| {
                            let path = Path::new("spec").child("ports").index(i).child("nodePort");
                            Error::invalid(&path, asked, why)
                        });
                        self.invalid(error.as_slice())?;
                    }
                    asked
                }
            };
            if known.is_none() {
                by_number.push((number, port));
            }
            ports[i].set("nodePort", port);
        }
        if !ports.is_empty() {
            spec.set("ports", ports);
        }
        Ok(())
    }

    /// A load balancer that sends only where pods are asks each node, at a port of its own, whether some are there.
    fn health_check_port(&mut self, spec: &mut Json, had: bool) -> Result<(), Status> {
        if !needs_health_check(spec) || had {
            return Ok(());
        }
        let Some(asked) = spec["healthCheckNodePort"].as_i64() else {
            let port = self.next_port();
            let port =
                port.ok_or_else(|| full("failed to allocate a HealthCheck NodePort 0: range is full"))?;
            spec.set("healthCheckNodePort", port);
            return Ok(());
        };
        match self.take_port(asked) {
            Some(why) => {
                Err(full(&format!("failed to allocate requested HealthCheck NodePort {asked}: {why}")))
            }
            None => Ok(()),
        }
    }
}

fn full(why: &str) -> Status {
    Status::new(Reason::InternalError, format!("Internal error occurred: {why}"))
}
