// console_assets.mjs DIST OUT: packs the built console for the program: OUT/console/*.gz, OUT/console_assets.S that takes them in, and
// OUT/console_assets.c, the table that src/http/assets.h declares.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const [dist, out] = process.argv.slice(2);
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const compressedAlready = new Set(['.woff2']);

const walk = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.name === '.vite' ? [] : e.isDirectory() ? walk(join(dir, e.name)) : [join(dir, e.name)]));

rmSync(join(out, 'console'), { recursive: true, force: true });
mkdirSync(join(out, 'console'), { recursive: true });
const data = ['.section .rodata'];
const table = [];
const names = [];
walk(dist)
  .sort()
  .forEach((file, i) => {
    const ext = extname(file);
    if (!types[ext]) throw new Error(`${file}: tools/console_assets.mjs knows no content type for ${ext}`);
    const raw = readFileSync(file);
    const packed = !compressedAlready.has(ext);
    const held = join(out, 'console', `${i}${packed ? '.gz' : ext}`);
    writeFileSync(held, packed ? gzipSync(raw, { level: 9 }) : raw);
    const size = readFileSync(held).length;
    const path = '/' + relative(dist, file);
    const page = path === '/index.html';
    const etag = createHash('sha256').update(raw).digest('hex').slice(0, 16);
    data.push(`.global reb_console_${i}`, `.balign 16`, `reb_console_${i}:`, `.incbin "${held}"`);
    names.push(`extern const unsigned char reb_console_${i}[];`);
    table.push(
      `    {"${page ? '/' : path}", "${types[ext]}", "\\"${etag}\\"", reb_console_${i}, ${size}, ${packed ? raw.length : 0}, ${!page}},`,
    );
  });
data.push('.section .note.GNU-stack,"",@progbits', '');
writeFileSync(join(out, 'console_assets.S'), data.join('\n'));
writeFileSync(
  join(out, 'console_assets.c'),
  `#include "src/http/assets.h"\n\n${names.join('\n')}\n\nconst reb_asset reb_assets[] = {\n${table.join('\n')}\n    {0}};\n`,
);
