//! Counts what agrees and what does not, and knows where Weir differs on purpose.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use weir::units::Millis;

/// The engine writes thousandths of milliseconds.
pub const TOLERANCE_MS: f64 = 0.1;
/// Scores of layout shifts.
pub const TOLERANCE_SCORE: f64 = 0.0005;

const PAIRS: &str =
    "the engine pairs begins and ends of all threads on one stack and loses some; Weir pairs them by thread";

const ONE_TASK: &str = "the engine sums forced work over all threads until it meets a lone task; Weir sums it by task";

const OUTLIVES: &str = "of work that outlasts its parent the engine's totals count parts twice; Weir leaves it out, as the \
                        engine's tree does";

const UNFINISHED: &str = "of answers that failed or whose end is not recorded the engine counts the headers; Weir counts what the \
                          browser says was sent";

const LONG_ENOUGH: &str = "Weir tells of lifetimes below 7 days, the engine of those below 30";

const HANDSHAKE: &str = "the engine reckons a connection as two of the shortest round trips it saw, here TCP handshakes with a \
                         proxy on the same machine; Weir takes what these connections took";

const BY_TASK: &str = "the engine's graph goes by tasks: it lets a script wait for the file that ended before its task; Weir's \
                       chains go by who asked";

/// Where Weir says something else on purpose: trace, what is compared, why.
pub type Difference = (&'static str, &'static str, &'static str);

/// Where Weir says something else than the engine on purpose.
pub const DELIBERATE: &[Difference] = &[
    ("syn-nav-before-tracing-started", "FunctionCall", OUTLIVES),
    ("syn-nav-before-tracing-started", "RunTask", OUTLIVES),
    ("syn-tree-edges", "FunctionCall", OUTLIVES),
    ("syn-tree-edges", "RunTask", OUTLIVES),
    ("syn-tree-edges", "tree.example", OUTLIVES),
    (
        "spa-soft-nav",
        "url",
        "a navigation keeps the address of its document; what script made of it is a navigation of its own",
    ),
    (
        "spa-soft-nav",
        "image",
        "pictures that a later view of the app shows are that view's, a load of its own; the engine counts them with the page",
    ),
    ("failures", "bytes of shop.example", UNFINISHED),
    ("lh-art-intercom-widget", "bytes of Intercom", UNFINISHED),
    ("lh-art-lr", "bytes of Google Analytics", UNFINISHED),
    ("lh-flow-step3", "bytes of Google Analytics", UNFINISHED),
    ("syn-kitchen-sink", "bytes of shop.example", UNFINISHED),
    ("wt-roadtrip-devtools", "bytes of Google Analytics", UNFINISHED),
    (
        "service-worker",
        "bytes of shop.example",
        "the engine counts what a service worker handed over; Weir counts what came over the network",
    ),
    (
        "spa-soft-nav",
        "bytes of shop.example",
        "what later views of the app ask for is theirs, loads of their own; the engine counts it with the page",
    ),
    ("lh-art-video-embed", "https://f.vimeocdn.com/p/4.33.11/js/player.module.js", LONG_ENOUGH),
    ("lh-art-video-embed", "https://f.vimeocdn.com/p/4.33.11/js/vendor.module.js", LONG_ENOUGH),
    ("lh-art-video-embed", "https://f.vimeocdn.com/p/4.33.11/css/player.css", LONG_ENOUGH),
    ("syn-kitchen-sink", "http://cdn.old.example/i4.png", LONG_ENOUGH),
    ("wt-roadtrip-devtools", "https://passets-cdn.pinterest.com/images/follow-on-pinterest-button.png", LONG_ENOUGH),
    (
        "lh-art-video-embed",
        "https://bam.nr-data.net/1/689d5b4562?",
        "an answer made for one question, handed over as a call (JSONP), is data; the engine takes every script for a file",
    ),
    ("failures", "https://shop.example/truncated.js", "a download that broke off is no file that a cache could keep"),
    ("syn-kitchen-sink", "https://shop.example/mem.png", "what came out of the renderer's memory was not downloaded"),
    (
        "cache-headers",
        "https://static.example/c/quoted.js",
        "a quoted max-age is to be accepted (RFC 9111, section 5.2); the engine does not",
    ),
    (
        "syn-kitchen-sink",
        "https://shop.example/theme.css",
        "an Expires without Date counts from the arrival; the engine counts from the time of its own run",
    ),
    ("font-block", "https://fonts.shop.example", HANDSHAKE),
    ("shop-home", "https://fonts.shop-static.example", HANDSHAKE),
    ("shop-home--slow4g", "https://fonts.shop-static.example", HANDSHAKE),
    (
        "syn-kitchen-sink",
        "https://fonts.gstatic.com",
        "a Link header already makes the browser connect there; the engine tells only that its crossorigin may be wrong",
    ),
    (
        "syn-kitchen-sink",
        "https://img.third.example",
        "the picture from there begins after the first picture of the page and nothing waits for it",
    ),
    (
        "wt-roadtrip-devtools",
        "hints",
        "links of the page before do not help this load; the engine takes all of the trace",
    ),
    ("warm-visit", "https://shop.example/api/profile", BY_TASK),
    ("lh-art-lr", "https://www.llentab.cz/wp-admin/admin-ajax.php", BY_TASK),
    (
        "lh-art-lr",
        "compression",
        "a recorder of Google's unpacks answers and says in a header of its own how they were packed; Weir does not know it",
    ),
    (
        "syn-kitchen-sink",
        "compression",
        "fewer bytes were sent than the document has, so it was packed, whatever its headers say; the engine asks them alone",
    ),
    (
        "wt-roadtrip-devtools",
        "compression",
        "the document is packed with a dictionary (content-encoding: dcz), which the engine does not know",
    ),
    (
        "syn-kitchen-sink",
        "node_modules/lodash/lodash.js",
        "the second script with it is told of by its text alone: no request brought it, so nothing was sent twice",
    ),
    ("lh-art-lr", "ttfb", "the engine takes -1, which means not recorded, for a time"),
    ("lh-art-lr", "delay", "the engine takes -1, which means not recorded, for a time"),
    ("lh-art-lr", "earliest", "the engine takes -1, which means not recorded, for a time"),
    ("lh-no-tracingstarted-m74", "EvaluateScript", PAIRS),
    ("lh-no-tracingstarted-m74", "TimerFire", PAIRS),
    ("lh-art-lr", "forced", ONE_TASK),
    ("iframes", "forced", ONE_TASK),
];

/// What was compared, and what differs.
#[derive(Default)]
pub struct Tally {
    /// Matched and total by kind.
    pub counts: BTreeMap<&'static str, (usize, usize)>,
    /// What differs, in words.
    pub wrong: Vec<String>,
    /// How often each reason to differ held.
    pub deliberate: BTreeMap<String, usize>,
    listed: &'static [Difference],
    /// Places in the list of those that were needed.
    needed: BTreeSet<usize>,
}

impl Tally {
    /// For comparisons in which these may differ.
    pub fn but_for(listed: &'static [Difference]) -> Self {
        Self { listed, ..Self::default() }
    }

    /// Counts one comparison.
    pub fn check(&mut self, kind: &'static str, trace: &str, what: &str, is_equal: bool, said: String) {
        let (matched, total) = self.counts.entry(kind).or_default();
        let is_it = |(file, about, _): &(&str, &str, &str)| *file == trace && is_about(about, what);
        if !is_equal && let Some((at, (.., why))) = self.listed.iter().enumerate().find(|(_, entry)| is_it(entry)) {
            self.needed.insert(at);
            *self.deliberate.entry((*why).to_owned()).or_default() += 1;
            return;
        }
        *total += 1;
        match is_equal {
            true => *matched += 1,
            false => self.wrong.push(format!("{kind} {trace} {what}: {said}")),
        }
    }

    /// Differences that are listed for these traces, but are none any more.
    pub fn unneeded(&self, traces: &BTreeSet<String>) -> Vec<String> {
        let listed = self.listed.iter().enumerate();
        let unneeded = listed.filter(|(at, (file, ..))| traces.contains(*file) && !self.needed.contains(at));
        unneeded.map(|(_, (file, about, _))| format!("{file} {about}")).collect()
    }

    /// Compares a number.
    pub fn number(
        &mut self,
        kind: &'static str,
        trace: &str,
        what: &str,
        ours: Option<f64>,
        theirs: &Value,
        tolerance: f64,
    ) {
        let theirs = theirs.as_f64();
        let is_equal = match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= tolerance,
            (None, None) => true,
            _ => false,
        };
        self.check(kind, trace, what, is_equal, format!("{ours:?}, not {theirs:?}"));
    }

    /// Compares a time.
    pub fn millis(&mut self, kind: &'static str, trace: &str, what: &str, ours: Option<Millis>, theirs: &Value) {
        self.number(kind, trace, what, ours.map(|ms| ms.0), theirs, TOLERANCE_MS);
    }

    /// Compares a text.
    pub fn text(&mut self, kind: &'static str, trace: &str, what: &str, ours: Option<&str>, theirs: &Value) {
        let theirs = theirs.as_str();
        self.check(kind, trace, what, ours == theirs, format!("{ours:?}, not {theirs:?}"));
    }
}

/// If a deliberate difference is about what was compared: an address that ends with `?` stands for any query.
fn is_about(about: &str, what: &str) -> bool {
    about == what || about.ends_with('?') && what.starts_with(about)
}
