//! What was done in a stretch of work, in words that several rules share.

use crate::page_load::PageLoad;
use crate::page_load::long_tasks::Content;
use crate::recording::SiteId;
use crate::rules::text::{Message, Part, message};
use crate::units::Millis;

/// ", 240 ms of it in hydrate (https://…/app.js:3) → render" for a stretch of that duration.
pub fn content(load: &PageLoad<'_>, content: &Content, duration: Millis) -> Message {
    if let Some((script, time)) = content.script {
        let mut text = message![", "];
        if time < content.style_and_layout {
            text.0.extend(message![content.style_and_layout, " of it style and layout, "].0);
        }
        text.0.extend(message![time, " of it "].0);
        match content.path.as_slice() {
            [] => text.0.extend(message!["by ", Part::Address(script)].0),
            path => text.0.extend(functions(load, path).0),
        }
        return text;
    }
    match content.event {
        _ if duration * 0.5 <= content.style_and_layout => {
            message![", ", content.style_and_layout, " of it style and layout"]
        }
        Some((name, time)) => message![", the browser's own work: ", time, " of ", Part::Name(name)],
        None => message![", the browser's own work"],
    }
}

/// "in hydrate (https://…/app.js:3) → render": the script is told where it is another one.
fn functions(load: &PageLoad<'_>, path: &[SiteId]) -> Message {
    let mut text = message![];
    let mut script = None;
    for (n, id) in path.iter().enumerate() {
        let site = load.recording.timeline.main_thread.site(*id);
        let (url, function) = (site.and_then(|site| site.url), site.and_then(|site| site.function));
        let part = match function {
            Some(function) if url == script => Part::Name(function),
            _ => Part::Site(*id),
        };
        text.0.extend(message![if n == 0 { "in " } else { " → " }, part].0);
        script = url;
    }
    text
}
