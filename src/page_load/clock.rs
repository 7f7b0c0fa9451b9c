//! Whether the recording's clock and the servers' clocks agree: caches reckon ages from the difference between the two.

use std::collections::BTreeMap;

use crate::http::date;
use crate::order::Arrange;
use crate::page_load::PageLoad;
use crate::page_load::caching::Answered;
use crate::recording::{Phase, Request, RequestId};
use crate::units::Millis;

/// Milliseconds. Less is the age of an answer that a cache held for a moment, or a second that was cut off.
pub const TOLERANCE: Millis = Millis(120_000.0);

/// Milliseconds, a day. A recording of one server that is further off was edited, or played back later.
const EDITED: Millis = Millis(86_400_000.0);

/// Part of the hosts that must agree with each other, so that it is the recording's clock that is wrong.
const MOST: f64 = 0.8;

/// How clocks differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clocks {
    /// How far the recording's clock is ahead of all servers'; `None`: it agrees with them, or it cannot be told.
    pub recorder_ahead: Option<Millis>,
    /// The servers whose clocks differ from the recording's, put right by `recorder_ahead`.
    pub servers: Vec<ServerClock>,
}

/// One server's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServerClock {
    /// The first answer that shows it.
    pub request: RequestId,
    /// How far it is behind the recording's; negative: ahead.
    pub behind: Millis,
    /// How many answers show it.
    pub n: usize,
}

/// Compares them: the median of the difference between arrival and `Date` of answers fresh from the network, per host.
pub fn derive(load: &PageLoad<'_>) -> Clocks {
    let mut hosts: BTreeMap<String, Vec<(RequestId, f64)>> = BTreeMap::new();
    for (request, resource) in load.network() {
        let Some(host) = resource.url.map(|url| url.host.to_ascii_lowercase()) else { continue };
        if let Some(difference) = difference(load, request) {
            hosts.entry(host).or_default().push((request.id(), difference));
        }
    }
    let mut all: Vec<ServerClock> = hosts.into_values().filter_map(median).collect();
    all.arrange_by(|a, b| a.behind.total_cmp(&b.behind));
    let middle = all.get(all.len() / 2).map_or(Millis::ZERO, |clock| clock.behind);
    let agrees = |clock: &ServerClock, with: Millis| Millis((clock.behind - with).0.abs()) <= TOLERANCE;
    let n_agree = all.iter().filter(|clock| agrees(clock, middle)).count();
    // One server alone may be the one that is wrong, unless it is out of all reason.
    let is_off = TOLERANCE < Millis(middle.0.abs()) && (1 < all.len() || EDITED < Millis(middle.0.abs()));
    let recorder_ahead = Some(middle).filter(|_| is_off && MOST * all.len() as f64 <= n_agree as f64);
    all.retain(|clock| !agrees(clock, recorder_ahead.unwrap_or_default()));
    all.arrange_by_key(|clock| clock.request);
    Clocks { recorder_ahead, servers: all }
}

/// From `Date` to the arrival, in ms; `None`: it is not fresh from the server, or not known.
fn difference(load: &PageLoad<'_>, request: Request<'_>) -> Option<f64> {
    let is_fresh = matches!(Answered::of(request), Answered::Network | Answered::Bypassed)
        && request.response_header("age").next().is_none()
        && load.edge_of(request.id()).asked_origin != Some(false)
        && !load.edge_of(request.id()).status.is_some_and(|status| status.is_from_edge());
    let origin = load.recording.origin.filter(|_| is_fresh)?;
    let arrived = origin.0 + request.start()?.0 + request.phases().before(Phase::Receive).0;
    let date = date::parse(request.response_header("date").next()?.expose(), Some((arrived / 1000.0) as i64))?;
    // A date in whole seconds is half a second behind on the average.
    Some(arrived - date as f64 * 1000.0 - 500.0).filter(|difference| difference.is_finite())
}

fn median(mut all: Vec<(RequestId, f64)>) -> Option<ServerClock> {
    let request = all.first()?.0;
    all.arrange_by(|a, b| a.1.total_cmp(&b.1));
    let (_, middle) = *all.get(all.len() / 2)?;
    Some(ServerClock { request, behind: Millis(middle), n: all.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;

    fn clocks(answers: &[(&str, &str, Option<&str>)]) -> (Option<f64>, Vec<f64>) {
        let made = answers.iter().fold(Made::page("https://shop.example/"), |made, (host, date, age)| {
            made.request(&format!("https://{host}/"), |r| {
                let r = r.response("date", date);
                match age {
                    Some(age) => r.response("age", age),
                    None => r,
                }
            })
        });
        let recording = made.recording();
        let found = PageLoad::all(&recording).remove(0).clocks;
        let minutes = |ms: Millis| (ms.0 / 60_000.0).round();
        (found.recorder_ahead.map(minutes), found.servers.iter().map(|server| minutes(server.behind)).collect())
    }

    #[test]
    fn whose_clock_is_wrong() {
        let (right, early) = ("Thu, 01 Jan 2026 00:00:00 GMT", "Wed, 31 Dec 2025 23:00:00 GMT");
        let long_ago = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(clocks(&[("a.example", right, None), ("b.example", right, None)]), (None, vec![]));
        assert_eq!(clocks(&[("a.example", early, None), ("b.example", early, None)]), (Some(60.0), vec![]));
        assert_eq!(clocks(&[("a.example", early, None), ("b.example", right, None)]), (None, vec![60.0]));
        let five = ["a.example", "b.example", "c.example", "d.example"].map(|host| (host, early, None));
        assert_eq!(clocks(&[five.as_slice(), &[("e.example", right, None)]].concat()), (Some(60.0), vec![0.0]));
        assert_eq!(clocks(&[("a.example", early, Some("3600")), ("b.example", right, None)]), (None, vec![]));
        assert_eq!(clocks(&[("a.example", early, None)]), (None, vec![60.0]));
        assert!(clocks(&[("a.example", long_ago, None)]).0.is_some());
        assert_eq!(clocks(&[("a.example", "x", None)]), (None, vec![]));
    }
}
