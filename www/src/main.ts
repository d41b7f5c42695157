// Starts the page: loads the engine's module and shows that it answers.
import init, { version } from "./wasm/kubestep.js";

await init();
document.body.textContent = `Kubestep ${version()}`;
