// Shows one panel with the made-up world: `?panel=ks-loop&width=620&theme=dark&lang=zh-CN`.
import "../../src/panels/ks-inspector";
import "../../src/panels/ks-loop";
import type { Session } from "../../src/app/session";
import { setLanguage } from "../../src/app/words";
import { job, session } from "./world";

const asked = new URLSearchParams(location.search);
const lang = asked.get("lang") ?? "en";
setLanguage(lang === "zh-CN" ? "zh-CN" : "en");
document.documentElement.classList.toggle("dark", asked.get("theme") === "dark");
const panel = document.createElement(asked.get("panel") ?? "ks-loop");
Object.assign(panel, { session: session as unknown as Session });
panel.style.width = asked.get("width") ? `${asked.get("width")}px` : "auto";
panel.style.height = asked.get("height") ? `${asked.get("height")}px` : "auto";
document.body.append(panel);
if (asked.get("open")) session.select(job);
const tab = asked.get("tab");
if (tab) setTimeout(() => panel.shadowRoot?.querySelector<HTMLElement>(`#tab-${tab}`)?.click(), 100);
