//! Everything that was collected, put together as a recording.

use crate::import::har::missing;
use crate::import::trace::clock::{Offsets, parse_start_time};
use crate::import::trace::metrics::Candidate;
use crate::import::trace::navigation::{NavigationDraft, NavigationIndex, SoftDraft};
use crate::import::trace::requests::{Derived, derive};
use crate::import::trace::{Collectors, FileFacts, problems};
use crate::order::Arrange;
use crate::recording::{
    FrameId, LargestPaint, Navigation, NavigationId, NavigationKind, NavigationMilestones, Page, PageId, Provenance,
    RecordedMilestones, Recording, RecordingKind, RequestId, Timeline, Tool,
};
use crate::text::StrId;
use crate::units::{Bytes, Millis, WallTime};
use std::collections::{HashMap, HashSet};

/// The recording.
pub fn recording(collected: Collectors, file: FileFacts, n_bytes: u64, is_profile: bool) -> Recording {
    let Collectors {
        mut strings,
        mut problems,
        mut clock,
        mut meta,
        navigations,
        metrics,
        network,
        mut layout_changes,
        layout_shifts,
        interactions,
        threads,
        samples,
        screenshots,
        scripts,
        user_timings,
        document_sizes,
        page_facts,
        has_started,
        ..
    } = collected;
    let profiles = samples.finish();
    for profile in profiles.values() {
        if let (true, Some((start, end))) = (is_profile || !meta.is_of_page, profile.span()) {
            clock.extend(start, end);
        }
        if profile.is_ragged {
            problems.note_at(&problems::RAGGED_SAMPLES, 1, None);
        }
    }
    let offsets = clock.finish();
    let (drafts, main_frame, soft) = navigations.finish(&meta);
    let index = NavigationIndex::new(&drafts);
    let is_generic = !meta.is_of_page && drafts.is_empty();

    let mut recording = Recording::default();
    let mut timeline = Timeline { span: offsets.span(), is_generic, viewport: meta.viewport, ..Timeline::default() };
    timeline.clock_origin_us = Some(offsets.origin);
    timeline.main_frame = main_frame.map(|frame| meta.mention(frame));

    // Navigations and their marks.
    let mut navigations: Vec<Navigation> =
        drafts.iter().map(|draft| navigation(draft, main_frame, offsets, meta.mention(draft.frame))).collect();
    let (candidates, n_early_paints) = metrics.finish(offsets, &index, &drafts, &mut navigations);
    end_navigations(&mut navigations, offsets);

    // Requests.
    let mut derived = Vec::new();
    for (entry, draft) in network.drafts.iter().enumerate() {
        let mut frame_of = |frame| meta.mention(frame);
        derived.extend(derive(draft, entry as u32, offsets, &mut strings, &mut recording.headers, &mut frame_of));
    }
    let start_of = |one: &Derived| one.row.start.map_or(f64::INFINITY, |start| start.0);
    derived.arrange_by(|a, b| start_of(a).total_cmp(&start_of(b)));
    let finals = link_documents(&mut navigations, &derived);
    add_soft_navigations(&mut navigations, soft, &candidates, main_frame, offsets, &mut meta);
    link_largest_paints(&mut navigations, &derived, &finals);

    // Layout shifts.
    let mut main_starts: Vec<(f64, NavigationId)> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| draft.is_main(main_frame))
        .map(|(at, draft)| (draft.start(), NavigationId(at as u32)))
        .collect();
    main_starts.arrange_by(|a, b| a.0.total_cmp(&b.0));
    let shifts_recorded = layout_shifts.was_recorded;
    layout_changes.sort();
    let (shifts, windows) = layout_shifts.finish(offsets, &main_starts, &layout_changes, |frame| meta.mention(frame));
    if !shifts.is_empty() {
        timeline.layout_changes = layout_changes.finish(offsets, |frame| meta.mention(frame));
    }
    let is_load = |navigation: &&mut Navigation| navigation.is_main_frame && navigation.kind == NavigationKind::Load;
    for navigation in navigations.iter_mut().filter(is_load) {
        // A version that knows LCP also knows layout shifts, so none means none.
        if shifts_recorded || navigation.largest_paint.is_some() {
            navigation.cumulative_layout_shift = Some(0.0);
        }
    }
    for window in &windows {
        let own = window.navigation.and_then(|id| navigations.get_mut(id.0 as usize));
        if let Some(navigation) = own {
            let largest = navigation.cumulative_layout_shift.unwrap_or_default().max(window.score);
            navigation.cumulative_layout_shift = Some(largest);
        }
    }
    (timeline.shifts, timeline.shift_windows) = (shifts, windows);

    // Pages.
    let pages = pages(&mut navigations, &derived);
    let mut rows = Vec::with_capacity(derived.len());
    for one in derived {
        let Derived { mut row, traced, .. } = one;
        row.page = pages.of(traced.recorded_id, traced.frame, row.start);
        rows.push((row, traced));
    }
    // Frames have largest paints of their own, which are not the page's.
    let of_page = navigations.iter().filter(|navigation| navigation.is_main_frame);
    let largest: HashSet<RequestId> = of_page.filter_map(|navigation| navigation.largest_paint?.request).collect();
    for (at, (mut row, traced)) in rows.into_iter().enumerate() {
        row.is_lcp = largest.contains(&RequestId(at as u32));
        recording.requests.push(row);
        timeline.requests.push(traced);
    }

    // Interactions, threads and the rest.
    let (interactions, n_nested) = interactions.finish(offsets);
    timeline.n_nested_interactions = n_nested;
    timeline.interactions = interactions
        .into_iter()
        .map(|(interaction, frame)| crate::recording::Interaction {
            frame: frame.map(|frame| meta.mention(frame)),
            ..interaction
        })
        .collect();
    timeline.facts = page_facts.finish(offsets, &mut meta, &strings, &finals);
    (timeline.dom_sizes, timeline.selectors) = document_sizes.finish(offsets, &mut meta);
    let (main_thread, n_unbalanced) =
        threads.finish(&mut meta, main_frame, is_generic || is_profile, profiles, offsets, &strings);
    timeline.main_thread = main_thread;
    timeline.frames = meta.frames();
    timeline.screenshots = screenshots.finish(offsets);
    timeline.script_texts = scripts.finish(&strings);
    timeline.user_timings = user_timings.finish(offsets);

    // What could not be told.
    if 0 < n_early_paints {
        problems.note_at(&problems::EARLY_PAINT, n_early_paints, None);
    }
    if 0 < n_unbalanced {
        problems.note_at(&problems::UNBALANCED, n_unbalanced, None);
    }
    match () {
        () if is_generic && !is_profile => problems.note_at(&problems::GENERIC, 1, None),
        () if main_starts.is_empty() && !is_profile => problems.note_at(&problems::NO_NAVIGATION, 1, None),
        () if !has_started && !is_profile => problems.note_at(&problems::NO_START, 1, None),
        () => {}
    }
    let loads = |navigation: &&Navigation| navigation.page.is_some() && navigation.kind == NavigationKind::Load;
    for navigation in navigations.iter().filter(loads) {
        if navigation.milestones.first_contentful_paint.is_none() {
            problems.note_at(&problems::NO_PAINT, 1, None);
        } else if navigation.largest_paint.is_none() {
            problems.note_at(&problems::NO_LCP, 1, None);
        }
    }
    let loads = drafts.iter().filter(|draft| Some(draft.frame) == main_frame).map(|draft| draft.ts);
    let n_restored = meta.commits_without_load(main_frame, loads);
    if 0 < n_restored {
        problems.note_at(&problems::RESTORED, n_restored, None);
    }
    let n_ahead = navigations.iter().filter(|navigation| navigation.prerendered.is_some()).count() as u64;
    if 0 < n_ahead {
        problems.note_at(&problems::PRERENDERED, n_ahead, None);
    }
    if pages.has_before {
        problems.note_at(&problems::BEFORE_NAVIGATION, 1, None);
    }
    timeline.navigations = navigations;
    timeline.index_pages(pages.list.len());

    recording.origin = file.start_time.as_deref().and_then(parse_start_time);
    recording.pages = pages.list;
    for page in &mut recording.pages {
        page.started = recording.origin.zip(page.start).map(|(origin, start)| WallTime(origin.0 + start.0));
    }
    let browser = file.product.as_deref().and_then(|product| product.split_once('/'));
    let browser = browser
        .map(|(name, version)| Tool { name: Some(strings.intern(name)), version: Some(strings.intern(version)) });
    recording.provenance = Provenance {
        kind: if is_profile { RecordingKind::CpuProfile } else { RecordingKind::ChromeTrace },
        producer: Tool { name: file.source, version: None },
        browser: browser.unwrap_or_default(),
        bytes: Bytes(n_bytes),
        n_events: file.n_events,
        ..Provenance::default()
    };
    recording.strings = strings;
    recording.timeline = timeline;
    recording.provenance.missing = missing(&recording);
    recording.problems = problems.into_vec();
    recording
}

