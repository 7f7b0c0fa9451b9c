//! What Chrome's engine says of documents, caching, HTTP versions, preconnects, third parties' bytes and scripts' contents.

use super::Tally;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use weir::page_load::{Lifetime, PageLoad, parties, script_texts};
use weir::recording::{Recording, RequestId};
use weir::rules::{self, Finding, Outcome};

/// The engine's limit for a document's server response (`SERVER_RESPONSE_TIME_THRESHOLD`), in ms.
const ENGINE_SLOW: f64 = 600.0;

/// Compares all loads.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) {
    let loads = PageLoad::all(recording);
    for theirs in list(&oracle["navigations"]) {
        let Some(id) = theirs["navigation_id"].as_str() else { continue };
        let own_id = |load: &PageLoad<'_>| load.navigation()?.recorded_id.map(|id| recording.text(id).expose());
        if let Some(load) = loads.iter().find(|load| own_id(load) == Some(id)) {
            document(tally, name, load, &theirs["document_latency"]);
            caching(tally, name, load, &theirs["cache"]);
            old_http(tally, name, load, &theirs["modern_http"]);
            preconnects(tally, name, load, &theirs["network_dependency_tree"]);
            chains(tally, name, load, &theirs["network_dependency_tree"]);
            third_parties(tally, name, load, &theirs["third_parties"]);
            duplicates(tally, name, load, &theirs["duplicated_javascript"]);
            legacy(tally, name, load, &theirs["legacy_javascript"]);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What a rule found in a load.
fn found(load: &PageLoad<'_>, id: &str) -> Vec<Finding> {
    let rule = rules::all().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id}"));
    match rules::run(rule, load) {
        Outcome::Found(found) => found,
        _ => Vec::new(),
    }
}

/// Requests that a rule's findings name.
fn named(load: &PageLoad<'_>, id: &str) -> BTreeSet<RequestId> {
    let evidence = found(load, id).into_iter().flat_map(|finding| finding.evidence);
    evidence.filter_map(|evidence| evidence.request).collect()
}

/// Chrome's id of a request.
fn recorded<'a>(load: &PageLoad<'a>, id: RequestId) -> Option<&'a str> {
    load.recording.timeline.request(id)?.recorded_id.map(|id| load.recording.text(id).expose())
}

fn document(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: document";
    let Some(id) = load.navigation().and_then(|navigation| navigation.document) else { return };
    let (Some(traced), true) = (load.recording.timeline.request(id), theirs.is_object()) else { return };
    let response = traced.server_response.0.round();
    tally.number(KIND, name, "server response", Some(response), &theirs["server_response_ms"], 0.0);
    let fast = Some(response <= ENGINE_SLOW);
    tally.check(KIND, name, "fast", fast == theirs["server_response_fast"].as_bool(), format!("{fast:?}"));
    let redirect = (traced.last_start - traced.start).0.round();
    tally.number(KIND, name, "redirects", Some(redirect), &theirs["redirect_ms"], 0.0);
    tally.number(KIND, name, "redirects", Some(load.document.redirects.len() as f64), &theirs["redirects"], 0.0);
    let told = !found(load, "redirect-before-document").is_empty();
    tally.check(KIND, name, "redirect rule", theirs["no_redirects"].as_bool() == Some(!told), format!("{told}"));
    let slow = !found(load, "slow-server-response").is_empty();
    // Weir warns from 300 ms on, so it may say more but not less.
    tally.check(KIND, name, "server rule", slow || fast == Some(true), format!("{slow}"));
    let uncompressed = named(load, "uncompressed-text").contains(&id);
    tally.check(
        KIND,
        name,
        "compression",
        theirs["compressed"].as_bool() == Some(!uncompressed),
        format!("{uncompressed}"),
    );
}

/// Rules that tell of files which cannot stay in a cache for long.
const CACHING: [&str; 6] = [
    "missing-cache-lifetime",
    "zero-cache-lifetime",
    "short-cache-lifetime",
    "unstorable-static-file",
    "stale-on-arrival",
    "invalid-cache-header",
];

fn caching(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: cache";
    let named: BTreeSet<RequestId> = CACHING.iter().flat_map(|rule| named(load, rule)).collect();
    let named: BTreeMap<&str, RequestId> = named.into_iter().filter_map(|id| Some((recorded(load, id)?, id))).collect();
    for theirs in list(theirs) {
        let id = theirs["id"].as_str().unwrap_or_default();
        let url = theirs["url"].as_str().unwrap_or_default();
        tally.check(KIND, name, url, named.contains_key(id), format!("{theirs} is not told"));
        let request = load.requests.iter().copied().find(|request| {
            let hop = load.recording.timeline.request(*request).is_some_and(|traced| traced.is_redirect_hop);
            recorded(load, *request) == Some(id) && !hop
        });
        let lifetime = request.and_then(|request| load.caching_of(request)?.lifetime);
        let seconds = match lifetime {
            Some(Lifetime::Explicit(seconds)) => Some(seconds.0 as f64),
            // The engine takes all else for zero: what a browser may guess, what it must ask for.
            Some(_) => Some(0.0),
            None => None,
        };
        tally.number("insight: cache lifetime", name, url, seconds, &theirs["ttl_s"], 0.0);
    }
}

fn old_http(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: modern HTTP";
    // Weir tells it by host, which is one line of evidence; the engine lists the files.
    let host = |url: &str| url.split('/').nth(2).unwrap_or_default().to_owned();
    let theirs: BTreeSet<String> = list(theirs).iter().filter_map(|theirs| theirs["url"].as_str()).map(host).collect();
    let ours = named(load, "legacy-http-version");
    let ours: BTreeSet<String> = ours.into_iter().map(|id| host(load.request(id).url_text().expose())).collect();
    for host in theirs.union(&ours) {
        let is_both = theirs.contains(host) == ours.contains(host);
        tally.check(KIND, name, host, is_both, format!("{theirs:?}, we {ours:?}"));
    }
    tally.check(KIND, name, "found", theirs.is_empty() == ours.is_empty(), format!("{ours:?}"));
}

