// The changed fields of an object, as lines that read without colour too.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../app/words";
import type { Change } from "../wasm/kubestep.js";

export function diffLines(changes: Change[]): TemplateResult {
  if (changes.length === 0) return html`<p class="muted">${t("diff-none")}</p>`;
  return html`<div class="diff" tabindex="0" role="group" aria-label=${t("diff")}>${changes.map(({ path, before, after }) => {
    const lines = (sign: string, text: string | undefined) =>
      text === undefined ? nothing : html`<div class=${sign === "+" ? "add" : "del"}>${text.trimEnd().split("\n").map((line) => `${sign} ${line}`).join("\n")}</div>`;
    // Without a path it is the object as a whole.
    if (path === "") return html`${lines("−", before)}${lines("+", after)}`;
    const short = (text: string | undefined) => text === undefined || (!text.trimEnd().includes("\n") && text.length < 60);
    if (short(before) && short(after)) {
      return html`<div><span class="path">${path}: </span>${before === undefined ? nothing : html`<span class="del">− ${before.trimEnd()}</span> `}${
        after === undefined ? nothing : html`<span class="add">+ ${after.trimEnd()}</span>`}</div>`;
    }
    return html`<div class="path">${path}:</div>${lines("−", before)}${lines("+", after)}`;
  })}</div>`;
}
