//! A headless Chromium, driven by chromedriver through the W3C `WebDriver` protocol: HTTP and JSON, of which little is needed.
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::{metrics::scrape::free_port, support::wait_for};

/// What Chromium is started with: nothing of its own on the network, and as root too.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
];

/// A browser with one window; it ends with the value.
#[derive(Debug)]
pub(super) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts one that keeps its files in a directory; `None` if there is none here.
    pub(super) fn start(profile: &Path) -> Option<Self> {
        let (Some(chromium), Some(driver)) = (program("chromium"), program("chromedriver")) else {
            eprintln!("skipped: no chromium and chromedriver here (scripts/browser.sh installs them)");
            return None;
        };
        let port = free_port();
        let driver = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver");
        let mut browser = Self { driver, port, session: String::new() };
        wait_for("chromedriver", || {
            browser.try_ask("GET", "/status", &Value::Null).is_some_and(|said| said["value"]["ready"] == true)
        });
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.display()));
        let chrome = json!({ "binary": chromium, "args": flags });
        let wished = json!({ "browserName": "chrome", "goog:chromeOptions": chrome, "goog:loggingPrefs": { "browser": "ALL" } });
        let session = browser.ask("POST", "/session", &json!({ "capabilities": { "alwaysMatch": wished } }));
        browser.session = format!("/session/{}", session["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    /// Goes to an address.
    pub(super) fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// What an expression of the page gives.
    pub(super) fn value(&self, expression: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": format!("return {expression}"), "args": [] }))
    }

    /// The text of an element, by its id.
    pub(super) fn text(&self, id: &str) -> String {
        let text = self.value(&format!("document.getElementById({id:?})?.textContent"));
        text.as_str().unwrap_or_else(|| panic!("no element {id}")).to_owned()
    }

    /// The width and height of the page.
    pub(super) fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// What the user prefers: `dark` or `light`.
    pub(super) fn scheme(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// A picture of the whole page, as PNG in base64.
    pub(super) fn picture(&self) -> String {
        let picture = self.devtools("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }));
        picture["data"].as_str().expect("a picture").to_owned()
    }

    /// What was written to the console since the last time, warnings and errors of the browser included.
    pub(super) fn console(&self) -> Vec<Value> {
        self.post("/se/log", &json!({ "type": "browser" })).as_array().expect("a log").clone()
    }

    fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("{}{path}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let said = self.try_ask(method, path, body).expect("an answer of chromedriver");
        assert!(said["value"]["error"].is_null(), "{path}: {said:#}");
        said["value"].clone()
    }

    fn try_ask(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}", body.len());
        write!(stream, "{head}\r\n\r\n{body}").ok()?;
        // It leaves the connection open.
        let (mut answer, mut length, mut line) = (BufReader::new(stream), 0, String::new());
        while answer.read_line(&mut line).ok()? > 2 {
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().ok()?;
            }
            line.clear();
        }
        serde_json::from_reader(answer.take(length)).ok()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // It takes the browser with it.
            self.try_ask("DELETE", &self.session, &Value::Null);
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|program| program.is_file())
}
