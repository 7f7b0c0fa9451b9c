//! What we tell people: [`Report`], how it is built, and its renderers, each a pure function of it.

pub mod build;
mod cache;
pub mod cache_rows;
mod caching;
pub mod csv;
pub mod delivery;
pub mod escape;
pub mod format;
pub mod html;
pub mod json;
mod main_thread;
pub mod markdown;
pub mod metrics;
pub mod names;
pub mod pasted;
pub mod phrases;
pub mod schema;
pub mod text;
pub mod verdict;
pub mod vocabulary;
pub mod words;

pub use build::{Examined, Source, analyze, build, build_for_screen, examine};
pub use schema::Report;

#[cfg(test)]
mod tests;
