//! What was asked for on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

use crate::cli::Failure;
use crate::redact::Share;
use crate::report::vocabulary::Severity;

/// What `weir --help` prints.
pub const HELP: &str = "\
Weir tells in one sentence why a page was slow, who can fix it, and by how much.

Usage:
  weir analyze FILE… [OPTIONS]        recordings (HAR or Chrome trace; also gzip or zip),
                                      or - for stdin; a HAR and a trace of the same
                                      load are joined
  weir rules [ID] [--format text|json|markdown]
                                      the documentation of the rules
  weir compare BEFORE AFTER           (not made yet)
  weir what-if FILE --changes FILE    (not made yet)
  weir redact FILE                    (not made yet)
  weir cache                          what caches make of exchanges: one a line of
                                      JSON on stdin, answered line by line
  weir cache --headers                the same of header text on stdin, told in
                                      sentences: curl -sI https://example.com/ |
                                      weir cache --headers

Options of analyze:
  --format text|json|markdown|html|csv
                            text is the default; csv is the list of requests
  --out PATH                write to a file instead of stdout
  --share internal|vendor|public
                            with whom the report may be shared; vendor is the default.
                            Secrets are removed at every level
  --load N|URL|all          only one page load: its position from 0, or its address
  --separate                never join files of the same load
  --fail-on notice|warning|serious
                            exit with 1 if there is such a finding or a worse one
  --budget FILE             (not made yet)

  -h, --help                this text
  -V, --version             the version

Exit codes: 0 done; 1 done, and a finding reaches --fail-on; 2 nothing could be
read, or bad usage.
";

/// A command with its options.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Command {
    Help,
    Version,
    Analyze(Analyze),
    Rules(Rules),
    Cache,
    /// `weir cache --headers`.
    CacheOfHeaders,
    /// A command of the contract that is not made yet.
    NotYet(&'static str),
}

/// `weir analyze`.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Analyze {
    pub files: Vec<Input>,
    pub format: Format,
    /// `None`: stdout.
    pub out: Option<PathBuf>,
    pub share: Share,
    pub load: LoadChoice,
    /// Whether recordings of one load stay apart.
    pub separate: bool,
    pub fail_on: Option<Severity>,
}

/// `weir rules`.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Rules {
    /// `None`: all.
    pub id: Option<String>,
    pub format: Format,
}

/// Where a recording is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Input {
    Stdin,
    File(PathBuf),
}

/// How the result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Text,
    Json,
    Markdown,
    Html,
    Csv,
}

/// Which page loads are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadChoice {
    /// All of them.
    All,
    /// The one at this position, from 0.
    Position(usize),
    /// Those of this address.
    Url(String),
}

/// Reads the command line.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    match parser.next().map_err(usage)? {
        None => Err(Failure("a command is missing. Try `weir analyze page.har`, or `weir --help`.".to_owned())),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(Short('V') | Long("version")) => Ok(Command::Version),
        Some(Value(command)) => match command.to_str() {
            Some("analyze" | "analyse") => analyze(parser),
            Some("rules") => rules(parser),
            Some("compare") => Ok(Command::NotYet("compare")),
            Some("what-if") => Ok(Command::NotYet("what-if")),
            Some("redact") => Ok(Command::NotYet("redact")),
            Some("cache") => cache(parser),
            Some("help") => Ok(Command::Help),
            _ => Err(Failure(format!(
                "there is no command {command:?}. Commands: analyze, compare, what-if, redact, cache, rules; \
                 see `weir --help`."
            ))),
        },
        Some(other) => Err(usage(other.unexpected())),
    }
}

fn analyze(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    let mut options = Analyze {
        files: Vec::new(),
        format: Format::Text,
        out: None,
        share: Share::default(),
        load: LoadChoice::All,
        separate: false,
        fail_on: None,
    };
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("format") => options.format = format(&mut parser, &Format::ALL)?,
            Long("out") | Short('o') => options.out = Some(parser.value().map_err(usage)?.into()),
            Long("share") => {
                let all = [Share::Internal, Share::Vendor, Share::Public];
                options.share = word(&mut parser, "--share", &all.map(|s| (share_word(s), s)))?;
            }
            Long("load") => options.load = load(parser.value().map_err(usage)?)?,
            Long("separate") => options.separate = true,
            Long("fail-on") => {
                let all = [Severity::Notice, Severity::Warning, Severity::Serious];
                options.fail_on = Some(word(&mut parser, "--fail-on", &all.map(|s| (s.word(), s)))?);
            }
            Long("budget") => {
                return Err(Failure("`--budget` is not made yet; `--fail-on` looks at findings.".to_owned()));
            }
            Value(file) if file == "-" => options.files.push(Input::Stdin),
            Value(file) => options.files.push(Input::File(file.into())),
            other => return Err(usage(other.unexpected())),
        }
    }
    if options.files.is_empty() {
        return Err(Failure("a file is missing. Try `weir analyze page.har`, or `-` to read from stdin.".to_owned()));
    }
    if 1 < options.files.iter().filter(|file| **file == Input::Stdin).count() {
        return Err(Failure("`-` stands twice, but stdin can be read only once.".to_owned()));
    }
    Ok(Command::Analyze(options))
}

fn rules(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    let mut options = Rules { id: None, format: Format::Text };
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("format") => {
                options.format = format(&mut parser, &[Format::Text, Format::Json, Format::Markdown])?;
            }
            Value(id) if options.id.is_none() => options.id = Some(id.to_string_lossy().into_owned()),
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(Command::Rules(options))
}

fn cache(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    match parser.next().map_err(usage)? {
        None => Ok(Command::Cache),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(Long("headers")) => match parser.next().map_err(usage)? {
            None => Ok(Command::CacheOfHeaders),
            Some(Value(file)) if file == "-" => Ok(Command::CacheOfHeaders),
            Some(other) => Err(usage(other.unexpected())),
        },
        Some(other) => Err(usage(other.unexpected())),
    }
}

impl Format {
    /// All formats.
    const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Markdown, Self::Html, Self::Csv];

    const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Csv => "csv",
        }
    }
}

fn format(parser: &mut lexopt::Parser, all: &[Format]) -> Result<Format, Failure> {
    let words: Vec<_> = all.iter().map(|format| (format.word(), *format)).collect();
    word(parser, "--format", &words)
}

fn share_word(share: Share) -> &'static str {
    crate::report::vocabulary::ShareName::from(share).word()
}

/// One of a list of words.
fn word<T: Copy>(parser: &mut lexopt::Parser, option: &str, all: &[(&str, T)]) -> Result<T, Failure> {
    let value = parser.value().map_err(usage)?;
    let found = all.iter().find(|(word, _)| value == *word);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|(word, _)| *word).collect();
        Failure(format!("{option} cannot be {value:?}; it is one of {}.", words.join(", ")))
    })
}

fn load(value: OsString) -> Result<LoadChoice, Failure> {
    let Some(text) = value.to_str() else {
        return Err(Failure("--load is neither a number nor an address nor `all`.".to_owned()));
    };
    match text.parse() {
        _ if text == "all" => Ok(LoadChoice::All),
        Ok(position) => Ok(LoadChoice::Position(position)),
        Err(_) if text.contains("://") => Ok(LoadChoice::Url(text.to_owned())),
        Err(_) => Err(Failure("--load is a number from 0, a whole address, or `all`.".to_owned())),
    }
}

fn usage(error: lexopt::Error) -> Failure {
    Failure(format!("{error}. See `weir --help`."))
}
