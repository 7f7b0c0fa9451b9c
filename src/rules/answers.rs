//! Slow answers to input, which three rules divide between them: by the part of the answer that took the time.

use crate::page_load::interactions::{self, Answer};
use crate::page_load::long_tasks::Content;
use crate::page_load::{Metric, PageLoad};
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, gain, work_text};
use crate::units::{Bytes, Millis};

/// Answers within this time feel immediate (RAIL model), so they are not told.
const IMMEDIATE: Millis = Millis(100.0);

/// Beyond this an answer is a warning: what Google calls a good INP ends here.
const GOOD: Millis = Millis(200.0);

/// Beyond this it is serious: what Google calls a poor INP begins here.
const POOR: Millis = Millis(500.0);

/// A part is to blame if it took this long: alone it would make a long task.
const LONG_PART: Millis = Millis(50.0);

/// One part of an answer.
pub struct AnswerPart {
    /// How long it took in an answer.
    pub took: fn(&Answer) -> Millis,
    /// What ran in it.
    pub content: fn(&Answer) -> &Content,
}

/// What is said of it.
pub struct Words {
    /// Ends the sentence "The page took 0.5 seconds to react to a click: ".
    pub customer: Message,
    /// The part, as in "352 ms of …".
    pub engineer: &'static str,
    /// The cure.
    pub fix: Message,
}

/// What a rule about one part says: answers that are not immediate and in which this part is long, and no other one
/// is longer.
pub fn check(load: &PageLoad<'_>, part: &AnswerPart, words: Words) -> Outcome {
    let answers = interactions::slowest(load);
    if answers.is_empty() {
        return Outcome::NotApplicable("nobody clicked, tapped or typed while the page was recorded");
    }
    let longest_part = |answer: &Answer| {
        let interaction = &answer.interaction;
        interaction.input_delay.max(interaction.processing).max(interaction.presentation_delay)
    };
    let is_to_blame = |answer: &Answer| {
        let took = (part.took)(answer);
        IMMEDIATE < answer.interaction.duration && LONG_PART <= took && longest_part(answer) <= took
    };
    let slow: Vec<Answer> = answers.into_iter().filter(is_to_blame).collect();
    match slow.first() {
        None => Outcome::Passed,
        Some(worst) => Outcome::found(finding(load, part, words, worst, &slow)),
    }
}

fn finding(load: &PageLoad<'_>, part: &AnswerPart, words: Words, worst: &Answer, slow: &[Answer]) -> Finding {
    let duration = worst.interaction.duration;
    let evidence = slow.iter().map(|answer| {
        let content = (part.content)(answer);
        let took = (part.took)(answer);
        let mut text = message![
            Part::Name(answer.interaction.event),
            " at ",
            answer.at,
            ": ",
            answer.interaction.duration,
            " to the next frame, ",
            took,
            " of it ",
            words.engineer
        ];
        text.0.extend(work_text::content(load, content, took).0);
        Evidence { request: content.request(load).or(load.document.request), text }
    });
    let evidence: Vec<_> = evidence.collect();
    let mut customer = message!["The page took ", duration, " to react to ", kind_of(load, worst), ": "];
    customer.0.extend(words.customer.0);
    Finding {
        severity: match duration {
            duration if POOR < duration => Severity::Serious,
            duration if GOOD < duration => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: gain::owner_of(load, slow.iter().filter_map(|answer| (part.content)(answer).request(load))),
        customer,
        engineer: message![
            Part::Counted(slow.len() as u64, "interaction", "interactions"),
            " of more than 100 ms, most of it ",
            words.engineer,
            "; the slowest took ",
            duration,
            " (input delay ",
            worst.interaction.input_delay,
            ", handlers ",
            worst.interaction.processing,
            ", presentation ",
            worst.interaction.presentation_delay,
            ")."
        ],
        fix: words.fix,
        evidence,
        savings: Some(Savings {
            milestone: Some(Metric::Inp),
            ms: (Millis::ZERO, (part.took)(worst)),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

/// What the visitor did, in plain words.
fn kind_of(load: &PageLoad<'_>, answer: &Answer) -> &'static str {
    match load.recording.text(answer.interaction.event).expose() {
        event if event.starts_with("key") => "a key",
        event if event.starts_with("touch") => "a tap",
        _ => "a click",
    }
}

#[cfg(test)]
pub mod testing {
    use super::*;
    use crate::recording::Interaction;
    use crate::recording::testing::Made;

    /// A page with a script as its second request.
    pub fn page() -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/app.js", |r| r.start(20.0))
            .traced()
    }

    /// A click at 1,000 ms on it, with its three parts in ms.
    pub fn click(input_delay: f64, processing: f64, presentation_delay: f64) -> Made {
        page().change(|recording| {
            let event = recording.strings.intern("click");
            recording.timeline.interactions.push(Interaction {
                event,
                recorded_id: 1,
                start: Millis(1_000.0),
                duration: Millis(input_delay + processing + presentation_delay),
                input_delay: Millis(input_delay),
                processing: Millis(processing),
                presentation_delay: Millis(presentation_delay),
                frame: None,
                node: None,
            });
        })
    }

    #[test]
    fn severity_follows_the_time_to_the_frame() {
        let part = AnswerPart { took: |answer| answer.interaction.processing, content: |answer| &answer.handling };
        for (processing, expected) in
            [(120.0, Severity::Notice), (250.0, Severity::Warning), (600.0, Severity::Serious)]
        {
            let recording = click(1.0, processing, 10.0).recording();
            let words = Words { customer: message![], engineer: "", fix: message![] };
            let Outcome::Found(found) = check(&PageLoad::all(&recording)[0], &part, words) else { panic!("nothing") };
            assert_eq!(found[0].severity, expected);
        }
    }
}
