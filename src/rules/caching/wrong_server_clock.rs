//! `wrong-server-clock`: servers whose clock is off, so that browsers take files for older or younger than they are.

use crate::page_load::clock::{ServerClock, TOLERANCE};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain;
use crate::rules::responses::evidence;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Seconds;

/// Answers that must show it; one alone may have been kept by a cache that does not tell.
const FEWEST: usize = 3;

declare_rule! {
    /// ## In plain words
    /// A server's clock is wrong. Browsers reckon the age of files from it, so they throw files away too early or keep them
    /// too long.
    ///
    /// ## What it finds
    /// Hosts with three or more answers fresh from the server whose `Date` is more than two minutes off, by their median,
    /// while other hosts agree with the recording's clock. If all hosts are off by the same, the clock of the computer that
    /// recorded was wrong: Weir reckons with the servers' time then, and says so here.
    ///
    /// ## Why it matters
    /// A server that is an hour behind takes an hour off every lifetime: files that may be kept for less expire on arrival.
    ///
    /// ## How to fix it
    /// Let the server set its clock by NTP. Containers and virtual machines that were suspended often lag behind.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the answer was played back from an archive, or the recording's dates were changed.
    ///
    /// ## References
    /// - [RFC 9111 §4.2.3: Calculating age](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3)
    /// - [RFC 9110 §6.6.1: Date](https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1)
    pub static WRONG_SERVER_CLOCK = {
        id: "wrong-server-clock",
        title: "Clocks that are wrong",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let clocks = &load.clocks;
    if let Some(ahead) = clocks.recorder_ahead {
        let amount = Seconds((ahead.0.abs() / 1000.0) as u64);
        let direction = if ahead.0 < 0.0 { " behind" } else { " ahead of" };
        return Outcome::found(Finding {
            severity: Severity::Notice,
            owner: Some(Owner::Client),
            customer: message!["The clock of the computer that recorded was wrong by ", amount, "."],
            engineer: message![
                "The recording's clock is ",
                amount,
                direction,
                " all servers; ages are reckoned by theirs."
            ],
            fix: message![
                "Set that computer's clock by the network, and do not go by the times of day in this recording."
            ],
            evidence: Vec::new(),
            savings: None,
        });
    }
    let is_third = |clock: &&ServerClock| load.resource(clock.request).is_some_and(gain::is_third_party);
    let off: Vec<_> = clocks.servers.iter().filter(|clock| FEWEST <= clock.n && !is_third(clock)).collect();
    let Some(worst) = off.iter().max_by(|a, b| a.behind.0.abs().total_cmp(&b.behind.0.abs())) else {
        return Outcome::Passed;
    };
    let amount = Seconds((worst.behind.0.abs() / 1000.0) as u64);
    let direction = if worst.behind.0 < 0.0 { " ahead" } else { " behind" };
    let evidence = off.iter().map(|clock| {
        let seconds = Seconds((clock.behind.0.abs() / 1000.0) as u64);
        let direction = if clock.behind.0 < 0.0 { " ahead of" } else { " behind" };
        let answers = Part::Counted(clock.n as u64, "answer", "answers");
        evidence(
            clock.request,
            message![
                Part::ResponseHeader(clock.request, "date"),
                ": ",
                seconds,
                direction,
                " the recording's clock, by the median of ",
                answers
            ],
        )
    });
    Outcome::found(Finding {
        severity: Severity::Warning,
        owner: None,
        customer: message![
            "The clock of ",
            Part::Host(worst.request),
            " is ",
            amount,
            direction,
            ", so browsers misjudge how old its files are."
        ],
        engineer: message![
            Part::Counted(off.len() as u64, "host", "hosts"),
            " with a Date more than ",
            Seconds((TOLERANCE.0 / 1000.0) as u64),
            " off; lifetimes are shortened or lengthened by that."
        ],
        fix: message!["Let these servers set their clocks by NTP."],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn made(n: usize, host: &str, date: &str, made: Made) -> Made {
        (0..n).fold(made, |made, at| made.request(&format!("https://{host}/{at}"), |r| r.response("date", date)))
    }

    #[test]
    fn clocks() {
        let (right, early) = ("Thu, 01 Jan 2026 00:00:00 GMT", "Wed, 31 Dec 2025 23:00:00 GMT");
        let page = || made(3, "shop.example", right, Made::page("https://shop.example/"));
        let rule = &WRONG_SERVER_CLOCK;
        check_rule(rule, made(3, "img.shop.example", early, page()), "found");
        check_rule(rule, made(2, "img.shop.example", early, page()), "passed");
        check_rule(rule, page(), "passed");
        let all_early = made(3, "a.example", early, made(3, "b.example", early, Made::page("https://a.example/")));
        check_rule(rule, all_early, "found");
        check_rule(rule, page().without(Missing::Dates), "not-checked");
    }
}
