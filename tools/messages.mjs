#!/usr/bin/env node
// The catalogues messages/{en,ar,fa,el}.json, checked and compiled for the console.
//   node tools/messages.mjs            checks, then writes console/src/gen/messages/ (what is unchanged keeps its time)
//   node tools/messages.mjs --check    checks only
//   node tools/messages.mjs --sort     puts the keys in order again (after a merge); a key that stands twice with two texts is refused
//   --messages DIR, --out DIR, --source DIR   other places, for the tests; --all compiles every key into one chunk, without a limit
// A catalogue is flat JSON, keys sorted, one a line, each text an ICU MessageFormat pattern with named arguments:
//   {name} text, isolated from its neighbours' direction    {count, number}    {share, number, percent}
//   {count, plural, =0 {...} one {...} other {# ...}}       {kind, select, call {...} other {...}}
// Dates and amounts are formatted first and passed as text, because they follow calendar, digits and currency.
// English is the measure: each language has its keys, their arguments, and every plural form that CLDR names for it.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LANGUAGES = ['en', 'ar', 'fa', 'el'];
const KEY = /^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)+$/;
const ARGUMENT = /^[a-z][a-z0-9_]*$/;
const CHUNK_LIMIT = 15_000; // bytes, gzipped: the goal of a catalogue
// Words that do not change with the number: here a bare number may stand where English writes a plural.
const UNINFLECTED = new Set(['fa']);
const DIGITS_CHOSEN = new Set(['ar', 'fa']);
const SCRIPT = { en: /\p{Script=Latin}/u, ar: /\p{Script=Arabic}/u, fa: /\p{Script=Arabic}/u, el: /\p{Script=Greek}/u };
// Letters that look right and are another language's: Persian and Arabic share a keyboard, Greek and Latin share shapes.
const FOREIGN = {
  ar: [/[\u06A9\u06CC\u06F0-\u06F9]/u, 'a Persian letter or digit (ک, ی, ۰-۹) in Arabic'],
  fa: [/[\u0643\u064A\u0649\u0660-\u0669]/u, 'an Arabic letter or digit (ك, ي, ى, ٠-٩) in Persian'],
  el: [/\p{Script=Greek}\p{M}*\p{Script=Latin}|\p{Script=Latin}\p{M}*\p{Script=Greek}/u, 'Latin and Greek letters in one word'],
};

// Words that the glossary decided against, where two are in use; asked by --check, which the tests run.
const HOUSE = {
  ar: [[/(?<!ت)كلفة/u, 'تكلفة'], [/زبون|زبائن/u, 'عميل'], [/بياناتك(?!م)|عملائك(?!م)|يمكنك(?!م)|لديك(?!م)/u, 'كم: people are addressed in the plural']],
  fa: [[/رمز عبور|کلمهٔ عبور|پسورد/u, 'گذرواژه'], [/خورشیدی/u, 'هجری شمسی']],
  el: [[/Χετζίρα/u, 'Ισλαμικό or Περσικό'], [/email/u, 'e-mail']],
};
/** One spelling: Arabic sets tanwin before the alif, Persian after it. */
const oneTanwin = (lang, text) =>
  lang === 'ar' ? text.replaceAll('\u0627\u064B', '\u064B\u0627') : lang === 'fa' ? text.replaceAll('\u064B\u0627', '\u0627\u064B') : text;

const require = createRequire(join(ROOT, 'console', 'package.json'));
async function loadParser() {
  let path;
  try {
    path = require.resolve('@formatjs/icu-messageformat-parser');
  } catch {
    throw new Error("The message parser is not installed yet. Run 'npm ci' in console/ (make does it), then again.");
  }
  return import(pathToFileURL(path).href);
}

