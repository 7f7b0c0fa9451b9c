//! What caches make of pasted headers: a sentence, the facts, and the mistakes, for each answer. For the page and the
//! command line; nobody but whoever pasted them sees it, and secrets are removed all the same.

use crate::http::browsers::{Browser, Lifetime as BrowserLifetime, Reuse};
use crate::http::cdn::reason::{self, Proof};
use crate::http::cdn::{Kind, failure};
use crate::http::exchange::{Exchange, Facts};
use crate::http::faults::{self, Fault};
use crate::http::freshness::{Basis, Policy};
use crate::http::judgment::{self, Judgment};
use crate::http::pasted::{Pasted, PastedExchange};
use crate::http::validation::ETag;
use crate::page_load::caching::{Lifetime, Verdict};
use crate::redact::{Clean, Share};
use crate::report::format;
use crate::report::names::Names;
use crate::text::Untrusted;
use crate::units::{Millis, Seconds, WallTime};

/// What is told of a pasted text.
#[derive(Clone, Debug, PartialEq)]
pub struct PastedReport {
    /// In the order of the text.
    pub responses: Vec<PastedResponse>,
    /// What was odd in the text, or why nothing can be told.
    pub notes: Vec<Clean>,
    /// What the placeholders stand for, see [`crate::redact::originals`].
    pub originals: Vec<(u32, String)>,
}

/// What caches make of one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct PastedResponse {
    /// `None`: the text does not tell.
    pub url: Option<Clean>,
    /// `None`: the text does not tell.
    pub status: Option<u16>,
    /// In a word, as in the cache table.
    pub verdict: Verdict,
    /// In a sentence.
    pub sentence: Clean,
    /// In reading order.
    pub facts: Vec<PastedFact>,
    /// What is wrong with the headers.
    pub mistakes: Vec<PastedMistake>,
    /// What was taken for granted because the text does not tell.
    pub assumptions: Vec<&'static str>,
}

/// A name and what is known of it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct PastedFact {
    pub name: &'static str,
    pub value: Clean,
}

/// A mistake and the header line that it is in.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct PastedMistake {
    pub line: Clean,
    pub text: Clean,
}

/// Judges what was read of a pasted text. `now` is the time at which answers without a `Date` count as arrived.
pub fn judge(pasted: &Pasted, now: Option<WallTime>) -> PastedReport {
    let names = Names::new(Share::Internal);
    let responses: Vec<_> = pasted.exchanges.iter().map(|exchange| response(&names, exchange, now)).collect();
    PastedReport { notes: notes(pasted), responses, originals: names.originals() }
}

fn notes(pasted: &Pasted) -> Vec<Clean> {
    let mut notes = Vec::new();
    let mut counted = |n: usize, one: &'static str, many: &'static str| {
        if 0 < n {
            notes.push(format::counted(n as u64, one, many));
        }
    };
    counted(
        pasted.n_unreadable,
        "line was no header and was passed over",
        "lines were no headers and were passed over",
    );
    counted(
        pasted.n_folded,
        "header line goes on in the next one, which HTTP forbids (RFC 9112 §5.2); it was joined",
        "header lines go on in the next ones, which HTTP forbids (RFC 9112 §5.2); they were joined",
    );
    if pasted.is_cut {
        notes.push(Clean::from("the text is longer than headers are; only its beginning was read"));
    }
    if pasted.is_only_request {
        notes.push(Clean::from(
            "these are headers of a request; what caches do is said in the answer: paste its headers",
        ));
    } else if pasted.exchanges.is_empty() {
        notes.push(Clean::from(
            "no header was found; paste lines such as \"Cache-Control: max-age=60\", from `curl -I` for example",
        ));
    }
    notes
}

fn response(names: &Names, pasted: &PastedExchange, now: Option<WallTime>) -> PastedResponse {
    pasted.look(now, |exchange| {
        let judgment = judgment::judge(exchange, None);
        let facts = Facts::of(exchange);
        PastedResponse {
            url: pasted.url.as_deref().map(|url| names.url(Untrusted::new(url))),
            status: pasted.status,
            verdict: Verdict::of(&judgment.private.policy),
            sentence: sentence(&judgment),
            facts: told(names, exchange, &facts, &judgment),
            mistakes: faults::of(exchange, &facts).into_iter().map(|fault| mistake(names, exchange, fault)).collect(),
            assumptions: assumptions(pasted),
        }
    })
}

