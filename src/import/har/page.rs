//! One page of a HAR → [`RawPage`], with the milestones that tools add to it.

use crate::import::har::Draft;
use crate::import::har::entry;
use crate::import::har::problems;
use crate::import::har::raw::{RawMilestones, RawPage};
use crate::import::har::reader::{Reader, Step, members};
use crate::import::json::{Result, Token};
use std::io::Read;

/// Reads one item of `log.pages`.
pub(super) fn read<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<RawPage> {
    let mut page = RawPage::default();
    page.is_page = r.object(|r, key| {
        if r.json.peek()? == Token::Number && milestone(r, &mut page.milestones, key)? {
            return Ok(());
        }
        let milestones = &mut page.milestones;
        members!(r, key, {
            "startedDateTime" => page.started = entry::date(r)?,
            "id" => page.id = r.id(&mut draft.recording.strings)?,
            "title" => page.title = r.interned(&mut draft.recording.strings)?,
            "_url" => page.url = entry::url(r, draft)?,
            "_URL" => page.url = entry::url(r, draft)?,
            "_run" => page.run = r.number()?,
            "_cached" => page.repeat_view = r.flag()? == Some(true),
            "pageTimings" => page_timings(r, milestones)?,
            "_visualMetrics" => group(r, milestones)?,
            "_googleWebVitals" => group(r, milestones)?,
        })
    })?;
    Ok(page)
}

/// `pageTimings`: an object, or a list of one (dt2har).
fn page_timings<R: Read>(r: &mut Reader<R>, milestones: &mut RawMilestones) -> Result<()> {
    match r.json.peek()? {
        Token::Array => r.array(|r| group(r, milestones)).map(drop),
        _ => group(r, milestones),
    }
}

/// An object of milestones.
fn group<R: Read>(r: &mut Reader<R>, milestones: &mut RawMilestones) -> Result<()> {
    r.object(|r, key| match r.json.peek()? {
        Token::Number | Token::String => milestone(r, milestones, key).map(drop),
        _ => Ok(()),
    })
    .map(drop)
}

/// Reads a milestone if `key` is one, whichever tool it is of. Says whether it is. Where two names mean the same, the
/// one that the browser measured goes before the one seen in the video.
fn milestone<R: Read>(r: &mut Reader<R>, milestones: &mut RawMilestones, key: &str) -> Result<bool> {
    let (slot, is_first_choice) = match key {
        "onContentLoad" => (&mut milestones.dom_content_loaded, true),
        // WebPageTest leaves onContentLoad at -1.
        "_domContentLoadedEventStart" | "_domContentLoadedTime" => (&mut milestones.dom_content_loaded, false),
        "onLoad" => (&mut milestones.load, true),
        "_loadEventStart" | "_docTime" => (&mut milestones.load, false),
        "_TTFB" | "ttfb" => (&mut milestones.ttfb, true),
        "_firstPaint" => (&mut milestones.first_paint, true),
        "_startRender" | "_render" | "FirstVisualChange" | "_firstVisualChange" => (&mut milestones.first_paint, false),
        "_firstContentfulPaint" | "firstContentfulPaint" => (&mut milestones.first_contentful_paint, true),
        "_largestContentfulPaint" | "largestContentfulPaint" | "_LargestContentfulPaint" => {
            (&mut milestones.largest_contentful_paint, true)
        }
        "_chromeUserTiming.LargestContentfulPaint" => (&mut milestones.largest_contentful_paint, false),
        "_domInteractiveTime" | "_domInteractive" => (&mut milestones.dom_interactive, true),
        "_TotalBlockingTime" | "totalBlockingTime" => (&mut milestones.total_blocking_time, true),
        "_SpeedIndex" | "SpeedIndex" => (&mut milestones.speed_index, true),
        "_visualComplete" | "LastVisualChange" => (&mut milestones.visually_complete, true),
        "_lastVisualChange" => (&mut milestones.visually_complete, false),
        "cumulativeLayoutShift" | "_CumulativeLayoutShift" => (&mut milestones.cumulative_layout_shift, true),
        "_chromeUserTiming.CumulativeLayoutShift" => (&mut milestones.cumulative_layout_shift, false),
        _ => return Ok(false),
    };
    let number = r.number()?;
    let is_score = key.ends_with("LayoutShift");
    // -1 is "not reached" everywhere. WebPageTest writes 0 for what it did not measure, and nothing but a score is 0.
    let is_none = number.is_some_and(|number| number == -1.0 || number == 0.0 && !is_score && key.starts_with('_'));
    if is_none {
        return Ok(true);
    }
    let is_sane = number.is_none_or(|number| (0.0..MAX_MILLIS).contains(&number));
    if !is_sane {
        r.note(&problems::BAD_MILESTONE);
    } else if number.is_some() && (is_first_choice || slot.is_none()) {
        *slot = number;
    }
    Ok(true)
}

/// A page that takes longer than a day is none.
const MAX_MILLIS: f64 = 86_400_000.0;
