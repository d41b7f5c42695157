// A site of somebody else's: serves the examples and the element's folder as files, with the policy that the element promises to
// live under, and counts what is asked for. A second one, at another port, is another origin.
import { createServer, type Server } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import type { AddressInfo } from "node:net";

const ROOT = join(import.meta.dirname, "../..");
const SERVED = ["examples", "pkg/dist"];
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".wasm": "application/wasm",
  ".yaml": "text/plain; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml",
};

export interface Site {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  /** Bytes that went out for each of them. */
  readonly sent: Map<string, number>;
  close(): Promise<void>;
}

/** Whether there is an element to test. */
export const built = existsSync(join(ROOT, "pkg/dist/kubestep.js"));

/** `policy`: the sources of scripts beside the usual ones; `pages`: pages that exist only in a test. */
export async function site(options: { scripts?: string; pages?: Record<string, string> } = {}): Promise<Site> {
  const asked: string[] = [];
  const sent = new Map<string, number>();
  const policy = `script-src 'self' 'wasm-unsafe-eval'${options.scripts ? ` ${options.scripts}` : ""}; object-src 'none'; base-uri 'none'`;
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    asked.push(path);
    const file = normalize(join(ROOT, path.endsWith("/") ? `${path}index.html` : path));
    const page = options.pages?.[path];
    const allowed = SERVED.some((folder) => file.startsWith(join(ROOT, folder) + "/")) && existsSync(file) && statSync(file).isFile();
    if (page === undefined && !allowed) {
      response.writeHead(404).end();
      return;
    }
    let body = page !== undefined ? Buffer.from(page) : readFileSync(file);
    const headers: Record<string, string> = {
      "Content-Type": TYPES[extname(path)] ?? (page !== undefined || path.endsWith("/") ? TYPES[".html"]! : "application/octet-stream"),
      "Content-Security-Policy": policy,
      // The element's folder may lie on another origin.
      "Access-Control-Allow-Origin": "*",
    };
    if (page === undefined && existsSync(`${file}.br`) && /\bbr\b/.test(String(request.headers["accept-encoding"]))) {
      body = readFileSync(`${file}.br`);
      headers["Content-Encoding"] = "br";
    }
    sent.set(path, body.length);
    response.writeHead(200, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    sent,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
