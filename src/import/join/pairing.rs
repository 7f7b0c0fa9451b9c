//! Which request of a HAR is which request of a trace, what lies between their clocks, and whether they are of one load.

use crate::http::url::{self, Url};
use crate::import::join::problems::{self, Kind};
use crate::order::Arrange;
use crate::recording::{Recording, Request, RequestId, Source};
use crate::units::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// Part of the requests of the smaller recording that has to be in both.
const SAME_PAGE: f64 = 0.5;
/// A request that is in one recording more often than in the other is the one that is nearest in time, if it is this
/// near. Both clocks count from the same instants; a HAR's date may be that of an earlier step (queueing).
const NEAR: Millis = Millis(1_000.0);
/// A redirect of which the trace does not tell the whole address is the one that began at this distance at most.
const SAME_HOP: Millis = Millis(20.0);
/// Both recordings have the waiting times from the same stopwatch of the browser. They are the same up to rounding.
const SAME_WAIT: Millis = Millis(0.15);
/// Part of the waiting times that has to agree. Between two loads of a page one in ten agrees by chance.
const SAME_WAITS: f64 = 0.6;
/// Waiting times that are enough to tell by themselves, whatever the clocks say.
const ENOUGH_WAITS: usize = 3;
/// Wall clocks of a recording may differ by this: a trace's date is that of the command to record, a moment before.
const SAME_TIME: Millis = Millis(3_000.0);

/// How a HAR and a trace belong together.
pub struct Pairing {
    /// For each request of the HAR that of the trace.
    pub trace_of_har: Vec<Option<RequestId>>,
    /// How many are in both.
    pub n_matched: usize,
    /// What has to be added to the HAR's offsets to get the trace's.
    pub offset: Millis,
    /// The median of the differences from it.
    pub spread: Millis,
}

/// Pairs them, or tells why they are not of one load.
pub fn pair(har: &Recording, trace: &Recording) -> Result<Pairing, &'static Kind> {
    let (of_har, n_har) = by_address(har);
    let (of_trace, n_trace) = by_address(trace);
    if n_har == 0 || n_trace == 0 {
        return Err(&problems::NO_REQUESTS);
    }
    let offset = first_offset(&of_har, &of_trace).ok_or(&problems::OTHER_PAGE)?;
    let mut trace_of_har = vec![None; har.requests.len()];
    let mut pairs = Vec::new();
    for (address, own) in &of_har {
        let Some(theirs) = of_trace.get(address) else { continue };
        for (har_id, trace_id, difference) in nearest(own, theirs, offset) {
            if let Some(place) = trace_of_har.get_mut(har_id.0 as usize) {
                *place = Some(trace_id);
            }
            pairs.push((har_id, trace_id, difference));
        }
    }
    pair_hops(har, trace, offset, &mut trace_of_har, &mut pairs);
    if (pairs.len() as f64) < SAME_PAGE * n_har.min(n_trace) as f64 || pairs.is_empty() {
        return Err(&problems::OTHER_PAGE);
    }
    let offset = median(pairs.iter().map(|(.., difference)| *difference).collect()).unwrap_or(offset);
    let spread = median(pairs.iter().map(|(.., difference)| Millis((*difference - offset).0.abs())).collect());
    let ids = pairs.iter().map(|(har_id, trace_id, _)| (*har_id, *trace_id));
    is_one_load(har, trace, ids, offset)?;
    Ok(Pairing { trace_of_har, n_matched: pairs.len(), offset, spread: spread.unwrap_or_default() })
}

/// Requests with a start, in its order, by method and address.
type ByAddress = BTreeMap<(String, String), Vec<(Millis, RequestId)>>;

/// The requests that both kinds of recordings hold, and their number.
fn by_address(recording: &Recording) -> (ByAddress, usize) {
    let mut all = ByAddress::new();
    let mut n = 0;
    for request in recording.all_requests() {
        let address = request.url_text().expose();
        let is_network = Url::parse(address).is_some_and(|url| url.is_network()) && !request.from_service_worker();
        let (Some(start), true) = (request.start(), is_network && request.source() != Some(Source::Inline)) else {
            continue;
        };
        n += 1;
        let key = (request.method_text().expose().to_owned(), url::canonical(address));
        all.entry(key).or_default().push((start, request.id()));
    }
    (all, n)
}

/// The median over what is in both equally often; over the first of each address if nothing is.
fn first_offset(of_har: &ByAddress, of_trace: &ByAddress) -> Option<Millis> {
    let (mut equal, mut first) = (Vec::new(), Vec::new());
    for (address, own) in of_har {
        let Some(theirs) = of_trace.get(address) else { continue };
        let differences = own.iter().zip(theirs).map(|((har, _), (trace, _))| *trace - *har);
        match own.len() == theirs.len() {
            true => equal.extend(differences),
            false => first.extend(differences.take(1)),
        }
    }
    median(equal).or_else(|| median(first))
}

