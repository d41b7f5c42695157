// The page's version: the program's, and a fingerprint of everything that the page is made of.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export function version(www: string): string {
  const cargo = readFileSync(join(www, "../Cargo.toml"), "utf8");
  const program = /^\[package\][^[]*?^version = "([^"]+)"/m.exec(cargo)?.[1] ?? "0";
  const hash = createHash("sha256");
  for (const part of ["index.html", "package-lock.json", "build", "public", "src"]) {
    const path = join(www, part);
    const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name)).filter((file) => statSync(file).isFile()) : [path];
    for (const file of files.sort()) hash.update(file.slice(www.length)).update("\0").update(readFileSync(file));
  }
  return `${program}+${hash.digest("hex").slice(0, 8)}`;
}
