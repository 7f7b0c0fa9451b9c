//! Why two recordings that were opened together are not of the same load, in words.

pub(super) use crate::import::problems::Kind;

crate::import::problems::kinds! {
    NO_REQUESTS = "not-joined-without-requests", Info,
        "A HAR and a trace were opened together, but one of them holds no requests.",
        "Nothing tells whether they are of one load, so they are shown apart.";
    OTHER_PAGE = "not-joined-other-page", Warning,
        "A HAR and a trace were opened together, but fewer than half of the requests of either are in both.",
        "They are of different pages, so they are shown apart.";
    OTHER_TIME = "not-joined-other-time", Warning,
        "A HAR and a trace were opened together; they hold the same addresses, but were recorded at different times.",
        "They are two loads of one page, so they are shown apart.";
    OTHER_LOAD = "not-joined-other-load", Warning,
        "A HAR and a trace were opened together; they hold the same addresses, but the answers took other times.",
        "They are two loads of one page, so they are shown apart.";
    NO_PROOF = "not-joined-without-proof", Info,
        "A HAR and a trace were opened together; they hold the same addresses, but neither clocks nor times tell more.",
        "They may be two loads of one page, so they are shown apart.";
}
