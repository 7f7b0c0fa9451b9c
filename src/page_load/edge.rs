//! What the CDN in front of a server says of a response: [`crate::http::edge`] asked with a recorded response.

use crate::http::edge::{self, Edge};
use crate::page_load::caching;
use crate::recording::Request;

/// What the response's headers say.
pub fn of_response(request: Request<'_>) -> Edge {
    caching::with_exchange(request, edge::read).unwrap_or_default()
}
