//! [`Schedule`]: when a CronJob runs. Reads what `robfig/cron` reads, and complains in its words.

use super::duration::parse_duration;
use super::zone::Zone;
use crate::sim::Time;
use std::time::Duration;

/// A schedule of five fields in a time zone, or a constant interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// `*/5 * * * *`, `@hourly`
    Fields(Fields),
    /// `@every 90m`
    Every(Duration),
}

/// Sets of allowed values, as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    zone: Zone,
}

/// Says that a field was `*`: of the two day fields only one that is restricted counts.
const STAR: u64 = 1 << 63;
const NO_NAMES: &[&str] = &[];
const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// A schedule without a moment in so many years has none.
const YEARS: i64 = 5;

impl Schedule {
    /// From the text of `spec.schedule`; `TZ=Europe/Berlin ` may stand before it, otherwise it is meant in UTC.
    pub fn parse(text: &str) -> Result<Schedule, String> {
        if text.is_empty() {
            return Err("empty spec string".into());
        }
        let (zone, text) = match text.strip_prefix("CRON_TZ=").or(text.strip_prefix("TZ=")) {
            None => (Zone::UTC, text),
            Some(rest) => {
                let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                let bad = || format!("provided bad location {name}: unknown time zone {name}");
                (Zone::load(name).ok_or_else(bad)?, rest.trim())
            }
        };
        let fields = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };
        if let Some(interval) = fields.strip_prefix("@every ") {
            let every =
                parse_duration(interval).map_err(|e| format!("failed to parse duration {text}: {e}"))?;
            return Ok(Schedule::Every(Duration::from_secs(if every.0 {
                1
            } else {
                every.1.as_secs().max(1)
            })));
        }
        if fields.starts_with('@') {
            return Err(format!("unrecognized descriptor: {text}"));
        }
        let all: Vec<&str> = fields.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = all[..] else {
            return Err(format!("expected exactly 5 fields, found {}: [{}]", all.len(), all.join(" ")));
        };
        Ok(Schedule::Fields(Fields {
            minute: field(minute, 0, 59, NO_NAMES)?,
            hour: field(hour, 0, 23, NO_NAMES)?,
            day: field(day, 1, 31, NO_NAMES)?,
            month: field(month, 1, 12, MONTHS)?,
            weekday: field(weekday, 0, 6, WEEKDAYS)?,
            zone,
        }))
    }

    /// The first moment after `time`; `None` where there is none in the next five years.
    pub fn next(&self, time: Time) -> Option<Time> {
        match self {
            Schedule::Every(interval) => Some(Time::from_secs(time.secs()) + *interval),
            Schedule::Fields(fields) => fields.next(time),
        }
    }
}

impl Fields {
    /// By whose clocks it is meant.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Searches as upstream does, month by month, day by day and hour by hour, so that the same moments come out where a
    /// clock is put forward or back: days are those of the wall clock, hours are sixty minutes each.
    fn next(&self, time: Time) -> Option<Time> {
        let zone = self.zone;
        let has = |set: u64, value: u32| set & (1 << value) != 0;
        let (first_year, ..) = zone.civil(time);
        // The first whole minute after `time`.
        let mut at = Time::from_secs(time.secs() - time.secs().rem_euclid(60) + 60);
        // Whether the parts of `at` below the one that is searched are zero already.
        let mut whole = false;
        'search: loop {
            let (mut year, mut month, mut day, mut hour, mut minute, _) = zone.civil(at);
            if year > first_year + YEARS {
                return None;
            }
            while !has(self.month, month) {
                whole = true;
                (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                (day, hour, minute) = (1, 0, 0);
                at = zone.moment(year, month, day, hour);
                if month == 1 {
                    continue 'search;
                }
            }
            while !self.has_day(year, month, day) {
                if !whole {
                    at = zone.moment(year, month, day, 0);
                    whole = true;
                }
                let (y, m, d, h, ..) = zone.civil(at);
                let next = Time::from_secs(Time::from_civil(y, m, d, 0, 0, 0).secs() + 86_400);
                let (y, m, d, ..) = next.civil();
                at = zone.moment(y, m, d, h);
                // Midnight may not exist, or exist twice.
                let (.., h, _, _) = zone.civil(at);
                let correction = if h > 12 { i64::from(24 - h) } else { -i64::from(h) };
                at = Time::from_secs(at.secs() + correction * 3600);
                (year, month, day, hour, minute, _) = zone.civil(at);
                if day == 1 {
                    continue 'search;
                }
            }
            while !has(self.hour, hour) {
                if !whole {
                    at = zone.moment(year, month, day, hour);
                    whole = true;
                }
                at = Time::from_secs(at.secs() + 3600);
                (_, _, _, hour, minute, _) = zone.civil(at);
                if hour == 0 {
                    continue 'search;
                }
            }
            while !has(self.minute, minute) {
                whole = true;
                at = Time::from_secs(at.secs() + 60);
                (.., minute, _) = zone.civil(at);
                if minute == 0 {
                    continue 'search;
                }
            }
            return Some(at);
        }
    }

    fn has_day(&self, year: i64, month: u32, day: u32) -> bool {
        let weekday = Time::from_civil(year, month, day, 0, 0, 0).weekday();
        let (by_day, by_weekday) = (self.day & (1 << day) != 0, self.weekday & (1 << weekday) != 0);
        if (self.day | self.weekday) & STAR != 0 { by_day && by_weekday } else { by_day || by_weekday }
    }
}

