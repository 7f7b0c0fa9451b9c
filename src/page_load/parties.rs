//! First and third parties: by registrable domain (public suffix list), with the names of known companies.
//!
//! Both tables are compiled in and read once, on first use; their first lines tell source, date and license.

use crate::lists::{List, folded};
use crate::order::Arrange;
use std::net::Ipv4Addr;
use std::sync::OnceLock;

use crate::http::host;
use crate::http::url::Url;
use crate::page_load::PageLoad;
use crate::recording::Source;
use crate::text::Untrusted;
use crate::units::Bytes;

/// Whose host a request went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The page's own site, or a domain of the same known company.
    First,
    /// Somebody else.
    Third,
}

/// A known company or product that serves others' pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its name, from our own table.
    pub name: &'static str,
    /// The company it belongs to; often the same.
    pub company: &'static str,
    /// What it does for pages: "ad", "analytics", "cdn", "consent-provider", "content", "customer-success", "hosting",
    /// "marketing", "other", "social", "tag-manager", "utility", "video".
    pub category: &'static str,
}

impl Entity {
    /// Whether it delivers what others made: a site's own files, libraries for everybody.
    pub fn hosts_for_others(self) -> bool {
        matches!(self.category, "cdn" | "hosting")
    }
}

/// The registrable domain of a host (`www.example.co.uk` → `example.co.uk`); the host itself if it is an address, a
/// single label, or a public suffix. The host may be in any case and in Unicode; a dot at its end is left out.
pub fn site(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.contains(':') || host.parse::<Ipv4Addr>().is_ok() || host.split('.').any(str::is_empty) {
        return host;
    }
    let labels = suffix_labels(host) + 1;
    match host.rmatch_indices('.').nth(labels - 1) {
        Some((dot, _)) => host.get(dot + 1..).unwrap_or(host),
        None => host,
    }
}

/// Registrable domain of an address in canonical form; empty where there is no host.
pub fn site_of(address: &str) -> String {
    Url::parse(address).map_or_else(String::new, |url| host::canonical(site(url.host)))
}

/// The known company behind a host.
pub fn entity(host: Untrusted<'_>) -> Option<Entity> {
    let (_, entity) = entry(host.expose())?;
    Some(entity)
}

/// What parties are told apart by: the known company, else the site of the address.
pub fn key(entity: Option<Entity>, address: &str) -> String {
    match entity {
        Some(entity) => entity.name.to_owned(),
        None => site_of(address),
    }
}

/// Bytes on the wire by party, sorted by [`key`]. What a cache or a service worker answered was not sent.
pub fn sent(load: &PageLoad<'_>) -> Vec<(String, Bytes)> {
    let mut all: Vec<(String, Bytes)> = Vec::new();
    for (request, resource) in load.network() {
        if matches!(request.source(), None | Some(Source::Network | Source::Push)) {
            let key = key(resource.entity, request.url_text().expose());
            all.push((key, request.transfer_bytes().unwrap_or_default()));
        }
    }
    all.arrange_by(|a, b| a.0.cmp(&b.0));
    let sums = all.chunk_by(|a, b| a.0 == b.0);
    sums.filter_map(|group| Some((group.first()?.0.clone(), group.iter().map(|one| one.1).sum()))).collect()
}

/// Who is "first" in a load: the site and company of its document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FirstParty {
    /// Registrable domain in canonical form; empty: the load has no network request.
    site: String,
    company: Option<&'static str>,
}

impl FirstParty {
    /// By the document; without one by the page's address; without that the site that most requests went to.
    pub fn of(load: &PageLoad<'_>) -> Self {
        let document = load.document.request.map(|id| load.request(id).url_text());
        let page = load.recorded().and_then(|page| page.url).map(|url| load.recording.text(url));
        let known = document.into_iter().chain(page).find_map(|url| {
            let url = Url::parse(url.expose())?;
            url.is_network().then_some(url.host)
        });
        match known {
            Some(host) => Self::with_host(host),
            None => Self::most_frequent(load),
        }
    }

