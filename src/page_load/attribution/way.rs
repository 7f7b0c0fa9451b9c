//! The way to a milestone: which request held it, what that one waited for, and so on back to navigation start.
//!
//! A HAR records no causes but initiators, so where several requests could have been waited for, the one that ended
//! last is taken: the others were over by then and held nothing.

use crate::order::Arrange;
use crate::page_load::attribution::Owner;
use crate::page_load::connections::SLOTS_PER_HOST;
use crate::page_load::document::is_hop;
use crate::page_load::{Metric, PageLoad, Party, Resource};
use crate::recording::{
    CompletionState, InitiatorKind, Phase, Protocol, RenderBlocking, Request, RequestId, ResourceKind,
};
use crate::units::{Millis, TimeSpan};

/// Milliseconds. Recorded times are rounded, so an effect may seem to begin this long before its cause has ended.
const ROUNDING: Millis = Millis(1.0);

/// Milliseconds. Of two requests that end so close to each other and to a milestone, either may have held it: what
/// happens on arrival (decoding, running, dispatching the event) takes longer (one long task, see [`LONG_TASK`]).
const NEAR: Millis = Millis(50.0);

/// Milliseconds. A script asks for something this soon after it or its data has arrived: a task of the main thread and
/// a frame.
const SOON: Millis = Millis(100.0);

/// Milliseconds. If what usually holds something ended longer before, something else is looked for: browsers need this
/// long at most to go on by themselves (two long tasks, see [`LONG_TASK`]).
const UNEXPLAINED: Millis = Millis(100.0);

/// Milliseconds. A page of a file that holds nothing but the document has been busy with something not in the file, if
/// it took this much longer: the second that visitors notice.
const MISSING_FILES: Millis = Millis(1_000.0);

/// One stretch of the way.
pub struct Stretch {
    /// What was waited for.
    pub request: Option<RequestId>,
    /// When.
    pub span: TimeSpan,
    /// Whose time it was, if no request was waited for.
    pub owner: Owner,
    /// Why, if no request was waited for.
    pub why: &'static str,
}

/// Milliseconds. If the browser held a request back for longer, the way goes on with what it let pass instead.
const HELD_BACK: Millis = Millis(10.0);

/// Milliseconds. Shorter work is not asked who did it: the Long Tasks API draws the line here.
const LONG_TASK: Millis = Millis(50.0);

const AT_WORK: &str = "the browser or its scripts at work (the file does not record at what)";
/// The same of a recording of the main thread.
const ON_MAIN_THREAD: &str = "the browser or its scripts at work, or waiting for a timer (see the main thread)";
const THIRD_PARTY_AT_WORK: &str = "most likely scripts of other companies at work, which had just arrived";
const NO_FILES: &str = "the file holds only the page itself, not what was loaded for it";
const IN_LINE: &str = "files may have stood in line for a connection (HTTP/1.1), which the file does not record";
const BEFORE_FIRST: &str = "before the first request: the browser getting ready";

/// The way to a milestone at `ms`, from 0 to there, without gaps. `held`: the request that held it, if that is known.
pub fn to(load: &PageLoad<'_>, milestone: Metric, ms: Millis, held: Option<RequestId>) -> Vec<Stretch> {
    let candidates = Candidates::of(load);
    let mut stretches: Vec<Stretch> = Vec::new(); // backwards
    let mut seen = vec![false; load.requests.len()];
    let mut cursor = ms;
    let held = held.and_then(|held| Some((held, load.span(held)?)));
    let mut next = held.or_else(|| candidates.holder(load, milestone, ms));
    let mut after = None; // the request before which we stand
    while Millis::ZERO < cursor {
        let Some((request, span)) = next.filter(|(request, _)| mark(load, &mut seen, *request)) else {
            let starts = load.network().filter_map(|(request, _)| load.span(request.id()));
            let is_first = after.is_some() && !starts.into_iter().any(|span| span.start + ROUNDING < cursor);
            stretches.push(idle(Millis::ZERO, cursor, if is_first { BEFORE_FIRST } else { at_work(load) }));
            break;
        };
        let end = span.end.min(cursor);
        if end < cursor {
            let span = TimeSpan { start: end.at_least_zero(), end: cursor };
            stretches.push(candidates.gap(load, after, span));
            cursor = end.at_least_zero();
        }
        let let_pass = candidates.let_pass(load, request, span.start).filter(|(_, span)| span.end < cursor);
        let start = let_pass.map_or(span.start, |(_, span)| span.end).at_least_zero();
        if start < cursor {
            let span = TimeSpan { start, end: cursor };
            stretches.push(Stretch { request: Some(request), span, owner: Owner::Unknown, why: "" });
            cursor = start;
        }
        after = Some(request);
        next = let_pass.or_else(|| candidates.waited_for(load, request, cursor));
    }
    stretches.reverse();
    stretches
}

