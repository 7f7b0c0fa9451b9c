//! The tables of the section: long tasks, scripts, companies, and what the chart shows.

use crate::app::chart::Axis;
use crate::app::markup::{Markup, Part, button, group, live, tag};
use crate::app::result::request_link;
use crate::app::state::{Session, focus, scroll_to};
use crate::report::schema::MainThreadReport;
use crate::report::vocabulary::Party;
use crate::view::format;
use crate::view::waterfall::Window;
use crate::worker::protocol::LongTaskDetails;
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::Event;

/// Rows of a table that are shown at first.
pub const SHOWN: usize = 10;

/// Rows that are made at once when more are asked for: the page would stop for thousands.
const MORE: usize = 200;

/// Names of columns; from the second on, short ones are of numbers.
pub fn head(names: &[&'static str]) -> Markup {
    let cells = names.iter().map(|name| {
        let is_number = ["Time", "Share", "Starts", "Takes", "Blocks", "Itself", "Compiling", "Caused"].contains(name);
        let cell = tag("th").attr("scope", "col").child(*name);
        cell.attr("class", column(name).or(is_number.then_some("number")))
    });
    tag("thead").child(tag("tr").children(cells))
}

/// Columns that narrow screens do without.
fn column(name: &str) -> Option<&'static str> {
    match name {
        "Compiling" | "Caused" | "Itself" => Some("number minor"),
        "Company" | "Level" | "Part" | "Where the time went" => Some("minor"),
        _ => None,
    }
}

/// The tasks over 50 ms.
pub fn long_tasks(session: Session, axis: Axis) -> Markup {
    let tasks = session.work.with_untracked(Clone::clone);
    let Some(work) = tasks.filter(|work| !work.long_tasks.is_empty()) else { return group() };
    let n = work.long_tasks.len();
    let row = move |at: usize| Some(long_task(session, axis, work.long_tasks.get(at)?));
    group().child(tag("h3").child("Long tasks")).child(listed(
        &["Starts", "Takes", "Blocks", "What", "Where the time went"],
        n,
        Rc::new(row),
    ))
}

fn long_task(session: Session, axis: Axis, task: &LongTaskDetails) -> Markup {
    let (slice, start, end) = (task.slice, task.start, task.start + task.ms);
    let show = move || {
        session.select_slice(slice);
        axis.window.set(Window::around(start, end, axis.whole));
        scroll_to("main-thread");
        focus("flame");
    };
    let time = format::duration(start);
    let start = button("button.link", time.as_str(), show).attr("aria-label", format!("{time}, show it in the chart"));
    let what = match task.request {
        Some(request) => request_link(session, request),
        None => tag("span").attr("title", task.what.clone()).child(format::short_url(&task.what).1),
    };
    let input = task.during_input.then(|| tag("span.certainty").child(" while input waited"));
    tag("tr")
        .child(tag("td.number").child(start))
        .child(tag("td.number").child(format::duration(task.ms)))
        .child(tag("td.number").child(format::duration(task.blocking)))
        .child(tag("td").child(what).child(input))
        .child(tag("td.minor.path").child(task.path.join(" › ")))
}

/// Time by script.
pub fn scripts(session: Session, work: &MainThreadReport) -> Markup {
    if work.by_script.is_empty() {
        return group();
    }
    let most = work.by_script.iter().map(|script| script.ms + script.caused_ms).fold(0.0, f64::max);
    let scripts = work.by_script.clone();
    let n = scripts.len();
    let row = move |at: usize| {
        let script = scripts.get(at)?;
        let name = match script.request {
            Some(request) => request_link(session, request as u32),
            None => {
                let url = session.text(&script.url);
                tag("span").child(format::short_url(&url).1).attr("title", url)
            }
        };
        let company = script.entity.as_ref().map(|entity| entity.as_str());
        let row = tag("tr")
            .child(tag("th").attr("scope", "row").child(name))
            .child(tag("td.minor").child(company))
            .child(bar(script.ms + script.caused_ms, most, script.party))
            .child(tag("td.number").child(format::duration(script.ms + script.caused_ms)))
            .child(tag("td.number.minor").child(format::duration(script.compile_ms)))
            .child(tag("td.number.minor").child(format::duration(script.caused_ms)))
            .child(tag("td.number").child(format::duration(script.blocking_ms)));
        Some(row)
    };
    group()
        .child(tag("h3").child("By file"))
        .child(tag("p.hint").child(
            "Time in its functions, with the layout and other work they caused. “Blocks” is its part of the time during \
             which the page could not react.",
        ))
        .child(listed(&["File", "Company", "Part", "Time", "Compiling", "Caused", "Blocks"], n, Rc::new(row)))
}

