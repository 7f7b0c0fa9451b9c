//! What we tell people: [`Report`], how it is built, and its renderers, each a pure function of it.

pub mod build;
pub mod format;
pub mod names;
pub mod schema;
pub mod verdict;
pub mod vocabulary;
pub mod words;

pub use build::{Examined, Source, analyze, build, examine};
pub use schema::Report;
