//! Cookies and credentials: names, attributes and sizes; never values.

use crate::redact::placeholder::Kind;
use crate::redact::{Redactor, Share, names, words};

/// Cookie names that are in wide use.
const COOKIES: &str = "\
    JSESSIONID PHPSESSID ASP.NET_SessionId ASPSESSIONID connect.sid sessionid session session_id sid csrftoken \
    XSRF-TOKEN laravel_session ESTSAUTH ESTSAUTHPERSISTENT li_at _ga _gid _gat _gcl_au _fbp _fbc _uetsid _uetvid \
    _clck _clsk __cf_bm cf_clearance __cfduid _cfuvid AWSALB AWSALBCORS AWSELB ARRAffinity ARRAffinitySameSite \
    incap_ses visid_incap ak_bmsc bm_sv bm_sz _abck OptanonConsent OptanonAlertBoxClosed CookieConsent NID SID HSID \
    SSID APISID SAPISID IDE __Secure-1PSID __Secure-3PSID __Host-GAPS _gh_sess _shopify_y _shopify_s cart \
    _hjid _hjSessionUser hubspotutk __hstc __hssc __hssrc intercom-id ajs_anonymous_id ajs_user_id amp_id mp \
    datadome __stripe_mid __stripe_sid wordpress_test_cookie";

/// Schemes of Authorization (IANA, HTTP authentication schemes) and those in wide use.
const SCHEMES: &str = "\
    Basic Bearer Digest DPoP HOBA Mutual Negotiate NTLM OAuth SCRAM-SHA-1 SCRAM-SHA-256 vapid AWS4-HMAC-SHA256 token \
    ApiKey GoogleLogin SAPISIDHASH Hawk Token";

/// Parameters of a challenge (RFC 7235, 7616, 6750).
const CHALLENGE_PARAMETERS: &str = "realm charset domain nonce opaque stale algorithm qop userhash error \
    error_description error_uri scope resource_metadata";

impl Redactor {
    /// `name=‹cookie a1, 40 B›; Path=/; Max-Age=3600; Secure`. Chrome and Firefox join several lines with a newline.
    pub(super) fn set_cookies(&mut self, value: &str) -> String {
        let lines = value.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
        let all: Vec<String> = lines.map(|line| self.set_cookie(line)).collect();
        all.join(", ")
    }

    fn set_cookie(&mut self, line: &str) -> String {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = match parts.next().unwrap_or_default().split_once('=') {
            Some((name, value)) => (name.trim(), value.trim()),
            None => ("", line.split(';').next().unwrap_or_default()),
        };
        let name = self.cookie_name(name);
        let mut cleaned = format!("{name}={}", self.ids.text(Kind::Cookie, value));
        for part in parts {
            let (attribute, argument) = part.split_once('=').unwrap_or((part, ""));
            let argument = argument.trim();
            let shown = match attribute.trim().to_ascii_lowercase().as_str() {
                "secure" => Some("Secure".to_owned()),
                "httponly" => Some("HttpOnly".to_owned()),
                "partitioned" => Some("Partitioned".to_owned()),
                "samesite" => names::known("Strict Lax None", argument).map(|word| format!("SameSite={word}")),
                "priority" => names::known("Low Medium High", argument).map(|word| format!("Priority={word}")),
                "max-age" => super::tokens::number(argument).map(|seconds| format!("Max-Age={seconds}")),
                "expires" => self.date(&argument.replace('-', " ")).map(|date| format!("Expires={date}")),
                "path" => Some(format!("Path={}", self.path_and_query(argument))),
                "domain" => self.host_text(argument.trim_start_matches('.')).map(|host| format!("Domain={host}")),
                _ => None,
            };
            if let Some(shown) = shown {
                cleaned.push_str("; ");
                cleaned.push_str(&shown);
            }
        }
        cleaned
    }

    fn cookie_name(&mut self, name: &str) -> String {
        let shown = match (names::known(COOKIES, name), self.share) {
            (Some(known), _) => Some(known.to_owned()),
            (None, Share::Internal | Share::Vendor) if words::are_words(name, b"-_.:") => Some(name.to_owned()),
            (None, _) => None,
        };
        shown.unwrap_or_else(|| self.ids.url_part(Kind::Name, name).to_string())
    }

    /// `12 cookies, 4102 B`: what matters is what every request carries.
    pub(super) fn cookies(&mut self, value: &str) -> String {
        let n_cookies = value.split(';').filter(|pair| !pair.trim().is_empty()).count();
        let word = if n_cookies == 1 { "cookie" } else { "cookies" };
        let bytes = match self.share {
            Share::Internal | Share::Vendor => value.len(),
            Share::Public => value.len().next_multiple_of(64),
        };
        format!("{n_cookies} {word}, {bytes} B")
    }

    /// `Bearer ‹credential a1, 800 B›`.
    pub(super) fn credentials(&mut self, value: &str) -> String {
        match value.split_once(' ') {
            Some((scheme, rest)) => match names::known(SCHEMES, scheme) {
                Some(scheme) => format!("{scheme} {}", self.ids.text(Kind::Credential, rest.trim())),
                None => self.ids.text(Kind::Credential, value).to_string(),
            },
            None => self.ids.text(Kind::Credential, value).to_string(),
        }
    }

    /// `Basic realm=~value.a1~`.
    pub(super) fn challenge(&mut self, value: &str) -> String {
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        let Some(scheme) = names::known(SCHEMES, scheme) else {
            return self.ids.text(Kind::Value, value).to_string();
        };
        let mut parameters = Vec::new();
        for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let shown = part.split_once('=').and_then(|(name, argument)| {
                let name = names::known(CHALLENGE_PARAMETERS, name.trim())?;
                Some(format!("{name}={}", self.ids.url_part(Kind::Value, argument.trim_matches('"'))))
            });
            parameters.push(shown.unwrap_or_else(|| self.ids.url_part(Kind::Credential, part).to_string()));
        }
        if parameters.is_empty() { scheme.to_owned() } else { format!("{scheme} {}", parameters.join(", ")) }
    }

    /// The client's address: for the own organization only.
    pub(super) fn client_ips(&mut self, value: &str) -> Option<String> {
        match self.share {
            Share::Internal => {
                let all: Vec<String> = value.split(',').map(|ip| self.ip_text(ip.trim())).collect();
                Some(all.join(", "))
            }
            Share::Vendor | Share::Public => None,
        }
    }
}
