//! `invisible-text`: text that stays invisible while its font loads.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::css::FontDisplay;
use crate::page_load::{Metric, Owner, PageLoad, downloads};
use crate::recording::{Missing, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, why_not};
use crate::units::{Bytes, Millis};

/// How long browsers keep text invisible at most ("font block period", CSS Fonts §4.9: 3 s recommended; Chromium,
/// Firefox and Safari use it).
const BLOCK_PERIOD: Millis = Millis(3_000.0);

/// Shorter invisibility is hardly seen; `font-display: fallback` allows it on purpose (CSS Fonts: "100ms or less").
const HARDLY_SEEN: Millis = Millis(100.0);

/// From this time on it is a warning.
const NOTICEABLE: Millis = Millis(300.0);

/// From this time on it is serious: text that is missing for a second is what visitors call a slow page.
const LONG: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// Text of this page is there but cannot be seen until its typeface has been downloaded. A setting would show it at
    /// once in another typeface.
    ///
    /// ## What it finds
    /// Fonts that were fetched and whose `@font-face` rule says `font-display: block`, `auto` or nothing, if fetching took
    /// 100 ms or more. Icon fonts, by the name of their family or file, are left out. A trace tells which fonts text asked
    /// for, when, and with which `font-display`; else it is read from the style sheets whose text the recording holds.
    /// Without either the rule is not checked.
    ///
    /// ## Why it matters
    /// Browsers ask for a font when they are about to draw text with it. From then on that text is invisible for up to
    /// three seconds. If the largest content is text, it is the Largest Contentful Paint that waits.
    ///
    /// ## How to fix it
    /// `font-display: swap` shows text at once and swaps the font in; `optional` uses the font only if it is there in
    /// time and never shifts the layout. Match the fallback's metrics (`size-adjust`, `ascent-override`) so that the swap
    /// does not move text, and preload the fonts of the first view. Google Fonts takes `&display=swap` in the address.
    ///
    /// ## How savings are estimated
    /// Between none and the time the slowest such font took, at most three seconds: that long its text was invisible, if
    /// the font was needed in the first view.
    ///
    /// ## When to ignore it
    /// Icon fonts, whose fallback would be letters without meaning, want `block`.
    ///
    /// ## References
    /// - [CSS Fonts §4.9: font-display](https://www.w3.org/TR/css-fonts-4/#font-display-desc)
    /// - [web.dev: Best practices for fonts](https://web.dev/articles/font-best-practices)
    /// - [Chrome: Font display](https://developer.chrome.com/docs/performance/insights/font-display)
    pub static INVISIBLE_TEXT = {
        id: "invisible-text",
        title: "Text invisible while its font loads",
        topic: Topic::Fonts,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

struct Hidden {
    font: RequestId,
    hidden: Millis,
    said: Option<FontDisplay>,
    sheet: Option<RequestId>,
    /// Whether the browser recorded that text asked for it.
    is_recorded: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let fetched: Vec<_> = load
        .network()
        .filter(|(request, resource)| resource.kind == ResourceKind::Font && downloads::is_download(*request))
        .map(|(request, _)| request.id())
        .collect();
    if fetched.is_empty() {
        return Outcome::NotApplicable("no font came over the network");
    }
    let recorded = recorded(load);
    if !recorded.is_empty() {
        return outcome(load, recorded);
    }
    // One font file may stand in several rules; the mildest counts, since the page may use only that.
    let mut declared: BTreeMap<RequestId, Hidden> = BTreeMap::new();
    for font in &load.styles.fonts {
        let Some(span) = font.request.and_then(|id| load.span(id)) else { continue };
        let Some(id) = font.request.filter(|id| fetched.binary_search(id).is_ok()) else { continue };
        if is_icon_font(&font.face.family) {
            continue;
        }
        let hidden = match font.face.display {
            Some(FontDisplay::Swap | FontDisplay::Fallback | FontDisplay::Optional) => Millis::ZERO,
            Some(FontDisplay::Auto | FontDisplay::Block) | None => span.duration().min(BLOCK_PERIOD),
        };
        let new = Hidden { font: id, hidden, said: font.face.display, sheet: font.sheet, is_recorded: false };
        match declared.get(&id) {
            Some(known) if known.hidden <= new.hidden => {}
            _ => {
                declared.insert(id, new);
            }
        }
    }
    if declared.is_empty() {
        // Fonts of sheets that were read but have no rule here were declared by script, or are icons.
        return match load.styles.unread.is_empty() && load.markup.is_some() {
            true => Outcome::Passed,
            false => Outcome::NotChecked(why_not(Missing::Bodies)),
        };
    }
    outcome(load, declared.into_values().collect())
}

fn outcome(load: &PageLoad<'_>, mut hidden: Vec<Hidden>) -> Outcome {
    hidden.retain(|one| HARDLY_SEEN <= one.hidden);
    if hidden.is_empty() {
        return Outcome::Passed;
    }
    hidden.arrange_by(|a, b| b.hidden.total_cmp(&a.hidden));
    Outcome::found(finding(load, &hidden))
}

/// The fonts that text asked for, as a trace tells. Text was there from then on and waited until the font's last byte.
fn recorded(load: &PageLoad<'_>) -> Vec<Hidden> {
    let window = load.window();
    let timeline = &load.recording.timeline;
    let asked = timeline.facts.fonts.iter().filter(|font| window.start <= font.at && font.at <= window.end);
    let hidden = asked.filter_map(|font| {
        let request = font.request.filter(|id| load.position(*id).is_some())?;
        let display = FontDisplay::parse(load.recording.text(font.display?).expose())?;
        let waits = matches!(display, FontDisplay::Auto | FontDisplay::Block);
        let address = load.request(request).url_text().expose();
        let file = address.rsplit('/').next().unwrap_or_default();
        let ended = timeline.request(request).filter(|traced| traced.is_finished)?.network_end;
        let hidden = match waits && !is_icon_font(file) {
            true => (ended - font.at).at_least_zero().min(BLOCK_PERIOD),
            false => Millis::ZERO,
        };
        let is_sheet = |id: &RequestId| load.resource(*id).is_some_and(|by| by.kind == ResourceKind::Stylesheet);
        let sheet = load.resource(request).and_then(|resource| resource.initiator).filter(is_sheet);
        Some(Hidden { font: request, hidden, said: Some(display), sheet, is_recorded: true })
    });
    hidden.collect()
}

/// Letters in place of icons would be worse than nothing, so icon fonts are right to block.
fn is_icon_font(family: &str) -> bool {
    let family = family.to_ascii_lowercase();
    ["icon", "awesome", "glyph", "material symbols", "dashicons", "ionic", "symbol"]
        .iter()
        .any(|word| family.contains(word))
}

fn finding(load: &PageLoad<'_>, all: &[Hidden]) -> Finding {
    let longest = all.first().map_or(Millis::ZERO, |one| one.hidden);
    let fonts = Part::Counted(all.len() as u64, "font", "fonts");
    let evidence = all.iter().map(|one| {
        let said = match one.said {
            Some(FontDisplay::Block) => "font-display: block",
            Some(_) => "font-display: auto",
            None => "no font-display",
        };
        let mut text = match one.is_recorded {
            true => message![said, "; text waited ", one.hidden, " for it"],
            false => message![said, "; the font took ", one.hidden],
        };
        text.0.extend(match one.sheet {
            Some(sheet) => message![", declared in ", sheet].0,
            None if one.is_recorded => Vec::new(),
            None => message![", declared in the document"].0,
        });
        Evidence { request: Some(one.font), text }
    });
    Finding {
        severity: match longest {
            longest if LONG <= longest => Severity::Serious,
            longest if NOTICEABLE <= longest => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: gain::owner_of(load, all.iter().filter_map(|one| one.sheet)),
        customer: message!["Text was invisible for up to ", longest, " while ", fonts.clone(), " loaded."],
        engineer: message![
            fonts,
            " with font-display auto or block; text that uses the slowest is invisible for up to ",
            longest,
            "."
        ],
        fix: message![
            "Add ",
            Part::Code("font-display: swap"),
            " or ",
            Part::Code("optional"),
            " to these @font-face rules."
        ],
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Lcp),
            ms: (Millis::ZERO, longest),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{FontLoad, TracedRequest};
    use crate::rules::testing::check_rule;

    fn page(sheet: Option<&str>, took: f64) -> Made {
        let made = Made::page("https://shop.example/")
            .document(|r| r.body("<link rel=stylesheet href=type.css>"))
            .request("https://shop.example/type.css", |r| {
                let r = r.kind(ResourceKind::Stylesheet).start(20.0);
                match sheet {
                    Some(text) => r.body(text),
                    None => r,
                }
            });
        made.request("https://shop.example/f.woff2", |r| {
            r.kind(ResourceKind::Font).start(50.0).wait(took).bytes(40_000, 40_000, 40_000)
        })
    }

    #[test]
    fn font_display() {
        let face = |display: &str| format!("@font-face{{font-family:F;src:url(f.woff2);{display}}}");
        for (display, took, expected) in [
            ("", 500.0, "found"),
            ("font-display:block", 500.0, "found"),
            ("font-display:auto", 500.0, "found"),
            ("font-display:swap", 500.0, "passed"),
            ("font-display:optional", 500.0, "passed"),
            ("font-display:fallback", 500.0, "passed"),
            ("", 50.0, "passed"),
            ("font-family:'Font Awesome'", 500.0, "passed"),
        ] {
            check_rule(&INVISIBLE_TEXT, page(Some(&face(display)), took), expected);
        }
    }

    #[test]
    fn what_the_browser_recorded_goes_first() {
        let recorded = |file: &'static str, display: &'static str, ended: f64| {
            let font = format!("https://shop.example/{file}");
            let made = Made::page("https://shop.example/")
                .document(|r| r)
                .request(&font, |r| r.kind(ResourceKind::Font).start(50.0).bytes(40_000, 40_000, 40_000));
            made.traced().change(move |recording| {
                let traced =
                    TracedRequest { network_end: Millis(ended), is_finished: true, ..TracedRequest::default() };
                recording.timeline.requests = vec![TracedRequest::default(), traced];
                let display = Some(recording.strings.intern(display));
                let request = Some(RequestId(1));
                recording.timeline.facts.fonts.push(FontLoad { at: Millis(100.0), url: None, request, display });
            })
        };
        check_rule(&INVISIBLE_TEXT, recorded("f.woff2", "block", 300.0), "found");
        check_rule(&INVISIBLE_TEXT, recorded("f.woff2", "auto", 300.0), "found");
        check_rule(&INVISIBLE_TEXT, recorded("f.woff2", "block", 199.0), "passed");
        check_rule(&INVISIBLE_TEXT, recorded("f.woff2", "swap", 300.0), "passed");
        check_rule(&INVISIBLE_TEXT, recorded("icons.woff2", "block", 300.0), "passed");
    }

    #[test]
    fn not_checked_without_the_sheets_text() {
        check_rule(&INVISIBLE_TEXT, page(None, 500.0), "not-checked");
        check_rule(&INVISIBLE_TEXT, Made::page("https://shop.example/").document(|r| r), "not-applicable");
    }
}
