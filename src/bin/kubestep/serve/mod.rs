//! `kubestep serve`: the cluster behind HTTP on loopback, for clients that nobody here wrote.
//!
//! - `live`: the world on the wall clock.
//! - `connection`: one request, through `kubestep::http` and back.
//! - `identity`: whose a request is.
//! - `exec`: what a process writes and reads; `channels`: the WebSocket that a connection becomes for that.
//! - `openapi`, `gnostic`, `published`: the documents of the API's schema, and what custom kinds add to them.
//! - `protobuf`: bodies in that form.
//! - `gzip`: long answers, compressed. `tls`: a certificate of one's own.

mod channels;
mod connection;
mod exec;
mod gnostic;
mod gzip;
mod identity;
mod live;
mod openapi;
mod protobuf;
mod published;
mod tls;

use connection::Server;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use identity::Identity;
use kubestep::api::token::Key;
use kubestep::api::{RuntimeConfig, base64};
use kubestep::cluster::Config;
use kubestep::json;
use kubestep::json::Str;
use kubestep::kubectl::{Discovery, Env, Files, Session, Stream, Wait};
use kubestep::playground::ask_raw;
pub use live::wall;
use live::{Live, Pace};
use std::fs;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What `kubestep serve` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The port; 0: a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen at. One beyond loopback needs --allow-remote.
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// Listen beyond loopback too; clients then have to show a token, which the kubeconfig holds.
    #[arg(long)]
    allow_remote: bool,
    /// Speak HTTPS, with a certificate that the kubeconfig holds. Beyond loopback it always does: kubectl shows no token without.
    #[arg(long)]
    tls: bool,
    /// The administrator's token; by default there is one only beyond loopback and beside other users, and it is made up.
    #[arg(long)]
    token: Option<String>,
    /// Users with tokens of their own: a file with a line `token,user,uid,"group1,group2"` for each. It wants TLS, and who shows
    /// nothing is system:anonymous.
    #[arg(long, value_name = "FILE")]
    token_auth_file: Option<PathBuf>,
    /// Jump over waiting: the cluster's clock runs ahead while something is going to happen by itself.
    #[arg(long)]
    fast_forward: bool,
    /// How many of the cluster's seconds pass in one of the wall clock's.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// The seed: uids, generated names and what else is left to chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// APIs that are switched off, as kube-apiserver's flag says it: batch/v1=false.
    #[arg(long, default_value = "", value_parser = RuntimeConfig::parse)]
    runtime_config: RuntimeConfig,
    /// Manifests to apply first.
    #[arg(short = 'f', long = "filename", value_name = "FILE")]
    manifests: Vec<PathBuf>,
    /// Where to write the kubeconfig; by default a file among the temporary ones.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Print a line for each request.
    #[arg(short, long)]
    verbose: bool,
}

/// Serves until it is interrupted. 0: it was; 2: it could not start.
pub fn run(arguments: &Arguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = runtime
        .map_err(|e| e.to_string())
        .and_then(|runtime| tokio::task::LocalSet::new().block_on(&runtime, start(arguments)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("kubestep serve: {message}");
            ExitCode::from(2)
        }
    }
}

