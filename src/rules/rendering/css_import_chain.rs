//! `css-import-chain`: style sheets that ask for further style sheets.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{Missing, RenderBlocking, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// From this time on that could be saved it is a warning: about one round trip of a mobile network.
const NOTICEABLE: Millis = Millis(100.0);

/// From this time on it is serious: more than a quarter of the 1.8 seconds that Google calls a good First Contentful
/// Paint.
const LONG: Millis = Millis(500.0);

/// Chains are followed no further; deeper ones are loops.
const DEEPEST: usize = 16;

declare_rule! {
    /// ## In plain words
    /// A file that describes the page's looks names another one, and that perhaps a third. The browser learns of each only
    /// after the one before has arrived, so they come one after the other instead of all at once.
    ///
    /// ## What it finds
    /// Style sheets that another style sheet asked for (`@import`), with the time that the chain took. Chains whose first
    /// sheet is known not to hold rendering back are left out.
    ///
    /// ## Why it matters
    /// Imported sheets hold rendering back as their parent does. Each link costs a round trip and the server's time, and
    /// another host costs a new connection in the middle of the way to the first render.
    ///
    /// ## How to fix it
    /// Replace `@import` by a `<link rel=stylesheet>` for each sheet in the document, or let a bundler put them into one
    /// file. If the import is in another company's sheet, link that company's inner sheet directly or host it yourself.
    ///
    /// ## How savings are estimated
    /// Between none and the time by which the last sheet of the chain would end earlier if every sheet had been asked for
    /// when the first one was.
    ///
    /// ## When to ignore it
    /// Imports with a `media` that does not apply, and sheets that are loaded after the first render.
    ///
    /// ## References
    /// - [CSS Cascade §2: @import](https://www.w3.org/TR/css-cascade-4/#at-import)
    /// - [web.dev: Optimize resource loading, avoid @import](https://web.dev/learn/performance/optimize-resource-loading#avoid_css_import_declarations)
    /// - [MDN: @import](https://developer.mozilla.org/docs/Web/CSS/@import)
    pub static CSS_IMPORT_CHAIN = {
        id: "css-import-chain",
        title: "Style sheets that import style sheets",
        topic: Topic::Rendering,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

struct Chain {
    /// From the sheet that the document asks for to the last one imported.
    sheets: Vec<RequestId>,
    gained: Millis,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let sheets: Vec<_> = load
        .network()
        .filter(|(_, resource)| resource.kind == ResourceKind::Stylesheet)
        .map(|(request, _)| request.id())
        .collect();
    if sheets.is_empty() {
        return Outcome::NotApplicable("the page asked for no style sheet");
    }
    // Of the chains below one first sheet the latest counts.
    let mut by_root: BTreeMap<RequestId, Chain> = BTreeMap::new();
    for id in sheets {
        let Some(chain) = chain_to(load, id) else { continue };
        let Some(root) = chain.sheets.first().copied() else { continue };
        match by_root.get(&root) {
            Some(known) if chain.gained <= known.gained => {}
            _ => {
                by_root.insert(root, chain);
            }
        }
    }
    let mut chains: Vec<_> = by_root.into_values().collect();
    if chains.is_empty() {
        return Outcome::Passed;
    }
    chains.arrange_by(|a, b| b.gained.total_cmp(&a.gained));
    Outcome::found(finding(load, &chains))
}

/// The chain that ends with `last`, if that sheet was imported.
fn chain_to(load: &PageLoad<'_>, last: RequestId) -> Option<Chain> {
    let mut sheets = vec![last];
    let mut at = last;
    while sheets.len() < DEEPEST {
        let resource = load.resource(at)?;
        let parent = resource.redirected_from.or(resource.initiator);
        let Some(parent) = parent.filter(|parent| *parent < at) else { break };
        if load.resource(parent).is_none_or(|parent| parent.kind != ResourceKind::Stylesheet) {
            break;
        }
        sheets.push(parent);
        at = parent;
    }
    sheets.reverse();
    let root = *sheets.first()?;
    let is_import =
        sheets.iter().any(|id| load.resource(*id).is_some_and(|sheet| sheet.redirected_from.is_none()) && *id != root);
    let does_not_block = load
        .resource(root)
        .and_then(|root| root.blocking)
        .is_some_and(|blocking| blocking.how == RenderBlocking::NonBlocking);
    if !is_import || does_not_block {
        return None;
    }
    let root_span = load.span(root)?;
    let end = load.span(last)?.end;
    // All sheets at once: each takes as long as it did.
    let longest =
        sheets.iter().filter_map(|id| load.span(*id)).map(|span| span.duration()).fold(Millis::ZERO, Millis::max);
    let gained = (end - (root_span.start + longest)).at_least_zero();
    Some(Chain { sheets, gained })
}

fn finding(load: &PageLoad<'_>, chains: &[Chain]) -> Finding {
    let gained = chains.first().map_or(Millis::ZERO, |chain| chain.gained);
    let n_imported: u64 = chains.iter().map(|chain| chain.sheets.len().saturating_sub(1) as u64).sum();
    let sheets = Part::Counted(n_imported, "style sheet was", "style sheets were");
    let evidence = chains.iter().map(|chain| {
        let mut text = message![
            "the first of ",
            Part::Counted(chain.sheets.len() as u64, "sheet", "sheets"),
            " one after the other; all at once would end ",
            chain.gained,
            " earlier:"
        ];
        for (n, id) in chain.sheets.iter().enumerate() {
            let took = load.span(*id).map_or(Millis::ZERO, |span| span.duration());
            text.0.extend(message![if n == 0 { " " } else { " → " }, *id, " (", took, ")"].0);
        }
        Evidence { request: chain.sheets.first().copied(), text }
    });
    Finding {
        severity: match gained {
            gained if LONG <= gained => Severity::Serious,
            gained if NOTICEABLE <= gained => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: gain::owner_of(load, chains.iter().filter_map(|chain| chain.sheets.first().copied())),
        customer: message![
            sheets.clone(),
            " asked for only after another one had arrived; the page could be shown up to ",
            gained,
            " earlier."
        ],
        engineer: message![
            sheets,
            " imported by another, in ",
            Part::Counted(chains.len() as u64, "chain", "chains"),
            "; in parallel the longest would end ",
            gained,
            " earlier."
        ],
        fix: message![
            "Replace ",
            Part::Code("@import"),
            " by a ",
            Part::Code("<link rel=stylesheet>"),
            " for each sheet in the document, or bundle them."
        ],
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Fcp),
            ms: (Millis::ZERO, gained),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::InitiatorKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const PAGE: &str = "https://shop.example/";
    const MAIN: &str = "https://shop.example/main.css";

    /// A sheet of the document, 100–300, and one that `by` asked for, 310–510.
    fn page(by: &str, media: &str) -> Made {
        Made::page(PAGE)
            .document(|r| r.wait(90.0).body(&format!("<link rel=stylesheet href=main.css media='{media}'>")))
            .request(MAIN, |r| {
                r.start(100.0).wait(200.0).kind(ResourceKind::Stylesheet).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/inner.css", |r| {
                r.start(310.0).wait(200.0).kind(ResourceKind::Stylesheet).initiator(InitiatorKind::Parser, by)
            })
    }

    #[test]
    fn imports() {
        check_rule(&CSS_IMPORT_CHAIN, page(MAIN, "all"), "found");
        check_rule(&CSS_IMPORT_CHAIN, page(PAGE, "all"), "passed");
        check_rule(&CSS_IMPORT_CHAIN, page(MAIN, "print"), "passed");
        check_rule(&CSS_IMPORT_CHAIN, Made::page(PAGE).document(|r| r), "not-applicable");
        check_rule(&CSS_IMPORT_CHAIN, page(MAIN, "all").without(Missing::Dates), "not-checked");
    }

    #[test]
    fn in_parallel_it_ends_earlier() {
        match outcome(&CSS_IMPORT_CHAIN, page(MAIN, "all")) {
            // 510 ms with the chain, 100 + 200 ms without.
            Outcome::Found(findings) => {
                assert_eq!(findings[0].savings.expect("savings").ms, (Millis::ZERO, Millis(210.0)));
                assert_eq!(findings[0].severity, Severity::Warning);
            }
            other => panic!("{other:?}"),
        }
    }
}
