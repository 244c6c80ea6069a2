// The list of customers and one customer's page, as a person uses them: found, filtered, walked by keys, answered, taken back, told to a colleague.
import { addPerson, axe, becomes, cli, comes, context, desk, eventually, filledBusiness, is, ok, open, password, person, phone, sees, serve, settled, signedIn, test } from './lib.mjs';

test(async () => {
  const db = filledBusiness('customers');
  addPerson(db);
  const [ana, maya, noor] = ['Ana', 'Maya', 'Noor'].map((name) => ({ name, email: `${name.toLowerCase()}@example.com`, password }));
  addPerson(db, 'agent', ana);
  addPerson(db, 'manager', maya);
  addPerson(db, 'analyst', noor);
  const server = await serve(db);
  const ctx = await context({ viewport: desk });
  const page = await signedIn(ctx, server);

  // --- the list
  await open(page, server, '/customers');
  await page.locator('table [data-row]').first().waitFor();
  /** How many fit, as soon as the table tells it: the rows come first. */
  const counted = async (below = Infinity) => {
    let n = -2;
    await eventually(async () => (n = Number(await page.locator('table').getAttribute('aria-rowcount')) - 1) >= 1 && n < below);
    return n;
  };
  const all = await counted();
  ok(all > 1500, `everybody is counted: ${all}`);
  const first = async () => Number(await page.locator('table [data-row]').first().getAttribute('aria-rowindex'));
  await becomes(async () => (await page.mouse.wheel(0, 4000), (await first()) > 300), 'the list goes on as it is scrolled', first);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  ok(nodes <= 600, `... and far down ${nodes} nodes are in the page`);
  // The wheel may still turn on a busy machine.
  await eventually(async () => (await page.evaluate(() => scrollTo(0, 0)), (await first()) === 2));
  await settled(page);
  await page.evaluate(() => scrollTo(0, 0));
  await page.keyboard.press('KeyJ');
  await page.keyboard.press('KeyJ');
  const second = await page.locator('table [data-row]').nth(1).locator('a').innerText();
  await comes(() => page.evaluate(() => document.activeElement.innerText), second, 'J walks down the rows');
  await page.keyboard.press('KeyK');
  await page.keyboard.press('Enter');
  await page.waitForURL(/customers\/\d+$/);
  await page.goBack();
  await page.locator('table [data-row]').first().waitFor();

  await page.keyboard.press('Slash');
  await page.keyboard.type('Ξενακη');
  await page.waitForFunction(() => [...document.querySelectorAll('[data-row] a')].every((a) => /Ξενάκη|Xenaki/i.test(a.innerText)) && document.querySelector('[data-row]'));
  ok(true, 'found without its accent');
  await page.getByRole('searchbox').fill('zzzz');
  await page.getByText('Nobody found').waitFor();
  await sees(page.getByRole('button', { name: 'Add a customer' }).nth(1), 'nobody found: the next act is offered');
  await page.getByRole('button', { name: 'Show everybody' }).click();
  await page.locator('table [data-row]').first().waitFor();

  const stage = page.getByRole('radio', { name: /^Slowing/ });
  const began = Date.now();
  await stage.check();
  await page.waitForFunction(() => [...document.querySelectorAll('[data-row] .tag')].every((x) => x.innerText === 'Slowing'));
  console.log(`# a filter answered in ${Date.now() - began} ms`);
  const slowing = await counted(all);
  ok(slowing > 0 && slowing < all, `a stage alone: ${slowing}`);
  ok(/stage=slowing/.test(page.url()), '... stands in the address');
  await page.reload();
  await page.locator('table [data-row]').first().waitFor();
  await becomes(() => stage.isChecked(), '... and outlives a reload');

  // --- one customer
  const today = await (await ctx.request.get(`${server.url}/v1/today`)).json();
  const item = today.items.find((i) => i.kind === 'call') ?? today.items[0];
  await open(page, server, `/customers/${item.customer.id}`);
  await page.getByRole('heading', { level: 1, name: item.customer.name }).waitFor();
  await page.getByRole('button', { name: /Log the (call|message)/ }).click();
  await page.getByText('Nothing needs doing just now.').waitFor();
  ok(true, 'what was to be done is done');
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: /Log the (call|message)/ }).waitFor();
  ok(true, '... and taken back: it is proposed again');
  await sees(page.locator('li.undone').first(), 'the history keeps both');
  await page.getByPlaceholder('Write a note …').fill('اتصلت صباحًا');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('.words', { hasText: 'اتصلت صباحًا' }).waitFor();
  await sees(page.locator('.when', { hasText: person.name }).first(), 'a note, by whom');
  await page.getByRole('button', { name: 'Record what they said' }).click();
  await page.getByLabel('By what way').selectOption('post');
  await page.getByRole('radio', { name: 'Refuses it' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^\W*Marketing\W+Post/).first().waitFor();
  ok(true, 'consent is changed');

  // --- whose customer: given, told to an agent, taken back
  const whose = page.getByRole('combobox', { name: 'Whose customer' });
  const keeper = async () => (await (await ctx.request.get(`${server.url}/v1/customers/${item.customer.id}`)).json()).keeper;
  await comes(async () => (await whose.locator('option').allTextContents()).sort().join(', '), `Ana, Maya, Nobody, ${person.name}`, 'a customer may be given to anybody who sees names');
  await whose.selectOption({ label: 'Ana' });
  await page.getByText('Given to').waitFor();
  is((await keeper())?.name, 'Ana', 'given to an agent');
  const agent = await signedIn(await context({ viewport: desk }), server, { who: ana, where: `/customers/${item.customer.id}` });
  await agent.locator('section', { hasText: 'Whose customer' }).getByText('Ana').waitFor();
  await settled(agent);
  is(await agent.getByRole('combobox', { name: 'Whose customer' }).count(), 0, 'an agent reads whose customer it is and gives nobody away');
  const manager = await signedIn(await context({ viewport: desk }), server, { who: maya, where: `/customers/${item.customer.id}` });
  const theirs = manager.getByRole('combobox', { name: 'Whose customer' });
  await theirs.waitFor();
  await comes(async () => (await theirs.locator('option').allTextContents()).join(', '), 'Nobody, Ana, Maya', 'a manager chooses among whom they know of');
  await theirs.selectOption({ label: 'Maya' });
  await manager.getByText('Given to').waitFor();
  is((await keeper())?.name, 'Maya', '... and may take them over');
  await manager.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await manager.waitForFunction(() => document.querySelector('main select option:checked')?.textContent === 'Ana');
  await comes(async () => (await keeper())?.name, 'Ana', '... and back');
  const analyst = await signedIn(await context({ viewport: desk }), server, { who: noor, where: `/customers/${item.customer.id}` });
  await settled(analyst);
  is(await analyst.getByText('Whose customer').count(), 0, 'an analyst is told nobody’s name');
  is([agent, manager, analyst].flatMap((p) => p.faults).join('\n'), '', 'no fault on their consoles');

  // A colleague's note waits behind a word; nothing moves.
  const note = page.locator('.words', { hasText: 'اتصلت صباحًا' });
  const above = () => note.evaluate((e) => Math.round(e.getBoundingClientRect().top - document.querySelector('h1').getBoundingClientRect().top));
  await settled(page);
  const before = await above();
  cli(db, 'customer', 'note', item.customer.id, 'from the terminal');
  const news = page.getByRole('button', { name: /Something is new/ });
  await news.waitFor();
  ok(!(await page.getByText('from the terminal').isVisible()), 'a colleague’s note waits');
  is(await above(), before, '... and moves nothing');
  if (process.env.REB_KEEP) await page.screenshot({ path: `${process.env.REB_KEEP}/news.png` });
  await news.click();
  await sees(page.getByText('from the terminal'), '... until it is asked for');

  // --- merged and taken apart
  const twin = await (await ctx.request.get(`${server.url}/v1/customers?sort=name&limit=1`)).json();
  const [made] = [twin.customers[0]];
  await page.getByRole('button', { name: 'Merge with another' }).click();
  await page.getByLabel('Who is the same?').fill(made.id);
  await page.locator('dialog .menu-list button').first().click();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByRole('button', { name: /^Take apart/ }).waitFor();
  await page.getByRole('button', { name: /^Take apart/ }).click();
  await page.getByRole('button', { name: /^Take apart/ }).waitFor({ state: 'detached' });
  ok(true, 'merged, and taken apart again');

  await settled(page);
  const faults = await axe(page);
  is(faults.join('\n'), '', 'axe finds nothing on the page as it stands now');
  is(page.faults.join('\n'), '', 'no fault on the console');
  await page.setViewportSize(phone);
  await settled(page);
  is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, 'nothing is wider than a phone');
});
