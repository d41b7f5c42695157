// What the terminal must know of a shell's syntax: whether a line is whole, or goes on.

/** The words that end the here-documents a line announces (`<<EOF`, `<<-'EOF'`), as far as they are still open; and an open quote. */
export function unfinished(text: string): boolean {
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!;
    // A quote or a backslash joins the next line to this one.
    let marks = scan(line);
    while (marks === undefined) {
      if (++i >= lines.length) return true;
      line += `\n${lines[i]!}`;
      marks = scan(line);
    }
    for (const mark of marks) {
      do if (++i >= lines.length) return true;
      while (lines[i]!.replace(/^\t+/, "") !== mark);
    }
  }
  return false;
}

/** The here-documents that a line announces; `undefined` where a quote is open at its end, or a backslash stands there. */
function scan(line: string): string[] | undefined {
  const marks: string[] = [];
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote === "'") {
      if (c === "'") quote = "";
    } else if (c === "\\") {
      if (++i >= line.length) return undefined;
    } else if (quote) {
      if (c === quote) quote = "";
    } else if (c === "'" || c === '"') {
      quote = c;
    } else if (c === "#" && (i === 0 || /\s/.test(line[i - 1]!))) {
      const end = line.indexOf("\n", i);
      if (end < 0) break;
      i = end;
    } else if (line.startsWith("<<", i)) {
      const found = /^<<-?\s*(?:'([^']*)'|"([^"]*)"|([^\s|;&<>]+))/.exec(line.slice(i));
      if (!found) continue;
      marks.push(found[1] ?? found[2] ?? found[3]!);
      i += found[0].length - 1;
    }
  }
  return quote ? undefined : marks;
}