/// What is said of time between requests in which nothing else is known to have passed.
fn at_work(load: &PageLoad<'_>) -> &'static str {
    if load.recording.timeline.main_thread.slices.is_empty() { AT_WORK } else { ON_MAIN_THREAD }
}

fn idle(start: Millis, end: Millis, why: &'static str) -> Stretch {
    Stretch { request: None, span: TimeSpan { start, end }, owner: Owner::Client, why }
}

/// Marks a request as walked; false if it was already, so that the walk ends.
fn mark(load: &PageLoad<'_>, seen: &mut [bool], request: RequestId) -> bool {
    match load.position(request).and_then(|at| seen.get_mut(at)) {
        Some(seen) => !std::mem::replace(seen, true),
        None => false,
    }
}

/// Requests that others may have waited for, each list by end.
#[derive(Default)]
struct Candidates {
    /// What holds the parser or rendering: the document, style sheets, scripts that are not known to be harmless.
    holds_parser: Vec<(Millis, RequestId)>,
    /// What scripts may wait for: the above, all scripts and all data.
    holds_scripts: Vec<(Millis, RequestId)>,
    /// What holds the load event (HTML, "delay the load event"): everything fetched for the document itself.
    holds_load: Vec<(Millis, RequestId)>,
    /// What may be the content on the screen: the first list, images and fonts.
    holds_content: Vec<(Millis, RequestId)>,
    /// All scripts.
    scripts: Vec<(Millis, RequestId)>,
    /// Whether something was fetched beside the document and its redirects.
    has_files: bool,
    /// Whether files must have stood in line for a connection, in a file that tells of no queues.
    stood_in_line: bool,
}

impl Candidates {
    fn of(load: &PageLoad<'_>) -> Self {
        let mut lists = Self { stood_in_line: stood_in_line(load), ..Self::default() };
        for (request, resource) in load.network() {
            let ended = !matches!(request.completion(), CompletionState::Unfinished | CompletionState::Blocked);
            let Some(end) = load.span(request.id()).filter(|_| ended && request.end().is_some()).map(|span| span.end)
            else {
                continue;
            };
            let entry = (end, request.id());
            lists.has_files |=
                load.document.request != Some(request.id()) && !load.document.redirects.contains(&request.id());
            let parser = holds_parser(load, request, resource);
            if parser {
                lists.holds_parser.push(entry);
            }
            if resource.kind == ResourceKind::Script {
                lists.scripts.push(entry);
            }
            if parser
                || matches!(resource.kind, ResourceKind::Script | ResourceKind::Xhr | ResourceKind::Fetch)
                || (resource.kind == ResourceKind::Document && load.document.request.is_none())
            {
                lists.holds_scripts.push(entry);
            }
            if parser || matches!(resource.kind, ResourceKind::Image | ResourceKind::Font) {
                lists.holds_content.push(entry);
            }
            if !matches!(
                resource.kind,
                ResourceKind::Xhr
                    | ResourceKind::Fetch
                    | ResourceKind::Ping
                    | ResourceKind::Preflight
                    | ResourceKind::WebSocket
                    | ResourceKind::EventSource
                    | ResourceKind::Manifest
                    | ResourceKind::Media
            ) {
                lists.holds_load.push(entry);
            }
        }
        for list in [
            &mut lists.holds_parser,
            &mut lists.holds_scripts,
            &mut lists.holds_load,
            &mut lists.holds_content,
            &mut lists.scripts,
        ] {
            list.arrange_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        lists
    }

    /// The request that held a milestone: of those that could, the one that ended last before it.
    fn holder(&self, load: &PageLoad<'_>, milestone: Metric, ms: Millis) -> Option<(RequestId, TimeSpan)> {
        let list = match milestone {
            Metric::Lcp => {
                let known = load.network().find(|(request, _)| request.is_lcp()).map(|(request, _)| request.id());
                if let Some(span) = known.and_then(|known| Some((known, load.span(known)?))) {
                    return Some(span);
                }
                &self.holds_content
            }
            Metric::Load => &self.holds_load,
            _ => &self.holds_parser,
        };
        let near = |list| last_before(load, list, ms, |id, span| is_told(load.request(id)) && ms - NEAR <= span.end);
        let any = |list| last_before(load, list, ms, |_, _| true);
        let latest = near(list).or_else(|| any(list));
        let is_explained = latest.is_some_and(|(_, span)| ms - UNEXPLAINED <= span.end);
        let beside = if is_explained { None } else { self.painted_late(load, milestone, ms) };
        let better = |(_, found): &(RequestId, TimeSpan)| latest.is_none_or(|(_, span)| span.end < found.end);
        beside.filter(better).or(latest).or_else(|| any(&self.holds_load))
    }

    /// What else content may have waited for, if nothing that usually holds it ended shortly before: the page itself,
    /// still arriving in pieces; a script or data that arrived just then; the last that the site's own scripts had.
    fn painted_late(&self, load: &PageLoad<'_>, milestone: Metric, ms: Millis) -> Option<(RequestId, TimeSpan)> {
        if !matches!(milestone, Metric::Lcp | Metric::Fcp | Metric::FirstPaint) {
            return None;
        }
        let document = load.document.request.and_then(|id| Some((id, load.span(id)?)));
        let arriving = document.filter(|(_, span)| span.start < ms && ms <= span.end);
        let just_then =
            || last_before(load, &self.holds_scripts, ms, |id, span| ms - NEAR <= span.end && is_telling(load, id));
        let own = || {
            let is_own = |id| load.resource(id).is_some_and(|resource| resource.party == Party::First);
            last_before(load, &self.holds_scripts, ms, |id, _| is_own(id))
        };
        arriving.or_else(just_then).or_else(own)
    }

    /// Time in which nothing was waited for, before `next` was asked for. Browsers run a script when it arrives, so the
    /// work is laid at the door of those that had most of the script that arrived just before or meanwhile.
    fn gap(&self, load: &PageLoad<'_>, next: Option<RequestId>, span: TimeSpan) -> Stretch {
        let asker = next.and_then(|next| load.resource(next)?.initiator);
        let asked_by_script = next.is_some_and(|next| load.request(next).initiator() == Some(InitiatorKind::Script));
        let theirs = if asked_by_script {
            asker.and_then(|asker| load.resource(asker)).is_some_and(is_companys)
        } else {
            let first = self.scripts.partition_point(|(end, _)| *end < span.start - ROUNDING);
            let arrived = self.scripts.iter().skip(first).take_while(|(end, _)| *end < span.end);
            let (mut ours, mut theirs) = (0, 0);
            for (_, script) in arrived {
                let request = load.request(*script);
                let bytes = request.decoded_bytes().or(request.body_bytes()).or(request.transfer_bytes());
                let bytes = bytes.map_or(1, |bytes| bytes.0.max(1));
                if load.resource(*script).is_some_and(is_companys) { theirs += bytes } else { ours += bytes }
            }
            ours < theirs
        };
        if theirs && LONG_TASK <= span.duration() {
            return Stretch { request: None, span, owner: Owner::ThirdParty, why: THIRD_PARTY_AT_WORK };
        }
        if !self.has_files && MISSING_FILES <= span.duration() {
            return Stretch { request: None, span, owner: Owner::Unknown, why: NO_FILES };
        }
        if self.stood_in_line && LONG_TASK <= span.duration() {
            return Stretch { request: None, span, owner: Owner::Unknown, why: IN_LINE };
        }
        idle(span.start, span.end, at_work(load))
    }

    /// What the browser let pass while it held a request back: of what holds the parser or rendering, the one that
    /// ended last before the request was let go. (Chromium's resource scheduler delays requests of low priority
    /// until the blocking ones in the document's head are done.)
    fn let_pass(&self, load: &PageLoad<'_>, request: RequestId, start: Millis) -> Option<(RequestId, TimeSpan)> {
        let held_back = load.request(request).held_back().filter(|held_back| HELD_BACK <= *held_back)?;
        let let_go = start + held_back + ROUNDING;
        let latest = last_before(load, &self.holds_parser, let_go, |id, _| id != request)?;
        (start < latest.1.end).then_some(latest)
    }

    /// What a request waited for before it started: who asked for it, or something that held up who asked.
    fn waited_for(&self, load: &PageLoad<'_>, request: RequestId, start: Millis) -> Option<(RequestId, TimeSpan)> {
        let resource = load.resource(request)?;
        let known = |id: Option<RequestId>| id.and_then(|id| Some((id, load.span(id)?)));
        if let Some(before) = known(resource.redirected_from) {
            return Some(before);
        }
        if load.document.request == Some(request) {
            return None; // the browser asked for it
        }
        let initiator = known(resource.initiator).or_else(|| known(load.document.request));
        let asked_by = initiator.filter(|(id, span)| *id != request && span.start < start);
        // Whoever asked was still arriving: it asked as soon as the line was read.
        if let Some((id, span)) = asked_by
            && start <= span.end
        {
            return Some((id, span));
        }
        let by_parser =
            matches!(load.request(request).initiator(), Some(InitiatorKind::Parser | InitiatorKind::Preload));
        let list = if by_parser { &self.holds_parser } else { &self.holds_scripts };
        // What ended within the rounding but started no earlier cannot have been waited for.
        let held_up = last_before(load, list, start + ROUNDING, |id, span| id != request && span.start < start);
        let waited = match (asked_by, held_up) {
            (Some(asked_by), Some(held_up)) => Some(if asked_by.1.end < held_up.1.end { held_up } else { asked_by }),
            (asked_by, held_up) => asked_by.or(held_up),
        };
        // Chromium names the page for what a script puts into it while it is being parsed.
        let is_explained = waited.is_none_or(|(_, span)| start - UNEXPLAINED <= span.end);
        let by_script = |id: RequestId, span: TimeSpan| {
            id != request && span.start < start && start - SOON <= span.end && is_telling(load, id)
        };
        let script =
            if is_explained { None } else { last_before(load, &self.holds_scripts, start + ROUNDING, by_script) };
        script.or(waited)
    }
}

/// Whether more files were asked for at once than browsers open connections for, while the file (Playwright's, say)
/// records of no request how long it stood in line.
fn stood_in_line(load: &PageLoad<'_>) -> bool {
    if load.network().any(|(request, _)| request.phases().queued.is_some()) {
        return false;
    }
    let of_old = load.network().filter(|(request, _)| request.protocol() == Some(Protocol::Http11));
    let mut starts: Vec<(&str, Millis)> =
        of_old.filter_map(|(request, resource)| Some((resource.url?.host, load.span(request.id())?.start))).collect();
    starts.arrange_by(|a, b| a.0.cmp(b.0).then(a.1.total_cmp(&b.1)));
    let rest = starts.iter().skip(SLOTS_PER_HOST);
    starts.iter().zip(rest).any(|(first, last)| first.0 == last.0 && last.1 <= first.1 + NEAR)
}

/// Whether what a request brought is another company's: its name is known, and it does not only host what others make.
fn is_companys(resource: &Resource<'_>) -> bool {
    resource.party == Party::Third && resource.entity.is_some_and(|entity| !entity.hosts_for_others())
}

/// Whether what ends just before an effect is likely its cause: scripts act on arrival, and the site's own data is asked
/// for to be shown, while other companies' data mostly measures.
fn is_telling(load: &PageLoad<'_>, id: RequestId) -> bool {
    load.resource(id).is_some_and(|resource| resource.kind == ResourceKind::Script || resource.party == Party::First)
}

/// How many requests that fit not the search looks at, so that it stays linear whatever was recorded.
const MAX_PASSED_OVER: usize = 100;

/// Of a list by end the last request that ended not after `before` and `fits`.
fn last_before(
    load: &PageLoad<'_>,
    list: &[(Millis, RequestId)],
    before: Millis,
    fits: impl Fn(RequestId, TimeSpan) -> bool,
) -> Option<(RequestId, TimeSpan)> {
    let n_before = list.partition_point(|(end, _)| *end <= before);
    let latest = list.iter().take(n_before).rev().take(MAX_PASSED_OVER);
    latest.filter_map(|(_, id)| Some((*id, load.span(*id)?))).find(|(id, span)| fits(*id, *span))
}

/// Whether the file tells something of how a request's time divides: phases, or that there was an answer to wait for.
fn is_told(request: Request<'_>) -> bool {
    let phases = request.phases();
    request.status().is_some() || is_hop(request) || Phase::ALL.iter().any(|phase| phases.get(*phase).is_some())
}

/// Whether a request holds the parser or rendering, as far as is known: what the browser said, else its kind.
fn holds_parser(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    if load.document.request == Some(request.id()) || load.document.redirects.contains(&request.id()) {
        return true;
    }
    match (resource.kind, resource.blocking) {
        (ResourceKind::Stylesheet | ResourceKind::Script, Some(blocking)) => {
            blocking.how != RenderBlocking::NonBlocking
        }
        (ResourceKind::Stylesheet, None) => true,
        (ResourceKind::Script, None) => request.initiator() != Some(InitiatorKind::Script),
        _ => false,
    }
}
