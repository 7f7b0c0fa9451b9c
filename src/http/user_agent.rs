//! `User-Agent` (RFC 9110 §10.1.5): which browser, which version, which system. By known tokens only.

/// Browsers by the token of their user agent, in the order of asking: the later ones are named by the earlier ones too.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex"),
    ("CriOS/", "Chrome"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Headless Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("Trident/", "Internet Explorer"),
    ("MSIE ", "Internet Explorer"),
    ("curl/", "curl"),
];

/// Systems by a token of the user agent.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// What a user agent says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAgent<'a> {
    /// Name of a known browser, in our own words.
    pub browser: &'static str,
    /// Its version as written: digits and dots; empty if there is none.
    pub version: &'a str,
    /// Name of a known operating system, in our own words.
    pub system: Option<&'static str>,
}

impl<'a> UserAgent<'a> {
    /// Reads a header value; `None` if it names no browser that we know.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (token, browser) = BROWSERS.iter().find(|(token, _)| value.contains(token))?;
        let system = SYSTEMS.iter().find(|(token, _)| value.contains(token)).map(|(_, system)| *system);
        let (_, after) = value.split_once(token)?;
        let end = after.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(after.len());
        Some(Self { browser, version: after.get(..end).unwrap_or_default(), system })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<(&str, &str, Option<&str>)>) {
        let read = UserAgent::parse(value).map(|agent| (agent.browser, agent.version, agent.system));
        assert_eq!(read, expected, "{value}");
    }

    #[test]
    fn browsers_by_their_tokens() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 \
                      Safari/537.36";
        check(chrome, Some(("Chrome", "131.0.0.0", Some("Windows"))));
        check(&format!("{chrome} Edg/131.0.2903.70"), Some(("Edge", "131.0.2903.70", Some("Windows"))));
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
        check(firefox, Some(("Firefox", "133.0", Some("Linux"))));
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/17.5 Mobile/15E148 Safari/604.1";
        check(safari, Some(("Safari", "17.5", Some("iOS"))));
        check("Chrome/", Some(("Chrome", "", None)));
        check("node", None);
        check("", None);
    }
}
