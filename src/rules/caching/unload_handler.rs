//! `unload-handler`: scripts that keep the page from being restored when the visitor goes back.

use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::gain;
use crate::rules::responses::evidence;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};

/// Bytes before the word in which the call must stand: `window.addEventListener( "unload"`.
const BEFORE: usize = 40;

declare_rule! {
    /// ## In plain words
    /// A script wants to be called when the visitor leaves the page. Browsers then do not keep the page in memory, and going
    /// back to it loads it anew instead of showing it at once.
    ///
    /// ## What it finds
    /// In the recorded text of the page and its scripts: `addEventListener("unload", …)`, jQuery's `.on("unload", …)` and
    /// `.unload(` on the window, and `onunload =`. Not told if the page sends `Permissions-Policy: unload=()`. Whether the
    /// script runs that line is not known.
    ///
    /// ## Why it matters
    /// Pages with such a handler are left out of the back/forward cache by Firefox and by Chrome on computers.
    ///
    /// ## How to fix it
    /// Use `pagehide` or `visibilitychange`. `Permissions-Policy: unload=()` keeps other companies' scripts from it.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load.
    ///
    /// ## When to ignore it
    /// If nobody goes back to this page.
    ///
    /// ## References
    /// - [web.dev: Back/forward cache](https://web.dev/articles/bfcache#never-use-the-unload-event)
    /// - [Chrome: Deprecating the unload event](https://developer.chrome.com/docs/web-platform/deprecating-unload)
    pub static UNLOAD_HANDLER = {
        id: "unload-handler",
        title: "Scripts that keep the page from coming back at once",
        topic: Topic::Caching,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::Bodies],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let document = load.document.request.map(|document| load.request(document));
    let policies = document.into_iter().flat_map(|document| document.response_header("permissions-policy"));
    for policy in policies {
        let plain: String = policy.expose().chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if plain.split(',').any(|feature| feature.eq_ignore_ascii_case("unload=()")) {
            return Outcome::Passed;
        }
    }
    let mut n_texts = 0;
    let mut found = Vec::new();
    for (request, resource) in load.network() {
        let is_code = resource.kind == ResourceKind::Script || load.document.request == Some(request.id());
        let Some(text) = request.body_text().filter(|_| is_code) else { continue };
        n_texts += 1;
        if has_handler(text.expose()) {
            found.push((request.id(), gain::is_third_party(resource)));
        }
    }
    if n_texts == 0 {
        return Outcome::NotChecked("the recording holds no text of scripts");
    }
    if found.is_empty() {
        return Outcome::Passed;
    }
    found.arrange_by_key(|(id, third_party)| (*third_party, *id));
    let scripts = Part::Counted(found.len() as u64, "script", "scripts");
    let is_others = found.iter().all(|(_, third_party)| *third_party);
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: is_others.then_some(Owner::ThirdParty),
        customer: message![
            scripts.clone(),
            Part::agreeing(found.len(), " wants", " want"),
            " to be called when the visitor leaves. Going back to the page may load it anew instead of showing it at once."
        ],
        engineer: message![
            scripts,
            " with a handler of the unload event in the text, which rules out the back/forward cache."
        ],
        fix: message![
            "Listen to ",
            Part::Code("pagehide"),
            " instead, and send ",
            Part::Code("Permissions-Policy: unload=()"),
            "."
        ],
        evidence: found.into_iter().map(|(id, _)| evidence(id, message!["sets a handler of unload"])).collect(),
        savings: None,
    })
}

/// Whether a script's text sets a handler of `unload`.
fn has_handler(text: &str) -> bool {
    const WORD: &str = "unload";
    text.match_indices(WORD).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().as_bytes();
        let after = text.get(at + WORD.len()..).unwrap_or_default().as_bytes();
        let near = before.get(before.len().saturating_sub(BEFORE)..).unwrap_or_default();
        match (before.last(), after.first()) {
            (Some(quote @ (b'"' | b'\'' | b'`')), Some(end)) if quote == end => sets_listener(near),
            _ => is_property(near, after),
        }
    })
}

/// `addEventListener("`, `.on("`, `.bind("`, `.one("`.
fn sets_listener(near: &[u8]) -> bool {
    let call = near.get(..near.len().saturating_sub(1)).unwrap_or_default().trim_ascii_end();
    let Some(call) = call.strip_suffix(b"(") else { return false };
    let call = call.trim_ascii_end();
    [b"addEventListener".as_slice(), b".on", b".one", b".bind"].iter().any(|name| call.ends_with(name))
}

/// `.onunload =`, ` onunload="`, but neither `== ` nor `=>`.
fn is_property(near: &[u8], after: &[u8]) -> bool {
    let Some(before) = near.strip_suffix(b"on") else { return false };
    let stands_alone = before.last().is_none_or(|b| matches!(b, b'.' | b' ' | b'\n' | b'\t' | b';'));
    let assigned = after.trim_ascii_start().strip_prefix(b"=");
    stands_alone && assigned.is_some_and(|value| !matches!(value.first(), Some(b'=' | b'>')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn handlers() {
        for (text, expected) in [
            ("addEventListener(\"unload\", f)", true),
            ("window.addEventListener( 'unload' ,f)", true),
            ("$(window).on('unload', f)", true),
            ("window.onunload = f", true),
            ("<body onunload=\"f()\">", true),
            ("addEventListener('beforeunload', f)", false),
            ("window.onbeforeunload = f", false),
            ("if ('onunload' in window) {}", false),
            ("window.onunload == f", false),
            ("removeEventListener('unload', f)", false),
            ("emit('unload')", false),
            ("é'unload'", false),
            ("unload", false),
        ] {
            assert_eq!(has_handler(text), expected, "{text}");
        }
    }

    #[test]
    fn pages() {
        let made = |policy: Option<&str>, text: &str| {
            Made::page("https://shop.example/")
                .document(|r| match policy {
                    Some(policy) => r.response("permissions-policy", policy),
                    None => r,
                })
                .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script).body(text))
        };
        let rule = &UNLOAD_HANDLER;
        check_rule(rule, made(None, "onunload=f"), "found");
        check_rule(rule, made(Some("camera=(), unload=( )"), "onunload=f"), "passed");
        check_rule(rule, made(None, "onload=f"), "passed");
        check_rule(rule, Made::page("https://shop.example/").document(|r| r), "not-checked");
        check_rule(rule, made(None, "onunload=f").without(Missing::Bodies), "not-checked");
    }
}
