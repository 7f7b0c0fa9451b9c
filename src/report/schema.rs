//! The report as data: what is serialized, versioned, saved and rendered. Schema `weir-report/1`.
//!
//! Times are milliseconds from the load's navigation start unless the field says otherwise, rounded to microseconds;
//! sizes are bytes; "unknown" is `None` (`null`), never 0. Text is [`Clean`]: nothing untrusted can be stored here.
//! Its vocabulary is in [`words`](crate::report::vocabulary).

mod caching;
mod delivery;
mod main_thread;
mod metrics;

use serde::de::{Deserializer, Error, IntoDeserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::redact::Clean;
use crate::report::vocabulary::{
    CheckOutcome, Initiator, Level, Metric, Owner, Party, PriorityName, ProtocolName, Rendering, ResourceType,
    SavingsMethod, Severity, ShareName, SourceName, Sure, TopicName,
};

pub use caching::*;
pub use delivery::*;
pub use main_thread::*;
pub use metrics::*;

/// Name and version of the schema. A changed meaning needs a new version and an upgrader.
pub const SCHEMA: &str = "weir-report/1";

/// All that is told of the opened recordings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: Clean,
    /// The program that made it.
    pub weir: Program,
    /// With whom it may be shared: what was removed.
    pub share: ShareName,
    /// What was read, in the order of opening.
    pub recordings: Vec<RecordingReport>,
    /// The page loads of all recordings in order.
    pub loads: Vec<LoadReport>,
}

/// Version of this program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Program {
    pub version: Clean,
}

/// A recording: a file or a member of an archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RecordingReport {
    /// Its file name, cleaned.
    pub name: Option<Clean>,
    /// One word per importer.
    pub kind: Clean,
    pub producer: ToolReport,
    pub browser: ToolReport,
    /// After unpacking.
    pub bytes: u64,
    pub requests: u64,
    /// Trace events; `None` for anything else than a trace.
    pub events: Option<u64>,
    pub problems: Vec<ProblemReport>,
    /// What the whole recording cannot tell, in plain words.
    pub missing: Vec<Clean>,
}

/// A program and its version as recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ToolReport {
    pub name: Option<Clean>,
    pub version: Option<Clean>,
}

/// Something odd in the input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ProblemReport {
    pub code: Clean,
    pub level: Level,
    /// Where it was met first, such as `log.entries[212]`.
    pub at: Option<Clean>,
    /// Byte offset in the unpacked text.
    pub offset: Option<u64>,
    /// How many places there are.
    pub count: u64,
    pub message: Clean,
    pub consequence: Clean,
}

/// One navigation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LoadReport {
    /// Positions in [`Report::recordings`].
    pub recordings: Vec<u64>,
    /// How several recordings became one load; `None`: it is in one recording only.
    #[serde(default)]
    pub joined: Option<JoinedReport>,
    pub url: Option<Clean>,
    pub title: Option<Clean>,
    /// Navigation start on the recording machine's wall clock, ISO 8601 in UTC.
    pub started: Option<Clean>,
    /// On a trace's own clock, in µs; `None` for a HAR alone.
    pub navigation_start_us: Option<u64>,
    pub verdict: Verdict,
    pub metrics: Metrics,
    pub not_available: Vec<NotAvailable>,
    /// `None` only where the recording has no milestone.
    pub attribution: Option<AttributionReport>,
    /// Without gaps from 0 to the attribution's `ms`; empty where there is none.
    pub critical_path: Vec<PathStepReport>,
    /// All requests of the load; `id` is the position in this list.
    pub requests: Vec<RequestReport>,
    /// `None` where no response headers were recorded, and in reports of before this was told.
    #[serde(default)]
    pub caching: Option<LoadCachingReport>,
    /// What CDNs and caches in front of servers delivered, host by host, most answers first.
    #[serde(default)]
    pub cdn: Vec<DeliveryReport>,
    /// The browser's main thread; `None` where it was not recorded.
    pub main_thread: Option<MainThreadReport>,
    /// The most severe and the most gainful first.
    pub findings: Vec<FindingReport>,
    /// One line for each rule, in reading order.
    pub checks: Vec<CheckReport>,
}

