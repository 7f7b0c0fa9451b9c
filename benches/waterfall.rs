//! How long the geometry of a frame takes while a long waterfall is scrolled, as part of a frame's time.
//!
//! `cargo bench --bench waterfall [-- REQUESTS]`

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
    use weir::page_load::PageLoad;
    use weir::view::rows::{self, Rows};
    use weir::view::waterfall::{self, ROW_HEIGHT};

    /// Milliseconds for a frame at 60 frames a second.
    const FRAME_MS: f64 = 1_000.0 / 60.0;

    /// Steps in which the whole list is scrolled through.
    const STEPS: usize = 90;

    /// CSS pixels of the list on a usual laptop screen, and of the bars in it.
    const VIEW: (f64, f64) = (800.0, 900.0);

    /// Bytes of an address that the page keeps.
    const LONGEST: usize = 2_048;

    pub fn main() {
        let requests = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(20_000);
        for requests in [requests / 20, requests] {
            let mut har = Vec::new();
            write_har(&mut har, Entries::WithoutBodies, |_, n| n == requests);
            let opened = weir::import::open(&har[..], &mut ()).expect("a HAR");
            let loads = PageLoad::all(&opened[0].recording);
            let started = Instant::now();
            let rows = rows::collect(&loads[0], LONGEST);
            let collected = started.elapsed().as_secs_f64() * 1_000.0;
            let frames: Vec<f64> = (0..STEPS).map(|step| frame(&rows, step)).collect();
            let (middle, longest) = (median(frames.clone()), frames.into_iter().fold(0.0, f64::max));
            println!(
                "{} rows, collected in {collected:.1} ms; geometry of a frame: median {middle:.3} ms, longest \
                 {longest:.3} ms = {:.1}% of a frame",
                rows.len(),
                100.0 * longest / FRAME_MS
            );
        }
    }

    /// Milliseconds for what is asked on each frame: which rows are in view, and their bars.
    fn frame(rows: &Rows, step: usize) -> f64 {
        let height = rows.len() as f64 * ROW_HEIGHT;
        let scroll_top = (height - VIEW.0).max(0.0) * step as f64 / STEPS as f64;
        let started = Instant::now();
        let window = waterfall::whole(rows);
        let n_bars: usize = waterfall::rows_in_view(scroll_top, VIEW.0, rows.len())
            .filter_map(|at| rows.get(at))
            .map(|row| waterfall::bars(row, window, VIEW.1).len())
            .sum();
        let n_ticks = waterfall::whole(rows).ticks(VIEW.1, 100.0).len();
        let took = started.elapsed().as_secs_f64() * 1_000.0;
        assert!(0 < n_bars && 0 < n_ticks);
        took
    }
}
