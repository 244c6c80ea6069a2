// Lighthouse on Today, as a person who is signed in sees it: performance at least 95, accessibility and best practices 100.
// `make lighthouse`; the speeds are those of this machine, so it stands apart from `make test`.
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { addPerson, context, filledBusiness, is, ok, diag, serve, signedIn, test } from '../browser/lib.mjs';

const goals = { performance: 95, accessibility: 100, 'best-practices': 100 };
await test(async () => {
  const db = filledBusiness();
  addPerson(db);
  const server = await serve(db);
  const page = await signedIn(await context(), server);
  const cookies = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
  await page.context().close();
  const chrome = await launch({
    chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    for (const [name, config] of [['phone', undefined], ['desk', desktopConfig]]) {
      const { lhr } = await lighthouse(
        `${server.url}/#/today`,
        { port: chrome.port, onlyCategories: Object.keys(goals), extraHeaders: { Cookie: cookies }, logLevel: 'error' },
        config,
      );
      is(lhr.runtimeError?.message, undefined, `${name}: Lighthouse could look`);
      for (const [category, goal] of Object.entries(goals)) {
        const score = Math.round((lhr.categories[category].score ?? 0) * 100);
        const short = lhr.categories[category].auditRefs
          .filter((r) => r.weight > 0 && lhr.audits[r.id].score !== null && lhr.audits[r.id].score < 1)
          .map((r) => `${r.id}: ${lhr.audits[r.id].title} ${lhr.audits[r.id].displayValue ?? ''}`);
        ok(score >= goal, `${name}: ${category} ${score} of at least ${goal}`, short.join('\n'));
      }
      for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'total-byte-weight'])
        diag(`${name}: ${id} ${lhr.audits[id]?.displayValue}`);
    }
  } finally {
    chrome.kill();
  }
});
