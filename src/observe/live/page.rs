//! The page at `/`: one document with its style and script inside, and the policy that lets a browser run these and nothing else.
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// The page and its `Content-Security-Policy`.
pub(in crate::observe) struct Page {
    pub(in crate::observe) html: String,
    pub(in crate::observe) policy: String,
}

/// Made when it is first asked for.
pub(in crate::observe) static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let style = include_str!("page/style.css");
    let script = [
        "\"use strict\";\n",
        include_str!("page/format.js"),
        include_str!("page/chart.js"),
        include_str!("page/page.js"),
        include_str!("page/follow.js"),
    ]
    .concat();
    let html = include_str!("page/page.html").replace("/*STYLE*/", style).replace("/*SCRIPT*/", &script);
    // Whatever a name from a server made of itself, a browser would neither run nor load it, nor let a script parse it.
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
        base64(&Sha256::digest(&script)),
        base64(&Sha256::digest(style)),
    );
    Page { html, policy }
});

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let three = [0, 1, 2].map(|at| u32::from(chunk.get(at).copied().unwrap_or_default()));
        let bits = three[0] << 16 | three[1] << 8 | three[2];
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= chunk.len() { digit.into() } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_the_rfc_has_it() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_page_is_whole_and_asks_for_nothing_from_elsewhere() {
        let html = &PAGE.html;
        assert!(!html.contains("/*STYLE*/") && !html.contains("/*SCRIPT*/"));
        assert!(html.contains("new EventSource(") && html.contains("function drawChart("));
        assert_eq!((html.matches("<script").count(), html.matches("<style").count()), (1, 1));
        for foreign in
            ["http://", "https://", "@import", "innerHTML", "insertAdjacentHTML", " style=\"", " onclick"]
        {
            let found = html.replace("http://www.w3.org/2000/svg", "").contains(foreign);
            assert!(!found, "{foreign}");
        }
        assert!(html.len() < 64 * 1024, "{} bytes", html.len());
    }
}
