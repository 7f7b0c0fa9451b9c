//! Files as a worker reads them. `cargo test-web`.
#![cfg(target_arch = "wasm32")]

use std::io::Read;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;
use weir::worker::slices::Slices;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn a_blob_is_read_slice_by_slice() {
    // A prime number of different bytes, so that no slice begins like another.
    let expected: Vec<u8> = (0..9_000_000_u32).map(|at| (at % 251) as u8).collect();
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(expected.as_slice()));
    let blob = Blob::new_with_u8_array_sequence(&parts).expect("a blob");
    let mut told = Vec::new();
    let mut tell = |n_read| told.push(n_read);
    let mut slices = Slices::new(&blob, &mut tell).expect("a worker");
    let mut read = Vec::new();
    let mut buffer = vec![0; 100_000];
    loop {
        match slices.read(&mut buffer).expect("a slice") {
            0 => break,
            n => read.extend_from_slice(&buffer[..n]),
        }
    }
    assert!(read == expected);
    assert_eq!(told, [8_388_608.0, 9_000_000.0]);
}
