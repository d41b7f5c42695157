// Light or dark, as the page around the element is: what it says of itself, else what it looks like, else what the reader's system asks for.

export type Theme = "light" | "dark";

/** Where site generators and frameworks write their theme. */
const WATCHED = ["class", "style", "data-theme", "data-md-color-scheme", "data-bs-theme", "data-color-mode", "data-jp-theme-light", "data-mode"];
const DARK = ["dark", "slate", "night", "coal", "navy", "ayu", "theme-dark", "dark-mode", "dark-theme"];
const LIGHT = ["light", "default", "day", "rust", "theme-light", "light-mode", "light-theme"];

export function themeAround(element: Element): Theme {
  for (let at: Element | null = element; at; at = parent(at)) {
    const said = saidBy(at);
    if (said) return said;
  }
  return looks(element) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function saidBy(element: Element): Theme | undefined {
  const light = element.getAttribute("data-jp-theme-light");
  if (light !== null) return light === "false" ? "dark" : "light";
  for (const name of ["data-theme", "data-md-color-scheme", "data-bs-theme", "data-color-mode", "data-mode"]) {
    const value = element.getAttribute(name)?.toLowerCase();
    if (value && DARK.includes(value)) return "dark";
    if (value && LIGHT.includes(value)) return "light";
  }
  // A class of an element in the midst of the page may mean anything ("light" type): only the root's and the body's count.
  if (element.localName !== "html" && element.localName !== "body") return undefined;
  if (DARK.some((name) => element.classList.contains(name))) return "dark";
  if (LIGHT.some((name) => element.classList.contains(name))) return "light";
  return undefined;
}

/** By the nearest background that is not see-through; by the colour scheme where there is none. */
function looks(element: Element): Theme | undefined {
  for (let at = parent(element); at; at = parent(at)) {
    const numbers = /^rgba?\(([^)]*)\)/.exec(getComputedStyle(at).backgroundColor)?.[1]?.split(/[\s,/]+/).map(Number);
    if (!numbers || (numbers[3] ?? 1) < 0.5) continue;
    const [r = 0, g = 0, b = 0] = numbers;
    return 0.2126 * r + 0.7152 * g + 0.0722 * b < 110 ? "dark" : "light";
  }
  const scheme = getComputedStyle(element.parentElement ?? document.documentElement).colorScheme;
  return scheme === "dark" ? "dark" : scheme === "light" ? "light" : undefined;
}

function parent(element: Element): Element | null {
  return element.parentElement ?? (element.getRootNode() instanceof ShadowRoot ? (element.getRootNode() as ShadowRoot).host : null);
}

/** Calls `changed` whenever the page may look different, until the returned function is called. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true, attributeFilter: WATCHED });
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", changed);
  };
}