fn assumptions(pasted: &PastedExchange) -> Vec<&'static str> {
    let has = |lines: &[(String, String)], name: &str| lines.iter().any(|(known, _)| known == name);
    let mut all = Vec::new();
    if pasted.status.is_none() {
        all.push("the status is 200");
    }
    if pasted.method.is_none() {
        all.push("it was asked for with GET");
    }
    if pasted.request.is_empty() {
        all.push("the request carried no credentials and nothing about caches");
    }
    if has(&pasted.response, "date") {
        all.push("it arrived at its Date, without a delay");
    } else {
        all.push("it arrived just now, as it has no Date");
    }
    all
}

/// "Browsers may use this answer for 10 minutes; shared caches may use it for 1 day. The CDN (cloudflare): answered from
/// its cache."
fn sentence(judgment: &Judgment<'_>) -> Clean {
    let (private, shared) = (&judgment.private.policy, &judgment.cdn_policy);
    let mut parts = Vec::new();
    let age = private.age_on_arrival;
    match Lifetime::of(private) {
        Lifetime::NotStorable => {
            parts.extend([Clean::from("Browsers may not keep this answer ("), why_not(private), Clean::from(")")]);
        }
        Lifetime::None if private.asks_always || private.lifetime == Seconds(0) => {
            parts.push(Clean::from("Browsers may keep this answer but must ask before each use"));
        }
        Lifetime::None => parts.push(Clean::from("Browsers must ask before each use")),
        Lifetime::Unsaid if judgment.browsers.chrome.lifetime == BrowserLifetime::Forever => parts.push(Clean::from(
            "Nothing says how long browsers may keep this answer; with this status they keep it for ever",
        )),
        Lifetime::Unsaid => parts.push(Clean::from(
            "Nothing says how long browsers may keep this answer, and there is nothing to guess from, so they ask each time",
        )),
        Lifetime::Heuristic(lifetime) => parts.extend([
            Clean::from("Nothing says how long browsers may keep this answer; they guess, about "),
            format::lifetime(lifetime),
        ]),
        Lifetime::Explicit(lifetime) => {
            parts.extend([Clean::from("Browsers may use this answer for "), format::lifetime(lifetime)]);
            if lifetime <= age {
                parts.push(Clean::from(", which was over when it arrived"));
            } else if Seconds(0) < age {
                parts.extend([Clean::from(", of which "), format::lifetime(age), Clean::from(" had passed when it arrived")]);
            }
        }
    }
    parts.push(Clean::from("; "));
    parts.extend(match Lifetime::of(shared) {
        Lifetime::NotStorable => {
            vec![Clean::from("shared caches may not keep it ("), why_not(shared), Clean::from(")")]
        }
        Lifetime::None => vec![Clean::from("shared caches must ask before each use")],
        Lifetime::Unsaid => vec![Clean::from("shared caches have nothing to go by")],
        Lifetime::Heuristic(lifetime) => vec![Clean::from("shared caches guess "), format::lifetime(lifetime)],
        Lifetime::Explicit(lifetime) => vec![Clean::from("shared caches may use it for "), format::lifetime(lifetime)],
    });
    parts.push(Clean::from("."));
    if let Some(front) = judgment.cdn.front() {
        parts.push(Clean::from(" "));
        parts.extend(match front.vendor.kind() {
            Kind::Network => vec![Clean::from("The CDN ("), Clean::from(front.vendor.name()), Clean::from("): ")],
            _ => vec![Clean::from("A cache on the way: ")],
        });
        parts.extend([Clean::from(judgment.why_cdn()), Clean::from(".")]);
    }
    Clean::concat(&parts)
}

fn why_not(policy: &Policy) -> Clean {
    let why = policy.refusal.map_or("", |refusal| refusal.text());
    Clean::from(why.split_once(": ").map_or(why, |(_, why)| why))
}

