//! How far a text goes on before something happens in it, looking at many bytes at once.

mod lanes;

use lanes::{Lanes, N_LANES, Native};

/// A beginning of what stands between quotes.
pub(super) struct Run<'a> {
    raw: &'a [u8],
    is_ascii: bool,
    /// How many escape sequences of two characters are in it.
    pub(super) n_escapes: usize,
}

impl<'a> Run<'a> {
    /// How many bytes long it is.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// It as text, as it stands in the file, if it is UTF-8; without half a character at the end.
    #[inline]
    pub(super) fn text(&self) -> Option<&'a str> {
        if self.is_ascii {
            debug_assert!(self.raw.is_ascii());
            // SAFETY: ASCII is UTF-8.
            return Some(unsafe { str::from_utf8_unchecked(self.raw) });
        }
        match str::from_utf8(self.raw) {
            Ok(text) => Some(text),
            Err(error) if error.error_len().is_none() => {
                str::from_utf8(self.raw.get(..error.valid_up_to()).unwrap_or_default()).ok()
            }
            Err(_) => None,
        }
    }
}

/// The longest beginning that has no quote, no control character, and no escape sequence that needs thought.
#[inline]
pub(super) fn run(bytes: &[u8]) -> Run<'_> {
    let (mut len, mut n_escapes) = (0, 0);
    let mut all = Native::splat(0);
    loop {
        let rest = bytes.get(len..).unwrap_or_default();
        len += find_far(rest, |lanes| {
            all = all.or(lanes);
            is_special(lanes)
        });
        match bytes.get(len..) {
            Some([b'\\', byte, ..]) if short_escape(*byte).is_some() => {
                len += 2;
                n_escapes += 1;
            }
            _ => break,
        }
    }
    Run { raw: bytes.get(..len).unwrap_or_default(), is_ascii: all.bits() == 0, n_escapes }
}

/// The longest beginning that means what it says: ASCII without quotes, backslashes and control characters.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> &str {
    let n_plain = find(bytes, |lanes: Native| is_special(lanes).or(lanes));
    Run { raw: bytes.get(..n_plain).unwrap_or_default(), is_ascii: true, n_escapes: 0 }.text().unwrap_or_default()
}

/// How many blanks there are before the first other byte.
#[inline]
pub(super) fn n_blank(bytes: &[u8]) -> usize {
    find_not(bytes, is_blank::<Native>)
}

/// How many bytes there are before the first quote or backslash.
#[inline]
pub(in crate::import) fn n_without_quote(bytes: &[u8]) -> usize {
    find(bytes, |lanes: Native| lanes.equal(b'"').or(lanes.equal(b'\\')))
}

/// How many bytes there are before the first that is no digit of base64, in the ordinary alphabet.
#[inline]
pub(super) fn n_base64(bytes: &[u8]) -> usize {
    // Four blocks at a time: this is for what goes on for long. A loop, because closures become calls where the size of
    // the code counts.
    let mut n = 0;
    for stride in bytes.as_chunks::<STRIDE>().0 {
        let [a, b, c, d] = quarters::<Native>(stride);
        let all = is_base64(a).and(is_base64(b)).and(is_base64(c).and(is_base64(d)));
        if all.bits() != ALL {
            break;
        }
        n += STRIDE;
    }
    n + find_not(bytes.get(n..).unwrap_or_default(), is_base64::<Native>)
}

/// How many bytes there are before the first bracket, quote or slash.
#[inline]
pub(super) fn n_without_structure(bytes: &[u8]) -> usize {
    find(bytes, is_structure::<Native>)
}

/// Where quotes, backslashes and brackets are in [`MARKED`] bytes: a bit for each byte, the first one's the least.
pub(super) struct Marks {
    /// `"`
    pub(super) quotes: u64,
    /// `\\`
    pub(super) backslashes: u64,
    /// `{` and `[`
    pub(super) opening: u64,
    /// `}` and `]`
    pub(super) closing: u64,
}

