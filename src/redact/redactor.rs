//! [`Redactor`]: the one way from text of a recording to [`Clean`] text.

use crate::recording::Problem;
use crate::redact::clean::Clean;
use crate::redact::placeholder::{Kind, Placeholders};
use crate::redact::{Share, errors, names, programs, words};
use crate::text::Untrusted;
use crate::units::{Bytes, WallTime};

/// Words of a name in code beyond these are left out: a selector may list a whole site.
const MOST_WORDS_OF_CODE: usize = 40;

/// Marks in a row that names and selectors have; more carry nothing that a reader needs.
const MOST_MARKS: usize = 4;

/// What stands between the words of element names and selectors.
const CODE_MARKS: &str = " .#>+~*:[]()='\",/|^";

/// What is known about hosts above this layer; only [`Share::Public`] asks.
#[derive(Clone, Copy)]
pub struct HostKnowledge {
    /// Whether the host belongs to a company or product that everybody knows, so that naming it tells nothing about
    /// the recorded site. Such hosts are kept.
    pub is_well_known: fn(Untrusted<'_>) -> bool,
    /// The registrable domain of a host. Hosts of one site get one alias.
    pub site: fn(&str) -> &str,
}

/// Makes clean text for one report. The same secret gets the same number throughout, whatever its spelling.
pub struct Redactor {
    pub(super) share: Share,
    pub(super) ids: Placeholders,
    pub(super) hosts: HostKnowledge,
    /// Aliased sites, in order of first appearance.
    pub(super) sites: Vec<String>,
    /// Connection ids, in order of first appearance.
    pub(super) connections: Vec<String>,
}

/// A header line that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanHeader {
    /// In lower case.
    pub name: Clean,
    /// Parsed and written anew; what is not understood is a placeholder.
    pub value: Clean,
}

/// A [`Problem`] in text that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanProblem {
    /// Such as `log.entries[212].timings`.
    pub path: Option<Clean>,
    /// What was found.
    pub message: Clean,
    /// What follows for the figures.
    pub consequence: Clean,
}

impl Redactor {
    /// For one report at one level. At [`Share::Public`] every host gets an alias, see [`Self::knowing`].
    pub fn new(share: Share) -> Self {
        let hosts = HostKnowledge { is_well_known: |_| false, site: |host| host };
        Self { share, ids: Placeholders::new(share), hosts, sites: Vec::new(), connections: Vec::new() }
    }

    /// The same, but knowing which hosts are everybody's.
    pub fn knowing(mut self, hosts: HostKnowledge) -> Self {
        self.hosts = hosts;
        self
    }

    /// With whom the report is shared.
    pub fn share(&self) -> Share {
        self.share
    }

    /// What the placeholders given so far stand for, by number, see [`crate::redact::originals`]; nothing but at
    /// [`Share::Internal`].
    pub fn originals(&self) -> Vec<(u32, String)> {
        self.ids.originals()
    }

    /// An address, absolute or relative.
    pub fn url(&mut self, url: Untrusted<'_>) -> Clean {
        Clean::vouched(self.url_text(url.expose()))
    }

    /// Scheme, host and port of an address.
    pub fn origin(&mut self, url: Untrusted<'_>) -> Clean {
        Clean::vouched(self.origin_text(url.expose()))
    }

    /// A host name or address without port.
    pub fn host(&mut self, host: Untrusted<'_>) -> Clean {
        match self.host_text(host.expose()) {
            Some(host) => Clean::vouched(host),
            None => self.ids.text(Kind::Host, host.expose()),
        }
    }

    /// A request method.
    pub fn method(&mut self, method: Untrusted<'_>) -> Clean {
        match names::known(names::METHODS, method.expose()) {
            Some(known) => Clean::from(known),
            None => self.ids.text(Kind::Method, method.expose()),
        }
    }

    /// The type of an input event.
    pub fn event_type(&mut self, name: Untrusted<'_>) -> Clean {
        match names::known(names::EVENT_TYPES, name.expose()) {
            Some(known) => Clean::from(known),
            None => self.ids.text(Kind::Name, name.expose()),
        }
    }

    /// A media type without parameters.
    pub fn mime(&mut self, mime: Untrusted<'_>) -> Clean {
        match names::media_type(mime.expose()) {
            Some(known) => Clean::vouched(known),
            None => self.ids.text(Kind::Type, mime.expose()),
        }
    }

    /// A header line.
    pub fn header(&mut self, name: Untrusted<'_>, value: Untrusted<'_>) -> CleanHeader {
        self.header_line(name.expose(), value.expose())
    }

    /// The address of a server.
    pub fn ip(&mut self, ip: Untrusted<'_>) -> Clean {
        Clean::vouched(self.ip_text(ip.expose()))
    }

    /// The title of a page: free text, so a placeholder, unless it is an address (Chrome and Firefox write one).
    pub fn title(&mut self, title: Untrusted<'_>) -> Clean {
        let is_address = ["http://", "https://"].iter().any(|scheme| title.expose().trim().starts_with(scheme));
        if is_address { self.url(title) } else { self.ids.text(Kind::Title, title.expose()) }
    }

    /// The name of a recording tool or browser.
    pub fn tool_name(&mut self, name: Untrusted<'_>) -> Clean {
        match programs::name(name.expose()) {
            Some(known) => Clean::from(known),
            None => self.ids.text(Kind::Name, name.expose()),
        }
    }

