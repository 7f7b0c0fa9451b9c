//! `refused-image-optimization`: the CDN was to make images smaller and did not.

use crate::http::edge::EdgeStatus;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The CDN is set to make images smaller on their way. For these it did not work, and they were sent as they are.
    ///
    /// ## What it finds
    /// Images whose `cf-polished` tells another status than that nothing could be gained (`vary_header_present`,
    /// `input_too_large`, failures), or whose `cf-resized` tells an error.
    ///
    /// ## Why it matters
    /// The images stay larger than they need to be, although somebody pays for the conversion.
    ///
    /// ## How to fix it
    /// By the status: send no `Vary` but `Accept` with images, keep originals below the size limit, repair broken files.
    ///
    /// ## How savings are estimated
    /// None are claimed: how much smaller they would be is not known.
    ///
    /// ## When to ignore it
    /// Images that are optimized at the origin already.
    ///
    /// ## References
    /// - [Cloudflare: Polish statuses](https://developers.cloudflare.com/images/polish/cf-polished-statuses/)
    /// - [Cloudflare: image resizing errors](https://developers.cloudflare.com/images/transform-images/troubleshooting/)
    pub static REFUSED_IMAGE_OPTIMIZATION = {
        id: "refused-image-optimization",
        title: "Images that the CDN could not make smaller",
        topic: Topic::Cdn,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let judge = |response: &Response<'_, '_>| {
        let is_made = load.edge_of(response.request.id()).status == Some(EdgeStatus::Error);
        if response.resource.kind != ResourceKind::Image || is_made {
            return Judged::NotMeant;
        }
        let status =
            response.header("cf-polished").find_map(|line| line.split_once("status=")).map(|(_, status)| status);
        let is_fine =
            |status: &str| ["not_needed", "webp_bigger", "origin_"].iter().any(|fine| status.starts_with(fine));
        let failed = status.is_some_and(|status| !is_fine(status.trim()));
        let unresized = response.header("cf-resized").any(|line| line.contains("err="));
        match (failed, unresized) {
            (true, _) => Judged::Shown(message![response.line("cf-polished")]),
            (_, true) => Judged::Shown(message![response.line("cf-resized")]),
            _ if response.has("cf-polished") || response.has("cf-resized") => Judged::Fine,
            _ => Judged::NotMeant,
        }
    };
    responses::look(load, &judge).conclude("no image tells that a CDN was to make it smaller", &tell)
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Notice,
        customer: message!["The CDN was to make ", shown.counted("image", "images"), " smaller, but could not."],
        engineer: message![
            shown.counted("image", "images"),
            " (",
            shown.bytes(),
            ") whose ",
            Part::Code("cf-polished"),
            " or ",
            Part::Code("cf-resized"),
            " tells a failure."
        ],
        fix: message!["Act by the status: no ", Part::Code("Vary"), " on images, smaller originals, whole files."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn statuses() {
        let made = |name: &str, value: &str| {
            Made::page("https://shop.example/").document(|r| r).request("https://shop.example/a.png", |r| {
                r.kind(ResourceKind::Image).bytes(9000, 9000, 9000).response("cf-ray", "1-FRA").response(name, value)
            })
        };
        let check = |name, value, expected| check_rule(&REFUSED_IMAGE_OPTIMIZATION, made(name, value), expected);
        check("cf-polished", "status=vary_header_present", "found");
        check("cf-polished", "origSize=9999, status=input_too_large", "found");
        check("cf-polished", "status=webp_bigger", "passed");
        check("cf-polished", "origSize=9999", "passed");
        check("cf-resized", "err=9402", "found");
        check("cf-resized", "internal=ok/m q=0 n=10", "passed");
        check("date", "x", "not-applicable");
    }
}
