//! What caches did and would do: a later visit, what CDNs delivered, and one line for each response.

use crate::app::markup::{Markup, button, group, live, tag};
use crate::app::result::{Load, part};
use crate::app::roving::roving;
use crate::app::state::{Session, after_paint, focus_quietly};
use crate::report::schema::{DeliveryReport, LoadCachingReport, LoadReport};
use crate::view::cache_table::{CacheLine, CacheTable, Column, Direction, KEYS, VERDICTS};
use crate::view::filter::Filter;
use crate::view::format;
use crate::view::location::Section;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::Event;

/// Lines shown at first, and more at each click: so many are made in less than 50 ms.
const STEP: usize = 100;

/// Headings of what a later visit would take.
const VISIT_COLUMNS: [&str; 7] =
    ["Opened again", "From the cache", "Confirmed by a 304", "Downloaded", "Requests that wait", "Sent", "Saved"];

/// Headings of what CDNs delivered.
const CDN_COLUMNS: [&str; 7] = ["Host", "CDN", "Answers", "Hits", "Hits by bytes", "Edge", "Origin"];

/// The section.
pub fn caching(session: Session, load: &Load) -> Markup {
    let Some(report) = load.report() else { return group() };
    let section = part(Section::Caching);
    let Some(caching) = &report.caching else {
        let why = "The recording has no response headers, so nothing can be said about caches.";
        return section.child(tag("p.none").child(why));
    };
    session.ask_caching();
    section.child(visits(caching)).child(deliveries(session, report)).child(live(move || match session.caching.get() {
        None => tag("p.none").child("Preparing the table…"),
        Some(table) if table.lines.is_empty() => tag("p.none").child("No response of this load concerns a cache."),
        Some(table) => responses(session, table),
    }))
}

/// "after 1 hour", with what is asked of servers then.
fn visits(caching: &LoadCachingReport) -> Markup {
    let browser = caching.browser.as_str();
    let assumed = if caching.assumed { ", assumed: the recording does not name its browser" } else { "" };
    let intro = format!(
        "What the same page would take if it were opened again later and nothing had changed, reckoned with the cache of \
         {browser}{assumed}. On a first visit these {} take {}.",
        format::counted(caching.requests, "request", "requests"),
        format::bytes(caching.first_bytes),
    );
    let rows = caching.visits.iter().map(|visit| {
        let when = match visit.after_s {
            3_600 => "after 1 hour".to_owned(),
            86_400 => "after 1 day".to_owned(),
            604_800 => "after 1 week".to_owned(),
            other => format!("after {other} s"),
        };
        let cached = visit.from_cache + visit.in_background;
        let numbers = [cached, visit.confirmed, visit.downloaded, visit.confirmed + visit.downloaded];
        let numbers = numbers.map(|number| tag("td.number").child(format::grouped(number)));
        tag("tr")
            .child(tag("th").attr("scope", "row").child(when))
            .children(numbers)
            .child(tag("td.number").child(format::bytes(visit.bytes)))
            .child(tag("td.number").child(format::bytes(visit.saved_bytes)))
    });
    let table = plain_table("visits", &VISIT_COLUMNS, 1, rows);
    group()
        .child(tag("h3").child("A later visit"))
        .child(tag("p").child(intro))
        .child(scrolled("What a later visit takes, as a table", table))
}

/// What came through CDNs, host by host.
fn deliveries(session: Session, report: &LoadReport) -> Markup {
    let title = tag("h3").child("CDNs");
    if report.cdn.is_empty() {
        return group()
            .child(title)
            .child(tag("p.none").child("No answer of this load names a CDN or another shared cache."));
    }
    let sum = |of: fn(&DeliveryReport) -> u64| report.cdn.iter().map(of).fold(0, u64::saturating_add);
    let (told, hits) = (sum(|one| one.told), sum(|one| one.hits));
    let (edge, origin) = report.cdn.iter().fold((0.0, 0.0), |(a, b), one| (a + one.edge_ms, b + one.origin_ms));
    let intro = if told == 0 {
        "Answers came through a CDN, but none tells whether it was in its cache.".to_owned()
    } else {
        format!(
            "{} of {} that tell it came from the cache of a CDN ({}; {} by bytes). Waiting, added up over all of them: {} \
             at the edge, {} at origins.",
            format::grouped(hits),
            format::counted(told, "answer", "answers"),
            format::percent(hits as f64, told as f64),
            format::percent(sum(|one| one.hit_bytes) as f64, sum(|one| one.told_bytes) as f64),
            format::duration(edge),
            format::duration(origin),
        )
    };
    let rows = report.cdn.iter().map(|one| {
        let ratio = |part: u64, whole: u64| match whole {
            0 => "–".to_owned(),
            _ => format::percent(part as f64, whole as f64),
        };
        let cells = [
            format::grouped(one.requests),
            ratio(one.hits, one.told),
            ratio(one.hit_bytes, one.told_bytes),
            format::duration(one.edge_ms),
            format::duration(one.origin_ms),
        ];
        tag("tr")
            .child(tag("th").attr("scope", "row").child(one.host.as_ref().map(|host| session.text(host))))
            .child(tag("td").child(one.vendor.as_ref().map_or("a cache", |vendor| vendor.as_str())))
            .children(cells.map(|cell| tag("td.number").child(cell)))
    });
    let table = plain_table("cdns", &CDN_COLUMNS, 2, rows);
    group().child(title).child(tag("p").child(intro)).child(scrolled("What CDNs delivered, as a table", table))
}

