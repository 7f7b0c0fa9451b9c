//! Whose time it was, checked on small loads.

use super::*;
use crate::recording::testing::{Made, MadeRequest};
use crate::recording::{CompletionState, ErrorKind, InitiatorKind, ResourceKind, Source};

/// Checks the parts, and that path and parts are without gaps and sum up.
#[track_caller]
fn check(made: Made, expected: &[(Owner, f64)]) {
    let recording = made.recording();
    let load = &PageLoad::all(&recording)[0];
    let attribution = load.attribution.as_ref().expect("a milestone");
    let mut reached = Millis::ZERO;
    for step in &attribution.path {
        assert_eq!(step.span.start, reached, "{:?}", attribution.path);
        assert!(step.span.start < step.span.end, "{:?}", attribution.path);
        reached = step.span.end;
    }
    assert_eq!(reached, attribution.ms);
    let sum: Millis = attribution.parts.iter().map(|part| part.ms).sum();
    assert!((sum.0 - attribution.ms.0).abs() < 0.001, "{:?}", attribution.parts);
    let found: Vec<_> = attribution.parts.iter().map(|part| (part.owner, part.ms.0.round())).collect();
    assert_eq!(found, expected, "{:#?}", attribution.path);
}

fn page() -> Made {
    Made::page("https://shop.example/")
}

#[test]
fn slow_document_is_the_origins() {
    let made = page()
        .milestones(|m| m.load = Some(Millis(1010.0)))
        .document(|r| r.set_up(5.0, 20.0, 20.0).wait(820.0).receive(35.0));
    // 5+20+20 set-up, 20 round trip, 35 receive; 110 ms after it.
    check(made, &[(Owner::Origin, 800.0), (Owner::Client, 110.0), (Owner::Network, 100.0)]);
}

#[test]
fn third_partys_script_is_the_third_partys() {
    let made = page()
        .milestones(|m| m.load = Some(Millis(1000.0)))
        .document(|r| r.set_up(0.0, 20.0, 20.0).wait(40.0).receive(20.0))
        .request("https://tags.example.net/t.js", |r| {
            r.kind(ResourceKind::Script)
                .start(100.0)
                .initiator(InitiatorKind::Parser, "https://shop.example/")
                .set_up(0.0, 50.0, 50.0)
                .wait(800.0)
        });
    check(made, &[(Owner::ThirdParty, 750.0), (Owner::Network, 230.0), (Owner::Origin, 20.0)]);
}

/// A document that waited 280 ms on a line of 20 ms, with these headers: what was whose.
#[track_caller]
fn check_wait(headers: &[(&str, &str)], expected: &[(Owner, f64)]) {
    let made = page().milestones(|m| m.load = Some(Millis(300.0))).document(|r| {
        let r = r.set_up(0.0, 20.0, 0.0).wait(280.0);
        headers.iter().fold(r, |r, (name, value)| r.response(name, value))
    });
    check(made, expected);
}

const RAY: (&str, &str) = ("cf-ray", "8dd84d62cee41992-FRA");

