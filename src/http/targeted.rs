//! Caching headers that are meant for one kind of cache (RFC 9213): `CDN-Cache-Control` for all CDNs, and the CDNs' own
//! before it. The first of the list that is there, not empty and valid takes the place of `Cache-Control` and
//! `Expires` (§2.2). CDNs mostly remove them from what they pass on, so their absence in a recording proves nothing.

use crate::http::cache_control::{Delta, MAX_DELTA, delta_seconds};
use crate::http::directives::Directives;
use crate::http::exchange::Exchange;
use crate::http::list;
use crate::http::structured::{self, Bare, Dictionary, Item, Member};
use crate::units::Seconds;

/// A field that is meant for CDNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, in lower case.
    pub name: &'static str,
    /// The CDN whose own it is, by the name in [`crate::http::cdn`]; `None`: all.
    pub vendor: Option<&'static str>,
    grammar: Grammar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grammar {
    /// A dictionary of RFC 9651.
    Structured,
    /// `Surrogate-Control` of the Edge Architecture Specification 1.0: like `Cache-Control`, with `max-age=60+30`.
    Surrogate,
    /// Akamai's `Edge-Control`: like `Cache-Control`, with units (`max-age=1d`) and `!no-store`.
    EdgeControl,
}

/// The most specific first.
pub const FIELDS: [Field; 7] = [
    Field { name: "cloudflare-cdn-cache-control", vendor: Some("cloudflare"), grammar: Grammar::Structured },
    Field { name: "vercel-cdn-cache-control", vendor: Some("vercel"), grammar: Grammar::Structured },
    Field { name: "netlify-cdn-cache-control", vendor: Some("netlify"), grammar: Grammar::Structured },
    Field { name: "akamai-cache-control", vendor: Some("akamai"), grammar: Grammar::Structured },
    Field { name: "cdn-cache-control", vendor: None, grammar: Grammar::Structured },
    Field { name: "edge-control", vendor: Some("akamai"), grammar: Grammar::EdgeControl },
    Field { name: "surrogate-control", vendor: None, grammar: Grammar::Surrogate },
];

/// Whether a CDN looks at a field: at its own and at everybody's. What sites put up themselves is no CDN and knows none
/// unless it is programmed to: nginx goes by `X-Accel-Expires` and `Cache-Control` (ngx_http_proxy_module,
/// `proxy_cache_valid`), Varnish looks into `Surrogate-Control` (its `builtin.vcl`).
fn is_read_by(field: &Field, vendor: Option<&str>) -> bool {
    match vendor {
        Some("nginx-cache") => false,
        Some("varnish") => field.name == "surrogate-control",
        Some(vendor) => field.vendor.is_none_or(|own| own == vendor),
        None => true,
    }
}

/// What a CDN goes by, where that is not `Cache-Control`: the field and what it says.
pub fn select(exchange: &Exchange<'_>, vendor: Option<&str>) -> Option<(&'static Field, Directives)> {
    if !exchange.response.iter().any(|line| line.0.ends_with("-control") && line.0 != "cache-control") {
        return None;
    }
    FIELDS.iter().filter(|field| is_read_by(field, vendor)).find_map(|field| {
        let text = structured::joined(exchange.response_lines(field.name))?;
        read(field.grammar, &text).map(|directives| (field, directives))
    })
}

/// What is wrong with a field that must be a dictionary, so that CDNs ignore it or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Keys are in lower case (RFC 9651 §3.2).
    UpperCase,
    /// It is no dictionary for another reason.
    Syntax,
    /// This directive has a value of another type than its own, and does not count (RFC 9213 §2.1).
    WrongType(&'static str),
}

