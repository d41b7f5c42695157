// What Docusaurus does when its switch is pressed.
document.querySelector(".colorModeToggle_DEke button").addEventListener("click", () => {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
});