#[test]
fn waiting_is_divided_by_what_the_headers_tell() {
    use Owner::{Edge, Network, Origin, Unknown};
    let status = |word| ("cf-cache-status", word);
    check_wait(&[RAY, status("HIT")], &[(Edge, 260.0), (Network, 40.0)]);
    // By its own account the edge was quick: the rest is the way's.
    check_wait(
        &[RAY, status("HIT"), ("server-timing", "cfEdge;dur=4, cfOrigin;dur=0")],
        &[(Network, 296.0), (Edge, 4.0)],
    );
    check_wait(&[RAY, status("DYNAMIC")], &[(Origin, 260.0), (Network, 40.0)]);
    check_wait(
        &[RAY, status("DYNAMIC"), ("server-timing", "cfEdge;dur=10, cfOrigin;dur=200")],
        &[(Origin, 200.0), (Network, 90.0), (Edge, 10.0)],
    );
    // What the edge measured of the connection counts more than the handshake.
    check_wait(
        &[RAY, status("MISS"), ("server-timing", "cfL4;desc=\"?proto=TCP&rtt=80000&lost=0&retrans=0\"")],
        &[(Origin, 200.0), (Network, 100.0)],
    );
    // An account that is longer than the waiting is of the request that filled the cache.
    check_wait(
        &[RAY, status("EXPIRED"), ("server-timing", "cfEdge;dur=10, cfOrigin;dur=900")],
        &[(Origin, 260.0), (Network, 40.0)],
    );
    check_wait(&[("server-timing", "total;dur=150")], &[(Origin, 260.0), (Network, 40.0)]);
    let fastly = ("x-served-by", "cache-fra-1-FRA");
    check_wait(&[fastly, ("x-cache", "MISS"), ("x-timer", "S1.1,VS0,VE230")], &[(Origin, 230.0), (Network, 70.0)]);
    check_wait(
        &[("x-amz-cf-id", "x"), ("x-cache", "OriginShieldHit from cloudfront")],
        &[(Edge, 260.0), (Network, 40.0)],
    );
    check_wait(&[RAY, ("cf-error-type", "1101")], &[(Edge, 260.0), (Network, 40.0)]);
    // A CDN that does not tell: only what it may not keep was certainly the origin's.
    check_wait(&[("akamai-grn", "0.1"), ("cache-control", "max-age=60")], &[(Unknown, 260.0), (Network, 40.0)]);
    check_wait(&[("akamai-grn", "0.1"), ("cache-control", "private")], &[(Origin, 260.0), (Network, 40.0)]);
}

#[test]
fn a_miss_is_measured_by_the_hosts_hits() {
    let mut made = page().milestones(|m| m.load = Some(Millis(420.0))).document(|r| {
        r.set_up(0.0, 20.0, 0.0).wait(400.0).response("cf-ray", "x-FRA").response("cf-cache-status", "MISS")
    });
    for n in 0..3 {
        made = made.request(&format!("https://shop.example/{n}.png"), |r| {
            let r = r.kind(ResourceKind::Image).start(430.0).wait(50.0 + f64::from(n));
            r.response("cf-ray", "x-FRA").response("cf-cache-status", "HIT")
        });
    }
    // The round trip of 20 ms, 31 ms as the hits had them at the edge, the rest behind it.
    check(made, &[(Owner::Origin, 349.0), (Owner::Network, 40.0), (Owner::Edge, 31.0)]);
}

#[test]
fn what_was_not_recorded_is_unknown_and_idle_time_the_clients() {
    let made = page().milestones(|m| m.load = Some(Millis(500.0))).document(|r| {
        r.start(50.0).change(|row| {
            row.phases = Default::default();
            row.duration = Some(Millis(400.0));
        })
    });
    check(made, &[(Owner::Unknown, 400.0), (Owner::Client, 100.0)]);
    check(page().milestones(|m| m.load = Some(Millis(500.0))), &[(Owner::Client, 500.0)]);
    let made = page()
        .milestones(|m| m.load = Some(Millis(500.0)))
        .document(|r| r.wait(400.0).change(|row| row.source = Some(Source::ServiceWorker)));
    check(made, &[(Owner::Client, 500.0)]);
}

/// A document that waited 12 ms for the page's service worker to start and 670 for its answer, which came from the
/// network.
fn through_worker<'a>(r: MadeRequest<'a>) -> MadeRequest<'a> {
    r.wait(670.0).change(|row| {
        row.phases.queued = Some(Millis(12.0));
        row.duration = Some(Millis(682.0));
        row.via_service_worker = true;
        row.source = Some(Source::Network);
    })
}

