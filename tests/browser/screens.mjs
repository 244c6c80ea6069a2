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
  await open(page, server, screen.where.replace('{id}', id));
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
