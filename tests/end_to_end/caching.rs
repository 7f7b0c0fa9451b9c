//! The cache table and pasted headers, as a person uses them.

use crate::browser::run;
use crate::{opens, single_file};
use serde_json::json;
use std::path::Path;

#[test]
#[ignore = "needs dist/"]
fn the_cache_table_is_filtered_ordered_and_grouped() {
    let har = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/har/lab-shop-home.har.gz");
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har, 23).await;
        browser.wait_for("table.responses").await;
        let all = browser.count("table.responses tbody tr").await;
        assert_eq!(browser.count("[data-table=visits] tbody tr").await, 3);
        let type_in = "const field = document.getElementById('cache-filter');
            field.value = arguments[0];
            field.dispatchEvent(new Event('input'));";
        browser.script(type_in, vec![json!("-cache:short-lived")]).await;
        let others = browser.count("table.responses tbody tr").await;
        browser.script(type_in, vec![json!("cache:short-lived")]).await;
        let short = browser.count("table.responses tbody tr").await;
        assert_eq!(short + others, all);
        assert!(0 < short && 0 < others, "{short} of {all}");
        browser.script(type_in, vec![json!("cache:short-lived nowhere-at-all")]).await;
        assert!(browser.text("#caching .none code").await.contains("nowhere-at-all"));
        browser.script(type_in, vec![json!("")]).await;
        // Lifetime, the third heading after the name: up, then down.
        browser.click("table.responses th:nth-child(4) button").await;
        assert_eq!(
            browser.attribute("table.responses th:nth-child(4)", "aria-sort").await.as_deref(),
            Some("ascending")
        );
        let group = "const field = document.getElementById('cache-group');
            field.value = '1';
            field.dispatchEvent(new Event('change'));";
        browser.script(group, vec![]).await;
        assert!(1 < browser.count("table.responses tr.group").await);
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn requests_can_be_read_as_a_table_which_is_what_is_printed() {
    let har = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/har/lab-shop-home.har.gz");
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har, 23).await;
        browser.script("dispatchEvent(new Event('beforeprint'))", vec![]).await;
        browser.wait_for("table.requests").await;
        assert_eq!(browser.count("table.requests tbody tr").await, 23);
        browser.script("dispatchEvent(new Event('afterprint'))", vec![]).await;
        browser.wait_until("return !document.querySelector('table.requests')").await;
        browser.click("#waterfall .tools button[aria-pressed]").await;
        browser.wait_for("table.requests").await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn headers_are_judged_without_a_recording() {
    let paste = "const data = new DataTransfer();
        data.setData('text/plain', arguments[0]);
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));";
    let headers = "HTTP/2 200\r\ndate: Sun, 01 Nov 2026 10:00:00 GMT\r\ncache-control: max-age=600\r\netag: \"a1\"\r\n";
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.script(paste, vec![json!(headers)]).await;
        browser.wait_for("#headers-told .judged").await;
        assert!(browser.text("#headers-told").await.contains("10 minutes"));
        assert_eq!(browser.attribute("main", "data-state").await.as_deref(), Some("landing"));
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn what_was_open_stays_until_something_takes_its_place() {
    let har = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/har/lab-shop-home.har.gz");
    let other = crate::Sample::new("nothing.html", "<html>nothing</html>");
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har, 23).await;
        browser.upload(&other.0).await;
        browser.wait_for("main[data-state=error]").await;
        browser.click(".failure .actions .button:nth-child(2)").await;
        browser.wait_for("main[data-state=result]").await;
        browser.wait_for("[role=grid]").await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}
