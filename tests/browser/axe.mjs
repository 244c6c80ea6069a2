// Every screen in four languages, light and dark, on a desk and a phone (and a narrow one): axe finds nothing, the whole application runs in the language's
// direction, nothing is wider than the window, the page's policy refused nothing, and no script threw.
import { addPerson, axe, context, desk, diag, filledBusiness, habits, is, languages, narrow, newPage, ok, open, phone, rightToLeft, serve, signedIn, test } from './lib.mjs';
import { go, inside, someCustomer } from './screens.mjs';

/** In the page: its language and direction, how much wider than the window it is, and which controls a box cuts off. */
function look() {
  const cutBy = (e) => {
    const r = e.getBoundingClientRect();
    if (r.width === 0 || e.closest('.visually-hidden, [hidden], dialog:not([open])')) return false;
    for (let box = e.parentElement; box && box !== document.body; box = box.parentElement) {
      const { overflowX } = getComputedStyle(box);
      const b = box.getBoundingClientRect();
      if (b.width <= 1 || overflowX === 'auto' || overflowX === 'scroll') return false; // hidden from sight, or within reach
      if (overflowX !== 'visible' && (r.left < b.left - 1 || r.right > b.right + 1)) return true;
    }
    return r.left < -1 || r.right > innerWidth + 1;
  };
  return {
    lang: document.documentElement.lang,
    dir: getComputedStyle(document.documentElement).direction,
    body: getComputedStyle(document.body).direction,
    main: getComputedStyle(document.querySelector('main')).direction,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: [...document.querySelectorAll('main :is(button, a, input, select, textarea)')].filter(cutBy).map((e) => `<${e.localName}> ${(e.textContent || e.name || '').trim().slice(0, 40)}`),
  };
}

await test(async () => {
  const db = filledBusiness();
  addPerson(db);
  const server = await serve(db);
  let looks = 0;

  // First, that this test can fail: a picture without words and an inline style are noticed.
  const bad = await signedIn(await context(), server);
  await bad.evaluate(() => {
    document.querySelector('main').append(document.createElement('img'));
    document.body.setAttribute('style', 'width: 5000px');
  });
  ok((await axe(bad)).some((line) => line.startsWith('image-alt')), 'axe would find a picture without words');
  ok(bad.faults.some((f) => /Content Security Policy/.test(f)), 'an inline style would be refused, and seen here', bad.faults.join('\n'));
  await bad.context().close();

  for (const language of languages)
    for (const dark of [false, true])
      for (const [device, viewport] of Object.entries({ desk, phone, ...(dark ? {} : { narrow }) })) {
        const how = `${language}, ${dark ? 'dark' : 'light'}, ${device}`;
        const ctx = await context({ viewport, dark });
        const page = await signedIn(ctx, server, { habit: habits[language] });
        const id = await someCustomer(page, server);
        const found = [];
        const crooked = [];
        for (const screen of inside) {
          await go(page, server, screen, id);
          looks++;
          if (viewport !== narrow) for (const line of await axe(page)) found.push(`${screen.name}: ${line}`);
          const state = await page.evaluate(look);
          const dir = rightToLeft.has(language) ? 'rtl' : 'ltr';
          if (!state.lang.startsWith(language)) crooked.push(`${screen.name}: lang is ${state.lang}`);
          if (state.dir !== dir || state.body !== dir || state.main !== dir) crooked.push(`${screen.name}: direction ${JSON.stringify(state)}`);
          for (const what of state.cut) crooked.push(`${screen.name}: cut off: ${what}`);
          if (state.wide > 0) crooked.push(`${screen.name}: ${state.wide} px wider than the window`);
        }
        ok(found.length === 0, `${how}: axe finds nothing on ${inside.length} screens`, found.join('\n'));
        ok(crooked.length === 0, `${how}: language, direction and width are right`, crooked.join('\n'));
        ok(page.faults.length === 0, `${how}: no error, and nothing the policy refuses`, page.faults.join('\n'));
        await ctx.close();
      }
  diag(`${looks} looks`);

  // Before one is inside.
  for (const language of languages) {
    const ctx = await context({ viewport: phone, locale: language });
    const page = await newPage(ctx);
    await open(page, server, '/today');
    const found = await axe(page);
    ok(found.length === 0, `${language}: axe finds nothing on the sign-in`, found.join('\n'));
    is(await page.evaluate(() => document.documentElement.dir), rightToLeft.has(language) ? 'rtl' : 'ltr', `${language}: the sign-in speaks the browser's language`);
    await ctx.close();
  }
});
