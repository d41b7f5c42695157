// What Material does when a palette is chosen.
for (const input of document.querySelectorAll("[data-md-component=palette] input")) {
  input.addEventListener("change", () => document.body.setAttribute("data-md-color-scheme", input.getAttribute("data-md-color-scheme")));
}
