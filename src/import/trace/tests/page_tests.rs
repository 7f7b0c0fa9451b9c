//! What is a page, and when it begins.

use super::*;

#[test]
fn pages_that_were_loaded_before() {
    let commit = |ts: u32| {
        let data = r#"{"frame":"M","url":"https://a.example/","processId":7}"#;
        format!(r#"{{"ph":"I","pid":1,"tid":1,"ts":{ts},"name":"FrameCommittedInBrowser","args":{{"data":{data}}}}}"#)
    };
    let (own, restored) = (commit(1_100_000), commit(1_900_000));
    assert_eq!(codes(&page_with(&[&own])), [] as [&str; 0]);
    assert_eq!(codes(&page_with(&[&own, &restored])), ["restored-page"]);
}

#[test]
fn the_blank_page_of_a_new_tab_is_shown_only_alone() {
    let navigation = |ts: u32, id: &str, url: &str| {
        let data = format!(r#"{{"navigationId":"{id}"{url}}}"#);
        format!(
            r#"{{"ph":"R","pid":7,"tid":7,"ts":{ts},"cat":"blink.user_timing","name":"navigationStart","args":{{"frame":"M","data":{data}}}}}"#
        )
    };
    let (blank, other) = (navigation(1_000_200, "N0", ""), navigation(1_000_400, "N3", ""));
    let check = |events: &[&str], expected: &[f64]| {
        let recording = open(&format!("[{}]", [&PAGE[..2], events].concat().join(","))).unwrap();
        let starts: Vec<_> = recording.pages.iter().map(|page| page.start.unwrap().0).collect();
        assert_eq!(starts, expected);
    };
    // Old versions of Chrome tell no addresses here; where there are some, what has none is no page.
    let own = PAGE[2].replace(r#""documentLoaderURL":"https://a.example/","#, "");
    let page = [&[own.as_str()], &PAGE[3..]].concat();
    check(&[&[blank.as_str(), &other], page.as_slice()].concat(), &[1.0]);
    check(&[&blank, &other], &[0.2]);
    // A page whose address is not told, but which painted or asked for something, is one.
    let request = r#"{"ph":"I","pid":7,"tid":7,"ts":1000300,"name":"ResourceSendRequest","args":{"data":{"requestId":"r","frame":"M","url":"https://a.example/r","requestMethod":"GET"}}}"#;
    check(&[&[blank.as_str(), request], page.as_slice()].concat(), &[0.2, 1.0]);
}

#[test]
fn changes_of_view_are_pages_of_their_own() {
    let request = |id: &str, ts: u32| {
        let data =
            format!(r#"{{"requestId":"{id}","frame":"M","url":"https://a.example/{id}","requestMethod":"GET"}}"#);
        format!(r#"{{"ph":"I","pid":7,"tid":7,"ts":{ts},"name":"ResourceSendRequest","args":{{"data":{data}}}}}"#)
    };
    let soft = r#"{"ph":"n","pid":7,"tid":7,"ts":2200000,"cat":"loading","name":"SoftNavigationStart","args":{"frame":"M","context":{"URL":"https://a.example/view","timeOrigin":2000000,"firstContentfulPaint":2150000,"performanceTimelineNavigationId":5}}}"#;
    let paint = r#"{"ph":"R","pid":7,"tid":7,"ts":2300000,"cat":"loading","name":"largestContentfulPaint::CandidateForSoftNavigation","args":{"frame":"M","data":{"performanceTimelineNavigationId":5,"candidateIndex":1,"size":9,"type":"text"}}}"#;
    let next = PAGE[2].replace("1001000", "3001000").replace("N1", "N2");
    let (before, after, later) =
        (request("before", 1_500_000), request("after", 2_050_000), request("later", 3_100_000));
    let recording = page_with(&[&before, soft, paint, &after, &next, &later]);
    let starts: Vec<_> = recording.pages.iter().map(|page| page.start).collect();
    assert_eq!(starts, [Some(Millis(1.0)), Some(Millis(1000.0)), Some(Millis(2001.0))]);
    let view = &recording.pages[1];
    assert_eq!(view.url.map(|url| recording.text(url).expose()), Some("https://a.example/view"));
    assert_eq!(view.milestones.first_contentful_paint, Some(Millis(150.0)));
    assert_eq!(
        (view.milestones.largest_contentful_paint, view.milestones.cumulative_layout_shift),
        (Some(Millis(300.0)), None)
    );
    let navigation = recording.timeline.navigation_of(PageId(1)).expect("its navigation");
    assert_eq!((navigation.kind, navigation.end), (NavigationKind::Soft, Millis(2001.0)));
    let pages: Vec<_> = recording.all_requests().map(|request| request.page().0).collect();
    assert_eq!(pages, [0, 0, 1, 2]);
}

#[test]
fn without_a_word_of_the_browser() {
    let events: Vec<_> = PAGE.iter().filter(|event| !event.contains("TracingStarted")).copied().collect();
    let recording = open(&format!("[{}]", events.join(","))).unwrap();
    assert_eq!(recording.pages[0].milestones.first_contentful_paint, Some(Millis(200.0)));
    assert_eq!(codes(&recording), ["missing-tracing-start"]);
    // Before Chrome 78, paints did not say of which navigation they are.
    let old: Vec<_> = PAGE
        .iter()
        .map(|event| event.replace(r#""navigationId":"N1","#, "").replace(r#","navigationId":"N1""#, ""))
        .collect();
    let old: Vec<_> =
        old.iter().map(|event| event.replace(r#""data":{"navigationId":"N1"}"#, r#""data":{}"#)).collect();
    let recording = open(&format!("[{}]", old.join(","))).unwrap();
    assert_eq!(recording.pages[0].milestones.first_contentful_paint, Some(Millis(200.0)));
    assert_eq!(recording.pages[0].milestones.largest_contentful_paint, Some(Millis(300.0)));
    // Nothing is drawn 18 µs after a navigation has begun.
    let paint = old.iter().find(|event| event.contains("firstContentfulPaint")).unwrap();
    let start = old.iter().find(|event| event.contains("navigationStart")).unwrap();
    let ts = |event: &str| event.split("\"ts\":").nth(1).unwrap().split(',').next().unwrap().parse::<u64>().unwrap();
    let early = paint.replace(&ts(paint).to_string(), &(ts(start) + 18).to_string());
    let recording = open(&format!("[{}]", old.join(",").replace(paint, &early))).unwrap();
    assert_eq!(recording.pages[0].milestones.first_contentful_paint, None);
    assert!(codes(&recording).contains(&"early-paint"));
}

#[test]
fn each_navigation_is_a_page() {
    let recording = page_with(&[
        r#"{"ph":"I","pid":7,"tid":7,"ts":1000500,"name":"ResourceSendRequest","args":{"data":{"requestId":"early","frame":"M","url":"https://old.example/"}}}"#,
        r#"{"ph":"R","pid":7,"tid":7,"ts":2001000,"name":"navigationStart","args":{"frame":"M","data":{"documentLoaderURL":"https://b.example/","navigationId":"N2"}}}"#,
        r#"{"ph":"R","pid":7,"tid":7,"ts":2001000,"name":"navigationStart","args":{"frame":"M","data":{"documentLoaderURL":"","navigationId":"N3"}}}"#,
        r#"{"ph":"R","pid":8,"tid":8,"ts":2100000,"name":"navigationStart","args":{"frame":"I","data":{"documentLoaderURL":"https://ad.example/","navigationId":"N4"}}}"#,
        r#"{"ph":"I","pid":8,"tid":8,"ts":2100000,"name":"FrameCommittedInBrowser","args":{"data":{"frame":"I","parent":"M","url":"https://ad.example/"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":2002000,"name":"ResourceSendRequest","args":{"data":{"requestId":"late","frame":"M","url":"https://b.example/x.js"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":2051000,"name":"MarkDOMContent","args":{"data":{"frame":"M"}}}"#,
        r#"{"ph":"I","pid":8,"tid":8,"ts":2160000,"name":"MarkLoad","args":{"data":{"frame":"I"}}}"#,
    ]);
    let urls: Vec<_> = recording.pages.iter().map(|page| page.url.map(|url| recording.text(url).expose())).collect();
    assert_eq!(urls, [None, Some("https://a.example/"), Some("https://b.example/")]);
    assert!(recording.pages[0].synthetic);
    let page_of = |url: &str| recording.all_requests().find(|r| r.url_text().expose() == url).unwrap().page().0;
    assert_eq!(["https://old.example/", "https://a.example/", "https://b.example/x.js"].map(page_of), [0, 1, 2]);
    assert_eq!(recording.pages[2].milestones.dom_content_loaded, Some(Millis(50.0)));
    assert_eq!(recording.pages[2].milestones.load, None);
    let frame = recording.timeline.navigations.last().unwrap();
    assert_eq!((frame.milestones.load, frame.page), (Some(Millis(60.0)), None));
    assert!(codes(&recording).contains(&"requests-before-navigation"));
}

/// A page that was loaded ahead of time counts from when it was shown, in the place of the page before.
#[test]
fn prerendered_pages_count_from_when_they_are_shown() {
    let recording = page_with(&[
        r#"{"ph":"R","pid":8,"tid":8,"ts":2000000,"cat":"blink.user_timing","name":"navigationStart","args":{"frame":"P","data":{"documentLoaderURL":"https://a.example/next","navigationId":"N2","isOutermostMainFrame":true}}}"#,
        r#"{"ph":"I","pid":8,"tid":8,"ts":2002500,"name":"ResourceSendRequest","args":{"data":{"requestId":"N2","frame":"P","url":"https://a.example/next","requestMethod":"GET","priority":"VeryHigh","resourceType":"Document"}}}"#,
        r#"{"ph":"I","pid":1,"tid":1,"ts":2050000,"name":"FrameCommittedInBrowser","args":{"data":{"frame":"P","url":"https://a.example/next","processId":8,"isOutermostMainFrame":true,"isInPrimaryMainFrame":false}}}"#,
        r#"{"ph":"I","pid":8,"tid":8,"ts":2102500,"name":"ResourceSendRequest","args":{"data":{"requestId":"8.1","frame":"P","url":"https://a.example/next.css","requestMethod":"GET","priority":"High","resourceType":"Stylesheet"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":2200000,"name":"ResourceSendRequest","args":{"data":{"requestId":"7.9","frame":"M","url":"https://a.example/late.png","requestMethod":"GET","priority":"Low","resourceType":"Image"}}}"#,
        r#"{"ph":"I","pid":8,"tid":8,"ts":2300000,"name":"MarkLoad","args":{"data":{"frame":"P"}}}"#,
        r#"{"ph":"X","pid":8,"tid":8,"ts":5000000,"dur":200,"cat":"navigation","name":"Document::ActivateForPrerendering","args":{}}"#,
        r#"{"ph":"R","pid":8,"tid":8,"ts":5040000,"cat":"loading","name":"firstContentfulPaint","args":{"frame":"P","data":{"navigationId":"N2"}}}"#,
        r#"{"ph":"I","pid":8,"tid":8,"ts":5100000,"name":"ResourceSendRequest","args":{"data":{"requestId":"8.2","frame":"P","url":"https://a.example/after.js","requestMethod":"GET","priority":"Low","resourceType":"Script"}}}"#,
    ]);
    assert_eq!(recording.pages.len(), 2);
    let (first, second) = (&recording.pages[0], &recording.pages[1]);
    assert_eq!((first.start, second.start), (Some(Millis(1.0)), Some(Millis(4_000.0))));
    assert_eq!(second.milestones.first_contentful_paint, Some(Millis(40.0)));
    assert_eq!(second.milestones.load, Some(Millis(0.0)));
    let navigation = recording.timeline.navigation_of(PageId(1)).unwrap();
    assert_eq!(navigation.prerendered, Some(Millis(1_000.0)));
    assert_eq!(recording.timeline.navigation_of(PageId(0)).unwrap().end, Millis(4_000.0));
    let page_of = |name: &str| {
        let request = recording.all_requests().find(|request| request.url_text().expose().ends_with(name)).unwrap();
        request.page().0
    };
    assert_eq!(["a.example/", "late.png", "next", "next.css", "after.js"].map(page_of), [0, 0, 1, 1, 1]);
    assert!(codes(&recording).contains(&"prerendered-page"));
    // One that nobody came to see is none of the tab's.
    let unseen = page_with(&[
        r#"{"ph":"R","pid":8,"tid":8,"ts":2000000,"cat":"blink.user_timing","name":"navigationStart","args":{"frame":"P","data":{"documentLoaderURL":"https://a.example/next","navigationId":"N2","isOutermostMainFrame":true}}}"#,
    ]);
    assert_eq!(unseen.pages.len(), 1);
    assert!(!codes(&unseen).contains(&"prerendered-page"));
}
