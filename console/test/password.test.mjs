import assert from 'node:assert/strict';
import test from 'node:test';
import { guessCurrency } from '../src/lib/guess.ts';
import { characters, strength } from '../src/lib/password.ts';

test('what is said of a password', () => {
  assert.equal(strength(''), 'empty');
  assert.equal(strength('short'), 'short');
  assert.equal(strength('aaaaaaaaaaaaaaaa'), 'plain');
  assert.equal(strength('1234567890123456'), 'plain');
  assert.equal(strength('lina.haddad@x', ['Lina Haddad', 'lina@example.com']), 'plain');
  assert.equal(strength('teapot gondola'), 'fine');
  assert.equal(strength('amber teapot gondola'), 'strong');
  assert.equal(strength('گل یاس و باران بهار'), 'strong');
  assert.equal(characters('\ufb01'), 2, 'letters are counted as the server counts them');
});

test('a currency from where one is', () => {
  assert.equal(guessCurrency('Asia/Tehran', 'en-US'), 'IRR');
  assert.equal(guessCurrency('Europe/Athens', 'el'), 'EUR');
  assert.equal(guessCurrency('Europe/London', 'en-US'), 'GBP');
  assert.equal(guessCurrency('America/New_York', 'en'), 'USD');
});
