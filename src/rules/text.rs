//! What findings say: text in typed parts. Text of the recording never stands in a message; handles do, and whoever
//! writes the message (page, report) turns them into something clean.

use crate::page_load::Metric;
use crate::recording::{Phase, Protocol, RequestId, ResourceKind, SiteId};
use crate::text::StrId;
use crate::units::{Bytes, Millis, Ratio, Seconds};

/// Text in typed parts. Build one with `message!`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message(pub Vec<Part>);

/// One part of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Our own words.
    Text(&'static str),
    /// A time. "2.3 seconds" for customers, "2,310 ms" for engineers.
    Ms(Millis),
    /// From … to.
    MsRange(Millis, Millis),
    /// A lifetime or age, in the unit that reads best ("7 days").
    Seconds(Seconds),
    /// A size.
    Bytes(Bytes),
    /// From … to.
    BytesRange(Bytes, Bytes),
    /// A number of things; the word for the things is text.
    Count(u64),
    /// A number without unit, such as a layout shift score, with three decimals.
    Score(f64),
    /// A number of things with its word: singular, plural.
    Counted(u64, &'static str, &'static str),
    /// A part of a whole, in percent.
    Percent(Ratio),
    /// A request, by its (cleaned) address; a link in page and report.
    Request(RequestId),
    /// The host of a request.
    Host(RequestId),
    /// The known company behind the host of a request, or the host.
    Party(RequestId),
    /// A response header line of a request, `name: value`, the value as far as it is known to be harmless.
    ResponseHeader(RequestId, &'static str),
    /// A request header line of a request, likewise.
    RequestHeader(RequestId, &'static str),
    /// The media type of a response, without parameters.
    MediaType(RequestId),
    /// A status code.
    Status(u16),
    /// An HTTP version.
    Protocol(Protocol),
    /// A kind of resource.
    Kind(ResourceKind),
    /// A phase of a request.
    Phase(Phase),
    /// A milestone.
    Metric(Metric),
    /// Scheme and host of the document's resource hint with this number.
    HintOrigin(usize),
    /// Code of our own: a header to send, an attribute to set.
    Code(&'static str),
    /// A function or script, with its place.
    Site(SiteId),
    /// The address of a file that may not be among the requests.
    Address(StrId),
    /// A name that the page gave to something: an element, a selector, an event.
    Name(StrId),
}

impl Part {
    /// Words that agree with a number of things told elsewhere: "it" or "them".
    pub const fn agreeing(number: usize, one: &'static str, many: &'static str) -> Self {
        Self::Text(if number == 1 { one } else { many })
    }
}

macro_rules! part_from {
    ($($from:ty => $variant:ident),+ $(,)?) => {
        $(impl From<$from> for Part {
            fn from(value: $from) -> Self {
                Self::$variant(value)
            }
        })+
    };
}

part_from!(
    &'static str => Text, Millis => Ms, Seconds => Seconds, Bytes => Bytes, u64 => Count, Ratio => Percent,
    RequestId => Request, Protocol => Protocol, ResourceKind => Kind, Phase => Phase, Metric => Metric, SiteId => Site,
);

/// `message!["The server took ", wait, " to answer ", request]`: each piece is anything that becomes a [`Part`].
macro_rules! message {
    ($($part:expr),* $(,)?) => {
        $crate::rules::text::Message(vec![$($crate::rules::text::Part::from($part)),*])
    };
}
pub(crate) use message;
