//! What moved the layout, in words that the report and rules share.

use crate::page_load::layout_shifts::{Cause, Culprit};
use crate::rules::text::{Message, Part, message};

/// "animation of margin-top on div#hero".
pub fn culprit(culprit: &Culprit) -> Message {
    let mut text = message![match culprit.cause {
        Cause::UnsizedImage => "image that no space was kept for",
        Cause::WebFont => "font that arrived after text was shown in another one",
        Cause::Frame => "frame that was put in",
        Cause::Animation => "animation",
        Cause::InsertedElement => "element that a script put in",
    }];
    if let Some(property) = culprit.property {
        text.0.extend(message![" of ", Part::Name(property)].0);
    }
    if let Some(node) = culprit.node {
        text.0.extend(message![if culprit.cause == Cause::Animation { " on " } else { ": " }, Part::Name(node)].0);
    }
    if let Some(url) = culprit.url {
        text.0.extend(message![": ", Part::Address(url)].0);
    }
    if let Some(site) = culprit.site {
        text.0.extend(message![" by ", site].0);
    }
    text
}
