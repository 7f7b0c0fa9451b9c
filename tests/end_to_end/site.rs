//! A server of one folder, for the hosted build: under a sub-folder, nothing cached, every request written down.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// The folder of the host in which the build lies: Weir must not need the root.
const FOLDER: &str = "/some/folder/";

/// Serves until it is dropped.
pub struct Site {
    address: SocketAddr,
    hits: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// Starts serving a folder.
    pub fn start(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (hits, stopped) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let thread = std::thread::spawn({
            let (hits, stopped) = (hits.clone(), stopped.clone());
            move || {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        break;
                    }
                    // A browser that went away is not our concern.
                    let _ = stream.and_then(|stream| answer(stream, &folder, &hits));
                }
            }
        });
        Self { address, hits, stopped, thread: Some(thread) }
    }

    /// Address of a file of the build.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{FOLDER}{path}", self.address)
    }

    /// Paths asked for since the last call.
    pub fn take_hits(&self) -> Vec<String> {
        std::mem::take(&mut self.hits.lock().expect("hits"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes `incoming`
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, folder: &Path, hits: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
    hits.lock().expect("hits").push(path.clone());
    let name = path.split(['?', '#']).next().and_then(|path| path.strip_prefix(FOLDER));
    let name = name.map(|name| if name.is_empty() { "index.html" } else { name });
    let body = name.filter(|name| !name.contains("..")).and_then(|name| std::fs::read(folder.join(name)).ok());
    let (status, body) = body.map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
    let kind = match name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
