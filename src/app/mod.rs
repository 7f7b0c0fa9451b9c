//! The page. Leptos components that read view models and write signals.

/// Mounts it.
pub fn mount() {}