    fn with_host(host: &str) -> Self {
        let site = host::canonical(site(host));
        // A shop on a hosting company's domain, or a site of its own below a public suffix, is not that company.
        let is_tenant = |domain: &str, entity: &Entity| {
            entity.hosts_for_others() || (domain.len() < site.len() && site.ends_with(domain))
        };
        let entry = entry(host).filter(|(domain, entity)| !is_tenant(domain, entity));
        Self { company: entry.map(|(_, entity)| entity.company), site }
    }

    fn most_frequent(load: &PageLoad<'_>) -> Self {
        let hosts = load.requests.iter().filter_map(|id| {
            let url = Url::parse(load.request(*id).url_text().expose())?;
            url.is_network().then_some(url.host)
        });
        let mut sites: Vec<String> = hosts.map(|host| host::canonical(site(host))).collect();
        sites.arrange();
        let groups = sites.chunk_by(|a, b| a == b);
        // The first in alphabetical order among equals, so that the answer does not depend on chance.
        let most = groups.reduce(|most, group| if most.len() < group.len() { group } else { most });
        most.and_then(|group| group.first()).map(|site| Self::with_host(site)).unwrap_or_default()
    }

    /// Whose address this is, and the known company behind it. Browser extensions are somebody else.
    pub fn judge_url(&self, url: Option<&Url<'_>>) -> (Party, Option<Entity>) {
        let host = url.map_or("", |url| if url.is_network() { url.host } else { "" });
        let entity = entity(Untrusted::new(host));
        let is_extension = url.is_some_and(|url| url.is_extension());
        (if is_extension { Party::Third } else { self.judge(host, entity) }, entity)
    }

    /// Whose host this is. An address without a host (`data:`) belongs to the page.
    pub fn judge(&self, host: &str, entity: Option<Entity>) -> Party {
        let same_site = host.is_empty() || host::canonical(site(host)) == self.site;
        let same_company = self.company.is_some() && entity.map(|entity| entity.company) == self.company;
        let is_own = same_site || same_company || (entity.is_none() && self.is_static_twin(host));
        if is_own { Party::First } else { Party::Third }
    }

    /// Whether a host's site is named after the page's and says that it holds its files: `shop-static.example`,
    /// `shopcdn.net` or `img-shop.com` for `shop.example`. Such domains of their own keep cookies off files. This is a
    /// guess by name, so it asks for both the whole name and one of the [`FILE_WORDS`], and never for short names;
    /// that a site sends most of a page's files says nothing, as public CDNs do so too.
    fn is_static_twin(&self, host: &str) -> bool {
        let twin = host::canonical(site(host));
        let name = |site: &str| site.split('.').next().unwrap_or_default().to_owned();
        let (own, twin) = (name(&self.site), name(&twin));
        if own.len() < MIN_NAME || self.site.parse::<Ipv4Addr>().is_ok() {
            return false;
        }
        let rest = twin.strip_prefix(own.as_str()).or_else(|| twin.strip_suffix(own.as_str()));
        rest.is_some_and(|rest| FILE_WORDS.contains(&rest.trim_matches('-')))
    }
}

/// Characters. Names shorter than this are part of too many others'.
const MIN_NAME: usize = 4;

/// What sites add to their name for a domain that holds their files.
const FILE_WORDS: [&str; 11] =
    ["assets", "cdn", "content", "files", "images", "image", "img", "imgs", "media", "static", "statics"];

/// The most specific line of our table that covers a host, and the company it names.
fn entry(host: &str) -> Option<(&'static str, Entity)> {
    if host.is_empty() || MAX_HOST < host.len() {
        return None;
    }
    let host = host::canonical(host);
    let all = entities();
    let exact = all.find(&format!("={host}"));
    let mut rest = Some(host.as_str());
    let mut covering = std::iter::from_fn(|| {
        let domain = rest?;
        rest = domain.split_once('.').map(|(_, parent)| parent);
        Some(domain)
    });
    exact.or_else(|| covering.find_map(|domain| all.find(domain)))
}

