//! `redirect-before-document`: the page's address led elsewhere before the page could begin.

use crate::http::url::Url;
use crate::page_load::connections::origin;
use crate::page_load::document::redirect_target;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Message, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds. A tenth of a second is the limit below which people notice nothing (Nielsen, 1993).
const NOTICEABLE: Millis = Millis(100.0);

/// Milliseconds. As for a slow document: Lighthouse's limit for what may pass before the page begins to arrive.
const LONG: Millis = Millis(600.0);

declare_rule! {
    /// ## In plain words
    /// The address that was opened is not where the page is: the server sent the browser on to another address, and
    /// sometimes to yet another one. Each of these detours costs a trip to the server before anything can appear.
    ///
    /// ## What it finds
    /// Responses with a redirect status (301, 302, 303, 307, 308) and a `Location` before the page's document, and the
    /// time from the first of them to the request for the document. From 100 ms on it is a warning, from 600 ms on
    /// serious. A switch to HTTPS that the browser makes by itself (HSTS, shown as status 307 by Chrome) is no trip to a
    /// server and only mentioned. A redirect after a form was sent (POST) is how forms are meant to work.
    ///
    /// ## Why it matters
    /// A redirect often costs more than a round trip: another host needs a name look-up and a new connection with
    /// encryption, and on a phone network each of these is slow. All of it comes before the first byte of the page.
    ///
    /// ## How to fix it
    /// - Link, advertise and submit to search engines the final address.
    /// - Answer with one redirect to the final address instead of several (`http` → `https` → `www` → language).
    /// - Send `Strict-Transport-Security` and ask for the preload list, so that browsers go to HTTPS by themselves.
    /// - Choose language or device on the server without changing the address.
    ///
    /// ## How savings are estimated
    /// The recorded time before the document's request, less the set-up of a connection that the document would then have
    /// to open itself. Of several redirects the longest one is taken to remain (a
    /// visitor may type the short address), so the lower bound is the rest; of a single one the lower bound is nothing.
    ///
    /// ## When to ignore it
    /// Sign-in flows that must visit another host, short links, an address that somebody typed without `https://`.
    ///
    /// ## References
    /// - [RFC 9110 §15.4: redirection](https://www.rfc-editor.org/rfc/rfc9110#section-15.4)
    /// - [RFC 6797: HTTP Strict Transport Security](https://www.rfc-editor.org/rfc/rfc6797)
    /// - [Avoid multiple page redirects (Lighthouse)](https://developer.chrome.com/docs/lighthouse/performance/redirects)
    pub static REDIRECT_BEFORE_DOCUMENT = {
        id: "redirect-before-document",
        title: "Redirects before the page",
        topic: Topic::Redirects,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let document = &load.document;
    if document.request.is_none() && document.redirects.is_empty() {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    }
    let by_server: Vec<_> =
        document.redirects.iter().copied().filter(|id| !document.internal_redirects.contains(id)).collect();
    match (by_server.first(), document.internal_redirects.first()) {
        (Some(first), _) => Outcome::found(finding(load, *first, &by_server)),
        (None, Some(internal)) => Outcome::found(upgrade(load, *internal)),
        (None, None) => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, first: RequestId, hops: &[RequestId]) -> Finding {
    let n_hops = hops.len() as u64;
    let costs: Vec<Millis> = hops.iter().map(|id| cost(load, *id)).collect();
    let longest = costs.iter().copied().max_by(Millis::total_cmp).unwrap_or_default();
    let total: Millis = costs.into_iter().sum();
    let is_form = load.request(first).method_text().expose().eq_ignore_ascii_case("POST");
    let severity = match total {
        _ if is_form => Severity::Notice,
        total if LONG <= total => Severity::Serious,
        total if NOTICEABLE <= total => Severity::Warning,
        _ => Severity::Notice,
    };
    let most = (total - inherited_set_up(load, hops)).at_least_zero();
    let least = if 1 < n_hops { (total - longest).min(most) } else { Millis::ZERO };
    let mut fix = message![];
    if is_form {
        fix.0.extend(message!["A redirect after a form is right; make the answer to the form itself quick."].0);
    } else {
        fix.0.extend(message!["Link to the final address, and answer old ones with a single redirect to it."].0);
    }
    if hops.iter().any(|id| kind_of_hop(load.request(*id)) == Hop::ToHttps) {
        fix.0.extend(
            message![" Send ", Part::Code("Strict-Transport-Security"), " so that browsers use HTTPS by themselves."].0,
        );
    }
    Finding {
        severity,
        owner: None,
        customer: message![
            "Before the page itself, the browser was sent on ",
            if n_hops == 1 { "once".into() } else { Part::Counted(n_hops, "time", "times") },
            " to another address. That took ",
            total,
            ", during which nothing could appear."
        ],
        engineer: message![
            Part::Counted(n_hops, "redirect", "redirects"),
            " from ",
            first,
            " took ",
            total,
            " before the document was requested."
        ],
        fix,
        evidence: hops.iter().map(|id| hop_evidence(load, *id)).collect(),
        savings: Some(Savings {
            milestone: load.milestones.main().map(|(metric, _)| metric),
            ms: (least, most),
            bytes: Default::default(),
            method: Method::Measured,
        }),
    }
}

/// From the start of a hop to the start of what it led to, or to its own end if that was not recorded.
fn cost(load: &PageLoad<'_>, hop: RequestId) -> Millis {
    let request = load.request(hop);
    let own = request.end().or_else(|| Some(request.start()? + request.phases().total()));
    let all = load.document.redirects.iter().chain(&load.document.request);
    let next = all.copied().skip_while(|id| *id != hop).nth(1).and_then(|next| load.request(next).start());
    match (request.start(), next.or(own)) {
        (Some(start), Some(end)) => (end - start).at_least_zero(),
        _ => request.phases().total(),
    }
}

/// The set-up of a connection that a redirect paid and the document then used: without the redirect the document would
/// have paid it.
fn inherited_set_up(load: &PageLoad<'_>, hops: &[RequestId]) -> Millis {
    let Some(document) = load.document.request else { return Millis::ZERO };
    let host_of = |id: RequestId| load.resource(id).and_then(|resource| resource.url.as_ref().and_then(origin));
    let paid_itself = load.request(document).phases().set_up().is_some_and(|time| Millis::ZERO < time);
    let same_host = hops.iter().filter(|id| !paid_itself && host_of(**id) == host_of(document));
    same_host.filter_map(|id| load.request(*id).phases().set_up()).max_by(Millis::total_cmp).unwrap_or_default()
}

/// What a redirect changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hop {
    ToHttps,
    OtherHost,
    OtherPath,
    Unclear,
}

fn kind_of_hop(request: Request<'_>) -> Hop {
    let target = redirect_target(request).unwrap_or_default();
    let (Some(from), Some(to)) = (Url::parse(request.url_text().expose()), Url::parse(&target)) else {
        return Hop::Unclear;
    };
    match (from.is_secure(), to.is_secure(), from.host.eq_ignore_ascii_case(to.host)) {
        (false, true, _) => Hop::ToHttps,
        (_, _, false) => Hop::OtherHost,
        (_, _, true) => Hop::OtherPath,
    }
}

fn hop_evidence(load: &PageLoad<'_>, hop: RequestId) -> Evidence {
    let request = load.request(hop);
    let what: &'static str = match kind_of_hop(request) {
        Hop::ToHttps => " (from HTTP to HTTPS)",
        Hop::OtherHost => " (to another host)",
        Hop::OtherPath => " (to another path of the same host)",
        Hop::Unclear => "",
    };
    let mut text = Message::default();
    if let Some(status) = request.status() {
        text.0.extend(message!["status ", Part::Status(status), ", "].0);
    }
    if request.response_header("location").next().is_some() {
        text.0.extend(message![Part::ResponseHeader(hop, "location")].0);
    } else {
        text.0.extend(message!["redirected"].0);
    }
    text.0.extend(message![what, ", ", cost(load, hop)].0);
    Evidence { request: Some(hop), text }
}

