// A lesson's text on the page: each kind of node has its element, and there are no others.
import { html, type TemplateResult } from "lit";
import type { Block, Inline } from "./prose";

export function inline(pieces: Inline[]): unknown {
  return pieces.map((piece): unknown => {
    if (typeof piece === "string") return piece;
    switch (piece.tag) {
      case "strong":
        return html`<strong>${inline(piece.of)}</strong>`;
      case "em":
        return html`<em>${inline(piece.of)}</em>`;
      case "s":
        return html`<s>${inline(piece.of)}</s>`;
      case "code":
        return html`<code>${inline(piece.of)}</code>`;
      case "br":
        return html`<br />`;
      case "a":
        return html`<a href=${piece.href} rel="noopener noreferrer">${inline(piece.of)}</a>`;
    }
  });
}

/** `widget` makes what stands in the place of a widget's block. */
export function blocks(all: Block[], widget: (text: string) => unknown): TemplateResult[] {
  return all.map((block) => {
    switch (block.tag) {
      case "p":
        return html`<p>${inline(block.of)}</p>`;
      case "h":
        return block.level === 1 ? html`<h1>${inline(block.of)}</h1>` : block.level === 2 ? html`<h2>${inline(block.of)}</h2>` : html`<h3>${inline(block.of)}</h3>`;
      case "ul":
        return html`<ul>${block.items.map((item) => html`<li>${tight(item, widget)}</li>`)}</ul>`;
      case "ol":
        return html`<ol>${block.items.map((item) => html`<li>${tight(item, widget)}</li>`)}</ol>`;
      case "quote":
        return html`<blockquote>${blocks(block.of, widget)}</blockquote>`;
      case "pre":
        return html`<pre tabindex="0">${block.text}</pre>`;
      case "table":
        return html`<div class="table" tabindex="0" role="group"><table><thead><tr>${block.head.map((cell) => html`<th scope="col">${inline(cell)}</th>`)}</tr></thead>
          <tbody>${block.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${inline(cell)}</td>`)}</tr>`)}</tbody></table></div>`;
      case "hr":
        return html`<hr />`;
      case "widget":
        return html`${widget(block.text)}`;
    }
  });
}

/** A list's item of one paragraph is only its words. */
function tight(item: Block[], widget: (text: string) => unknown): unknown {
  const [first, ...rest] = item;
  return first?.tag === "p" ? [inline(first.of), ...blocks(rest, widget)] : blocks(item, widget);
}
