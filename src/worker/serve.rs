//! The worker's side. (In the making.)

/// Serves the page.
pub fn serve(scope: web_sys::DedicatedWorkerGlobalScope) {
    let _ = scope;
}
