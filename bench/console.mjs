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

  // From the press on a stage to its rows, painted.
  await settled(page);
  const took = [];
  for (let i = 0; i < 9; i++)
    took.push(
      await page.evaluate(async (nth) => {
        const input = document.querySelectorAll('main .stages input')[nth];
        const stage = input.parentElement.firstChild.nextSibling.textContent.trim();
        const began = performance.now();
        input.click();
        // Its rows are there when the first of them bears the stage's name.
        while (document.querySelector('tr[data-row] .stage')?.textContent.trim() !== stage) await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }, 1 + (i % 3)),
    );
  line(`${customers} customers: a filter answers`, median(took), 'ms', 100);

  await page.mouse.wheel(0, 100000);
  await settled(page);
  line('nodes in the page after a long way down', await page.evaluate(() => document.querySelectorAll('body *').length), '  ', 600);
});
