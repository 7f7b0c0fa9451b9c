//! `reused-etag`: one version label on different contents.

use crate::http::validation::ETag;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Request, RequestId, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Two different contents carry the same version label. A browser that has the old one asks, is told "unchanged", and
    /// keeps showing the old one.
    ///
    /// ## What it finds
    /// Answers at one address with the same `ETag` whose bodies differ (documents are left out, as they may differ in a
    /// number made for each request), and with the same strong `ETag` in different codings.
    ///
    /// ## Why it matters
    /// Visitors are stuck with an old file. With one label for several codings caches may join pieces that do not fit.
    ///
    /// ## How to fix it
    /// Make the label of the content (a hash), with a suffix for each coding, or make it weak: `ETag: W/"…"`.
    ///
    /// ## How savings are estimated
    /// None: this is about stale content.
    ///
    /// ## When to ignore it
    /// If the recording tool shortened the bodies.
    ///
    /// ## References
    /// - [RFC 9110 §8.8.1: Weak versus strong](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1), [§8.8.3.3: Entity tags varying on content codings](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3)
    pub static REUSED_ETAG = {
        id: "reused-etag",
        title: "One version label on different contents",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    let differs = |id| earlier(load, id).is_some_and(|earlier| has_other_body(load, load.request(id), earlier));
    let any_differs = shown.files.iter().any(|one| differs(one.id));
    let severity = if any_differs { Severity::Warning } else { Severity::Notice };
    shown.conclude("no address answered twice with a version label", &|shown| tell(shown, severity))
}

fn earlier<'a>(load: &PageLoad<'a>, id: RequestId) -> Option<Request<'a>> {
    load.addresses.latest_before(load.request(id).url_text().expose(), id).map(|id| load.request(id))
}

fn tag(request: Request<'_>) -> Option<ETag<'_>> {
    request.response_header("etag").next().map(|tag| ETag::parse(tag.expose()))
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let request = response.request;
    let Some((before, tags)) = earlier(load, request.id())
        .filter(|before| response.is_download() && before.status() == request.status())
        .and_then(|before| Some((before, (tag(before)?, tag(request)?))))
    else {
        return Judged::NotMeant;
    };
    if !tags.0.matches_weakly(tags.1) {
        return Judged::Fine;
    }
    if has_other_body(load, request, before) {
        return Judged::Shown(message![response.line("etag"), ": an earlier answer with it had another content"]);
    }
    let [coding, earlier_coding] = [request, before].map(|request| request.response_header("content-encoding").next());
    if tags.0.matches_strongly(tags.1) && coding != earlier_coding {
        let line = response.line("content-encoding");
        return Judged::Shown(message![
            response.line("etag"),
            ", not weak, with ",
            line,
            "; earlier in another coding"
        ]);
    }
    Judged::Fine
}

fn has_other_body(load: &PageLoad<'_>, request: Request<'_>, before: Request<'_>) -> bool {
    let is_document = load.resource(request.id()).is_none_or(|resource| resource.kind == ResourceKind::Document);
    let hashes = before.body().hash.zip(request.body().hash);
    // Whole bodies of the same coding only: what was cut differs by itself.
    let is_whole = before.decoded_bytes() == before.body().recorded_bytes.map(crate::units::Bytes)
        && request.decoded_bytes() == request.body().recorded_bytes.map(crate::units::Bytes);
    !is_document && is_whole && hashes.is_some_and(|(one, other)| one != other)
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            "Two versions of ",
            shown.counted("file carry", "files carry"),
            " the same label. Visitors can be stuck with an old one."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " whose ",
            Part::Code("ETag"),
            " an earlier response at the same address had with another content or coding."
        ],
        fix: message!["Make the tag of the content, or weak: ", Part::Code("ETag: W/\"…\""), "."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    fn with<'a>(r: MadeRequest<'a>, tag: &str, text: &str, coding: &str) -> MadeRequest<'a> {
        let n = text.len() as u64;
        r.kind(ResourceKind::Script)
            .response("etag", tag)
            .response("content-encoding", coding)
            .bytes(90, 80, n)
            .body(text)
    }

    #[test]
    fn labels() {
        let file = "https://shop.example/a.js";
        for (one, other, expected) in [
            (("\"a\"", "x", "br"), ("\"a\"", "y", "br"), "found"),
            (("\"a\"", "x", "br"), ("\"b\"", "y", "br"), "passed"),
            (("\"a\"", "x", "br"), ("\"a\"", "x", "br"), "passed"),
            (("\"a\"", "x", "br"), ("\"a\"", "x", "gzip"), "found"),
            (("W/\"a\"", "x", "br"), ("W/\"a\"", "x", "gzip"), "passed"),
        ] {
            let made = Made::page("https://shop.example/")
                .request(file, |r| with(r, one.0, one.1, one.2))
                .request(file, |r| with(r, other.0, other.1, other.2));
            check_rule(&REUSED_ETAG, made, expected);
        }
        check_rule(&REUSED_ETAG, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&REUSED_ETAG, made, "not-checked");
    }
}
