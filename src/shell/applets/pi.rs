//! Digits of π, by Machin's formula on long fixed-point numbers: what `perl -Mbignum=bpi` computes.

/// Digits in one limb.
const LIMB: u64 = 1_000_000_000;

/// π with `digits` significant digits, rounded, as `bpi(digits)` prints it.
pub(super) fn pi(digits: usize) -> String {
    let digits = digits.max(1);
    // Two limbs more than needed absorb the truncation of each division.
    let limbs = digits.div_ceil(9) + 3;
    let (mut sum, mut rest) = (arctan_inverse(5, 16, limbs), arctan_inverse(239, 4, limbs));
    subtract(&mut sum, &mut rest);
    let mut text = sum[0].to_string();
    for limb in &sum[1..] {
        text += &format!("{limb:09}");
    }
    let mut kept: Vec<u8> = text.bytes().take(digits).collect();
    if text.as_bytes()[digits] >= b'5' {
        for digit in kept.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                break;
            }
        }
    }
    let text = String::from_utf8_lossy(&kept).into_owned();
    if digits == 1 { text } else { format!("{}.{}", &text[..1], &text[1..]) }
}

/// `factor` × arctan(1/x): the whole part in the first limb.
fn arctan_inverse(x: u64, factor: u64, limbs: usize) -> Vec<u64> {
    let mut power = vec![0; limbs];
    power[0] = factor;
    divide(&mut power, x);
    let mut sum = power.clone();
    let mut divisor = 1;
    let mut positive = false;
    while power.iter().any(|limb| *limb != 0) {
        divide(&mut power, x * x);
        divisor += 2;
        let mut term = power.clone();
        divide(&mut term, divisor);
        if positive {
            add(&mut sum, &term)
        } else {
            subtract(&mut sum, &mut term)
        }
        positive = !positive;
    }
    sum
}

fn divide(number: &mut [u64], by: u64) {
    let mut rest = 0;
    for limb in number {
        let value = rest * LIMB + *limb;
        *limb = value / by;
        rest = value % by;
    }
}

fn add(number: &mut [u64], other: &[u64]) {
    let mut carry = 0;
    for (limb, other) in number.iter_mut().zip(other).rev() {
        let value = *limb + other + carry;
        *limb = value % LIMB;
        carry = value / LIMB;
    }
}

fn subtract(number: &mut [u64], other: &mut [u64]) {
    let mut borrow = 0;
    for (limb, other) in number.iter_mut().zip(other).rev() {
        let value = *limb + LIMB - *other - borrow;
        *limb = value % LIMB;
        borrow = 1 - value / LIMB;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn computes_pi() {
        assert_eq!(super::pi(1), "3");
        assert_eq!(super::pi(5), "3.1416");
        assert_eq!(super::pi(50), "3.1415926535897932384626433832795028841971693993751");
        // The Feynman point: six nines from the 762nd decimal on.
        assert_eq!(&super::pi(2000)[763..769], "999999");
    }
}
