/** Prints what a phone downloads: every built file, gzipped, first what the first page needs, then what comes on demand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 400;
const folder = join(import.meta.dirname, '../mingcha/doors/field/static/field/app');
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));

/** The files of an entry and of all it imports at once. */
function filesOf(key, found = new Set()) {
  const entry = manifest[key];
  if (found.has(entry.file)) return found;
  found.add(entry.file);
  for (const css of entry.css ?? []) found.add(css);
  for (const asset of entry.assets ?? []) found.add(asset);
  for (const other of entry.imports ?? []) filesOf(other, found);
  return found;
}

const size = (file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
const first = filesOf('src/main.ts');
const all = new Set(Object.keys(manifest).flatMap((key) => [...filesOf(key)]));
let total = 0;
for (const file of [...first, ...[...all].filter((name) => !first.has(name))]) {
  const bytes = size(file);
  total += bytes;
  console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${first.has(file) ? 'first    ' : 'on demand'}  ${file}`);
}
// The stylesheets that the page shares with the others.
for (const door of ['hall', 'field']) {
  const css = join(import.meta.dirname, '../mingcha/doors', door, 'static', door, 'css');
  for (const name of readdirSync(css)) {
    const bytes = gzipSync(readFileSync(join(css, name)), { level: 9 }).length;
    total += bytes;
    console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  shared     ${door}/css/${name}`);
  }
}
const firstTotal = [...first].reduce((sum, file) => sum + size(file), 0);
console.log(`${(firstTotal / 1000).toFixed(1).padStart(8)} kB  first page`);
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  in all, of at most ${LIMIT_KB} kB`);
process.exitCode = total > LIMIT_KB * 1000 ? 1 : 0;
