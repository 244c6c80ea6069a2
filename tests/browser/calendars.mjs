// Calendars in the settings: begun with a country, hours and a holiday changed with the week beside them, a file of holidays, published; an agent
// only looks; in Arabic on a phone nothing runs over the edge.
import { addPerson, axe, becomes, context, emptyBusiness, habits, is, ok, open, password, phone, sees, serve, settled, signedIn, test } from './lib.mjs';

const json = async (page, server, path) => (await page.context().request.get(`${server.url}${path}`)).json();
const keep = process.env.REB_KEEP;
const picture = async (page, name) => keep && (await page.screenshot({ path: `${keep}/${name}.png`, fullPage: true }));

await test(async () => {
  const db = emptyBusiness();
  addPerson(db);
  addPerson(db, 'agent', { name: 'Ana', email: 'ana@example.com', password });
  const server = await serve(db);
  const page = await signedIn(await context(), server);
  const main = page.locator('main');

  await open(page, server, '/settings/calendars');
  await main.getByText('It follows the working days').waitFor();
  ok(true, 'before anything is published it follows the settings');
  await main.getByLabel('Country').selectOption('GR');
  await main.getByRole('button', { name: 'Take over' }).click();
  await main.getByText('Orthodox Good Friday').first().waitFor();
  await sees(main.getByText('Not published yet'), 'a country is a draft with its holidays in sight');
  await main.getByLabel('Monday').fill('09:00-13:00 17:00-21:00');
  await main.getByLabel('Monday').blur();
  await main.getByText('17:00–21:00').waitFor();
  ok(true, 'hours that are typed stand in the week beside them');
  await main.getByLabel('Monday').fill('9-18');
  await main.getByLabel('Monday').blur();
  await main.getByRole('alert').waitFor();
  await becomes(() => main.getByRole('button', { name: 'Publish' }).isDisabled(), 'what cannot be read is told and cannot be published');
  await main.getByLabel('Monday').fill('09:00-13:00 17:00-21:00');
  await main.getByLabel('Monday').blur();
  await main.getByRole('alert').waitFor({ state: 'detached' });
  await main.locator('input[type=file]').setInputFiles({
    name: 'school.ics',
    mimeType: 'text/calendar',
    buffer: Buffer.from('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261102\r\nDTEND;VALUE=DATE:20261107\r\nSUMMARY:Autumn break\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'),
  });
  await main.getByRole('button', { name: /^Remove/ }).waitFor();
  await sees(main.getByText('Autumn break').first(), 'a file of holidays is added');
  await picture(page, 'calendars');
  await main.getByLabel('Why').fill('our own hours');
  await main.getByRole('button', { name: 'Publish' }).click();
  await main.getByText('our own hours').waitFor();
  const stored = await json(page, server, '/v1/calendars/main');
  is(stored.version, 2, 'published as version 2');
  is(stored.document.week.mon.join(), '09:00-13:00,17:00-21:00', '... with a split day');
  await settled(page);
  is((await axe(page)).join('; '), '', 'nothing that axe would find');

  const agent = await signedIn(await context(), server, { who: { email: 'ana@example.com', password }, where: '/settings/calendars' });
  await agent.locator('main').getByText('17:00–21:00').waitFor();
  await settled(agent);
  is(await agent.locator('main').getByRole('button', { name: 'Publish' }).count(), 0, 'an agent looks and cannot publish');

  const small = await signedIn(await context({ viewport: phone }), server, { habit: habits.ar, where: '/settings/calendars' });
  await small.locator('main').getByText('17:00–21:00').waitFor();
  await settled(small);
  is(await small.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false, 'in Arabic on a phone nothing runs over the edge');
  await picture(small, 'calendars-ar');
});
