//! The metrics of a load.

use serde::{Deserialize, Serialize};

use crate::redact::Clean;
use crate::report::vocabulary::{Metric, ShiftCause, Sure};

/// What is known of the load's metrics; those that are `None` are in `not_available` of the load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the field's own names
pub struct Metrics {
    pub ttfb: Option<MetricReport>,
    pub fp: Option<MetricReport>,
    pub fcp: Option<MetricReport>,
    pub dcl: Option<MetricReport>,
    pub load: Option<MetricReport>,
    pub tbt: Option<MetricReport>,
    pub speed_index: Option<MetricReport>,
    pub lcp: Option<LcpReport>,
    pub cls: Option<ClsReport>,
    /// Interactions are in traces only.
    pub inp: Option<InpReport>,
}

/// An instant or a duration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct MetricReport {
    pub ms: f64,
    pub certainty: Sure,
}

/// Largest Contentful Paint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LcpReport {
    pub ms: f64,
    pub certainty: Sure,
    /// `None` where the LCP resource is not known.
    pub parts: Option<LcpParts>,
    /// `image` or `text`.
    pub kind: Option<Clean>,
    /// The element.
    pub node: Option<Clean>,
    pub request: Option<u64>,
}

/// How the time to LCP divides; sums to it. For text nothing is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the field's own names
pub struct LcpParts {
    pub ttfb: f64,
    pub load_delay: f64,
    pub load_duration: f64,
    pub render_delay: f64,
}

/// Interaction to Next Paint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct InpReport {
    pub ms: f64,
    pub certainty: Sure,
    pub parts: InpParts,
    /// The type of the event, such as `click`.
    pub event: Clean,
    /// When it was, from navigation start.
    pub start: f64,
}

/// How the time to the next paint divides; sums to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the field's own names
pub struct InpParts {
    pub input_delay: f64,
    pub processing: f64,
    pub presentation: f64,
}

/// Cumulative Layout Shift: a score without unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ClsReport {
    pub score: f64,
    pub certainty: Sure,
    pub windows: Vec<ClsWindow>,
}

/// A burst of layout shifts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ClsWindow {
    pub start: f64,
    pub end: f64,
    pub score: f64,
    /// Number of shifts.
    pub shifts: u64,
    /// The elements that moved in the largest of them.
    pub moved: Vec<Clean>,
    /// The largest part of the score first; empty: not known.
    pub culprits: Vec<ClsCulprit>,
}

/// What shifted the layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ClsCulprit {
    pub cause: ShiftCause,
    pub text: Clean,
    /// What brought it: the image, the font, the frame's document.
    pub request: Option<u64>,
    /// The score of the shifts it caused. A shift of several causes counts for each.
    pub score: f64,
}

/// A metric that cannot be known from this recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct NotAvailable {
    pub metric: Metric,
    pub why: Clean,
}
