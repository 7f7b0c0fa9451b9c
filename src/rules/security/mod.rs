//! Rules about encryption, as far as it costs time or breaks the page.

mod insecure_page;
mod mixed_content;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&mixed_content::MIXED_CONTENT, &insecure_page::INSECURE_PAGE];

/// Hosts that browsers trust without encryption (Secure Contexts §3.1): the own machine.
fn is_trustworthy(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "::1"
}
