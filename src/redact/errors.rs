//! Names of network errors, put together from a list of the words they are made of.

use crate::redact::names;

/// How the names of browsers begin: Chromium's `net_error_list.h`; Firefox's `nsError.h`, NSS and mozilla::pkix.
const PREFIXES: [&str; 6] =
    ["net::ERR_", "NS_ERROR_", "NS_BINDING_", "SEC_ERROR_", "SSL_ERROR_", "MOZILLA_PKIX_ERROR_"];

/// The words between the underscores.
const WORDS: &str = "\
    ABORTED ACCESS ADDRESS ADMINISTRATOR ALGORITHM ALPN ALREADY AND AUTH AUTHORITY BAD BLOCKED BY CA CACHE CANCELED \
    CERT CERTIFICATE CHALLENGE CHANGED CIPHER CLIENT CLOSED COMMON COMPRESSION CONNECTED CONNECTION CONTENT CORRUPTED \
    CREDENTIALS CSP DATA DATE DECODING DENIED DETECTED DISABLED DISALLOWED DISCONNECTED DNS DOMAIN DOWN EMPTY ENCODING \
    ERROR ERROR_CODE EXCEEDED EXPIRED EXTENSION FAILED FAILURE FILE FOR FORBIDDEN FORMAT FOUND FRAME HANDSHAKE HEADERS \
    HTTP HTTP2 HTTPS IN INCOMPLETE INSUFFICIENT INTERNET INTERRUPT INVALID IO IS ISSUER KEY LENGTH LIST LOCAL LOOP MAC \
    MALFORMED MANDATORY MANY MEMORY MISMATCH MISSING MULTIPLE NAME NET NETWORK NO NON NOT NOW OCSP OF OFFLINE ON ONLY OPEN \
    ORB OUT OUTSIDE OVERFLOW PARSE PARTIAL PATH PEER PIN PINNED PINNING POLICY PORT PROTOCOL PROXY QUERY QUIC READ \
    REACHED RECORD REDIRECT REDIRECTED REFUSED REQUEST REQUIRED RESET RESOLVED RESPONSE RETARGETED REVOKED RX SCHEME \
    SECURITY SELF SENT SERVER SHA1 SIGNATURE SIGNED SOCKET SOURCE SPDY SSL STALLED STATE STATUS STREAM SUBSTITUTION \
    SUPPORTED SUSPENDED SYMANTEC TIMED TIMEOUT TLS TO TOO TRANSFER TRANSPARENCY TRUSTED TUNNEL UNABLE UNACCEPTABLE \
    UNDEFINED UNEXPECTED UNKNOWN UNREACHABLE UNSAFE UNSUPPORTED UNTRUSTED UPGRADE URI URL USED VALID VERIFICATION VERSION \
    WEAK WHILE WITH WRITE WRONG";

/// More words than any of them has.
const LONGEST: usize = 8;

/// The name of an error at the beginning of `text`, written anew.
pub(super) fn error_name(text: &str) -> Option<String> {
    let first = text.trim().split([' ', ';', ',', '\n', '(']).next().unwrap_or_default();
    let prefix = PREFIXES.into_iter().find(|prefix| first.starts_with(prefix))?;
    let rest: Vec<&str> = first.get(prefix.len()..)?.split('_').collect();
    let are_known = rest.iter().all(|word| WORDS.split_ascii_whitespace().any(|known| known == *word));
    if LONGEST < rest.len() || !are_known {
        return None;
    }
    Some(format!("{prefix}{}", rest.join("_")))
}

/// Why DevTools says a request was blocked.
pub(super) fn blocked_reason(text: &str) -> Option<String> {
    let reason = text.trim().strip_prefix("blocked:")?;
    let known = names::known(
        "csp mixed-content origin inspector integrity subresource-filter content-type other devtools coep \
         NotSameOrigin",
        reason,
    )?;
    Some(format!("blocked:{known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_errors() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(error_name(text).as_deref(), expected, "{text}");
        check("net::ERR_NAME_NOT_RESOLVED", Some("net::ERR_NAME_NOT_RESOLVED"));
        check("net::ERR_BLOCKED_BY_CLIENT https://shop.test/?t=hunter2", Some("net::ERR_BLOCKED_BY_CLIENT"));
        check("NS_ERROR_NET_TIMEOUT", Some("NS_ERROR_NET_TIMEOUT"));
        check("net::ERR_HUNTER2", None);
        check("net::ERR_", None);
        check("net::ERR_NO_NO_NO_NO_NO_NO_NO_NO_NO", None);
        check("could not reach jane's server", None);
        assert_eq!(blocked_reason("blocked:CSP").as_deref(), Some("blocked:csp"));
        assert_eq!(blocked_reason("blocked:jane"), None);
    }
}
