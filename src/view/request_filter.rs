//! What the list of requests can be filtered by, and where each fact of it comes from.

use crate::order::Arrange;
use crate::page_load::{Metric, PageLoad, edge};
use crate::recording::Phase;
use crate::report::vocabulary::{Initiator, Metric as MetricName, Party, ResourceType};
use crate::rules::{Outcome, Rule};
use crate::view::describe;
use crate::view::filter::{Facts, Filter, How, Key, Passed};
use crate::view::rows;

/// In the order in which they are listed.
pub static KEYS: &[Key] = &[
    word("", How::Part),
    word("domain:", How::Part),
    word("status-code:", How::Whole),
    word("method:", How::Whole),
    word("resource-type:", How::Whole),
    word("mime-type:", How::Part),
    word("scheme:", How::Whole),
    word("larger-than:", How::Bytes),
    word("slower-than:", How::Time),
    word("queued>", How::Time),
    word("dns>", How::Time),
    word("connect>", How::Time),
    word("tls>", How::Time),
    word("send>", How::Time),
    word("wait>", How::Time),
    word("receive>", How::Time),
    Key { name: "party:", how: How::Whole, words: &["first", "third"] },
    Key {
        name: "is:",
        how: How::Whole,
        words: &["render-blocking", "critical", "from-cache", "failed", "redirect", "extension"],
    },
    Key { name: "priority:", how: How::Whole, words: &["lowest", "low", "medium", "high", "highest"] },
    Key { name: "after:", how: How::Whole, words: &["ttfb", "fcp", "lcp", "dcl", "load"] },
    word("connection:", How::Whole),
    word("initiator:", How::Part),
    word("finding:", How::Whole),
    word("cache:", How::Whole),
    word("cdn:", How::Whole),
    word("has-response-header:", How::Whole),
];

const fn word(name: &'static str, how: How) -> Key {
    Key { name, how, words: &[] }
}

