//! Rules about transfer.

use crate::rules::Rule;

mod duplicate_download;
mod ignored_range;
mod large_cookies;
mod large_request_headers;
mod large_response_headers;
mod many_requests;
mod oversized_document;
mod oversized_script;
mod oversized_stylesheet;
mod recompressed_file;
mod slow_download;
mod uncompressed_text;
mod unreadable_encoding;
mod unusable_dictionary;
mod weak_text_compression;
mod wrong_content_type;

pub(super) static RULES: &[&Rule] = &[
    &uncompressed_text::UNCOMPRESSED_TEXT,
    &slow_download::SLOW_DOWNLOAD,
    &oversized_script::OVERSIZED_SCRIPT,
    &oversized_stylesheet::OVERSIZED_STYLESHEET,
    &oversized_document::OVERSIZED_DOCUMENT,
    &duplicate_download::DUPLICATE_DOWNLOAD,
    &weak_text_compression::WEAK_TEXT_COMPRESSION,
    &wrong_content_type::WRONG_CONTENT_TYPE,
    &unreadable_encoding::UNREADABLE_ENCODING,
    &many_requests::MANY_REQUESTS,
    &ignored_range::IGNORED_RANGE,
    &unusable_dictionary::UNUSABLE_DICTIONARY,
    &large_cookies::LARGE_COOKIES,
    &large_request_headers::LARGE_REQUEST_HEADERS,
    &large_response_headers::LARGE_RESPONSE_HEADERS,
    &recompressed_file::RECOMPRESSED_FILE,
];
