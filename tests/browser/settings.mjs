// Settings and Summary, driven as a person would: a change is saved when its field is left and can be taken back, what is wrong is said beside
// its field and changes nothing, figures have their range and origin, pictures have their table, and people, keys and the second factor work.
import { createHmac } from 'node:crypto';
import { addPerson, axe, becomes, cli, comes, context, filledBusiness, habits, is, ok, open, password, phone, sees, serve, settled, signedIn, test } from './lib.mjs';

const csrfWrite = (page, server, method, path, data) =>
  page.context().request.fetch(`${server.url}${path}`, { method, data, headers: { 'X-Rebound-CSRF': page.csrf } });

/** The setting as the server has it. */
async function setting(page, server, key) {
  const answer = await (await page.context().request.get(`${server.url}/v1/settings`)).json();
  return answer.settings.find((s) => s.key === key);
}

/** Types into a field and leaves it. */
async function type(field, text) {
  await field.fill(text);
  await field.blur();
}

/** The six digits of RFC 6238 for a secret in base32. */
function sixDigits(secret) {
  const bits = [...secret.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

async function numbers(page, server) {
  const main = page.locator('main');
  const toasts = page.getByText(/saved|as before/).last();
  await open(page, server, '/settings/assumptions');
  const margin = page.getByLabel('Margin', { exact: true });
  await type(margin, 'plenty');
  await sees(main.getByText('Please write a number.'), 'no number: said beside the field');
  await type(margin, '250');
  await sees(main.getByText(/from .*0.* to .*100/), 'too much: said, with what is allowed');
  is((await setting(page, server, 'margin_rate')).origin, 'assumed', 'and nothing was changed');
  await type(margin, '\u0663\u0665');
  await toasts.waitFor();
  const set = await setting(page, server, 'margin_rate');
  ok(set.value === 0.35 && set.set_by === 'Sara Al-Mansouri', 'Arabic digits are read; who set it is on record', JSON.stringify(set));
  await sees(main.getByText(/by .*Sara Al-Mansouri/).first(), 'and shown');
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await page.getByText('as before').last().waitFor();
  is((await setting(page, server, 'margin_rate')).origin, 'assumed', 'taken back: an assumption again');

  const effect = page.getByRole('group', { name: 'What a call brings back' });
  await type(effect.getByLabel('Likely'), '30');
  await sees(effect.getByText('must lie between'), 'a value beyond its range waits for the range');
  is((await setting(page, server, 'effect_call')).value, 0.08, 'and is not saved alone');
  await type(effect.getByLabel('At most'), '40');
  await effect.getByRole('button', { name: 'Back to the default' }).waitFor();
  is((await setting(page, server, 'effect_call')).value, 0.3, 'with the range it is');

  await page.getByLabel('Cost of a minute').fill('0.45');
  await page.evaluate(() => (location.hash = '#/settings/rules'));
  await page.getByText('Cost of a minute').last().waitFor();
  await settled(page);
  await comes(async () => (await setting(page, server, 'cost_per_minute_minor')).value, 45, 'what was typed and left is saved, in the smallest unit');

  await page.getByLabel('Friday').uncheck();
  await page.getByText(/Working days/).last().waitFor();
  await page.getByRole('textbox', { name: 'First day' }).fill('5/4/2027');
  await page.getByRole('button', { name: 'Add a day off' }).click();
  await page.getByRole('button', { name: /^Remove/ }).waitFor();
  await comes(async () => (await setting(page, server, 'days_off')).value, '2027-04-05', 'a day off');
  await comes(async () => (await setting(page, server, 'working_days')).value, 'mon tue wed thu sat sun', 'a week without Friday');
}

async function peopleAndKeys(page, server) {
  const dialog = page.getByRole('dialog');
  await open(page, server, '/settings/people');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  await sees(dialog.getByText('Please fill this in.'), 'an invitation wants an address');
  await dialog.getByLabel('E-mail address').fill('nadia@example.com');
  await dialog.getByRole('radio', { name: /analyst/ }).check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const url = await dialog.getByLabel('Link', { exact: true }).inputValue();
  ok(new RegExp(`^${server.url}/#/invite/\\S{20,}$`).test(url), 'a whole link to copy', url);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: /^Edit.*nadia/ }).click();
  await dialog.getByRole('button', { name: 'Shut out' }).click();
  await sees(page.locator('main').getByText('shut out'), 'and shut out again');

  const sight = page.getByRole('group', { name: 'What agents see' });
  const seen = async () => (await setting(page, server, 'agents_see')).value;
  await comes(() => sight.getByRole('radio', { checked: true }).getAttribute('value'), 'all', 'agents see all customers');
  await sight.getByRole('radio', { name: 'Their own' }).check();
  await sight.getByText(/whom nobody keeps is seen by no agent/).waitFor();
  await comes(seen, 'team', '... or their own and their team’s: saved at once, with what it means');
  await page.getByText(/What agents see.?: saved/).waitFor();
  await settled(page);
  is((await axe(page)).join('\n'), '', 'axe finds nothing among the people');
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await sight.getByText('Every agent sees every customer.').waitFor();
  await comes(seen, 'all', '... and taken back');

  await open(page, server, '/settings/keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await dialog.getByLabel('What it is for').fill('report');
  await dialog.getByRole('button', { name: 'Make a key' }).click();
  const key = await dialog.locator('input[readonly]').inputValue();
  ok(key.length >= 40, 'a key, shown once');
  const use = () => fetch(`${server.url}/v1/summary`, { headers: { Authorization: `Bearer ${key}` } });
  is((await use()).status, 200, 'it opens');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('button', { name: /^Revoke.*report/ }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await page.locator('main').getByText('revoked').waitFor();
  await comes(async () => (await use()).status, 401, 'until it is revoked'); // a server looks again within a second

  await open(page, server, '/settings/audit');
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await sees(page.getByText(/records are whole/), 'the audit log is whole');
  await page.getByLabel('Kind').selectOption('changed');
  await comes(async () => [...new Set(await page.locator('.log .tag').allTextContents())].join(), 'changed', 'and filtered');
}

async function myself(page, server) {
  const dialog = page.getByRole('dialog');
  await open(page, server, '/settings/me');
  await page.getByLabel('Password until now').fill('not this one');
  await page.getByLabel('New password').fill('a long enough sentence');
  await page.getByRole('button', { name: 'Change password' }).click();
  await sees(page.getByText(/not right|not your password/), 'a wrong old password is said, and one stays signed in');
  await sees(page.getByRole('heading', { name: 'My account' }), '... on the same page');

  await page.getByRole('button', { name: 'Set up' }).click();
  await dialog.getByLabel(/^Your password/).fill(password);
  await dialog.getByRole('button', { name: 'Next' }).click();
  const secret = await dialog.locator('.secret').textContent();
  await dialog.getByLabel('The six digits').fill(sixDigits(secret));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await dialog.locator('ol li').first().waitFor();
  await comes(() => dialog.locator('ol li').count(), 10, 'a second factor, with ten recovery codes to print');
  await page.evaluate(() => document.documentElement.classList.add('print-dialog'));
  await page.emulateMedia({ media: 'print' });
  await page.locator('main h1').waitFor({ state: 'hidden' });
  await page.getByText('Copy', { exact: true }).waitFor({ state: 'hidden' });
  await sees(dialog.locator('ol'), 'on paper: the codes and nothing else');
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => document.documentElement.classList.remove('print-dialog'));
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('On since').waitFor();
  await page.getByRole('button', { name: 'Turn off' }).click();
  await dialog.getByLabel(/^Your password/).fill(password);
  await dialog.getByRole('button', { name: 'Next' }).click();
  await sees(page.getByRole('button', { name: 'Set up' }), 'and off again');
}

/** The pictures: drawn, within their frame, in the direction of the page, with the same figures as a table. */
async function pictures(page, server, how) {
  await open(page, server, '/summary');
  await page.locator('figure.chart svg[role=img]').first().waitFor();
  const seen = await page.evaluate(() => {
    const rtl = document.documentElement.dir === 'rtl';
    return [...document.querySelectorAll('figure.chart')].map((f) => {
      const svg = f.querySelector('svg[role=img]');
      const box = svg.getBoundingClientRect();
      const dots = [...svg.querySelectorAll('circle')].map((c) => Number(c.getAttribute('cx')));
      const texts = [...svg.querySelectorAll('text')].map((e) => e.getBoundingClientRect());
      return {
        named: Boolean(document.getElementById(svg.getAttribute('aria-labelledby'))?.textContent && svg.querySelector('desc')?.textContent),
        band: (svg.querySelector('path.band')?.getAttribute('d') ?? '').length > 10,
        along: dots.every((x, i) => i === 0 || (rtl ? x < dots[i - 1] : x > dots[i - 1])),
        within: texts.every((b) => b.left >= box.left - 2 && b.right <= box.right + 2),
        rows: f.querySelectorAll('details tbody tr').length,
        dots: dots.length,
      };
    });
  });
  ok(seen.length >= 2 && seen.every((s) => s.named && s.band), `${how}: pictures with a name, a description and a band`, JSON.stringify(seen));
  ok(seen.every((s) => s.along), `${how}: they run along the line of reading`, JSON.stringify(seen));
  ok(seen.every((s) => s.within), `${how}: every word lies within its picture`);
  ok(seen.every((s) => s.rows > 0 && (s.dots === 0 || s.rows === s.dots)), `${how}: the same figures stand in a table`);
}

await test(async () => {
  const db = filledBusiness();
  addPerson(db);
  addPerson(db, 'agent', { name: 'Ana', email: 'ana@example.com', password });
  cli(db, 'fit', '--now', '2026-01-15');
  const server = await serve(db);
  const page = await signedIn(await context(), server);
  await numbers(page, server);
  await peopleAndKeys(page, server);
  await myself(page, server);

  await pictures(page, server, 'en');
  const worth = page.locator('main dl .estimate button').first();
  await worth.click();
  await sees(page.locator('main .pop:popover-open'), 'a figure shows its range and origin');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Update the figures' }).click();
  await sees(page.getByText('The figures are new.'), 'a new fit, with the old figures meanwhile');
  is(page.faults.join('\n'), '', 'no fault on the console');
  await csrfWrite(page, server, 'PATCH', '/v1/settings', { settings: [{ key: 'effect_call', value: null }, { key: 'effect_call_high', value: null }] });

  for (const language of ['ar', 'fa']) {
    const small = await signedIn(await context({ viewport: phone }), server, { habit: habits[language] });
    await pictures(small, server, `${language}, on a phone`);
    is(small.faults.join('\n'), '', `${language}: no fault on the console`);
  }
  const agent = await signedIn(await context(), server, { who: { email: 'ana@example.com', password }, where: '/settings/assumptions' });
  await becomes(() => agent.getByLabel('Margin', { exact: true }).isDisabled(), 'an agent sees the assumptions and cannot change them');
  ok(!(await agent.getByRole('link', { name: 'People' }).isVisible()), '... and no people or keys');
});
