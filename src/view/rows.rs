//! The requests of a load as the waterfall needs them: one column a fact, small enough to hand over 100,000 at once.

use crate::page_load::{PageLoad, Party, Resource};
use crate::recording::{CompletionState, Phase, RenderBlocking, Request, ResourceKind, Source};
use crate::view::request_filter;

/// Requests of one load, a column for each fact. All columns have the same length. A request's
/// place here is its id in the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Milliseconds from navigation start; NaN: the entry has no usable date.
    pub start: Vec<f64>,
    /// Milliseconds to the last byte; NaN: not recorded or still under way.
    pub duration: Vec<f64>,
    /// Milliseconds of each phase in the order of [`Phase::ALL`], seven a row; NaN: not recorded.
    pub phases: Vec<f32>,
    /// Bytes on the wire; NaN: not recorded.
    pub bytes: Vec<f64>,
    /// Status code; 0: no response.
    pub status: Vec<u16>,
    /// Place in [`KINDS`].
    pub kind: Vec<u8>,
    /// See the `flag` constants.
    pub flags: Vec<u8>,
    /// Place of the connection among those of the load; [`NO_CONNECTION`]: no network, or not known.
    pub connection: Vec<u32>,
    /// Addresses as recorded, one after the other.
    pub text: String,
    /// End of each address in `text`.
    pub ends: Vec<u32>,
}

/// What stands in [`Rows::connection`] where there is none.
pub const NO_CONNECTION: u32 = u32::MAX;

/// Kinds in the order of the numbers in [`Rows::kind`].
pub const KINDS: [ResourceKind; 14] = [
    ResourceKind::Document,
    ResourceKind::Stylesheet,
    ResourceKind::Script,
    ResourceKind::Font,
    ResourceKind::Image,
    ResourceKind::Media,
    ResourceKind::Xhr,
    ResourceKind::Fetch,
    ResourceKind::EventSource,
    ResourceKind::WebSocket,
    ResourceKind::Manifest,
    ResourceKind::Ping,
    ResourceKind::Preflight,
    ResourceKind::Other,
];

/// Bits of [`Rows::flags`].
pub mod flag {
    /// It held rendering back.
    pub const BLOCKING: u8 = 1;
    /// No response, or one that broke off, or an error status.
    pub const FAILED: u8 = 2;
    /// It went to another company.
    pub const THIRD_PARTY: u8 = 4;
    /// It was answered from a cache.
    pub const CACHED: u8 = 8;
    /// A browser extension made it.
    pub const EXTENSION: u8 = 16;
    /// It is on the way to the main milestone.
    pub const CRITICAL: u8 = 32;
}

/// One row.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // as in `Rows`
pub struct Row<'a> {
    pub at: usize,
    pub start: Option<f64>,
    pub duration: Option<f64>,
    pub phases: &'a [f32],
    pub bytes: Option<f64>,
    pub status: Option<u16>,
    pub kind: ResourceKind,
    pub flags: u8,
    pub url: &'a str,
}

impl Rows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.start.is_empty()
    }

    /// One row.
    pub fn get(&self, at: usize) -> Option<Row<'_>> {
        let text_start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let text_end = *self.ends.get(at)?;
        Some(Row {
            at,
            start: known(*self.start.get(at)?),
            duration: known(*self.duration.get(at)?),
            phases: self.phases.get(at * 7..at * 7 + 7)?,
            bytes: known(*self.bytes.get(at)?),
            status: Some(*self.status.get(at)?).filter(|status| *status != 0),
            kind: KINDS.get(usize::from(*self.kind.get(at)?)).copied().unwrap_or(ResourceKind::Other),
            flags: *self.flags.get(at)?,
            url: self.text.get(text_start as usize..text_end as usize).unwrap_or_default(),
        })
    }
}

impl Row<'_> {
    /// Whether a bit of [`flag`] is set.
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// When it ends, from navigation start.
    pub fn end(&self) -> Option<f64> {
        Some(self.start? + self.duration.unwrap_or_default())
    }
}

