//! The parts of moments and durations. Months and days count from 0, as in the language's specification.

use super::value::Value;
use crate::api::zone::Zone;
use crate::sim::Time;

/// `getFullYear`, `getHours`, …; none where there is no such part.
pub fn part(name: &str, value: &Value) -> Option<Value> {
    let part = match value {
        Value::Timestamp(time) => {
            let (year, month, day, hour, minute, second) = time.civil();
            match name {
                "getFullYear" => year,
                "getMonth" => i64::from(month) - 1,
                "getDate" => i64::from(day),
                "getDayOfMonth" => i64::from(day) - 1,
                "getDayOfWeek" => i64::from(time.weekday()),
                "getDayOfYear" => {
                    let first = Time::from_civil(year, 1, 1, 0, 0, 0);
                    (time.secs() - first.secs()).div_euclid(86_400)
                }
                "getHours" => i64::from(hour),
                "getMinutes" => i64::from(minute),
                "getSeconds" => i64::from(second),
                "getMilliseconds" => time.0.rem_euclid(1_000_000_000) / 1_000_000,
                _ => return None,
            }
        }
        Value::Duration(nanos) => match name {
            "getHours" => nanos / 3_600_000_000_000,
            "getMinutes" => nanos / 60_000_000_000,
            "getSeconds" => nanos / 1_000_000_000,
            "getMilliseconds" => nanos / 1_000_000 % 1000,
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Int(part))
}

/// The moment whose parts in UTC are those that the first has in a zone: `America/New_York`, `+02:00`.
pub fn in_zone(time: Time, zone: &str) -> Result<Time, String> {
    let fixed = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let back = hours.starts_with('-');
        let whole: i64 = hours.trim_start_matches(['+', '-']).parse().ok()?;
        let seconds = whole * 3600 + minutes.parse::<i64>().ok()? * 60;
        Some(if back { -seconds } else { seconds })
    };
    let offset = match fixed(zone) {
        Some(offset) => offset,
        None => Zone::load(zone).ok_or_else(|| format!("unknown time zone {zone}"))?.offset(time),
    };
    Ok(Time(time.0.saturating_add(offset.saturating_mul(1_000_000_000))))
}
