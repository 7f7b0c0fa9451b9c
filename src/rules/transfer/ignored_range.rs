//! `ignored-range`: a whole film or sound came where a piece was asked for.

use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Bytes;

/// From this many bytes on it is a warning: a second of full HD video.
const NOTICEABLE: Bytes = Bytes::kib(512);

declare_rule! {
    /// ## In plain words
    /// The player asked for a piece of a film or sound and was sent all of it. Jumping to another place does not work, and
    /// more comes than is watched.
    ///
    /// ## What it finds
    /// Audio and video over the network that were asked for with `Range` and answered with status 200, except where the
    /// range was the whole file (`bytes=0-`) and the answer announces `Accept-Ranges: bytes`.
    ///
    /// ## Why it matters
    /// Safari refuses to play from servers that do not answer ranges; other browsers cannot seek.
    ///
    /// ## How to fix it
    /// Let the server answer ranges (`206 Partial Content`, `Accept-Ranges: bytes`); files on a disk do so by default,
    /// answers made by a program or passed on by a proxy often do not.
    ///
    /// ## How savings are estimated
    /// None are claimed: how much of the file is needed is not known.
    ///
    /// ## When to ignore it
    /// If the file is short and always played to its end.
    ///
    /// ## References
    /// - [RFC 9110 §14.2: Range](https://www.rfc-editor.org/rfc/rfc9110#section-14.2)
    /// - [Apple: Configuring servers for media](https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/SafariWebContent/CreatingVideoforSafarioniPhone/CreatingVideoforSafarioniPhone.html)
    pub static IGNORED_RANGE = {
        id: "ignored-range",
        title: "Whole films where a piece was asked for",
        topic: Topic::Transfer,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::RequestHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    shown.conclude("no piece of audio or video was asked for", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let Some(range) = response.asked("range").next() else { return Judged::NotMeant };
    if response.resource.kind != ResourceKind::Media || !downloads::is_download(response.request) {
        return Judged::NotMeant;
    }
    let is_whole = range.eq_ignore_ascii_case("bytes=0-");
    let answers_ranges = response.header("accept-ranges").any(|line| line.eq_ignore_ascii_case("bytes"));
    if response.request.status() != Some(200) || is_whole && answers_ranges {
        return Judged::Fine;
    }
    let asked = Part::RequestHeader(response.request.id(), "range");
    Judged::Shown(message![asked, " was answered with ", Part::Status(200), ", ", response.line("accept-ranges")])
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: shown.warning_from(NOTICEABLE),
        customer: message![
            "The player asked for a piece and was sent the whole of ",
            shown.counted("file", "files"),
            " (",
            shown.bytes(),
            "). Jumping to another place may not work."
        ],
        engineer: message![
            shown.counted("Range request", "Range requests"),
            " answered with 200; ",
            shown.bytes(),
            "."
        ],
        fix: message![
            "Answer ranges with 206 and send ",
            Part::Code("Accept-Ranges: bytes"),
            "; mind proxies and programs that pass files on."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn ranges() {
        let media = ResourceKind::Media;
        for (kind, range, status, accepts, expected) in [
            (media, Some("bytes=1000-2000"), 200, true, "found"),
            (media, Some("bytes=0-"), 200, false, "found"),
            (media, Some("bytes=0-"), 200, true, "passed"),
            (media, Some("bytes=1000-2000"), 206, true, "passed"),
            (media, None, 200, true, "not-applicable"),
            (ResourceKind::Script, Some("bytes=1-2"), 200, true, "not-applicable"),
        ] {
            let made = Made::page("https://shop.example/").request("https://shop.example/a.mp4", |mut r| {
                r = r.kind(kind).status(status).response("x", "y").bytes(900_000, 900_000, 900_000);
                if let Some(range) = range {
                    r = r.header("range", range);
                }
                if accepts { r.response("accept-ranges", "bytes") } else { r }
            });
            check_rule(&IGNORED_RANGE, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::RequestHeaders);
        check_rule(&IGNORED_RANGE, made, "not-checked");
    }
}
