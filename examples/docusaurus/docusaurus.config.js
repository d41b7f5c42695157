// The folder pkg/dist is copied to static/kubestep.
export default {
  title: "Jobs",
  url: "https://docs.example.com",
  baseUrl: "/",
  presets: [["classic", { docs: { routeBasePath: "/" }, blog: false }]],
  scripts: [{ src: "/kubestep/kubestep.js", type: "module" }],
  stylesheets: ["/kubestep/kubestep.css"],
};
