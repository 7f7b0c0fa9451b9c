//! What CDNs delivered for a load, as the report tells it, and in a line for people.

use crate::http::cdn::{Cdn, EdgeStatus};
use crate::page_load::PageLoad;
use crate::page_load::delivery::{self, Delivery};
use crate::redact::Clean;
use crate::report::format::{self, stored};
use crate::report::names::Names;
use crate::report::schema::{DeliveryReport, LayerReport, LoadReport, StatusCount};
use crate::text::Untrusted;
use crate::units::{Bytes, Millis, Ratio};

/// Of a load, host by host.
pub fn of_load(names: &Names, load: &PageLoad<'_>) -> Vec<DeliveryReport> {
    delivery::all(load).iter().map(|delivery| of_host(names, load, delivery)).collect()
}

fn of_host(names: &Names, load: &PageLoad<'_>, delivery: &Delivery) -> DeliveryReport {
    let statuses = EdgeStatus::ALL.iter().zip(delivery.by_status).filter(|(_, requests)| 0 < *requests);
    DeliveryReport {
        host: names.host(load, delivery.request),
        vendor: delivery.vendor.map(|vendor| Clean::from(vendor.name())),
        requests: delivery.all.n,
        bytes: names.size(delivery.all.bytes),
        told: delivery.told.n,
        told_bytes: names.size(delivery.told.bytes),
        hits: delivery.hits.n,
        hit_bytes: names.size(delivery.hits.bytes),
        cacheable: delivery.could.n,
        cacheable_hits: delivery.could_hits.n,
        statuses: statuses
            .map(|(status, requests)| StatusCount { status: Clean::from(status.word()), requests })
            .collect(),
        network_ms: stored(delivery.line),
        edge_ms: stored(delivery.edge),
        origin_ms: stored(delivery.origin),
        unknown_ms: stored(delivery.untold),
    }
}

/// The layers behind the one nearest to the visitor, nearest first.
pub fn behind(names: &Names, cdn: &Cdn<'_>) -> Vec<LayerReport> {
    let place = |pop: Option<&str>| pop.and_then(|pop| names.place(Untrusted::new(pop)));
    let word = |status: Option<EdgeStatus>| status.map(|status| Clean::from(status.word()));
    let mut layers = Vec::new();
    for (at, layer) in cdn.layers.iter().enumerate() {
        let vendor = Clean::from(layer.vendor.name());
        if 0 < at {
            layers.push(LayerReport { vendor: vendor.clone(), status: word(layer.status), pop: place(layer.pop) });
        }
        if let Some(shield) = layer.shield {
            layers.push(LayerReport { vendor, status: word(shield.status), pop: place(shield.pop) });
        }
    }
    layers
}

/// Hosts told in the reports for people; the JSON has all.
const MOST_HOSTS: usize = 8;

/// The heading above [`lines`].
pub const HEADING: &str = "What CDNs and caches delivered";

/// One line a host: "cdn.example (cloudflare): 12 of 15 answers from its cache (80%), 1.2 MB of 1.5 MB; waiting …".
pub fn lines(load: &LoadReport) -> Vec<Clean> {
    let counts = |host: &&DeliveryReport| FEWEST <= host.requests || host.host == own(load);
    load.cdn.iter().filter(counts).take(MOST_HOSTS).map(line).collect()
}

/// Answers of a host that make a line worth reading.
const FEWEST: u64 = 3;

/// The host of the page's document.
fn own(load: &LoadReport) -> Option<Clean> {
    let document = load.requests.iter().find(|request| Some(&request.url) == load.url.as_ref());
    document.and_then(|request| request.host.clone())
}

fn line(host: &DeliveryReport) -> Clean {
    let text = Clean::from;
    let size = |bytes: u64| format::plain_size(Bytes(bytes));
    let mut parts = vec![host.host.clone().unwrap_or(text("an unknown host"))];
    parts.push(text(" through "));
    parts.push(host.vendor.clone().unwrap_or(text("somebody's cache")));
    parts.push(text(": "));
    if host.told == 0 {
        parts.push(format::counted(host.requests, "answer", "answers"));
        parts.push(text(", which do not tell whether its cache had them"));
    } else {
        parts.push(format::grouped(host.hits));
        parts.push(text(" of "));
        parts.push(format::counted(host.told, "answer", "answers"));
        parts.push(text(" from its cache ("));
        parts.push(format::percent(Ratio(host.hits as f64 / host.told as f64)));
        parts.push(text("), "));
        parts.push(size(host.hit_bytes));
        parts.push(text(" of "));
        parts.push(size(host.told_bytes));
    }
    parts.push(text("; waiting added up: "));
    let times = [
        (host.edge_ms, " at the edge"),
        (host.origin_ms, " behind it"),
        (host.network_ms, " on the way"),
        (host.unknown_ms, " nobody tells where"),
    ];
    let mut is_first = true;
    for (ms, place) in times.into_iter().filter(|(ms, _)| 0.5 <= *ms) {
        if !is_first {
            parts.push(text(", "));
        }
        is_first = false;
        parts.push(format::exact_time(Millis(ms)));
        parts.push(text(place));
    }
    if is_first {
        parts.push(text("none"));
    }
    Clean::concat(&parts)
}
