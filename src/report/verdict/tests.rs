//! The sentences, on small loads.

use super::*;
use crate::recording::testing::{Made, MadeRequest};
use crate::recording::{ErrorKind, InitiatorKind, ResourceKind};
use crate::redact::Share;

#[track_caller]
fn check(made: Made, sentence: &str, owner: Option<vocabulary::Owner>, ms: Option<f64>) {
    let recording = made.recording();
    let load = &PageLoad::all(&recording)[0];
    let verdict = derive(&Names::new(Share::Internal), load, &[]);
    assert_eq!(verdict.sentence.as_str(), sentence);
    assert_eq!((verdict.owner, verdict.ms), (owner, ms));
}

fn page() -> Made {
    Made::page("https://shop.example/")
}

#[test]
fn wording() {
    use vocabulary::Owner;
    check(page(), "The recording was started, but nothing was loaded in it.", None, None);
    check(
        page().request("somewhere", |r| r),
        "No request in this recording has a usable address, so it cannot be told what was loaded.",
        None,
        None,
    );
    check(
        page().document(|r| r.status(503)),
        "This page could not be loaded: the server answered with error 503.",
        Some(Owner::Origin),
        Some(10.0),
    );
    check(
        page().document(|r| r.status(522).response("cf-ray", "1-FRA")),
        "This page could not be loaded: the CDN got no usable answer from the site's own server (status 522).",
        Some(Owner::Origin),
        Some(10.0),
    );
    check(
        page().document(|r| r.status(403).response("cf-ray", "1-FRA").response("cf-mitigated", "challenge")),
        "This page could not be loaded: the CDN's security system sent a robot check instead (status 403).",
        Some(Owner::Edge),
        Some(10.0),
    );
    check(
        page().document(|r| r.change(|row| row.completion = CompletionState::Failed(ErrorKind::NameNotResolved))),
        "This page could not be loaded: the address of its server was not found.",
        Some(Owner::Origin),
        Some(10.0),
    );
    check(
        page().milestones(|m| m.load = Some(Millis(300.0))).document(|r| r.wait(250.0)),
        "This page finished loading after 0.3 seconds; nothing we check for held it back. \
         How fast the page reacted after that is not in a HAR file.",
        None,
        Some(300.0),
    );
    check(
        page()
            .milestones(|m| m.largest_contentful_paint = Some(Millis(4812.0)))
            .document(|r| r.set_up(0.0, 20.0, 0.0).wait(4700.0)),
        "This page showed its main content after 4.8 seconds; \
         nearly all of that was spent waiting for the site's own servers.",
        Some(Owner::Origin),
        Some(4812.0),
    );
    check(
        page().document(|r| r.set_up(0.0, 20.0, 0.0).wait(2980.0)),
        "The files of this page had arrived after 3.0 seconds; \
         nearly all of that was spent waiting for the site's own servers. \
         The recording does not tell when the page was ready.",
        Some(Owner::Origin),
        Some(3000.0),
    );
    check(
        page().request("https://shop.example/api", |r| r.kind(ResourceKind::Fetch).set_up(0.0, 20.0, 0.0).wait(1980.0)),
        "This recording holds no page, only 1 request, which took 2.0 seconds, \
         mostly spent waiting for the server shop.example.",
        Some(Owner::Origin),
        Some(2000.0),
    );
    check(
        page().milestones(|m| m.load = Some(Millis(2000.0))).document(|r| {
            r.change(|row| {
                row.phases = Default::default();
                row.duration = Some(Millis(1900.0));
            })
        }),
        "This page finished loading after 2.0 seconds; whose time most of that was cannot be told: \
         the file does not tell how the time of this request divides.",
        Some(Owner::Unknown),
        Some(2000.0),
    );
}

