// Standards and causes in the settings, as a shop owner would write them: adopted by a click, changed in a form with the page for customers
// beside it, saved as a draft, published; nobody overwrites what they have not seen; and an agent only reads.
import { addPerson, axe, comes, context, emptyBusiness, habits, is, ok, open, password, phone, sees, serve, settled, signedIn, test } from './lib.mjs';

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

  await open(page, server, '/settings/standards');
  await main.getByText('Nothing is published yet.').waitFor();
  const paper = main.locator('section.preview .paper');
  await paper.getByRole('heading', { name: 'What you can expect of us' }).waitFor();
  await sees(paper.getByText('It never arrived').first(), 'the page for customers stands beside the form before anything is published');
  await sees(paper.getByText('A draft: not published'), '... and says that it is a draft');
  await picture(page, 'standards-first');
  await main.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByLabel('What changed').fill('Our first');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await main.getByText('Version 1 has been in force').waitFor();
  is((await json(page, server, '/v1/standards')).in_force, 1, 'adopted by a click');

  await main.getByText('For everybody').click();
  await main.getByLabel('Title of the page').fill('Our word');
  await paper.getByRole('heading', { name: 'Our word' }).waitFor();
  ok(true, 'what is typed is seen at once as customers will see it');
  await main.getByText(/Standard 1:/).click();
  const clock = main.getByLabel('You have our decision', { exact: true }).first();
  await clock.fill('\u0665');
  await clock.blur();
  await paper.getByText('within 5 working days').first().waitFor();
  ok(true, 'a clock typed in Arabic digits is read');
  await clock.fill('soon');
  await clock.blur();
  await sees(main.getByText('Please write a number.').first(), 'no number: said beside the field');
  await clock.fill('5');
  await clock.blur();
  await main.getByRole('button', { name: 'Add a remedy' }).click();
  await main.getByLabel('What it is called').last().fill('A cup of coffee');
  await main.getByText(/Standard 1:/).click({ trial: true });
  await main.getByRole('checkbox', { name: 'A cup of coffee' }).nth(1).check();
  await paper.getByText('A cup of coffee').first().waitFor({ state: 'attached' });
  await main.getByRole('button', { name: 'Save the draft' }).click();
  await page.getByText('The draft is saved.').waitFor();
  const draft = await json(page, server, '/v1/standards/draft');
  const paths = draft.changes.map((c) => c.path);
  ok(['title.en', 'kinds.delivery_late.clocks.solution', 'kinds.delivery_late.extra', 'remedies.remedy_1'].every((p) => paths.includes(p)), 'all of it is in the draft', paths.join(' '));
  ok(!(await (await page.context().request.get(`${server.url}/standards`)).text()).includes('Our word'), 'which holds for nobody yet');

  // somebody else saves meanwhile
  const { csrf } = await json(page, server, '/v1/session');
  await page.context().request.put(`${server.url}/v1/standards/draft`, { data: { document: { ...draft.document, reopen_days: 45 } }, headers: { 'X-Rebound-CSRF': csrf } });
  await main.getByLabel('Title of the page').fill('Our word is good');
  await main.getByRole('button', { name: 'Save the draft' }).click();
  await main.getByText('Somebody else has saved the draft meanwhile.').waitFor();
  await comes(() => main.getByLabel('Title of the page').inputValue(), 'Our word is good', 'a colleague was quicker: told, and what was typed stays');
  is((await json(page, server, '/v1/standards/draft')).document.reopen_days, 45, '... and theirs is not overwritten');
  await main.getByRole('button', { name: 'Load again' }).click();
  await main.getByText('There is a draft of the next version.').waitFor();
  await main.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('dialog').getByText('things change').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await main.getByText('Version 2 has been in force').waitFor();
  ok((await (await page.context().request.get(`${server.url}/standards`)).text()).includes('<h1>Our word</h1>'), 'published, it is what customers read');
  await settled(page);
  const found = await axe(page);
  is(found.join('\n'), '', 'axe finds nothing');
  await picture(page, 'standards-second');

  // causes
  await open(page, server, '/settings/causes');
  await main.getByRole('button', { name: /Add below.*Delivery/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await sees(page.getByText('A name in one language is needed.'), 'a cause needs a name');
  await page.getByLabel(/Name in.*English/).fill('The courier lost it');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await main.getByText('The courier lost it').first().waitFor();
  await main.getByRole('button', { name: /Retire.*The courier lost it/ }).click();
  await main.locator('li', { hasText: 'The courier lost it' }).locator('.tag', { hasText: 'Retired' }).waitFor();
  const causes = (await json(page, server, '/v1/causes')).causes;
  is(causes.filter((c) => !c.offered).map((c) => c.parent).join(), 'delivery', 'a cause below the delivery, and retired');
  is(page.faults.join('\n'), '', 'no fault on the console');

  for (const language of ['ar', 'fa']) {
    const small = await signedIn(await context({ viewport: phone }), server, { habit: habits[language], where: '/settings/standards' });
    await small.locator('section.preview .paper h1').waitFor();
    await settled(small);
    is(await small.locator('section.preview .paper .sheet').evaluate((m) => getComputedStyle(m).direction), 'rtl', `${language}: the preview runs from right to left`);
    ok(await small.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${language}: nothing is wider than a phone`);
    await picture(small, `standards-${language}`);
    is(small.faults.join('\n'), '', `${language}: no fault on the console`);
  }
  const agent = await signedIn(await context(), server, { who: { email: 'ana@example.com', password }, where: '/settings/standards' });
  await agent.getByText('Owners and managers change the standards.').waitFor();
  await settled(agent);
  ok(!(await agent.getByRole('button', { name: 'Publish' }).isVisible()), 'an agent reads them and changes nothing');
  is(agent.faults.join('\n'), '', 'without a fault');
});