/// What a filter leaves of the requests of a load.
pub fn filter(load: &PageLoad<'_>, outcomes: &[(&'static Rule, Outcome)], text: &str) -> Passed {
    let mut findings: Vec<(usize, &'static str)> = Vec::new();
    for (rule, outcome) in outcomes {
        let Outcome::Found(found) = outcome else { continue };
        for evidence in found.iter().flat_map(|finding| &finding.evidence) {
            findings.extend(evidence.request.and_then(|request| load.position(request)).map(|at| (at, rule.id)));
        }
    }
    findings.arrange();
    Filter::parse(text, KEYS).apply(&Requests { load, findings, critical: critical(load) })
}

/// Places of the requests on the way to the main milestone, in order.
pub fn critical(load: &PageLoad<'_>) -> Vec<usize> {
    let steps = load.attribution.iter().flat_map(|attribution| &attribution.path);
    let mut places: Vec<usize> =
        steps.filter_map(|step| step.request).filter_map(|request| load.position(request)).collect();
    places.arrange();
    places.dedup();
    places
}

struct Requests<'l, 'a> {
    load: &'l PageLoad<'a>,
    /// Places with the rules whose findings they prove, in order.
    findings: Vec<(usize, &'static str)>,
    critical: Vec<usize>,
}

impl Facts for Requests<'_, '_> {
    fn len(&self) -> usize {
        self.load.requests.len()
    }

    fn words(&self, key: &'static str, at: usize, tell: &mut dyn FnMut(&str)) {
        let load = self.load;
        let (Some(id), Some(resource)) = (load.requests.get(at), load.resources.get(at)) else { return };
        let request = load.request(*id);
        let recorded = |id| load.recording.text(id).expose();
        match key {
            "" => tell(request.url_text().expose()),
            "domain:" => tell(resource.url.as_ref().map_or("", |url| url.host)),
            "scheme:" => tell(resource.url.as_ref().map_or("", |url| url.scheme)),
            "method:" => tell(request.method_text().expose()),
            "status-code:" => {
                if let Some(status) = request.status() {
                    tell(&status.to_string());
                    tell(&format!("{}xx", status / 100));
                }
            }
            "resource-type:" => tell(ResourceType::from(resource.kind).word()),
            "mime-type:" => tell(request.mime_type().map_or("", recorded)),
            "party:" => tell(Party::from(resource.party).word()),
            "priority:" => request.priority().into_iter().for_each(|priority| tell(describe::priority(priority))),
            "is:" => {
                let all = [
                    ("render-blocking", rows::is_blocking(resource)),
                    ("critical", self.critical.binary_search(&at).is_ok()),
                    ("from-cache", rows::is_cached(request.source())),
                    ("failed", rows::is_failed(request)),
                    ("redirect", resource.redirected_to.is_some()),
                    ("extension", resource.is_extension),
                ];
                all.into_iter().filter(|(_, is)| *is).for_each(|(word, _)| tell(word));
            }
            "after:" => {
                let milestones = &load.milestones;
                let all = [
                    (Metric::Ttfb, milestones.ttfb),
                    (Metric::Fcp, milestones.fcp),
                    (Metric::Lcp, milestones.lcp),
                    (Metric::Dcl, milestones.dcl),
                    (Metric::Load, milestones.load),
                ];
                let Some(span) = load.span(*id) else { return };
                for (metric, reached) in all {
                    if reached.is_some_and(|reached| reached.ms <= span.start) {
                        tell(MetricName::from(metric).word());
                    }
                }
            }
            "connection:" => match (request.connection(), load.connections.of_request.get(at)) {
                (Some(name), _) => tell(recorded(name)),
                (None, Some(Some(connection))) => tell(&(connection.0 + 1).to_string()),
                (None, _) => {}
            },
            "initiator:" => {
                if let Some(kind) = request.initiator() {
                    tell(Initiator::from(kind).word());
                }
                if let Some(initiator) = resource.initiator {
                    tell(load.request(initiator).url_text().expose());
                }
            }
            "finding:" => {
                let from = self.findings.partition_point(|(place, _)| *place < at);
                let own = self.findings.iter().skip(from).take_while(|(place, _)| *place == at);
                own.for_each(|(_, rule)| tell(rule));
            }
            "cache:" => {
                if let Some(caching) = load.caching.get(at) {
                    caching.verdict.into_iter().for_each(|verdict| tell(verdict.word()));
                    caching.answered.into_iter().for_each(|answered| tell(answered.word()));
                    caching.kept_by().into_iter().for_each(tell);
                }
            }
            "cdn:" => {
                if let Some(edge) = load.edges.get(at) {
                    edge.status.into_iter().for_each(|status| tell(status.word()));
                    edge.layer.or(edge.vendor).into_iter().for_each(|vendor| tell(vendor.name()));
                    edge.layer.and_then(|_| edge::place(request)).iter().for_each(|place| tell(place));
                }
            }
            "has-response-header:" => {
                let lines = load.recording.headers.lines(request.response_headers());
                lines.iter().for_each(|line| tell(recorded(line.name)));
            }
            _ => {}
        }
    }

    fn number(&self, key: &'static str, at: usize) -> Option<f64> {
        let request = self.load.request(*self.load.requests.get(at)?);
        match key {
            "larger-than:" => request.transfer_bytes().or(request.body_bytes()).map(|bytes| bytes.0 as f64),
            "slower-than:" => request.duration().map(|ms| ms.0),
            _ => {
                let phase = Phase::ALL.into_iter().find(|phase| key.strip_suffix('>') == Some(phase.id()))?;
                request.phases().get(phase).map(|ms| ms.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::units::Millis;

    #[test]
    fn requests_are_filtered_by_what_is_known_of_them() {
        let recording = Made::page("https://shop.example/")
            .milestones(|milestones| milestones.load = Some(Millis(1500.0)))
            .document(|r| r.wait(800.0).bytes(9_000, 8_500, 30_000))
            .request("https://shop.example/app.js", |r| {
                r.kind(ResourceKind::Script).start(900.0).wait(300.0).response("cache-control", "max-age=600")
            })
            .request("https://ads.other-company.example/p.gif", |r| r.status(404).start(1600.0).wait(50.0))
            .recording();
        let load = &PageLoad::all(&recording)[0];
        let check = |text: &str, expected: &[u32]| {
            let Passed { rows, .. } = filter(load, &[], text);
            assert_eq!(rows, expected, "{text}");
        };
        check("domain:shop", &[0, 1]);
        check("resource-type:script", &[1]);
        check("status-code:4xx", &[2]);
        check("status-code:200", &[0, 1]);
        check("is:failed", &[2]);
        check("method:get", &[0, 1, 2]);
        check("scheme:https -domain:shop*", &[2]);
        check("larger-than:8k -app -p.gif", &[0]);
        check("wait>299ms", &[0, 1]);
        check("slower-than:0.5s", &[0]);
        check("party:third", &[2]);
        check("after:load", &[2]);
        check("has-response-header:cache-control", &[1]);
        check("cache:network app", &[1]);
    }

    #[test]
    fn every_key_has_facts() {
        let source = include_str!("request_filter.rs");
        let code = source.split("mod tests").next().unwrap_or_default();
        for key in KEYS.iter().filter(|key| matches!(key.how, How::Part | How::Whole)) {
            assert!(code.contains(&format!("\"{}\" =>", key.name)), "{}", key.name);
        }
        for key in KEYS.iter().filter(|key| key.name.ends_with('>')) {
            assert!(Phase::ALL.iter().any(|phase| key.name.strip_suffix('>') == Some(phase.id())), "{}", key.name);
        }
    }
}
