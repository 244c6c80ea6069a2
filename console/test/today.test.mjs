import assert from 'node:assert/strict';
import test from 'node:test';
import { changes, phoneText, sum, withoutName } from '../src/lib/today.ts';

const list = (s) => [...s].map((item) => ({ item, customer: { id: item } }));

test('how many rows of a newer list differ', () => {
  assert.equal(changes(list('abcd'), list('abcd')), 0);
  assert.equal(changes(list('abcd'), list('acd')), 1, 'one gone; those below only moved up');
  assert.equal(changes(list('abcd'), list('abcde')), 1, 'one has come');
  assert.equal(changes(list('abcd'), list('bcda')), 1, 'one elsewhere');
  assert.equal(changes(list('abcd'), list('dcba')), 3);
  assert.equal(changes(list('abcd'), list('xbcd')), 2, 'one gone, one come');
  assert.equal(changes(list(''), list('ab')), 2);
});

test('a sentence without the name that stands above it', () => {
  assert.equal(withoutName('\u2068Nour\u2069 buys every 9 days.', 'Nour'), 'buys every 9 days.');
  assert.equal(withoutName('Alice spent 9.', 'Alice'), 'spent 9.');
  assert.equal(withoutName('\u2068Άννα\u2069: αγοράζει', 'Άννα'), 'αγοράζει');
  assert.equal(withoutName('Alice’s last order', 'Alice'), 'Alice’s last order');
  assert.equal(withoutName('Each 9 days \u2068Nour\u2069 buys.', 'Nour'), 'Each 9 days \u2068Nour\u2069 buys.');
  assert.equal(withoutName('يشتري العميل \u2068Nour\u2069 كل يومين', 'Nour'), 'يشتري العميل كل يومين');
  assert.equal(withoutName('العميل \u2068نور\u2069 من عُشر عملائكم', 'نور'), 'العميل من عُشر عملائكم');
  assert.equal(withoutName('يشتري العميل \u2068العميل 17\u2069 كل يومين', 'العميل 17'), 'يشتري العميل كل يومين');
  assert.equal(withoutName('somebody', ''), 'somebody');
});

test('ends of ranges add up', () => {
  const g = (value, low, high) => ({ gain_minor: { value, low, high } });
  assert.deepEqual(sum([g(10, 1, 20), g(5, 2, 9)]), { value: 15, low: 3, high: 29 });
  assert.deepEqual(sum([]), { value: 0, low: 0, high: 0 });
});

test('phone numbers keep every digit', () => {
  for (const n of ['+971519082403', '+306961279153', '+442079460123', '+12025550143', '+989121234567', '+35799123456', '+96176123456'])
    assert.equal(phoneText(n).replaceAll(' ', ''), n);
  assert.equal(phoneText('+971519082403'), '+971 519 082 403');
  assert.equal(phoneText('12 34'), '12 34');
});
