//! The page. Leptos components that read view models and write signals.
