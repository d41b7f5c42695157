//! Shell patterns: `*`, `?`, `[a-z]`, `[!…]`, `[[:digit:]]`, and `\` before a character that stands for itself.

/// Does the whole of `text` match `pattern`? Time is at most pattern × text.
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p + 1, t));
            p += 1;
            continue;
        }
        if t == text.len() {
            if p == pattern.len() {
                return true;
            }
        } else if p < pattern.len()
            && let Some(next) = one(pattern, p, text[t])
        {
            p = next;
            t += 1;
            continue;
        }
        match star {
            Some((after, from)) if from < text.len() => {
                star = Some((after, from + 1));
                (p, t) = (after, from + 1);
            }
            _ => return false,
        }
    }
}

/// If the pattern element at `p` matches `c`, where the next element begins.
fn one(pattern: &[u8], p: usize, c: u8) -> Option<usize> {
    match pattern[p] {
        b'?' => Some(p + 1),
        b'\\' if p + 1 < pattern.len() => (pattern[p + 1] == c).then_some(p + 2),
        b'[' => match bracket(&pattern[p + 1..], c) {
            Some((length, hit)) => hit.then_some(p + 1 + length),
            None => (c == b'[').then_some(p + 1),
        },
        literal => (literal == c).then_some(p + 1),
    }
}

/// After `[`: the length of the set with its `]`, and whether `c` is in it. `None` if it never ends.
pub(super) fn bracket(set: &[u8], c: u8) -> Option<(usize, bool)> {
    let negated = matches!(set.first(), Some(b'!' | b'^'));
    let mut at = usize::from(negated);
    let first = at;
    let mut hit = false;
    loop {
        let mut low = *set.get(at)?;
        if low == b']' && at > first {
            return Some((at + 1, hit != negated));
        }
        if low == b'['
            && set.get(at + 1) == Some(&b':')
            && let Some(end) = set[at + 2..].windows(2).position(|w| w == b":]")
        {
            hit |= in_class(&set[at + 2..at + 2 + end], c);
            at += end + 4;
            continue;
        }
        if low == b'\\' && at + 1 < set.len() {
            at += 1;
            low = set[at];
        }
        at += 1;
        if set.get(at) == Some(&b'-') && set.get(at + 1).is_some_and(|high| *high != b']') {
            at += 1;
            if set[at] == b'\\' && at + 1 < set.len() {
                at += 1;
            }
            hit |= (low..=set[at]).contains(&c);
            at += 1;
        } else {
            hit |= low == c;
        }
    }
}

/// Is `c` in the named class (`digit`, `alpha`, …)?
pub(super) fn in_class(name: &[u8], c: u8) -> bool {
    match name {
        b"alpha" => c.is_ascii_alphabetic(),
        b"digit" => c.is_ascii_digit(),
        b"alnum" => c.is_ascii_alphanumeric(),
        b"upper" => c.is_ascii_uppercase(),
        b"lower" => c.is_ascii_lowercase(),
        b"space" => c.is_ascii_whitespace() || c == 11,
        b"blank" => c == b' ' || c == b'\t',
        b"punct" => c.is_ascii_punctuation(),
        b"xdigit" => c.is_ascii_hexdigit(),
        b"print" => (32..127).contains(&c),
        b"graph" => (33..127).contains(&c),
        b"cntrl" => c.is_ascii_control(),
        _ => false,
    }
}

/// `text` as a pattern that matches only itself.
pub fn escape(text: &[u8], out: &mut Vec<u8>) {
    for c in text {
        if matches!(c, b'*' | b'?' | b'[' | b']' | b'\\' | b'-' | b'!' | b'^') {
            out.push(b'\\');
        }
        out.push(*c);
    }
}

/// What a pattern without active wildcards stands for.
pub fn unescape(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut quoted = false;
    for c in pattern {
        if *c == b'\\' && !quoted {
            quoted = true;
        } else {
            out.push(*c);
            quoted = false;
        }
    }
    if quoted {
        out.push(b'\\');
    }
    out
}

/// Are there wildcards in it?
pub fn is_active(pattern: &[u8]) -> bool {
    let mut quoted = false;
    for c in pattern {
        if quoted {
            quoted = false;
        } else if *c == b'\\' {
            quoted = true;
        } else if matches!(c, b'*' | b'?' | b'[') {
            return true;
        }
    }
    false
}
