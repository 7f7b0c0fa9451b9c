//! Documents in a line or two, and what they ask for.

use super::*;
use crate::page_load::PageLoad;
use crate::recording::testing::Made;

const PAGE: &str = "https://shop.example/a/";

/// What blocks, in short: `B` Blocking, `P` in-body parser-blocking, `?` potentially, `-` not, `*` depends.
#[track_caller]
fn check(html: &str, expected: &str) {
    let short = |reference: &Reference| match reference.how {
        Some(RenderBlocking::Blocking) => 'B',
        Some(RenderBlocking::InBodyParserBlocking) => 'P',
        Some(RenderBlocking::PotentiallyBlocking) => '?',
        Some(RenderBlocking::NonBlocking) => '-',
        None => '*',
    };
    let found: String = read(html, PAGE).references.iter().map(short).collect();
    assert_eq!(found, expected, "{html}");
}

#[test]
fn style_sheets() {
    check("<link rel=stylesheet href=a.css>", "B");
    check("<LINK REL='StyleSheet' HREF=a.css media=ALL>", "B");
    check("<link rel=stylesheet href=a.css media=print><link rel=stylesheet href=b.css media='screen'>", "-B");
    check(
        "<link rel=stylesheet href=a media='(min-width: 1px)'><link rel=stylesheet href=b media='print, screen'>",
        "*B",
    );
    check("<link rel=stylesheet href=a media='not print'><link rel=stylesheet href=b media='only x'>", "B-");
    check("<link rel=stylesheet disabled href=a.css><link rel=stylesheet href=''><link rel=stylesheet>", "");
    check("<link rel='alternate stylesheet' href=a.css>", "-");
    check("<link rel=stylesheet type=text/less href=a.less><link rel=stylesheet type='text/css' href=a.css>", "B");
    check("<link rel=preload as=style href=a.css onload=\"this.rel='stylesheet'\">", "");
    check("<noscript><link rel=stylesheet href=a.css></noscript>", "");
    check("<!-- <link rel=stylesheet href=a.css> --><template><link rel=stylesheet href=a.css></template>", "");
    check("<body><link rel=stylesheet href=a.css><p>text<link rel=stylesheet href=b.css>", "P-");
}

#[test]
fn scripts() {
    check("<script src=a></script><script src=a async></script><script src=a defer></script>", "B?-");
    check("<script src=a type=module></script><script src=a type=module async></script>", "-?");
    check("<script src=a type='text/javascript'></script><script src=a type='text/template'></script>", "B");
    check("<script src=a nomodule></script><script>x</script><script src></script>", "");
    check("<script src=a defer blocking=render></script>", "B");
    check(
        "<head></head>\n<script src=a></script><body><script src=b></script><h1>x</h1><script src=c></script>",
        "BP-",
    );
    check("<script src=a></script> text <script src=b></script>", "B-");
    check("<script>'<script src=a>'</script><script src=b></script>", "B");
    check("<title><script src=a></title><div><img><script src=b></script>", "-");
}

#[test]
fn addresses_are_absolute() {
    let html = "<script src='../x.js?a=1&amp;b'></script><base href=/b/><base href=/c/><link rel=stylesheet href=x.css>
        <link rel='preconnect dns-prefetch' href=//cdn.example crossorigin><link rel=preload href=f.woff2 as=Font media=x>
        <style>@import 'i.css'; @font-face{font-family:F;src:url(f.woff2)}</style><style media=print>@import 'no';</style>
        <script>1</script><script type=application/json>{}</script>";
    let markup = read(html, PAGE);
    let urls: Vec<_> = markup.references.iter().map(|reference| reference.url.as_str()).collect();
    assert_eq!(urls, ["https://shop.example/x.js?a=1&b", "https://shop.example/b/x.css"]);
    let hint = |kind, url: &str| Hint {
        kind,
        url: url.to_owned(),
        destination: String::new(),
        cross_origin: false,
        has_media: false,
        from_header: false,
        has_handler: false,
    };
    let preconnect = Hint { cross_origin: true, ..hint(HintKind::Preconnect, "https://cdn.example") };
    let font = "https://shop.example/b/f.woff2";
    let preload = Hint { destination: "font".to_owned(), has_media: true, ..hint(HintKind::Preload, font) };
    assert_eq!(markup.hints, [preconnect, preload]);
    assert_eq!(markup.imports, ["https://shop.example/b/i.css"]);
    assert_eq!(markup.fonts.first().map(|font| font.sources.clone()), Some(vec![font.to_owned()]));
    assert_eq!((markup.inline_scripts, markup.inline_styles.0), ((1, 1), 1));
}

#[test]
fn images() {
    let html = "<img src=a.png width=10 height='20px'><img src=b.png width=1 height=2 loading=LAZY fetchpriority=High>
        <img style='aspect-ratio: 1/2' srcset='c.png 1x, d,e.png 2x'><img style='max-width: 1px; height: 2px' src=f.png>
        <picture><source srcset='g.avif, h.avif 2x'><img src=i.jpg></picture><img srcset='data:x 1x, j.png'>";
    let images = read(html, "https://shop.example/").images;
    let sized: Vec<_> = images.iter().map(DocumentImage::is_sized).collect();
    assert_eq!(sized, [false, true, true, false, false, false]);
    let names: Vec<_> = images
        .iter()
        .map(|image| image.addresses().map(|a| a.replace("https://shop.example/", "")).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(names, ["a.png", "b.png", "c.png d,e.png", "f.png", "i.jpg g.avif h.avif", "j.png"]);
    assert_eq!((images[1].is_lazy, images[1].fetch_priority.as_str(), images[0].is_lazy), (true, "high", false));
}

#[test]
fn link_header() {
    let made = Made::page(PAGE).document(|r| {
        r.body("<link rel=preload as=image href=x.png>").response(
            "link",
            "</a.css>; rel=preload; as=style; nopush, <https://cdn.example>; rel=\"preconnect\"; crossorigin, </x>; rel=next",
        )
    });
    let recording = made.recording();
    let loads = PageLoad::all(&recording);
    let markup = loads[0].markup.as_ref().expect("HTML");
    let hints: Vec<_> = markup.hints.iter().map(|h| (h.kind, h.url.as_str(), h.from_header)).collect();
    let expected = [
        (HintKind::Preload, "https://shop.example/a.css", true),
        (HintKind::Preconnect, "https://cdn.example", true),
        (HintKind::Preload, "https://shop.example/a/x.png", false),
    ];
    assert_eq!(hints, expected);
    assert!(!markup.is_cut);
}

#[test]
fn texts_in_place_of_the_document_count_as_cut() {
    for (n_bytes, expected) in [(13, false), (20, false), (5000, true)] {
        let made = Made::page(PAGE).document(|r| r.body("<p>Hello</p>!").bytes(n_bytes, n_bytes, n_bytes));
        let recording = made.recording();
        let loads = PageLoad::all(&recording);
        assert_eq!(loads[0].markup.as_ref().map(|markup| markup.is_cut), Some(expected), "{n_bytes}");
    }
}