fn navigation(draft: &NavigationDraft, main_frame: Option<StrId>, offsets: Offsets, frame: FrameId) -> Navigation {
    Navigation {
        kind: NavigationKind::Load,
        frame: Some(frame),
        is_main_frame: draft.is_main(main_frame),
        recorded_id: draft.id,
        url: draft.url,
        start: offsets.at(draft.start()),
        prerendered: draft.shown.map(|_| offsets.at(draft.ts)),
        thread: (draft.thread.process, draft.thread.thread),
        ..Navigation::default()
    }
}

/// Each load ends with the next one of its frame.
fn end_navigations(navigations: &mut [Navigation], offsets: Offsets) {
    let mut next: HashMap<Option<FrameId>, Millis> = HashMap::new();
    let mut order: Vec<&mut Navigation> = navigations.iter_mut().collect();
    order.arrange_by(|a, b| b.start.total_cmp(&a.start));
    for navigation in order {
        // The tab shows another frame once a page that was loaded ahead of time is shown.
        let frame = navigation.frame.filter(|_| !navigation.is_main_frame);
        navigation.end = next.insert(frame, navigation.start).unwrap_or(offsets.at(offsets.end));
    }
}

/// Finds the document of each navigation and its final address. Gives the row of each request by its id.
fn link_documents(navigations: &mut [Navigation], derived: &[Derived]) -> HashMap<StrId, usize> {
    let mut finals: HashMap<StrId, usize> = HashMap::new();
    for (at, one) in derived.iter().enumerate() {
        if let (Some(id), false) = (one.traced.recorded_id, one.traced.is_redirect_hop) {
            finals.entry(id).or_insert(at);
        }
    }
    for navigation in navigations {
        let document = navigation.recorded_id.and_then(|id| finals.get(&id));
        if let Some((at, one)) = document.and_then(|at| Some((*at, derived.get(*at)?))) {
            navigation.document = Some(RequestId(at as u32));
            navigation.url = Some(one.row.url);
        }
    }
    finals
}

