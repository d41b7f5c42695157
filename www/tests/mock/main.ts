// The page over the recorded run: `npx vite`, then /tests/mock/.
import "../../src/page.css";
import { Session } from "../../src/app/session";
import { EXAMPLES } from "../../src/examples";
import { KsApp } from "../../src/panels/ks-app";
import { applySettings } from "../../src/ui/page";
import { mock } from "./engine";

applySettings();
const session = new Session(mock);
session.start(location.hash, EXAMPLES[0].files());
const app = new KsApp();
app.session = session;
document.body.replaceChildren(app);
