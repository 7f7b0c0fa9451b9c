//! The command line: `weir analyze|rules|…`. The only place below which files are read and written.
//!
//! Exit codes: 0 done; 1 done, and a finding reaches `--fail-on`; 2 nothing could be read, or bad usage. With 2 there
//! is one message on stderr. What is printed there is the user's own words (file names) and ours, never a recording's.

mod analyze;
mod arguments;
mod cache;
mod files;
mod output;
mod rules;

use std::process::ExitCode;

use arguments::Command;

/// Why nothing was done: one message, saying what was found, where, and what to do.
#[derive(Debug)]
pub struct Failure(pub String);

/// The result of a command that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing to complain about.
    Fine,
    /// A finding reaches the severity asked for by `--fail-on`.
    Found,
}

/// Runs it.
pub fn run() -> ExitCode {
    // A panic is a mistake of ours and says so in one line; no backtrace, no text of a recording.
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(|| arguments::parse(lexopt::Parser::from_env()).and_then(execute));
    match result {
        Ok(Ok(Done::Fine)) => ExitCode::SUCCESS,
        Ok(Ok(Done::Found)) => ExitCode::from(1),
        Ok(Err(Failure(message))) => {
            output::complain(&message);
            ExitCode::from(2)
        }
        Err(_) => {
            output::complain(
                "this failed inside Weir itself. Please report it, with the command but without the file.",
            );
            ExitCode::from(2)
        }
    }
}

fn execute(command: Command) -> Result<Done, Failure> {
    match command {
        Command::Help => output::to_stdout(arguments::HELP).map(|()| Done::Fine),
        Command::Version => output::to_stdout(concat!("weir ", env!("CARGO_PKG_VERSION"), "\n")).map(|()| Done::Fine),
        Command::Analyze(options) => analyze::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Cache => cache::run(),
        Command::CacheOfHeaders => cache::run_on_headers(),
        Command::NotYet(command) => {
            Err(Failure(format!("`weir {command}` is not made yet in version {}.", env!("CARGO_PKG_VERSION"))))
        }
    }
}