/// How several recordings became one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct JoinedReport {
    /// Requests of the recordings that are in all of them.
    pub matched: u64,
    /// What lies between their clocks, and how exactly that is known.
    pub clock_offset_ms: f64,
    pub clock_spread_ms: f64,
    /// Which recording each kind of fact comes from.
    pub facts: Vec<FactReport>,
}

/// The recording that a kind of fact comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct FactReport {
    pub fact: Clean,
    /// Position in [`Report::recordings`].
    pub recording: u64,
}

/// The sentence at the top.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// For somebody who is no engineer.
    pub sentence: Clean,
    /// The same with exact figures and the names of the field.
    pub engineer: Clean,
    /// Whose most of the time was; `unknown`: the file does not tell; `None`: nothing is slow, or there is no one owner.
    pub owner: Option<Owner>,
    /// What `ms` is the time of.
    pub milestone: Option<Metric>,
    /// The one number.
    pub ms: Option<f64>,
}

/// Whose time it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AttributionReport {
    pub milestone: Metric,
    pub ms: f64,
    /// One part an owner, largest first; they sum to `ms`.
    pub parts: Vec<PartReport>,
}

/// The share of one owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PartReport {
    pub owner: Owner,
    pub ms: f64,
    pub certainty: Sure,
    pub why: Clean,
}

/// One stretch of the way to the milestone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PathStepReport {
    /// `None`: no request was waited for.
    pub request: Option<u64>,
    pub from: f64,
    pub to: f64,
    pub owner: Owner,
    pub certainty: Sure,
    pub why: Clean,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RequestReport {
    /// Position in the load's requests.
    pub id: u64,
    /// Position in the recorded file.
    pub entry: u64,
    /// Positions in [`Report::recordings`] of those that hold it; empty: all of the load's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<u64>,
    pub url: Clean,
    pub host: Option<Clean>,
    pub method: Clean,
    pub status: Option<u16>,
    pub protocol: Option<ProtocolName>,
    pub mime_type: Option<Clean>,
    pub resource_type: ResourceType,
    /// The final one.
    pub priority: Option<PriorityName>,
    pub render_blocking: Option<Rendering>,
    /// `None` where the entry has no usable date.
    pub start: Option<f64>,
    /// The last byte from the network.
    pub end: Option<f64>,
    pub phases: PhasesReport,
    pub transfer_bytes: Option<u64>,
    pub body_bytes: Option<u64>,
    pub decoded_bytes: Option<u64>,
    pub source: Option<SourceName>,
    /// Whether it went or would have gone over the network for the page.
    pub network: bool,
    /// How it ended, in one word: `finished`, `failed`, `cancelled`, `blocked`, `unfinished`.
    pub completion: Clean,
    pub error: Option<Clean>,
    pub initiator: Option<InitiatorReport>,
    pub party: Party,
    /// The known company behind the host.
    pub entity: Option<Clean>,
    /// Number of the connection within the load.
    pub connection: Option<u64>,
    pub server_ip: Option<Clean>,
    pub cache: Option<CacheReport>,
    /// `None` in reports of before this was told.
    #[serde(default)]
    pub caching: Option<CachingReport>,
}

/// Durations of the phases; they follow each other. `connect` excludes TLS; `queued` is all before DNS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PhasesReport {
    pub queued: Option<f64>,
    pub dns: Option<f64>,
    pub connect: Option<f64>,
    pub tls: Option<f64>,
    pub send: Option<f64>,
    pub wait: Option<f64>,
    pub receive: Option<f64>,
}

/// What made the browser ask.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct InitiatorReport {
    pub kind: Option<Initiator>,
    pub request: Option<u64>,
}

