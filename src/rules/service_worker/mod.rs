//! Rules about service workers.

mod service_worker_overhead;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&service_worker_overhead::SERVICE_WORKER_OVERHEAD];