/// How the table of responses is shown.
#[derive(Clone, Copy)]
struct Shown {
    filter: RwSignal<String>,
    order: RwSignal<Option<(usize, bool)>>,
    group: RwSignal<usize>,
    n_lines: RwSignal<usize>,
}

/// What lines can be put together by.
const GROUPS: [(&str, Option<Column>); 5] = [
    ("not grouped", None),
    ("by host", Some(Column::Host)),
    ("by CDN", Some(Column::Cdn)),
    ("by CDN status", Some(Column::CdnStatus)),
    ("by verdict", Some(Column::Verdict)),
];

fn responses(session: Session, table: Arc<CacheTable>) -> Markup {
    let shown = Shown {
        filter: RwSignal::new(String::new()),
        order: RwSignal::new(None),
        group: RwSignal::new(0),
        n_lines: RwSignal::new(STEP),
    };
    let filter = tag("input#cache-filter.filter")
        .attr("type", "search")
        .attr("aria-describedby", "cache-filter-help")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .on("input", move |event: Event| {
            shown.n_lines.set(STEP);
            shown.filter.set(event_target_value(&event));
        });
    let options =
        GROUPS.iter().enumerate().map(|(at, (name, _))| tag("option").attr("value", at.to_string()).child(*name));
    let groups = tag("select#cache-group")
        .on("change", move |event: Event| shown.group.set(event_target_value(&event).parse().unwrap_or_default()))
        .children(options);
    let tools = tag("div.tools")
        .child(tag("label").attr("for", "cache-filter").child("Filter "))
        .child(filter)
        .child(tag("label").attr("for", "cache-group").child("Lines "))
        .child(groups);
    let help = tag("p#cache-filter-help.hint")
        .child("For example ")
        .child(tag("code").child("cache:stale"))
        .child(", ")
        .child(tag("code").child("cdn:miss"))
        .child(", ")
        .child(tag("code").child("-cache:fresh host:img"))
        .child(" or a part of the address; ")
        .child(tag("code").child("*"))
        .child(" stands for anything.");
    let meanings = VERDICTS.iter().map(|(word, meaning)| {
        tag("div").child(tag("dt").child(tag("code").child(*word))).child(tag("dd").child(*meaning))
    });
    let meanings = tag("details.list")
        .child(tag("summary").child("What the verdicts mean"))
        .child(tag("dl.meanings").children(meanings));
    group()
        .child(tag("h3").child("Each response"))
        .child(tools)
        .child(help)
        .child(meanings)
        .child(live(move || lines(session, &table, shown)))
}

