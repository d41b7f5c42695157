//! The servers of the catalogue. Their lines are the first and last ones that the real programs print; what comes
//! between is left out.

use crate::shell::Stream::{Stderr, Stdout};
use crate::shell::{Listener, Server};

const fn http(port: u16) -> Listener {
    Listener { port, http: true }
}

const fn tcp(port: u16) -> Listener {
    Listener { port, http: false }
}

/// nginx.
pub static NGINX: Server = Server {
    name: "nginx",
    listeners: &[http(80)],
    startup_ms: 50,
    banner: &[
        (
            Stdout,
            "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
        ),
        (Stdout, "/docker-entrypoint.sh: Configuration complete; ready for start up"),
    ],
    ready: &[
        (Stderr, "{slash} [notice] {pid}#{pid}: using the \"epoll\" event method"),
        (Stderr, "{slash} [notice] {pid}#{pid}: start worker processes"),
    ],
    farewell: &[(Stderr, "{slash} [notice] {pid}#{pid}: exit")],
    stop_ms: 100,
    ..Server::PLAIN
};

/// Apache httpd.
pub static HTTPD: Server = Server {
    name: "httpd",
    listeners: &[http(80)],
    startup_ms: 50,
    ready: &[(
        Stderr,
        "[{apache}] [core:notice] [pid {pid}:tid {pid}] AH00094: Command line: 'httpd -D FOREGROUND'",
    )],
    farewell: &[(
        Stderr,
        "[{apache}] [mpm_event:notice] [pid {pid}:tid {pid}] AH00491: caught SIGTERM, shutting down",
    )],
    stop_ms: 100,
    ..Server::PLAIN
};

/// Redis.
pub static REDIS: Server = Server {
    name: "redis",
    listeners: &[tcp(6379)],
    startup_ms: 20,
    banner: &[(Stdout, "{pid}:C {redis} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")],
    ready: &[(Stdout, "{pid}:M {redis} * Ready to accept connections tcp")],
    farewell: &[
        (Stdout, "{pid}:signal-handler Received SIGTERM scheduling shutdown..."),
        (Stdout, "{pid}:M {redis} # Redis is now ready to exit, bye bye..."),
    ],
    stop_ms: 10,
    ..Server::PLAIN
};

/// memcached.
pub static MEMCACHED: Server = Server { name: "memcached", listeners: &[tcp(11_211)], ..Server::PLAIN };

/// MySQL: wants to be told about its root password.
pub static MYSQL: Server = Server {
    name: "mysql",
    listeners: &[tcp(3306)],
    startup_ms: 8_000,
    requires: Some((
        &["MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"],
        "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify \
         one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - \
         MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD",
    )),
    ready: &[(Stderr, "{iso} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.")],
    farewell: &[(Stderr, "{iso} 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete")],
    stop_ms: 1_000,
    ..Server::PLAIN
};

/// PostgreSQL: wants a password.
pub static POSTGRES: Server = Server {
    name: "postgres",
    listeners: &[tcp(5432)],
    startup_ms: 3_000,
    requires: Some((
        &["POSTGRES_PASSWORD", "POSTGRES_HOST_AUTH_METHOD"],
        "Error: Database is uninitialized and superuser password is not specified.\n       You must specify \
         POSTGRES_PASSWORD to a non-empty value for the\n       superuser.",
    )),
    stop_ms: 200,
    ..Server::PLAIN
};

/// RabbitMQ.
pub static RABBITMQ: Server =
    Server { name: "rabbitmq", listeners: &[tcp(5672)], startup_ms: 5_000, stop_ms: 1_000, ..Server::PLAIN };

/// `hello-world`: prints and exits.
pub static HELLO: Server = Server {
    name: "hello",
    banner: &[(
        Stdout,
        "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n",
    )],
    exits: true,
    ..Server::PLAIN
};

/// Something that is only known to serve.
pub static SILENT: Server = Server::PLAIN;
