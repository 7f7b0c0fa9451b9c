//! Words: the dictionary that decides which text of a recording may be shown.
//!
//! A dictionary, not statistics: a test for "looks like a word" by letter pairs takes one of eight random strings of
//! twelve characters for a word; splitting into words of a list takes none of 300,000.

use crate::lists::{List, folded};
use std::sync::OnceLock;

/// More digits than this in one piece of text may be an identifier, a date of birth or a one-time code.
const DIGITS: usize = 6;

/// A text without any word may be a number of this many digits.
const NUMBER_DIGITS: usize = 4;

/// Text of at most this many characters says too little to be a secret.
pub(super) const TINY: usize = 2;

/// Text longer than this is not shown, however many words it is made of: it may be a pass phrase or a sentence.
const LONGEST: usize = 80;

/// A longer piece of letters and digits without separator is not tried.
const LONGEST_RUN: usize = 32;

/// Letters that may stand alone beside a digit: `v2`, `logo@2x`, `320w`, `480p`, `h2`, `s3`.
const UNIT_LETTERS: &[u8] = b"vxwphs";

/// Letters of a word that is not easily met by chance.
const LONG_WORD: usize = 4;

/// From this many pieces without separator on, [`LONG_WORD_SHARE`] applies: many short words in a row are met by chance.
const MANY_PIECES: usize = 3;

/// One of so many characters must stand in a long word.
const LONG_WORD_SHARE: usize = 3;

/// The same where digits stand between the letters: `cd96beef1404` is not three words and two numbers.
const LONG_WORD_SHARE_WITH_DIGITS: usize = 2;

/// Names of the web in mixed case that do not split at every capital.
const BRANDS: &str = "\
    GitHub GitLab GraphQL JavaScript LinkedIn MySQL OAuth OpenID PostgreSQL TypeScript WebGL WebP WebRTC \
    WooCommerce WordPress YouTube iPad iPhone jQuery";

/// Whether a word (any case) is listed, alone or without the -s of the plural.
pub(super) fn is_word(word: &str) -> bool {
    if word.len() < 2 || LONGEST_RUN < word.len() || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    let word = word.to_ascii_lowercase();
    let listed = |word: &str| lists().iter().any(|list| list.contains(word));
    listed(&word) || 5 <= word.len() && word.strip_suffix('s').is_some_and(listed)
}

/// Whether text consists of words, small numbers and separators out of `separators`, so that it may be shown as it
/// is. Words may be joined in camel case.
pub(super) fn are_words(text: &str, separators: &[u8]) -> bool {
    if LONGEST < text.len() || !text.is_ascii() {
        return false;
    }
    if text.len() <= TINY {
        return text.bytes().all(|b| b.is_ascii_alphanumeric() || separators.contains(&b));
    }
    let (mut n_digits, mut n_words) = (0, 0);
    for run in text.as_bytes().split(|b| separators.contains(b)) {
        if !is_run(run, &mut n_digits, &mut n_words) {
            return false;
        }
    }
    if n_words == 0 { n_digits <= NUMBER_DIGITS } else { n_digits <= DIGITS }
}

/// Whether a run of letters and digits splits into words and numbers. Counts both.
fn is_run(run: &[u8], n_digits: &mut usize, n_words: &mut usize) -> bool {
    if LONGEST_RUN < run.len() {
        return false;
    }
    let (mut n_pieces, mut in_long_words) = (0, 0);
    let pieces = run.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    for (at, piece) in pieces.enumerate() {
        n_pieces += 1;
        if piece.iter().all(u8::is_ascii_digit) {
            *n_digits += piece.len();
            continue;
        }
        let beside_digit = 0 < at || piece.len() < run.len();
        match piece {
            [letter] if beside_digit && UNIT_LETTERS.contains(&letter.to_ascii_lowercase()) => {}
            _ if is_whole_word(piece) => {
                *n_words += 1;
                in_long_words += if piece.len() < LONG_WORD { 0 } else { piece.len() };
            }
            _ => {
                let Some((n_parts, in_long_parts)) = split_camel(piece) else { return false };
                *n_words += n_parts;
                n_pieces += n_parts - 1;
                in_long_words += in_long_parts;
            }
        }
    }
    let share = if run.iter().any(u8::is_ascii_digit) { LONG_WORD_SHARE_WITH_DIGITS } else { LONG_WORD_SHARE };
    n_pieces < MANY_PIECES || run.len() <= in_long_words * share
}

