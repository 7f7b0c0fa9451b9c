//! Every recording at hand opens, with the same result however its bytes come, and no piece of it stops the program.
//!
//! The recordings in `tests/corpus` are always tried; those in the folder that `WEIR_SHARED` names (`../shared` if
//! unset) when they are there.

#[path = "corpus/damage.rs"]
mod damage;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use weir::import::{self, ImportError, Opened};
use weir::recording::{CompletionState, Phase, Recording};

/// Recordings above this many bytes are not read byte by byte.
const MAX_BYTE_BY_BYTE: usize = 3_000_000;
/// Recordings above this many bytes are cut at fewer places.
const MAX_OFTEN_CUT: usize = 1_000_000;

struct File {
    name: String,
    text: Vec<u8>,
}

#[test]
fn opens_every_recording_in_the_repository() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/har"));
    assert!(20 <= files.len(), "only {} recordings", files.len());
    let n_damaged = files.iter().filter(|file| check(file)).count();
    assert!(15 <= n_damaged, "only {n_damaged} recordings could be cut between entries");
}

#[test]
fn opens_every_shared_recording() {
    let shared = std::env::var_os("WEIR_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join(shared);
    if !shared.is_dir() {
        return println!("skipped: no shared recordings here");
    }
    let n_damaged = files(&shared.join("corpus/har")).iter().filter(|file| check(file)).count();
    assert!(50 <= n_damaged, "only {n_damaged} recordings could be cut between entries");
}

/// The files of a folder, unpacked, in the order of their names.
fn files(folder: &Path) -> Vec<File> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "har" || extension == "gz"));
    paths.sort();
    let read = |path: &PathBuf| {
        let mut text = std::fs::read(path).unwrap();
        if text.starts_with(b"\x1f\x8b") {
            let mut unpacked = Vec::new();
            GzDecoder::new(&text[..]).read_to_end(&mut unpacked).unwrap();
            text = unpacked;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        File { name: name.trim_end_matches(".gz").trim_end_matches(".har").to_owned(), text }
    };
    paths.iter().map(read).collect()
}

/// Says whether its entries could be told apart, so that files cut off and broken were checked entry by entry.
fn check(file: &File) -> bool {
    let File { name, text } = file;
    let result = open(&text[..]);
    println!("{name}: {}", summary(&result));
    match (refusal(name), &result) {
        (None, Ok(opened)) => opened.iter().for_each(|opened| check_invariants(name, &opened.recording)),
        (None, Err(error)) => panic!("{name} does not open: {error}"),
        (Some(expected), Ok(_)) => panic!("{name} opens, not: {expected}"),
        (Some(expected), Err(error)) => assert!(error.to_string().contains(expected), "{name}: {error}"),
    }
    let expected = digest(&result);
    let mut packed = GzBuilder::new().write(Vec::new(), Compression::fast());
    packed.write_all(text).unwrap();
    assert_same(name, "gzipped", &expected, &open(&packed.finish().unwrap()[..]));
    if str::from_utf8(text).is_ok() && !text.starts_with("\u{feff}".as_bytes()) {
        let marked = [b"\xef\xbb\xbf", &text[..]].concat();
        assert_same(name, "with a byte order mark", &expected, &open(&marked[..]));
    }
    if text.len() <= MAX_BYTE_BY_BYTE {
        assert_same(name, "byte by byte", &expected, &open(ByteByByte(text)));
    }
    let spans = result.as_ref().ok().and_then(|opened| damage::spans(text, opened));
    let n_cuts = if text.len() <= MAX_OFTEN_CUT { 20 } else { 4 };
    for cut in 1..n_cuts {
        let end = text.len() * cut / n_cuts;
        let after_cut = open(&text[..end]);
        if let Ok(opened) = &after_cut {
            opened.iter().for_each(|opened| check_invariants(name, &opened.recording));
        }
        if let (Some(spans), Ok(whole)) = (&spans, &result) {
            damage::check_cut(name, whole, spans, end, &after_cut);
            damage::check_broken(name, text, whole, spans, end);
        }
    }
    spans.is_some()
}

/// What the files that are no recording are said to be.
fn refusal(name: &str) -> Option<&'static str> {
    match name {
        "made-empty-object" => Some("an empty JSON object"),
        "made-entries-missing" | "k6-pageonly" => Some("no list of entries"),
        "mitmproxy-brokenfile" => Some("stops being JSON before its first request is complete (at byte 32"),
        _ => None,
    }
}

fn open(source: impl Read) -> Result<Vec<Opened>, ImportError> {
    import::open(source, &mut ())
}