fn told(names: &Names, exchange: &Exchange<'_>, facts: &Facts<'_>, judgment: &Judgment<'_>) -> Vec<PastedFact> {
    let mut all = Vec::new();
    let mut tell = |name: &'static str, value: Clean| all.push(PastedFact { name, value });
    tell("Browser's cache", lifetime(&judgment.private.policy));
    tell("Shared caches", lifetime(&judgment.shared.policy));
    if let Some(header) = judgment.targeted_by {
        tell("CDN", Clean::concat(&[lifetime(&judgment.cdn_policy), Clean::from(", by "), Clean::from(header)]));
    }
    if facts.age.is_some() {
        tell("Age on arrival", format::lifetime(facts.age_seconds()));
    }
    let windows = [
        (
            "Stale while revalidating",
            judgment.shared.policy.stale_while_revalidate.max(judgment.private.policy.stale_while_revalidate),
        ),
        (
            "Stale if the server fails",
            judgment.shared.policy.stale_if_error.max(judgment.private.policy.stale_if_error),
        ),
    ];
    for (name, window) in windows {
        if Seconds(0) < window {
            tell(name, format::lifetime(window));
        }
    }
    tell("To ask with", validators(exchange, facts));
    if exchange.response_header("vary").is_some() {
        tell("Varies with", line_values(names, exchange, "vary"));
    }
    for layer in &judgment.cdn.layers {
        let mut parts = vec![Clean::from(layer.vendor.name())];
        if let Some(status) = layer.status {
            parts.extend([Clean::from(", "), Clean::from(status.word())]);
        }
        if let Some(pop) = layer.pop.and_then(|pop| names.place(Untrusted::new(pop))) {
            parts.extend([Clean::from(", at "), pop]);
        }
        tell("Layer", Clean::concat(&parts));
    }
    let why = reason::explain(exchange, &judgment.cdn);
    for told in &why.told {
        let line = match told.proof {
            Proof::Response(name) => vec![Clean::from(name), Clean::from(": "), line_values(names, exchange, name)],
            Proof::Request(name) => vec![Clean::from(name)],
            Proof::FirstLine => vec![Clean::from("the address or status")],
        };
        let words = [Clean::from(": "), Clean::from(told.cause.text())];
        tell("Why not from its cache", Clean::concat(&[line, words.into()].concat()));
    }
    for cause in why.possible.iter().filter(|_| why.told.is_empty()) {
        tell("Possible cause", Clean::from(cause.text()));
    }
    if let Some(instead) = failure::read(exchange, &judgment.cdn, None).filter(|instead| !instead.meaning.is_empty()) {
        tell("The CDN says", Clean::from(instead.meaning));
    }
    for (name, time) in [("Edge time", judgment.cdn.edge_ms), ("Origin time", judgment.cdn.origin_ms)] {
        if let Some(time) = time {
            tell(name, format::exact_time(Millis(time)));
        }
    }
    for browser in [Browser::Chrome, Browser::Firefox, Browser::Safari] {
        tell(browser.name(), reading(browser, exchange, facts));
    }
    all
}

fn lifetime(policy: &Policy) -> Clean {
    let from = match policy.basis {
        Basis::SMaxAge => " (s-maxage)",
        Basis::MaxAge => " (max-age)",
        Basis::Expires => " (Expires)",
        Basis::Heuristic => " (guessed: a tenth of the time since Last-Modified)",
        Basis::Nothing => "",
    };
    match Lifetime::of(policy) {
        Lifetime::NotStorable => Clean::concat(&[Clean::from("not kept: "), why_not(policy)]),
        Lifetime::None if policy.asks_always => Clean::from("kept, and asked about before each use"),
        Lifetime::None => Clean::concat(&[Clean::from("kept, and expired at once"), Clean::from(from)]),
        Lifetime::Unsaid => Clean::from("kept, without a lifetime"),
        Lifetime::Heuristic(lifetime) | Lifetime::Explicit(lifetime) => {
            Clean::concat(&[format::lifetime(lifetime), Clean::from(from)])
        }
    }
}

