//! The only binary: on wasm32 the page and its worker, elsewhere the command line.

#[cfg(target_arch = "wasm32")]
fn main() {
    weir::web::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    weir::cli::run()
}
