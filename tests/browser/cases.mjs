// From a complaint taken on the telephone to the call that asks whether it was made right: on a desk in English and on a phone in Arabic, by
// hand as somebody would. Two colleagues decide at once and nothing is lost; what others do moves nothing; a draft survives the page.
import { addPerson, becomes, comes, context, desk, eventually, filledBusiness, habits, is, ok, open, phone, serve, settled, signedIn, test } from './lib.mjs';

const nora = { name: 'Nora Haddad', email: 'nora@example.com', password: 'a courteous sparrow' };
const numberOf = (page) => new URL(page.url()).hash.match(/cases\/(\d+)/)?.[1];
const api = async (page, server, number) => (await page.context().request.get(`${server.url}/v1/cases/${number}`)).json();
const words = {
  en: { text: 'The lamp came broken, and late as well.', sought: 'A new lamp', reason: 'The lamp was packed badly by us.' },
  ar: { text: 'وصل المصباح مكسورًا ومتأخرًا أيضًا.', sought: 'مصباح جديد', reason: 'كان التغليف سيئًا من جانبنا.' },
};

/** Everything up to the closing, with the hands of one person. */
async function wholeWay(server, language, viewport) {
  const how = `${language}, ${viewport === desk ? 'desk' : 'phone'}`;
  const w = words[language];
  const page = await signedIn(await context({ viewport }), server, { habit: habits[language], where: '/cases' });
  await page.locator('main header a.btn.primary').click();
  await page.waitForFunction(() => location.hash === '#/cases/new');
  await settled(page);

  // Found while they speak, by what only one can have.
  const customers = (await (await page.context().request.get(`${server.url}/v1/customers?sort=stake&limit=3`)).json()).customers;
  const customer = customers[language === 'en' ? 0 : 1];
  await page.locator('main input[type="search"]').fill(customer.email || customer.phone);
  await page.locator('main .found button').first().click();
  await page.locator('main .kinds label').nth(2).click();
  await becomes(async () => (await page.locator('main .rights li').count()) > 0, `${how}: what is due by right stands beside it at once`);
  await page.locator('main textarea').first().fill(w.text);

  // The page is gone by mistake; what was typed is not.
  await page.waitForFunction((t) => localStorage.getItem('rebound.cases.new')?.includes(JSON.stringify(t).slice(1, -1)), w.text);
  await page.reload();
  await settled(page);
  await comes(() => page.locator('main textarea').first().inputValue(), w.text, `${how}: a draft survives the page`);
  await page.locator('main .field input[type="text"]').first().fill(w.sought);
  await page.locator('main form .btn.primary').click();
  await page.waitForFunction(() => /^#\/cases\/\d+$/.test(location.hash));
  await settled(page);
  const number = numberOf(page);
  ok(/^\d{6,7}$/.test(number ?? ''), `${how}: taken down as C-${number}`);
  await becomes(async () => (await page.locator('main h1').innerText()).includes(`C-${number}`), `${how}: and opened`);
  await comes(() => page.evaluate(() => localStorage.getItem('rebound.cases.new')), null, `${how}: the draft is done with`);
  const taken = await api(page, server, number);
  is(taken.customer?.id, customer.id, `${how}: it is that customer's`);
  is(taken.sought, w.sought, `${how}: with what would make it right`);
  is(taken.steps.heard, 'done', `${how}: who is on the telephone knows that it is here`);

  // Assessed, a word to the customer, a note; a call that is written down.
  const press = async () => page.locator('main .card.primary .btn.primary').click();
  const inDialog = page.locator('dialog[open]');
  await press();
  await inDialog.locator('input[type="radio"][value="high"]').check();
  await inDialog.locator('footer .btn.primary').click();
  await comes(async () => (await api(page, server, number)).severity, 'high', `${how}: assessed`);
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await page.locator('main .tabs button').nth(1).click();
  await page.locator('main textarea[data-words]').fill(w.reason);
  await page.locator('main form .btn.primary').click();
  await becomes(async () => (await api(page, server, number)).steps.apologised === 'done', `${how}: spoken to`);

  // Decided, beside the standard; what is due by right first.
  await eventually(async () => !(await page.locator('main .card.primary .btn.primary').isDisabled()));
  await press();
  await inDialog.locator('input[value="upheld"]').check();
  const due = inDialog.locator('.list input[type="checkbox"]');
  await becomes(async () => (await due.count()) > 0, `${how}: what is due is offered in the decision`);
  await due.first().check();
  await inDialog.locator('textarea').first().fill(w.reason);
  await inDialog.locator('footer .btn.primary').click();
  await becomes(async () => (await api(page, server, number)).state === 'decided', `${how}: decided`);
  const decided = await api(page, server, number);
  is(decided.decision.reason, w.reason, `${how}: with its reason`);
  is(decided.decision.remedies.length, 1, `${how}: and its remedy`);

  // The decision leads to giving what was decided.
  is(decided.steps.fixing === 'done', false, `${how}: to decide is not to give`);
  await inDialog.locator('form[id$="-give"]').waitFor();
  await inDialog.locator('footer .btn.primary').click();
  await becomes(async () => (await api(page, server, number)).decision.owed.length === 0, `${how}: what was decided is given at once`);

  // A gesture beyond it, that costs nothing: a written apology.
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  const view = await (await page.context().request.get(`${server.url}/v1/cases/${number}/gestures`, { headers: { 'Accept-Language': language } })).json();
  const apology = view.extra.find((o) => o.kind === 'apology');
  await page.locator('#gestures tbody tr', { hasText: apology.title }).locator('.btn').click();
  await inDialog.locator('footer .btn.primary').click();
  await becomes(async () => (await api(page, server, number)).events.some((e) => e.kind === 'gesture' && e.word === 'given'), `${how}: a gesture is given`);

  // Told on the telephone, called back, closed with its cause.
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await eventually(async () => !(await page.locator('main .card.primary .btn.primary').isDisabled()));
  await press();
  // The letter is there, in the customer's language, with the reason in it; here they are told on the telephone all the same.
  const draft = inDialog.locator('textarea.body');
  await draft.waitFor();
  await becomes(async () => (await draft.inputValue()).includes(w.reason), `${how}: a letter is drafted with the reason`, () => draft.inputValue());
  is(await draft.getAttribute('dir'), (await api(page, server, number)).language === 'ar' ? 'rtl' : 'ltr', `${how}: in its own direction`);
  await inDialog.locator('input[value="phone"]').check();
  await inDialog.locator('.btn.primary').click();
  await becomes(async () => (await api(page, server, number)).state === 'communicated', `${how}: the customer knows`);
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await eventually(async () => !(await page.locator('main .card.primary .btn.primary').isDisabled()));
  await press();
  await inDialog.locator('input[value="delivery"]').check();
  await inDialog.locator('footer .btn.primary').click();
  await becomes(async () => (await api(page, server, number)).state === 'closed', `${how}: closed`);
  const closed = await api(page, server, number);
  is(closed.cause, 'delivery', `${how}: with its root cause`);
  ok(closed.clocks.every((c) => c.state === 'met' && !c.late), `${how}: every clock was met in time`, JSON.stringify(closed.clocks));
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  await becomes(async () => (await page.locator('main ol li .title').count()) >= 8, `${how}: all of it stands in the history`, () => page.locator('main ol').allInnerTexts());
  ok(page.faults.length === 0, `${how}: without a fault on the way`, page.faults.join('\n'));
  await page.context().close();
  return number;
}

await test(async () => {
  const db = filledBusiness();
  addPerson(db);
  addPerson(db, 'manager', nora);
  const server = await serve(db);
  await wholeWay(server, 'en', desk);
  await wholeWay(server, 'ar', phone);

  // Two colleagues on one case: the second sees what the first decided, and loses nothing.
  const sara = await signedIn(await context(), server, { where: '/cases' });
  const other = await signedIn(await context(), server, { who: nora, where: '/cases' });
  const post = async (page, path, data) => (await page.context().request.post(`${server.url}${path}`, { data, headers: { 'X-Rebound-CSRF': page.csrf } })).json();
  const one = await post(sara, '/v1/cases', { name: 'Ann', phone: '+302101234567', channel: 'phone', acknowledge: 'phone', text: 'The kettle leaks.', key: 'kettle' });
  const two = await post(sara, '/v1/cases', { name: 'Bob', channel: 'phone', acknowledge: 'phone', text: 'The chair wobbles.', key: 'chair' });
  await post(sara, `/v1/cases/${one.number}/assess`, { severity: 'normal' });
  for (const page of [sara, other]) await open(page, server, `/cases/${one.number}`);
  const decide = async (page, outcome, reason) => {
    await page.keyboard.press('KeyD');
    await page.locator(`dialog[open] input[value="${outcome}"]`).check();
    await page.locator('dialog[open] textarea').first().fill(reason);
  };
  await decide(sara, 'upheld', 'The seal was faulty.');
  await decide(other, 'not_upheld', 'It was overfilled.');
  await sara.locator('dialog[open] footer .btn.primary').click();
  await eventually(async () => (await api(sara, server, one.number)).state === 'decided');
  await sara.waitForFunction(() => !document.querySelector('dialog[open]'));
  await other.locator('dialog[open] footer .btn.primary').click();
  await other.locator('.conflict').waitFor();
  const said = () => other.locator('.conflict').innerText();
  await becomes(async () => /Sara[^]*The seal was faulty\./.test(await said()), 'the second is shown who decided what', said);
  is((await api(other, server, one.number)).decision.outcome, 'upheld', 'nothing was written over');
  await other.waitForFunction(() => !document.querySelector('dialog[open]'));
  await other.locator('.conflict .btn').nth(1).click();
  await other.keyboard.press('KeyD');
  await comes(() => other.locator('dialog[open] textarea').first().inputValue(), 'It was overfilled.', 'what the second had typed is still there');
  await other.keyboard.press('Escape');

  // On the list: J and K walk, Enter opens; a colleague's new case moves nothing until it is asked for.
  await open(sara, server, '/cases?sort=new');
  const shown = async () => sara.locator('main a[data-case]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  const before = await shown();
  await sara.keyboard.press('KeyJ');
  await sara.keyboard.press('KeyJ');
  await sara.keyboard.press('KeyK');
  await comes(() => sara.evaluate(() => document.activeElement?.getAttribute('href')), before[0], 'J and K walk along the list');
  await post(other, `/v1/cases/${two.number}/assess`, { severity: 'critical' });
  const late = await post(other, '/v1/cases', { name: 'Cem', channel: 'phone', acknowledge: 'phone', text: 'The parcel was wet.', key: 'wet' });
  await sara.locator('.anew button').waitFor();
  await settled(sara);
  is((await shown()).join(), before.join(), 'what colleagues do moves no row');
  await comes(() => sara.locator(`li:has(a[href="#/cases/${two.number}"]) .tag.bad`).count(), 1, 'but is shown where it stands');
  await sara.locator('.anew button').click();
  await becomes(async () => (await shown())[0] === `#/cases/${late.number}`, 'and is sorted in when it is asked for');
  await sara.locator('main a[data-case]').first().focus();
  await sara.keyboard.press('Enter');
  await sara.waitForFunction((n) => location.hash === `#/cases/${n}`, late.number);
  ok(true, 'Enter opens a case');

  // Found however it is written, and taken along as a file.
  await open(sara, server, '/cases');
  for (const q of [`c-${two.number}`, 'WOBBLES', 'Bób']) {
    await sara.locator('main input[type="search"]').fill(q);
    await becomes(async () => (await shown()).join() === `#/cases/${two.number}`, `found by "${q}"`, async () => (await shown()).join());
  }
  const download = sara.waitForEvent('download');
  await sara.locator('main .end .btn').first().click();
  ok((await download).suggestedFilename().endsWith('.xlsx'), 'as a file for Excel');
  ok(sara.faults.length + other.faults.length === 0, 'without a fault', [...sara.faults, ...other.faults].join('\n'));
});
