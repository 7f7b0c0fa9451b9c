//! Pages: which there are, in what order, and which requests belong to them.

use crate::import::har::build::{self, Built};
use crate::import::har::dialects::Producer;
use crate::import::har::problems::{self, Problems};
use crate::import::har::raw::{RawLog, RawMilestones, RawPage};
use crate::order::Arrange;
use crate::recording::{Page, PageId, Place, RecordedMilestones, Recording, ResourceKind};
use crate::text::StrId;
use crate::units::{Millis, WallTime};

/// A request may start this much before its page without being odd: dates are rounded to whole milliseconds.
const EARLY_MILLIS: f64 = 2.0;

/// Makes the pages of a recording and gives each of `built`, which is in the order of time, its page.
pub(super) fn resolve(
    recording: &mut Recording,
    log: &RawLog,
    producer: Producer,
    built: &mut [Built],
    problems: &mut Problems,
) -> Vec<Page> {
    let origin = recording.origin.map(|WallTime(at)| at);
    let mut named: Vec<&RawPage> = log.pages.iter().collect();
    named.arrange_by(|a, b| match (a.started, b.started) {
        (Some(a), Some(b)) => a.at.0.total_cmp(&b.at.0),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    let mut ids: Vec<(StrId, PageId)> = Vec::new();
    for (at, raw) in named.iter().enumerate() {
        ids.extend(raw.id.map(|id| (id, PageId(at as u32))));
    }
    let mut pages: Vec<Page> = named.iter().map(|raw| page(recording, raw, origin)).collect();
    if pages.is_empty() {
        pages = made_up(built, &mut ids, problems);
    } else {
        ids.arrange();
        ids.dedup_by_key(|(id, _)| *id); // of pages of the same name the first counts
        forget_shared_firefox_times(producer, &mut pages);
    }
    assign(log, &mut pages, &ids, built, problems);
    let mut of_page: Vec<Vec<&Built>> = vec![Vec::new(); pages.len()];
    for built in built.iter() {
        if let Some(own) = of_page.get_mut(built.row.page.0 as usize) {
            own.push(built);
        }
    }
    for (page, own) in pages.iter_mut().zip(&of_page) {
        let first = own.iter().find(|built| built.start.is_some());
        if page.synthetic || page.start.is_none() {
            page.start = first.and_then(|built| built.row.start);
            page.started = first.and_then(|built| built.start).map(WallTime);
        }
        page.url = page.url.or_else(|| {
            let document = own.iter().find(|built| is_document(recording, built));
            document.map(|built| built.row.url)
        });
    }
    if are_runs(producer, &pages) {
        for (at, page) in pages.iter_mut().enumerate() {
            page.run = Some(at as u32 + 1);
        }
    }
    pages
}

fn page(recording: &mut Recording, raw: &RawPage, origin: Option<f64>) -> Page {
    let started = raw.started.map(|date| date.at);
    let title = raw.title.map(|title| recording.strings.get(title).expose().to_owned()).unwrap_or_default();
    let view = web_page_test_view(&title).or_else(|| browsertime_run(&title));
    // "Run 1, First View for https://…"
    let address = view.map_or(title.as_str(), |(_, _, address)| address);
    let is_address = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    let url = raw.url.or_else(|| {
        let address = address.split('#').next().unwrap_or_default();
        is_address.then(|| recording.strings.intern(address))
    });
    Page {
        title: raw.title.filter(|_| !title.is_empty()),
        url,
        start: build::offset(started.map(|WallTime(at)| at), origin),
        started,
        milestones: milestones(&raw.milestones),
        run: raw.run.map(|run| run as u32).or(view.map(|(run, ..)| run)).filter(|run| 0 < *run),
        repeat_view: raw.repeat_view || view.is_some_and(|(_, is_repeat, _)| is_repeat),
        synthetic: false,
    }
}

fn milestones(raw: &RawMilestones) -> RecordedMilestones {
    let millis = |number: Option<f64>| number.map(Millis);
    RecordedMilestones {
        ttfb: millis(raw.ttfb),
        first_paint: millis(raw.first_paint),
        first_contentful_paint: millis(raw.first_contentful_paint),
        largest_contentful_paint: millis(raw.largest_contentful_paint),
        dom_interactive: millis(raw.dom_interactive),
        dom_content_loaded: millis(raw.dom_content_loaded),
        load: millis(raw.load),
        total_blocking_time: millis(raw.total_blocking_time),
        speed_index: millis(raw.speed_index),
        visually_complete: millis(raw.visually_complete),
        cumulative_layout_shift: raw.cumulative_layout_shift,
    }
}

/// Run, whether it is the repeat view, and the address in a title of WebPageTest (all versions):
/// "Run 2, Repeat View for https://…".
fn web_page_test_view(title: &str) -> Option<(u32, bool, &str)> {
    let (run, rest) = title.strip_prefix("Run ")?.split_once(',')?;
    let (view, address) = rest.trim_start().split_once(" for ").unwrap_or((rest.trim_start(), ""));
    Some((run.parse().ok()?, view.starts_with("Repeat"), address))
}

/// Run and address in a title of browsertime 14 and later: "https://… run 2".
fn browsertime_run(title: &str) -> Option<(u32, bool, &str)> {
    let (address, run) = title.rsplit_once(" run ")?;
    Some((run.parse().ok()?, false, address))
}

/// Firefox (bug 1833806, all versions with several pages) writes the times of one page on all pages. Whose they are is
/// not known.
fn forget_shared_firefox_times(producer: Producer, pages: &mut [Page]) {
    let Some((first, others)) = pages.split_first() else { return };
    let is_shared = matches!(producer, Producer::Firefox(_))
        && !others.is_empty()
        && others.iter().all(|page| page.milestones == first.milestones);
    if is_shared {
        pages.iter_mut().for_each(|page| page.milestones = RecordedMilestones::default());
    }
}

/// Without pages in the file there is one for each page that requests name, or one for all.
fn made_up(built: &[Built], ids: &mut Vec<(StrId, PageId)>, problems: &mut Problems) -> Vec<Page> {
    if built.is_empty() {
        return Vec::new();
    }
    problems.note(&problems::NO_PAGES, Place::default);
    for id in built.iter().filter_map(|built| built.page_ref) {
        if let Err(at) = ids.binary_search_by_key(&id, |(known, _)| *known) {
            ids.insert(at, (id, PageId(0)));
        }
    }
    // In the order of time, which is that of `built`.
    let mut n_pages = 0;
    let mut is_numbered = vec![false; ids.len()];
    for id in built.iter().filter_map(|built| built.page_ref) {
        if let Ok(at) = ids.binary_search_by_key(&id, |(known, _)| *known)
            && let (Some(slot), Some(done)) = (ids.get_mut(at), is_numbered.get_mut(at))
            && !*done
        {
            (slot.1, *done) = (PageId(n_pages), true);
            n_pages += 1;
        }
    }
    (0..n_pages.max(1)).map(|_| Page { synthetic: true, ..Page::default() }).collect()
}

/// The page that a request names, else the one under way when it starts, else the first.
fn assign(log: &RawLog, pages: &mut [Page], ids: &[(StrId, PageId)], built: &mut [Built], problems: &mut Problems) {
    let names_pages = !log.pages.is_empty();
    for built in built {
        let place = |member: &str| Place {
            path: Some(format!("{}[{}]{member}", log.path, built.row.entry)),
            offset: Some(built.offset),
        };
        let named = built.page_ref.and_then(|id| {
            let at = ids.binary_search_by_key(&id, |(known, _)| *known).ok()?;
            ids.get(at).map(|(_, page)| *page)
        });
        if names_pages && named.is_none() && !built.row.from_service_worker {
            match built.page_ref {
                Some(_) => problems.note(&problems::ORPHAN_PAGEREF, || place(".pageref")),
                None => problems.note(&problems::NO_PAGEREF, || place("")),
            }
        }
        let page = named.unwrap_or_else(|| under_way(pages, built.row.start));
        let page_start = pages.get(page.0 as usize).and_then(|page| page.start);
        let is_early = match (built.row.start, page_start) {
            // Chrome starts a page when its document leaves the queue.
            (Some(start), Some(page_start)) => {
                let queued = built.row.phases.queued.unwrap_or(Millis::ZERO);
                start.0 + queued.0 + EARLY_MILLIS < page_start.0
            }
            _ => false,
        };
        if is_early {
            problems.note(&problems::BEFORE_PAGE, || place(".startedDateTime"));
        }
        built.row.page = page;
    }
}

/// The last page that has started by then. Pages are in the order of their start.
fn under_way(pages: &[Page], start: Option<Millis>) -> PageId {
    let Some(start) = start else { return PageId(0) };
    let n_started = pages.partition_point(|page| page.start.is_some_and(|page_start| page_start <= start));
    PageId(n_started.saturating_sub(1) as u32)
}

fn is_document(recording: &Recording, built: &Built) -> bool {
    match built.row.recorded_kind {
        Some(kind) => kind == ResourceKind::Document,
        None => built.row.mime_type.is_some_and(|mime| build::is_html(recording.text(mime).expose())),
    }
}

/// Several loads of the same address by browsertime are runs, numbered only by their order. (In Chrome's own recordings
/// they are reloads.) With Firefox browsertime leaves its creator, but Firefox alone knows no paint times.
fn are_runs(producer: Producer, pages: &[Page]) -> bool {
    let Some(first) = pages.first() else { return false };
    let is_browsertime = match producer {
        Producer::ChromeHar => true,
        Producer::Firefox(_) => pages.iter().any(|page| page.milestones.first_paint.is_some()),
        _ => false,
    };
    is_browsertime
        && 1 < pages.len()
        && first.url.is_some()
        && pages.iter().all(|page| page.url == first.url && page.run.is_none() && !page.synthetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_views_of_web_page_test() {
        assert_eq!(
            web_page_test_view("Run 2, Repeat View for https://a.example/"),
            Some((2, true, "https://a.example/"))
        );
        assert_eq!(web_page_test_view("Run 1, First View for x"), Some((1, false, "x")));
        assert_eq!(web_page_test_view("https://a.example/"), None);
        assert_eq!(web_page_test_view("Run away, quickly"), None);
        assert_eq!(browsertime_run("https://a.example/ run 3"), Some((3, false, "https://a.example/")));
        assert_eq!(browsertime_run("run 3"), None);
    }
}
