//! Names and versions of the programs that record: browsers, proxies, test tools.

use crate::redact::Share;

/// Programs that write HARs or traces or are named in them, in their own spelling, with bars between.
const PROGRAMS: &str = "\
    BrowserMob Proxy|Brave|Browsertime|Burp Suite|Burp Suite Professional|chrome-har-capturer|Charles Proxy|\
    Chrome|curl|Vivaldi|Chrome HAR Capturer|chrome-har|Chromium|Edge|Fiddler|Firebug|Firefox|Firefox Developer Edition|\
    Google Chrome|Headless Chrome|HeadlessChrome|HTTP Debugger|HTTP Toolkit|HttpWatch|Insomnia REST Client|\
    Internet Explorer|Internet Explorer Network Inspector|k6|Microsoft Edge|mitmproxy|Mobile Chrome|\
    Network Monitor|NetworkRequestLogger|Opera|PhantomJS|Playwright|Postman|Proxyman|Puppeteer|puppeteer-har|\
    Requestly|Safari|Samsung Internet|Selenium|sitespeed.io|WebInspector|WebKit Web Inspector|WebPagetest|\
    webpagetest|WebPageTest|Whistle|Wireshark|Yandex|YSlow|ZAP|Zed Attack Proxy|harviewer|BMP|Nightly|\
    LoadRunner|Gatling|JMeter|Cypress|Telerik Fiddler|Progress Telerik Fiddler Everywhere|Fiddler Everywhere|\
    Surge|Reqable|Stream|Appium|Splash|Lighthouse|SpeedCurve|Catchpoint|Dynatrace|New Relic|Pingdom|GTmetrix|\
    DebugBear|WebKit|DevTools|Node.js|Perfetto|Hermes|React Native DevTools";

/// The name in its own spelling, if it is that of a known program.
pub(super) fn name(text: &str) -> Option<&'static str> {
    let text = text.trim();
    PROGRAMS.split('|').find(|known| known.eq_ignore_ascii_case(text))
}

/// Longest version: `131.0.6778.205` has 14 characters.
const LONGEST: usize = 20;

/// A version of digits and dots. In public the first number, to a vendor what is digits, without words of a build.
pub(super) fn version(text: &str, share: Share) -> Option<String> {
    let text = text.trim();
    let text = text.split(['-', '+', ' ']).next().unwrap_or_default();
    let text = text.strip_prefix(['v', 'r']).unwrap_or(text);
    let mut groups = text.split('.');
    let is_group = |group: &str| (1..=6).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit());
    if LONGEST < text.len() || 5 < groups.clone().count() || !groups.all(is_group) {
        return None;
    }
    match share {
        Share::Public => text.split('.').next().map(str::to_owned),
        Share::Internal | Share::Vendor => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs() {
        assert_eq!(name("WebInspector"), Some("WebInspector"));
        assert_eq!(name("charles proxy"), Some("Charles Proxy"));
        assert_eq!(name("hunter2"), None);
        let check = |text: &str, share: Share, expected: Option<&str>| {
            assert_eq!(version(text, share).as_deref(), expected, "{text}");
        };
        check("131.0.6778.205", Share::Vendor, Some("131.0.6778.205"));
        check("131.0.6778.205", Share::Public, Some("131"));
        check("537.36", Share::Vendor, Some("537.36"));
        check("v4.6.3-beta.jane", Share::Vendor, Some("4.6.3"));
        check("hunter2", Share::Vendor, None);
        check("1.2.3.4.5.6", Share::Vendor, None);
        check("", Share::Vendor, None);
    }
}
