// A `fetch` whose server is the cluster in the page: what an ordinary Kubernetes client for JavaScript is given in the place of
// the browser's. Watches are bodies that grow as steps are taken.
import type { Session } from "../app/session";

const encoder = new TextEncoder();

export function fetchFrom(session: Session): (input: RequestInfo | URL, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    // Paths alone have no host; which one it is does not matter here.
    const request = new Request(typeof input === "string" && input.startsWith("/") ? `http://kubestep.invalid${input}` : input, init);
    request.signal.throwIfAborted();
    if (session.readonly && request.method !== "GET" && request.method !== "HEAD") {
      const message = "this element is read-only";
      return Response.json({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason: "Forbidden", code: 403 }, { status: 403 });
    }
    const { pathname, search } = new URL(request.url);
    const headers: string[] = [];
    for (const name of ["accept", "content-type"]) {
      const value = request.headers.get(name);
      // A body without a type is sent as text by browsers; clients that leave it out mean JSON.
      if (value !== null && !value.startsWith("text/plain")) headers.push(name, value);
    }
    // Browsers do not let a Request carry it, but a client may have said it.
    const agent = new Headers(init?.headers).get("user-agent") ?? request.headers.get("user-agent");
    if (agent) headers.push("user-agent", agent);
    const answer = session.request(request.method, pathname + search, headers, await request.text());
    const { watch } = answer;
    const body = watch === undefined ? (request.method === "HEAD" ? null : answer.body) : stream(session, watch, request.signal);
    return new Response(body, { status: answer.code, headers: answer.headers });
  };
}

/** The watch's lines: those that are there at once, and more whenever the world has changed. */
function stream(session: Session, watch: number, signal: AbortSignal): ReadableStream<Uint8Array> {
  let stop = (): void => {};
  return new ReadableStream({
    start(controller) {
      const read = (): void => {
        const events = session.ask((engine) => engine.watched(watch));
        if (events?.lines) controller.enqueue(encoder.encode(events.lines));
        if (!events || events.over) {
          stop();
          controller.close();
        }
      };
      const abort = (): void => {
        stop();
        session.ask((engine) => engine.unwatch(watch));
        controller.error(signal.reason);
      };
      stop = () => {
        session.removeEventListener("world", read);
        signal.removeEventListener("abort", abort);
      };
      session.addEventListener("world", read);
      signal.addEventListener("abort", abort);
      read();
    },
    cancel() {
      stop();
      session.ask((engine) => engine.unwatch(watch));
    },
  });
}
