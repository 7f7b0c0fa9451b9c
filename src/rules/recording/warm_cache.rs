//! `warm-cache`: what was recorded is a return visit.

use crate::page_load::caching::Answered;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{RequestId, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Ratio;

/// From this part of the static files on the figures are those of a return visit: most of what a first visit would
/// download was not downloaded.
const MOST: Ratio = Ratio(0.5);

/// With fewer files a single cached picture would make the difference.
const FEWEST: u64 = 3;

declare_rule! {
    /// ## In plain words
    /// The browser had most of this page's files from an earlier visit. The recording shows what returning visitors wait
    /// for; new visitors wait longer.
    ///
    /// ## What it finds
    /// At least half of the scripts, style sheets, fonts, pictures and media (three or more) came from the browser's
    /// own cache, or the server confirmed the copy there with a 304. What a page asks for twice and has in memory by
    /// then does not count.
    ///
    /// ## Why it matters
    /// Sizes and times of a first visit cannot be told from such a recording: what was not sent was not measured.
    ///
    /// ## How to fix it
    /// To judge a first visit, record again in a private window, or with "Disable cache" switched on.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If the complaint is about a repeat visit.
    ///
    /// ## References
    /// - [Chrome: Disable cache](https://developer.chrome.com/docs/devtools/network/reference#disable-cache)
    /// - [MDN: HTTP caching](https://developer.mozilla.org/docs/Web/HTTP/Guides/Caching)
    pub static WARM_CACHE = {
        id: "warm-cache",
        title: "Recorded on a return visit",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    use ResourceKind::{Font, Image, Media, Script, Stylesheet};
    let mut n_static = 0_u64;
    let (mut stored, mut confirmed): (Vec<RequestId>, Vec<RequestId>) = (Vec::new(), Vec::new());
    for (request, resource) in load.network() {
        let Some(caching) = load.caching_of(request.id()) else { continue };
        if !matches!(resource.kind, Font | Image | Media | Script | Stylesheet) {
            continue;
        }
        match caching.answered {
            Some(Answered::Disk) => stored.push(request.id()),
            // Chrome also says "memory" of what an earlier page of the same tab left there; then it was not asked for
            // before in this load.
            Some(Answered::Memory) if !is_second(load, request.id()) => stored.push(request.id()),
            Some(Answered::Confirmed) => confirmed.push(request.id()),
            Some(Answered::Network | Answered::Bypassed | Answered::Push) => {}
            _ => continue,
        }
        n_static += 1;
    }
    let n_cached = (stored.len() + confirmed.len()) as u64;
    if n_static < FEWEST {
        return Outcome::NotApplicable("the recording holds fewer than three static files");
    }
    if n_cached < FEWEST || (n_cached as f64) < n_static as f64 * MOST.0 {
        return Outcome::Passed;
    }
    let evidence = |all: &[RequestId], text: Message| -> Vec<Evidence> {
        all.iter().map(|id| Evidence { request: Some(*id), text: text.clone() }).collect()
    };
    let mut all = evidence(&stored, message!["from the browser's own cache"]);
    all.extend(evidence(&confirmed, message!["the server confirmed the browser's copy (304)"]));
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The browser already had ",
            n_cached,
            " of the page's ",
            Part::Counted(n_static, "file", "files"),
            " from an earlier visit. New visitors wait longer than this recording shows."
        ],
        engineer: message![
            "Of ",
            n_static,
            " static files ",
            stored.len() as u64,
            " came from the browser's cache and ",
            confirmed.len() as u64,
            " were confirmed with 304: a return visit."
        ],
        fix: message!["To judge a first visit, record again in a private window."],
        evidence: all,
        savings: None,
    })
}

/// Whether the load had asked for the same before.
fn is_second(load: &PageLoad<'_>, id: RequestId) -> bool {
    load.addresses.latest_before(load.request(id).url_text().expose(), id).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Source;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn page(cached: &[Source], n_fresh: usize) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r);
        for (at, source) in cached.iter().enumerate() {
            made = made.request(&format!("https://shop.example/{at}.png"), |r| {
                let r = r.kind(ResourceKind::Image).change(|row| row.source = Some(*source));
                if *source == Source::Revalidated { r.status(304) } else { r }
            });
        }
        for at in 0..n_fresh {
            made = made.request(&format!("https://shop.example/{at}.js"), |r| r.kind(ResourceKind::Script));
        }
        made
    }

    #[test]
    fn most_was_there_already() {
        let mixed = page(&[Source::DiskCache, Source::Revalidated, Source::MemoryCache], 3);
        let Outcome::Found(found) = outcome(&WARM_CACHE, mixed) else { panic!() };
        assert_eq!(found[0].evidence.len(), 3);
    }

    #[test]
    fn near_misses() {
        check_rule(&WARM_CACHE, page(&[Source::DiskCache; 3], 4), "passed");
        check_rule(&WARM_CACHE, page(&[Source::DiskCache; 2], 1), "passed");
        check_rule(&WARM_CACHE, page(&[Source::DiskCache; 2], 0), "not-applicable");
        // The same picture four times is one that was fetched.
        let mut again = page(&[Source::Network], 0);
        for _ in 0..3 {
            again = again.request("https://shop.example/0.png", |r| {
                r.kind(ResourceKind::Image).start(50.0).change(|row| row.source = Some(Source::MemoryCache))
            });
        }
        check_rule(&WARM_CACHE, again, "not-applicable");
    }
}
