//! Quantities: `500m`, `1Gi`, `2e3` (`apimachinery/pkg/api/resource`), read, compared, added and written canonically.

use crate::json::Json;
use std::fmt;

/// How a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `k`, `M`, `G`, `m`, …
    DecimalSi,
    /// `Ki`, `Mi`, `Gi`, …
    BinarySi,
    /// `e3`, …
    DecimalExponent,
}

/// An exact decimal number in units of 10⁻⁹, rounded up beyond that as upstream does.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    nano: i128,
    format: Format,
}

/// What is said of a text that is no quantity.
pub const RULE: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NANO: i128 = 1_000_000_000;

impl Quantity {
    /// A whole number.
    pub fn from_int(value: i64) -> Quantity {
        Quantity { nano: i128::from(value) * NANO, format: Format::DecimalSi }
    }

    /// Thousandths (millicores).
    pub fn from_milli(value: i64) -> Quantity {
        Quantity { nano: i128::from(value) * (NANO / 1000), format: Format::DecimalSi }
    }

    /// Bytes, written in powers of 1024.
    pub fn from_bytes(value: i64) -> Quantity {
        Quantity { nano: i128::from(value) * NANO, format: Format::BinarySi }
    }

    /// Reads a quantity that is written as a text or as a whole number.
    pub fn of_json(value: &Json) -> Option<Quantity> {
        match value {
            Json::Int(number) => Some(Quantity::from_int(*number)),
            text => Quantity::parse(text.str()),
        }
    }

    /// An amount in units of a divisor (1, where there is none), rounded up: what a `resourceFieldRef` gives.
    pub fn in_units_of(amount: &Json, divisor: &Json) -> String {
        let nano = |value: &Json| Quantity::of_json(value).map_or(0, Quantity::nano);
        let (amount, divisor) = (nano(amount), nano(divisor));
        let divisor = if divisor > 0 { divisor } else { NANO };
        (amount / divisor + i128::from(amount % divisor != 0)).to_string()
    }

    /// Reads a quantity; `None` where it is none.
    pub fn parse(text: &str) -> Option<Quantity> {
        let (negative, body) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let digits_end = body.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(body.len());
        let (number, suffix) = body.split_at(digits_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || number.len() > 30 {
            return None;
        }
        let (multiplier, exponent10, format) = suffix_value(suffix)?;
        // value = digits × 10^(-fraction.len()) × multiplier × 10^exponent10, in nano units
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let exponent = exponent10 + 9 - i32::try_from(fraction.len()).ok()?;
        let cap = i128::from(i64::MAX) * NANO;
        let scaled = digits.saturating_mul(multiplier);
        let nano = if exponent >= 0 {
            scaled.saturating_mul(10i128.saturating_pow(exponent.unsigned_abs()))
        } else {
            let divisor = 10i128.checked_pow(exponent.unsigned_abs()).unwrap_or(i128::MAX);
            scaled / divisor + i128::from(scaled % divisor != 0)
        };
        let nano = nano.min(cap);
        Some(Quantity { nano: if negative { -nano } else { nano }, format })
    }

    /// The value in thousandths, rounded up.
    pub fn milli(self) -> i64 {
        ceil_div(self.nano, NANO / 1000)
    }

    /// The value, rounded up.
    pub fn value(self) -> i64 {
        ceil_div(self.nano, NANO)
    }

    /// The value in nano units.
    pub fn nano(self) -> i128 {
        self.nano
    }

    /// How it is written.
    pub fn format(self) -> Format {
        self.format
    }

    /// The sum, in this one's format.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        let format = if self.nano == 0 { other.format } else { self.format };
        Quantity { nano: self.nano.saturating_add(other.nano), format }
    }

    /// The difference, in this one's format.
    #[must_use]
    pub fn minus(self, other: Quantity) -> Quantity {
        Quantity { nano: self.nano.saturating_sub(other.nano), format: self.format }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.nano == other.nano
    }
}
impl Eq for Quantity {}
impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Quantity) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Quantity {
    fn cmp(&self, other: &Quantity) -> std::cmp::Ordering {
        self.nano.cmp(&other.nano)
    }
}

fn ceil_div(nano: i128, unit: i128) -> i64 {
    let q = nano.div_euclid(unit) + i128::from(nano.rem_euclid(unit) != 0);
    i64::try_from(q).unwrap_or(i64::MAX)
}

fn suffix_value(suffix: &str) -> Option<(i128, i32, Format)> {
    let binary = |power: u32| Some((1i128 << (10 * power), 0, Format::BinarySi));
    let decimal = |exponent: i32| Some((1, exponent, Format::DecimalSi));
    match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            (exponent.abs() <= 24).then_some((1, exponent, Format::DecimalExponent))
        }
    }
}

/// The canonical form: the largest suffix that leaves a whole number.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nano < 0 { "-" } else { "" };
        let size = self.nano.unsigned_abs();
        let nano = NANO.unsigned_abs();
        if size == 0 {
            return f.write_str("0");
        }
        if self.format == Format::BinarySi && size.is_multiple_of(nano) && size >= 1024 * nano {
            let mut value = size / nano;
            let mut power = 0;
            while value.is_multiple_of(1024) && power < 6 {
                value /= 1024;
                power += 1;
            }
            return write!(f, "{sign}{value}{}", ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]);
        }
        let (mut value, mut exponent) = (size, -9i32);
        while value % 1000 == 0 && exponent < 18 {
            value /= 1000;
            exponent += 3;
        }
        if self.format == Format::DecimalExponent {
            return if exponent == 0 {
                write!(f, "{sign}{value}")
            } else {
                write!(f, "{sign}{value}e{exponent}")
            };
        }
        let suffix = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][((exponent + 9) / 3) as usize];
        write!(f, "{sign}{value}{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_canonical_form() {
        let cases = [
            ("1024Mi", "1Gi"),
            ("1e9", "1e9"),
            ("1.5Gi", "1536Mi"),
            ("2e3", "2e3"),
            ("0.5", "500m"),
            ("1000m", "1"),
            ("0", "0"),
            ("1500", "1500"),
            ("2000", "2k"),
            ("100Mi", "100Mi"),
            ("512", "512"),
            (".5", "500m"),
            ("-1", "-1"),
            ("1000Ki", "1000Ki"),
            ("12345678901234567890123456", "9223372036854775807"),
        ];
        for (text, expected) in cases {
            assert_eq!(Quantity::parse(text).map(|q| q.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "x", "1x", "1.2.3", "1 Gi", "--1", "1GiB"] {
            assert!(Quantity::parse(text).is_none(), "{text}");
        }
    }
}
