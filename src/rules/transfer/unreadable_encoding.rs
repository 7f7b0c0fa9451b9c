//! `unreadable-encoding`: bodies in a coding that is not the announced one, or that the browser did not ask for.

use crate::http::content_coding::{self, Coding};
use crate::page_load::{Owner, PageLoad};
use crate::recording::{CompletionState, Missing};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// These files were packed in another way than the server says, or in a way that the browser had not offered to unpack.
    /// Browsers then show garbage or nothing.
    ///
    /// ## What it finds
    /// Answers over the network with `Content-Encoding` that the browser failed to decode, whose text after decoding still
    /// begins like a gzip file (packed twice), or whose coding the request's `Accept-Encoding` does not list.
    ///
    /// ## Why it matters
    /// The file does not work. In caches such answers are handed on to others.
    ///
    /// ## How to fix it
    /// Compress in one place only, and let caches keep one copy a coding: `Vary: Accept-Encoding`.
    ///
    /// ## How savings are estimated
    /// None: this is about breakage.
    ///
    /// ## When to ignore it
    /// If the recording tool changed `Accept-Encoding` or the bodies.
    ///
    /// ## References
    /// - [RFC 9110 §8.4: Content-Encoding](https://www.rfc-editor.org/rfc/rfc9110#section-8.4), [§12.5.3: Accept-Encoding](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3)
    pub static UNREADABLE_ENCODING = {
        id: "unreadable-encoding",
        title: "Files packed in a way the browser cannot read",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    shown.conclude("no packed answer came over the network", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let request = response.request;
    let codings = content_coding::codings(response.header("content-encoding"));
    let Some(coding) = codings.first().copied().filter(|_| request.status() != Some(304)) else {
        return Judged::NotMeant;
    };
    let line = response.line("content-encoding");
    let failed = matches!(request.completion(), CompletionState::Failed(_));
    let error = request.error().map_or("", |error| request.recording().text(error).expose());
    if failed && error.contains("CONTENT_DECODING") {
        return Judged::Shown(message![line, ": the browser could not decode the body"]);
    }
    let text = request.body_text().map_or("", |text| text.expose());
    if is_gzip(text) {
        return Judged::Shown(message![line, ": decoded, the body still begins like a gzip file; it was packed twice"]);
    }
    match is_offered(response, coding) {
        Some(false) => Judged::Shown(message![
            line,
            ", but ",
            Part::RequestHeader(request.id(), "accept-encoding"),
            " does not list it"
        ]),
        Some(true) | None => Judged::Fine,
    }
}

/// The two bytes that each gzip file begins with (RFC 1952 §2.3.1), as far as they survive as text: the second is none.
fn is_gzip(text: &str) -> bool {
    text.starts_with("\u{1f}\u{fffd}") || text.starts_with("\u{1f}\u{8b}")
}

/// `None`: the recording does not tell, or the coding has many names.
fn is_offered(response: &Response<'_, '_>, coding: Coding) -> Option<bool> {
    let offered = content_coding::accepted(response.asked("accept-encoding"));
    if !offered.is_said {
        return None;
    }
    match coding {
        Coding::Gzip | Coding::Deflate => Some(offered.gzip),
        Coding::Brotli => Some(offered.brotli),
        Coding::Zstandard => Some(offered.zstandard),
        Coding::Dictionary | Coding::Other => None,
    }
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Serious,
        customer: message![
            shown.counted("file was", "files were"),
            " packed in a way that the browser cannot read, or had not offered to read."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " whose body does not fit its ",
            Part::Code("Content-Encoding"),
            ", or whose coding was not asked for."
        ],
        fix: message!["Compress in one place only, and send ", Part::Code("Vary: Accept-Encoding"), "."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ErrorKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    #[track_caller]
    fn check(expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/")
            .request("https://shop.example/a.js", |r| make(r.response("content-encoding", "br")));
        check_rule(&UNREADABLE_ENCODING, made, expected);
    }

    #[test]
    fn codings() {
        check("passed", |r| r);
        check("passed", |r| r.header("accept-encoding", "gzip, br"));
        check("found", |r| r.header("accept-encoding", "gzip"));
        check("found", |r| r.body("\u{1f}\u{fffd}\u{8}"));
        check("passed", |r| r.body("var a"));
        check("found", |mut r| {
            let error = r.intern("net::ERR_CONTENT_DECODING_FAILED");
            r.change(|row| {
                row.error = Some(error);
                row.completion = CompletionState::Failed(ErrorKind::Other);
            })
        });
        let plain = Made::page("https://shop.example/").document(|r| r);
        check_rule(&UNREADABLE_ENCODING, plain, "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&UNREADABLE_ENCODING, made, "not-checked");
    }
}