/** One catalogue: keys to texts, and what is wrong with the file itself. */
function readCatalogue(dir, lang, faults) {
  const path = join(dir, `${lang}.json`);
  const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (/^(<{7}|={7}|>{7})/m.test(source)) {
    faults.push(`${lang}: there are marks of a merge that is not finished.`);
    return { texts: {}, source };
  }
  let texts;
  try {
    texts = mergeLines(source, lang);
  } catch (e) {
    faults.push(e.message);
    return { texts: {}, source };
  }
  for (const [key, text] of Object.entries(texts)) {
    if (!KEY.test(key)) faults.push(`${lang}: "${key}" is no key; write screen.part in small letters.`);
    if (typeof text !== 'string' || text === '') faults.push(`${lang}: ${key} has no text.`);
    else if (text !== text.trim()) faults.push(`${lang}: ${key} begins or ends with a space.`);
    else if (/[\p{Cc}\u2066-\u2069\u202A-\u202E\u200E\u200F]/u.test(text))
      faults.push(`${lang}: ${key} holds a control character; direction is set around arguments by the program.`);
    else if (text.normalize('NFC') !== text) faults.push(`${lang}: ${key} is not in normal form C. Run: node tools/messages.mjs --sort`);
    else if (oneTanwin(lang, text) !== text) faults.push(`${lang}: ${key}: tanwin is spelled otherwise. Run: node tools/messages.mjs --sort`);
  }
  return { texts, source };
}

const canonical = (texts) =>
  `{\n${Object.keys(texts)
    .sort()
    .map((k) => `  ${JSON.stringify(k)}: ${JSON.stringify(texts[k])}`)
    .join(',\n')}\n}\n`;

/** Like JSON.parse of one of our files, but a key that stands twice with two texts is an error, and a lost comma is forgiven. */
function mergeLines(source, lang) {
  const texts = {};
  for (const line of source.split('\n')) {
    if (/^\s*[{}]?\s*$/.test(line) || /^(<{7}|\|{7}|={7}|>{7})/.test(line)) continue; // both sides of a conflict are kept
    const m = /^\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*")\s*,?\s*$/.exec(line);
    if (!m) throw new Error(`${lang}: this line is no "key": "text": ${line}`);
    const [key, text] = [JSON.parse(m[1]), JSON.parse(m[2])];
    if (key in texts && texts[key] !== text) throw new Error(`${lang}: ${key} stands twice with two texts; keep one.`);
    texts[key] = text;
  }
  return texts;
}

/** Walks a pattern: its arguments, and where it breaks a rule. */
function study(nodes, TYPE, lang, fault) {
  const args = new Map();
  const note = (name, type, more = {}) => {
    if (!ARGUMENT.test(name)) fault(`the argument "${name}" needs a name in small letters.`);
    const known = args.get(name);
    if (known === undefined) args.set(name, { type, ...more });
    else if (known.type !== type) fault(`{${name}} is ${known.type} in one place and ${type} in another.`);
    else if (more.plural) known.plural = true;
  };
  const walk = (list, inPlural) => {
    for (const n of list) {
      switch (n.type) {
        case TYPE.literal:
          if (/[{}]/.test(n.value)) fault('a brace stands alone.');
          break;
        case TYPE.pound:
          if (!inPlural) fault('a # outside a plural form.');
          break;
        case TYPE.argument:
          note(n.value, 'text');
          break;
        case TYPE.number:
          if (n.style && n.style !== 'percent') fault(`{${n.value}} has a number style other than percent.`);
          note(n.value, 'number');
          break;
        case TYPE.plural: {
          if (n.pluralType !== 'cardinal') fault(`{${n.value}}: ordinals are not supported.`);
          if (n.offset) fault(`{${n.value}}: an offset is not supported.`);
          note(n.value, 'number', { plural: true });
          const needed = new Intl.PluralRules(lang).resolvedOptions().pluralCategories;
          const given = Object.keys(n.options).filter((o) => !o.startsWith('='));
          const lacking = needed.filter((c) => !given.includes(c));
          const extra = given.filter((c) => !needed.includes(c));
          if (lacking.length) fault(`{${n.value}} lacks the plural form ${lacking.join(', ')}.`);
          if (extra.length) fault(`{${n.value}} has the plural form ${extra.join(', ')}, which this language does not know.`);
          for (const o of Object.values(n.options)) walk(o.value, true);
          break;
        }
        case TYPE.select:
          note(n.value, 'select', { options: Object.keys(n.options).sort().join(' ') });
          for (const o of Object.values(n.options)) walk(o.value, inPlural);
          break;
        default:
          fault(`{${n.value}}: format dates and times first and pass them as text.`);
      }
    }
  };
  walk(nodes, false);
  return args;
}