/// What holds of every recording, however odd its file.
fn check_invariants(name: &str, recording: &Recording) {
    let mut latest = f64::NEG_INFINITY;
    let mut is_undated = false;
    for request in recording.all_requests() {
        let at = format!("{name}, entry {}", request.entry());
        let phases = request.phases();
        let parts = [phases.queued, phases.dns, phases.connect, phases.tls, phases.send, phases.wait, phases.receive];
        for part in parts.into_iter().flatten().chain(request.duration()) {
            assert!(part.is_finite() && 0.0 <= part.0, "{at}: {part:?}");
        }
        if let Some(duration) = request.duration() {
            assert!(phases.total().0 <= duration.0 + 1.0, "{at}: {phases:?} in {duration:?}");
        }
        match request.start() {
            Some(start) => {
                assert!(!is_undated && latest <= start.0 && 0.0 <= start.0, "{at} at {start:?} after {latest}");
                latest = start.0;
            }
            None => is_undated = true,
        }
        if request.completion() == CompletionState::Unfinished {
            assert_eq!(request.duration(), None, "{at}");
        }
        // Of requests that were recorded undivided, these are parts of the whole.
        let is_undivided = Phase::ALL.iter().all(|phase| phases.get(*phase).is_none());
        let whole = if is_undivided { request.duration() } else { phases.queued };
        for part in [request.held_back(), request.proxy()].into_iter().flatten() {
            assert!(0.0 <= part.0 && Some(part) <= whole, "{at}");
        }
        assert!(recording.page(request.page()).is_some(), "{at}: no page");
    }
    let starts: Vec<_> = recording.pages.iter().filter_map(|page| page.start).collect();
    assert!(starts.is_sorted() && starts.iter().all(|start| 0.0 <= start.0), "{name}: {starts:?}");
    assert!(recording.requests.is_empty() || !recording.pages.is_empty(), "{name}: no page");
    assert!(recording.provenance.missing.is_sorted(), "{name}");
    for (at, problem) in recording.problems.iter().enumerate() {
        assert!(0 < problem.count, "{name}");
        assert!(recording.problems[..at].iter().all(|other| other.code != problem.code), "{name}: {}", problem.code);
    }
}

fn assert_same(name: &str, how: &str, expected: &str, result: &Result<Vec<Opened>, ImportError>) {
    let found = digest(result);
    if let Some((expected, found)) = expected.lines().zip(found.lines()).find(|(a, b)| a != b) {
        panic!("{name} {how}:\n{found}\ninstead of\n{expected}");
    }
    assert_eq!(expected.len(), found.len(), "{name} {how}");
}

/// Everything that was read, as text. Only for comparing: it holds the recording's own words.
fn digest(result: &Result<Vec<Opened>, ImportError>) -> String {
    let opened = match result {
        Ok(opened) => opened,
        Err(error) => return error.to_string(),
    };
    let mut text = String::new();
    for Opened { recording, .. } in opened {
        for at in 0..recording.strings.len() {
            writeln!(text, "{:?}", recording.text(weir::text::StrId(at as u32)).expose()).unwrap();
        }
        for request in recording.all_requests() {
            writeln!(text, "{:?}", recording.requests.row(request.id())).unwrap();
            for range in [request.request_headers(), request.response_headers()] {
                writeln!(text, "{:?}", recording.headers.lines(range)).unwrap();
            }
            writeln!(text, "{:?}", request.body_text().map(|body| body.expose().to_owned())).unwrap();
        }
        writeln!(text, "{:?}\n{:?}\n{:?}", recording.pages, recording.origin, recording.problems).unwrap();
        let mut provenance = recording.provenance.clone();
        provenance.containers.clear();
        writeln!(text, "{provenance:?}").unwrap();
    }
    text
}

/// One line for people who look at what the tests see.
fn summary(result: &Result<Vec<Opened>, ImportError>) -> String {
    let opened = match result {
        Ok(opened) => opened,
        Err(error) => return error.to_string(),
    };
    let lines = opened.iter().map(|Opened { recording, .. }| {
        let problems: Vec<_> = recording.problems.iter().map(|p| format!("{}×{}", p.code, p.count)).collect();
        format!(
            "{} requests, {} pages, missing {:?}, {}",
            recording.requests.len(),
            recording.pages.len(),
            recording.provenance.missing,
            problems.join(" ")
        )
    });
    lines.collect::<Vec<_>>().join(" | ")
}

struct ByteByByte<'a>(&'a [u8]);

impl Read for ByteByByte<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = out.len().min(1);
        self.0.read(&mut out[..n])
    }
}