/// How many bytes [`marks`] looks at.
pub(super) const MARKED: usize = 4 * N_LANES;

/// See [`Marks`].
#[inline]
pub(super) fn marks(bytes: &[u8; MARKED]) -> Marks {
    let mut marks = Marks { quotes: 0, backslashes: 0, opening: 0, closing: 0 };
    for (at, block) in (0..).step_by(N_LANES).zip(bytes.as_chunks().0) {
        let lanes = Native::load(block);
        // Upper and lower case of a bracket differ in one bit: `[` and `{`, `]` and `}`.
        let lower = lanes.or(Native::splat(0x20));
        marks.quotes |= u64::from(lanes.equal(b'"').bits()) << at;
        marks.backslashes |= u64::from(lanes.equal(b'\\').bits()) << at;
        marks.opening |= u64::from(lower.equal(b'{').bits()) << at;
        marks.closing |= u64::from(lower.equal(b'}').bits()) << at;
    }
    marks
}

/// What the escape sequence of a backslash and `byte` stands for.
#[inline]
pub(super) fn short_escape(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'n' => "\n",
        b'"' => "\"",
        b'\\' => "\\",
        b'/' => "/",
        b't' => "\t",
        b'r' => "\r",
        b'b' => "\u{8}",
        b'f' => "\u{c}",
        _ => return None,
    })
}

#[inline(always)]
fn is_special<L: Lanes>(lanes: L) -> L {
    lanes.equal(b'"').or(lanes.equal(b'\\')).or(lanes.at_most(0x1f))
}

#[inline(always)]
fn is_blank<L: Lanes>(lanes: L) -> L {
    let is_line_end = lanes.equal(b'\n').or(lanes.equal(b'\r'));
    lanes.equal(b' ').or(lanes.equal(b'\t')).or(is_line_end)
}

/// RFC 4648, section 4.
#[inline(always)]
fn is_base64<L: Lanes>(lanes: L) -> L {
    let is_letter = lanes.or(L::splat(0x20)).minus(b'a').at_most(25);
    let is_number_or_slash = lanes.minus(b'/').at_most(10);
    is_letter.or(is_number_or_slash).or(lanes.equal(b'+'))
}

#[inline(always)]
fn is_structure<L: Lanes>(lanes: L) -> L {
    let is_opening = lanes.equal(b'{').or(lanes.equal(b'['));
    let is_closing = lanes.equal(b'}').or(lanes.equal(b']'));
    lanes.equal(b'"').or(lanes.equal(b'/')).or(is_opening).or(is_closing)
}

/// How many bytes there are before the first that is wanted.
#[inline(always)]
fn find<L: Lanes>(bytes: &[u8], is_wanted: impl Fn(L) -> L) -> usize {
    find_bits(bytes, |block| is_wanted(L::load(block)).bits())
}

/// As [`find`], for what may be far away.
#[inline(always)]
fn find_far<L: Lanes>(bytes: &[u8], mut is_wanted: impl FnMut(L) -> L) -> usize {
    let (near, far) = bytes.split_at_checked(N_NEAR).unwrap_or((bytes, &[]));
    let n = find_bits(near, |block| is_wanted(L::load(block)).bits());
    if n < N_NEAR {
        return n;
    }
    let mut n_far = 0;
    for stride in far.as_chunks::<STRIDE>().0 {
        let [a, b, c, d] = quarters(stride);
        let any = is_wanted(a).or(is_wanted(b)).or(is_wanted(c).or(is_wanted(d)));
        if any.bits() != 0 {
            break;
        }
        n_far += STRIDE;
    }
    N_NEAR + n_far + find_bits(far.get(n_far..).unwrap_or_default(), |block| is_wanted(L::load(block)).bits())
}

/// How many bytes there are before the first that is not wanted.
#[inline(always)]
fn find_not<L: Lanes>(bytes: &[u8], is_wanted: impl Fn(L) -> L) -> usize {
    find_bits(bytes, |block| is_wanted(L::load(block)).bits() ^ ALL)
}