/** The text without its arguments and branches' names: what a person reads. */
function words(nodes, TYPE) {
  let out = '';
  for (const n of nodes) {
    if (n.type === TYPE.literal) out += n.value;
    else if (n.options) for (const o of Object.values(n.options)) out += ` ${words(o.value, TYPE)}`;
    else out += ' ';
  }
  return out;
}

function checkAll(catalogues, parser, faults, strict) {
  const { parse, TYPE } = parser;
  const parsed = {};
  for (const lang of LANGUAGES) {
    parsed[lang] = {};
    for (const [key, text] of Object.entries(catalogues[lang].texts)) {
      if (typeof text !== 'string') continue;
      const fault = (why) => faults.push(`${lang}: ${key}: ${why}`);
      try {
        const nodes = parse(text, { ignoreTag: true, requiresOtherClause: true, shouldParseSkeletons: false });
        parsed[lang][key] = { nodes, args: study(nodes, TYPE, lang, fault), words: words(nodes, TYPE) };
      } catch (e) {
        fault(`cannot be read (${e.message.toLowerCase().replaceAll('_', ' ')}) at character ${e.location?.start?.offset ?? '?'}: ${text}`);
      }
    }
  }
  const english = parsed.en;
  for (const lang of LANGUAGES.slice(1)) {
    for (const key of Object.keys(english)) if (!(key in catalogues[lang].texts)) faults.push(`${lang}: ${key} is missing.`);
    for (const key of Object.keys(catalogues[lang].texts))
      if (!(key in catalogues.en.texts)) faults.push(`${lang}: ${key} stands only here; English has no such key.`);
    for (const [key, mine] of Object.entries(parsed[lang])) {
      const measure = english[key];
      if (measure) compare(lang, key, mine, measure, faults, strict);
    }
  }
  return parsed;
}

function compare(lang, key, mine, measure, faults, strict) {
  const fault = (why) => faults.push(`${lang}: ${key}: ${why}`);
  for (const [name, a] of measure.args) {
    const b = mine.args.get(name);
    if (b === undefined) fault(`the argument {${name}} is missing.`);
    else if (a.type !== b.type) fault(`{${name}} is ${b.type}, in English ${a.type}.`);
    else if (a.type === 'select' && a.options !== b.options) fault(`{${name}} selects ${b.options}; English ${a.options}.`);
    else if (a.plural && !b.plural && !UNINFLECTED.has(lang)) fault(`{${name}} is a plural in English and must be one here.`);
  }
  for (const name of mine.args.keys()) if (!measure.args.has(name)) fault(`the argument {${name}} is not in English.`);
  // What is spelled with capitals or is a name (CSV, TOTP, Rebound, MBG/NBD) may stay as it is.
  const translatable = measure.words.replace(/\b(?:[A-Z][A-Z0-9/]+|Rebound|BG|NBD|Pareto|OpenID|Connect|JSON|Excel|WhatsApp|min|kB)\b/g, '');
  if (/[A-Za-z]{2}/.test(translatable) && !SCRIPT[lang].test(mine.words)) fault('is not translated.');
  if (DIGITS_CHOSEN.has(lang) && /(^|[^\p{Script=Latin}\p{Nd}-])\p{Nd}/u.test(mine.words))
    fault('a number stands in the text; pass it as {count, number}, because digits are chosen apart from the language.');
  for (const [not, better] of strict ? (HOUSE[lang] ?? []) : [])
    if (not.test(mine.words)) fault(`here it is called ${better} (docs/glossary.md).`);
  const [pattern, why] = FOREIGN[lang];
  const bad = pattern.exec(mine.words);
  if (bad) fault(`${why}: ...${mine.words.slice(Math.max(0, bad.index - 12), bad.index + 12)}...`);
}

