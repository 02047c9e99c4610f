//! The page of a door in a real browser, and a poster as it draws it: on a phone and a desk, in the light and in the dark, by
//! keyboard, in every language. `tests/it/page.rs` says what it needs.

use fantoccini::{Locator, key::Key};
use serde_json::Value;

use tocsin::domain::{door::LeadTo, envelope::PlatformKind};

use crate::{
    doors::{Site, decoded, opens, whittier},
    page::{Browser, Program, Screen},
    town::{Town, run_test},
};

const LANGUAGES: [&str; 4] = ["en", "es", "so", "hmn"];

/// What is wrong with the page that is open, as far as a script can tell.
const FAULTS: &str = r#"
    const faults = [];
    const must = (holds, what) => { if (!holds) faults.push(what); };
    must(document.scripts.length === 0, 'there are scripts');
    must(document.cookie === '', 'there are cookies');
    must(localStorage.length + sessionStorage.length === 0, 'something is kept in the browser');
    const loaded = performance.getEntriesByType('resource').map((each) => each.name);
    must(loaded.every((name) => name.startsWith('data:')), 'more was loaded: ' + loaded);
    must(document.documentElement.scrollWidth <= innerWidth, 'it is too wide: ' + document.documentElement.scrollWidth);
    for (const tag of ['header', 'nav', 'main', 'footer', 'h1']) {
        must(document.querySelectorAll(tag).length === 1, 'not one ' + tag);
    }
    must(document.querySelector('nav').getAttribute('aria-label'), 'the list of languages has no name');
    must(document.title.length > 5, 'no title');
    const heads = [...document.querySelectorAll('h1, h2')].map((head) => head.tagName).join(' ');
    must(heads === 'H1' || heads === 'H1 H2', 'headings: ' + heads);
    for (const link of document.querySelectorAll('a')) {
        const { width, height, left, right } = link.getBoundingClientRect();
        must(height >= 44 && width >= 44, `small: ${link.textContent} ${width}x${height}`);
        must(left >= 0 && right <= innerWidth, 'cut off: ' + link.textContent);
        must(link.textContent.trim().length > 1, 'a link without words');
    }
    const light = (color) => {
        const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (node) => {
        const color = getComputedStyle(node).backgroundColor;
        return color === 'rgba(0, 0, 0, 0)' && node.parentElement ? ground(node.parentElement) : color;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim()) continue;
        const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
        const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
        must(contrast >= 4.5, `pale (${contrast.toFixed(1)}): ${node.textContent}`);
        must(parseFloat(getComputedStyle(node).fontSize) >= 16, 'small letters: ' + node.textContent);
    }
    return faults;
"#;

impl Browser {
    async fn has_no_faults(&self, what: &str) {
        let faults = self.run(FAULTS).await;
        assert_eq!(faults, Value::Array(Vec::new()), "{what}");
        let cookies = self.client.get_all_cookies().await.unwrap();
        assert!(cookies.is_empty(), "{what}: {cookies:?}");
    }

    async fn goes(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }
}

#[tokio::test]
async fn the_door_is_one_plain_page_on_every_screen_in_every_language() {
    let program = Program::start().await;
    let base = program.url.trim_end_matches('/').to_owned();
    let screens = [
        ("phone", Screen::Phone(320, 568)),
        ("desk", Screen::Desk),
        ("dark", Screen::Dark),
    ];
    for (name, screen) in screens {
        let door = format!("{base}/join/mpls/whittier");
        let browser = Browser::bare(&door, screen).await;
        browser.has_no_faults(name).await;
        for language in LANGUAGES {
            browser.goes(&format!("{door}?lang={language}")).await;
            browser.has_no_faults(&format!("{name} {language}")).await;
            let tag = browser.run("return document.documentElement.lang").await;
            assert_eq!(tag, language);
            browser.picture(&format!("door-{name}-{language}")).await;
            browser
                .goes(&format!("{base}/j/h7k2p9xy?lang={language}"))
                .await;
            browser
                .has_no_faults(&format!("{name} {language}, lost"))
                .await;
        }
        browser.picture(&format!("door-{name}-lost")).await;
        // The longest name there is.
        browser
            .goes(&format!("{base}/join/mpls/nicollet-island-east-bank"))
            .await;
        browser.has_no_faults(name).await;
        browser.close().await;
    }
}

