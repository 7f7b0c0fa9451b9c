//! Files as a worker reads them. `cargo test-web`.
#![cfg(target_arch = "wasm32")]

use std::future::poll_fn;
use std::io::Read;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;
use weir::import::Observer;
use weir::worker::slices::{Pauses, Slices, Source};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A prime number of different bytes, so that no slice begins like another.
fn bytes() -> Vec<u8> {
    (0..25_000_000_u32).map(|at| (at % 251) as u8).collect()
}

/// Reads them out of a blob, pausing before reads that `pauses` wants to have it; gives how progress was told.
async fn read(pauses: impl Fn(usize) -> bool) -> Vec<f64> {
    let expected = bytes();
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(expected.as_slice()));
    let blob = Blob::new_with_u8_array_sequence(&parts).expect("a blob");
    let mut told = Vec::new();
    let mut tell = |n_read| told.push(n_read);
    let mut read = Vec::new();
    {
        let slices = Slices::new(&blob, &mut tell).expect("a worker");
        let mut observer = Pauses(&slices);
        let mut buffer = vec![0; 100_000];
        loop {
            if pauses(read.len()) {
                poll_fn(|context| observer.pause(context)).await;
            }
            match Source(&slices).read(&mut buffer).expect("a slice") {
                0 => break,
                n => read.extend_from_slice(&buffer[..n]),
            }
        }
    }
    assert!(read == expected);
    told
}

#[wasm_bindgen_test]
async fn a_blob_is_read_slice_by_slice() {
    const STEP: f64 = 4_194_304.0;
    assert_eq!(read(|_| false).await, [2.0 * STEP, 4.0 * STEP, 25_000_000.0]);
    let steps = [STEP, 2.0 * STEP, 3.0 * STEP, 4.0 * STEP, 5.0 * STEP, 25_000_000.0];
    assert_eq!(read(|_| true).await, steps);
    // Slices are on their way when the reader stops pausing, and again later.
    let told = read(|n_read| n_read < 5_000_000 || 18_000_000 < n_read).await;
    assert!(told.is_sorted() && told.ends_with(&[25_000_000.0]), "{told:?}");
}
