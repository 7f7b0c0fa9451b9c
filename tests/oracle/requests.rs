//! Requests: what each is, and its times.

use super::Tally;
use serde_json::Value;
use std::collections::BTreeMap;
use weir::recording::{
    FetchPriority, Priority, Protocol, Recording, RenderBlocking, RequestId, ResourceKind, TracedRequest,
};

/// Compares their facts and times.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) {
    let theirs = oracle["requests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let timeline = &recording.timeline;
    let ours: BTreeMap<&str, RequestId> = recording
        .all_requests()
        .filter_map(|request| {
            let traced = timeline.request(request.id())?;
            let id = traced.recorded_id.filter(|_| !traced.is_redirect_hop)?;
            Some((recording.text(id).expose(), request.id()))
        })
        .collect();
    tally.check("requests", name, "count", ours.len() == theirs.len(), format!("{}, not {}", ours.len(), theirs.len()));
    for theirs in theirs {
        let Some(id) = theirs["id"].as_str().and_then(|id| ours.get(id)) else {
            tally.check("requests", name, "request", false, format!("{} is missing", theirs["id"]));
            continue;
        };
        let (request, traced) = (recording.request(*id), timeline.request(*id).expect("as long as the table"));
        let what = |field: &str| format!("{field} of {}", theirs["id"]);
        let text = |id: Option<weir::text::StrId>| id.map(|id| recording.text(id).expose());
        let url = theirs["url"].as_str().map_or(Value::Null, |url| url.split('#').next().unwrap_or_default().into());
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        tally.text("request facts", name, &what("url"), Some(request.url_text().expose()), &url);
        let is_data = text(traced.fetch_type).is_some_and(|word| ["fetch", "xmlhttprequest", "beacon"].contains(&word));
        let kind = match request.recorded_kind() {
            // The engine calls data "other" here; Weir and the engine's own simulation look at how scripts asked.
            Some(_) if is_data && theirs["resource_type"] == "Other" => "Other",
            kind => kind.map_or("Other", kind_word),
        };
        tally.text("request facts", name, &what("kind"), Some(kind), &theirs["resource_type"]);
        let level = |priority: Option<Priority>| priority.map(|priority| format!("{priority:?}"));
        tally.text(
            "request facts",
            name,
            &what("priority"),
            level(request.priority()).as_deref(),
            &theirs["priority_final"],
        );
        tally.text(
            "request facts",
            name,
            &what("initial"),
            level(request.initial_priority()).as_deref(),
            &theirs["priority_initial"],
        );
        let blocking = word(&theirs["render_blocking"]);
        let blocking = if blocking == "dynamically_injected_non_blocking" { "non_blocking" } else { &blocking };
        let ours = request.render_blocking().map_or("non_blocking", blocking_word);
        tally.text("request facts", name, &what("render blocking"), Some(ours), &blocking.into());
        let hint = match traced.fetch_priority {
            FetchPriority::Auto => "auto",
            FetchPriority::High => "high",
            FetchPriority::Low => "low",
        };
        tally.text("request facts", name, &what("fetch priority"), Some(hint), &theirs["fetch_priority_hint"]);
        let status = f64::from(request.status().unwrap_or_default());
        tally.number("request facts", name, &what("status"), Some(status), &theirs["status"], 0.0);
        let protocol = match word(&theirs["protocol"]).as_str() {
            "h2" => Some(Protocol::H2),
            "h3" | "quic" => Some(Protocol::H3),
            "http/1.1" => Some(Protocol::Http11),
            "http/1.0" => Some(Protocol::Http10),
            _ => None,
        };
        tally.check(
            "request facts",
            name,
            &what("protocol"),
            request.protocol() == protocol,
            format!("{:?}", request.protocol()),
        );
        for (field, ours) in [
            ("from_disk_cache", traced.from_disk_cache),
            ("from_memory_cache", traced.from_memory_cache),
            ("from_service_worker", request.via_service_worker()),
            ("is_link_preload", request.preloaded()),
            ("finished", traced.is_finished),
            ("has_timing", traced.has_timing),
        ] {
            let is_equal = theirs[field].as_bool().unwrap_or_default() == ours;
            tally.check("request facts", name, &what(field), is_equal, format!("{ours}"));
        }
        let bytes = |bytes: Option<weir::units::Bytes>| Some(bytes.unwrap_or_default().0 as f64);
        tally.number(
            "request facts",
            name,
            &what("encoded"),
            bytes(request.transfer_bytes()),
            &theirs["encoded_bytes"],
            0.0,
        );
        tally.number(
            "request facts",
            name,
            &what("decoded"),
            bytes(request.decoded_bytes()),
            &theirs["decoded_bytes"],
            0.0,
        );
        let n_headers = request.response_headers().len() as f64;
        tally.number(
            "request facts",
            name,
            &what("headers"),
            Some(n_headers),
            &Value::from(theirs["response_header_count"].as_f64().unwrap_or_default()),
            0.0,
        );
        tally.text(
            "request facts",
            name,
            &what("connection"),
            text(request.connection()),
            &theirs["connection_id"].as_i64().filter(|id| *id != 0).map_or(Value::Null, |id| id.to_string().into()),
        );
        let initiator = theirs["initiator_url"]
            .as_str()
            .filter(|url| !url.is_empty())
            .or(theirs["stack_top_url"].as_str().filter(|url| !url.is_empty()));
        let initiator = initiator.map_or(Value::Null, |url| url.split('#').next().unwrap_or_default().into());
        tally.text("request facts", name, &what("initiator"), text(request.initiator_url()), &initiator);
        let hops = theirs["redirects"].as_array().map_or(0, Vec::len);
        let own = recording.all_requests().filter(|other| {
            timeline
                .request(other.id())
                .is_some_and(|other| other.is_redirect_hop && other.recorded_id == traced.recorded_id)
        });
        tally.number("request facts", name, &what("redirects"), Some(own.count() as f64), &hops.into(), 0.0);
        times(tally, name, traced, theirs);
    }
}

