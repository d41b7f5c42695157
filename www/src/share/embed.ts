// "For a docs page": the run at this step as an element of HTML, with the diagram as its still picture. Until a reader presses the
// button, such a page loads the picture and a script of a few kilobytes, and no engine.

/** `<kube-step>` for a run (a link's fragment) whose picture lies beside the page under `file`. */
export function embedCode(fragment: string, file: string, svg: string): string {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  // In this document the picture would be fetched at once.
  const page = document.implementation.createHTMLDocument();
  const element = page.createElement("kube-step");
  element.setAttribute("src", fragment);
  element.setAttribute("view", "loop");
  const picture = page.createElement("img");
  for (const [name, value] of [["slot", "still"], ["src", file], ["width", drawing.getAttribute("width")], ["height", drawing.getAttribute("height")], ["alt", drawing.getAttribute("aria-label")]] as const)
    picture.setAttribute(name, value ?? "");
  element.append("\n  ", picture, "\n");
  return `${element.outerHTML}\n`;
}
