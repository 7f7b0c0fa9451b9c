//! Why a cache in front of the server did not answer by itself, in messages: [`crate::http::cdn::reason`] with the lines
//! that prove it.

use crate::http::cdn::reason::{Cause, Proof, Reason, Reasons};
use crate::http::edge::Edge;
use crate::recording::RequestId;
use crate::rules::Message;
use crate::rules::text::{Part, message};
use crate::rules::vendors::Need;

/// "cache-control: private: private forbids …".
pub fn told(request: RequestId, reason: &Reason) -> Message {
    match reason.proof {
        Proof::Response(name) => message![Part::ResponseHeader(request, name), ": ", reason.cause.text()],
        Proof::Request(name) => message![Part::RequestHeader(request, name), ": ", reason.cause.text()],
        Proof::FirstLine => message![reason.cause.text()],
    }
}

/// The line in which the CDN tells its status, and why: what is told, else what may be.
pub fn evidence(request: RequestId, edge: &Edge, reasons: &Reasons) -> Message {
    let mut text = message![];
    if let Some(name) = edge.told_by {
        text.0.push(Part::ResponseHeader(request, name));
    }
    let mut between = if text.0.is_empty() { "" } else { "; " };
    for reason in &reasons.told {
        // The line that tells the status is there already.
        let is_there = reason.proof == edge.told_by.map_or(Proof::FirstLine, Proof::Response);
        text.0.push(Part::Text(between));
        text.0.extend(if is_there { message![reason.cause.text()].0 } else { told(request, reason).0 });
        between = "; ";
    }
    // The commonest cause of a miss stands in the finding, once.
    let others = reasons.possible.iter().filter(|cause| reasons.told.is_empty() && **cause != Cause::FirstVisit);
    let mut words = if reasons.told.is_empty() && reasons.possible.contains(&Cause::FirstVisit) {
        "possible as well: "
    } else {
        "possible: "
    };
    for cause in others {
        text.0.extend(message![between, words, cause.text()].0);
        (between, words) = (", or ", "");
    }
    text
}

/// What is to be set against a cause.
pub fn need(cause: Cause) -> Need {
    match cause {
        Cause::Address => Need::Key,
        Cause::SetCookie | Cause::Cookies => Need::Cookies,
        Cause::Variants | Cause::VaryAlways => Need::Variants,
        Cause::FirstVisit | Cause::NotStored | Cause::RegionalHit => Need::Tiers,
        Cause::NotByDefault | Cause::Configured | Cause::Rule | Cause::SwitchedOff => Need::Eligible,
        _ => Need::Lifetime,
    }
}