/// What is wrong with a field; `None`: nothing, or it has another grammar.
pub fn fault(field: &Field, text: &str) -> Option<Fault> {
    const NUMBERS: [&str; 4] = ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"];
    const FLAGS: [&str; 5] = ["no-store", "no-cache", "public", "must-revalidate", "proxy-revalidate"];
    if field.grammar != Grammar::Structured || text.trim_matches([' ', '\t', ',']).is_empty() {
        return None;
    }
    let Some(dictionary) = structured::dictionary(text) else {
        let mut names = text.split(',').map(|member| member.split('=').next().unwrap_or_default());
        let in_capitals = names.any(|name| name.bytes().any(|b| b.is_ascii_uppercase()));
        return Some(if in_capitals { Fault::UpperCase } else { Fault::Syntax });
    };
    let value = |key: &str| {
        let member = dictionary.0.iter().rev().find(|(name, _)| *name == key)?;
        Some(member.1.item().map(|item: &Item<'_>| &item.value))
    };
    let is_number = |value: Option<&Bare<'_>>| value.and_then(Bare::integer).is_some_and(|number| 0 <= number);
    let is_flag = |value: Option<&Bare<'_>>| value.and_then(Bare::boolean).is_some();
    let wrong = |names: &[&'static str], is_right: &dyn Fn(Option<&Bare<'_>>) -> bool| {
        names.iter().find(|name| value(name).is_some_and(|value| !is_right(value))).copied()
    };
    wrong(&NUMBERS, &is_number).or_else(|| wrong(&FLAGS, &is_flag)).map(Fault::WrongType)
}

/// `None`: empty or invalid, so that the next field counts.
fn read(grammar: Grammar, text: &str) -> Option<Directives> {
    if text.trim_matches([' ', '\t', ',']).is_empty() {
        return None;
    }
    match grammar {
        Grammar::Structured => structured::dictionary(text).map(|dictionary| of_dictionary(&dictionary)),
        Grammar::Surrogate => Some(of_surrogate(text)),
        Grammar::EdgeControl => Some(of_edge_control(text)),
    }
}

/// §2.1: parameters and what has another type than the directive's do not count.
fn of_dictionary(dictionary: &Dictionary<'_>) -> Directives {
    let mut said = Directives::default();
    for (key, member) in &dictionary.0 {
        let value = member.item().map(|item: &Item<'_>| &item.value);
        let seconds = value.and_then(Bare::integer).map(|number| match u64::try_from(number) {
            Ok(number) => Delta::Valid(Seconds(number.min(MAX_DELTA))),
            Err(_) => Delta::Invalid,
        });
        let yes = value.and_then(Bare::boolean).unwrap_or(false);
        let names = matches!(value, Some(Bare::String(_))) || matches!(member, Member::Inner(..));
        // The last of equal keys counts (RFC 9651 §3.2).
        match *key {
            "max-age" => said.max_age = seconds,
            "s-maxage" => said.s_maxage = seconds,
            "stale-while-revalidate" => said.stale_while_revalidate = seconds,
            "stale-if-error" => said.stale_if_error = seconds,
            "no-store" => said.no_store = yes,
            "no-cache" => said.no_cache = yes,
            "private" => (said.private, said.private_wholly) = (yes || names, yes),
            "public" => said.public = yes,
            "must-revalidate" => said.must_revalidate = yes,
            "proxy-revalidate" => said.proxy_revalidate = yes,
            "must-understand" => said.must_understand = yes,
            _ => {}
        }
    }
    said
}

fn of_surrogate(text: &str) -> Directives {
    let mut said = Directives::of_members(list::members([text]));
    let value = list::members([text]).find_map(|member| member.strip_prefix("max-age="));
    // Parameters name one surrogate (`max-age=60;fastly`); behind `+` stands how long it may be used stale.
    if let Some(value) = value.and_then(|value| value.split(';').next()) {
        let (fresh, stale) = value.split_once('+').unwrap_or((value, ""));
        said.max_age = Some(delta_seconds(fresh));
        said.stale_while_revalidate = (!stale.is_empty()).then(|| delta_seconds(stale));
    }
    said
}

fn of_edge_control(text: &str) -> Directives {
    let mut said = Directives::default();
    for member in list::members([text]) {
        let (name, value) = member.split_once('=').unwrap_or((member, ""));
        match name.trim_start_matches('!').to_ascii_lowercase().as_str() {
            "no-store" | "bypass-cache" => said.no_store = !name.starts_with('!'),
            "max-age" | "cache-maxage" => said.max_age = Some(with_unit(value)),
            _ => {}
        }
    }
    said
}

/// `60`, `60s`, `5m`, `1h`, `1d`.
fn with_unit(text: &str) -> Delta {
    let (number, factor) = match text.char_indices().next_back() {
        Some((at, 's')) => (text.get(..at), 1),
        Some((at, 'm')) => (text.get(..at), 60),
        Some((at, 'h')) => (text.get(..at), 3600),
        Some((at, 'd')) => (text.get(..at), 86_400),
        _ => (Some(text), 1),
    };
    match delta_seconds(number.unwrap_or_default()) {
        Delta::Valid(seconds) => Delta::Valid(Seconds((seconds.0 * factor).min(MAX_DELTA))),
        Delta::Invalid => Delta::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_valid_field_counts() {
        #[track_caller]
        fn check(headers: &[(&str, &str)], vendor: Option<&str>, expected: Option<(&str, u64)>) {
            let exchange = Exchange {
                method: "GET",
                url: "",
                status: 200,
                request: &[],
                response: headers,
                request_time: None,
                response_time: None,
            };
            let found = select(&exchange, vendor).map(|(field, said)| (field.name, said.max_age.map(Delta::or_zero)));
            assert_eq!(found, expected.map(|(name, max_age)| (name, Some(Seconds(max_age)))), "{headers:?}");
        }
        let own = ("cloudflare-cdn-cache-control", "max-age=1");
        let all = ("cdn-cache-control", "max-age=2, max-age=3;x=1");
        check(&[all, own], None, Some(("cloudflare-cdn-cache-control", 1)));
        check(&[all, own], Some("netlify"), Some(("cdn-cache-control", 3)));
        check(&[("cloudflare-cdn-cache-control", "MAX-AGE=1"), all], None, Some(("cdn-cache-control", 3)));
        check(&[("cdn-cache-control", " ")], None, None);
        check(
            &[("cdn-cache-control", "max-age= 1"), ("surrogate-control", "max-age=9")],
            None,
            Some(("surrogate-control", 9)),
        );
        check(
            &[("surrogate-control", "max-age=60+30;fastly, content=\"ESI/1.0\"")],
            None,
            Some(("surrogate-control", 60)),
        );
        check(&[("edge-control", "!no-store, max-age=1d")], Some("akamai"), Some(("edge-control", 86_400)));
        check(&[("cache-control", "max-age=5")], None, None);
        check(&[all], Some("nginx-cache"), None);
        check(&[all], Some("varnish"), None);
        check(&[all, ("surrogate-control", "max-age=9")], Some("varnish"), Some(("surrogate-control", 9)));
    }

    #[test]
    fn faults() {
        #[track_caller]
        fn check(text: &str, expected: Option<Fault>) {
            let field = FIELDS.iter().find(|field| field.name == "cdn-cache-control").expect("a field");
            assert_eq!(fault(field, text), expected, "{text}");
        }
        check("max-age=60, must-revalidate", None);
        check("max-age=60; no-store", None); // a parameter, which is ignored
        check("Max-Age=60", Some(Fault::UpperCase));
        check("max-age= 60", Some(Fault::Syntax));
        check("max-age=60,, no-store", Some(Fault::Syntax));
        check("max-age=\"60\"", Some(Fault::WrongType("max-age")));
        check("max-age=60s", Some(Fault::Syntax));
        check("no-store=1", Some(Fault::WrongType("no-store")));
        check("", None);
        let surrogate = FIELDS.iter().find(|field| field.name == "surrogate-control").expect("a field");
        assert_eq!(fault(surrogate, "max-age=60+30"), None);
    }

    #[test]
    fn types_count() {
        let read = |text| read(Grammar::Structured, text).expect("valid");
        assert_eq!(read("max-age=\"60\", no-store=1").max_age, None);
        assert_eq!(read("max-age=-1").max_age, Some(Delta::Invalid));
        assert!(read("no-cache, no-store, private").no_cache && !read("no-cache=?0").no_cache);
        assert!(!read("no-cache=\"x\"").no_cache && !read("private=\"x\"").private_wholly);
    }
}
