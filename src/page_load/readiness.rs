//! When the site's own script had done its first work, and what blocked the page between its first paint and then.

use crate::page_load::long_tasks::{self, LongTask};
use crate::page_load::{PageLoad, main_thread};
use crate::recording::Interaction;
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// Without a long task for this long the page is quiet (as in Time to Interactive: web.dev/articles/tti).
const QUIET: Millis = Millis(5000.0);

/// How the page became usable.
#[derive(Debug)]
pub struct Readiness<'a> {
    /// From the first contentful paint until the site's main script had done its last long task.
    pub span: TimeSpan,
    /// The site's script that began the most work.
    pub script: StrId,
    /// The long tasks in between that no input asked for, in the order of time.
    pub tasks: Vec<LongTask>,
    /// What they take beyond what tasks may take.
    pub blocking: Millis,
    /// The input in between that waited longest for its handlers.
    pub waited: Option<&'a Interaction>,
}

/// Finds it; `None`: no paint or no work is recorded, or no script of the site took more than a task may take.
pub fn of<'a>(load: &PageLoad<'a>) -> Option<Readiness<'a>> {
    let painted = load.milestones.fcp?.ms;
    let is_document = |url: StrId| {
        let request = load.request_of_script(url);
        request.is_some() && request == load.document.request
    };
    let work = load.main_thread.as_ref()?;
    let is_own = |one: &&main_thread::ScriptWork| !one.is_of_others() && !is_document(one.url);
    let own = work.scripts.iter().filter(is_own);
    let script = own.reduce(|a, b| if a.begun < b.begun { b } else { a })?.url;
    let mut tasks = long_tasks::of(load)?;
    tasks.retain(|task| painted < task.span.end && !task.during_input);
    let mut quiet_from = painted;
    let mut end = None;
    for (at, task) in tasks.iter().enumerate() {
        if quiet_from + QUIET < task.span.start {
            break;
        }
        quiet_from = task.span.end;
        if task.content.script.is_some_and(|(url, _)| url == script) {
            end = Some((at + 1, task.span.end));
        }
    }
    let (n, end) = end?;
    tasks.truncate(n);
    let blocking = tasks.iter().map(|task| task.blocking().min(task.span.end - painted)).sum();
    let span = TimeSpan { start: painted, end };
    let inputs = load.recording.timeline.interactions_in(load.window());
    let meanwhile = inputs.into_iter().filter(|input| {
        let at = load.since_start(input.start);
        span.start <= at && at < span.end
    });
    let waited = meanwhile.reduce(|a, b| if a.input_delay < b.input_delay { b } else { a });
    Some(Readiness { span, script, tasks, blocking, waited })
}
