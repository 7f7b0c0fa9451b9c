//! What can be odd about a trace, in words.

pub(super) use crate::import::problems::Problems;

crate::import::problems::kinds! {
    TRUNCATED = "truncated-trace", Warning, "The trace ends without its closing brackets.",
        "The events before that place were read; whatever came after is lost.";
    BROKEN = "broken-trace", Error, "The trace stops being JSON.",
        "The events before that place were read; what came after is lost.";
    UNREADABLE = "unreadable-trace-rest", Error, "The trace could not be read to its end.",
        "The events before that place were read; what came after is lost.";
    FOREIGN_ITEM = "foreign-event", Info, "An item in the list of events is no event, or has no usable time.",
        "It is left out.";
    HUGE_EVENT = "huge-event", Info, "An event is larger than any use of it.", "It is left out.";
    UNBALANCED = "unbalanced-work", Info, "Work begins without an end, or ends without a beginning.",
        "It is left out of the time of its thread.";
    RAGGED_SAMPLES = "ragged-samples", Info, "A part of the profile has samples without times.",
        "Those samples are left out.";
    NO_START = "missing-tracing-start", Info, "The trace does not say when tracing started and which frame is the tab's own.",
        "Both are told from its events.";
    NO_NAVIGATION = "missing-navigation", Info, "No navigation was recorded.",
        "There is no page load to judge; requests, tasks and interactions are shown all the same.";
    GENERIC = "foreign-trace", Info, "This trace is not of a page: another program than a browser's tab wrote it.",
        "Its threads are shown; there is nothing to say about a page load.";
    RESTORED = "restored-page", Info,
        "A page was shown that had been loaded before: from the back/forward cache, or ahead of time.",
        "It has no load of its own in this trace; what was done in it is told with the load before.";
    PRERENDERED = "prerendered-page", Info, "A page was loaded ahead of time and shown later (prerendering).",
        "Its times count from when it was shown; what was there by then counts as there at once.";
    BEFORE_NAVIGATION = "requests-before-navigation", Info, "Requests were made before the first navigation.",
        "They are listed as a page of their own.";
    NO_LCP = "missing-largest-paint", Info, "No largest contentful paint was recorded for a navigation.",
        "LCP cannot be told. Chrome before version 77 does not have it.";
    NO_PAINT = "missing-first-paint", Info, "No paint was recorded for a navigation.",
        "FCP cannot be told: the page painted nothing, or the recording ended before.";
    EARLY_PAINT = "early-paint", Info, "A paint was recorded as a navigation began, before its page could have arrived.",
        "It is taken for the earlier document's and left out.";
    REPAIRED = "repaired-json", Info, "The text deviates from JSON.", "None: it was read.";
}
