//! Which request is the page's document, and which redirects led to it.

use crate::recording::{PageId, Recording, RequestId};

/// The document of a load.
#[derive(Clone, Debug, Default)]
pub struct MainDocument {
    /// The response that became the page; `None` if the recording does not hold it.
    pub request: Option<RequestId>,
    /// Redirects before it, in order.
    pub redirects: Vec<RequestId>,
}

/// Finds the document of a page: the first document request, followed through its redirects.
pub fn find(recording: &Recording, page: PageId, requests: &[RequestId]) -> MainDocument {
    let _ = (recording, page, requests);
    MainDocument::default()
}
