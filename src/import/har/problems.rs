//! What can be odd about a HAR, in words.

use crate::import::json::Repairs;
pub(super) use crate::import::problems::{Kind, Problems};

crate::import::problems::kinds! {
    // What of the file is lost.
    TRUNCATED = "truncated-json", Error, "The file ends in the middle of an entry.",
        "The entries before that place were read; what came after is lost.";
    BROKEN = "broken-json", Error, "The file stops being JSON.",
        "The entries before that place were read; what came after is lost.";
    BROKEN_PLACE = "broken-entry", Error, "A place in the file is no JSON.",
        "The request there is lost; reading went on with the next one that could be recognized.";
    UNREADABLE = "unreadable-rest", Error, "The file could not be read to its end.",
        "The entries before that place were read; what came after is lost.";
    NO_ENTRIES = "no-entries", Warning, "The recording was started, but nothing was loaded.",
        "There is nothing to judge. Start recording, reload the page, then export.";
    REPLACED_ENTRIES = "duplicate-entries", Warning, "There are two lists of entries; the last one counts.",
        "The entries of the first list are left out.";
    NOT_AN_ENTRY = "foreign-entry", Warning, "An item in the list of entries is no request.", "It is left out.";
    FURTHER_DOCUMENT = "further-document", Info, "Another recording follows in the same file.",
        "It is opened as a recording of its own.";
    TRAILING_TEXT = "trailing-text", Info, "Something follows the end of the recording.", "It is not read.";
    LEADING_TEXT = "leading-text", Info, "Something stands before the recording.", "It is not read.";

    // The shape of the file.
    NO_LOG = "missing-log", Info, "The usual outer object `log` is missing.", "None: the entries were found.";
    WRONG_TYPE = "wrong-type", Warning, "A value is of another kind than the format says.",
        "It counts as not recorded.";
    TEXT_FOR_NUMBER = "number-as-text", Info, "A number is written as text.", "None: it was read as a number.";
    NUMBER_FOR_TEXT = "text-as-number", Info, "A text is written as a number or truth value.",
        "None: it was read as text.";
    HEADER_SHAPE = "odd-header-list", Info, "Headers are written as a map or as pairs, not as a list of objects.",
        "None: they were read.";
    BAD_HEADER = "unreadable-header", Warning, "A header has no name, or a value that is no text.", "It is left out.";
    LONG_TEXT = "long-text", Info, "A text is longer than any use of it.", "Only its beginning was kept.";
    NO_URL = "missing-url", Warning, "A request has no address.", "It is listed without one and judged by little.";
    NO_RESPONSE = "missing-response", Warning, "A request has no response object.",
        "It counts as a request without an answer.";
    NO_VERSION = "missing-producer", Info, "The file does not say which tool wrote it.",
        "Sizes and times are read as the format says, without knowing the tool's habits.";
    BAD_BASE64 = "broken-base64", Info, "A body is marked as base64 but is not.", "Its length is that of the text.";
    BODY_LIMIT = "body-limit", Info, "There is more HTML, CSS and JavaScript than is kept.",
        "Rules that read bodies do not see the later ones.";

    // Dates.
    BAD_DATE = "unreadable-date", Warning, "A date cannot be read.", "The request has no place in time.";
    NO_ZONE = "missing-time-zone", Info, "A date does not say its time zone.", "It is read as UTC.";
    THOUSAND_MILLIS = "thousand-milliseconds", Info, "A date has a fraction of 1000 thousandths (WebPageTest).",
        "None: it is read as the next second.";
    EPOCH_DATE = "date-as-number", Info, "A date is written as a number.", "None: it is read as time since 1970.";
    UNSORTED = "unsorted-entries", Info, "The entries are not in the order of their start.",
        "None: they were sorted.";
    BEFORE_PAGE = "request-before-page", Info, "A request starts before the page it belongs to.",
        "Time is counted from the earliest of both.";
    FAR_APART = "distant-requests", Warning, "The recording spans more than a day.",
        "Times between its parts mean little.";

    // Times.
    NEGATIVE_PHASE = "negative-phase", Warning, "A phase of a request is negative.", "It counts as not recorded.";
    ABSURD_TIME = "absurd-time", Warning, "A duration is longer than a day.", "It counts as not recorded.";
    BAD_DURATION = "bad-duration", Warning, "The total time of a request is negative or missing.",
        "The sum of its phases is used.";
    SHORT_DURATION = "phases-exceed-duration", Info, "The phases of a request add up to more than its total time.",
        "The sum of the phases is used.";
    SSL_ON_PLAIN = "tls-on-plain-http", Info, "A TLS time is given for a request without TLS (Playwright).",
        "It is left out.";
    SET_UP_AHEAD = "early-connection", Info, "A connection was opened well before the request that used it.",
        "Its set-up is not counted into the request.";
    UNFINISHED = "unfinished-request", Info, "A request was still under way when the recording ended.",
        "It has no duration and is left out of the statistics.";

    // Pages.
    ORPHAN_PAGEREF = "orphan-page-reference", Info, "A request refers to a page that is not in the file.",
        "It is put to the page under way at its start.";
    NO_PAGEREF = "missing-page-reference", Info, "A request does not say to which page it belongs.",
        "It is put to the page under way at its start.";
    NO_PAGES = "missing-pages", Info, "The file names no page.", "All requests are read as one page load.";
    BAD_MILESTONE = "bad-page-time", Info, "A time of the page is negative or absurd.", "It counts as not recorded.";

    // What the reader of the JSON put right.
    LONE_SURROGATES = "lone-surrogate", Info, "Half a character stands alone.", "It is shown as U+FFFD.";
    INVALID_UTF8 = "invalid-utf8", Info, "The file is not UTF-8 throughout.", "The odd bytes are read as Latin-1.";
    CONTROL_CHARACTERS = "raw-control-character", Info, "A text holds control characters that should be escaped.",
        "None: they were read.";
    BAD_ESCAPES = "bad-escape", Info, "A text holds an escape sequence that does not exist.",
        "It is read without its backslash.";
    NON_FINITE = "non-finite-number", Info, "NaN or Infinity stands where a number should.",
        "It counts as not recorded.";
    ODD_NUMBERS = "odd-number", Info, "A number is written as JSON does not allow.", "It is read as far as it goes.";
    COMMENTS = "json-comment", Info, "The file holds comments, which JSON does not have.", "They are passed over.";
    TRAILING_COMMAS = "trailing-comma", Info, "A comma stands before a closing bracket.", "It is passed over.";
    MISSING_COMMAS = "missing-comma", Info, "A comma is missing between two values.", "It is read as if there was one.";
}

impl Problems {
    /// Adds what the JSON reader put right.
    pub(super) fn note_repairs(&mut self, repairs: &Repairs) {
        for (kind, repair) in [
            (&LONE_SURROGATES, repairs.lone_surrogates),
            (&INVALID_UTF8, repairs.invalid_utf8),
            (&CONTROL_CHARACTERS, repairs.control_characters),
            (&BAD_ESCAPES, repairs.bad_escapes),
            (&NON_FINITE, repairs.non_finite_numbers),
            (&ODD_NUMBERS, repairs.odd_numbers),
            (&COMMENTS, repairs.comments),
            (&TRAILING_COMMAS, repairs.trailing_commas),
            (&MISSING_COMMAS, repairs.missing_commas),
        ] {
            if 0 < repair.count {
                self.note_at(kind, repair.count, repair.first);
            }
        }
    }
}
