//! Words of the tools → words of the model.

use crate::recording::{InitiatorKind, Priority, Protocol, RenderBlocking, ResourceKind};

/// HTTP version: `h2` (chrome-har, old Chrome), `http/2.0` (Chrome ≥ 65), `HTTP/2` (Firefox, Safari), `2.0`
/// (WebPageTest), `http/2.0+quic/46`, `h3-29`, `spdy/3.1`. "unknown" (Chrome 45–60) and `us:` (WebPageTest) are none.
pub(in crate::import::har) fn protocol(text: &str) -> Option<Protocol> {
    let text = text.trim().to_ascii_lowercase();
    let version = text.strip_prefix("http/").unwrap_or(&text);
    if text.contains("quic") || text.starts_with("h3") || version.starts_with('3') && text.starts_with("http/") {
        return Some(Protocol::H3);
    }
    match version {
        "1.0" => Some(Protocol::Http10),
        "1.1" => Some(Protocol::Http11),
        _ if text.starts_with("h2") || version == "2" || version == "2.0" => Some(Protocol::H2),
        _ if text.starts_with("spdy") => Some(Protocol::Spdy),
        _ => None,
    }
}

/// Chromium's net priorities (`VeryHigh`), the names of its protocol (`Highest` is the document's in both), Firefox's,
/// Safari's and WebPageTest's (`HIGHEST`).
pub(in crate::import::har) fn priority(text: &str) -> Option<Priority> {
    match text.to_ascii_lowercase().as_str() {
        "veryhigh" | "highest" => Some(Priority::VeryHigh),
        "high" => Some(Priority::High),
        "medium" | "normal" => Some(Priority::Medium),
        "low" => Some(Priority::Low),
        "verylow" | "lowest" | "idle" | "throttled" => Some(Priority::VeryLow),
        _ => None,
    }
}

/// `_resourceType` of Chrome and Playwright, in any case.
pub(in crate::import::har) fn resource_kind(text: &str) -> Option<ResourceKind> {
    match text.to_ascii_lowercase().as_str() {
        "document" => Some(ResourceKind::Document),
        "stylesheet" => Some(ResourceKind::Stylesheet),
        "script" => Some(ResourceKind::Script),
        "font" => Some(ResourceKind::Font),
        "image" => Some(ResourceKind::Image),
        "media" | "texttrack" => Some(ResourceKind::Media),
        "xhr" => Some(ResourceKind::Xhr),
        "fetch" => Some(ResourceKind::Fetch),
        "eventsource" => Some(ResourceKind::EventSource),
        "websocket" => Some(ResourceKind::WebSocket),
        "manifest" => Some(ResourceKind::Manifest),
        "ping" | "cspviolationreport" | "csp-violation-report" => Some(ResourceKind::Ping),
        "preflight" => Some(ResourceKind::Preflight),
        "other" | "signed-exchange" | "signedexchange" | "prefetch" => Some(ResourceKind::Other),
        _ => None,
    }
}

/// `renderBlocking` of browsertime and WebPageTest, which pass on Chromium's words.
pub(in crate::import::har) fn render_blocking(text: &str) -> Option<RenderBlocking> {
    match text {
        "blocking" => Some(RenderBlocking::Blocking),
        "in_body_parser_blocking" => Some(RenderBlocking::InBodyParserBlocking),
        "potentially_blocking" => Some(RenderBlocking::PotentiallyBlocking),
        "non_blocking" | "non_blocking_dynamic" | "dynamically_injected_non_blocking" => {
            Some(RenderBlocking::NonBlocking)
        }
        _ => None,
    }
}

/// `type` of an initiator. `SignedExchange` and `FedCM` are rare enough to be other.
pub(in crate::import::har) fn initiator_kind(text: &str) -> Option<InitiatorKind> {
    match text.to_ascii_lowercase().as_str() {
        "" => None,
        "parser" => Some(InitiatorKind::Parser),
        "script" => Some(InitiatorKind::Script),
        "preload" => Some(InitiatorKind::Preload),
        "preflight" => Some(InitiatorKind::Preflight),
        "redirect" => Some(InitiatorKind::Redirect),
        "push" => Some(InitiatorKind::Push),
        _ => Some(InitiatorKind::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_every_spelling_of_a_protocol() {
        for (text, expected) in [
            ("h2", Some(Protocol::H2)),
            ("http/2.0", Some(Protocol::H2)),
            ("HTTP/2", Some(Protocol::H2)),
            ("2.0", Some(Protocol::H2)),
            ("h3", Some(Protocol::H3)),
            ("HTTP/3", Some(Protocol::H3)),
            ("h3-29", Some(Protocol::H3)),
            ("http/2.0+quic/46", Some(Protocol::H3)),
            ("http/2+quic/43", Some(Protocol::H3)),
            ("spdy/3.1", Some(Protocol::Spdy)),
            ("1.1", Some(Protocol::Http11)),
            ("http/1.1", Some(Protocol::Http11)),
            ("HTTP/1.0", Some(Protocol::Http10)),
            ("us:", None),
            ("US:", None),
            ("unknown", None),
            ("data", None),
            ("HTTP", None),
            ("2 2", None),
            ("", None),
        ] {
            assert_eq!(protocol(text), expected, "{text}");
        }
    }
}
