import assert from 'node:assert/strict';
import test from 'node:test';
import { latinDigits, readNumber } from '../src/lib/digits.ts';

test('digits of every system, and marks of direction', () => {
  assert.equal(latinDigits('٠١٢٣٤٥٦٧٨٩'), '0123456789');
  assert.equal(latinDigits('۰۱۲۳۴۵۶۷۸۹'), '0123456789');
  assert.equal(latinDigits('\u200f١٢\u202c'), '12');
});

test('what a number formatter writes is read again', () => {
  for (const tag of ['en', 'el', 'de-CH', 'ar-u-nu-arab', 'ar-u-nu-latn', 'fa-u-nu-arabext', 'fa-u-nu-latn']) {
    const f = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
    const decimal = f.formatToParts(1.5).find((p) => p.type === 'decimal').value === ',' ? ',' : '.';
    for (const n of [0, 7, 12.5, -3, 1234, 1234.5, 1234567, 1234567.89, 0.25]) assert.equal(readNumber(f.format(n), decimal), n, `${tag} ${f.format(n)}`);
  }
});

test('what people type', () => {
  assert.equal(readNumber('35%'), 35);
  assert.equal(readNumber('٣٥٪'), 35);
  assert.equal(readNumber('1.234', '.'), 1.234);
  assert.equal(readNumber('1.234', ','), 1234);
  assert.equal(readNumber('1,234', '.'), 1234);
  assert.equal(readNumber('1,5', '.'), 1.5);
  assert.equal(readNumber(' 12 000 '), 12000);
  for (const no of ['', 'abc', '1-2', '--1', '1.2.3,4,5x', '٫']) assert.equal(readNumber(no), null, no);
});
