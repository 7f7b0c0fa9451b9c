//! Interactions from `EventTiming`.

use crate::import::trace::clock::{Offsets, micros};
use crate::import::trace::event::Event;
use crate::order::Arrange;
use crate::recording::Interaction;
use crate::text::{StrId, StrTable};
use std::collections::HashMap;

/// Collects the begins and ends of event timings.
#[derive(Default)]
pub struct Interactions {
    begins: Vec<Begin>,
    /// Id and time of each end, and how many begins came before it in the file.
    ends: Vec<(StrId, f64)>,
}

struct Begin {
    id: StrId,
    ts: f64,
    kind: StrId,
    category: Category,
    interaction: u64,
    /// From the beginning, in µs.
    processing_start: f64,
    processing_end: f64,
    frame: Option<StrId>,
    node: Option<i64>,
}

/// Events of different categories never count as one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Category {
    Pointer,
    Keyboard,
    Other,
}

/// One event of an interaction, in µs on the trace's clock.
#[derive(Clone, Copy)]
struct Timed {
    start: f64,
    end: f64,
    processing_start: f64,
    processing_end: f64,
    at: usize,
}

impl Timed {
    fn processing(&self) -> f64 {
        self.processing_end - self.processing_start
    }
}

impl Interactions {
    /// `EventTiming`
    pub fn event(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let id = strings.intern(&String::from_utf8_lossy(event.id));
        if event.phase == b'e' {
            self.ends.push((id, event.ts));
            return;
        }
        if event.phase != b'b' {
            return;
        }
        let (mut duration, mut interaction, mut time_stamp, mut start, mut end) = (0.0, 0, 0.0, 0.0, 0.0);
        let (mut kind, mut category, mut frame, mut node) = (None, Category::Other, None, None);
        for (key, value) in event.data().members() {
            match key {
                b"duration" => duration = value.number().unwrap_or_default(),
                b"interactionId" => interaction = value.count().unwrap_or_default(),
                b"timeStamp" => time_stamp = value.number().unwrap_or_default(),
                b"processingStart" => start = value.number().unwrap_or_default(),
                b"processingEnd" => end = value.number().unwrap_or_default(),
                b"nodeId" => node = value.number().map(|node| node as i64).filter(|node| *node != 0),
                b"frame" => frame = value.text().map(|frame| strings.intern(&frame)),
                b"type" => {
                    category = Category::of(value.written().unwrap_or_default());
                    kind = value.text().filter(|kind| !kind.is_empty()).map(|kind| strings.intern(&kind));
                }
                _ => {}
            }
        }
        let Some(kind) = kind else { return };
        // Zero stands for "not recorded" in all of these; shorter ones than a millisecond are noise.
        if duration < 1.0 || interaction == 0 || time_stamp == 0.0 || start == 0.0 || end == 0.0 {
            return;
        }
        self.begins.push(Begin {
            id,
            ts: event.ts,
            kind,
            category,
            interaction,
            processing_start: (start - time_stamp) * 1000.0,
            processing_end: (end - time_stamp) * 1000.0,
            frame,
            node,
        });
    }

    /// All interactions by time, those within another one left out, and how many there were with them.
    pub fn finish(mut self, offsets: Offsets) -> (Vec<(Interaction, Option<StrId>)>, usize) {
        self.begins.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        self.ends.arrange_by(|a, b| a.1.total_cmp(&b.1));
        let timed = self.pair();
        let n_all = timed.len();
        let mut kept = self.without_nested(timed);
        kept.arrange_by(|a, b| a.start.total_cmp(&b.start));
        let interactions = kept.iter().filter_map(|one| {
            let begin = self.begins.get(one.at)?;
            let interaction = Interaction {
                event: begin.kind,
                recorded_id: begin.interaction,
                start: offsets.at(one.start),
                duration: micros(one.end - one.start),
                input_delay: micros(one.processing_start - one.start),
                processing: micros(one.processing()),
                presentation_delay: micros(one.end - one.processing_end),
                frame: None,
                node: begin.node,
            };
            Some((interaction, begin.frame))
        });
        (interactions.collect(), n_all)
    }

    /// Begins and ends of the same id; ids are used again, so an end belongs to the latest open begin.
    fn pair(&self) -> Vec<Timed> {
        let mut open: HashMap<StrId, Vec<usize>> = HashMap::new();
        let mut timed = Vec::new();
        let mut begins = self.begins.iter().enumerate().peekable();
        for (id, end) in &self.ends {
            while let Some((at, begin)) = begins.next_if(|(_, begin)| begin.ts <= *end) {
                open.entry(begin.id).or_default().push(at);
            }
            let Some(at) = open.get_mut(id).and_then(Vec::pop) else { continue };
            let Some(begin) = self.begins.get(at) else { continue };
            timed.push(Timed {
                start: begin.ts,
                end: *end,
                processing_start: begin.ts + begin.processing_start,
                processing_end: begin.ts + begin.processing_end,
                at,
            });
        }
        timed.arrange_by(|a, b| a.start.total_cmp(&b.start));
        timed
    }

    /// Of events that end with the same frame and are of one category, the earliest counts, and its processing spans
    /// that of all (as in Chrome's engine).
    fn without_nested(&self, timed: Vec<Timed>) -> Vec<Timed> {
        let mut earliest: HashMap<(Category, u64), usize> = HashMap::new();
        let mut kept: Vec<Timed> = Vec::new();
        for one in timed {
            let Some(begin) = self.begins.get(one.at) else { continue };
            let at = *earliest.entry((begin.category, one.end.to_bits())).or_insert(kept.len());
            let Some(current) = kept.get_mut(at) else {
                kept.push(one);
                continue;
            };
            let same_interaction =
                self.begins.get(current.at).is_some_and(|known| known.interaction == begin.interaction);
            let is_better = one.start < current.start
                || one.start == current.start && same_interaction && current.processing() < one.processing();
            let processing_start = current.processing_start.min(one.processing_start);
            let processing_end = current.processing_end.max(one.processing_end);
            if is_better {
                // The engine forgets what it widened when it replaces; so do we, to say the same.
                *current = one;
            } else {
                *current = Timed { processing_start, processing_end, ..*current };
            }
        }
        kept
    }
}

impl Category {
    fn of(kind: &[u8]) -> Self {
        match kind {
            b"pointerdown" | b"touchstart" | b"pointerup" | b"touchend" | b"mousedown" | b"mouseup" | b"click" => {
                Self::Pointer
            }
            b"keydown" | b"keypress" | b"keyup" => Self::Keyboard,
            _ => Self::Other,
        }
    }
}
