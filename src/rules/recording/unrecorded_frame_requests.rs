//! `unrecorded-frame-requests`: frames of other sites whose own requests the recording does not hold.

use crate::page_load::parties::site_of;
use crate::page_load::{Owner, PageLoad, downloads, markup};
use crate::recording::{Missing, RequestId, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The page shows parts of other sites in frames (an advertisement, a video). What those parts loaded is not in this
    /// recording, so their weight is larger than it seems.
    ///
    /// ## What it finds
    /// Frames of another site than the page's whose HTML asks for style sheets, scripts or pictures of which the
    /// recording has no request. Browsers run such frames in processes of their own, and some tools do not listen there.
    ///
    /// ## Why it matters
    /// The weight and the time of third parties are counted too low, and so is the number of requests.
    ///
    /// ## How to fix it
    /// Record with the browser's own developer tools, which attach to all frames.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If the frames do not matter for the question at hand.
    ///
    /// ## References
    /// - [Chromium: Site isolation](https://www.chromium.org/Home/chromium-security/site-isolation/)
    /// - [Chrome DevTools Protocol: attaching to targets](https://chromedevtools.github.io/devtools-protocol/tot/Target/)
    pub static UNRECORDED_FRAME_REQUESTS = {
        id: "unrecorded-frame-requests",
        title: "Requests of frames that were not recorded",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [Missing::Document, Missing::Bodies],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let own_site = site_of(load.request(document).url_text().expose());
    let (mut n_frames, mut n_read) = (0_u64, 0_u64);
    let mut unrecorded: Vec<(RequestId, u64)> = Vec::new();
    for (request, resource) in load.network() {
        let address = request.url_text().expose();
        let is_frame = resource.kind == ResourceKind::Document && request.id() != document;
        if !is_frame || !downloads::is_answer(request) || site_of(address) == own_site {
            continue;
        }
        n_frames += 1;
        let Some(text) = request.body_text() else { continue };
        n_read += 1;
        let asks = markup::read(text.expose(), address);
        let files = asks.references.iter().map(|reference| reference.url.as_str());
        let images = asks.images.iter().filter(|image| !image.is_lazy).map(|image| image.url.as_str());
        let (mut n_asked, mut n_found) = (0_u64, 0_u64);
        for url in files.chain(images).filter(|url| url.starts_with("http")) {
            n_asked += 1;
            n_found += u64::from(!load.addresses.requests_to(url).is_empty());
        }
        if 0 < n_asked && n_found == 0 {
            unrecorded.push((request.id(), n_asked));
        }
    }
    if n_frames == 0 {
        return Outcome::NotApplicable("the page has no frame of another site");
    }
    if n_read == 0 {
        return Outcome::NotChecked("the recording does not hold the HTML of the frames");
    }
    if unrecorded.is_empty() {
        return Outcome::Passed;
    }
    let frames = Part::Counted(unrecorded.len() as u64, "frame", "frames");
    let evidence = unrecorded.iter().map(|(id, n_asked)| Evidence {
        request: Some(*id),
        text: message!["its HTML asks for ", Part::Counted(*n_asked, "file", "files"), ", none of which was recorded"],
    });
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "What ",
            frames.clone(),
            " of other sites loaded is not in this recording. They weigh more than it shows."
        ],
        engineer: message![
            frames,
            " of other sites without any request of their own, though their HTML asks for files."
        ],
        fix: message!["Record with the browser's own developer tools, which listen to all frames."],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn page(frame: &str, html: &str) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r.body("<iframe>"))
            .request(frame, |r| r.kind(ResourceKind::Document).start(20.0).body(html))
    }

    const FRAME: &str = "https://video.example/embed/1";
    const HTML: &str = "<script src=/player.js></script><img src=a.png>";

    #[test]
    fn a_frame_without_requests() {
        let Outcome::Found(found) = outcome(&UNRECORDED_FRAME_REQUESTS, page(FRAME, HTML)) else { panic!() };
        assert_eq!(found[0].evidence[0].text.0[1], Part::Counted(2, "file", "files"));
    }

    #[test]
    fn near_misses() {
        let recorded = page(FRAME, HTML).request("https://video.example/player.js", |r| r.start(50.0));
        check_rule(&UNRECORDED_FRAME_REQUESTS, recorded, "passed");
        check_rule(&UNRECORDED_FRAME_REQUESTS, page(FRAME, "<p>Text<img loading=lazy src=a.png>"), "passed");
        check_rule(&UNRECORDED_FRAME_REQUESTS, page("https://www.shop.example/frame", HTML), "not-applicable");
        let unread =
            Made::page("https://shop.example/").document(|r| r).request(FRAME, |r| r.kind(ResourceKind::Document));
        check_rule(&UNRECORDED_FRAME_REQUESTS, unread, "not-checked");
        check_rule(&UNRECORDED_FRAME_REQUESTS, page(FRAME, HTML).without(Missing::Bodies), "not-checked");
    }
}
