// The console on its list of cases in Chromium until it is told to end; then what its first line says and whether anything went wrong.
import { createRequire } from 'node:module';
const { chromium } = createRequire(new URL('../tests/browser/', import.meta.url))('playwright-core');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
const page = await (await browser.newContext()).newPage();
let faults = 0;
page.on('pageerror', () => faults++);
page.on('response', (r) => r.status() >= 500 && faults++);
await page.goto(`${process.argv[2]}/#/cases`);
process.on('SIGTERM', async () => {
  const said = await page.evaluate(() => document.querySelector('main .page-sub')?.innerText ?? '').catch(() => '');
  console.log(`open to the end, "${said}", ${faults} faults`);
  await browser.close().catch(() => {});
  process.exit(0);
});
setInterval(() => {}, 1000);
