//! Rules about service workers.

mod served_by_service_worker;
mod service_worker_overhead;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] =
    &[&service_worker_overhead::SERVICE_WORKER_OVERHEAD, &served_by_service_worker::SERVED_BY_SERVICE_WORKER];