fn validators(exchange: &Exchange<'_>, facts: &Facts<'_>) -> Clean {
    let tag = exchange.response_header("etag").map(ETag::parse);
    let modified = facts.last_modified.is_some_and(|modified| modified.time.is_some());
    Clean::from(match (tag.map(|tag| tag.is_weak), modified) {
        (Some(false), false) => "ETag",
        (Some(true), false) => "ETag (weak)",
        (Some(false), true) => "ETag, Last-Modified",
        (Some(true), true) => "ETag (weak), Last-Modified",
        (None, true) => "Last-Modified",
        (None, false) => "nothing: an expired copy is fetched whole again",
    })
}

/// What a browser does for the next request, and how long it does not ask.
fn reading(browser: Browser, exchange: &Exchange<'_>, facts: &Facts<'_>) -> Clean {
    let verdict = browser.judge(exchange, facts, exchange.response_time);
    let does = match verdict.reuse {
        Some(Reuse::Cache) => "uses its copy",
        Some(Reuse::CacheAndBackground) => "uses its copy and asks in the background",
        Some(Reuse::Validate) => "asks first",
        Some(Reuse::Network) => "fetches it again",
        None => "depends on how it reads a date that is none",
    };
    match verdict.lifetime {
        BrowserLifetime::Seconds(seconds) if verdict.stored && 1.0 <= seconds => {
            Clean::concat(&[Clean::from(does), Clean::from("; lifetime "), format::lifetime(Seconds(seconds as u64))])
        }
        BrowserLifetime::Forever if verdict.stored => Clean::concat(&[Clean::from(does), Clean::from(" for ever")]),
        _ => Clean::from(does),
    }
}

fn mistake(names: &Names, exchange: &Exchange<'_>, fault: Fault) -> PastedMistake {
    let name = fault.header();
    let line = match exchange.response_header(name) {
        Some(_) => Clean::concat(&[Clean::from(name), Clean::from(": "), line_values(names, exchange, name)]),
        None => Clean::concat(&[Clean::from("no "), Clean::from(name)]),
    };
    PastedMistake { line, text: Clean::concat(&fault.words().map(Clean::from)) }
}

/// Lines told of one header; thousands of them say the same.
const MOST_LINES: usize = 8;

fn line_values(names: &Names, exchange: &Exchange<'_>, name: &'static str) -> Clean {
    let mut parts = Vec::new();
    for line in exchange.response_lines(name).take(MOST_LINES) {
        if !parts.is_empty() {
            parts.push(Clean::from(", "));
        }
        parts.push(names.header(name, Untrusted::new(line)));
    }
    Clean::concat(&parts)
}

