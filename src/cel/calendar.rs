//! The parts of moments and durations. Months and days count from 0, as in the language's specification.

use super::value::Value;
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