fn add_soft_navigations(
    navigations: &mut Vec<Navigation>,
    soft: Vec<SoftDraft>,
    candidates: &[Candidate],
    main_frame: Option<StrId>,
    offsets: Offsets,
    meta: &mut crate::import::trace::meta::Meta,
) {
    let largest: HashMap<u64, LargestPaint> = Candidate::largest_by_number(candidates);
    let mut added: Vec<Navigation> = soft
        .iter()
        .map(|draft| Navigation {
            kind: NavigationKind::Soft,
            frame: Some(meta.mention(draft.frame)),
            is_main_frame: Some(draft.frame) == main_frame,
            url: draft.url,
            start: offsets.at(draft.ts),
            thread: (draft.thread.process, draft.thread.thread),
            milestones: NavigationMilestones {
                first_contentful_paint: draft.first_contentful_paint.map(|at| Millis((at - draft.ts) / 1000.0)),
                ..NavigationMilestones::default()
            },
            largest_paint: draft.number.and_then(|number| largest.get(&number)).copied(),
            ..Navigation::default()
        })
        .collect();
    end_navigations(&mut added, offsets);
    // A change of view ends with the page at the latest.
    for soft in &mut added {
        let mut loads = navigations.iter().filter(|load| load.frame == soft.frame && soft.start < load.start);
        if let Some(next) = loads.next() {
            soft.end = soft.end.min(next.start);
        }
    }
    navigations.append(&mut added);
}

/// Finds the request of the image that was the largest paint: the first of that address that was asked for during
/// the navigation and before the paint.
fn link_largest_paints(navigations: &mut [Navigation], derived: &[Derived], finals: &HashMap<StrId, usize>) {
    let mut by_url: HashMap<StrId, Vec<usize>> = HashMap::new();
    for (at, one) in derived.iter().enumerate() {
        by_url.entry(one.row.url).or_default().push(at);
    }
    for navigation in navigations {
        let start = navigation.start;
        let Some(paint) = &mut navigation.largest_paint else { continue };
        let Some(rows) = paint.image_url.and_then(|url| by_url.get(&url)) else { continue };
        let asked =
            |at: &&usize| derived.get(**at).is_some_and(|one| start <= one.traced.start && one.traced.start < paint.at);
        let Some(one) = rows.iter().find(asked).and_then(|at| Some((*at, derived.get(*at)?))) else { continue };
        let (at, one) = one;
        // A redirect's hops lead to the request that brought the image.
        let at = match (one.traced.is_redirect_hop, one.traced.recorded_id.and_then(|id| finals.get(&id))) {
            (true, Some(last)) => *last,
            _ => at,
        };
        paint.request = Some(RequestId(at as u32));
    }
}