/// As text for a terminal.
pub fn text(report: &PastedReport) -> String {
    let mut out = String::new();
    let mut line = |parts: &[&str]| {
        for part in parts {
            out.push_str(&crate::report::escape::plain(part));
        }
        out.push('\n');
    };
    for (at, one) in report.responses.iter().enumerate() {
        if at != 0 {
            line(&[]);
        }
        let status = one.status.map(|status| status.to_string()).unwrap_or_default();
        let url = one.url.as_ref().map_or("", |url| url.as_str());
        if !status.is_empty() || !url.is_empty() {
            line(&[&status, if status.is_empty() || url.is_empty() { "" } else { " " }, url]);
        }
        line(&[one.sentence.as_str()]);
        for fact in &one.facts {
            line(&["  ", fact.name, ": ", fact.value.as_str()]);
        }
        for mistake in &one.mistakes {
            line(&["  Mistake: ", mistake.line.as_str(), ": ", mistake.text.as_str()]);
        }
        if !one.assumptions.is_empty() {
            line(&["  Assumed: ", &one.assumptions.join("; ")]);
        }
    }
    for note in &report.notes {
        line(&["Note: ", note.as_str()]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pasted::read;

    #[track_caller]
    fn check(text: &str, verdict: Verdict, sentence: &str) -> PastedResponse {
        let report = judge(&read(text), Some(WallTime(1_767_225_600_000.0)));
        let one = report.responses.last().expect("a response").clone();
        assert_eq!((one.verdict, one.sentence.as_str()), (verdict, sentence), "{text}");
        one
    }

    #[test]
    fn verdicts_in_a_sentence() {
        check(
            "HTTP/2 200\ncache-control: public, max-age=600, s-maxage=86400\nage: 60\n",
            Verdict::ShortLived,
            "Browsers may use this answer for 10 minutes, of which 1 minute had passed when it arrived; shared caches \
             may use it for 1 day. A cache on the way: answered from its cache.",
        );
        check(
            "cache-control: private, no-store\n",
            Verdict::NotKept,
            "Browsers may not keep this answer (no-store); shared caches may not keep it (no-store).",
        );
        check(
            "cache-control: no-cache\netag: \"a\"\n",
            Verdict::Asks,
            "Browsers may keep this answer but must ask before each use; shared caches must ask before each use.",
        );
        check(
            "x: y\n",
            Verdict::Unsaid,
            "Nothing says how long browsers may keep this answer, and there is nothing to guess from, so they ask each \
             time; shared caches have nothing to go by.",
        );
        check(
            "HTTP/1.1 301 x\nlocation: /a\n",
            Verdict::Unsaid,
            "Nothing says how long browsers may keep this answer; with this status they keep it for ever; shared caches have \
             nothing to go by.",
        );
        // No `Date`: the time of pasting counts.
        check(
            "expires: Thu, 01 Jan 2026 01:00:00 GMT\n",
            Verdict::ShortLived,
            "Browsers may use this answer for 1 hour; shared caches may use it for 1 hour.",
        );
        let aged = check(
            "HTTP/2 200\ncache-control: max-age=600\nage: 700\ncf-ray: 8dd84d62cee41992-FRA\ncf-cache-status: HIT\n",
            Verdict::Stale,
            "Browsers may use this answer for 10 minutes, which was over when it arrived; shared caches may use it for 10 \
             minutes. The CDN (cloudflare): answered from its cache.",
        );
        let fact = |name| aged.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
        assert_eq!(fact("Layer"), Some("cloudflare, hit, at FRA"));
        assert_eq!(fact("Chrome"), Some("asks first; lifetime 10 minutes"));
        assert_eq!((fact("Why not from its cache"), fact("Possible cause")), (None, None));
    }

    #[test]
    fn why_a_cdn_did_not_answer() {
        let why = |lines: &str| {
            let text = format!("HTTP/2 200\ncf-ray: 8dd84d62cee41992-FRA\n{lines}");
            let report = judge(&read(&text), None);
            let facts = &report.responses.last().expect("a response").facts;
            let names = ["Why not from its cache", "Possible cause"];
            facts.iter().find(|fact| names.contains(&fact.name)).map(|fact| fact.value.to_string())
        };
        let told = "cache-control: private: private forbids shared caches to keep it";
        assert_eq!(why("cf-cache-status: BYPASS\ncache-control: private\n").as_deref(), Some(told));
        let guess = "the first request for it at this place since it was published, purged or pushed out by others";
        assert_eq!(why("cf-cache-status: MISS\ncache-control: max-age=60\n").as_deref(), Some(guess));
        assert_eq!(why("cf-cache-status: HIT\n"), None);
    }

    #[test]
    fn mistakes_and_assumptions() {
        let one = check(
            "cache-control: max-age=ten\n",
            Verdict::Asks,
            "Browsers may keep this answer but must ask before each use; shared caches must ask before each use.",
        );
        assert_eq!(one.mistakes.len(), 1);
        assert!(one.assumptions.contains(&"the status is 200"));
        let all = text(&judge(&read("cache-control: max-age=5\nset-cookie: secret=hunter2"), None));
        assert!(!all.contains("hunter2"));
        let notes = |text| judge(&read(text), None).notes.len();
        assert_eq!((notes("hello"), notes("GET / HTTP/1.1\nhost: a.example\n"), notes("a: b")), (2, 1, 0));
    }

    #[test]
    fn hostile_headers_are_judged() {
        let directives = "max-age=5,".repeat(20_000);
        let vary = "vary: a\n".repeat(20_000);
        for text in [
            format!("cache-control: {directives}"),
            vary,
            format!("age: {}", "9".repeat(200_000)),
            format!("date: {}\nexpires: {}", "é".repeat(50_000), "\"".repeat(50_000)),
        ] {
            let report = judge(&read(&text), None);
            assert_eq!(report.responses.len(), 1);
            for fact in &report.responses[0].facts {
                assert!(fact.value.as_str().len() < 10_000, "{}", fact.name);
            }
        }
    }
}