/// The lines that are to be seen now.
fn lines(session: Session, table: &CacheTable, shown: Shown) -> Markup {
    let filter = Filter::parse(&shown.filter.get(), &KEYS);
    let passed = filter.apply(table);
    let order = shown.order.get();
    let order = order
        .and_then(|(at, is_down)| Some((*Column::ALL.get(at)?, if is_down { Direction::Down } else { Direction::Up })));
    let lines = table.arranged(&passed.rows, order);
    let (n, n_all) = (lines.len(), table.lines.len());
    let count =
        format!("{} of {} match", format::grouped(n as u64), format::counted(n_all as u64, "response", "responses"));
    let count = tag("p.why").attr("role", "status").child(if filter.is_empty() {
        format::counted(n_all as u64, "response", "responses")
    } else {
        count
    });
    let complaints = passed.complaints.into_iter().map(|complaint| {
        tag("p.none").child(tag("code").child(complaint.term)).child(" ").child(complaint.says).child(".")
    });
    let count = group().child(count).children(complaints);
    if n == 0 {
        return count;
    }
    let by = GROUPS.get(shown.group.get()).and_then(|(_, by)| *by);
    let n_shown = shown.n_lines.get();
    let mut body = tag("tbody");
    let mut left = n_shown;
    let groups = match by {
        None => vec![(String::new(), lines)],
        Some(by) => table.grouped(lines, by),
    };
    for (name, lines) in groups {
        if left == 0 {
            break;
        }
        if by.is_some() {
            body = body.child(group_head(&name, &lines));
        }
        let first = lines.len().min(left);
        left -= first;
        body = body.children(lines.into_iter().take(first).map(|one| line(session, table, one)));
    }
    let rest = n.saturating_sub(n_shown);
    let more = (rest != 0).then(|| {
        let label = format!("Show {} more", format::grouped(rest.min(STEP) as u64));
        tag("p").child(button("button.link", label, move || shown.n_lines.update(|shown| *shown += STEP)))
    });
    let heads = Column::ALL.iter().enumerate().filter(|(_, column)| **column != Column::Host);
    let heads = heads.map(|(at, column)| {
        let state = order.filter(|(by, _)| by == column).map(|(_, direction)| direction);
        let sort = match state {
            Some(Direction::Up) => Some("ascending"),
            Some(Direction::Down) => Some("descending"),
            None => None,
        };
        let mark = match state {
            Some(Direction::Up) => " ↑",
            Some(Direction::Down) => " ↓",
            None => "",
        };
        let act = move || {
            shown.order.update(|order| {
                *order = match *order {
                    Some((by, false)) if by == at => Some((at, true)),
                    Some((by, true)) if by == at => None,
                    _ => Some((at, false)),
                };
            });
            // The table was made anew, and the heading with it.
            after_paint(move || focus_quietly(&format!("cache-by-{at}")));
        };
        let label = tag("span").child(column.title()).child(tag("span").attr("aria-hidden", "true").child(mark));
        tag("th")
            .attr("scope", "col")
            .attr("aria-sort", sort)
            .child(button("button.sort", label, act).attr("id", format!("cache-by-{at}")))
    });
    let head = roving(tag("thead").child(tag("tr").children(heads)), "button");
    let table = tag("table.responses").child(head).child(roving(body, "button"));
    group().child(count).child(scrolled("Responses and caches, as a table", table)).child(more)
}

fn group_head(name: &str, lines: &[&CacheLine]) -> Markup {
    let bytes = lines.iter().filter_map(|line| line.bytes).fold(0, u64::saturating_add);
    let name = if name.is_empty() { "not told" } else { name };
    let text =
        format!("{name}: {}, {}", format::counted(lines.len() as u64, "response", "responses"), format::bytes(bytes));
    let columns = (Column::ALL.len() - 1).to_string();
    tag("tr.group").child(tag("th").attr("scope", "rowgroup").attr("colspan", columns).child(text))
}

fn line(session: Session, table: &CacheTable, line: &CacheLine) -> Markup {
    let request = line.request;
    let name = button("button.link", table.text(line, Column::Name), move || session.reveal(request));
    let name = tag("th")
        .attr("scope", "row")
        .child(name)
        .child(" ")
        .child(tag("span.host").child(table.text(line, Column::Host)));
    let cells = Column::ALL.into_iter().skip(2).map(|column| {
        let text = table.text(line, column);
        let (class, shown) = match column {
            Column::Lifetime | Column::Age => ("number", text),
            Column::Why => ("why", text),
            Column::Verdict => ("verdict-word", text),
            _ => ("", text),
        };
        tag("td").attr("class", (!class.is_empty()).then_some(class)).child(if shown.is_empty() {
            "–"
        } else {
            shown
        })
    });
    tag("tr").child(name).children(cells)
}

/// A table whose columns after the first `n_texts` are numbers.
fn plain_table(
    class: &'static str,
    heads: &[&'static str],
    n_texts: usize,
    rows: impl Iterator<Item = Markup>,
) -> Markup {
    let heads = heads.iter().enumerate().map(|(at, head)| {
        tag("th").attr("scope", "col").attr("class", (n_texts <= at).then_some("number")).child(*head)
    });
    tag("table.figures")
        .attr("data-table", class)
        .child(tag("thead").child(tag("tr").children(heads)))
        .child(tag("tbody").children(rows))
}

fn scrolled(label: &'static str, table: Markup) -> Markup {
    tag("div.scroll-x").attr("tabindex", "0").attr("role", "region").attr("aria-label", label).child(table)
}
