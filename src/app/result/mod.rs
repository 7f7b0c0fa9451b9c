//! What was found: one scrolling page, the verdict first. People print, search and link it, so no tabs.

mod findings;
mod recording;
mod share;
mod time;
pub mod verdict;

use crate::app::landing::record::HowToRecord;
use crate::app::state::{Session, after_paint};
use crate::app::waterfall::Waterfall;
use crate::redact::Clean;
use crate::report::Report;
use crate::report::schema::LoadReport;
use crate::view::format;
use crate::view::location::Section;
use crate::worker::protocol::{Opened, Totals};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// A page load of the report, cheap to hand around.
#[derive(Clone)]
pub struct Load {
    opened: Arc<Opened>,
    at: usize,
}

impl Load {
    /// The load itself.
    pub fn report(&self) -> Option<&LoadReport> {
        self.opened.report.loads.get(self.at)
    }

    /// The whole report.
    pub fn whole(&self) -> &Report {
        &self.opened.report
    }

    /// Everything the worker sent at first.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Sums over its requests.
    pub fn totals(&self) -> Totals {
        self.opened.totals.get(self.at).cloned().unwrap_or_default()
    }
}

/// The screen.
#[component]
pub fn Shown(opened: Arc<Opened>) -> impl IntoView {
    let session = Session::get();
    move || {
        let load = Load { opened: opened.clone(), at: session.load.get() };
        view! { <One load/> }
    }
}

/// One page load. What lies below the first screenful comes a frame or two later, so that no frame is long.
#[component]
fn One(load: Load) -> impl IntoView {
    if load.report().is_none() {
        return view! {
            <verdict::Verdict load=load.clone()/>
            <recording::Recording load/>
            <HowToRecord/>
        }
        .into_any();
    }
    let frame = RwSignal::new(0);
    // The load may have been left before its frames come.
    after_paint(move || {
        frame.try_set(1);
        after_paint(move || {
            frame.try_set(2);
        });
    });
    // Memos, so that what is there is not made anew when the next part comes.
    let has_findings = Memo::new(move |_| 0 < frame.get());
    let has_rest = Memo::new(move |_| 1 < frame.get());
    let (findings, rest) = (load.clone(), load.clone());
    let findings = move || has_findings.get().then(|| view! { <findings::Findings load=findings.clone()/> });
    let rest = move || {
        has_rest.get().then(|| {
            view! {
                <Waterfall load=rest.clone()/>
                <recording::Recording load=rest.clone()/>
                <share::Share load=rest.clone()/>
            }
            .into_any()
        })
    };
    view! {
        <verdict::Verdict load=load.clone()/>
        <Sections load=load.clone()/>
        <time::WhereTheTimeWent load/>
        {findings}
        {rest}
    }
    .into_any()
}

/// The bar that stays in view.
#[component]
fn Sections(load: Load) -> impl IntoView {
    let session = Session::get();
    let current = RwSignal::new(Section::Verdict);
    let watch = window_event_listener(ev::scroll, move |_| current.set(section_in_view()));
    on_cleanup(move || watch.remove());
    let n_findings = load.report().map_or(0, |report| report.findings.len());
    let n_requests = load.totals().requests;
    let links = Section::ALL.map(|section| {
        let count = match section {
            Section::Findings => Some(n_findings as u64),
            Section::Waterfall => Some(u64::from(n_requests)),
            Section::Verdict | Section::Time | Section::Recording | Section::Share => None,
        };
        view! {
            <li>
                <a href=format!("#v=1&sec={}", section.id())
                    aria-current=move || (current.get() == section).then_some("true") on:click=move |event| {
                    event.prevent_default();
                    session.go_to(section);
                }>
                    {section.title()}
                    {count.map(|n| view! { " " <span class="count">{format::grouped(n)}</span> })}
                </a>
            </li>
        }
    });
    let list = NodeRef::<html::Ul>::new();
    Effect::new(move || {
        if let Some(list) = list.get() {
            bring_into_view(&list, current.get());
        }
    });
    view! { <nav class="sections" aria-label="Sections"><ul node_ref=list>{links.collect_view()}</ul></nav> }.into_any()
}

/// On narrow screens the bar scrolls sideways: shows the link of a section.
fn bring_into_view(list: &web_sys::Element, section: Section) {
    let at = Section::ALL.iter().position(|one| *one == section).unwrap_or_default();
    let Ok(Some(item)) = list.query_selector(&format!("li:nth-child({})", at + 1)) else { return };
    let (bar, link) = (list.get_bounding_client_rect(), item.get_bounding_client_rect());
    if link.left() < bar.left() || bar.right() < link.right() {
        list.set_scroll_left(list.scroll_left() + (link.left() - bar.left()) as i32);
    }
}

/// The last section whose beginning has come to the section bar.
fn section_in_view() -> Section {
    /// Pixels below the bar that count as being there.
    const BAR: f64 = 80.0;
    let begins = |section: &Section| {
        let element = document().get_element_by_id(section.id())?;
        Some(element.get_bounding_client_rect().top())
    };
    let begun = Section::ALL.into_iter().rfind(|section| begins(section).is_some_and(|top| top <= BAR));
    // The last ones may be too short to come that far.
    let root = document().document_element();
    let left = root.map(|root| root.scroll_height() - root.client_height() - root.scroll_top());
    let is_scrolled = begun.is_some_and(|section| section != Section::Verdict);
    let last = Section::ALL.last().filter(|_| is_scrolled && left.is_some_and(|left| left <= 2));
    last.copied().or(begun).unwrap_or(Section::Verdict)
}

/// The heading of a section, reachable by script so that the section bar can move the focus there.
#[component]
pub fn Heading(section: Section) -> impl IntoView {
    view! { <h2 id=format!("{}-title", section.id()) tabindex="-1">{section.title()}</h2> }.into_any()
}

/// Says what the placeholders in some texts of the report are; nothing if there is none.
pub fn about_placeholders(texts: &[Option<&Clean>]) -> Option<AnyView> {
    let has_any = texts.iter().flatten().any(|text| format::has_placeholder(text.as_str()));
    has_any.then(|| {
        view! {
            <p class="hint">"Marks such as ‹file a1› or ~p.a1~ stand for names that may be personal, here as in the \
                reports. The list of requests shows addresses as they were recorded."</p>
        }
        .into_any()
    })
}

/// A text of the report, its code as code.
pub fn prose(text: &Clean) -> AnyView {
    let parts = format::code_parts(text.as_str()).into_iter().map(|(is_code, part)| {
        let part = part.to_owned();
        if is_code { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect_view().into_any()
}
