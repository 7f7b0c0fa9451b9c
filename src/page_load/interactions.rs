//! How the page answered to clicks, taps and keys: where the time to the next frame went.

use crate::page_load::PageLoad;
use crate::page_load::long_tasks::{self, Content};
use crate::page_load::work::Work;
use crate::recording::Interaction;
use crate::units::{Millis, TimeSpan};

/// How many are looked into, the slowest first.
const MOST_LOOKED_INTO: usize = 20;

/// An interaction and what the page's thread did in each of its three parts (web.dev/articles/inp).
#[derive(Clone, Debug)]
pub struct Answer {
    /// As recorded.
    pub interaction: Interaction,
    /// When, from navigation start.
    pub at: Millis,
    /// What ran until the handlers began.
    pub before: Content,
    /// What the handlers did.
    pub handling: Content,
    /// What came between their end and the frame.
    pub after: Content,
}

/// What a visitor did, for somebody who is no engineer.
pub fn plain_input(load: &PageLoad<'_>, interaction: &Interaction) -> &'static str {
    match load.recording.text(interaction.event).expose() {
        event if event.starts_with("key") => "a key",
        event if event.contains("touch") => "a tap",
        _ => "a click",
    }
}

/// The slowest interactions of a load, one for each tap or key, the slowest first.
pub fn slowest(load: &PageLoad<'_>) -> Vec<Answer> {
    let window = load.window();
    let work = Work::of(load);
    let slowest = load.recording.timeline.interactions_in(window).into_iter().take(MOST_LOOKED_INTO);
    slowest.map(|interaction| answer(load, work.as_ref(), *interaction)).collect()
}

fn answer(load: &PageLoad<'_>, work: Option<&Work<'_>>, interaction: Interaction) -> Answer {
    let begin = interaction.start + interaction.input_delay;
    let end = begin + interaction.processing;
    let frame = interaction.start + interaction.duration;
    let between = |start: Millis, end: Millis| {
        let slices = |work: &Work<'_>| long_tasks::content(load, work, work.between(TimeSpan { start, end }));
        work.map(slices).unwrap_or_default()
    };
    // Handlers wait for a task that was under way when the input came.
    let under_way = work.and_then(|work| {
        let task = work.task_at(interaction.start)?;
        Some(long_tasks::content(load, work, work.within(task)))
    });
    let before = under_way.filter(|content| *content != Content::default());
    Answer {
        interaction,
        at: load.since_start(interaction.start),
        before: before.unwrap_or_else(|| between(interaction.start, begin)),
        handling: between(begin, end),
        after: between(end, frame),
    }
}
