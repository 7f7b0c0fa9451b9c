//! What people paste, and what they should not have.

use proptest::prelude::*;

use crate::http::pasted::{Pasted, PastedExchange, read};

/// Method, address, status, and `Cache-Control` of an exchange.
type Told<'a> = (Option<&'a str>, Option<&'a str>, Option<u16>, &'a str);

#[track_caller]
fn check(text: &str, expected: &[Told<'_>]) -> Pasted {
    let pasted = read(text);
    let control = |exchange: &PastedExchange| -> String {
        let lines = exchange.response.iter().filter(|(name, _)| name == "cache-control");
        lines.map(|(_, value)| value.clone()).collect::<Vec<_>>().join(" + ")
    };
    let found: Vec<_> = pasted
        .exchanges
        .iter()
        .map(|one| (one.method.as_deref(), one.url.as_deref(), one.status, control(one)))
        .collect();
    let expected: Vec<_> = expected.iter().map(|one| (one.0, one.1, one.2, one.3.to_owned())).collect();
    assert_eq!(found, expected, "{text}");
    pasted
}

#[test]
fn curl() {
    check("HTTP/2 200 \r\ndate: x\r\nCache-Control: max-age=60\r\n\r\n", &[(None, None, Some(200), "max-age=60")]);
    let chain = "HTTP/1.1 301 Moved\nLocation: https://a.example/b\nCache-Control: a\n\nHTTP/1.1 302 Found\nlocation: \
                 /c\n\nHTTP/2 200\ncache-control: b\n\n<html>\nnote: this is a body\ncache-control: no\n";
    check(
        chain,
        &[
            (None, None, Some(301), "a"),
            (None, Some("https://a.example/b"), Some(302), ""),
            (None, Some("https://a.example/c"), Some(200), "b"),
        ],
    );
    let verbose = "* Connected to a.example\n* [HTTP/2] [1] OPENED stream for https://a.example/x\n> GET /x HTTP/2\n> \
                   Host: a.example\n> Accept: */*\n> \n* Request completely sent off\n< HTTP/2 103 \n< link: x\n< \n< \
                   HTTP/2 301 \n< cache-control: a\n< location: /y\n< \n{ [5 bytes data]\n* [HTTP/2] [3] OPENED stream \
                   for https://a.example/y\n> GET /y HTTP/2\n> Host: a.example\n> \n< HTTP/2 200 \n< cache-control: b\n<\
                   \n<!doctype html>\ncache-control: body\n";
    let pasted = check(
        verbose,
        &[
            (Some("GET"), Some("https://a.example/x"), Some(301), "a"),
            (Some("GET"), Some("https://a.example/y"), Some(200), "b"),
        ],
    );
    assert_eq!(pasted.exchanges[0].request[1], ("accept".to_owned(), "*/*".to_owned()));
    let old = "> HEAD /x?y HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 200 OK\n< Cache-Control: a\n";
    check(old, &[(Some("HEAD"), Some("https://a.example/x?y"), Some(200), "a")]);
    check("  HTTP/1.1 200 OK\n  Cache-Control: a\n", &[(None, None, Some(200), "a")]);
}

#[test]
fn panels() {
    check("cache-control: a\nage: 5\n", &[(None, None, None, "a")]);
    check(":status: 404\ncache-control: a\n", &[(None, None, Some(404), "a")]);
    check(
        "cache-control:\nmax-age=5, public\ndate:\nThu, 01 Jan 2026 00:00:00 GMT\nlink:\nhttps://x.example/\n",
        &[(None, None, None, "max-age=5, public")],
    );
    check("cache-control\ta\nage\t5", &[(None, None, None, "a")]);
    let all = "General\nRequest URL:\nhttps://a.example/x\nRequest Method:\nGET\nStatus Code:\n200 OK\nRemote \
               Address:\n192.0.2.1:443\nReferrer Policy:\nno-referrer\nResponse Headers\ncache-control:\na\nRequest \
               Headers\n:authority:\na.example\naccept:\n*/*\n";
    let pasted = check(all, &[(Some("GET"), Some("https://a.example/x"), Some(200), "a")]);
    assert_eq!(pasted.exchanges[0].request.last(), Some(&("accept".to_owned(), "*/*".to_owned())));
    assert_eq!(pasted.n_unreadable, 0);
    let other_order = "Request URL: https://a.example/x\nRequest Method: GET\nStatus Code: 200\nRequest Headers\naccept: \
                       */*\nResponse Headers\ncache-control: a\n";
    let pasted = check(other_order, &[(Some("GET"), Some("https://a.example/x"), Some(200), "a")]);
    assert_eq!(pasted.exchanges[0].request.len(), 1);
}

#[test]
fn dumps() {
    let expected = &[(None, None, None, "a")];
    check(r#"[["cache-control","a"],["age","5"]]"#, expected);
    check(r#"{"cache-control": "a", "age": 5}"#, expected);
    check("{'Cache-Control': 'a', 'Vary': 'x'}", expected);
    check("Headers { \"cache-control\" → \"a\", age → \"5\" }", expected);
    check(r#"[{"name": "cache-control", "value": "a"}]"#, expected);
    check(r#"Headers(1) { 'cache-control' => 'a' }"#, expected);
    check(
        r#"{"url": "https://a.example/", "status": 404, "headers": {"cache-control": "a"}}"#,
        &[(None, Some("https://a.example/"), Some(404), "a")],
    );
    check(r#"{"cache-control": "a=\"b\""}"#, &[(None, None, None, "a=\"b\"")]);
    let fetch = read(r#"fetch("https://a.example/", {"headers": {"accept": "*/*"}, "method": "GET"});"#);
    assert!(fetch.is_only_request && fetch.exchanges.is_empty());
}

#[test]
fn odd_lines() {
    let pasted = check(
        "HTTP/1.1 200 OK\nCache-Control: public,\n  max-age=5\nCache-Control: x\nwhat is this\n",
        &[(None, None, Some(200), "public, max-age=5 + x")],
    );
    assert_eq!((pasted.n_folded, pasted.n_unreadable), (1, 1));
    assert!(read("> GET / HTTP/1.1\n> Host: a.example\n").is_only_request);
    for text in ["", "\n\n", "hello", "\u{feff}", "HTTP/1.1\n", "é: x\n", ": x"] {
        assert_eq!(read(text).exchanges, [], "{text}");
    }
    check("\u{feff}cache-control: caf\u{e9}\n", &[(None, None, None, "caf\u{e9}")]);
    check("HTTP/1.1 999 x\ncache-control: a", &[(None, None, None, "a")]);
}

/// Lines and pieces of lines of all kinds of text.
const PIECES: [&str; 24] = [
    "HTTP/1.1 200 OK",
    "HTTP/2 301",
    "< ",
    "> ",
    "* ",
    "cache-control: max-age=60",
    "date:",
    "  folded",
    "\t",
    "\n",
    "\n",
    "\r\n",
    "{",
    "[",
    "\"",
    "'",
    "\\",
    ",",
    ":",
    "Request URL:",
    "Response Headers",
    "GET / HTTP/1.1",
    "é",
    "fetch(",
];

proptest! {
    #[test]
    fn any_text_is_read(pieces in prop::collection::vec(0_usize..PIECES.len(), 0..60), raw in "\\PC{0,40}") {
        let mut text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        text.push_str(&raw);
        let pasted = read(&text);
        for exchange in &pasted.exchanges {
            exchange.look(None, |exchange| crate::http::judgment::judge(exchange, None).why_cdn());
        }
        let n_lines = text.lines().count();
        prop_assert!(pasted.n_unreadable + pasted.n_folded <= n_lines);
    }
}

/// As long as headers ever are; reading time that grows faster than the text would show.
#[test]
fn long_texts() {
    for unit in [
        "cache-control: max-age=60\n",
        "HTTP/1.1 301 x\nlocation: /a\n\n",
        "  folded\n",
        "x:\n",
        "['",
        "[\"a\",",
        "\\\"",
        "< a: b\n",
        ",max-age=5",
    ] {
        for start in ["", "{", "cache-control: "] {
            let text = format!("{start}{}", unit.repeat(200_000 / unit.len()));
            let pasted = read(&text);
            assert!(pasted.exchanges.len() <= text.len());
        }
    }
    let long = "a".repeat(super::LONGEST + 5);
    assert!(read(&long).is_cut);
}
