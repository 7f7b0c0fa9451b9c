//! What the page shows, as plain structs and pure functions: no Leptos, no DOM, tested natively.

pub mod cache_table;
pub mod describe;
pub mod filmstrip;
pub mod filter;
pub mod flame;
pub mod format;
pub mod keymap;
pub mod listing;
pub mod location;
pub mod overview;
pub mod palette;
pub mod request_filter;
pub mod rows;
pub mod waterfall;
