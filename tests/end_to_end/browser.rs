//! A real browser over WebDriver, one for each test.

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Longer than any step here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The browser of a test.
pub struct Browser {
    client: Client,
}

/// Runs `test` in a browser of its own.
pub fn run(test: impl AsyncFnOnce(&Browser)) {
    let driver = Driver::start(); // ends last, also when the test panics
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut wanted: Map<_, _> = serde_json::from_str(include_str!("../webdriver.json")).expect("JSON");
        wanted.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("a browser session");
        let browser = Browser { client };
        test(&browser).await;
        browser.client.close().await.expect("session ends");
    });
}

impl Browser {
    /// Goes to an address and waits for the page to be ready.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
        self.wait_for("main[data-state=landing]").await;
    }

    /// Waits for an element.
    pub async fn wait_for(&self, css: &str) {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        if found.is_err() {
            let text = self.script("return document.body.innerText.slice(0, 2000)", vec![]).await;
            panic!("no {css}; the page says: {text}");
        }
    }

    /// Waits until a script returns true.
    pub async fn wait_until(&self, script: &str) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            if self.script(script, vec![]).await == Value::Bool(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never true: {script}");
    }

    /// Runs a script and gives what it returns.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.expect("the script runs")
    }

    /// Runs a script whose last argument is to be called with the result.
    pub async fn script_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.expect("the script runs")
    }

    /// The visible text of the first such element.
    pub async fn text(&self, css: &str) -> String {
        let element = self.client.find(Locator::Css(css)).await.unwrap_or_else(|_| panic!("no {css}"));
        element.text().await.expect("text")
    }

    /// An attribute of the first such element.
    pub async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let element = self.client.find(Locator::Css(css)).await.unwrap_or_else(|_| panic!("no {css}"));
        element.attr(name).await.expect("an attribute")
    }

    /// How many such elements there are.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.expect("elements").len()
    }

    /// Clicks an element as a person would.
    pub async fn click(&self, css: &str) {
        let element = self.client.find(Locator::Css(css)).await.unwrap_or_else(|_| panic!("no {css}"));
        element.click().await.expect("it can be clicked");
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, keys: &str) {
        self.client.active_element().await.expect("a focus").send_keys(keys).await.expect("keys");
    }

    /// Chooses a file in the picker.
    pub async fn upload(&self, file: &Path) {
        let input = self.client.find(Locator::Css("input[type=file][multiple]")).await.expect("a file picker");
        input.send_keys(file.to_str().expect("a path")).await.expect("the file is chosen");
    }

    /// Chooses two files at once.
    pub async fn upload_both(&self, one: &Path, other: &Path) {
        let input = self.client.find(Locator::Css("input[type=file][multiple]")).await.expect("a file picker");
        let paths = format!("{}\n{}", one.display(), other.display());
        input.send_keys(&paths).await.expect("the files are chosen");
    }

    /// Errors that the console has shown since the last call, refused requests among them.
    pub async fn errors(&self) -> Vec<String> {
        let lines = self.client.issue_cmd(Console).await.expect("the console");
        let lines = lines.as_array().cloned().unwrap_or_default();
        let severe = lines.into_iter().filter(|line| line["level"] == "SEVERE");
        severe.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

#[derive(Debug)]
struct Console;

impl WebDriverCompatibleCommand for Console {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// The running chromedriver.
struct Driver {
    process: Child,
    port: u16,
    /// Kept open: the driver ends when it cannot write its next line.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver is on the PATH; see .ci/setup");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        while output.read_line(&mut line).expect("its output") != 0 {
            let port = line.trim_end().strip_suffix('.').and_then(|line| line.rsplit_once(" on port "));
            if let Some(port) = port.and_then(|(_, port)| port.parse().ok()) {
                return Self { process, port, _output: output };
            }
            line.clear();
        }
        let ended = process.wait();
        panic!("chromedriver did not say its port ({ended:?})");
    }
}

impl Drop for Driver {
    /// Killing chromedriver would leave its browser running; asking it to stop does not.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
        let _ = self.process.wait();
    }
}
