//! The directives that caches obey, each read out once: from `Cache-Control` (RFC 9111 §5.2) or from a field that is
//! meant for one kind of cache (RFC 9213).

use crate::http::cache_control::{Delta, Directive, delta_seconds};

/// What is said to a cache. Of a directive that stands there twice the first counts (RFC 9111 §4.2.1 allows that).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Directives {
    pub max_age: Option<Delta>,
    pub s_maxage: Option<Delta>,
    /// RFC 5861 §3.
    pub stale_while_revalidate: Option<Delta>,
    /// RFC 5861 §4.
    pub stale_if_error: Option<Delta>,
    pub no_store: bool,
    /// `no-cache` without field names (RFC 9111 §5.2.2.4).
    pub no_cache: bool,
    /// `private` with or without field names.
    pub private: bool,
    /// `private` without field names (§5.2.2.7).
    pub private_wholly: bool,
    pub public: bool,
    pub must_revalidate: bool,
    pub proxy_revalidate: bool,
    pub must_understand: bool,
}

impl Directives {
    /// Of the members of `Cache-Control`. Names count without regard to case; what is not `token [ "=" value ]` counts
    /// for nothing.
    pub fn of_members<'a>(members: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for directive in members.filter_map(Directive::parse) {
            let value = directive.value.as_deref();
            // White space around the `=` is not allowed: the number is none.
            let seconds = || Some(value.filter(|_| !directive.spaced).map_or(Delta::Invalid, delta_seconds));
            let unqualified = value.is_none_or(str::is_empty);
            let is = |name: &str| directive.name.eq_ignore_ascii_case(name);
            match directive.name.len() {
                6 if is("public") => all.public = true,
                7 if is("max-age") => all.max_age = all.max_age.or_else(seconds),
                7 if is("private") => {
                    all.private = true;
                    all.private_wholly |= unqualified;
                }
                8 if is("no-store") => all.no_store = true,
                8 if is("no-cache") => all.no_cache |= unqualified,
                8 if is("s-maxage") => all.s_maxage = all.s_maxage.or_else(seconds),
                14 if is("stale-if-error") => all.stale_if_error = all.stale_if_error.or_else(seconds),
                15 if is("must-revalidate") => all.must_revalidate = true,
                15 if is("must-understand") => all.must_understand = true,
                16 if is("proxy-revalidate") => all.proxy_revalidate = true,
                22 if is("stale-while-revalidate") => {
                    all.stale_while_revalidate = all.stale_while_revalidate.or_else(seconds);
                }
                _ => {}
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::list;
    use crate::units::Seconds;

    #[test]
    fn each_is_read_once() {
        #[track_caller]
        fn check(line: &str, expected: Directives) {
            assert_eq!(Directives::of_members(list::members([line])), expected, "{line}");
        }
        let none = Directives::default();
        let valid = |n| Some(Delta::Valid(Seconds(n)));
        check("", none);
        check("Max-Age=60, max-age=1", Directives { max_age: valid(60), ..none });
        check("max-age= 60", Directives { max_age: Some(Delta::Invalid), ..none });
        check("no-cache=\"x\", private=\"x\"", Directives { private: true, ..none });
        check("no-cache=\"\", PRIVATE", Directives { no_cache: true, private: true, private_wholly: true, ..none });
        check("public; max-age=60", none);
        let windows = Directives { stale_while_revalidate: valid(9), stale_if_error: valid(8), ..none };
        check("stale-while-revalidate=9,stale-if-error=8", windows);
        let flags = Directives { no_store: true, public: true, must_revalidate: true, ..none };
        check("no-store=1, public, must-revalidate", flags);
        let rest = Directives { s_maxage: valid(7), proxy_revalidate: true, must_understand: true, ..none };
        check("s-maxage=\"7\", proxy-revalidate, must-understand", rest);
    }
}
