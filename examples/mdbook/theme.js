// What mdBook's own script does when a theme is chosen.
for (const button of document.querySelectorAll("#theme-list button")) {
  button.addEventListener("click", () => {
    const { classList } = document.documentElement;
    classList.remove("light", "rust", "coal", "navy", "ayu");
    classList.add(button.id);
  });
}
