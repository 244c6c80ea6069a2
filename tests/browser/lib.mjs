// For the tests in a real browser: a shop of one's own, a server, Debian's Chromium, and TAP.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const build = join(top, process.env.B ?? 'build');
const rebound = join(build, 'rebound');
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const tmp = mkdtempSync(join(tmpdir(), 'rebound-browser.'));

export const languages = ['en', 'ar', 'fa', 'el'];
export const rightToLeft = new Set(['ar', 'fa']);
/** What a person of each language would choose; calendar and digits are settings of their own. */
export const habits = {
  en: { language: 'en', calendar: 'gregorian', digits: 'latin' },
  ar: { language: 'ar', calendar: 'hijri', digits: 'arabic' },
  fa: { language: 'fa', calendar: 'persian', digits: 'persian' },
  el: { language: 'el', calendar: 'gregorian', digits: 'latin' },
};
export const desk = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };
export const narrow = { width: 320, height: 640 };

/** The longest that anything is waited for. Tests wait for what they want to see, never for time, so only what fails takes so long. */
export const patience = 120_000;
/** REB_TEST_SLOW=6: the browser computes six times slower, and each request starts up to 6 * 40 ms late, in any order. What reads too early fails. */
const slow = Number(process.env.REB_TEST_SLOW ?? 0);
const late = () => new Promise((r) => setTimeout(r, Math.random() * 40 * slow));

// --- TAP ---------------------------------------------------------------------------------------------------------------------------
let told = 0;
let failed = 0;
export function ok(holds, name, why) {
  told++;
  if (!holds) failed++;
  console.log(`${holds ? 'ok' : 'not ok'} ${told} - ${name.replace(/[#\n]/g, ' ')}`);
  if (!holds && why !== undefined) console.log(String(why).replace(/^/gm, '# '));
  return holds;
}
/** Asks again and again until the answer is true, or patience ends; the last answer. */
export async function eventually(check) {
  for (const end = Date.now() + patience; ; ) {
    const answer = await check();
    if (answer || Date.now() > end) return answer;
    await new Promise((r) => setTimeout(r, 50));
  }
}
/** As `ok` and `is`, for what comes by and by: asked again until it holds. */
export const becomes = async (check, name, why) => ok(await eventually(check), name, await why?.());
export async function comes(ask, want, name) {
  let got;
  await eventually(async () => Object.is((got = await ask()), want));
  return is(got, want, name);
}
/** `ok` as soon as the one thing is in sight. */
export const sees = (locator, name) =>
  locator.waitFor().then(
    () => ok(true, name),
    (e) => ok(false, name, e.message),
  );
export const is = (got, want, name) => ok(Object.is(got, want), name, `got  ${JSON.stringify(got)}\nwant ${JSON.stringify(want)}`);
export const diag = (text) => console.log(String(text).replace(/^/gm, '# '));
export const skip = (name, why) => console.log(`ok ${++told} - ${name} # SKIP ${why}`);

const closing = [];
/** Runs the test, closes what it opened, and says how many there were. */
export async function test(body) {
  try {
    if (!existsSync(chromiumPath)) skip('in a browser', `${chromiumPath} is not installed`);
    else await body();
  } catch (e) {
    ok(false, 'the test ran to its end', e.stack ?? e);
  }
  for (const close of closing.reverse()) await close().catch(() => {});
  rmSync(tmp, { recursive: true, force: true });
  console.log(`1..${told}`);
  process.exit(failed ? 1 : 0);
}

// --- the shop and its server ---------------------------------------------------------------------------------------------------------
export const cli = (db, ...words) => execFileSync(rebound, ['--db', db, ...words], { encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });

/** The invented shop's files: orders.csv, customers.csv, tickets.csv. Made once, whoever comes first. */
export function demoFiles(customers = 2000) {
  const dir = join(build, `tests/browser/shop-${customers}`);
  if (!existsSync(join(dir, 'truth.json'))) {
    const part = `${dir}.${process.pid}`;
    mkdirSync(dirname(dir), { recursive: true });
    execFileSync(rebound, ['demo', '--out', part, '--customers', String(customers), '--seed', '7']);
    try {
      renameSync(part, dir);
    } catch {
      rmSync(part, { recursive: true, force: true }); // another test was first
    }
  }
  return dir;
}

export function emptyBusiness(name = 'empty') {
  const db = join(tmp, `${name}.db`);
  cli(db, 'init', '--name', 'Four Gardens', '--currency', 'GBP', '--timezone', 'Europe/London', '--language', 'en');
  return db;
}

/** A business with the invented shop imported and fitted; a copy of one that is made once a build. */
export function filledBusiness(name = 'shop', customers = 2000) {
  const db = join(tmp, `${name}.db`);
  const kept = join(build, `tests/browser/filled-${customers}.db`);
  const newer = existsSync(kept) && execFileSync('find', [rebound, '-newer', kept], { encoding: 'utf8' }) === '';
  if (!newer) {
    const dir = demoFiles(customers);
    const made = emptyBusiness(`made-${process.pid}`);
    for (const file of ['orders', 'customers', 'tickets']) cli(made, 'import', join(dir, `${file}.csv`));
    cli(made, 'fit');
    copyFileSync(made, `${kept}.${process.pid}`);
    renameSync(`${kept}.${process.pid}`, kept);
  }
  copyFileSync(kept, db);
  return db;
}

export const password = 'a courteous sparrow';
export const person = { name: 'Sara Al-Mansouri', email: 'sara@example.com', password };
/** Adds a person on the terminal. */
export function addPerson(db, role = 'owner', who = person) {
  execFileSync(rebound, ['--db', db, 'user', 'add', who.email, '--name', who.name, '--role', role, '--password-stdin'], { input: `${who.password}\n` });
}

