//! What a HAR says, field by field, before anybody asks what it means. `None`: missing, `null` or unreadable.

use crate::import::har::dates::Date;
use crate::import::har::reader::Step;
use crate::import::json::Nesting;
use crate::recording::{Body, HeaderRange};
use crate::text::StrId;

/// `log`.
#[derive(Default)]
pub(super) struct RawLog {
    /// Where its entries are: `log.entries`, `[3].log.entries`, or nothing if they stand alone.
    pub(super) path: String,
    pub(super) creator: RawTool,
    pub(super) browser: RawTool,
    pub(super) pages: Vec<RawPage>,
    pub(super) entries: Vec<RawEntry>,
    /// Whether `entries` is there, be it `null`.
    pub(super) has_entries: bool,
    /// Whether anything of a log is there.
    pub(super) is_present: bool,
    /// Items of the list of entries so far.
    pub(super) n_items: u32,
    /// Which brackets are open between its members, and the way to it, once it was entered.
    pub(super) nesting: Option<Nesting>,
    pub(super) steps: Vec<Step>,
    /// Whether a broken place was got over.
    pub(super) is_damaged: bool,
    /// Whether any entry lists a cookie.
    pub(super) has_cookies: bool,
}

#[derive(Clone, Copy, Default)]
pub(super) struct RawTool {
    pub(super) name: Option<StrId>,
    pub(super) version: Option<StrId>,
}

/// `log.pages[]`.
#[derive(Default)]
pub(super) struct RawPage {
    pub(super) id: Option<StrId>,
    pub(super) title: Option<StrId>,
    /// `_url` (chrome-har), `_URL` (WebPageTest).
    pub(super) url: Option<StrId>,
    pub(super) started: Option<Date>,
    /// `_run` (WebPageTest), else "Run n" in the title.
    pub(super) run: Option<f64>,
    /// `_cached` (WebPageTest): the view with a filled cache.
    pub(super) repeat_view: bool,
    pub(super) milestones: RawMilestones,
    /// Whether it is a page at all: an object.
    pub(super) is_page: bool,
}

/// Times of a page in ms, from `pageTimings` and the extensions of several tools.
#[derive(Clone, Copy, Default)]
pub(super) struct RawMilestones {
    pub(super) ttfb: Option<f64>,
    pub(super) first_paint: Option<f64>,
    pub(super) first_contentful_paint: Option<f64>,
    pub(super) largest_contentful_paint: Option<f64>,
    pub(super) dom_interactive: Option<f64>,
    pub(super) dom_content_loaded: Option<f64>,
    pub(super) load: Option<f64>,
    pub(super) total_blocking_time: Option<f64>,
    pub(super) speed_index: Option<f64>,
    pub(super) visually_complete: Option<f64>,
    pub(super) cumulative_layout_shift: Option<f64>,
}

/// `log.entries[]`.
#[derive(Default)]
pub(super) struct RawEntry {
    /// Position in the file.
    pub(super) index: u32,
    pub(super) offset: u64,
    pub(super) page: Option<StrId>,
    pub(super) started: Option<Date>,
    /// Whether there is a date that cannot be read.
    pub(super) has_bad_date: bool,
    pub(super) time: Option<f64>,
    pub(super) request: RawRequest,
    pub(super) response: RawResponse,
    pub(super) timings: RawTimings,
    pub(super) ip: Option<StrId>,
    pub(super) connection: Option<StrId>,
    /// `_connectionId` (Chrome ≥ 2023), `_socket` (WebPageTest).
    pub(super) connection_id: Option<StrId>,
    pub(super) priority: Option<StrId>,
    pub(super) initial_priority: Option<StrId>,
    pub(super) resource_type: Option<StrId>,
    pub(super) render_blocking: Option<StrId>,
    pub(super) initiator: RawInitiator,
    pub(super) cache: Option<RawCache>,
    /// `_fetchType` (Safari).
    pub(super) fetch_type: Option<StrId>,
    pub(super) was_pushed: bool,
    pub(super) from_early_hints: bool,
    pub(super) is_lcp: bool,
    pub(super) was_aborted: bool,
    /// `_serviceWorkerRef` (Playwright): the service worker that made the request.
    pub(super) has_worker_ref: bool,
    /// `_webSocketMessages`, `_eventSourceMessages`.
    pub(super) messages: Option<u32>,
    /// WebPageTest's own measurements.
    pub(super) web_page_test: Option<Box<RawWebPageTest>>,
}

