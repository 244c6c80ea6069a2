// Signing in by a provider and with a second factor, in a real browser. The provider is localhost and Rebound 127.0.0.1: two sites, so that cookies go
// or stay as SameSite says. A real provider (npm oidc-provider) with its own pages.
import { createHmac } from 'node:crypto';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { addPerson, axe, cli, context, emptyBusiness, eventually, is, newPage, ok, open, password, person, serve, settled, test, tmp } from './lib.mjs';
import { writeFileSync } from 'node:fs';

async function provider(redirect) {
  for (let i = 0; i < 3; i++) {
    const child = spawn(process.execPath, ['tests/oidc/provider.mjs', redirect, 'yes'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const port = await new Promise((resolve) => {
      let text = '';
      const late = setTimeout(() => resolve(null), 60000); // Node has been seen to hang while it starts on a busy machine
      child.stdout.on('data', (d) => {
        text += d;
        const m = /^port (\d+)\n/m.exec(text);
        if (m) clearTimeout(late), resolve(m[1]);
      });
    });
    if (port) return { url: `http://localhost:${port}`, stop: () => child.kill('SIGKILL') };
    child.kill('SIGKILL');
  }
  throw new Error('the provider does not start');
}

/** RFC 6238, as a phone does it. */
function code(secret, steps = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

await test(async () => {
  const db = emptyBusiness('oidc');
  addPerson(db);
  cli(db, 'user', 'add', 'anna@example.net', '--role', 'agent', '--link');
  const server = await serve(db);
  const p = await provider(`${server.url}/v1/oidc/callback`);
  const secret = join(tmp, 'secret');
  writeFileSync(secret, 'a secret/with+signs:%\n', { mode: 0o600 });
  cli(db, 'oidc', 'set', '--issuer', p.url, '--client-id', 'rebound', '--client-secret-file', secret, '--url', server.url, '--name', 'Example ID');

  // --- there and back -------------------------------------------------------------------------------------------------------------
  const ctx = await context();
  const page = await newPage(ctx);
  const sent = [];
  page.on('request', async (r) => {
    const at = sent.push({ url: r.url(), cookie: '' }) - 1;
    sent[at].cookie = (await r.allHeaders().catch(() => ({}))).cookie ?? '';
  });
  await open(page, server, '/today');
  await page.getByText('Example ID').click();
  await page.waitForURL(/localhost.*interaction/);
  await page.locator('input[name="login"]').fill('anna');
  await page.locator('input[name="password"]').fill('x');
  await page.locator('button[type="submit"], .login-submit').first().click();
  await page.waitForURL(/localhost.*interaction/);
  const journey = (await ctx.cookies(server.url)).find((c) => c.name === 'rebound-oidc');
  ok(journey && journey.sameSite === 'Lax' && journey.httpOnly, 'what the browser keeps on the journey is Lax and HttpOnly', JSON.stringify(journey));
  await page.locator('button[type="submit"], .login-submit').first().click(); // consent
  await page.waitForURL((u) => u.origin === server.url && u.pathname === '/');
  await settled(page);
  const me = await page.evaluate(() => fetch('/v1/session').then((r) => r.json()));
  is(me.user?.email, 'anna@example.net', 'back in the console, signed in as who was invited');
  const cookies = await ctx.cookies(server.url);
  const session = cookies.find((c) => c.name === 'rebound');
  ok(session && session.sameSite === 'Strict' && session.httpOnly, 'the session is Strict and HttpOnly', JSON.stringify(session));
  ok(!cookies.some((c) => c.name === 'rebound-oidc'), 'what was kept on the journey is gone');
  const at = sent.findIndex((r) => r.url.includes('/v1/oidc/callback'));
  const next = sent.slice(at + 1).find((r) => r.url === `${server.url}/`);
  ok(/rebound-oidc=/.test(sent[at].cookie), 'the callback, a step from another site, brings the Lax cookie');
  ok(/(^|; )rebound=/.test(next?.cookie ?? ''), 'the step from there to the console is within the site: the Strict session goes along', next?.cookie);
  ok(!/code=|state=/.test(page.url()), 'the address holds no code');
  await page.reload();
  await settled(page);
  is((await page.evaluate(() => fetch('/v1/session').then((r) => r.json()))).state, 'signed_in', 'a reload stays signed in');
  // The provider's own pages ask for a font that is not to be had here.
  is(page.faults.filter((f) => !/ERR_NAME_NOT_RESOLVED/.test(f)).join('\n'), '', 'no fault, no refusal of the policy');

  // --- somebody nobody invited, in a page of the business's language ------------------------------------------------------------------------
  cli(db, 'set', 'language', 'ar');
  const strange = await newPage(await context());
  await open(strange, server, '/today');
  await strange.getByText('Example ID').click();
  await strange.waitForURL(/localhost.*interaction/);
  await strange.locator('input[name="login"]').fill('stranger');
  await strange.locator('input[name="password"]').fill('x');
  await strange.locator('button[type="submit"], .login-submit').first().click();
  await strange.waitForURL(/localhost.*interaction/);
  await strange.locator('button[type="submit"], .login-submit').first().click();
  await strange.waitForURL(/oidc\/callback/);
  is(await strange.locator('html').getAttribute('dir'), 'rtl', 'who is not let in reads why, from right to left in Arabic');
  ok(/دعوة/.test(await strange.locator('main').innerText()), '... that an invitation is wanted');
  if (process.env.SHOT) await strange.screenshot({ path: process.env.SHOT });
  is((await axe(strange)).join('\n'), '', '... on a page without findings');
  await strange.locator('main a').click();
  await settled(strange);
  ok(new URL(strange.url()).origin === server.url, '... and goes back to the sign-in page');

  // --- the provider is down -----------------------------------------------------------------------------------------------------------------
  p.stop();
  cli(db, 'oidc', 'set', '--issuer', p.url, '--client-id', 'rebound', '--url', server.url, '--name', 'Example ID');
  await strange.getByText('Example ID').click();
  await strange.waitForURL(/oidc\/start/);
  is(await strange.locator('main a').count(), 1, 'a provider that is down: words and a way back, no JSON');
  cli(db, 'set', 'language', 'en');

  // --- the second factor, asked for by the form ------------------------------------------------------------------------------------------------
  const api = (await context()).request;
  const { csrf } = await (await api.post(`${server.url}/v1/session`, { data: { email: person.email, password } })).json();
  const headers = { 'X-Rebound-CSRF': csrf };
  const made = await (await api.post(`${server.url}/v1/me/totp`, { data: { password }, headers })).json();
  // The code before the present one, so that the present one is still good for signing in; asked again should a half minute end on the way.
  let codes;
  await eventually(async () => (codes = (await (await api.put(`${server.url}/v1/me/totp`, { data: { code: code(made.secret, -1) }, headers })).json()).recovery_codes));
  for (const [what, typed] of [['the code of a phone', () => code(made.secret)], ['a recovery code', () => codes[0]]]) {
    const form = await newPage(await context());
    await open(form, server, '/today');
    await form.locator('input[type="email"]').fill(person.email);
    await form.locator('input[type="password"]').fill(password);
    await form.locator('form .btn.primary').click();
    const box = form.locator('input[autocomplete="one-time-code"]');
    await box.waitFor();
    await box.fill('000000');
    await form.locator('form .btn.primary').click();
    await form.locator('[role="alert"] .notice').waitFor();
    await box.fill(typed());
    await form.locator('form .btn.primary').click();
    await form.waitForFunction(() => !document.querySelector('input[autocomplete="one-time-code"]'));
    await settled(form);
    is((await form.evaluate(() => fetch('/v1/session').then((r) => r.json()))).user?.email, person.email, `${what} opens the console`);
    is(form.faults.join('\n'), '', '... without a fault');
  }
});
