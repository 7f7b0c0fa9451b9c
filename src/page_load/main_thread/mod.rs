//! What the page's main thread did during a load: by kind of work, by script, by company, and its long tasks.
//!
//! Chrome's engine counts as a script's own time what is in its functions and in events that name its address
//! (`ThirdParties`). What these cause beyond that — layout they force, garbage they leave — is told apart from it, and so
//! is whose script began the work: a tag's callback may spend its time in a function of the page or of another tag.

mod activity;
mod sweep;
#[cfg(test)]
mod tests;

pub use activity::{Activities, Activity};

use crate::http::url::Url;
use crate::order::Arrange;
use crate::page_load::parties::{self, Entity, FirstParty};
use crate::page_load::{PageLoad, Party, Work};
use crate::recording::{Recording, RequestId, SliceId};
use crate::text::{StrId, Untrusted};
use crate::units::{Millis, TimeSpan};

/// Handle of a script in [`MainThreadWork::scripts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScriptId(pub u32);

/// What the main thread did from navigation start until the next navigation or the end of the recording.
#[derive(Clone, Debug, Default)]
pub struct MainThreadWork {
    /// Time by [`Activity`], in its order.
    pub by_activity: [Millis; Activity::N],
    /// Everything that has an address and took time, the most time first. Documents and style sheets, whose parsing
    /// takes time, are among them.
    pub scripts: Vec<ScriptWork>,
    /// The same by company, or by site where no company is known; the most time first.
    pub parties: Vec<PartyWork>,
    /// Tasks over [`LONG_TASK`](crate::recording::LONG_TASK) in the order of time. `None`: the recording does not hold tasks.
    pub long_tasks: Option<Vec<LongTask>>,
    /// The longest task.
    pub longest: Option<Millis>,
    /// Total Blocking Time: what tasks take beyond [`LONG_TASK`](crate::recording::LONG_TASK), from the first contentful
    /// paint on until the page is interactive, if the recording tells when that is. `None`: no tasks, or no such paint.
    pub blocking: Option<Millis>,
}

/// What one address cost.
#[derive(Clone, Copy, Debug)]
pub struct ScriptWork {
    /// Its address.
    pub url: StrId,
    /// The first request for it in this load.
    pub request: Option<RequestId>,
    /// Whose host it is.
    pub party: Party,
    /// The known company behind the host.
    pub entity: Option<Entity>,
    /// In its functions and in events that name it.
    pub own: Millis,
    /// Part of `own` for parsing and compiling it.
    pub compile: Millis,
    /// In what these caused.
    pub caused: Millis,
    /// Its part of the blocking time of long tasks, by its part of each.
    pub blocking: Millis,
    /// All work that it began: it was the outermost script that ran, whosever functions it called.
    pub begun: Millis,
    /// The part of `begun` in the blocking time of long tasks.
    pub begun_blocking: Millis,
}

/// Whether work is somebody else's. Libraries that a public CDN or a hosting company delivers are the page's own.
fn is_of_others(party: Party, entity: Option<Entity>) -> bool {
    party == Party::Third && !entity.is_some_and(Entity::hosts_for_others)
}

impl ScriptWork {
    /// Whether it is somebody else's.
    pub fn is_of_others(&self) -> bool {
        is_of_others(self.party, self.entity)
    }

    /// All of its time.
    pub fn total(&self) -> Millis {
        self.own + self.caused
    }
}

/// What one company or site cost.
#[derive(Clone, Copy, Debug)]
pub struct PartyWork {
    /// The known company.
    pub entity: Option<Entity>,
    /// Its address that began the most.
    pub url: StrId,
    /// Whether it is the page's own.
    pub party: Party,
    /// As in [`ScriptWork`].
    pub own: Millis,
    /// As in [`ScriptWork`].
    pub caused: Millis,
    /// As in [`ScriptWork`].
    pub blocking: Millis,
    /// As in [`ScriptWork`].
    pub begun: Millis,
    /// As in [`ScriptWork`].
    pub begun_blocking: Millis,
}

impl PartyWork {
    /// Whether it is somebody else's.
    pub fn is_of_others(&self) -> bool {
        is_of_others(self.party, self.entity)
    }

