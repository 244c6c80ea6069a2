// Over a slow net: an answer of the server is held back as long as the test likes, and meanwhile somebody types on, presses twice or goes elsewhere.
// Nothing that was typed is lost, nothing is done twice, and nothing is written where it does not belong.
import { addPerson, comes, context, emptyBusiness, eventually, is, ok, open, sees, serve, settled, signedIn, test } from './lib.mjs';

/** Holds back what is asked of the server from now on where it fits; {asked: how often, go(): lets it through}. */
async function hold(page, method, path) {
  let go;
  const free = new Promise((r) => (go = r));
  const fits = (url) => path.test(url.pathname);
  const held = { asked: 0, go: () => (go(), page.unroute(fits, wait)) };
  async function wait(route) {
    if (route.request().method() !== method) return route.fallback();
    held.asked++;
    await free;
    await route.continue().catch(() => {}); // the page may be gone
  }
  await page.route(fits, wait);
  return held;
}
const asked = (held) => eventually(() => held.asked > 0);

await test(async () => {
  const db = emptyBusiness();
  addPerson(db);
  const server = await serve(db);
  const page = await signedIn(await context(), server);
  const main = page.locator('main');
  const get = async (path) => (await page.context().request.get(`${server.url}${path}`)).json();
  const post = async (path, data) => (await page.context().request.post(`${server.url}${path}`, { data, headers: { 'X-Rebound-CSRF': page.csrf } })).json();
  const setting = async (key) => (await get('/v1/settings')).settings.find((s) => s.key === key).value;

  // A setting is saved while the next is typed.
  await open(page, server, '/settings/assumptions');
  const margin = page.getByLabel('Margin', { exact: true });
  const minute = page.getByLabel('Cost of a minute');
  let held = await hold(page, 'PATCH', /^\/v1\/settings$/);
  await margin.fill('35');
  await minute.focus();
  await asked(held);
  await minute.fill('0.77');
  await margin.focus();
  await minute.focus();
  await margin.fill('36'); // left for the other field before the first save is back
  await minute.focus();
  await minute.fill('0.78');
  held.go();
  await comes(() => setting('margin_rate'), 0.36, 'of two wishes the later one holds');
  await settled(page);
  is(await minute.inputValue(), '0.78', 'what is typed while another setting is saved stays');
  await minute.blur();
  await comes(() => setting('cost_per_minute_minor'), 78, '... and is saved when its field is left');

  // A section of the settings that is on its way is not filled in by the one before.
  held = await hold(page, 'GET', /^\/assets\/rules-/);
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Contact rules' }).click();
  await asked(held);
  await main.locator('[aria-busy="true"]').waitFor();
  is(await margin.count(), 0, 'no section’s fields stand below another’s title');
  held.go();
  await settled(page);

  // Pressed twice.
  await open(page, server, '/settings/keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('dialog').getByLabel('What it is for').fill('report');
  held = await hold(page, 'POST', /^\/v1\/tokens$/);
  const make = page.getByRole('dialog').getByRole('button', { name: 'Make a key' });
  await make.click();
  await asked(held);
  await make.click();
  held.go();
  await page.getByRole('dialog').locator('input[readonly]').waitFor();
  is(held.asked, 1, 'pressed twice, a key is asked for once');
  is((await get('/v1/tokens')).tokens.length, 1, '... and there is one');
  await page.getByRole('dialog').getByRole('button', { name: 'I have kept them' }).click();

  // A draft of the standards is saved while somebody writes on.
  await open(page, server, '/settings/standards');
  await main.getByText('For everybody', { exact: true }).click();
  const title = main.getByLabel('Title of the page');
  await title.fill('Our word');
  held = await hold(page, 'PUT', /^\/v1\/standards\/draft$/);
  await main.getByRole('button', { name: 'Save the draft' }).click();
  await asked(held);
  await title.fill('Our word is good');
  held.go();
  await page.getByText('The draft is saved.').waitFor();
  is(await title.inputValue(), 'Our word is good', 'what is written while the draft is saved stays');
  await main.getByRole('button', { name: 'Save the draft' }).click();
  await comes(async () => (await get('/v1/standards/draft')).document.title.en, 'Our word is good', '... and is in the next one');

  // An answer is on its way while the next is begun.
  const [one, two] = [await post('/v1/cases', { name: 'Ann', email: 'ann@example.com', channel: 'phone', acknowledge: 'phone', text: 'The kettle leaks.', language: 'en' }), await post('/v1/cases', { name: 'Bob', channel: 'phone', acknowledge: 'phone', text: 'The chair wobbles.' })];
  await open(page, server, `/cases/${one.number}`);
  await main.locator('.tabs button').nth(2).click();
  const words = main.locator('textarea[data-words]');
  await words.fill('She rang.');
  held = await hold(page, 'POST', /\/notes$/);
  await main.locator('form .btn.primary').click();
  await asked(held);
  await words.fill('She rang. And once more.');
  held.go();
  await comes(() => words.inputValue(), 'And once more.', 'what is typed behind a note on its way stays as the next one');
  is((await get(`/v1/cases/${one.number}`)).events.filter((e) => e.texts.body === 'She rang.').length, 1, '... and the note went as it was');

  // Another case is opened while an act is on its way, and a form left open is gone on the way back.
  held = await hold(page, 'POST', /\/notes$/);
  await main.locator('form .btn.primary').click();
  await asked(held);
  await page.evaluate((n) => (location.hash = `#/cases/${n}`), two.number);
  await main.getByText('The chair wobbles.').first().waitFor();
  held.go();
  await eventually(async () => (await get(`/v1/cases/${one.number}`)).events.some((e) => e.texts.body === 'And once more.'));
  await settled(page);
  ok((await main.locator('h1').innerText()).includes(String(two.number)) && !(await main.getByText('The kettle leaks.').count()), 'an answer that comes late does not put its case in another’s place');
  await post(`/v1/cases/${one.number}/assess`, { severity: 'normal' });
  await post(`/v1/cases/${two.number}/assess`, { severity: 'normal' });
  await open(page, server, `/cases/${one.number}`);
  await open(page, server, `/cases/${two.number}`);
  await page.keyboard.press('KeyD');
  await page.locator('dialog[open] input[value="upheld"]').check();
  await page.locator('dialog[open] textarea').first().fill('The leg was loose.');
  await page.goBack();
  await main.locator('h1', { hasText: String(one.number) }).waitFor();
  await settled(page);
  is(await page.locator('dialog[open]').count(), 0, 'the way back closes the form of the case before');
  await page.keyboard.press('KeyD');
  await page.locator('dialog[open] textarea').first().waitFor();
  is(await page.locator('dialog[open] textarea').first().inputValue(), '', '... and what was written there is not this one’s');
  await page.keyboard.press('Escape');

  // A letter is kept while somebody writes on, and is sent as it stands then.
  await post(`/v1/cases/${one.number}/decide`, { outcome: 'upheld', reason: 'The seal was faulty.', remedies: [] });
  await open(page, server, '/cases');
  await open(page, server, `/cases/${one.number}`);
  await main.locator('.card.primary .btn.primary').click();
  const letter = page.locator('dialog[open] textarea.body');
  await letter.waitFor();
  held = await hold(page, 'PUT', /\/letters\/\d+$/);
  await letter.fill('Dear Ann,');
  await asked(held);
  await letter.fill('Dear Ann, we were wrong.');
  await page.locator('dialog[open]').getByRole('button', { name: 'It was printed and posted' }).click();
  held.go();
  await eventually(async () => (await get(`/v1/cases/${one.number}`)).state === 'communicated');
  const sent = (await get(`/v1/cases/${one.number}/letters`)).letters.at(-1);
  is(sent.body, 'Dear Ann, we were wrong.', 'a letter goes with its last words');
  is(page.faults.join('\n'), '', 'no fault on the console');
});
