//! What the cleaner of URLs keeps and removes.

use crate::redact::{Redactor, Share};
use crate::text::Untrusted;

fn check_at(share: Share, cases: &[(&str, &str)]) {
    for (url, expected) in cases {
        let mut redactor = Redactor::new(share);
        let once = redactor.url(Untrusted::new(url));
        assert_eq!(once.as_str(), *expected, "{url}");
        let twice = redactor.url(Untrusted::new(once.as_str()));
        assert_eq!(twice, once, "{url} twice");
        let elsewhere = Redactor::new(share).url(Untrusted::new(once.as_str()));
        assert_eq!(elsewhere, once, "{url} twice, in another report");
    }
}

#[test]
fn words_stay_and_values_go() {
    check_at(
        Share::Vendor,
        &[
            ("https://www.shop.test/collections/winter-sale", "https://www.shop.test/collections/winter-sale"),
            ("HTTPS://www.Shop.test:8443", "https://www.shop.test:8443"),
            ("https://user:pw@shop.test/", "https://shop.test/"),
            ("https://shop.test/?q=red+shoes&page=2&w=320", "https://shop.test/?q=~q.a1~&page=2&w=320"),
            ("https://shop.test/#access_token=w9bC00OKJJJYoRt1", "https://shop.test/"),
            (
                "https://shop.test/reset/ysUgOYYFmGtXf2u0J6t4kn418kKH4J?next=%2Faccount",
                "https://shop.test/reset/~p.a1.30~?next=~q.a2~",
            ),
            ("https://shop.test/a;jsessionid=0a1b2c3d4e5f60718293", "https://shop.test/a;jsessionid=~q.a1.20~"),
            ("/cart/c/dbc4b00fb2eb86092649748fc060f60b", "/cart/c/~p.a1.32~"),
            ("//cdn.test/app.js", "//cdn.test/app.js"),
            ("https://shop.test/my%20file.png", "https://shop.test/my%20file.png"),
            ("https://shop.test/caf%C3%A9", "https://shop.test/~p.a1~"),
            ("https://shop.test/?hunter2", "https://shop.test/?~name.a1~"),
            ("https://shop.test/?card%5Bnumber%5D=7f8d7bcdb3e0", "https://shop.test/?card[number]=~q.a1~"),
            ("https://shop.test/x\u{202e}y\u{200b}", "https://shop.test/~p.a1~"),
            ("https://a b/c", "‹address a1›"),
            ("javascript:alert(document.cookie)", "‹address a1, 33 B›"),
            ("mailto:jane.haddad@mail.test", "‹address a1, 28 B›"),
            ("about:blank", "about:blank"),
            ("", ""),
        ],
    );
}

#[test]
fn static_files_may_carry_a_build_hash() {
    let same = |url| (url, url);
    check_at(
        Share::Vendor,
        &[
            same("/assets/app.4e8dc5d8.js"),
            same("/static/css/2.d1a2b3c4.chunk.css"),
            same("/_next/static/chunks/pages/index-5f0e1c2d3a4b5c6d.js"),
            same("/assets/index-BxK3_9aQ.js"),
            same("/fonts/inter-v13-latin-600.woff2"),
            same("/img/logo@2x.png"),
            same("/4e8dc5d8.js"),
            same("/x.js"),
            same("/img/p1.png"),
            ("/img/q7z.png", "/img/~p.a1~"),
            ("/photos/4e8dc5d8.jpg", "/photos/~p.a1~"),
            ("/invoice-4e8dc5d8.pdf", "/~p.a1.20~"),
            ("/index-johndoes.js", "/~p.a1.17~"),
            ("/app.4e8dc5d8.5f0e1c2d.js", "/~p.a1.24~"),
        ],
    );
    check_at(Share::Public, &[("/assets/app.4e8dc5d8.js", "/assets/app.~p.a1~.js")]);
}

#[test]
fn other_schemes() {
    check_at(
        Share::Vendor,
        &[
            ("data:image/PNG;base64,iVBORw0KGgo=", "data:image/png,~data.12~"),
            ("data:,hello", "data:,~data.5~"),
            ("blob:https://shop.test/8739a527-870b-41e4-aeb6-590b4fd3c88f", "blob:https://shop.test/~p.a1.36~"),
            ("file:///C:/Users/jdoe/index.html", "file:///~p.a1~/index.html"),
            (
                "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb/options.html",
                "chrome-extension://~id.a1.32~/options.html",
            ),
            (
                "wss://rt.api.shop.test/socket.io/?EIO=4&sid=yOf4FjlW8ggywuW3040D",
                "wss://rt.api.shop.test/socket.io/?EIO=4&sid=~q.a1.20~",
            ),
        ],
    );
}

#[test]
fn public_keeps_less() {
    check_at(
        Share::Public,
        &[(
            "https://www.shop.test/cart?page=2&winter=1&token=abcdef",
            "https://site-1.example/cart?page=~q.a1~&~name.a2~=~q.a3~&token=~q.a4~",
        )],
    );
}

#[test]
fn one_secret_one_number() {
    let mut redactor = Redactor::new(Share::Vendor);
    let mut clean = |url| redactor.url(Untrusted::new(url)).as_str().to_owned();
    assert_eq!(clean("/reset/ysUgOYYFmGtXf2u0J6t4"), "/reset/~p.a1.20~");
    assert_eq!(clean("/x?token=ysUgOYYFmGtXf2u0J6t4&id=other-thing-9x"), "/x?token=~q.a1.20~&id=~q.a2~");
    assert_eq!(clean("/x?token=%79sUgOYYFmGtXf2u0J6t4"), "/x?token=~q.a1.22~");
}
