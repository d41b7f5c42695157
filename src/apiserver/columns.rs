//! The columns of each kind's table (`pkg/printers/internalversion/printers.go`).

use crate::api::Resource;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

/// A column.
pub struct Column {
    /// Its heading, as the server spells it.
    pub name: &'static str,
    /// `string`, `integer`, …
    pub kind: &'static str,
    /// 0: always shown; 1: with `-o wide`.
    pub priority: u8,
}

/// How a kind is printed.
pub struct Printer {
    /// The columns.
    pub columns: &'static [Column],
    /// The cells of a row.
    pub cells: fn(&Json, Time, &mut Vec<Json>),
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: "string", priority: 0 }
}

static DEFAULT: Printer = Printer {
    columns: &[text("Name"), text("Age")],
    cells: |o, now, out| out.extend([name(o), age(o, now)]),
};

/// The printer of a resource.
pub fn of(_resource: &Resource) -> &'static Printer {
    &DEFAULT
}

fn name(object: &Json) -> Json {
    object["metadata"]["name"].clone()
}

fn age(object: &Json, now: Time) -> Json {
    since(object["metadata"]["creationTimestamp"].str(), now)
}

/// The time since a moment, for people; `<unknown>` where there is none.
fn since(moment: &str, now: Time) -> Json {
    match Time::parse(moment) {
        Some(moment) => human_duration(now.since(moment)).into(),
        None => "<unknown>".into(),
    }
}

/// A duration as `kubectl` shows it (`apimachinery/pkg/util/duration.HumanDuration`): at most two units.
pub fn human_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let pair = |big: u64, unit: &str, small: u64, small_unit: &str| {
        if small == 0 { format!("{big}{unit}") } else { format!("{big}{unit}{small}{small_unit}") }
    };
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        pair(minutes, "m", seconds % 60, "s")
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        pair(hours, "h", minutes % 60, "m")
    } else if hours < 48 {
        format!("{hours}h")
    } else if hours < 192 {
        pair(days, "d", hours % 24, "h")
    } else if days < 730 {
        format!("{days}d")
    } else if days < 8 * 365 {
        pair(days / 365, "y", days % 365, "d")
    } else {
        format!("{}y", days / 365)
    }
}
