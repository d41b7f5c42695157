//! Addresses, networks and URLs (`library/{ip,cidr,urls}.go`).

use super::eval::Evaluated;
use super::value::Value;
use crate::json;
use crate::json::{Json, Str};
use std::net::IpAddr;
use std::sync::Arc;

pub const IP: &str = "net.IP";
pub const CIDR: &str = "net.CIDR";
pub const URL: &str = "kubernetes.URL";

/// Calls a function; none where it is none of these.
pub fn call(name: &str, args: &[Value]) -> Option<Evaluated> {
    let text = |text: &str| Ok(Value::Str(text.into()));
    Some(match (name, args) {
        ("ip", [Value::Str(s)]) => address(s).map(|ip| Value::Opaque(IP, ip.to_string().into())),
        ("isIP", [Value::Str(s)]) => Ok(Value::Bool(address(s).is_ok())),
        ("ip.isCanonical", [Value::Str(s)]) => address(s).map(|ip| Value::Bool(ip.to_string() == s.as_str())),
        ("cidr", [Value::Str(s)]) => {
            let network = network(s).map(|(ip, bits)| Value::Opaque(CIDR, format!("{ip}/{bits}").into()));
            network.map_err(|why| format!("network address parse error during conversion from string: {why}"))
        }
        ("isCIDR", [Value::Str(s)]) => Ok(Value::Bool(network(s).is_ok())),
        ("url", [Value::Str(s)]) => {
            let parsed = url(s).map(|url| Value::Opaque(URL, url));
            parsed.map_err(|why| format!("URL parse error during conversion from string: parse {s:?}: {why}"))
        }
        ("isURL", [Value::Str(s)]) => Ok(Value::Bool(url(s).is_ok())),
        ("string", [Value::Opaque(IP | CIDR, s)]) => text(s.str()),
        (_, [Value::Opaque(IP, ip)]) => Ok(part_of_address(name, ip.str().parse().ok()?)?),
        (_, [Value::Opaque(CIDR, cidr), rest @ ..]) => return part_of_network(name, cidr.str(), rest),
        (
            "getScheme" | "getHost" | "getHostname" | "getPort" | "getEscapedPath",
            [Value::Opaque(URL, url)],
        ) => text(url[name].str()),
        ("getQuery", [Value::Opaque(URL, url)]) => Ok(query(url["query"].str())),
        _ => return None,
    })
}

fn address(text: &str) -> Result<IpAddr, String> {
    if text.contains('%') && text.contains(':') {
        return Err(format!("IP address {text:?} with zone value is not allowed"));
    }
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_some() => {
            Err(format!("IPv4-mapped IPv6 address {text:?} is not allowed"))
        }
        Ok(ip) => Ok(ip),
        Err(_) => {
            let why = parse_addr(text);
            Err(format!("IP Address {text:?} parse error during conversion from string: {why}"))
        }
    }
}

/// Why a text is no address, in the words of Go's `netip.ParseAddr`.
fn parse_addr(text: &str) -> String {
    let mark = text.chars().find(|c| matches!(c, '.' | ':' | '%'));
    let why = match mark {
        Some('.') => {
            let fields: Vec<&str> = text.split('.').collect();
            let digits = |field: &&str| field.bytes().all(|b| b.is_ascii_digit());
            if !fields.iter().all(digits) {
                "unexpected character".to_string()
            } else if fields.iter().any(|field| field.is_empty()) {
                "IPv4 field must have at least one digit".into()
            } else if fields.iter().any(|field| field.len() > 1 && field.starts_with('0')) {
                "IPv4 field has octet with leading zero".into()
            } else if fields.iter().any(|field| field.parse::<u8>().is_err()) {
                "IPv4 field has value >255".into()
            } else if fields.len() < 4 {
                "IPv4 address too short".into()
            } else {
                "IPv4 address too long".into()
            }
        }
        Some(':') => "unexpected character".into(),
        Some('%') => "missing IPv6 address".into(),
        _ => "unable to parse IP".into(),
    };
    format!("ParseAddr({text:?}): {why}")
}

fn network(text: &str) -> Result<(IpAddr, u8), String> {
    let fails = |why: &str| {
        Err(format!(
            "network address parse error during conversion from string: netip.ParsePrefix({text:?}): {why}"
        ))
    };
    let Some((ip, bits)) = text.rsplit_once('/') else { return fails("no '/'") };
    let Ok(address) = ip.parse::<IpAddr>() else { return fails(&parse_addr(ip)) };
    if let IpAddr::V6(v6) = address
        && v6.to_ipv4_mapped().is_some()
    {
        return Err(format!("IPv4-mapped IPv6 address {text:?} is not allowed"));
    }
    let most = if address.is_ipv4() { 32 } else { 128 };
    let plain = bits.bytes().all(|b| b.is_ascii_digit()) && !(bits.len() > 1 && bits.starts_with('0'));
    match bits.parse::<u8>().ok().filter(|_| plain) {
        Some(bits) if bits <= most => Ok((address, bits)),
        Some(_) => fails("prefix length out of range"),
        None => fails(&format!("bad bits after slash: {bits:?}")),
    }
}