#[tokio::test]
async fn all_ways_that_there_can_be_fit_the_page() {
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        opens(
            town,
            PlatformKind::Signal,
            "https://signal.group/#CjQK",
            true,
        );
        let preparing = Some(LeadTo::Preparing);
        town.app
            .lead_to(&whittier(), PlatformKind::Matrix, preparing);
        let door = format!("{}/join/mpls/whittier", site.url);
        for (name, screen) in [("phone", Screen::Phone(320, 900)), ("dark", Screen::Dark)] {
            let browser = Browser::bare(&door, screen).await;
            for language in LANGUAGES {
                browser.goes(&format!("{door}?lang={language}")).await;
                browser.has_no_faults(&format!("{name} {language}")).await;
                browser
                    .picture(&format!("door-ways-{name}-{language}"))
                    .await;
            }
            browser.goes(&format!("{door}/matrix?lang=so")).await;
            browser.has_no_faults("being prepared").await;
            browser.picture(&format!("door-preparing-{name}")).await;
            browser.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_keyboard_reaches_every_link_in_the_order_one_reads() {
    let program = Program::start().await;
    let base = program.url.trim_end_matches('/').to_owned();
    let browser = Browser::bare(&format!("{base}/join/mpls/whittier"), Screen::Desk).await;
    let links = browser
        .run("return [...document.querySelectorAll('a')].map((link) => link.textContent.trim())")
        .await;
    let links = links.as_array().unwrap().clone();
    assert!(links.len() >= 4, "{links:?}");
    let tab = char::from(Key::Tab).to_string();
    for link in &links {
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(&tab).await.unwrap();
        let at = browser
            .run("return document.activeElement.textContent.trim()")
            .await;
        assert_eq!(at, *link);
        let outline = browser
            .run("return parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
            .await;
        assert!(
            outline.as_f64().unwrap() >= 2.0,
            "nobody sees that {link} has the focus"
        );
    }
    // A language by keyboard: the page is the same, in that one.
    browser.goes(&format!("{base}/join/mpls/whittier")).await;
    let spanish = browser
        .client
        .find(Locator::Css("nav a[lang=es]"))
        .await
        .unwrap();
    spanish
        .send_keys(&char::from(Key::Enter).to_string())
        .await
        .unwrap();
    browser
        .until("document.documentElement.lang === 'es'")
        .await;
    browser.has_no_faults("by keyboard").await;
    browser.close().await;
}

#[tokio::test]
async fn what_a_moderator_is_told_leads_to_a_page_and_a_poster() {
    let program = Program::start().await;
    let desk = Browser::open(&program.url, Screen::Desk).await;
    desk.becomes("mo").await;
    desk.types("moderators", "!door whittier").await;
    desk.shows("@mo", ".from-bot", "/join/mpls/whittier").await;
    desk.types("moderators", "!poster whittier es").await;
    desk.shows("@mo", ".from-bot", "/poster/").await;
    let told = desk
        .run("return [...document.querySelectorAll('[data-thread=\"@mo\"] .from-bot')].map((one) => one.textContent).join(' ')")
        .await;
    let told = told.as_str().unwrap();
    let address = |part: &str| {
        let word = told.split_whitespace().find(|word| word.contains(part));
        word.unwrap_or_else(|| panic!("no {part} in {told}"))
            .to_owned()
    };
    let (door, poster) = (address("/join/"), address(".svg"));
    // The town keeps who one is, in the same browser; doors keep nothing.
    let forget = "localStorage.clear(); sessionStorage.clear()";
    desk.run(forget).await;
    desk.goes(&door).await;
    desk.has_no_faults("what Mo was told").await;
    // The way into the town itself.
    let way = desk.client.find(Locator::Css("a.way")).await.unwrap();
    way.click().await.unwrap();
    desk.until("document.body.dataset.ready === 'yes'").await;

    desk.run(forget).await;
    let poster = poster.trim_end_matches(['.', ',']);
    desk.client.set_window_size(1000, 1400).await.unwrap();
    desk.goes(poster).await;
    let picture = desk.client.screenshot().await.unwrap();
    std::fs::write(crate::doors::artefacts().join("poster.png"), &picture).unwrap();
    let (gray, wide, high) = gray(&picture);
    let code = poster.rsplit('/').next().unwrap().trim_end_matches(".svg");
    let base = program.url.trim_end_matches('/');
    assert_eq!(decoded(&gray, wide, high), [format!("{base}/j/{code}")]);
    desk.goes(&format!("{base}/j/{code}")).await;
    desk.has_no_faults("what the poster leads to").await;
    desk.close().await;
}

/// A screenshot in gray.
fn gray(picture: &[u8]) -> (Vec<u8>, usize, usize) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let samples = info.color_type.samples();
    let gray = pixels[..info.buffer_size()]
        .chunks(samples)
        .map(|pixel| pixel[0])
        .collect();
    (gray, info.width as usize, info.height as usize)
}
