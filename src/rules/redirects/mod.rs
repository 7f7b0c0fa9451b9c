//! Rules about redirects.

mod endless_redirect;
mod redirect_before_document;
mod redirect_chain;
mod uncached_redirect;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &redirect_before_document::REDIRECT_BEFORE_DOCUMENT,
    &redirect_chain::REDIRECT_CHAIN,
    &uncached_redirect::UNCACHED_REDIRECT,
    &endless_redirect::ENDLESS_REDIRECT,
];