    /// The version of a recording tool or browser.
    pub fn tool_version(&mut self, version: Untrusted<'_>) -> Clean {
        match programs::version(version.expose(), self.share) {
            Some(version) => Clean::vouched(version),
            None => self.ids.text(Kind::Value, version.expose()),
        }
    }

    /// The name of a file on the user's disk.
    pub fn file_name(&mut self, name: Untrusted<'_>) -> Clean {
        Clean::vouched(self.file_text(name.expose()))
    }

    /// The text of a network error.
    pub fn error_text(&mut self, text: Untrusted<'_>) -> Clean {
        match errors::error_name(text.expose()).or_else(|| errors::blocked_reason(text.expose())) {
            Some(known) => Clean::vouched(known),
            None => self.ids.text(Kind::Message, text.expose()),
        }
    }

    /// A name that the page's author gave to something: a user timing mark, a server timing metric.
    pub fn label(&mut self, label: Untrusted<'_>) -> Clean {
        match words::are_words(label.expose(), b"-_.: ") {
            true => Clean::vouched(label.expose().to_owned()),
            false => self.ids.text(Kind::Label, label.expose()),
        }
    }

    /// A name in code: a function, an element as Chrome writes it (`IMG class='hero'`), a selector. Each word of it
    /// that is none of the dictionary is removed; the marks between them are kept.
    pub fn code_name(&mut self, name: Untrusted<'_>) -> Clean {
        let mut parts = Vec::new();
        let mut rest = name.expose();
        let is_of_word = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$');
        while !rest.is_empty() && parts.len() < MOST_WORDS_OF_CODE {
            let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if !word.is_empty() {
                parts.push(match words::are_words(word, b"-_$") {
                    true => Clean::vouched(word.to_owned()),
                    false => self.ids.text(Kind::Label, word),
                });
            }
            let marks = after.find(is_of_word).unwrap_or(after.len());
            let (marks, after) = after.split_at_checked(marks).unwrap_or(("", after));
            let kept: String = marks.chars().filter(|mark| CODE_MARKS.contains(*mark)).take(MOST_MARKS).collect();
            parts.push(Clean::vouched(kept));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Clean::from(" …"));
        }
        Clean::concat(&parts)
    }

    /// A connection id: renumbered in order of first appearance.
    pub fn connection(&mut self, id: Untrusted<'_>) -> Clean {
        let known = self.connections.iter().position(|known| known == id.expose());
        let at = known.unwrap_or_else(|| {
            self.connections.push(id.expose().to_owned());
            self.connections.len() - 1
        });
        Clean::vouched(format!("c{}", at + 1))
    }

    /// An instant, as ISO 8601 in UTC. At [`Share::Public`] absolute times are removed: with them the owner of a
    /// server could tell who made the recording.
    pub fn wall_time(&mut self, time: WallTime) -> Option<Clean> {
        match self.share {
            Share::Public => None,
            Share::Internal | Share::Vendor => crate::redact::date::iso(time),
        }
    }

    /// The place where a CDN's edge stands, if it is an airport's code with at most two digits behind it (`FRA`,
    /// `fra1`), which hold no secret. At [`Share::Public`] it is removed: it tells about where the visitor was.
    pub fn place(&self, place: Untrusted<'_>) -> Option<Clean> {
        const LETTERS: usize = 3;
        const DIGITS: usize = 2;
        let (letters, digits) = place.expose().split_at_checked(LETTERS)?;
        let is_code = letters.bytes().all(|b| b.is_ascii_alphabetic())
            && digits.len() <= DIGITS
            && digits.bytes().all(|b| b.is_ascii_digit());
        (is_code && self.share != Share::Public).then(|| Clean::vouched(place.expose().to_owned()))
    }

    /// A size: exact, but rounded up to 64 bytes at [`Share::Public`], where the size of a login form would tell the
    /// length of a password.
    pub fn size(&self, size: Bytes) -> Bytes {
        match self.share {
            Share::Public => Bytes(size.0.div_ceil(64).saturating_mul(64)),
            Share::Internal | Share::Vendor => size,
        }
    }

    /// A problem of the recording. Its texts are ours by contract of [`Problem`].
    pub fn problem(&mut self, problem: &Problem) -> CleanProblem {
        CleanProblem {
            path: problem.at.path.clone().map(Clean::vouched),
            message: Clean::vouched(problem.message.clone()),
            consequence: Clean::vouched(problem.consequence.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_code_keep_their_words() {
        let mut redactor = Redactor::new(Share::Internal);
        for (name, expected) in [
            ("resizeCards", "resizeCards"),
            ("IMG class='hero-image'", "IMG class='hero-image'"),
            ("DIV id='main' class='jane'", "DIV id='main' class='‹label a1›'"),
            (".menu > li:hover ~ *", ".menu > li:hover ~ *"),
            ("[href*=\"xK9dQ2vT7bLm4sWz\"]", "[href*=\"‹label a2, 16 B›\"]"),
            ("a\u{202e}<b>", "‹label a3›b>"),
            ("", ""),
        ] {
            assert_eq!(redactor.code_name(Untrusted::new(name)).as_str(), expected, "{name}");
        }
        let long = "a ".repeat(1000);
        assert!(redactor.code_name(Untrusted::new(&long)).as_str().ends_with('…'));
    }
}
