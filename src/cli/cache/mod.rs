//! `weir cache`: what caches make of exchanges, one a line, read from stdin and answered line by line. A line that
//! cannot be read is answered with an error, and the run goes on.

mod answer;
mod question;

use std::io::{self, BufRead, Read, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::{Done, Failure, output};
use crate::http::pasted::{self, LONGEST};
use crate::report;
use crate::units::WallTime;

/// Bytes read and written at once.
const BUFFER: usize = 1 << 16;

/// Runs it.
pub fn run() -> Result<Done, Failure> {
    let input = io::BufReader::with_capacity(BUFFER, io::stdin().lock());
    let output = io::BufWriter::with_capacity(BUFFER, io::stdout().lock());
    match answer_all(input, output) {
        Ok(()) => Ok(Done::Fine),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Done::Fine), // the reader has seen enough
        Err(error) => Err(Failure(format!("the lines could not be read from stdin or answered: {}.", error.kind()))),
    }
}

/// Tells what caches make of header text on stdin. Answers without a `Date` count as arrived now.
pub fn run_on_headers() -> Result<Done, Failure> {
    let mut bytes = Vec::new();
    let most = LONGEST as u64 + 1; // one more shows that there is more
    if let Err(error) = io::stdin().lock().take(most).read_to_end(&mut bytes) {
        return Err(Failure(format!("the headers could not be read from stdin: {}.", error.kind())));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let now = now.map(|since| WallTime(since.as_secs_f64() * 1000.0));
    let report = report::pasted::judge(&pasted::read(&String::from_utf8_lossy(&bytes)), now);
    output::to_stdout(&report::pasted::text(&report))?;
    match report.responses.is_empty() {
        true => Err(Failure(
            "there are no headers of an answer on stdin. Try `curl -sI URL | weir cache --headers`.".to_owned(),
        )),
        false => Ok(Done::Fine),
    }
}

/// Answers all lines in order.
fn answer_all<R: io::Read>(mut input: io::BufReader<R>, mut output: impl Write) -> io::Result<()> {
    let (mut line, mut answer) = (Vec::new(), Vec::new());
    let mut is_first = true;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_prefix("\u{feff}".as_bytes()).filter(|_| is_first).unwrap_or(text);
        is_first = false;
        answer.clear();
        answer_one(text, &mut answer);
        answer.push(b'\n');
        output.write_all(&answer)?;
        // Whoever asks line by line waits for each answer.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
}

/// Appends the answer to one line.
fn answer_one(line: &[u8], out: &mut Vec<u8>) {
    match question::read(line) {
        Ok(question) => question.answer(|reply| answer::write(reply, out)),
        Err(unreadable) => answer::write_error(&unreadable, out),
    }
}

#[cfg(test)]
mod tests;
