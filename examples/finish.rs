//! Trunk's `post_build` hook. From a release build it makes the two forms that ship:
//! `index.html`, one wasm file and `sw.js` to host in any folder; `weir.html`, one file to open from disk.

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var("TRUNK_PROFILE").as_deref() != Ok("release") {
        return Ok(()); // `trunk serve`: Trunk's own page, without policy, with reload
    }
    finish::finish(std::env::var("TRUNK_STAGING_DIR")?.as_ref())
}

#[cfg(not(target_arch = "wasm32"))]
mod finish {
    use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
    use flate2::{Compression, write::GzEncoder};
    use sha2::{Digest, Sha256};
    use std::{collections::BTreeMap, fs, io::Write, path::Path};

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    pub fn finish(dir: &Path) -> Result<()> {
        if dir.join("snippets").exists() {
            return Err("a dependency brings JavaScript snippets; they cannot be inlined".into());
        }
        let mut page = fs::read_to_string(dir.join("index.html"))?;
        while let Ok(link) = element(&page, "<link rel=\"stylesheet\"") {
            let css = take(dir, attribute(link, "href")?)?;
            page = replace(&page, link, &format!("<style>{css}</style>"))?;
        }
        let script = element(&page, "<script id=\"glue\"")?;
        let glue = take(dir, attribute(script, "src")?)?;
        let wasm = attribute(script, "data-wasm")?;
        let code = without_custom_sections(&fs::read(dir.join(wasm))?);
        fs::write(dir.join(wasm), &code)?; // Trunk has no switch for this; the names are a third of the file
        let inlined = format!("<script id=\"glue\" data-wasm=\"{wasm}\">{glue}");
        let page = replace(&page, script, &inlined)?;

        let icon = BASE64.encode(fs::read(dir.join("icon.svg"))?);
        let single = replace(&page, "\"icon.svg\"", &format!("\"data:image/svg+xml;base64,{icon}\""))?;
        let single = replace(&single, element(&single, "<link rel=\"manifest\"")?, "")?;
        let data = format!("<script type=\"text/plain\" id=\"wasm\">{}</script>{inlined}", packed(&code)?);
        let single = replace(&single, &inlined, &data)?;
        let rest = "img-src data: blob:; connect-src 'none'; worker-src blob:";
        fs::write(dir.join("weir.html"), with_policy(&single, rest)?)?;

        let script = concat!("<script>", include_str!("../src/web/hosted.js"), "</script>");
        let hosted = replace(&page, "<title>", &format!("{script}<title>"))?;
        let rest = "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'";
        fs::write(dir.join("index.html"), with_policy(&hosted, rest)?)?;
        service_worker(dir) // last: it lists what is in the folder
    }

    /// Only the scripts and styles that are in the page now may run, by their hashes.
    fn with_policy(page: &str, rest: &str) -> Result<String> {
        let (first, scripts, styles) = ("<meta charset=\"utf-8\">", hashes(page, "script"), hashes(page, "style"));
        let policy = format!(
            "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; style-src {styles}; {rest}; \
             base-uri 'none'; form-action 'none'; object-src 'none'; frame-src 'none'"
        );
        let meta = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
        replace(page, first, &format!("{first}{meta}"))
    }

    fn hashes(page: &str, name: &str) -> String {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        let texts = page.split(&open).skip(1).filter_map(|rest| {
            let (attributes, text) = rest.split_once(&close)?.0.split_once('>')?;
            (!attributes.contains("text/plain")).then_some(text)
        });
        Vec::from_iter(texts.map(|text| format!("'{}'", integrity(text.as_bytes())))).join(" ")
    }

    fn service_worker(dir: &Path) -> Result<()> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let hash = integrity(&fs::read(entry.path())?);
            match entry.file_name().to_str().ok_or("file name")? {
                "weir.html" => None,
                "index.html" => files.insert("./".to_owned(), hash), // some hosts redirect the name
                name => files.insert(name.to_owned(), hash),
            };
        }
        let files = serde_json::to_string_pretty(&files)?;
        let version = format!("weir-{}", integrity(files.as_bytes()));
        let script = include_str!("../src/web/sw.js").replace("{version}", &version);
        Ok(fs::write(dir.join("sw.js"), script.replace("{files}", &files))?)
    }

    /// Reads a file that moves into the page, and removes it. Its text must not end its element.
    fn take(dir: &Path, name: &str) -> Result<String> {
        let text = fs::read_to_string(dir.join(name))?;
        let lower = text.to_ascii_lowercase();
        if let Some(bad) = ["</script", "</style", "<script", "<!--"].iter().find(|bad| lower.contains(**bad)) {
            return Err(format!("{name} contains {bad}").into());
        }
        fs::remove_file(dir.join(name))?;
        Ok(text)
    }

    fn without_custom_sections(wasm: &[u8]) -> Vec<u8> {
        let (mut out, mut at) = (wasm[..8].to_vec(), 8);
        while at < wasm.len() {
            let (mut size, mut body) = (0, at + 1); // the size is a LEB128 number
            loop {
                size |= usize::from(wasm[body] & 0x7f) << (7 * (body - at - 1));
                body += 1;
                if wasm[body - 1] & 0x80 == 0 {
                    break;
                }
            }
            if wasm[at] != 0 {
                out.extend_from_slice(&wasm[at..body + size]);
            }
            at = body + size;
        }
        out
    }

    fn packed(bytes: &[u8]) -> Result<String> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::best());
        gz.write_all(bytes)?;
        Ok(BASE64.encode(gz.finish()?))
    }

    fn element<'a>(page: &'a str, start: &str) -> Result<&'a str> {
        let rest = &page[page.find(start).ok_or_else(|| format!("no {start}"))?..];
        Ok(&rest[..=rest.find('>').ok_or("an element without end")?])
    }

    fn attribute<'a>(element: &'a str, name: &str) -> Result<&'a str> {
        let value = element.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        Ok(value.ok_or_else(|| format!("no {name} in {element}"))?)
    }

    fn replace(text: &str, old: &str, new: &str) -> Result<String> {
        match text.matches(old).count() {
            1 => Ok(text.replacen(old, new, 1)),
            n => Err(format!("{n} times {old}").into()),
        }
    }

    fn integrity(bytes: &[u8]) -> String {
        format!("sha256-{}", BASE64.encode(Sha256::digest(bytes)))
    }
}
