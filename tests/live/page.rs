//! The page in a real browser, while a migration runs and when it has ended.
use rustix::process::Signal;
use serde_json::Value;

use super::{HOSTILE, ROWS, Slow, browser::Browser};
use crate::support::{cli::Workspace, wait_for};

/// What a reader of the page sees.
#[derive(Debug)]
struct Reading {
    percent: f64,
    rows: u64,
}

fn read(browser: &Browser) -> Reading {
    let digits = |text: &str| text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
    let rows = browser.value("[...document.querySelectorAll('#figures > div')].find((div) => div.dataset.key === 'Rows')?.lastChild.textContent ?? ''");
    Reading {
        percent: digits(&browser.text("percent")).parse().unwrap_or(0.0),
        rows: digits(rows.as_str().expect("text")).parse().unwrap_or(0),
    }
}

#[test]
fn numbers_move_and_end_at_100_percent() {
    let profile = Workspace::new();
    let Some(browser) = Browser::start(&profile.path("profile")) else { return };
    let mut slow = Slow::begin(600);
    browser.resize(1440, 900);
    browser.open(&format!("http://127.0.0.1:{}/", slow.port));

    let moved = |rows: u64| {
        let mut last = None;
        wait_for("more rows on the page", || last.insert(read(&browser)).rows > rows);
        last.expect("a reading")
    };
    let first = moved(0);
    let second = moved(first.rows);
    assert!(second.percent > first.percent && second.rows < ROWS, "{first:?} {second:?}");
    assert_eq!(browser.text("state"), "running");
    wait_for("a chart and a verdict", || {
        browser.value("document.querySelector('#chart .line') !== null") == true
            && browser.text("verdict") == "The source is the slower side."
    });
    wait_for("a lane that copies", || browser.text("lanes").contains("public.item"));
    fits(&browser, 375);
    picture(&browser, "running");

    wait_for("the end", || browser.text("state") == "succeeded");
    assert_eq!((browser.text("percent").as_str(), read(&browser).rows), ("100 %", ROWS));
    assert!(browser.text("result-title").ends_with("exit code 0."), "{}", browser.text("result-title"));
    assert!(browser.text("announcer").starts_with("Succeeded"), "{}", browser.text("announcer"));
    let listed = browser.text("tables");
    for name in HOSTILE {
        assert!(listed.contains(&name.replace('"', "\"\"")), "{listed}");
    }
    assert_eq!(browser.value("document.querySelectorAll('main img, main b').length"), 0, "names are text");
    fits(&browser, 375);
    picture(&browser, "succeeded");

    slow.running.signal(Signal::INT);
    slow.running.wait().assert_code(0);
    wait_for("the page to say that nobody is there", || browser.text("connection").contains("has ended"));
    assert_eq!(browser.text("percent"), "100 %", "the last figures stay");
    let said: Vec<Value> = browser.console();
    assert!(said.is_empty(), "{said:#?}");
}

/// Killed, it cannot say that it ends: the page says that it tries again, and does.
#[test]
fn a_page_whose_program_is_gone_says_so_and_tries_again() {
    let profile = Workspace::new();
    let Some(browser) = Browser::start(&profile.path("profile")) else { return };
    let slow = Slow::begin(600);
    browser.open(&format!("http://127.0.0.1:{}/", slow.port));
    wait_for("a document", || browser.text("state") == "running");
    assert!(slow.running.kill_when("the moment", || true));
    wait_for("the page to say so", || browser.text("connection").contains("Trying again"));
    assert_eq!(browser.text("state"), "running", "the last figures stay");
    let again =
        slow.workspace.with_config("migrate").args(["--resume", "--metrics-listen", &slow.port.to_string()]);
    let mut running = again.spawn();
    wait_for("the page to show the new run", || {
        browser.value("document.getElementById('connection').hidden") == true
    });
    wait_for("its end", || browser.text("state") == "succeeded");
    running.signal(Signal::INT);
    running.wait().assert_code(0);
}

/// Nothing is cut off on a phone: what is wider than the page scrolls in its own box.
fn fits(browser: &Browser, width: u32) {
    browser.resize(width, 800);
    assert_eq!(browser.value("document.documentElement.scrollWidth"), width);
    browser.resize(1440, 900);
}

/// For people: `PGMIGRATE_PICTURES` names a directory for pictures of both widths and schemes.
fn picture(browser: &Browser, moment: &str) {
    let Some(directory) = std::env::var_os("PGMIGRATE_PICTURES") else { return };
    for (width, height) in [(375, 800), (1440, 900)] {
        for scheme in ["light", "dark"] {
            browser.resize(width, height);
            browser.scheme(scheme);
            let file = std::path::Path::new(&directory).join(format!("{moment}-{width}-{scheme}.png.base64"));
            std::fs::write(file, browser.picture()).expect("a picture");
        }
    }
    browser.resize(1440, 900);
}
