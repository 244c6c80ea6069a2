import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { currencies, decimalsOf } from '../src/lib/currency.ts';
import * as f from '../src/lib/format.ts';
import { locale } from '../src/lib/i18n.svelte.ts';

const digits = ['latin', 'arabic', 'persian'];
const calendars = ['gregorian', 'persian', 'hijri'];
const languages = ['en', 'ar', 'fa', 'el'];

test('a day written in figures is read again, in every language, calendar and digits', () => {
  for (const language of languages)
    for (const calendar of calendars)
      for (const d of digits) {
        locale.set({ language, calendar, digits: d });
        for (const iso of ['1960-01-01', '1999-12-31', '2024-02-29', '2026-03-21', '2026-05-01', '2026-11-22', '2074-12-31'])
          assert.equal(f.parseDay(f.dayFigures(iso), '2026-11-22'), iso, `${language} ${calendar} ${d}: ${f.dayFigures(iso)}`);
      }
});

test('days as people type them', () => {
  locale.set({ language: 'fa', calendar: 'persian', digits: 'persian' });
  assert.equal(f.parseDay('۱۴۰۵/۲/۱۱'), '2026-05-01');
  assert.equal(f.parseDay('1405-02-11'), '2026-05-01');
  assert.equal(f.parseDay('۱۱ / ۲ / ۱۴۰۵'), '2026-05-01');
  assert.equal(f.parseDay('2026-05-01'), '2026-05-01', 'a Gregorian day is understood');
  assert.equal(f.parseDay('۹/۱۵', '2026-11-22'), '2026-12-06', 'without a year: the next one');
  assert.equal(f.parseDay('۱۴۰۵/۱۳/۲'), null);
  locale.set({ language: 'en', calendar: 'gregorian', digits: 'latin' });
  assert.equal(f.parseDay('1/5/2026'), '2026-05-01');
  assert.equal(f.parseDay('2026-05-01'), '2026-05-01');
  assert.equal(f.parseDay('1.5.26', '2026-01-01'), '2026-05-01');
  assert.equal(f.parseDay('30/2/2026'), null);
  assert.equal(f.parseDay('soon'), null);
});

test('Solar Hijri months in Arabic are spelt right, without an era', () => {
  locale.set({ language: 'ar', calendar: 'persian', digits: 'arabic' });
  assert.equal(f.day('2026-05-01'), '١١ أرديبهشت ١٤٠٥');
  locale.set({ language: 'en', calendar: 'persian', digits: 'latin' });
  assert.doesNotMatch(f.day('2026-05-01'), /AP/);
  locale.set({ language: 'ar', calendar: 'hijri', digits: 'arabic' });
  assert.match(f.day('2026-05-01'), /^١٤ ذو القعدة ١٤٤٧$/);
});

test('Arabic and Persian show their own digits', () => {
  locale.set({ language: 'ar', calendar: 'gregorian', digits: 'arabic' });
  assert.equal(f.count(1234), '١٬٢٣٤');
  assert.match(f.money(8400, 'EUR'), /٨٤/);
  locale.set({ language: 'fa', calendar: 'persian', digits: 'persian' });
  assert.equal(f.count(1234), '۱٬۲۳۴');
  locale.set({ language: 'ar', calendar: 'gregorian', digits: 'latin' });
  assert.equal(f.count(1234), '1,234');
});

test('amounts: decimals as the server counts them, no pence in estimates', () => {
  locale.set({ language: 'en', calendar: 'gregorian', digits: 'latin' });
  assert.equal(f.money(1999, 'GBP'), '£19.99');
  assert.equal(f.money(2000, 'GBP'), '£20');
  assert.equal(f.money(1500, 'KWD').replace(/\s/g, ' '), 'KWD 1.500');
  assert.match(f.money(1500, 'IQD'), /1\.500/);
  assert.match(f.money(8400000, 'IRR'), /8,400,000/);
  assert.equal(f.moneyAbout(1999, 'GBP'), '£20');
  assert.equal(f.moneyAbout(519, 'GBP'), '£5.19');
  assert.match(f.moneyRange(441, 5253, 'GBP'), /^£4.+£53$/);
  assert.equal(f.moneyRange(2000, 2000, 'GBP'), '£20');
  assert.equal(f.minor('19,99', 'EUR'), 1999);
  assert.equal(f.minor('1.5', 'KWD'), 1500);
});

