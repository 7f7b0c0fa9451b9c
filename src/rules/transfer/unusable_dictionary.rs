//! `unusable-dictionary`: compression dictionaries that visitors seldom can use.

use crate::http::content_coding::{self, Coding};
use crate::http::list;
use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Seconds;

/// A dictionary that is kept for less is gone when the visitor comes back.
const SHORT: Seconds = Seconds::days(1);

declare_rule! {
    /// ## In plain words
    /// The site packs new files against old ones that the visitor has already. The set-up has a gap, so that seldom works.
    ///
    /// ## What it finds
    /// Responses over the network with `Use-As-Dictionary` that browsers may keep for less than a day, and responses packed
    /// against a dictionary (`dcb`, `dcz`) whose `Vary` does not name `Available-Dictionary`.
    ///
    /// ## Why it matters
    /// A dictionary that expired is of no use. Without `Vary` a cache may hand the packed file to somebody who does not have
    /// the dictionary, and the file cannot be read.
    ///
    /// ## How to fix it
    /// Send dictionaries with a lifetime of weeks, and packed files with `Vary: Accept-Encoding, Available-Dictionary`.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If no cache stands between server and browser.
    ///
    /// ## References
    /// - [RFC 9842: Compression Dictionary Transport](https://www.rfc-editor.org/rfc/rfc9842)
    pub static UNUSABLE_DICTIONARY = {
        id: "unusable-dictionary",
        title: "Compression dictionaries of little use",
        topic: Topic::Transfer,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let any_unsafe = shown.files.iter().any(|one| {
        let lines = load.request(one.id).response_header("content-encoding").map(|line| line.expose());
        content_coding::codings(lines).contains(&Coding::Dictionary)
    });
    let severity = if any_unsafe { Severity::Warning } else { Severity::Notice };
    shown.conclude("no compression dictionary is in use", &|shown| tell(shown, severity))
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let is_packed = content_coding::codings(response.header("content-encoding")).contains(&Coding::Dictionary);
    let is_dictionary = response.has("use-as-dictionary");
    if !is_packed && !is_dictionary {
        return Judged::NotMeant;
    }
    let names_it = list::members(response.header("vary")).any(|name| name.eq_ignore_ascii_case("available-dictionary"));
    if is_packed && !names_it {
        let line = response.line("vary");
        return Judged::Shown(message![
            response.line("content-encoding"),
            ", ",
            line,
            " does not name Available-Dictionary"
        ]);
    }
    let lifetime = match response.caching.lifetime {
        Some(Lifetime::Explicit(lifetime) | Lifetime::Heuristic(lifetime)) => lifetime,
        _ => Seconds(0),
    };
    if is_dictionary && lifetime < SHORT {
        let line = response.line("cache-control");
        return Judged::Shown(message!["a dictionary with ", line, ": kept for ", lifetime]);
    }
    Judged::Fine
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            "The set-up of compression against earlier files is incomplete in ",
            shown.counted("answer", "answers"),
            ", so visitors rarely benefit."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " with a dictionary that lives less than ",
            SHORT,
            ", or packed against one without Vary: Available-Dictionary."
        ],
        fix: message![
            "Send ",
            Part::Code("Cache-Control: public, max-age=2592000"),
            " with dictionaries and ",
            Part::Code("Vary: Accept-Encoding, Available-Dictionary"),
            " with what is packed against them."
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
    fn dictionaries() {
        for (headers, expected) in [
            (vec![("use-as-dictionary", "match=\"/js/*\""), ("cache-control", "max-age=600")], "found"),
            (vec![("use-as-dictionary", "match=\"/js/*\""), ("cache-control", "max-age=604800")], "passed"),
            (vec![("content-encoding", "dcb"), ("vary", "accept-encoding")], "found"),
            (vec![("content-encoding", "dcz"), ("vary", "accept-encoding, Available-Dictionary")], "passed"),
            (vec![("content-encoding", "br")], "not-applicable"),
        ] {
            let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
                headers.iter().fold(r, |r, (name, value)| r.response(name, value))
            });
            check_rule(&UNUSABLE_DICTIONARY, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&UNUSABLE_DICTIONARY, made, "not-checked");
    }
}