#[test]
fn what_the_service_worker_took_is_not_the_servers() {
    let loaded = || page().milestones(|m| m.load = Some(Millis(682.0)));
    check(loaded().document(through_worker), &[(Owner::Unknown, 670.0), (Owner::Client, 12.0)]);
    // 600 ms passed before the worker asked; the server answered 30 ms after the line's 20.
    for is_marked in [true, false] {
        let own = loaded().document(through_worker).request("https://shop.example/", |r| {
            let r = r.kind(ResourceKind::Document).start(612.0).set_up(0.0, 20.0, 0.0).wait(50.0);
            r.change(|row| row.from_service_worker = is_marked)
        });
        check(own, &[(Owner::Client, 612.0), (Owner::Network, 40.0), (Owner::Origin, 30.0)]);
    }
    let told = loaded().document(|r| through_worker(r).response("server-timing", "origin;dur=40"));
    check(told, &[(Owner::Client, 642.0), (Owner::Origin, 40.0)]);
}

#[test]
fn a_script_behind_a_style_sheet_waited_for_it() {
    let made = page()
        .milestones(|m| m.load = Some(Millis(900.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0))
        .request("https://shop.example/app.js", |r| r.kind(ResourceKind::Script).start(100.0).wait(20.0))
        .request("https://shop.example/site.css", |r| r.kind(ResourceKind::Stylesheet).start(100.0).wait(500.0))
        .request("https://shop.example/hero.jpg", |r| {
            r.kind(ResourceKind::Image)
                .start(610.0)
                .wait(290.0)
                .initiator(InitiatorKind::Script, "https://shop.example/app.js")
        });
    // document 20 + 20 + 60, style sheet 20 + 480, 10 in between, image 20 + 270
    check(made, &[(Owner::Origin, 810.0), (Owner::Network, 80.0), (Owner::Client, 10.0)]);
}

#[test]
fn redirects_are_on_the_way() {
    let made = page()
        .milestones(|m| m.dom_content_loaded = Some(Millis(700.0)))
        .request("https://shop.example/old", |r| {
            r.kind(ResourceKind::Document)
                .set_up(0.0, 20.0, 0.0)
                .wait(380.0)
                .status(301)
                .response("location", "https://shop.example/")
        })
        .document(|r| r.start(400.0).wait(300.0));
    check(made, &[(Owner::Origin, 640.0), (Owner::Network, 60.0)]);
}

/// A request as Chrome writes failures down: undivided, but with how long it was held back.
fn undivided(request: MadeRequest<'_>, duration: f64, held_back: f64) -> MadeRequest<'_> {
    request.change(|row| {
        row.phases = Default::default();
        row.duration = Some(Millis(duration));
        row.held_back = Some(Millis(held_back));
    })
}

#[test]
fn a_failures_time_is_estimated_from_the_hosts_other_answers() {
    let made = |status: u16, url: &str| {
        let url = url.to_owned();
        page()
            .milestones(|m| m.load = Some(Millis(1000.0)))
            .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0))
            .request(&url, |r| undivided(r.kind(ResourceKind::Image).start(100.0).status(status), 900.0, 5.0))
    };
    // document 20 + 20 + 60; held back 5, round trip 20, the rest waiting
    check(
        made(404, "https://shop.example/missing.png"),
        &[(Owner::Origin, 935.0), (Owner::Network, 60.0), (Owner::Client, 5.0)],
    );
    // Nothing else is known of the host.
    check(
        made(404, "https://other.example/missing.png"),
        &[(Owner::Unknown, 895.0), (Owner::Origin, 60.0), (Owner::Network, 40.0), (Owner::Client, 5.0)],
    );
}

