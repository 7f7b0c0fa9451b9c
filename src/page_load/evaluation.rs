//! What running each script for the first time cost: compiling it and running its top level, for its size.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::page_load::{PageLoad, Work, downloads};
use crate::recording::{RequestId, ResourceKind};
use crate::text::StrId;
use crate::units::{Bytes, Millis};

/// Events in which a script is compiled or its top level runs.
const EVALUATION: [&str; 4] = ["EvaluateScript", "v8.evaluateModule", "v8.compile", "v8.compileModule"];

/// The first run of a script that has a request of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Its request.
    pub request: RequestId,
    /// Compiling it and running its top level, with all that this caused.
    pub took: Millis,
    /// Decoded.
    pub bytes: Bytes,
}

impl Evaluation {
    /// Milliseconds for each 1,024 bytes.
    pub fn ms_per_kib(&self) -> f64 {
        self.took.0 * 1024.0 / self.bytes.0.max(1) as f64
    }
}

/// All of a load in the order of their first run; `None`: the recording has no work.
pub fn of(load: &PageLoad<'_>) -> Option<Vec<Evaluation>> {
    let work = Work::of(load)?;
    let names = EVALUATION.map(|name| load.recording.strings.find(name));
    let mut place: HashMap<StrId, usize> = HashMap::new();
    let mut all: Vec<(StrId, Millis)> = Vec::new();
    // What is evaluated within another evaluation is part of that.
    let mut counted: Option<u16> = None;
    work.each(|_, slice| {
        counted = counted.filter(|depth| *depth < slice.depth);
        let url = slice.site.and_then(|site| work.all.site(site)).and_then(|site| site.url);
        if let (true, Some(url)) = (names.contains(&Some(slice.name)) && counted.is_none(), url) {
            counted = Some(slice.depth);
            let at = *place.entry(url).or_insert(all.len());
            match all.get_mut(at) {
                Some((_, took)) => *took += slice.duration,
                None => all.push((url, slice.duration)),
            }
        }
        ControlFlow::Continue(())
    });
    let evaluated = all.into_iter().filter_map(|(url, took)| {
        let request = load.request_of_script(url)?;
        let is_script = load.resource(request)?.kind == ResourceKind::Script;
        let bytes = downloads::decoded_bytes(load.request(request)).filter(|_| is_script)?;
        Some(Evaluation { request, took, bytes })
    });
    Some(evaluated.collect())
}
