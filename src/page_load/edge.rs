//! What the CDN in front of a server says of a response: [`crate::http::edge`] asked with a recorded response.

use crate::http::edge::{self, Edge};
use crate::recording::Request;

/// What the response's headers say.
pub fn of_response(request: Request<'_>) -> Edge {
    edge::read(&|name| joined(request, name))
}

/// All lines of a response header, joined as RFC 9110 §5.3 allows.
fn joined(request: Request<'_>, name: &str) -> Option<String> {
    let mut lines = request.response_header(name);
    let mut all = lines.next()?.expose().to_owned();
    for line in lines {
        all.push_str(", ");
        all.push_str(line.expose());
    }
    Some(all)
}
