//! `parser-blocking-script`: scripts behind the content that stop the browser from reading the rest of the page.

use std::collections::BTreeSet;

use crate::http::url;
use crate::order::Arrange;
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{Missing, RenderBlocking, RequestId, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, why_not};
use crate::units::Millis;

/// Milliseconds. Lighthouse leaves shorter blocking alone (`MINIMUM_WASTED_MS`).
const NEGLIGIBLE: Millis = Millis(50.0);

/// Milliseconds. From here on it is a warning: the page is there but does not answer for as long as a slow document
/// takes in all (Lighthouse's 600 ms).
const LONG: Millis = Millis(600.0);

declare_rule! {
    /// ## In plain words
    /// The visitor can see the page, but scripts in it make the browser stop and wait before it reads on. Until they are
    /// there, buttons and menus do not work.
    ///
    /// ## What it finds
    /// Scripts with an address and without `async`, `defer` and `type=module` that stand in the HTML after some text
    /// or picture, and arrived 50 ms or more after the page itself. Those before the content hold the first render back
    /// and are found by `render-blocking-requests`.
    ///
    /// ## Why it matters
    /// The browser cannot read what comes after such a script, nor run deferred scripts, nor send
    /// `DOMContentLoaded`, on which most scripts wait to bring the page to life.
    ///
    /// ## How to fix it
    /// Give the script `defer`: it keeps its order and its finished document without stopping anything. Use `async` for
    /// what depends on nothing.
    ///
    /// ## How savings are estimated
    /// At most the time from the end of the page to the end of the last such script, off `DOMContentLoaded`; deferred
    /// scripts would be waited for as well, so it may be nothing.
    ///
    /// ## When to ignore it
    /// If a script writes into the page where it stands (`document.write`).
    ///
    /// ## References
    /// - [HTML standard: the script element](https://html.spec.whatwg.org/multipage/scripting.html#attr-script-defer)
    /// - [Efficiently load third-party JavaScript](https://web.dev/articles/efficiently-load-third-party-javascript)
    pub static PARSER_BLOCKING_SCRIPT = {
        id: "parser-blocking-script",
        title: "Scripts that stop the reading of the page",
        topic: Topic::Rendering,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Dates, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request.and_then(|id| load.span(id)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let Some(markup) = &load.markup else { return Outcome::NotChecked(why_not(Missing::Bodies)) };
    let scripts = markup.references.iter().filter(|reference| reference.kind == ResourceKind::Script);
    let (after, before): (Vec<_>, Vec<_>) = scripts.partition(|script| script.after_content);
    if after.is_empty() {
        return Outcome::NotApplicable("no script file stands behind the content of the page");
    }
    // What stands before the content as well is fetched there.
    let before: BTreeSet<String> = before.into_iter().map(|script| url::canonical(&script.url)).collect();
    let mut blockers: Vec<(RequestId, Millis)> = Vec::new();
    for script in
        after.into_iter().filter(|script| script.by.is_none() && !before.contains(&url::canonical(&script.url)))
    {
        let Some(id) = load.addresses.requests_to(&script.url).first() else { continue };
        let measured = load.request(*id).render_blocking();
        let stops = measured.is_none_or(|how| how != RenderBlocking::NonBlocking || script.how == Some(how));
        let Some(late) = load.span(*id).map(|span| span.end - document.end).filter(|_| stops) else { continue };
        if NEGLIGIBLE <= late && blockers.iter().all(|(known, _)| known != id) {
            blockers.push((*id, late));
        }
    }
    blockers.arrange_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    match blockers.first() {
        Some((_, delay)) => Outcome::found(finding(load, &blockers, *delay)),
        None => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, blockers: &[(RequestId, Millis)], delay: Millis) -> Finding {
    let scripts = Part::Counted(blockers.len() as u64, "script", "scripts");
    let evidence = blockers.iter().map(|(id, late)| Evidence {
        request: Some(*id),
        text: message![
            "ended ",
            *late,
            " after the document; in the HTML behind content, without ",
            Part::Code("async"),
            " and ",
            Part::Code("defer")
        ],
    });
    Finding {
        severity: if LONG <= delay { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "After the page had arrived, the browser stopped reading it for up to ",
            delay,
            " because of ",
            scripts.clone(),
            ". Parts of the page may not have worked until then."
        ],
        engineer: message![
            scripts,
            " behind the content without ",
            Part::Code("async"),
            " or ",
            Part::Code("defer"),
            "; the last ended ",
            delay,
            " after the document."
        ],
        fix: message!["Give these scripts ", Part::Code("defer"), "."],
        evidence: evidence.collect(),
        savings: load.milestones.dcl.map(|dcl| Savings {
            milestone: Some(Metric::Dcl),
            ms: (Millis::ZERO, delay.min(dcl.ms)),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn page(html: &str, wait: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r.wait(100.0).body(html))
            .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script).start(50.0).wait(wait))
            .milestones(|m| m.dom_content_loaded = Some(Millis(2000.0)))
    }

    #[test]
    fn behind_the_content() {
        let html = "<body><p>Text</p><script src=a.js></script>";
        let Outcome::Found(found) = outcome(&PARSER_BLOCKING_SCRIPT, page(html, 350.0)) else { panic!() };
        assert_eq!(found[0].severity, Severity::Notice);
        assert_eq!(found[0].savings.map(|savings| savings.ms), Some((Millis::ZERO, Millis(300.0))));
        let Outcome::Found(found) = outcome(&PARSER_BLOCKING_SCRIPT, page(html, 650.0)) else { panic!() };
        assert_eq!(found[0].severity, Severity::Warning);
    }

    #[test]
    fn near_misses() {
        for script in ["<script defer src=a.js>", "<script async src=a.js>", "<script type=module src=a.js>"] {
            check_rule(&PARSER_BLOCKING_SCRIPT, page(&format!("<body><p>Text</p>{script}</script>"), 350.0), "passed");
        }
        let html = "<body><p>Text</p><script src=a.js></script>";
        check_rule(&PARSER_BLOCKING_SCRIPT, page(html, 99.0), "passed");
        let both = "<head><script src=a.js></script></head><body><p>Text</p><script src=a.js></script>";
        check_rule(&PARSER_BLOCKING_SCRIPT, page(both, 350.0), "passed");
        check_rule(&PARSER_BLOCKING_SCRIPT, page("<head><script src=a.js></script>", 350.0), "not-applicable");
        check_rule(&PARSER_BLOCKING_SCRIPT, Made::page("https://shop.example/").document(|r| r), "not-checked");
    }
}
