//! The rules: one file per finding, grouped by topic. [`all`] lists them in reading order.

mod answers;
mod caching;
mod cdn;
mod connections;
pub mod culprit_text;
mod errors;
mod fonts;
mod gain;
mod images;
mod interaction;
mod javascript;
mod largest_paint;
mod main_thread;
mod personal;
pub mod reasons;
mod recording;
mod redirects;
mod rendering;
mod security;
mod server;
mod service_worker;
mod third_party;
mod transfer;
mod work_text;

pub mod docs;
mod responses;
pub mod rule;
mod server_time;
pub mod text;
mod vendors;

#[cfg(test)]
pub mod testing;

pub use rule::{Evidence, Finding, Method, Outcome, Rule, Savings, Severity, Topic};
pub use text::{Message, Part};

use crate::page_load::PageLoad;
use crate::recording::Missing;

/// The rules of each topic, in reading order.
static TOPICS: &[&[&Rule]] = &[
    server::RULES,
    redirects::RULES,
    errors::RULES,
    connections::RULES,
    rendering::RULES,
    largest_paint::RULES,
    transfer::RULES,
    images::RULES,
    fonts::RULES,
    javascript::RULES,
    main_thread::RULES,
    interaction::RULES,
    caching::RULES,
    cdn::RULES,
    third_party::RULES,
    service_worker::RULES,
    security::RULES,
    recording::RULES,
];

/// All rules in reading order.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    TOPICS.iter().flat_map(|rules| rules.iter().copied())
}

/// What one rule says of a load. A rule whose evidence is missing from the recording is not asked.
pub fn run(rule: &Rule, load: &PageLoad<'_>) -> Outcome {
    let missing = &load.recording.provenance.missing;
    match rule.needs.iter().find(|need| missing.contains(need)) {
        Some(need) => Outcome::NotChecked(why_not(*need)),
        None => (rule.check)(load),
    }
}

/// "The recording has no …" in plain words.
pub fn why_not(missing: Missing) -> &'static str {
    match missing {
        Missing::ResponseHeaders => "the recording has no response headers",
        Missing::RequestHeaders => "the recording has no request headers",
        Missing::Phases => "the recording does not divide requests into phases",
        Missing::Dates => "the recording has no usable dates",
        Missing::TransferSizes => "the recording does not tell how many bytes were transferred",
        Missing::Bodies => "the recording has no response bodies",
        Missing::Initiators => "the recording does not tell what made the browser ask for each file",
        Missing::Priorities => "the recording has no priorities",
        Missing::Connections => "the recording does not tell which connection each request used",
        Missing::RenderBlocking => "the recording does not tell which files held rendering back",
        Missing::Protocols => "the recording does not tell HTTP versions",
        Missing::PaintTimes => "the recording has no paint times",
        Missing::PageTimes => "the recording has no page load times",
        Missing::Cookies => "cookies were removed when the recording was exported",
        Missing::Document => "the recording does not hold the page's document",
        Missing::MainThread => "the recording does not tell what the browser's main thread did; a trace does",
        Missing::DomSizes => "the recording does not tell how many elements the page has; a trace does",
        Missing::Selectors => {
            "the recording does not tell what selectors cost; a trace recorded with CSS selector statistics does"
        }
    }
}
