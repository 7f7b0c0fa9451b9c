//! URLs as recorded: split tolerantly, never refused for being odd.

/// An address in parts. Everything borrows from the recorded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// In lower or upper case as recorded, without the colon.
    pub scheme: &'a str,
    /// Without user name, brackets and port; empty for `data:` and the like.
    pub host: &'a str,
    /// Written port, else the scheme's default.
    pub port: Option<u16>,
    /// From the first slash to the query; for `data:` and the like everything after the colon.
    pub path: &'a str,
    /// After the question mark.
    pub query: Option<&'a str>,
}
