//! In which form, and for whom, a report is wanted.

use crate::redact::Share;
use serde::{Deserialize, Serialize};

/// Forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Format {
    Html,
    Markdown,
    Text,
    Json,
    Csv,
}

impl Format {
    /// In the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Html, Self::Markdown, Self::Text, Self::Json, Self::Csv];

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "HTML",
            Self::Markdown => "Markdown",
            Self::Text => "Text",
            Self::Json => "JSON",
            Self::Csv => "CSV",
        }
    }

    /// What it is good for.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Html => "One file that opens in any browser, also without a network. For people.",
            Self::Markdown => "For a ticket, a pull request or a wiki.",
            Self::Text => "For an e-mail or a chat.",
            Self::Json => "Every figure, in a documented form. For programs.",
            Self::Csv => "The table of requests. For a spreadsheet.",
        }
    }

    /// Ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// Media type of the file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Csv => "text/csv",
        }
    }
}

/// With whom the file is shared: [`Share`] on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Level {
    Internal,
    #[default]
    Vendor,
    Public,
}

impl Level {
    /// In the order of what they remove.
    pub const ALL: [Self; 3] = [Self::Internal, Self::Vendor, Self::Public];

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "Inside my organization",
            Self::Vendor => "With a vendor’s support",
            Self::Public => "With everybody",
        }
    }

    /// The redactor's word for it.
    pub fn share(self) -> Share {
        match self {
            Self::Internal => Share::Internal,
            Self::Vendor => Share::Vendor,
            Self::Public => Share::Public,
        }
    }
}
