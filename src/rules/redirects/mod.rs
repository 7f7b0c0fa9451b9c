//! Rules about redirects.

mod redirect_before_document;
mod redirect_chain;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] =
    &[&redirect_before_document::REDIRECT_BEFORE_DOCUMENT, &redirect_chain::REDIRECT_CHAIN];