/// What caches may do with a response, at the recording's own time of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CacheReport {
    /// The browser's cache.
    pub private: CacheUse,
    /// Shared caches, RFC 9111.
    pub shared: Option<CacheUse>,
    pub cdn: CdnReport,
    /// The browsers as they are. `None` in reports of before this was told.
    #[serde(default)]
    pub browsers: Option<BrowsersReport>,
    /// Always `None`, as are the answers of `weir cache` where no stored response is asked about.
    #[serde(default)]
    pub vary_matches: Option<bool>,
    /// Likewise.
    #[serde(default)]
    pub updated: Option<bool>,
}

/// What three browsers do with a response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct BrowsersReport {
    pub chrome: BrowserReport,
    pub firefox: BrowserReport,
    pub safari: BrowserReport,
}

/// What one browser does with a response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct BrowserReport {
    pub stored: bool,
    pub lifetime_s: Option<LifetimeReport>,
    /// `cache`, `cache+background`, `validate` or `network`.
    pub reuse: Option<Clean>,
}

/// A lifetime in seconds, or `infinite`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum LifetimeReport {
    Seconds(u64),
    Word(Clean),
}

impl<'de> Deserialize<'de> for LifetimeReport {
    /// What `derive` makes of `untagged` takes in any value first, and is ten times the code.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrWord;
        impl Visitor<'_> for NumberOrWord {
            type Value = LifetimeReport;

            fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str("seconds or a word")
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<Self::Value, E> {
                Ok(LifetimeReport::Seconds(seconds))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
                Clean::deserialize(word.into_deserializer()).map(LifetimeReport::Word)
            }
        }
        deserializer.deserialize_any(NumberOrWord)
    }
}

/// What one kind of cache may do. `None`: not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CacheUse {
    pub storable: Option<bool>,
    pub lifetime_s: Option<u64>,
    pub heuristic: Option<bool>,
    pub age_s: Option<f64>,
    pub fresh: Option<bool>,
    pub must_revalidate: Option<bool>,
    pub reusable: Option<bool>,
    pub stale_while_revalidate_s: Option<u64>,
    pub stale_if_error_s: Option<u64>,
    pub why: Option<Clean>,
}

/// What the CDN says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CdnReport {
    pub vendor: Option<Clean>,
    pub status: Option<Clean>,
    pub storable: Option<bool>,
    pub lifetime_s: Option<u64>,
    pub must_revalidate: Option<bool>,
    pub pop: Option<Clean>,
    pub edge_ms: Option<f64>,
    pub origin_ms: Option<f64>,
    pub why: Option<Clean>,
    /// The layers behind it, nearest first.
    #[serde(default)]
    pub behind: Vec<LayerReport>,
    /// Why it did not answer from its cache: header lines with what they mean, the decisive one first.
    #[serde(default)]
    pub reasons: Vec<Clean>,
    /// What may be the reason as well, likeliest first; all there is where `reasons` is empty.
    #[serde(default)]
    pub possible: Vec<Clean>,
}

/// A problem found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct FindingReport {
    pub rule: Clean,
    pub severity: Severity,
    pub topic: TopicName,
    pub owner: Owner,
    pub title: Clean,
    pub customer: Clean,
    pub engineer: Clean,
    pub fix: Clean,
    pub evidence: Vec<EvidenceReport>,
    pub savings: Option<SavingsReport>,
}

/// One piece of proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct EvidenceReport {
    pub request: Option<u64>,
    pub text: Clean,
}

/// What a fix may gain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SavingsReport {
    /// `None`: only bytes or repeat visits gain.
    pub milestone: Option<Metric>,
    /// The recording does not know that milestone: the gain is no part of a figure that it has.
    #[serde(default)]
    pub unrecorded: bool,
    /// From … to.
    pub ms: [f64; 2],
    pub bytes: u64,
    pub method: SavingsMethod,
}

/// What one rule came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CheckReport {
    pub rule: Clean,
    pub title: Clean,
    pub outcome: CheckOutcome,
    /// Why it does not apply or could not be checked.
    pub why: Option<Clean>,
}
