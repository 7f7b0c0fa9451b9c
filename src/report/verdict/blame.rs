//! Whose time most of a load was, in words for somebody who is no engineer.

use crate::page_load::attribution::reasons::{
    CONNECT, DNS, FOR_CONNECTION, FOR_SLOT, HELD_BACK, IN_WORKER, LINE, RECEIVE, TLS, TRAVEL, WORKER_STARTS,
};
use crate::page_load::attribution::{Attribution, AttributionPart, PathStep};
use crate::page_load::{Certainty, Owner, PageLoad, Throttling};
use crate::redact::Clean;
use crate::report::names::Names;
use crate::units::Millis;

/// Part of the whole. If the largest part of a load is ahead of the next one by less, no one owner is named: that much
/// changes from one visit to the next.
const AHEAD: f64 = 0.1;

/// From this part of its owner's time on, one kind of reason is told.
const MOSTLY: f64 = 0.5;

/// Who held a load.
pub enum Blame<'a> {
    /// The owner of its largest part.
    One(&'a AttributionPart),
    /// The owners of its two largest parts, about equally.
    Two(&'a AttributionPart, &'a AttributionPart),
    /// The file does not tell whose most of the time was; why.
    Untold(&'static str),
}

/// Judges.
pub fn of(attribution: &Attribution) -> Option<Blame<'_>> {
    let mut parts = attribution.parts.iter();
    let (first, second) = (parts.next()?, parts.next());
    if first.owner == Owner::Unknown {
        return Some(Blame::Untold(first.why));
    }
    let close = second
        .filter(|second| second.owner != Owner::Unknown)
        .filter(|second| (first.ms - second.ms).0 < AHEAD * attribution.ms.0);
    Some(match close {
        Some(second) => Blame::Two(first, second),
        None => Blame::One(first),
    })
}

/// "; most of that was spent waiting for the site's own servers".
pub fn words(names: &Names, load: &PageLoad<'_>, attribution: &Attribution, blame: &Blame<'_>) -> Vec<Clean> {
    match blame {
        Blame::One(part) => {
            let part_of_all = if Millis::ZERO < attribution.ms { part.ms.0 / attribution.ms.0 } else { 0.0 };
            let how_much = match part_of_all {
                0.9.. => "; nearly all of that was spent ",
                0.6.. => "; most of that was spent ",
                0.45.. => "; about half of that was spent ",
                _ => "; the largest part of that was spent ",
            };
            let mut words = vec![Clean::from(how_much), Clean::from(activity(load, attribution, part.owner))];
            if matches!(part.owner, Owner::ThirdParty)
                && let Some(host) = longest(attribution, part.owner)
                    .and_then(|step| step.request)
                    .and_then(|request| names.host(load, request))
            {
                words.extend([Clean::from(", above all "), host]);
            }
            words
        }
        Blame::Two(first, second) => {
            let (first, second) = (plain_activity(first.owner), plain_activity(second.owner));
            ["; there is no one cause: about as much of that was spent ", first, " as ", second].map(Clean::from).into()
        }
        Blame::Untold(why) => ["; whose time most of that was cannot be told: ", why].map(Clean::from).into(),
    }
}

/// The time of an owner that is more than an estimate.
pub fn measured(attribution: &Attribution, owner: Owner) -> Millis {
    let is_sure = |step: &&PathStep| step.owner == owner && step.certainty < Certainty::Estimated;
    attribution.path.iter().filter(is_sure).map(|step| step.span.duration()).sum()
}

fn is_mostly(attribution: &Attribution, owner: Owner, is: &dyn Fn(&PathStep) -> bool) -> bool {
    let steps = attribution.path.iter().filter(|step| step.owner == owner && is(step));
    MOSTLY * attribution.of(owner).0 <= steps.map(|step| step.span.duration()).sum::<Millis>().0
}

/// What the page was doing in an owner's time: "spent …".
fn activity(load: &PageLoad<'_>, attribution: &Attribution, owner: Owner) -> &'static str {
    let mostly = |is: &dyn Fn(&PathStep) -> bool| is_mostly(attribution, owner, is);
    let because = |reasons: &[&str]| mostly(&|step| reasons.contains(&step.why));
    match owner {
        Owner::Client if mostly(&|step| step.request.is_none()) => "in the visitor's browser, not waiting for any file",
        Owner::Client if because(&[IN_WORKER, WORKER_STARTS]) => {
            "in the page's service worker, a script of the site in the visitor's browser"
        }
        Owner::Client if because(&[HELD_BACK]) => "with files waiting for their turn in the visitor's browser",
        Owner::Network if matches!(load.throttling, Throttling::Yes(_)) => {
            "on the network, which was slowed down for this recording"
        }
        Owner::Network if because(&[RECEIVE]) => "on the network, mostly receiving data",
        Owner::Network if because(&[DNS, CONNECT, TLS, FOR_CONNECTION]) => {
            "on the network, mostly setting up connections to servers"
        }
        Owner::Network if because(&[TRAVEL, LINE]) => "on the network, mostly on the way to servers and back",
        Owner::Origin if because(&[FOR_SLOT]) => "with files queueing for a connection to the site's own servers",
        Owner::ThirdParty if mostly(&|step| step.request.is_none()) => "on scripts of other companies, most likely",
        _ => plain_activity(owner),
    }
}

/// The same where nothing more is known than the owner.
pub fn plain_activity(owner: Owner) -> &'static str {
    match owner {
        Owner::Client => "in the visitor's browser",
        Owner::Network => "on the network",
        Owner::Edge => "waiting for the site's delivery network (CDN)",
        Owner::Origin => "waiting for the site's own servers",
        Owner::ThirdParty => "waiting for other companies' servers",
        Owner::Unknown => "on what this file does not tell",
    }
}

/// The longest step of an owner on the way to the milestone.
pub fn longest(attribution: &Attribution, owner: Owner) -> Option<&PathStep> {
    let steps = attribution.path.iter().filter(|step| step.owner == owner);
    steps.rev().max_by(|a, b| a.span.duration().total_cmp(&b.span.duration())) // of equals the first
}
