//! What timers and messages keep doing once the page has loaded.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use crate::order::Arrange;
use crate::page_load::{PageLoad, Work};
use crate::recording::{RequestId, SiteId};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// Events in which a timer or a message makes script run.
const CALLS: [&str; 3] = ["TimerFire", MESSAGE, "RunPostTaskCallback"];
/// That of them in which it is a message.
const MESSAGE: &str = "HandlePostMessage";

/// Runs are told apart by the second they are in.
const SECOND: f64 = 1000.0;

/// What ran after the load.
#[derive(Clone, Debug, PartialEq)]
pub struct AfterLoad {
    /// From the load event to the next navigation or the end of the recording, from navigation start.
    pub span: TimeSpan,
    /// By script, the most time first.
    pub scripts: Vec<Repeated>,
}

/// What timers and messages made one script do.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeated {
    /// Its address; `None`: not recorded.
    pub script: Option<StrId>,
    /// A function of it that ran.
    pub site: Option<SiteId>,
    /// How often.
    pub n: u64,
    /// How many of them were messages.
    pub n_messages: u64,
    /// In how many different seconds.
    pub n_seconds: u64,
    /// All of its time.
    pub total: Millis,
}

impl Repeated {
    /// Its request.
    pub fn request(&self, load: &PageLoad<'_>) -> Option<RequestId> {
        load.request_of_script(self.script?)
    }
}

/// Finds it; `None`: the recording has no work, or no load event.
pub fn after_load(load: &PageLoad<'_>) -> Option<AfterLoad> {
    let mut work = Work::of(load)?;
    let loaded = load.milestones.load?.ms;
    let end = load.since_start(work.span.end).max(loaded);
    work.span.start += loaded;
    let calls = CALLS.map(|name| load.recording.strings.find(name));
    let mut place: HashMap<Option<StrId>, usize> = HashMap::new();
    let mut scripts: Vec<Repeated> = Vec::new();
    let mut seconds: HashSet<(usize, u64)> = HashSet::new();
    // What is called within another call is part of that.
    let mut counted: Option<u16> = None;
    work.each(|id, slice| {
        let kind = calls.iter().position(|name| *name == Some(slice.name));
        counted = counted.filter(|depth| *depth < slice.depth);
        let is_it = !slice.is_call && counted.is_none() && slice.start < work.span.end;
        let Some(kind) = kind.filter(|_| is_it) else { return ControlFlow::Continue(()) };
        counted = Some(slice.depth);
        // The first place in scripts within says whose it is.
        let site = work.within(id).find_map(|(_, inner)| inner.site);
        let script = site.and_then(|site| work.all.site(site)).and_then(|site| site.url);
        let at = *place.entry(script).or_insert(scripts.len());
        if at == scripts.len() {
            scripts.push(Repeated { script, site, n: 0, n_messages: 0, n_seconds: 0, total: Millis::ZERO });
        }
        if let Some(one) = scripts.get_mut(at) {
            let second = ((slice.start - work.span.start).0 / SECOND) as u64;
            one.n += 1;
            one.n_messages += u64::from(CALLS.get(kind) == Some(&MESSAGE));
            one.n_seconds += u64::from(seconds.insert((at, second)));
            one.total += slice.duration.min(work.span.end - slice.start);
        }
        ControlFlow::Continue(())
    });
    scripts.arrange_by(|a, b| b.total.total_cmp(&a.total));
    Some(AfterLoad { span: TimeSpan { start: loaded, end }, scripts })
}
