//! What the page shows, as plain structs and pure functions: no Leptos, no DOM, tested natively.

pub mod cache_table;
pub mod describe;
pub mod filmstrip;
pub mod flame;
pub mod format;
pub mod keymap;
pub mod location;
pub mod palette;
pub mod rows;
pub mod waterfall;