/// The rows of a load. Addresses are cut to `longest` bytes.
pub fn collect(load: &PageLoad<'_>, longest: usize) -> Rows {
    let mut rows = Rows::default();
    let critical = request_filter::critical(load);
    for (at, (request, resource)) in load.iter().enumerate() {
        let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
        rows.start.push(or_nan(request.start().map(|start| (start - load.navigation_start).0)));
        rows.duration.push(or_nan(request.duration().map(|ms| ms.0)));
        let phases = request.phases();
        rows.phases.extend(Phase::ALL.map(|phase| phases.get(phase).map_or(f32::NAN, |ms| ms.0 as f32)));
        rows.bytes.push(or_nan(request.transfer_bytes().map(|bytes| bytes.0 as f64)));
        rows.status.push(request.status().unwrap_or_default());
        rows.kind.push(KINDS.iter().position(|kind| *kind == resource.kind).unwrap_or(KINDS.len() - 1) as u8);
        let connection = load.connections.of_request.get(at).copied().flatten();
        rows.connection.push(connection.map_or(NO_CONNECTION, |connection| connection.0));
        let flags = [
            (flag::BLOCKING, is_blocking(resource)),
            (flag::FAILED, is_failed(request)),
            (flag::THIRD_PARTY, resource.party == Party::Third),
            (flag::CACHED, is_cached(request.source())),
            (flag::EXTENSION, resource.is_extension),
            (flag::CRITICAL, critical.binary_search(&at).is_ok()),
        ];
        rows.flags.push(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| flag).sum());
        rows.text.push_str(cut(request.url_text().expose(), longest));
        rows.ends.push(rows.text.len() as u32);
    }
    rows
}

/// Whether it held rendering back.
pub fn is_blocking(resource: &Resource<'_>) -> bool {
    let how = resource.blocking.map(|blocking| blocking.how);
    matches!(how, Some(RenderBlocking::Blocking | RenderBlocking::InBodyParserBlocking))
}

/// Whether there was no response, one that broke off, or an error.
pub fn is_failed(request: Request<'_>) -> bool {
    request.status().is_some_and(|status| 400 <= status)
        || matches!(request.completion(), CompletionState::Failed(_) | CompletionState::Blocked)
}

/// Whether that is a cache of the browser or of the page.
pub fn is_cached(source: Option<Source>) -> bool {
    matches!(source, Some(Source::MemoryCache | Source::DiskCache | Source::PrefetchCache | Source::ServiceWorker))
}

/// The beginning of a text, at most so many bytes, never a torn letter.
pub fn cut(text: &str, longest: usize) -> &str {
    text.get(..text.floor_char_boundary(longest)).unwrap_or_default()
}

/// `None` for the "not recorded" of a column.
pub fn known(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
pub mod testing {
    //! Rows made by hand.
    use super::*;

    /// Scripts at `https://a.example/0` and so on: start, phases, duration.
    pub fn rows(all: &[(f64, [f32; 7], f64)]) -> Rows {
        let mut rows = Rows::default();
        for (at, (start, phases, duration)) in all.iter().enumerate() {
            rows.start.push(*start);
            rows.duration.push(*duration);
            rows.phases.extend(phases);
            rows.bytes.push(f64::NAN);
            rows.status.push(200);
            rows.kind.push(2);
            rows.flags.push(flag::BLOCKING);
            rows.connection.push(at as u32 % 2);
            rows.text += &format!("https://a.example/{at}");
            rows.ends.push(rows.text.len() as u32);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::testing::rows;
    use super::*;
    use crate::recording::testing::Made;

    const NONE: f32 = f32::NAN;

    #[test]
    fn a_row_knows_its_facts() {
        let rows = rows(&[(0.0, [NONE; 7], 5.0), (f64::NAN, [NONE; 7], f64::NAN)]);
        let second = rows.get(1).expect("a row");
        assert_eq!((second.at, second.url, second.start, second.bytes), (1, "https://a.example/1", None, None));
        assert_eq!((second.kind, second.is(flag::BLOCKING), second.is(flag::FAILED)), (KINDS[2], true, false));
        assert!(rows.get(2).is_none());
    }

    #[test]
    fn a_load_becomes_rows() {
        let recording = Made::page("https://a.example/")
            .document(|r| r.wait(800.0).bytes(10, 5, 20))
            .request("https://b.example/x.js", |r| r.status(404).start(900.0))
            .recording();
        let load = &PageLoad::all(&recording)[0];
        let rows = collect(load, 20);
        assert_eq!(rows.len(), load.resources.len().min(2));
        if let (Some(document), Some(script)) = (rows.get(0), rows.get(1)) {
            assert_eq!((document.url, document.status, document.bytes), ("https://a.example/", Some(200), Some(10.0)));
            assert_eq!((script.url, script.is(flag::FAILED)), ("https://b.example/x.", true));
            assert_eq!(script.start.zip(document.start).map(|(b, a)| b - a), Some(900.0));
        }
    }

    #[test]
    fn a_letter_is_never_torn() {
        let check = |text, longest, expected| assert_eq!(cut(text, longest), expected);
        check("abc", 2, "ab");
        check("aé", 2, "a");
        check("aé", 9, "aé");
    }
}
