//! What matches, and what is refused.

use super::Regex;

#[test]
fn matches_as_go_does() {
    for (pattern, text, hit) in [
        ("^[A-Z]{2}-[0-9]+$", "AB-12", true),
        ("^[A-Z]{2}-[0-9]+$", "apollo", false),
        ("^[A-Z]{2}-[0-9]+$", "AB-12x", false),
        ("a|bc|d", "xbcx", true),
        ("^(a|bc|d)$", "bc", true),
        ("^(a|bc|d)$", "d", true),
        ("^(a|bc|d)$", "bd", false),
        ("^(?:ab)*c?$", "ababc", true),
        ("^(?:ab)*c?$", "abac", false),
        (r"^\d{1,3}(\.\d{1,3}){3}$", "10.0.0.255", true),
        (r"^\d{1,3}(\.\d{1,3}){3}$", "10.0.0", false),
        ("(?i)^hello$", "HeLLo", true),
        (r"^[^\s/]+$", "a b", false),
        (r"^[\w.-]+@[a-z]+$", "a.b-c@d", true),
        ("^x{0,2}$", "xxx", false),
        ("^$", "", true),
        (r"\bfoo\b", "a foo b", true),
        ("^[[:alpha:]_]+?$", "ab_", true),
        ("^[^a-c]$", "é", true),
        (r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", "a-b.c", true),
    ] {
        assert_eq!(Regex::new(pattern).map(|r| r.is_match(text)), Ok(hit), "{pattern} {text}");
    }
}

#[test]
fn refuses_in_gos_words() {
    for (pattern, why) in [
        ("[a", "error parsing regexp: missing closing ]: `[a`"),
        ("(a", "error parsing regexp: missing closing ): `(a`"),
        ("a)", "error parsing regexp: unexpected ): `a)`"),
        ("*a", "error parsing regexp: missing argument to repetition operator: `*`"),
        ("a**", "error parsing regexp: invalid nested repetition operator: `**`"),
        (r"\y", r"error parsing regexp: invalid escape sequence: `\y`"),
        ("(?=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
        ("[b-a]", "error parsing regexp: invalid character class range: `b-a`"),
        ("a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"),
    ] {
        assert_eq!(Regex::new(pattern).err().as_deref(), Some(why), "{pattern}");
    }
}

/// What patterns are made of, so that random ones are often sound.
const PARTS: &[&str] = &[
    "a", "b", ".", "[ab]", "[^a]", "[a-c0-9]", r"\d", r"\w", r"\s", r"\b", "^", "$", "(", ")", "(?:", "|",
    "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", r"\.", "1", "_", "-",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(1000))]

    /// Whether a text matches is what another implementation says, of texts in which both mean the same by a word.
    #[test]
    fn agrees_with_another(parts in proptest::collection::vec(0..PARTS.len(), 0..9), text in "[ab1_. -]{0,8}") {
        let pattern: String = parts.iter().map(|i| PARTS[*i]).collect();
        if let (Ok(own), Ok(other)) = (Regex::new(&pattern), regex::Regex::new(&pattern)) {
            proptest::prop_assert_eq!(own.is_match(&text), other.is_match(&text), "{} on {:?}", pattern, text);
            let found = other.find(&text).map(|m| (m.start(), m.end()));
            proptest::prop_assert_eq!(own.find(&text, 0), found, "{} in {:?}", pattern, text);
        }
    }
}
