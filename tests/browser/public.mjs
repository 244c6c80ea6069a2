// The pages for everybody: the whole way of a complaint and of a survey in four languages in a browser whose scripts are switched off; then axe, direction and
// width on each page in light and dark, on a desk, a phone and 320 pixels.
import { axe, context, desk, emptyBusiness, cli, diag, is, languages, leads, narrow, newPage, ok, phone, rightToLeft, serve, test } from './lib.mjs';

const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(2000, 7)]);
const words = { en: 'The handle came off.', ar: 'انكسرت اليد.', fa: 'دسته‌اش شکست.', el: 'Έσπασε η λαβή.' };

async function api(ctx, server, method, path, data) {
  const r = await ctx.request.fetch(`${server.url}${path}`, { method, data, headers: { 'Content-Type': 'application/json' } });
  if (!r.ok()) throw new Error(`${method} ${path}: ${r.status()} ${await r.text()}`);
  return r.json();
}

/** Waits until a form that was opened by now may be sent: whoever is quicker than two seconds is asked again. */
const write = () => new Promise((r) => setTimeout(r, 2100));
/** One survey after the other, so that each is seen to be counted. */
let turn = Promise.resolve();

async function wayOf(language, server) {
  const ctx = await context({ viewport: phone, locale: language, javaScriptEnabled: false });
  const page = await newPage(ctx);
  await page.goto(`${server.url}/complain`);
  is(await page.locator('html').getAttribute('lang'), language, `${language}: the form speaks the browser's language`);
  is(await page.locator('html').getAttribute('dir'), rightToLeft.has(language) ? 'rtl' : 'ltr', `${language}: ... in its direction`);
  await page.fill('#body', words[language]);
  await page.fill('#order', 'A-17');
  await write();
  await leads(page, () => page.locator('#order').press('Enter'));
  is(await page.locator('html').getAttribute('lang'), language, `${language}: Enter sends the form and changes no language`);
  ok(await page.locator('.notice.bad').isVisible(), `${language}: without a way to be reached it comes back`);
  is(await page.inputValue('#body'), words[language], `${language}: ... with what was typed`);
  const other = language === 'el' ? 'en' : 'el';
  await leads(page, () => page.locator(`button[name=speak][value=${other}]`).click());
  is(await page.locator('html').getAttribute('lang'), other, `${language}: another language is one press away`);
  is(await page.inputValue('#body'), words[language], `${language}: ... and what was typed stays`);
  await leads(page, () => page.locator(`button[name=speak][value=${language}]`).click());
  await page.fill('#email', `${language}@example.com`);
  await page.setInputFiles('#files', { name: 'cup.png', mimeType: 'image/png', buffer: png });
  await leads(page, () => page.locator('main button.primary').click());
  ok(/\/c\/\d{6}-/.test(page.url()), `${language}: a complaint with a file leads to its page`, `${page.url()} ${await page.locator('main').innerText()}`);
  const number = Number(/\/c\/(\d+)/.exec(page.url())?.[1]);
  ok(await page.locator('.notice.good').isVisible(), `${language}: ... which thanks`);
  ok((await page.locator('.big').innerText()).length > 5, `${language}: ... and says by when we answer`);
  ok((await page.locator('.thread').innerText()).includes(words[language]), `${language}: ... and what was said`);
  const link = page.url().split('?')[0];
  await page.fill('#body', `${words[language]} 2`);
  await write();
  await leads(page, () => page.locator('#write button.primary').click());
  is(await page.locator('.thread li').count(), 3, `${language}: a message joins what was said`);
  await api(ctx, server, 'POST', `/v1/cases/${number}/decide`, { outcome: 'upheld', reason: 'We broke it.', remedies: [] });
  await api(ctx, server, 'POST', `/v1/cases/${number}/communicate`, { how: 'page' });
  await page.goto(link);
  is(await page.locator('html').getAttribute('lang'), language, `${language}: the link alone speaks the language of the complaint`);
  await leads(page, () => page.locator('#right button[value=yes]').click());
  ok(await page.locator('#right .notice.good').isVisible(), `${language}: did we make it right? Yes`);
  const before = turn;
  let done;
  turn = new Promise((r) => (done = r));
  await before;
  const survey = await answerSurvey(page, ctx, server, language, number).finally(done);
  ok(page.faults.length === 0, `${language}: no error, and nothing the policy refuses`, page.faults.join('\n'));
  await ctx.close();
  return { link: new URL(link).pathname, survey };
}

