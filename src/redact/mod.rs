//! From untrusted text to text that may leave the program: parsed, allow-listed, re-serialised; the rest a placeholder.

pub mod clean;
pub mod originals;
pub mod placeholder;
pub mod redactor;
pub mod writer;

mod date;
mod decode;
mod errors;
mod files;
mod header;
mod host;
mod names;
mod programs;
#[cfg(test)]
mod property_tests;
mod url;
#[cfg(test)]
mod url_tests;
mod words;

pub use clean::Clean;
pub use redactor::{CleanHeader, CleanProblem, HostKnowledge, Redactor};
pub use writer::CleanWriter;

/// With whom a report is shared. Secrets appear at no level; the levels differ in what else is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// Inside the own organization.
    Internal,
    /// With a vendor's support: the default everywhere.
    #[default]
    Vendor,
    /// With everybody.
    Public,
}
