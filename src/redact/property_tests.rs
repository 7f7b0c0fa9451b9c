//! Whatever stands in a recording, no part of a random token comes out of any method.

use proptest::prelude::*;

use crate::redact::{Redactor, Share};
use crate::text::Untrusted;

/// A part of a token of this length may not come out. Shorter parts are found in any text by chance.
const WINDOW: usize = 6;

/// Everything that methods of a redactor make of a text.
fn outputs(redactor: &mut Redactor, text: &str) -> Vec<String> {
    let value = Untrusted::new(text);
    let mut all: Vec<String> = [
        redactor.url(value),
        redactor.origin(value),
        redactor.method(value),
        redactor.mime(value),
        redactor.ip(value),
        redactor.title(value),
        redactor.tool_name(value),
        redactor.tool_version(value),
        redactor.file_name(value),
        redactor.error_text(value),
        redactor.label(value),
        redactor.connection(value),
    ]
    .map(|clean| clean.to_string())
    .into();
    all.extend(redactor.place(value).map(|clean| clean.to_string()));
    for name in super::header::all_names().chain(["x-unknown-header"]) {
        let line = redactor.header(Untrusted::new(name), value);
        all.push(line.value.to_string());
    }
    all.push(redactor.header(value, Untrusted::new("")).name.to_string());
    all
}

/// A token of one of the usual alphabets, or something like an e-mail address or a card number.
fn token(seed: u64, kind: u8) -> String {
    let (alphabet, least, most): (&[u8], u64, u64) = match kind % 6 {
        0 => (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 17, 40),
        1 => (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 17, 40),
        2 => (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 24, 64),
        3 => (b"abcdefghijklmnopqrstuvwxyz234567", 26, 52),
        4 => (b"0123456789", 11, 19),
        _ => (b"bcdfghjklmnpqrstvwxz@", 25, 40),
    };
    // Knuth's MMIX constants.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let len = least + next() % (most - least + 1);
    (0..len).map(|_| alphabet[next() as usize % alphabet.len()] as char).collect()
}

/// Token and a text that holds it.
fn planted() -> impl Strategy<Value = (String, String)> {
    // From a seed, so that shrinking does not end at texts that nobody would call random.
    let token = any::<(u64, u8)>().prop_map(|(seed, kind)| token(seed, kind));
    let around = prop::sample::select(vec![
        "{}",
        "https://shop.test/reset/{}",
        "https://shop.test/reset/{}/info?x=1",
        "https://shop.test/?token={}",
        "https://shop.test/?{}",
        "https://shop.test/?{}=1",
        "https://shop.test/#{}",
        "https://user:{}@shop.test/",
        "https://shop.test/a;jsessionid={}",
        "https://shop.test/invoice-{}.pdf",
        "https://shop.test/?u=https%3A%2F%2Fa.test%2F{}",
        "/relative/{}",
        "data:text/plain,{}",
        "blob:https://shop.test/{}",
        "file:///home/{}/index.html",
        "javascript:{}",
        "max-age={}",
        "max-age=60, {}",
        "private=\"{}\"",
        "W/\"{}\"",
        "name={}; Path=/; Secure",
        "{}=name; Path=/{}",
        "a=1\n{}=2",
        "Bearer {}",
        "{} token",
        "Basic realm=\"{}\"",
        "<https://shop.test/{}>; rel=preload; as=\"{}\"",
        "cache;desc=\"{}\", {};dur=12",
        "h3=\":443\"; ma={}",
        "default-src 'self' 'nonce-{}'; report-uri /r?t={}; {}",
        "attachment; filename=\"{}\"",
        "text/html; charset={}",
        "application/{}",
        "1.1 {} (nginx/{})",
        "0; url=/{}",
        "net::ERR_{}",
        "Mozilla/5.0 ({}) Chrome/{} Safari/537.36",
        "\"Chromium\";v=\"{}\", \"{}\";v=\"1\"",
        "HIT from {}",
        "bytes 0-99/{}",
        "gzip, {}",
        "en-{}, {};q=0.5",
        "10.0.0.1, {}",
        "Sun, 06 Nov 1994 08:49:37 {}",
        "{}.har",
        "folder/{}.har.gz",
        "\u{202e}{}\u{200b}",
        "‹cookie a1, {} B›",
        "~q.a1.{}~",
    ]);
    (token, around).prop_map(|(token, around)| (token.clone(), around.replace("{}", &token)))
}

fn comes_out(token: &str, output: &str) -> bool {
    let output = output.to_ascii_lowercase();
    let token = token.trim_end_matches(".test").to_ascii_lowercase();
    (0..token.len().saturating_sub(WINDOW - 1))
        .filter_map(|at| token.get(at..at + WINDOW))
        .any(|part| output.contains(part))
}

/// Our own words, and words that are allowed anyhow.
fn is_chance(token: &str, text: &str) -> bool {
    let template = text.replace(token, "");
    comes_out(token, &template) || comes_out(token, "credential message address browser cookie redacted")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_part_of_a_token_comes_out((token, text) in planted()) {
        prop_assume!(!is_chance(&token, &text));
        for share in [Share::Internal, Share::Vendor, Share::Public] {
            for output in outputs(&mut Redactor::new(share), &text) {
                prop_assert!(!comes_out(&token, &output), "{share:?}: {token} in {text} came out as {output}");
            }
        }
    }

    #[test]
    fn nothing_panics_and_nothing_invisible_comes_out(text in any::<String>(), share in 0..3) {
        let share = [Share::Internal, Share::Vendor, Share::Public][share as usize];
        for output in outputs(&mut Redactor::new(share), &text) {
            prop_assert!(!output.chars().any(is_invisible), "{output:?}");
        }
    }

    #[test]
    fn cleaning_twice_changes_nothing((_, text) in planted(), share in 0..3) {
        let mut redactor = Redactor::new([Share::Internal, Share::Vendor, Share::Public][share as usize]);
        let once = redactor.url(Untrusted::new(&text));
        prop_assert_eq!(&redactor.url(Untrusted::new(once.as_str())), &once);
    }
}

/// Control characters, bidirectional overrides, characters of no width, tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
