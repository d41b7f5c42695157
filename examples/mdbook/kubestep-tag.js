// mdBook's additional scripts are classic ones: this one adds the module. `path_to_root` is mdBook's.
const tag = document.createElement("script");
tag.type = "module";
tag.src = `${typeof path_to_root === "string" ? path_to_root : ""}kubestep/kubestep.js`;
document.head.append(tag);