#[test]
fn a_failure_that_was_held_back_waited_for_what_was_let_pass() {
    let made = page()
        .milestones(|m| m.load = Some(Millis(1000.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0))
        .request("https://shop.example/site.css", |r| r.kind(ResourceKind::Stylesheet).start(100.0).wait(600.0))
        .request("https://shop.example/missing.png", |r| {
            undivided(r.kind(ResourceKind::Image).start(100.0).status(404), 900.0, 610.0)
        });
    // document 20 + 20 + 60, style sheet 20 + 580; held back 10 longer, round trip 20, 270 waiting
    check(made, &[(Owner::Origin, 910.0), (Owner::Network, 80.0), (Owner::Client, 10.0)]);
}

#[test]
fn of_two_that_end_together_the_one_that_tells_is_taken() {
    let made = page()
        .milestones(|m| m.load = Some(Millis(1000.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0))
        .request("https://shop.example/a.png", |r| r.kind(ResourceKind::Image).start(100.0).wait(870.0))
        .request("https://gone.example/b.png", |r| {
            let failed = CompletionState::Failed(ErrorKind::Other);
            undivided(r.kind(ResourceKind::Image).start(100.0), 890.0, 0.0).change(|row| {
                row.status = None;
                row.completion = failed;
            })
        });
    check(made, &[(Owner::Origin, 910.0), (Owner::Network, 60.0), (Owner::Client, 30.0)]);
}

#[test]
fn requests_that_ended_at_once_do_not_wait_for_each_other() {
    fn at_once(request: MadeRequest<'_>) -> MadeRequest<'_> {
        request.kind(ResourceKind::Script).start(500.0).wait(0.0).change(|row| row.duration = Some(Millis::ZERO))
    }
    let made = page()
        .milestones(|m| m.load = Some(Millis(700.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(380.0))
        .request("https://shop.example/a.js", at_once)
        .request("https://shop.example/b.js", at_once)
        .request("https://shop.example/c.png", |r| r.kind(ResourceKind::Image).start(500.0).wait(200.0));
    let recording = made.recording();
    let load = &PageLoad::all(&recording)[0];
    let attribution = load.attribution.as_ref().expect("a milestone");
    assert!(attribution.path.iter().any(|step| step.request == load.document.request), "{:#?}", attribution.path);
}

const APP: &str = "https://shop.example/app.js";

/// Document until 100 ms, a deferred script 110–710, and what follows.
fn with_deferred_script(lcp: f64) -> Made {
    page()
        .milestones(|m| m.largest_contentful_paint = Some(Millis(lcp)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0))
        .request(APP, |r| {
            let r = r.kind(ResourceKind::Script).start(110.0).wait(600.0);
            r.initiator(InitiatorKind::Parser, "https://shop.example/").change(|row| {
                row.render_blocking = Some(crate::recording::RenderBlocking::NonBlocking);
            })
        })
}

#[test]
fn a_picture_that_a_deferred_script_puts_into_the_page_waited_for_it() {
    let made = with_deferred_script(1_020.0).request("https://shop.example/hero.jpg", |r| {
        r.kind(ResourceKind::Image).start(730.0).wait(270.0).initiator(InitiatorKind::Parser, "https://shop.example/")
    });
    // document 20 + 20 + 60, script 20 + 580, picture 20 + 250; 10 + 20 + 20 in between and at the end
    check(made, &[(Owner::Origin, 890.0), (Owner::Network, 80.0), (Owner::Client, 50.0)]);
}

#[test]
fn text_that_a_script_draws_waited_for_its_data() {
    let made = with_deferred_script(1_820.0).request("https://shop.example/api", |r| {
        r.kind(ResourceKind::Fetch).start(730.0).wait(270.0).receive(800.0).initiator(InitiatorKind::Script, APP)
    });
    // document 20 + 20 + 60, script 20 + 580, data 20 + 250 + 800
    check(made, &[(Owner::Origin, 890.0), (Owner::Network, 880.0), (Owner::Client, 50.0)]);
    // Without data the script's own work is what it took.
    check(with_deferred_script(1_820.0), &[(Owner::Client, 1_120.0), (Owner::Origin, 640.0), (Owner::Network, 60.0)]);
}

#[test]
fn content_waited_for_a_page_that_was_still_arriving() {
    let made = page()
        .milestones(|m| m.largest_contentful_paint = Some(Millis(1_600.0)))
        .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0).receive(1_520.0).bytes(90_000, 90_000, 90_000));
    check(made, &[(Owner::Network, 1_540.0), (Owner::Origin, 60.0)]);
}

#[test]
fn few_bytes_that_take_long_come_from_a_server_that_does_not_have_them_yet() {
    let made = |bytes: u64| {
        page()
            .milestones(|m| m.load = Some(Millis(1_600.0)))
            .document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0).receive(1_500.0).bytes(bytes, bytes, bytes))
    };
    check(made(4_000), &[(Owner::Origin, 1_260.0), (Owner::Network, 340.0)]);
    check(made(90_000), &[(Owner::Network, 1_540.0), (Owner::Origin, 60.0)]);
    let picture = made(4_000).request("https://shop.example/a.jpg", |r| {
        r.kind(ResourceKind::Image).start(150.0).wait(50.0).receive(1_000.0).bytes(90_000, 90_000, 90_000)
    });
    check(picture, &[(Owner::Network, 1_540.0), (Owner::Origin, 60.0)]);
}

#[test]
fn files_that_must_have_stood_in_line_do_not_make_the_browser_busy() {
    let made = |n_files: u32| {
        let mut made =
            page().milestones(|m| m.load = Some(Millis(1_500.0))).document(|r| r.set_up(0.0, 20.0, 0.0).wait(80.0));
        for n in 0..n_files {
            made = made.request(&format!("https://shop.example/{n}.png"), |r| {
                let r = r.kind(ResourceKind::Image).start(110.0).wait(390.0);
                r.change(|row| row.protocol = Some(crate::recording::Protocol::Http11))
            });
        }
        made
    };
    // No answer came within 80 ms: so long is the line's of each, beside 20 of the connection.
    let rest = [(Owner::Origin, 310.0), (Owner::Network, 180.0)];
    check(made(7), &[(Owner::Unknown, 1_000.0), rest[0], rest[1], (Owner::Client, 10.0)]);
    check(made(6), &[(Owner::Client, 1_010.0), rest[0], rest[1]]);
}

/// A page whose fastest answer took `floor` ms, while a handshake takes 20: DevTools' preset "Slow 4G" adds 562.5.
fn never_faster_than(floor: f64) -> Made {
    let mut made = page()
        .milestones(|m| m.load = Some(Millis(1000.0)))
        .document(|r| r.set_up(0.0, 20.0, 20.0).wait(900.0).receive(60.0).bytes(2_000, 1_800, 5_000));
    for n in 0..10_u32 {
        let host = if n % 2 == 0 { "cdn.example" } else { "shop.example" };
        made = made.request(&format!("https://{host}/{n}.png"), |r| {
            let wait = floor + 10.0 * f64::from(n);
            r.kind(ResourceKind::Image).start(2000.0).wait(wait).receive(1000.0).bytes(70_000, 70_000, 70_000)
        });
    }
    made
}

#[test]
fn what_throttling_adds_to_every_answer_is_the_networks() {
    let recording = never_faster_than(570.0).recording();
    let load = &PageLoad::all(&recording)[0];
    let step = load.attribution.as_ref().and_then(|a| a.path.iter().find(|step| step.why == reasons::THROTTLED));
    assert_eq!(step.map(|step| (step.owner, step.span.duration())), Some((Owner::Network, Millis(570.0))));
    check(never_faster_than(570.0), &[(Owner::Network, 670.0), (Owner::Origin, 330.0)]);
    // Three answers of one server are enough if they are all alike.
    let few = |waits: [f64; 3]| {
        let mut made = page()
            .milestones(|m| m.load = Some(Millis(1000.0)))
            .document(|r| r.set_up(0.0, 20.0, 20.0).wait(waits[0]).receive(30.0).bytes(2_000, 1_800, 5_000));
        for (n, wait) in waits.into_iter().enumerate().skip(1) {
            made = made.request(&format!("https://shop.example/{n}.png"), |r| {
                r.kind(ResourceKind::Image).start(2000.0).wait(wait).receive(1000.0).bytes(70_000, 70_000, 70_000)
            });
        }
        made
    };
    check(few([570.0, 565.0, 580.0]), &[(Owner::Network, 635.0), (Owner::Client, 360.0), (Owner::Origin, 5.0)]);
    check(few([570.0, 565.0, 780.0]), &[(Owner::Origin, 550.0), (Owner::Client, 360.0), (Owner::Network, 90.0)]);
    // The same without the traces of a preset: a long way.
    check(never_faster_than(400.0), &[(Owner::Network, 500.0), (Owner::Origin, 500.0)]);
}