fn field(text: &str, min: u64, max: u64, names: &[&str]) -> Result<u64, String> {
    text.split(',')
        .filter(|part| !part.is_empty())
        .try_fold(0, |set, part| Ok(set | range(part, min, max, names)?))
}

fn range(text: &str, min: u64, max: u64, names: &[&str]) -> Result<u64, String> {
    let steps: Vec<&str> = text.split('/').collect();
    let bounds: Vec<&str> = steps[0].split('-').collect();
    let name = |text: &str| match names.iter().position(|n| text.eq_ignore_ascii_case(n)) {
        Some(i) => Ok(i as u64 + min),
        None => number(text),
    };
    let mut star = 0;
    let (start, mut end) = match bounds[..] {
        ["*" | "?", ..] => {
            star = STAR;
            (min, max)
        }
        [one] => (name(one)?, name(one)?),
        [first, last] => (name(first)?, name(last)?),
        _ => return Err(format!("too many hyphens: {text}")),
    };
    let step = match steps[..] {
        [_] => 1,
        [_, step] => {
            let step = number(step)?;
            if bounds.len() == 1 {
                end = max;
            }
            if step > 1 {
                star = 0;
            }
            step
        }
        _ => return Err(format!("too many slashes: {text}")),
    };
    if start < min {
        return Err(format!("beginning of range ({start}) below minimum ({min}): {text}"));
    }
    if end > max {
        return Err(format!("end of range ({end}) above maximum ({max}): {text}"));
    }
    if start > end {
        return Err(format!("beginning of range ({start}) beyond end of range ({end}): {text}"));
    }
    let stride = usize::try_from(step).unwrap_or(usize::MAX);
    if stride == 0 {
        return Err(format!("step of range should be a positive number: {text}"));
    }
    Ok((start..=end).step_by(stride).fold(star, |set, value| set | 1 << value))
}

fn number(text: &str) -> Result<u64, String> {
    match text.parse::<i64>() {
        Ok(n) => u64::try_from(n).map_err(|_| format!("negative number ({n}) not allowed: {text}")),
        Err(_) => {
            Err(format!("failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_moment() {
        let cases = [
            ("* * * * *", "2026-11-23T09:39:47Z", "2026-11-23T09:40:00Z"),
            ("* * * * *", "2026-11-23T09:40:00Z", "2026-11-23T09:41:00Z"),
            ("*/15 8-10 * * MON-FRI", "2026-11-20T10:50:00Z", "2026-11-23T08:00:00Z"),
            ("0 0 29 2 ?", "2026-11-23T09:39:47Z", "2028-02-29T00:00:00Z"),
            ("0 12 13 * 5", "2026-11-23T00:00:00Z", "2026-11-27T12:00:00Z"),
            ("@hourly", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"),
            ("@every 90m", "2026-11-23T09:39:47Z", "2026-11-23T11:09:47Z"),
            ("0 0 31 2 *", "2026-11-23T09:39:47Z", "never"),
            // In a zone: winter and summer, an hour that is left out, one that comes twice, a midnight that is left out.
            ("TZ=Europe/Berlin 0 8 * * *", "2026-11-23T09:39:47Z", "2026-11-24T07:00:00Z"),
            ("TZ=Europe/Berlin 0 8 * * *", "2026-07-01T00:00:00Z", "2026-07-01T06:00:00Z"),
            ("TZ=Europe/Berlin 30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"),
            ("TZ=Europe/Berlin 30 2 * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"),
            ("TZ=Europe/Berlin 30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("TZ=America/Santiago 0 0 * * *", "2026-09-05T12:00:00Z", "2026-09-07T03:00:00Z"),
            ("CRON_TZ=Asia/Kolkata 0 0 1 * *", "2026-11-23T09:39:47Z", "2026-11-30T18:30:00Z"),
            ("TZ=America/New_York @daily", "2026-11-23T09:39:47Z", "2026-11-24T05:00:00Z"),
        ];
        for (schedule, from, expected) in cases {
            let schedule = Schedule::parse(schedule).expect(schedule);
            let next = schedule.next(Time::parse(from).expect(from));
            assert_eq!(next.map_or("never".into(), Time::rfc3339), expected, "{schedule:?}");
        }
    }

    #[test]
    fn complains_as_upstream() {
        let cases = [
            ("@every5m", "unrecognized descriptor: @every5m"),
            ("@every 5x", r#"failed to parse duration @every 5x: time: unknown unit "x" in duration "5x""#),
            ("1-99 * * * *", "end of range (99) above maximum (59): 1-99"),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("*/5/2 * * * *", "too many slashes: */5/2"),
            ("* * * * FUN", r#"failed to parse int from FUN: strconv.Atoi: parsing "FUN": invalid syntax"#),
            ("* * *", "expected exactly 5 fields, found 3: [* * *]"),
            ("* * * * 7", "end of range (7) above maximum (6): 7"),
            (
                "TZ=Mars/Olympus * * * * *",
                "provided bad location Mars/Olympus: unknown time zone Mars/Olympus",
            ),
        ];
        for (schedule, expected) in cases {
            assert_eq!(Schedule::parse(schedule), Err(expected.into()), "{schedule}");
        }
    }
}