fn times(tally: &mut Tally, name: &str, traced: &TracedRequest, theirs: &Value) {
    let what = |field: &str| format!("{field} of {}", theirs["id"]);
    for (field, ours) in [
        ("start_ms", Some(traced.start)),
        ("end_ms", Some(traced.end)),
        ("finish_ms", Some(traced.network_end)),
        ("redirect_ms", Some(traced.last_start - traced.start)),
        ("queueing_ms", Some(traced.queueing)),
        ("stalled_ms", Some(traced.stalled)),
        ("dns_ms", Some(traced.dns)),
        ("connect_ms", Some(traced.connect)),
        ("tls_ms", Some(traced.tls)),
        ("proxy_ms", Some(traced.proxy)),
        ("send_ms", Some(traced.send)),
        ("waiting_ms", Some(traced.waiting)),
        ("server_response_ms", Some(traced.server_response)),
        ("download_ms", Some(traced.download)),
    ] {
        tally.millis("request times", name, &what(field), ours, &theirs[field]);
    }
    if traced.has_timing {
        tally.millis("request times", name, &what("network start"), traced.network_start, &theirs["network_start_ms"]);
        // The engine has none where only the end of the headers is recorded.
        if theirs["first_byte_ms"].is_number() {
            tally.millis("request times", name, &what("first byte"), traced.first_byte, &theirs["first_byte_ms"]);
        }
    }
}

fn kind_word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Document => "Document",
        ResourceKind::Stylesheet => "Stylesheet",
        ResourceKind::Script => "Script",
        ResourceKind::Font => "Font",
        ResourceKind::Image => "Image",
        ResourceKind::Media => "Media",
        ResourceKind::Xhr => "XHR",
        ResourceKind::Fetch => "Fetch",
        ResourceKind::EventSource => "EventSource",
        ResourceKind::WebSocket => "WebSocket",
        ResourceKind::Manifest => "Manifest",
        ResourceKind::Ping => "Ping",
        ResourceKind::Preflight => "Preflight",
        ResourceKind::Other => "Other",
    }
}

fn blocking_word(blocking: RenderBlocking) -> &'static str {
    match blocking {
        RenderBlocking::Blocking => "blocking",
        RenderBlocking::InBodyParserBlocking => "in_body_parser_blocking",
        RenderBlocking::PotentiallyBlocking => "potentially_blocking",
        RenderBlocking::NonBlocking => "non_blocking",
    }
}
