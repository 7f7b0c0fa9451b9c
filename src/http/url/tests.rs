//! Addresses as recordings hold them, and the examples of RFC 3986.

use super::*;

#[test]
fn splits() {
    #[track_caller]
    fn check(text: &str, scheme: &str, host: &str, port: Option<u16>, path: &str, query: Option<&str>) {
        assert_eq!(Url::parse(text), Some(Url { scheme, host, port, path, query }), "{text}");
    }
    check("https://a.example/b/c?d=e?f#g", "https", "a.example", Some(443), "/b/c", Some("d=e?f"));
    check("HTTP://A.example:8080", "HTTP", "A.example", Some(8080), "", None);
    check("https://a.example?x", "https", "a.example", Some(443), "", Some("x"));
    check("https://a.example?", "https", "a.example", Some(443), "", Some(""));
    check("https://user:p@ss@a.example/x", "https", "a.example", Some(443), "/x", None);
    check("https://[2001:db8::1]:8443/x", "https", "2001:db8::1", Some(8443), "/x", None);
    check("http://::1:18080/x", "http", "::1", Some(18080), "/x", None);
    check("http://::1:8080/", "http", "::1", Some(8080), "/", None);
    check("http://::1/", "http", "::1", Some(80), "/", None);
    check("http://fe80::1/", "http", "fe80::1", Some(80), "/", None);
    check("https://2001:db8:1:2:3:4:5:6/", "https", "2001:db8:1:2:3:4:5:6", Some(443), "/", None);
    check("wss://a.example/socket", "wss", "a.example", Some(443), "/socket", None);
    check("https:/a.example/x", "https", "a.example", Some(443), "/x", None);
    check("https:a.example/x", "https", "a.example", Some(443), "/x", None);
    check("//a.example/x", "", "a.example", None, "/x", None);
    check("localhost:8080/x?y", "", "localhost", Some(8080), "/x", Some("y"));
    check("data:text/plain;base64,aGk/#?x", "data", "", None, "text/plain;base64,aGk/#?x", None);
    check("blob:https://a.example/1-2", "blob", "", None, "https://a.example/1-2", None);
    check("about:blank", "about", "", None, "blank", None);
    check("file:///tmp/x.html", "file", "", None, "/tmp/x.html", None);
    check("chrome-extension://abc/x.js", "chrome-extension", "abc", None, "/x.js", None);
    check("  https://a.example/ b \n", "https", "a.example", Some(443), "/ b", None);
    check("https://a.example:99999/", "https", "a.example", Some(443), "/", None);
    check("https://bücher.example/%zz", "https", "bücher.example", Some(443), "/%zz", None);
    for text in ["", " ", "/x", "x/y", "?x", "${host}/x", "https://", "https:///", "http://:80/", "//", ":"] {
        assert_eq!(Url::parse(text), None, "{text}");
    }
}

#[test]
fn origins() {
    for (text, origin) in [
        ("HTTPS://A.Example:443/x", "https://a.example"),
        ("http://a.example:443/x", "http://a.example:443"),
        ("http://[::1]:80/", "http://[::1]"),
        ("http://::1:18080/", "http://[::1]:18080"),
        ("wss://a.example:443/", "wss://a.example"),
        ("data:,x", "data:"),
    ] {
        assert_eq!(Url::parse(text).expect("a URL").origin(), origin);
    }
}

#[test]
fn names_and_extensions() {
    for (text, name, extension) in [
        ("https://a.example/x/app.min.js?v=1", Some("app.min.js"), Some("js")),
        ("https://a.example/x/", None, None),
        ("https://a.example", None, None),
        ("https://a.example/.well-known", Some(".well-known"), None),
        ("https://a.example/v1.2/users", Some("users"), None),
        ("https://a.example/x.0123456789abcdef", Some("x.0123456789abcdef"), None),
        ("https://a.example/x.WOFF2", Some("x.WOFF2"), Some("WOFF2")),
        ("data:image/png;base64,a/b.c", None, None),
    ] {
        let url = Url::parse(text).expect("a URL");
        assert_eq!((url.file_name(), url.extension()), (name, extension), "{text}");
    }
}

/// The examples of RFC 3986 §5.4.
#[test]
fn resolves_as_the_rfc_says() {
    for (reference, target) in [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"),
        ("g?y#s", "http://a/b/c/g?y#s"),
        (";x", "http://a/b/c/;x"),
        ("g;x", "http://a/b/c/g;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        (".g", "http://a/b/c/.g"),
        ("g..", "http://a/b/c/g.."),
        ("./../g", "http://a/b/g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
    ] {
        assert_eq!(resolve("http://a/b/c/d;p?q", reference), target, "{reference}");
    }
}

#[test]
fn resolves_what_recordings_hold() {
    for (base, reference, target) in [
        ("https://a.example", "x", "https://a.example/x"),
        ("https://a.example?q", "/x y", "https://a.example/x%20y"),
        ("https://a.example/", " \n/x\n", "https://a.example/x"),
        ("https://a.example/", "/é", "https://a.example/%C3%A9"),
        ("https://a.example/b/c", "//cdn.example/../x", "https://cdn.example/x"),
        ("https://a.example/", "data:,x", "data:,x"),
        ("relative", "/x", "/x"),
        ("about:blank", "x", "about:x"),
    ] {
        assert_eq!(resolve(base, reference), target, "{base} {reference}");
    }
}

#[test]
fn same_resources() {
    for (a, b, same) in [
        ("https://a.example/x#1", "https://a.example/x#2", true),
        ("https://A.example:443", "https://a.example/", true),
        ("https://a.example/x y", "https://a.example/x%20y", true),
        ("https://a.example/x?1", "https://a.example/x?2", false),
        ("https://a.example/x", "https://a.example/X", false),
        ("http://a.example/", "https://a.example/", false),
        ("data:,a#1", "data:,a#2", false),
    ] {
        assert_eq!(same_resource(a, b), same, "{a} {b}");
    }
}

#[test]
fn networks() {
    for (text, network, extension, secure) in [
        ("https://a.example/", true, false, true),
        ("ws://a.example/", true, false, false),
        ("//a.example/", true, false, false),
        ("chrome-extension://abc/x", false, true, false),
        ("moz-extension://abc/x", false, true, false),
        ("blob:https://a.example/1", false, false, false),
        ("file:///x", false, false, false),
    ] {
        let url = Url::parse(text).expect("a URL");
        assert_eq!((url.is_network(), url.is_extension(), url.is_secure()), (network, extension, secure), "{text}");
    }
}