/// The longest host name that DNS allows (RFC 1035 §2.3.4), in characters.
const MAX_HOST: usize = 253;

/// How many labels of a host, from the right, make its public suffix (publicsuffix.org, "Algorithm"). At least 1.
fn suffix_labels(host: &str) -> usize {
    let rules = suffixes();
    let mut n_labels = 1; // the default rule, `*`
    let mut end = String::new(); // in reverse order, as the rules
    for (at, label) in host.rsplit('.').enumerate() {
        let label = host::canonical(label);
        if at == 0 {
            end = label;
            continue;
        }
        end.push('.');
        if !rules.has_beginning(&end) {
            break;
        }
        if rules.contains(&format!("{end}!{label}")) {
            return at;
        }
        let is_any = rules.contains(&format!("{end}*"));
        end.push_str(&label);
        if is_any || rules.contains(&end) {
            n_labels = at + 1;
        }
    }
    n_labels
}

/// The rules of the public suffix list with more than one label, their labels in reverse order.
fn suffixes() -> &'static List {
    static ALL: OnceLock<List> = OnceLock::new();
    ALL.get_or_init(|| List::unfold(folded!(include_str!("data/public_suffixes.txt"))))
}

/// Domains of known companies in order; those that mean one host only begin with `=`.
struct Entities(Vec<(String, Entity)>);

impl Entities {
    fn find(&self, domain: &str) -> Option<(&str, Entity)> {
        let at = self.0.binary_search_by(|(known, _)| known.as_str().cmp(domain)).ok()?;
        self.0.get(at).map(|(known, entity)| (known.as_str(), *entity))
    }
}

/// A line of one column is the category of those below. The columns of the others: name; company, if it is another;
/// domains, with their subdomains unless they begin with `=`. In these `~` stands for [`squashed`] the name, and `com`
/// is left out after a dot at the end.
///
/// The source lists twice as many. Left out are those that ran scripts on less than 100 pages of the HTTP Archive by
/// the source's own count, except networks of hosts, tag and consent managers, players, parts of large companies, and
/// those known from recordings: they would weigh 18 kB.
fn entities() -> &'static Entities {
    static ALL: OnceLock<Entities> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        let mut category = "";
        for line in include_str!("data/parties.tsv").lines().filter(|line| !line.starts_with('#')) {
            let Some((name, rest)) = line.split_once('\t') else {
                category = line;
                continue;
            };
            let (company, domains) = rest.split_once('\t').unwrap_or_default();
            let company = if company.is_empty() { name } else { company };
            let entity = Entity { name, company, category };
            let squashed = squashed(name);
            for domain in domains.split(' ') {
                let mut domain = domain.replace('~', &squashed);
                if domain.ends_with('.') {
                    domain.push_str("com");
                }
                all.push((domain, entity));
            }
        }
        all.arrange_by(|(a, _), (b, _)| a.cmp(b));
        Entities(all)
    })
}

