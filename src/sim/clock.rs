//! [`Time`]: a moment of the virtual clock. Nothing in the engine reads a real one.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// Nanoseconds since the Unix epoch, in virtual time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

const SECOND: i64 = 1_000_000_000;

impl Time {
    /// A moment from whole seconds since the Unix epoch.
    pub const fn from_secs(secs: i64) -> Time {
        Time(secs.saturating_mul(SECOND))
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// How long ago `earlier` was; zero where it is later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0).max(0).unsigned_abs())
    }

    /// Year, month, day, hour, minute, second (UTC).
    pub fn civil(self) -> (i64, u32, u32, u32, u32, u32) {
        let secs = self.secs();
        let (days, rest) = (secs.div_euclid(86_400), secs.rem_euclid(86_400) as u32);
        // Days since 0000-03-01, in 400-year eras: Howard Hinnant's `civil_from_days`.
        let z = days + 719_468;
        let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
        let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
        let year = yoe + era * 400 + i64::from(month <= 2);
        (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// A moment from its UTC date and time of day.
    pub fn from_civil(year: i64, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Time {
        let y = year - i64::from(month <= 2);
        let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
        let m = i64::from(if month > 2 { month - 3 } else { month + 9 });
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + (153 * m + 2) / 5 + i64::from(day) - 1;
        let days = era * 146_097 + doe - 719_468;
        Time::from_secs(days * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second))
    }

    /// The day of the week (UTC): 0 is Sunday.
    pub fn weekday(self) -> u32 {
        (self.secs().div_euclid(86_400) + 4).rem_euclid(7) as u32
    }

    /// RFC 3339 with whole seconds, as `metav1.Time` is written.
    pub fn rfc3339(self) -> String {
        let (y, mo, d, h, mi, s) = self.civil();
        // By hand: several are written in almost every step, and the formatting machinery took a twentieth of a run.
        let mut text = String::with_capacity(20);
        let mut part = |number: u32, digits: u32, after: char| {
            for place in (0..digits).rev() {
                text.push(char::from(b'0' + (number / 10u32.pow(place) % 10) as u8));
            }
            text.push(after);
        };
        part(y.try_into().unwrap_or(0), 4, '-');
        part(mo, 2, '-');
        part(d, 2, 'T');
        part(h, 2, ':');
        part(mi, 2, ':');
        part(s, 2, 'Z');
        text
    }

    /// RFC 3339 with microseconds, as `metav1.MicroTime` is written.
    pub fn rfc3339_micro(self) -> String {
        let text = self.rfc3339();
        let micros = self.0.rem_euclid(SECOND) / 1000;
        format!("{}.{micros:06}Z", &text[..text.len() - 1])
    }

    /// Reads RFC 3339 (`Z` or an offset, with or without a fraction).
    pub fn parse(text: &str) -> Option<Time> {
        let (date, rest) = text.split_once(['T', 't'])?;
        let mut date = date.splitn(3, '-').map(str::parse::<u32>);
        let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
        let zone = rest.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = rest.split_at(zone);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let mut clock = clock.splitn(3, ':').map(str::parse::<u32>);
        let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
        let days = [
            31,
            if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 29 } else { 28 },
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ];
        let last = *days.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
        if day == 0 || day > last || hour > 23 || minute > 59 || second > 59 || year > 9999 {
            return None;
        }
        let offset = match zone {
            "Z" | "z" => 0,
            _ => {
                let (h, m) = zone.get(1..)?.split_once(':')?;
                let minutes = h.parse::<i64>().ok()?.checked_mul(60)?.checked_add(m.parse().ok()?)?;
                if zone.starts_with('-') { -minutes } else { minutes }
            }
        };
        let mut nanos = 0;
        for (i, c) in fraction.chars().take(9).enumerate() {
            nanos += i64::from(c.to_digit(10)?) * 10i64.pow(8 - i as u32);
        }
        let base = Time::from_civil(i64::from(year), month, day, hour, minute, second);
        // What the clock cannot reach, the years after 2262, reads as its end.
        let offset = offset.saturating_mul(60 * SECOND);
        Some(Time(base.0.saturating_sub(offset).saturating_add(nanos)))
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, d: Duration) -> Time {
        Time(self.0.saturating_add(i64::try_from(d.as_nanos()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, d: Duration) -> Time {
        Time(self.0.saturating_sub(i64::try_from(d.as_nanos()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in
            ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2026-11-23T09:39:47Z", "1969-12-31T23:59:59Z"]
        {
            assert_eq!(Time::parse(text).map(Time::rfc3339).as_deref(), Some(text));
        }
        let offset = Time::parse("2026-01-01T01:30:00.250+01:30");
        assert_eq!(offset.map(Time::rfc3339_micro).as_deref(), Some("2026-01-01T00:00:00.250000Z"));
        for text in ["", "2026", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}
