// What others do shows at once, in any number of tabs, moving nothing; and a server that dies under an open page costs nothing: no act is
// lost, none is done or shown twice, and what was typed stays.
import { addPerson, becomes, cli, comes, context, eventually, filledBusiness, is, newPage, ok, serve, signedIn, settled, test } from './lib.mjs';

const rows = (page) => page.locator('main li[data-item]');
const codes = (page) => rows(page).evaluateAll((all) => all.map((r) => r.dataset.item));
const answered = (page) => page.locator('main li.answered');
const streams = async (page, server) => {
  const text = await (await page.context().request.get(`${server.url}/metrics`)).text();
  return Number(/^rebound_(?:event|stream)\w*(?:clients|streams|connections)\w* (\d+)/m.exec(text)?.[1] ?? NaN);
};

await test(async () => {
  const db = filledBusiness();
  addPerson(db);
  let server = await serve(db);
  const ctx = await context();
  const here = await signedIn(ctx, server);
  await eventually(async () => (await rows(here).count()) > 3);
  const before = await codes(here);
  ok(before.length > 3, `${before.length} rows to act on`);

  // Twelve tabs share one stream; each shows the list.
  const tabs = [here];
  while (tabs.length < 12) {
    const page = await newPage(ctx);
    await page.goto(`${server.url}/#/today`);
    tabs.push(page);
  }
  for (const page of tabs) await settled(page);
  await becomes(async () => (await Promise.all(tabs.map((p) => rows(p).count()))).every((n) => n === before.length), 'twelve tabs show the list');
  await comes(() => streams(here, server), 1, 'and take one stream between them');

  // The first tab answers; the others mark the row where it stands.
  const there = tabs[11];
  await rows(here).nth(1).locator('button[data-head]').click();
  await here.locator('.row-actions .btn.primary').first().click();
  await becomes(async () => !(await codes(here)).includes(before[1]), 'an answered row leaves the tab it was answered in');
  await comes(() => answered(there).count(), 1, 'the other tabs mark it');
  is((await codes(there)).join(), before.join(), 'and move no row');
  await comes(async () => (await Promise.all(tabs.slice(1).map((p) => answered(p).count()))).join(''), '1'.repeat(11), 'every tab marks it once');

  // The tab that holds the stream is closed: another takes over and hears what comes next.
  await here.close();
  cli(db, 'done', before[2]);
  await becomes(async () => (await answered(there).count()) === 2, 'when the tab with the stream is closed, another takes over');
  for (const page of tabs.slice(1, 11)) await page.close();

  // The server dies under the open page while a note is being written.
  await rows(there).nth(0).locator('button[data-head]').click();
  const note = there.locator('.panel textarea, .panel input[type="text"]').first();
  await note.fill('Will come by on Friday');
  await server.stop('SIGKILL');
  await there.locator('.panel .row-actions .btn.primary').first().click();
  await becomes(() => there.locator('[role="alert"]').count(), 'an answer that cannot be sent says so');
  is(await note.inputValue(), 'Will come by on Friday', 'and keeps what was written');
  cli(db, 'done', before[3]); // meanwhile, on the terminal
  server = await serve(db, { port: server.port });
  await comes(() => answered(there).count(), 3, 'back again, the page hears what happened meanwhile');
  is(new Set(await codes(there)).size, (await codes(there)).length, 'and shows nothing twice');
  is(await note.inputValue(), 'Will come by on Friday', 'the note is still there');
  await there.locator('.panel .row-actions .btn.primary').first().click();
  await becomes(async () => !(await codes(there)).includes(before[0]), 'sent again, the answer is taken');
  const list = await (await ctx.request.get(`${server.url}/v1/today?minutes=600`)).json();
  ok(!list.items.some((i) => before.slice(0, 4).includes(i.item)), 'of the four answered none is on the list');
  is(there.faults.join('\n'), '', 'and nothing went wrong on the page');
});