// --- what the console uses ----------------------------------------------------------------------------------------------------

function sources(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const path = join(dir, e.name);
    if (e.isDirectory()) return e.name === 'gen' ? [] : sources(path);
    return /\.(svelte|ts|js)$/.test(e.name) ? [path] : [];
  });
}

/** The keys that files name: whole in quotation marks; 'error.' or `error.${...}` name every key that begins so. */
function usedKeys(keys, paths) {
  const literals = new Set();
  const prefixes = new Set();
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    for (const m of text.matchAll(/(['"`])([a-z][a-z0-9_.]*)\1/g)) literals.add(m[2]);
    for (const m of text.matchAll(/['"]([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\.)['"]/g)) prefixes.add(m[1]);
    for (const m of text.matchAll(/`([a-z][a-z0-9_]*(?:\.[a-z0-9_]*)+)\$\{/g)) prefixes.add(m[1]);
  }
  return keys.filter((k) => literals.has(k) || [...prefixes].some((p) => k.startsWith(p)));
}

/** Screens that load when they are opened: each folder of screens/ but today, which comes with the first script. */
function lazyScreens(dir) {
  const screens = join(dir, 'screens');
  if (!existsSync(screens)) return [];
  return readdirSync(screens, { withFileTypes: true })
    .filter((e) => e.isDirectory() && e.name !== 'today')
    .map((e) => e.name)
    .sort();
}

/** The files of a screen's folder, with those of other screens' folders that they import. */
function screenFiles(dir, screen) {
  const all = join(dir, 'screens') + sep;
  const todo = sources(join(all, screen));
  const found = new Set();
  while (todo.length) {
    const path = todo.pop();
    if (found.has(path)) continue;
    found.add(path);
    for (const m of readFileSync(path, 'utf8').matchAll(/(?:from |import\()'(\.[^']*)'/g)) {
      const to = resolve(dirname(path), m[1]);
      const file = [to, `${to}.ts`, `${to}.svelte.ts`].find((f) => existsSync(f) && /\.(svelte|ts|js)$/.test(f));
      if (file?.startsWith(all)) todo.push(file);
    }
  }
  return [...found];
}

/** Chunk names to keys: "core" for what is there from the start, then one for each lazy screen with what only lazy screens say. */
function chunksOf(keys, o) {
  if (o.all || sources(o.source).length === 0) return { core: keys };
  const screens = lazyScreens(o.source);
  const lazy = screens.map((s) => join(o.source, 'screens', s) + sep);
  const core = usedKeys(keys, sources(o.source).filter((f) => !lazy.some((l) => f.startsWith(l))));
  const known = new Set(core);
  const chunks = { core };
  for (const s of screens) chunks[s] = usedKeys(keys, screenFiles(o.source, s)).filter((k) => !known.has(k));
  return chunks;
}

// --- compiling ----------------------------------------------------------------------------------------------------------------

/** A JavaScript expression for a pattern: `a` its arguments, `h` the helpers of index.js. */
function expression(nodes, TYPE, number = '') {
  const parts = nodes.map((n) => {
    const value = `a.${n.value}`;
    switch (n.type) {
      case TYPE.literal:
        return JSON.stringify(n.value);
      case TYPE.pound:
        return `h.n(${number})`;
      case TYPE.argument:
        return `h.t(${value})`;
      case TYPE.number:
        return n.style === 'percent' ? `h.p(${value})` : `h.n(${value})`;
      default: {
        const inner = n.type === TYPE.plural ? value : number;
        const options = Object.entries(n.options).map(([k, o]) => `${JSON.stringify(k)}:${expression(o.value, TYPE, inner)}`);
        return `h.${n.type === TYPE.plural ? 'c' : 's'}(${value},{${options.join(',')}})`;
      }
    }
  });
  return parts.length ? parts.join('+') : '""';
}

function compileChunk(parsed, keys, TYPE) {
  const lines = keys.map((key) => {
    const { nodes, args } = parsed[key];
    const value = args.size ? `(a,h)=>${expression(nodes, TYPE)}` : expression(nodes, TYPE);
    return `${JSON.stringify(key)}:${value}`;
  });
  return `// Compiled from messages/ by tools/messages.mjs.\nexport default {\n${lines.join(',\n')}\n};\n`;
}

const fileOf = (lang, chunk) => (chunk === 'core' ? `${lang}.js` : `screens/${chunk}.${lang}.js`);
const indexJs = (chunks) => `// Written by tools/messages.mjs.
const chunks = {
${LANGUAGES.flatMap((l) => chunks.map((c) => `  '${l}.${c}': () => import('./${fileOf(l, c)}'),`)).join('\n')}
};
export const languages = ${JSON.stringify(LANGUAGES)};
export const load = async (language, screen = 'core') => (await chunks[language + '.' + screen]?.())?.default ?? {};
export function speaker(table, tag) {
  const number = new Intl.NumberFormat(tag, { maximumFractionDigits: 6 });
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 });
  const rules = new Intl.PluralRules(tag);
  const own = /^(ar|fa)/.test(tag) ? '\\u2067' : '\\u2066';
  const h = {
    // Bare figures take the sentence's direction; so does what was said before, with isolates of its own: a first-strong isolate would look past these.
    t: (v) => (/\\p{L}/u.test(v) ? (String(v).includes('\\u2068') ? own : '\\u2068') + v + '\\u2069' : String(v)),
    n: (v) => number.format(v),
    p: (v) => percent.format(v),
    c: (v, forms) => forms['=' + v] ?? forms[rules.select(v)] ?? forms.other,
    s: (v, forms) => (Object.hasOwn(forms, v) ? forms[v] : forms.other),
  };
  return (key, args) => {
    const text = table[key];
    return text === undefined ? key : typeof text === 'string' ? text : text(args, h);
  };
}
`;

const INDEX_DTS = `// Written by tools/messages.mjs.
import type { Args, Key } from './keys';
export type Language = ${LANGUAGES.map((l) => `'${l}'`).join(' | ')};
/** A compiled catalogue; only load() makes one and only speaker() reads it. */
export interface Table {
  readonly [key: string]: unknown;
}
export const languages: readonly Language[];
/** What is said from the start, or what a lazy screen (its folder's name) says beside that. */
export function load(language: Language, screen?: string): Promise<Table>;
/** Says a message of the table with numbers as the BCP 47 tag writes them. */
export function speaker(table: Table, tag: string): <K extends Key>(key: K, ...args: Args<K>) => string;
export type { Args, Key, Messages, PlainKey } from './keys';
`;

function keysDts(parsed, texts) {
  const lines = Object.keys(parsed).map((key) => {
    const fields = [...parsed[key].args].map(([name, a]) => `${name}: ${a.type === 'number' ? 'number' : 'string'}`);
    return `  /** ${texts[key].replaceAll('*/', '* /')} */\n  '${key}': ${fields.length ? `{ ${fields.join('; ')} }` : 'undefined'};`;
  });
  return `// Written by tools/messages.mjs.
export interface Messages {
${lines.join('\n')}
}
export type Key = keyof Messages;
/** Messages without arguments. */
export type PlainKey = { [K in Key]: Messages[K] extends undefined ? K : never }[Key];
export type Args<K extends Key> = Messages[K] extends undefined ? [] : [args: Messages[K]];
`;
}

function writeChanged(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

// --- the command ----------------------------------------------------------------------------------------------------------------

function options(argv) {
  const o = {
    messages: join(ROOT, 'messages'),
    out: join(ROOT, 'console/src/gen/messages'),
    source: join(ROOT, 'console/src'),
    mode: 'compile',
    all: false,
  };
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i].replace(/^--/, '');
    if (name === 'check' || name === 'sort') o.mode = name;
    else if (name === 'all') o.all = true;
    else if (['messages', 'out', 'source'].includes(name) && argv[i + 1]) o[name] = resolve(argv[++i]);
    else throw new Error(`messages.mjs does not know ${argv[i]}; see its head.`);
  }
  return o;
}

function sortAll(o) {
  for (const lang of LANGUAGES) {
    const path = join(o.messages, `${lang}.json`);
    const texts = mergeLines(readFileSync(path, 'utf8').normalize('NFC'), lang);
    for (const k of Object.keys(texts)) texts[k] = oneTanwin(lang, texts[k]);
    writeChanged(path, canonical(texts));
  }
}

/** Each code of api/errors.def is a message, so that the console can say every error in every language. */
function checkErrorCodes(o, texts, faults) {
  const path = join(ROOT, 'api/errors.def');
  if (o.messages !== join(ROOT, 'messages') || !existsSync(path)) return;
  for (const m of readFileSync(path, 'utf8').matchAll(/^REB_ERROR\(\s*\w+,\s*"(\w+)"/gm))
    if (!(`error.${m[1]}` in texts)) faults.push(`en: error.${m[1]} is missing: api/errors.def has this code.`);
}

async function main() {
  const o = options(process.argv.slice(2));
  if (o.mode === 'sort') sortAll(o);
  const parser = await loadParser();
  const faults = [];
  const catalogues = Object.fromEntries(LANGUAGES.map((l) => [l, readCatalogue(o.messages, l, faults)]));
  for (const lang of LANGUAGES) {
    const c = catalogues[lang];
    // Git joins two sides' lines by itself (.gitattributes); a build does not stop for their order, the tests do.
    if (o.mode === 'check' && Object.keys(c.texts).length && c.source !== canonical(c.texts))
      faults.push(`${lang}: keys are not in order, stand twice, or lines are laid out otherwise. Run: node tools/messages.mjs --sort`);
  }
  const parsed = checkAll(catalogues, parser, faults, o.mode === 'check');
  checkErrorCodes(o, catalogues.en.texts, faults);
  if (faults.length) {
    for (const f of faults) console.error(`messages: ${f}`);
    throw new Error(`${faults.length} fault${faults.length === 1 ? '' : 's'} in the message catalogues.`);
  }
  if (o.mode !== 'compile') return;
  const chunks = chunksOf(Object.keys(parsed.en), o);
  for (const lang of LANGUAGES)
    for (const [name, keys] of Object.entries(chunks)) {
      const chunk = compileChunk(parsed[lang], keys, parser.TYPE);
      const size = gzipSync(chunk, { level: 9 }).length;
      if (size > CHUNK_LIMIT && !o.all) throw new Error(`${lang}, ${name}: ${size} bytes gzipped, more than ${CHUNK_LIMIT}.`);
      writeChanged(join(o.out, fileOf(lang, name)), chunk);
      if (process.env.MESSAGES_SIZES) console.log(`${lang} ${name}: ${keys.length} keys, ${size} bytes gz`);
    }
  writeChanged(join(o.out, 'index.js'), indexJs(Object.keys(chunks)));
  writeChanged(join(o.out, 'index.d.ts'), INDEX_DTS);
  writeChanged(join(o.out, 'keys.d.ts'), keysDts(parsed.en, catalogues.en.texts));
}

main().catch((e) => {
  console.error(e.message);
  process.exitCode = 1;
});