    /// The host of its address, if that has one.
    pub fn host<'a>(&self, recording: &'a Recording) -> Option<Untrusted<'a>> {
        let url = Url::parse(recording.text(self.url).expose())?;
        (!url.host.is_empty()).then(|| Untrusted::new(url.host))
    }
}

/// A task over [`LONG_TASK`](crate::recording::LONG_TASK).
#[derive(Clone, Copy, Debug)]
pub struct LongTask {
    /// Its slice.
    pub slice: SliceId,
    /// When it began, from navigation start.
    pub start: Millis,
    /// How long it took.
    pub duration: Millis,
    /// What most of its time was.
    pub activity: Activity,
    /// The script that had most of its time, if any had.
    pub script: Option<ScriptId>,
}

/// Derives it; `None` if the recording holds no work of threads.
pub fn derive(load: &PageLoad<'_>) -> Option<MainThreadWork> {
    let work = Work::of(load)?;
    let mut sums = sweep::sum(load, &work, blocking_span(load, work.span));
    name_parties(load, &mut sums);
    Some(sums)
}

/// The same only up to an instant, from navigation start; long tasks and blocking time are left out.
pub fn until(load: &PageLoad<'_>, end: Millis) -> Option<MainThreadWork> {
    let mut work = Work::of(load)?;
    work.span.end = work.span.end.min(work.span.start + end);
    let mut sums = sweep::sum(load, &work, None);
    name_parties(load, &mut sums);
    (sums.long_tasks, sums.longest) = (None, None);
    Some(sums)
}

/// When tasks count as blocking.
fn blocking_span(load: &PageLoad<'_>, span: TimeSpan) -> Option<TimeSpan> {
    let painted = load.recorded()?.milestones.first_contentful_paint?;
    let interactive = load.navigation().and_then(|navigation| navigation.milestones.time_to_interactive);
    let end = interactive.map_or(span.end, |at| (span.start + at).min(span.end));
    let start = span.start + painted;
    (start < end).then_some(TimeSpan { start, end })
}

/// Sums by company, and puts the most time first.
fn name_parties(load: &PageLoad<'_>, work: &mut MainThreadWork) {
    let mut order: Vec<u32> = (0..work.scripts.len() as u32).collect();
    let total = |at: &u32| work.scripts.get(*at as usize).map_or(Millis::ZERO, ScriptWork::total);
    order.arrange_by(|a, b| total(b).total_cmp(&total(a)));
    let mut place = vec![0; order.len()];
    for (to, from) in order.iter().enumerate() {
        if let Some(place) = place.get_mut(*from as usize) {
            *place = to as u32;
        }
    }
    work.scripts = order.iter().filter_map(|at| work.scripts.get(*at as usize).copied()).collect();
    for task in work.long_tasks.iter_mut().flatten() {
        task.script = task.script.and_then(|script| place.get(script.0 as usize)).map(|at| ScriptId(*at));
    }

    let first_party = FirstParty::of(load);
    // Sorted by who it is, so that each party's scripts are neighbors.
    let mut keyed: Vec<(String, PartyWork)> = Vec::with_capacity(work.scripts.len());
    for script in &mut work.scripts {
        let text = load.recording.text(script.url);
        let (party, entity) = first_party.judge_url(Url::parse(text.expose()).as_ref());
        (script.party, script.entity) = (party, entity);
        let key = parties::key(entity, text.expose());
        let ScriptWork { url, own, caused, blocking, begun, begun_blocking, .. } = *script;
        keyed.push((key, PartyWork { entity, url, party, own, caused, blocking, begun, begun_blocking }));
    }
    keyed.arrange_by(|a, b| a.0.cmp(&b.0));
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        let mut all = group.iter().map(|(_, part)| *part);
        let Some(mut sum) = all.next() else { continue };
        let mut begun_by_one = sum.begun;
        for part in all {
            sum.own += part.own;
            sum.caused += part.caused;
            sum.blocking += part.blocking;
            sum.begun_blocking += part.begun_blocking;
            if begun_by_one < part.begun {
                (begun_by_one, sum.url) = (part.begun, part.url);
            }
            sum.begun += part.begun;
        }
        work.parties.push(sum);
    }
    work.parties.arrange_by(|a, b| (b.own + b.caused).total_cmp(&(a.own + a.caused)));
}
