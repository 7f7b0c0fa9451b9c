//! The analysis, in a worker of the page: what is said to it and by it, and what it does.

#[cfg(target_arch = "wasm32")]
pub mod serve;
