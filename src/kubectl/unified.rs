//! The unified format of GNU `diff`, three lines of context around what changed.

const CONTEXT: usize = 3;
/// The most pairs of lines that are compared; of texts with more between their first and last difference, all of it changes.
const PAIRS: usize = 4_000_000;

/// The hunks that make one text of the other; both end with a newline, or are empty.
pub(super) fn hunks(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (mut gone, mut come) = changed(&old, &new);
    slide(&old, &mut gone, &mut come);
    slide(&new, &mut come, &mut gone);
    // Each step: the lines of both before it, and whether one goes, comes, or stays.
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let sign = if i < old.len() && gone[i] {
            '-'
        } else if j < new.len() && come[j] {
            '+'
        } else {
            ' '
        };
        steps.push((sign, i, j));
        i += usize::from(sign != '+');
        j += usize::from(sign != '-');
    }
    let mut out = String::new();
    let mut at = 0;
    while let Some(first) = (at..steps.len()).find(|k| steps[*k].0 != ' ') {
        let mut last = first;
        for (k, (sign, ..)) in steps.iter().enumerate().skip(first) {
            if *sign != ' ' {
                last = k;
            } else if k - last > 2 * CONTEXT {
                break;
            }
        }
        let from = first.saturating_sub(CONTEXT).max(at);
        let to = (last + 1 + CONTEXT).min(steps.len());
        let hunk = &steps[from..to];
        let count = |other: char| hunk.iter().filter(|(sign, ..)| *sign != other).count();
        let range = |start: usize, count: usize| match count {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            n => format!("{},{n}", start + 1),
        };
        let (_, i, j) = hunk[0];
        out.push_str(&format!("@@ -{} +{} @@\n", range(i, count('+')), range(j, count('-'))));
        for (sign, i, j) in hunk {
            let line = if *sign == '+' { new[*j] } else { old[*i] };
            out.push_str(&format!("{sign}{line}\n"));
        }
        at = to;
    }
    out
}

/// Which lines of the one go and which of the other come: all but a longest common subsequence.
fn changed(old: &[&str], new: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (mut gone, mut come) = (vec![false; old.len()], vec![false; new.len()]);
    let (a, b) = (&old[same..old.len() - tail], &new[same..new.len() - tail]);
    if a.len().saturating_mul(b.len()) > PAIRS {
        gone[same..same + a.len()].fill(true);
        come[same..same + b.len()].fill(true);
        return (gone, come);
    }
    // How many lines are common from here on.
    let width = b.len() + 1;
    let mut common = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = match a[i] == b[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1] {
            gone[same + i] = true;
            i += 1;
        } else {
            come[same + j] = true;
            j += 1;
        }
    }
    (gone, come)
}

/// Moves each run of changed lines as far down as the lines allow, and runs that meet become one; where it can be, a run ends up
/// beside a change of the other text (GNU's `shift_boundaries`).
fn slide(lines: &[&str], changed: &mut [bool], other: &mut [bool]) {
    let (mut i, mut j) = (0, 0);
    let set = |flags: &[bool], at: usize| flags.get(at).copied().unwrap_or(false);
    loop {
        // To the next run, and to where it stands in the other text.
        while i < lines.len() && !changed[i] {
            while set(other, j) {
                j += 1;
            }
            (i, j) = (i + 1, j + 1);
        }
        if i == lines.len() {
            return;
        }
        let mut start = i;
        while set(changed, i) {
            i += 1;
        }
        while set(other, j) {
            j += 1;
        }
        let mut beside;
        loop {
            let length = i - start;
            // Up as far as it goes.
            while start > 0 && lines[start - 1] == lines[i - 1] {
                start -= 1;
                i -= 1;
                changed[start] = true;
                changed[i] = false;
                while start > 0 && changed[start - 1] {
                    start -= 1;
                }
                j -= 1;
                while j > 0 && other[j - 1] {
                    j -= 1;
                }
            }
            beside = if j > 0 && other[j - 1] { i } else { lines.len() };
            // Down as far as it goes.
            while i < lines.len() && lines[start] == lines[i] {
                changed[start] = false;
                changed[i] = true;
                start += 1;
                i += 1;
                while set(changed, i) {
                    i += 1;
                }
                j += 1;
                while set(other, j) {
                    beside = i;
                    j += 1;
                }
            }
            if i - start == length {
                break;
            }
        }
        // Back to the change that it would stand beside.
        while beside < i {
            start -= 1;
            i -= 1;
            changed[start] = true;
            changed[i] = false;
            j -= 1;
            while j > 0 && other[j - 1] {
                j -= 1;
            }
        }
    }
}
