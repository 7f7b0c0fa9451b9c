//! Both builds in a real browser: they open recordings, send nothing, work without a network and by keyboard alone.
//!
//! They need `dist/`: `trunk build --release && cargo test --test end_to_end -- --ignored`.
#![cfg(not(target_arch = "wasm32"))]

mod browser;
mod caching;
mod reading;
mod site;

use browser::{Browser, run};
use serde_json::{Value, json};
use site::Site;
use std::path::{Path, PathBuf};

fn dist() -> PathBuf {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
    assert!(dist.join("weir.html").exists(), "no dist/weir.html; run `trunk build --release` first");
    dist
}

fn single_file() -> String {
    format!("file://{}/weir.html", dist().display())
}

/// A file with this content, deleted at the end.
struct Sample(PathBuf);

impl Sample {
    fn new(name: &str, content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("weir-{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("a temporary file");
        Self(path)
    }

    /// A HAR of one page with so many requests.
    fn har(name: &str, n_requests: usize) -> Self {
        let entries: Vec<Value> = (0..n_requests)
            .map(|at| {
                let (path, mime) = if at == 0 { (String::new(), "text/html") } else { (format!("{at}.js"), "text/javascript") };
                json!({
                    "pageref": "p",
                    "startedDateTime": format!("2026-01-01T00:00:{:02}.{:03}Z", at / 1000, at % 1000),
                    "time": 100.0,
                    "request": { "method": "GET", "url": format!("https://shop.example/{path}"), "httpVersion": "HTTP/2",
                                 "headers": [], "headersSize": -1, "bodySize": 0 },
                    "response": { "status": 200, "statusText": "", "httpVersion": "HTTP/2", "headersSize": -1, "bodySize": 900,
                                  "headers": [{ "name": "content-type", "value": mime }],
                                  "content": { "size": 900, "mimeType": mime }, "redirectURL": "" },
                    "cache": {},
                    "timings": { "blocked": 1.0, "send": 0.0, "wait": 90.0, "receive": 9.0 }
                })
            })
            .collect();
        let page = json!({ "id": "p", "title": "https://shop.example/", "startedDateTime": "2026-01-01T00:00:00.000Z",
                           "pageTimings": { "onContentLoad": 500.0, "onLoad": 900.0 } });
        let creator = json!({ "name": "Test", "version": "1" });
        let har = json!({ "log": { "version": "1.2", "creator": creator, "pages": [page], "entries": entries } });
        Self::new(name, &har.to_string())
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The file opens: a verdict, and a grid of all its requests.
async fn opens(browser: &Browser, har: &Path, n_requests: usize) {
    browser.upload(har).await;
    browser.wait_for("main[data-state=result]").await;
    assert!(browser.text("h1").await.ends_with('.'), "a verdict is a sentence");
    browser.wait_for("[role=grid]").await;
    let rows = browser.attribute("[role=grid]", "aria-rowcount").await;
    assert_eq!(rows, Some((n_requests + 1).to_string()));
}

#[test]
#[ignore = "needs dist/"]
fn hosted_page_opens_a_recording() {
    let (site, har) = (Site::start(dist()), Sample::har("hosted.har", 12));
    run(async |browser| {
        browser.open(&site.url("")).await;
        site.take_hits();
        opens(browser, &har.0, 12).await;
        // The service worker's own installation is the only traffic after loading.
        let hits = site.take_hits();
        assert!(hits.iter().all(|path| std::path::Path::new(path).starts_with("/some/folder")), "{hits:?}");
        assert!(!browser.attribute("main", "data-state").await.unwrap_or_default().is_empty());
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn single_file_opens_a_recording_from_disk() {
    let har = Sample::har("single.har", 40);
    run(async |browser| {
        browser.open(&single_file()).await;
        opens(browser, &har.0, 40).await;
        // The same file again, and another state in between.
        opens(browser, &har.0, 40).await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn examples_come_with_the_page() {
    run(async |browser| {
        for example in ["slow-server.har.gz", "third-parties.har.gz", "fast.har.gz"] {
            browser.open(&single_file()).await;
            browser.click(&format!("[data-example='{example}']")).await;
            browser.wait_for("main[data-state=result]").await;
            browser.wait_for("[role=grid] [role=row][aria-rowindex='2']").await;
            assert!(browser.text("h1").await.starts_with("This page"));
            assert!(browser.script("return document.title", vec![]).await.to_string().contains("shop.example"));
        }
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn hosted_page_works_offline_after_the_first_visit() {
    let (site, har) = (Site::start(dist()), Sample::har("offline.har", 7));
    run(async |browser| {
        browser.open(&site.url("")).await;
        browser.wait_until("return navigator.serviceWorker.controller !== null").await;
        let url = site.url("");
        drop(site); // the server is gone
        browser.open(&url).await;
        opens(browser, &har.0, 7).await;
        browser.open(&format!("{url}?from=bookmark#v=1")).await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

/// Neither the page nor a worker of the page can send anything to `site`.
async fn reaches_nobody(browser: &Browser, site: &Site) {
    const SCRIPT: &str = "
        const [url, done] = arguments;
        const probe = `fetch(${JSON.stringify(url)}, { mode: 'no-cors' }).then(() => 'open', () => 'blocked')`;
        const inWorker = (source) => new Promise((resolve) => {
            const worker = new Worker(URL.createObjectURL(new Blob([source])));
            worker.onmessage = (event) => resolve(event.data);
            worker.onerror = () => resolve('no worker');
        });
        const refused = new Set();
        addEventListener('securitypolicyviolation', (event) => refused.add(event.effectiveDirective));
        Promise.all([
            fetch(url, { mode: 'no-cors' }).then(() => 'open', () => 'blocked'),
            inWorker(probe + '.then(postMessage)'),
        ]).then(([page, worker]) => done({ page, worker, refused: [...refused] }));";
    site.take_hits();
    let outcome = browser.script_later(SCRIPT, vec![json!(site.url("upload"))]).await;
    assert_eq!(outcome, json!({ "page": "blocked", "worker": "blocked", "refused": ["connect-src"] }));
    let hits = site.take_hits();
    assert!(!hits.iter().any(|path| path.contains("upload")), "{hits:?}");
}

#[test]
#[ignore = "needs dist/"]
fn nothing_can_be_sent() {
    let (site, har) = (Site::start(dist()), Sample::har("sent.har", 3));
    run(async |browser| {
        for url in [site.url(""), single_file()] {
            browser.open(&url).await;
            reaches_nobody(browser, &site).await;
            opens(browser, &har.0, 3).await;
            reaches_nobody(browser, &site).await;
        }
    });
}

#[test]
#[ignore = "needs dist/"]
fn page_proves_that_it_cannot_send() {
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.click(".privacy summary").await;
        browser.click(".privacy button").await;
        browser.wait_until("return document.querySelector('.probe').textContent.includes('connect-src')").await;
    });
}

#[test]
#[ignore = "needs dist/"]
fn keyboard_alone_is_enough() {
    let (tab, enter, down, escape) = ("\u{E004}", "\u{E007}", "\u{E015}", "\u{E00C}");
    let focus = "return document.activeElement.id || document.activeElement.textContent";
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.press(tab).await;
        assert_eq!(browser.script(focus, vec![]).await, "Skip to content");
        browser.press(enter).await;
        assert_eq!(browser.script(focus, vec![]).await, "main");
        for _ in 0..3 {
            browser.press(tab).await; // "Choose files…", then the examples
        }
        assert_eq!(browser.script(focus, vec![]).await, "Many third parties");
        browser.press(enter).await;
        browser.wait_for("main[data-state=result]").await;
        browser.wait_until("return document.activeElement.id === 'verdict-sentence'").await;
        browser.wait_for("#grid").await;
        browser.script("document.getElementById('grid').focus()", vec![]).await;
        browser.press(down).await;
        browser.press(down).await;
        let active = browser.attribute("#grid", "aria-activedescendant").await.expect("a selected row");
        assert_eq!(active, "row-1");
        let name = browser.attribute("#row-1", "aria-label").await.expect("a name");
        assert!(name.contains("starts at"), "{name}");
        browser.press(enter).await;
        browser.wait_until("return document.activeElement.id === 'details-title'").await;
        browser.wait_for(".details .url").await;
        browser.press(escape).await;
        browser.wait_until("return document.activeElement.id === 'grid'").await;
        assert_eq!(browser.count(".details").await, 0);
        browser.press("w").await;
        browser.press("0").await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn what_is_no_recording_is_named() {
    let page = Sample::new("page.har", "<!DOCTYPE html><html><body>hunter2</body></html>");
    let cut = Sample::new("cut.har", r#"{"log":{"version":"1.2","entries":[{"startedDa"#);
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.upload(&page.0).await;
        browser.wait_for("main[data-state=error]").await;
        assert!(browser.text("h1").await.contains("HTML"));
        assert!(!browser.text("main").await.contains("hunter2"));
        browser.upload(&cut.0).await;
        browser
            .wait_until("return document.querySelector('h1').textContent.includes('before its first request')")
            .await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn reading_can_be_cancelled() {
    // A worker that never says anything: a recording that takes for ever.
    const SILENT: &str = "
        const { terminate } = Worker.prototype;
        Worker.prototype.postMessage = () => {};
        Worker.prototype.terminate = function () { window.ended = true; terminate.call(this); };";
    let har = Sample::har("cancel.har", 3);
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.script(SILENT, vec![]).await;
        browser.upload(&har.0).await;
        browser.wait_for("main[data-state=loading] progress").await;
        browser.click("main button").await;
        browser.wait_for("main[data-state=landing]").await;
        assert_eq!(browser.script("return window.ended", vec![]).await, true);
    });
}

#[test]
#[ignore = "needs dist/"]
fn a_check_that_dies_is_left_out() {
    // The worker dies in one rule: it names it and is not heard of any more.
    const MORTAL: &str = "
        const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
        Object.defineProperty(Worker.prototype, 'onmessage', { set(hear) {
            let dead = false;
            set.call(this, (event) => {
                const [answer] = event.data;
                if (!dead) {
                    hear(event);
                }
                // The report names the rule as well, and is longer.
                if (answer.length < 100 && new TextDecoder().decode(answer).includes('short-cache-lifetime')) {
                    dead = true;
                    setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { cancelable: true })));
                }
            });
        } });";
    let har = Sample::har("mortal.har", 5);
    run(async |browser| {
        browser.open(&single_file()).await;
        browser.script(MORTAL, vec![]).await;
        opens(browser, &har.0, 5).await;
        assert!(browser.text(".note").await.contains("short-cache-lifetime"));
        assert_eq!(browser.count("[data-check='short-cache-lifetime']").await, 1);
        assert_eq!(browser.errors().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs dist/"]
fn another_window_can_send_a_recording() {
    const SEND: &str = "
        const [url, har, done] = arguments;
        const answers = [];
        let weir;
        addEventListener('message', (event) => {
            if (event.source !== weir) {
                return; // the window of an earlier call
            }
            answers.push(event.data);
            if (event.data.type === 'weir:ready') {
                weir.postMessage({ type: 'weir:open', files: [new Blob([har])], names: ['sent.har'] }, '*');
            } else {
                done(answers);
            }
        });
        weir = open(url);";
    let (site, har) = (Site::start(dist()), Sample::har("message.har", 4));
    let har = std::fs::read_to_string(&har.0).expect("the sample");
    run(async |browser| {
        browser.open(&site.url("")).await;
        let answers = browser.script_later(SEND, vec![json!(site.url("")), json!(har)]).await;
        assert_eq!(answers, json!([{ "type": "weir:ready" }, { "type": "weir:opened", "loads": 1 }]));
        let answers = browser.script_later(SEND, vec![json!(site.url("")), json!("<html>")]).await;
        assert_eq!(answers[1]["type"], "weir:failed");
    });
}
