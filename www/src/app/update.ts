// The service worker: it makes the page work without a network, and a new version of it waits until the person agrees. The
// run is kept over the reload.
import { keep } from "./kept";
import type { Session } from "./session";

export async function watch(session: Session): Promise<void> {
  const { serviceWorker } = navigator;
  // Embedded frames and private windows may have none; the page then works as long as there is a network.
  if (!serviceWorker) return;
  const registration = await serviceWorker.register(new URL("./sw.js", document.baseURI), { updateViaCache: "none" }).catch(() => undefined);
  if (!registration) return;

  const offer = (waiting: ServiceWorker) => {
    // The first version of all has nothing to replace.
    if (!serviceWorker.controller) return;
    session.update = () => {
      const run = session.ask((engine) => engine.exportRun());
      if (run !== undefined && !keep(run)) {
        session.say({ id: "notice-update-kept", severity: "error", offerRun: true, lasts: true });
        return;
      }
      serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      waiting.postMessage("take over");
    };
    // The help says it too, so nothing that matters more has to make room.
    if (session.notice?.severity !== "error") session.say({ id: "notice-update", severity: "info", act: { id: "update", run: session.update }, lasts: true });
  };

  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => installing.state === "installed" && offer(installing));
  });
  // A page that stays open for days looks again when somebody comes back to it.
  document.addEventListener("visibilitychange", () => !document.hidden && void registration.update().catch(() => undefined));
}
