// The whole way of somebody who has never seen the console, in each language: the one-time link, the business, a file, its columns, the
// check, the import, what is learnt, and the first customer called. It presses the one blue button at every step and reads nothing.
import { basename, join } from 'node:path';
import { comes, context, demoFiles, desk, diag, habits, is, languages, newPage, ok, phone, rightToLeft, serve, settled, test, tmp } from './lib.mjs';

/** Presses the step's blue button once it can be pressed. */
const goOn = (page) => page.locator('main .btn.primary:visible').first().click();
const digits = { arabic: /[٠-٩]/, persian: /[۰-۹]/, latin: /[0-9]/ };
const foreign = { arabic: /[0-9۰-۹]/, persian: /[0-9٠-٩]/, latin: /[٠-٩۰-۹]/ };

await test(async () => {
  const orders = join(demoFiles(400), 'orders.csv');
  for (const language of languages) {
    const device = language === 'en' || language === 'el' ? 'desk' : 'phone';
    const habit = habits[language];
    const server = await serve(join(tmp, `way-${language}.db`)); // an empty database: nothing is set up
    ok(/#\/welcome\/.{20}/.test(server.welcome), `${language}: the server names the link of the first owner`);
    const ctx = await context({ viewport: device === 'desk' ? desk : phone, locale: language });
    const page = await newPage(ctx);
    const began = Date.now();
    let clicks = 0;

    await page.goto(server.welcome);
    await settled(page);
    await page.locator('input[autocomplete="name"]').fill('Sara Al-Mansouri');
    await page.locator('input[type="email"]').first().fill('sara@example.com');
    await page.locator('input[autocomplete="new-password"]').first().fill('seven courteous sparrows');
    await goOn(page), clicks++;
    await page.locator('input[autocomplete="organization"]').fill('Four Gardens');
    const [lang, calendar, numerals] = await page.locator('main select').evaluateAll((all) => all.slice(-3).map((s) => s.value));
    is(lang, language, `${language}: the browser's language is offered`);
    await page.locator('main select').nth(-2).selectOption(habit.calendar);
    await page.locator('main select').nth(-1).selectOption(habit.digits);
    diag(`${language}: offered calendar ${calendar}, digits ${numerals}`);
    await goOn(page), clicks++;

    // Inside, with nothing yet: the next act is offered, and it is the import.
    await page.waitForFunction(() => location.hash === '#/today' || location.hash === '#/import');
    await settled(page);
    if (page.url().endsWith('#/today')) {
      await goOn(page), clicks++;
      await page.waitForFunction(() => location.hash === '#/import');
    }
    await settled(page);
    await page.locator('input[type="file"]').setInputFiles(orders);
    await page.waitForFunction(() => /^#\/import\/u\//.test(location.hash));
    await page.locator('main').getByText(basename(orders)).first().waitFor();
    await settled(page);
    await goOn(page), clicks++; // to the check
    await page.waitForFunction(() => !/^#\/import\/u\/[^/]+$/.test(location.hash));
    await settled(page);
    await goOn(page), clicks++; // import
    // Imported and learnt: the blue button then leads to the list.
    await page.locator('main a.btn.primary[href="#/today"]:visible').click(), clicks++;
    await page.locator('main li[data-item]').first().waitFor();
    await settled(page);
    const took = (Date.now() - began) / 1000;
    ok(clicks <= 7, `${language}, ${device}: from the link to the people to call in ${clicks} presses of the blue button`);
    diag(`${language}: in ${took.toFixed(0)} s`);

    // What is shown follows language, calendar and digits.
    const text = await page.locator('main').innerText();
    ok(digits[habit.digits].test(text) && !foreign[habit.digits].test(text.replace(/[\w.]+@[\w.]+|\+[\d ]+/g, '')), `${language}: digits are the person's`, text.slice(0, 600));
    is(await page.evaluate(() => document.documentElement.dir), rightToLeft.has(language) ? 'rtl' : 'ltr', `${language}: direction`);

    // Open, act: two clicks; and a way back.
    const rows = page.locator('main li[data-item]');
    const first = await rows.first().getAttribute('data-item');
    const before = await rows.count();
    await rows.first().locator('button[data-head]').click();
    await page.locator('.panel .row-actions .btn.primary').first().click();
    await page.waitForFunction((code) => !document.querySelector(`[data-item="${code}"]`), first);
    await comes(() => rows.count(), before - 1, `${language}: done in two clicks`);
    await page.locator('[role="status"] button, .toast button').first().click();
    await page.waitForFunction((code) => document.querySelector(`[data-item="${code}"]`), first);
    ok(true, `${language}: and taken back in one`);
    ok(page.faults.length === 0, `${language}: without a fault on the way`, page.faults.join('\n'));
    await ctx.close();
    await server.stop();
  }
});