/// The browser's own switch to HTTPS: good to know when somebody sees status 307 and looks for the server's fault.
fn upgrade(load: &PageLoad<'_>, internal: RequestId) -> Finding {
    let time = cost(load, internal);
    Finding {
        severity: Severity::Notice,
        owner: Some(Owner::Client),
        customer: message!["The browser itself switched to the encrypted address. That costs next to nothing."],
        engineer: message![
            internal,
            " is an internal redirect (HSTS): no server was asked, ",
            time,
            " passed before the next request."
        ],
        fix: message!["Nothing needs to be done. Links to the ", Part::Code("https://"), " address avoid even this."],
        evidence: vec![Evidence {
            request: Some(internal),
            text: message![
                "status 307 made by the browser, ",
                Part::ResponseHeader(internal, "non-authoritative-reason")
            ],
        }],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    /// A load that is sent on from each address to the next, each hop taking 200 ms and 50 ms of set-up.
    fn chain(addresses: &[&str]) -> Made {
        let mut made = Made::page(addresses.last().expect("an address"));
        for (at, pair) in addresses.windows(2).enumerate() {
            made = made.request(pair[0], |r| {
                r.start(at as f64 * 250.0).set_up(0.0, 50.0, 0.0).wait(200.0).status(301).response("location", pair[1])
            });
        }
        let start = (addresses.len() - 1) as f64 * 250.0;
        made.document(|r| r.start(start).kind(ResourceKind::Document).wait(60.0))
    }

    #[track_caller]
    fn finding(made: Made) -> Finding {
        match outcome(&REDIRECT_BEFORE_DOCUMENT, made) {
            Outcome::Found(mut all) => all.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn several_redirects_are_serious() {
        let found = finding(chain(&[
            "http://shop.example/",
            "https://shop.example/",
            "https://www.shop.example/",
            "https://www.shop.example/en/",
        ]));
        assert_eq!((found.severity, found.evidence.len()), (Severity::Serious, 3));
        assert_eq!(found.savings.map(|savings| savings.ms), Some((Millis(500.0), Millis(700.0))));
        assert!(found.fix.0.contains(&Part::Code("Strict-Transport-Security")));
    }

    #[test]
    fn one_redirect_may_have_to_stay() {
        let found = finding(chain(&["https://shop.example/", "https://shop.example/de"]));
        assert_eq!(found.severity, Severity::Warning);
        assert_eq!(found.savings.map(|savings| savings.ms), Some((Millis::ZERO, Millis(200.0))));
    }

    #[test]
    fn forms_and_internal_redirects_are_notices() {
        let form = Made::page("https://shop.example/")
            .request("https://shop.example/login", |mut r| {
                let post = r.intern("POST");
                r.kind(ResourceKind::Document)
                    .wait(300.0)
                    .status(303)
                    .response("location", "/")
                    .change(|row| row.method = post)
            })
            .document(|r| r.start(300.0));
        assert_eq!(finding(form).severity, Severity::Notice);
        let internal = Made::page("https://shop.example/")
            .request("http://shop.example/", |r| {
                r.wait(0.0)
                    .status(307)
                    .response("location", "https://shop.example/")
                    .response("non-authoritative-reason", "HSTS")
            })
            .document(|r| r.start(5.0));
        let found = finding(internal);
        assert_eq!((found.severity, found.savings), (Severity::Notice, None));
    }

    #[test]
    fn near_misses() {
        check_rule(&REDIRECT_BEFORE_DOCUMENT, Made::page("https://shop.example/").document(|r| r), "passed");
        check_rule(&REDIRECT_BEFORE_DOCUMENT, Made::page("https://shop.example/"), "not-applicable");
        let undated = Made::page("https://shop.example/").document(|r| r).without(Missing::Dates);
        check_rule(&REDIRECT_BEFORE_DOCUMENT, undated, "not-checked");
    }
}
