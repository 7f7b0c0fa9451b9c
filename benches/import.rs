//! How fast recordings are read, as ratios in one run: Weir against Node's `JSON.parse` on the same text.
//!
//! `cargo bench --bench import [-- MEGABYTES]`

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
    use std::fs::File;
    use std::io::BufWriter;
    use std::path::Path;
    use std::process::Command;
    use std::time::Instant;

    /// How often each reader runs; the median is printed.
    const RUNS: usize = 7;

    pub fn main() {
        let megabytes = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(200);
        compare("bodies included", Entries::Whole, megabytes << 20);
        // Structure fills Node's memory sooner.
        compare("bodies cut off", Entries::WithoutBodies, megabytes << 19);
    }

    fn compare(what: &str, entries: Entries, size: usize) {
        let path = std::env::temp_dir().join(format!("weir-bench-{}.har", std::process::id()));
        let mut out = BufWriter::new(File::create(&path).expect("create"));
        let requests = write_har(&mut out, entries, |written, _| size <= written);
        drop(out);
        let bytes = std::fs::metadata(&path).expect("the file just written").len();
        println!("{} MB, {requests} requests, {what}", bytes >> 20);
        let weir = median((0..RUNS).map(|_| weir(&path, requests)).collect());
        report("Weir", bytes, weir);
        println!("peak memory of this process: {}", peak_memory());
        match node(&path) {
            Some(node) => {
                report("Node JSON.parse", bytes, node);
                println!("ratio: {:.1} × the speed of Node's JSON.parse", node / weir);
            }
            None => println!("Node is not installed: no ratio"),
        }
        std::fs::remove_file(&path).expect("remove the file");
    }

    /// Seconds for reading the file into a recording.
    fn weir(path: &Path, requests: usize) -> f64 {
        let started = Instant::now();
        let opened = weir::import::open(File::open(path).expect("open"), &mut ()).expect("a HAR");
        let seconds = started.elapsed().as_secs_f64();
        assert_eq!(opened.first().expect("one recording").recording.requests.len(), requests);
        seconds
    }

    /// Seconds that Node needs for `JSON.parse` alone, the text already in memory.
    fn node(path: &Path) -> Option<f64> {
        let script = format!(
            "const text = require('fs').readFileSync(process.argv[1], 'utf8'); const all = [];
             for (let i = 0; i < {RUNS}; i++) {{ const t = process.hrtime.bigint(); const o = JSON.parse(text);
             all.push(Number(process.hrtime.bigint() - t) / 1e9); if (!o.log.entries.length) process.exit(1); }}
             console.log(all.join(' '));"
        );
        let output = Command::new("node").arg("-e").arg(script).arg(path).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        Some(median(text.split_whitespace().filter_map(|word| word.parse().ok()).collect()))
    }

    fn report(who: &str, bytes: u64, seconds: f64) {
        println!("{who}: {seconds:.3} s, {:.0} MB/s", bytes as f64 / seconds / 1e6);
    }

    fn peak_memory() -> String {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.map_or("not known on this system".to_owned(), |line| line.trim().to_owned())
    }
}
