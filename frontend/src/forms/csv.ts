/** Reads CSV (RFC 4180) with a header line: one record of column → cell for each line. */
export function readCsv(text: string): Record<string, string>[] {
  const [header = [], ...lines] = cells(text.replace(/^\uFEFF/, ''));
  return lines
    .filter((line) => line.length > 1 || line[0] !== '')
    .map((line) => Object.fromEntries(header.map((name, index) => [name.trim(), line[index] ?? ''])));
}

function cells(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  // A cell and what ends it: quoted, where "" is a quotation mark, or bare.
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/g;
  for (let found = cell.exec(text); found && found.index < text.length; found = cell.exec(text)) {
    line.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'));
    if (found[3] === ',') {
      if (cell.lastIndex === text.length) line.push('');
      continue;
    }
    lines.push(line);
    line = [];
  }
  if (line.length > 0) lines.push(line);
  return lines;
}
