//! The analysis, in a worker of the page: what is said to it and by it, and what it does.

pub mod details;
pub mod main_thread;
pub mod protocol;

#[cfg(target_arch = "wasm32")]
pub mod columns;
#[cfg(target_arch = "wasm32")]
pub mod reading;
#[cfg(target_arch = "wasm32")]
pub mod serve;
#[cfg(target_arch = "wasm32")]
pub mod slices;
