//! A file server for this machine only: loopback, GET and HEAD, files of one folder.

use crate::page;
use anyhow::{Context, Result};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What any server of the page should send: scripts of its own, WebAssembly, nothing evaluated from text.
const POLICY: &str = "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

/// A request line and headers beyond this are not from a browser that loads our page.
const MAX_HEAD: u64 = 64 * 1024;

/// Listens on 127.0.0.1 at `port`, 0 for any free one.
pub fn listen(port: u16) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port}; try another with --port N"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves the files below `folder` until the process ends, a thread a connection.
pub fn serve(listener: &TcpListener, folder: &Path) {
    let folder: Arc<Path> = folder.into();
    for stream in listener.incoming().flatten() {
        let folder = Arc::clone(&folder);
        // A browser that goes away half-way is no error of ours.
        std::thread::spawn(move || drop(answer(&stream, &folder)));
    }
}

fn answer(stream: &TcpStream, folder: &Path) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut lines = BufReader::new(stream.take(MAX_HEAD)).lines();
    let request = lines.next().context("empty request")??;
    let mut brotli = false;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        brotli |= name.eq_ignore_ascii_case("accept-encoding")
            && value.split(',').any(|coding| coding.split(';').next().unwrap_or("").trim() == "br");
    }
    let response = respond(&request, brotli, folder);
    let mut stream = stream;
    stream.write_all(response.head().as_bytes())?;
    if !request.starts_with("HEAD ") {
        stream.write_all(&response.body)?;
    }
    Ok(())
}

struct Response {
    status: &'static str,
    mime: &'static str,
    brotli: bool,
    body: Vec<u8>,
}

impl Response {
    fn text(status: &'static str) -> Response {
        Response {
            status,
            mime: "text/plain; charset=utf-8",
            brotli: false,
            body: status.as_bytes().to_vec(),
        }
    }

    fn head(&self) -> String {
        let encoding = if self.brotli { "Content-Encoding: br\r\n" } else { "" };
        format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{encoding}Vary: Accept-Encoding\r\n\
             Cache-Control: no-cache\r\nContent-Security-Policy: {POLICY}\r\nX-Content-Type-Options: nosniff\r\n\
             Connection: close\r\n\r\n",
            self.status,
            self.mime,
            self.body.len()
        )
    }
}

fn respond(request: &str, brotli: bool, folder: &Path) -> Response {
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    if !matches!(method, "GET" | "HEAD") {
        return Response::text("405 Method Not Allowed");
    }
    let Some(file) = file_for(target, folder) else {
        return Response::text("404 Not Found");
    };
    let mime = mime(&file);
    let compressed = if brotli { fs::read(page::brotli_of(&file)).ok() } else { None };
    match compressed {
        Some(body) => Response { status: "200 OK", mime, brotli: true, body },
        None => match fs::read(&file) {
            Ok(body) => Response { status: "200 OK", mime, brotli: false, body },
            Err(_) => Response::text("404 Not Found"),
        },
    }
}

/// The file a request's target names; `None` where it would leave the folder.
fn file_for(target: &str, folder: &Path) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let path =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let inside = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| folder.join(path))
}

fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "txt" | "ftl" | "md" | "yaml" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_a_file_in_the_folder_or_nothing() {
        let named = |target: &str| file_for(target, Path::new("dist")).map(|file| file.display().to_string());
        assert_eq!(named("/").as_deref(), Some("dist/index.html"));
        assert_eq!(named("/?lesson=1").as_deref(), Some("dist/index.html"));
        assert_eq!(named("/assets/a.js").as_deref(), Some("dist/assets/a.js"));
        assert_eq!(named("/../Cargo.toml"), None);
        assert_eq!(named("//etc/passwd"), None);
        assert_eq!(named("http://elsewhere/"), None);
    }

    #[test]
    fn only_reading_is_served() {
        assert_eq!(respond("POST / HTTP/1.1", false, Path::new("dist")).status, "405 Method Not Allowed");
        assert_eq!(respond("GET /no-such-file HTTP/1.1", true, Path::new("dist")).status, "404 Not Found");
    }
}