async fn start(arguments: &Arguments) -> Result<(), String> {
    if !arguments.address.is_loopback() && !arguments.allow_remote {
        let address = arguments.address;
        return Err(format!(
            "{address} can be reached from other machines: say --allow-remote if that is meant"
        ));
    }
    if !(arguments.speed > 0.0 && arguments.speed <= 1e6) {
        return Err("--speed is a number above 0, at most a million".into());
    }
    let token = match &arguments.token {
        Some(token) if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) => {
            return Err("--token may have neither blanks nor special characters, and not be empty".into());
        }
        Some(token) => Some(token.clone()),
        None if arguments.address.is_loopback() && arguments.token_auth_file.is_none() => None,
        None => Some(random_token()?),
    };
    let config = Config {
        start: live::wall(),
        // Who could make the tokens of service accounts could be any of them.
        key: Key(random_token()
            .or_else(|why| if arguments.address.is_loopback() { Ok(String::new()) } else { Err(why) })?
            .into()),
        users: Arc::new(arguments.token_auth_file.as_deref().map_or(Ok(Vec::new()), identity::users)?),
        runtime: arguments.runtime_config.clone(),
        ..Config::new(arguments.seed, arguments.nodes)
    };
    let pace = Pace { speed: arguments.speed, fast_forward: arguments.fast_forward };
    let live = Live::new(&config, pace);
    for path in &arguments.manifests {
        apply(&live, path)?;
    }
    let listener = TcpListener::bind(SocketAddr::new(arguments.address, arguments.port)).await;
    let listener = listener.map_err(|e| format!("{}:{}: {e}", arguments.address, arguments.port))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let path = arguments
        .kubeconfig
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("kubestep-{}.kubeconfig", address.port())));
    let tls = match arguments.tls || !arguments.address.is_loopback() || arguments.token_auth_file.is_some() {
        true => Some(tls::tls(arguments.address)?),
        false => None,
    };
    let pem = tls.as_ref().map(|tls| tls.pem.as_str());
    write_private(&path, &kubeconfig(address, token.as_deref(), pem))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    println!("Serving a cluster of {} nodes at {scheme}://{address}", arguments.nodes);
    println!("export KUBECONFIG={}", path.display());
    let openapi = openapi::Documents::new();
    let protobuf = protobuf::Numbers::new();
    let identity = Identity { wanted: token.is_some(), admin: token };
    let server = Rc::new(Server { live, identity, openapi, protobuf, verbose: arguments.verbose });
    let serve = accept(server.clone(), listener, tls.map(|tls| tls.acceptor));
    tokio::select! {
        () = server.live.drive() => {}
        () = serve => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

async fn accept(server: Rc<Server>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // Too many connections, say: others will end.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let (server, tls) = (server.clone(), tls.clone());
        tokio::task::spawn_local(async move {
            match tls {
                None => converse(server, socket).await,
                // Who does not speak TLS has no business here.
                Some(tls) => {
                    if let Ok(socket) = tls.accept(socket).await {
                        converse(server, socket).await;
                    }
                }
            }
        });
    }
}

/// Answers the requests of a connection.
async fn converse(server: Rc<Server>, socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(move |request| connection::serve(server.clone(), request));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    // A connection that breaks is its client's affair.
    let _ = http.serve_connection(TokioIo::new(socket), service).with_upgrades().await;
}

/// A folder without files, for a command that reads its standard input.
struct Nothing;

impl Files for Nothing {
    fn text(&self, _: &str) -> Option<Str> {
        None
    }

    fn folder(&self, _: &str) -> Option<Vec<(Str, Str)>> {
        None
    }
}

fn apply(live: &Live, path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let words = ["apply", "-f", "-"].map(str::to_owned);
    let mut discovery = Discovery::default();
    let mut session = live.user(|api| {
        let discovery = &mut discovery;
        Session::start(&words, &text, &mut Env { api, files: &Nothing, discovery, raw: ask_raw })
    });
    let printed: String = session
        .take_output()
        .into_iter()
        .map(|(stream, text)| {
            if stream == Stream::Stderr {
                eprint!("{text}")
            } else {
                print!("{text}")
            }
            text
        })
        .collect();
    match session.wait() {
        Wait::Done(0) => Ok(()),
        _ => Err(format!("{} was not applied: {}", path.display(), printed.trim())),
    }
}

fn random_token() -> Result<String, String> {
    let mut bytes = [0; 16];
    let source = fs::File::open("/dev/urandom");
    source
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|_| "this system gives no random bytes: say --token TOKEN")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What clients read to find the server.
fn kubeconfig(address: SocketAddr, token: Option<&str>, certificate: Option<&str>) -> String {
    let host = if address.ip().is_unspecified() {
        SocketAddr::new([127, 0, 0, 1].into(), address.port())
    } else {
        address
    };
    let mut user = json::Json::object();
    if let Some(token) = token {
        user.set("token", token);
    }
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let mut cluster = json!({ "server": format!("{scheme}://{host}") });
    if let Some(pem) = certificate {
        cluster.set("certificate-authority-data", base64::encode(pem.as_bytes()));
    }
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "kubestep",
        "clusters": [{ "name": "kubestep", "cluster": cluster }],
        "users": [{ "name": "kubestep", "user": user }],
        "contexts": [{ "name": "kubestep", "context": { "cluster": "kubestep", "user": "kubestep", "namespace": "default" } }],
    });
    json::yaml::to_yaml(&config)
}

/// A file that nobody else can read: it may hold a token.
fn write_private(path: &Path, text: &str) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(told)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(told)
}
