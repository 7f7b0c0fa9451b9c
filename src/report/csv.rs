//! The requests as CSV (RFC 4180), one line each, for spreadsheets.

use crate::report::cache_rows;
use crate::report::escape;
use crate::report::schema::{Report, RequestReport};

const COLUMNS: [&str; 45] = [
    "load",
    "request",
    "url",
    "method",
    "status",
    "protocol",
    "mime_type",
    "resource_type",
    "priority",
    "render_blocking",
    "start_ms",
    "end_ms",
    "queued_ms",
    "dns_ms",
    "connect_ms",
    "tls_ms",
    "send_ms",
    "wait_ms",
    "receive_ms",
    "transfer_bytes",
    "body_bytes",
    "decoded_bytes",
    "source",
    "completion",
    "error",
    "initiator",
    "initiator_request",
    "party",
    "entity",
    "connection",
    "server_ip",
    "cache_lifetime_s",
    "cdn",
    "cdn_status",
    "cdn_pop",
    "cache_verdict",
    "cache_answered",
    "cache_age_s",
    "validator",
    "kept_by",
    "after_1_hour",
    "after_1_day",
    "after_1_week",
    "cache_why",
    "cdn_why",
];

/// Renders the requests of all loads.
pub fn render(report: &Report) -> String {
    let mut csv = COLUMNS.join(",");
    csv.push_str("\r\n");
    for (at, load) in report.loads.iter().enumerate() {
        for request in &load.requests {
            csv.push_str(&fields(at, request).join(","));
            csv.push_str("\r\n");
        }
    }
    csv
}

fn fields(load: usize, request: &RequestReport) -> [String; COLUMNS.len()] {
    let ms = |ms: Option<f64>| ms.map(|ms| ms.to_string()).unwrap_or_default();
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let text = |text: &str| escape::csv(text);
    let clean = |clean: &Option<crate::redact::Clean>| clean.as_ref().map(|c| text(c.as_str())).unwrap_or_default();
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    let row = cache_rows::row(request);
    let own = |word: Option<&str>| word.map(escape::csv).unwrap_or_default();
    let [hour, day, week] = row.visits;
    [
        load.to_string(),
        request.id.to_string(),
        text(request.url.as_str()),
        text(request.method.as_str()),
        number(request.status.map(u64::from)),
        word(request.protocol.map(|protocol| protocol.word())),
        clean(&request.mime_type),
        word(Some(request.resource_type.word())),
        word(request.priority.map(|priority| priority.word())),
        word(request.render_blocking.map(|blocking| blocking.word())),
        ms(request.start),
        ms(request.end),
        ms(request.phases.queued),
        ms(request.phases.dns),
        ms(request.phases.connect),
        ms(request.phases.tls),
        ms(request.phases.send),
        ms(request.phases.wait),
        ms(request.phases.receive),
        number(request.transfer_bytes),
        number(request.body_bytes),
        number(request.decoded_bytes),
        word(request.source.map(|source| source.word())),
        text(request.completion.as_str()),
        clean(&request.error),
        word(request.initiator.and_then(|initiator| initiator.kind).map(|kind| kind.word())),
        number(request.initiator.and_then(|initiator| initiator.request)),
        word(Some(request.party.word())),
        clean(&request.entity),
        number(request.connection),
        clean(&request.server_ip),
        number(row.lifetime_s),
        own(row.cdn),
        own(row.cdn_status),
        own(row.pop),
        own(row.verdict),
        own(row.answered),
        ms(row.age_s),
        own(Some(row.validator)),
        own(row.kept_by),
        own(hour),
        own(day),
        own(week),
        own(row.why),
        own(row.cdn_why),
    ]
}