/** A server on this port, or a free one; {url, port, welcome, log(), stop(signal)}. */
export async function serve(db, { port = 0, options = [] } = {}) {
  const child = spawn(rebound, ['--db', db, '--json', 'serve', '--listen', `127.0.0.1:${port}`, '--check-answers', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (d) => (errors += d));
  const line = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (d) => {
      text += d;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.on('exit', () => reject(new Error(`the server did not start: ${errors}`)));
  });
  const ended = new Promise((r) => child.on('exit', r));
  const { url, welcome } = JSON.parse(line);
  const server = {
    url,
    welcome, // the link of the first owner, while nobody exists
    port: Number(new URL(url).port),
    log: () => errors,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
  closing.push(() => server.stop('SIGKILL'));
  return server;
}

// --- the browser -------------------------------------------------------------------------------------------------------------------------
let theBrowser;
export async function browser() {
  if (!theBrowser) {
    theBrowser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    closing.push(() => theBrowser.close());
  }
  return theBrowser;
}

/** A context of its own: its cookies, its window, its taste. */
export async function context({ viewport = desk, dark = false, ...more } = {}) {
  const ctx = await (await browser()).newContext({ viewport, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', timezoneId: 'Europe/London', ...more });
  ctx.setDefaultTimeout(patience);
  // A word with a way back goes away after ten seconds; here it stays, as a busy machine may take as long to press what stands in it.
  await ctx.addInitScript(() => {
    const wait = globalThis.setTimeout;
    globalThis.setTimeout = (what, ms, ...more) => wait(what, ms === 10_000 ? 600_000 : ms, ...more);
  });
  if (slow) {
    await ctx.route('**', (route) => late().then(() => route.continue().catch(() => {})));
    ctx.on('page', async (page) => (await ctx.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slow }).catch(() => {}));
  }
  return ctx;
}

/** A page that remembers every fault: errors on the console (a refusal of the security policy is one), exceptions, failed requests of its own files. */
export async function newPage(ctx) {
  const page = await ctx.newPage();
  page.faults = [];
  page.on('console', (m) => m.type() === 'error' && !/status of (4\d\d|5\d\d)|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/.test(m.text()) && page.faults.push(m.text()));
  page.on('pageerror', (e) => page.faults.push(`exception: ${e.message}`));
  page.underway = new Set(); // questions to the server that are not answered; live notices never end
  page.on('request', (r) => !r.url().endsWith('/v1/events') && page.underway.add(r));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => page.underway.delete(r));
  page.on('response', (r) => r.status() >= 500 && page.faults.push(`${r.status()} ${r.url()}`));
  return page;
}

const axeSource = readFileSync(join(top, 'tests/browser/node_modules/axe-core/axe.min.js'), 'utf8');
/** What axe finds, a line each. It is put in past the page's policy, as a debugger would. What fades or moves is at its end: half faded words have no
 *  colour of their own. */
export async function axe(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axeSource });
  await session.send('Runtime.evaluate', {
    expression: `for (const a of document.getAnimations()) if (a.effect.getComputedTiming().endTime !== Infinity) a.finish()`,
  });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.target.join(' ') + ': ' + (n.any[0] || n.all[0] || n.none[0] || {message: v.help}).message)))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  return result.value;
}

/** Signs in beside the form, as `who` with these habits; gives a page that has opened `where`. */
export async function signedIn(ctx, server, { who = person, habit = habits.en, theme, where = '/today' } = {}) {
  const answer = await ctx.request.post(`${server.url}/v1/session`, { data: { email: who.email, password: who.password } });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
  const { csrf } = await answer.json();
  const changed = await ctx.request.patch(`${server.url}/v1/me`, { data: { ...habit, ...(theme ? { theme } : {}) }, headers: { 'X-Rebound-CSRF': csrf } });
  if (!changed.ok()) throw new Error(`PATCH /v1/me: ${changed.status()} ${await changed.text()}`);
  const page = await newPage(ctx);
  page.csrf = csrf;
  await open(page, server, where);
  return page;
}

/** Goes to a place inside the console and waits until it is drawn and quiet. */
export async function open(page, server, where) {
  // Within the console the address is changed from inside: the browser's own word that it has changed may be of an earlier change.
  if (page.url().startsWith(`${server.url}/#`) && page.url() !== `${server.url}/#${where}`)
    await page.evaluate(
      (hash) =>
        new Promise((heard) => {
          addEventListener('hashchange', heard, { once: true }); // the console has heard it before, as it listens for longer
          location.hash = hash;
        }).then(() => true),
      `#${where}`,
    );
  else await page.goto(`${server.url}/#${where}`);
  await settled(page);
}

/** Does what sends a form or follows a link, and waits until the page it leads to is whole: before its style sheet is there, a script measures fields
 *  without it. */
export async function leads(page, act) {
  const there = page.waitForEvent('load');
  await act();
  await there;
}

/** The screen of the address is drawn, nothing says that it waits, and nothing that was asked of the server is open, for two looks in a row. */
export async function settled(page) {
  const end = Date.now() + patience;
  for (let quiet = 0; quiet < 2; ) {
    if (Date.now() > end) throw new Error(`never quiet: ${[...page.underway].map((r) => `${r.method()} ${r.url()}`).join(', ') || 'the page says that it is busy'}`);
    await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy="true"]') && document.fonts.status === 'loaded');
    await page.evaluate(() => new Promise((r) => setTimeout(() => setTimeout(r)))); // whatever the page was about to do, it has begun
    quiet = page.underway.size === 0 && (await page.evaluate(() => !document.querySelector('[aria-busy="true"]'))) ? quiet + 1 : 0;
    if (quiet === 0) await new Promise((r) => setTimeout(r, 20));
  }
}
