// Every screen of the console, once: the pictures, axe and the checks of direction all walk this list.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, open, settled } from './lib.mjs';

/** Places to go when signed in; `id` is put in place of a customer. `then` brings the screen where it is worth a look. */
export const inside = [
  { name: 'today', where: '/today' },
  { name: 'today-open', where: '/today', then: async (page) => page.locator('main ol li button').first().click() },
  { name: 'customers', where: '/customers' },
  { name: 'doubles', where: '/customers?doubles=1' },
  { name: 'customer', where: '/customers/{id}' },
  { name: 'cases', where: '/cases' },
  { name: 'cases-list', where: '/cases?state=all' },
  { name: 'case-new', where: '/cases/new' },
  { name: 'case', where: '/cases/{case}' },
  { name: 'case-decide', where: '/cases/{case}', then: async (page) => page.keyboard.press('KeyD').then(() => page.locator('dialog[open] textarea').first().waitFor()) },
  { name: 'case-promise', where: '/cases/{case}', then: async (page) => page.keyboard.press('KeyP').then(() => page.locator('fieldset input[type=radio]').nth(1).waitFor()) },
  { name: 'promises', where: '/cases/promises' },
  { name: 'promises-gap', where: '/cases/promises?view=gap' },
  { name: 'summary', where: '/summary' },
  { name: 'import', where: '/import' },
  { name: 'jobs', where: '/jobs' },
  ...settingsPlaces().map((s) => ({ name: `settings${s && '-' + s}`, where: `/settings${s && '/' + s}` })),
];

/** The sections of the settings, as the folder has them, so that a new one cannot be forgotten. */
function settingsPlaces() {
  const sections = join(build, '../console/src/screens/settings/sections');
  return ['', ...readdirSync(sections).map((f) => f.replace('.svelte', ''))];
}

export async function go(page, server, screen, id) {
  const place = screen.where.includes('{case}') ? screen.where.replace('{case}', await someCase(page, server, id)) : screen.where;
  await open(page, server, place.replace('{id}', id));
  if (screen.then) {
    await screen.then(page);
    await settled(page);
  }
}

/** A customer with a history: the first of Today, or of the list. */
export async function someCustomer(page, server) {
  const answer = await (await page.context().request.get(`${server.url}/v1/customers?sort=stake&limit=1`)).json();
  return answer.customers[0].id;
}

/** A complaint of that customer, with an answer, a note and somebody waited for; the same one however often it is asked for. */
export async function someCase(page, server, id) {
  const request = page.context().request;
  const { csrf } = await (await request.get(`${server.url}/v1/session`)).json();
  const post = async (path, data) => (await request.post(`${server.url}${path}`, { data, headers: { 'X-Rebound-CSRF': csrf } })).json();
  const { kinds } = await (await request.get(`${server.url}/v1/cases/choices`)).json();
  const made = await post('/v1/cases', {
    customer_id: id, channel: 'phone', acknowledge: 'phone', kind: kinds[0].code, text: 'The chairs were promised for Friday and came on Tuesday. We had guests and nobody could sit.',
    sought: 'The delivery charge back', order_ref: '4711', key: 'the case of the tests',
  });
  if (made.events.length < 6) {
    await post(`/v1/cases/${made.number}/assess`, { severity: 'high' });
    await post(`/v1/cases/${made.number}/messages`, { text: 'I am sorry. I find out where it was held up.', channel: 'phone' });
    await post(`/v1/cases/${made.number}/notes`, { text: 'The carrier says that the van broke down.' });
    await post('/v1/promises', { case: made.number, kind: 'call_back', text: 'I call with the new day', due_at: new Date(Date.now() + 30 * 3_600_000).toISOString() });
  }
  return String(made.number);
}
