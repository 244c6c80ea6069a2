import assert from 'node:assert/strict';
import test from 'node:test';
import { addDays, epochDay, fromParts, isoOf, monthLength, toParts, unicodeCalendar, weekday } from '../src/lib/calendar.ts';

const first = epochDay('1960-01-01');
const last = epochDay('2074-12-31');

test('42,004 days there and back in each calendar, as ICU says', () => {
  assert.equal(last - first + 1, 42_004);
  for (const calendar of Object.keys(unicodeCalendar)) {
    const icu = new Intl.DateTimeFormat(`en-u-ca-${unicodeCalendar[calendar]}-nu-latn`, { dateStyle: 'short', timeZone: 'UTC' });
    for (let d = first; d <= last; d++) {
      const iso = isoOf(d);
      const p = toParts(iso, calendar);
      assert.equal(fromParts(p, calendar), iso, `${calendar} ${iso}`);
      if (d % 97 === 0) {
        const shown = icu.format(d * 86_400_000).match(/\d+/g).map(Number); // month, day, year
        assert.deepEqual([shown[0], shown[1], shown[2] % 100], [p.m, p.d, p.y % 100], `${calendar} ${iso}`);
      }
    }
  }
});

test('each day follows the one before', () => {
  for (const calendar of Object.keys(unicodeCalendar)) {
    let before = toParts(isoOf(first - 1), calendar);
    for (let d = first; d <= last; d++) {
      const p = toParts(isoOf(d), calendar);
      const next = p.d === before.d + 1 && p.m === before.m && p.y === before.y;
      const month = p.d === 1 && p.m === before.m + 1 && p.y === before.y && before.d >= 28;
      const year = p.d === 1 && p.m === 1 && p.y === before.y + 1 && before.m === 12;
      assert.ok(next || month || year, `${calendar}: ${JSON.stringify(before)} then ${JSON.stringify(p)}`);
      before = p;
    }
  }
});

test('days that history knows', () => {
  assert.deepEqual(toParts('2021-03-21', 'persian'), { y: 1400, m: 1, d: 1 });
  assert.deepEqual(toParts('2025-03-20', 'persian'), { y: 1403, m: 12, d: 30 }); // 1403 was a leap year
  assert.deepEqual(toParts('2024-03-11', 'hijri'), { y: 1445, m: 9, d: 1 });
  assert.deepEqual(toParts('2025-06-26', 'hijri'), { y: 1447, m: 1, d: 1 });
  assert.equal(fromParts({ y: 1405, m: 2, d: 11 }, 'persian'), '2026-05-01');
});

test('there is no such day', () => {
  assert.equal(fromParts({ y: 2026, m: 2, d: 29 }, 'gregorian'), null);
  assert.equal(fromParts({ y: 1404, m: 12, d: 30 }, 'persian'), null);
  assert.equal(fromParts({ y: 1405, m: 13, d: 2 }, 'persian'), null);
  assert.equal(fromParts({ y: 1405, m: 0, d: 2 }, 'persian'), null);
  assert.equal(fromParts({ y: 1405, m: 1.5, d: 2 }, 'persian'), null);
  assert.equal(epochDay('2026-02-29'), null);
  assert.equal(epochDay('2026-2-3'), null);
});

test('lengths of months and days of the week', () => {
  assert.equal(monthLength(2024, 2, 'gregorian'), 29);
  assert.equal(monthLength(2026, 2, 'gregorian'), 28);
  assert.equal(monthLength(1403, 12, 'persian'), 30);
  assert.equal(monthLength(1404, 12, 'persian'), 29);
  assert.ok([29, 30].includes(monthLength(1447, 9, 'hijri')));
  assert.equal(weekday('2026-11-22'), 0);
  assert.equal(weekday('1960-01-01'), 5);
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
});
