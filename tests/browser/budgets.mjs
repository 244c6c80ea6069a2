// What a visit costs in bytes: the goals of the console, as gzip at its best packs each file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, diag, is, languages, ok } from './lib.mjs';

const dist = join(build, 'console/dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const packed = (file) => (file.endsWith('.woff2') ? readFileSync(join(dist, file)) : gzipSync(readFileSync(join(dist, file)), { level: 9 })).length;
const sum = (files) => [...files].reduce((bytes, f) => bytes + packed(f), 0);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** A chunk's own script and style with all it imports at once, less what is there already. */
function files(key, without = new Set(), seen = new Set()) {
  if (seen.has(key)) return new Set();
  seen.add(key);
  const chunk = manifest[key];
  const own = [chunk.file, ...(chunk.css ?? [])].filter((f) => !without.has(f));
  return new Set([...own, ...(chunk.imports ?? []).flatMap((i) => [...files(i, without, seen)])]);
}
const scripts = (set) => [...set].filter((f) => f.endsWith('.js'));
const styles = (set) => [...set].filter((f) => f.endsWith('.css'));
const within = (bytes, most, what) => ok(bytes > 0 && bytes <= most, `${what}: ${kb(bytes)} of at most ${kb(most)}`);

const entry = Object.keys(manifest).find((k) => manifest[k].isEntry);
const today = Object.keys(manifest).find((k) => /screens\/.*Today\.svelte$/.test(k));
const first = new Set([...files(entry), ...(today ? files(today) : [])]);
within(sum(scripts(first)), 45000, 'script of the first screen');
within(sum(styles(first)), 8000, 'style of the first screen');

const isCatalogue = (key) => /\/messages\//.test(key);
const lazy = Object.keys(manifest).filter((k) => manifest[k].isDynamicEntry && k !== today && !isCatalogue(k));
ok(lazy.length >= 4, `${lazy.length} screens come when they are asked for`);
for (const key of lazy) within(sum(scripts(files(key, first))), 15000, `script of ${key.replace(/^src\//, '')}`);

const catalogues = Object.fromEntries(languages.map((l) => [l, Object.keys(manifest).find((k) => isCatalogue(k) && k.includes(`/${l}.`))]));
const ofScreens = Object.keys(manifest).filter((k) => isCatalogue(k) && /\/screens\//.test(k));
for (const key of ofScreens) within(sum(scripts(files(key, first))), 15000, `catalogue ${key.replace(/^.*\/screens\//, '')}`);
for (const [language, key] of Object.entries(catalogues)) within(key ? sum(scripts(files(key, first))) : 0, 15000, `catalogue ${language}`);

const fonts = Object.values(manifest).flatMap((c) => c.assets ?? []).concat(Object.values(manifest).map((c) => c.file)).filter((f) => f.endsWith('.woff2'));
const arabic = [...new Set(fonts)].filter((f) => /arabic/.test(f));
is(arabic.length, 1, 'one font for Arabic letters');
const page = gzipSync(readFileSync(join(dist, 'index.html')), { level: 9 }).length;
within(page + sum(first) + sum(arabic) + sum(scripts(files(catalogues.ar, first))), 150000, 'first visit in Arabic, with its font');
diag(`all the console: ${kb(sum(Object.values(manifest).flatMap((c) => [c.file, ...(c.css ?? []), ...(c.assets ?? [])]).filter((f, i, all) => all.indexOf(f) === i)))}`);
console.log(`1..${lazy.length + ofScreens.length + 9}`);