/// Where the tool says a response came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RawCache {
    Memory,
    Disk,
    Prefetch,
    ServiceWorker,
}

#[derive(Default)]
pub(super) struct RawRequest {
    pub(super) is_present: bool,
    pub(super) method: Option<StrId>,
    pub(super) url: Option<StrId>,
    pub(super) http_version: Option<StrId>,
    pub(super) headers: HeaderRange,
    pub(super) headers_size: Option<f64>,
    pub(super) body_size: Option<f64>,
    /// Length of `postData.text`.
    pub(super) post_bytes: Option<u64>,
    /// `_isLinkPreload` (chrome-har).
    pub(super) is_link_preload: bool,
    /// Whether a pseudo header (`:method`) was among the headers.
    pub(super) has_pseudo_headers: bool,
}

#[derive(Default)]
pub(super) struct RawResponse {
    pub(super) is_present: bool,
    pub(super) status: Option<f64>,
    pub(super) http_version: Option<StrId>,
    pub(super) headers: HeaderRange,
    pub(super) has_pseudo_headers: bool,
    pub(super) headers_size: Option<f64>,
    pub(super) body_size: Option<f64>,
    pub(super) redirect_url: Option<StrId>,
    pub(super) content_size: Option<f64>,
    pub(super) compression: Option<f64>,
    pub(super) mime_type: Option<StrId>,
    pub(super) body: Body,
    pub(super) transfer_size: Option<f64>,
    /// `_error`, `_failureText`, `_charlesStatus`.
    pub(super) error: Option<StrId>,
    pub(super) via_service_worker: bool,
    pub(super) worker_source: Option<StrId>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct RawTimings {
    /// Whether there is an object with at least one member.
    pub(super) is_present: bool,
    pub(super) blocked: Option<f64>,
    pub(super) dns: Option<f64>,
    pub(super) connect: Option<f64>,
    pub(super) ssl: Option<f64>,
    pub(super) send: Option<f64>,
    pub(super) wait: Option<f64>,
    pub(super) receive: Option<f64>,
    pub(super) blocked_queueing: Option<f64>,
    pub(super) blocked_proxy: Option<f64>,
    /// `_queued` (chrome-har): before `startedDateTime`, not in `time`.
    pub(super) queued: Option<f64>,
    pub(super) worker_start: Option<f64>,
    pub(super) worker_ready: Option<f64>,
    pub(super) worker_fetch_start: Option<f64>,
    pub(super) worker_settled: Option<f64>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct RawInitiator {
    pub(super) kind: Option<StrId>,
    pub(super) url: Option<StrId>,
    /// From 1.
    pub(super) line: Option<u32>,
}

/// Page-relative times in ms, -1 for none, and sizes.
#[derive(Clone, Copy, Default)]
pub(super) struct RawWebPageTest {
    pub(super) run: Option<f64>,
    pub(super) is_repeat_view: bool,
    pub(super) created: Option<f64>,
    pub(super) dns_start: Option<f64>,
    pub(super) dns_end: Option<f64>,
    pub(super) connect_start: Option<f64>,
    pub(super) connect_end: Option<f64>,
    pub(super) ssl_start: Option<f64>,
    pub(super) ssl_end: Option<f64>,
    pub(super) load_start: Option<f64>,
    pub(super) ttfb_start: Option<f64>,
    pub(super) ttfb_end: Option<f64>,
    pub(super) download_start: Option<f64>,
    pub(super) download_end: Option<f64>,
    pub(super) bytes_in: Option<f64>,
    pub(super) object_size: Option<f64>,
    pub(super) object_size_uncompressed: Option<f64>,
}