fn preconnects(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: preconnect";
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let window = load.window();
    let own = load.recording.timeline.facts.preconnects.iter();
    let own = own.filter(|one| window.start <= one.at && one.at <= window.end);
    let ours: BTreeSet<String> = own.map(|one| origin(load.recording.text(one.url).expose())).collect();
    let listed = list(&theirs["preconnected_origins"]);
    let in_page = listed.iter().filter(|theirs| theirs["source"] == "DOM");
    let of_page: BTreeSet<String> = in_page.filter_map(|theirs| theirs["url"].as_str()).map(origin).collect();
    tally.check(KIND, name, "hints", ours == of_page, format!("{ours:?}, not {of_page:?}"));
    let candidates = list(&theirs["preconnect_candidates"]);
    let candidates: BTreeSet<String> =
        candidates.iter().filter_map(|theirs| theirs["origin"].as_str()).map(origin).collect();
    let ours = named(load, "missing-preconnect");
    let ours: BTreeSet<String> = ours.into_iter().map(|id| origin(load.request(id).url_text().expose())).collect();
    for candidate in candidates.union(&ours) {
        let is_both = candidates.contains(candidate) == ours.contains(candidate);
        tally.check(KIND, name, candidate, is_both, format!("{candidates:?}, we {ours:?}"));
    }
}

/// Each link of the engine's longest chain waited for the one before it by Weir's chains as well.
fn chains(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: dependency tree";
    let chains = weir::page_load::chains::Chains::of(load);
    let longest = list(&theirs["longest_chain"]);
    let id_of = |theirs: &Value| {
        let same = |id: &&RequestId| {
            let hop = load.recording.timeline.request(**id).is_some_and(|traced| traced.is_redirect_hop);
            recorded(load, **id) == theirs["id"].as_str() && !hop
        };
        load.requests.iter().find(same).copied()
    };
    for pair in longest.windows(2) {
        let [before, after] = pair else { continue };
        // The engine repeats the document for each redirect before it.
        if before["id"] == after["id"] {
            continue;
        }
        let url = after["url"].as_str().unwrap_or_default();
        let (Some(before), Some(after)) = (id_of(before), id_of(after)) else {
            tally.check(KIND, name, url, false, "is missing".to_owned());
            continue;
        };
        let mut at = after;
        let mut waited = false;
        while let Some(parent) = chains.parent(at) {
            waited |= parent == before;
            at = parent;
        }
        tally.check(KIND, name, url, waited, format!("waited for {:?}", chains.parent(after)));
    }
}

fn third_parties(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "third parties' bytes";
    let sent = parties::sent(load);
    for theirs in list(&theirs["entities"]) {
        let what = theirs["entity"].as_str().unwrap_or_default();
        let ours = sent.iter().find(|(key, _)| key == what).map_or(0, |(_, bytes)| bytes.0);
        tally.number(KIND, name, &format!("bytes of {what}"), Some(ours as f64), &theirs["transfer_bytes"], 0.0);
    }
}

fn duplicates(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: duplicated JavaScript";
    let mut ours = script_texts::duplicates(load).unwrap_or_default();
    for theirs in list(theirs) {
        let source = theirs["source"].as_str();
        let at = ours.iter().position(|one| script_texts::key(load.recording.text(one.name).expose()) == source);
        let one = at.map(|at| ours.remove(at));
        let what = source.unwrap_or_default();
        tally.number(KIND, name, what, one.as_ref().map(|one| one.copies.len() as f64), &theirs["copies"], 0.0);
        tally.number(KIND, name, what, one.map(|one| one.wasted.0 as f64), &theirs["duplicate_bytes"], 0.0);
    }
    let others: Vec<_> = ours.iter().map(|one| load.recording.text(one.name).expose()).collect();
    tally.check(KIND, name, "others", others.is_empty(), format!("{others:?}"));
}

/// The bytes are not compared: the engine has a table of the size of each of core-js's modules, Weir a rule of thumb.
fn legacy(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: legacy JavaScript";
    let seen = script_texts::of(load).unwrap_or_default();
    let told = named(load, "legacy-javascript");
    for theirs in list(theirs) {
        let is_it = |one: &&script_texts::SeenScript<'_>| {
            Some(load.request(one.request).url_text().expose()) == theirs["url"].as_str()
        };
        let one = seen.iter().find(is_it);
        let mut ours: Vec<String> = Vec::new();
        if let Some(one) = one {
            ours.extend(one.legacy.transforms().map(|name| format!("@babel/plugin-transform-{name}")));
            ours.extend(one.legacy.polyfills().map(|(object, member)| format!("{object}.{member}")));
        }
        ours.sort();
        let matches: Vec<&str> = list(&theirs["matches"]).iter().filter_map(Value::as_str).collect();
        tally.check(KIND, name, "matches", ours == matches, format!("{ours:?}, not {matches:?}"));
        let is_told = one.is_some_and(|one| told.contains(&one.request));
        tally.check(KIND, name, "told", is_told, theirs.to_string());
    }
    let known: BTreeSet<&str> = list(theirs).iter().filter_map(|theirs| theirs["url"].as_str()).collect();
    let others: Vec<_> = told.iter().map(|id| load.request(*id).url_text().expose()).collect();
    tally.check(KIND, name, "others", others.iter().all(|url| known.contains(url)), format!("{others:?}"));
}
