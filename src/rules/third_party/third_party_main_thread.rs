//! `third-party-main-thread`: how long other companies' scripts kept the page's own thread busy.

use crate::order::Arrange;
use crate::page_load::main_thread::{MainThreadWork, PartyWork};
use crate::page_load::{Metric, Owner, PageLoad, parties};
use crate::recording::{LONG_TASK, Missing};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis, Ratio};

/// One party below this is not worth a line: it fits into a single task that nobody notices (W3C Long Tasks).
const WORTH_TELLING: Millis = LONG_TASK;

/// From this much blocking time of all third parties on it is a warning: Lighthouse's `third-party-summary` lets them
/// block for 250 ms before it complains (`PASS_THRESHOLD_IN_MS`).
const NOTICEABLE: Millis = Millis(250.0);

/// From this much on it is serious: what Google calls a poor Total Blocking Time begins here.
const LONG: Millis = Millis(600.0);

/// How many parties are told.
const MOST_TOLD: usize = 20;

declare_rule! {
    /// ## In plain words
    /// Other companies' programs on this page kept the browser busy: measuring, advertising, chat, consent. While they
    /// ran, the page could not react.
    ///
    /// ## What it finds
    /// Work of the page's own thread that scripts of other sites began, by company (by site where no company is known):
    /// all that ran within, whosever functions it were. Time in a company's own functions, which is what Chrome's panel
    /// shows, is told as well. It is a finding if one of them took 50 ms or more, and a warning if together they blocked
    /// for 250 ms. What hosting companies and public CDNs deliver counts as the page's.
    ///
    /// ## Why it matters
    /// All scripts of a page share one thread. A visitor's tap waits for a stranger's program as for the page's own.
    ///
    /// ## How to fix it
    /// - Remove what nobody needs any more; ask who reads its figures.
    /// - Load the rest after the page has become usable: on interaction, after consent, or when the browser is idle.
    /// - Show a picture in place of players and chats until somebody wants them.
    /// - Ask the company for a lighter version, or run it in a worker or a frame of another site.
    ///
    /// ## How savings are estimated
    /// Between none and their part of the blocking time: of each long task the part that their scripts have of it.
    ///
    /// ## When to ignore it
    /// What earns the site its money; then running it late is the point, not removing it. Scripts that wrap the page's
    /// own functions, as error trackers do, are told as beginning the page's work. The time is that of the recording
    /// machine; phones are several times slower.
    ///
    /// ## References
    /// - [Chrome: Third parties](https://developer.chrome.com/docs/performance/insights/third-parties)
    /// - [web.dev: Efficiently load third-party JavaScript](https://web.dev/articles/efficiently-load-third-party-javascript)
    /// - [Third Party Web: who is who](https://www.thirdpartyweb.today/)
    pub static THIRD_PARTY_MAIN_THREAD = {
        id: "third-party-main-thread",
        title: "Main-thread time of third parties",
        topic: Topic::ThirdParty,
        severity: Severity::Serious,
        owner: Owner::ThirdParty,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(work) = &load.main_thread else {
        return Outcome::NotApplicable("the page's own thread is not in the recording");
    };
    match others(work).as_slice() {
        [] => Outcome::NotApplicable("no script of another site ran on the page's own thread"),
        [first, ..] if first.begun < WORTH_TELLING => Outcome::Passed,
        others @ [first, ..] => Outcome::found(finding(load, work, first, others)),
    }
}

/// Those of other sites whose scripts began any work, the most first.
pub(super) fn others(work: &MainThreadWork) -> Vec<&PartyWork> {
    let is_meant = |party: &&PartyWork| party.is_of_others() && Millis::ZERO < party.begun;
    let mut others: Vec<&PartyWork> = work.parties.iter().filter(is_meant).collect();
    others.arrange_by(|a, b| b.begun.total_cmp(&a.begun));
    others
}

fn finding(load: &PageLoad<'_>, work: &MainThreadWork, first: &PartyWork, others: &[&PartyWork]) -> Finding {
    let total: Millis = others.iter().map(|party| party.begun).sum();
    let blocking: Millis = others.iter().map(|party| party.begun_blocking).sum();
    let all: Millis = work.by_activity.iter().copied().sum();
    let share = Ratio(if Millis::ZERO < all { total.0 / all.0 } else { 0.0 });
    let sent = parties::sent(load);
    let sent_by = |party: &PartyWork| {
        let key = parties::key(party.entity, load.recording.text(party.url).expose());
        let at = sent.binary_search_by(|(known, _)| known.cmp(&key)).ok();
        at.and_then(|at| sent.get(at)).map_or(Bytes(0), |(_, bytes)| *bytes)
    };
    let bytes: Bytes = others.iter().map(|party| sent_by(party)).sum();
    Finding {
        severity: match blocking {
            blocking if LONG <= blocking => Severity::Serious,
            blocking if NOTICEABLE <= blocking => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: None,
        customer: message![
            "Programs of ",
            Part::Counted(others.len() as u64, "other company", "other companies"),
            " kept the browser busy with this page for ",
            total,
            ", ",
            share,
            " of all its work."
        ],
        engineer: message![
            Part::Counted(others.len() as u64, "third party", "third parties"),
            " took ",
            total,
            " of the main thread (",
            share,
            "), ",
            blocking,
            " of it blocking, and ",
            bytes,
            " on the wire; first ",
            party(load, first),
            "."
        ],
        fix: message!["Remove what nobody needs; start the rest on interaction or when the browser is idle."],
        evidence: others.iter().take(MOST_TOLD).map(|one| evidence(load, one, sent_by(one))).collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Tbt).filter(|_| Millis::ZERO < blocking),
            ms: (Millis::ZERO, blocking),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

/// The company, else the host; the address of a script that is not among the requests.
pub(super) fn party(load: &PageLoad<'_>, party: &PartyWork) -> Part {
    match load.request_of_script(party.url) {
        Some(request) => Part::Party(request),
        None => Part::Address(party.url),
    }
}

fn evidence(load: &PageLoad<'_>, one: &PartyWork, bytes: Bytes) -> Evidence {
    let mut text: Message = message![party(load, one), ": ", one.begun];
    if Millis::ZERO < one.begun_blocking {
        text.0.extend(message![", ", one.begun_blocking, " of it blocking"].0);
    }
    text.0.extend(message!["; ", one.own, " in its own functions"].0);
    if Bytes(0) < bytes {
        text.0.extend(message!["; ", bytes, " on the wire"].0);
    }
    Evidence { request: load.request_of_script(one.url), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::RequestId;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const TAGS: &str = "https://www.googletagmanager.com/gtm.js";
    const CHAT: &str = "https://chat.vendor.example/chat.js";

    fn page(chat: &str, took: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(TAGS, |r| r.bytes(20_000, 20_000, 20_000))
            .request("https://www.googletagmanager.com/a.gif", |r| r.bytes(500, 500, 500))
            .request(chat, |r| r.bytes(40_000, 40_000, 40_000))
            .milestones(|m| m.first_contentful_paint = Some(Millis(50.0)))
            .work(&[
                (0, "RunTask", 100.0, took, ""),
                (1, "EvaluateScript", 100.0, took, chat),
                (2, "Layout", 100.0, took / 2.0, ""),
                (0, "RunTask", 2_000.0, 40.0, ""),
                (1, "EvaluateScript", 2_000.0, 40.0, TAGS),
            ])
    }

    #[test]
    fn the_most_expensive_company_comes_first() {
        for (took, expected) in [(60.0, Severity::Notice), (300.0, Severity::Warning), (650.0, Severity::Serious)] {
            let Outcome::Found(found) = outcome(&THIRD_PARTY_MAIN_THREAD, page(CHAT, took)) else { panic!("nothing") };
            assert_eq!(found[0].severity, expected, "{took}");
            assert_eq!(found[0].savings.expect("savings").ms, (Millis::ZERO, Millis(took - 50.0)));
            let requests: Vec<_> = found[0].evidence.iter().map(|one| one.request).collect();
            assert_eq!(requests, [Some(RequestId(3)), Some(RequestId(1))]);
            // Both requests of the tag manager count.
            assert!(found[0].evidence[1].text.0.contains(&Part::Bytes(Bytes(20_500))));
            assert!(found[0].engineer.0.contains(&Part::Bytes(Bytes(60_500))));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&THIRD_PARTY_MAIN_THREAD, page(CHAT, 49.0), "passed");
        // The page's own, also where a CDN delivers it.
        check_rule(&THIRD_PARTY_MAIN_THREAD, page("https://shop.example/app.js", 900.0), "passed");
        check_rule(&THIRD_PARTY_MAIN_THREAD, page("https://cdn.jsdelivr.net/npm/a.js", 900.0), "passed");
        let made = || Made::page("https://shop.example/");
        check_rule(&THIRD_PARTY_MAIN_THREAD, made(), "not-applicable");
        check_rule(&THIRD_PARTY_MAIN_THREAD, made().without(Missing::MainThread), "not-checked");
    }
}
