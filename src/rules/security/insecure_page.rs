//! `insecure-page`: the page came without encryption.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::security::is_trustworthy;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The page came over an unprotected connection: others on the way can read and change it, and browsers warn of it.
    ///
    /// ## What it finds
    /// A document whose final address begins with `http:`, unless it is on the own machine (`localhost`, 127.0.0.0/8).
    ///
    /// ## Why it matters
    /// Browsers speak HTTP/2 and HTTP/3, Brotli and service workers only over HTTPS, so an unprotected page is also a
    /// slower one. Networks on the way may insert into it.
    ///
    /// ## How to fix it
    /// - Get a certificate (free of charge from Let's Encrypt) and redirect to HTTPS with status 301.
    /// - Then send `Strict-Transport-Security`, so that browsers go there by themselves.
    ///
    /// ## How savings are estimated
    /// They are not: HTTPS itself costs one more round trip, what it makes possible saves more on most pages.
    ///
    /// ## When to ignore it
    /// Test systems and devices in a network of their own.
    ///
    /// ## References
    /// - [Why HTTPS matters](https://web.dev/articles/why-https-matters)
    /// - [RFC 6797: HTTP Strict Transport Security](https://www.rfc-editor.org/rfc/rfc6797)
    /// - [Secure contexts](https://www.w3.org/TR/secure-contexts/)
    pub static INSECURE_PAGE = {
        id: "insecure-page",
        title: "The page is not encrypted",
        topic: Topic::Security,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(id) = load.document.request else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let url = load.resource(id).and_then(|resource| resource.url);
    let Some(url) = url.filter(|url| url.is_network()) else {
        return Outcome::NotApplicable("the page did not come over the network");
    };
    if !url.scheme.eq_ignore_ascii_case("http") || is_trustworthy(url.host) {
        return Outcome::Passed;
    }
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The page came over an unprotected connection, which also keeps browsers from using newer, faster protocols."
        ],
        engineer: message![id, " was loaded over plain HTTP."],
        fix: message!["Serve the page over HTTPS and send ", Part::Code("Strict-Transport-Security"), "."],
        evidence: vec![Evidence { request: Some(id), text: message!["the address begins with ", Part::Code("http:")] }],
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn plain_http() {
        let page = |url: &str| Made::page(url).document(|r| r);
        check_rule(&INSECURE_PAGE, page("http://shop.example/"), "found");
        check_rule(&INSECURE_PAGE, page("https://shop.example/"), "passed");
        check_rule(&INSECURE_PAGE, page("http://localhost:8080/"), "passed");
        check_rule(&INSECURE_PAGE, page("http://127.0.2.1/"), "passed");
        check_rule(&INSECURE_PAGE, Made::page("http://shop.example/"), "not-applicable");
        check_rule(&INSECURE_PAGE, page("http://shop.example/").without(Missing::Document), "not-checked");
    }
}
