//! Cache-Control and its kin, and entity tags.

use crate::redact::placeholder::Kind;
use crate::redact::{Redactor, names};

/// Directives of Cache-Control (RFC 9111 §5.2, RFC 5861, RFC 8246), its relatives, and Strict-Transport-Security.
const DIRECTIVES: &str = "\
    max-age s-maxage no-cache no-store no-transform must-revalidate proxy-revalidate must-understand private public \
    immutable stale-while-revalidate stale-if-error max-stale min-fresh only-if-cached post-check pre-check \
    includeSubDomains preload content no-store-remote downstream-ttl cache-maxage bypass-cache !no-store !no-cache \
    enforce no-server durable";

/// A lifetime has at most this many digits (2,147,483,648 is usual for "for ever").
const DIGITS: usize = 10;

impl Redactor {
    /// Directives with their seconds, in the order of the value.
    pub(super) fn directives(&mut self, value: &str) -> String {
        // Strict-Transport-Security has semicolons, the others commas.
        let between = if value.contains(';') && !value.contains(',') { ';' } else { ',' };
        let mut all = Vec::new();
        for directive in value.split(between).map(str::trim).filter(|directive| !directive.is_empty()) {
            let (name, argument) = match directive.split_once('=') {
                Some((name, argument)) => (name.trim(), Some(argument.trim())),
                None => (directive, None),
            };
            let known = names::known(DIRECTIVES, name);
            let name = match known {
                Some(known) => known.to_owned(),
                None => self.word_or_mask(name, Kind::Name),
            };
            let argument = argument.map(|argument| {
                let plain = argument.trim_matches('"');
                let is_seconds = known.is_some()
                    && !plain.is_empty()
                    && plain.len() <= DIGITS
                    && plain.bytes().all(|b| b.is_ascii_digit());
                match is_seconds {
                    true => argument.to_owned(),
                    false if name == "no-cache" || name == "private" => format!("\"{}\"", self.name_list(plain)),
                    false => self.ids.url_part(Kind::Value, plain).to_string(),
                }
            });
            all.push(match argument {
                Some(argument) => format!("{name}={argument}"),
                None => name,
            });
        }
        all.join(if between == ';' { "; " } else { ", " })
    }

    /// Entity tags: whether weak, and how long. Servers use them to recognize visitors.
    pub(super) fn etags(&mut self, value: &str) -> String {
        if value == "*" {
            return "*".to_owned();
        }
        let all: Vec<String> = value
            .split(", ")
            .map(|tag| match tag.trim().strip_prefix("W/") {
                Some(tag) => format!("W/{}", self.ids.text(Kind::Etag, tag)),
                None => self.ids.text(Kind::Etag, tag.trim()).to_string(),
            })
            .collect();
        all.join(", ")
    }
}