/// Pairs the requests for one address, both in the order of time, with the difference of their starts.
fn nearest(
    har: &[(Millis, RequestId)],
    trace: &[(Millis, RequestId)],
    offset: Millis,
) -> Vec<(RequestId, RequestId, Millis)> {
    let mut found = Vec::new();
    let (mut at_har, mut at_trace) = (0, 0);
    while let (Some((har_start, har_id)), Some((trace_start, trace_id))) = (har.get(at_har), trace.get(at_trace)) {
        let difference = *trace_start - *har_start;
        let apart = difference - offset;
        let is_near = apart.0.abs() <= NEAR.0;
        // A later one of the longer list may be nearer.
        let next_apart = |next: Option<&(Millis, RequestId)>, is_har: bool| {
            next.map(|(start, _)| if is_har { *trace_start - *start - offset } else { *start - *har_start - offset })
        };
        let (rest_har, rest_trace) = (har.len() - at_har, trace.len() - at_trace);
        let is_nearer = |next: Option<Millis>| next.is_some_and(|next| next.0.abs() < apart.0.abs());
        if rest_trace < rest_har && is_nearer(next_apart(har.get(at_har + 1), true)) {
            at_har += 1;
        } else if rest_har < rest_trace && is_nearer(next_apart(trace.get(at_trace + 1), false)) {
            at_trace += 1;
        } else if is_near {
            found.push((*har_id, *trace_id, difference));
            (at_har, at_trace) = (at_har + 1, at_trace + 1);
        } else if apart < Millis::ZERO {
            at_trace += 1;
        } else {
            at_har += 1;
        }
    }
    found
}

/// Of redirects to a document a trace knows the origin only: they are paired by that and by time.
fn pair_hops(
    har: &Recording,
    trace: &Recording,
    offset: Millis,
    trace_of_har: &mut [Option<RequestId>],
    pairs: &mut Vec<(RequestId, RequestId, Millis)>,
) {
    let is_paired: BTreeSet<RequestId> = trace_of_har.iter().flatten().copied().collect();
    let origin = |request: Request<'_>| Url::parse(request.url_text().expose()).map(|url| url.origin());
    let mut hops: Vec<(Millis, RequestId)> = trace
        .all_requests()
        .filter(|request| trace.timeline.request(request.id()).is_some_and(|traced| traced.is_redirect_hop))
        .filter(|request| !is_paired.contains(&request.id()))
        .filter_map(|request| Some((request.start()?, request.id())))
        .collect();
    hops.arrange_by(|a, b| a.0.total_cmp(&b.0));
    let mut at = 0;
    for request in har.all_requests() {
        let is_redirect = request.status().is_some_and(|status| (300..400).contains(&status));
        let place = trace_of_har.get_mut(request.id().0 as usize).filter(|place| place.is_none());
        let (Some(start), Some(place), true) = (request.start(), place, is_redirect) else { continue };
        while let Some((hop_start, hop)) = hops.get(at) {
            let difference = *hop_start - start;
            if difference - offset < Millis(-SAME_HOP.0) {
                at += 1; // it began before this one, and those that follow begin later still
                continue;
            }
            if difference - offset <= SAME_HOP && origin(request) == origin(trace.request(*hop)) {
                *place = Some(*hop);
                pairs.push((request.id(), *hop, difference));
                at += 1;
            }
            break;
        }
    }
}

/// Whether the pairs are of one load: the same waiting times to a tenth of a millisecond; where there are few of them
/// also the same wall clock.
fn is_one_load(
    har: &Recording,
    trace: &Recording,
    pairs: impl Iterator<Item = (RequestId, RequestId)>,
    offset: Millis,
) -> Result<(), &'static Kind> {
    let (mut n_same, mut n_waits) = (0_usize, 0_usize);
    for (har_id, trace_id) in pairs {
        if let Some(is_same) = waited_as_long(har.request(har_id), trace, trace_id) {
            n_waits += 1;
            n_same += usize::from(is_same);
        }
    }
    let apart = match (har.origin, trace.origin) {
        (Some(har), Some(trace)) => Some(Millis((har.0 - offset.0 - trace.0).abs())),
        _ => None,
    };
    let waits_agree = SAME_WAITS * n_waits as f64 <= n_same as f64;
    match (n_waits, apart) {
        // A proxy has a stopwatch of its own.
        (_, Some(apart)) if har.provenance.proxy && apart <= SAME_TIME => Ok(()),
        (ENOUGH_WAITS.., _) if waits_agree => Ok(()),
        (1.., Some(apart)) if SAME_TIME < apart => Err(&problems::OTHER_TIME),
        (1.., _) if waits_agree => Ok(()),
        (1.., _) => Err(&problems::OTHER_LOAD),
        (0, Some(apart)) if apart <= SAME_TIME => Ok(()),
        (0, Some(_)) => Err(&problems::OTHER_TIME),
        (0, None) => Err(&problems::NO_PROOF),
    }
}

/// Whether both waited equally long for the answer; `None`: one of them does not tell.
fn waited_as_long(har: Request<'_>, trace: &Recording, id: RequestId) -> Option<bool> {
    let wait = har.phases().wait.filter(|wait| Millis::ZERO < *wait)?;
    let traced = trace.timeline.request(id).filter(|traced| traced.has_timing)?;
    // Most HARs count until the headers' end, others until the first byte; Playwright's from the sending's start.
    let known = [traced.waiting, traced.server_response, traced.send + traced.waiting];
    Some(known.iter().any(|known| (*known - wait).0.abs() <= SAME_WAIT.0))
}

fn median(mut all: Vec<Millis>) -> Option<Millis> {
    all.arrange_by(Millis::total_cmp);
    all.get(all.len() / 2).copied()
}