/// The pages, and which request belongs to which.
struct Pages {
    list: Vec<Page>,
    has_before: bool,
    /// Starts of the pages that are navigations, in the order of time.
    starts: Vec<(Millis, PageId)>,
    by_document: HashMap<StrId, PageId>,
    /// Frames that loaded pages ahead of time, from when to when, in this order.
    ahead: Vec<(FrameId, Millis, Millis, PageId)>,
}

impl Pages {
    fn of(&self, recorded_id: Option<StrId>, frame: Option<FrameId>, start: Option<Millis>) -> PageId {
        if let Some(page) = recorded_id.and_then(|id| self.by_document.get(&id)) {
            return *page;
        }
        let start = start.unwrap_or_default();
        let n_before =
            self.ahead.partition_point(|(of, from, ..)| Some(*of) < frame || Some(*of) == frame && *from <= start);
        let last = n_before.checked_sub(1).and_then(|at| self.ahead.get(at));
        if let Some((.., page)) = last.filter(|(of, _, to, _)| Some(*of) == frame && start < *to) {
            return *page;
        }
        let n_before = self.starts.partition_point(|(page_start, _)| *page_start <= start);
        match n_before.checked_sub(1).and_then(|at| self.starts.get(at)) {
            Some((_, page)) => *page,
            None => PageId(0),
        }
    }
}

fn pages(navigations: &mut [Navigation], derived: &[Derived]) -> Pages {
    let mut pages = Pages {
        list: Vec::new(),
        has_before: false,
        starts: Vec::new(),
        by_document: HashMap::new(),
        ahead: Vec::new(),
    };
    let is_load = |navigation: &Navigation| navigation.is_main_frame && navigation.kind == NavigationKind::Load;
    let first = navigations.iter().find(|navigation| is_load(navigation)).copied();
    let is_before = |one: &Derived| {
        let is_own =
            |first: Navigation| one.traced.recorded_id.is_some() && one.traced.recorded_id == first.recorded_id;
        first.is_none_or(|first| one.row.start.is_some_and(|start| start < first.start) && !is_own(first))
    };
    pages.has_before = first.is_some() && derived.iter().any(is_before);
    if pages.has_before || first.is_none() {
        pages.list.push(Page { start: Some(Millis::ZERO), synthetic: true, ..Page::default() });
    }
    let mut own: Vec<&mut Navigation> = navigations.iter_mut().filter(|navigation| navigation.is_main_frame).collect();
    own.arrange_by(|a, b| a.start.total_cmp(&b.start));
    // The blank page of a new tab is a navigation too. It is shown only if there is nothing else.
    let has_requests = |navigation: &Navigation| {
        // In the order of their starts; those without one are the last.
        let n_before = derived.partition_point(|one| one.row.start.is_some_and(|start| start < navigation.start));
        derived.get(n_before).and_then(|one| one.row.start).is_some_and(|start| start < navigation.end)
    };
    let is_blank = |navigation: &Navigation| {
        let is_unknown = navigation.url.is_none() && navigation.milestones.first_contentful_paint.is_none();
        is_unknown && !has_requests(navigation)
    };
    let blank: Vec<bool> = own.iter().map(|navigation| is_blank(navigation)).collect();
    let first_shown = blank.iter().position(|blank| !*blank).unwrap_or_default();
    for (_, navigation) in
        own.into_iter().enumerate().filter(|(at, _)| *at == first_shown || blank.get(*at) == Some(&false))
    {
        let id = PageId(pages.list.len() as u32);
        navigation.page = Some(id);
        pages.starts.push((navigation.start, id));
        if let Some((frame, from)) = navigation.frame.zip(navigation.prerendered) {
            pages.ahead.push((frame, from, navigation.start, id));
        }
        if let Some(document) = navigation.recorded_id {
            pages.by_document.insert(document, id);
        }
        let milestones = navigation.milestones;
        let document = navigation.document.and_then(|id| derived.get(id.0 as usize));
        pages.list.push(Page {
            title: None,
            url: navigation.url,
            start: Some(navigation.start),
            milestones: RecordedMilestones {
                ttfb: document.and_then(|one| one.traced.first_byte).map(|at| match navigation.prerendered {
                    Some(_) => (at - navigation.start).at_least_zero(),
                    None => at - navigation.start,
                }),
                first_paint: milestones.first_paint,
                first_contentful_paint: milestones.first_contentful_paint,
                largest_contentful_paint: navigation.largest_contentful_paint(),
                dom_interactive: milestones.dom_interactive,
                dom_content_loaded: milestones.dom_content_loaded,
                load: milestones.load,
                total_blocking_time: milestones.total_blocking_time,
                cumulative_layout_shift: navigation.cumulative_layout_shift,
                ..RecordedMilestones::default()
            },
            ..Page::default()
        });
    }
    pages.ahead.arrange_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    pages
}