#[test]
fn two_owners_about_equally_are_both_named() {
    let made = page()
        .milestones(|m| m.load = Some(Millis(2000.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(950.0).receive(30.0))
        .request("https://tags.example.net/t.js", |r| {
            r.kind(ResourceKind::Script).start(1000.0).set_up(0.0, 20.0, 0.0).wait(970.0)
        });
    let sentence = "This page finished loading after 2.0 seconds; there is no one cause: about as much of that was spent \
                    waiting for other companies' servers as waiting for the site's own servers.";
    check(made, sentence, None, Some(2000.0));
}

#[test]
fn content_that_a_script_fetches_after_the_load_event() {
    let made = |pause: f64, bytes: u64| {
        page()
            .milestones(|m| m.load = Some(Millis(400.0)))
            .document(|r| r.set_up(0.0, 20.0, 0.0).wait(100.0))
            .request("https://shop.example/app.js", |r| r.kind(ResourceKind::Script).start(120.0).wait(270.0))
            .request("https://shop.example/api/hero", |r| {
                r.kind(ResourceKind::Fetch)
                    .start(395.0)
                    .wait(500.0)
                    .initiator(InitiatorKind::Script, "https://shop.example/app.js")
            })
            .request("https://shop.example/hero.jpg", move |r| {
                r.kind(ResourceKind::Image)
                    .start(895.0 + pause)
                    .wait(300.0)
                    .bytes(bytes + 200, bytes, bytes)
                    .initiator(InitiatorKind::Script, "https://shop.example/app.js")
            })
    };
    let owner = Some(vocabulary::Owner::Origin);
    let sentence = "This page had fetched all its content after 1.2 seconds; \
                    nearly all of that was spent waiting for the site's own servers.";
    check(made(5.0, 80_000), sentence, owner, Some(1200.0));
    // What comes later is the visitor's doing, what is small no content.
    let soon = "This page finished loading after 0.4 seconds; nothing we check for held it back. \
                How fast the page reacted after that is not in a HAR file.";
    check(made(3000.0, 80_000), soon, None, Some(400.0));
    check(made(5.0, 43), soon, None, Some(400.0));
    let data = page()
        .milestones(|m| m.load = Some(Millis(400.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(360.0))
        .request("https://shop.example/api/list", |r| {
            r.kind(ResourceKind::Fetch).start(395.0).wait(120.0).receive(1_485.0).bytes(600_000, 600_000, 600_000)
        });
    let sentence = "This page had fetched all its content after 2.0 seconds; \
                    most of that was spent on the network, mostly receiving data.";
    check(data, sentence, Some(vocabulary::Owner::Network), Some(2_000.0));
}

#[test]
fn without_milestones_a_load_ends_with_the_first_pause() {
    let made = page()
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(1980.0))
        .request("https://shop.example/later", |r| r.kind(ResourceKind::Fetch).start(60_000.0));
    let sentence = "The files of this page had arrived after 2.0 seconds; \
                    nearly all of that was spent waiting for the site's own servers. \
                    The recording does not tell when the page was ready.";
    check(made, sentence, Some(vocabulary::Owner::Origin), Some(2000.0));
}

#[test]
fn a_file_of_nothing_but_the_page_does_not_tell_whose_time_it_was() {
    let made = page().milestones(|m| m.load = Some(Millis(8900.0))).document(|r| r.wait(100.0));
    let sentence = "This page finished loading after 8.9 seconds; whose time most of that was cannot be told: \
                    the file holds only the page itself, not what was loaded for it.";
    check(made, sentence, Some(vocabulary::Owner::Unknown), Some(8900.0));
}

#[test]
fn several_calls_without_a_page() {
    let made = page()
        .request("https://api.shop.example/a", |r| r.kind(ResourceKind::Fetch).wait(90.0))
        .request("https://api.shop.example/b", |r| r.kind(ResourceKind::Fetch).start(20.0).wait(110.0));
    check(made, "This recording holds no page, only 2 requests; the slowest took 0.1 seconds.", None, Some(110.0));
}

#[test]
fn pauses_without_milestones_are_nobodys() {
    fn image(request: MadeRequest<'_>, start: f64) -> MadeRequest<'_> {
        request.kind(ResourceKind::Image).start(start).wait(50.0)
    }
    let made = page()
        .document(|r| r.wait(100.0))
        .request("https://shop.example/a.png", |r| image(r, 1500.0))
        .request("https://shop.example/b.png", |r| image(r, 3010.0));
    let sentence = "The files of this page had arrived after 3.1 seconds. \
                    The recording does not tell when the page was ready, nor what it waited for.";
    let grey = "Responses until 3,060 ms; 2,910 ms of that cannot be divided: it passed between the requests.";
    let verdict = check_report(made, sentence, grey);
    assert_eq!((verdict.owner, verdict.ms), (Some(vocabulary::Owner::Unknown), Some(3060.0)));
}

#[track_caller]
fn check_report(made: Made, sentence: &str, engineer_end: &str) -> Verdict {
    let recording = made.recording();
    let source = crate::report::build::Source { name: None, recording: &recording };
    let report = crate::report::build::analyze(&[source], Share::Internal, &[], &mut |_| ());
    let verdict = report.loads[0].verdict.clone();
    assert_eq!(verdict.sentence.as_str(), sentence);
    assert!(verdict.engineer.as_str().ends_with(engineer_end), "{}", verdict.engineer.as_str());
    verdict
}

#[track_caller]
fn check_failed(made: Made, sentence: &str, engineer_end: &str) {
    assert_eq!(check_report(made, sentence, engineer_end).owner, Some(vocabulary::Owner::Origin));
}

#[test]
fn failures_that_break_the_page_are_told_with_the_time() {
    fn with_failures(made: Made) -> Made {
        made.request("https://shop.example/menu.js", |r| r.kind(ResourceKind::Script).start(20.0).status(404))
            .request("https://shop.example/api/cart", |r| r.kind(ResourceKind::Fetch).start(20.0).status(500))
            .request("https://shop.example/api/user", |r| {
                r.kind(ResourceKind::Fetch)
                    .start(20.0)
                    .change(|row| row.completion = CompletionState::Failed(ErrorKind::ConnectionRefused))
            })
            // Not missed by anybody: a picture, an icon, a measuring pixel, a sign-in.
            .request("https://shop.example/hero.jpg", |r| r.kind(ResourceKind::Image).start(20.0).status(404))
            .request("https://shop.example/favicon.ico", |r| r.kind(ResourceKind::Other).start(20.0).status(404))
            .request("https://www.google-analytics.com/g/collect", |r| {
                r.kind(ResourceKind::Fetch).start(20.0).status(500)
            })
            .request("https://shop.example/api/me", |r| r.kind(ResourceKind::Fetch).start(20.0).status(401))
    }
    let first = "; 3 requests failed that the page may need, first https://shop.example/menu.js: \
                 status 404 (not there).";
    check_failed(
        with_failures(page().milestones(|m| m.load = Some(Millis(300.0))).document(|r| r.wait(250.0))),
        "This page finished loading after 0.3 seconds, but 1 script and 2 data requests failed: \
         parts of it may be missing or not work.",
        first,
    );
    check_failed(
        with_failures(page().milestones(|m| m.load = Some(Millis(3000.0))).document(|r| r.wait(2950.0))),
        "This page finished loading after 3.0 seconds; nearly all of that was spent waiting for the site's own servers. \
         Also, 1 script and 2 data requests failed, so parts of the page may be missing or not work.",
        first,
    );
    let by_cdn = page().milestones(|m| m.load = Some(Millis(300.0))).document(|r| r.wait(250.0));
    let by_cdn = by_cdn.request("https://shop.example/menu.js", |r| {
        r.kind(ResourceKind::Script).start(20.0).status(522).response("cf-ray", "8dd84d62cee41992-FRA")
    });
    check_failed(
        by_cdn,
        "This page finished loading after 0.3 seconds, but 1 script failed: parts of it may be missing or not work.",
        ": status 522: Cloudflare says that the server behind it did not accept the connection in time; \
         cf-ray: 8dd84d62cee41992-FRA.",
    );
    let call = |made: Made, status: u16| {
        made.request("https://api.shop.example/a", |r| r.kind(ResourceKind::Fetch).wait(90.0).status(status))
    };
    check_failed(
        call(call(page(), 500), 200),
        "This recording holds no page, only 2 requests; the slowest took 0.1 seconds. Of these, 1 failed.",
        "; 1 request failed that the page may need, first https://api.shop.example/a: status 500 (error in the server).",
    );
}

/// A page whose script worked for so long after `shown`, and one that answered an input after so long.
fn busy(shown: f64, work: f64, input: Option<(&str, f64)>) -> Made {
    busy_with("https://shop.example/app.js", shown, work, input)
}

fn busy_with(script: &str, shown: f64, work: f64, input: Option<(&str, f64)>) -> Made {
    let end = shown + 10.0;
    let made = page()
        .document(|r| r.wait(shown - 50.0))
        .request(script, |r| r.kind(ResourceKind::Script).start(10.0).wait(20.0))
        .work(&[
            (0, "RunTask", end, work, ""),
            (1, "FunctionCall", end, work, script),
            (2, "fn start", end, work, script),
        ])
        .milestones(|m| {
            m.first_contentful_paint = Some(Millis(shown));
            m.largest_contentful_paint = Some(Millis(shown));
        });
    made.change(|recording| {
        recording.provenance.kind = RecordingKind::ChromeTrace;
        let timeline = &mut recording.timeline;
        timeline.interactions.extend(input.map(|(event, processing)| crate::recording::Interaction {
            event: recording.strings.intern(event),
            recorded_id: 1,
            start: Millis(end - 1.0),
            duration: Millis(processing + 2.0),
            input_delay: Millis(1.0),
            processing: Millis(processing),
            presentation_delay: Millis(1.0),
            frame: None,
            node: None,
        }));
    })
}

#[test]
fn what_hindered_a_visitor_besides_waiting_is_told_after_the_time() {
    use vocabulary::{Metric, Owner};
    let check = |made: Made, sentence: &str, engineer_end: &str, turns_on: (Option<Owner>, Option<Metric>)| {
        let verdict = check_report(made, sentence, engineer_end);
        assert_eq!((verdict.owner, verdict.milestone), turns_on);
    };
    check(
        busy(300.0, 740.0, None),
        "This page showed its main content after 0.3 seconds, but the browser was too busy to react for up to 0.7 seconds.",
        "; longest task 740 ms, TBT 690 ms.",
        (Some(Owner::Client), Some(Metric::Tbt)),
    );
    check(
        busy(300.0, 740.0, Some(("keydown", 740.0))),
        "This page showed its main content after 0.3 seconds, but it took 0.7 seconds to answer a key.",
        "; INP 742 ms.",
        (Some(Owner::Client), Some(Metric::Inp)),
    );
    check(
        busy_with("https://widget.intercom.io/widget/a", 300.0, 740.0, Some(("keydown", 740.0))),
        "This page showed its main content after 0.3 seconds, but it took 0.7 seconds to answer a key, in scripts of \
         other companies.",
        "; INP 742 ms.",
        (Some(Owner::ThirdParty), Some(Metric::Inp)),
    );
    // Not long enough to be a warning.
    check(
        busy(300.0, 150.0, None),
        "This page showed its main content after 0.3 seconds; nothing we check for held it back.",
        ".",
        (None, Some(Metric::Lcp)),
    );
    // A slow load comes first; what is serious besides follows.
    check(
        busy(3000.0, 740.0, None),
        "This page showed its main content after 3.0 seconds; nearly all of that was spent waiting for the site's own \
         servers. Besides, the browser was too busy to react for up to 0.7 seconds.",
        "; longest task 740 ms, TBT 690 ms.",
        (Some(Owner::Origin), Some(Metric::Lcp)),
    );
}

#[test]
fn the_service_worker_is_named() {
    fn through<'a>(r: MadeRequest<'a>) -> MadeRequest<'a> {
        r.wait(650.0).change(|row| {
            row.via_service_worker = true;
            row.source = Some(Source::ServiceWorker);
        })
    }
    let made = |ms: f64| page().milestones(|m| m.largest_contentful_paint = Some(Millis(ms)));
    let named = "This page showed its main content after 0.8 seconds; nearly all of that was spent in the page's service \
                 worker, a script of the site in the visitor's browser.";
    check(made(800.0).document(through), named, Some(vocabulary::Owner::Client), Some(800.0));
    let asked = "This page showed its main content after 0.8 seconds; whose time most of that was cannot be told: the \
                 page's service worker asked the server, and the file does not tell which of the two took how long.";
    let untold = made(800.0).document(|r| through(r).change(|row| row.source = Some(Source::Network)));
    check(untold, asked, Some(vocabulary::Owner::Unknown), Some(800.0));
}
