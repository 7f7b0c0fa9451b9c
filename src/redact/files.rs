//! Names of files on the user's disk: words, and known endings.

use crate::redact::placeholder::Kind;
use crate::redact::{Redactor, words};

/// Endings that are kept, longest first.
const ENDINGS: [&str; 12] = [
    ".trace.json.gz",
    ".har.gz",
    ".json.gz",
    ".har.zip",
    ".trace.json",
    ".har",
    ".json",
    ".zip",
    ".gz",
    ".html",
    ".txt",
    ".trace",
];

impl Redactor {
    /// The name of a file: itself if it is made of words, otherwise a placeholder with its ending.
    pub(super) fn file_text(&mut self, name: &str) -> String {
        let lower = name.to_ascii_lowercase();
        let ending = ENDINGS.into_iter().find(|ending| lower.ends_with(ending)).unwrap_or_default();
        let stem = name.len().checked_sub(ending.len()).and_then(|end| name.get(..end)).unwrap_or_default();
        if !stem.is_empty() && words::are_words(stem, b"-_. ()") {
            return format!("{stem}{ending}");
        }
        format!("{}{ending}", self.ids.text(Kind::File, stem))
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Redactor, Share};
    use crate::text::Untrusted;

    #[test]
    fn files() {
        let check = |name: &str, expected: &str| {
            let mut redactor = Redactor::new(Share::Vendor);
            let once = redactor.file_name(Untrusted::new(name));
            assert_eq!(once.as_str(), expected, "{name}");
            assert_eq!(redactor.file_name(Untrusted::new(once.as_str())), once, "{name} twice");
        };
        check("recording.har", "recording.har");
        check("slow page (2).HAR.gz", "slow page (2).har.gz");
        check("jane.haddad@mail.test.har", "‹file a1, 21 B›.har");
        check("hunter2x", "‹file a1›");
        check(".har", "‹file a1›.har");
        check("", "‹file a1›");
    }
}
