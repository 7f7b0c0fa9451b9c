//! The answer to one line of `weir cache`, as JSON in one line. Written key by key: the shape is fixed, and building a
//! tree of it first would take longer than all of the judging.

use std::io::Write;

use crate::cli::cache::question::{Reply, Unreadable};
use crate::http::browsers::{Lifetime, Reuse, Verdict, Verdicts};
use crate::http::cdn::EdgeStatus;
use crate::http::judgment::{Judgment, Use};

/// Appends the answer.
pub fn write(reply: &Reply<'_>, out: &mut Vec<u8>) {
    let judgment = &reply.judgment;
    out.extend_from_slice(b"{\"private\":");
    cache(&judgment.private, out);
    out.extend_from_slice(b",\"shared\":");
    cache(&judgment.shared, out);
    out.extend_from_slice(b",\"cdn\":");
    cdn(judgment, out);
    out.extend_from_slice(b",\"browsers\":");
    browsers(&judgment.browsers, out);
    key(b"vary_matches", out);
    match reply.vary_matches {
        Some(matches) => boolean(matches, out),
        None => null(out),
    }
    key(b"updated", out);
    match reply.updated {
        Some(lines) => headers(lines, out),
        None => null(out),
    }
    out.push(b'}');
}

/// Appends what is wrong with a line.
pub fn write_error(unreadable: &Unreadable, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"error\":{\"code\":");
    text(unreadable.code, out);
    key(b"message", out);
    text(&unreadable.message, out);
    out.extend_from_slice(b"}}");
}

fn cache(cache: &Use, out: &mut Vec<u8>) {
    let policy = &cache.policy;
    out.extend_from_slice(b"{\"storable\":");
    boolean(policy.storable, out);
    key(b"lifetime_s", out);
    whole(Some(policy.lifetime.0).filter(|_| policy.storable), out);
    key(b"heuristic", out);
    boolean(policy.storable && policy.basis == crate::http::freshness::Basis::Heuristic, out);
    key(b"age_s", out);
    seconds(cache.age.0, out);
    key(b"fresh", out);
    boolean(cache.is_fresh, out);
    key(b"must_revalidate", out);
    boolean(policy.must_revalidate, out);
    key(b"reusable", out);
    boolean(cache.is_reusable, out);
    key(b"stale_while_revalidate_s", out);
    whole(Some(policy.stale_while_revalidate.0), out);
    key(b"stale_if_error_s", out);
    whole(Some(policy.stale_if_error.0), out);
    key(b"why", out);
    text(cache.why, out);
    out.push(b'}');
}

fn cdn(judgment: &Judgment<'_>, out: &mut Vec<u8>) {
    let front = judgment.cdn.front();
    let policy = &judgment.cdn_policy;
    out.extend_from_slice(b"{\"vendor\":");
    optional(front.map(|front| front.vendor.name()), out);
    key(b"status", out);
    optional(front.and_then(|front| front.status).map(EdgeStatus::word), out);
    key(b"storable", out);
    boolean(policy.storable, out);
    key(b"lifetime_s", out);
    whole(Some(policy.lifetime.0).filter(|_| policy.storable), out);
    key(b"must_revalidate", out);
    boolean(policy.must_revalidate, out);
    key(b"pop", out);
    optional(front.and_then(|front| front.pop), out);
    key(b"edge_ms", out);
    millis(judgment.cdn.edge_ms, out);
    key(b"origin_ms", out);
    millis(judgment.cdn.origin_ms, out);
    key(b"why", out);
    text(judgment.why_cdn(), out);
    out.push(b'}');
}

fn browsers(browsers: &Verdicts, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"chrome\":");
    browser(&browsers.chrome, out);
    key(b"firefox", out);
    browser(&browsers.firefox, out);
    key(b"safari", out);
    browser(&browsers.safari, out);
    out.push(b'}');
}

fn browser(verdict: &Verdict, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"stored\":");
    boolean(verdict.stored, out);
    key(b"lifetime_s", out);
    match verdict.lifetime {
        Lifetime::Seconds(seconds) => whole(Some(seconds as u64), out),
        Lifetime::Forever => text("infinite", out),
        Lifetime::Unknown => null(out),
    }
    key(b"reuse", out);
    optional(verdict.reuse.map(Reuse::word), out);
    out.push(b'}');
}

fn headers(lines: &[(&str, &str)], out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, (name, value)) in lines.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"[" } else { b",[" });
        text(name, out);
        out.push(b',');
        text(value, out);
        out.push(b']');
    }
    out.push(b']');
}

/// The key of a further member.
fn key(name: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name);
    out.extend_from_slice(b"\":");
}

fn boolean(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

fn optional(value: Option<&str>, out: &mut Vec<u8>) {
    match value {
        Some(value) => text(value, out),
        None => null(out),
    }
}

fn whole(value: Option<u64>, out: &mut Vec<u8>) {
    match value {
        // Writing to memory cannot fail.
        Some(value) => drop(write!(out, "{value}")),
        None => null(out),
    }
}

/// Milliseconds as seconds with at most three digits behind the point.
fn seconds(ms: f64, out: &mut Vec<u8>) {
    number((ms.round() / 1000.0).max(0.0), out);
}

fn millis(ms: Option<f64>, out: &mut Vec<u8>) {
    match ms {
        Some(ms) => number(ms, out),
        None => null(out),
    }
}

/// The values here are finite.
fn number(value: f64, out: &mut Vec<u8>) {
    drop(write!(out, "{value}"));
}

fn text(text: &str, out: &mut Vec<u8>) {
    let is_plain = |b: u8| b' ' <= b && b != b'"' && b != b'\\';
    if text.bytes().all(is_plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        drop(serde_json::to_writer(out, text));
    }
}
