//! What the library says of a recording: the verdict, what there is to gain, and a figure of one's own.
//!
//! `cargo run --release --example analyse_har -- page.har`

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use weir::import;
use weir::redact::{Redactor, Share};
use weir::report::{self, Source};
use weir::units::{Bytes, Millis};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("Which recording? Give its path.")?;
    // A file may hold several recordings (an archive, a list), and a recording several page loads.
    let opened = import::open(File::open(path)?, &mut ())?;
    let sources: Vec<Source<'_>> =
        opened.iter().map(|opened| Source { name: None, recording: &opened.recording }).collect();
    let examined = report::examine(&sources, &[], &mut |_rule| {});
    let report = report::build(&sources, &examined, Share::Internal);

    for (load, facts) in report.loads.iter().zip(&examined) {
        println!("{}\n{}", load.verdict.sentence, load.verdict.engineer);
        for finding in load.findings.iter().take(3) {
            let gain = finding.savings.map_or(Millis::ZERO, |savings| Millis(savings.ms[1]));
            println!("- {} (up to {} ms): {}", finding.title, gain.0.round(), finding.fix);
        }

        // What no report holds can be asked of the facts: here the bytes of each host, the heaviest first. Text of a
        // recording has to pass a redactor before it can be printed.
        let mut by_host: BTreeMap<&str, Bytes> = BTreeMap::new();
        for (request, resource) in facts.load.network() {
            let host = resource.url.map_or("", |url| url.host);
            *by_host.entry(host).or_default() += request.transfer_bytes().unwrap_or_default();
        }
        let mut by_host: Vec<_> = by_host.into_iter().collect();
        by_host.sort_by_key(|(host, bytes)| (std::cmp::Reverse(*bytes), *host));
        let mut redactor = Redactor::new(Share::Internal);
        for (host, bytes) in by_host.into_iter().take(3) {
            println!("  {:>9} bytes from {}", bytes.0, redactor.host(weir::text::Untrusted::new(host)));
        }
        println!();
    }
    Ok(())
}
