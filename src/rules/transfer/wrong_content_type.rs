//! `wrong-content-type`: files that the server labels as something else.

use crate::http::media_type::{Family, MediaType};
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, RenderBlocking, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Bytes;

/// Smaller answers without a label are often empty but for a few characters.
const SMALL: Bytes = Bytes::kib(1);

declare_rule! {
    /// ## In plain words
    /// The server says that a file is something else than what the page asked for. Browsers may refuse it; often it is an
    /// error or login page that came in the file's place.
    ///
    /// ## What it finds
    /// Successful answers over the network to GET: scripts and style sheets labeled as HTML; scripts labeled as no script,
    /// and style sheets as no style sheet, with `X-Content-Type-Options: nosniff`; fonts labeled as HTML or plain text; data
    /// for scripts labeled as HTML that is JSON; and answers of 1 KiB or more without any `Content-Type`, downloads aside.
    ///
    /// ## Why it matters
    /// With `nosniff` browsers do not run such scripts and do not apply such style sheets, and without it style sheets are
    /// refused all the same. CDNs decide by the label what to compress and what to keep.
    ///
    /// ## How to fix it
    /// Send `Content-Type: text/javascript`, `text/css`, `font/woff2`, `application/json`. If it is an HTML page in the place
    /// of a file, let the server answer 404 instead of the page.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the recording tool, not the server, wrote the type.
    ///
    /// ## References
    /// - [Fetch: X-Content-Type-Options](https://fetch.spec.whatwg.org/#x-content-type-options-header)
    /// - [MIME sniffing standard](https://mimesniff.spec.whatwg.org/)
    /// - [MDN: Content-Type](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Type)
    pub static WRONG_CONTENT_TYPE = {
        id: "wrong-content-type",
        title: "Files with a wrong label",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

/// What is wrong with a label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    /// A page in the place of a script or style sheet.
    Page,
    /// The browser refuses it.
    Refused,
    /// It works, but caches and compression go by the label.
    Misleading,
    /// None.
    Missing,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let worst = shown.files.iter().filter(|one| !one.third_party).map(|one| severity(load, one.id)).max();
    shown.conclude("no answer with a body came over the network", &|shown| {
        tell(shown, worst.unwrap_or(Severity::Notice))
    })
}

fn judge(response: &Response<'_, '_>) -> Judged {
    if !response.is_download() {
        return Judged::NotMeant;
    }
    let Some(label) = label(response) else { return Judged::Fine };
    let kind = response.resource.kind;
    let line = response.line("content-type");
    Judged::Shown(match label {
        Label::Page => message![line, " in the place of a ", kind, ": most likely an error or login page"],
        Label::Refused => {
            message![line, " for a ", kind, " with ", response.line("x-content-type-options"), ": browsers refuse it"]
        }
        Label::Misleading => message![line, " for a ", kind],
        Label::Missing => message![line],
    })
}

fn label(response: &Response<'_, '_>) -> Option<Label> {
    let Some(said) = response.header("content-type").next().filter(|said| !said.is_empty()) else {
        let is_download = response.has("content-disposition");
        let is_large = downloads::decoded_bytes(response.request).is_some_and(|bytes| SMALL <= bytes);
        return (is_large && !is_download).then_some(Label::Missing);
    };
    let family = MediaType::parse(said)?.family();
    let is_strict = response.header("x-content-type-options").any(|line| line.trim().eq_ignore_ascii_case("nosniff"));
    match (response.resource.kind, family) {
        (ResourceKind::Script | ResourceKind::Stylesheet, Family::Html) => Some(Label::Page),
        // Modules may be data or WebAssembly as well.
        (ResourceKind::Script, Family::JavaScript | Family::Json | Family::Wasm | Family::Css) => None,
        (ResourceKind::Stylesheet, Family::Css) => None,
        (ResourceKind::Script | ResourceKind::Stylesheet, _) => is_strict.then_some(Label::Refused),
        (ResourceKind::Font, Family::Html | Family::Text) => Some(Label::Misleading),
        (ResourceKind::Xhr | ResourceKind::Fetch, Family::Html) => is_json(response).then_some(Label::Misleading),
        _ => None,
    }
}

/// Whether its text is JSON: an object with a key, or a list.
fn is_json(response: &Response<'_, '_>) -> bool {
    let text = response.request.body_text().map_or("", |text| text.expose()).trim_start();
    let starts = |opening: char, next: &[char]| {
        text.strip_prefix(opening).is_some_and(|rest| rest.trim_start().starts_with(next))
    };
    starts('{', &['"']) || starts('[', &['{', '[', '"', ']'])
}

fn severity(load: &PageLoad<'_>, id: crate::recording::RequestId) -> Severity {
    let Some((resource, caching)) = load.resource(id).zip(load.caching_of(id)) else { return Severity::Notice };
    let blocks = resource.blocking.is_some_and(|found| found.how == RenderBlocking::Blocking);
    match label(&Response { request: load.request(id), resource, caching }) {
        Some(Label::Page | Label::Refused) if blocks => Severity::Serious,
        Some(Label::Page | Label::Refused) => Severity::Warning,
        Some(Label::Misleading | Label::Missing) | None => Severity::Notice,
    }
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            "The server labels ",
            shown.counted("file", "files"),
            " as something else than the page asked for, or not at all. Browsers may refuse ",
            shown.agreeing("it.", "them.")
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " whose ",
            Part::Code("Content-Type"),
            " does not fit the request or is missing."
        ],
        fix: message![
            "Send the right type, such as ",
            Part::Code("Content-Type: text/javascript"),
            ", and 404 instead of a page where the file does not exist."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    #[track_caller]
    fn check(
        kind: ResourceKind,
        media_type: &str,
        expected: &str,
        make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>,
    ) {
        let made = Made::page("https://shop.example/").request("https://shop.example/a", |r| {
            let r = r.kind(kind).response("x", "y").bytes(5_000, 4_800, 9_000);
            make(if media_type.is_empty() { r } else { r.response("content-type", media_type) })
        });
        check_rule(&WRONG_CONTENT_TYPE, made, expected);
    }

    #[test]
    fn labels() {
        use ResourceKind::{Fetch, Font, Image, Script, Stylesheet};
        check(Script, "text/html", "found", |r| r);
        check(Stylesheet, "text/html; charset=utf-8", "found", |r| r);
        check(Script, "text/plain", "passed", |r| r);
        check(Script, "text/javascript", "passed", |r| r.response("x-content-type-options", "nosniff"));
        check(Font, "text/plain", "found", |r| r);
        check(Font, "font/woff2", "passed", |r| r);
        check(Image, "", "found", |r| r);
        check(Image, "", "passed", |r| r.response("content-disposition", "attachment"));
        check(Image, "", "passed", |r| r.bytes(500, 400, 400));
        check(Fetch, "text/html", "found", |r| r.body(" {\"a\": 1}"));
        check(Fetch, "text/html", "passed", |r| r.body("<p>a</p>"));
        check(Script, "text/html", "not-applicable", |r| r.status(404));
        check(Script, "text/plain", "found", |r| r.response("x-content-type-options", "nosniff"));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&WRONG_CONTENT_TYPE, made, "not-checked");
    }
}
