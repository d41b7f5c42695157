// What the panels say, in Chinese.
import page from "./zh-CN.ftl?raw";
import panels from "./panels.zh-CN.ftl?raw";

export default [page, panels];
