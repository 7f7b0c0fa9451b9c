//! `invalid-cdn-cache-control`: headers meant for CDNs alone that CDNs cannot read.

use crate::http::structured;
use crate::http::targeted::{self, FIELDS, Fault};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The server sends the CDN an instruction of its own on how long to keep a file. It has a mistake in it, so the CDN
    /// ignores it.
    ///
    /// ## What it finds
    /// `CDN-Cache-Control` and vendors' twins of it that are no structured dictionary (capitals in a directive's name, white
    /// space around `=`, semicolons, empty members), or in which a directive has a value of another type than its own.
    ///
    /// ## Why it matters
    /// One mistake makes the whole line invalid, not just a directive. The CDN then goes by `Cache-Control`, which was
    /// meant for browsers.
    ///
    /// ## How to fix it
    /// Write directives in lower case with commas between: `CDN-Cache-Control: max-age=3600, must-revalidate`.
    ///
    /// ## How savings are estimated
    /// None are claimed: what the CDN does instead depends on its settings.
    ///
    /// ## When to ignore it
    /// If the CDN reads the line more leniently than the standard, as its documentation would have to say.
    ///
    /// ## References
    /// - [RFC 9213 §2.1: syntax](https://www.rfc-editor.org/rfc/rfc9213#section-2.1)
    /// - [RFC 9651 §3.2: dictionaries](https://www.rfc-editor.org/rfc/rfc9651#section-3.2)
    /// - [Cloudflare: CDN-Cache-Control](https://developers.cloudflare.com/cache/concepts/cdn-cache-control/)
    pub static INVALID_CDN_CACHE_CONTROL = {
        id: "invalid-cdn-cache-control",
        title: "Instructions for the CDN that it cannot read",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    responses::look(load, &judge).conclude("no response has a header that is meant for CDNs alone", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let mut judged = Judged::NotMeant;
    for field in &FIELDS {
        let Some(text) = structured::joined(response.header(field.name)) else { continue };
        judged = Judged::Fine;
        if let Some(fault) = targeted::fault(field, &text) {
            let mut proof = message![response.line(field.name), ": "];
            proof.0.extend(match fault {
                Fault::UpperCase => message!["a directive in capitals, which makes the whole line invalid"].0,
                Fault::Syntax => message!["no valid list of directives, so the whole line does not count"].0,
                Fault::WrongType(name) => {
                    message![Part::Code(name), " has a value of the wrong type and does not count"].0
                }
            });
            return Judged::Shown(proof);
        }
    }
    judged
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Warning,
        customer: message![
            "For ",
            shown.counted("file", "files"),
            " the instruction that is meant for the CDN alone has a mistake in it, and the CDN ignores it."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " with a CDN-only header that is not valid by RFC 9213; the CDN falls back to ",
            Part::Code("Cache-Control"),
            "."
        ],
        fix: message![
            "Write directives in lower case, numbers without quotes, with commas between: ",
            Part::Code("CDN-Cache-Control: max-age=3600, stale-while-revalidate=600"),
            "."
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
    fn lines() {
        let made = |name: &str, value: &str| Made::page("https://shop.example/").document(|r| r.response(name, value));
        let check = |name, value, expected| check_rule(&INVALID_CDN_CACHE_CONTROL, made(name, value), expected);
        check("cdn-cache-control", "max-age= 60", "found");
        check("cloudflare-cdn-cache-control", "Max-Age=60", "found");
        check("cdn-cache-control", "max-age=\"60\"", "found");
        check("cdn-cache-control", "max-age=60, no-store", "passed");
        check("surrogate-control", "max-age=60+30", "passed");
        check("cache-control", "max-age= 60", "not-applicable");
        let unknown = made("cdn-cache-control", "x y").without(Missing::ResponseHeaders);
        check_rule(&INVALID_CDN_CACHE_CONTROL, unknown, "not-checked");
    }
}
