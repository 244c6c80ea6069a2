// Every screen as a picture, in Arabic and English, on a desk and a phone, light and dark: `make screenshots`, then look at them.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addPerson, context, desk, diag, emptyBusiness, filledBusiness, habits, narrow, newPage, ok, open, phone, serve, signedIn, test } from './lib.mjs';
import { go, inside, someCustomer } from './screens.mjs';

const out = process.argv[2];
const wanted = new Set(process.argv.slice(3)); // names of screens, languages or devices; none: all
const asked = (...names) => wanted.size === 0 || names.some((n) => wanted.has(n));
await test(async () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const shoot = async (page, name) => {
    await page.screenshot({ path: join(out, `${name}.png`), fullPage: !name.startsWith('customers') }); // the long list is drawn as far as it is in sight
    ok(page.faults.length === 0, name, page.faults.join('\n'));
  };
  const db = filledBusiness();
  addPerson(db);
  const server = await serve(db);
  const empty = emptyBusiness();
  addPerson(empty);
  const emptyServer = await serve(empty);
  for (const language of ['en', 'ar', 'fa', 'el'])
    for (const [device, viewport, dark] of [['desk', desk, false], ['phone', phone, false], ['dark', desk, true], ['narrow', narrow, false]]) {
      if (wanted.size === 0 && (language === 'fa' || language === 'el') && device !== 'phone') continue;
      if (wanted.size > 0 && !asked(language, device)) continue;
      const ctx = await context({ viewport, dark, locale: language });
      const page = await newPage(ctx);
      await open(page, server, '/today');
      await shoot(page, `sign-in.${language}.${device}`);
      const work = await signedIn(ctx, server, { habit: habits[language] });
      const id = await someCustomer(work, server);
      for (const screen of inside) {
        await go(work, server, screen, id);
        await shoot(work, `${screen.name}.${language}.${device}`);
      }
      const none = await signedIn(await context({ viewport, dark }), emptyServer, { habit: habits[language] });
      for (const screen of inside.filter((s) => ['today', 'customers', 'summary', 'import', 'jobs'].includes(s.name))) {
        await go(none, emptyServer, screen, '1');
        await shoot(none, `${screen.name}-empty.${language}.${device}`);
      }
      await none.context().close();
      await ctx.close();
    }
  diag(`pictures in ${out}`);
});
