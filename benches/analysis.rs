//! How long it takes from a file to the report, and whether four times the requests take four times as long.
//!
//! `cargo bench --bench analysis [-- REQUESTS]`

#[cfg(not(target_arch = "wasm32"))]
mod made;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use crate::made::{Entries, median, write_har};
    use std::time::Instant;
    use weir::redact::Share;
    use weir::report::{self, Source};

    /// How often each size runs; the medians are printed.
    const RUNS: usize = 5;

    pub fn main() {
        let requests = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(20_000);
        let small = measure(requests / 4);
        let large = measure(requests);
        println!("growth: {:.1} × the time for 4 × the requests", large / small);
    }

    /// Seconds from the text to the report.
    fn measure(requests: usize) -> f64 {
        let mut har = Vec::new();
        write_har(&mut har, Entries::WithoutBodies, |_, n| n == requests);
        let runs: Vec<[f64; 4]> = (0..RUNS).map(|_| run(&har)).collect();
        let step = |at: usize| median(runs.iter().map(|run| run[at]).collect());
        let (read, examined, built, written) = (step(0), step(1), step(2), step(3));
        let all = median(runs.iter().map(|run| run.iter().sum()).collect());
        println!(
            "{requests} requests: {all:.3} s (read {read:.3}, examined {examined:.3}, report {built:.3}, HTML {written:.3})"
        );
        all
    }

    /// Seconds for each step.
    fn run(har: &[u8]) -> [f64; 4] {
        let started = Instant::now();
        let opened = weir::import::open(har, &mut ()).expect("a HAR");
        let read = Instant::now();
        let sources: Vec<Source<'_>> =
            opened.iter().map(|opened| Source { name: None, recording: &opened.recording }).collect();
        let examined = report::examine(&sources, &[], &mut |_| {});
        let checked = Instant::now();
        let report = report::build(&sources, &examined, Share::default());
        let built = Instant::now();
        let html = report::html::render(&report);
        let written = Instant::now();
        assert!(html.len() > har.len() / 100);
        let seconds = |from: Instant, to: Instant| (to - from).as_secs_f64();
        [seconds(started, read), seconds(read, checked), seconds(checked, built), seconds(built, written)]
    }
}