/// Within so many bytes, single blocks are looked at.
const N_NEAR: usize = STRIDE;

/// So many bytes are looked at together where what is wanted may be far.
const STRIDE: usize = 4 * N_LANES;

#[inline(always)]
fn quarters<L: Lanes>(stride: &[u8; STRIDE]) -> [L; 4] {
    match stride.as_chunks().0 {
        [a, b, c, d] => [L::load(a), L::load(b), L::load(c), L::load(d)],
        _ => [L::splat(0); 4], // there are four
    }
}

/// All lanes.
const ALL: u32 = (1 << N_LANES) - 1;

#[inline(always)]
fn find_bits(bytes: &[u8], mut wanted: impl FnMut(&[u8; N_LANES]) -> u32) -> usize {
    let (blocks, rest) = bytes.as_chunks();
    for (block, at) in blocks.iter().zip((0..).step_by(N_LANES)) {
        let bits = wanted(block);
        if bits != 0 {
            return at + bits.trailing_zeros() as usize;
        }
    }
    let mut last = [0; N_LANES];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let at = bytes.len() - rest.len();
    bytes.len().min(at + wanted(&last).trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn before(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> usize {
        bytes.iter().position(|byte| is_wanted(*byte)).unwrap_or(bytes.len())
    }

    proptest! {
        #[test]
        fn finds_what_a_search_byte_by_byte_finds(start in r#"[ \n]{0,40}[a-z ]{0,40}"#, bytes: Vec<u8>) {
            let mut digits = "abcdefghABCDEFGH01234+/".repeat(bytes.len()).into_bytes();
            digits.extend(&bytes);
            let mut all = start.into_bytes();
            all.extend(bytes);
            prop_assert_eq!(n_blank(&all), before(&all, |byte| !b" \t\r\n".contains(&byte)));
            prop_assert_eq!(n_without_structure(&all), before(&all, |byte| b"{}[]\"/".contains(&byte)));
            prop_assert_eq!(n_without_quote(&all), before(&all, |byte| b"\"\\".contains(&byte)));
            let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
            prop_assert_eq!(n_base64(&all), before(&all, |byte| !is_base64(byte)));
            prop_assert_eq!(n_base64(&digits), before(&digits, |byte| !is_base64(byte)));
            if let Some((bytes, _)) = all.split_first_chunk() {
                let found = marks(bytes);
                let bits = |is_wanted: fn(u8) -> bool| {
                    (0..).zip(bytes).map(|(at, byte)| u64::from(is_wanted(*byte)) << at).sum::<u64>()
                };
                prop_assert_eq!(found.quotes, bits(|byte| byte == b'"'));
                prop_assert_eq!(found.backslashes, bits(|byte| byte == b'\\'));
                prop_assert_eq!(found.opening, bits(|byte| b"{[".contains(&byte)));
                prop_assert_eq!(found.closing, bits(|byte| b"}]".contains(&byte)));
            }
            let n_plain = before(&all, |byte| !(b' '..=127).contains(&byte) || b"\"\\".contains(&byte));
            prop_assert_eq!(plain(&all).len(), n_plain);
        }
    }

    #[test]
    fn a_run_ends_where_thought_is_needed() {
        for (text, len, n_escapes) in [
            ("", 0, 0),
            ("a\"b", 1, 0),
            (r#"\"\\\/\b\f\n\r\tx"y"#, 17, 8),
            (r"a\u0041", 1, 0),
            (r"a\x", 1, 0),
            (r"a\nb\", 4, 1),
            ("é€\n", 5, 0),
            (r#"0123456789abcde\n0123456789abcdef\\" "#, 35, 2),
        ] {
            let run = run(text.as_bytes());
            assert_eq!((run.len(), run.n_escapes), (len, n_escapes), "{text}");
        }
    }
}