/// Time by company.
pub fn companies(session: Session, work: &MainThreadReport) -> Markup {
    if work.by_party.is_empty() {
        return group();
    }
    let most = work.by_party.iter().map(|party| party.ms + party.caused_ms).fold(0.0, f64::max);
    let parties = work.by_party.clone();
    let n = parties.len();
    let row = move |at: usize| {
        let party = parties.get(at)?;
        let own = (party.party == Party::First).then(|| tag("span.certainty").child(" the page’s own"));
        let row = tag("tr")
            .child(tag("th").attr("scope", "row").child(session.text(&party.name)).child(own))
            .child(bar(party.ms + party.caused_ms, most, party.party))
            .child(tag("td.number").child(format::duration(party.ms + party.caused_ms)))
            .child(tag("td.number").child(format::duration(party.blocking_ms)));
        Some(row)
    };
    tag("div").child(tag("h3").child("By company")).child(listed(
        &["Company or host", "Part", "Time", "Blocks"],
        n,
        Rc::new(row),
    ))
}

fn bar(ms: f64, most: f64, party: Party) -> Markup {
    let class = if party == Party::Third { "third-party" } else { "client" };
    let bar = tag("span").attr("class", class).style("width", &format!("{}%", ms / most.max(0.001) * 100.0));
    tag("td.bar.minor").attr("aria-hidden", "true").child(bar)
}

/// The table of what is in view of the chart; made only while it is open.
pub fn in_view(session: Session, axis: Axis) -> Markup {
    let is_open = RwSignal::new(false);
    let table = move || {
        let window = axis.window.get();
        is_open.get().then(|| session.flame.with(|flame| flame.as_ref().map(|flame| rectangles(flame, window))))
    };
    tag("details.list")
        .on("toggle", move |event: Event| {
            let details = event_target::<web_sys::Element>(&event);
            is_open.set(details.has_attribute("open"));
        })
        .child(tag("summary").child("What is in view, as a table"))
        .child(live(move || table().flatten()))
}

fn rectangles(flame: &crate::view::flame::Flame, window: Window) -> Markup {
    let in_view = || flame.iter().filter(|one| one.start <= window.to && window.from <= one.end());
    let n = in_view().count();
    let rows = in_view().take(MORE).map(|one| {
        let name = if one.name.is_empty() { "(nameless)" } else { one.name };
        let several =
            (1 < one.count).then(|| format!("{} short ones, the longest: ", format::grouped(u64::from(one.count))));
        tag("tr")
            .child(tag("td.number").child(one.level.to_string()))
            .child(tag("td").child(several).child(name))
            .child(tag("td").attr("title", one.script.to_owned()).child(format::short_url(one.script).1))
            .child(tag("td.number").child(format::duration(one.start)))
            .child(tag("td.number").child(format::duration(one.duration)))
            .child(tag("td.number.minor").child(format::duration(one.self_time)))
    });
    let rest = (MORE < n).then(|| {
        let n = format::grouped(n as u64);
        tag("p.hint").child(format!("The first {MORE} of {n}. Zoom in for the others."))
    });
    let head = head(&["Depth", "What", "Script", "Starts", "Takes", "Itself"]);
    group().child(tag("table.work").child(head).child(tag("tbody").children(rows))).child(rest)
}

/// A table of which the first rows are shown, and more on demand.
fn listed(names: &[&'static str], n: usize, row: Rc<dyn Fn(usize) -> Option<Markup>>) -> Markup {
    let body = tag("tbody");
    let rows = body.element();
    let shown = RwSignal::new(0);
    let more = Rc::new(move |many: usize| {
        let from = shown.get_untracked();
        let to = n.min(from + many);
        for at in from..to {
            row(at).add_to(&rows);
        }
        shown.set(to);
    });
    more(if n <= SHOWN + 2 { n } else { SHOWN });
    let rest = move || {
        let left = n - shown.get().min(n);
        let label = match left <= MORE {
            true => format!("Show all {}", format::grouped(n as u64)),
            false => format!("Show {MORE} more of {}", format::grouped(n as u64)),
        };
        let more = more.clone();
        (left != 0).then(|| button("button.link", label.as_str(), move || more(MORE)))
    };
    group().child(tag("table.work").child(head(names)).child(body)).child(live(rest))
}
