// See bench_console.sh.
import { addPerson, context, filledBusiness, open, serve, settled, signedIn, test } from '../tests/browser/lib.mjs';

const customers = Number(process.env.CUSTOMERS ?? 100000);
const median = (v) => v.toSorted((a, b) => a - b)[Math.floor(v.length / 2)];
const line = (what, value, unit, goal) => console.log(`${what.padEnd(58)} ${value.toFixed(0).padStart(7)} ${unit}   goal ${goal}${value <= goal ? '' : '   MISSED'}`);

await test(async () => {
  const db = filledBusiness('big', customers);
  addPerson(db);
  const server = await serve(db, { options: ['--log', 'warn'] });
  const page = await signedIn(await context(), server, { where: '/summary' });
  const cdp = await page.context().newCDPSession(page);
  const listed = () => page.waitForSelector('main tr[data-row] a');

  // A whole load of the address, with script and style from the cache, on a quarter of the processor.
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const ready = [];
  for (let i = 0; i < 5; i++) {
    await open(page, server, '/summary');
    await page.goto('about:blank');
    const began = performance.now();
    await page.goto(`${server.url}/#/customers`);
    await listed();
    ready.push(performance.now() - began);
  }
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  line(`${customers} customers: list there, a quarter of the speed`, median(ready), 'ms', 1000);

  // From the press on a stage to its rows.
  await settled(page);
  const stages = page.locator('main .stages input');
  const took = [];
  for (let i = 0; i < 9; i++) {
    const answered = page.waitForResponse((r) => /\/v1\/customers(\?|$)/.test(r.url()));
    const began = performance.now();
    await stages.nth(1 + (i % 3)).click();
    await answered;
    await page.waitForFunction(() => !document.querySelector('tbody.busy, [aria-busy="true"]'));
    took.push(performance.now() - began);
  }
  line(`${customers} customers: a filter answers`, median(took), 'ms', 100);

  await page.mouse.wheel(0, 100000);
  await settled(page);
  line('nodes in the page after a long way down', await page.evaluate(() => document.querySelectorAll('body *').length), '  ', 600);
});
