//! A HAR and a trace of the same load become one recording; recordings that do not belong together stay apart, and
//! the HAR says why.

mod merge;
mod pairing;
mod problems;
#[cfg(test)]
mod tests;

use crate::import::Opened;
use crate::import::problems::Problems;
use crate::recording::{Recording, RecordingKind};

/// A recording, as it was opened or put together.
pub struct Together {
    /// Positions among the opened recordings of what is in it, in their order.
    pub of: Vec<usize>,
    /// The name of its file or archive member, if it is of one.
    pub name: Option<String>,
    /// What was recorded.
    pub recording: Recording,
}

/// Joins what is of the same load: each trace with the HAR that it has most requests in common with. Everything else
/// stays as it is, in the order of opening; a HAR beside a trace says why they were not joined.
pub fn join(opened: Vec<Opened>) -> Vec<Together> {
    let mut all: Vec<Option<Together>> = apart(opened).into_iter().map(Some).collect();
    let of_kind = |all: &[Option<Together>], kind| {
        let is_it = |one: &Option<Together>| {
            one.as_ref().is_some_and(|one| one.recording.joined.is_none() && one.recording.provenance.kind == kind)
        };
        (0..all.len()).filter(|at| all.get(*at).is_some_and(is_it)).collect::<Vec<usize>>()
    };
    let traces = of_kind(&all, RecordingKind::ChromeTrace);
    for har_at in of_kind(&all, RecordingKind::Har) {
        let (mut best, mut reason) = (None, None);
        for trace_at in &traces {
            let (Some(Some(har)), Some(Some(trace))) = (all.get(har_at), all.get(*trace_at)) else { continue };
            if trace.recording.joined.is_some() {
                continue;
            }
            match pairing::pair(&har.recording, &trace.recording) {
                Ok(pairing) => {
                    let n = pairing.n_matched;
                    if best.as_ref().is_none_or(|(_, known): &(usize, pairing::Pairing)| known.n_matched < n) {
                        best = Some((*trace_at, pairing));
                    }
                }
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        let taken = |all: &mut Vec<Option<Together>>, at: usize| all.get_mut(at).and_then(Option::take);
        match (best, reason) {
            (Some((trace_at, pairing)), _) => {
                let (Some(har), Some(trace)) = (taken(&mut all, har_at), taken(&mut all, trace_at)) else { continue };
                let names = [har.name.as_deref(), trace.name.as_deref()];
                let is_first = har_at < trace_at;
                let recording = merge::merge(trace.recording, har.recording, &pairing, names, is_first);
                let of = vec![har_at.min(trace_at), har_at.max(trace_at)];
                if let Some(place) = all.get_mut(har_at.min(trace_at)) {
                    *place = Some(Together { of, name: None, recording });
                }
            }
            (None, Some(why)) => {
                let Some(Some(har)) = all.get_mut(har_at) else { continue };
                let mut found = Problems::default();
                found.note_at(why, 1, None);
                found.add_to(&mut har.recording.problems);
            }
            (None, None) => {}
        }
    }
    all.into_iter().flatten().collect()
}

/// The same without joining anything.
pub fn apart(opened: Vec<Opened>) -> Vec<Together> {
    let apart = opened.into_iter().enumerate();
    apart.map(|(at, opened)| Together { of: vec![at], name: opened.name, recording: opened.recording }).collect()
}
