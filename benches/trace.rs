//! How fast traces are read, in how much memory, and how many times as fast as Chrome's own engine reads them.
//!
//! `cargo bench --bench trace -- [MEGABYTES | FILE]…`: files as they are, or a made trace of that size. With Node, and
//! `WEIR_TRACE_ENGINE` naming the folder of the package `@paulirish/trace_engine`, the engine reads the same files in the
//! same run. Time is processor time where the system tells it, so that other programs do not count.

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::fs::File;
    use std::io::{BufWriter, Write};
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::time::Instant;

    /// How often each file is read; the median is printed.
    const RUNS: usize = 3;

    pub fn main() {
        let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
        for word in if words.is_empty() { vec!["200".to_owned()] } else { words } {
            match word.parse::<u64>() {
                Ok(megabytes) => {
                    let path = std::env::temp_dir().join(format!("weir-bench-{megabytes}.trace.json"));
                    write_trace(&path, megabytes << 20);
                    read(&path);
                    std::fs::remove_file(&path).expect("remove the file");
                }
                Err(_) => read(&PathBuf::from(word)),
            }
        }
    }

    fn read(path: &Path) {
        let megabytes = std::fs::metadata(path).expect("a file").len() as f64 / 1e6;
        let mut seconds = Vec::new();
        let mut n_slices = 0;
        for _ in 0..RUNS {
            let started = (Instant::now(), processor_seconds());
            let opened = weir::import::open(File::open(path).expect("open"), &mut ()).expect("a trace");
            n_slices = opened.first().map_or(0, |opened| opened.recording.timeline.main_thread.slices.len());
            drop(opened);
            let wall = started.0.elapsed().as_secs_f64();
            seconds.push(started.1.zip(processor_seconds()).map_or(wall, |(from, to)| to - from));
        }
        seconds.sort_by(f64::total_cmp);
        let median = seconds.get(RUNS / 2).copied().unwrap_or_default();
        let speed = megabytes / median;
        println!("{megabytes:.0} MB, {n_slices} slices: {median:.2} s, {speed:.0} MB/s; peak memory {}", peak_memory());
        match engine(path) {
            Some((parse, rest)) => println!(
                "Chrome's engine: {:.1} MB/s without parsing the JSON, {:.1} MB/s with it; Weir is {:.1} and {:.1} times as fast",
                megabytes / rest,
                megabytes / (parse + rest),
                rest / median,
                (parse + rest) / median
            ),
            None => println!("Node or the engine is not there, or failed: no ratio"),
        }
    }

    /// Processor time of this thread so far, as Linux tells it.
    fn processor_seconds() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e9)
    }

    /// Processor time in seconds that Chrome's engine needs for parsing the JSON, and for everything after that.
    fn engine(path: &Path) -> Option<(f64, f64)> {
        let folder = std::env::var_os("WEIR_TRACE_ENGINE")?;
        let script = "
            globalThis.DOMRect = class {
                constructor(x = 0, y = 0, width = 0, height = 0) { Object.assign(this, { x, y, width, height }); }
                static fromRect(rect = {}) { return new DOMRect(rect.x, rect.y, rect.width, rect.height); }
            };
            const [engine, file] = process.argv.slice(1);
            import(engine + '/models/trace/trace.js').then(async ({ TraceModel }) => {
                const text = require('fs').readFileSync(file, 'utf8');
                const seconds = since => { const used = process.cpuUsage(since); return (used.user + used.system) / 1e6; };
                let start = process.cpuUsage();
                const trace = JSON.parse(text);
                const parse = seconds(start);
                start = process.cpuUsage();
                const model = TraceModel.Model.createWithAllHandlers();
                await model.parse(trace.traceEvents ?? trace, { metadata: trace.metadata ?? {} });
                console.log(parse + ' ' + seconds(start));
            });";
        let mut node = Command::new("node");
        let output = node.args(["--max-old-space-size=8192", "-e", script]).arg(folder).arg(path).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (parse, rest) = text.trim().rsplit('\n').next()?.split_once(' ')?;
        parse.parse().ok().zip(rest.parse().ok())
    }

    /// The most memory this process ever had, as Linux tells it.
    fn peak_memory() -> String {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
    }

    /// Tasks of a busy page: per task a dozen nested pieces of work, a chunk of samples now and then.
    fn write_trace(path: &Path, bytes: u64) {
        let mut file = BufWriter::new(File::create(path).expect("create"));
        let mut line = String::from(
            "[\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":1,\"ts\":0,\"args\":{\"name\":\"CrRendererMain\"}}",
        );
        let (mut n_written, mut ts) = (0, 1_000_000_u64);
        while n_written < bytes {
            file.write_all(line.as_bytes()).expect("write");
            n_written += line.len() as u64;
            line.clear();
            let mut event = |name: &str, at: u64, dur: u64, args: &str| {
                line.push_str(&format!(
                    ",\n{{\"args\":{args},\"cat\":\"devtools.timeline\",\"dur\":{dur},\"name\":\"{name}\",\"ph\":\"X\",\"pid\":1,\"tdur\":{dur},\"tid\":1,\"ts\":{at},\"tts\":{at}}}"
                ));
            };
            event("RunTask", ts, 900, "{}");
            event(
                "FunctionCall",
                ts + 10,
                800,
                "{\"data\":{\"columnNumber\":29,\"frame\":\"537BB15F53E5CCF3E637C4CB8BABD230\",\"functionName\":\"work\",\"lineNumber\":5,\"scriptId\":\"5\",\"url\":\"https://made.example/app.js\"}}",
            );
            for n in 0..10 {
                match n {
                    0 => event("UpdateLayoutTree", ts + 20, 40, "{\"beginData\":{},\"elementCount\":66}"),
                    _ => event("V8.BytecodeBudgetInterrupt", ts + 20 + n * 50, 40, "{}"),
                }
            }
            ts += 1000;
        }
        file.write_all(b"\n]\n").expect("write");
    }
}
