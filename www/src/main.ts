// Starts the page: the first example beside a fresh cluster, or the run that the link holds.
import "./page.css";
import { noEngine } from "./app/failure";
import { carried, takeKept } from "./app/kept";
import { Session } from "./app/session";
import { t } from "./app/words";
import { loadEngine } from "./engine";
import { EXAMPLES } from "./examples";
import { KsApp } from "./panels/ks-app";
import { applySettings } from "./ui/page";

applySettings();
try {
  const kept = takeKept();
  const waiting = kept ?? carried();
  // A run is made anew from its log, whatever that has in it.
  const module = await loadEngine(waiting !== undefined || location.hash !== "");
  const session = new Session(module);
  session.start(location.hash, EXAMPLES[0].files(), waiting);
  if (kept) session.notice ??= { id: "notice-updated", values: { version: __VERSION__ }, severity: "info" };
  const app = new KsApp();
  app.session = session;
  document.body.replaceChildren(app);
  if (import.meta.env.PROD && location.protocol.startsWith("http")) void import("./app/update").then(({ watch }) => watch(session));
} catch (error) {
  console.error(error);
  const sorry = document.createElement("p");
  sorry.className = "sorry";
  sorry.textContent = t(noEngine(error));
  document.body.replaceChildren(sorry);
}
