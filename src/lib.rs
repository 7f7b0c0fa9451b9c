#![doc = include_str!("README.md")]
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]
#![warn(missing_docs)]

// In reading order: the order in which data flows.
pub mod units;

pub mod order;

pub mod lists;

pub mod text;

pub mod javascript;

pub mod http;

pub mod recording;

pub mod import;

pub mod page_load;

pub mod rules;

pub mod redact;

pub mod report;

pub mod view;

pub mod worker;

#[cfg(target_arch = "wasm32")]
pub mod app;

#[cfg(target_arch = "wasm32")]
pub mod web;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
