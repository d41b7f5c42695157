//! Durations as people read them (`apimachinery/pkg/util/duration`), and as Go reads them.

use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

/// `5s`, `2m30s`, `3h`, `2d4h`: about two digits' worth.
pub(crate) fn duration(d: Duration) -> String {
    let seconds = d.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |a: u64, unit: &str, b: u64, small: &str| {
        if b == 0 { format!("{a}{unit}") } else { format!("{a}{unit}{b}{small}") }
    };
    match () {
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 => two(minutes, "m", seconds % 60, "s"),
        () if minutes < 180 => format!("{minutes}m"),
        () if hours < 8 => two(hours, "h", minutes % 60, "m"),
        () if hours < 48 => format!("{hours}h"),
        () if hours < 192 => two(days, "d", hours % 24, "h"),
        () if days < 730 => format!("{days}d"),
        () if days < 2920 => two(days / 365, "y", days % 365, "d"),
        () => format!("{}y", days / 365),
    }
}

/// How long ago a timestamp was.
pub(crate) fn age(now: Time, timestamp: &Json) -> String {
    match Time::parse(timestamp.str()) {
        Some(time) => duration(now.since(time)),
        None => "<unknown>".into(),
    }
}
