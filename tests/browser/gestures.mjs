// Making it good, as people do it: what is due given at once, a gesture given with its code, one that is asked for and approved with one click, evidence
// beside the facts; in four languages without a finding of axe. GESTURE_PICTURES=FOLDER keeps pictures.
import { mkdirSync } from 'node:fs';
import { addPerson, axe, becomes, context, desk, filledBusiness, habits, is, ok, open, password, phone, serve, settled, signedIn, test } from './lib.mjs';

test(async () => {
  const db = filledBusiness('gestures');
  const pictures = process.env.GESTURE_PICTURES;
  if (pictures) mkdirSync(pictures, { recursive: true });
  addPerson(db);
  const [nora, mina] = ['Nora', 'Mina'].map((name) => ({ name, email: `${name.toLowerCase()}@example.com`, password }));
  addPerson(db, 'agent', nora);
  addPerson(db, 'manager', mina);
  const server = await serve(db);
  const ctx = await context({ viewport: desk });
  const owner = await signedIn(ctx, server);
  const ask = async (method, path, body) => {
    const answer = await owner.request.fetch(`${server.url}${path}`, { method, data: body, headers: { 'X-Rebound-CSRF': owner.csrf } });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  await ask('PATCH', '/v1/settings', { settings: [['holdout_percent_gesture', '0'], ['gesture_payback_days', '365'], ['turns_voucher_high', '0.6'], ['turns_voucher', '0.45'], ['turns_upgrade_high', '0.5'], ['turns_upgrade', '0.3']].map(([key, value]) => ({ key, value })) });
  // Somebody who is worth much, and others with the same complaint.
  const { customers } = await ask('GET', '/v1/customers?sort=net&limit=8');
  const orders = await ask('GET', `/v1/customers/${customers[0].id}/events?kind=order&limit=1`);
  const ref = orders.events[0].ext_id;
  for (const c of customers.slice(1, 6)) {
    const one = await ask('POST', '/v1/cases', { customer_id: c.id, channel: 'phone', kind: 'delivery_late', severity: 'normal', text: 'The parcel came a week after the promised day.' });
    await ask('POST', `/v1/cases/${one.number}/decide`, { outcome: 'upheld', reason: 'It came late.', remedies: ['delivery_charge'] });
  }
  const made = await ask('POST', '/v1/cases', { customer_id: customers[0].id, channel: 'phone', kind: 'delivery_late', severity: 'normal', text: 'My parcel came a week after the promised day, and crushed.', order_ref: ref, facts_day: '2020-01-02' });
  const where = `/cases/${made.number}`;

  const page = await signedIn(await context({ viewport: desk }), server, { who: nora, where });
  const card = page.locator('#gestures section');
  await card.locator('table').waitFor();
  const due = card.locator('.due li', { hasText: 'All your money back' });
  await becomes(async () => /worth/.test(await due.innerText()), 'what is due stands apart, with its worth');
  await due.getByRole('button').click();
  await page.locator('dialog[open] button.primary').click();
  await card.locator('.so-far li').first().waitFor();
  await becomes(async () => /given/.test(await card.locator('.so-far li').first().innerText()), 'an agent gives it, and nobody is asked');

  const row = (name) => card.locator('tbody tr', { hasText: name });
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await settled(page);
  await becomes(async () => /no-lose/.test(await row('A larger voucher').innerText()), 'a gesture with its rule');
  await row('A larger voucher').getByRole('button', { name: 'Give' }).click();
  await page.locator('dialog[open] button.primary').click();
  const code = page.locator('dialog[open] code');
  await code.waitFor();
  await becomes(async () => /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/.test(await code.innerText()), 'its code is shown at once');
  if (pictures) await page.screenshot({ path: `${pictures}/code.en.png` });
  await page.locator('dialog[open] footer button').last().click();
  if (pictures) await page.screenshot({ path: `${pictures}/two.en.png`, fullPage: true });
  await row('A larger voucher').getByRole('button', { name: /Mina/ }).click();
  await page.locator('dialog[open] textarea').fill('She orders every month.');
  if (pictures) await page.screenshot({ path: `${pictures}/ask.en.png` });
  await page.locator('dialog[open] button.primary').click();
  await card.locator('.so-far .tag', { hasText: /waits for .*Mina/ }).waitFor();
  ok(true, 'beyond the limit Mina is asked, by name and by a stated time');
  await settled(page);
  is(await card.locator('.so-far').getByRole('button', { name: 'Approve' }).count(), 0, 'an agent approves nothing');

  const boss = await signedIn(await context({ viewport: desk }), server, { who: mina, where: '/cases' });
  const waiting = boss.locator('section', { hasText: 'Waiting for a yes or no' });
  await waiting.getByRole('button', { name: 'Approve' }).waitFor();
  if (pictures) await boss.screenshot({ path: `${pictures}/approvals.en.png` });
  await waiting.getByRole('button', { name: 'Approve' }).click();
  await boss.waitForFunction(() => !document.body.innerText.includes('Waiting for a yes or no'));
  ok(true, 'Mina approves with one click, above the list of cases');
  await open(boss, server, where);
  const like = boss.locator('section', { hasText: 'Earlier cases like this' }).last();
  await like.waitFor();
  await becomes(async () => /Most were .*Upheld.*: 5 of 5/.test(await like.innerText()), 'like cases and what was usual stand beside the facts');
  await becomes(async () => /before the order/.test(await like.innerText()), '... and a day that cannot be');
  is([...page.faults, ...boss.faults].join('\n'), '', 'no fault in either browser');

  for (const language of ['en', 'ar', 'fa', 'el'])
    for (const [device, viewport] of [['desk', desk], ['phone', phone]]) {
      const p = await signedIn(await context({ viewport, locale: language }), server, { who: mina, habit: habits[language], where });
      await p.locator('#gestures table').waitFor();
      await settled(p);
      const found = await axe(p);
      is(found.join('\n'), '', `${language} on a ${device}: axe finds nothing`);
      ok(await p.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${language} on a ${device}: nothing runs out of the page`);
      if (pictures) await p.screenshot({ path: `${pictures}/case.${language}.${device}.png`, fullPage: true });
      is(p.faults.join('\n'), '', `${language} on a ${device}: no fault`);
      await p.context().close();
    }
});
