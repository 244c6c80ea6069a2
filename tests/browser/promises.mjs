// Promises, as people give and keep them: in a case, in one step, within open hours; in the list of all, by filters, as a file; and how well they
// are kept, with what is too little said; in four languages without a finding of axe.
import { addPerson, axe, becomes, comes, context, desk, eventually, filledBusiness, habits, is, ok, open, password, phone, rightToLeft, sees, serve, settled, signedIn, test } from './lib.mjs';

const nora = { name: 'Nora Klein', email: 'nora@example.com', password };

await test(async () => {
  const db = filledBusiness('promises');
  addPerson(db);
  addPerson(db, 'agent', nora);
  const server = await serve(db);
  const page = await signedIn(await context(), server);
  const request = page.context().request;
  const get = async (path) => (await request.get(`${server.url}${path}`)).json();
  const post = async (path, data) => {
    const answer = await request.post(`${server.url}${path}`, { data, headers: { 'X-Rebound-CSRF': page.csrf } });
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const { customers } = await get('/v1/customers?sort=stake&limit=3');
  const made = await post('/v1/cases', { customer_id: customers[0].id, channel: 'phone', acknowledge: 'phone', kind: 'delivery_late', text: 'The kettle has not come.', language: 'en' });
  const one = () => get(`/v1/cases/${made.number}`);

  // Given in one step: the kind, a time that lies within open hours, and the sentence goes into the answer.
  await open(page, server, `/cases/${made.number}`);
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Promises', exact: true }) });
  await page.getByText('Nothing was promised in this case yet.').waitFor();
  await page.keyboard.press('KeyP');
  const times = (await get('/v1/promises/times')).times;
  await becomes(async () => (await card.locator('input[type=radio]').count()) === times.length + 1, 'the times offered are those of the calendar, and another one');
  const form = card.locator('form');
  await becomes(async () => (await card.locator('input:checked').inputValue()) === times.find((x) => x.code === 'next').due_at, 'an answer is due at the end of the next open day, unless somebody chooses otherwise');
  await form.getByLabel('Put this sentence into my answer').check();
  const sentence = (await form.locator('.quote').innerText()).replace(/[\u2066-\u2069]/g, '');
  ok(/^I promise you an answer by /.test(sentence), 'the promise stands there as a sentence', sentence);
  await form.getByRole('button', { name: 'Promise', exact: true }).click();
  await becomes(async () => (await one()).promises.length === 1, 'it is written down');
  const first = (await one()).promises[0];
  is([first.kind, first.text, first.owner, first.made_by, first.channel].join(' · '), 'answer · Answer · Sara Al-Mansouri · Sara Al-Mansouri · phone', 'by whom, who keeps it, by which way');
  await becomes(async () => (await page.locator('textarea[data-words]').inputValue()) === sentence, 'the sentence stands in the answer', () => page.locator('textarea[data-words]').inputValue());
  ok((await one()).events.some((e) => e.kind === 'promised' && e.word === 'answer'), 'the case tells it');

  // Another time: a day off the list, in half hours of its open time.
  await card.getByRole('button', { name: 'Give a promise' }).click();
  await form.getByLabel('What you promise').selectOption('refund');
  await form.getByLabel('Who keeps it').selectOption({ label: 'Nora Klein' });
  await form.getByLabel('Another time').check();
  await form.getByRole('button', { name: 'Promise', exact: true }).click();
  await sees(card.getByText('Choose by when.'), 'without a time it is no promise');
  const day = (await get('/v1/promises/times')).open.at(-1).from.slice(0, 10);
  await form.getByRole('textbox', { name: 'On which day' }).fill(day);
  await form.getByRole('textbox', { name: 'On which day' }).press('Tab');
  await becomes(async () => (await form.getByLabel('At what time').locator('option').count()) > 2, 'the hours of that day are offered');
  await form.getByLabel('In your own words').fill('The delivery charge back on your card');
  await form.getByRole('button', { name: 'Promise', exact: true }).click();
  await becomes(async () => (await one()).promises.length === 2, 'a second one');
  const second = (await one()).promises.find((p) => p.kind === 'refund');
  is(`${second.text} · ${second.owner} · ${second.due_at.slice(0, 10)}`, `The delivery charge back on your card · Nora Klein · ${day}`, 'in their own words, by a colleague, on that day');

  // Kept, and taken back; released with the reason.
  await card.getByRole('button', { name: /^Kept: .?Answer/ }).click();
  await becomes(async () => (await one()).promises.find((p) => p.kind === 'answer').state === 'kept', 'kept');
  await page.locator('.toast', { hasText: 'Noted: the promise is kept.' }).getByRole('button', { name: 'Undo' }).click();
  await becomes(async () => (await one()).promises.find((p) => p.kind === 'answer').state === 'open', 'taken back, it is open again');
  await card.getByRole('button', { name: /^Released: .?The delivery charge/ }).click();
  await card.getByLabel('Why did they let us off?').fill('They took a voucher.');
  await card.getByRole('button', { name: 'Released', exact: true }).click();
  await becomes(async () => (await one()).promises.find((p) => p.kind === 'refund').state === 'released', 'released');
  await sees(card.getByText('They took a voucher.'), '... with the reason');
  await becomes(async () => /Promise · kept/.test(await page.locator('main').innerText()), 'the history tells what became of them');

  // All promises: an import of orders beside them.
  let csv = 'Order,Date,Customer id,Product,Amount,Estimated delivery date,Delivered at,Branch\n';
  const ago = (n) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);
  for (let i = 0; i < 66; i++) csv += `p${i},${ago(40)},pc${i},Kettle,20.00,${ago(30)},${i % 22 === 3 ? '' : ago(i % 3 === 0 && i < 33 ? 28 : 31)},${i < 33 ? 'Athens' : i < 60 ? 'Patras' : 'Volos'}\n`;
  const upload = await (await request.post(`${server.url}/v1/uploads?name=o.csv`, { data: Buffer.from(csv), headers: { 'X-Rebound-CSRF': page.csrf, 'Content-Type': 'application/octet-stream' } })).json();
  const job = await post('/v1/imports', { upload: upload.upload });
  is(await eventually(async () => (await get(`/v1/jobs/${job.job_id}`)).state.match(/done|failed/)?.[0]), 'done', 'orders with promised days are imported');
  await open(page, server, '/cases');
  await page.locator('main').getByRole('link', { name: 'Promises' }).click();
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Promises');
  await settled(page);
  const rows = page.locator('main .list > li');
  is(await rows.count(), 1, 'what is to be kept');
  await sees(page.getByText('3 promises are overdue.'), 'what is overdue is said above it');
  await page.getByRole('button', { name: 'Show them' }).click();
  await comes(() => rows.count(), 3, 'the overdue ones');
  await page.getByLabel('Branch', { exact: true }).selectOption('Patras');
  await comes(() => rows.count(), 1, '... of one branch');
  ok((await page.evaluate(() => location.hash)).includes('branch=Patras'), 'the filter stands in the address');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  is(file.suggestedFilename(), 'promises.csv', 'as a file');
  await page.getByRole('button', { name: /^Kept: / }).click();
  await becomes(async () => (await get('/v1/promises?state=broken')).promises.length === 2, 'kept late, from the list');
  await becomes(async () => /kept late/.test(await rows.first().innerText()), '... and it stays where it stood');
  await page.keyboard.press('KeyJ');
  await comes(() => page.evaluate(() => document.activeElement?.getAttribute('data-row') !== null), true, 'J goes to the first row');
  await page.getByRole('button', { name: 'How well we keep them' }).click();
  await page.getByLabel('Compare by').selectOption('branch');
  const table = page.locator('main tbody tr');
  await comes(async () => (await table.allInnerTexts()).map((x) => x.split(/\s/)[0]).join(' '), 'Athens Patras Volos All', 'the gap by branch: the worst first, too little data last');
  const [athens, , volos] = await table.allInnerTexts();
  ok(/Athens\s+33\s+64%\s+47%\s?–\s?78%/.test(athens), 'with number, share and interval', athens);
  ok(/too little data/.test(volos), 'and where it is too little, that is said', volos);
  ok(/\d+h|days/.test(athens), 'by how much, at the median', athens);
  await page.getByRole('link', { name: /^Show: .?Athens/ }).click();
  await comes(() => rows.count(), 33, 'from there to the promises themselves');
  is(page.faults.join('\n'), '', 'no fault in the browser');

  for (const language of ['en', 'ar', 'fa', 'el'])
    for (const [device, viewport, dark] of [['desk', desk, true], ['phone', phone, false]]) {
      const p = await signedIn(await context({ viewport, dark, locale: language }), server, { who: nora, habit: habits[language], where: `/cases/${made.number}` });
      const there = `${language} on a ${device}`;
      await p.keyboard.press('KeyP');
      await p.locator('fieldset input:checked').first().waitFor();
      await settled(p);
      for (const where of ['', '/cases/promises', '/cases/promises?view=gap']) {
        if (where) await open(p, server, where);
        is((await axe(p)).join('\n'), '', `${there} ${where || 'giving one'}: axe finds nothing`);
        ok(await p.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${there} ${where || 'giving one'}: nothing runs out of the page`);
      }
      is(await p.evaluate(() => getComputedStyle(document.querySelector('h1')).direction), rightToLeft.has(language) ? 'rtl' : 'ltr', `${there}: in its direction`);
      is(p.faults.join('\n'), '', `${there}: no fault`);
      await p.context().close();
    }
});