/// The letters and digits of a name, as names of domains have them.
fn squashed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;

    /// Cases from publicsuffix.org's own test data and from hosts that recordings hold.
    #[test]
    fn sites() {
        for (host, expected) in [
            ("example.com", "example.com"),
            ("www.example.com", "example.com"),
            ("a.b.example.com", "example.com"),
            ("WWW.Example.COM", "Example.COM"),
            ("www.example.com.", "example.com"),
            ("www.example.co.uk", "example.co.uk"),
            ("a.example.com.au", "example.com.au"),
            ("co.uk", "co.uk"),
            ("com", "com"),
            ("www.user.github.io", "user.github.io"),
            ("github.io", "github.io"),
            ("d111.cloudfront.net", "d111.cloudfront.net"),
            ("x.shop.myshopify.com", "shop.myshopify.com"),
            // wildcards and exceptions
            ("c.ck", "c.ck"),
            ("b.c.ck", "b.c.ck"),
            ("a.b.c.ck", "b.c.ck"),
            ("www.ck", "www.ck"),
            ("www.www.ck", "www.ck"),
            ("city.kobe.jp", "city.kobe.jp"),
            ("www.city.kobe.jp", "city.kobe.jp"),
            ("a.b.c.kobe.jp", "b.c.kobe.jp"),
            ("www.test.ide.kyoto.jp", "test.ide.kyoto.jp"),
            // not listed: the default rule
            ("a.b.unlisted-tld", "b.unlisted-tld"),
            ("shop.example", "shop.example"),
            ("localhost", "localhost"),
            ("", ""),
            // addresses
            ("192.168.0.1", "192.168.0.1"),
            ("::1", "::1"),
            ("2001:db8::1", "2001:db8::1"),
            // names beyond ASCII, both forms
            ("www.食狮.公司.cn", "食狮.公司.cn"),
            ("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
            ("a..b", "a..b"),
        ] {
            assert_eq!(site(host), expected, "{host}");
        }
    }

    #[test]
    fn entities_by_host() {
        for (host, name) in [
            ("www.google-analytics.com", Some("Google Analytics")),
            ("WWW.GOOGLETAGMANAGER.COM.", Some("Google Tag Manager")),
            ("fonts.gstatic.com", Some("Google Fonts")),
            ("connect.facebook.net", Some("Facebook")),
            ("x.y.hotjar.com", Some("Hotjar")),
            ("shop.example", None),
            ("com", None),
            ("", None),
        ] {
            assert_eq!(entity(Untrusted::new(host)).map(|entity| entity.name), name, "{host}");
        }
    }

    #[test]
    fn parties() {
        #[track_caller]
        fn check(page: &str, host: &str, expected: Party) {
            let first = FirstParty::with_host(page);
            assert_eq!(first.judge(host, entity(Untrusted::new(host))), expected, "{page} {host}");
        }
        check("www.shop.example", "cdn.shop.example", Party::First);
        check("www.shop.example", "SHOP.example.", Party::First);
        check("www.shop.example", "other.example", Party::Third);
        check("www.shop.example", "", Party::First);
        check("a.github.io", "b.github.io", Party::Third);
        check("www.youtube.com", "i.ytimg.com", Party::First);
        check("www.facebook.com", "static.xx.fbcdn.net", Party::First);
        check("shop.example", "www.google-analytics.com", Party::Third);
        check("127.0.0.1", "127.0.0.2", Party::Third);
        // domains for a site's files
        check("www.shop.example", "cdn.shop-static.example", Party::First);
        check("www.shop.example", "a.shopcdn.test", Party::First);
        check("www.shop.example", "img-shop.test", Party::First);
        check("www.shop.example", "shop.test", Party::Third);
        check("www.shop.example", "workshop.test", Party::Third);
        check("www.shop.example", "shop-stats.test", Party::Third);
        check("www.shop.example", "cdn.example", Party::Third);
        check("www.ab.example", "ab-static.example", Party::Third);
        check("localhost", "localhost", Party::First);
    }

    #[test]
    fn first_party_without_document() {
        let made = Made::page("about:blank")
            .request("https://b.example/1", |r| r)
            .request("https://a.example/1", |r| r)
            .request("https://api.b.example/2", |r| r);
        let recording = made.recording();
        let loads = PageLoad::all(&recording);
        assert_eq!(FirstParty::of(&loads[0]).site, "b.example");
    }

    #[test]
    fn tables_tell_their_origin() {
        for (table, license) in
            [(include_str!("data/public_suffixes.txt"), "MPL-2.0"), (include_str!("data/parties.tsv"), "MIT")]
        {
            let head = table.lines().next().expect("a line");
            assert!(head.starts_with('#') && head.contains(license), "{head}");
            assert!(table.is_ascii() || table.lines().skip(1).all(|line| !line.contains('\u{fffd}')));
        }
        assert!(suffixes().n_words() > 5000 && entities().0.len() > 1000);
    }
}
