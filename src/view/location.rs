//! What the fragment of the page's address says: `#v=1&load=2&sec=waterfall&req=17`, version first.
//!
//! A fragment never reaches a server. Old versions keep opening: a new version adds an upgrader here.

/// Version of fragments written today.
const VERSION: &str = "1";

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Location {
    /// Which page load, from 0.
    pub load: usize,
    pub section: Option<Section>,
    /// Id of the selected request.
    pub request: Option<u32>,
}

/// The parts of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Section {
    Verdict,
    Time,
    Findings,
    Waterfall,
    Caching,
    MainThread,
    Recording,
    Share,
}

impl Section {
    /// In the order of the page.
    pub const ALL: [Self; 8] = [
        Self::Verdict,
        Self::Time,
        Self::Findings,
        Self::Waterfall,
        Self::Caching,
        Self::MainThread,
        Self::Recording,
        Self::Share,
    ];

    /// The word in the fragment, and the id of its element.
    pub fn id(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Time => "time",
            Self::Findings => "findings",
            Self::Waterfall => "waterfall",
            Self::Caching => "caching",
            Self::MainThread => "main-thread",
            Self::Recording => "recording",
            Self::Share => "share",
        }
    }

    /// Its name in the section bar.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Time => "Where the time went",
            Self::Findings => "Findings",
            Self::Waterfall => "Requests",
            Self::Caching => "Caching",
            Self::MainThread => "Main thread",
            Self::Recording => "Recording",
            Self::Share => "Share",
        }
    }
}

/// Reads a fragment, with or without `#`. What it does not know it leaves out.
pub fn parse(fragment: &str) -> Location {
    let mut location = Location::default();
    let mut pairs = fragment.trim_start_matches('#').split('&').filter_map(|pair| pair.split_once('='));
    if pairs.next() != Some(("v", VERSION)) {
        return location;
    }
    for (key, value) in pairs {
        match key {
            "load" => location.load = value.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).unwrap_or_default(),
            "sec" => location.section = Section::ALL.into_iter().find(|section| section.id() == value),
            "req" => location.request = value.parse().ok(),
            _ => {}
        }
    }
    location
}

/// Writes a fragment, `#` included.
pub fn write(location: &Location) -> String {
    let mut text = format!("#v={VERSION}");
    if location.load != 0 {
        text += &format!("&load={}", location.load + 1);
    }
    if let Some(section) = location.section {
        text += &format!("&sec={}", section.id());
    }
    if let Some(request) = location.request {
        text += &format!("&req={request}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for load in [0, 1, 7] {
            for section in Section::ALL.map(Some).into_iter().chain([None]) {
                for request in [None, Some(0), Some(17)] {
                    let location = Location { load, section, request };
                    assert_eq!(parse(&write(&location)), location);
                }
            }
        }
    }

    #[test]
    fn odd_fragments_mean_nothing() {
        let check = |fragment| assert_eq!(parse(fragment), Location::default(), "{fragment}");
        check("");
        check("#");
        check("#v=9&load=2");
        check("#load=2&v=1");
        check("#v=1&load=0&sec=nowhere&req=-1&x");
        assert_eq!(write(&Location::default()), "#v=1");
    }
}
