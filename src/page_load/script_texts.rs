//! What is known of the text of a load's scripts: from an enhanced trace, else from the bodies that were kept.

use std::collections::{BTreeMap, HashMap};

use crate::javascript::LegacyCode;
use crate::order::Arrange;
use crate::page_load::{PageLoad, downloads};
use crate::recording::{RequestId, ResourceKind, ScriptSource, ScriptText};
use crate::text::StrId;
use crate::units::Bytes;

/// Part of a script that is sent, if that is not known because it came out of a cache (Chrome's guess for scripts).
const USUAL_RATIO: f64 = 0.33;

/// Copies smaller than this are not worth a word (Chrome's duplication insight, bytes on the wire).
const SMALL_COPY: u64 = 512;

/// Copies below this part of the largest are leftovers of another bundling (the same).
const SMALL_PART: f64 = 0.1;

/// A script whose text was seen.
#[derive(Clone, Copy, Debug)]
pub struct SeenScript<'a> {
    /// Its request.
    pub request: RequestId,
    /// Code for old browsers.
    pub legacy: LegacyCode,
    /// What it was made of; `None`: no source map.
    pub sources: Option<&'a [ScriptSource]>,
    /// Bytes on the wire for each byte of the text.
    pub ratio: f64,
}

/// The scripts whose text was seen, in the order of their requests; `None`: the recording holds no text of scripts.
pub fn of<'a>(load: &PageLoad<'a>) -> Option<Vec<SeenScript<'a>>> {
    let mut seen = traced(load);
    for request in load.network().map(|(request, _)| request.id()).filter(|id| is_script(load, *id)) {
        let Some(text) = load.request(request).body_text() else { continue };
        let mut legacy = LegacyCode::default();
        legacy.add(text.expose());
        seen.push(SeenScript { request, legacy, sources: None, ratio: ratio(load, request) });
    }
    // Of one that both tell, the trace, which has all of it, comes first.
    keep_first(&mut seen);
    (!seen.is_empty()).then_some(seen)
}

/// Those of which an enhanced trace tells, in the order of their requests.
fn traced<'a>(load: &PageLoad<'a>) -> Vec<SeenScript<'a>> {
    let texts = load.recording.timeline.script_texts.iter();
    let seen = texts.filter_map(|ScriptText { url, legacy, sources, .. }| {
        let request = load.request_of_script(*url).filter(|id| is_script(load, *id))?;
        let (sources, ratio) = (sources.as_deref(), ratio(load, request));
        Some(SeenScript { request, legacy: *legacy, sources, ratio })
    });
    let mut seen: Vec<SeenScript<'a>> = seen.collect();
    keep_first(&mut seen);
    seen
}

/// Puts them in order and leaves the first of each request.
fn keep_first(seen: &mut Vec<SeenScript<'_>>) {
    seen.arrange_by_key(|one| one.request);
    seen.dedup_by_key(|one| one.request);
}

/// Hashes of the texts of scripts by address, to be compared within one recording. `None`: the address had several.
pub fn hashes(load: &PageLoad<'_>) -> HashMap<StrId, Option<u64>> {
    let mut hashes = HashMap::new();
    for text in &load.recording.timeline.script_texts {
        hashes.entry(text.url).and_modify(|known| *known = None).or_insert(Some(text.hash));
    }
    hashes
}

fn is_script(load: &PageLoad<'_>, id: RequestId) -> bool {
    load.resource(id).is_some_and(|resource| resource.kind == ResourceKind::Script && resource.is_network)
}

fn ratio(load: &PageLoad<'_>, id: RequestId) -> f64 {
    let request = load.request(id);
    match (downloads::sent_bytes(request), downloads::decoded_bytes(request)) {
        (Some(sent), Some(decoded)) if downloads::is_download(request) => (sent.0 as f64 / decoded.0 as f64).min(1.0),
        _ => USUAL_RATIO,
    }
}

/// A source that is in several scripts.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// Its name as one of the source maps has it.
    pub name: StrId,
    /// The scripts it is in and its bytes on the wire there, the largest first.
    pub copies: Vec<(RequestId, Bytes)>,
    /// All copies but the largest.
    pub wasted: Bytes,
}

/// Sources that are in several scripts, the most bytes first; `None`: the recording holds no source maps.
pub fn duplicates(load: &PageLoad<'_>) -> Option<Vec<Duplicate>> {
    let seen = traced(load);
    seen.iter().find(|script| script.sources.is_some())?;
    let mut by_key: BTreeMap<&str, Duplicate> = BTreeMap::new();
    for script in &seen {
        for source in script.sources.unwrap_or_default() {
            let Some(key) = key(load.recording.text(source.name).expose()) else { continue };
            let bytes = Bytes((source.n_units as f64 * script.ratio).round() as u64);
            let one = by_key.entry(key);
            let one = one.or_insert(Duplicate { name: source.name, copies: Vec::new(), wasted: Bytes(0) });
            one.copies.push((script.request, bytes));
        }
    }
    let mut all: Vec<Duplicate> = by_key.into_values().filter(|one| 1 < one.copies.len()).collect();
    for one in &mut all {
        one.copies.arrange_by(|a, b| b.1.cmp(&a.1));
        let largest = one.copies.first().map_or(Bytes(0), |(_, bytes)| *bytes);
        let is_large = |bytes: Bytes| SMALL_COPY <= bytes.0 && largest.0 as f64 * SMALL_PART <= bytes.0 as f64;
        one.copies.retain(|(_, bytes)| is_large(*bytes));
        one.wasted = one.copies.iter().skip(1).map(|(_, bytes)| *bytes).sum();
    }
    all.retain(|one| 1 < one.copies.len());
    all.arrange_by(|a, b| b.wasted.cmp(&a.wasted));
    Some(all)
}

/// What a source is told by in every bundle: its path from the last `node_modules` on. `None`: the bundler's own.
pub fn key(name: &str) -> Option<&str> {
    if ["webpack/bootstrap", "(webpack)/buildin", "external "].iter().any(|own| name.contains(own)) {
        return None;
    }
    let name = name.strip_suffix('?').unwrap_or(name);
    Some(name.rfind("node_modules").and_then(|at| name.get(at..)).unwrap_or(name))
}
