//! What a browser says about itself: brand, major version, system.

use crate::http::user_agent::UserAgent;
use crate::redact::{Share, names};

/// Brands in `sec-ch-ua`. The others are "GREASE": made up to keep servers from guessing.
const BRANDS: &[&str] = &[
    "Chromium",
    "Google Chrome",
    "HeadlessChrome",
    "Microsoft Edge",
    "Brave",
    "Opera",
    "Vivaldi",
    "YaBrowser",
    "Samsung Internet",
    "Android WebView",
];

/// Languages (ISO 639-1) that pages are commonly written in.
const LANGUAGES: &str = "\
    af ar be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko lt lv mk ms mt nb \
    nl nn no pl pt ro ru sk sl sq sr sv sw ta th tr uk ur vi zh";

/// `Chrome 131 on Windows`: name, major version (not in public) and system.
pub(super) fn user_agent(value: &str, share: Share) -> Option<String> {
    let agent = UserAgent::parse(value)?;
    let version = major(agent.version);
    let mut cleaned = agent.browser.to_owned();
    if let (Some(version), true) = (version, share != Share::Public) {
        cleaned.push_str(&format!(" {version}"));
    }
    if let Some(system) = agent.system {
        cleaned.push_str(&format!(" on {system}"));
    }
    Some(cleaned)
}

/// `Chromium 131, Google Chrome 131`.
pub(super) fn brands(value: &str, share: Share) -> Option<String> {
    let mut all = Vec::new();
    for entry in value.split(',') {
        let (brand, parameters) = entry.trim().split_once(';')?;
        let Some(brand) = BRANDS.iter().find(|known| brand.trim_matches('"') == **known) else { continue };
        let version = parameters.trim().strip_prefix("v=").and_then(|text| major(text.trim_matches('"')));
        all.push(match version {
            Some(version) if share != Share::Public => format!("{brand} {version}"),
            _ => (*brand).to_owned(),
        });
    }
    Some(all.join(", "))
}

/// Language tags without region; in public nothing, the list tells people apart.
pub(super) fn languages(value: &str, share: Share) -> Option<String> {
    if share == Share::Public {
        return None;
    }
    let mut all: Vec<&'static str> = Vec::new();
    for tag in value.split(',') {
        let tag = tag.split(';').next().unwrap_or_default().trim();
        let language = names::known(LANGUAGES, tag.split('-').next().unwrap_or_default())?;
        if !all.contains(&language) {
            all.push(language);
        }
    }
    Some(all.join(", "))
}

/// The leading number of a version, of at most three digits.
pub(in crate::redact) fn major(version: &str) -> Option<u16> {
    let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    if 3 < end { None } else { version.get(..end)?.parse().ok() }
}