fn part_of_address(name: &str, ip: IpAddr) -> Option<Value> {
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.segments()[0] & 0xffc0 == 0xfe80,
    };
    let link_local_multicast = match ip {
        IpAddr::V4(v4) => v4.octets()[..3] == [224, 0, 0],
        IpAddr::V6(v6) => v6.segments()[0] & 0xff0f == 0xff02,
    };
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    Some(match name {
        "family" => Value::Int(if ip.is_ipv4() { 4 } else { 6 }),
        "isUnspecified" => Value::Bool(ip.is_unspecified()),
        "isLoopback" => Value::Bool(ip.is_loopback()),
        "isLinkLocalMulticast" => Value::Bool(link_local_multicast),
        "isLinkLocalUnicast" => Value::Bool(link_local),
        "isGlobalUnicast" => {
            let other =
                broadcast || ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || link_local;
            Value::Bool(!other)
        }
        _ => return None,
    })
}

/// The bits of an address from the left, and how many it has.
fn bits_of(ip: IpAddr) -> (u128, u32) {
    match ip {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

fn mask(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)
}

fn part_of_network(name: &str, cidr: &str, rest: &[Value]) -> Option<Evaluated> {
    let (ip, bits) = network(cidr).ok()?;
    let (own, length) = bits_of(ip);
    let holds = |other: IpAddr| {
        let (theirs, other_length) = bits_of(other);
        length == other_length && (own ^ theirs) & mask(bits) == 0
    };
    let address_of = |value: &Value| match value {
        Value::Str(text) => Some(address(text)),
        Value::Opaque(IP, ip) => Some(address(ip.str())),
        _ => None,
    };
    let network_of = |value: &Value| match value {
        Value::Str(text) => Some(network(text)),
        Value::Opaque(CIDR, cidr) => Some(network(cidr.str())),
        _ => None,
    };
    Some(match (name, rest) {
        ("containsIP", [other]) => address_of(other)?.map(|other| Value::Bool(holds(other))),
        ("containsCIDR", [other]) => {
            network_of(other)?.map(|(other, theirs)| Value::Bool(holds(other) && bits <= theirs))
        }
        ("ip", []) => Ok(Value::Opaque(IP, ip.to_string().into())),
        ("prefixLength", []) => Ok(Value::Int(i64::from(bits))),
        ("masked", []) => {
            let kept = own & mask(bits);
            let ip: IpAddr = match ip {
                IpAddr::V4(_) => std::net::Ipv4Addr::from((kept >> 96) as u32).into(),
                IpAddr::V6(_) => std::net::Ipv6Addr::from(kept).into(),
            };
            Ok(Value::Opaque(CIDR, format!("{ip}/{bits}").into()))
        }
        _ => return None,
    })
}

/// The parts of a URL under the names of the functions that ask for them (`url.ParseRequestURI`).
fn url(text: &str) -> Result<Json, &'static str> {
    if text.is_empty() {
        return Err("empty url");
    }
    if text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return Err("net/url: invalid control character in URL");
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let (scheme, rest) = match end {
        Some(0) if text.starts_with(':') => return Err("missing protocol scheme"),
        Some(end) if text[end..].starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            (text[..end].to_ascii_lowercase(), &text[end + 1..])
        }
        _ => (String::new(), text),
    };
    if scheme.is_empty() && !rest.starts_with('/') {
        return Err("invalid URI for request");
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (mut host, mut path) = ("", rest);
    if !rest.starts_with('/') {
        path = "";
    } else if let Some(after) = rest.strip_prefix("//") {
        let cut = after.find('/').unwrap_or(after.len());
        (host, path) = after.split_at(cut);
        host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    }
    if host.contains([' ', '<', '>', '"', '^', '`', '{', '}', '|', '\\']) {
        return Err("invalid character \" \" in host name");
    }
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) => (name, port.strip_prefix(':').unwrap_or("")),
        None => host.rsplit_once(':').unwrap_or((host, "")),
    };
    if !port.bytes().all(|b| b.is_ascii_digit()) {
        return Err("invalid port after host");
    }
    Ok(json!({
        "getScheme": scheme, "getHost": host, "getHostname": name, "getPort": port,
        "getEscapedPath": path.replace(' ', "%20"), "query": query,
    }))
}

/// The values of each key.
fn query(text: &str) -> Value {
    let mut out: Vec<(Str, Vec<Value>)> = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty() && !part.contains(';')) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(key), Some(value)) = (unescaped(key), unescaped(value)) else { continue };
        let value = Value::Str(value.into());
        match out.iter_mut().find(|(known, _)| *known == key.as_str()) {
            Some((_, values)) => values.push(value),
            None => out.push((key.into(), vec![value])),
        }
    }
    let entries = out.into_iter().map(|(key, values)| (Value::Str(key), Value::List(Arc::new(values))));
    Value::Map(Arc::new(entries.collect()))
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b => b,
        });
    }
    String::from_utf8(out).ok()
}
