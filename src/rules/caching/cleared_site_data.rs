//! `cleared-site-data`: answers that order the browser to throw away all that it has of the site.

use crate::http::list;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

/// Words in addresses of logouts, where the order belongs.
const LOGOUT: [&str; 6] = ["logout", "log-out", "logoff", "signout", "sign-out", "signoff"];

declare_rule! {
    /// ## In plain words
    /// An answer orders the browser to throw away everything that it has stored of the site. All files must be downloaded
    /// again.
    ///
    /// ## What it finds
    /// `Clear-Site-Data` with `"cache"` or `"*"` on answers over the network, except at addresses of a logout.
    ///
    /// ## Why it matters
    /// The whole cache of the site is gone, the page for Back as well, each time that such an answer comes.
    ///
    /// ## How to fix it
    /// Send it at logout only, and without `"cache"` where old files do no harm: `Clear-Site-Data: "cookies", "storage"`.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load.
    ///
    /// ## When to ignore it
    /// If it is sent once, to get rid of a mistake in what browsers keep.
    ///
    /// ## References
    /// - [Clear Site Data](https://www.w3.org/TR/clear-site-data/)
    /// - [MDN: Clear-Site-Data](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Clear-Site-Data)
    pub static CLEARED_SITE_DATA = {
        id: "cleared-site-data",
        title: "Orders to throw the site's cache away",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let is_page = |id| load.resource(id).is_some_and(|resource| resource.kind == ResourceKind::Document);
    let any_page = shown.files.iter().any(|one| is_page(one.id));
    let severity = if any_page { Severity::Warning } else { Severity::Notice };
    shown.conclude("no answer orders to clear what is stored", &|shown| tell(shown, severity))
}

fn judge(response: &Response<'_, '_>) -> Judged {
    if !response.has("clear-site-data") {
        return Judged::NotMeant;
    }
    let mut kinds = list::members(response.header("clear-site-data")).map(|kind| kind.trim_matches('"'));
    let path = response.resource.url.map(|url| url.path.to_ascii_lowercase()).unwrap_or_default();
    let clears = kinds.any(|kind| matches!(kind, "cache" | "*"));
    if !clears || LOGOUT.iter().any(|word| path.contains(word)) {
        return Judged::Fine;
    }
    Judged::Shown(message![response.line("clear-site-data"), ": the site's whole cache is gone"])
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            shown.counted("answer orders", "answers order"),
            " the browser to throw away everything it has stored of the site, so all of it is downloaded again."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " outside of a logout with Clear-Site-Data for the cache."
        ],
        fix: message!["Send it at logout only, as ", Part::Code("Clear-Site-Data: \"cookies\", \"storage\""), "."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn orders() {
        for (address, line, expected) in [
            ("", "\"cache\"", "found"),
            ("", "\"cookies\", \"*\"", "found"),
            ("", "\"cookies\"", "passed"),
            ("account/Logout", "\"cache\"", "passed"),
        ] {
            let made = Made::page("https://shop.example/")
                .request(&format!("https://shop.example/{address}"), |r| r.response("clear-site-data", line));
            check_rule(&CLEARED_SITE_DATA, made, expected);
        }
        check_rule(&CLEARED_SITE_DATA, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&CLEARED_SITE_DATA, made, "not-checked");
    }
}
