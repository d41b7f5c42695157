// What the panels say, in English.
import page from "./en.ftl?raw";
import panels from "./panels.en.ftl?raw";

export default [page, panels];