test('the table of currencies is the server’s', () => {
  const def = readFileSync(new URL('../../api/currencies.def', import.meta.url), 'utf8');
  const rows = [...def.matchAll(/^REB_CURRENCY\("([A-Z]{3})", (\d)/gm)].map((m) => [m[1], Number(m[2])]);
  assert.ok(rows.length > 100);
  assert.equal(currencies.join(' '), rows.map(([code]) => code).join(' '));
  for (const [code, decimals] of rows) assert.equal(decimalsOf(code), decimals, code);
});

test('shares and instants', () => {
  locale.set({ language: 'en', calendar: 'gregorian', digits: 'latin' });
  locale.timezone = 'Asia/Tehran';
  assert.equal(f.percent(0.72), '72%');
  assert.equal(f.percent(0.025), '2.5%');
  assert.equal(f.clock('2026-05-01T20:40:00Z'), '00:10');
  assert.match(f.instant('2026-05-01T20:40:00Z'), /2, 2026, 00:10|2 May 2026, 00:10/);
  assert.equal(f.todayIso(Date.parse('2026-05-01T20:40:00Z')), '2026-05-02');
  locale.timezone = 'UTC';
  assert.match(f.ago('2026-05-01T10:00:00Z', Date.parse('2026-05-01T10:03:10Z')), /3 minutes ago/);
});

test('the server’s rules of the time zone stand before those of the browser', () => {
  locale.set({ language: 'en', calendar: 'gregorian', digits: 'latin' });
  locale.timezone = 'Etc/GMT+1'; // what an old browser takes it for
  locale.offsets = [
    { from: Date.parse('2026-01-01T00:00:00Z'), ms: 7_200_000 },
    { from: Date.parse('2026-04-23T22:00:00Z'), ms: 10_800_000 },
  ];
  locale.offsetsUntil = Date.parse('2026-10-29T21:00:00Z');
  assert.equal(f.clock('2026-04-23T21:59:00Z'), '23:59');
  assert.equal(f.clock('2026-04-23T22:00:00Z'), '01:00');
  assert.equal(f.clock('2026-07-06T09:00:00Z'), '12:00');
  assert.equal(f.dayOf('2026-07-06T21:00:00Z'), '2026-07-07');
  assert.match(f.instant('2026-07-06T21:30:00Z'), /7 Jul.* 2026, 00:30|Jul.* 7, 2026, 00:30/);
  assert.equal(f.clock('2025-12-31T12:00:00Z'), '11:00', 'before the years that were told');
  assert.equal(f.clock('2026-10-29T21:00:00Z'), '20:00', 'and after them');
  assert.equal(f.morningOf('2026-04-23'), '2026-04-23T07:00:00.000Z', 'nine in winter');
  assert.equal(f.morningOf('2026-04-24'), '2026-04-24T06:00:00.000Z', 'nine in summer');
  assert.equal(f.morningOf('2026-12-01'), '2026-12-01T09:00:00.000Z', 'beyond what the server told');
  locale.offsets = [];
  locale.timezone = 'UTC';
});

test('ranges run as the page does, the low end first', () => {
  locale.set({ language: 'fa', calendar: 'persian', digits: 'persian' });
  const marks = /[\u200e\u200f\s]/g;
  assert.match(f.moneyRange(441, 5253, 'GBP'), /^\u200f/);
  assert.equal(f.moneyRange(441, 5253, 'GBP').replace(marks, ''), '۴–۵۳£');
  assert.match(f.percentRange(0.47, 0.57), /^\u200f/);
});

test('month and year stand in the order people say them', () => {
  locale.set({ language: 'fa', calendar: 'persian', digits: 'persian' });
  assert.equal(f.monthYear('2026-11-22'), 'آذر ۱۴۰۵');
  locale.set({ language: 'ar', calendar: 'persian', digits: 'arabic' });
  assert.equal(f.monthYear('2026-05-01'), 'أرديبهشت ١٤٠٥');
  locale.set({ language: 'el', calendar: 'gregorian', digits: 'latin' });
  assert.equal(f.monthYear('2026-11-22'), 'Νοέμβριος 2026');
});