/// `checkout`, `Checkout`, `CHECKOUT`, and names of the web in any case (`GraphQL`, `jQuery`).
fn is_whole_word(letters: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(letters) else { return false };
    if is_usual_case(letters) {
        return is_word(text);
    }
    BRANDS.split_ascii_whitespace().any(|brand| brand == text)
}

/// `signInWithPassword`, `XMLHttpRequest`: the number of words, and of the letters in long ones.
fn split_camel(letters: &[u8]) -> Option<(usize, usize)> {
    let (mut start, mut n_words, mut in_long_words) = (0, 0, 0);
    for at in 1..=letters.len() {
        if at < letters.len() && !is_boundary(letters, at) {
            continue;
        }
        let piece = letters.get(start..at).unwrap_or_default();
        if !is_usual_case(piece) || !std::str::from_utf8(piece).is_ok_and(is_word) {
            return None;
        }
        start = at;
        n_words += 1;
        in_long_words += if piece.len() < LONG_WORD { 0 } else { piece.len() };
    }
    (1 < n_words).then_some((n_words, in_long_words))
}

/// `word`, `Word`, `WORD`.
fn is_usual_case(letters: &[u8]) -> bool {
    let tail = letters.get(1..).unwrap_or_default();
    tail.iter().all(u8::is_ascii_lowercase) || letters.iter().all(u8::is_ascii_uppercase)
}

/// Whether a new word begins at `at`: `aB`, and the last capital of `ABc`.
fn is_boundary(letters: &[u8], at: usize) -> bool {
    let upper = |at: usize| letters.get(at).is_some_and(u8::is_ascii_uppercase);
    let lower = |at: usize| letters.get(at).is_some_and(u8::is_ascii_lowercase);
    lower(at - 1) && upper(at) || upper(at - 1) && upper(at) && lower(at + 1)
}

/// English, plurals in -s left out; words of the web and allowed short words.
fn lists() -> &'static [List; 2] {
    static LISTS: OnceLock<[List; 2]> = OnceLock::new();
    LISTS.get_or_init(|| {
        [List::unfold(folded!(include_str!("data/english.txt"))), List::unfold(folded!(include_str!("data/web.txt")))]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_words_in_lower_case() {
        for (list, shortest) in lists().iter().zip([4, 2]) {
            assert!(1000 < list.n_words());
            for word in (0..list.n_words()).filter_map(|at| list.get(at)) {
                assert!(shortest <= word.len() && word.iter().all(u8::is_ascii_lowercase), "{word:?}");
            }
        }
    }

    #[test]
    fn splits_into_words() {
        let check = |text: &str, expected: bool| assert_eq!(are_words(text, b"-_.@:"), expected, "{text}");
        for text in [
            "checkout",
            "Settings",
            "api-keys-and-secrets.html",
            "accounts:signInWithPassword",
            "logo@2x.png",
            "v1",
            "v13",
            "inter-v13-latin-600",
            "wp-includes",
            "jquery.min.js",
            "2",
            "42",
            "2024",
            "XMLHttpRequest",
            "GraphQL",
            "winter-sale",
            "page_view",
            "ab",
            "oauth2",
            "app-hydrated",
            "s3",
            "STALE",
            "_next",
            "hero-banner.webp",
        ] {
            check(text, true);
        }
        for text in [
            "12345",
            "1975-01-13",
            "10-20-30",
            "checkout-1234567",
            "jane",
            "haddad",
            "pAsSwOrD",
            "cHeckout",
            "xyzzyq",
            "a1b2",
            "check out",
            "café",
            "4e8dc5d8",
            "tOkEn",
            "x",
            "correct-horse-battery-staple-correct-horse-battery-staple-correct-horse-battery-staple",
        ] {
            check(text, text == "x");
        }
    }

    /// A generator of the test's own (Knuth's MMIX constants), so that the cases are always the same.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 33
    }

    #[test]
    fn random_text_is_not_words() {
        let base62 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let lower = b"abcdefghijklmnopqrstuvwxyz";
        let base32 = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut state = 7;
        let mut check = |alphabet: &[u8], len: usize, most: usize| {
            const TRIES: usize = 50_000;
            let accepted = (0..TRIES).filter(|_| {
                let text: String =
                    (0..len).map(|_| alphabet[random(&mut state) as usize % alphabet.len()] as char).collect();
                are_words(&text, b"-_.@:")
            });
            let n = accepted.count();
            assert!(n <= most, "{n} of {TRIES} random strings of {len}");
        };
        check(base62, 8, 30);
        check(base62, 12, 0);
        check(base62, 16, 0);
        check(base32, 16, 0);
        check(lower, 8, 5);
        check(&base62[52..], 8, 0);
        check(b"0123456789abcdef", 12, 0);
    }
}