async function answerSurvey(page, ctx, server, language, number) {
  const asked = await api(ctx, server, 'POST', '/v1/surveys/invitations', { kind: 'nps', case: number });
  await page.goto(`${server.url}${asked.link}?a=9`);
  ok(await page.locator('input[value="9"]').isChecked(), `${language}: the link of a mail brings the page with the answer chosen`);
  const before = await api(ctx, server, 'GET', '/v1/surveys');
  await leads(page, () => page.locator('main button.primary').press('Enter'));
  ok(page.url().includes('done=1'), `${language}: one press sends it`);
  const after = await api(ctx, server, 'GET', '/v1/surveys');
  const answered = (f) => f.surveys.find((s) => s.kind === 'nps').answered;
  is(answered(after), answered(before) + 1, `${language}: ... and it counts once`);
  return asked.link;
}

/** In the page: its direction, and how much wider than the window it is. */
const look = () => ({
  dir: getComputedStyle(document.querySelector('main')).direction,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  small: [...document.querySelectorAll('main :is(button, .btn, select, input:not([type=hidden], #website))')]
    .map((e) => [e, (e.closest('label') ?? e).getBoundingClientRect()])
    .filter(([e, r]) => r.height > 0 && r.height < 20 && !e.closest('.more-about'))
    .map(([e]) => e.outerHTML.slice(0, 80)),
});

await test(async () => {
  const db = emptyBusiness('public');
  cli(db, 'set', 'form_per_hour', '0');
  const server = await serve(db);
  const ways = {};
  // Four people at once: the two seconds are waited for together.
  await Promise.all(languages.map(async (language) => (ways[language] = await wayOf(language, server))));

  const ctx0 = await context();
  const fresh = await api(ctx0, server, 'POST', '/v1/cases', { channel: 'phone', kind: 'delivery_late', text: 'It has not come.', name: 'Ann', email: 'ann@example.com' });
  const links = [];
  for (const kind of ['csat', 'ces']) links.push((await api(ctx0, server, 'POST', '/v1/surveys/invitations', { kind })).link);
  const status = new URL(fresh.status_link, server.url).pathname;
  await ctx0.close();
  const pages = ['/complain', `${status}?new=1`, ways.en.link, ways.en.survey, ...links, '/c/nothing', '/standards'];
  let looks = 0;
  {
    const ctx = await context();
    const page = await newPage(ctx);
    await page.goto(`${server.url}/complain`);
    await page.evaluate(() => document.querySelector('label[for=body]').remove());
    ok((await axe(page)).some((line) => line.startsWith('label ')), 'axe would find a field without its label');
    await ctx.close();
  }
  for (const language of languages)
    for (const dark of [false, true])
      for (const [device, viewport] of Object.entries({ desk, phone, ...(dark ? {} : { narrow }) })) {
        const how = `${language}, ${dark ? 'dark' : 'light'}, ${device}`;
        const ctx = await context({ viewport, dark, locale: language });
        const page = await newPage(ctx);
        const found = [];
        const crooked = [];
        const see = async (name) => {
          looks++;
          if (viewport !== narrow) for (const line of await axe(page)) found.push(`${name}: ${line}`);
          const s = await page.evaluate(look);
          if (s.dir !== (rightToLeft.has(language) ? 'rtl' : 'ltr')) crooked.push(`${name}: runs ${s.dir}`);
          if (s.wide > 0) crooked.push(`${name}: ${s.wide} px wider than the window`);
          for (const e of s.small) crooked.push(`${name}: too small to press: ${e}`);
        };
        for (const path of pages) {
          await page.goto(`${server.url}${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
          await see(path.replace(/[\w-]{30,}/, '...'));
        }
        await page.goto(`${server.url}/complain?lang=${language}`);
        await page.fill('#body', 'x');
        await page.fill('#phone', '1');
        await leads(page, () => page.locator('main button.primary').click()); // at once: everything that can be wrong is said
        await see('the form with what is wrong');
        ok(found.length === 0, `${how}: axe finds nothing on ${pages.length + 1} pages`, found.join('\n'));
        ok(crooked.length === 0, `${how}: direction and width are right`, crooked.join('\n'));
        ok(page.faults.length === 0, `${how}: no error, and nothing the policy refuses`, page.faults.join('\n'));
        await ctx.close();
      }
  diag(`${looks} looks`);
});
