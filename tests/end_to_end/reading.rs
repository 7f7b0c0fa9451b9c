//! Finding one's way in a result: back and forward, the filter, the keys, the main thread.

use crate::browser::{Browser, run};
use crate::{Sample, opens, single_file};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name)
}

async fn run_script(browser: &Browser, script: &str) {
    browser.script(script, vec![]).await;
}

#[test]
#[ignore = "needs dist/"]
fn back_leads_to_the_beginning_and_forward_to_the_result() {
    let har = Sample::har("history.har", 9);
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har.0, 9).await;
        let verdict = browser.text("h1").await;
        run_script(browser, "history.back()").await;
        browser.wait_for("main[data-state=landing]").await;
        run_script(browser, "history.forward()").await;
        browser.wait_for("main[data-state=result]").await;
        browser.wait_for("[role=grid] [role=row][aria-rowindex='2']").await;
        assert_eq!(browser.text("h1").await, verdict);
        // The name in the corner leads there as well, and loses nothing.
        browser.click(".brand").await;
        browser.wait_for("main[data-state=landing]").await;
        browser.wait_until("return history.state === 1").await;
        run_script(browser, "history.forward()").await;
        browser.wait_for("main[data-state=result]").await;
        // A fragment says what is selected.
        run_script(browser, "location.hash = '#v=1&sec=waterfall&req=3'").await;
        browser.wait_for("#row-3[aria-selected=true]").await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn requests_are_filtered_and_what_cannot_be_meant_is_said() {
    let har = sample("har/lab-shop-home.har.gz");
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har, 23).await;
        let type_in = "const field = document.getElementById('request-filter');
            field.value = arguments[0];
            field.dispatchEvent(new Event('input'));";
        let says = |text: &str| {
            format!("return document.getElementById('request-filter-told').textContent.includes('{text}')")
        };
        browser.script(type_in, vec![json!("resource-type:image")]).await;
        browser.wait_until(&says("of 23 requests match")).await;
        let shown: usize =
            browser.attribute("#grid", "aria-rowcount").await.expect("a count").parse().expect("a number");
        assert!((2..24).contains(&shown), "{shown}");
        browser.script(type_in, vec![json!("domian:x")]).await;
        browser.wait_until(&says("there are domain:")).await;
        browser.script(type_in, vec![json!("method:PUT")]).await;
        browser.wait_until(&says("there is GET")).await;
        assert_eq!(browser.text("#request-filter-told code").await, "method:PUT");
        assert_eq!(browser.attribute("#grid", "aria-rowcount").await.as_deref(), Some("1"));
        // A finding's proof is shown although the filter hides it.
        run_script(browser, "document.querySelector('.finding .request').click()").await;
        browser.wait_until("return document.getElementById('request-filter').value === ''").await;
        browser.wait_for("[role=row][aria-selected=true]").await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn keys_lead_to_sections_and_can_be_switched_off() {
    let har = Sample::har("keys.har", 9);
    let focus = "return document.activeElement.id";
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har.0, 9).await;
        browser.press("4").await;
        browser.wait_until("return document.activeElement.id === 'waterfall-title'").await;
        browser.press("/").await;
        browser.wait_until("return document.activeElement.id === 'request-filter'").await;
        run_script(browser, "document.getElementById('grid').focus()").await;
        browser.press("\u{E015}").await; // down
        browser.press("t").await;
        browser.wait_until("return document.activeElement.id === 'request-table'").await;
        browser.press("t").await;
        browser.wait_until("return document.activeElement.id === 'grid'").await;
        browser.press("?").await;
        browser.wait_for("dialog[open] kbd").await;
        browser.click("dialog input[type=checkbox]").await;
        browser.press("\u{E00C}").await; // escape
        browser.wait_until("return !document.querySelector('dialog[open]')").await;
        let before = browser.script(focus, vec![]).await;
        browser.press("3").await;
        assert_eq!(browser.script(focus, vec![]).await, before);
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn a_trace_shows_its_main_thread() {
    let (trace, har) = (sample("trace/lab-long-tasks.json.gz"), sample("trace/lab-long-tasks.har.gz"));
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.upload(&trace).await;
        browser.wait_for("main[data-state=result]").await;
        browser.wait_for("#flame").await;
        // What was planted: four tasks of 120 ms and more, by these functions.
        let text = browser.text("#main-thread").await;
        assert!(text.contains("app.js") && text.contains("over 50 ms"), "{text}");
        run_script(browser, "document.getElementById('flame').focus()").await;
        browser.press("\u{E014}").await; // right
        browser.wait_until("return document.querySelector('.slice strong') !== null").await;
        assert!(browser.text("#recording").await.contains("Chrome performance trace"));
        // Together with the HAR of the same load: each fact says where it comes from.
        browser.upload_both(&trace, &har).await;
        browser.wait_for("main[data-state=loading], main[data-state=result]").await;
        browser.wait_until("return document.querySelectorAll('#recording dl.facts').length === 2").await;
        browser.wait_for("#row-0").await;
        browser.click("#row-0").await;
        browser.wait_for(".details .source").await;
        let sources = browser.script("return document.querySelector('.details').innerText", vec![]).await;
        assert!(matches!(&sources, Value::String(text) if text.contains("In the")), "{sources}");
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}
