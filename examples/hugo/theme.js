// What the theme does when its switch is pressed.
document.getElementById("theme-toggle").addEventListener("click", () => document.body.classList.toggle("dark"));
