//! What makes a response look as if it were one person's: credentials, cookies of a login, addresses of accounts.
//! Cookies of measuring, consent and load balancing are nobody's in particular.

use crate::http::cdn::is_edge_cookie;
use crate::http::url::Url;
use crate::recording::Request;

/// Words in the names of cookies that hold a login.
const SESSION: [&str; 11] =
    ["sess", "sid", "auth", "login", "token", "jwt", "remember", "logged", "user", "account", "customer"];

/// Beginnings of names of cookies that measure, remember consent or divide visitors into groups.
const OF_NOBODY: [&str; 32] = [
    "_ga",
    "_gid",
    "_gat",
    "_gcl",
    "_fbp",
    "_fbc",
    "_hj",
    "_pk_",
    "_uet",
    "_clck",
    "_clsk",
    "_dd_",
    "ai_",
    "ajs_",
    "amp_",
    "mp_",
    "optanon",
    "cookieconsent",
    "cookielaw",
    "cookie_consent",
    "euconsent",
    "usprivacy",
    "_tt_",
    "_ttp",
    "_scid",
    "_pin",
    "_vwo",
    "_vis_opt",
    "optimizely",
    "abtest",
    "ab_",
    "utm",
];

/// Last or first parts of paths that are about whoever has logged in.
const PATHS: [&str; 14] = [
    "me",
    "account",
    "my-account",
    "myaccount",
    "cart",
    "basket",
    "checkout",
    "profile",
    "user",
    "orders",
    "wishlist",
    "inbox",
    "settings",
    "billing",
];

/// Whether a cookie of this name seems to hold a login.
pub fn is_session(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_other = is_edge_cookie(&format!("{name}=")) || starts_with_any(name, &OF_NOBODY) || lower.contains("csrf");
    !is_other && SESSION.iter().any(|word| lower.contains(word))
}

fn starts_with_any(name: &str, beginnings: &[&str]) -> bool {
    let starts = |with: &&str| name.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    beginnings.iter().any(starts)
}

/// Names of the cookies that a request carries.
pub fn sent_cookies<'a>(request: Request<'a>) -> impl Iterator<Item = &'a str> {
    request.request_header("cookie").flat_map(|line| line.expose().split(';')).map(name_of)
}

/// Names of the cookies that a response sets, those left out that the edge sets by itself, after its cache.
pub fn set_cookies<'a>(request: Request<'a>) -> impl Iterator<Item = &'a str> {
    let lines = request.response_header("set-cookie").map(|line| line.expose());
    lines.filter(|line| !is_edge_cookie(line)).map(name_of)
}

fn name_of(cookie: &str) -> &str {
    cookie.split(['=', ';']).next().unwrap_or_default().trim()
}

/// Whether the request carries credentials.
pub fn is_authorized(request: Request<'_>) -> bool {
    request.request_header("authorization").next().is_some()
}

/// Whether somebody seems to have logged in.
pub fn is_logged_in(request: Request<'_>) -> bool {
    is_authorized(request) || sent_cookies(request).any(is_session) || set_cookies(request).any(is_session)
}

/// Whether the address is one of an account: `/account/…`, `/api/me`.
pub fn is_personal_address(url: &Url<'_>) -> bool {
    url.path
        .split('/')
        .filter(|part| !part.is_empty())
        .any(|part| PATHS.iter().any(|own| part.eq_ignore_ascii_case(own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies() {
        for (name, expected) in [
            ("PHPSESSID", true),
            ("connect.sid", true),
            ("auth_token", true),
            ("wordpress_logged_in_1", true),
            ("__cf_bm", false),
            ("_ga_SESSION", false),
            ("_hjSessionUser_1", false),
            ("AWSALB", false),
            ("csrftoken", false),
            ("theme", false),
            ("", false),
        ] {
            assert_eq!(is_session(name), expected, "{name}");
        }
    }

    #[test]
    fn addresses() {
        for (address, expected) in [
            ("https://a.example/api/me", true),
            ("https://a.example/Account/orders.html", true),
            ("https://a.example/medium/cartoons", false),
            ("https://a.example/", false),
        ] {
            assert_eq!(is_personal_address(&Url::parse(address).expect("a URL")), expected, "{address}");
        }
    }
}
