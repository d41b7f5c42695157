//! [`Zone`]: a time zone by its IANA name, as its rules stand today (`schema/timezones.txt`).

use crate::sim::Time;

/// Lines of a rule and the zones that follow it.
static ZONES: &str = include_str!("../../schema/timezones.txt");
const DAY: i64 = 86_400;

/// A time zone: how far its clocks are from UTC, and when they change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Seconds east of UTC.
    standard: i64,
    summer: Option<Summer>,
}

/// A second offset for a part of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Summer {
    offset: i64,
    start: Change,
    end: Change,
}

/// A weekday of a month (the fifth is the last), and the second of that day by the clocks before the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    month: u32,
    week: i64,
    weekday: i64,
    second: i64,
}

impl Zone {
    /// Universal time.
    pub const UTC: Zone = Zone { standard: 0, summer: None };

    /// The zone of that name; `""` is UTC. Names are case-sensitive, as files are (Go's `time.LoadLocation`).
    pub fn load(name: &str) -> Option<Zone> {
        if name.is_empty() {
            return Some(Zone::UTC);
        }
        let (region, place) = name.rsplit_once('/').unwrap_or(("", name));
        ZONES.lines().find_map(|line| {
            let mut words = line.split(' ');
            let rule = words.next()?;
            let found = words.any(|word| {
                let (here, places) = word.rsplit_once('/').unwrap_or(("", word));
                here == region && places.split(',').any(|p| p == place)
            });
            found.then(|| Zone::parse(rule)).flatten()
        })
    }

    /// `-1,M3.5.0,M10.5.0/3`, `10:30/-11,…`: POSIX counts westwards, and summer is an hour ahead unless it is said.
    fn parse(rule: &str) -> Option<Zone> {
        let mut parts = rule.split(',');
        let (standard, summer) = parts.next().map(|o| o.split_once('/').map_or((o, ""), |(s, d)| (s, d)))?;
        let standard = -seconds(standard)?;
        let Some(start) = parts.next() else { return Some(Zone { standard, summer: None }) };
        let offset = if summer.is_empty() { standard + 3600 } else { -seconds(summer)? };
        let summer = Summer { offset, start: Change::parse(start)?, end: Change::parse(parts.next()?)? };
        Some(Zone { standard, summer: Some(summer) })
    }

    /// Seconds east of UTC at a moment.
    pub fn offset(self, time: Time) -> i64 {
        let Some(summer) = self.summer else { return self.standard };
        let secs = time.secs();
        let (year, ..) = Time::from_secs(secs + self.standard).civil();
        let start = summer.start.at(year) - self.standard;
        let end = summer.end.at(year) - summer.offset;
        let on = if start < end { (start..end).contains(&secs) } else { !(end..start).contains(&secs) };
        if on { summer.offset } else { self.standard }
    }

    /// Year, month, day, hour, minute, second by the zone's clocks.
    pub fn civil(self, time: Time) -> (i64, u32, u32, u32, u32, u32) {
        Time::from_secs(time.secs() + self.offset(time)).civil()
    }

    /// The moment at which the zone's clocks show a full hour. Of an hour that is left out or comes twice, the one that
    /// Go's `time.Date` takes.
    pub fn moment(self, year: i64, month: u32, day: u32, hour: u32) -> Time {
        let shown = Time::from_civil(year, month, day, hour, 0, 0).secs();
        let offset = self.offset(Time::from_secs(shown));
        let time = Time::from_secs(shown - offset);
        match self.offset(time) {
            other if other != offset && offset != 0 => Time::from_secs(shown - other),
            _ => time,
        }
    }

    /// RFC 3339 with the zone's offset: `2026-11-24T08:00:00+01:00`, and `Z` for UTC.
    pub fn rfc3339(self, time: Time) -> String {
        let offset = self.offset(time);
        let text = Time::from_secs(time.secs() + offset).rfc3339();
        if offset == 0 {
            return text;
        }
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
        format!("{}{sign}{:02}:{:02}", text.trim_end_matches('Z'), minutes / 60, minutes % 60)
    }
}

impl Change {
    /// `M10.5.0/3`: October, the last, Sunday, at three; at two unless it is said.
    fn parse(text: &str) -> Option<Change> {
        let (date, time) = text.strip_prefix('M')?.split_once('/').unwrap_or((&text[1..], "2"));
        let mut date = date.split('.');
        Some(Change {
            month: date.next()?.parse().ok()?,
            week: date.next()?.parse().ok()?,
            weekday: date.next()?.parse().ok()?,
            second: seconds(time)?,
        })
    }

    /// When it comes in a year, in seconds since the epoch as if the clocks before it showed UTC.
    fn at(self, year: i64) -> i64 {
        let first = Time::from_civil(year, self.month, 1, 0, 0, 0);
        let (y, m) = if self.month == 12 { (year + 1, 1) } else { (year, self.month + 1) };
        let days = (Time::from_civil(y, m, 1, 0, 0, 0).secs() - first.secs()) / DAY;
        let to_weekday = (self.weekday - i64::from(first.weekday())).rem_euclid(7);
        let mut day = to_weekday + 7 * (self.week - 1);
        while day >= days {
            day -= 7;
        }
        first.secs() + day * DAY + self.second
    }
}

/// `3`, `-3:30`: hours and minutes.
fn seconds(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    Some(sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_clocks_of_the_world() {
        let cases = [
            ("Europe/Berlin", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"),
            ("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("Europe/Dublin", "2026-07-01T00:00:00Z", "2026-07-01T01:00:00+01:00"),
            ("Europe/Dublin", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            ("America/New_York", "2026-11-01T06:00:00Z", "2026-11-01T01:00:00-05:00"),
            ("America/Argentina/Buenos_Aires", "2026-07-01T00:00:00Z", "2026-06-30T21:00:00-03:00"),
            ("Asia/Kathmandu", "2026-07-01T00:00:00Z", "2026-07-01T05:45:00+05:45"),
            ("Asia/Shanghai", "2026-07-01T00:00:00Z", "2026-07-01T08:00:00+08:00"),
            ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00+11:00"),
            ("Australia/Lord_Howe", "2026-07-01T00:00:00Z", "2026-07-01T10:30:00+10:30"),
            ("Etc/UTC", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
            ("", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ];
        for (name, utc, expected) in cases {
            let zone = Zone::load(name).expect(name);
            assert_eq!(zone.rfc3339(Time::parse(utc).expect(utc)), expected, "{name}");
        }
        for name in ["europe/berlin", "Berlin", "Local", "Europe/", "Europe/Berlin,Paris", "-1"] {
            assert_eq!(Zone::load(name), None, "{name}");
        }
    }

    #[test]
    fn every_rule_is_understood() {
        for line in ZONES.lines() {
            let rule = line.split(' ').next().unwrap_or("");
            assert!(Zone::parse(rule).is_some(), "{line}");
        }
    }
}
