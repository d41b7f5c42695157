//! IP addresses and ranges (`apimachinery/pkg/util/validation/ip.go`), as strictly as v1.36 reads them.

use crate::api::field::{Error, Path};
use std::net::IpAddr;

/// Checks an address; gives it where it is one.
pub fn address(text: &str, path: &Path, errors: &mut Vec<Error>) -> Option<IpAddr> {
    let mut refuse = |detail: &'static str| {
        errors.push(Error::invalid(path, text, detail));
        None
    };
    match text.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_some() => {
            refuse("must not be an IPv4-mapped IPv6 address")
        }
        Ok(address) => Some(address),
        Err(_) if has_leading_zeros(text) => refuse("must not have leading 0s"),
        Err(_) => refuse("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
    }
}

/// It must be written as Go would write it.
pub fn canonical(text: &str, written: &str, path: &Path, errors: &mut Vec<Error>) {
    if text != written {
        errors.push(Error::invalid(path, text, format!("must be in canonical form (\"{written}\")")));
    }
}

/// `010.000.000.005`
fn has_leading_zeros(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.len() <= 3 && part.parse::<u8>().is_ok();
    text.split('.').count() == 4 && text.split('.').all(part)
}

/// Checks a range, such as `10.9.8.0/24`.
pub fn cidr(text: &str, path: &Path, errors: &mut Vec<Error>) {
    let parts = text.split_once('/');
    let parsed = parts.and_then(|(ip, bits)| Some((ip.parse::<IpAddr>().ok()?, bits.parse::<u8>().ok()?)));
    let beyond = match parsed {
        Some((IpAddr::V4(ip), bits)) if bits <= 32 => ip.to_bits().checked_shl(bits.into()).unwrap_or(0) != 0,
        Some((IpAddr::V6(ip), bits)) if bits <= 128 => {
            ip.to_bits().checked_shl(bits.into()).unwrap_or(0) != 0
        }
        _ => {
            let detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
            return errors.push(Error::invalid(path, text, detail));
        }
    };
    if beyond {
        let detail = "must not have bits set beyond the prefix length";
        errors.push(Error::invalid(path, text, detail));
    }
}

/// Nobody's endpoint has such an address (`ValidateEndpointIP`).
pub fn not_special(ip: IpAddr, path: &Path, errors: &mut Vec<Error>) {
    let text = ip.to_string();
    let (link_local, link_local_multicast) = match ip {
        IpAddr::V4(ip) => (ip.is_link_local(), ip.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(ip) => (ip.is_unicast_link_local(), ip.segments()[0] & 0xff0f == 0xff02),
    };
    if ip.is_unspecified() {
        errors.push(Error::invalid(path, text.as_str(), format!("may not be unspecified ({text})")));
    }
    for (is, detail) in [
        (ip.is_loopback(), "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        (link_local_multicast, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
    ] {
        if is {
            errors.push(Error::invalid(path, text.as_str(), detail));
        }
    }
}
